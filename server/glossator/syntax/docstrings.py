"""Docstrings as they stand in the source: which statement of a block is one, and its parts."""

from __future__ import annotations

import ast
import inspect
import re
import warnings
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
    first = first_statement(document, block)
    return first if first is not None and _is_text(document, first) else None


def _is_text(document: Document, statement: Node) -> bool:
    """Whether a statement is nothing but a plain text."""
    kinds = document.grammar.kinds
    if kinds[statement.kind_id] != "expression_statement" or statement.named_child_count != 1:
        return False
    node = statement.named_children[0]
    if kinds[node.kind_id] not in _STRINGS or node.has_error or statement.end_byte != node.end_byte:
        return False
    parts = _parts(document, node)
    return bool(parts) and all(_OPENING.match(document.text, part.start_byte) for part in parts)


def docstring_in(document: Document, block: Node) -> Docstring | None:
    """The docstring of the definition that a block is the body of."""
    first = first_statement(document, block)
    return docstring_at(document, first) if first is not None else None


def docstring_at(document: Document, statement: Node) -> Docstring | None:
    """The text that a statement is; None for any other statement."""
    if not _is_text(document, statement):
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


def text_of(docstring: Docstring | None) -> str:
    """What a docstring says, as `inspect.cleandoc` has it, with nothing on blank lines and at the end.

    Raises nothing: a literal that Python cannot read gives its raw text.
    """
    if docstring is None:
        return ""
    value = docstring.text
    if not docstring.is_simple or "\r" in value or ("\\" in value and "r" not in docstring.prefix.lower()):
        value = _value(docstring)
    lines = inspect.cleandoc(value).split("\n")
    return "\n".join("" if line.isspace() else line for line in lines).strip("\n").rstrip()


def _value(docstring: Docstring) -> str:
    quotes = docstring.quotes
    literal = f"{docstring.prefix}{quotes}{docstring.text}{quotes}" if docstring.is_simple else docstring.text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = ast.literal_eval(f"({literal})")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return docstring.text
    return value if isinstance(value, str) else docstring.text


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
