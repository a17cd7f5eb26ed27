"""What is known of a package that is installed: the metadata that lies beside it (core metadata, entry points)."""

from __future__ import annotations

from collections import defaultdict
from email import message_from_string
from email.message import Message
from typing import Final

from glossator.workspace.repository.declared import EntryPoint, Extra, Project
from glossator.workspace.repository.reading import Folder, line, sections_of

SUFFIX: Final = ".dist-info"


def from_installation(folder: Folder) -> Project:
    """What the distribution says of itself that installed the package in this folder; nothing where there is none."""
    beside = Folder(folder.path.parent)
    for name in beside.names("."):
        if name.endswith(SUFFIX) and _installs(beside, name, folder.path.name):
            return _project(beside, name)
    return Project()


def _installs(beside: Folder, name: str, package: str) -> bool:
    """Whether a distribution's list of files has a package."""
    return any(one.startswith(f"{package}/__init__.py") for one in beside.lines(f"{name}/RECORD"))


def _project(beside: Folder, name: str) -> Project:
    said = message_from_string(beside.text(f"{name}/METADATA"))
    extras: defaultdict[str, list[str]] = defaultdict(list)
    needed: list[str] = []
    for one in said.get_all("Requires-Dist", []):
        wanted, _, condition = str(one).partition(";")
        extra = condition.partition("extra ==")[2].strip(" '\"()")
        (extras[extra] if extra else needed).append(line(wanted))
    urls = (str(one).partition(",") for one in said.get_all("Project-URL", []))
    return Project(
        name=line(said.get("Name")),
        version=line(said.get("Version")),
        description=line(said.get("Summary")),
        license=_license(said),
        python=line(said.get("Requires-Python")),
        urls=tuple((line(label), line(url)) for label, _, url in urls),
        dependencies=tuple(needed),
        extras=tuple(Extra(extra, tuple(names)) for extra, names in extras.items()),
        entry_points=tuple(
            EntryPoint(line(group), line(script), line(target))
            for group, points in sections_of(beside.text(f"{name}/entry_points.txt")).items()
            for script, target in points.items()
        ),
        file=f"{name}/METADATA",
    )


def _license(said: Message) -> str:
    """The license as its expression has it, else as one line of the older field."""
    return line(said.get("License-Expression")) or line(str(said.get("License", "")).partition("\n")[0])
