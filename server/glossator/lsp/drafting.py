"""Runs the documenter for requests: at once for one symbol, in slices for many, never for a text that has changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from glossator.documenter import DocRequest, FaultId
from glossator.documenter.wishes import Additions, Repairs
from glossator.errors import SourceError, Superseded
from glossator.model import Draft, SourceEdit, Symbol
from glossator.syntax.document import Document

if TYPE_CHECKING:
    from glossator.lsp.session import Session

SLICE_S = 0.005
"""How long one piece of long work may keep the loop from other requests."""

T = TypeVar("T")


def draft_now(session: Session, document: Document, path: str) -> Draft:
    """The draft of one symbol of the document, with its edit. Raises SourceError where there is none.

    Its words are those that a model has said before, where memory has them, else the embedded provider's.
    """
    request = _request(session, document, path)
    draft = next(Additions((path,)).drafts(session.documenter(document.uri), request))
    if draft.edit is None:
        raise SourceError(f"{path} was not documented: {draft.error or 'there is nothing to add'}.")
    _note(session, request, draft)
    return draft


def _note(session: Session, request: DocRequest, draft: Draft) -> None:
    """Watch what becomes of a docstring that has the words of a model."""
    answer = request.answers.get(draft.symbol.path)
    if answer is not None:
        outline, uri = session.outline(request.document), request.document.uri
        session.offers.note(uri, session.documenter(uri).fingerprint(outline, draft.symbol), draft, answer)


def _request(session: Session, document: Document, path: str) -> DocRequest:
    """The request for a new docstring, with what memory knows."""
    request = DocRequest(document, (path,), session.conventions(document))
    return replace(request, answers=session.caches.at_hand(request, Additions((path,))))


def repair_now(session: Session, document: Document, path: str, only: FaultId | None = None) -> Draft:
    """The repair of one docstring, or of one of its faults, with its edit. Raises SourceError where there is none."""
    wish, request = Repairs((path,), only), DocRequest(document, (path,), session.conventions(document))
    request = replace(request, answers=session.caches.at_hand(request, wish))
    draft = next(wish.drafts(session.documenter(document.uri), request))
    if draft.edit is None:
        raise SourceError(f"{path} was not repaired: {draft.error or 'there is nothing to mend'}.")
    return draft


async def repairs_for(session: Session, document: Document, paths: tuple[str, ...] | None) -> list[SourceEdit]:
    """The edits that repair these docstrings (None: all that can be); other requests are answered in between.

    Raises Superseded if the text changes meanwhile.
    """
    request = DocRequest(document, paths, session.conventions(document))
    edits: list[SourceEdit] = []
    async for draft in in_slices(session.documenter(document.uri).repairs(request)):
        if draft.edit is not None:
            edits.append(draft.edit)
        require_current(session, document)
    return edits


def preview(session: Session, document: Document, path: str) -> Draft:
    """What the docstring of one symbol would be, to be shown; its text is "" where there would be none."""
    return next(session.documenter(document.uri).previews(_request(session, document, path)))


def draft_many(session: Session, request: DocRequest) -> AsyncIterator[Draft]:
    """The drafts of many symbols, one by one; other requests are answered in between."""
    return in_slices(session.documenter(request.document.uri).drafts(request))


async def in_slices(made: Iterable[T]) -> AsyncIterator[T]:
    """What is made one after another; other requests are answered in between."""
    pause = time.monotonic() + SLICE_S
    for one in made:
        yield one
        if time.monotonic() > pause:
            await asyncio.sleep(0)
            pause = time.monotonic() + SLICE_S


async def edits_for(
    session: Session,
    document: Document,
    paths: tuple[str, ...] | None,
    drafted: Callable[[int], None] | None = None,
) -> list[SourceEdit]:
    """The edits that document these symbols (None: all that are undocumented); `drafted` hears their number so far.

    Raises Superseded if the text changes meanwhile.
    """
    documenter = session.documenter(document.uri)
    wanted = documenter.missing(session.outline(document)) if paths is None else paths
    request = DocRequest(document, wanted, session.conventions(document))
    await session.caches.warm(request, Additions(wanted))
    require_current(session, document)
    request = replace(request, answers=session.caches.at_hand(request, Additions(wanted)))
    edits: list[SourceEdit] = []
    async for draft in draft_many(session, request):
        if draft.edit is not None:
            edits.append(draft.edit)
            _note(session, request, draft)
            if drafted is not None:
                drafted(len(edits))
        require_current(session, document)
    return edits


def require_current(session: Session, document: Document) -> None:
    """Raise Superseded if the editor's text is not this snapshot any more."""
    if session.workspace.document(document.uri) is not document:
        raise Superseded("The text changed meanwhile; ask again.")


def is_missing(symbol: Symbol) -> bool:
    """Whether a symbol can carry a docstring and has none."""
    return symbol.docstring is None and symbol.place is not None


def missing_in_class(session: Session, document: Document, owner: Symbol) -> tuple[str, ...]:
    """The paths of what is undocumented in a class, itself included; the documenter says what counts."""
    missing = session.documenter(document.uri).missing(session.outline(document))
    return tuple(path for path in missing if path == owner.path or path.startswith(owner.path + "."))
