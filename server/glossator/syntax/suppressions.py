"""Comments that say what to leave alone: `# glossator: ignore[GLS201]`, `# glossator: ignore-file[GLS2]`.

A comment that ignores belongs to the definition in whose header or docstring it stands (from the comment lines above it
to the last line of the docstring); at the top of a file, above or behind the module's docstring, to the module. Codes
may be given by their beginnings; no brackets mean all codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from glossator.model import Span
from glossator.syntax.comments import comment_start
from glossator.syntax.document import Document
from glossator.syntax.symbols import Entry, Outline

_MARK: Final = b"glossator:"
_COMMENT: Final = re.compile(
    rb"#[^\r\n]*?\bglossator:[ \t]*ignore(?P<file>-file)?(?:[ \t]*\[(?P<codes>[^\]\r\n]*)\])?(?![\w-])"
)


class _Ignored(NamedTuple):
    """Where a comment stands, and the beginnings of the codes that it hides."""

    offset: int
    codes: tuple[str, ...]


class Suppressions:
    """What the comments of a document hide. Cost: a search in the text where there are none."""

    def __init__(self, outline: Outline) -> None:
        """Read the comments."""
        self._outline = outline
        self._everywhere: tuple[str, ...] = ()
        self._here: list[_Ignored] = []
        for match in _matches(outline.document):
            found = tuple(map(_code, filter(None, map(bytes.strip, (match["codes"] or b"").split(b",")))))
            codes = found if match["codes"] is not None else ("",)
            if match["file"]:
                self._everywhere += codes
            else:
                self._here.append(_Ignored(match.start(), codes))

    def hides(self, path: str, code: str) -> bool:
        """Whether findings of a code are hidden at a symbol."""
        if self._everywhere and code.startswith(self._everywhere):
            return True
        if not self._here:
            return False
        entry = self._outline.entry(path)
        if entry is None:
            return False
        start, end = _header(entry)
        return any(start <= one.offset < end and code.startswith(one.codes) for one in self._here)


def _code(written: bytes) -> str:
    """A code as it is written, or by its number alone."""
    code = written.decode("utf-8", "replace").upper()
    return f"GLS{code}" if code.isdigit() else code


def _matches(document: Document) -> Iterator[re.Match[bytes]]:
    """The comments that say something; not what looks like one in a string."""
    if _MARK not in document.text:
        return
    for match in _COMMENT.finditer(document.text):
        node = document.root.descendant_for_byte_range(match.start(), match.start() + 1)
        if node is not None and node.type == "comment":
            yield match


def _header(entry: Entry) -> Span:
    """What belongs to a definition alone: from the comments above it to the line that its docstring ends on."""
    document, symbol = entry.document, entry.symbol
    start = 0 if entry.owner is None else comment_start(document, entry.outer.start_byte)
    if symbol.docstring is not None:
        return Span(start, _line_end(document, symbol.docstring.span.end))
    if symbol.place is None:
        return Span(start, symbol.name_span.end)
    if symbol.place.form in ("block", "module"):
        return Span(start, symbol.place.offset)
    return Span(start, _line_end(document, symbol.span.end))


def _line_end(document: Document, offset: int) -> int:
    """Where the line after that of an offset starts."""
    line = document.lines.line_of(offset) + 1
    return document.lines.start(line) if line < len(document.lines) else len(document.text)
