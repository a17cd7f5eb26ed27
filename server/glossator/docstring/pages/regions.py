"""Generated sections in a page that people write, too: where they are, and how new ones get in.

All that is outside of markers stays, byte for byte; of what is between them, only text that nobody has changed is
replaced, unless that is forced.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from glossator.docstring.pages.markers import (
    Problem,
    Region,
    Regions,
    begin_line,
    decoded,
    encoded,
    end_line,
    looks_like_marker,
    normal,
    open_fence,
    page_line,
    parse,
    text_digest,
    unfenced_lines,
)

__all__ = [
    "Merged",
    "Problem",
    "Region",
    "Regions",
    "SectionText",
    "decoded",
    "encoded",
    "merged",
    "page_line",
    "parse",
    "text_digest",
]

Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class SectionText:
    """What a section is to hold; `text` None means: as it is in the page. `facts` is 16 hexadecimal digits."""

    id: str
    facts: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Merged:
    """A page with its sections, and what became of each (identifiers, in the order of the sections).

    `conflicts` are sections that a person changed: they were kept, or overwritten (`written`) if that was forced.
    `edits` make `text` of the page as it was: start, end and new text of each, in order; they touch nothing else.
    """

    text: str
    written: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    conflicts: tuple[str, ...]
    problems: tuple[Problem, ...]
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What happens to the page: pieces in place of regions, and new ones at offsets (in order)."""

    replaced: dict[str, str]
    inserted: list[tuple[int, SectionText]]
    written: list[str]
    kept: list[str]
    conflicts: list[str]


def merged(before: str, sections: Sequence[SectionText], is_forced: bool = False) -> Merged:
    """The page with these sections in it.

    A region that is there is replaced where it stands; a new one goes behind the section before it, else in front of
    the one after it, else to the end. A region of no section is taken out if nobody changed it (even by force, no text
    of a person goes away for nothing). Regions with problems are left alone, and their sections are not written
    anywhere else. Cost: linear in the page and the sections.
    """
    regions = parse(before)
    there = {region.id: region for region in regions.regions}
    wanted = {section.id for section in sections}
    plan = _Plan({}, [], [], [], [])
    eol = _line_end(before)
    for section in _unique(sections):
        if section.id in there:
            _place(before, there[section.id], section, plan, is_forced)
    problems = (*regions.problems, *_insert(before, sections, regions, plan))
    removed: list[str] = []
    for region in regions.regions:
        if region.id not in wanted and region.is_intact:
            plan.replaced[region.id] = ""
            removed.append(region.id)
        elif region.id not in wanted:
            plan.conflicts.append(region.id)
    text, edits = _spliced(before, regions.regions, plan, eol)
    order = {section.id: index for index, section in enumerate(sections)}
    written = tuple(sorted([*plan.written, *(new.id for _, new in plan.inserted)], key=order.__getitem__))
    return Merged(text, written, tuple(plan.kept), tuple(removed), tuple(plan.conflicts), problems, edits)


def _unique(sections: Sequence[SectionText]) -> list[SectionText]:
    """The sections, each identifier once: the first one counts."""
    found: dict[str, SectionText] = {}
    for section in sections:
        found.setdefault(section.id, section)
    return list(found.values())


def _place(before: str, region: Region, section: SectionText, plan: _Plan, is_forced: bool) -> None:
    """Decide what becomes of a region that is there."""
    is_intact = region.is_intact
    if not is_intact:
        plan.conflicts.append(region.id)
    if section.text is None or not (is_intact or is_forced):
        plan.kept.append(region.id)
        return
    text = _harmless(section.text)
    if section.facts == region.facts and is_intact and normal(text) == normal(region.text):
        plan.kept.append(region.id)
        return
    whole = before[region.span[0] : region.span[1]]
    eol = _line_end(whole)
    # The last line end is the one that was there: another one might grow together with what follows.
    plan.replaced[region.id] = _written(section, text, eol).removesuffix(eol) + whole[len(whole.rstrip("\r\n")) :]
    plan.written.append(region.id)


def _insert(before: str, sections: Sequence[SectionText], regions: Regions, plan: _Plan) -> list[Problem]:
    """Find places for the sections that are not there yet; what has none is a problem."""
    spans = {region.id: region.span for region in regions.regions}
    blocked = {problem.id for problem in regions.problems}
    behind: int | None = None
    waiting: list[SectionText] = []
    for section in _unique(sections):
        if section.id in spans:
            start, end = spans[section.id]
            plan.inserted.extend((start, each) for each in waiting)
            waiting.clear()
            behind = end
        elif section.text is not None and section.id not in blocked:
            if behind is None:
                waiting.append(section)
            else:
                plan.inserted.append((behind, section))
    if waiting and open_fence(before):
        message = "a block of code is not closed: close it to make room for this section"
        return [Problem(each.id, message, before.count("\n") + 1) for each in waiting]
    plan.inserted.extend((len(before), each) for each in waiting)
    return []


def _spliced(before: str, regions: Sequence[Region], plan: _Plan, eol: str) -> tuple[str, tuple[Edit, ...]]:
    """The page with regions replaced and new ones put in; of two at one place, the one that was planned first leads."""
    changes = [(offset, offset, 1, _written(new, _harmless(new.text or ""), eol)) for offset, new in plan.inserted]
    changes += [(*region.span, 0, plan.replaced[region.id]) for region in regions if region.id in plan.replaced]
    # What goes behind a region comes in front of what goes before the next one: both are inserted at one offset.
    changes.sort(key=lambda change: (change[0], change[1], change[2]))
    parts: list[str] = []
    edits: list[Edit] = []
    at = 0
    for start, end, is_new, text in changes:
        parts.append(before[at:start])
        new = eol + text if is_new and _needs_line_end(parts) else text
        parts.append(new)
        edits.append((start, end, new))
        at = end
    return "".join([*parts, before[at:]]), tuple(edits)


def _needs_line_end(parts: Sequence[str]) -> bool:
    """Whether what was written so far ends within a line; a byte order mark alone does not."""
    last = next((part for part in reversed(parts) if part), "")
    return last not in ("", "\ufeff") and last[-1] not in "\r\n"


def _written(section: SectionText, text: str, eol: str) -> str:
    """A region with its markers. Blank lines keep them apart from the text: some readers need that."""
    lines = [begin_line(section.id, section.facts, text), "", *text.split("\n"), "", end_line(section.id), ""]
    return eol.join(lines if text else [lines[0], *lines[-2:]])


def _harmless(text: str) -> str:
    """A section's text in which no line is a marker, and no block of code is left open."""
    text = normal(text.replace("\ufeff", ""))
    if "glossator" in text.lower():
        parts: list[str] = []
        at = 0
        for start, end, line in unfenced_lines(text):
            if looks_like_marker(line):
                parts += (
                    text[at:start],
                    line.replace("<", "&lt;").replace("!", "&#33;"),
                    text[start + len(line) : end],
                )
                at = end
        text = "".join([*parts, text[at:]])
    fence = open_fence(text)
    return f"{text}\n{fence}" if fence else text


def _line_end(text: str) -> str:
    """The line end that a text uses first; a lone carriage return only where there is nothing else."""
    match = re.search(r"\r?\n", text)
    return match[0] if match else "\r" if "\r" in text else "\n"
