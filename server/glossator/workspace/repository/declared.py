"""What a repository says of itself in its files: names and lines of text, as they stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Extra(NamedTuple):
    """A named set of further requirements: an extra, or a group of dependencies."""

    name: str
    requirements: tuple[str, ...]


class EntryPoint(NamedTuple):
    """What an installation offers under a name; `group` is "console_scripts", "gui_scripts" or a plugin's."""

    group: str
    name: str
    target: str


class Task(NamedTuple):
    """A command of development: what one types (`make test`), what its file says of it, and what it runs if known."""

    tool: str
    name: str
    command: str
    help: str = ""
    runs: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """What is installed; `file` is where it is declared."""

    name: str = ""
    version: str = ""
    description: str = ""
    license: str = ""
    python: str = ""  # a requirement, such as ">=3.11"
    readme: str = ""
    urls: tuple[tuple[str, str], ...] = ()
    dependencies: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()
    groups: tuple[Extra, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository's facts. Paths are relative to its folder, with slashes."""

    project: Project = Project()
    tasks: tuple[Task, ...] = ()
    examples: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ()
