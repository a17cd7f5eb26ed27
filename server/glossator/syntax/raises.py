"""Which exceptions leave a body, and which are caught inside: handlers for `reader.BodyReader`."""

from __future__ import annotations

import builtins
import re
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.model import Raise
from glossator.syntax.reader import BodyReader, Handler, Scope

UNCAUGHT: Final = frozenset(("SystemExit", "KeyboardInterrupt", "GeneratorExit", "CancelledError"))
TRIED: Final = frozenset(("call", "subscript", "attribute", "await", "binary_operator"))
CATCHING: Final = re.compile(r"^(?:(?:contextlib\.)?suppress|pytest\.raises|self\.assertRaises(?:Regex)?)$")
GROUPS: Final = frozenset(("as_pattern", "tuple", "parenthesized_expression", "expression_list"))


MAKES: Final = re.compile(r"(?:^|[._])(?:make|build|get|create|new|to|as|raise|format|wrap|convert|map|translate)_\w+$")
LOWER_EXCEPTION: Final = re.compile(r"(?:^|[._])error\w*$|(?:error|[Ee]xception|timeout|warning|fault|interrupt)$")


class ExceptClause(NamedTuple):
    """The parts of `except names as alias: block`; `is_bare` where it names nothing and catches all."""

    names: tuple[str, ...]
    alias: str
    block: Node | None
    is_bare: bool


def try_statement(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> None:
    """The body's exceptions are caught by the handlers; a handler's body knows what it handles."""
    body = node.child_by_field_name("body")
    tried = _tried(reader, body)
    caught: tuple[str, ...] = ()
    for child in reversed(children):
        if reader.kind(child) not in ("except_clause", "except_group_clause"):
            if child != body:
                reader.push(child, scope)
            continue
        clause = _except_clause(reader, child)
        caught = (*(("BaseException",) if clause.is_bare else clause.names), *caught)
        inner = scope.guarded("", case="except")._replace(
            handled=clause.names or ("",),
            bound=(*scope.bound, (clause.alias, clause.names)) if clause.alias else scope.bound,
            tried=tried,
        )
        reader.push(clause.block, inner)
    reader.push(body, scope._replace(caught=scope.caught + caught))


def _except_clause(reader: BodyReader, clause: Node) -> ExceptClause:
    block, alias, names = None, "", []
    is_bare = all(reader.kind(child) in ("block", "comment") for child in clause.named_children)
    stack = clause.named_children[::-1]
    while stack:
        node = stack.pop()
        kind = reader.kind(node)
        if kind == "block":
            block = node
        elif kind == "as_pattern_target":
            alias = reader.text(node)
        elif kind in GROUPS:
            stack.extend(reversed(node.named_children))
        elif kind != "comment" and (name := _dotted(reader, node)):
            names.append(name)
    return ExceptClause(tuple(names), alias, block, is_bare)


def _tried(reader: BodyReader, body: Node | None) -> str:
    """The expression that a `try` body tries, where it is only one."""
    statements = body.named_children if body is not None else ()
    statements = [child for child in statements if reader.kind(child) != "comment"]
    if len(statements) != 1:
        return ""
    node = statements[0]
    while node.named_child_count and reader.kind(node) in ("expression_statement", "return_statement"):
        node = node.named_children[0]
    if reader.kind(node) == "assignment":
        node = node.child_by_field_name("right") or node
    return reader.text(node) if reader.kind(node) in TRIED else ""


def with_statement(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> None:
    """`with suppress(E)` catches like a handler."""
    caught: list[str] = []
    stack = [child for child in children if reader.kind(child) == "with_clause"]
    while stack:
        item = stack.pop()
        if reader.kind(item) in ("with_clause", "with_item", "as_pattern", "parenthesized_expression", "tuple"):
            stack.extend(item.named_children)
        elif reader.kind(item) == "call" and CATCHING.match(reader.text(item.child_by_field_name("function"))):
            arguments = item.child_by_field_name("arguments")
            caught.extend(_dotted(reader, one) for one in (arguments.named_children if arguments is not None else ()))
    body = node.child_by_field_name("body")
    for child in reversed(children):
        reader.push(child, scope._replace(caught=(*scope.caught, *caught)) if child == body and caught else scope)


def raise_statement(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """Note what leaves the function, unless a handler around it would catch it."""
    if scope.nested:
        return scope
    cause = node.child_by_field_name("cause")
    raised = next((child for child in children if child != cause and reader.kind(child) != "comment"), None)
    names, how = _raised(reader, raised, scope)
    message = _message(reader, raised)
    for name in names:
        last = name.rsplit(".", 1)[-1]
        is_named = how == "reraise" or (raised is not None and reader.kind(raised) == "call")
        if not last.lstrip("_")[:1].isupper() and not (is_named and _names_exception(reader, name)):
            reader.body.raises_unknown = True
        elif not any(_catches(handler, last) for handler in scope.caught):
            guard = (scope.guard, scope.negated)
            source = how or ("from" if cause is not None else "")
            reader.body.raises[Raise(name, *guard, message, scope.handled, scope.tried, source, scope.case)] = None
    if not names:
        reader.body.raises_unknown = True
    return scope


def _raised(reader: BodyReader, raised: Node | None, scope: Scope) -> tuple[tuple[str, ...], str]:
    """The exceptions that a `raise` raises, and "reraise" where they were caught before."""
    if raised is None:
        return tuple(name for name in scope.handled if name), "reraise"
    name = _dotted(reader, raised)
    if reader.kind(raised) == "identifier":
        for alias, names in reversed(scope.bound):
            if alias == name:
                return ((), "") if reader.is_reassigned(name) else (names, "reraise")
    return (name,), ""


def _dotted(reader: BodyReader, node: Node) -> str:
    """The name `a.b.C` of `a.b.C(...)`, "" where it is no plain name."""
    if reader.kind(node) == "call":
        node = node.child_by_field_name("function") or node
    last = _last_name(reader, node)
    text = reader.text(node) if last else ""
    return text if text.replace(".", "").isidentifier() else last


def _names_exception(reader: BodyReader, name: str) -> bool:
    """Whether a name in lower case is an exception's and not a variable's: `socket.timeout`, `error_perm`."""
    root = name.split(".", 1)[0]
    if root == reader.receiver:
        return name.endswith(("Exception", "Error"))
    return bool(LOWER_EXCEPTION.search(name)) and not MAKES.search(name) and not reader.is_local(root)


def _last_name(reader: BodyReader, node: Node) -> str:
    """The last name of `a.b.C(...)`."""
    kind = reader.kind(node)
    while kind in ("call", "attribute"):
        inner = node.child_by_field_name("function" if kind == "call" else "attribute")
        if inner is None:
            return ""
        node, kind = inner, reader.kind(inner)
    return reader.text(node) if kind == "identifier" else ""


def _message(reader: BodyReader, raised: Node | None) -> str:
    """The text that an exception is given: its first string argument without quotes."""
    if raised is None or reader.kind(raised) != "call":
        return ""
    arguments = raised.child_by_field_name("arguments")
    for argument in arguments.named_children if arguments is not None else ():
        template = _template(reader, argument)
        if reader.kind(template) in ("string", "concatenated_string"):
            return reader.string_content(template)
    return ""


def _template(reader: BodyReader, argument: Node) -> Node:
    """The string that is formatted in `"..." % values` and `"...".format(values)`; any other argument itself."""
    if reader.kind(argument) == "binary_operator":
        argument = argument.child_by_field_name("left") or argument
    if reader.kind(argument) == "call":
        function = argument.child_by_field_name("function")
        inner = function.child_by_field_name("object") if function is not None else None
        return inner if inner is not None else argument
    return argument


def _catches(handler: str, raised: str) -> bool:
    """Whether `except handler` catches `raised`; by last name, and by inheritance among the built-in exceptions."""
    handler = handler.rsplit(".", 1)[-1]
    if handler in (raised, "BaseException") or (handler == "Exception" and raised not in UNCAUGHT):
        return True
    raised_type, handler_type = getattr(builtins, raised, None), getattr(builtins, handler, None)
    return isinstance(raised_type, type) and isinstance(handler_type, type) and issubclass(raised_type, handler_type)


RAISES: Final[dict[str, Handler]] = {
    "try_statement": try_statement,
    "with_statement": with_statement,
    "raise_statement": raise_statement,
}
