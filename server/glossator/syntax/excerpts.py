"""Source as people and models read it: a definition alone, dedented and without its docstring, or outlined.

An outline has the header of each definition in the place of its body. Whatever is cut can be parsed again where the
whole could.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from glossator.model import SymbolKind
from glossator.syntax.docstrings import docstring_statement
from glossator.syntax.document import Document
from glossator.syntax.symbols import MODULE_PATH, Entry, Outline

MAX_MEMBERS: Final = 40  # of a class or module: what its outline shows


def excerpt(outline: Outline, entry: Entry) -> str:
    """What describes a symbol: a function's source, a class's or module's outline, without the own docstring."""
    kind = entry.symbol.kind
    if kind in (SymbolKind.FUNCTION, SymbolKind.METHOD):
        return definition(entry)
    return outlined(outline, entry)


def definition(entry: Entry) -> str:
    """A definition's source with its decorators, dedented, without its docstring."""
    document = entry.document
    start = _line_start(document, entry.outer.start_byte)
    body = entry.node.child_by_field_name("body")
    statement = docstring_statement(document, body) if body is not None else None
    end = entry.outer.end_byte
    if statement is None or body is None:
        return _dedented(document, start, end)
    behind = document.text[statement.end_byte : end]
    # Without its docstring a body may be empty.
    rest = behind.lstrip(b" \t;") if behind.strip(b" \t\r\n;") else b"..."
    before = document.text[start : statement.start_byte]
    if rest[:1] in (b"\r", b"\n"):
        before, rest = before.rstrip(b" \t"), rest.lstrip(b"\r\n")
    return textwrap.dedent((before + rest).decode("utf-8", "replace")).strip("\n")


def header(entry: Entry) -> str:
    """A definition up to its body, dedented: decorators, name, parameters or bases, and the colon."""
    document = entry.document
    # Not up to the body: comments may stand between.
    colons = [child.end_byte for child in entry.node.children if document.grammar.kinds[child.kind_id] == ":"]
    end = colons[-1] if colons else entry.node.end_byte
    return _dedented(document, _line_start(document, entry.outer.start_byte), end).rstrip()


def outlined(outline: Outline, entry: Entry) -> str:
    """A class or module with the headers of its definitions in the place of these; `__init__` is whole."""
    document = entry.document
    body = entry.node if entry.owner is None else entry.node.child_by_field_name("body")
    if body is None:
        return header(entry)
    docstring = docstring_statement(document, body)
    members = {member.outer.start_byte: member for member in outline.members(entry.path)}
    lines = [] if entry.owner is None else [header(entry)]
    indent = "" if entry.owner is None else "    "
    for child in _statements(document, body, docstring):
        member = members.get(child.start_byte)
        shown = _member(member) if member is not None else document.slice(child.start_byte, child.end_byte)
        lines.append(textwrap.indent(textwrap.dedent(shown), indent))
        if len(lines) > MAX_MEMBERS:
            lines.append(f"{indent}...")
            break
    return "\n".join(lines) if len(lines) > 1 or not indent else f"{lines[0]} ..."


def owner_outline(outline: Outline, entry: Entry) -> str:
    """The class around a method as an outline with headers alone; "" where there is none."""
    owner = entry.owner
    if owner is None or owner.path == MODULE_PATH or not owner.is_class:
        return ""
    return outlined(outline, owner)


def _member(entry: Entry) -> str:
    if entry.name == "__init__" and not entry.is_class:
        return definition(entry)
    return f"{header(entry)} ..."


def _statements(document: Document, body: Node, docstring: Node | None) -> Iterator[Node]:
    kinds = document.grammar.kinds
    for child in body.named_children:
        if kinds[child.kind_id] != "comment" and (docstring is None or child.id != docstring.id):
            yield child


def _line_start(document: Document, offset: int) -> int:
    """The start of the line if only blanks stand before the offset, else the offset."""
    start = document.text.rfind(b"\n", 0, offset) + 1
    return offset if document.text[start:offset].strip(b" \t\f") else start


def _dedented(document: Document, start: int, end: int) -> str:
    return textwrap.dedent(document.text[start:end].decode("utf-8", "replace")).strip("\n")
