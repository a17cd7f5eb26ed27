"""Where a docstring would go: behind the header of a definition, or at the top of a module."""

from __future__ import annotations

import re
from typing import Final

from tree_sitter import Node

from glossator.model import DocPlace
from glossator.syntax.docstrings import first_statement
from glossator.syntax.document import Document
from glossator.syntax.text import LINE_END

_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=]")
_HEADER: Final = re.compile(rb"copyright|licen[cs]e|spdx|^#!", re.IGNORECASE)
_TYPE_COMMENT: Final = re.compile(rb"[ \t]*#\s*type:")


def definition_place(document: Document, node: Node, body: Node) -> DocPlace | None:
    """Where a docstring would go: on the line after the header, or before a body that stands on the header's line.

    None where the header or the place is broken, no docstring can stand, or one is being typed there.
    """
    if _is_broken(node, body):
        return None
    text, kinds = document.text, document.grammar.kinds
    colon = next((child.end_byte for child in reversed(node.children) if kinds[child.kind_id] == ":"), None)
    first = first_statement(document, body)
    if colon is None or first is None or document.leaves_out(colon, first.start_byte):
        return None
    gap = text[colon : first.start_byte]
    end = LINE_END.search(gap)
    if end is None:
        header = document.lines.start(document.lines.line_of(node.start_byte))
        indent = _indentation(text[header : node.start_byte]) + _indent_unit(document)
        return DocPlace(first.start_byte, indent, "inline")
    if gap[: end.start()].rstrip(b" \t\f").endswith(b"\\"):
        return None  # a continued header: a line break more would end it
    line = document.lines.line_of(colon) + 1
    offset = document.lines.start(line)
    if _TYPE_COMMENT.match(text, offset):
        offset = document.lines.start(line + 1)
    start = document.lines.start(document.lines.line_of(first.start_byte))
    before = text[start : first.start_byte]
    if before.strip(b" \t\f"):
        return None  # something else stands before the statement: not a block of its own
    return DocPlace(offset, _indentation(before), "block")


def module_place(document: Document) -> DocPlace | None:
    """Where a module's docstring would go; None for a module without statements, or with a broken first one."""
    first = first_statement(document, document.root)
    if first is None or first.has_error or first.is_error or document.leaves_out(0, first.start_byte):
        return None
    return DocPlace(_module_offset(document, first), "", "module")


def _indentation(before: bytes) -> str:
    """The indentation that counts: a form feed starts the column anew."""
    white = before[: len(before) - len(before.lstrip(b" \t\f"))]
    return white.rsplit(b"\f", 1)[-1].decode()


def _indent_unit(document: Document) -> str:
    """One step of indentation in this document: that of its first indented block, else four spaces."""
    match = re.search(rb"(?:^|[\r\n])([ \t]+)[^\s#]", document.text)
    return match.group(1).decode() if match else "    "


def _is_broken(node: Node, body: Node) -> bool:
    """Whether the header or the docstring's place holds a syntax error."""
    if not node.has_error:
        return False
    if any(child.has_error or child.is_error or child.is_missing for child in node.children if child != body):
        return True
    first = body.named_children[0]
    return first.is_error or first.has_error


def _module_offset(document: Document, first: Node) -> int:
    """Where a module's docstring goes: before the first statement and the comments that belong to it.

    A comment belongs to the statement if no blank line is between them and it is no shebang, coding cookie or licence.
    """
    lines, text = document.lines, document.text
    line = lines.line_of(first.start_byte)
    start = line
    while start:
        content = text[lines.start(start - 1) : lines.start(start)].strip()
        if not content.startswith(b"#") or (start <= 2 and (content.startswith(b"#!") or _COOKIE.match(content))):
            break
        start -= 1
    if start != line and _HEADER.search(text, lines.start(start), lines.start(line)):
        start = line
    return lines.start(start)
