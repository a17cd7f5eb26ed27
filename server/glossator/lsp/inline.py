"""Inline completion: the whole docstring as ghost text, on the empty line below a header.

Editors ask at each keystroke, so that what is nearly always the answer (nothing) is found without looking at the tree.
A header that nothing follows yet is half-typed code: its symbol is looked for in the text with a body on the line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from glossator.documenter import wants_documentation
from glossator.errors import SourceError
from glossator.lsp import convert, wire
from glossator.lsp.drafting import draft_now, is_missing
from glossator.lsp.session import Session
from glossator.lsp.wire import Json
from glossator.model import SourceEdit, Span, Symbol, SymbolKind
from glossator.syntax.document import Document
from glossator.syntax.symbols import body_start

INVOKED: Final = 1
BLANKS: Final = b" \t\f"
LINE_ENDS: Final = b"\r\n"
# A body of which nothing is known but that it may use all parameters: of `pass` it would be said that it does nothing.
BODY: Final = b"locals()"
BODY_WITH_RESULT: Final = b"locals(); return _"
RESULT: Final = re.compile(rb"\)\s*->(?!\s*[\"']?(?:None|NoReturn|Never|[\w.]*(?:Iterator|Iterable|Generator))\b)")
MAX_LINES: Final = 100  # of a header, or of comments and empty lines between it and its body
COLON: Final = re.compile(rb":[ \t\f]*(?:#.*)?\Z")
INTRODUCED: Final = re.compile(rb"(?:async[ \t\f]+def|def|class)\b")
OTHER_BLOCK: Final = re.compile(rb"(?:if|elif|else|for|while|try|except|finally|with|match|case|async)\b")
ALONE: Final = re.compile(rb"class[ \t\f]+\w+[ \t\f]*(?:\(\s*\))?[ \t\f]*:")
TEXT: Final = re.compile(rb"\(*[rRuUbBfF]{0,2}[\"']")


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty line below a header: its span without line end, and where the header begins.

    `indent` is that of the header's block, `has_body` whether a statement of it follows.
    """

    line: Span
    header: int
    indent: bytes
    has_body: bool


def inline_completion(session: Session, params: Json) -> Json:
    """The docstring for the empty line at a position, else None; nobody is waited for. Raises BadParams."""
    document = session.document(wire.document_uri(params))
    place = wire.position(wire.member(params, "position"))
    if document is None or not session.documenter(document.uri).settings.inline_completion:
        return None
    if wire.optional(params, "context", "selectedCompletionInfo") is not None:
        return None  # another completion is about to be inserted here
    gap = gap_at(document, document.offset(*place, session.client.encoding))
    if gap is None:
        return None
    is_asked = wire.optional(params, "context", "triggerKind") == INVOKED
    try:
        edit = _edit(session, document, gap, is_asked=is_asked)
    except SourceError:
        return None
    return {"items": [convert.inline_item(document, edit, session.client.encoding)]} if edit is not None else None


def gap_at(document: Document, offset: int) -> Gap | None:
    """The empty line at an offset, if what stands on the line before may end the header of a function or class.

    Cost: one or two lines where it is none, about 2 us.
    """
    number = document.lines.line_of(offset)
    line = _line(document, number)
    if number == 0 or document.text[line.start : line.end].strip(BLANKS):
        return None
    header = _header(document, number - 1)
    if header is None:
        return None
    indent = _indent(document, header)
    body = _next_line(document, number + 1)
    inner = document.text[body.start : body.end] if body is not None else b""
    has_body = _is_deeper(_blanks(inner), indent)
    if has_body:
        return Gap(line, header, _blanks(inner), True) if TEXT.match(inner.lstrip(BLANKS)) is None else None
    if ALONE.match(document.text, header):
        return None  # of a class without anything nothing can be said
    own = document.text[line.start : line.end]
    wanted = own if _is_deeper(own, indent) else indent + (b"\t" if b"\t" in indent else b"    ")
    return Gap(line, header, wanted, False)


def _edit(session: Session, document: Document, gap: Gap, *, is_asked: bool) -> SourceEdit | None:
    """The edit that fills the line; None where the symbol has its documentation, or wants none and nobody asked.

    Raises SourceError where there is nothing to add.
    """
    read = document if gap.has_body else document.edit(*gap.line, gap.indent + _body(document, gap))
    outline = session.outline(read)
    symbol = outline.at(gap.header)
    if not _is_for(read, symbol, gap) or not (is_asked or wants_documentation(symbol)):
        return None
    if not gap.has_body and body_start(outline, symbol.path) != gap.line.start + len(gap.indent):
        return None
    # Proven for the beginning of this very line: to fill the line instead takes an empty line out, and nothing else.
    draft = draft_now(session, read, symbol.path)
    assert draft.edit is not None
    end = _line_end_wanted(document, gap) if symbol.kind is SymbolKind.CLASS else ""
    return _placed(document, gap, draft.edit.new_text.strip() + end)


def _body(document: Document, gap: Gap) -> bytes:
    """What stands for the body that is about to be typed."""
    return BODY_WITH_RESULT if RESULT.search(document.text, gap.header, gap.line.start) else BODY


def _is_for(read: Document, symbol: Symbol, gap: Gap) -> bool:
    """Whether a symbol's header is the one above the line, and its docstring would begin with the line."""
    place = symbol.place
    if not is_missing(symbol) or place is None or symbol.line != read.lines.line_of(gap.header):
        return False
    return place.form == "block" and place.offset == gap.line.start and place.indent.encode() == gap.indent


def _line_end_wanted(document: Document, gap: Gap) -> str:
    """The line end that makes an empty line between the docstring of a class and what follows, as formatters want."""
    below = document.lines.line_of(gap.line.end) + 1
    if not gap.has_body or below == len(document.lines):
        return ""
    following = _line(document, below)
    is_empty = not document.text[following.start : following.end].strip(BLANKS)
    return "" if is_empty else document.slice(gap.line.end, following.start)


def _placed(document: Document, gap: Gap, text: str) -> SourceEdit:
    """A docstring on the line; where the line has its indentation already, it goes in behind that.

    Clients that do not heed ranges insert at the cursor, which mostly stands there.
    """
    if document.text[gap.line.start : gap.line.end] == gap.indent:
        return SourceEdit(Span(gap.line.end, gap.line.end), text)
    return SourceEdit(gap.line, gap.indent.decode() + text)


def _header(document: Document, number: int) -> int | None:
    """Where the header that ends on a line begins; None where none seems to end there."""
    span = _line(document, number)
    last = document.text[span.start : span.end].lstrip(BLANKS)
    if COLON.search(last) is None or (OTHER_BLOCK.match(last) and INTRODUCED.match(last) is None):
        return None
    if INTRODUCED.match(last):
        return span.end - len(last)
    if b")" not in last:
        return None
    for above in range(number - 1, max(number - MAX_LINES, -1), -1):
        span = _line(document, above)
        text = document.text[span.start : span.end].lstrip(BLANKS)
        if INTRODUCED.match(text):
            return span.end - len(text)
    return None


def _next_line(document: Document, number: int) -> Span | None:
    """The next line that is neither empty nor a comment."""
    for below in range(number, min(number + MAX_LINES, len(document.lines))):
        span = _line(document, below)
        text = document.text[span.start : span.end].strip(BLANKS)
        if text and not text.startswith(b"#"):
            return span
    return None


def _line(document: Document, number: int) -> Span:
    """A line without its end."""
    start, after = document.lines.start(number), number + 1
    end = document.lines.start(after) if after < len(document.lines) else len(document.text)
    return Span(start, start + len(document.text[start:end].rstrip(LINE_ENDS)))


def _indent(document: Document, offset: int) -> bytes:
    """The blanks before an offset on its line."""
    return document.text[document.lines.start(document.lines.line_of(offset)) : offset]


def _blanks(text: bytes) -> bytes:
    """The blanks at the beginning of a line."""
    return text[: len(text) - len(text.lstrip(BLANKS))]


def _is_deeper(one: bytes, other: bytes) -> bool:
    return len(one) > len(other) and one.startswith(other)
