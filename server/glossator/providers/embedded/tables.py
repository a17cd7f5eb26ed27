"""The tables of well-known names, read from the folder `tables/` when they are first asked for.

They are data, a line each, and say themselves what their lines mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path


def _lines(name: str) -> Iterator[str]:
    # By path, not importlib.resources: that one reads zip files, too, and importing it takes longer than all tables.
    text = Path(__file__).parent.joinpath("tables", f"{name}.txt").read_text(encoding="utf-8")
    return (line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def flat(name: str) -> Mapping[str, str]:
    """A table of lines `key: text`."""
    return dict(line.split(": ", 1) for line in _lines(name))


@cache
def nested(name: str) -> Mapping[str, Mapping[str, str]]:
    """A table of names with indented lines `places: text` below each."""
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in _lines(name):
        if line.startswith(" "):
            places, text = line.strip().split(": ", 1)
            current.update(dict.fromkeys(places.split(), text))
        else:
            current = found[line] = {}
    return found


@cache
def word_set(name: str) -> frozenset[str]:
    """A table of words, in lines of any length."""
    return frozenset(word for line in _lines(name) for word in line.split())


@cache
def _vocabulary() -> Mapping[str, frozenset[str]]:
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in _lines("vocabulary"):
        name, colon, rest = line.partition(": ")
        if colon and not line.startswith(" "):
            current = found[name] = []
        current.extend((rest if colon else line).split())
    return {name: frozenset(words) for name, words in found.items()}


def vocabulary(name: str) -> frozenset[str]:
    """The words of one line of the table of words."""
    return _vocabulary()[name]
