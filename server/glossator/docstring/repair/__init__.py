"""Mend one fault of a docstring in place: what the fix is not about stays as it is, byte for byte.

    mended(subject, fixes, material) -> the docstring's new source

A fix becomes a few changes to the content (`changes`), each of which is carried to the place in the source that its
words come from. So quotes, indentation, line ends, escapes, blanks and all between the changes are the user's own.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from glossator.docstring.check.stars import plain
from glossator.docstring.check.subject import Add, Fix, Order, Remove, Rename, Replace, Subject, Turn
from glossator.docstring.literal import written_inside
from glossator.docstring.repair.adding import Addition, added, turned
from glossator.docstring.repair.changes import Change, ordered, removed, renamed
from glossator.docstring.styles import Entry
from glossator.model import DocField, Docstring, FieldKey, FieldKind, Span

TAB = 8  # columns, as the content counts them


@dataclass(frozen=True, slots=True)
class Material:
    """What new text is made of: the fields that may be added, the width of a line of the content, and the file's ways.

    `order` are the names in the order of the facts, with stars.
    """

    fields: Mapping[FieldKey, DocField] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    width: int = 80
    eol: str = "\n"
    encoding: str = "utf-8"


def mended(subject: Subject, fixes: Sequence[Fix], material: Material) -> Docstring | None:
    """The docstring after one fix, or several of `together`; None where they cannot be made in place."""
    changes: list[Change] = []
    for fix in fixes:
        found = changes_of(subject, fix, material)
        if not found:
            return None
        changes += found
    if len(fixes) == 1:
        return with_changes(subject, changes, material)
    return with_changes(subject, _joined(changes), material) if _are_apart(changes) else None


def together(subject: Subject, fixes: Sequence[Fix]) -> int:
    """How many of these fixes, of one kind, may be made at once: each changes what it would change alone.

    At least one, if there are any. Those behind may still meet in the text, which `mended` sees.
    """
    last = _last_entries(subject)
    names = {plain(one.entry.name) for one in fixes if isinstance(one, Rename)}
    kinds = {one.kind for one in subject.reading.entries if one.name}
    free = itertools.takewhile(lambda fix: _is_free(fix, last, names, kinds), fixes)
    return max(sum(1 for _ in free), 1)


def _is_free(fix: Fix, last: Container[Entry], renamed: Container[str], kinds: Container[FieldKind]) -> bool:
    """Whether a fix says nothing about the place of others: no section comes or goes with it, and no name moves on."""
    match fix:
        case Replace():
            return True
        case Rename(_, name):
            return name not in renamed
        case Remove(entry):
            return entry not in last
        case Add(key):
            return bool(key.name) and key.kind in kinds
    return False


def _last_entries(subject: Subject) -> set[Entry]:
    """The last entry of each section, which is its end, or takes it along; among fields the last of each kind."""
    entries = sorted(subject.reading.entries, key=lambda one: one.span.start)
    places = [one.span for one in subject.reading.headings]
    end = len(subject.text)
    sections = {(one.kind, bisect.bisect_right(places, Span(one.span.start, end))): one for one in entries}
    return set(sections.values())


def _are_apart(changes: Sequence[Change]) -> bool:
    """Whether no change touches what another one changes; several may put something into one place."""
    ordered = sorted((one.start, one.end) for one in changes)
    return all(end <= start for (_, end), (start, _) in itertools.pairwise(ordered))


def _joined(changes: Iterable[Change]) -> Iterator[Change]:
    """Changes of which those that put something into one place are one, in their order."""
    kept: dict[Span, Change] = {}
    for one in changes:
        before = kept.get(Span(one.start, one.end))
        is_put = before is not None and one.start == one.end
        kept[Span(one.start, one.end)] = one._replace(text=before.text + one.text) if before and is_put else one
    return iter(kept.values())


def changes_of(subject: Subject, fix: Fix, material: Material) -> tuple[Change, ...]:
    """What a fix changes in the content; empty where it cannot be made."""
    match fix:
        case Replace(span, text):
            return (Change(span.start, span.end, text),)
        case Remove(entry):
            return removed(subject, entry)
        case Rename(entry, name):
            return renamed(subject, entry, name)
        case Order(names):
            return ordered(subject, names)
        case Add(key):
            field_ = material.fields.get(key)
            return added(subject, Addition(key, field_, material.order, material.width)) if field_ else ()
        case Turn(entry, key):
            field_ = material.fields.get(key)
            return turned(subject, entry, Addition(key, field_, (), material.width)) if field_ else ()


def with_changes(subject: Subject, changes: Iterable[Change], material: Material) -> Docstring | None:
    """The docstring with changes carried into its source; None where one cannot be written there."""
    docstring, content = subject.symbol.docstring, subject.content
    if docstring is None or not content.is_exact:
        return None
    raw = docstring.text
    margin = margin_of(raw) if "\n" in raw else _indent_of(subject)
    for change in sorted(changes, key=lambda one: one.start, reverse=True):
        new = _source(change, subject, margin, material)
        if new is None or ("\n" in new and len(docstring.quotes) == 1):
            return None
        raw = raw[: content.raw_offset(change.start)] + new + raw[content.raw_offset(change.end) :]
    ends_badly = raw[-1:] == docstring.quotes[0] or (len(raw) - len(raw.rstrip("\\"))) % 2
    return None if ends_badly else replace(docstring, text=raw)


def _source(change: Change, subject: Subject, margin: str, material: Material) -> str | None:
    """A change's text as it stands in the source, with `margin` before each line."""
    docstring = subject.symbol.docstring
    assert docstring is not None
    if change.moved is not None:
        start, end = map(subject.content.raw_offset, change.moved)
        return docstring.text[start:end]
    written = written_inside(change.text, docstring, material.encoding)
    if written is None:
        return None
    lines = written.split("\n")
    if "\t" in margin:
        lines = [_with_tabs(line) for line in lines]
    # What comes behind the last line goes on in it, so it is indented even where it is empty.
    indented = [margin + line if line or number == len(lines) - 1 else "" for number, line in enumerate(lines)]
    return material.eol.join([lines[0], *indented[1:]])


def _indent_of(subject: Subject) -> str:
    """The indentation of a docstring of one line, whose own lines do not show it."""
    place = subject.symbol.place
    return place.indent if place is not None else ""


def _with_tabs(line: str) -> str:
    """A line of the content, which has no tabs, as a docstring shows it that is indented with them."""
    rest = line.lstrip(" ")
    tabs, blanks = divmod(len(line) - len(rest), TAB)
    return "\t" * tabs + " " * blanks + rest


def margin_of(raw: str) -> str:
    """The white space before every line of a docstring but the first, as it stands there."""
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in raw.splitlines()[1:] if line.strip()]
    last = raw.rpartition("\n")[2]
    return min(indents, key=len) if indents else last if not last.strip() else ""


def literal_of(docstring: Docstring) -> str:
    """The literal of a docstring."""
    return f"{docstring.prefix}{docstring.quotes}{docstring.text}{docstring.quotes}"
