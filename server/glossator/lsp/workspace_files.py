"""The files of a workspace: which there are, and the text of each, the editor's where it is open there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pygls.uris import from_fs_path, to_fs_path

from glossator.config import Settings, resolve
from glossator.documenter.tasks import Task
from glossator.errors import SourceError
from glossator.lsp.drafting import in_slices
from glossator.syntax.document import Document, decode, encoded
from glossator.workspace.files import Patterns, select_files
from glossator.workspace.project import project_root
from glossator.workspace.write import read_file

if TYPE_CHECKING:
    from glossator.lsp.session import Session

WORKSPACE_TITLE: Final = "Document the workspace"
TEXT_UNKNOWN: Final = "its text in the editor is not known, or too large"


@dataclass(frozen=True, slots=True)
class Place:
    """A file of a workspace, with the settings that hold for it and the folder of its project."""

    path: Path
    settings: Settings
    root: Path


@dataclass(frozen=True, slots=True)
class Taken:
    """A file's text at some time, as a snapshot and as the task of documenting it.

    The snapshot of an open file has a version.
    """

    document: Document
    task: Task

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(self.task.path)

    @property
    def is_open(self) -> bool:
        """Whether it is the editor's text."""
        return self.document.version is not None


def files_of(session: Session, folder: Path) -> tuple[Path, ...]:
    """The files of a folder that its settings mean. Blocks: a network drive may take seconds."""
    resolved = resolve(session.projects.sources(folder))
    patterns = Patterns(resolved.root or folder, resolved.settings.include, resolved.settings.exclude)
    return select_files([folder], patterns).files[: resolved.settings.max_files]


async def places_in(session: Session, folders: Iterable[Path]) -> list[Place]:
    """The files of folders, each once; other requests are answered in between."""
    found = [await asyncio.to_thread(_rooted, session, folder) for folder in folders]
    roots = {file: root for one in found for file, root in one.items()}
    return [place async for place in in_slices(_place(session, file, root) for file, root in roots.items())]


def _rooted(session: Session, folder: Path) -> dict[Path, Path]:
    """The files of a folder with the folders of their projects, each of which is looked up once."""
    root_of = lru_cache(maxsize=None)(lambda parent: project_root(parent / "__init__.py"))
    return {file: root_of(file.absolute().parent) for file in files_of(session, folder)}


def _place(session: Session, file: Path, root: Path) -> Place:
    uri = uri_of(file)
    settings = session.documenter(uri).settings
    if not session.workspace.is_open(uri):
        session.projects.closed(uri)  # nobody asks about it any more
    return Place(file, settings, root)


def uri_of(path: Path) -> str:
    """The uri of a file that is not open."""
    return str(from_fs_path(str(path)))


def opened_as(session: Session, path: Path) -> str | None:
    """The uri by which the editor has a file open, however it spells that; None where it has not."""
    return next((uri for uri in session.workspace.uris if _path_at(uri) == str(path)), None)


@lru_cache(maxsize=1024)
def _path_at(uri: str) -> str | None:
    return to_fs_path(uri) if uri.startswith("file:") else None


async def taken(session: Session, place: Place) -> Taken:
    """A file's text as it is now. Raises SourceError for one that cannot be worked on."""
    raw = text = b""
    if opened_as(session, place.path) is None:
        raw = await asyncio.to_thread(read_file, place.path, place.settings.max_file_kb << 10)
        text, _ = decode(raw)
    uri = opened_as(session, place.path)  # maybe since
    if uri is None:
        return Taken(Document(uri_of(place.path), text), _task(place, raw))
    document = session.document(uri)
    if document is None:
        raise SourceError(TEXT_UNKNOWN)
    return Taken(document, _task(place, encoded(document.text)))


def _task(place: Place, raw: bytes) -> Task:
    return Task(str(place.path), raw, place.settings, root=str(place.root))


def is_current(session: Session, one: Taken) -> bool:
    """Whether the editor's text is still the one that was taken; for a file that is not open, whether it is not."""
    uri = opened_as(session, one.path)
    if uri is None:
        return not one.is_open
    return session.workspace.document(uri) is one.document


async def same_on_disk(many: list[Taken]) -> list[bool]:
    """For each file whether the disk still has what was read from it."""
    return await asyncio.to_thread(lambda: [_is_same(one) for one in many])


def _is_same(one: Taken) -> bool:
    raw = one.task.raw
    try:
        return read_file(one.path, len(raw)) == raw
    except SourceError:
        return False
