"""Keeps what projects say about the open documents up to date, in the background (`workspace.project`).

The index is read in a thread, once the opening and saving of files has paused, so that editor and command line give the
same text. Until then, documents are documented from what they say themselves.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from pygls.uris import to_fs_path

from glossator.documenter import Documenter
from glossator.syntax.document import Document
from glossator.workspace.project import IndexReader, project_root

logger = logging.getLogger(__name__)

PAUSE_S = 1.0
MAX_DOCUMENTS = 64  # whose bases are looked up; the words of a project serve all of its documents


class Editing(Protocol):
    """What a session offers to the index."""

    def documenter(self, uri: str) -> Documenter:
        """Who documents a document."""

    def opened(self) -> Iterator[Document]:
        """The open documents."""

    def index_changed(self) -> None:
        """What projects say has changed."""


class Indexing:
    """The readers of the projects that open documents belong to."""

    def __init__(self, session: Editing) -> None:
        """Nothing is read yet."""
        self._session = session
        self._readers: dict[Path, IndexReader] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def touched(self, uri: str) -> None:
        """A document was opened or saved: its project may say something else now."""
        if uri.startswith("file:"):
            self._wait()

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(PAUSE_S, self._start)

    def _start(self) -> None:
        if self._task is not None and not self._task.done():
            self._wait()  # one reading at a time
            return
        self._task = asyncio.get_running_loop().create_task(self._read_all())

    async def _read_all(self) -> None:
        try:
            changes = [await self._read(root, paths) for root, paths in self._projects().items()]
        except Exception:  # the boundary of background work: documents stay documented from themselves
            logger.exception("index not read")
            return
        if any(changes):
            self._session.index_changed()

    def _projects(self) -> dict[Path, dict[str, Documenter]]:
        """The open files by project, each with who documents it."""
        found: defaultdict[Path, dict[str, Documenter]] = defaultdict(dict)
        for document in list(self._session.opened())[-MAX_DOCUMENTS:]:
            path = to_fs_path(document.uri) if document.uri.startswith("file:") else None
            if path and Path(path).is_file():
                found[project_root(Path(path))][path] = self._session.documenter(document.uri)
        return found

    async def _read(self, root: Path, paths: dict[str, Documenter]) -> bool:
        """Read one project's index; whether it says something else than before."""
        reader = self._readers.setdefault(root, IndexReader(root))
        index = await asyncio.to_thread(reader.read, list(paths))
        changed = [documenter for documenter in paths.values() if documenter.index != index]
        for documenter in changed:
            documenter.index = index
        return bool(changed)
