"""Completion after opening quotes: the whole docstring as one item.

A half-typed docstring leaves the rest of the file inside a string, so nothing here looks at the tree of the text as it
stands, but at one with `pass` in the quotes' place: who begins with it is whose docstring is being typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from glossator.errors import SourceError
from glossator.lsp import convert, snippets, wire
from glossator.lsp.drafting import draft_now
from glossator.lsp.handshake import Client
from glossator.lsp.hover import LABEL, contents_of
from glossator.lsp.session import Session
from glossator.lsp.wire import Json
from glossator.model import Draft, Span
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline, body_start

SNIPPET_KIND = 15
PLAIN_FORMAT, SNIPPET_FORMAT = 1, 2
AS_IS = 1
FILLER = b"pass"
OPENING = re.compile(rb"[ \t\f]*(?P<quotes>[rRuU]?(?:\"\"\"|'''))[ \t]*")
CLOSING = re.compile(rb"[ \t]*(?:\"\"\"|'''|)[ \t]*(?=[\r\n]|\Z)")


@dataclass(frozen=True, slots=True)
class TypedQuotes:
    """Opening quotes that stand alone on their line, with closing ones that the editor may have added."""

    span: Span
    quotes: bytes
    indent: bytes


def completion(session: Session, params: Json) -> Json:
    """The docstring for the place where quotes have just been opened, else nothing. Raises BadParams."""
    document = session.document(wire.document_uri(params))
    if document is None:
        return []
    encoding = session.client.encoding
    typed = typed_quotes(document, document.offset(*wire.position(wire.member(params, "position")), encoding))
    if typed is None:
        return []
    without = document.edit(*typed.span, FILLER)
    path = _documented_path(session.outline(without), typed)
    if path is None:
        return []
    try:
        draft = draft_now(session, without, path)
    except SourceError:
        return []
    return [_item(document, typed, draft, session.client)] if draft.edit is not None else []


def typed_quotes(document: Document, offset: int) -> TypedQuotes | None:
    """The opening quotes before an offset, if nothing else stands on the line but what closes them."""
    lines = document.lines
    start = lines.start(lines.line_of(offset))
    opening = OPENING.fullmatch(document.text, start, offset)
    closing = CLOSING.match(document.text, offset)
    if opening is None or closing is None:
        return None
    begin = opening.start("quotes")
    return TypedQuotes(Span(begin, closing.end()), opening["quotes"][-3:], document.text[start:begin])


def _documented_path(without: Outline, typed: TypedQuotes) -> str | None:
    """The path of the symbol whose docstring the quotes begin: its first statement stands in their place."""
    symbol = without.at(typed.span.start)
    is_first = symbol.docstring is None and symbol.place is not None and symbol.place.form in ("block", "module")
    return symbol.path if is_first and body_start(without, symbol.path) == typed.span.start else None


def _item(document: Document, typed: TypedQuotes, draft: Draft, client: Client) -> Json:
    """The completion item. Clients that indent a snippet's lines themselves get them without the line's indentation."""
    assert draft.edit is not None
    literal = draft.edit.new_text.strip()
    indent = typed.indent.decode("utf-8", "replace")
    filter_text = typed.quotes.decode()
    item: dict[str, Json] = {
        "label": f"{filter_text} Document `{draft.symbol.name}`",
        "kind": SNIPPET_KIND,
        "filterText": filter_text,
        "sortText": "\0",
        "preselect": True,
        "documentation": _documentation(draft, client),
    }
    if client.takes_snippets:
        if not client.leaves_indentation:
            literal = literal.replace(f"\n{indent}", "\n")
        item |= {"insertTextFormat": SNIPPET_FORMAT}
        literal = snippets.snippet(literal, draft.doc)
    else:
        item |= {"insertTextFormat": PLAIN_FORMAT}
    if client.leaves_indentation:
        item |= {"insertTextMode": AS_IS}
    edit = {"range": convert.lsp_range(document, typed.span, client.encoding), "newText": literal}
    return item | {"textEdit": edit}


def _documentation(draft: Draft, client: Client) -> Json:
    return contents_of(draft.text, LABEL, is_markdown=True) if client.completion_markdown else draft.text
