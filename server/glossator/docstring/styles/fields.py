"""Sphinx and epytext style: fields that start with a mark and a keyword, and go on indented.

Source: https://www.sphinx-doc.org/en/master/usage/domains/python.html#info-field-lists and
https://epydoc.sourceforge.net/manual-fields.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from glossator.docstring.styles.prose import block, wrap
from glossator.docstring.styles.reading import (
    Gathering,
    Heading,
    Line,
    Parts,
    Reading,
    Words,
    described,
    lines_of,
    plain_name,
    trimmed,
    with_default,
    words,
)
from glossator.model import Doc, DocField, FieldKind, Span

_ARGUMENT = r"(?:[ \t]+((?:[^:\n`]|:\w+(?::\w+)?:`[^`\n]*`|`[^`\n]*`)+?))?"
_INDENT = "    "

_KINDS: Mapping[str, FieldKind] = MappingProxyType(
    {
        **dict.fromkeys(
            ("param", "parameter", "arg", "argument", "key", "keyword", "kwarg", "kwparam"), FieldKind.PARAMETER
        ),
        **dict.fromkeys(("return", "returns"), FieldKind.RETURNS),
        **dict.fromkeys(("yield", "yields"), FieldKind.YIELDS),
        **dict.fromkeys(("raise", "raises", "except", "exception"), FieldKind.RAISE),
        **dict.fromkeys(("var", "ivar", "cvar", "attr", "attribute"), FieldKind.ATTRIBUTE),
    }
)
_TYPES: Mapping[str, tuple[FieldKind, ...]] = MappingProxyType(
    {
        "type": (FieldKind.PARAMETER, FieldKind.ATTRIBUTE),
        "kwtype": (FieldKind.PARAMETER,),
        "vartype": (FieldKind.ATTRIBUTE,),
        "rtype": (FieldKind.RETURNS,),
        "ytype": (FieldKind.YIELDS,),
    }
)


@dataclass(frozen=True, slots=True)
class Markup:
    """What tells the two styles apart: the mark of a field, and how a section's title is written."""

    mark: str
    field: re.Pattern[str]
    unclosed: re.Pattern[str]
    returns: str
    raises: str

    def title(self, lines: Sequence[Line], number: int) -> tuple[str, int]:
        """The title of a section that starts on a line, and how many lines it takes; "" where none does."""
        text = lines[number].text
        if self.mark == ":":
            match = re.match(r"\.\. rubric:: *(\S.*?)\s*$", text)
            return (match[1], 1) if match else ("", 0)
        if number + 1 < len(lines) and text[:1].isalpha() and re.fullmatch(r"={3,}\s*", lines[number + 1].text):
            return text.strip(), 2
        return "", 0

    def parameter(self, starred: str) -> str:
        """How a name with stars is written: escaped for docutils, which sees emphasis there; epytext has no stars."""
        return starred.replace("*", r"\*") if self.mark == ":" else starred.lstrip("*")

    def heading(self, title: str) -> list[str]:
        """The lines that start a section."""
        return [f".. rubric:: {title}", ""] if self.mark == ":" else [title, "=" * max(len(title), 3), ""]


SPHINX = Markup(
    ":", re.compile(rf":([a-z]+){_ARGUMENT}[ \t]*:(?!`)"), re.compile(r":([a-z]+)\b[^:]*$"), "returns", "raises"
)
EPYTEXT = Markup(
    "@", re.compile(rf"@([a-z]+){_ARGUMENT}[ \t]*:(?!`)"), re.compile(r"@([a-z]+)\b[^:]*$"), "return", "raise"
)


class _Found(NamedTuple):
    """A field as it stands: its keyword, its argument, the mark's place, and its text."""

    keyword: str
    argument: Words
    start: int
    text: Words


def parse(text: str, markup: Markup) -> Reading:
    """Read a docstring of fields; whatever is not understood stays as prose or as a section."""
    lines = lines_of(text)
    found = Gathering()
    fields: list[_Found] = []
    number = _end_of_text(lines, 0, markup)
    found.prose(lines[:number])
    _note_unclosed(found, lines[:number], markup)
    while number < len(lines):
        title, height = markup.title(lines, number)
        if title:
            end = _end_of_text(lines, number + height, markup)
            _keep(found, title, lines[number:end], height)
        elif match := _field(lines[number], markup):
            end = _end_of_field(lines, number, markup)
            fields.append(_read_field(match, lines[number], lines[number + 1 : end]))
        else:
            end = max(_end_of_text(lines, number, markup), number + 1)
            found.section("", lines[number:end])
            _note_unclosed(found, lines[number:end], markup)
        number = end
    _gather(found, fields)
    return found.reading()


def render(doc: Doc, width: int, markup: Markup) -> list[str]:
    """Lines of the doc: prose, titled sections, fields, and then what has no title."""
    lines = wrap(doc.summary, max(width - 3, 1)) if doc.summary else []
    if doc.description:
        lines += ["", *wrap(doc.description, width)] if lines else wrap(doc.description, width)
    for section in doc.sections:
        if section.title:
            lines += ["", *markup.heading(section.title), *section.body.split("\n")]
    fields = _fields(doc, width, markup)
    lines += ["", *fields] if fields else []
    for section in doc.sections:
        if not section.title:
            lines += ["", *section.body.split("\n")]
    return lines


def _fields(doc: Doc, width: int, markup: Markup) -> list[str]:
    mark = markup.mark
    lines: list[str] = []
    for one in doc.parameters:
        name = markup.parameter(one.name) if one.name[:1] == "*" else one.name
        lines += _rendered(one, f"{mark}param {name}:", f"{mark}type {name}:", width)
    for one in doc.attributes:
        lines += _rendered(
            one, f"{mark}ivar {one.name}:", f"{mark}{'var' if mark == ':' else ''}type {one.name}:", width
        )
    if doc.returns:
        lines += _rendered(doc.returns, f"{mark}{markup.returns}:", f"{mark}rtype:", width)
    if doc.yields:
        lines += _rendered(doc.yields, f"{mark}yield{'s' if mark == ':' else ''}:", f"{mark}ytype:", width)
    for one in doc.raises:
        lines += block(f"{mark}{markup.raises} {one.name}:", with_default(one), _INDENT, width)
    return lines


def _rendered(one: DocField, head: str, type_head: str, width: int) -> list[str]:
    lines = block(head, with_default(one) if one.default else one.description, _INDENT, width)
    if one.type:
        lines.append(f"{type_head} {one.type}")
    return lines


def _field(line: Line, markup: Markup) -> re.Match[str] | None:
    """The head of a field on a line: at the margin (what is indented is an example), of a known keyword."""
    if not line.text.startswith(markup.mark):
        return None
    match = markup.field.match(line.text)
    if match is None:
        return None
    keyword = match[1]
    if keyword in _KINDS:
        needs_name = _KINDS[keyword] in (FieldKind.PARAMETER, FieldKind.ATTRIBUTE)
        return match if match[2] or not needs_name else None
    return match if keyword in _TYPES else None


def _end_of_text(lines: Sequence[Line], start: int, markup: Markup) -> int:
    for number in range(start, len(lines)):
        if _field(lines[number], markup) or markup.title(lines, number)[0]:
            return number
    return len(lines)


def _end_of_field(lines: Sequence[Line], start: int, markup: Markup) -> int:
    """Where a field's text ends: at the next one, at a title, or at a line that is not indented after a blank one."""
    after_blank = False
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if line.is_blank:
            after_blank = True
            continue
        if _field(line, markup) or markup.title(lines, number)[0]:
            return number
        outside = line.indent <= lines[start].indent
        if outside and (after_blank or line.text.startswith(("..", markup.mark), line.indent)):
            return number
        after_blank = False
    return len(lines)


def _read_field(match: re.Match[str], line: Line, rest: Sequence[Line]) -> _Found:
    argument = words(match[2] or "", line.start + (match.start(2) if match[2] else match.end(1)))
    first = words(line.text[match.end() :], line.start + match.end())
    text = described(first, rest, line.indent + len(_INDENT))
    return _Found(match[1], argument, line.content.start, text)


def _keep(found: Gathering, title: str, lines: Sequence[Line], height: int) -> None:
    first, last = lines[0].content, trimmed(lines)[-1].content
    found.headings.append(
        Heading(title, None, Span(first.start, lines[height - 1].content.end), Span(first.start, last.end))
    )
    found.section(title, lines[height:])


def _note_unclosed(found: Gathering, lines: Sequence[Line], markup: Markup) -> None:
    """Say which lines look like fields whose second colon is missing."""
    for line in lines:
        match = markup.unclosed.match(line.text)
        if match and (match[1] in _KINDS or match[1] in _TYPES):
            found.problem("GLS301", f"Field `{match[1]}` needs a colon behind its name", line.content)


def _gather(found: Gathering, fields: Sequence[_Found]) -> None:
    """Bring types and descriptions together; a type without a description is an entry, too."""
    types: dict[tuple[FieldKind, str], Words] = {}
    parameters = {
        plain_name(_typed(f.argument)[0].text) for f in fields if _KINDS.get(f.keyword) is FieldKind.PARAMETER
    }
    for one in fields:
        name = plain_name(one.argument.text)
        for kind in _TYPES.get(one.keyword, ()):
            # Many write ":type" for attributes, too; a parameter of that name has the older right to it.
            if kind is not FieldKind.ATTRIBUTE or one.keyword == "vartype" or name not in parameters:
                types.setdefault((kind, name), _one_line(one.text))
    kinds = {_KINDS[one.keyword] for one in fields if one.keyword in _KINDS}
    for one in fields:
        if kind_of := _KINDS.get(one.keyword):
            _add(found, kind_of, one, types)
        elif one.keyword in ("rtype", "ytype") and not kinds & set(_TYPES[one.keyword]):
            at = Span(one.start, one.start)
            end = Span(one.text.span.end, one.text.span.end)
            found.add(_TYPES[one.keyword][0], Parts(one.start, Words("", at), _one_line(one.text), Words("", end)))


def _add(found: Gathering, kind: FieldKind, one: _Found, types: Mapping[tuple[FieldKind, str], Words]) -> None:
    if kind is FieldKind.RAISE and not one.argument.text:
        one = _named(one)
    name, type_ = one.argument, None
    if kind in (FieldKind.PARAMETER, FieldKind.ATTRIBUTE):
        name, type_ = _typed(name)
    elif kind is not FieldKind.RAISE and name.text:
        # A result has no name: what stands there is its type.
        name, type_ = Words("", Span(one.start, one.start)), name
    found.add(kind, Parts(one.start, name, type_ or types.get((kind, plain_name(name.text))), one.text))


def _named(one: _Found) -> _Found:
    """The field with the name at the beginning of its text as its argument (":raises: :exc:`KeyError` if ...")."""
    match = re.match(r"(?::\w+(?::\w+)?:)?`+~?[\w.]+`+[ ,:-]*", one.text.text)
    if match is None:
        return one
    start, end = one.text.span
    name = words(match[0].rstrip(" ,:-"), start)
    return one._replace(
        argument=name, text=Words(one.text.text[match.end() :], Span(min(start + match.end(), end), end))
    )


def _typed(argument: Words) -> tuple[Words, Words | None]:
    """Name and type of "int name" (and of "a, b", which has no type)."""
    text, start = argument.text, argument.span.start
    names = re.search(r"(?:(?<=\s)|^)(?:\\?\*){0,2}[\w.`]+(?:\s*,\s*(?:\\?\*){0,2}[\w.`]+)*$", text)
    if names is None or not names.start():
        return argument, None
    if "," in names[0] and text[names.start() - 1 :: -1].lstrip()[:1] != ",":
        names = re.search(r"\S+$", text) or names
    name = Words(names[0], Span(start + names.start(), argument.span.end))
    return name, words(text[: names.start()], start)


def _one_line(text: Words) -> Words:
    return Words(" ".join(text.text.split()), text.span)
