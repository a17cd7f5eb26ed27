"""The statements of a tree, listed: what an edit to a docstring must leave as it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from glossator.model import Span
from glossator.syntax.docstrings import docstring_statement
from glossator.syntax.document import Document
from glossator.syntax.symbols import DEFINITIONS, OPENED

Statement = tuple[str, int, int]
EXTRAS = frozenset(("comment", "line_continuation"))


def statements(document: Document, edited: Sequence[Span]) -> Iterator[Statement]:
    """Kind, start and end of a document's statements, but for docstrings, comments, continued lines and blocks.

    What stands within a statement is listed where one of the `edited` spans, which are sorted, touches the statement.
    The order is that of no text, but the same for equal trees.
    """
    kinds = document.grammar.kinds
    starts, ends = [span.start for span in edited], [span.end for span in edited]
    stack = [(document.root, "module", "")]
    while stack:
        node, kind, around = stack.pop()
        is_documented = kind == "module" or (kind == "block" and around in DEFINITIONS)
        docstring = docstring_statement(document, node) if is_documented else None
        skipped = docstring.start_byte if docstring is not None else -1
        for child in node.named_children:
            inner = kinds[child.kind_id]
            start = child.start_byte
            if inner == "block":
                stack.append((child, inner, kind))
            elif inner not in EXTRAS and start != skipped:
                end = child.end_byte
                yield inner, start, end
                if inner in OPENED:
                    edit = bisect_left(ends, start)
                    if edit < len(starts) and starts[edit] <= end:
                        stack.append((child, inner, kind))
