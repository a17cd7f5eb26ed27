"""Reads the project index from disk: which folder is a file's project, and its files, within bounds."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from glossator.workspace.files import select_files
from glossator.workspace.index import Index, combined
from glossator.workspace.summary import FileSummary, may_have_docs, summary

logger = logging.getLogger(__name__)

MARKERS: Final = ("pyproject.toml", "glossator.toml", "setup.py", "setup.cfg", ".git")
MAX_FILES: Final = 5000
MAX_BYTES: Final = 64_000_000
MAX_FILE_BYTES: Final = 1_000_000


def project_root(path: Path) -> Path:
    """The folder of the project that a file belongs to.

    The nearest folder above it with a project's file in it; without one, the folder that its topmost package is in.
    """
    folder = path.absolute().parent
    for ancestor in (folder, *folder.parents):
        if any((ancestor / marker).exists() for marker in MARKERS):
            return ancestor
    while (folder / "__init__.py").exists() and folder.parent != folder:
        folder = folder.parent
    return folder


def project_files(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The files of a project that an index reads, in an order that does not depend on the machine, within bounds."""
    count = size = 0
    for path in sorted(select_files([root]).files):
        try:
            found = path.stat()
        except OSError:
            continue  # gone since it was listed
        if found.st_size > MAX_FILE_BYTES:
            continue
        count, size = count + 1, size + found.st_size
        if count > MAX_FILES or size > MAX_BYTES:
            logger.info("index stops early root=%s files=%d", root, count - 1)
            return
        yield path, found


Mapper = Callable[[Callable[[str], FileSummary], Iterable[str]], Iterable[FileSummary]]


@dataclass(slots=True)
class IndexReader:
    """Reads a project's index, again and again: files that have not changed since are not read anew."""

    root: Path
    _kept: dict[str, _Kept] = field(default_factory=dict)

    def read(self, mapper: Mapper = map) -> Index:
        """The index now; `mapper` works like `map` and may run in many processes.

        Files without docstrings matter only as links between classes, and not at all where no method is documented:
        a project that is to be documented from nothing costs a look at its bytes.
        """
        current: dict[str, _Kept] = {}
        for path, found in project_files(self.root.absolute()):
            kept = self._kept.get(str(path))
            is_same = kept is not None and kept.changed == (found.st_mtime_ns, found.st_size)
            current[str(path)] = kept if kept and is_same else _Kept((found.st_mtime_ns, found.st_size))
        self._kept = current
        self._summarise(
            [path for path, kept in current.items() if kept.summary is None and _is_documented(path)], mapper
        )
        if any(kept.summary is not None and kept.summary.has_methods for kept in current.values()):
            self._summarise([path for path, kept in current.items() if kept.summary is None], mapper)
        return combined({path: kept.summary for path, kept in current.items() if kept.summary is not None})

    def _summarise(self, paths: list[str], mapper: Mapper) -> None:
        for path, found in zip(paths, mapper(summary_of, paths), strict=True):
            self._kept[path].summary = found


@dataclass(slots=True)
class _Kept:
    """A file's summary, if it was needed, and by what a change of the file shows: time (ns) and size (bytes)."""

    changed: tuple[int, int]
    summary: FileSummary | None = None


def summary_of(path: str) -> FileSummary:
    """The summary of the file at a path; empty for one that cannot be read."""
    return summary(_bytes_of(path))


def _is_documented(path: str) -> bool:
    return may_have_docs(_bytes_of(path))


def _bytes_of(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""  # said when somebody works on the file
