"""The statements that run where a module's or a class's body runs, and how sure it is that they do.

What only some platforms or old versions of Python run is told apart, so that what is documented depends neither on the
machine nor on the order of the branches: the reference is a current Python on Linux, as type checkers see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.syntax.document import Document
from glossator.syntax.symbols import CONTAINERS

CERTAIN, GUARDED, UNLIKELY = range(3)
_CLAUSES: Final = ("elif_clause", "else_clause")
_TYPING: Final = re.compile(r"(?:\w+\.)?TYPE_CHECKING")
# Conditions that hold on the reference, and those that do not: by the thing that is asked, the operator and the value.
_ASKED: Final = re.compile(
    r"(?P<what>sys\.platform|os\.name|platform\.system\(\)|sys\.version_info(?:\[0\])?|sys\.implementation\.name)"
    r"\s*(?P<operator>==|!=|>=|<=|<|>|\.startswith\()\s*(?P<value>[^()]*\)?|\([^()]*\))"
)
_JOINED: Final = re.compile(r"\b(?:and|or)\b")
_REFERENCE: Final = ("linux", "posix", "Linux", "cpython")


class Statement(NamedTuple):
    """A statement, the one behind it in its block, how sure it is that it runs, and whether only type checkers see it.

    `doubt` is CERTAIN, GUARDED (a condition stands around it) or UNLIKELY (that holds elsewhere).
    """

    node: Node
    following: Node | None = None
    doubt: int = CERTAIN
    is_typing: bool = False


def statements(document: Document, body: Node) -> Iterator[Statement]:
    """The statements that run where a body runs, those under conditions among them, in source order."""
    kinds = document.grammar.kinds
    stack = [Statement(body)]
    while stack:
        one = stack.pop()
        if kinds[one.node.kind_id] in CONTAINERS or one.node is body:
            stack.extend(reversed(list(_inner(document, one, is_body=one.node is body))))
        else:
            yield one


def _inner(document: Document, one: Statement, *, is_body: bool) -> Iterator[Statement]:
    """What stands directly in a body, a block or a compound statement."""
    kinds = document.grammar.kinds
    inner = [child for child in one.node.named_children if kinds[child.kind_id] != "comment"]
    least = one.doubt if is_body else max(one.doubt, GUARDED)
    holds, guarded = _holds(document, one.node), one.node.child_by_field_name("consequence")
    for child, following in zip(inner, [*inner[1:], None], strict=False):
        doubt, is_typing = least, one.is_typing
        if child == guarded:
            doubt = UNLIKELY if holds is False else least
            is_typing = is_typing or bool(_TYPING.fullmatch(_condition(document, one.node)))
        elif kinds[child.kind_id] in _CLAUSES:
            doubt = UNLIKELY if holds else least
            holds = holds or _holds(document, child)
        yield Statement(child, following, doubt, is_typing)


def _condition(document: Document, node: Node) -> str:
    return document.one_line(node.child_by_field_name("condition"))


def _holds(document: Document, node: Node) -> bool | None:
    """Whether the condition of an `if` or `elif` holds on the reference; None where that is not known."""
    if document.grammar.kinds[node.kind_id] not in ("if_statement", "elif_clause"):
        return None
    condition = _condition(document, node)
    words = set(_JOINED.findall(condition))
    if len(words) == 1:
        decides = words == {"or"}
        answers = [_part(one) for one in _JOINED.sub("\n", condition).split("\n")]
        return decides if decides in answers else None if None in answers else not decides
    return _part(condition)


def _part(condition: str) -> bool | None:
    """Whether a part of a condition holds."""
    condition = condition.strip()
    bare = condition.removeprefix("not ").strip()
    holds = True if _TYPING.fullmatch(bare) else _answer(bare)
    return holds if bare == condition or holds is None else not holds


def _answer(condition: str) -> bool | None:
    asked = _ASKED.fullmatch(condition)
    if asked is None:
        return None
    operator = asked["operator"]
    if asked["what"].startswith("sys.version_info"):
        return operator.startswith(">") or (operator == "==" and asked["value"].strip() == "3")
    is_reference = asked["value"].strip(" )\"'") in _REFERENCE
    return {"==": is_reference, ".startswith(": is_reference, "!=": not is_reference}.get(operator)
