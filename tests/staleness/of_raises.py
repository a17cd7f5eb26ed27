"""Changes of what is raised: an exception is added, removed, or another one."""

from __future__ import annotations

import ast
import builtins
import random

from changing import Change, insertion, words
from splicing import FunctionNode, Splice, own
from subjects import Subject

_OTHERS = ("LookupError", "PermissionError", "TimeoutError", "BufferError", "ConnectionError", "RecursionError")
# What the rest of a body may raise without a raise statement: there the documentation might still hold.
_IMPLICIT: dict[str, tuple[str, ...]] = {
    "KeyError": ("[", "pop(", "remove(", "environ"),
    "IndexError": ("[", "pop("),
    "LookupError": ("[", "pop(", "index("),
    "ValueError": ("int(", "float(", "complex(", "index(", "remove(", "zip(", "strptime(", "unpack", "decode("),
    "UnicodeError": ("encode(", "decode("),
    "StopIteration": ("next(",),
    "AttributeError": ("getattr(", "delattr(", "setattr("),
    "ImportError": ("import",),
    "ModuleNotFoundError": ("import",),
    "AssertionError": ("assert ",),
    "ZeroDivisionError": ("/", "%"),
    "TypeError": ("int(", "float(", "len(", "iter("),
    "OSError": ("open(", "os.", "mkdir(", "unlink("),
    "IOError": ("open(", "os.", "read("),
    "FileNotFoundError": ("open(", "os.", "stat("),
}


def added(subject: Subject, r: random.Random) -> Change | None:
    """A raise that the docstring does not mention, though it does mention all others; it documents parameters."""
    documented = set(subject.doc.exceptions)
    raised = _raised(subject.node)
    if not subject.doc.of("parameters") or raised is None or not raised <= documented or not subject.plain:
        return None
    fitting = [name for name in _OTHERS if name not in words(subject) and not _related(name, documented)]
    if not fitting:
        return None
    error, parameter = r.choice(fitting), r.choice(subject.plain).arg
    condition = r.choice((f"{parameter} is None", f"not {parameter}", f"isinstance({parameter}, bytes)"))
    message = r.choice(('"nothing is known of it"', f'f"not allowed: {{{parameter}!r}}"'))
    lines = [f"if {condition}:", f"    raise {error}({message})"]
    splice = insertion(subject, subject.body[0], lines)
    if splice is None:
        return None
    return Change((splice,), (error,), lambda node: _raised(node) == raised | {error})


def removed(subject: Subject, r: random.Random) -> Change | None:
    """All raises of one documented exception have become `pass`, and nothing else here raises it."""
    chosen = _chosen(subject, r)
    if chosen is None or len(subject.body) < 2:
        return None
    name, statements = chosen
    text = subject.module.text
    splices = tuple(Splice(text.start(s), text.end(s), "pass") for s in statements)
    rest = _without(subject, statements)
    if any(sign in rest for sign in _IMPLICIT.get(name, ())) or _raised_by_callees(subject, name):
        return None
    return Change(splices, (name,), lambda node: name not in (_raised(node) or {name}) or _raised(node) == set())


def changed(subject: Subject, r: random.Random) -> Change | None:
    """All raises of one documented exception raise another one, which the docstring does not mention."""
    chosen = _chosen(subject, r)
    if chosen is None:
        return None
    name, statements = chosen
    documented = set(subject.doc.exceptions)
    fitting = [other for other in _OTHERS if other not in words(subject) and not _related(other, documented | {name})]
    before = _raised(subject.node)
    if not fitting or before is None:
        return None
    new = r.choice(fitting)
    text = subject.module.text
    targets = [error for s in statements if (error := _name_node(s)) is not None]
    splices = tuple(Splice(text.start(target), text.end(target), new) for target in targets)
    return Change(splices, (name, new), lambda node: _raised(node) == (before - {name}) | {new})


def _chosen(subject: Subject, r: random.Random) -> tuple[str, list[ast.Raise]] | None:
    """A documented exception with all its plain raises; None where others might stand for it."""
    raised = _raised(subject.node)
    if raised is None:
        return None
    candidates = sorted(raised & {n for entry in subject.doc.of("raises") for n in entry.names} & set(_every(subject)))
    candidates = [name for name in candidates if not _related(name, raised - {name})]
    if not candidates:
        return None
    name = r.choice(candidates)
    return name, _every(subject)[name]


def _every(subject: Subject) -> dict[str, list[ast.Raise]]:
    """Plain `raise Name(...)` statements by name."""
    found: dict[str, list[ast.Raise]] = {}
    for node in own(subject.node, ast.Raise):
        assert isinstance(node, ast.Raise)
        target = _name_node(node)
        if target is not None:
            found.setdefault(target.id, []).append(node)
    return found


def _name_node(node: ast.Raise) -> ast.Name | None:
    """The name of the class that is called in a raise."""
    error = node.exc.func if isinstance(node.exc, ast.Call) else None
    return error if isinstance(error, ast.Name) else None


def _raised(node: FunctionNode) -> set[str] | None:
    """Names of what is raised; None if one of the raises does not say what."""
    names = set()
    for statement in own(node, ast.Raise):
        assert isinstance(statement, ast.Raise)
        error = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        name = error.id if isinstance(error, ast.Name) else error.attr if isinstance(error, ast.Attribute) else ""
        if not name[:1].isupper():
            return None
        names.add(name)
    return names


def _related(name: str, others: set[str]) -> bool:
    """Whether one of the others is a base or a subclass of the exception."""
    one = getattr(builtins, name, None)
    for other in others:
        two = getattr(builtins, other, None)
        if other in ("Exception", "BaseException") or other == name:
            return True
        if isinstance(one, type) and isinstance(two, type) and (issubclass(one, two) or issubclass(two, one)):
            return True
    return False


def _without(subject: Subject, statements: list[ast.Raise]) -> str:
    """The body's code without these statements, without comments and docstring."""
    whole = "\n".join(ast.unparse(statement) for statement in subject.body)
    for statement in statements:
        whole = whole.replace(ast.unparse(statement), "pass")
    return whole


def _raised_by_callees(subject: Subject, name: str) -> bool:
    """Whether a function of the module that this one calls raises the exception itself."""
    called = set()
    for node in ast.walk(subject.node):
        if isinstance(node, ast.Call):
            target = node.func
            called.add(target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", ""))
    for node in ast.walk(subject.module.tree):
        if (
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and node.name in called
            and node is not subject.node
        ):
            errors = {
                n.id for r in ast.walk(node) if isinstance(r, ast.Raise) for n in ast.walk(r) if isinstance(n, ast.Name)
            }
            if name in errors:
                return True
    return False
