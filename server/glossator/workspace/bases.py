"""Finds what names mean in a project, those of a class's bases first, through the imports of its files."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from glossator.syntax.imports import EVERYTHING, Import
from glossator.workspace.summary import FileClasses

MAX_BASES: Final = 40  # of one class, those of bases among them
MAX_HOPS: Final = 10  # imports that lead on to other imports


class DefinitionKey(NamedTuple):
    """A class or function of the project: the path of its file, and its own in it."""

    file: str
    path: str


class Defining(Protocol):
    """What is known of a file: what it imports, and what it defines."""

    @property
    def imports(self) -> tuple[Import, ...]:
        """The names that it imports."""

    def defines(self, name: str) -> bool:
        """Whether a dotted name is one of its own definitions."""


File = TypeVar("File", bound=Defining)


class Meanings(Generic[File]):
    """What names mean in the files of a project. Files are read (`read`) when a name leads to them."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], File]) -> None:
        """Look at the project of these files (absolute paths)."""
        self._read = read
        self._names = module_names(paths)
        self._files: dict[str, str] = {}
        for path, name in self._names.items():
            self._files.setdefault(name, path)

    def meant(self, file: str, name: str, hops: int = MAX_HOPS) -> DefinitionKey | None:
        """The definition that a dotted name means in a file: one of its own, or one that it imports."""
        found = self._read(file)
        if found.defines(name):
            return DefinitionKey(file, name)
        if hops == 0:
            return None
        root, _, rest = name.partition(".")
        candidates = (
            self._imported(file, one, (name, rest), hops) for one in found.imports if one.local in (root, EVERYTHING)
        )
        return self._chosen(key for key in candidates if key is not None)

    def _chosen(self, candidates: Iterator[DefinitionKey]) -> DefinitionKey | None:
        """Which of the definitions counts that several imports lead to."""
        return next(candidates, None)

    def _file_of(self, module: str, _importer: str) -> str | None:
        """The file that a module is, for the file that imports it."""
        return self._files.get(module)

    def _imported(self, file: str, one: Import, names: tuple[str, str], hops: int) -> DefinitionKey | None:
        """The definition that a name means if an import binds its first part.

        `names`: the whole one, and without that part.
        """
        whole, rest = names
        module = self._absolute(file, one.module, one.level)
        if one.name == EVERYTHING:
            return self._in_module(file, module, whole, hops)
        if not one.name:
            return self._in_module(file, module, rest, hops)
        inner = f"{one.name}.{rest}" if rest else one.name
        submodule = f"{module}.{one.name}" if module else one.name
        return self._in_module(file, module, inner, hops) or self._in_module(file, submodule, rest, hops)

    def _in_module(self, importer: str, module: str, name: str, hops: int) -> DefinitionKey | None:
        """The definition that a name means in a module or, where it is dotted, in a module beneath it."""
        while name:
            file = self._file_of(module, importer)
            found = self.meant(file, name, hops - 1) if file is not None else None
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


class Bases(Meanings[FileClasses]):
    """The bases of classes."""

    def ancestors(self, key: DefinitionKey) -> Iterator[DefinitionKey]:
        """The bases of a class within the project and theirs, nearest first."""
        seen = {key}
        waiting = list(self._bases(key))
        while waiting and len(seen) <= MAX_BASES:
            base = waiting.pop(0)
            if base not in seen:
                seen.add(base)
                yield base
                waiting.extend(self._bases(base))

    def _bases(self, key: DefinitionKey) -> Iterator[DefinitionKey]:
        for written in self._read(key.file).classes[key.path].bases:
            name = written.split("[", 1)[0].strip()
            if name.replace(".", "").isidentifier():
                found = self.meant(key.file, name)
                if found is not None:
                    yield found


class Certain(Meanings[File]):
    """What names mean where there is no doubt: of what may be meant there is one in the project."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], File]) -> None:
        """Look at the project of these files (absolute paths)."""
        super().__init__(paths, read)
        counts: defaultdict[str, list[str]] = defaultdict(list)
        for path, name in self._names.items():
            counts[name].append(path)
        stubs = {name: [path for path in files if path.endswith(".pyi")] for name, files in counts.items()}
        # A stub beside its module is no second one.
        self._by_name = {
            name: [path for path in files if path not in stubs[name]] or files for name, files in counts.items()
        }
        self._known: dict[tuple[str, str], DefinitionKey | None] = {}
        self._top = os.path.commonpath(dirs) if (dirs := [os.path.dirname(path) for path in self._names]) else ""

    def meant(self, file: str, name: str, hops: int = MAX_HOPS) -> DefinitionKey | None:
        """As for all, each name of a file looked up once; what leads back to itself means nothing."""
        key = file, name
        if key not in self._known:
            # All ways are gone: without this, imports in a circle would take exponential time.
            self._known[key] = None
            self._known[key] = super().meant(file, name, hops)
        return self._known[key]

    def module_of(self, file: str) -> str:
        """The dotted name of the module that a file is."""
        return self._names[file]

    def _chosen(self, candidates: Iterator[DefinitionKey]) -> DefinitionKey | None:
        found = set(candidates)
        return found.pop() if len(found) == 1 else None

    def _file_of(self, module: str, importer: str) -> str | None:
        """As far as Python's search is known: a module of no package is found beside its importer, or at the top."""
        files = self._by_name.get(module, [])
        if not files or "." in module or os.path.basename(files[0]).startswith("__init__."):
            return files[0] if len(files) == 1 else None
        folders = (os.path.dirname(importer), self._top, os.path.join(self._top, "src"))
        near = [path for path in files if os.path.dirname(path) in folders]
        return near[0] if len(near) == 1 else None


def module_names(paths: Iterable[str]) -> dict[str, str]:
    """The dotted module name of each path, by the `__init__.py` files among the paths."""
    found = {}
    paths = list(paths)
    packages = {os.path.dirname(path) for path in paths if os.path.basename(path) in ("__init__.py", "__init__.pyi")}
    for path in paths:
        folder, file = os.path.split(path)
        stem = os.path.splitext(file)[0]
        parts = [] if stem == "__init__" else [stem]
        while folder in packages:
            folder, name = os.path.split(folder)
            parts.insert(0, name)
        found[path] = ".".join(parts) or stem
    return found
