"""What a docstring says and where: the result of parsing, and the ground that the parsers of all styles share.

Offsets count characters of the docstring's content (see `docstring.literal` for the way back to the source).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from glossator.docstring.styles.prose import ITEM, starts_with_prose, unwrap
from glossator.model import Doc, DocField, FieldKind, Section, Span

_DEFAULT = re.compile(
    r"""(?:^|(?<=[.!?)] ))Defaults to """
    r"""(?:``(?P<span>(?:(?!``).)+)``|(?P<plain>[^\s`]+|"[^"]*"|'[^']*'|[\[({][^`]*[\])}]))\.$"""
)
_ESCAPED = re.compile(r"\\(?=[*_])")


@dataclass(frozen=True, slots=True)
class Entry:
    """One located entry of a section, or a field of sphinx and epytext.

    `span` goes from the name (or the field's mark) to the end of the description. `type` is None where no type is
    documented; `description` is empty (its end is its start) where a description would go. Entries that share a line
    ("a, b : int") have spans of their own for their names only.
    """

    kind: FieldKind
    name: str
    span: Span
    name_span: Span
    type: Span | None
    description: Span


@dataclass(frozen=True, slots=True)
class Heading:
    """One located section: its title as written, the title's line or lines, and the whole section with its body."""

    title: str
    kind: FieldKind | None
    title_span: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about the form: a code GLS3xx, the words in question, and what is wrong with them."""

    code: str
    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Reading:
    """A parsed docstring: the doc, its located parts, and problems of form."""

    doc: Doc
    summary: Span
    entries: tuple[Entry, ...] = ()
    headings: tuple[Heading, ...] = ()
    problems: tuple[Problem, ...] = ()


class Line(NamedTuple):
    """A line of the content: where it starts, its text without line end, and its indentation in columns."""

    start: int
    text: str
    indent: int

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands on it."""
        return self.indent == len(self.text)

    @property
    def content(self) -> Span:
        """Where its text stands, without surrounding blanks."""
        return Span(self.start + self.indent, self.start + max(self.indent, len(self.text.rstrip())))


class Words(NamedTuple):
    """A piece of text and its place."""

    text: str
    span: Span


class Parts(NamedTuple):
    """The parts of one entry as they stand in the text, and where the entry starts."""

    start: int
    name: Words
    type: Words | None
    description: Words


def words(text: str, start: int) -> Words:
    """A piece of text without surrounding blanks; `start` is where the piece with its blanks starts."""
    stripped = text.strip()
    at = start + (len(text) - len(text.lstrip()) if stripped else 0)
    return Words(stripped, Span(at, at + len(stripped)))


NOWHERE = Span(0, 0)


@dataclass(slots=True)
class Gathering:
    """What a parser has found so far."""

    summary: str = ""
    summary_span: Span = NOWHERE
    description: str = ""
    fields: dict[FieldKind, list[DocField]] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def prose(self, lines: Sequence[Line]) -> None:
        """Take the lines before the first section as summary and description."""
        block = _first_block(lines)
        if not block:
            return
        text = unwrap(line.text for line in lines)
        head, _, rest = text.partition("\n")
        if head.startswith((" ", ">>>", "..", "```")) or ITEM.match(head):
            self.description = text
            return
        self.summary, self.description = head.strip(), rest.strip("\n")
        self.summary_span = Span(block[0].content.start, _end_of_summary(block, self.summary))

    def add(self, kind: FieldKind, parts: Parts, default: str = "") -> None:
        """Take one entry, which may name several things at once; `default` is one that stands beside the type."""
        description, told = split_default(parts.description.text)
        type_text, type_span = (parts.type.text, parts.type.span) if parts.type else ("", None)
        end = max(parts.name.span.end, parts.description.span.end, type_span.end if type_span else 0)
        for one in _names(parts.name):
            whole = Span(parts.start, end)
            self.entries.append(Entry(kind, one.text, whole, one.span, type_span, parts.description.span))
            self.fields.setdefault(kind, []).append(DocField(one.text, description, type_text, told or default))

    def section(self, title: str, lines: Sequence[Line]) -> None:
        """Keep the lines as the body of a section."""
        body = dedented(lines)
        if not title and not body:
            return
        if not title and self.sections and not self.sections[-1].title:
            body = f"{self.sections.pop().body}\n\n{body}"
        self.sections.append(Section(title, body))

    def problem(self, code: str, message: str, span: Span) -> None:
        """Note a fault of form."""
        self.problems.append(Problem(code, message, span))

    def reading(self) -> Reading:
        """Everything found, as a value."""
        found = self.fields
        doc = Doc(
            self.summary,
            self.description,
            tuple(found.get(FieldKind.PARAMETER, ())),
            _single(found.get(FieldKind.RETURNS)),
            _single(found.get(FieldKind.YIELDS)),
            tuple(found.get(FieldKind.RAISE, ())),
            tuple(found.get(FieldKind.ATTRIBUTE, ())),
            tuple(self.sections),
        )
        return Reading(doc, self.summary_span, tuple(self.entries), tuple(self.headings), tuple(self.problems))


def lines_of(text: str) -> list[Line]:
    """The lines of a text with their places; only line feeds part lines."""
    lines = []
    start = 0
    for line in text.split("\n"):
        lines.append(Line(start, line, len(line) - len(line.lstrip())))
        start += len(line) + 1
    return lines


def trimmed(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines without blank ones at both ends."""
    first, last = 0, len(lines)
    while first < last and lines[first].is_blank:
        first += 1
    while last > first and lines[last - 1].is_blank:
        last -= 1
    return lines[first:last]


def dedented(lines: Sequence[Line]) -> str:
    """The lines as text, without the indentation that they have in common."""
    kept = trimmed(lines)
    margin = min((line.indent for line in kept if not line.is_blank), default=0)
    return "\n".join(line.text[margin:].rstrip() for line in kept)


def described(first: Words, rest: Sequence[Line], expected: int) -> Words:
    """A description that begins on the line of its head (`first`, may be empty) and goes on below it.

    `expected` is the column at which continuation lines should stand. People align them anywhere, so a line directly
    below the first shows the real column; after a blank line `expected` tells a deeper verbatim block from prose.
    """
    kept = rest[: len(rest) - _blanks_at_end(rest)]
    if not kept:
        return Words(unwrap([first.text]), first.span) if "  " in first.text else first
    below = kept if first.text else trimmed(kept)
    margin = min(line.indent for line in kept if not line.is_blank)
    if below[0].is_blank or (first.text and not starts_with_prose(first.text)):
        is_list = ITEM.match(next(line.text for line in below if not line.is_blank)) is not None
        column = margin if is_list else min(margin, expected)
    else:
        column = below[0].indent if ITEM.match(below[0].text) is None else min(margin, below[0].indent)
    texts = [line.text[min(column, line.indent) :] for line in below]
    start = first.span.start if first.text else below[0].content.start
    return Words(unwrap([first.text, *texts] if first.text else texts), Span(start, kept[-1].content.end))


def split_default(description: str) -> tuple[str, str]:
    """A description without the sentence that tells the default, and the default."""
    if "Defaults to " not in description or not description.endswith("."):
        return description, ""
    match = _DEFAULT.search(description)
    if match is None:
        return description, ""
    return description[: match.start()].rstrip(" "), match["span"] or match["plain"]


def with_default(entry: DocField) -> str:
    """A description with the sentence that tells the default."""
    if not entry.default:
        return entry.description
    sentence = f"Defaults to {entry.default}." if "`" in entry.default else f"Defaults to ``{entry.default}``."
    if not entry.description:
        return sentence
    return f"{entry.description}{' ' if entry.description[-1] in '.!?)' else '. '}{sentence}"


def plain_name(text: str) -> str:
    """A name without the marks that protect it: backslashes, backticks, a role."""
    if "\\" in text:
        text = _ESCAPED.sub("", text)
    if "`" in text:
        text = text[text.index("`") :].strip("`~!")
    return text.strip()


def _names(words: Words) -> list[Words]:
    """The names of "a, b" with their places."""
    if "," not in words.text:
        return [Words(plain_name(words.text), words.span)]
    found = []
    start = words.span.start
    for part in words.text.split(","):
        stripped = part.strip()
        at = start + len(part) - len(part.lstrip())
        if stripped:
            found.append(Words(plain_name(stripped), Span(at, at + len(stripped))))
        start += len(part) + 1
    return found


def _single(found: Sequence[DocField] | None) -> DocField | None:
    """What is returned, as one field: several values become a list in its description."""
    if not found:
        return None
    if len(found) == 1:
        return found[0]
    items = []
    for one in found:
        head = f"{one.name} ({one.type})" if one.name and one.type else one.name or one.type
        text = re.sub(r"\n(?=[^\n])", "\n  ", with_default(one))
        items.append(f"- {head}: {text}" if head and text else f"- {head or text}")
    return DocField("", "\n".join(items))


def _first_block(lines: Sequence[Line]) -> list[Line]:
    block: list[Line] = []
    for line in trimmed(lines):
        if line.is_blank:
            break
        block.append(line)
    return block


def _end_of_summary(block: Sequence[Line], summary: str) -> int:
    """Where the summary ends: it is made of the block's first lines, joined by a blank each."""
    left = len(summary)
    for line in block:
        span = line.content
        left -= span.end - span.start + 1
        if left < 0:
            return span.end
    return block[-1].content.end


def _blanks_at_end(lines: Sequence[Line]) -> int:
    count = 0
    for line in reversed(lines):
        if not line.is_blank:
            break
        count += 1
    return count
