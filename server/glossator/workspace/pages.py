"""Which pages a path means: Markdown files that say how they are made."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from glossator.docstring.pages.regions import parse
from glossator.errors import SourceError
from glossator.workspace.files import Patterns, Selection, select_files
from glossator.workspace.write import read_file

MARKDOWN: Final = (".md", ".markdown")
MAX_BYTES: Final = 64 << 20
HEAD: Final = b"<!-- glossator:page"


def pages_in(paths: Sequence[Path], patterns: Patterns | None = None) -> Selection:
    """The pages that `paths` mean: Markdown files that are named, and beneath a folder those with a head.

    What ignore files and `patterns` exclude is left out, as of `select_files`.
    """
    found = select_files(paths, patterns, MARKDOWN)
    return replace(found, files=tuple(file for file in found.files if file in paths or _has_head(file)))


def _has_head(path: Path) -> bool:
    """Whether a page says how it is made, or did before its markers were damaged; what cannot be read does not."""
    with contextlib.suppress(SourceError):
        raw = read_file(path, MAX_BYTES)
        found = parse(raw.decode("utf-8", "surrogateescape")) if HEAD in raw else None
        return found is not None and (found.page is not None or bool(found.problems))
    return False
