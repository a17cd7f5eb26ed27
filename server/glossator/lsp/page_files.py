"""Pages and their sources as the editor has them: an open text counts, not what is on disk."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from glossator.errors import SourceError, Superseded
from glossator.lsp.places import path_in
from glossator.lsp.workspace_files import TEXT_UNKNOWN, uri_of
from glossator.syntax.document import Document, encoded
from glossator.workspace.write import read_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from glossator.lsp.session import Session

MAX_PAGE_BYTES: Final = 5_000_000
BOM: Final = b"\xef\xbb\xbf"
CLOSED: Final = "The page was closed meanwhile."


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is now: its snapshot (with a version where it is open), and whether there is such a file."""

    path: Path
    document: Document
    is_there: bool

    @property
    def is_open(self) -> bool:
        """Whether it is the editor's text."""
        return self.document.version is not None

    @property
    def text(self) -> str:
        """The text, with what is no UTF-8 kept."""
        return self.document.text.decode("utf-8", "surrogateescape")


async def page_at(session: Session, path: Path) -> Page:
    """The page at a path as it is now. Raises SourceError for one that cannot be worked on."""
    uri = _opened_as(session, path)
    if uri is None:
        raw = await asyncio.to_thread(_read, path)
        uri = _opened_as(session, path)  # maybe since
        if uri is None:
            # Editors do not count the mark at the start of a file as a character of it.
            return Page(path, Document(uri_of(path), (raw or b"").removeprefix(BOM)), raw is not None)
    document = session.pages.document(uri)
    if document is None:
        raise SourceError(f"{path.name}: {TEXT_UNKNOWN}; close and open it")
    return Page(path, document, True)


async def is_current(session: Session, page: Page) -> bool:
    """Whether a page is still what it was when it was taken."""
    if page.is_open:
        return session.pages.document(page.document.uri) is page.document
    raw = await asyncio.to_thread(_read, page.path)
    is_same = (raw or b"").removeprefix(BOM) == page.document.text and (raw is not None) == page.is_there
    return is_same and _opened_as(session, page.path) is None


def require_same_place(before: Page, now: Page) -> None:
    """Raise Superseded for a page that was open and is not any more."""
    if before.is_open and not now.is_open:
        raise Superseded(CLOSED)


def _opened_as(session: Session, path: Path) -> str | None:
    return next((uri for uri in session.pages.uris if path_in(uri) == path), None)


def _read(path: Path) -> bytes | None:
    return read_file(path, MAX_PAGE_BYTES) if path.exists() else None


def open_sources(session: Session) -> dict[Path, bytes | None]:
    """The texts of the open Python files by their paths; None for one that is not known."""
    found: dict[Path, bytes | None] = {}
    for uri in session.workspace.uris:
        path, document = path_in(uri), session.document(uri)
        if path is not None:
            found[path] = None if document is None else encoded(document.text)
    return found


def reading(texts: Mapping[Path, bytes | None]) -> Callable[[Path, int], bytes]:
    """Reads files of source: those that are open as they are in the editor. For use in a thread: it asks the disk."""
    opened = {os.path.realpath(path): text for path, text in texts.items()}

    def read(path: Path, max_bytes: int) -> bytes:
        key = os.path.realpath(path)
        if key not in opened:
            return read_file(path, max_bytes)
        text = opened[key]
        if text is None:
            raise SourceError(TEXT_UNKNOWN)
        if len(text) > max_bytes:
            raise SourceError(f"larger than {max_bytes >> 10} kB")
        return text

    return read
