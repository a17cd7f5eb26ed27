"""Commands of development that a repository's files declare, with the help that stands there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from glossator.workspace.repository.declared import Task
from glossator.workspace.repository.reading import MAX_ITEMS, Folder, Table, line, pairs, table_at
from glossator.workspace.repository.sessions import nox_tasks, tox_tasks

_TARGET: Final = re.compile(r"^([A-Za-z0-9_.][\w./ -]*?)[ \t]*::?(?![=:])([^#\n]*)##[ \t]*(\S.*)$")
_RECIPE: Final = re.compile(r"^@?([A-Za-z_][\w-]*)((?:[ \t]+[^:\n]+)?)[ \t]*:(?!=)")
_HOOK: Final = re.compile(r"[ \t]*-[ \t]+id:[ \t]*([\w.-]+)[ \t]*")


def tasks_of(folder: Folder) -> tuple[Task, ...]:
    """The commands that the folder's files declare, file by file, each in its file's order."""
    return tuple(task for read in _READERS for task in islice(read(folder), MAX_ITEMS))


def _make(folder: Folder) -> Iterator[Task]:
    """Targets with a help behind `##`, as in the file that make reads."""
    names = folder.names(".")
    file = next((name for name in ("GNUmakefile", "makefile", "Makefile") if name in names), "")
    seen: set[str] = set()
    for one in folder.lines(file) if file else ():
        match = _TARGET.match(one)
        for name in match[1].split() if match else ():
            if match is not None and name not in seen and not name.startswith("."):
                seen.add(name)
                yield Task("make", name, f"make {name}", line(match[3]), file=file)


def _just(folder: Folder) -> Iterator[Task]:
    """Recipes of a justfile, with the comment above; private ones are left out."""
    names = folder.names(".")
    file = next((name for name in ("justfile", "Justfile", ".justfile") if name in names), "")
    above, is_private = "", False
    for one in folder.lines(file) if file else ():
        match = _RECIPE.match(one)
        if one.startswith("#") and not one.startswith("#!"):
            above = line(one.lstrip("# "))
            continue
        if one.startswith("["):
            is_private = is_private or "private" in one
            continue
        if match and not is_private and not match[1].startswith("_") and match[1] not in ("set", "alias", "export"):
            yield Task("just", match[1], f"just {match[1]}", above, file=file)
        above, is_private = "", False


def _npm(folder: Folder) -> Iterator[Task]:
    for name, runs in pairs(folder.json("package.json").get("scripts")):
        yield Task("npm", name, f"npm run {name}", runs=runs, file="package.json")


def _hatch(folder: Folder) -> Iterator[Task]:
    places = (("hatch.toml", ("envs",)), ("pyproject.toml", ("tool", "hatch", "envs")))
    for file, path in places:
        environments = table_at(folder.toml(file), *path)
        for environment in environments:
            prefix = "" if environment == "default" else f"{environment}:"
            for name, value in table_at(environments, environment, "scripts").items():
                yield Task("hatch", f"{prefix}{name}", f"hatch run {prefix}{name}", runs=_runs(value), file=file)


def _of_table(folder: Folder, tool: str, path: tuple[str, ...], start: str) -> Iterator[Task]:
    for name, value in table_at(folder.toml("pyproject.toml"), *path).items():
        if not name.startswith("_"):
            help_ = line(value.get("help")) if isinstance(value, dict) else ""
            yield Task(tool, line(name), f"{start} {line(name)}", help_, _runs(value), "pyproject.toml")


def _pdm(folder: Folder) -> Iterator[Task]:
    yield from _of_table(folder, "pdm", ("tool", "pdm", "scripts"), "pdm run")


def _poe(folder: Folder) -> Iterator[Task]:
    yield from _of_table(folder, "poe", ("tool", "poe", "tasks"), "poe")


def _taskipy(folder: Folder) -> Iterator[Task]:
    yield from _of_table(folder, "taskipy", ("tool", "taskipy", "tasks"), "task")


def _runs(value: object) -> str:
    """The command line of a script, "" where it is more than one."""
    if isinstance(value, dict):
        table: Table = value
        return next((line(table[key]) for key in ("cmd", "shell") if isinstance(table.get(key), str)), "")
    if isinstance(value, list) and len(value) == 1:
        return line(value[0])
    return line(value)


def _pre_commit(folder: Folder) -> Iterator[Task]:
    """The hooks that run before a commit. Of YAML just the lines with their names are read."""
    file = ".pre-commit-config.yaml"
    if folder.text(file):
        hooks = (match[1] for one in folder.lines(file) if (match := _HOOK.fullmatch(one)))
        runs = ", ".join(dict.fromkeys(hooks))
        yield Task("pre-commit", "run", "pre-commit run --all-files", runs=line(runs), file=file)


_READERS: Final[tuple[Callable[[Folder], Iterator[Task]], ...]] = (
    _make,
    _just,
    tox_tasks,
    nox_tasks,
    _hatch,
    _pdm,
    _poe,
    _taskipy,
    _npm,
    _pre_commit,
)
