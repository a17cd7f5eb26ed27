"""Finds what the names of a class's bases mean in a project, through the imports of its files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from glossator.syntax.imports import EVERYTHING, Import
from glossator.workspace.summary import FileClasses

MAX_BASES: Final = 40  # of one class, those of bases among them
MAX_HOPS: Final = 10  # imports that lead on to other imports


class ClassKey(NamedTuple):
    """A class of the project: the path of its file, and its own in it."""

    file: str
    path: str


class Bases:
    """The bases of classes. Files are read (`read`) when a name leads to them."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], FileClasses]) -> None:
        """Look at the project of these files (absolute paths)."""
        self._read = read
        self._names = module_names(paths)
        self._files: dict[str, str] = {}
        for path, name in self._names.items():
            self._files.setdefault(name, path)

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
        for written in self._read(key.file).classes[key.path].bases:
            name = written.split("[", 1)[0].strip()
            if name.replace(".", "").isidentifier():
                found = self._class(key.file, name, MAX_HOPS)
                if found is not None:
                    yield found

    def _class(self, file: str, name: str, hops: int) -> ClassKey | None:
        """The class that a dotted name means in a file: one of its own, or one that it imports."""
        found = self._read(file)
        if name in found.classes:
            return ClassKey(file, name)
        if hops == 0:
            return None
        root, _, rest = name.partition(".")
        candidates = (
            self._imported(file, one, (name, rest), hops) for one in found.imports if one.local in (root, EVERYTHING)
        )
        return next((key for key in candidates if key is not None), None)

    def _imported(self, file: str, one: Import, names: tuple[str, str], hops: int) -> ClassKey | None:
        """The class that a name means if an import binds its first part; `names`: the whole one, and without it."""
        whole, rest = names
        module = self._absolute(file, one.module, one.level)
        if one.name == EVERYTHING:
            return self._in_module(module, whole, hops)
        if not one.name:
            return self._in_module(module, rest, hops)
        inner = f"{one.name}.{rest}" if rest else one.name
        submodule = f"{module}.{one.name}" if module else one.name
        return self._in_module(module, inner, hops) or self._in_module(submodule, rest, hops)

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
