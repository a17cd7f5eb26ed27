"""What is installed from a repository: pyproject.toml (PEP 621, or Poetry's table), else setup.cfg, else setup.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from glossator.workspace.repository.declared import EntryPoint, Extra, Project
from glossator.workspace.repository.installed import from_installation
from glossator.workspace.repository.reading import Folder, Table, line, lines, pairs, table_at
from glossator.workspace.repository.setuptools import from_setup_cfg, from_setup_py

_VERSION: Final = re.compile(
    r"""^(?:__version__|VERSION)(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t]*(['"])([\w.+!-]+)\1""", re.MULTILINE
)
_CARET: Final = re.compile(r"\^\s*(\d+)((?:\.\d+)*)$")
_TILDE: Final = re.compile(r"~\s*(\d+)\.(\d+)((?:\.\d+)*)$")
# The fields that a project may leave to its build backend, by the names that `dynamic` has for them.
_DYNAMIC: Final = {
    "version": "version",
    "description": "description",
    "license": "license",
    "requires-python": "python",
    "urls": "urls",
    "dependencies": "dependencies",
    "optional-dependencies": "extras",
    "scripts": "entry_points",
    "entry-points": "entry_points",
}


def project_of(folder: Folder) -> Project:
    """What the folder's files say is installed from it; what is made at build time is "" or empty."""
    table = folder.toml("pyproject.toml")
    if table_at(table, "project"):
        return _standard(folder, table)
    if table_at(table, "tool", "poetry"):
        return _poetry(table_at(table, "tool", "poetry"))
    found = _filled(from_setup_cfg(folder), from_setup_py(folder))
    return found if found != Project() else from_installation(folder)


def _standard(folder: Folder, table: Table) -> Project:
    own = table_at(table, "project")
    found = Project(
        name=line(own.get("name")),
        version=line(own.get("version")),
        description=line(own.get("description")),
        license=_license(own.get("license")),
        python=line(own.get("requires-python")),
        readme=_readme(own.get("readme")),
        urls=pairs(own.get("urls")),
        dependencies=lines(own.get("dependencies")),
        extras=tuple(_sets(table_at(own, "optional-dependencies"))),
        groups=tuple(_sets(table_at(table, "dependency-groups"))),
        entry_points=tuple(_entry_points(own)),
        file="pyproject.toml",
    )
    dynamic = [_DYNAMIC[one] for one in lines(own.get("dynamic")) if one in _DYNAMIC]
    if not dynamic:
        return found
    if "version" in dynamic:
        found = replace(found, version=_dynamic_version(folder, table, found.name))
    other = _filled(from_setup_cfg(folder), from_setup_py(folder))
    return replace(found, **{name: getattr(found, name) or getattr(other, name) for name in dynamic})


def _filled(first: Project, second: Project) -> Project:
    """The first with what the second says of what it does not."""
    return replace(first, **{name: getattr(first, name) or getattr(second, name) for name in Project.__slots__})


def _license(value: object) -> str:
    return line(value.get("text")) if isinstance(value, dict) else line(value)


def _readme(value: object) -> str:
    return line(value.get("file")) if isinstance(value, dict) else line(value)


def _sets(table: Table) -> Iterator[Extra]:
    for name, value in table.items():
        yield Extra(line(name), lines(value))


def _entry_points(own: Table) -> Iterator[EntryPoint]:
    for key, group in (("scripts", "console_scripts"), ("gui-scripts", "gui_scripts")):
        yield from (EntryPoint(group, name, target) for name, target in pairs(own.get(key)))
    for group in table_at(own, "entry-points"):
        targets = pairs(table_at(own, "entry-points", group))
        yield from (EntryPoint(line(group), name, target) for name, target in targets)


def _dynamic_version(folder: Folder, table: Table, name: str) -> str:
    """The version that a build backend takes from a file where it stands as a literal."""
    hatch = table_at(table, "tool", "hatch", "version")
    if set(hatch) == {"path"}:
        return _version_in(folder, line(hatch["path"]))
    dynamic = table_at(table, "tool", "setuptools", "dynamic", "version")
    if isinstance(dynamic.get("file"), str):
        text = folder.text(line(dynamic["file"])).strip()
        return text if re.fullmatch(r"[\w.+!-]{1,40}", text) else ""
    module, _, attribute = line(dynamic.get("attr")).rpartition(".")
    is_flit = line(table_at(table, "build-system").get("build-backend")).startswith("flit_core")
    if attribute not in ("__version__", "VERSION") and not is_flit:
        return ""
    stem = (module or name.replace("-", "_")).replace(".", "/")
    places = (f"{root}{stem}{end}" for root in ("", "src/") for end in ("/__init__.py", ".py"))
    return next((found for place in places if (found := _version_in(folder, place))), "")


def _version_in(folder: Folder, file: str) -> str:
    found = {match[2] for match in _VERSION.finditer(folder.text(file))} if file else set()
    return found.pop() if len(found) == 1 else ""


def _poetry(own: Table) -> Project:
    required = table_at(own, "dependencies")
    named = {name: value for name, value in required.items() if name.lower() != "python"}
    optional = {name for name, value in named.items() if isinstance(value, dict) and value.get("optional") is True}
    urls = tuple((label, url) for label in ("homepage", "repository", "documentation") if (url := line(own.get(label))))
    scripts = [
        EntryPoint("console_scripts", name, target)
        for name, value in table_at(own, "scripts").items()
        if (target := line(value.get("reference") if isinstance(value, dict) else value))
    ]
    plugins = [
        EntryPoint(line(group), name, target)
        for group in table_at(own, "plugins")
        for name, target in pairs(table_at(own, "plugins", group))
    ]
    return Project(
        name=line(own.get("name")),
        version=line(own.get("version")),
        description=line(own.get("description")),
        license=line(own.get("license")),
        python=_poetry_python(line(required.get("python"))),
        readme=line(own.get("readme")),
        urls=(*urls, *pairs(own.get("urls"))),
        dependencies=lines([name for name in named if name not in optional]),
        extras=tuple(_sets(table_at(own, "extras"))),
        groups=tuple(
            Extra(line(name), lines(list(table_at(own, "group", name, "dependencies"))))
            for name in table_at(own, "group")
        ),
        entry_points=(*scripts, *plugins),
        file="pyproject.toml",
    )


def _poetry_python(wanted: str) -> str:
    """Poetry's ^ and ~ as everybody else writes them."""
    if (match := _CARET.match(wanted)) and match[1] != "0":
        return f">={match[1]}{match[2]},<{int(match[1]) + 1}"
    if match := _TILDE.match(wanted):
        return f">={match[1]}.{match[2]}{match[3]},<{match[1]}.{int(match[2]) + 1}"
    return "" if wanted == "*" or (wanted.startswith(("^", "~")) and not wanted.startswith("~=")) else wanted
