"""Code of tests and examples that shows how something is called, taken as it stands, with the imports that it needs.

What would not run by itself is left out: what uses a helper or fixture of its file, or is run for several values.
"""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from glossator.syntax.commands.parsing import parsed
from glossator.syntax.document import Document

MAX_LINES: Final = 25
# What pytest gives every test: who reads the test knows what that is.
FIXTURES: Final = frozenset("tmp_path tmp_path_factory monkeypatch capsys caplog recwarn request".split())
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES: Final = (*_FUNCTIONS, ast.ClassDef)
_NAMED: Final = (*_SCOPES, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
_HARMLESS_MARKS: Final = frozenset(("asyncio", "anyio", "trio", "slow"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of code that calls something: absolute names of all that it calls (`pkg.Feed`, `pkg.Feed.merge`).

    `asserts` says whether the code tells what comes of it, and not only that it fails; `needs` counts the fixtures that
    it is given. `line` is 1-based.
    """

    calls: frozenset[str]
    code: str
    name: str
    line: int
    asserts: bool
    needs: int = 0


@dataclass(slots=True)
class _Head:
    """What stands before the tests: statements by the names that they bind, and what imported names mean."""

    lines: list[str]
    imports: dict[str, ast.stmt] = field(default_factory=dict)
    constants: dict[str, ast.stmt] = field(default_factory=dict)
    meanings: dict[str, str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)

    def source(self, node: ast.stmt) -> str:
        """A statement's lines as they stand in the file."""
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
        return "\n".join(self.lines[first - 1 : node.end_lineno])


def shown_in_tests(document: Document) -> tuple[Shown, ...]:
    """The test functions of a file that can be shown, in their order; none where it cannot be parsed."""
    tree = None if document.declined else parsed(document.text)
    if tree is None:
        return ()
    head = _head(tree, document)
    tests = [one for one in tree.body if isinstance(one, _FUNCTIONS) and one.name.startswith("test")]
    return tuple(shown for one in tests if (shown := _test(one, head)) is not None)


def shown_in_script(document: Document) -> Shown | None:
    """A whole file of examples, if it is short enough."""
    tree = None if document.declined else parsed(document.text)
    code = document.text.decode("utf-8", "replace").strip("\r\n")
    if tree is None or len(code.splitlines()) > MAX_LINES:
        return None
    calls = frozenset(_calls(tree, _head(tree, document).meanings))
    prints = any(isinstance(one, ast.Name) and one.id == "print" for one in ast.walk(tree))
    return Shown(calls, "\n".join(code.splitlines()), "", 1, prints) if calls else None


def _head(tree: ast.Module, document: Document) -> _Head:
    head = _Head(document.text.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for local, meaning in _imported(node):
                head.doubtful.update({local} & head.imports.keys())
                head.imports[local], head.meanings[local] = node, meaning
            continue
        for name in _bound(node):
            head.doubtful.update({name} & (head.imports.keys() | head.constants.keys()))
            if isinstance(node, ast.Assign | ast.AnnAssign):
                head.constants[name] = node
            else:
                head.doubtful.add(name)
    return head


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    for one in node.names:
        if isinstance(node, ast.ImportFrom):
            yield one.asname or one.name, f"{'.' * node.level}{node.module or ''}.{one.name}"
        else:
            root = one.name.partition(".")[0]
            yield (one.asname, one.name) if one.asname else (root, root)


def _test(node: ast.FunctionDef | ast.AsyncFunctionDef, head: _Head) -> Shown | None:
    if not all(_is_harmless(one) for one in node.decorator_list) or node.end_lineno is None:
        return None
    given = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    own = node.end_lineno - node.lineno + 1
    if own > MAX_LINES or not FIXTURES.issuperset(given):
        return None
    needed = _needed(node, head)
    if needed is None:
        return None
    imports = [head.source(one) for one in needed if isinstance(one, ast.Import | ast.ImportFrom)]
    others = [head.source(one) for one in needed if not isinstance(one, ast.Import | ast.ImportFrom)]
    parts = ["\n".join(part) for part in (imports, others) if part]
    code = "\n\n\n".join([*["\n\n".join(parts)] * bool(parts), textwrap.dedent(head.source(node))])
    if len(code.splitlines()) > MAX_LINES:
        return None
    calls = frozenset(_calls(node, head.meanings))
    asserts = any(isinstance(one, ast.Assert) for one in ast.walk(node))
    return Shown(calls, code, node.name, node.lineno, asserts, len(given)) if calls else None


def _is_harmless(decorator: ast.expr) -> bool:
    """Whether a test means the same without what is written above it, as a mark for a loop."""
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    is_mark = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "mark"
    return is_mark and isinstance(node, ast.Attribute) and node.attr in _HARMLESS_MARKS


def _needed(node: ast.AST, head: _Head) -> list[ast.stmt] | None:
    """The statements of the head that a test needs, in their order; None where it needs what cannot be shown."""
    found: dict[int, ast.stmt] = {}
    pending = [node]
    while pending:
        for name in _free(pending.pop()):
            if hasattr(builtins, name) and name not in head.doubtful and name not in head.imports:
                continue
            statement = head.imports.get(name) or head.constants.get(name)
            if statement is None or name in head.doubtful:
                return None
            if statement.lineno not in found:
                found[statement.lineno] = statement
                pending.extend([statement] if name in head.constants else [])
    return [found[line] for line in sorted(found)]


def _free(node: ast.AST) -> set[str]:
    """The names that some code takes from around it. A name that it binds anywhere is its own."""
    used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    return used - set(_bound_within(node))


def _bound_within(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
            yield one.id
        elif isinstance(one, ast.arg):
            yield one.arg
        elif isinstance(one, _SCOPES) or (
            isinstance(one, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and one.name
        ):
            yield str(one.name)
        elif isinstance(one, ast.Import | ast.ImportFrom):
            yield from (local for local, _ in _imported(one))


def _bound(node: ast.stmt) -> Iterator[str]:
    """What a statement of the module binds, in its own scope."""
    if isinstance(node, _SCOPES):
        yield node.name
    else:
        yield from _bound_within(node)


def _calls(tree: ast.AST, around: Mapping[str, str]) -> Iterator[str]:
    """The absolute names of what some code calls, of methods those of objects that it makes itself."""
    inner = [pair for one in ast.walk(tree) if isinstance(one, ast.Import | ast.ImportFrom) for pair in _imported(one)]
    meanings = {**around, **dict(inner)}
    imported = dict(inner).keys() if isinstance(tree, _FUNCTIONS) else meanings.keys()
    for name in set(_bound_within(tree)) - imported:
        meanings.pop(name, None)
    meanings.update(_made(tree, meanings))
    for node in ast.walk(tree):
        name = _meaning(node.func, meanings) if isinstance(node, ast.Call) else ""
        if name:
            yield name
            yield from _ways_to(name)


def _ways_to(name: str) -> Iterator[str]:
    """Who calls `pkg.Feed.empty` shows `pkg.Feed`, too, where that is a class by its name."""
    owner, _, _ = name.rpartition(".")
    if owner.rpartition(".")[2][:1].isupper():
        yield owner


def _made(tree: ast.AST, meanings: Mapping[str, str]) -> Mapping[str, str]:
    """Local names that are bound once, to what calling something gives: their attributes are those of that."""
    bound: dict[str, list[str]] = {}
    targets: list[tuple[ast.expr | None, ast.expr]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            targets.append((node.targets[0], node.value))
        elif isinstance(node, ast.withitem):
            targets.append((node.optional_vars, node.context_expr))
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.setdefault(node.id, []).append("")
    found = {}
    for target, value in targets:
        is_once = isinstance(target, ast.Name) and len(bound.get(target.id, ())) == 1
        name = _meaning(value.func, meanings) if isinstance(value, ast.Call) else ""
        if isinstance(target, ast.Name) and is_once and name.rpartition(".")[2][:1].isupper():
            found[target.id] = name
    return found


def _meaning(node: ast.expr, meanings: Mapping[str, str]) -> str:
    """The absolute name of a dotted one, "" where it is not known."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id[:1].isupper():
            node = node.func  # Feed().merge
    root = meanings.get(node.id, "") if isinstance(node, ast.Name) else ""
    return ".".join([root, *reversed(parts)]) if root and not root.startswith(".") else ""
