"""Statements and patterns whose shape in the grammar is not that of Python's `ast`."""

from __future__ import annotations

from tree_sitter import Node

from glossator.syntax.normal.walk import BLOCK, END, LIST, TUPLE, Normaliser, Role, has_comma, opening, text, token

_PATTERNS = frozenset({"case_pattern", "union_pattern", "keyword_pattern", "dict_pattern"})


def enter_elif(walk: Normaliser, _node: Node) -> bool:
    """`elif` is an `else` block with an `if` in it; all of these are closed where the outermost `if` is."""
    if walk.frames and isinstance(walk.frames[-1].leave, bytes):
        walk.frames[-1].leave += END * 3
    walk.out += (opening("else_clause"), BLOCK, opening("if_statement"))
    walk.push("elif_clause", None)
    return True


def enter_delete(walk: Normaliser, _node: Node) -> bool:
    """`del a, b` has two targets, `del (a, b)` one Tuple."""
    walk.open(opening("delete_statement"), "delete_statement", role=Role.BIND)
    return True


def enter_with_clause(walk: Normaliser, node: Node) -> bool:
    """`with (a, b):` has two items, `with (a, b) as c:` and `with ((a, b)):` have one."""
    children = [child.type for child in node.children if not child.is_extra]
    walk.open(opening("with_clause"), "with_clause").note = children == ["with_item"]
    return True


def enter_with_item(walk: Normaliser, _node: Node) -> bool:
    """An item of `with`: if it is the only one, a Tuple directly in it was meant as several."""
    is_only = bool(walk.frames) and walk.frames[-1].note is True
    walk.push("only item" if is_only else "with_item", None)
    return True


def enter_dotted_name(walk: Normaliser, node: Node) -> bool:
    """A name in an import (verbatim; a plain import binds its first part) or in a pattern (a single one is bound)."""
    parent = walk.parent
    if parent in ("import_statement", "import_from_statement", "future_import_statement"):
        role = Role.PIN
    elif parent in ("aliased_import", "relative_import"):
        role = Role.VERBATIM
    elif parent == "class_pattern":
        role = Role.LOAD
    else:
        role = Role.BIND if node.child_count == 1 else Role.LOAD
    walk.open(opening("dotted_name"), "dotted_name", role=role)
    return True


def enter_import_prefix(walk: Normaliser, node: Node) -> bool:
    """The dots of a relative import."""
    dots = walk.source[node.start_byte : node.end_byte].count(b".")
    walk.out.append(token("." * dots))
    return False


def enter_match(walk: Normaliser, node: Node) -> bool:
    """`match a, b:` matches a Tuple."""
    is_tuple = any(child.type == "," for child in node.children)
    walk.open(opening("match_statement"), "open sequence" if is_tuple else "match_statement")
    if is_tuple:
        walk.out.append(TUPLE)
    return True


def enter_case(walk: Normaliser, node: Node) -> bool:
    """`case a, b:` is `case [a, b]:`."""
    is_sequence = any(child.type == "," for child in node.children)
    walk.open(opening("case_clause"), "open sequence" if is_sequence else "case_clause")
    if is_sequence:
        walk.out.append(LIST)
    return True


def enter_case_pattern(walk: Normaliser, _node: Node) -> bool:
    """A pattern leaves what is in it."""
    walk.push("case_pattern", None)
    return True


def close_sequence(walk: Normaliser) -> None:
    """End the bare tuple of a `match` or `case`, which has no bracket of its own."""
    if walk.parent == "open sequence":
        walk.out.append(END)
        walk.frames[-1].kind = "closed sequence"


def enter_guard(walk: Normaliser, _node: Node) -> bool:
    """`if` in a case or comprehension."""
    close_sequence(walk)
    walk.open(opening("if_clause"), "if_clause")
    return True


def enter_tuple_pattern(walk: Normaliser, node: Node) -> bool:
    """`(a)` groups, `(a,)` is a Tuple as a target and a sequence like `[a]` in a `case`."""
    parent = walk.parent
    if node.named_child_count == 1 and not has_comma(node):
        if parent == "assignment" and _is_annotated_name(node):
            walk.out.append(token("not simple"))
        walk.push(parent, None, Role.INHERIT)
    else:
        walk.open(LIST if parent in _PATTERNS else TUPLE, "tuple", role=Role.INHERIT)
    return True


def _is_annotated_name(node: Node) -> bool:
    """Whether this is the `(x)` of `(x): int`, which Python keeps apart from `x: int`."""
    assignment = node.parent
    inner: Node | None = node
    while inner is not None and inner.type == "tuple_pattern":
        inner = inner.named_child(0)
    is_name = inner is not None and inner.type == "identifier"
    return is_name and assignment is not None and assignment.child_by_field_name("type") is not None


def enter_error(walk: Normaliser, node: Node) -> bool:
    """What could not be parsed stands for itself, and no name near it is renamed."""
    walk.out.append(text(b"\x08", walk.source[node.start_byte : node.end_byte]))
    walk.scope.region.is_opaque = True
    return False
