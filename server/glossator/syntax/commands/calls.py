"""Which functions of a file are worth following, and what their parameters are bound to."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from glossator.syntax.commands.values import UNKNOWN, Given

_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_CHANGING: Final = frozenset("append extend insert remove pop clear sort reverse update setdefault add discard".split())
_NOTHING: Final = object()


@dataclass(slots=True)
class Frame:
    """A function that is being followed, and what it gives."""

    node: ast.AST
    receiver: object = None
    _given: object = _NOTHING

    def give(self, value: object) -> None:
        """Take what a `return` gives; where several give different values, which of them is unknown."""
        self._given = value if self._given is _NOTHING or self._given is value else UNKNOWN

    @property
    def result(self) -> object:
        """What a call gives."""
        return None if self._given is _NOTHING else self._given


def relevant_names(tree: ast.Module, words: frozenset[str]) -> frozenset[str]:
    """The names of the functions and methods that use one of the words, or call one that does."""
    used: defaultdict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            inits = [one for one in node.body if isinstance(one, _DEFINITIONS) and one.name == "__init__"]
            used[node.name].update(name for one in inits for name in _names_in(one))
        elif isinstance(node, _DEFINITIONS):
            used[node.name].update(_names_in(node))
    found: set[str] = set()
    users: defaultdict[str, set[str]] = defaultdict(set)
    for name, names in used.items():
        for one in names:
            users[one].add(name)
    pending = [name for word in words for name in users[word]]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending.extend(users[name])
    return frozenset(found)


def _names_in(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Attribute):
            yield one.attr


def changing_names(tree: ast.Module) -> frozenset[str]:
    """Names whose values are changed in place somewhere, or that functions bind anew from within."""
    found: set[str] = set()
    equal: list[tuple[str, str]] = []  # two names of one value
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            equal += [(node.value.id, one.id) for one in node.targets if isinstance(one, ast.Name)]
        if isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
        target = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
            target = node.func.value
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            target = node.value
        elif isinstance(node, ast.AugAssign):
            target = node.target
        if isinstance(target, ast.Name):
            found.add(target.id)
    return frozenset(found | {one for pair in equal if not found.isdisjoint(pair) for one in pair})


def bind(
    parameters: ast.arguments, receiver: tuple[object, ...], given: Given, defaults: Sequence[object]
) -> Mapping[str, object]:
    """What each parameter is in a call: what is given, its default, or UNKNOWN. `defaults`: those of keywords last."""
    positional = [*parameters.posonlyargs, *parameters.args]
    first_default = len(positional) - len(parameters.defaults)
    found: dict[str, object] = {}
    values = (*receiver, *given.values)
    are_whole = given.are_values_whole
    for index, one in enumerate(positional):
        default = defaults[index - first_default] if index >= first_default else UNKNOWN
        at = index if are_whole or index < len(receiver) else -1
        found[one.arg] = Given(values, given.names, given.is_whole, 0).get(one.arg, at, default)
    for index, one in enumerate(parameters.kwonlyargs):
        default = defaults[len(parameters.defaults) + index] if parameters.kw_defaults[index] else UNKNOWN
        found[one.arg] = given.names.get(one.arg, default if given.is_whole else UNKNOWN)
    if parameters.vararg is not None:
        found[parameters.vararg.arg] = tuple(values[len(positional) :]) if are_whole else UNKNOWN
    if parameters.kwarg is not None:
        rest = {name: value for name, value in given.names.items() if name not in found}
        found[parameters.kwarg.arg] = rest if given.is_whole else UNKNOWN
    return found
