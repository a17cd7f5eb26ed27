"""The identifiers of a piece of code, docstrings and comments left out."""

from __future__ import annotations

from tree_sitter import Node

from glossator.syntax.document import Document


def identifiers(document: Document, node: Node) -> list[str]:
    """The identifiers below a node in the order of the text. Cost: about 1 us for each named node."""
    kinds, text = document.grammar.kinds, document.text
    found: list[str] = []
    stack = [node]
    while stack:
        one = stack.pop()
        if kinds[one.kind_id] == "identifier":
            found.append(text[one.start_byte : one.end_byte].decode("utf-8", "replace"))
        else:
            stack.extend(reversed(one.named_children))
    return found


def holds(document: Document, node: Node, name: str) -> bool:
    """Whether a name stands below a node as a word of its own, outside comments and strings that are statements.

    Cost: a search in the text; the tree is asked about the places found.
    """
    text, wanted = document.text, name.encode("utf-8", "surrogatepass")
    at = text.find(wanted, node.start_byte, node.end_byte)
    while at >= 0:
        end = at + len(wanted)
        if not _is_letter(text[at - 1 : at]) and not _is_letter(text[end : end + 1]) and _is_code(document, at, end):
            return True
        at = text.find(wanted, end, node.end_byte)
    return False


def _is_letter(byte: bytes) -> bool:
    return byte.isalnum() or byte == b"_" or byte > b"\x7f"


def _is_code(document: Document, start: int, end: int) -> bool:
    kinds = document.grammar.kinds
    node = document.root.descendant_for_byte_range(start, end)
    while node is not None:
        kind = kinds[node.kind_id]
        if kind == "comment":
            return False
        if kind == "string":
            parent = node.parent
            return parent is None or kinds[parent.kind_id] != "expression_statement"
        if kind not in ("string_content", "string_start", "string_end", "escape_sequence", "interpolation"):
            return True
        node = node.parent
    return True
