"""Whether `glossator write --only stale` mends what `check` called fixable, and leaves all else as it was.

For each changed function, seen from outside by the command line alone:

mended   no finding that was fixable before is left, of the same code and message or fixable again
words    each line of a docstring that no fixable finding was about is still there, in order, byte for byte; a docstring
         without such findings is the same; lines that only had to move are all there; where a parameter is called
         otherwise now, or another exception is raised, the name may follow where other lines mark it as code
told     what people wrote about a parameter whose name, type or default was mended is still there, word for word
code     everything outside of docstrings is the same text, and the same tree
settled  a second run changes nothing

A file is judged as a whole: what happens to other functions in it counts against the case.
"""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cases import Case
from checkers import Finding, ToolError, check_ours, nobodys_environment
from reading import Entry, Reading, Section, reading
from score import FAMILIES
from splicing import Text, docstring_node, undocumented_dump
from subjects import definitions, line_range, parsed

FOLDER = "repaired"
CHECKS = ("mended", "words", "told", "code", "settled")
_KEPT_KINDS = ("parameter renamed", "default changed", "type changed")
# Which sections a finding is about; what is only missing concerns no line that is there.
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "GLS201": (),
    "GLS202": ("parameters", "types"),
    "GLS204": ("parameters", "types", "returns", "yields"),
    "GLS205": ("parameters", "types"),
    "GLS211": (),
    "GLS212": ("returns", "yields"),
    "GLS213": ("returns", "yields"),
    "GLS214": ("returns", "yields"),
    "GLS221": (),
    "GLS222": ("raises",),
}
_ORDER = "GLS203"
_CODE = re.compile(r"(`{1,2}).+?\1|C\{[^}]*\}")
_RENAMING_KINDS = ("parameter renamed", "raise changed")


@dataclass(frozen=True, slots=True)
class Repair:
    """What became of one case: `failed` names the checks that do not hold; `was_fixable` if there was work to do."""

    case: Case
    was_found: bool
    was_fixable: bool
    is_true_now: bool
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """One file before and after the repair, after a second one, and what was found in it."""

    old: str
    new: str
    again: str
    found: Sequence[Finding]
    left: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class _Docstring:
    """The docstring of a function, and the function's lines."""

    text: str
    first: int
    last: int

    def among(self, found: Sequence[Finding]) -> list[Finding]:
        """The findings that lie in the function."""
        return [f for f in found if self.first <= f.line <= self.last]


def repaired(ours: str, root: Path, cases: Sequence[Case]) -> list[Repair]:
    """Repair a copy of the changed files and look at each case."""
    shutil.copytree(root / "after", root / FOLDER)
    paths = {case.id: case.after.path.replace("after/", f"{FOLDER}/", 1) for case in cases}
    old = _texts(root, paths.values())
    found = _by_path(check_ours(ours, root, FOLDER))
    _write(ours, root)
    new = _texts(root, paths.values())
    left = _by_path(check_ours(ours, root, FOLDER))
    _write(ours, root)
    again = _texts(root, paths.values())
    repairs = []
    for case in cases:
        path = paths[case.id]
        repairs.append(_judged(case, _File(old[path], new[path], again[path], found.get(path, ()), left.get(path, ()))))
    return repairs


def _write(ours: str, root: Path) -> None:
    command = [*shlex.split(ours), "write", "--only", "stale", FOLDER]
    environment = nobodys_environment(root)
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolError(f"{shlex.join(command)}: exit code {done.returncode}: {done.stderr[-2000:]}")


def _judged(case: Case, file: _File) -> Repair:
    """The checks of one case."""
    mine = [f for f in file.found if f.symbol == case.symbol]
    left = [f for f in file.left if f.symbol == case.symbol]
    fixable = [f for f in mine if f.is_fixable]
    before, after = _docstrings(file.old), _docstrings(file.new)
    names = (case.names[0], case.names[1]) if case.kind in _RENAMING_KINDS else None
    passed = {
        "mended": _is_mended(fixable, left),
        "words": before.keys() == after.keys()
        and all(_keeps_lines(old, after[symbol].text, old.among(file.found), names) for symbol, old in before.items()),
        "told": not fixable or _is_told(case, before[case.symbol].text, after[case.symbol].text),
        "code": _outside(file.old) == _outside(file.new) and _tree(file.old) == _tree(file.new),
        "settled": file.new == file.again,
    }
    prefixes = FAMILIES["ours"].get(case.family, ("GLS2",))
    right = [f for f in fixable if f.code.startswith(prefixes)]
    is_true_now = bool(right) and not any(f.code.startswith(prefixes) for f in left)
    failed = tuple(check for check in CHECKS if not passed[check])
    return Repair(case, any(f.code.startswith(prefixes) for f in mine), bool(fixable), is_true_now, failed)


def _is_mended(fixable: Sequence[Finding], left: Sequence[Finding]) -> bool:
    said = {(f.code, f.message) for f in fixable}
    return not any(f.is_fixable or (f.code, f.message) in said for f in left)


def _keeps_lines(old: _Docstring, new: str, found: Sequence[Finding], renamed: tuple[str, str] | None) -> bool:
    """Whether all lines that no fixable finding is about are still there."""
    fixable = [f for f in found if f.is_fixable]
    if old.text == new or not fixable:
        return old.text == new
    read = reading(old.text)
    if read is None:
        return True  # what is not read for certain cannot be judged either
    free = _lines_about(read, fixable)
    parameters = [section for section in read.sections if section.kind in ("parameters", "types")]
    moved = {n for f in fixable if f.code == _ORDER for section in parameters for n in _span(section)}
    lines, rows = _followed(read.lines, renamed), _followed(new.split("\n"), renamed)
    kept = [line for n, line in enumerate(lines) if line.strip() and n not in free | moved]
    rest = Counter(line.strip() for n, line in enumerate(lines) if line.strip() and n in moved - free)
    return _is_subsequence(kept, rows) and rest <= Counter(row.strip() for row in rows)


def _followed(lines: Iterable[str], renamed: tuple[str, str] | None) -> list[str]:
    """The lines with the new name in place of the old one, where they mark it as code."""
    if renamed is None:
        return list(lines)
    old, new = re.compile(rf"\b{re.escape(renamed[0])}\b"), renamed[1]
    return [_CODE.sub(lambda span: old.sub(new, span[0]), line) for line in lines]


def _lines_about(read: Reading, found: Sequence[Finding]) -> set[int]:
    """Lines of the entries that findings are about, with the headers of sections that lose all their entries."""
    chosen = [entry for finding in found for entry in _entries_about(read, finding)]
    lines = {n for entry in chosen for n in range(entry.first, entry.end)}
    for section in read.sections:
        inside = [entry for entry in read.entries if section.first <= entry.first < section.end]
        if inside and all(entry in chosen for entry in inside):
            lines |= set(_span(section))
    return lines


def _entries_about(read: Reading, finding: Finding) -> list[Entry]:
    """Entries that a finding names; if it names none, what comes back, or all that it can be about."""
    entries = [entry for entry in read.entries if entry.section in _SECTIONS.get(finding.code, ())]
    spans = " ".join(re.findall(r"`([^`]+)`", finding.message)) or finding.message
    named = {name.rsplit(".", 1)[-1] for name in re.findall(r"[\w.]+", spans)}
    chosen = [e for e in entries if {name.rsplit(".", 1)[-1] for name in e.names} & named]
    return chosen or [e for e in entries if e.section in ("returns", "yields")] or entries


def _is_told(case: Case, old: str, new: str) -> bool:
    """Whether the words about the parameter are still there, but for its name and its default."""
    read = reading(old)
    if case.kind not in _KEPT_KINDS or read is None:
        return True
    entries = [e for e in read.of("parameters") if set(e.names) & set(case.names)]
    literal = r"(?i)\bdefault\S*(?:\s+value)?(?:\s+(?:is|to|of)\b)?(?:\s*[:=])?\s*\S+"
    words = Counter(word for e in entries for word in re.findall(r"\w+", re.sub(literal, "", e.text)))
    for name in case.names:
        words.pop(name, None)
    return words <= Counter(re.findall(r"\w+", new))


def _is_subsequence(lines: Sequence[str], rows: Sequence[str]) -> bool:
    remaining = iter(rows)
    return all(any(line == row for row in remaining) for line in lines)


def _docstrings(text: str) -> dict[str, _Docstring]:
    """Docstrings of functions by symbol; of a symbol defined again, each by its number."""
    tree = parsed(text)
    found: dict[str, _Docstring] = {}
    count: Counter[str] = Counter()
    for symbol, node, _ in definitions(tree) if tree else ():
        count[symbol] += 1
        literal = docstring_node(node)
        key = symbol if count[symbol] == 1 else f"{symbol}#{count[symbol]}"
        found[key] = _Docstring(str(literal.value) if literal else "", *line_range(node))
    return found


def _outside(text: str) -> str | None:
    """The text with a mark in place of each docstring."""
    tree = parsed(text)
    if tree is None:
        return None
    source = Text(text)
    literals = [node for n in ast.walk(tree) if (node := docstring_node(n)) is not None]
    parts, end = [], 0
    for literal in sorted(literals, key=source.start):
        parts.append(text[end : source.start(literal)])
        end = source.end(literal)
    return "\0".join([*parts, text[end:]])


def _tree(text: str) -> str | None:
    tree = parsed(text)
    return undocumented_dump(tree) if tree else None


def _span(section: Section) -> range:
    return range(section.first, section.end)


def _texts(root: Path, paths: Iterable[str]) -> dict[str, str]:
    return {path: (root / path).read_bytes().decode() for path in paths}


def _by_path(found: Iterable[Finding]) -> dict[str, list[Finding]]:
    by_path: dict[str, list[Finding]] = {}
    for finding in found:
        by_path.setdefault(finding.path, []).append(finding)
    return by_path
