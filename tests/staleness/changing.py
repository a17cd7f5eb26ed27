"""What every kind of change has in common: the splices, what must hold afterwards, and how to get them."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from splicing import FunctionNode, Splice, first_line
from subjects import Subject

Changer = Callable[[Subject, random.Random], "Change | None"]


@dataclass(frozen=True, slots=True)
class Change:
    """One known change to a function.

    `names` are the documented things that it concerns (parameters, exceptions); `holds` looks at the changed function.
    """

    splices: tuple[Splice, ...]
    names: tuple[str, ...]
    holds: Callable[[FunctionNode], bool]


def words(subject: Subject) -> set[str]:
    """Every word of the docstring."""
    return set(re.findall(r"\w+", str(subject.docstring.value)))


def used_names(subject: Subject) -> set[str]:
    """Every name in the module, so that a new one is new everywhere."""
    return set(re.findall(r"\w+", subject.module.text.text))


def fresh_name(subject: Subject, r: random.Random, candidates: Iterable[str]) -> str | None:
    """One of the candidates that neither code nor docstring uses."""
    free = sorted(set(candidates) - used_names(subject))
    return r.choice(free) if free else None


def insertion(subject: Subject, statement: ast.stmt, lines: Iterable[str]) -> Splice | None:
    """New lines before a statement, indented like it; None if it does not begin its line."""
    text = subject.module.text
    start = text.line_start(first_line(statement))
    row = text.lines[first_line(statement) - 1]
    indent = row[: len(row) - len(row.lstrip())]
    if start + len(indent) != text.offset(first_line(statement), _column(statement)):
        return None
    return Splice(start, start, "".join(f"{indent}{line}\n" if line else "\n" for line in lines))


def names_at(node: FunctionNode) -> list[str]:
    """All parameters in their order, with their stars, `/` and `*` left out."""
    arguments = node.args
    starred = [("*", arguments.vararg), ("**", arguments.kwarg)]
    star, stars = ([mark + a.arg] if a else [] for mark, a in starred)
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    return [*positional, *star, *(a.arg for a in arguments.kwonlyargs), *stars]


def default_of(node: FunctionNode, name: str) -> ast.expr | None:
    """The default of a parameter."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    tail = positional[len(positional) - len(arguments.defaults) :]
    pairs = [
        *zip(tail, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return next((default for argument, default in pairs if argument.arg == name), None)


def argument_of(node: FunctionNode, name: str) -> ast.arg:
    """A parameter by its name."""
    return next(a for a in ast.walk(node.args) if isinstance(a, ast.arg) and a.arg == name)


def hides_names(subject: Subject) -> bool:
    """Whether the function speaks of its variables by other means than their names."""
    calls = {n.func.id for n in ast.walk(subject.node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    if calls & {"locals", "vars", "eval", "exec", "dir"}:
        return True
    return any(isinstance(n, (ast.Global, ast.Nonlocal, ast.ClassDef, ast.Match)) for n in ast.walk(subject.node))


def renaming(subject: Subject, old: str, new: str) -> list[Splice] | None:
    """Splices that give a variable another name all through the function; None if its places are not certain."""
    text = subject.module.text
    splices = []
    for node in ast.walk(subject.node):
        if isinstance(node, ast.JoinedStr) and any(_is_name(inner, old) for inner in ast.walk(node)):
            return None  # before Python 3.12, places within f-strings are wrong
        if isinstance(node, ast.ExceptHandler) and node.name == old:
            return None
        is_inner = isinstance(node, (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef)) and node is not subject.node
        if is_inner and any(isinstance(inner, ast.arg) and inner.arg == old for inner in ast.walk(node)):
            return None
        if _is_name(node, old):
            assert isinstance(node, ast.Name)
            splices.append(Splice(text.start(node), text.end(node), new))
    return splices


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _column(statement: ast.stmt) -> int:
    """Column of a statement; a decorated one begins at the sign before its first decorator."""
    decorators = getattr(statement, "decorator_list", [])
    return min(d.col_offset for d in decorators) - 1 if decorators else statement.col_offset
