"""Expressions whose shape in the grammar is not that of Python's `ast`."""

from __future__ import annotations

from tree_sitter import Node

from glossator.syntax.normal.literals import number_value
from glossator.syntax.normal.scopes import INTROSPECTION_WITHOUT_ARGUMENTS, Entry, Scope
from glossator.syntax.normal.walk import COLON, END, TUPLE, Frame, Normaliser, Role, has_comma, opening, token

_SUBSCRIPT = opening("subscript")
_OPERAND_FIRST = frozenset(
    [
        *["call", "attribute", "subscript", "subscript of a tuple", "binary_operator", "comparison_operator"],
        *["and", "or", "conditional_expression"],
    ]
)
_OPERAND_LAST = frozenset(["and", "or", "not_operator", "lambda", "conditional_expression"])


def enter_transparent(walk: Normaliser, node: Node) -> bool:
    """Enter a node that leaves no trace itself, as brackets that only group."""
    walk.push("group", None, Role.INHERIT if node.type == "parenthesized_expression" else Role.LOAD)
    return True


def enter_tuple(walk: Normaliser, node: Node) -> bool:
    """A tuple, with or without brackets."""
    if (walk.parent == "only item" and node.type == "tuple") or (
        walk.parent == "delete_statement" and node.type != "tuple"
    ):
        walk.push("items", None, Role.INHERIT)
    else:
        walk.open(TUPLE, "tuple", role=Role.INHERIT)
    return True


def enter_splat(walk: Normaliser, _node: Node) -> bool:
    """`*f(x)`: outside of brackets the grammar reads `(*f)(x)`, so the star is moved to where Python sees it."""
    first = len(walk.frames)
    at = len(walk.out)
    while first and walk.frames[first - 1].kind in _OPERAND_FIRST and walk.frames[first - 1].start == at - 1:
        first, at = first - 1, at - 1
    outermost = walk.frames[first] if first < len(walk.frames) else None
    _insert(walk, first, at, opening("list_splat"), token("*"))
    if outermost is not None and isinstance(outermost.leave, bytes):
        outermost.leave += END
    walk.push("list_splat", None if outermost else END, Role.INHERIT)
    return True


def enter_as_pattern(walk: Normaliser, _node: Node) -> bool:
    """`with a if b else c as d`: the grammar reads `a if b else (c as d)`, Python `(a if b else c) as d`."""
    first = len(walk.frames)
    while first and walk.frames[first - 1].kind in _OPERAND_LAST:
        first -= 1
    at = walk.frames[first].start if first < len(walk.frames) else len(walk.out)
    _insert(walk, first, at, opening("as_pattern"))
    walk.push("as_pattern").note = first
    return True


def _insert(walk: Normaliser, first: int, at: int, *codes: bytes) -> None:
    """Write codes before the entries of the frames from number `first` on."""
    walk.out[at:at] = codes
    for frame in walk.frames[first:]:
        frame.start += len(codes)


def enter_boolean(walk: Normaliser, node: Node) -> bool:
    """`a and b and c` is one BoolOp, `(a and b) and c` are two."""
    operator = node.child_by_field_name("operator")
    kind = operator.type if operator is not None else "and"
    if walk.parent == kind:
        walk.push(kind, None)
    else:
        walk.open(opening(kind), kind)
    return True


def enter_binary(walk: Normaliser, _node: Node) -> bool:
    """An operation; `await a ** b` is `(await a) ** b`, whatever the grammar says."""
    if walk.parent != "await":
        walk.open(opening("binary_operator"), "binary_operator")
        return True
    walk.frames[-1].leave = None
    walk.out[-1] = opening("binary_operator")
    walk.open(opening("await"), "power of await")
    return True


def enter_subscript(walk: Normaliser, node: Node) -> bool:
    """`x[a, b]` and `x[*a]` are subscripts by a Tuple."""
    first = node.child_by_field_name("subscript")
    is_starred = first is not None and walk.source[first.start_byte : first.start_byte + 1] == b"*"
    is_tuple = is_starred or has_comma(node)
    walk.open(_SUBSCRIPT, "subscript of a tuple" if is_tuple else "subscript", END * 2 if is_tuple else END)
    return True


def enter_generic(walk: Normaliser, node: Node) -> bool:
    """`list[int]` in an annotation is a subscript."""
    walk.open(_SUBSCRIPT, "generic_type")
    if walk.source[node.end_byte : node.end_byte + 1] in (b"[", b".", b"("):
        # The grammar ends annotations here and reads the rest as another statement; Python reads on.
        walk.out.append(token("cut"))
    return True


def enter_type_parameter(walk: Normaliser, node: Node) -> bool:
    """The brackets of `list[int]` or of `def f[T]`."""
    if walk.parent != "generic_type":
        walk.open(opening("type_parameter"), "type_parameter")
    elif has_comma(node) or (
        node.named_child_count == 1 and walk.source[node.start_byte + 1 : node.start_byte + 2] == b"*"
    ):
        walk.open(TUPLE, "tuple")
    else:
        walk.push("group", None)
    return True


def enter_slice(walk: Normaliser, _node: Node) -> bool:
    """`a:b:` is `a:b`."""
    walk.open(opening("slice"), "slice").leave = _leave_slice
    return True


def _leave_slice(walk: Normaliser, _frame: Frame) -> None:
    """Colons at the end say nothing."""
    while walk.out[-1] == COLON:
        walk.out.pop()
    walk.out.append(END)


def enter_arguments(walk: Normaliser, _node: Node) -> bool:
    """Arguments leave no trace themselves: `class A():` is `class A:`, and `f((x for x in y))` is `f(x for x in y)`."""
    walk.push("argument_list", _leave_arguments)
    return True


def _leave_arguments(walk: Normaliser, frame: Frame) -> None:
    """Keyword arguments come after positional ones, in their own order: `f(a=1, *b)` is `f(*b, a=1)`."""
    if isinstance(frame.note, list):
        walk.out += frame.note
    elif len(walk.out) == frame.start and walk.parent == "call":
        called = walk.out[-1]
        if isinstance(called, tuple) and called[0] in INTROSPECTION_WITHOUT_ARGUMENTS:
            walk.scope.region.is_opaque = True


def enter_keyword(walk: Normaliser, node: Node) -> bool:
    """`name=value` or `**mapping`."""
    is_splat = node.type == "dictionary_splat"
    frame = walk.open(opening(node.type), node.type, role=Role.LOAD if is_splat else Role.VERBATIM)
    frame.leave = _leave_keyword
    return True


def _leave_keyword(walk: Normaliser, frame: Frame) -> None:
    """Put a keyword argument aside until its call is left."""
    walk.out.append(END)
    if walk.parent != "argument_list":
        return
    arguments = walk.frames[-1]
    entries = walk.out[frame.start :]
    del walk.out[frame.start :]
    if isinstance(arguments.note, list):
        arguments.note += entries
    else:
        arguments.note = entries
    keyword = entries[1]
    if isinstance(keyword, bytes) and frame.kind == "keyword_argument" and walk.frames[-2:-1]:
        callee = _callee(walk.out, walk.frames[-2].start + 1, arguments.start)
        if callee is not None:
            walk.scope.region.calls.append((callee, keyword))


def _callee(out: list[Entry], start: int, end: int) -> tuple[bytes, Scope] | bytes | None:
    """The name that is called, or the attribute of a plain name (not that of `super()`, which is another function)."""
    if end == start + 1:
        called = out[start]
        if isinstance(called, tuple) and isinstance(called[1], Scope):
            return called[0], called[1]
    elif end == start + 4 and isinstance(out[start + 1], tuple):
        attribute = out[start + 2]
        return attribute if isinstance(attribute, bytes) else None
    return None


def enter_number(walk: Normaliser, node: Node) -> bool:
    """The value of a number."""
    walk.out.append(b"\x09%s\x00" % number_value(walk.source[node.start_byte : node.end_byte]))
    return False
