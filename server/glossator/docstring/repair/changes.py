"""Changes to a docstring's content: entries taken out, renamed, put in order. Offsets are the content's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from glossator.docstring.check.names import mentions
from glossator.docstring.check.parameters import shared_lines
from glossator.docstring.check.stars import plain
from glossator.docstring.check.subject import Subject, line_end, line_start
from glossator.docstring.styles import Entry, Heading, Style
from glossator.model import FieldKind, Span


class Change(NamedTuple):
    """Put a text (line feeds, no indentation that all lines share) where a piece of the content stands.

    With `moved` the text is what stands in another place, copied as its source has it.
    """

    start: int
    end: int
    text: str = ""
    moved: Span | None = None


def lines_of_entry(subject: Subject, entry: Entry) -> Span:
    """The lines that an entry takes, from the start of the first to the end of the last.

    A field of its own for the type belongs to them where it follows, and not where others stand between. In google
    style a paragraph in the entry's own column is nobody's, and stays where it is.
    """
    text, type_ = subject.text, entry.type
    end = max(entry.name_span.end, entry.description.end, entry.span.start + 1)
    if subject.style is Style.GOOGLE:
        end = _end_of_paragraphs(text, entry.span.start, end)
    if type_ is not None and type_.end > end and not text[end : line_start(text, type_.start)].strip():
        end = type_.end
    return Span(line_start(text, entry.span.start), line_end(text, end - 1))


def _end_of_paragraphs(text: str, start: int, end: int) -> int:
    """Where an entry ends before a paragraph that stands no deeper than itself."""
    first = line_start(text, start)
    column = len(text[first:].partition("\n")[0]) - len(text[first:].partition("\n")[0].lstrip())
    at = line_end(text, start) + 1
    was_blank = False
    while at < end:
        line = text[at : line_end(text, at)]
        if was_blank and line.strip() and len(line) - len(line.lstrip()) <= column:
            return len(text[:at].rstrip())
        was_blank = not line.strip()
        at += len(line) + 1
    return end


def heading_of(subject: Subject, entry: Entry) -> Heading | None:
    """The section that an entry stands in; None for a field of sphinx and epytext."""
    found = (one for one in subject.reading.headings if one.kind is entry.kind)
    return next((one for one in found if one.span.start <= entry.span.start <= one.span.end), None)


def without_lines(text: str, start: int, end: int) -> Change:
    """Take whole lines out: with the line feed behind them, or before them where they are the last."""
    # From the end of the line before, so that no indentation of its own is left behind.
    return Change(start - 1, end) if start else Change(0, min(end + 1, len(text)))


def removed(subject: Subject, entry: Entry) -> tuple[Change, ...]:
    """Take an entry out: its lines, its section with the last one, or its name where others share the lines."""
    if entry.span in shared_lines(subject.reading.entries):
        return _name_removed(subject, entry)
    heading = heading_of(subject, entry)
    if heading is not None and _is_all_of(subject, heading, entry):
        return (_section_removed(subject.text, heading.span),)
    lines = lines_of_entry(subject, entry)
    fields = [] if heading is not None else [_field_of_type(subject, entry)]
    apart = [span for span in fields if span is not None and not lines.start <= span.start < lines.end]
    changes = [_block_removed(subject, lines, entry)]
    changes += [without_lines(subject.text, *span) for span in apart]
    return tuple(changes)


def _name_removed(subject: Subject, entry: Entry) -> tuple[Change, ...]:
    """Take one name out of "a, b : int"."""
    text = subject.text
    start, end = entry.name_span
    behind = re.compile(r"[ \t]*,[ \t]*").match(text, end)
    if behind:
        return (Change(start, behind.end(), ""),)
    before = re.search(r"[ \t]*,[ \t]*$", text[:start])
    return (Change(before.start(), end, ""),) if before else ()


def _is_all_of(subject: Subject, heading: Heading, entry: Entry) -> bool:
    """Whether a section holds nothing but one entry."""
    lines = lines_of_entry(subject, entry)
    rest = subject.text[heading.title_span.end : lines.start] + subject.text[lines.end : heading.span.end]
    return not rest.strip()


def _section_removed(text: str, span: Span) -> Change:
    """Take a section out with the blank lines before it (behind it where it is the first thing)."""
    start, end = line_start(text, span.start), line_end(text, max(span.end - 1, span.start))
    before = len(text[:start].rstrip("\n \t"))
    if before:
        return Change(before, end, "")
    behind = re.compile(r"\s*\n").match(text, end)
    return Change(0, behind.end() if behind else end, "")


def _block_removed(subject: Subject, lines: Span, entry: Entry) -> Change:
    """Take lines out with the blank ones that parted them from the next entry, or else from the one before."""
    text = subject.text
    blank = re.compile(r"\n(?:[ \t]*\n)+").match(text, lines.end)
    has_next = any(one.span.start > entry.span.start and one.kind is entry.kind for one in subject.reading.entries)
    if blank and has_next and _next_start(subject, entry) == blank.end():
        return Change(lines.start - 1, blank.end() - 1) if lines.start else Change(0, blank.end())
    gap = re.search(r"\n(?:[ \t]*\n)+$", text[: lines.start])
    if gap and (lines.end == len(text) or blank):
        return Change(gap.start(), lines.end, "")
    return without_lines(text, *lines)


def _next_start(subject: Subject, entry: Entry) -> int:
    """Where the line of the next entry starts."""
    later = [one.span.start for one in subject.reading.entries if one.span.start > entry.span.start]
    return line_start(subject.text, min(later)) if later else -1


def _field_of_type(subject: Subject, entry: Entry) -> Span | None:
    """The lines of the field that holds only an entry's type (":type x: int")."""
    if entry.type is None:
        return None
    return Span(line_start(subject.text, entry.type.start), line_end(subject.text, max(entry.type.end - 1, 0)))


def renamed(subject: Subject, entry: Entry, name: str) -> tuple[Change, ...]:
    """Another name for an entry, its own field for the type, and its mentions in code spans."""
    text, old = subject.text, plain(entry.name)
    start, end = entry.name_span
    # Underscores may be escaped for docutils.
    written = re.compile(re.escape(old).replace("_", r"\\?_")).search(text, start, end)
    if written is None:
        return ()
    found = {Change(*written.span(), name)}
    if subject.style in (Style.SPHINX, Style.EPYTEXT):
        typed = rf"^[ \t]*[:@](?:kw)?(?:var)?type[ \t]+\\?\*{{0,2}}({re.escape(old)})[ \t]*:"
        found |= {Change(*match.span(1), name) for match in re.finditer(typed, text, re.MULTILINE)}
    # Another exception of the same name may be meant elsewhere; a parameter's name means the parameter.
    if old.isidentifier() and entry.kind is not FieldKind.RAISE:
        found |= {Change(*span, name) for span, _ in mentions(text, {old}) if not _within(found, span)}
    return tuple(found)


def _within(changes: set[Change], span: Span) -> bool:
    return any(one.start <= span.start < one.end for one in changes)


def ordered(subject: Subject, names: Sequence[str]) -> tuple[Change, ...]:
    """The entries of the section that has these names, in their order; what stands between the entries stays there."""
    entries = [entry for entry in subject.entries(FieldKind.PARAMETER) if plain(entry.name) in names]
    headings = {heading_of(subject, entry) for entry in entries}
    if len(headings) > 1:
        return ()
    blocks = [lines_of_entry(subject, entry) for entry in entries]
    places = {plain(entry.name): block for entry, block in zip(entries, blocks, strict=True)}
    if len(places) != len(entries) or any(name not in places for name in names):
        return ()
    pairs = zip(blocks, [places[name] for name in names], strict=True)
    return tuple(Change(*block, moved=moved) for block, moved in pairs if block != moved)
