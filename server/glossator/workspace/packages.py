"""Finds the files of a package: which module each is, by the folders that it lies in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from glossator.config.files import read_toml
from glossator.errors import SourceError
from glossator.workspace.files import Patterns, select_files
from glossator.workspace.project import MARKERS

MAX_FILES: Final = 5000
MAX_NAMESPACES: Final = 4  # folders of a namespace between `src` and a package
# Folders whose own folders are imported by their names.
SOURCE_FOLDERS: Final = frozenset(("src", "site-packages", "dist-packages"))
# Folders and files of a project that are no part of what it offers.
ASIDE: Final = frozenset(
    (
        *("tests", "test", "docs", "doc", "examples", "scripts", "tools", "benchmarks", "build", "dist"),
        *("setup", "conftest", "noxfile", "tasks", "fabfile", "dodo"),
    )
)
_STUBS: Final = "-stubs"


class ModuleFile(NamedTuple):
    """The file that a module is; `twin` is the source beside a stub."""

    name: str
    path: Path
    is_package: bool
    twin: Path | None = None


@dataclass(frozen=True, slots=True)
class PackageFiles:
    """The files of a package or of a single module; `skipped` are those left out, with the reason."""

    name: str
    root: Path
    files: tuple[ModuleFile, ...]
    skipped: tuple[tuple[Path, str], ...] = ()

    def file(self, module: str) -> Path | None:
        """The file that a module is."""
        return next((one.path for one in self.files if one.name == module), None)


def package_of(path: Path, patterns: Patterns | None = None) -> PackageFiles:
    """The files of the package that a path means: a package's folder or `__init__.py`, a project's folder, a module.

    A project's folder means the package in it, or in its `src`: the one named like the project, where there are more.
    A folder without `__init__.py` is a namespace package. What ignore files and `patterns` exclude is left out, as are
    files beyond MAX_FILES. Raises SourceError where there is no package, or no telling which one is meant.
    """
    path = path.absolute()
    if path.is_file():
        if path.stem != "__init__":
            return _single(path)
        path = path.parent
    elif not path.is_dir():
        raise SourceError(f"no such file or folder: {path}")
    folder = path if _is_regular(path) or not _is_project(path) else _package_in(path)
    return _single(folder) if folder.is_file() else _files(folder, patterns)


def package_around(path: Path, patterns: Patterns | None = None) -> PackageFiles:
    """The files of the topmost package that a file or folder lies in; a module of none is alone."""
    path = path.absolute()
    folder = path if path.is_dir() else path.parent
    if not _is_regular(folder):
        return package_of(path, patterns)
    while _is_regular(folder.parent):
        folder = folder.parent
    return _files(folder, patterns)


def _single(path: Path) -> PackageFiles:
    """A module alone, with the name that it has in its package."""
    name = path.stem
    if _is_regular(path.parent):
        name = f"{_dotted(path.parent)}.{name}"
    other = path.with_suffix(".py" if path.suffix == ".pyi" else ".pyi")
    stub, source = (other, path) if path.suffix == ".py" else (path, other)
    file = ModuleFile(name, stub, False, source if source.is_file() else None) if stub.is_file() else None
    return PackageFiles(name, path.parent, (file or ModuleFile(name, path, False),))


def _files(folder: Path, patterns: Patterns | None) -> PackageFiles:
    name = _dotted(folder)
    selection = select_files([folder], patterns)
    skipped = [*selection.refused, *selection.skipped]
    if len(selection.files) > MAX_FILES:
        skipped += [(path, f"is beyond the first {MAX_FILES} files") for path in selection.files[MAX_FILES:]]
    regular = {path.parent for path in selection.files if path.stem == "__init__"}
    by_name: dict[str, dict[str, Path]] = {}
    for path in selection.files[:MAX_FILES]:
        if reason := _refusal(path.relative_to(folder), folder, regular):
            skipped.append((path, reason))
            continue
        inner = path.relative_to(folder).with_suffix("").parts
        parts = inner[:-1] if path.stem == "__init__" else inner
        files = by_name.setdefault(".".join((name, *parts)), {})
        # A package comes before a module of its name, as for Python.
        if path.stem == "__init__" or files.get(path.suffix, path).stem != "__init__":
            files[path.suffix] = path
    if not by_name:
        raise SourceError(f"no Python files in {folder}; name the folder of a package")
    modules = tuple(_module(module, files) for module, files in sorted(by_name.items()))
    return PackageFiles(name, folder, modules, tuple(skipped))


def _module(name: str, files: dict[str, Path]) -> ModuleFile:
    """The file of a module: its stub, where it has one."""
    source, stub = files.get(".py"), files.get(".pyi")
    path = stub or source
    assert path is not None
    return ModuleFile(name, path, path.stem == "__init__", source if stub is not None else None)


def _refusal(path: Path, folder: Path, regular: set[Path]) -> str:
    """Why a file beneath a package's folder is none of its modules; "" if it is."""
    if not all(part.isidentifier() for part in path.with_suffix("").parts):
        return "has a name that cannot be imported"
    is_inside = folder in regular
    for part in path.parent.parts:
        folder = folder / part
        if is_inside and folder not in regular:
            return "lies in a folder without __init__.py"
        is_inside = folder in regular
    return ""


def _dotted(folder: Path) -> str:
    """The name that a package is imported by: with those that it lies in, and the namespaces above, if these are told.

    A folder above says that it is a namespace by lying in `src` or where packages are installed.
    """
    parts = [folder.name.removesuffix(_STUBS)]
    above = folder.parent
    while _is_regular(above):
        parts.insert(0, above.name)
        above = above.parent
    namespaces: list[str] = []
    while above.name not in SOURCE_FOLDERS:
        if not above.name.isidentifier() or len(namespaces) == MAX_NAMESPACES:
            return ".".join(parts)
        namespaces.insert(0, above.name)
        above = above.parent
    return ".".join((*namespaces, *parts))


def _is_regular(folder: Path) -> bool:
    """Whether a folder is a package with an `__init__.py`."""
    return (folder / "__init__.py").is_file() or (folder / "__init__.pyi").is_file()


def _is_project(folder: Path) -> bool:
    return any((folder / marker).exists() for marker in MARKERS)


def _package_in(project: Path) -> Path:
    """The folder of the package, or the file of the module, that a project is about."""
    found: list[Path] = []
    for candidates in (_packages(project / "src"), _packages(project), _nested(project), _modules(project)):
        found = sorted(candidates)
        if found:
            break
    own = _bare(_name_of(project))
    named = [path for path in found if _bare(path.stem) == own]
    if len(found) == 1 or named:
        return (named or found)[0]
    names = ", ".join(path.stem for path in found[:8])
    raise SourceError(
        f"{project} holds several packages ({names}); name the folder of one"
        if found
        else f"no Python package in {project}; name its folder"
    )


def _packages(folder: Path) -> Iterator[Path]:
    """The packages that lie in a folder."""
    return (path for path in _folders(folder) if _is_regular(path))


def _nested(project: Path) -> Iterator[Path]:
    """The packages one folder further down: in a namespace, or in a folder for sources of another name."""
    for folder in (*_folders(project / "src"), *_folders(project)):
        yield from _packages(folder)


def _modules(project: Path) -> Iterator[Path]:
    """The modules that lie in a project's `src`, or in it."""
    for folder in (project / "src", project):
        files = folder.glob("*.py") if folder.is_dir() else ()
        yield from (one for one in files if one.stem not in ASIDE and not one.stem.startswith(("test_", "_")))


def _folders(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink() and path.name.isidentifier() and path.name not in ASIDE:
            yield path


def _name_of(project: Path) -> str:
    """What a project is called: in its pyproject.toml, else by its folder."""
    table = read_toml(project / "pyproject.toml").table.get("project", {})
    name = table.get("name") if isinstance(table, dict) else None
    return name if isinstance(name, str) else project.name


def _bare(name: str) -> str:
    """A name as the package index compares them (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
