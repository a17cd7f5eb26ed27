"""What is measured: files of the standard library, with and without docstrings, and places to type in them."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIBRARY = Path(ast.__file__).parent
LARGE = LIBRARY / "_pydecimal.py"  # 6,425 lines in Python 3.11
FOREIGN = {"site-packages", "test", "tests", "idlelib", "lib2to3", "__pycache__"}
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Site:
    """A function without docstring: where a name in its body ends, its own name, and the end of its header's line."""

    line: int
    character: int
    def_line: int
    def_character: int
    header_line: int
    indent: int


def tree_of(text: str | bytes) -> ast.Module | None:
    """The tree of a file, None if Python cannot parse it."""
    with warnings.catch_warnings(action="ignore"):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            return None


def sites(text: str) -> list[Site]:
    """Places to type: one in each function without docstring, on ASCII lines, so that columns are characters."""
    lines = text.split("\n")
    found = []
    for node in ast.walk(tree_of(text) or ast.Module([], [])):
        if not isinstance(node, FUNCTIONS) or ast.get_docstring(node) is not None or is_private(node.name):
            continue
        names = [
            inner
            for inner in ast.walk(node.body[0])
            if isinstance(inner, ast.Name) and lines[inner.lineno - 1].isascii()
        ]
        header = node.body[0].lineno - 2
        if names and header >= node.lineno - 1 and lines[header].rstrip().endswith(":"):
            last = max(names, key=lambda name: (name.end_lineno or 0, name.end_col_offset or 0))
            head = lines[node.lineno - 1]
            found.append(
                Site(
                    (last.end_lineno or 1) - 1,
                    last.end_col_offset or 0,
                    node.lineno - 1,
                    head.index(node.name, node.col_offset + 3) + 1,
                    header,
                    node.body[0].col_offset,
                )
            )
    return found


def is_private(name: str) -> bool:
    """Whether nobody expects documentation."""
    return name.startswith("_") and not name.endswith("__")


class OpenFile:
    """A document as the client sees it: it types a character at a site and takes it back the next time."""

    def __init__(self, path: Path) -> None:
        """Read a file of the workspace."""
        self.uri = path.as_uri()
        self.text = path.read_text(encoding="utf-8")
        self.sites = sites(self.text)
        self.version = 1
        self._typed: set[int] = set()

    def opening(self) -> dict[str, Any]:
        """The parameters of didOpen."""
        return {"textDocument": {"uri": self.uri, "languageId": "python", "version": self.version, "text": self.text}}

    def change(self, line: int, character: int, removed: int, text: str) -> dict[str, Any]:
        """The parameters of a didChange that replaces `removed` characters."""
        self.version += 1
        start, end = {"line": line, "character": character}, {"line": line, "character": character + removed}
        return {
            "textDocument": {"uri": self.uri, "version": self.version},
            "contentChanges": [{"range": {"start": start, "end": end}, "text": text}],
        }

    def keystroke(self, number: int) -> tuple[dict[str, Any], Site]:
        """Type `x` at the end of a name in a function's body, or take it back."""
        index = number % len(self.sites)
        site = self.sites[index]
        if index in self._typed:
            self._typed.remove(index)
            return self.change(site.line, site.character, 1, ""), site
        self._typed.add(index)
        return self.change(site.line, site.character, 0, "x"), site


def library_files() -> list[Path]:
    """The modules of the standard library, without its tests and large applications."""
    found = sorted(path for path in LIBRARY.rglob("*.py") if not FOREIGN & set(path.relative_to(LIBRARY).parts))
    return [path for path in found if path.stat().st_size < 1 << 20]


def write_stripped(files: list[Path], folder: Path) -> int:
    """Write files without docstrings into a folder; how many functions and methods are in them."""
    count = 0
    for path in files:
        raw = path.read_bytes()
        tree = tree_of(raw)
        if tree is None or b"\r" in raw or b"\x0c" in raw:
            continue
        target = folder / path.relative_to(LIBRARY)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(stripped(raw, tree))
        count += sum(isinstance(node, FUNCTIONS) for node in ast.walk(tree))
    return count


def stripped(raw: bytes, tree: ast.Module) -> bytes:
    """A file without its docstrings: lines that they have for themselves go, a sole statement becomes `pass`."""
    lines = raw.split(b"\n")
    for node in ast.walk(tree):
        if not isinstance(node, (*DEFINITIONS, ast.Module)) or ast.get_docstring(node, clean=False) is None:
            continue
        doc = node.body[0]
        first, last = doc.lineno - 1, (doc.end_lineno or doc.lineno) - 1
        if lines[first][: doc.col_offset].strip() or lines[last][doc.end_col_offset :].strip():
            continue
        filler = (
            lines[first][: doc.col_offset] + b"pass"
            if len(node.body) == 1 and not isinstance(node, ast.Module)
            else None
        )
        lines[first : last + 1] = [filler or b"\0"] + [b"\0"] * (last - first)
    return b"\n".join(line for line in lines if line != b"\0")
