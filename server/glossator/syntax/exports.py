"""What a module says that it exports: the statements about its `__all__`, as far as they can be read."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from glossator.syntax.document import Document
from glossator.syntax.statements import CERTAIN, Statement

ALL: Final = "__all__"
_SEQUENCES: Final = frozenset(("list", "tuple", "set", "expression_list", "parenthesized_expression"))
_SPREADS: Final = frozenset(("list_splat", "parenthesized_list_splat"))
_TAKEN: Final = ("extend", "append", "remove")


@dataclass(frozen=True, slots=True)
class Exports:
    """The names in `__all__`, and the names (as written) of the modules and lists whose names are in it, too.

    `is_whole` is False where something could not be read.
    """

    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    is_whole: bool = True


def exports_in(document: Document, found: Iterable[Statement]) -> Exports | None:
    """What the statements of a module make of its `__all__`; None where there is none, or nothing of it can be read."""
    reading: _Reading | None = None
    for one in found:
        node = _expression(document, one.node)
        if node is None or document.text.find(ALL.encode(), node.start_byte, node.end_byte) < 0:
            continue
        reading = _step(document, node, None if _is_anew(document, one) else reading)
    if reading is None or not (reading.is_whole or reading.names or reading.others):
        return None
    return Exports(tuple(dict.fromkeys(reading.names)), tuple(dict.fromkeys(reading.others)), reading.is_whole)


@dataclass(slots=True)
class _Reading:
    """What is known so far."""

    names: list[str]
    others: list[str]
    is_whole: bool = True

    def add(self, parts: Iterable[str | _Other | None]) -> None:
        """Take names, other lists, and what cannot be read."""
        for part in parts:
            if isinstance(part, str):
                self.names.append(part)
            elif part is not None:
                self.others.append(part.name)
            else:
                self.is_whole = False


@dataclass(frozen=True, slots=True)
class _Other:
    """Another list of names."""

    name: str


def _step(document: Document, node: Node, reading: _Reading | None) -> _Reading | None:
    """What is known after a statement."""
    kind = document.grammar.kinds[node.kind_id]
    left = node.child_by_field_name("left")
    if kind in ("assignment", "augmented_assignment") and left is not None and document.one_line(left) == ALL:
        value = node.child_by_field_name("right")
        if value is None:
            return reading
        reading = reading or _Reading([], [])
        reading.add(_names(document, value))
        return reading
    return _called(document, node, reading) if kind == "call" else reading


def _is_anew(document: Document, statement: Statement) -> bool:
    """Whether what was said before counts no more. In the other branch of a condition a list adds to the first."""
    node = _expression(document, statement.node)
    if node is None or statement.doubt != CERTAIN or document.grammar.kinds[node.kind_id] != "assignment":
        return False
    value = node.child_by_field_name("right")
    return value is not None and document.text.find(ALL.encode(), value.start_byte, value.end_byte) < 0


def _called(document: Document, node: Node, reading: _Reading | None) -> _Reading | None:
    """What is known after `__all__.extend(...)` and its like."""
    callee, _, method = document.one_line(node.child_by_field_name("function")).rpartition(".")
    arguments = node.child_by_field_name("arguments")
    if callee != ALL or method not in _TAKEN or arguments is None or arguments.named_child_count != 1:
        return reading
    reading = reading or _Reading([], [])
    argument = arguments.named_children[0]
    if method == "extend":
        reading.add(_names(document, argument))
        return reading
    text = _text(document, argument)
    if method == "append":
        reading.add([text])
    elif text in reading.names:
        reading.names.remove(text)
    return reading


def _expression(document: Document, statement: Node) -> Node | None:
    kinds = document.grammar.kinds
    if kinds[statement.kind_id] != "expression_statement" or statement.named_child_count != 1:
        return None
    return statement.named_children[0]


def _names(document: Document, value: Node) -> Iterator[str | _Other | None]:
    """The names that an expression holds, in order; None for a part that cannot be read."""
    kinds = document.grammar.kinds
    stack = [value]
    while stack:
        node = stack.pop()
        kind = kinds[node.kind_id]
        if kind in _SEQUENCES or kind in _SPREADS:
            stack.extend(reversed([child for child in node.named_children if kinds[child.kind_id] != "comment"]))
        elif kind == "binary_operator":
            sides = node.child_by_field_name("right"), node.child_by_field_name("left")
            stack.extend(side for side in sides if side is not None)
        elif kind in ("string", "concatenated_string"):
            yield _text(document, node)
        elif kind in ("identifier", "attribute"):
            name = document.one_line(node).replace(" ", "")
            if name != ALL:
                yield _Other(name)
        elif kind == "call":
            stack.extend(_argument(document, node))
            yield from _split(document, node)
        else:
            yield None


def _argument(document: Document, call: Node) -> list[Node]:
    """What `list(...)`, `tuple(...)` and `sorted(...)` take."""
    callee, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    is_known = document.one_line(callee) in ("list", "tuple", "sorted", "set")
    if arguments is None or not is_known or arguments.named_child_count != 1:
        return []
    return [arguments.named_children[0]]


def _split(document: Document, call: Node) -> Iterator[str | None]:
    """The words of `"a b".split()`; None for a call that cannot be read."""
    if _argument(document, call):
        return
    callee = call.child_by_field_name("function")
    owner = callee.child_by_field_name("object") if callee is not None else None
    text = _text(document, owner) if owner is not None else None
    if text is None or document.one_line(callee).rpartition(".")[2] != "split" or not _is_bare(call):
        yield None
        return
    yield from text.split()


def _is_bare(call: Node) -> bool:
    arguments = call.child_by_field_name("arguments")
    return arguments is not None and arguments.named_child_count == 0


def _text(document: Document, node: Node) -> str | None:
    """The text that a literal is."""
    if document.grammar.kinds[node.kind_id] not in ("string", "concatenated_string"):
        return None
    try:
        value = ast.literal_eval(document.slice(node.start_byte, node.end_byte))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, str) else None
