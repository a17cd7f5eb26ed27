"""The statements of a tree, listed: what an edit to a docstring must leave as it is."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from glossator.syntax.docstrings import docstring_statement
from glossator.syntax.document import Document
from glossator.syntax.symbols import DEFINITIONS, OPENED

Statement = tuple[str, int, int]
ENTERED = OPENED | {"module"}


def statements(root: Node, document: Document) -> Iterator[Statement]:
    """Kind, start and end of the statements below a node, but for docstrings, comments and blocks.

    The order is that of no text, but the same for equal trees.
    """
    kinds = document.grammar.kinds
    stack = [(root, kinds[root.kind_id], "")]
    while stack:
        node, kind, around = stack.pop()
        is_documented = kind == "module" or (kind == "block" and around in DEFINITIONS)
        docstring = docstring_statement(document, node) if is_documented else None
        skipped = docstring.start_byte if docstring is not None else -1
        for child in node.named_children:
            inner = kinds[child.kind_id]
            start = child.start_byte
            if inner != "comment" and start != skipped:
                if inner != "block":
                    yield inner, start, child.end_byte
                if inner in ENTERED:
                    stack.append((child, inner, kind))
