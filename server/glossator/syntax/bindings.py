"""Targets other than those of assignments: loops, comprehensions, `as`, `:=`. Handlers for `reader.BodyReader`."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from glossator.syntax.reader import PATTERNS, BodyReader, Handler, Scope


def loop(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`for v in p`, in statements and comprehensions."""
    left = node.child_by_field_name("left")
    if not scope.nested:
        reader.note_loop(node)
    if name := reader.parameter(node.child_by_field_name("right"), scope):
        reader.use(name, "iterate", reader.text(left))
    if reader.kind(node) == "for_in_clause":
        return scope
    reader.bind(left, scope)
    return scope if scope.loop else scope._replace(loop=reader.text(node.child_by_field_name("right")))


def comprehension(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope | None:
    """`[e for v in o]`: its targets hide our parameters, but for what the first loop goes through."""
    clauses = [child for child in children if reader.kind(child) == "for_in_clause"]
    stack = [clause.child_by_field_name("left") for clause in clauses]
    names: set[str] = set()
    while stack:
        target = stack.pop()
        if target is not None and reader.kind(target) in PATTERNS:
            stack.extend(target.named_children)
        elif name := reader.parameter(target, scope):
            names.add(name)
    if not names:
        return scope
    inner = scope._replace(hidden=reader.hide(names, scope))
    for child in reversed(children):
        reader.push(child, scope if child == clauses[0] else inner)
    return None


def named(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`(p := e)` gives a parameter another content."""
    if name := reader.parameter(node.child_by_field_name("name"), scope):
        reader.use(name, "rebind", reader.text(node.child_by_field_name("value")))
    return scope


def as_target(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`with e as p`, `except E as p`."""
    reader.bind(node, scope)
    return scope


BINDINGS: Final[dict[str, Handler]] = {
    "for_statement": loop,
    "for_in_clause": loop,
    "list_comprehension": comprehension,
    "set_comprehension": comprehension,
    "dictionary_comprehension": comprehension,
    "generator_expression": comprehension,
    "named_expression": named,
    "as_pattern_target": as_target,
}
