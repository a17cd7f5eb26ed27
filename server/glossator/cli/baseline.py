"""Baselines: the findings that an old project starts with are written down once, and only new ones are shown.

A baseline names no lines, so that moving code does not matter: file, symbol, code and message make an entry, and two
equal findings need two of them.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from glossator.errors import ConfigError, SourceError
from glossator.workspace.write import put_file, read_file

if TYPE_CHECKING:
    from glossator.documenter import PlacedFinding

    Findings = Sequence[tuple[str, PlacedFinding]]

VERSION: Final = 1
MAX_BYTES: Final = 64 << 20
MEND: Final = "write it anew with --write-baseline"


class Entry(NamedTuple):
    """One finding of a baseline; the path is relative to the baseline's folder, with forward slashes."""

    path: str
    symbol: str
    text: str

    @property
    def code(self) -> str:
        """The finding's code."""
        return self.text.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a baseline says about a run: the findings that it does not list, how many it lists, and what is gone.

    `gone` are entries of files that were checked, and that no finding matched.
    """

    fresh: list[tuple[str, PlacedFinding]]
    hidden: int
    gone: list[Entry]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline file, each with its number."""

    folder: str
    entries: Counter[Entry]

    def compare(self, findings: Findings, is_looked_for: Callable[[str, str], bool]) -> Comparison:
        """Hide what is listed; `is_looked_for` says of a path, as in the entries, and a code whether they were."""
        left = self.entries.copy()
        fresh = []
        for path, finding in findings:
            entry = _entry(name_in(self.folder, path), finding)
            if left[entry] > 0:
                left[entry] -= 1
            else:
                fresh.append((path, finding))
        gone = sorted(entry for entry in left.elements() if is_looked_for(entry.path, entry.code))
        return Comparison(fresh, len(findings) - len(fresh), gone)


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file. Raises ConfigError where there is none."""
    try:
        return Baseline(folder_of(path), Counter(_entries(json.loads(read_file(path, MAX_BYTES)))))
    except SourceError as error:
        raise ConfigError(f"{path}: {error}; {MEND}") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, nested without end, or another shape
        raise ConfigError(f"{path}: is no baseline ({error}); {MEND}") from error


def write_baseline(path: Path, findings: Findings) -> None:
    """Write all findings into a file, sorted, one entry a line. Raises SourceError if it cannot be written."""
    folder = folder_of(path)
    files: dict[str, dict[str, list[str]]] = {}
    for entry in sorted(_entry(name_in(folder, place), finding) for place, finding in findings):
        files.setdefault(entry.path, {}).setdefault(entry.symbol, []).append(entry.text)
    text = json.dumps({"version": VERSION, "files": files}, indent=2, ensure_ascii=False) + "\n"
    try:
        # What is no character (a name that is not UTF-8) is escaped just as JSON has it.
        put_file(path, text.encode("utf-8", "backslashreplace"))
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from error


def require_folder(path: Path) -> None:
    """Say before the work, and not after it, that a baseline has no place. Raises ConfigError."""
    if not path.parent.is_dir():
        raise ConfigError(f"{path}: there is no folder {str(path.parent)!r}, make it first")
    if path.exists() and not path.is_file():
        raise ConfigError(f"{path}: is no file, name another one")


def folder_of(path: Path) -> str:
    """The folder that a baseline's paths are relative to."""
    return os.path.dirname(os.path.realpath(path))


def name_in(folder: str, path: str) -> str:
    """A file's path as a baseline in `folder` has it."""
    real = os.path.realpath(path)
    with contextlib.suppress(ValueError):  # raised on another drive
        real = os.path.relpath(real, folder)
    return real.replace(os.sep, "/")


def _entry(name: str, finding: PlacedFinding) -> Entry:
    return Entry(name, finding.symbol, f"{finding.code} {finding.message}")


def _entries(content: object) -> Iterator[Entry]:
    """The entries of a file's content; ValueError says what is wrong with it."""
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise ValueError(f"expected an object with version {VERSION}")
    for path, symbols in _items(content.get("files"), "files"):
        for symbol, texts in _items(symbols, path):
            if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                raise ValueError(f"expected a list of texts at {path!r}: {symbol!r}")
            yield from (Entry(path, symbol, text) for text in texts)


def _items(value: object, where: str) -> Iterator[tuple[str, object]]:
    if not isinstance(value, dict):
        raise ValueError(f"expected an object at {where!r}")
    yield from value.items()
