"""What a function's body does, read in one walk: returns, yields, raises, and how each parameter is used.

The walk keeps its own stack (user trees may be nested 20,000 deep) and visits each named node once. A `Scope` says what
stands around a node: the condition that guards it, the handlers that would catch an exception there, the names that a nested
function hides.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from glossator.model import Attribute, Raise, Use
from glossator.syntax.document import Document
from glossator.syntax.uses import EXPRESSIONS

MAX_TEXT = 160
MAX_USES = 12
JUMPS = frozenset(("return_statement", "raise_statement", "continue_statement", "break_statement"))
LOWER_EXCEPTION = re.compile(r"(?:^|[._])error\w*$|(?:error|[Ee]xception|timeout|warning|fault|interrupt)$")
ROLES = {
    "expression_statement": "statement", "return_statement": "return", "if_statement": "test", "elif_clause": "test", "not_operator": "test",
    "boolean_operator": "test", "comparison_operator": "test", "while_statement": "test", "conditional_expression": "test", "for_statement": "iterate",
    "for_in_clause": "iterate", "with_item": "with", "as_pattern": "with", "raise_statement": "raise", "attribute": "object", "subscript": "index",
    "binary_operator": "operand", "yield": "yield", "lambda": "return", "list_comprehension": "item", "generator_expression": "item", "list": "item",
    "tuple": "item", "expression_list": "item", "dictionary": "item", "pair": "item", "interpolation": "text", "augmented_assignment": "add",
}  # fmt: skip
SKIPPED = frozenset("comment identifier string_content string_start string_end escape_sequence type integer none true false pass_statement".split())


@dataclass(frozen=True, slots=True)
class Scope:
    """What stands around a node: guard, handlers, nested functions."""

    guard: str = ""
    negated: bool = False
    case: str = ""
    caught: tuple[str, ...] = ()
    handled: tuple[str, ...] = ()
    bound: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tried: str = ""
    nested: bool = False
    hidden: frozenset[str] = frozenset()


TOP = Scope()


@dataclass(slots=True)
class Body:
    """What was found in a body. Lists are in source order and without repetitions."""

    returned: list[str] = field(default_factory=list)
    returns_value: bool = False
    yielded: list[str] = field(default_factory=list)
    is_generator: bool = False
    awaits: bool = False
    raises: list[Raise] = field(default_factory=list)
    raises_unknown: bool = False
    uses: dict[str, list[Use]] = field(default_factory=dict)
    attributes: dict[str, Attribute] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    mutated: list[str] = field(default_factory=list)
    globals_written: list[str] = field(default_factory=list)
    assigned: dict[str, list[str]] = field(default_factory=dict)
    loops: list[str] = field(default_factory=list)


class BodyReader:
    """One walk over one function's body."""

    def __init__(self, document: Document, parameters: tuple[str, ...], receiver: str) -> None:
        """Read for these parameters; `receiver` is the bound first parameter ("" if there is none)."""
        self._source = document.text
        self._kinds = document.grammar.kinds
        self._names = {name.encode(): name for name in parameters}
        self._receiver = receiver.encode()
        self._prefix = self._receiver + b"." if receiver else b""
        self._globals: set[str] = set()
        self._locals: set[str] = set()
        self._stack: list[tuple[Node, Scope]] = []
        self.body = Body(uses={name: [] for name in parameters})

    def read(self, block: Node) -> Body:
        """Walk the block and say what it does."""
        stack = self._stack
        stack.append((block, TOP))
        kinds = self._kinds
        while stack:
            node, scope = stack.pop()
            kind = kinds[node.kind_id]
            if kind in SKIPPED:
                continue
            children = node.named_children
            handler = HANDLERS.get(kind)
            if handler is not None:
                scope_or_none = handler(self, node, children, scope)
                if scope_or_none is None:
                    continue
                scope = scope_or_none
            if children:
                stack.extend([(child, scope) for child in reversed(children)])
        return self.body

    # -- reading nodes

    def text(self, node: Node | None) -> str:
        """A node's source on one line, cut after MAX_TEXT characters."""
        if node is None:
            return ""
        text = self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")
        if "\n" in text or "\r" in text:
            text = " ".join(text.split())
        return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"

    def kind(self, node: Node) -> str:
        """A node's kind."""
        return self._kinds[node.kind_id]

    def byte(self, offset: int) -> bytes:
        """The byte at an offset; empty at the end."""
        return self._source[offset : offset + 1]

    def between(self, left: Node, right: Node) -> str:
        """The operator between two operands: brackets and comments left out."""
        text = self._source[left.end_byte : right.start_byte].decode("utf-8", "replace")
        return " ".join(text.replace("(", " ").replace(")", " ").split("#")[0].split()) if "#" in text or "(" in text else " ".join(text.split())

    def is_receiver(self, node: Node) -> bool:
        """Whether an identifier is the bound first parameter."""
        return bool(self._receiver) and self._source[node.start_byte : node.end_byte] == self._receiver

    def trailing_comment(self, node: Node) -> str:
        """The comment behind a statement on its line, without its sign."""
        end = self._source.find(b"\n", node.end_byte)
        rest = self._source[node.end_byte : end if end >= 0 else len(self._source)].strip()
        return rest.lstrip(b"#: ").decode("utf-8", "replace").strip() if rest.startswith(b"#") else ""

    def role(self, node: Node) -> str:
        """What becomes of an expression's value: "assign x", "store a", "return", "test", "argument f", ..., "" if unknown."""
        parent = node.parent
        while parent is not None and self._is_transparent(parent, node):
            node, parent = parent, parent.parent
        if parent is None:
            return ""
        kind = self._kinds[parent.kind_id]
        if kind == "assignment":
            left = parent.child_by_field_name("left")
            return "assign " + self.text(left) if left is not None and left.end_byte < node.start_byte else ""
        if kind == "call":
            return "argument " + self.text(parent.child_by_field_name("function"))
        return ROLES.get(kind, "")

    def _is_transparent(self, parent: Node, node: Node) -> bool:
        """Whether a node's value is its parent's value, too."""
        kind = self._kinds[parent.kind_id]
        if kind == "conditional_expression":
            return parent.named_child_count == 3 and parent.named_children[1] != node
        return kind in ("await", "parenthesized_expression", "keyword_argument", "argument_list", "boolean_operator")

    def mutate(self, name: str) -> None:
        """Note that a parameter is changed in place."""
        if name not in self.body.mutated:
            self.body.mutated.append(name)

    def note_loop(self, node: Node) -> None:
        """Note what a loop goes through."""
        text = self.text(node.child_by_field_name("right"))
        if text not in self.body.loops:
            self.body.loops.append(text)

    def write_name(self, name: str, value: str) -> None:
        """Note the assignment of a local name, or of one that the function declared global."""
        self._locals.add(name)
        self.body.assigned.setdefault(name, []).append(value)
        if name in self._globals and name not in self.body.globals_written:
            self.body.globals_written.append(name)

    def parameter(self, node: Node | None, scope: Scope) -> str | None:
        """The parameter that an identifier names; for an attribute of the receiver, its name behind a dot."""
        if node is None:
            return None
        kind = self._kinds[node.kind_id]
        if kind == "identifier":
            name = self._names.get(self._source[node.start_byte : node.end_byte])
            return None if name in scope.hidden else name
        if kind == "attribute" and self._prefix:
            text = self._source[node.start_byte : node.end_byte]
            if text.startswith(self._prefix) and text.count(b".") == 1:
                return text[len(self._prefix) - 1 :].decode("utf-8", "replace")
        return None

    def use(self, name: str, verb: str, other: str = "", place: str = "", role: str = "") -> None:
        """Note one use of a parameter."""
        use = Use(verb, other, place, role)
        found = self.body.uses.setdefault(name, [])
        if len(found) < MAX_USES and use not in found:
            found.append(use)

    def push(self, node: Node | None, scope: Scope) -> None:
        """Have a node visited in a scope."""
        if node is not None:
            self._stack.append((node, scope))

    # -- statements

    def if_statement(self, node: Node, children: list[Node], scope: Scope) -> None:
        """`if` and `elif` guard their blocks; a lone `else` is guarded by the negation."""
        condition = node.child_by_field_name("condition")
        guard = self.text(condition)
        branches = [child for child in children if self._kinds[child.kind_id] in ("elif_clause", "else_clause")]
        for branch in reversed(branches):
            test = branch.child_by_field_name("condition")
            if test is not None:
                self.truth(test, scope, branch.child_by_field_name("consequence"))
                self.push(branch.child_by_field_name("consequence"), replace(scope, guard=self.text(test), negated=False, case=""))
                self.push(test, scope)
            else:
                lone = len(branches) == 1
                self.push(branch.child_by_field_name("body"), replace(scope, guard=guard if lone else "", negated=lone, case="else"))
        self.push(node.child_by_field_name("consequence"), replace(scope, guard=guard, negated=False, case=""))
        if condition is not None:
            self.truth(condition, scope, node.child_by_field_name("consequence"))
            self.push(condition, scope)

    def block(self, node: Node, children: list[Node], scope: Scope) -> None:
        """A `raise` right after an `if` that leaves, or after a loop that returns, is guarded by it."""
        previous: Node | None = None
        pending = []
        for child in children:
            kind = self._kinds[child.kind_id]
            if kind == "comment":
                continue
            inner = scope
            if kind == "raise_statement" and previous is not None:
                inner = self._after(previous, scope)
            pending.append((child, inner))
            previous = child
        self._stack.extend(reversed(pending))

    def _after(self, previous: Node, scope: Scope) -> Scope:
        kind = self._kinds[previous.kind_id]
        if kind == "if_statement" and previous.child_by_field_name("alternative") is None:
            block = previous.child_by_field_name("consequence")
            last = block.named_children[-1] if block is not None and block.named_child_count else None
            if last is not None and self._kinds[last.kind_id] in JUMPS:
                return replace(scope, guard=self.text(previous.child_by_field_name("condition")), negated=True, case="")
        if kind == "for_statement":
            text = f"{self.text(previous.child_by_field_name('left'))} in {self.text(previous.child_by_field_name('right'))}"
            return replace(scope, guard=text, negated=True, case="loop")
        return scope

    def try_statement(self, node: Node, children: list[Node], scope: Scope) -> None:
        """The body's exceptions are caught by the handlers; a handler's body knows what it handles."""
        clauses = [child for child in children if self._kinds[child.kind_id] in ("except_clause", "except_group_clause")]
        body = node.child_by_field_name("body")
        tried = self._tried(body)
        caught: tuple[str, ...] = ()
        for child in reversed(children):
            if child not in clauses:
                if child != body:
                    self.push(child, scope)
                continue
            names, alias, block = self._handler(child)
            caught = (*(names or ("BaseException",) if not self._has_type(child) else names), *caught)
            bound = (*scope.bound, (alias, names)) if alias else scope.bound
            self.push(block, replace(scope, handled=names or ("",), bound=bound, tried=tried, guard="", negated=False, case="except"))
        self.push(body, replace(scope, caught=scope.caught + caught))

    def _has_type(self, clause: Node) -> bool:
        return any(self._kinds[child.kind_id] not in ("block", "comment") for child in clause.named_children)

    def _handler(self, clause: Node) -> tuple[tuple[str, ...], str, Node | None]:
        """An except clause's exception names, its alias, and its block."""
        block, alias, names = None, "", []
        stack = [child for child in clause.named_children]
        while stack:
            node = stack.pop(0)
            kind = self._kinds[node.kind_id]
            if kind == "block":
                block = node
            elif kind == "as_pattern_target":
                alias = self.text(node)
            elif kind in ("as_pattern", "tuple", "parenthesized_expression", "expression_list"):
                stack = [*node.named_children, *stack]
            elif kind != "comment":
                name = self._dotted(node)
                names += [name] if name else []
        return tuple(names), alias, block

    def _tried(self, body: Node | None) -> str:
        """The statement of a `try` body that is tried, where it is only one."""
        if body is None:
            return ""
        statements = [child for child in body.named_children if self._kinds[child.kind_id] != "comment"]
        if len(statements) != 1:
            return ""
        node = statements[0]
        while node.named_child_count and self._kinds[node.kind_id] in ("expression_statement", "return_statement"):
            node = node.named_children[0]
        if self._kinds[node.kind_id] == "assignment":
            node = node.child_by_field_name("right") or node
        return self.text(node) if self._kinds[node.kind_id] in ("call", "subscript", "attribute", "await", "binary_operator") else ""

    def _last_name(self, node: Node) -> str:
        """The last name of `a.b.C(...)`."""
        kind = self._kinds[node.kind_id]
        while kind in ("call", "attribute"):
            inner = node.child_by_field_name("function" if kind == "call" else "attribute")
            if inner is None:
                return ""
            node, kind = inner, self._kinds[inner.kind_id]
        return self.text(node) if kind == "identifier" else ""

    def raise_statement(self, node: Node, children: list[Node], scope: Scope) -> Scope:
        """Note what leaves the function, unless a handler around it would catch it."""
        if scope.nested:
            return scope
        cause = node.child_by_field_name("cause")
        raised = next((child for child in children if child != cause and self._kinds[child.kind_id] != "comment"), None)
        names, how = self._raised(raised, scope)
        message = self._message(raised)
        for name in names:
            last = name.rsplit(".", 1)[-1]
            is_named = how == "reraise" or (raised is not None and self._kinds[raised.kind_id] == "call")
            if not last.lstrip("_")[:1].isupper() and not (is_named and self._names_exception(name)):
                self.body.raises_unknown = True
            elif not any(_catches(handler, last) for handler in scope.caught):
                kind = how or ("from" if cause is not None else "")
                self._note_raise(Raise(name, scope.guard, scope.negated, message, scope.handled, scope.tried, kind, scope.case))
        if not names:
            self.body.raises_unknown = True
        return scope

    def _dotted(self, node: Node) -> str:
        """The name `a.b.C` of `a.b.C(...)`, without the receiver; "" where it is no plain name."""
        if self._kinds[node.kind_id] == "call":
            node = node.child_by_field_name("function") or node
        text = self.text(node) if self._last_name(node) else ""
        return text if text.replace(".", "").isidentifier() else self._last_name(node)

    def _names_exception(self, name: str) -> bool:
        """Whether a name in lower case is an exception's and not a variable's: `socket.timeout`, `error_perm`."""
        root = name.split(".", 1)[0]
        if root.encode() == self._receiver:
            return name.endswith(("Exception", "Error"))
        return bool(LOWER_EXCEPTION.search(name)) and root not in self._locals and root.encode() not in self._names

    def _raised(self, raised: Node | None, scope: Scope) -> tuple[tuple[str, ...], str]:
        if raised is None:
            return tuple(name for name in scope.handled if name), "reraise"
        name = self._dotted(raised)
        if self._kinds[raised.kind_id] == "identifier":
            for alias, names in reversed(scope.bound):
                if alias == name:
                    return names, "reraise"
        return (name,), ""

    def _message(self, raised: Node | None) -> str:
        """The text that an exception is given: its first string argument without quotes."""
        if raised is None or self._kinds[raised.kind_id] != "call":
            return ""
        arguments = raised.child_by_field_name("arguments")
        for argument in arguments.named_children if arguments is not None else ():
            kind = self._kinds[argument.kind_id]
            if kind == "binary_operator":
                argument = argument.child_by_field_name("left") or argument
                kind = self._kinds[argument.kind_id]
            if kind == "call":
                function = argument.child_by_field_name("function")
                inner = function.child_by_field_name("object") if function is not None else None
                argument, kind = (inner, self._kinds[inner.kind_id]) if inner is not None else (argument, kind)
            if kind in ("string", "concatenated_string"):
                return self._string(argument)
        return ""

    def _string(self, node: Node) -> str:
        parts = [node] if self._kinds[node.kind_id] == "string" else node.named_children
        pieces = []
        for part in parts:
            for child in part.named_children:
                kind = self._kinds[child.kind_id]
                if kind in ("string_content", "interpolation"):
                    pieces.append(self._source[child.start_byte : child.end_byte].decode("utf-8", "replace"))
        return "".join(pieces)[:MAX_TEXT]

    def _note_raise(self, one: Raise) -> None:
        if one not in self.body.raises:
            self.body.raises.append(one)

    def return_statement(self, node: Node, children: list[Node], scope: Scope) -> Scope:
        """Note the returned expression."""
        if not scope.nested and children:
            value = children[0]
            if self._kinds[value.kind_id] != "none":
                self.body.returns_value = True
            text = self.text(value)
            if text not in self.body.returned:
                self.body.returned.append(text)
            name = self.parameter(value, scope)
            if name:
                self.use(name, "return")
        return scope

    def yield_(self, node: Node, children: list[Node], scope: Scope) -> Scope:
        """Note the yielded expression; `from X` for a delegation."""
        if not scope.nested:
            self.body.is_generator = True
            text = self.text(node).removeprefix("yield").strip()
            if text not in self.body.yielded:
                self.body.yielded.append(text)
        return scope

    def await_(self, node: Node, children: list[Node], scope: Scope) -> Scope:
        """Note that it awaits."""
        if not scope.nested:
            self.body.awaits = True
            if children and (name := self.parameter(children[0], scope)):
                self.use(name, "await")
        return scope

    def global_statement(self, node: Node, children: list[Node], scope: Scope) -> None:
        """Remember which names are global."""
        self._globals.update(self.text(child) for child in children)

    def function(self, node: Node, children: list[Node], scope: Scope) -> None:
        """A nested function or lambda: its parameters hide ours, its returns and raises are its own."""
        parameters = node.child_by_field_name("parameters")
        hidden = set(scope.hidden)
        for child in parameters.named_children if parameters is not None else ():
            target = child
            while self._kinds[target.kind_id] != "identifier" and target.named_child_count:
                self.push(child.child_by_field_name("value"), scope)
                target = target.named_children[0]
            hidden.add(self.text(target))
        self.push(node.child_by_field_name("body"), replace(scope, nested=True, hidden=frozenset(hidden)))

    def class_(self, node: Node, children: list[Node], scope: Scope) -> None:
        """A nested class: its body is not this function's."""
        self.push(node.child_by_field_name("superclasses"), scope)
        self.push(node.child_by_field_name("body"), replace(scope, nested=True))

    def case_clause(self, node: Node, children: list[Node], scope: Scope) -> None:
        """A `case` guards its block by its pattern."""
        subject = node.parent.parent.child_by_field_name("subject") if node.parent and node.parent.parent else None
        pattern = next((child for child in children if self._kinds[child.kind_id] == "case_pattern"), None)
        guard = self.text(subject)
        self.push(node.child_by_field_name("consequence"), replace(scope, guard=guard, negated=False, case=f"case {self.text(pattern)}"))
        self.push(node.child_by_field_name("guard"), scope)

    def truth(self, condition: Node, scope: Scope, guarded: Node | None = None) -> None:
        """A condition that is nothing but a parameter, or its negation, and what it decides about."""
        negated = self._kinds[condition.kind_id] == "not_operator"
        target = condition.named_children[0] if negated and condition.named_child_count else condition
        name = self.parameter(target, scope)
        if name:
            self.use(name, "truth", self._decided(guarded), "not" if negated else "")

    def _decided(self, block: Node | None) -> str:
        """The first statement of a guarded block, where it says something alone: a call, a raise, a return."""
        first = next((child for child in block.named_children if child.type != "comment"), None) if block is not None else None
        if first is None:
            return ""
        inner = first.named_children[0] if first.type == "expression_statement" and first.named_child_count else first
        if inner.type == "call":
            return "call " + self.text(inner.child_by_field_name("function"))
        if inner.type in ("raise_statement", "return_statement", "assignment"):
            return self.text(inner)
        return ""


def _catches(handler: str, raised: str) -> bool:
    """Whether `except handler` catches `raised`; by last name, and by inheritance among the built-in exceptions."""
    handler = handler.rsplit(".", 1)[-1]
    if handler in (raised, "BaseException", "Exception"):
        return True
    raised_type, handler_type = getattr(builtins, raised, None), getattr(builtins, handler, None)
    return isinstance(raised_type, type) and isinstance(handler_type, type) and issubclass(raised_type, handler_type)


Handler = Callable[[BodyReader, Node, list[Node], Scope], Scope | None]
HANDLERS: dict[str, Handler] = {
    "if_statement": BodyReader.if_statement,
    "block": BodyReader.block,
    "try_statement": BodyReader.try_statement,
    "raise_statement": BodyReader.raise_statement,
    "return_statement": BodyReader.return_statement,
    "yield": BodyReader.yield_,
    "await": BodyReader.await_,
    "global_statement": BodyReader.global_statement,
    "function_definition": BodyReader.function,
    "lambda": BodyReader.function,
    "class_definition": BodyReader.class_,
    "case_clause": BodyReader.case_clause,
    **EXPRESSIONS,
}
