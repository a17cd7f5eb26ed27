r"""Docstring contents as Python string literals, and back.

A content is what `inspect.cleandoc` makes of a docstring's value: no indentation of its own, line feeds, no blanks at
the end. For such a content, `cleandoc(literal_eval(literal(content, layout)))` is the content again (where a
single line has the closing quotes below it, `cleandoc` leaves their indentation behind it).

Source: https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals, PEP 257.
"""

from __future__ import annotations

import ast
import bisect
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from glossator.model import Docstring

# What must not stand in a source file as it is: controls (a form feed and U+2028 are line ends to some tools), lone
# surrogates, a byte order mark, and marks that turn the direction of what is displayed (CVE-2021-42574).
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_ESCAPE = re.compile(
    r"\\(?:\r\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[^\r]|\r)|\r\n?", re.DOTALL
)
_OTHER_QUOTES = {'"""': "'''", "'''": '"""'}
_TAB = 8  # columns, as `str.expandtabs` has them


@dataclass(frozen=True, slots=True)
class Layout:
    """How a docstring stands in its file: `width` is the columns that a line may have, indentation included."""

    indent: str = ""
    quotes: str = '"""'
    eol: str = "\n"
    width: int = 88
    encoding: str = "utf-8"


def literal(content: str, layout: Layout) -> str:
    r"""The literal of a content: on one line where it fits, else with the closing quotes on a line of their own.

    The first line carries no indentation (it stands where the literal is inserted), the others the layout's.
    Backslashes make it raw; where raw is impossible (control characters, both kinds of quotes, characters that the
    encoding lacks) all is escaped.
    """
    quotes = layout.quotes if len(layout.quotes) == 3 else layout.quotes * 3
    if quotes in content and _OTHER_QUOTES[quotes] not in content:
        quotes = _OTHER_QUOTES[quotes]
    prefix, text = _written(content, quotes, layout.encoding)
    if "\n" not in text and _fits_one_line(text, prefix, quotes, layout):
        return f"{prefix}{quotes}{text}{quotes}"
    if not text:
        return quotes + quotes
    if "\n" in text:
        indent = layout.indent
        lines = text.split("\n")
        text = f"{layout.eol}".join(
            [lines[0], *[indent + line if line and not line.isspace() else "" for line in lines[1:]]]
        )
    return f"{prefix}{quotes}{text}{layout.eol}{layout.indent}{quotes}"


def _written(content: str, quotes: str, encoding: str) -> tuple[str, str]:
    """The prefix and the text between the quotes."""
    if not content.isascii() or not content.isprintable():
        unsafe = _UNSAFE.search(content) is not None or not _encodes(content, encoding)
    else:
        unsafe = False
    if not unsafe and quotes not in content:
        return ("r", content) if "\\" in content else ("", content)
    text = content.replace("\\", "\\\\")
    if unsafe:
        text = _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
        text = (
            "".join(c if _encodes(c, encoding) else _escape(c) for c in text) if not _encodes(text, encoding) else text
        )
    return "", text.replace(quotes, "".join(f"\\{quote}" for quote in quotes))


def written_inside(text: str, docstring: Docstring, encoding: str) -> str | None:
    """A text as it stands between the quotes of a docstring; None where a raw one cannot hold it.

    Its line feeds stay line feeds.
    """
    is_raw = "r" in docstring.prefix.lower()
    is_unsafe = _UNSAFE.search(text) is not None or not _encodes(text, encoding)
    if is_raw:
        return None if is_unsafe or docstring.quotes in text else text
    text = text.replace("\\", "\\\\")
    if is_unsafe:
        text = "".join(_escape(c) if _UNSAFE.match(c) or not _encodes(c, encoding) else c for c in text)
    return text.replace(docstring.quotes, "".join(f"\\{quote}" for quote in docstring.quotes))


def _escape(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def _fits_one_line(text: str, prefix: str, quotes: str, layout: Layout) -> bool:
    if not text or text[-1] == quotes[0] or text[-1] == "\\":
        return False
    return len(layout.indent.expandtabs(_TAB)) + len(prefix) + len(text) + 6 <= layout.width


@dataclass(frozen=True, slots=True)
class Content:
    """A docstring's content, and the way from its offsets back to the literal's raw text.

    `is_exact` is False for concatenated literals and for named characters that this Python does not know: then all
    offsets lead to 0. Offsets count characters; those of the raw text start behind the opening quotes.
    """

    text: str
    is_exact: bool
    _starts: tuple[int, ...] = ()  # content offsets at which lines start
    _origins: tuple[int, ...] = ()  # the value's offsets of these lines' first kept characters
    _tabbed: frozenset[int] = frozenset()  # lines whose tabs were expanded
    _margin: int = 0
    _value: str = ""
    _jumps: tuple[tuple[int, int], ...] = ()  # (value offset, raw offset) behind each escape

    def raw_offset(self, offset: int) -> int:
        """Where a character of the content stands in the raw text; the content's end is behind its last character."""
        if not self.is_exact:
            return 0
        line = max(bisect.bisect_right(self._starts, offset) - 1, 0)
        column = offset - self._starts[line]
        start = self._origins[line]
        at = self._behind_tabs(start, column) if line in self._tabbed else start + column
        jump = bisect.bisect_right(self._jumps, (at, 1 << 62)) - 1
        if jump < 0:
            return at
        value_at, raw_at = self._jumps[jump]
        return raw_at + at - value_at

    def _behind_tabs(self, start: int, column: int) -> int:
        """The value's offset of a column of a line with tabs; `start` is that of its first kept character."""
        line_start = self._value.rfind("\n", 0, start) + 1
        indent = self._margin if line_start else len(self._value[:start].expandtabs(_TAB))
        return _character_at(self._value, line_start, indent + column)


def content(prefix: str, raw_text: str) -> Content:
    """The content of a literal: `raw_text` is what stands between the quotes of a literal with `prefix`."""
    if "\r" not in raw_text and ("\\" not in raw_text or "r" in prefix.lower()):
        return _cleaned(raw_text, ())
    is_raw = "r" in prefix.lower()
    parts: list[str] = []
    jumps: list[tuple[int, int]] = []
    length = end = 0
    for match in _ESCAPE.finditer(raw_text):
        if is_raw and match[0][0] == "\\" and "\r" not in match[0]:
            continue
        value = _raw_line_end(match[0]) if is_raw else _character(match[0])
        if value is None:
            return Content(_clean_text(raw_text), is_exact=False)
        parts += (raw_text[end : match.start()], value)
        length += match.start() - end + len(value)
        end = match.end()
        jumps.append((length, end))
    return _cleaned("".join([*parts, raw_text[end:]]), tuple(jumps))


def content_of(docstring: Docstring) -> Content:
    """The content of a docstring as it stands in the source; raises nothing."""
    if docstring.is_simple:
        return content(docstring.prefix, docstring.text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = ast.literal_eval(f"({docstring.text})")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = docstring.text
    return Content(_clean_text(value if isinstance(value, str) else docstring.text), is_exact=False)


def _raw_line_end(escape: str) -> str:
    return escape.replace("\r\n", "\n").replace("\r", "\n")


def _character(escape: str) -> str | None:
    """What an escape sequence or a line end stands for; None where this Python does not know."""
    if escape[0] == "\r":
        return "\n"
    if escape[1] in "\r\n":
        return ""
    if escape[1] not in "\\'\"abfnrtv01234567xuUN":
        return escape
    try:
        return str(ast.literal_eval(f"'{escape}'"))
    except (ValueError, SyntaxError):
        return None


def _clean_text(value: str) -> str:
    return _cleaned(value, ()).text


def _cleaned(value: str, jumps: tuple[tuple[int, int], ...]) -> Content:
    """The value without indentation, as `inspect.cleandoc` has it, and with nothing on blank lines and at the end."""
    lines = value.split("\n")
    wide = [line.expandtabs(_TAB) for line in lines] if "\t" in value else lines
    margin = min((len(line) - len(line.lstrip()) for line in wide[1:] if line and not line.isspace()), default=0)
    kept = [wide[0].lstrip(), *[line[margin:] for line in wide[1:]]]
    kept = ["" if line.isspace() else line for line in kept]
    first, last = 0, len(kept)
    while first < last and not kept[first]:
        first += 1
    while last > first and not kept[last - 1]:
        last -= 1
    text = "\n".join(kept[first:last]).rstrip()
    return Content(text, True, *_places(lines, kept, range(first, last), margin), margin, value, jumps)


def _places(
    lines: Sequence[str], kept: Sequence[str], shown: range, margin: int
) -> tuple[tuple[int, ...], tuple[int, ...], frozenset[int]]:
    """Of each shown line its start in the content and its first kept character in the value; then those with tabs."""
    starts: list[int] = []
    origins: list[int] = []
    tabbed: set[int] = set()
    at = 0
    value_at = sum(len(line) + 1 for line in lines[: shown.start])
    for number in shown:
        line = lines[number]
        cut = len(line) - len(line.lstrip()) if number == 0 else _cut(line, margin)
        starts.append(at)
        origins.append(value_at + cut)
        if "\t" in line[cut:]:
            tabbed.add(len(starts) - 1)
        at += len(kept[number]) + 1
        value_at += len(line) + 1
    return tuple(starts) or (0,), tuple(origins) or (0,), frozenset(tabbed)


def _cut(line: str, margin: int) -> int:
    """How many characters of a line the margin takes."""
    return min(margin, len(line)) if "\t" not in line[:margin] else _character_at(line, 0, margin)


def _character_at(text: str, start: int, column: int) -> int:
    """The offset of the character at a column of the line that starts at `start`, tabs expanded."""
    width, at = 0, start
    while at < len(text):
        width += _TAB - width % _TAB if text[at] == "\t" else 1
        if width > column:
            break
        at += 1
    return at
