"""Functions of the standard library with their docstrings taken out: what a model is asked to document."""

from __future__ import annotations

import ast
import random
import sysconfig
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
LIBRARY = Path(sysconfig.get_path("stdlib"))
_LEFT_OUT = frozenset("test tests idlelib turtledemo lib2to3 site-packages dist-packages __pycache__".split())
_SHORTEST, _LONGEST = 3, 60  # lines of a body: less leaves nothing to say, more does not fit a small model's prompt
_FEWEST = 2  # statements of a body, its docstring among them


@dataclass(frozen=True, slots=True)
class Sample:
    """One documented function: its file and path, the file's text without any docstring, and what people wrote.

    `documented` is the file's text with that one docstring.
    """

    file: Path
    path: str
    stripped: bytes
    human: str
    documented: bytes


def sampled(count: int, seed: int, folder: Path = LIBRARY) -> list[Sample]:
    """So many functions of a folder, drawn by the seed; of one file no more than one in `count`, but one at least."""
    files = [
        file for file in sorted(folder.rglob("*.py")) if not _LEFT_OUT.intersection(file.relative_to(folder).parts)
    ]
    draw = random.Random(seed)
    draw.shuffle(files)
    found: list[Sample] = []
    for file in files:
        if len(found) == count:
            break
        module = _module(file)
        chosen = list(_documented(module)) if module is not None else []
        if module is not None and chosen:
            path, node = draw.choice(chosen)
            raw = file.read_bytes()
            own = stripped(module, raw, node)
            found.append(Sample(file, path, stripped(module, raw), ast.get_docstring(node) or "", own))
    return found


def stripped(module: ast.Module, raw: bytes, kept: FunctionNode | None = None) -> bytes:
    """A file without docstrings, but that of `kept`; where one was all of a body, `pass` is in its place.

    Raises ValueError where anything but docstrings would change.
    """
    lines = raw.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    text = raw
    for owner, node in sorted(_docstrings(module), key=lambda pair: -pair[1].lineno):
        start, end = (
            starts[node.lineno - 1] + node.col_offset,
            starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0),
        )
        if owner is kept:
            continue
        is_all = len(owner.body) == 1 and not isinstance(owner, ast.Module)
        text = text[:start] + (b"pass" if is_all else b"") + text[end:].removeprefix(b";" if not is_all else b"\0")
    if ast.dump(_bare(ast.parse(text))) != ast.dump(_bare(module)):
        raise ValueError("more than docstrings would change")
    return text


def _module(file: Path) -> ast.Module | None:
    raw = file.read_bytes()
    try:
        raw.decode("utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(raw)
            stripped(module, raw)
    except (SyntaxError, ValueError):
        return None  # another encoding, or broken on purpose
    return module


def _docstrings(module: ast.Module) -> Iterator[tuple[ast.Module | ast.ClassDef | FunctionNode, ast.Expr]]:
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Module | ast.ClassDef | FunctionNode)
            and ast.get_docstring(node, clean=False) is not None
        ):
            first = node.body[0]
            assert isinstance(first, ast.Expr)
            yield node, first


def _bare(module: ast.Module) -> ast.Module:
    """A tree of its own without docstrings and `pass`."""
    tree = ast.parse(ast.unparse(module))
    for owner, node in list(_docstrings(tree)):
        owner.body.remove(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | FunctionNode):
            node.body = [one for one in node.body if not isinstance(one, ast.Pass)]
    return tree


def _documented(module: ast.Module) -> Iterator[tuple[str, FunctionNode]]:
    """The functions and methods that somebody documented, with their paths."""
    owners: list[tuple[str, Iterable[ast.stmt]]] = [("", module.body)]
    owners += [(f"{node.name}.", node.body) for node in module.body if isinstance(node, ast.ClassDef)]
    names = [f"{before}{node.name}" for before, body in owners for node in body if isinstance(node, FunctionNode)]
    for before, body in owners:
        for node in body:
            if isinstance(node, FunctionNode) and names.count(f"{before}{node.name}") == 1 and _is_worth_it(node):
                yield f"{before}{node.name}", node


def _is_worth_it(node: FunctionNode) -> bool:
    if not ast.get_docstring(node) or len(node.body) < _FEWEST or node.name.startswith("__"):
        return False
    lines = (node.end_lineno or 0) - (node.body[0].end_lineno or 0)
    return _SHORTEST <= lines <= _LONGEST
