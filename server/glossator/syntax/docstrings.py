"""Docstrings as they stand in the source: which statement of a block is one, and its parts."""

from __future__ import annotations

import re
from typing import Final

from tree_sitter import Node

from glossator.model import Docstring, Span
from glossator.syntax.document import Document

_STRINGS: Final = frozenset(("string", "concatenated_string", "parenthesized_expression"))
_OPENING: Final = re.compile(rb"[rRuU]?(\"\"\"|'''|\"|')")


def first_statement(document: Document, block: Node) -> Node | None:
    """The first statement of a block: its first child that is no comment."""
    kinds = document.grammar.kinds
    # One after the other: a list of all children of a long body costs more than all the rest.
    for index in range(block.named_child_count):
        child = block.named_child(index)
        if kinds[child.kind_id] != "comment":
            return child
    return None


def docstring_statement(document: Document, block: Node) -> Node | None:
    """The statement of a block that `ast` takes for a docstring: plain strings, also concatenated or in parentheses."""
    kinds = document.grammar.kinds
    first = first_statement(document, block)
    if first is None or kinds[first.kind_id] != "expression_statement" or first.named_child_count != 1:
        return None
    node = first.named_children[0]
    if kinds[node.kind_id] not in _STRINGS or node.has_error or first.end_byte != node.end_byte:
        return None
    parts = _parts(document, node)
    is_plain = all(_OPENING.match(document.text, part.start_byte) for part in parts)
    return first if parts and is_plain else None


def docstring_in(document: Document, block: Node) -> Docstring | None:
    """The docstring of the definition that a block is the body of."""
    statement = docstring_statement(document, block)
    if statement is None:
        return None
    node = statement.named_children[0]
    is_simple = document.grammar.kinds[node.kind_id] == "string"
    parts = _parts(document, node)
    opening = _OPENING.match(document.text, parts[0].start_byte)
    assert opening is not None
    quotes = opening.group(1).decode()
    start, end = (opening.end(), parts[0].end_byte - len(quotes)) if is_simple else (node.start_byte, node.end_byte)
    prefix = document.slice(parts[0].start_byte, opening.start(1)) if is_simple else ""
    return Docstring(Span(node.start_byte, node.end_byte), prefix, quotes, document.slice(start, end), is_simple)


def _parts(document: Document, node: Node) -> list[Node]:
    """The string nodes that an expression is made of; empty if it holds anything else."""
    kinds = document.grammar.kinds
    parts: list[Node] = []
    stack = [node]
    while stack:
        one = stack.pop()
        kind = kinds[one.kind_id]
        if kind == "string":
            parts.append(one)
        elif kind in _STRINGS:
            stack.extend(child for child in reversed(one.named_children) if kinds[child.kind_id] != "comment")
        else:
            return []
    return parts
