"""Which files a path means: the Python files beneath a folder, less the ignored ones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SUFFIXES: Final = (".py", ".pyi")
# Folders of other people's code, or of no code: nobody wants them changed because a folder above them was named.
SKIPPED: Final = frozenset(
    {
        *(".git", ".hg", ".svn", ".bzr", ".venv", ".tox", ".nox", ".eggs", ".direnv"),
        *(
            ".mypy_cache",
            ".pytest_cache",
            ".ruff_cache",
            "__pycache__",
            "__pypackages__",
            "node_modules",
            "site-packages",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns as in .gitignore, relative to `root`; with `include`, only files that match one of them are meant."""

    root: Path
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """The files that paths mean, each once and in order.

    `refused` are paths that were named or stand in the way, `skipped` links that a walk met; each with the reason.
    """

    files: tuple[Path, ...] = ()
    refused: tuple[tuple[Path, str], ...] = ()
    skipped: tuple[tuple[Path, str], ...] = ()


@dataclass(slots=True)
class _Walk:
    """What one walk knows while it goes down; `suffixes` are those of the files that it looks for."""

    root: Path
    refused: list[tuple[Path, str]]
    skipped: list[tuple[Path, str]]
    suffixes: tuple[str, ...] = SUFFIXES


def select_files(
    paths: Sequence[Path], patterns: Patterns | None = None, suffixes: tuple[str, ...] = SUFFIXES
) -> Selection:
    """The Python files that `paths` mean, or those with other suffixes.

    A folder means the `*.py` and `*.pyi` files beneath it, less those that a `.gitignore` or `patterns` exclude; what
    excludes the named folder itself does not count. A file named explicitly is always taken. A symbolic link that leads
    out of the folder (for a named file: out of the current folder, or its own) is refused, as is what does not exist.
    """
    files: dict[Path, None] = {}
    refused: list[tuple[Path, str]] = []
    skipped: list[tuple[Path, str]] = []
    for path in paths:
        if path.is_dir():
            files.update(dict.fromkeys(_beneath(path, patterns, _Walk(path.resolve(), refused, skipped, suffixes))))
        elif reason := _refusal(path):
            refused.append((path, reason))
        else:
            files[path] = None
    return Selection(tuple(files), tuple(refused), tuple(skipped))


def files_beneath(paths: Sequence[Path]) -> Iterator[Path]:
    """The Python files that `paths` mean, as `select_files` finds them, one after the other, so that one may stop.

    Their order depends on their names alone. Each is met once if no path lies beneath another one.
    """
    for path in sorted(paths):
        if path.is_dir():
            yield from _beneath(path, None, _Walk(path.resolve(), [], []))
        elif not _refusal(path):
            yield path


def _refusal(path: Path) -> str:
    """Why a file that was named cannot be taken, "" if it can."""
    if not path.exists():
        return "no such file"
    if not path.is_file():
        return "is neither a file nor a folder"
    root = Path.cwd() if path.absolute().is_relative_to(Path.cwd()) else path.parent
    if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
        return f"is a link that leads out of {root}"
    return ""


def _beneath(folder: Path, patterns: Patterns | None, walk: _Walk) -> Iterator[Path]:
    from glossator.workspace.ignores import Ignores

    # A stack, not recursion: how deep folders nest is not ours to decide.
    pending = [(folder, Ignores.above(folder, patterns))]
    while pending:
        current, ignores = pending.pop()
        ignores = ignores.entering(current)
        folders = []
        for entry in _entries(current, walk):
            path = current / entry.name
            if entry.is_dir(follow_symlinks=False):
                if not _is_skipped(path) and not ignores.ignores_folder(path):
                    folders.append((path, ignores))
            elif _is_meant(entry, path, walk) and not ignores.ignores_file(path):
                yield path
        pending.extend(reversed(folders))


def _entries(folder: Path, walk: _Walk) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        walk.refused.append((folder, f"cannot be listed ({error.strerror})"))
        return []


def _is_skipped(folder: Path) -> bool:
    return folder.name in SKIPPED or (folder / "pyvenv.cfg").exists()


def _is_meant(entry: os.DirEntry[str], path: Path, walk: _Walk) -> bool:
    """Whether an entry is a file that is looked for; a link is none: its target is met where it lies, or refused."""
    if not entry.name.endswith(walk.suffixes):
        return False
    if entry.is_symlink():
        if not path.resolve().is_relative_to(walk.root):
            walk.skipped.append((path, f"is a link that leads out of {walk.root}"))
        return False
    return entry.is_file()
