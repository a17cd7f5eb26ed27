"""Docstring styles: text to structured doc with located parts, and back.

    detect(text) -> Style | None        parse(text, style) -> Reading        render(doc, style, width) -> text

`parse(render(doc, style, width), style).doc == doc` holds for docs in normal form, in every style and width:
 * prose is as `styles.prose` says: single blanks outside code spans, one line per paragraph or list item, an indented
   block after a blank line, no lone section title as a paragraph, no code span over the end of a line;
 * types and defaults are of one line, types of what is returned read as types; a description in front of a default ends
   with a full stop; what is returned has no name, and without a type does not start with "type:";
 * bodies of sections are dedented and hold no titles or fields; at most the last section is untitled;
 * parameters have names of their own; in epytext, without stars.
Whatever else comes in is read as far as it goes; `parse` and `render` raise nothing.
"""

from __future__ import annotations

import enum
import re
from dataclasses import replace

from glossator.docstring.styles import fields, google, numpy
from glossator.docstring.styles.reading import Entry, Heading, Problem, Reading
from glossator.model import Doc, Span

__all__ = ["Entry", "Heading", "Problem", "Reading", "Style", "detect", "parse", "render"]


class Style(enum.Enum):
    """The styles that docstrings are written in."""

    GOOGLE = "google"
    NUMPY = "numpy"
    SPHINX = "sphinx"
    EPYTEXT = "epytext"


_COLON = re.compile(r":\s*[\r\n]|(?:\A|[\r\n])\s*:")
_NUMPY = re.compile(
    r"\n[ \t]*(?:(?:Other )?(?:Parameters|Arguments)|Returns?|Raises|Yields?|Receives|Warns|Attributes|Notes|Examples?|"
    r"See Also|References|Methods)[ \t]*\n[ \t]*---+[ \t]*(?:\n|$)"
)
_SPHINX = re.compile(
    r"\n:(?:(?:param|parameter|arg|argument|key|keyword|kwarg|type|var|ivar|cvar|vartype|raises?|except|"
    r"exception)[ \t]+[^:\n]+|(?:returns?|yields?|raises?)(?:[ \t]+[^:\n]+)?|rtype|ytype):(?!`)"
)
_EPYTEXT = re.compile(
    r"\n@(?:(?:param|type|keyword|kwarg|raises?|except|exception|ivar|cvar|var)[ \t]+[^:\n]+|"
    r"returns?|rtype|raises?|yields?|ytype):"
)
_GOOGLE = re.compile(
    r"\n([ \t]*)(?:Args|Arguments|Parameters|Params|Keyword Arg(?:ument)?s|Other Parameters|Returns?|Raises|Yields?|"
    r"Attributes|Examples?|Notes?|Todo|Warnings?|See Also|References):[ \t]*\n(?:[ \t]*\n)*\1[ \t]+\S"
)


_GOOGLE_FIELDS = re.compile(
    r"\n(?:Args|Arguments|Parameters|Params|Keyword Arg(?:ument)?s|Returns?|Raises|Yields?|Attributes):[ \t]*\n[ \t]+\S"
)
_NUMPY_FIELDS = re.compile(
    r"\n[ \t]*(?:(?:Other )?(?:Parameters|Arguments)|Returns?|Raises|Yields?|Receives|Warns|Attributes)[ \t]*"
    r"\n[ \t]*---+[ \t]*(?:\n|$)"
)
# Only fields: an underlined "Examples" hides nothing in a docstring of another style.
_STRUCTURE = (
    (Style.NUMPY, _NUMPY_FIELDS),
    (Style.SPHINX, _SPHINX),
    (Style.EPYTEXT, _EPYTEXT),
    (Style.GOOGLE, _GOOGLE_FIELDS),
)


def may_be_styled(source: str) -> bool:
    """Whether a docstring's source can have a style (`detect`); False spares the reading of its content.

    Errs on the side of yes. Cost: under 1 us for most.
    """
    if "---" in source or "@" in source or "\\" in source:
        return True
    return ":" in source and _COLON.search(source) is not None


def detect(text: str) -> Style | None:
    """The style that a docstring's structured part is written in; None where it has none.

    The text is a docstring's content. Cost: under 1 us for plain text (no mark of any style in it).
    """
    padded = "\n" + text
    is_underlined = "---" in text and _NUMPY.search(padded) is not None
    if is_underlined and _NUMPY_FIELDS.search(padded):
        return Style.NUMPY
    if ":" in text:
        if ("\n:" in text or text[0] == ":") and _SPHINX.search(padded):
            return Style.SPHINX
        if "@" in text and _EPYTEXT.search(padded):
            return Style.EPYTEXT
        if (":\n" in text or ": \n" in text) and (_GOOGLE_FIELDS if is_underlined else _GOOGLE).search(padded):
            return Style.GOOGLE
    return Style.NUMPY if is_underlined else None


def parse(text: str, style: Style) -> Reading:
    """What a docstring's content says, read in a style; offsets count characters of the text. Raises nothing."""
    match style:
        case Style.GOOGLE:
            reading = google.parse(text)
        case Style.NUMPY:
            reading = numpy.parse(text)
        case Style.SPHINX:
            reading = fields.parse(text, fields.SPHINX)
        case Style.EPYTEXT:
            reading = fields.parse(text, fields.EPYTEXT)
    mixed = _mixed(text, style)
    return replace(reading, problems=(*reading.problems, mixed)) if mixed else reading


def _mixed(text: str, style: Style) -> Problem | None:
    """The first field or section that is written in another style."""
    if ":" not in text and "---" not in text and "@" not in text:
        return None
    padded = "\n" + text
    for other, pattern in _STRUCTURE:
        match = pattern.search(padded) if other is not style else None
        if match:
            # The pattern starts with the line feed before the line; in `text`, the line starts where the match does.
            line = match[0].strip().partition("\n")[0]
            start = match.start() + len(match[0]) - len(match[0].lstrip()) - 1
            message = f"`{line}` is written in {other.value} style, the rest in {style.value} style"
            return Problem("GLS303", message, Span(start, start + len(line)))
    return None


def render(doc: Doc, style: Style, width: int) -> str:
    """A doc as a docstring's content: no quotes, no indentation, line feeds, `width` columns where words allow it.

    The summary leaves room for the opening quotes (3 columns). Types and defaults are written where fields have them.
    """
    match style:
        case Style.GOOGLE:
            lines = google.render(doc, width)
        case Style.NUMPY:
            lines = numpy.render(doc, width)
        case Style.SPHINX:
            lines = fields.render(doc, width, fields.SPHINX)
        case Style.EPYTEXT:
            lines = fields.render(doc, width, fields.EPYTEXT)
    return "\n".join(lines).strip("\n")
