"""One walk over a function's body: what its handlers share, and where they note what they find.

The walk keeps its own stack (user trees may be nested 20,000 deep) and visits each named node once. A `Scope` says what
stands around a node: the condition that guards it, the handlers that would catch an exception there, the names that a
nested function hides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.model import Attribute, Raise, Use
from glossator.syntax.document import Document

MAX_TEXT: Final = 160
MAX_TEXT_BYTES: Final = 4000  # what is looked at for MAX_TEXT characters: layout may take the rest
MAX_USES: Final = 12
MAX_ROLES: Final = 500  # finding one costs its depth at worst: 20,000 nested operands must not cost its square
NOT_OPERATORS: Final = re.compile(rb"[()\\]|#[^\r\n]*")
WRAPPERS: Final = frozenset(
    ("await", "parenthesized_expression", "keyword_argument", "argument_list", "boolean_operator")
)
# Targets that hold names.
PATTERNS: Final = frozenset(
    (
        *("pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "parenthesized_expression"),
        *("as_pattern", "as_pattern_target"),
    )
)
# What becomes of an expression's value, by the kind of node around it.
ROLES: Final = {
    "expression_statement": "statement",
    "return_statement": "return",
    "if_statement": "test",
    "elif_clause": "test",
    "not_operator": "test",
    "boolean_operator": "test",
    "comparison_operator": "test",
    "while_statement": "test",
    "conditional_expression": "test",
    "for_statement": "iterate",
    "for_in_clause": "iterate",
    "with_item": "with",
    "as_pattern": "with",
    "raise_statement": "raise",
    "attribute": "object",
    "subscript": "index",
    "binary_operator": "operand",
    "yield": "yield",
    "lambda": "return",
    "list_comprehension": "item",
    "generator_expression": "item",
    "list": "item",
    "tuple": "item",
    "expression_list": "item",
    "dictionary": "item",
    "pair": "item",
    "interpolation": "text",
    "augmented_assignment": "add",
    "delete_statement": "delete",
}


class Scope(NamedTuple):
    """What stands around a node: guard, handlers, nested functions. `model.Raise` says what the words mean."""

    guard: str = ""
    negated: bool = False
    case: str = ""
    caught: tuple[str, ...] = ()
    handled: tuple[str, ...] = ()
    bound: tuple[tuple[str, tuple[str, ...]], ...] = ()  # the names of handled exceptions: `except (A, B) as name`
    tried: str = ""
    nested: bool = False
    hidden: frozenset[str] = frozenset()
    loop: str = ""  # what the outermost `for` around goes through

    def guarded(self, guard: str, negated: bool = False, case: str = "") -> Scope:
        """The scope of a block that a condition guards."""
        return Scope(guard, negated, case, *self[3:])


TOP: Final = Scope()


@dataclass(slots=True)
class Body:
    """What was found in a body. Dictionaries are used for their keys, in source order and without repetitions."""

    returned: dict[str, None] = field(default_factory=dict)
    returns_value: bool = False
    returns_nothing: bool = False  # a `return` without a value
    yielded: dict[str, None] = field(default_factory=dict)
    is_generator: bool = False
    awaits: bool = False
    raises: dict[Raise, None] = field(default_factory=dict)
    raises_unknown: bool = False
    uses: dict[str, list[Use]] = field(default_factory=dict)
    attributes: dict[str, Attribute] = field(default_factory=dict)
    calls: dict[str, None] = field(default_factory=dict)
    mutated: dict[str, None] = field(default_factory=dict)
    globals_written: dict[str, None] = field(default_factory=dict)
    assigned: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, dict[str, None]] = field(default_factory=dict)  # local names, and the loops where they change
    defined: dict[str, None] = field(default_factory=dict)  # functions and classes of its own
    loops: dict[str, None] = field(default_factory=dict)
    acts: dict[str, None] = field(default_factory=dict)
    idle: dict[str, None] = field(default_factory=dict)


# A node and those around it, the innermost first: the tree's own way up costs a way down from its root.
Around = tuple[Node, "Around | None"]


class Names(NamedTuple):
    """The parameters of a function, and the bound first one ("" if there is none)."""

    parameters: tuple[str, ...]
    receiver: str


class BodyReader:
    """One walk over one function's body."""

    __slots__ = (
        *("_document", "_globals", "_handlers", "_here", "_names", "_prefix", "_receiver", "_roles_left"),
        *("_source", "_stack"),
        *("body", "kinds", "receiver"),
    )

    def __init__(self, document: Document, names: Names, handlers: Handlers) -> None:
        """Read for these names with a handler for each kind of node that says something."""
        parameters, receiver = names
        self._handlers = handlers
        self._document = document
        self._source = document.text
        self.kinds = document.grammar.kinds
        self.receiver = receiver
        self._names = {name.encode(): name for name in parameters}
        self._receiver = receiver.encode()
        self._prefix = self._receiver + b"." if receiver else b""
        self._globals: set[str] = set()
        self._roles_left = MAX_ROLES
        self._stack: list[tuple[Node, Scope, Handler, Around | None]] = []
        self._here: Around | None = None
        self.body = Body(uses={name: [] for name in parameters})

    def read(self, block: Node) -> Body:
        """Walk the block."""
        stack, handler_for = self._stack, self._handlers.get
        self.push(block, TOP)
        while stack:
            node, scope, handler, around = stack.pop()
            children = node.named_children
            self._here = here = (node, around)
            inner = scope if handler is enter else handler(self, node, children, scope)
            if inner is not None:
                for child in reversed(children):
                    found = handler_for(child.kind_id, enter)
                    if found is not None:
                        stack.append((child, inner, found, here))
        return self.body

    @property
    def parent(self) -> Node | None:
        """The node around the one that is visited; None at the body itself."""
        return self._here[1][0] if self._here is not None and self._here[1] is not None else None

    def push(self, node: Node | None, scope: Scope) -> None:
        """Have a node visited in a scope; what was pushed last is visited first."""
        handler = self._handlers.get(node.kind_id, enter) if node is not None else None
        if node is not None and handler is not None:
            self._stack.append((node, scope, handler, self._here))

    # -- reading nodes

    def text(self, node: Node | None) -> str:
        """A node's source on one line, cut after MAX_TEXT characters."""
        if node is None:
            return ""
        start, end = node.start_byte, node.end_byte
        if end - start > MAX_TEXT_BYTES:
            end = start + MAX_TEXT_BYTES
        text = self._source[start:end].decode("utf-8", "replace")
        if "\n" in text or "\r" in text:
            text = " ".join(text.split())
        return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"

    def kind(self, node: Node) -> str:
        """A node's kind."""
        return self.kinds[node.kind_id]

    def byte_at(self, offset: int) -> bytes:
        """The byte at an offset; empty at the end."""
        return self._source[offset : offset + 1]

    def between(self, left: Node, right: Node) -> str:
        """The operator between two operands: brackets, comments and line continuations left out."""
        text = NOT_OPERATORS.sub(b" ", self._source[left.end_byte : right.start_byte])
        return " ".join(text.decode("utf-8", "replace").split())

    def is_receiver(self, node: Node) -> bool:
        """Whether an identifier is the bound first parameter."""
        return bool(self._receiver) and self._source[node.start_byte : node.end_byte] == self._receiver

    def trailing_comment(self, node: Node) -> str:
        """The comment behind a statement on its line, without its sign."""
        rest = self._document.rest_of_line(node.end_byte)
        return rest.lstrip(b"#: ").decode("utf-8", "replace").strip() if rest.startswith(b"#") else ""

    def string_content(self, node: Node) -> str:
        """The content of a string or of several concatenated ones, as it is spelt."""
        parts = [node] if self.kind(node) == "string" else node.named_children
        pieces = [
            self._source[child.start_byte : child.end_byte]
            for part in parts
            for child in part.named_children
            if self.kind(child) in ("string_content", "interpolation")
        ]
        return b"".join(pieces).decode("utf-8", "replace")[:MAX_TEXT]

    def role(self) -> str:
        """What becomes of the value of the node that is visited.

        "assign x", "return", "test", "argument f" or a word of ROLES; "" if unknown.
        """
        self._roles_left -= 1
        if self._here is None or self._roles_left < 0:
            return ""
        node, around = self._here
        while around is not None and self._is_transparent(around[0], node):
            node, around = around
        if around is None:
            return ""
        parent = around[0]
        kind = self.kinds[parent.kind_id]
        if kind == "assignment":
            left = parent.child_by_field_name("left")
            return "assign " + self.text(left) if left is not None and left.end_byte < node.start_byte else "target"
        if kind == "call":
            return "argument " + self.text(parent.child_by_field_name("function"))
        return ROLES.get(kind, "")

    def _is_transparent(self, parent: Node, node: Node) -> bool:
        """Whether a node's value may be its parent's value as it is."""
        kind = self.kinds[parent.kind_id]
        if kind == "conditional_expression":
            return parent.named_child_count == 3 and parent.named_children[1] != node
        return kind in WRAPPERS

    def parameter(self, node: Node | None, scope: Scope) -> str | None:
        """The parameter that an identifier names; for an attribute of the receiver, its name behind a dot."""
        if node is None:
            return None
        kind = self.kinds[node.kind_id]
        if kind == "identifier":
            name = self._names.get(self._source[node.start_byte : node.end_byte])
            return None if name is None or name in scope.hidden else name
        if kind == "attribute" and self._prefix:
            text = self._source[node.start_byte : node.end_byte]
            if text.startswith(self._prefix) and text.count(b".") == 1:
                return text[len(self._prefix) - 1 :].decode("utf-8", "replace")
        return None

    # -- noting what was found

    def use(self, name: str, verb: str, other: str = "", place: str = "", role: str = "") -> None:
        """Note one use of a parameter."""
        use = Use(verb, other, place, role)
        found = self.body.uses.setdefault(name, [])
        if len(found) < MAX_USES and use not in found:
            found.append(use)

    def declare_global(self, name: str) -> None:
        """Remember that a name is global."""
        self._globals.add(name)

    def note_loop(self, node: Node) -> None:
        """Note what a loop goes through."""
        self.body.loops[self.text(node.child_by_field_name("right"))] = None

    def is_local(self, name: str) -> bool:
        """Whether a name is a parameter's or was assigned before."""
        return name in self.body.assigned or name.encode() in self._names

    def is_reassigned(self, name: str) -> bool:
        """Whether a name got content by an assignment before, not only as a target."""
        return any(self.body.assigned.get(name, ()))

    def assign_name(self, name: str, value: str) -> None:
        """Note the assignment of a local name, or of one that the function declared global."""
        self.body.assigned.setdefault(name, []).append(value)
        if name in self._globals:
            self.body.globals_written[name] = None

    def bind(self, target: Node | None, scope: Scope) -> None:
        """Note that the names in a target get content that no expression tells: `for p in`, `as p`, `p, q =`."""
        stack = [target] if target is not None else []
        while stack:
            node = stack.pop()
            kind = self.kinds[node.kind_id]
            if kind in PATTERNS:
                stack.extend(node.named_children)
            elif kind == "identifier" and not scope.nested:
                if name := self.parameter(node, scope):
                    self.use(name, "rebind")
                else:
                    self.assign_name(self.text(node), "")

    def change(self, node: Node | None, scope: Scope) -> None:
        """Note that what a local name stands for changes in place."""
        if node is not None and not scope.nested and self.kind(node) == "identifier":
            self.body.changed.setdefault(self.text(node), {})[scope.loop] = None

    def hide(self, names: set[str], scope: Scope) -> frozenset[str]:
        """The parameters that are hidden in a nested function with parameters of these names."""
        # Only ours count: 20,000 nested lambdas must not copy 20,000 names each.
        return scope.hidden.union(name for name in names if name.encode() in self._names)


Handler = Callable[[BodyReader, Node, list[Node], Scope], Scope | None]
Handlers = Mapping[int, Handler | None]  # by `Node.kind_id`; None for what is not visited


def enter(reader: BodyReader, node: Node, children: list[Node], scope: Scope) -> Scope:
    """A node that says nothing itself: what is in it is visited in the same scope."""
    return scope
