"""Which symbols of a document are not what they were in an earlier text of it."""

from __future__ import annotations

from collections.abc import Callable

from glossator.errors import SourceError
from glossator.model import Span
from glossator.syntax.document import Document, decode
from glossator.syntax.facts import initializer
from glossator.syntax.symbols import Entry, Outline, own_level
from glossator.syntax.text import LINE_END


def changed_since(outline: Outline, raw: bytes) -> frozenset[str]:
    """The paths of the symbols that changed since the file held `raw`: all, where that was no text to compare with."""
    try:
        text, _ = decode(raw)
    except SourceError:
        text = b""
    previous = Document(outline.document.uri, text)
    return frozenset(outline.entries) if previous.declined else changed_symbols(outline, Outline(previous))


def earlier_sources(outline: Outline, raw: bytes) -> Callable[[str], bytes | None]:
    """A look-up of what the function at a path was when the file held `raw`; of a class, its initializer.

    None for those that were not there.
    """
    try:
        previous = Outline(Document(outline.document.uri, decode(raw)[0]))
    except SourceError:
        return lambda _path: None

    def source(path: str) -> bytes | None:
        entry = None if previous.document.declined else previous.entry(path)
        if entry is not None and entry.is_class:
            entry = initializer(previous, entry)
        return None if entry is None or entry.owner is None else definition_text(entry)

    return source


def definition_text(entry: Entry) -> bytes:
    """The text of a definition with its decorators, from the start of its first line."""
    start, end = definition_span(entry)
    return entry.document.text[start:end]


def definition_span(entry: Entry) -> Span:
    """Where a definition stands, with its decorators, from the start of its first line."""
    lines = entry.document.lines
    return Span(lines.start(lines.line_of(entry.outer.start_byte)), entry.node.end_byte)


def changed_symbols(outline: Outline, previous: Outline) -> frozenset[str]:
    """The paths of the symbols whose own text is another one than in `previous`, or that it does not have.

    A function's own text is all of it; that of a class or module is its text with the kinds and names of its members
    in their places, for a class with its initializer's text. So a class changes with its members' names, and not with
    the texts of other methods. Docstrings count, line ends,
    blank lines and blanks at a line's end do not.
    """
    before = previous.entries
    return frozenset(
        path
        for path, entry in outline.entries.items()
        if path not in before or _own_text(outline, entry) != _own_text(previous, before[path])
    )


def _own_text(outline: Outline, entry: Entry) -> bytes:
    whole = outline.document.text
    span = Span(0, len(whole)) if entry.owner is None else Span(entry.outer.start_byte, entry.node.end_byte)
    is_level = entry.owner is None or entry.is_class
    text = own_level(outline, entry.path, span) if is_level else whole[span.start : span.end]
    init = initializer(outline, entry) if entry.is_class else None
    if init is not None:
        text += definition_text(init)  # its parameters are those that the class's docstring names
    return b"\n".join(stripped for line in LINE_END.split(text) if (stripped := line.rstrip()))
