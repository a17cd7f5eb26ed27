"""What setup.cfg says, and of setup.py what is a literal there. Neither is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeGuard

from glossator.workspace.repository.declared import EntryPoint, Extra, Project
from glossator.workspace.repository.reading import Folder, line, lines, pairs, sections_of

_COMPUTED: Final = ("attr:", "file:")
_CONDITION: Final = re.compile(r"^([^:;]*)[:;]")


def from_setup_cfg(folder: Folder) -> Project:
    """What setup.cfg declares."""
    sections = folder.sections("setup.cfg")
    metadata = {key.replace("-", "_").lower(): value for key, value in sections.get("metadata", {}).items()}
    options = {key.replace("-", "_").lower(): value for key, value in sections.get("options", {}).items()}
    if not metadata.get("name"):
        return Project()
    home = metadata.get("url") or metadata.get("home_page", "")
    return Project(
        name=_literal(metadata.get("name", "")),
        version=_literal(metadata.get("version", "")),
        description=_literal(metadata.get("description") or metadata.get("summary", "")),
        license=_literal(metadata.get("license", "")),
        python=_literal(options.get("python_requires", "")),
        urls=(*((("Homepage", line(home)),) if line(home) else ()), *_assigned(metadata.get("project_urls", ""))),
        dependencies=_list(options.get("install_requires", "")),
        extras=tuple(_extras(sections.get("options.extras_require", {}))),
        entry_points=tuple(_entry_points(sections.get("options.entry_points", {}))),
        file="setup.cfg",
    )


def _literal(value: str) -> str:
    return "" if value.strip().startswith(_COMPUTED) else line(value)


def _list(value: str) -> tuple[str, ...]:
    """The items of a list: one on each line, or separated by semicolons where they stand behind the name."""
    if value.strip().startswith(_COMPUTED):
        return ()
    items = value.split("\n") if "\n" in value else value.split(";")
    return lines([one.partition(" #")[0] for one in items if not one.strip().startswith("#")])


def _assigned(value: str) -> Iterator[tuple[str, str]]:
    for one in value.splitlines():
        name, _, target = one.partition("=")
        if line(name) and line(target):
            yield line(name), line(target)


def _extras(found: Mapping[str, object]) -> Iterator[Extra]:
    """Extras by name; those that hold under a condition only (`name:condition`) are added to the name's."""
    joined: dict[str, tuple[str, ...]] = {}
    for key, value in found.items():
        match = _CONDITION.match(key)
        name = line(match[1] if match else key)
        joined[name] = (*joined.get(name, ()), *(_list(value) if isinstance(value, str) else lines(value)))
    yield from (Extra(name, wanted) for name, wanted in joined.items() if name and wanted)


def _entry_points(found: Mapping[str, object]) -> Iterator[EntryPoint]:
    for group, value in found.items():
        each = value.splitlines() if isinstance(value, str) else lines(value)
        for name, target in _assigned("\n".join(each)):
            yield EntryPoint(line(group), name, target)


def from_setup_py(folder: Folder) -> Project:
    """What the only call of `setup` in setup.py is given as literals."""
    given = _given_to_setup(folder.text("setup.py"))
    if not line(given.get("name")):
        return Project()
    home, points = line(given.get("url")), given.get("entry_points")
    if isinstance(points, str):
        points = {name: "\n".join(f"{a} = {b}" for a, b in one.items()) for name, one in sections_of(points).items()}
    wanted, extras = given.get("install_requires"), given.get("extras_require")
    return Project(
        name=line(given.get("name")),
        version=line(given.get("version")),
        description=line(given.get("description")),
        license=line(given.get("license")),
        python=line(given.get("python_requires")),
        urls=(*((("Homepage", home),) if home else ()), *pairs(given.get("project_urls"))),
        dependencies=_list(wanted) if isinstance(wanted, str) else lines(wanted),
        extras=tuple(_extras(extras)) if _has_names(extras) else (),
        entry_points=tuple(_entry_points(points)) if _has_names(points) else (),
        file="setup.py",
    )


def _has_names(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, dict) and all(isinstance(name, str) for name in value)


def _given_to_setup(text: str) -> Mapping[str, object]:
    from glossator.syntax.commands.parsing import parsed

    tree = parsed(text.encode("utf-8", "replace")) if "setup" in text else None
    calls = [] if tree is None else [one for one in ast.walk(tree) if isinstance(one, ast.Call) and _is_setup(one.func)]
    if len(calls) != 1:
        return {}
    found: dict[str, object] = {}
    for keyword in calls[0].keywords:
        try:
            if keyword.arg is not None:
                found[keyword.arg] = ast.literal_eval(keyword.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue  # made at build time
    return found


def _is_setup(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name == "setup"
