"""One file's content with all that decides what becomes of it, as it is handed to worker processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from glossator.config import Settings
from glossator.documenter.files import FileOptions
from glossator.workspace.index import Index


@dataclass(frozen=True, slots=True)
class Task:
    """One file's content, for a worker process; `only` and `symbols` say which of its symbols are meant.

    `root` is the folder of its project, by which `indexes` keeps what the project says. `previous` is what the file was
    at the commit that changes are counted from: None if none was named, empty if there was no such file.
    """

    path: str
    raw: bytes
    settings: Settings
    only: str = "missing"
    symbols: tuple[str, ...] = ()
    root: str = ""
    previous: bytes | None = None


def options_of(known: Mapping[str, Index], task: Task) -> FileOptions:
    """How one file is treated, with what its project says."""
    settings = task.settings
    return FileOptions(
        settings,
        style=settings.style,
        only=task.only,
        symbols=task.symbols,
        index=known[task.root],
        previous=task.previous,
    )
