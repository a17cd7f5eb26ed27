"""The value of an expression, as far as it is certain whatever the program was given."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

from glossator.syntax.commands.values import (
    MAX_TEXT,
    UNKNOWN,
    Bound,
    Box,
    Given,
    Named,
    Scope,
    Unknown,
    bounded,
    formatted,
    is_plain,
    truth,
)

BUILT_INS: Final = frozenset(
    "int str float bool bytes complex list tuple dict set frozenset len sorted open print enumerate super object _ "
    "__name__ __file__ range zip isinstance getattr hasattr setattr vars map any all max min".split()
)
_COMPARED: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], object]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_CONVERTED: Final[Mapping[int, Callable[[object], str]]] = {-1: str, 115: str, 114: repr}


class Evaluator(Protocol):
    """What reading expressions needs: a bound on the work, and what calls and the attributes of objects give."""

    def spend(self) -> None:
        """Count a step. Raises TooMuch where there were too many."""

    def invoke(self, function: object, given: Given) -> object:
        """What a call gives."""

    def attribute(self, receiver: object, name: str) -> object:
        """An attribute of what the file or a library defines."""

    def resolved(self, named: Named) -> object:
        """What a name of another module stands for, the name itself where that is not to be read."""

    @property
    def is_importing(self) -> bool:
        """Whether another module than the file's own is being read."""


def value_of(evaluator: Evaluator, node: ast.expr | None, scope: Scope) -> object:
    """The value of an expression; UNKNOWN where it is not certain."""
    if node is None:
        return None
    evaluator.spend()
    reader = _READERS.get(type(node))
    return reader(evaluator, node, scope) if reader is not None else UNKNOWN


def _constant(_: Evaluator, node: ast.Constant, __: Scope) -> object:
    is_huge = isinstance(node.value, int) and node.value.bit_length() > 200  # Python would not print it
    return UNKNOWN if is_huge else bounded(node.value)


def _name(evaluator: Evaluator, node: ast.Name, scope: Scope) -> object:
    found = scope.find(node.id)
    if isinstance(found, Box):
        return evaluator.resolved(found.value) if isinstance(found.value, Named) else found.value
    return Named(node.id) if node.id in BUILT_INS else UNKNOWN


def _attribute(evaluator: Evaluator, node: ast.Attribute, scope: Scope) -> object:
    receiver = value_of(evaluator, node.value, scope)
    if isinstance(receiver, Unknown):
        return UNKNOWN
    if isinstance(receiver, Named):
        return evaluator.resolved(Named(f"{receiver.name}.{node.attr}"))
    return Bound(receiver, node.attr) if is_plain(receiver) else evaluator.attribute(receiver, node.attr)


def _sequence(evaluator: Evaluator, node: ast.Tuple | ast.List | ast.Set, scope: Scope) -> object:
    found: list[object] = []
    is_whole = True
    for one in node.elts:
        if isinstance(one, ast.Starred):
            value = value_of(evaluator, one.value, scope)
            is_whole = is_whole and isinstance(value, tuple | list)
            found.extend(value if isinstance(value, tuple | list) else ())
        else:
            found.append(value_of(evaluator, one, scope))
    return bounded(tuple(found) if isinstance(node, ast.Tuple) else found) if is_whole else UNKNOWN


def _dict(evaluator: Evaluator, node: ast.Dict, scope: Scope) -> object:
    found: dict[object, object] = {}
    for key, one in zip(node.keys, node.values, strict=True):
        value = value_of(evaluator, one, scope)
        if key is None:
            if not isinstance(value, dict):
                return UNKNOWN
            found.update(value)
            continue
        name = value_of(evaluator, key, scope)
        if not isinstance(name, str | int):
            return UNKNOWN
        found[name] = value
    return bounded(found)


def _joined(evaluator: Evaluator, node: ast.JoinedStr, scope: Scope) -> object:
    parts: list[str] = []
    for one in node.values:
        part = one.value if isinstance(one, ast.Constant) else _field(evaluator, one, scope)
        if not isinstance(part, str):
            return UNKNOWN
        parts.append(part)
    return bounded("".join(parts))


def _field(evaluator: Evaluator, node: ast.expr, scope: Scope) -> object:
    if not isinstance(node, ast.FormattedValue) or node.format_spec is not None:
        return UNKNOWN
    value, convert = value_of(evaluator, node.value, scope), _CONVERTED.get(node.conversion)
    return convert(value) if convert is not None and isinstance(value, str | int | float) else UNKNOWN


def _binary(evaluator: Evaluator, node: ast.BinOp, scope: Scope) -> object:
    left, right = value_of(evaluator, node.left, scope), value_of(evaluator, node.right, scope)
    return combined(node.op, left, right)


def combined(sign: ast.operator, left: object, right: object) -> object:
    """What an operator gives for two values."""
    if isinstance(sign, ast.Mod) and isinstance(left, str):
        return formatted(left, right)
    if isinstance(sign, ast.Add):
        return _sum(left, right)
    if isinstance(sign, ast.Mult) and isinstance(left, int) and isinstance(right, int):
        return left * right if max(left.bit_length(), right.bit_length()) < 64 else UNKNOWN
    if isinstance(sign, ast.BitOr) and isinstance(left, dict) and isinstance(right, dict):
        return bounded({**left, **right})
    if isinstance(sign, ast.LShift) and isinstance(left, int) and isinstance(right, int) and 0 <= right < 64:
        return left << right if left.bit_length() < 64 else UNKNOWN
    return UNKNOWN


def _sum(left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        return bounded(left + right)
    if isinstance(left, list) and isinstance(right, list):
        return bounded([*left, *right])
    if isinstance(left, tuple) and isinstance(right, tuple):
        return bounded((*left, *right))
    return left + right if isinstance(left, int) and isinstance(right, int) else UNKNOWN


def _unary(evaluator: Evaluator, node: ast.UnaryOp, scope: Scope) -> object:
    value = value_of(evaluator, node.operand, scope)
    if isinstance(node.op, ast.Not):
        is_true = truth(value)
        return UNKNOWN if is_true is None else not is_true
    if isinstance(node.op, ast.USub) and isinstance(value, int | float):
        return -value
    return UNKNOWN


def _either(evaluator: Evaluator, node: ast.BoolOp, scope: Scope) -> object:
    is_or = isinstance(node.op, ast.Or)
    value: object = UNKNOWN
    for one in node.values:
        value = value_of(evaluator, one, scope)
        is_true = truth(value)
        if is_true is None or is_true is is_or:
            break
    return value


def _conditional(evaluator: Evaluator, node: ast.IfExp, scope: Scope) -> object:
    is_true = truth(value_of(evaluator, node.test, scope))
    if is_true is None:
        return UNKNOWN
    return value_of(evaluator, node.body if is_true else node.orelse, scope)


def _compared(evaluator: Evaluator, node: ast.Compare, scope: Scope) -> object:
    left = value_of(evaluator, node.left, scope)
    right = value_of(evaluator, node.comparators[0], scope)
    if left == Named("__name__") and right == "__main__":
        return isinstance(node.ops[0], ast.NotEq if evaluator.is_importing else ast.Eq)
    compare = _COMPARED.get(type(node.ops[0]))
    if compare is None or len(node.ops) > 1 or isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    is_identity = isinstance(node.ops[0], ast.Is | ast.IsNot)
    if is_identity and (left is None or right is None):
        return compare(left, right) if not isinstance(left, Named) and not isinstance(right, Named) else UNKNOWN
    if is_identity or not is_plain(left) or not is_plain(right):
        return UNKNOWN
    try:
        return compare(left, right)
    except TypeError:
        return UNKNOWN


def _subscript(evaluator: Evaluator, node: ast.Subscript, scope: Scope) -> object:
    value = value_of(evaluator, node.value, scope)
    if isinstance(value, Named):  # such as list[int]
        return value
    if not isinstance(value, str | tuple | list | dict):
        return UNKNOWN
    if isinstance(node.slice, ast.Slice):
        return _part(value, [value_of(evaluator, one, scope) for one in (node.slice.lower, node.slice.upper)])
    key: Any = value_of(evaluator, node.slice, scope)
    found: Any = value
    try:
        return found[key] if isinstance(key, int | str) else UNKNOWN
    except (IndexError, KeyError, TypeError):
        return UNKNOWN


def _part(value: str | tuple[object, ...] | list[object] | dict[object, object], bounds: list[Any]) -> object:
    is_known = all(one is None or isinstance(one, int) for one in bounds)
    return value[slice(*bounds)] if is_known and not isinstance(value, dict) else UNKNOWN


def _call(evaluator: Evaluator, node: ast.Call, scope: Scope) -> object:
    function = value_of(evaluator, node.func, scope)
    return evaluator.invoke(function, given_to(evaluator, node, scope))


def given_to(evaluator: Evaluator, node: ast.Call, scope: Scope) -> Given:
    """The arguments of a call."""
    values: list[object] = []
    are_values_whole = is_whole = True
    for one in node.args:
        value = value_of(evaluator, one.value if isinstance(one, ast.Starred) else one, scope)
        if not isinstance(one, ast.Starred):
            values.append(value)
        elif isinstance(value, tuple | list) and len(values) < MAX_TEXT:
            values.extend(value)
        else:
            are_values_whole = is_whole = False
    names: dict[str, object] = {}
    for keyword in node.keywords:
        value = value_of(evaluator, keyword.value, scope)
        if keyword.arg is not None:
            names[keyword.arg] = value
        elif isinstance(value, dict):
            names.update((str(key), one) for key, one in value.items())
        else:
            is_whole = False
    return Given(tuple(values), names, is_whole, node.lineno, are_values_whole)


def _walrus(evaluator: Evaluator, node: ast.NamedExpr, scope: Scope) -> object:
    value = value_of(evaluator, node.value, scope)
    scope.names[node.target.id] = value
    return value


def _awaited(evaluator: Evaluator, node: ast.Await, scope: Scope) -> object:
    value_of(evaluator, node.value, scope)
    return UNKNOWN


def unpacked(value: object, count: int) -> Iterable[object]:
    """The values that a target of `count` names gets; UNKNOWN for each where they are not known."""
    is_known = isinstance(value, tuple | list) and len(value) == count <= MAX_TEXT
    return value if is_known and isinstance(value, tuple | list) else (UNKNOWN,) * count


_READERS: Final[Mapping[type[ast.expr], Callable[[Evaluator, Any, Scope], object]]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _either,
    ast.IfExp: _conditional,
    ast.Compare: _compared,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.NamedExpr: _walrus,
    ast.Await: _awaited,
}
