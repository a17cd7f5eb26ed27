"""The last versions of definitions with which their docstrings agreed: what shows a rename while code is being edited.

Of a definition that is seen for the first time, what is there counts.
"""

from __future__ import annotations

from collections.abc import Collection

from glossator.engine.subjects import Previous
from glossator.syntax.changes import definition_text
from glossator.syntax.facts import initializer
from glossator.syntax.symbols import Outline


class LastVersions:
    """The sources of documents' definitions by path. Takes as much memory as the texts do."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._sources: dict[str, dict[str, bytes]] = {}

    def previous(self, uri: str) -> Previous:
        """A look-up of the definitions of a document."""
        return self._sources.get(uri, {}).get

    def note(self, outline: Outline, disagreeing: Collection[str]) -> None:
        """Take over a snapshot's definitions, but for those that disagree with their docstrings."""
        before = self._sources.get(outline.document.uri, {})
        now: dict[str, bytes] = {}
        for path, entry in outline.entries.items():
            function = initializer(outline, entry) if entry.is_class else entry
            if entry.owner is not None and function is not None and entry.symbol.docstring is not None:
                known = before.get(path) if path in disagreeing else None
                now[path] = known if known is not None else definition_text(function)
        self._sources[outline.document.uri] = now

    def forget(self, uri: str) -> None:
        """A document was closed."""
        self._sources.pop(uri, None)
