"""The facts of a repository that its files state: what is installed, and how one works on it.

Nothing is run, and nothing raises: a file that is too large, broken or hostile gives less. No file is read through a
link that leads out of the folder.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from glossator.workspace.repository.declared import EntryPoint, Extra, Project, Repository, Task
from glossator.workspace.repository.project import project_of
from glossator.workspace.repository.reading import Folder, line
from glossator.workspace.repository.tasks import tasks_of

__all__ = ["EntryPoint", "Extra", "Project", "Repository", "Task", "repository_of"]

WORKFLOWS: Final = ".github/workflows"
_NAME: Final = re.compile(r"""name:[ \t]*(?:'([^'\n]+)'|"([^"\\\n]+)"|([^'"#\s&*!|>%@`{\[][^#\n]*?))[ \t]*(?:#.*)?""")


def repository_of(folder: Path) -> Repository:
    """The facts of the repository, or package, in a folder.

    Cost: 5 ms for this project's own.
    """
    files = Folder(folder)
    return Repository(project_of(files), tasks_of(files), _examples(files), _workflows(files))


def _examples(folder: Folder) -> tuple[str, ...]:
    """The Python files in the folder of examples, and in folders there."""
    found = [f"{top}/{name}" for top in ("examples", "example") for name in folder.names(top)]
    nested = [f"{one}/{name}" for one in found if "." not in one for name in folder.names(one)]
    return tuple(one for one in (*found, *nested) if one.endswith(".py") and (folder.path / one).is_file())


def _workflows(folder: Folder) -> tuple[str, ...]:
    """The names of the workflows; of YAML just the line with the name is read, else the file's name is taken."""
    found = []
    for name in folder.names(WORKFLOWS):
        if name.endswith((".yml", ".yaml")):
            matches = map(_NAME.fullmatch, folder.lines(f"{WORKFLOWS}/{name}"))
            named = next((one for match in matches if match for one in match.groups() if one), "")
            found.append(line(named) or name.rpartition(".")[0])
    return tuple(found)
