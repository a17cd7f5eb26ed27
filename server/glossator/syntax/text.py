"""Lines and positions of a text held as UTF-8 bytes, as the Language Server Protocol counts them.

A line ends at CRLF, LF or CR and nowhere else: form feeds and U+2028 are ordinary characters (LSP 3.17, "Text
Documents").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

LINE_END = re.compile(rb"\r\n|\r|\n")
UTF8, UTF16, UTF32 = "utf-8", "utf-16", "utf-32"


def line_starts(text: bytes) -> list[int]:
    """Offsets at which the lines of `text` start; never empty."""
    if b"\r" in text:
        return [0, *(match.end() for match in LINE_END.finditer(text))]
    lines = text.split(b"\n")[:-1]
    return [0, *accumulate([len(line) + 1 for line in lines])]


class LineIndex:
    """The line starts of one text; `edited` gives those of the next text in time that does not depend on its size.

    Lines from `pivot` on are kept without the `shift` that the last edits on one line have caused, so that typing does
    not touch every later line.
    """

    __slots__ = ("_pivot", "_shift", "_starts")

    def __init__(self, starts: list[int], pivot: int = 0, shift: int = 0) -> None:
        """Wrap line starts; those from index `pivot` on are meant plus `shift` bytes."""
        self._starts = starts
        self._pivot = pivot
        self._shift = shift

    @classmethod
    def of(cls, text: bytes) -> LineIndex:
        """Index of a text, from scratch."""
        return cls(line_starts(text))

    def __len__(self) -> int:
        """Number of lines; a text that ends with a line end has an empty last line."""
        return len(self._starts)

    def start(self, line: int) -> int:
        """Offset at which a line starts."""
        return self._starts[line] + (self._shift if line >= self._pivot else 0)

    def line_of(self, offset: int) -> int:
        """Line in which an offset lies."""
        starts, pivot = self._starts, self._pivot
        if pivot < len(starts) and offset >= starts[pivot] + self._shift:
            return bisect_right(starts, offset - self._shift, lo=pivot) - 1
        return bisect_right(starts, offset, hi=pivot) - 1

    def point(self, offset: int) -> tuple[int, int]:
        """Line of an offset, and its place there in bytes."""
        line = self.line_of(offset)
        return line, offset - self.start(line)

    def edited(self, start: int, end: int, after: bytes, size: int) -> LineIndex:
        """Index of the text `after` an edit that replaced [start, end) by `size` bytes.

        The lines that the edit touches are scanned anew, and the one before them where a CR might meet an LF.
        """
        first, last = self.line_of(start), self.line_of(end)
        if first and start == self.start(first):
            first -= 1
        delta = size - (end - start)
        base = self.start(first)
        stop = self.start(last + 1) + delta if last + 1 < len(self) else len(after)
        fresh = [base + offset for offset in line_starts(after[base:stop])]
        if last + 1 < len(self):
            fresh.pop()  # it is the start of the line that follows, kept below
        # Those between the old pivot and the new one are written down anew, all others stay as they are.
        starts, pivot, shift, following = self._starts, self._pivot, self._shift, last + 1
        head = starts[: min(pivot, first)] + [start + shift for start in starts[pivot:first]]
        tail = [start - shift for start in starts[following:pivot]] + starts[max(following, pivot) :]
        return LineIndex(head + fresh + tail, len(head) + len(fresh), shift + delta)


def offset_at(text: bytes, lines: LineIndex, position: tuple[int, int], encoding: str) -> int:
    """Byte offset of an LSP (line, character) position, clamped as the specification says.

    A line past the end gives the end of the text, a character past the end of a line the place before its line end, a
    position inside a character that character's start; negative figures count as 0.
    """
    line, character = position
    if line < 0:
        return 0
    if line >= len(lines):
        return len(text)
    start = lines.start(line)
    stop = lines.start(line + 1) if line + 1 < len(lines) else len(text)
    content = text[start:stop].rstrip(b"\r\n")
    if character <= 0:
        return start
    if content.isascii():
        return start + min(character, len(content))
    return start + _units_to_bytes(content, character, encoding)


def _units_to_bytes(content: bytes, units: int, encoding: str) -> int:
    """Bytes that the first `units` code units of a line take, whole characters only."""
    if encoding == UTF8:
        size = min(units, len(content))
        while 0 < size < len(content) and content[size] & 0xC0 == 0x80:
            size -= 1
        return size
    size = seen = 0
    for character in content.decode("utf-8", "surrogatepass"):
        seen += 2 if encoding == UTF16 and character > "\uffff" else 1
        if seen > units:
            break
        size += len(character.encode("utf-8", "surrogatepass"))
    return size


def position_of(text: bytes, lines: LineIndex, offset: int, encoding: str) -> tuple[int, int]:
    """LSP (line, character) of a byte offset."""
    line = lines.line_of(offset)
    before = text[lines.start(line) : offset]
    if encoding == UTF8 or before.isascii():
        return line, len(before)
    decoded = before.decode("utf-8", "surrogatepass")
    if encoding == UTF32:
        return line, len(decoded)
    return line, len(decoded) + sum(character > "\uffff" for character in decoded)
