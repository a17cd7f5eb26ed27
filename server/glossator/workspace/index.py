"""The project index: what other files of a project say about a file's symbols.

    index_of(files) -> Index         index.about(path) -> Neighbourhood of one file

For each class, the documented methods of its bases within the project, found through imports; for parameters, the
descriptions that the project gives a name everywhere; the style that most docstrings have. It is read from disk and
independent of what is open, so that the editor and the command line give the same text. An index is small (strings, no
sources) and can be pickled.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from glossator.syntax.imports import EVERYTHING
from glossator.workspace.summary import FileSummary, module_names, summary

MIN_PLACES: Final = 3  # a description that stands in so many places with equal words is the project's own
MAX_BASES: Final = 40  # of one class, those of bases among them
MAX_HOPS: Final = 10  # imports that lead on to other imports


class ClassKey(NamedTuple):
    """A class of the project: the path of its file, and its own in it."""

    file: str
    path: str


class BaseDoc(NamedTuple):
    """The documentation of the method that another one overrides, and the class that it stands in."""

    base: str
    text: str


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What the project says about one file's symbols.

    `inherited` maps a class's path to the documented methods of its bases; `described` maps names of parameters to
    the descriptions that stand in at least MIN_PLACES places; `style` is the project's ("" where nothing shows one).
    """

    inherited: Mapping[str, Mapping[str, BaseDoc]] = field(default_factory=dict)
    described: Mapping[str, str] = field(default_factory=dict)
    style: str = ""

    def base_of(self, owner: str, method: str) -> BaseDoc | None:
        """The documentation that a method of a class overrides."""
        return self.inherited.get(owner, {}).get(method)


@dataclass(frozen=True, slots=True)
class Index:
    """What the files of a project say about each other; an empty one knows nothing."""

    inherited: Mapping[str, Mapping[str, Mapping[str, BaseDoc]]] = field(default_factory=dict)
    described: Mapping[str, str] = field(default_factory=dict)
    style: str = ""

    def about(self, path: str) -> Neighbourhood:
        """What the project says about the symbols of the file at a path."""
        return Neighbourhood(self.inherited.get(os.path.abspath(path), {}), self.described, self.style)


def index_of(files: Iterable[tuple[str, bytes]]) -> Index:
    """The index of the files with these paths and contents."""
    return combined({os.path.abspath(path): summary(raw) for path, raw in files})


def combined(summaries: Mapping[str, FileSummary]) -> Index:
    """The index of files whose summaries are known, by absolute path."""
    styles: Counter[str] = Counter()
    for one in summaries.values():
        styles.update(one.styles)
    style = min(styles, key=lambda name: (-styles[name], name)) if styles else ""
    return Index(_inherited(summaries), _vocabulary(summaries.values()), style)


def _vocabulary(summaries: Iterable[FileSummary]) -> dict[str, str]:
    """The descriptions that a name has in many places; for names that have several, the most frequent."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in summaries:
        for name, text in one.described:
            counts[name][text] += 1
    found = {}
    for name, texts in counts.items():
        text, places = min(texts.items(), key=lambda pair: (-pair[1], pair[0]))
        if places >= MIN_PLACES:
            found[name] = text
    return found


def _inherited(summaries: Mapping[str, FileSummary]) -> dict[str, dict[str, dict[str, BaseDoc]]]:
    project = _Project(summaries)
    found: dict[str, dict[str, dict[str, BaseDoc]]] = {}
    for file, one in summaries.items():
        for path in one.classes:
            docs: dict[str, BaseDoc] = {}
            for base in project.ancestors(ClassKey(file, path)):
                for method, text in summaries[base.file].classes[base.path].docs.items():
                    docs.setdefault(method, BaseDoc(base.path.rsplit(".", 1)[-1], text))
            if docs:
                found.setdefault(file, {})[path] = docs
    return found


class _Project:
    """Finds the classes that names mean in the files of a project."""

    def __init__(self, summaries: Mapping[str, FileSummary]) -> None:
        self._summaries = summaries
        self._names = module_names(list(summaries))
        self._files = {name: path for path, name in reversed(self._names.items())}

    def ancestors(self, key: ClassKey) -> Iterator[ClassKey]:
        """The bases of a class within the project and theirs, nearest first."""
        seen = {key}
        waiting = list(self._bases(key))
        while waiting and len(seen) <= MAX_BASES:
            base = waiting.pop(0)
            if base not in seen:
                seen.add(base)
                yield base
                waiting.extend(self._bases(base))

    def _bases(self, key: ClassKey) -> Iterator[ClassKey]:
        for written in self._summaries[key.file].classes[key.path].bases:
            name = written.split("[", 1)[0].strip()
            if name.replace(".", "").isidentifier():
                found = self._class(key.file, name, MAX_HOPS)
                if found is not None:
                    yield found

    def _class(self, file: str, name: str, hops: int) -> ClassKey | None:
        """The class that a dotted name means in a file: one of its own, or one that it imports."""
        if name in self._summaries[file].classes:
            return ClassKey(file, name)
        if hops == 0:
            return None
        root, _, rest = name.partition(".")
        for one in self._summaries[file].imports:
            if one.local not in (root, EVERYTHING):
                continue
            module = self._absolute(file, one.module, one.level)
            if one.name == EVERYTHING:
                found = self._in_module(module, name, hops)
            elif one.name:
                inner = f"{one.name}.{rest}" if rest else one.name
                found = self._in_module(module, inner, hops) or self._in_module(f"{module}.{one.name}", rest, hops)
            else:
                found = self._in_module(module, rest, hops)
            if found is not None:
                return found
        return None

    def _in_module(self, module: str, name: str, hops: int) -> ClassKey | None:
        """The class that a name means in a module or, where it is dotted, in a module beneath it."""
        while name:
            file = self._files.get(module)
            found = self._class(file, name, hops - 1) if file is not None else None
            if found is not None or "." not in name:
                return found
            inner, _, name = name.partition(".")
            module = f"{module}.{inner}"
        return None

    def _absolute(self, file: str, module: str, level: int) -> str:
        """The absolute name of an imported module."""
        if level == 0:
            return module
        is_package = os.path.basename(file).startswith("__init__.")
        parts = self._names[file].split(".")
        parts = parts[: len(parts) - level + is_package]
        return ".".join([*parts, module] if module else parts)
