"""New entries and sections for a docstring, laid out as those that stand in it are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from glossator.docstring.check.parameters import shared_lines
from glossator.docstring.check.stars import plain
from glossator.docstring.check.subject import Subject, line_end, line_start
from glossator.docstring.repair.changes import Change, heading_of, lines_of_entry
from glossator.docstring.styles import Entry, Style, render
from glossator.model import Doc, DocField, FieldKey, FieldKind

_UNIT = "    "
# What holds no more when values are yielded one by one, and when they are returned at once.
_OF_ALL = re.compile(
    r"^(?:(?:an?|the)\s+)?(?:\w+\s+)?(?:lists?|arrays?|sequences?|iterables?|iterators?)\b", re.IGNORECASE
)
_OF_EACH = re.compile(r"^(?:each|every|the next|next|one by one)\b", re.IGNORECASE)


class Addition(NamedTuple):
    """A field to be written, the names of its kind in the order of the facts, and the width of a line."""

    key: FieldKey
    field: DocField
    order: tuple[str, ...]
    width: int


def added(subject: Subject, addition: Addition) -> tuple[Change, ...]:
    """A new entry beside those of its kind; where there are none, a new section."""
    if subject.style is None:
        return ()
    kin = [one for one in subject.entries(addition.key.kind) if one.name or addition.key.name]
    if addition.key.name and kin:
        return (_entry_added(subject, kin, addition),)
    return (_section_added(subject, addition),)


def turned(subject: Subject, entry: Entry, addition: Addition) -> tuple[Change, ...]:
    """The section of a result as one of what is yielded, or the other way round; words that still hold are kept."""
    assert subject.style is not None
    text = subject.text
    old = subject.reading.doc.returns or subject.reading.doc.yields
    field = addition.field
    wrong_now = _OF_ALL if addition.key.kind is FieldKind.YIELDS else _OF_EACH
    if old is not None and old.description and not wrong_now.search(old.description):
        field = replace(field, description=old.description)
    if old is not None and old.type and field.type in ("", "object") and not wrong_now.search(old.type):
        field = replace(field, type=old.type)
    if old is not None and old.name and subject.style is Style.NUMPY:
        field = replace(field, name=old.name)
    if subject.style is not Style.NUMPY and not (old is not None and old.type):
        field = replace(field, type="")
    heading = heading_of(subject, entry)
    lines = lines_of_entry(subject, entry)
    start = line_start(text, heading.span.start) if heading is not None else lines.start
    end = max(lines.end, heading.span.end) if heading is not None else lines.end
    indent = _indent(text, start)
    changes = [Change(start, end, _shifted(_block(field, addition, subject.style), indent))]
    if entry.type is not None and not start <= entry.type.start < end:
        at = entry.type.start
        changes.append(Change(line_start(text, at), min(line_end(text, at) + 1, len(text)), ""))
    return tuple(changes)


def _indent(text: str, start: int) -> str:
    line = text[start : line_end(text, start)]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _shifted(lines: Sequence[str], indent: str) -> str:
    return "\n".join(indent + line if line else "" for line in lines)


def _block(field: DocField, addition: Addition, style: Style) -> list[str]:
    """The lines of a section with one entry, or of one field."""
    doc, key = Doc(""), addition.key
    match key.kind:
        case FieldKind.PARAMETER:
            doc = Doc("", parameters=(field,))
        case FieldKind.RETURNS:
            doc = Doc("", returns=field)
        case FieldKind.YIELDS:
            doc = Doc("", yields=field)
        case FieldKind.RAISE:
            doc = Doc("", raises=(field,))
        case _:
            doc = Doc("", attributes=(field,))
    return render(doc, style, addition.width).split("\n")


def _entry_added(subject: Subject, kin: Sequence[Entry], addition: Addition) -> Change:
    """An entry behind the one that it follows in the facts, else before the first."""
    text = subject.text
    before = _entry_before(kin, addition)
    model = before if before is not None else kin[0]
    lines = _entry_lines(subject, model, addition)
    gap = "\n\n" if _are_apart(subject, kin) else "\n"
    if before is not None:
        end = lines_of_entry(subject, before).end
        return Change(end, end, gap + lines)
    start = line_start(text, model.span.start)
    return Change(start, start, lines + gap)


def _entry_before(kin: Sequence[Entry], addition: Addition) -> Entry | None:
    """The entry that the new one goes behind; None where it comes first.

    Names that the signature does not have are keywords, which stand behind those that it has.
    """
    order = [name.lstrip("*") for name in addition.order]
    name = plain(addition.key.name)
    if name not in order:
        return kin[-1]
    place = order.index(name)
    by_name = {plain(one.name): one for one in kin}
    return next((by_name[one] for one in reversed(order[:place]) if one in by_name), None)


def _entry_lines(subject: Subject, model: Entry, addition: Addition) -> str:
    """The lines of a new entry, beginning in the column of `model`, with its mark where it is an item of a list."""
    style = subject.style
    assert style is not None
    text = subject.text
    start = line_start(text, model.span.start)
    indent = _indent(text, start)
    bullet = re.compile(r"[-*+•] +").match(text, start + len(indent))
    mark = bullet[0] if bullet and style is Style.GOOGLE else ""
    field = addition.field
    if style is not Style.NUMPY and model.type is None:
        field = replace(field, type="")
    lines = _block(field, addition._replace(width=addition.width - len(indent)), style)
    if style is Style.GOOGLE:
        lines = [line.removeprefix(_UNIT) for line in lines[1:]]
    elif style is Style.NUMPY:
        lines = lines[2:]
    else:
        lines = _as_beside(subject, model, lines)
    if mark:
        lines = [mark + lines[0], *[" " * len(mark) + line for line in lines[1:]]]
    return _shifted(_with_unit(subject, model, lines), indent)


def _with_unit(subject: Subject, model: Entry, lines: Sequence[str]) -> list[str]:
    """The lines with the indentation that continued lines have in the docstring, where one shows it."""
    text = subject.text
    first = line_start(text, model.span.start)
    second = text.find("\n", first) + 1
    if not second or second >= lines_of_entry(subject, model).end:
        return list(lines)
    deeper = len(_indent(text, second)) - len(_indent(text, first))
    is_field = text[second : second + 400].lstrip(" \t").startswith((":", "@"))
    if deeper <= 0 or is_field:
        return list(lines)
    return [" " * deeper + line.removeprefix(_UNIT) if line.startswith(_UNIT) else line for line in lines]


def _as_beside(subject: Subject, model: Entry, lines: list[str]) -> list[str]:
    """Fields with the keyword that the one beside them has (":arg x:", ":raise E:")."""
    written = re.compile(r"[:@](\w+)").match(subject.text, model.span.start)
    own = re.match(r"[:@](\w+)", lines[0])
    if written is None or own is None:
        return lines
    return [lines[0].replace(own[1], written[1], 1), *lines[1:]]


def _are_apart(subject: Subject, kin: Sequence[Entry]) -> bool:
    """Whether blank lines part the entries of a kind."""
    shared = shared_lines(kin)
    alone = [one for one in kin if one.span not in shared]
    if len(alone) < 2:
        return False
    end = lines_of_entry(subject, alone[0]).end
    return "\n\n" in re.sub(r"[ \t]+", "", subject.text[end : alone[1].span.start])


# The order of sections and fields; `render` has it, but for google style, where attributes come last.
_ORDER = (FieldKind.PARAMETER, FieldKind.ATTRIBUTE, FieldKind.RETURNS, FieldKind.YIELDS, FieldKind.RAISE)


def _section_added(subject: Subject, addition: Addition) -> Change:
    """A new section behind those that come before it, else before the first that comes after."""
    style, text = subject.style, subject.text
    assert style is not None
    field = addition.field if style is Style.NUMPY else replace(addition.field, type="")
    lines = _block(field, addition, style)
    rank = _ORDER.index(addition.key.kind)
    if style in (Style.SPHINX, Style.EPYTEXT):
        return _field_added(subject, lines, rank)
    ranked = [(one, _ORDER.index(one.kind)) for one in subject.reading.headings if one.kind in _ORDER]
    before = [one for one, other in ranked if other < rank]
    after = [one for one, other in ranked if other > rank]
    model = before[-1] if before else after[0]
    indent = _indent(text, line_start(text, model.span.start))
    block = _shifted(_with_section_unit(subject, lines), indent)
    if before:
        end = line_end(text, max(model.span.end - 1, model.span.start))
        return Change(end, end, "\n\n" + block)
    start = line_start(text, model.span.start)
    return Change(start, start, block + "\n\n")


def _with_section_unit(subject: Subject, lines: Sequence[str]) -> list[str]:
    """The lines of a section, indented as deep as the entries of the others are."""
    if subject.style is not Style.GOOGLE:
        return list(lines)
    text = subject.text
    for entry in subject.reading.entries:
        heading = heading_of(subject, entry)
        if heading is not None and entry.span.start > heading.title_span.end:
            base = len(_indent(text, line_start(text, heading.span.start)))
            unit = " " * max(len(_indent(text, line_start(text, entry.span.start))) - base, 1)
            return [_with_indent(line, unit) for line in lines]
    return list(lines)


def _with_indent(line: str, unit: str) -> str:
    """A rendered line with another unit of indentation."""
    rest = line.lstrip(" ")
    return unit * ((len(line) - len(rest)) // len(_UNIT)) + rest


def _field_added(subject: Subject, lines: Sequence[str], rank: int) -> Change:
    """A new field behind the last one that comes before it, else before the first field."""
    text = subject.text
    entries = sorted(subject.reading.entries, key=lambda one: one.span.start)
    before = [one for one in entries if _ORDER.index(one.kind) < rank]
    model = before[-1] if before else entries[0]
    indent = _indent(text, line_start(text, model.span.start))
    block = _shifted(lines, indent)
    if before:
        end = max(lines_of_entry(subject, one).end for one in before)
        gap = "\n\n" if _are_apart(subject, entries) else "\n"
        return Change(end, end, gap + block)
    start = line_start(text, model.span.start)
    return Change(start, start, block + "\n")
