"""Text synchronisation: what the editor's buffers hold.

Plain functions, so that each request sees what was typed before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from glossator.lsp import wire
from glossator.lsp.session import Session
from glossator.lsp.wire import BadParams, Json
from glossator.workspace.workspace import Change

LANGUAGES = ("python",)


def did_open(session: Session, params: Json) -> None:
    """Take a document's whole text. Raises BadParams."""
    uri = wire.document_uri(params)
    if wire.text(params, "textDocument", "languageId") not in LANGUAGES:
        return
    text, version = wire.text(params, "textDocument", "text"), wire.integer(params, "textDocument", "version")
    with _lost_without_memory(session, uri):
        session.workspace.open(uri, text, version)
    session.changed(uri)
    session.neighbours.refresh()


def did_change(session: Session, params: Json) -> None:
    """Apply a document's edits. One that cannot be read makes the document unsynced: the text is not known any more."""
    uri = wire.document_uri(params)
    if not session.workspace.is_open(uri):
        return
    was_synced = session.workspace.document(uri) is not None
    try:
        version = wire.integer(params, "textDocument", "version")
        changes = [_change(change) for change in wire.array(params, "contentChanges")]
    except BadParams as error:
        session.workspace.lose(uri, str(error))
    else:
        with _lost_without_memory(session, uri):
            session.workspace.change(uri, version, changes, session.client.encoding)
    if was_synced and session.workspace.document(uri) is None:
        session.warn_unsynced(uri)
    session.changed(uri)


@contextmanager
def _lost_without_memory(session: Session, uri: str) -> Iterator[None]:
    """A text that there is no memory for is not known any more."""
    try:
        yield
    except MemoryError:
        session.workspace.lose(uri, "too little memory")
        session.warn_unsynced(uri)
        raise


def did_save(session: Session, _params: Json) -> None:
    """A file on disk is another one: what it says about others may be, too."""
    session.neighbours.refresh()


def did_close(session: Session, params: Json) -> None:
    """Forget a document and take its diagnostics back. Raises BadParams."""
    uri = wire.document_uri(params)
    session.workspace.close(uri)
    session.closed(uri)


def _change(value: Json) -> Change:
    where = wire.optional(value, "range")
    text = wire.text(value, "text")
    if where is None:
        return Change(None, None, text)
    start, end = wire.span(where)
    return Change(start, end, text)
