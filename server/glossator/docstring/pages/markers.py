"""The markers of a page: one comment per line, with what their sections were made of.

    <!-- glossator:page kind=api path=../src/pkg -->
    <!-- glossator:begin ID facts=16HEX text=16HEX -->
    ...
    <!-- glossator:end ID -->

Identifiers and values are percent-encoded. A marker within a fenced block of code is an example of one: it does not
count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, unquote

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_FENCE: Final = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<rest>.*)", re.DOTALL)
_SUSPECT: Final = re.compile(r"[ \t]{0,3}(?=[^\n]{0,4}[<!])[<!\- \t]{1,8}glossator\s*:(?!\s*ignore\b)", re.IGNORECASE)
_BEGIN: Final = re.compile(
    r"<!-- glossator:begin (?P<id>[^\s<>]+) facts=(?P<facts>[0-9a-f]{16}) text=(?P<text>[0-9a-f]{16}) -->"
)
_END: Final = re.compile(r"<!-- glossator:end (?P<id>[^\s<>]+) -->")
_PAGE: Final = re.compile(r"<!-- glossator:page(?P<values>(?: [a-z_]+=[^\s<>]*)*) -->")
_NAMED: Final = re.compile(r"glossator\s*:\s*(?:begin|end)\s+([^\s<>=]+)(?=\s|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a marker: the section's identifier ("" if it cannot be read) and the line, counted from 1."""

    id: str
    message: str
    line: int


@dataclass(frozen=True, slots=True)
class Region:
    """A section in a page: `span` holds both markers and the line end behind them, `inner` what is between them.

    Offsets count characters. `facts` is the digest of what the section shows, `digest` that of the text as generated.
    """

    id: str
    facts: str
    digest: str
    text: str
    span: tuple[int, int]
    inner: tuple[int, int]
    line: int

    @property
    def is_intact(self) -> bool:
        """Whether nobody has changed the text since it was generated."""
        return text_digest(self.text) == self.digest


@dataclass(frozen=True, slots=True)
class Regions:
    """What the markers of a page say; regions with problems are in `problems` alone."""

    page: Mapping[str, str] | None
    regions: tuple[Region, ...]
    problems: tuple[Problem, ...]

    def region(self, id: str) -> Region | None:  # noqa: A002 - the word that the markers use
        """The region of a section, or None."""
        return next((region for region in self.regions if region.id == id), None)


@dataclass(frozen=True, slots=True)
class _Marker:
    """A line that is a marker of a region; `match` is None where it is damaged."""

    id: str
    match: re.Match[str] | None
    start: int
    end: int
    line: int

    @property
    def is_begin(self) -> bool:
        return self.match is not None and self.match.re is _BEGIN

    @property
    def is_end(self) -> bool:
        return self.match is not None and self.match.re is _END


def text_digest(text: str) -> str:
    """The digest of a section's text: line ends, blanks at ends of lines and blank lines at its edges do not count."""
    return blake2b(normal(text).encode("utf-8", "surrogatepass"), digest_size=8, person=b"glossator").hexdigest()


def normal(text: str) -> str:
    """A section's text with line feeds, and without what editors take away or add on their own."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip(" \t") for line in lines).strip("\n")


def encoded(value: str) -> str:
    """An identifier or a value as it stands in a marker; it never ends a comment."""
    return quote(value, safe="/.:~+,@()[]#-", errors="surrogatepass").replace("--", "-%2D") or "%00"


def decoded(value: str) -> str:
    """What `encoded` was given."""
    return "" if value == "%00" else unquote(value, errors="surrogatepass")


def page_line(values: Mapping[str, str]) -> str:
    """The marker that says how a page is made; keys are lower-case words."""
    return f"<!-- glossator:page{''.join(f' {key}={encoded(value)}' for key, value in values.items())} -->"


def begin_line(id: str, facts: str, text: str) -> str:  # noqa: A002 - the word that the markers use
    """The marker in front of a section's text."""
    return f"<!-- glossator:begin {encoded(id)} facts={facts} text={text_digest(text)} -->"


def end_line(id: str) -> str:  # noqa: A002 - the word that the markers use
    """The marker behind a section's text."""
    return f"<!-- glossator:end {encoded(id)} -->"


def parse(text: str) -> Regions:
    """The regions of a page. Raises nothing. Cost: linear in the text."""
    page: Mapping[str, str] | None = None
    markers: list[_Marker] = []
    problems: list[Problem] = []
    for start, end, number, line in _marker_lines(text, problems):
        values = _PAGE.fullmatch(line)
        if values is None:
            markers.append(_marker(line, start, end, number))
        elif page is None:
            page = MappingProxyType(_values(values["values"]))
        else:
            problems.append(Problem("", "there is a second page marker: take one of them out", number))
    regions = _matched(text, markers, problems)
    return Regions(page, regions, tuple(sorted(problems, key=lambda problem: problem.line)))


def unfenced_lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end (behind the line end) and text of each line outside of fenced blocks of code."""
    for start, end, line, fence in _fenced_lines(text):
        if not fence:
            yield start, end, line


def open_fence(text: str) -> str:
    """The fence that a text leaves open, or an empty string."""
    last = ""
    for _, _, line, fence in _fenced_lines(text):
        opening = _opening(line) if not fence else ""
        last = opening or (fence if fence and not _closes(line, fence) else "")
    return last


def looks_like_marker(line: str) -> bool:
    """Whether a line is a marker, or was one before somebody damaged it."""
    return "glossator" in line.lower() and _SUSPECT.match(line.removeprefix("\ufeff")) is not None


def _marker_lines(text: str, problems: list[Problem]) -> Iterator[tuple[int, int, int, str]]:
    """Start, end, number and text of each line that looks like a marker, outside of fenced blocks of code."""
    hidden: list[tuple[int, str]] = []
    for number, (start, end, line, fence) in enumerate(_fenced_lines(text), 1):
        if not fence:
            hidden.clear()
            if looks_like_marker(line):
                yield start, end, number, line.removeprefix("\ufeff").strip(" \t")
        elif looks_like_marker(line):
            hidden.append((number, line))
        elif _closes(line, fence):
            hidden.clear()
    # A block of code that is never closed is more likely to be a slip than to show markers.
    message = "the block of code above is not closed and hides this marker: close it"
    problems += [Problem(_name_in(line), message, number) for number, line in hidden]


def _fenced_lines(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Start, end and text of each line, and the fence that it is within ("" for the line that opens one)."""
    fence = ""
    for match in _LINE.finditer(text):
        line = match[0].rstrip("\r\n")
        yield match.start(), match.end(), line, fence
        if not fence:
            fence = _opening(line)
        elif _closes(line, fence):
            fence = ""


def _opening(line: str) -> str:
    """The fence that a line opens, or an empty string."""
    match = _FENCE.match(line)
    if match is None or (match["fence"][0] == "`" and "`" in match["rest"]):
        return ""
    return match["fence"]


def _closes(line: str, fence: str) -> bool:
    match = _FENCE.match(line)
    return match is not None and match["fence"].startswith(fence) and not match["rest"].strip()


def _values(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split())
    return {key: decoded(value) for key, _, value in pairs}


def _marker(line: str, start: int, end: int, number: int) -> _Marker:
    match = _BEGIN.fullmatch(line) or _END.fullmatch(line)
    return _Marker(decoded(match["id"]) if match else _name_in(line), match, start, end, number)


def _name_in(line: str) -> str:
    """The identifier in a damaged or hidden marker, as far as it can be read."""
    match = _NAMED.search(line)
    return decoded(match[1]) if match else ""


def _matched(text: str, markers: list[_Marker], problems: list[Problem]) -> tuple[Region, ...]:
    """The regions whose two markers follow each other, and problems for all other markers."""
    pairs: list[tuple[_Marker, _Marker]] = []
    strays: list[_Marker] = []
    at = 0
    while at < len(markers):
        marker = markers[at]
        behind = markers[at + 1] if at + 1 < len(markers) else None
        if marker.is_begin and behind is not None and behind.is_end and behind.id == marker.id:
            pairs.append((marker, behind))
            at += 2
            continue
        strays.append(marker)
        at += 1
    problems += [Problem(marker.id, _complaint(marker), marker.line) for marker in strays]
    outer = _covered(strays)
    counts = Counter(begin.id for begin, _ in pairs)
    regions = []
    for begin, end in pairs:
        if counts[begin.id] > 1:
            problems.append(Problem(begin.id, f"the section {begin.id} is there more than once", begin.line))
        elif any(first < begin.line < last for first, last in outer):
            problems.append(Problem(begin.id, f"the section {begin.id} stands within another one", begin.line))
        else:
            regions.append(_region(text, begin, end))
    return tuple(regions)


def _complaint(marker: _Marker) -> str:
    if marker.match is None:
        return "the marker is damaged: restore it, or take it out together with its other half"
    half, other = ("begin", "end") if marker.is_begin else ("end", "begin")
    return f"the {half} of the section {marker.id} has no {other} that belongs to it"


def _covered(strays: Iterable[_Marker]) -> list[tuple[int, int]]:
    """The lines between a begin and an end of one section that have other markers between them."""
    begun: dict[str, int] = {}
    covered: list[tuple[int, int]] = []
    for marker in strays:
        if marker.is_begin:
            begun.setdefault(marker.id, marker.line)
        elif marker.is_end and marker.id in begun:
            first = begun.pop(marker.id)
            while covered and covered[-1][0] > first:
                covered.pop()
            covered.append((first, marker.line))
    return covered


def _region(text: str, begin: _Marker, end: _Marker) -> Region:
    assert begin.match is not None
    inner = (begin.end, end.start)
    return Region(
        id=begin.id,
        facts=begin.match["facts"],
        digest=begin.match["text"],
        text=text[inner[0] : inner[1]],
        span=(begin.start + text.startswith("\ufeff", begin.start), end.end),
        inner=inner,
        line=begin.line,
    )
