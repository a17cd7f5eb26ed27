"""What a module imports, with the names that it gets there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.syntax.document import Document
from glossator.syntax.statements import Statement, statements

EVERYTHING: Final = "*"


class Import(NamedTuple):
    """One name that an import binds: `from ..module import name as local`.

    `name` is "" where the module itself is bound, and "*" for a star; `level` counts the leading dots.
    """

    local: str
    module: str
    name: str = ""
    level: int = 0


class PlacedImport(NamedTuple):
    """One import, and its statement.

    `module` is what is imported of which only the first part is bound ("" elsewhere); `is_renewed`: the name is bound
    `as` itself, which says that it is meant for users (PEP 484).
    """

    what: Import
    statement: Statement
    module: str
    is_renewed: bool


def imports(document: Document) -> tuple[Import, ...]:
    """The imports of a module outside of its functions and classes, those under conditions among them."""
    return tuple(one.what for one in placed_imports(document, statements(document, document.root)))


def placed_imports(document: Document, found: Iterable[Statement]) -> Iterator[PlacedImport]:
    """The imports among a module's statements, with their places."""
    for one in found:
        for what, module, is_renewed in _imports(document, one.node):
            yield PlacedImport(what, one, module, is_renewed)


def _imports(document: Document, statement: Node) -> Iterable[tuple[Import, str, bool]]:
    kind = document.grammar.kinds[statement.kind_id]
    if kind == "import_statement":
        return _modules(document, statement)
    return _names(document, statement) if kind == "import_from_statement" else ()


def dotted(name: str, module: str, level: int) -> str:
    """The absolute name of an imported module; `name` is that of the importing package.

    Where more dots lead up than there are packages, the name is "".
    """
    if level == 0:
        return module
    parts = name.split(".")
    if level > len(parts):
        return ""
    parts = parts[: len(parts) - level + 1]
    return ".".join([*parts, module] if module else parts)


def _modules(document: Document, node: Node) -> Iterator[tuple[Import, str, bool]]:
    """`import a.b` binds `a`, `import a.b as c` binds `c` to `a.b`."""
    for name, alias in _bound(document, node.named_children):
        root = name.partition(".")[0]
        yield (Import(alias, name), "", alias == name) if alias else (Import(root, root), name, False)


def _names(document: Document, node: Node) -> Iterator[tuple[Import, str, bool]]:
    source = node.child_by_field_name("module_name")
    module = document.one_line(source).replace(" ", "")
    level = len(module) - len(module.lstrip("."))
    children = [child for child in node.named_children if child != source]
    if any(document.grammar.kinds[child.kind_id] == "wildcard_import" for child in children):
        yield Import(EVERYTHING, module[level:], EVERYTHING, level), "", False
        return
    for name, alias in _bound(document, children):
        yield Import(alias or name, module[level:], name, level), "", alias == name


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
