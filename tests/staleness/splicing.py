"""Source text, and changes to it by the positions of `ast`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Splice:
    """Characters from `start` to `end` give way to `text`."""

    start: int
    end: int
    text: str


class Text:
    """A source text whose nodes' places are offsets in characters."""

    def __init__(self, text: str) -> None:
        """Note where the lines begin."""
        self.text = text
        self.lines = text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, line: int, column: int) -> int:
        """Place of a line (from 1) and a column in UTF-8 bytes, as `ast` counts them."""
        row = self.lines[line - 1]
        characters = column if row.isascii() else len(row.encode()[:column].decode())
        return self._starts[line - 1] + characters

    def line_start(self, line: int) -> int:
        """Where a line (from 1) begins."""
        return self._starts[line - 1]

    def start(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword) -> int:
        """Where a node begins."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword) -> int:
        """Where a node ends."""
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def of(self, node: ast.expr | ast.stmt | ast.arg) -> str:
        """A node's own text."""
        return self.text[self.start(node) : self.end(node)]


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """The text after all splices, which must not overlap."""
    for splice in sorted(splices, key=lambda s: (s.start, s.end), reverse=True):
        text = text[: splice.start] + splice.text + text[splice.end :]
    return text


def own(function: FunctionNode, *kinds: type[ast.AST]) -> list[ast.AST]:
    """Nodes of these kinds in a function's body, those of functions and classes within it left out."""
    found: list[ast.AST] = []
    queue: list[ast.AST] = list(function.body)
    while queue:
        node = queue.pop()
        if isinstance(node, kinds):
            found.append(node)
        if not isinstance(node, _SCOPES):
            queue += ast.iter_child_nodes(node)
    return found


def first_line(statement: ast.stmt) -> int:
    """Line of a statement, its decorators counted in."""
    decorators: Sequence[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def last_line(statement: ast.stmt) -> int:
    """Last line of a statement."""
    return statement.end_lineno or statement.lineno


def docstring_node(node: ast.AST) -> ast.Constant | None:
    """The string that documents a definition or a module."""
    body = getattr(node, "body", None)
    if not isinstance(body, list) or not body or not isinstance(body[0], ast.Expr):
        return None
    value = body[0].value
    return value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def undocumented_dump(node: object) -> str:
    """Like `ast.dump`, with documented bodies beginning at their second statement."""
    if isinstance(node, list):
        return "[" + ",".join(undocumented_dump(item) for item in node) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    parts = []
    has_docstring = isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
    skipped = 1 if has_docstring and docstring_node(node) is not None else 0
    for name, value in ast.iter_fields(node):
        shown = value[skipped:] if name == "body" and isinstance(value, list) else value
        parts.append(f"{name}={undocumented_dump(shown)}")
    return f"{type(node).__name__}({','.join(parts)})"
