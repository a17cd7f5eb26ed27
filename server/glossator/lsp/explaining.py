"""Why a symbol's docstring is what it is, or would be: what `glossator explain` shows, of the text in the editor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import Final

from glossator.documenter import DocRequest, path_of
from glossator.errors import SourceError, Superseded
from glossator.lsp import wire
from glossator.lsp.hover import contents_of
from glossator.lsp.session import Session
from glossator.lsp.wire import Json
from glossator.syntax.document import Document

LABEL: Final = "Glossator: what is known of this symbol, and who would be sent what"
UNTRUSTED: Final = "This workspace is not trusted: the embedded provider alone writes, whatever the settings choose."


def explain(session: Session, params: Json) -> Json:
    """The explanation of a symbol, for programs and for people; nobody is asked.

    The symbol is the one at `position`, or the one that `path` names. Raises BadParams, GlossatorError for what
    cannot be explained, and Superseded for a symbol that is not there.
    """
    uri = wire.document_uri(params)
    document = session.document(uri)
    if document is None:
        raise SourceError("The document is not open, or its text is not known; open it and ask again.")
    path = _path(session, document, params)
    # Heavier than the rest of the server, since a prompt is made: loaded when somebody wants to know.
    from glossator.documenter.explained import as_json, as_text

    found = session.documenter(uri).explain(
        DocRequest(document, conventions=session.conventions(document)), path, session.caches.look_in(document)
    )
    symbol = session.outline(document).find(path)
    known = session.remembered.origins(uri, symbol) if symbol is not None else {}
    found = replace(found, origins={key: known.get(key.label, origin) for key, origin in found.origins.items()})
    note = "" if session.is_trusted else UNTRUSTED
    name = PurePath(path_of(uri)).name
    text = as_text(name, found) + (f"\n{note}\n" if note else "")
    contents = contents_of(text.rstrip(), LABEL, is_markdown=session.client.hover_markdown)
    return {"uri": uri, "version": document.version, "note": note, "contents": contents} | as_json(name, found)


def _path(session: Session, document: Document, params: Json) -> str:
    """The path of the symbol that is meant."""
    outline = session.outline(document)
    path = wire.optional(params, "path")
    if path is None:
        place = wire.position(wire.member(params, "position"))
        return outline.at(document.offset(*place, session.client.encoding)).path
    if not isinstance(path, str):
        raise wire.BadParams("path is no string")
    if outline.find(path) is None:
        raise Superseded("The definition is not there any more; ask again.")
    return path
