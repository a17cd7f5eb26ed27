"""Documented functions to make cases of: whose docstring is read for certain, and whose code nothing hides."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reading import Reading, reading
from splicing import FunctionNode, Text, docstring_node, first_line, last_line, own

# Decorators that change neither the parameters nor what is returned, raised or documented.
HARMLESS = {
    "staticmethod",
    "classmethod",
    "final",
    "lru_cache",
    "cache",
    "_dispatchable",
    "not_implemented_for",
    "deprecated",
    "beta",
}
_SKIPPED_FOLDERS = {"tests", "test", "testing", "_vendor", "vendor", "_vendored", "__pycache__"}
_LINES_LIMIT = 1500


@dataclass(frozen=True, slots=True)
class Module:
    """One file of a package; `name` is its path below the folder of packages."""

    name: str
    text: Text
    tree: ast.Module

    @property
    def package(self) -> str:
        """The folder that it came in."""
        return self.name.split("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Subject:
    """One function; `symbol` is its path in the module, as in `Class.method`."""

    module: Module
    node: FunctionNode
    owner: ast.ClassDef | None
    symbol: str
    doc: Reading

    @property
    def receiver(self) -> str | None:
        """The parameter that stands for the object or the class."""
        names = [decorator_name(d) for d in self.node.decorator_list]
        positional = [*self.node.args.posonlyargs, *self.node.args.args]
        return positional[0].arg if self.owner and "staticmethod" not in names and positional else None

    @property
    def docstring(self) -> ast.Constant:
        """The string itself."""
        node = docstring_node(self.node)
        assert node is not None
        return node

    @property
    def body(self) -> list[ast.stmt]:
        """The statements after the docstring."""
        return self.node.body[1:]

    @property
    def plain(self) -> list[ast.arg]:
        """Parameters that people pass one by one: neither the receiver nor starred ones."""
        arguments = self.node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        return [argument for argument in every if argument.arg != self.receiver]

    @property
    def parameters(self) -> set[str]:
        """Names of all parameters but the receiver."""
        starred = [a.arg for a in (self.node.args.vararg, self.node.args.kwarg) if a]
        return {*(argument.arg for argument in self.plain), *starred}

    @property
    def is_consistent(self) -> bool:
        """Whether every documented parameter exists."""
        return set(self.doc.parameters) <= self.parameters

    @property
    def is_complete(self) -> bool:
        """Whether every parameter that people pass one by one is documented, and only such as exist."""
        return self.is_consistent and {argument.arg for argument in self.plain} <= set(self.doc.parameters)


def modules(folder: Path) -> Iterator[Module]:
    """Python files beneath a folder that are short enough and plain text."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        if _SKIPPED_FOLDERS.isdisjoint(parts) and not path.name.startswith("test_"):
            module = read_module(path, "/".join(parts))
            if module is not None:
                yield module


def read_module(path: Path, name: str) -> Module | None:
    """The file, unless its encoding, its line ends or its syntax call for more care than a case is worth."""
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        return None
    if any(odd in text for odd in "\r\f\t\v\ufeff\x85\u2028\u2029") or text.count("\n") > _LINES_LIMIT:
        return None
    tree = parsed(text)
    return Module(name, Text(text), tree) if tree else None


def parsed(text: str) -> ast.Module | None:
    """The tree; None if the text is no Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            return None


def subjects(module: Module) -> list[Subject]:
    """Functions and methods that a case can be made of, in their order."""
    placed = list(definitions(module.tree))
    occurrences = Counter(symbol for symbol, _, _ in placed)
    found = []
    for symbol, node, owner in placed:
        if occurrences[symbol] == 1 and _is_plain(node, owner):
            doc = _read(node, module.text)
            if doc is not None:
                found.append(Subject(module, node, owner, symbol, doc))
    return found


def definitions(
    scope: ast.Module | ast.ClassDef, prefix: str = "", *, owner: ast.ClassDef | None = None
) -> Iterator[tuple[str, FunctionNode, ast.ClassDef | None]]:
    """Functions of a module and methods of its classes; what stands under a condition or in a function is left out."""
    for node in scope.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + node.name, node, owner
        elif isinstance(node, ast.ClassDef):
            yield from definitions(node, f"{prefix}{node.name}.", owner=node)


def line_range(node: FunctionNode) -> tuple[int, int]:
    """First and last line of a function, its decorators among them."""
    return first_line(node), last_line(node)


def decorator_name(node: ast.expr) -> str:
    """Last part of a decorator's name."""
    target = node.func if isinstance(node, ast.Call) else node
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def _is_plain(node: FunctionNode, owner: ast.ClassDef | None) -> bool:
    if not all(decorator_name(decorator) in HARMLESS for decorator in node.decorator_list):
        return False
    if node.name.startswith("__") and node.name != "__init__":
        return False
    if owner and any(decorator_name(base) == "Protocol" for base in owner.bases):
        return False
    return not _is_stub(node)


def _is_stub(node: FunctionNode) -> bool:
    """Whether nothing but a promise stands after the docstring."""
    body = node.body[1:]
    for raised in own(node, ast.Raise):
        error = raised.exc if isinstance(raised, ast.Raise) else None
        if error is not None and decorator_name(error) in ("NotImplementedError", "NotImplemented"):
            return True
    empty = (ast.Pass, ast.Expr)
    return all(isinstance(s, empty) and isinstance(getattr(s, "value", None), ast.Constant | None) for s in body)


def _read(node: FunctionNode, text: Text) -> Reading | None:
    """The docstring, if its lines are those of the source."""
    literal = docstring_node(node)
    if literal is None or node.body[1].lineno == last_line(node.body[0]):
        return None
    source = text.of(literal)
    plain = source.startswith(('"""', "'''", 'r"""', "r'''")) and source.count(source[-3:]) == 2
    if not plain or literal.lineno == node.lineno or ("\\" in source and not source.startswith("r")):
        return None
    return reading(str(literal.value))
