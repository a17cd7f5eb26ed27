"""Which symbol of the document a name in its text means. Says nothing rather than to guess."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from glossator.model import Span, Symbol, SymbolKind
from glossator.syntax.document import Document
from glossator.syntax.symbols import MODULE_PATH, Outline

SCOPES = frozenset(("function_definition", "lambda"))
BINDERS = frozenset(
    (
        *("assignment", "augmented_assignment", "named_expression", "for_statement", "for_in_clause"),
        *("as_pattern_target", "parameters", "lambda_parameters", "import_statement", "import_from_statement"),
        *("global_statement", "nonlocal_statement"),
    )
)
RECEIVERS = frozenset(("self", "cls"))


@dataclass(frozen=True, slots=True)
class NamedSymbol:
    """A symbol and the span of text that names it."""

    symbol: Symbol
    span: Span


def definition_at(outline: Outline, offset: int) -> NamedSymbol | None:
    """The symbol that the text at an offset is about: one whose header stands there, or one that is used there by name.

    A use counts where it can mean one definition only: a plain name that no function around it binds, `self.name` in a
    class that defines it, `Class.name`. Cost: the nodes of the functions around the offset, about 10 us.
    """
    document = outline.document
    node = document.root.descendant_for_byte_range(offset, offset)
    if node is not None and node.type != "identifier" and offset:
        # At the end of a name the node that starts there is found; editors count that place as part of the name.
        before = document.root.descendant_for_byte_range(offset - 1, offset - 1)
        node = before if before is not None and before.type == "identifier" else node
    if node is None:
        return None
    if node.type == "identifier":
        span = Span(node.start_byte, node.end_byte)
        named = _named(outline, node, document.slice(*span))
        if named is not None:
            return NamedSymbol(named, span)
    symbol = outline.at(offset)
    if _is_header(outline, symbol, offset):
        return NamedSymbol(symbol, symbol.name_span)
    return None


def _is_header(outline: Outline, symbol: Symbol, offset: int) -> bool:
    """Whether an offset lies between `def` or `class` and the place of the docstring."""
    if symbol.kind is SymbolKind.MODULE or symbol.place is None:
        return False
    return outline.document.lines.start(symbol.line) <= offset < symbol.place.offset


def _named(outline: Outline, node: Node, name: str) -> Symbol | None:
    """The symbol that an identifier names."""
    parent = node.parent
    if parent is None:
        return None
    kind = parent.type
    if kind in ("function_definition", "class_definition") and parent.child_by_field_name("name") == node:
        return outline.at(node.start_byte)
    if kind == "attribute" and parent.child_by_field_name("attribute") == node:
        return _attribute(outline, parent, name)
    if kind == "keyword_argument" and parent.child_by_field_name("name") == node:
        return None
    return None if is_bound_around(outline, node, name) else _only(outline, name)


def _only(outline: Outline, path: str) -> Symbol | None:
    """The symbol at a path, if it is defined once."""
    return outline.find(path) if outline.find(f"{path}#2") is None else None


def _attribute(outline: Outline, attribute: Node, name: str) -> Symbol | None:
    value = attribute.child_by_field_name("object")
    if value is None or value.type != "identifier":
        return None
    owner = outline.document.slice(value.start_byte, value.end_byte)
    if owner in RECEIVERS:
        around = outline.at(attribute.start_byte)
        while around.kind is not SymbolKind.CLASS and around.path != MODULE_PATH:
            around = outline.find(around.owner) or outline.find(MODULE_PATH) or around
        return _only(outline, f"{around.path}.{name}") if around.kind is SymbolKind.CLASS else None
    found = _named(outline, value, owner)
    return _only(outline, f"{found.path}.{name}") if found is not None and found.kind is SymbolKind.CLASS else None


def is_bound_around(outline: Outline, node: Node, name: str) -> bool:
    """Whether a function around a node gives the name a meaning of its own."""
    scope = node.parent
    while scope is not None:
        if scope.type in SCOPES and binds(outline.document, scope, name):
            return True
        scope = scope.parent
    return False


def binds(document: Document, scope: Node, name: str) -> bool:
    """Whether a function assigns a name, takes it as a parameter, imports or defines it. Errs on the side of yes."""
    wanted, text = name.encode(), document.text
    stack = list(scope.named_children)
    while stack:
        node = stack.pop()
        if text.find(wanted, node.start_byte, node.end_byte) < 0:
            continue
        if node.type in BINDERS and has_target(node, wanted):
            return True
        if node.type in ("function_definition", "class_definition"):
            inner = node.child_by_field_name("name")
            if inner is not None and inner.text == wanted:
                return True
        stack.extend(node.named_children)
    return False


def has_target(binder: Node, wanted: bytes) -> bool:
    """Whether a binding statement binds the name: any identifier on its left, or anywhere where it has no sides."""
    left = binder.child_by_field_name("left") or binder.child_by_field_name("name")
    stack = [left if left is not None else binder]
    while stack:
        node = stack.pop()
        if node.type == "identifier" and node.text == wanted:
            return True
        stack.extend(child for child in node.named_children if child.type not in ("type", "attribute", "subscript"))
    return False
