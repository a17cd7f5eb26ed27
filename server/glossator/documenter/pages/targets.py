"""Which targets of links on a page lead nowhere. Nothing is fetched: what lies in the web is not judged."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from glossator.docstring.pages.reading import PageText
from glossator.documenter.pages.existing import read_page
from glossator.errors import SourceError
from glossator.workspace.pages import MARKDOWN
from glossator.workspace.project import project_root

# Filled in when the page is built, or elsewhere than in the file system: "/" is a site's own beginning.
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|/|\\|[^#]*[{}$*|]", re.IGNORECASE)
# Anchors that readers make on their own: footnotes, tabs, places in a text, lines.
_MADE: Final = re.compile(r"fn(?:ref)?[:\-]?\w*$|__|:~:|top$|$|l\d+|user-content-", re.IGNORECASE)
# What a page may be called in a link to what is built from it.
_BUILT: Final = ("", "index.html", ".html", "/")


class Targets:
    """Looks up targets; each file is read once."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._pages: dict[str, PageText | None] = {}
        self._roots: dict[Path, str] = {}

    def fault(self, target: str, path: Path, page: PageText) -> str:
        """What is wrong with a target on a page; "" if nothing is, or nobody can tell."""
        if _ELSEWHERE.match(target):
            return ""
        named, _, fragment = target.partition("#")
        named = unquote(named.partition("?")[0])
        if not named:
            return "" if self._has(page, fragment) else f"no heading has the anchor `#{fragment}`"
        place = os.path.normpath(path.parent / named)
        if not os.path.exists(place):
            is_ours = _is_beneath(place, self._root(path.parent)) and not _is_built_from(place)
            return f"`{target}` does not exist" if is_ours else ""
        other = self._page(place) if fragment and place.lower().endswith(MARKDOWN) else None
        if other is None or self._has(other, fragment):
            return ""
        return f"no heading of `{named}` has the anchor `#{fragment}`"

    def _has(self, page: PageText, fragment: str) -> bool:
        wanted = unquote(fragment).lower()
        return _MADE.match(wanted) is not None or wanted in page.anchors or page.is_built

    def _page(self, place: str) -> PageText | None:
        if place not in self._pages:
            try:
                self._pages[place] = PageText(read_page(Path(place))) if os.path.isfile(place) else None
            except SourceError:
                self._pages[place] = None
        return self._pages[place]

    def _root(self, folder: Path) -> str:
        """The folder that links are judged in: what they mean above a repository, its host decides."""
        if folder not in self._roots:
            absolute = folder.absolute()
            above = (one for one in (absolute, *absolute.parents) if (one / ".git").exists())
            self._roots[folder] = str(next(above, None) or project_root(absolute / "page.md"))
        return self._roots[folder]


def _is_beneath(place: str, root: str) -> bool:
    place = os.path.abspath(place)
    return place == root or place.startswith(root.rstrip(os.sep) + os.sep)


def _is_built_from(place: str) -> bool:
    """Whether a target is what is built of a page: `guide/` or `guide.html` of `guide.md`."""
    stems = [place.removesuffix(end).rstrip(os.sep) for end in _BUILT if place.endswith(end)]
    return any(os.path.isfile(stem + suffix) for stem in stems for suffix in (*MARKDOWN, ".rst", ".ipynb"))
