"""Wrapped lines to prose and back.

Prose is text whose paragraphs are one line each, however long. Blank lines part paragraphs; list items ("- ", "1. ")
are a line each; lines that are indented, doctests, directives, tables and fenced blocks are verbatim. `wrap` breaks
what is longer than the width, `unwrap` joins what was broken: `unwrap(wrap(text, width)) == text` for text in this form
whose white space outside code spans is single blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from glossator.docstring.styles.titles import TITLES

ITEM = re.compile(r" *(?:[-*+•]|\d{1,3}[.)]) +(?=\S)")
_BLOCK = re.compile(r">>>|\||\+[-=]|[-=~^+]{3,}[-=~^+ ]*$")  # verbatim up to the next blank line
_FENCE = "```"
_TOKEN = re.compile(r"(?:``.+?``|`[^`]+`|\b[BCGILMSUX]\{[^{}]*\}|\S)+")
_TITLE_WORDS = "|".join(sorted({title.split()[-1] for title in TITLES}))
# What would change its meaning at the start of a line: list marks, fields, directives, doctests, rules, section titles.
_RISKY = re.compile(
    rf"(?:[-*+•]$|\d{{1,3}}[.)]$|[|:@]|>>>|\.\.|{_FENCE}|[-=~^+*]{{2}}|(?:{_TITLE_WORDS}):?$)", re.IGNORECASE
)
_ANY_RISK = re.compile(
    rf" (?:[-*+•](?: |$)|\d{{1,3}}[.)](?: |$)|[|:@]|>>>|\.\.|{_FENCE}|[-=~^+*]{{2}}|(?:{_TITLE_WORDS}):?(?: |$))",
    re.IGNORECASE,
)


class _Read(NamedTuple):
    """A line as it is understood: the column of its continuation (None: verbatim), and whether it is one itself."""

    text: str
    hang: int | None
    continues: bool


def unwrap(lines: Iterable[str]) -> str:
    """Prose of dedented lines: broken paragraphs and list items are joined, the rest stays as it is."""
    joined: list[str] = []
    for line in _read(lines):
        text = _spaced(line.text, line.hang) if line.hang is not None and "  " in line.text else line.text
        if line.continues:
            joined[-1] += " " + text
        else:
            joined.append(text)
    return "\n".join(joined).strip("\n")


def wrap(text: str, width: int) -> list[str]:
    """Lines of prose, broken at blanks outside code spans where they are longer than `width` columns.

    A line may stay longer: verbatim ones, and those of a single word, code span or address.
    """
    if len(text) <= width and "\n" not in text:
        return [text]
    lines: list[str] = []
    for line in _read(text.split("\n")):
        if line.hang is None or len(line.text) <= width:
            lines.append(line.text)
        else:
            lines.extend(_broken(line.text, line.hang, width))
    return lines


def block(head: str, text: str, indent: str, width: int) -> list[str]:
    """Lines of `head` and then `text`, with `indent` before every line but the first.

    Text that does not begin with prose stands below the head, so that its own layout can be seen.
    """
    if not text:
        return [head]
    if not text[0].isalpha() and not starts_with_prose(text):
        return [head, *indented(text, indent, width)]
    if len(head) + len(text) < width and "\n" not in text:
        return [f"{head} {text}"]
    # The head takes part in the wrapping as a word of its own width, so that the first line is as long as the others.
    first, newline, rest = text.partition("\n")
    lines = _broken(first, 0, width - len(indent), len(head) - len(indent))
    lines[0] = f"{head} {lines[0]}" if lines[0] else head
    lines[1:] = [indent + line for line in lines[1:]]
    if newline:
        lines.extend(indented(rest, indent, width))
    return lines


def indented(text: str, indent: str, width: int) -> list[str]:
    """Wrapped lines of `text`, each but the blank ones after `indent`."""
    return [indent + line if line else "" for line in wrap(text, width - len(indent))]


def starts_with_prose(text: str) -> bool:
    """Whether the first line is neither a list item nor verbatim."""
    first = next(_read(text.split("\n", 1)[:1]))
    return first.hang == 0


def _read(lines: Iterable[str]) -> Iterator[_Read]:
    """Understand each line from the ones before it."""
    hang: int | None = None
    verbatim = fenced = False
    for line in lines:
        text = line.strip()
        if not text:
            hang, verbatim = None, False
            yield _Read("", None, False)
            continue
        indent = len(line) - len(line.lstrip())
        if text.startswith(_FENCE):
            fenced = not fenced
            hang = None
        elif fenced or verbatim:
            hang = None
        elif item := ITEM.match(line):
            hang = item.end()
        elif _BLOCK.match(text):
            verbatim, hang = True, None
        elif hang is not None and indent == hang and not text.startswith(".."):
            yield _Read(text, hang, True)
            continue
        else:
            hang = None if indent or text.startswith("..") else 0
        yield _Read(line.rstrip(), hang, False)


def _broken(text: str, hang: int, width: int, gap: int = -1) -> list[str]:
    """Lines of one paragraph or list item: later ones indented by `hang`, `gap` columns of the first one taken."""
    units = _units(text)
    pad = " " * hang
    if hang:
        mark = text[:hang]
        units = _units(text[hang:])
        units[0] = mark + units[0]
    lines: list[str] = []
    current, used = "", gap
    for unit in units:
        if used + 1 + len(unit) > width and (current or (gap > 0 and not lines)):
            lines.append(current)
            current, used = pad + unit, hang + len(unit)
        else:
            current = f"{current} {unit}" if current else unit
            used += 1 + len(unit)
    lines.append(current)
    return lines


def _spaced(text: str, hang: int) -> str:
    """The text with single blanks between words; a list item's mark keeps those around it."""
    mark = ITEM.match(text) if hang else None
    start = mark.end() if mark else 0
    return text[:start] + " ".join(_TOKEN.findall(text[start:]))


def _units(text: str) -> list[str]:
    """Words and code spans; those that must not start a line are one with the word before them."""
    words = _TOKEN.findall(text) if "`" in text or "{" in text else text.split()
    return _glued(words) if _ANY_RISK.search(text) else words


def _glued(words: Sequence[str]) -> list[str]:
    units: list[str] = []
    for word in words:
        if units and _RISKY.match(word):
            units[-1] += " " + word
            if len(units) > 1 and units[-1].rstrip(":").title() in TITLES:
                last = units.pop()
                units[-1] += " " + last
        else:
            units.append(word)
    return units
