"""NumPy style: underlined titles, entries at the margin with their descriptions indented below them.

Source: https://numpydoc.readthedocs.io/en/latest/format.html.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from glossator.docstring.styles.prose import indented, starts_with_prose, wrap
from glossator.docstring.styles.reading import (
    Gathering,
    Heading,
    Line,
    Parts,
    Reading,
    Words,
    described,
    lines_of,
    trimmed,
    with_default,
    words,
)
from glossator.docstring.styles.titles import TITLES
from glossator.docstring.styles.types import reads_as_type, split_at_colon
from glossator.model import Doc, DocField, FieldKind, Span

_RULE = re.compile(r"\s*(?:-{3,}|={3,})\s*$")
_DEFAULT_IN_TYPE = re.compile(r",? *default(?:s to|:|=| )? *=? *(?P<value>\S.*)$")
_INDENT = "    "


def parse(text: str) -> Reading:
    """Read a docstring in NumPy style; whatever is not understood stays as prose or as a section."""
    lines = lines_of(text)
    found = Gathering()
    starts = [n for n in range(len(lines) - 1) if _is_title(lines, n)]
    found.prose(lines[: starts[0]] if starts else lines)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        _read_section(found, lines[start:end])
    return found.reading()


def render(doc: Doc, width: int) -> list[str]:
    """Lines of the doc in NumPy style."""
    lines = wrap(doc.summary, max(width - 3, 1)) if doc.summary else []
    if doc.description:
        lines += ["", *wrap(doc.description, width)] if lines else wrap(doc.description, width)
    if doc.parameters:
        lines += ["", "Parameters", "----------", *_entries(doc.parameters, width)]
    if doc.attributes:
        lines += ["", "Attributes", "----------", *_entries(doc.attributes, width)]
    if doc.returns:
        lines += ["", "Returns", "-------", *_result(doc.returns, width)]
    if doc.yields:
        lines += ["", "Yields", "------", *_result(doc.yields, width)]
    if doc.raises:
        lines += ["", "Raises", "------", *_entries(doc.raises, width)]
    for section in doc.sections:
        lines += ["", section.title, "-" * max(len(section.title), 3)] if section.title else [""]
        lines += section.body.split("\n")
    return lines


def _entries(fields: Sequence[DocField], width: int) -> list[str]:
    lines: list[str] = []
    for one in fields:
        lines.append(f"{one.name} : {one.type}" if one.type else one.name)
        if one.description or one.default:
            lines += indented(with_default(one), _INDENT, width)
    return lines


def _result(one: DocField, width: int) -> list[str]:
    text = with_default(one)
    head = f"{one.name} : {one.type}" if one.name and one.type else one.name or one.type
    if head:
        return [head, *indented(text, _INDENT, width)] if text else [head]
    if "\n" in text or not starts_with_prose(text) or reads_as_type(text) or " : " in text:
        # At the margin it would read as a list of types.
        return indented(text, _INDENT, width)
    return wrap(text, width)


def _is_title(lines: Sequence[Line], number: int) -> bool:
    """Whether a line is a section's title: underlined, and known or after nothing but a blank line."""
    line, rule = lines[number], lines[number + 1]
    if line.is_blank or abs(line.indent - rule.indent) > 1 or not _RULE.match(rule.text):
        return False
    title = line.text.strip().rstrip(":")
    if title.title() in TITLES:
        return True
    return (
        (number == 0 or lines[number - 1].is_blank)
        and bool(title[:1].isalpha())
        and number > 0
        and not _RULE.match(title)
    )


def _read_section(found: Gathering, lines: Sequence[Line]) -> None:
    title = lines[0].text.strip().rstrip(":")
    kind = TITLES.get(title.title())
    if kind is None and title.title() not in TITLES and (near := difflib.get_close_matches(title, TITLES, 1, 0.8)):
        found.problem("GLS302", f"Section `{title}` is not known; is it `{near[0]}`?", lines[0].content)
    title_span = Span(lines[0].content.start, lines[1].content.end)
    body = trimmed(lines[2:])
    found.headings.append(
        Heading(title, kind, title_span, Span(title_span.start, body[-1].content.end if body else title_span.end))
    )
    if kind is None:
        found.section(title, body)
    elif not body and kind in (FieldKind.RETURNS, FieldKind.YIELDS):
        nothing = words("", title_span.end)
        found.add(kind, Parts(title_span.end, nothing, None, nothing))
    elif kind in (FieldKind.RETURNS, FieldKind.YIELDS) and _is_prose(body, lines[0].indent):
        text = described(words(body[0].text, body[0].start), body[1:], body[0].indent)
        at = body[0].content.start
        found.add(kind, Parts(at, Words("", Span(at, at)), None, text))
    elif body:
        _read_entries(found, kind, body)


def _is_prose(body: Sequence[Line], margin: int) -> bool:
    """Whether what is returned is described without a type: indented, or no types at the margin."""
    first = body[0]
    if first.indent > margin:
        return all(line.is_blank or line.indent >= first.indent for line in body)
    if len(body) > 1 and body[1].indent > first.indent and not body[1].is_blank:
        return False
    head = first.text.strip()
    return not (reads_as_type(head) or " : " in head or reads_as_type(head[: max(split_at_colon(head), 0)]))


def _read_entries(found: Gathering, kind: FieldKind, body: Sequence[Line]) -> None:
    """Entries stand at the margin; what is deeper belongs to the one before."""
    margin = min(line.indent for line in body if not line.is_blank)
    starts = [n for n, line in enumerate(body) if line.indent == margin and not line.is_blank]
    if starts[0]:
        found.problem("GLS301", "An entry needs a name before its description", body[0].content)
        found.section("", body[: starts[0]])
    for start, end in zip(starts, [*starts[1:], len(body)], strict=False):
        _read_entry(found, kind, body[start], body[start + 1 : end])


def _read_entry(found: Gathering, kind: FieldKind, head: Line, rest: Sequence[Line]) -> None:
    name, type_ = _head(kind, head)
    text = described(words("", head.content.end), rest, head.indent + len(_INDENT))
    if kind is FieldKind.RAISE and type_ is not None:
        # "ValueError : if it is wrong", on one line.
        text = described(type_, rest, head.indent + len(_INDENT))
        type_ = None
    default = ""
    if type_ is not None and (match := _DEFAULT_IN_TYPE.search(type_.text)) and match.start():
        default = match["value"].strip("`")
        type_ = Words(type_.text[: match.start()], Span(type_.span.start, type_.span.start + match.start()))
    found.add(kind, Parts(head.content.start, name, type_, text), default)


def _head(kind: FieldKind, line: Line) -> tuple[Words, Words | None]:
    """The name and the type on an entry's line."""
    whole = words(line.text, line.start)
    at = line.text.find(" :")
    if at < 0:
        at = split_at_colon(line.text)
    if at >= 0:
        name = words(line.text[:at], line.start)
        rest = line.text[at:].lstrip()
        type_ = words(rest[1:], line.start + len(line.text) - len(rest) + 1)
        return name, type_ if type_.text else None
    if kind in (FieldKind.RETURNS, FieldKind.YIELDS):
        return Words("", Span(whole.span.start, whole.span.start)), whole
    return whole, None
