"""The project index: what other files of a project say about a file's symbols.

    index_of(files) -> Index         index.about(path) -> Neighbourhood of one file

For each class, the documented methods of its bases within the project, found through imports; for parameters, the
descriptions that the project gives a name everywhere; the style that most docstrings have. It is read from disk and
independent of what is open, so that the editor and the command line give the same text. An index is small (strings, no
sources) and can be pickled. `project.IndexReader` reads one.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from glossator.syntax.calls import Links
from glossator.workspace.bases import Bases, DefinitionKey
from glossator.workspace.summary import FileClasses, FileWords, classes_of, words_of

MIN_PLACES: Final = 3  # a description that stands in so many places with equal words is the project's own


class BaseDoc(NamedTuple):
    """The documentation of the method that another one overrides, and the class that it stands in."""

    base: str
    text: str


Inherited = Mapping[str, Mapping[str, BaseDoc]]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What the project says about one file's symbols.

    `inherited` maps a class's path to the documented methods of its bases; `described` maps names of parameters to
    the descriptions that stand in at least MIN_PLACES places; `style` is the project's ("" where nothing shows one),
    `purpose` what it says it is for. `links` are there where the index was read with them.
    """

    inherited: Inherited = field(default_factory=dict)
    described: Mapping[str, str] = field(default_factory=dict)
    style: str = ""
    purpose: str = ""
    links: Links = field(default_factory=Links)

    def base_of(self, owner: str, method: str) -> BaseDoc | None:
        """The documentation that a method of a class overrides."""
        return self.inherited.get(owner, {}).get(method)


@dataclass(frozen=True, slots=True)
class Index:
    """What the files of a project say about each other, by absolute path; an empty one knows nothing.

    `links` are for prompts alone: findings and embedded texts do not depend on them, so neither does equality.
    """

    inherited: Mapping[str, Inherited] = field(default_factory=dict)
    described: Mapping[str, str] = field(default_factory=dict)
    style: str = ""
    purpose: str = ""
    links: Mapping[str, Links] = field(default_factory=dict, compare=False)

    def about(self, path: str) -> Neighbourhood:
        """What the project says about the symbols of the file at a path."""
        name = os.path.abspath(path)
        links = self.links.get(name) or Links()
        return Neighbourhood(self.inherited.get(name, {}), self.described, self.style, self.purpose, links)


def index_of(files: Iterable[tuple[str, bytes]]) -> Index:
    """The index of the files with these paths and contents."""
    raw = {os.path.abspath(path): content for path, content in files}
    classes = {path: classes_of(content) for path, content in raw.items()}
    inherited = {path: found for path in raw if (found := inherited_in(path, classes, Bases(raw, classes.__getitem__)))}
    described, style = vocabulary(map(words_of, raw.values()))
    return Index(inherited, described, style)


def inherited_in(file: str, classes: Mapping[str, FileClasses], bases: Bases) -> dict[str, dict[str, BaseDoc]]:
    """For the classes of a file, the documented methods of their bases; those of the nearest base count."""
    found: dict[str, dict[str, BaseDoc]] = {}
    for path in classes[file].classes:
        docs: dict[str, BaseDoc] = {}
        for base in bases.ancestors(DefinitionKey(file, path)):
            for method, text in classes[base.file].classes[base.path].docs.items():
                docs.setdefault(method, BaseDoc(base.path.rsplit(".", 1)[-1], text))
        if docs:
            found[path] = docs
    return found


def vocabulary(files: Iterable[FileWords]) -> tuple[dict[str, str], str]:
    """The descriptions that a parameter's name has in many places (the most frequent), and the most frequent style."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    styles: Counter[str] = Counter()
    for one in files:
        styles.update(one.styles)
        for name, text in one.described:
            counts[name][text] += 1
    described = {name: _first(texts) for name, texts in counts.items() if max(texts.values()) >= MIN_PLACES}
    return described, _first(styles) if styles else ""


def _first(counts: Counter[str]) -> str:
    """The most frequent; of equally frequent ones the first by name, whatever order the files came in."""
    return min(counts, key=lambda text: (-counts[text], text))
