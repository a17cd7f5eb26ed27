"""Changes of what comes back: a return is added or dropped, or becomes a yield."""

from __future__ import annotations

import ast
import random
import re

from changing import Change
from splicing import FunctionNode, Splice, first_line, last_line, own
from subjects import Subject

_JUMPS = (ast.Return, ast.Raise, ast.While, ast.Continue, ast.Break)
_YIELDS = (ast.Yield, ast.YieldFrom)
_SPEAKS_OF_RESULT = re.compile(r"(?i)\breturn|\byield|\bgenerat|\biterat|\bcoroutine")
_VALUES = {"True": "bool", "0": "int", '"done"': "str", "[]": "list"}


def return_added(subject: Subject, r: random.Random) -> Change | None:
    """A function that returned nothing returns something at its end; the docstring documents parameters or raises."""
    node = subject.node
    last = node.body[-1]
    speaks = _SPEAKS_OF_RESULT.search(str(subject.docstring.value))
    if speaks or node.name == "__init__" or own(node, ast.Return, *_YIELDS) or isinstance(last, _JUMPS):
        return None
    if not (subject.doc.of("parameters") or subject.doc.of("raises")) or not _falls_through(last):
        return None
    annotation = node.returns
    if annotation is not None and not (isinstance(annotation, ast.Constant) and annotation.value is None):
        return None
    value = r.choice([*_VALUES, *(a.arg for a in subject.plain)])
    text = subject.module.text
    row = text.lines[first_line(last) - 1]
    indent = row[: len(row) - len(row.lstrip())]
    if row[: last.col_offset].strip() or node.body[0].col_offset != len(indent):
        return None
    end = text.line_start(last_line(last)) + len(text.lines[last_line(last) - 1])
    splices = [Splice(end, end, f"\n{indent}return {value}")]
    if annotation is not None:
        kind = _VALUES.get(value) or _annotation_of(subject, value) or "object"
        splices.append(Splice(text.start(annotation), text.end(annotation), kind))
    return Change(tuple(splices), (), lambda node: len(_valued(node)) == 1)


def return_dropped(subject: Subject, r: random.Random) -> Change | None:
    """Everything that was returned is thrown away: a call stays as a statement, else the function just ends."""
    del r
    returns = _documented_returns(subject)
    if not returns:
        return None
    text = subject.module.text
    splices = []
    for statement in returns:
        assert statement.value is not None
        start = text.start(statement)
        is_last = statement is subject.node.body[-1] and isinstance(statement.value, ast.Call | ast.Await)
        if is_last:
            keyword = "return " if text.text.startswith("return ", start) else "return"
            splices.append(Splice(start, start + len(keyword), ""))
        else:
            splices.append(Splice(start + len("return"), text.end(statement), ""))
    annotation = subject.node.returns
    if annotation is not None:
        splices.append(Splice(text.start(annotation), text.end(annotation), "None"))
    return Change(tuple(splices), (), lambda node: not _valued(node) and not own(node, *_YIELDS))


def return_to_yield(subject: Subject, r: random.Random) -> Change | None:
    """Everything that was returned is yielded."""
    del r
    returns = _documented_returns(subject)
    documented = " ".join(entry.text for entry in subject.doc.of("returns"))
    if not returns or _SPEAKS_OF_RESULT.search(documented):
        return None
    text = subject.module.text
    starts = [text.start(statement) for statement in returns]
    splices = [Splice(start, start + len("return"), "yield") for start in starts]
    annotation = subject.node.returns
    if annotation is not None:
        generic = "AsyncIterator" if isinstance(subject.node, ast.AsyncFunctionDef) else "Iterator"
        around = (text.start(annotation), f"{generic}["), (text.end(annotation), "]")
        splices += [Splice(place, place, part) for place, part in around]
    count = len(returns)
    return Change(tuple(splices), (), lambda node: not _valued(node) and len(own(node, ast.Yield)) == count)


def _documented_returns(subject: Subject) -> list[ast.Return]:
    """The returns of a function that documents what it returns, and says no more than that."""
    node = subject.node
    documented = " ".join(entry.text for entry in subject.doc.of("returns")).strip()
    if not documented or re.match(r"(?i)\W*(none|nothing)\b", documented) or subject.doc.of("yields"):
        return []
    # A body of one bare return looks like a promise that others keep.
    if len(subject.body) < 2 or own(node, *_YIELDS):
        return []
    annotation = node.returns
    if annotation is not None and re.search(r"Iterat|Generat|Await|NoReturn|Self|None$", ast.unparse(annotation)):
        return []
    return _valued(node)


def _valued(node: FunctionNode) -> list[ast.Return]:
    """Returns with a value other than None."""
    found = [n for n in own(node, ast.Return) if isinstance(n, ast.Return) and n.value is not None]
    return [n for n in found if not (isinstance(n.value, ast.Constant) and n.value.value is None)]


def _annotation_of(subject: Subject, name: str) -> str | None:
    annotation = next((a.annotation for a in subject.plain if a.arg == name), None)
    return ast.unparse(annotation) if annotation else None


def _falls_through(last: ast.stmt) -> bool:
    """Whether the end of a function's last statement is reached: no branch of it jumps away."""
    return not any(isinstance(node, _JUMPS) for node in ast.walk(last))
