"""A page's text without what is no text: the same length, with blanks in the place of code, comments and front matter.

Read as CommonMark has it, as far as links and names need that; where readers differ, less is seen rather than more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_FENCE: Final = re.compile(r"(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])*(?P<fence>`{3,}|~{3,})(?P<rest>.*)", re.DOTALL)
_INDENTED: Final = re.compile(r"(?: {4}| {0,3}\t)[ \t]*[^\s]")
# What indented lines belong to: items of lists, footnotes, admonitions and tabs of mkdocs-material.
_HOLDER: Final = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)|\[\^|!!!|\?\?\?|===[ \t])")
_FRONT: Final = re.compile(r"\ufeff?---[ \t]*\r?\n.*?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_MARK: Final = re.compile(r"<!--|`+|\\[\\`<]")
_GAP: Final = re.compile(r"\n[ \t\r]*\n")
_VISIBLE: Final = re.compile(r"[^\r\n]")


class Masked(NamedTuple):
    """A page's text as it is shown (`shown`), and that without code spans, too (`prose`)."""

    shown: str
    prose: str


def masked(text: str) -> Masked:
    """The text of a page without what is no text. Raises nothing. Cost: linear in the text."""
    unfenced = _without_blocks(text)
    spans, comments = _spans(unfenced)
    shown = blanked(unfenced, comments)
    return Masked(shown, blanked(shown, spans))


def _blank(text: str) -> str:
    """Blanks for all that is visible of a text."""
    return _VISIBLE.sub(" ", text)


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """A text with blanks in the place of some spans of it, given in order; its line ends stay."""
    parts: list[str] = []
    at = 0
    for start, end in spans:
        if start >= at:  # not within the one before
            parts += (text[at:start], _blank(text[start:end]))
            at = end
    return "".join([*parts, text[at:]])


def _without_blocks(text: str) -> str:
    """The text without front matter, fenced and indented code."""
    front = _FRONT.match(text)
    at = front.end() if front is not None else 0
    return _blank(text[:at]) + "".join(_lines(text, at))


@dataclass(slots=True)
class _Blocks:
    """Where in a page a line stands: within which fence, behind a blank line, beneath an item of a list."""

    fence: str = ""
    is_after_blank: bool = True
    is_held: bool = False

    def is_code(self, line: str) -> bool:
        """Whether the next line is code."""
        if self.fence:
            if _closes(line, self.fence):
                self.fence = ""
            return True
        self.fence = _opening(line)
        if self.fence:
            self.is_after_blank = False
            return True
        return self._is_indented(line)

    def _is_indented(self, line: str) -> bool:
        if not line.strip():
            self.is_after_blank = True
            return False
        if _HOLDER.match(line):
            self.is_held = True
        elif self.is_after_blank and not line[0].isspace():
            self.is_held = False
        elif self.is_after_blank and not self.is_held and _INDENTED.match(line):
            return True  # still behind a blank line: so is what follows
        self.is_after_blank = False
        return False


def _lines(text: str, at: int) -> Iterator[str]:
    blocks = _Blocks()
    for match in _LINE.finditer(text, at):
        line = match[0].rstrip("\r\n")
        yield _blank(match[0]) if blocks.is_code(line) else match[0]


def _opening(line: str) -> str:
    """The fence that a line opens, in a list or a quotation, too; "" for none."""
    match = _FENCE.match(line)
    if match is None or (match["fence"][0] == "`" and "`" in match["rest"]):
        return ""
    return match["fence"]


def _closes(line: str, fence: str) -> bool:
    rest = line.lstrip(" \t>")
    return rest.startswith(fence) and not rest.strip(fence[0] + " \t")


@dataclass(slots=True)
class _Paragraph:
    """The end of the paragraph that is read, and the lengths of runs of backticks that nothing in it closes."""

    end: int = -1
    unclosed: set[int] = field(default_factory=set)

    def closing(self, text: str, run: re.Match[str]) -> int:
        """Where the code span ends that a run of backticks opens; -1 if it opens none."""
        if run.start() >= self.end:
            gap = _GAP.search(text, run.end())
            self.end = gap.start() if gap is not None else len(text)
            self.unclosed.clear()
        size = len(run[0])
        if size in self.unclosed:
            return -1
        closing = re.compile(rf"(?<!`)`{{{size}}}(?!`)").search(text, run.end(), self.end)
        if closing is None:
            self.unclosed.add(size)
            return -1
        return closing.end()


def _spans(text: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where code spans and where comments are."""
    spans: list[tuple[int, int]] = []
    comments: list[tuple[int, int]] = []
    paragraph, at = _Paragraph(), 0
    while (mark := _MARK.search(text, at)) is not None:
        at = mark.end()
        if mark[0] == "<!--":
            end = text.find("-->", at)
            if end < 0:
                end = len(text) - 3  # as a browser has it: the rest of the page
            at = max(at, end + 3)
            comments.append((mark.start(), at))
        elif mark[0][0] == "`":
            end = paragraph.closing(text, mark)
            if end >= 0:
                spans.append((mark.start(), end))
                at = end
    return spans, comments
