"""Definitions and scopes: members become their digests, docstrings are forgotten, names are bound where they belong."""

from __future__ import annotations

from tree_sitter import Node

from glossator.syntax.normal.scopes import Entry, Scope, ScopeKind
from glossator.syntax.normal.statements import close_sequence
from glossator.syntax.normal.strings import is_text
from glossator.syntax.normal.walk import BLOCK, END, TUPLE, Frame, Normaliser, Role, has_comma, opening, token

_DEFINITIONS = frozenset(["function_definition", "class_definition"])
_PASS = token("pass_statement")
_FORGOTTEN = b""  # stands where a docstring was, so that the next string is not taken for one


def enter_definition(walk: Normaliser, node: Node) -> bool:
    """Enter a class, function or decorated definition; one in a class body or module is replaced by its digests."""
    kind = node.type
    is_member = bool(walk.frames) and walk.parent != "decorated_definition" and not walk.scope.is_inside_function
    if is_member:
        known = walk.known(node) if walk.known else None
        if known is not None:
            walk.out.append(_member(known))
            return False
    frame = walk.push(
        kind, _leave_member if is_member else END, Role.PIN if kind != "decorated_definition" else Role.LOAD
    )
    if is_member:
        frame.span = (node.start_byte, node.end_byte)
        walk.scope = Scope(ScopeKind.OUTER, None)
    if kind != "decorated_definition":
        _remember_own_name(walk, node)
    walk.out.append(opening(kind))
    return True


def _remember_own_name(walk: Normaliser, node: Node) -> None:
    """Note the name of the outermost definition, for calls of itself."""
    name = node.child_by_field_name("name")
    if name is not None and not walk.scope.region.own_name:
        walk.scope.region.own_name = b"\x03%s\x00" % walk.source[name.start_byte : name.end_byte]


def _leave_member(walk: Normaliser, frame: Frame) -> None:
    """Replace a finished definition by its digests."""
    walk.out.append(END)
    entries = walk.out[frame.start :]
    del walk.out[frame.start :]
    digests = walk.digests(entries, walk.scope.region)
    walk.out.append(_member(digests))
    if walk.learned is not None:
        walk.learned[frame.span] = digests


def _member(digests: tuple[bytes, bytes]) -> Entry:
    """The entry that stands for a nested definition."""
    return b"\x06" + digests[0], b"\x06" + digests[1]


def enter_parameters(walk: Normaliser, node: Node) -> bool:
    """Open a function's scope: its parameters are bound there, their defaults and annotations are read outside."""
    scope = Scope(ScopeKind.FUNCTION, walk.scope)
    if walk.frames:
        walk.frames[-1].note = scope
    if walk.scope.is_inside_function:
        scope.region.functions.append(scope)
    walk.open(opening(node.type), node.type, role=Role.BIND)
    walk.scope = scope
    return True


def function_scope(walk: Normaliser) -> Scope:
    """The scope that the parameters of the innermost frame opened, or a new one if it has none."""
    note = walk.frames[-1].note if walk.frames else None
    return note if isinstance(note, Scope) else Scope(ScopeKind.FUNCTION, walk.scope)


def enter_block(walk: Normaliser, _node: Node) -> bool:
    """Enter a block; that of a definition may begin with a docstring."""
    parent = walk.parent
    if parent in _DEFINITIONS:
        scope = function_scope(walk) if parent == "function_definition" else Scope(ScopeKind.CLASS, walk.scope)
        walk.open(BLOCK, "body").leave = _leave_body
        walk.scope = scope
        return True
    close_sequence(walk)
    walk.open(BLOCK, "block")
    return True


def _leave_body(walk: Normaliser, frame: Frame) -> None:
    """A body that was only a docstring means the same as `pass`."""
    if len(walk.out) == frame.start + 2 and walk.out[-1] == _FORGOTTEN:
        walk.out.append(_PASS)
    walk.out.append(END)


def enter_module(walk: Normaliser, _node: Node) -> bool:
    """Enter a module, which may begin with a docstring, too."""
    walk.open(opening("module"), "body")
    return True


def enter_expression_statement(walk: Normaliser, node: Node) -> bool:
    """Enter an expression as statement; with a comma it is a Tuple."""
    if has_comma(node):
        walk.open(TUPLE, "tuple", END)
    else:
        walk.push("expression_statement", _leave_statement)
    return True


def _leave_statement(walk: Normaliser, frame: Frame) -> None:
    """Forget the statement if it is a docstring."""
    out = walk.out
    if (
        len(out) == frame.start + 1
        and walk.parent == "body"
        and frame.start == walk.frames[-1].start + 1
        and is_text(out[-1])
    ):
        out[-1] = _FORGOTTEN


def enter_comprehension(walk: Normaliser, node: Node) -> bool:
    """Enter a comprehension, which has a scope of its own."""
    walk.open(opening(node.type), node.type)
    walk.scope = Scope(ScopeKind.COMPREHENSION, walk.scope)
    return True


def enter_walrus(walk: Normaliser, _node: Node) -> bool:
    """Enter `name := value`: the name is bound outside of comprehensions."""
    walk.open(opening("named_expression"), "named_expression", role=Role.BIND)
    scope = walk.scope
    while scope.kind is ScopeKind.COMPREHENSION and scope.parent is not None:
        scope = scope.parent
    walk.scope = scope
    return True
