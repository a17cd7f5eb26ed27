"""How expressions use parameters, names and attributes: handlers for `reader.BodyReader`.

The verbs of `model.Use`, with what `other` and `place` hold:

| verb | the parameter p | other | place |
|---|---|---|---|
| call | f(p), f(key=p), f(*p); its role: `BodyReader.role` | the callee | argument number, keyword, "*" or "**" |
| isinstance | isinstance(p, T) | T | |
| method, attribute | p.m(...), p.a | m, a | a text that is the first argument: p.get("k") |
| set_attribute, set_item | p.a = ..., p[k] = ... | a, k | |
| item, index, slice | p[k], o[p], o[p:]; their role: delete | k, o, o | slice: start, stop, step |
| iterate, unpack | for v in p, a, b = p | v, "a, b" | |
| compare, contains | p < y, y in p | y | operator |
| range | x < p < y | the whole comparison | "inside", "bound", "" where it is no range |
| truth | if p, if not p, p or q | the statement decided about | "not" |
| invoke, enter | p(...), with p | the arguments | |
| store, assign | self.a = p, y = p | a, y | what converts it: self.a = int(p) |
| fallback | p = e if p is None else p, p or e | e | "None" or "falsy" |
| rebind | p = e; its role: guarded | e, "" for other targets | |
| binary, augment | p + y, y += p; its role: left or right | y | operator |
| value, key, element, format | {"k": p}, {p: v}, [p] with its role, f"{p}" | k, v | |
| return, raise, yield, await | return p | | |
| mention | in any other way | | |
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from tree_sitter import Node

from glossator.model import Attribute
from glossator.syntax.reader import BodyReader, Handler, Scope

MUTATORS: Final = frozenset(
    (
        *("append", "extend", "insert", "add", "update", "remove", "discard", "pop", "popitem", "clear", "setdefault"),
        *("sort", "reverse", "appendleft", "extendleft", "write", "writelines"),
    )
)
FLIPPED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def call(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """A call: its callee, what is called on a parameter, and the parameters among its arguments."""
    function = node.child_by_field_name("function")
    callee = reader.text(function)
    reader.body.calls[callee] = None
    arguments = node.child_by_field_name("arguments")
    name = reader.parameter(function, scope)
    if name:
        reader.use(name, "invoke", reader.text(arguments))
    found = arguments.named_children if arguments is not None else ()
    given = [child for child in found if reader.kind(child) != "comment"]
    _method(reader, function, given, scope)
    if callee == "isinstance" and len(given) == 2 and (name := reader.parameter(given[0], scope)):
        reader.use(name, "isinstance", reader.text(given[1]))
        return scope
    role: str | None = None
    is_counted = True
    for position, argument in enumerate(given):
        kind = reader.kind(argument)
        place = str(position) if is_counted else "*"
        if kind == "keyword_argument":
            place = reader.text(argument.child_by_field_name("name"))
            value = argument.child_by_field_name("value")
        elif kind in ("list_splat", "dictionary_splat"):
            place = "*" if kind == "list_splat" else "**"
            is_counted = is_counted and kind != "list_splat"
            value = argument.named_children[0] if argument.named_child_count else None
        else:
            value = argument
        name = reader.parameter(value, scope)
        if name:
            role = _call_role(reader, scope) if role is None else role
            reader.use(name, "call", callee, place, role)
    return scope


def _call_role(reader: BodyReader, scope: Scope) -> str:
    """What becomes of a call's value; what a nested function returns is not returned."""
    role = reader.role()
    return "" if scope.nested and role == "return" else role


def _method(reader: BodyReader, function: Node | None, given: list[Node], scope: Scope) -> None:
    """`p.m(...)`, with the first argument where that is a text: `p.get("key")`."""
    if function is None or reader.kind(function) != "attribute":
        return
    owner = function.child_by_field_name("object")
    member = reader.text(function.child_by_field_name("attribute"))
    if name := reader.parameter(owner, scope):
        key = reader.text(given[0]) if given and reader.kind(given[0]) == "string" else ""
        reader.use(name, "method", member, key)
        if member in MUTATORS:
            reader.body.mutated[name] = None
    elif member in MUTATORS:
        reader.change(owner, scope)


def attribute(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`p.a`, but for the `p.m` of a call."""
    if reader.byte_at(node.end_byte) == b"(" or not children or reader.kind(children[0]) != "identifier":
        return scope
    if name := reader.parameter(children[0], scope):
        reader.use(name, "attribute", reader.text(node.child_by_field_name("attribute")))
    return scope


def subscript(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`p[k]`, `o[p]`, `o[p:q]`."""
    if not children:
        return scope
    container, keys = children[0], children[1:]
    name = reader.parameter(container, scope)
    if name and keys and (target := reader.role()) != "target":
        role = "delete" if target == "delete" else ""
        reader.use(name, "item", ", ".join(reader.text(key) for key in keys), role=role)
    for key in keys:
        for bound, place in _bounds(reader, key):
            if index := reader.parameter(bound, scope):
                role = "delete" if reader.role() == "delete" else ""
                reader.use(index, "slice" if place else "index", reader.text(container), place, role)
    return scope


def _bounds(reader: BodyReader, node: Node) -> Iterator[tuple[Node, str]]:
    """The bounds of a slice, each with its place: start, stop, step; an index as it is."""
    if reader.kind(node) != "slice":
        yield node, ""
        return
    place = 0
    for child in node.children:
        if reader.kind(child) == ":":
            place += 1
        else:
            yield child, ("start", "stop", "step")[min(place, 2)]


def comparison(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`p < y`, `y < p`, `p in y`, `y in p`, `x < p < y`."""
    if len(children) != 2:
        operators = [reader.between(*pair) for pair in pairwise(children)]
        is_range = len(children) == 3 and ({*operators} <= {"<", "<="} or {*operators} <= {">", ">="})
        for child in children:
            if name := reader.parameter(child, scope):
                place = "" if not is_range else "inside" if child == children[1] else "bound"
                reader.use(name, "range", reader.text(node), place)
        return scope
    left, right = children
    if name := reader.parameter(left, scope):
        reader.use(name, "compare", reader.text(right), reader.between(left, right))
    if name := reader.parameter(right, scope):
        operator = reader.between(left, right)
        if operator in ("in", "not in"):
            reader.use(name, "contains", reader.text(left), operator)
        else:
            reader.use(name, "compare", reader.text(left), FLIPPED.get(operator, operator))
    return scope


def boolean(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`p and q`, `p or q`."""
    for child in children:
        truth(reader, child, scope)
    return scope


def conditional(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`a if p else b`, and `e if p is None else p`."""
    if len(children) == 3:
        value, test, other = children
        truth(reader, test, scope, f"either {reader.text(value)} or {reader.text(other)}")
        text = reader.text(test)
        for kept, instead, word in ((other, value, "is None"), (value, other, "is not None")):
            name = reader.parameter(kept, scope)
            if name and text == f"{name} {word}":
                reader.use(name, "fallback", reader.text(instead), "None")
    return scope


def binary(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`p + y` and `y + p`."""
    if len(children) == 2:
        left, right = children
        if name := reader.parameter(left, scope):
            reader.use(name, "binary", reader.text(right), reader.between(left, right), "left")
        if name := reader.parameter(right, scope):
            reader.use(name, "binary", reader.text(left), reader.between(left, right), "right")
    return scope


def augmented(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`y += p`, `p += y`, `self.a += p`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = reader.text(node.child_by_field_name("operator")) or "+="
    if name := reader.parameter(right, scope):
        reader.use(name, "augment", reader.text(left), operator)
    if name := reader.parameter(left, scope):
        reader.use(name, "rebind", f"{name} {operator} {reader.text(right)}")
    else:
        reader.change(left, scope)
    return scope


def truth(reader: BodyReader, test: Node, scope: Scope, decided: str = "") -> None:
    """A condition that is nothing but a parameter, or its negation, and what it decides about."""
    negated = reader.kind(test) == "not_operator"
    target = test.named_children[0] if negated and test.named_child_count else test
    if name := reader.parameter(target, scope):
        reader.use(name, "truth", decided, "not" if negated else "")


def condition(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`while p`, `not p`, `assert p`."""
    if children:
        truth(reader, children[0], scope)
    return scope


def with_item(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`with p`, `with p as q`."""
    value = children[0] if children else None
    if value is not None and reader.kind(value) == "as_pattern" and value.named_child_count:
        value = value.named_children[0]
    if name := reader.parameter(value, scope):
        reader.use(name, "enter")
    return scope


def pair(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`{"key": p}` and `{p: value}`."""
    if len(children) == 2:
        if name := reader.parameter(children[1], scope):
            reader.use(name, "value", reader.text(children[0]))
        if name := reader.parameter(children[0], scope):
            reader.use(name, "key", reader.text(children[1]))
    return scope


def sequence(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`[p]`, `(p, q)`, `{p}`."""
    for child in children:
        if name := reader.parameter(child, scope):
            reader.use(name, "element", role=_collected(reader, node))
    return scope


def _collected(reader: BodyReader, node: Node) -> str:
    """What becomes of a collection: "text" where a string is filled from it."""
    role, parent = reader.role(), reader.parent
    left = parent.child_by_field_name("left") if role == "operand" and parent is not None else None
    is_template = left is not None and left != node and reader.kind(left) in ("string", "concatenated_string")
    return "text" if is_template else role


def interpolation(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """`f"{p}"`."""
    if children and (name := reader.parameter(children[0], scope)):
        reader.use(name, "format")
    return scope


def assignment(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """All that is assigned: to the receiver's attributes, to parameters, to their items and attributes."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None:
        return scope
    kind = reader.kind(left)
    if kind == "attribute":
        _assign_attribute(reader, node, left, right, scope)
    elif kind == "subscript" and left.named_child_count:
        container, *keys = left.named_children
        if name := reader.parameter(container, scope):
            reader.use(name, "set_item", reader.text(keys[0]) if keys else "")
            reader.body.mutated[name] = None
        else:
            reader.change(container, scope)
    elif kind == "identifier":
        _assign_name(reader, left, right, scope)
    elif kind in ("pattern_list", "tuple_pattern", "list_pattern"):
        if name := reader.parameter(right, scope):
            reader.use(name, "unpack", reader.text(left))
        reader.bind(left, scope)
    return scope


def _assign_name(reader: BodyReader, left: Node, right: Node | None, scope: Scope) -> None:
    target = reader.parameter(left, scope)
    text = reader.text(right)
    if target is not None and scope.nested:
        return  # a local name of the nested function
    if target is None:
        reader.assign_name(reader.text(left), text)
        if name := reader.parameter(right, scope):
            reader.use(name, "assign", reader.text(left))
    elif right is not None and _kept(reader, right, scope) == target:
        return  # noted as the parameter's fallback, there or by `conditional`
    elif scope.guard in (f"{target} is None", f"not {target}") and not scope.negated:
        reader.use(target, "fallback", text, "None" if "None" in scope.guard else "falsy")
    elif right is not None:
        reader.use(target, "rebind", text, role="guarded" if scope.guard or scope.case else "")


def _assign_attribute(reader: BodyReader, node: Node, left: Node, right: Node | None, scope: Scope) -> None:
    owner, member = left.child_by_field_name("object"), reader.text(left.child_by_field_name("attribute"))
    if name := reader.parameter(owner, scope):
        reader.use(name, "set_attribute", member)
        reader.body.mutated[name] = None
    if owner is None or not reader.is_receiver(owner):
        if name := reader.parameter(right, scope):
            reader.use(name, "assign", reader.text(left))
        return
    if not scope.nested:
        annotation = reader.text(node.child_by_field_name("type"))
        found = Attribute(member, annotation, reader.text(right), reader.trailing_comment(node), "self")
        reader.body.attributes.setdefault(member, found)
    if right is None:
        return
    converter = ""
    value = right
    if reader.kind(right) == "call" and (single := _single_argument(reader, right)) is not None:
        converter, value = reader.text(right.child_by_field_name("function")), single
    if name := reader.parameter(value, scope):
        reader.use(name, "store", member, converter)
    elif name := _kept(reader, right, scope):
        reader.use(name, "store", member)


def _single_argument(reader: BodyReader, node: Node) -> Node | None:
    arguments = node.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None else []
    return given[0] if len(given) == 1 and reader.kind(given[0]) == "identifier" else None


def _kept(reader: BodyReader, right: Node, scope: Scope) -> str | None:
    """The parameter that `p or e` or `e if p is None else p` gives where it is given; notes the former's `e`."""
    kind = reader.kind(right)
    if kind == "boolean_operator":
        left, other = right.child_by_field_name("left"), right.child_by_field_name("right")
        if left is None or other is None or reader.between(left, other) != "or":
            return None
        name = reader.parameter(left, scope)
        if name:
            reader.use(name, "fallback", reader.text(other), "falsy")
        return name
    if kind == "conditional_expression" and right.named_child_count == 3:
        value, test, other = right.named_children
        text = reader.text(test)
        for node in (value, other):
            name = reader.parameter(node, scope)
            if name and text.startswith(name):
                return name
    return None


EXPRESSIONS: Final[dict[str, Handler]] = {
    "call": call,
    "attribute": attribute,
    "subscript": subscript,
    "comparison_operator": comparison,
    "boolean_operator": boolean,
    "conditional_expression": conditional,
    "binary_operator": binary,
    "augmented_assignment": augmented,
    "while_statement": condition,
    "not_operator": condition,
    "assert_statement": condition,
    "with_item": with_item,
    "pair": pair,
    "list": sequence,
    "tuple": sequence,
    "set": sequence,
    "interpolation": interpolation,
    "assignment": assignment,
}
