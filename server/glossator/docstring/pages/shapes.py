"""The shapes that lines of a docstring have: where blocks begin and end. All offsets are numbers of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FENCE: Final = re.compile(r"(?P<fence>`{3,}|~{3,})[ ]*\{?(?P<language>[\w+#.-]*)\}?(?P<rest>[^`]*)$")
EXPLICIT: Final = re.compile(r"\.\.(?:\s|$)")
DIRECTIVE: Final = re.compile(r"\.\.\s+(?P<name>[A-Za-z][\w:+.-]*?)\s?::(?P<argument>\s.*|)$")
FOOTNOTE: Final = re.compile(r"\.\.\s+(\[[^\]]{1,60}\]\s+\S.*)$")
OPTION: Final = re.compile(r":[\w-]+:(?:\s|$)")
_ITEM: Final = re.compile(
    r"(?P<bullet>[-*+•‣◦–])\s+(?=\S)|\(?(?P<number>\d{1,4}|#|[a-zA-Z](?=\)))[.)]\s+(?=\S)"
    r"|:(?P<field>[A-Za-z][\w *.,\[\]|-]{0,80}):(?=\s|$)|@(?P<tag>[a-z]+(?:[ ]+[\w*.]{1,80})?):(?=\s|$)"
)
_ADORNMENT: Final = re.compile(r"([=\-~^\"'`#*+.:_<>])\1{2,}$")
_MARKDOWN_HEADING: Final = re.compile(r"#{1,6}\s+(?P<title>\S.*?)(?:\s+#+)?$")
_SIMPLE_BORDER: Final = re.compile(r"={2,}(?:\s+={2,})+$")
_GRID_BORDER: Final = re.compile(r"\+[-=+]{2,}\+?$")
_DELIMITERS: Final = re.compile(r"[|:\- ]*-[|:\- ]*\|[|:\- ]*$|\|[|:\- ]*-[|:\- ]*$")
_ALIGNED: Final = re.compile(r"[^\s.!?:;] {2,}\S|\S {3,}\S")
_STATEMENT: Final = re.compile(
    r"(?:def|class|import|from|for|if|elif|else|while|return|with|print|async|await|try|raise|assert|del|lambda)\b|[@#$%<{(\[]"
    r"|[\w.]+\s*(?:=|\+=|\()"
)
_WORDS: Final = re.compile(r"[A-Za-z][a-z']*(?:[ ,]|$)")
_MAX_TITLE: Final = 100
_MAX_TERM: Final = 60


@dataclass(frozen=True, slots=True)
class Item:
    """The beginning of a list's item: `kind` is "bullet", "number" or "field"."""

    kind: str
    text: str
    number: int | None = None


def item(line: str) -> Item | None:
    """The item that begins with a line, or None."""
    match = _ITEM.match(line)
    if match is None:
        return None
    rest = line[match.end() :].strip()
    if match["bullet"]:
        return Item("bullet", rest)
    if match["number"]:
        return Item("number", rest, int(match["number"]) if match["number"].isdecimal() else None)
    label = match["field"] or match["tag"]
    return Item("field", f"{label}: {rest}" if rest else f"{label}:")


def dedented(lines: Sequence[str]) -> list[str]:
    """Lines without the indentation that they share; blank ones are empty."""
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line and not line.isspace()), default=0)
    return [line[margin:].rstrip() for line in lines]


def end_of_indented(lines: Sequence[str], at: int) -> int:
    """Where an indented block ends: behind its last line that is not blank."""
    end = at
    while at < len(lines) and (not lines[at] or lines[at][0] == " "):
        at += 1
        if lines[at - 1]:
            end = at
    return end


def behind_blanks(lines: Sequence[str], at: int) -> int:
    """The next line that is not blank."""
    while at < len(lines) and not lines[at]:
        at += 1
    return at


def end_of_paragraph(lines: Sequence[str], at: int) -> int:
    """Where lines end that no blank one parts."""
    while at < len(lines) and lines[at]:
        at += 1
    return at


def end_of_fence(lines: Sequence[str], at: int, fence: str) -> int:
    """Where a fenced block ends; one that is not closed goes on to the end."""
    for end in range(at + 1, len(lines)):
        if is_fence_end(lines[end], fence):
            return end + 1
    return len(lines)


def is_fence_end(line: str, fence: str) -> bool:
    """Whether a line closes a fence."""
    line = line.strip()
    return line.startswith(fence) and not line.strip(fence[0])


def end_of_doctest(lines: Sequence[str], at: int) -> int:
    """Where an interactive session ends; examples with blank lines between them are one."""
    while True:
        at = end_of_paragraph(lines, at)
        following = behind_blanks(lines, at)
        if following >= len(lines) or not lines[following].startswith(">>>"):
            return at
        at = following


def is_table(lines: Sequence[str], at: int) -> bool:
    """Whether a table or a block of lines of fixed form begins here."""
    line = lines[at]
    if _SIMPLE_BORDER.match(line) or _GRID_BORDER.match(line) or line.startswith("| "):
        return True
    return "|" in line and at + 1 < len(lines) and _DELIMITERS.match(lines[at + 1].strip()) is not None


def heading(lines: Sequence[str], at: int) -> tuple[str, int] | None:
    """The text of a heading and the line behind it; a rule is a heading without text."""
    line = lines[at]
    if match := _MARKDOWN_HEADING.match(line):
        return match["title"], at + 1
    under = lines[at + 1] if at + 1 < len(lines) else ""
    if _ADORNMENT.match(line):
        closing = lines[at + 2] if at + 2 < len(lines) else ""
        if under and closing == line:
            return under.strip(), at + 3
        return "", at + 1
    if len(line) <= _MAX_TITLE and _ADORNMENT.match(under) and len(under) >= min(len(line), 4):
        return line, at + 2
    return None


def interrupts(lines: Sequence[str], at: int) -> bool:
    """Whether a line within a paragraph begins another block."""
    line = lines[at]
    if line.startswith((">>>", "```", "~~~")) or EXPLICIT.match(line):
        return True
    found = item(line)
    if found is None or (found.kind == "bullet" and line[0] == "–"):
        return False
    return found.kind != "number" or found.number == 1 or lines[at - 1].endswith(":") or item(lines[at - 1]) is not None


def is_aligned(lines: Sequence[str]) -> bool:
    """Whether lines are set in columns with blanks."""
    if len(lines) < 2:
        return False
    aligned = sum("  " in line and _ALIGNED.search(line.strip()) is not None for line in lines)
    return aligned * 2 >= len(lines)


def is_prose(lines: Sequence[str]) -> bool:
    """Whether an indented block consists of sentences."""
    shown = [line for line in lines[:20] if line]
    text = " ".join(shown)
    if not shown or _STATEMENT.match(shown[0]) or is_aligned(shown):
        return False
    return len(_WORDS.findall(text)) * 2 >= len(text.split()) >= 3 and shown[-1][-1] in ".!?:"


def continues(first: str, inner: Sequence[str]) -> bool:
    """Whether indented lines go on with the sentence of the line above; else that is the term that they explain."""
    start = inner[0]
    if item(start) or start.startswith((">>>", ".. ")):
        return False
    return len(first) > _MAX_TERM or first[-1] in ",;-(" or start[0].islower() or first[-1] == "."
