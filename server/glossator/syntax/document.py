"""One file as an immutable snapshot: bytes, line index, version, and a tree that is parsed when first asked for.

An edit gives a new snapshot; the old one stays valid. The text is UTF-8 whatever the file's encoding is (`decode`,
`Encoding.encode`).
"""

from __future__ import annotations

import codecs
import io
import re
import string
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node, Parser, Tree

from glossator.errors import SourceError
from glossator.model import Span
from glossator.syntax.languages import Grammar, grammar
from glossator.syntax.room import require_room
from glossator.syntax.text import LineIndex, offset_at, position_of

MAX_BYTES = 5_000_000
MAX_LINE_BYTES = 100_000
LONE_CR = re.compile(rb"\r(?!\n)")
NOT_LINE_END = re.compile(rb"[^\r\n]")
NOTHING = Span(0, 0)
WORD = string.ascii_letters.encode() + string.digits.encode() + b"_"
WINDOW = 4096  # bytes before an edit in which the token before it is looked for


class Document:
    """A snapshot of one file. `text` is UTF-8 without BOM; `version` is the editor's, None for a file on disk.

    `unread` is what the tree does not show, as if blanks stood there: a docstring that is being typed (`unclosed`).
    """

    __slots__ = ("_lines", "_stale", "_tree", "grammar", "language", "text", "unread", "uri", "version")

    def __init__(self, uri: str, text: bytes, version: int | None = None, language: str = "python") -> None:
        """Keep the text; nothing is parsed yet."""
        self.uri = uri
        self.text = text
        self.version = version
        self.language = language
        self.grammar: Grammar = grammar(language)
        self.unread: Span = NOTHING
        self._lines: LineIndex | None = None
        self._tree: Tree | None = None
        self._stale: Tree | None = None

    @classmethod
    def open(cls, uri: str, text: str, version: int | None = None) -> Document:
        """Snapshot of a text that an editor sent."""
        return cls(uri, text.encode("utf-8", "surrogatepass"), version)

    @property
    def lines(self) -> LineIndex:
        """The line index, built on first use."""
        if self._lines is None:
            self._lines = LineIndex.of(self.text)
        return self._lines

    @property
    def tree(self) -> Tree:
        """The syntax tree, parsed on first use, from the last tree where there is one.

        Raises MemoryError where there is no room for it.
        """
        if self._tree is None:
            require_room(0 if self._stale else len(self.text))
            parser: Parser = self.grammar.parser()
            text = _with_line_feeds(self.text if self.unread == NOTHING else _blanked(self.text, self.unread))
            self._tree = parser.parse(text, self._stale) if self._stale else parser.parse(text)
            self._stale = None
        return self._tree

    @property
    def last_tree(self) -> Tree | None:
        """The tree, or where it has not been parsed yet the last one before it, moved along with the edits since."""
        return self._tree or self._stale

    @property
    def is_parsed(self) -> bool:
        """Whether the tree is that of this very text."""
        return self._tree is not None

    @property
    def has_tree(self) -> bool:
        """Whether the tree, or one that it can be made from fast, is in memory."""
        return self._tree is not None or self._stale is not None

    def forget_tree(self) -> None:
        """Give the memory of the tree (twenty times the text's) and of the line index (once) back.

        Both are made afresh when they are asked for again.
        """
        self._tree = self._stale = self._lines = None

    @property
    def root(self) -> Node:
        """The tree's root node."""
        return self.tree.root_node

    @property
    def declined(self) -> str:
        """Why this text is not worked on ("" if it is): too large, too long a line, or a NUL byte.

        Cost: 10 us for 6,425 lines.
        """
        if len(self.text) > MAX_BYTES:
            return f"larger than {MAX_BYTES // 1_000_000} MB"
        if b"\0" in self.text:
            return "contains a NUL byte"
        if _has_long_line(self.text):
            return f"has a line of more than {MAX_LINE_BYTES // 1000} kB"
        return ""

    def edit(self, start: int, end: int, new_text: bytes, version: int | None = None) -> Document:
        """The snapshot after [start, end) was replaced. Microseconds: the text is spliced, nothing is parsed."""
        before = self.text
        after = before[:start] + new_text + before[end:]
        edited = Document(self.uri, after, self.version if version is None else version, self.language)
        edited._lines = self.lines.edited(start, end, after, len(new_text))
        known = self._tree or self._stale
        if known is not None:
            stale = known.copy()
            first, last = _reconsidered(before, start, end)
            new_last = last + len(new_text) - (end - start)
            points = self.lines.point(first), self.lines.point(last), edited._lines.point(new_last)
            stale.edit(first, last, new_last, *points)
            edited._stale = stale
            if self.unread != NOTHING:
                edited._look_again(*_moved(self.unread, Span(start, end), len(new_text)))
        return edited

    def without_reading(self, span: Span) -> Document:
        """This snapshot with another tree: as if blanks stood in a span."""
        other = Document(self.uri, self.text, self.version, self.language)
        other._lines, other._stale, other.unread = self._lines, self._stale or self._tree, span
        other._look_again(*span)
        return other

    def leaves_out(self, start: int, end: int) -> bool:
        """Whether the tree does not show something between two offsets."""
        return self.unread.start < end and start < self.unread.end

    def _look_again(self, start: int, end: int) -> None:
        """Have the parser read a span anew."""
        if self._stale is not None:
            self._stale = self._stale.copy()
            first, last = _reconsidered(self.text, start, end)
            points = self.lines.point(first), self.lines.point(last), self.lines.point(last)
            self._stale.edit(first, last, last, *points)

    def edit_all(self, edits: Sequence[tuple[int, int, bytes]]) -> Document:
        """The snapshot after replacements (start, end, new text), given in the order of the text, none overlapping.

        It is parsed afresh: with edits all over the file the incremental parse was no faster (214 edits in 6,425 lines:
        24 ms, 23 ms).
        """
        if len(edits) == 1:
            return self.edit(*edits[0])
        pieces: list[bytes] = []
        position = 0
        for start, end, new_text in edits:
            pieces += (self.text[position:start], new_text)
            position = end
        return Document(self.uri, b"".join((*pieces, self.text[position:])), self.version, self.language)

    def offset(self, line: int, character: int, encoding: str) -> int:
        """Byte offset of an LSP position in "utf-8", "utf-16" or "utf-32" units, clamped."""
        return offset_at(self.text, self.lines, (line, character), encoding)

    def position(self, offset: int, encoding: str) -> tuple[int, int]:
        """LSP (line, character) of a byte offset."""
        return position_of(self.text, self.lines, offset, encoding)

    def rest_of_line(self, offset: int) -> bytes:
        """What follows an offset on its line, without blanks at the ends."""
        line = self.lines.line_of(offset) + 1
        return self.text[offset : self.lines.start(line) if line < len(self.lines) else None].strip()

    def slice(self, start: int, end: int) -> str:
        """The text between two offsets."""
        return self.text[start:end].decode("utf-8", "replace")

    def one_line(self, node: Node | None) -> str:
        """A node's source with its line breaks made blanks; "" for None."""
        if node is None:
            return ""
        text = self.slice(node.start_byte, node.end_byte)
        return " ".join(text.split()) if "\n" in text or "\r" in text else text


def _reconsidered(text: bytes, start: int, end: int) -> Span:
    """What the parser looks at again after an edit: from within the token before the one at `start` to the line end.

    Where a block begins or ends is decided between the tokens around it, and at the line end. A parser that keeps an
    old decision there reads all the rest of the file again (6,425 lines, 500 places: worst 16 ms, so 2.3 ms).
    """
    window = text[max(start - WINDOW, 0) : start]
    kept = len(window.rstrip().rstrip(WORD).rstrip())
    return Span(start - len(window) + max(kept - 1, 0), max(text.find(b"\n", end) + 1, end))


def _blanked(text: bytes, span: Span) -> bytes:
    """The text with blanks in a span, each line end in its place."""
    return text[: span.start] + NOT_LINE_END.sub(b" ", text[span.start : span.end]) + text[span.end :]


def _moved(span: Span, edit: Span, size: int) -> Span:
    """Where a span lies after [edit) was replaced by `size` bytes; what the edit replaced counts as within."""
    if span.end <= edit.start:
        return span
    grown = size - (edit.end - edit.start)
    if edit.end <= span.start:
        return Span(span.start + grown, span.end + grown)
    return Span(min(span.start, edit.start), max(span.end, edit.end) + grown)


def _with_line_feeds(text: bytes) -> bytes:
    """The text for the parser, each byte in its place: a CR alone ends a line in Python, but not in the grammar."""
    if b"\r" not in text or text.count(b"\r") == text.count(b"\r\n"):
        return text
    return LONE_CR.sub(b"\n", text)


def _has_long_line(text: bytes) -> bool:
    """Whether a line is longer than allowed: leaps from line end to line end, nearly a line's limit at a time."""
    start = 0
    while start + MAX_LINE_BYTES < len(text):
        window = start, start + MAX_LINE_BYTES + 1
        end = max(text.rfind(b"\n", *window), text.rfind(b"\r", *window))
        if end < 0:
            return True
        start = end + 1
    return False


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's bytes stand for its text."""

    name: str
    has_bom: bool

    def encode(self, text: bytes) -> bytes:
        """The file's bytes for a UTF-8 text. Raises SourceError for characters that the encoding lacks."""
        bom = codecs.BOM_UTF8 if self.has_bom else b""
        if self.name == "utf-8":
            return bom + text
        try:
            return bom + text.decode("utf-8").encode(self.name)
        except UnicodeError as error:
            raise SourceError(f"the file's encoding ({self.name}) cannot hold a character of the docstring") from error


def decode(raw: bytes) -> tuple[bytes, Encoding]:
    """A source file's text as UTF-8 bytes without BOM, and its encoding (PEP 263).

    Raises SourceError where the bytes cannot be decoded, or would not be the same after encoding them again.
    """
    has_bom = raw.startswith(codecs.BOM_UTF8)
    body = raw[3:] if has_bom else raw
    try:
        head = io.BytesIO(raw[:4096].replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        name, _ = tokenize.detect_encoding(head.readline)
        encoding = Encoding("utf-8" if name == "utf-8-sig" else name, has_bom)
        text = body.decode(encoding.name)
    except (SyntaxError, LookupError, UnicodeError) as error:
        message = f"cannot decode the file: {error}; declare its encoding in a coding cookie (PEP 263)"
        raise SourceError(message) from error
    data = body if encoding.name == "utf-8" else text.encode("utf-8")
    if encoding.name != "utf-8" and encoding.encode(data) != raw:
        raise SourceError(f"the file does not survive decoding and encoding as {encoding.name}")
    return data, encoding
