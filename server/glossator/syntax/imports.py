"""What a module imports, with the names that it gets there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.syntax.document import Document
from glossator.syntax.symbols import CONTAINERS

EVERYTHING: Final = "*"


class Import(NamedTuple):
    """One name that an import binds: `from ..module import name as local`.

    `name` is "" where the module itself is bound, and "*" for a star; `level` counts the leading dots.
    """

    local: str
    module: str
    name: str = ""
    level: int = 0


def imports(document: Document) -> tuple[Import, ...]:
    """The imports of a module outside of its functions and classes, those under conditions among them."""
    kinds = document.grammar.kinds
    found: list[Import] = []
    stack = [document.root]
    while stack:
        node = stack.pop()
        kind = kinds[node.kind_id]
        if kind == "import_statement":
            found.extend(_modules(document, node))
        elif kind == "import_from_statement":
            found.extend(_names(document, node))
        elif kind == "module" or kind in CONTAINERS:
            stack.extend(reversed(node.named_children))
    return tuple(found)


def _modules(document: Document, node: Node) -> Iterator[Import]:
    """`import a.b` binds `a`, `import a.b as c` binds `c` to `a.b`."""
    for name, alias in _bound(document, node.named_children):
        root = name.partition(".")[0]
        yield Import(alias, name) if alias else Import(root, root)


def _names(document: Document, node: Node) -> Iterator[Import]:
    source = node.child_by_field_name("module_name")
    module = document.one_line(source).replace(" ", "")
    level = len(module) - len(module.lstrip("."))
    children = [child for child in node.named_children if child != source]
    if any(document.grammar.kinds[child.kind_id] == "wildcard_import" for child in children):
        yield Import(EVERYTHING, module[level:], EVERYTHING, level)
        return
    for name, alias in _bound(document, children):
        yield Import(alias or name, module[level:], name, level)


def _bound(document: Document, nodes: list[Node]) -> Iterator[tuple[str, str]]:
    """Each imported name with its alias ("" if it has none)."""
    for node in nodes:
        kind = document.grammar.kinds[node.kind_id]
        if kind == "dotted_name":
            yield document.one_line(node), ""
        elif kind == "aliased_import":
            yield (
                document.one_line(node.child_by_field_name("name")),
                document.one_line(node.child_by_field_name("alias")),
            )
