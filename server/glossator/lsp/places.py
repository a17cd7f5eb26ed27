"""Places that uris and pages name on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pygls.uris import to_fs_path

from glossator.errors import SourceError
from glossator.workspace.project import project_root


def path_in(uri: str) -> Path | None:
    """The path that a uri of a file names; None for other uris."""
    found = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(found) if found else None


def require_inside(source: Path, page: Path, folders: Iterable[str]) -> None:
    """Raise SourceError for a source that a page's own text names, and which lies outside of what the editor has open.

    A page from somewhere else could have anything on this machine read, and shown to a provider. Touches the disk.
    """
    inside = [project_root(page), *(path for uri in folders if (path := path_in(uri)) is not None)]
    if not any(source.resolve().is_relative_to(one.resolve()) for one in inside):
        raise SourceError(f"{page.name} says that it is made from {source}, which lies outside of this project")
