"""What runs in environments of its own: the environments of tox, and the sessions of nox."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

from glossator.workspace.repository.declared import Task
from glossator.workspace.repository.reading import Folder, line, lines, sections_of, table_at

_PLAIN: Final = re.compile(r"[\w.-]+")


def tox_tasks(folder: Folder) -> Iterator[Task]:
    """The environments of tox that are named one by one; those made of factors (`py3{11,12}`) are left out."""
    found: dict[str, Task] = {}
    for file in ("tox.ini", "setup.cfg"):
        _add(found, folder.sections(file), file, "tox:tox" if file == "setup.cfg" else "tox")
    table = table_at(folder.toml("pyproject.toml"), "tool", "tox")
    legacy = table.get("legacy_tox_ini")
    _add(found, sections_of(legacy) if isinstance(legacy, str) else {}, "pyproject.toml", "tox")
    for file, tox in (("tox.toml", folder.toml("tox.toml")), ("pyproject.toml", table)):
        environments = table_at(tox, "env")
        for name in (*lines(tox.get("env_list")), *environments):
            help_ = line(table_at(environments, name).get("description"))
            if _PLAIN.fullmatch(name) and name not in found:
                found[name] = _tox(name, help_, file)
    yield from found.values()


def _add(found: dict[str, Task], sections: Mapping[str, Mapping[str, str]], file: str, head: str) -> None:
    settings = sections.get(head, {})
    listed = re.split(r"[,\s]+", settings.get("envlist") or settings.get("env_list") or "")
    named = [name.partition(":")[2] for name in sections if name.startswith("testenv:")]
    for name in (*listed, *named):
        if _PLAIN.fullmatch(name) and name not in found:
            found[name] = _tox(name, line(sections.get(f"testenv:{name}", {}).get("description")), file)


def _tox(name: str, help_: str, file: str) -> Task:
    return Task("tox", name, f"tox -e {name}", "" if "{" in help_ else help_, file=file)


def nox_tasks(folder: Folder) -> Iterator[Task]:
    """The sessions of a noxfile, with the first line of their docstrings."""
    from glossator.syntax.commands.parsing import parsed

    text = folder.text("noxfile.py")
    tree = parsed(text.encode("utf-8", "replace")) if text else None
    for node in tree.body if tree is not None else ():
        if isinstance(node, ast.FunctionDef) and (name := _session(node)):
            said = (ast.get_docstring(node) or "").partition("\n")[0]
            yield Task("nox", name, f"nox -s {name}", line(said), file="noxfile.py")


def _session(node: ast.FunctionDef) -> str:
    """The name of the session that a function is, "" where it is none, or its name is not known."""
    for one in node.decorator_list:
        called = one.func if isinstance(one, ast.Call) else one
        if not _is_session(called):
            continue
        keywords = one.keywords if isinstance(one, ast.Call) else []
        named = next((keyword.value for keyword in keywords if keyword.arg == "name"), None)
        if named is None and not any(keyword.arg is None for keyword in keywords):
            return node.name
        is_text = isinstance(named, ast.Constant) and isinstance(named.value, str)
        return str(named.value) if is_text and isinstance(named, ast.Constant) else ""
    return ""


def _is_session(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "session" and isinstance(node.value, ast.Name) and node.value.id == "nox"
    return isinstance(node, ast.Name) and node.id == "session"
