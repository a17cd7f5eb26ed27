"""What a page refers to: the places that it links to, and the dotted names that stand in it; and its own anchors.

Fenced and indented code, comments and front matter do not count; links within code spans do not, either.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from html import unescape
from typing import Final, NamedTuple

from glossator.docstring.pages.anchors import anchors_in, is_built
from glossator.docstring.pages.masking import Masked, blanked, masked

_BREAKS: Final = re.compile(r"\r\n|\r|\n")
_BRACKET: Final = re.compile(r"\\.|\[|\]\(|\]|\n[ \t\r]*\n", re.DOTALL)
_TARGET: Final = re.compile(
    r"[ \t\r\n]*(?:<(?P<pointed>[^<>\r\n]*)>|(?P<bare>(?:[^\s()\\<]|\\[^\r\n]|\((?:[^\s()\\]|\\[^\r\n])*\))"
    r"(?:[^\s()\\]|\\[^\r\n]|\((?:[^\s()\\]|\\[^\r\n])*\))*))"
    r"(?:[ \t\r\n]+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ \t\r\n]*\)"
)
_DEFINITION: Final = re.compile(
    r"^[ ]{0,3}\[[^\]\^\r\n][^\]\r\n]*\]:[ \t]*(?:<(?P<pointed>[^<>\r\n]*)>|(?P<bare>[^\s<]\S*))", re.MULTILINE
)
_ATTRIBUTE: Final = re.compile(
    r"<(?:a|img|source|video|audio)\b[^<>]*?\s(?:href|src)\s*=\s*(?P<quote>[\"'])(?P<bare>[^\"'<>]*)(?P=quote)",
    re.IGNORECASE,
)
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_PART: Final = r"(?:[^\W\d]|\\_|&#95;)(?:\w|\\_|&#95;)*+"
_IGNORE: Final = re.compile(
    r"<!--[^\r\n]{0,200}?\bglossator:[ \t]*ignore(?P<file>-file)?(?![\w-])"
    r"[ \t]*\[?(?P<codes>[^\]\r\n>]{0,200}?)\]?[ \t]*-->"
)
_CODE: Final = re.compile(r"\bGLS\d{0,3}\b", re.IGNORECASE)


class Reference(NamedTuple):
    """A target or a name, and where it stands: offsets in characters."""

    text: str
    start: int
    end: int


class PageText:
    """A page's text, read when it is asked for. Raises nothing, whatever the text is."""

    def __init__(self, text: str) -> None:
        """Read this text."""
        self.text = text

    @cached_property
    def _masked(self) -> Masked:
        return masked(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _BREAKS.finditer(self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset, counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line_end(self, line: int) -> int:
        """The column behind the last character of a line (from 1)."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return len(self.text[start:end].rstrip("\r\n")) + 1

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The anchors of the page, in lower case."""
        return anchors_in(self.text, self._masked)

    @property
    def is_built(self) -> bool:
        """Whether it may have more anchors than can be seen."""
        return is_built(self.text, self._masked)

    @cached_property
    def links(self) -> tuple[Reference, ...]:
        """The targets of links and images, in order, as they are meant: without escapes of Markdown and HTML."""
        prose = self._masked.prose
        found = [*_inline(prose), *_DEFINITION.finditer(prose), *_ATTRIBUTE.finditer(prose)]
        targets = (_reference(match) for match in found)
        return tuple(sorted((one for one in targets if one.text), key=lambda one: one.start))

    def names(self, package: str) -> Iterator[Reference]:
        """The dotted names that begin with a package's, in prose and in code spans; not what looks like a path."""
        if package not in self.text:
            return
        pattern = re.compile(rf"(?<![\w./\\:@#$-]){re.escape(package)}(?:\.{_PART})++(?![\w/\\{{<-])(?!\*(?!\*))")
        for match in pattern.finditer(self._named):
            yield Reference(match[0].replace("\\", "").replace("&#95;", "_"), match.start(), match.end())

    @cached_property
    def _named(self) -> str:
        """The text that is shown, without the targets of links."""
        return blanked(self._masked.shown, [(link.start, link.end) for link in self.links])

    def is_called(self, name: Reference) -> bool:
        """Whether parentheses stand behind a name."""
        return self.text.startswith("(", name.end)

    @cached_property
    def _ignored(self) -> dict[int, tuple[str, ...]]:
        """The beginnings of the codes that comments hide, by line; 0 for the whole page."""
        hidden: dict[int, tuple[str, ...]] = {}
        for match in _IGNORE.finditer(self.text) if "glossator:" in self.text else ():
            codes = tuple(code.upper() for code in _CODE.findall(match["codes"])) or ("GLS",)
            line = 0 if match["file"] else self.place(match.start())[0]
            for one in (line, line + 1) if line else (0,):
                hidden[one] = (*hidden.get(one, ()), *codes)
        return hidden

    def hides(self, line: int, code: str) -> bool:
        """Whether a comment on a line or on the one before it hides findings of a code there."""
        return code.startswith((*self._ignored.get(line, ()), *self._ignored.get(0, ())))


def _inline(prose: str) -> Iterator[re.Match[str]]:
    """The targets of links that stand behind their labels."""
    depth = 0
    for match in _BRACKET.finditer(prose):
        if match[0] == "[":
            depth += 1
        elif match[0][0] == "\n":
            depth = 0
        elif match[0][0] == "]" and depth:
            depth -= 1
            target = _TARGET.match(prose, match.end()) if match[0] == "](" else None
            if target is not None:
                yield target


def _reference(match: re.Match[str]) -> Reference:
    groups = match.groupdict()
    name = "pointed" if groups.get("pointed") is not None else "bare"
    return Reference(unescape(_ESCAPED.sub(r"\1", match[name])).strip(), match.start(name), match.end(name))
