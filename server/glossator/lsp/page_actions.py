"""What can be done about pages at a place: told from the name of the file and the head of the page, nothing is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from glossator.lsp.wire import Json

if TYPE_CHECKING:
    from glossator.lsp.session import Session
    from glossator.syntax.document import Document

MARKER: Final = b"<!-- glossator:page"
HEAD_BYTES: Final = 1 << 16  # the line that says how a page is made stands near its top
REGENERATE: Final = "Regenerate stale sections"
OVERVIEW: Final = "Write an overview page of this package"
REFERENCE: Final = "Write its API reference"
PACKAGE: Final = "/__init__.py"


@dataclass(frozen=True, slots=True)
class PageChoice:
    """One thing that can be done: what the user reads, and the argument of the command that does it."""

    title: str
    data: Json


def of_page(session: Session, uri: str) -> list[PageChoice]:
    """What can be done about an open Markdown file: something where it is a page."""
    document = session.pages.document(uri)
    is_page = document is not None and uri.startswith("file:") and says_how(document)
    return [PageChoice(REGENERATE, {"uri": uri})] if is_page else []


def of_package(uri: str) -> list[PageChoice]:
    """Which pages can be made from an open Python file: some where it is a package's own."""
    if not uri.startswith("file:") or not uri.endswith(PACKAGE):
        return []
    return [
        PageChoice(OVERVIEW, {"kind": "module", "path": uri}),
        PageChoice(REFERENCE, {"kind": "api", "path": uri}),
    ]


def says_how(document: Document) -> bool:
    """Whether the head of a page says how it is made. Cost: a look at its first lines."""
    last = document.text.rfind(MARKER, 0, HEAD_BYTES)
    if last < 0:
        return False
    from glossator.docstring.pages.markers import parse  # with the first page: its patterns take time to compile

    end = document.text.find(b"\n", last)
    head = document.text[: end if end >= 0 else None]
    return parse(head.decode("utf-8", "replace")).page is not None
