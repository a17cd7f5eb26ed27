"""The open documents, by uri. The only mutable editor state.

A document whose changes do not fit together is *unsynced*: our text may differ from the editor's, so nothing is said
about it until the editor sends a whole text again (by opening it anew, or by a change without a range).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from glossator.syntax.document import Document
from glossator.syntax.unclosed import typed

logger = logging.getLogger(__name__)

BYTES_BY_TREE = 20
"""What a tree takes for a byte of text, with the index of the lines."""

Position = tuple[int, int]
MAX_UINT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of a didChange: replace the text between two positions, or all of it where they are None."""

    start: Position | None
    end: Position | None
    text: str


class Workspace:
    """The current snapshot of each open document; None stands for one that is unsynced.

    Of many open documents, those that were asked for last keep their trees.
    """

    def __init__(self, tree_bytes: int | None = None) -> None:
        """Nothing is open. Of open documents with so much text the trees are kept; None: of all."""
        self._tree_bytes = tree_bytes
        self._recent: list[str] = []  # uris, the last used one at the end
        self._documents: dict[str, Document | None] = {}
        self._versions: dict[str, int] = {}

    def __len__(self) -> int:
        """The number of open documents."""
        return len(self._documents)

    @property
    def documents(self) -> tuple[Document, ...]:
        """The open documents that are in sync."""
        return tuple(document for document in self._documents.values() if document is not None)

    @property
    def size_bytes(self) -> int:
        """About what the trees take."""
        return sum(BYTES_BY_TREE * len(document.text) for document in self.documents if document.has_tree)

    def fit(self, tree_bytes: int) -> None:
        """Keep the trees of documents with so much text from now on; but the last used one keeps its tree."""
        self._tree_bytes = tree_bytes
        self._shed()

    def document(self, uri: str) -> Document | None:
        """The current snapshot; None where the document is not open, or unsynced."""
        document = self._documents.get(uri)
        if document is not None and (not self._recent or self._recent[-1] != uri):
            self._use(uri)
        return document

    def is_open(self, uri: str) -> bool:
        """Whether the editor has opened the document, in sync or not."""
        return uri in self._documents

    def open(self, uri: str, text: str, version: int) -> Document:
        """Take a whole text. Opening an open document again counts as a new start: the text is the editor's own."""
        if uri in self._documents:
            logger.warning("document opened twice version=%d", version)
        document = Document.open(uri, text, version)
        self._documents[uri] = document
        self._versions[uri] = version
        return document

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._documents.pop(uri, None)
        self._versions.pop(uri, None)
        self._recent = [one for one in self._recent if one != uri]

    def lose(self, uri: str, reason: str) -> None:
        """Mark an open document as unsynced."""
        if self._documents.get(uri) is not None:
            logger.warning("document unsynced reason=%s", reason)
            self._documents[uri] = None

    def change(self, uri: str, version: int, changes: Sequence[Change], encoding: str) -> Document | None:
        """Apply edits one after another, each to the text that the one before it left.

        The snapshot after them; None where the document is not open, or unsynced (now or since an earlier change).
        A gap between versions is no fault: editors count more than the changes that they send (Neovim's changedtick).
        A version that does not grow is: a change arrived twice or out of order.
        """
        if uri not in self._documents:
            logger.warning("change of a document that is not open")
            return None
        if version <= self._versions[uri]:
            self.lose(uri, f"version {version} after {self._versions[uri]}")
        self._versions[uri] = max(version, self._versions[uri])
        document = self._documents[uri]
        for change in changes:
            document = self._apply(uri, document, change, encoding)
        self._documents[uri] = document
        return document

    def _use(self, uri: str) -> None:
        """Note that a document is looked at, and let those go whose trees are too many now."""
        self._recent = [*(one for one in self._recent if one != uri), uri]
        self._shed()

    def _shed(self) -> None:
        """Let the trees go that are too many."""
        if self._tree_bytes is None:
            return
        size = 0
        for place in range(len(self._recent) - 1, -1, -1):
            document = self._documents.get(self._recent[place])
            size += len(document.text) if document is not None else 0
            if size > self._tree_bytes and place < len(self._recent) - 1:
                for old in self._recent[: place + 1]:
                    self._forget_tree(old)
                del self._recent[: place + 1]
                return

    def _forget_tree(self, uri: str) -> None:
        document = self._documents.get(uri)
        if document is not None:
            document.forget_tree()

    def _apply(self, uri: str, document: Document | None, change: Change, encoding: str) -> Document | None:
        version = self._versions[uri]
        if change.start is None or change.end is None:
            return Document.open(uri, change.text, version)
        if document is None:
            return None
        if not _is_in_order(change.start, change.end):
            self.lose(uri, "a range that is none")
            return None
        start = document.offset(*change.start, encoding)
        end = document.offset(*change.end, encoding)
        return typed(document, start, max(start, end), change.text.encode("utf-8", "surrogatepass"), version)


def _is_in_order(start: Position, end: Position) -> bool:
    return min(start) >= 0 and min(end) >= 0 and max(*start, *end) <= MAX_UINT and start <= end
