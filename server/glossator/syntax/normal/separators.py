"""Tokens between the parts of a node: what they say about the names that follow, and the few that count themselves."""

from __future__ import annotations

from tree_sitter import Node

from glossator.syntax.normal.definitions import function_scope
from glossator.syntax.normal.scopes import ScopeKind
from glossator.syntax.normal.walk import COLON, END, TUPLE, Normaliser, Role, token

PARAMETERS = frozenset({"default_parameter", "typed_parameter", "typed_default_parameter"})


def enter_equals(walk: Normaliser, node: Node) -> bool:
    """`=`: what follows is read; a default is read outside of the function."""
    if walk.parent == "interpolation":
        return False
    walk.out.append(token("="))
    return enter_separator(walk, node)


def enter_separator(walk: Normaliser, _node: Node) -> bool:
    """`:=`, `=` and their kin: what follows is read."""
    if walk.frames:
        frame = walk.frames[-1]
        frame.role = Role.LOAD
        if frame.kind == "named_expression":
            walk.scope = frame.scope
        elif frame.kind in PARAMETERS and frame.scope.parent is not None:
            walk.scope = frame.scope.parent
    return False


def enter_colon(walk: Normaliser, node: Node) -> bool:
    """`:` counts in slices only; after a parameter comes its annotation, after a lambda's head its body."""
    parent = walk.parent
    if parent == "slice":
        walk.out.append(COLON)
    elif parent == "lambda":
        walk.scope = function_scope(walk)
    else:
        enter_separator(walk, node)
    return False


def enter_augmented(walk: Normaliser, node: Node) -> bool:
    """`+=` and its kin."""
    walk.out.append(token(node.type))
    return enter_separator(walk, node)


def enter_in(walk: Normaliser, node: Node) -> bool:
    """`in`: what follows is read; a comprehension's first iterable is read outside of it."""
    walk.out.append(token("in"))
    scope = walk.scope
    if walk.parent == "for_in_clause" and scope.kind is ScopeKind.COMPREHENSION and not scope.has_clause:
        scope.has_clause = True
        walk.scope = scope.parent or scope
    return enter_separator(walk, node)


def enter_dot(walk: Normaliser, _node: Node) -> bool:
    """`.`: what follows is no variable."""
    if walk.frames:
        walk.frames[-1].role = Role.VERBATIM
    return False


def enter_as(walk: Normaliser, _node: Node) -> bool:
    """`as`: what follows is bound."""
    close_operands(walk)
    walk.out.append(token("as"))
    if walk.frames:
        walk.frames[-1].role = Role.BIND
    return False


def close_operands(walk: Normaliser) -> None:
    """End the expressions that stand before an `as`, which their own nodes end too late."""
    first = walk.frames[-1].note if walk.parent == "as_pattern" else None
    if isinstance(first, int):
        for frame in reversed(walk.frames[first:-1]):
            if isinstance(frame.leave, bytes):
                walk.out.append(frame.leave)
                frame.leave = None


def enter_bracket(walk: Normaliser, _node: Node) -> bool:
    """`[` of `x[a, b]`, which is `x[(a, b)]`."""
    if walk.parent == "subscript of a tuple":
        walk.out.append(TUPLE)
    return False


def enter_star(walk: Normaliser, _node: Node) -> bool:
    """`*`, unless it was written with its operand."""
    if walk.parent != "list_splat":
        walk.out.append(token("*"))
    return False


def enter_power(walk: Normaliser, _node: Node) -> bool:
    """`**`, before a mapping or between operands."""
    if walk.parent == "power of await":
        walk.out.append(END)
        walk.frames[-1].kind = "binary_operator"
    walk.out.append(token("**"))
    return False
