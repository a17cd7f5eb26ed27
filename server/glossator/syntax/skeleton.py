"""The statements of a tree, listed: what an edit to a docstring must leave as it is."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from glossator.syntax.docstrings import docstring_statement
from glossator.syntax.document import Document
from glossator.syntax.symbols import OPENED

Statement = tuple[str, int, int]
BODIES = frozenset(("module", "block"))


def statements(root: Node, document: Document) -> Iterator[Statement]:
    """Kind, start and end of the statements below a node, but for docstrings, comments and blocks.

    The order is that of no text, but the same for equal trees.
    """
    kinds = document.grammar.kinds
    stack = [(root, "")]
    while stack:
        node, parent = stack.pop()
        kind = kinds[node.kind_id]
        if kind not in BODIES and node is not root:
            yield kind, node.start_byte, node.end_byte
        if kind not in OPENED and node is not root and kind not in BODIES:
            continue
        is_documented = kind == "module" or (kind == "block" and parent in ("function_definition", "class_definition"))
        docstring = docstring_statement(document, node) if is_documented else None
        skipped = docstring.start_byte if docstring is not None else -1
        stack.extend(
            (child, kind)
            for child in node.named_children
            if kinds[child.kind_id] != "comment" and child.start_byte != skipped
        )
