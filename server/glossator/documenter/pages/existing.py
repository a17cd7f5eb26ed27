"""Pages that are there: their text, and how their heads say that they are made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from glossator.docstring.pages.regions import parse
from glossator.documenter.pages.opening import Wish
from glossator.errors import SourceError
from glossator.workspace.pages import MAX_BYTES
from glossator.workspace.write import read_file


def read_page(path: Path) -> str:
    """The text of a page, every byte of it; "" where there is none. Raises SourceError for one that cannot be read."""
    return read_file(path, MAX_BYTES).decode("utf-8", "surrogateescape") if path.exists() else ""


def made_by(path: Path) -> tuple[Wish, Path] | None:
    """How a page is made, and where it and those that are made with it go; None where its head does not say so.

    Raises SourceError for a page that cannot be read, or whose head names no kind.
    """
    return said_in(read_page(path), path)


def said_in(text: str, path: Path) -> tuple[Wish, Path] | None:
    """The same for a page that stands at a path with this text, or would. Raises SourceError."""
    said = parse(text).page
    return wish_of(path, said) if said is not None else None


def wish_of(path: Path, said: Mapping[str, str]) -> tuple[Wish, Path]:
    """As `made_by`, of what the head of a page says."""
    if not said.get("kind") or not said.get("path"):
        raise SourceError(f"{path}: its line <!-- glossator:page … --> has no kind and path")
    is_folder = said.get("folder") == "yes"
    try:
        source = (path.parent / said["path"]).resolve()
    except (OSError, ValueError, RuntimeError) as error:  # a NUL, or links in a circle
        raise SourceError(f"{path}: {said['path']!r} is no path ({error})") from error
    return Wish(said["kind"], source, "" if is_folder else path.name, is_folder), path.parent if is_folder else path
