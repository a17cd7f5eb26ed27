"""What stands around the statements of a body: conditions, cases, nested functions and classes, and what leaves it.

Handlers for `reader.BodyReader`: each gets a node with its named children and the scope that it stands in, and returns
the scope of its children, or None where it has pushed them itself.
"""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from glossator.syntax.document import Document
from glossator.syntax.reader import BodyReader, Handler, Scope
from glossator.syntax.uses import truth

LEAVING: Final = frozenset(("return_statement", "raise_statement", "yield", "assert_statement", "while_statement"))
NESTED: Final = frozenset(("function_definition", "class_definition", "lambda"))
JUMPS: Final = frozenset(("return_statement", "raise_statement", "continue_statement", "break_statement"))


def if_statement(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> None:
    """`if` and `elif` guard their blocks; a lone `else` is guarded by the negation."""
    condition = node.child_by_field_name("condition")
    consequence = node.child_by_field_name("consequence")
    guard = reader.text(condition)
    branches = [child for child in children if reader.kind(child) in ("elif_clause", "else_clause")]
    for branch in reversed(branches):
        test = branch.child_by_field_name("condition")
        if test is None:
            is_lone = len(branches) == 1
            inner = scope.guarded(guard if is_lone else "", negated=is_lone, case="else")
            reader.push(branch.child_by_field_name("body"), inner)
        else:
            block = branch.child_by_field_name("consequence")
            truth(reader, test, scope, _decided(reader, block))
            reader.push(block, scope.guarded(reader.text(test)))
            reader.push(test, scope)
    reader.push(consequence, scope.guarded(guard))
    if condition is not None:
        truth(reader, condition, scope, _alone(reader, _decided(reader, consequence), branches))
        reader.push(condition, scope)


def block(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> None:
    """A `raise` right after an `if` that leaves, or after a loop that returns, is guarded by it."""
    statements = [child for child in children if reader.kind(child) != "comment"]
    if not scope.nested:
        _note_idle(reader, statements, scope)
    for place in range(len(statements) - 1, -1, -1):
        child, inner = statements[place], scope
        if reader.kind(child) == "raise_statement":
            inner = _after(reader, statements[place - 1], scope) if place else scope
            if inner is scope and reader.parent is None:
                is_reached = not any(_may_leave(reader, before) for before in statements[:place])
                inner = scope.guarded("", case="always" if is_reached else "end")
        reader.push(child, inner)


def _note_idle(reader: BodyReader, statements: list[Node], scope: Scope) -> None:
    """Note a branch or handler that does nothing, or a `pass` among other statements.

    Something was taken out there. Loops and `with` blocks that do nothing are idioms.
    """
    if not any(reader.kind(one) == "pass_statement" for one in statements):
        return
    parent = reader.parent
    around = reader.kind(parent) if parent is not None else ""
    if sum(not _is_string(reader, one) for one in statements) > 1:
        reader.body.idle["pass"] = None
    elif around == "if_statement":
        reader.body.idle["if"] = None
    elif around == "try_statement" and scope.case == "except":
        reader.body.idle["except"] = None


def _is_string(reader: BodyReader, statement: Node) -> bool:
    return statement.named_child_count == 1 and reader.kind(statement.named_children[0]) == "string"


def _after(reader: BodyReader, previous: Node, scope: Scope) -> Scope:
    """The scope of a statement that is reached only because the one before it did not leave."""
    kind = reader.kind(previous)
    if kind == "if_statement" and previous.child_by_field_name("alternative") is None:
        consequence = previous.child_by_field_name("consequence")
        inner = consequence.named_children if consequence is not None else ()
        kinds = [kind for one in inner if (kind := reader.kind(one)) != "comment"]
        if kinds and kinds[-1] in JUMPS:
            return scope.guarded(reader.text(previous.child_by_field_name("condition")), negated=True)
    if kind == "for_statement" and _ends_by_return(reader, previous):
        left, right = previous.child_by_field_name("left"), previous.child_by_field_name("right")
        return scope.guarded(f"{reader.text(left)} in {reader.text(right)}", negated=True, case="loop")
    return scope


def _may_leave(reader: BodyReader, statement: Node) -> bool:
    """Whether what follows a statement may not be reached, by what stands in it."""
    stack = [statement]
    while stack:
        node = stack.pop()
        if reader.kind(node) in LEAVING:
            return True
        if reader.kind(node) not in NESTED:
            stack.extend(node.named_children)
    return False


def _ends_by_return(reader: BodyReader, loop: Node) -> bool:
    """Whether a loop returns from inside, so that what follows it is for the case that nothing fitted."""
    found = False
    stack = loop.named_children
    while stack:
        node = stack.pop()
        kind = reader.kind(node)
        if kind == "break_statement" or (kind == "else_clause" and node.parent == loop):
            return False
        found = found or kind == "return_statement"
        if kind not in NESTED:
            stack.extend(node.named_children)
    return found


def always_leaves(document: Document, block: Node) -> bool:
    """Whether the end of a block is never reached, as far as returns, raises and complete conditions show."""
    kinds = document.grammar.kinds
    stack = [block]
    while stack:
        statements = [child for child in stack.pop().named_children if kinds[child.kind_id] != "comment"]
        last = statements[-1] if statements else None
        kind = kinds[last.kind_id] if last is not None else ""
        if last is not None and kind == "while_statement" and _never_ends(document, last):
            continue
        if last is None or kind not in ("return_statement", "raise_statement", "if_statement"):
            return False
        if kind == "if_statement":
            branches = [last, *(child for child in last.named_children if kinds[child.kind_id].endswith("_clause"))]
            blocks = [one.child_by_field_name("consequence") or one.child_by_field_name("body") for one in branches]
            if kinds[branches[-1].kind_id] != "else_clause":
                return False
            stack.extend(one for one in blocks if one is not None)
    return True


def _never_ends(document: Document, loop: Node) -> bool:
    """Whether a `while` loop goes on for ever, unless something leaves the function. Errs on the side of no."""
    condition = loop.child_by_field_name("condition")
    text = document.text[loop.start_byte : loop.end_byte]
    return condition is not None and document.one_line(condition) in ("True", "1") and b"break" not in text


def _alone(reader: BodyReader, decided: str, branches: list[Node]) -> str:
    """What a condition decides about; "" for a call that the other branches make as well."""
    kind, _, callee = decided.partition(" ")
    return "" if kind == "call" and any(f"{callee}(" in reader.text(branch) for branch in branches) else decided


def _decided(reader: BodyReader, consequence: Node | None) -> str:
    """The first statement of a guarded block, where it says something alone: a call, a raise, a return."""
    statements = consequence.named_children if consequence is not None else ()
    first = next((child for child in statements if reader.kind(child) != "comment"), None)
    if first is None:
        return ""
    is_expression = reader.kind(first) == "expression_statement" and first.named_child_count
    inner = first.named_children[0] if is_expression else first
    kind = reader.kind(inner)
    if kind == "call":
        return "call " + reader.text(inner.child_by_field_name("function"))
    return reader.text(inner) if kind in ("raise_statement", "return_statement", "assignment") else ""


def expression_statement(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """A call that nothing is made of is what the function does."""
    call = children[0] if children else node
    if children and reader.kind(call) == "await" and call.named_child_count:
        call = call.named_children[0]
    if reader.kind(call) == "call" and not (scope.guard or scope.case or scope.nested):
        reader.body.acts[reader.text(call)] = None
    return scope


def case_clause(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> None:
    """A `case` guards its block by its pattern."""
    subject = node.parent.parent.child_by_field_name("subject") if node.parent and node.parent.parent else None
    pattern = next((child for child in children if reader.kind(child) == "case_pattern"), None)
    inner = scope.guarded(reader.text(subject), case=f"case {reader.text(pattern)}")
    test = node.child_by_field_name("guard")
    if test is not None and test.named_child_count:
        inner = scope.guarded(reader.text(test.named_children[0]))
    reader.push(node.child_by_field_name("consequence"), inner)
    reader.push(test, scope)


def return_statement(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """Note the returned expression."""
    if scope.nested or not children:
        reader.body.returns_nothing |= not scope.nested
        return scope
    value = children[0]
    if reader.kind(value) != "none":
        reader.body.returns_value = True
    reader.body.returned[reader.text(value)] = None
    if name := reader.parameter(value, scope):
        reader.use(name, "return")
    return scope


def yield_(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """Note the yielded expression; `from X` for a delegation."""
    if not scope.nested:
        reader.body.is_generator = True
        reader.body.yielded[reader.text(node).removeprefix("yield").strip()] = None
    return scope


def await_(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """Note that it awaits."""
    if not scope.nested:
        reader.body.awaits = True
        if children and (name := reader.parameter(children[0], scope)):
            reader.use(name, "await")
    return scope


def global_statement(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> None:
    """Remember which names are global."""
    for child in children:
        reader.declare_global(reader.text(child))


def function(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> None:
    """A nested function or lambda: its parameters hide ours, its returns and raises are its own."""
    _note_defined(reader, node, scope)
    parameters = node.child_by_field_name("parameters")
    names: set[str] = set()
    for child in parameters.named_children if parameters is not None else ():
        target = child
        while reader.kind(target) != "identifier" and target.named_child_count:
            reader.push(child.child_by_field_name("value"), scope)
            target = target.named_children[0]
        names.add(reader.text(target))
    inner = scope._replace(nested=True, hidden=reader.hide(names, scope))
    reader.push(node.child_by_field_name("body"), inner)


def class_(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> None:
    """A nested class: its body is not this function's."""
    _note_defined(reader, node, scope)
    reader.push(node.child_by_field_name("superclasses"), scope)
    reader.push(node.child_by_field_name("body"), scope._replace(nested=True))


def _note_defined(reader: BodyReader, node: Node, scope: Scope) -> None:
    name = node.child_by_field_name("name")
    if name is not None and not scope.nested:
        reader.body.defined[reader.text(name)] = None


STATEMENTS: Final[dict[str, Handler]] = {
    "if_statement": if_statement,
    "block": block,
    "expression_statement": expression_statement,
    "case_clause": case_clause,
    "return_statement": return_statement,
    "yield": yield_,
    "await": await_,
    "global_statement": global_statement,
    "function_definition": function,
    "lambda": function,
    "class_definition": class_,
}
