"""What a project's own files say: Glossator's table, and the line length that its other tools keep to."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

MAX_FILE_BYTES: Final = 1 << 20
MAX_PARTS: Final = 100  # of a dotted key
_QUOTED: Final = re.compile(r""""[^"]*"|'[^']*'""")
OTHER_TOOLS: Final = ("setup.cfg", "tox.ini", ".flake8", ".pycodestyle")

# What ruff and pydocstyle call styles that we know; their third convention, pep257, is about none.
CONVENTIONS: Final = ("google", "numpy")

Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A TOML file that was read: its table, or why it could not be read; both are empty for an absent one."""

    path: Path
    table: Table = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """What was found on the way from a folder up to its repository's root.

    `settings` is the nearest `glossator.toml` or `[tool.glossator]` (None: there is neither), `place` says where it
    stands, `root` is the folder it is in. `seen` are the files that were read, so that a caller can watch them.
    """

    root: Path | None = None
    place: str = ""
    settings: Table | None = None
    line_length: int | None = None
    convention: str = ""
    broken: tuple[TomlFile, ...] = ()
    seen: tuple[Path, ...] = ()


def read_toml(path: Path) -> TomlFile:
    """The file at `path`; an absent one reads as empty, one over 1 MiB is refused. Never raises."""
    import tomllib

    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return TomlFile(path, error="is not a regular file")
            raw = file.read(MAX_FILE_BYTES + 1)
        if len(raw) > MAX_FILE_BYTES:
            return TomlFile(path, error=f"larger than {MAX_FILE_BYTES >> 20} MiB, not read")
        if has_endless_keys(text := raw.decode()):
            return TomlFile(path, error=f"has a key of more than {MAX_PARTS:,} parts")
        return TomlFile(path, tomllib.loads(text))
    except (FileNotFoundError, NotADirectoryError):
        return TomlFile(path)
    except OSError as error:
        return TomlFile(path, error=f"cannot be read ({error.strerror})")
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, or nested without end
        return TomlFile(path, error=f"is not valid TOML: {error}")


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe would wait for somebody who writes, and a device may never end."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def has_endless_keys(text: str) -> bool:
    """Whether a key of a TOML file has so many parts that it would be read for minutes.

    `tomllib` takes the square of their number: 10,000 take 1.3 s, 40,000 take 17 s.
    """
    lines = (one for one in text.splitlines() if one.count(".") > MAX_PARTS and ("=" in one or "[" in one))
    return any(_QUOTED.sub("", one).count(".") > MAX_PARTS for one in lines)


def project_files(folder: Path) -> ProjectFiles:
    """What the files in `folder` and above it say; the nearest one that says something wins. Never raises.

    The search ends at the folder that holds `.git`, or at the root of the file system.
    """
    found = ProjectFiles()
    for ancestor in _ancestors(folder):
        found = _read_folder(ancestor, found)
        if found.settings is not None and found.line_length is not None:
            break
    return found


def _ancestors(folder: Path) -> Iterator[Path]:
    absolute = folder.absolute()
    for ancestor in (absolute, *absolute.parents):
        yield ancestor
        if (ancestor / ".git").exists():
            return


def _read_folder(folder: Path, below: ProjectFiles) -> ProjectFiles:
    """`below` with what `folder` adds to it."""
    files = [read_toml(p) for name in ("glossator.toml", "pyproject.toml") if (p := folder / name).is_file()]
    root, place, settings = below.root, below.place, below.settings
    if settings is None:
        root, place, settings = _settings_in(folder, files)
    line_length = below.line_length
    if line_length is None:
        line_length = _line_length_in(folder, files)
    return ProjectFiles(
        root,
        place,
        settings,
        line_length,
        below.convention or _convention_in(folder, files),
        (*below.broken, *(f for f in files if f.error)),
        (*below.seen, *(f.path for f in files)),
    )


def _settings_in(folder: Path, files: list[TomlFile]) -> tuple[Path | None, str, Table | None]:
    for file in files:
        if file.path.name == "glossator.toml" and not file.error:
            return folder, str(file.path), file.table
        table = _lookup(file.table, "tool", "glossator")
        if table is not None:
            return folder, f"{file.path}: [tool.glossator]", table
    return None, "", None


def _line_length_in(folder: Path, files: list[TomlFile]) -> int | None:
    """The shortest limit that ruff, black or pycodestyle has in `folder`; one for documentation alone counts first."""
    ruff_files = [read_toml(p).table for name in (".ruff.toml", "ruff.toml") if (p := folder / name).is_file()]
    pyproject = next((f.table for f in files if f.path.name == "pyproject.toml"), {})
    ruff_files += [t for t in [_lookup(pyproject, "tool", "ruff")] if t]
    for ruff in ruff_files:
        pycodestyle = _lookup(ruff, "lint", "pycodestyle") or {}
        for value in (pycodestyle.get("max-doc-length"), ruff.get("line-length"), pycodestyle.get("max-line-length")):
            if isinstance(value, int) and 20 <= value <= 1000:
                return value
    black = _lookup(pyproject, "tool", "black") or {}
    value = black.get("line-length", black.get("line_length"))
    if isinstance(value, int) and 20 <= value <= 1000:
        return value
    return next((v for name in OTHER_TOOLS if (v := _ini_line_length(folder / name))), None)


def _convention_in(folder: Path, files: list[TomlFile]) -> str:
    """The docstring style that ruff's or pydocstyle's table in `folder` asks for, "" if none does."""
    ruff_files = [read_toml(p).table for name in (".ruff.toml", "ruff.toml") if (p := folder / name).is_file()]
    pyproject = next((f.table for f in files if f.path.name == "pyproject.toml"), {})
    tables = [_lookup(ruff, "lint", "pydocstyle") for ruff in ruff_files]
    tables += [_lookup(pyproject, "tool", "ruff", "lint", "pydocstyle"), _lookup(pyproject, "tool", "pydocstyle")]
    found = (table.get("convention") for table in tables if table)
    return next((value for value in found if isinstance(value, str) and value in CONVENTIONS), "")


def _lookup(table: Table, *names: str) -> Table | None:
    for name in names:
        value = table.get(name)
        if not isinstance(value, dict):
            return None
        table = value
    return table


def _ini_line_length(path: Path) -> int | None:
    """`max-line-length` of the sections flake8 and pycodestyle.

    Read by lines rather than with configparser, which refuses whole files for a `%` that concerns another tool.
    """
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = file.read(MAX_FILE_BYTES).splitlines()
    except OSError:
        return None
    section = ""
    for line in lines:
        if header := re.match(r"\[([^\]]+)\]", line):
            section = header[1]
        elif section in ("flake8", "pycodestyle", "pep8") and (
            limit := re.match(r"max[-_]line[-_]length\s*[=:]\s*(\d{2,3})\s*$", line)
        ):
            return int(limit[1]) if int(limit[1]) >= 20 else None
    return None
