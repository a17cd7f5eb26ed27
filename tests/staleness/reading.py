"""What a docstring documents, read without any help from the product: google, numpy, sphinx and epytext.

The reader is strict. It answers only where it is certain; what it cannot read in full is no case for the harness.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

SECTIONS = {
    "args": "parameters",
    "arguments": "parameters",
    "parameters": "parameters",
    "params": "parameters",
    "keyword args": "parameters",
    "keyword arguments": "parameters",
    "other parameters": "parameters",
    "returns": "returns",
    "return": "returns",
    "yields": "yields",
    "yield": "yields",
    "raises": "raises",
    "raise": "raises",
}
FIELDS = {
    **dict.fromkeys(("param", "parameter", "arg", "argument", "key", "keyword", "kwarg"), "parameters"),
    **dict.fromkeys(("type", "kwtype"), "types"),
    **dict.fromkeys(("return", "returns", "rtype"), "returns"),
    **dict.fromkeys(("yield", "yields", "ytype"), "yields"),
    **dict.fromkeys(("raise", "raises", "except", "exception"), "raises"),
    **dict.fromkeys(("var", "ivar", "cvar", "vartype", "meta", "since", "see", "note", "group"), "other"),
}
_CLAIMS = ("parameters", "returns", "yields", "raises")
_HEADER = re.compile(r"([A-Za-z][A-Za-z ]*?)\s*:\s*$")
_SUSPECT = re.compile(r"\s*(?:Args|Arguments|Parameters|Params|Keyword Args|Returns?|Yields?|Raises?)\s*:")
_GOOGLE_ENTRY = re.compile(r"(\*{0,2}\w+)\s*(?:\((.*?)\))?\s*:(?:\s+(.*)|$)")
_GOOGLE_RAISE = re.compile(r"([A-Za-z_][\w.]*(?:\s*(?:,|\bor\b|\|)\s*[A-Za-z_][\w.]*)*)\s*:(?:\s+(.*)|$)")
_NUMPY_ENTRY = re.compile(r"((?:\*{0,2}\w+)(?:\s*,\s*\*{0,2}\w+)*)\s*(?::\s*(.*))?$")
_SPHINX_FIELD = re.compile(r"(\s*):(\w+)(?:\s+([^:`]+|[^:]*:[\w:]+:`[^`]*`))?\s*:(?:\s+(.*)|$)")
_EPYTEXT_FIELD = re.compile(r"(\s*)@(\w+)(?:\s+([^:]+))?\s*:(?:\s+(.*)|$)")
_ROLE = re.compile(r":[\w:]+:`[~!]?([^`<]+)`|`{1,2}([^`]+)`{1,2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One documented thing; `first` and `end` are lines of the docstring (from 0, `end` excluded)."""

    section: str
    names: tuple[str, ...]
    type: str
    text: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of a section, its header among them (sphinx and epytext: one field)."""

    kind: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A docstring of one style, in full."""

    style: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    entries: tuple[Entry, ...]

    def of(self, kind: str) -> tuple[Entry, ...]:
        """The entries of sections of a kind."""
        return tuple(entry for entry in self.entries if entry.section == kind)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Documented parameters in their order, without stars."""
        return tuple(name for entry in self.of("parameters") for name in entry.names)

    @property
    def exceptions(self) -> tuple[str, ...]:
        """Documented exceptions, the last part of each name."""
        return tuple(name.rsplit(".", 1)[-1] for entry in self.of("raises") for name in entry.names)


class UncertainError(Exception):
    """The docstring cannot be read for certain."""


def reading(content: str) -> Reading | None:
    """What the docstring documents; None if that is not certain, or no field section is there."""
    lines = tuple(content.split("\n"))
    try:
        found = [
            one for one in (_google(lines), _numpy(lines), _fields(lines, "sphinx"), _fields(lines, "epytext")) if one
        ]
    except UncertainError:
        return None
    if len(found) != 1:
        return None
    parameters = found[0].parameters
    return found[0] if len(parameters) == len(set(parameters)) else None


def dedented(lines: tuple[str, ...]) -> list[str]:
    """The lines without their common margin; the first one stands behind the quotes."""
    margins = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(margins, default=0)
    return [lines[0].lstrip(), *(line[margin:] if line.strip() else "" for line in lines[1:])]


def _google(lines: tuple[str, ...]) -> Reading | None:
    rows = dedented(lines)
    sections: list[Section] = []
    entries: list[Entry] = []
    claimed: set[int] = set()
    for number, row in enumerate(rows):
        header = _HEADER.match(row)
        if not header or _indent(row) or number in claimed:
            continue
        kind = SECTIONS.get(header[1].lower())
        end = _block_end(rows, number + 1, 0)
        if kind is None or end == number + 1:
            continue
        claimed.update(range(number, end))
        sections.append(Section(kind, number, end))
        entries += _google_entries(kind, rows, number + 1, end)
    if not sections:
        return None
    if any(_SUSPECT.match(row) for number, row in enumerate(rows) if number not in {s.first for s in sections}):
        raise UncertainError
    return Reading("google", lines, tuple(sections), tuple(entries))


def _google_entries(kind: str, rows: list[str], first: int, end: int) -> Iterator[Entry]:
    if kind in ("returns", "yields"):
        yield Entry(kind, (), "", _joined(rows[first:end]), first, end)
        return
    depth = min(_indent(row) for row in rows[first:end] if row.strip())
    for start, stop in _groups(rows, first, end, depth):
        pattern = _GOOGLE_ENTRY if kind == "parameters" else _GOOGLE_RAISE
        match = pattern.match(rows[start].strip())
        if match is None:
            raise UncertainError
        text = _joined([match[match.re.groups] or "", *rows[start + 1 : stop]])
        if kind == "parameters":
            yield Entry(kind, (match[1].lstrip("*"),), match[2] or "", text, start, stop)
        else:
            yield Entry(kind, tuple(re.split(r"\s*(?:,|\bor\b|\|)\s*", match[1])), "", text, start, stop)


def _numpy(lines: tuple[str, ...]) -> Reading | None:
    rows = dedented(lines)
    starts = [
        n for n in range(len(rows) - 1) if rows[n].strip() and not _indent(rows[n]) and _is_underline(rows[n + 1])
    ]
    if not starts:
        return None
    sections: list[Section] = []
    entries: list[Entry] = []
    for start, stop in zip(starts, [*starts[1:], len(rows)], strict=True):
        kind = SECTIONS.get(rows[start].strip().lower())
        if kind is None:
            continue
        end = _trimmed(rows, start + 2, stop)
        sections.append(Section(kind, start, end))
        entries += _numpy_entries(kind, rows, start + 2, end)
    return Reading("numpy", lines, tuple(sections), tuple(entries)) if sections else None


def _numpy_entries(kind: str, rows: list[str], first: int, end: int) -> Iterator[Entry]:
    if first >= end:
        return
    if kind in ("returns", "yields"):
        yield Entry(kind, (), "", _joined(rows[first:end]), first, end)
        return
    for start, stop in _groups(rows, first, end, 0):
        head = rows[start].strip()
        text = _joined(rows[start + 1 : stop])
        match = _NUMPY_ENTRY.match(head.replace("\\", ""))
        if kind == "raises":
            names = tuple(_plain(name) for name in re.split(r"\s*,\s*|\s+or\s+", head.split(" : ")[0].rstrip(":")))
            if not all(re.fullmatch(r"[\w.]+", name) for name in names):
                raise UncertainError
            yield Entry(kind, names, "", text, start, stop)
        elif match is None:
            raise UncertainError
        else:
            names = tuple(name.strip().lstrip("*") for name in match[1].split(","))
            yield Entry(kind, names, match[2] or "", text, start, stop)


def _fields(lines: tuple[str, ...], style: str) -> Reading | None:
    """Sphinx's or epytext's fields."""
    rows = dedented(lines)
    pattern = _SPHINX_FIELD if style == "sphinx" else _EPYTEXT_FIELD
    found = [(n, m) for n, row in enumerate(rows) if (m := pattern.match(row)) and m[2] in FIELDS]
    if not any(FIELDS[match[2]] in _CLAIMS for _, match in found):
        return None
    if len({len(match[1]) for _, match in found}) != 1:
        raise UncertainError
    stops = [*(number for number, _ in found[1:]), len(rows)]
    entries = [_field(rows, match, (number, stop)) for (number, match), stop in zip(found, stops, strict=True)]
    types = {name: entry.text for entry in entries if entry.section == "types" for name in entry.names}
    typed = [replace(e, type=e.type or types.get(e.names[0], "")) if e.section == "parameters" else e for e in entries]
    sections = tuple(Section(e.section, e.first, e.end) for e in entries)
    return Reading(style, lines, sections, tuple(typed))


def _field(rows: list[str], match: re.Match[str], lines: tuple[int, int]) -> Entry:
    number, stop = lines
    kind, depth = FIELDS[match[2]], len(match[1])
    end = number + 1
    while end < stop and (rows[end].strip() or any(r.strip() for r in rows[end:stop])):
        # A paragraph at the fields' own margin, after a blank line, belongs to no field.
        if rows[end].strip() and not rows[end - 1].strip() and _indent(rows[end]) <= depth:
            break
        end += 1
    end = _trimmed(rows, number + 1, end)
    text = _joined([match[4] or "", *rows[number + 1 : end]])
    argument = (match[3] or "").strip()
    if kind in ("parameters", "raises", "types") and not argument:
        raise UncertainError
    if kind == "parameters":
        *type_words, name = argument.split()
        return Entry(kind, (name.replace("\\", "").lstrip("*"),), " ".join(type_words), text, number, end)
    if kind == "raises":
        names = tuple(_plain(name) for name in re.split(r"\s*,\s*|\s+or\s+", argument))
        return Entry(kind, names, "", text, number, end)
    return Entry(kind, (argument.replace("\\", "").lstrip("*"),) if argument else (), "", text, number, end)


def _plain(name: str) -> str:
    """A name out of its role or its backticks."""
    match = _ROLE.fullmatch(name.strip())
    return (match[1] or match[2] or "").strip() if match else name.strip()


def _groups(rows: list[str], first: int, end: int, depth: int) -> Iterator[tuple[int, int]]:
    """Entries that begin at a depth, each up to the next, without the blank lines at its end."""
    starts = [n for n in range(first, end) if rows[n].strip() and _indent(rows[n]) == depth]
    if not starts or starts[0] != next(n for n in range(first, end) if rows[n].strip()):
        raise UncertainError
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        yield start, _trimmed(rows, start + 1, stop)


def _block_end(rows: list[str], first: int, depth: int) -> int:
    """End of the lines that are indented deeper, without the blank ones behind."""
    end = first
    while end < len(rows) and (not rows[end].strip() or _indent(rows[end]) > depth):
        end += 1
    return _trimmed(rows, first, end)


def _trimmed(rows: list[str], first: int, end: int) -> int:
    while end > first and not rows[end - 1].strip():
        end -= 1
    return end


def _joined(rows: Iterable[str]) -> str:
    return " ".join(row.strip() for row in rows if row.strip())


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _is_underline(row: str) -> bool:
    return len(row.strip()) > 2 and not set(row.strip()) - {"-"} and not _indent(row)
