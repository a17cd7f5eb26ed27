"""Text synchronisation: what the editor's buffers hold, of Python and of Markdown, where pages are.

Plain functions, so that each request sees what was typed before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from glossator.lsp import wire
from glossator.lsp.page_files import MAX_PAGE_BYTES
from glossator.lsp.session import Session
from glossator.lsp.wire import BadParams, Json
from glossator.workspace.workspace import Change, Workspace

LANGUAGES = ("python",)
MARKDOWN = "markdown"
SUFFIX = ".md"


def did_open(session: Session, params: Json) -> None:
    """Take a document's whole text. Raises BadParams."""
    uri = wire.document_uri(params)
    language = wire.text(params, "textDocument", "languageId")
    if language not in LANGUAGES and (language == MARKDOWN or uri.endswith(SUFFIX)):
        _open_page(session, uri, params)
    if language not in LANGUAGES:
        return
    text, version = wire.text(params, "textDocument", "text"), wire.integer(params, "textDocument", "version")
    with _lost_without_memory(session, session.workspace, uri):
        session.workspace.open(uri, text, version)
    session.changed(uri)
    session.neighbours.refresh()


def _open_page(session: Session, uri: str, params: Json) -> None:
    text, version = wire.text(params, "textDocument", "text"), wire.integer(params, "textDocument", "version")
    with _lost_without_memory(session, session.pages, uri):
        session.pages.open(uri, text, version)
    _bound(session, uri)
    session.page_checks.look(uri)


def did_change(session: Session, params: Json) -> None:
    """Apply a document's edits. One that cannot be read makes the document unsynced: the text is not known any more."""
    uri = wire.document_uri(params)
    if session.pages.is_open(uri):
        _take_changes(session, session.pages, uri, params)
        _bound(session, uri)
    if session.workspace.is_open(uri):
        _take_changes(session, session.workspace, uri, params)
        session.changed(uri)


def _take_changes(session: Session, texts: Workspace, uri: str, params: Json) -> None:
    was_synced = texts.document(uri) is not None
    try:
        version = wire.integer(params, "textDocument", "version")
        changes = [_change(change) for change in wire.array(params, "contentChanges")]
    except BadParams as error:
        texts.lose(uri, str(error))
    else:
        with _lost_without_memory(session, texts, uri):
            texts.change(uri, version, changes, session.client.encoding)
    if was_synced and texts.document(uri) is None:
        session.warn_unsynced(uri)


def _bound(session: Session, uri: str) -> None:
    """Keep no page that is too large: it is worked on again once its text is whole and small enough."""
    document = session.pages.document(uri)
    if document is not None and len(document.text) > MAX_PAGE_BYTES:
        session.pages.lose(uri, "too large")


@contextmanager
def _lost_without_memory(session: Session, texts: Workspace, uri: str) -> Iterator[None]:
    """A text that there is no memory for is not known any more."""
    try:
        yield
    except MemoryError:
        texts.lose(uri, "too little memory")
        session.warn_unsynced(uri)
        raise


def did_save(session: Session, _params: Json) -> None:
    """A file on disk is another one: what it says about others may be, too."""
    session.neighbours.refresh()
    session.page_checks.refresh()


def did_close(session: Session, params: Json) -> None:
    """Forget a document and take its diagnostics back. Raises BadParams."""
    uri = wire.document_uri(params)
    if session.pages.is_open(uri):
        session.pages.close(uri)
        session.generators.closed(uri)
        session.page_checks.closed(uri)
        return
    session.workspace.close(uri)
    session.closed(uri)


def _change(value: Json) -> Change:
    where = wire.optional(value, "range")
    text = wire.text(value, "text")
    if where is None:
        return Change(None, None, text)
    start, end = wire.span(where)
    return Change(start, end, text)
