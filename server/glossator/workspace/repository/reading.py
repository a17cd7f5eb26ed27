"""A repository's files as texts and tables. What is too large, no file, or not what it should be, reads as empty."""

from __future__ import annotations

import configparser
import json
import stat
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from glossator.config.files import has_endless_keys

MAX_BYTES: Final = 1 << 20
MAX_LINE: Final = 500  # characters of one text
MAX_ITEMS: Final = 500  # of one list
MAX_NAMES: Final = 100_000  # in a folder: where packages are installed there are many
Table = Mapping[str, object]


class Folder:
    """The files of a folder; none is read through a link that leads out of it."""

    def __init__(self, path: Path) -> None:
        """Read nothing yet."""
        self.path = path.absolute()
        self._tables: dict[str, Table] = {}

    def text(self, name: str) -> str:
        """A file's text, "" where there is none that can be read; a file with NUL bytes is no text."""
        path = self.path / name
        try:
            real = path.resolve()
            is_ours = real.is_relative_to(self.path.resolve())
            # A pipe would be waited for.
            if not is_ours or not stat.S_ISREG(real.stat().st_mode):
                return ""
            with real.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except (OSError, RuntimeError, ValueError):  # loops of links are a RuntimeError
            return ""
        return "" if len(raw) > MAX_BYTES or b"\0" in raw else raw.decode("utf-8-sig", "replace")

    def lines(self, name: str) -> Iterator[str]:
        """The lines of a file that are short enough to be looked at: patterns take long for others."""
        return (one for one in self.text(name).splitlines() if len(one) <= MAX_LINE * 4)

    def toml(self, name: str) -> Table:
        """A TOML file's table, read once."""
        if name not in self._tables:
            self._tables[name] = _toml(self.text(name))
        return self._tables[name]

    def json(self, name: str) -> Table:
        """A JSON file's object."""
        try:
            found = json.loads(self.text(name) or "{}")
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def sections(self, name: str) -> Mapping[str, Mapping[str, str]]:
        """The sections of a file as configparser reads it, nothing filled in."""
        return sections_of(self.text(name))

    def names(self, folder: str) -> tuple[str, ...]:
        """The names in a folder, in order; none where it is no folder of ours."""
        path = self.path / folder
        try:
            if not path.resolve().is_relative_to(self.path.resolve()):
                return ()
            return tuple(sorted(one.name for one in islice(path.iterdir(), MAX_NAMES)))
        except (OSError, RuntimeError, ValueError):
            return ()


def _toml(text: str) -> Table:
    import tomllib

    if has_endless_keys(text):
        return {}
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def sections_of(text: str) -> Mapping[str, Mapping[str, str]]:
    """The sections of a text as configparser reads it, nothing filled in."""
    parser = configparser.RawConfigParser(strict=False, default_section="")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the names of entry points have capitals
    try:
        parser.read_string("\n".join(one for one in text.splitlines() if len(one) <= MAX_LINE * 4))
    except (configparser.Error, ValueError, AttributeError):
        return {}
    return {name: {key: value or "" for key, value in parser[name].items()} for name in parser.sections()}


def table_at(table: Table, *names: str) -> Table:
    """The table below these names, an empty one where there is none."""
    for name in names:
        value = table.get(name)
        if not isinstance(value, dict):
            return {}
        table = value
    return table


def line(value: object) -> str:
    """A text on one line; "" for anything else, and for what is longer than anybody would read."""
    if not isinstance(value, str) or len(value) > MAX_LINE * 4:
        return ""
    text = " ".join(value.split())
    return text if len(text) <= MAX_LINE else ""


def lines(value: object) -> tuple[str, ...]:
    """The texts of a list, each on one line."""
    found = (line(one) for one in value[:MAX_ITEMS]) if isinstance(value, list | tuple) else ()
    return tuple(one for one in found if one)


def pairs(value: object) -> tuple[tuple[str, str], ...]:
    """The texts of a table with their names."""
    items: Iterable[tuple[object, object]] = value.items() if isinstance(value, dict) else ()
    found = [(line(name), line(one)) for name, one in items]
    return tuple((name, one) for name, one in found if name and one)[:MAX_ITEMS]
