"""The environment variables that a file reads by names that stand in it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from glossator.syntax.commands.parsing import parsed
from glossator.syntax.document import Document

MAX_SHOWN: Final = 80  # characters of a default
_READING: Final = ("get", "setdefault", "pop")
_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SOURCES: Final = {"os.environ": "environ", "os.getenv": "getenv", "os.environb": "environ"}


@dataclass(frozen=True, slots=True)
class Variable:
    """One place where an environment variable is read.

    `default` is the source of what is taken where it is not set ("" where there is none, or it is long); where it
    `is_required`, the code fails without it: it is read without a default, outside of any `try`, and nowhere asked for.
    `path` is the definition around, "" in the module itself; `line` is 1-based.
    """

    name: str
    default: str = ""
    is_required: bool = False
    path: str = ""
    line: int = 0


@dataclass(slots=True)
class _Names:
    """What names of a file stand for: modules and functions of `os`, and texts that are assigned once."""

    imported: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def environment_of(document: Document) -> tuple[Variable, ...]:
    """The environment variables that a file reads, in the order of the text; those that it only sets are none.

    Cost: a search of the text for a file that reads none, else a parse.
    """
    has_any = b"environ" in document.text or b"getenv" in document.text
    tree = parsed(document.text) if has_any and not document.declined else None
    if tree is None:
        return ()
    found = sorted(_read(tree, _names(tree)), key=lambda one: one.line)
    optional = {one.name for one in found if not one.is_required}
    return tuple(replace(one, is_required=one.is_required and one.name not in optional) for one in found)


def _names(tree: ast.Module) -> _Names:
    found = _Names()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.imported.update((one.asname or "os", "os") for one in node.names if one.name == "os")
        elif isinstance(node, ast.ImportFrom) and node.module == "os" and not node.level:
            found.imported.update((one.asname or one.name, f"os.{one.name}") for one in node.names)
    bound = Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not _is_read(node))
    bound.update(node.arg for node in ast.walk(tree) if isinstance(node, ast.arg))
    for statement in tree.body:
        target, value = _assigned(statement)
        if target and bound[target] == 1 and value:
            found.texts[target] = value
    return found


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _assigned(node: ast.stmt) -> tuple[str, str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    if len(targets) != 1 or not isinstance(targets[0], ast.Name) or not is_text or not isinstance(value, ast.Constant):
        return "", ""
    return targets[0].id, str(value.value)


def _read(tree: ast.Module, names: _Names) -> Iterator[Variable]:
    # A stack, not recursion: how deep code nests is not ours to decide.
    pending: list[tuple[ast.AST, str, bool]] = [(tree, "", False)]
    while pending:
        node, path, is_tried = pending.pop()
        found = _variable(node, path, names)
        if found is not None:
            yield replace(found, is_required=found.is_required and not is_tried)
        inner = f"{path}.{node.name}".lstrip(".") if isinstance(node, _DEFINITIONS) else path
        is_tried = is_tried or isinstance(node, ast.Try)
        pending.extend((child, inner, is_tried) for child in ast.iter_child_nodes(node))


def _variable(node: ast.AST, path: str, names: _Names) -> Variable | None:
    """What a node reads of the environment."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        name = _text(node.slice, names) if _source(node.value, names) == "environ" else ""
        return Variable(name, is_required=True, path=path, line=node.lineno) if name else None
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        name = _text(node.left, names) if _source(node.comparators[0], names) == "environ" else ""
        return Variable(name, path=path, line=node.lineno) if name else None
    if not isinstance(node, ast.Call) or not node.args or not _reads(node.func, names):
        return None
    name = _text(node.args[0], names)
    given = [*node.args[1:2], *(one.value for one in node.keywords if one.arg == "default")]
    default = ast.unparse(given[0]) if given and _is_flat(given[0]) else ""
    is_required = isinstance(node.func, ast.Attribute) and node.func.attr == "pop" and not given
    shown = default if len(default) <= MAX_SHOWN and default != "None" else ""
    return Variable(name, shown, is_required, path, node.lineno) if name else None


def _reads(node: ast.expr, names: _Names) -> bool:
    if isinstance(node, ast.Attribute) and node.attr in _READING:
        return _source(node.value, names) == "environ"
    return _source(node, names) == "getenv"


def _source(node: ast.expr, names: _Names) -> str:
    """Which of the ways to the environment an expression is; "" for none."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return _SOURCES.get(f"{names.imported.get(node.value.id, '')}.{node.attr}", "")
    return _SOURCES.get(names.imported.get(node.id, ""), "") if isinstance(node, ast.Name) else ""


def _text(node: ast.expr, names: _Names) -> str:
    value: object = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if isinstance(node, ast.Name):
        value = names.texts.get(node.id)
    is_name = isinstance(value, str) and value.isprintable() and "=" not in value and len(value) <= MAX_SHOWN
    return value if is_name and isinstance(value, str) else ""


def _is_flat(node: ast.expr) -> bool:
    """Whether an expression is small enough to be shown."""
    return sum(1 for _ in ast.walk(node)) <= MAX_SHOWN


def by_name(variables: tuple[Variable, ...]) -> Mapping[str, tuple[Variable, ...]]:
    """The places of each variable, in the order of their names."""
    found: dict[str, tuple[Variable, ...]] = {}
    for one in sorted(variables, key=lambda variable: variable.name):
        found[one.name] = (*found.get(one.name, ()), one)
    return found
