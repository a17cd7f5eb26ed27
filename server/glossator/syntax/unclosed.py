"""A docstring that is being typed: its quotes are open, and the rest of the file has become a string.

The parser is shown blanks in its place (`Document.unread`), so that the tree stays as it was before the quotes: what
stands behind them keeps its symbols, and no keystroke pays for a parse of the whole rest (6,425 lines: 40 to 90 ms).
This is about the editor's own texts only: what is proven is proven on the true text.
"""

from __future__ import annotations

import re
from typing import Final

from glossator.model import Span
from glossator.syntax.document import NOTHING, Document

QUOTES: Final = (b'"""', b"'''")
OPENING: Final = re.compile(rb"[ \t\f]*(?P<quotes>[rRuU]?(?:\"\"\"|'''))[ \t]*(?=[\r\n]|\Z)")
OPENING_QUOTES: Final = re.compile(rb"[rRuU]?(\"\"\"|''')")


def typed(document: Document, start: int, end: int, new_text: bytes, version: int | None = None) -> Document:
    """The snapshot after somebody replaced [start, end), the docstring that they are typing left unread."""
    edited = document.edit(start, end, new_text, version)
    find = _opened if document.unread == NOTHING else _still_open
    unread = find(document, edited, Span(start, end))
    return edited if unread == NOTHING else edited.without_reading(unread)


def _opened(before: Document, after: Document, edit: Span) -> Span:
    """The quotes that an edit has opened, where they stand alone on their line."""
    line = after.lines.start(after.lines.line_of(edit.start))
    opening = OPENING.match(after.text, line)
    tree = before.last_tree
    if opening is None or tree is None or not opening.start("quotes") <= edit.start <= opening.end():
        return NOTHING
    if _counted(before, edit) == _counted(after, _grown(edit, before, after)):
        return NOTHING  # they stood there before
    quotes = opening["quotes"][-3:]
    node = tree.root_node.descendant_for_byte_range(line, line)
    while node is not None:
        if node.type in ("string", "ERROR") and node.start_byte < line:
            return NOTHING  # they close what stands before them
        node = node.parent
    is_told = before.is_parsed and not tree.root_node.has_error
    if not is_told and after.text.count(quotes) % 2 == 0:
        return NOTHING  # the tree of broken or older code does not tell what is open; rather read too much
    return Span(opening.start("quotes"), opening.end())


def _still_open(before: Document, after: Document, edit: Span) -> Span:
    """Where the open docstring lies after an edit; nothing once it is closed, or may be."""
    first, last = before.unread
    grown = len(after.text) - len(before.text)
    quotes = OPENING_QUOTES.match(before.text, first, last)
    if quotes is None or (edit.start < quotes.end() and edit.end > first):
        return NOTHING
    if quotes.end() <= edit.start <= last:
        last = max(last, edit.end) + grown
        is_open = after.text.find(quotes[1], quotes.end(), last) < 0
        return Span(first, last) if is_open else NOTHING
    if _counted(before, edit) != _counted(after, _grown(edit, before, after)):
        return NOTHING  # quotes came or went elsewhere: they may be the closing ones
    unread = Span(first + grown, last + grown) if edit.end <= first else before.unread
    line = after.lines.start(after.lines.line_of(unread.start))
    return NOTHING if after.text[line : unread.start].strip(b" \t\f") else unread


def _grown(edit: Span, before: Document, after: Document) -> Span:
    """What came in an edit's place."""
    return Span(edit.start, edit.end + len(after.text) - len(before.text))


def _counted(document: Document, span: Span) -> list[int]:
    """How many triple quotes stand on the lines of a span."""
    lines = document.lines
    following = lines.line_of(span.end) + 1
    stop = lines.start(following) if following < len(lines) else len(document.text)
    return [document.text.count(quotes, lines.start(lines.line_of(span.start)), stop) for quotes in QUOTES]
