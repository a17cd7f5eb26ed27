"""Google style: titles with a colon, entries indented below them.

Source: https://google.github.io/styleguide/pyguide.html#38-comments-and-docstrings, with the titles and the leniency of
sphinx.ext.napoleon.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from glossator.docstring.styles.prose import block, indented, wrap
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

_TITLE = re.compile(r"\s*([A-Za-z][A-Za-z ]{2,40}?) ?:\s*$")
_NAMES = r"(?:\\?\*){0,2}[\w.`]+"
_ENTRY = re.compile(rf"\s*(?:[-*+•] +)?({_NAMES}(?: ?, ?{_NAMES})*) *(?:\((.*?)\))?(?: *:(?=\s|$)| +--? )")
# "KeyError: If", and "KeyError if", which many write.
_RAISED = re.compile(
    r"\s*(?:[-*+•] +)?((?::\w+(?::\w+)?:)?[`~\w.\[\]]+(?: ?, ?[`~\w.\[\]]+)*)()"
    r"(?: *:(?=\s|$)| +--? |(?<=[A-Za-z`])(?= (?:if|when|whenever|unless|on) ))"
)


def parse(text: str) -> Reading:
    """Read a docstring in Google style; whatever is not understood stays as prose or as a section."""
    lines = lines_of(text)
    found = Gathering()
    starts = _sections(lines, found)
    found.prose(lines[: starts[0][0]] if starts else lines)
    for number, (start, title) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(lines)
        _read_section(found, title, lines[start:end])
    return found.reading()


def render(doc: Doc, width: int) -> list[str]:
    """Lines of the doc in Google style."""
    lines = wrap(doc.summary, max(width - 3, 1)) if doc.summary else []
    if doc.description:
        lines += ["", *wrap(doc.description, width)] if lines else wrap(doc.description, width)
    if doc.parameters:
        lines += ["", "Args:", *_entries(doc.parameters, width)]
    if doc.returns:
        lines += ["", "Returns:", *_result(doc.returns, width)]
    if doc.yields:
        lines += ["", "Yields:", *_result(doc.yields, width)]
    if doc.raises:
        lines += ["", "Raises:", *_entries(doc.raises, width)]
    if doc.attributes:
        lines += ["", "Attributes:", *_entries(doc.attributes, width)]
    for section in doc.sections:
        indent = "    " if section.title else ""
        lines += ["", f"{section.title}:"] if section.title else [""]
        lines += [indent + line if line else "" for line in section.body.split("\n")]
    return lines


def _entries(fields: Sequence[DocField], width: int) -> list[str]:
    lines: list[str] = []
    for one in fields:
        head = f"    {one.name} ({one.type}):" if one.type else f"    {one.name}:"
        lines += block(head, with_default(one) if one.default else one.description, "        ", width)
    return lines


def _result(one: DocField, width: int) -> list[str]:
    text = with_default(one) if one.default else one.description
    head = f"{one.name} ({one.type})" if one.name and one.type else one.type or one.name
    if head:
        return block(f"    {head}:", text, "    ", width)
    return indented(text, "    ", width)


def _sections(lines: Sequence[Line], found: Gathering) -> list[tuple[int, str]]:
    """Where sections start, with their titles; text after a section that stands left of its body has the title ""."""
    starts: list[tuple[int, str]] = []
    open_at = -1  # the column of the open section's title; -1: none is open
    for number, line in enumerate(lines):
        if line.is_blank or (0 <= open_at < line.indent):
            continue
        title = _title(lines, number, found, is_first=not starts)
        if title:
            starts.append((number, title))
            open_at = line.indent
        elif open_at >= 0:
            starts.append((number, ""))
            open_at = -1
    return starts


def _title(lines: Sequence[Line], number: int, found: Gathering, *, is_first: bool) -> str:
    """The section title on a line, "" where there is none."""
    line = lines[number]
    if not line.text.rstrip().endswith(":"):
        return ""
    match = _TITLE.match(line.text)
    if match is None or not _has_body(lines, number):
        return ""
    title = match[1]
    if title[0].islower() and line.indent:
        return ""
    if title.title() in TITLES or title == "":
        return title
    if near := difflib.get_close_matches(title, TITLES, 1, 0.75) if title[0].isupper() else []:
        found.problem("GLS302", f"Section `{title}` is not known; is it `{near[0]}`?", line.content)
    # A title that nobody knows is one only among sections; before them it is prose that introduces a block.
    return "" if is_first else title


def _has_body(lines: Sequence[Line], number: int) -> bool:
    """Whether something deeper follows, or nothing at all, or the next title."""
    for line in lines[number + 1 :]:
        if not line.is_blank:
            match = _TITLE.match(line.text)
            return line.indent > lines[number].indent or (match is not None and match[1].title() in TITLES)
    return True


def _read_section(found: Gathering, title: str, lines: Sequence[Line]) -> None:
    body = lines[1:] if title else lines
    kind = TITLES.get(title.title())
    kept = trimmed(lines)
    if title:
        whole = Span(lines[0].content.start, kept[-1].content.end)
        found.headings.append(Heading(title, kind, lines[0].content, whole))
    if kind is None:
        found.section(title, body)
    elif kind in (FieldKind.RETURNS, FieldKind.YIELDS):
        _read_result(found, kind, trimmed(body), lines[0].content.end)
    else:
        _read_entries(found, title, trimmed(body), lines[0].indent)


def _read_entries(found: Gathering, title: str, body: Sequence[Line], title_indent: int) -> None:
    """Entries start at the column of the first one; what is deeper, or is no entry, continues the one before."""
    kind = TITLES[title.title()]
    if not body or kind is None:
        return
    pattern = _RAISED if kind is FieldKind.RAISE else _ENTRY
    column = body[0].indent
    unit = max(column - title_indent, 1)
    starts = [
        n for n, line in enumerate(body) if not line.is_blank and line.indent <= column and pattern.match(line.text)
    ]
    if not starts or starts[0]:
        found.problem("GLS301", "An entry needs a name and a colon", body[0].content)
        found.section("" if starts else title, body[: starts[0]] if starts else body)
    for start, end in zip(starts, [*starts[1:], len(body)], strict=False):
        line = body[start]
        match = pattern.match(line.text)
        if match is None:
            continue
        name = words(match[1], line.start + match.start(1))
        type_ = words(match[2], line.start + match.start(2)) if match[2] else None
        first = words(line.text[match.end() :], line.start + match.end())
        text = described(first, body[start + 1 : end], column + unit)
        found.add(kind, Parts(name.span.start, name, type_, text))


def _read_result(found: Gathering, kind: FieldKind, body: Sequence[Line], title_end: int) -> None:
    """What is returned: "type: description", or a description alone."""
    if not body:
        nothing = words("", title_end)
        found.add(kind, Parts(title_end, nothing, None, nothing))
        return
    first, at = body[0], body[0].content.start
    colon = split_at_colon(first.text)
    before = words(first.text[: max(colon, 0)], first.start)
    nameless = Words("", Span(at, at))
    if not reads_as_type(before.text):
        text = described(words(first.text, first.start), body[1:], first.indent)
        found.add(kind, Parts(at, nameless, None, text))
        return
    text = described(words(first.text[colon + 1 :], first.start + colon + 1), body[1:], first.indent)
    named = re.fullmatch(r"(\w+) \((.+)\)", before.text)
    if named:
        name = Words(named[1], Span(before.span.start, before.span.start + len(named[1])))
        type_ = words(named[2], before.span.start + named.start(2))
        found.add(kind, Parts(at, name, type_, text))
    else:
        found.add(kind, Parts(at, nameless, before, text))
