"""The last versions of definitions with which their docstrings agreed: what shows a rename while code is being edited.

Of a definition that is seen for the first time, what is there counts. Versions are kept as places in a snapshot's text,
which the open document has as long as it is not changed: so they take next to nothing for documents that are only open.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from glossator.engine.subjects import Previous
from glossator.model import Span
from glossator.syntax.changes import definition_span
from glossator.syntax.facts import initializer
from glossator.syntax.symbols import Outline


class _Versions(NamedTuple):
    """The definitions of a document: of those that agree the places in `text`, of the others what they were."""

    text: bytes
    agreeing: dict[str, Span]
    others: dict[str, bytes]

    def of(self, path: str) -> bytes | None:
        """The last version of the definition at a path."""
        span = self.agreeing.get(path)
        return self.others.get(path) if span is None else self.text[span.start : span.end]


class LastVersions:
    """The sources of documents' definitions by path."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._kept: dict[str, _Versions] = {}

    def previous(self, uri: str) -> Previous:
        """A look-up of the definitions of a document."""
        return self._kept.get(uri, _NOTHING).of

    def note(self, outline: Outline, disagreeing: Collection[str]) -> None:
        """Take over a snapshot's definitions, but for those that disagree with their docstrings."""
        before = self._kept.get(outline.document.uri, _NOTHING)
        now = _Versions(outline.document.text, {}, {})
        for path, entry in outline.entries.items():
            function = initializer(outline, entry) if entry.is_class else entry
            if entry.owner is not None and function is not None and entry.symbol.docstring is not None:
                known = before.of(path) if path in disagreeing else None
                if known is not None:
                    now.others[path] = known
                else:
                    now.agreeing[path] = definition_span(function)
        self._kept[outline.document.uri] = now

    def forget(self, uri: str) -> None:
        """A document was closed."""
        self._kept.pop(uri, None)


_NOTHING = _Versions(b"", {}, {})
