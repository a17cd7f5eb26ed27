"""Names that a module or class assigns, and those that an initializer sets on its object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.model import Docstring
from glossator.syntax.comments import comment_start, join_comment, trailing_comment
from glossator.syntax.docstrings import docstring_at
from glossator.syntax.document import Document
from glossator.syntax.statements import Statement, statements

_PATTERNS: Final = frozenset(("pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern"))


class Assigned(NamedTuple):
    """A name that is assigned: the statement, the annotation and the value; None where there is none."""

    name: str
    statement: Statement
    annotation: Node | None
    value: Node | None


def assigned_names(document: Document, found: Iterable[Statement]) -> Iterator[Assigned]:
    """The names that statements assign; of each the places where it is."""
    for one in found:
        for left, annotation, value in _targets(document, one.node):
            for name in _identifiers(document, left):
                is_whole = document.grammar.kinds[left.kind_id] == "identifier"
                yield Assigned(name, one, annotation, value if is_whole else None)


def attributes_set(document: Document, body: Node, receiver: str) -> Iterator[Assigned]:
    """The attributes that an initializer sets on its object."""
    kinds = document.grammar.kinds
    for one in statements(document, body):
        for left, annotation, value in _targets(document, one.node):
            inner = left.named_children if kinds[left.kind_id] in _PATTERNS else (left,)
            for target in inner:
                owner = target.child_by_field_name("object") if kinds[target.kind_id] == "attribute" else None
                if owner is not None and document.slice(owner.start_byte, owner.end_byte) == receiver:
                    name = document.one_line(target.child_by_field_name("attribute"))
                    yield Assigned(name, one, annotation, value if target is left else None)


def described(document: Document, one: Assigned) -> Docstring | None:
    """The string behind an assignment that describes it (PEP 257, "attribute docstrings")."""
    return docstring_at(document, one.statement.following) if one.statement.following is not None else None


def commented(document: Document, statement: Node) -> str:
    """What the `#:` comments above or behind a statement say, as Sphinx reads them."""
    rest = document.rest_of_line(statement.end_byte)
    if rest.startswith(b"#:"):
        return trailing_comment(document, statement)
    above = document.slice(comment_start(document, statement.start_byte), statement.start_byte)
    lines = [line.strip() for line in above.splitlines() if line.strip()]
    return join_comment(lines) if lines and all(line.startswith("#:") for line in lines) else ""


def _targets(document: Document, statement: Node) -> Iterator[tuple[Node, Node | None, Node | None]]:
    """The targets of `a: T = b` and `a = b = c`, each with its annotation and the value."""
    kinds = document.grammar.kinds
    if kinds[statement.kind_id] != "expression_statement" or statement.named_child_count != 1:
        return
    lefts: list[Node] = []
    node: Node | None = statement.named_children[0]
    annotation: Node | None = None
    while node is not None and kinds[node.kind_id] == "assignment":
        left = node.child_by_field_name("left")
        if left is not None:
            lefts.append(left)
        annotation = annotation or node.child_by_field_name("type")
        node = node.child_by_field_name("right")
    yield from ((left, annotation, node) for left in lefts)


def _identifiers(document: Document, left: Node) -> Iterator[str]:
    kinds = document.grammar.kinds
    stack = [left]
    while stack:
        node = stack.pop()
        kind = kinds[node.kind_id]
        if kind == "identifier":
            yield document.slice(node.start_byte, node.end_byte)
        elif kind in _PATTERNS:
            stack.extend(reversed(node.named_children))
