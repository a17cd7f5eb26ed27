"""Siblings: code that is the same but for its names. Whether what was said of one may be said of the other.

`get_width` and `get_height` of a shape are siblings: "Return the width in pixels." becomes "Return the height in
pixels." A text is carried over only if all of this holds:

- the two forms are equal once each name is replaced by a number (`shape`), so the renaming is one to one;
- the own names have as many words, and all names that differ follow from these by the same exchange of words, in both
  directions: of `size` and `self.other_size` nothing follows;
- no name that both have, no parameter and no literal has an exchanged word, old or new: the text may speak of that one;
- no name of Python itself is among those that differ: `max` and `min` mean what they mean;
- the text says each exchanged word in prose, as a whole word, and nothing that may be another form of an old or new
  one: `wide` beside `width`, `unset` beside `set`. A word in a code span alone is a name, and no part of what is said:
  "Call `mkdir` to create it" would become a lie;
- it is then judged for the new code, as any text is.

The design also carries texts that say none of the words. These are not taken here: "Create a folder." says neither
`mkdir` nor `rmdir`, which are one exchange apart.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from glossator.cache.entries import Entry
from glossator.cache.similar import HEAD_SIZE

PIN_SIZE: Final = 8  # bytes
_PYTHON: Final = frozenset((*dir(builtins), *keyword.kwlist))
_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SPAN: Final = re.compile(r"(`+).+?\1")
_SECOND: Final = re.compile(r"#\d+")  # what a second definition of one name has in its path
_STEM: Final = 3  # letters that two forms of one word share
_PREFIXES: Final = ("un", "re", "de", "dis", "in", "pre", "sub", "mis", "non", "over", "under", "out", "up", "off")
_IRREGULAR: Final = tuple(
    frozenset(group.split())
    for group in (
        *("high height", "deep depth", "long length", "go goes went gone", "make made", "take took", "keep kept"),
        *("find found", "hold held", "get got", "give gave", "see saw", "say said", "write wrote", "run ran"),
        *("draw drew", "sell sold", "tell told", "buy bought", "catch caught", "bind bound", "wind wound"),
        *("leave left", "meet met", "feed fed", "lead led", "win won", "foot feet", "axis axes"),
        *("min least lowest smallest", "max most highest largest", "one single", "two both pair", "first initial"),
    )
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a definition is found by where it is not known, and held against.

    A sketch; its names by number in its shape, and the parameters' in their order; the words of its literals.
    """

    sketch: bytes = b""
    names: tuple[str, ...] = ()
    literals: frozenset[str] = frozenset()

    @property
    def pins(self) -> bytes:
        """A digest of each name, one after the other."""
        return b"".join(map(pin, self.names))


UNLIKE: Final = Likeness()


def pin(name: str) -> bytes:
    """A digest of one name, so that an entry need not hold it."""
    return blake2b(name.encode("utf-8", "replace"), digest_size=PIN_SIZE).digest()


def exchange(entry: Entry, path: str, likeness: Likeness) -> Mapping[str, str] | str:
    """The words that an entry's code and the code at `path`, which is like this, have exchanged.

    Lower case, old to new; a sentence that says why it is no sibling, where none follows.
    """
    pins = [entry.pins[at : at + PIN_SIZE] for at in range(0, len(entry.pins), PIN_SIZE)]
    if len(pins) != len(likeness.names) or entry.sketch[:HEAD_SIZE] != likeness.sketch[:HEAD_SIZE]:
        return "its code is of another form"
    words = _exchanged(entry.path, path)
    if isinstance(words, str):
        return words
    both = {new: old for old, new in words.items()} | dict(words)  # no word is old and new
    for name, old in zip(likeness.names, pins, strict=True):
        if fault := _misfit(name, old, both):
            return fault
    shared = sorted(both.keys() & likeness.literals)
    return f"its code has the text `{shared[0]}`, which their names exchange" if shared else words


def carried(text: str, words: Mapping[str, str]) -> str | None:
    """A text with the words exchanged; None where it cannot be carried over."""
    said = words_of(text)
    prose = words_of(_SPAN.sub(" ", text))
    for old, new in words.items():
        if old not in prose or new in said:
            return None
        if any(word != old and (_is_form(word, old) or _is_form(word, new)) for word in said):
            return None
    return _renamed(text, words)


def words_of(text: str) -> list[str]:
    """The words in a name or a text, in lower case."""
    return [word.lower() for word in _WORDS.findall(text)]


def _misfit(name: str, old: bytes, words: Mapping[str, str]) -> str:
    """Why a name cannot stand in the place of another one, of which this is the pin; "" where it can."""
    before = _renamed(name, words)
    if pin(name) == old:
        return f"`{name}` stands in both, and has a word that their names exchange" if before != name else ""
    if name in _PYTHON or before in _PYTHON:
        return f"`{name}` is Python's own, or in the place of what is, and means what it means"
    if pin(before) != old or _renamed(before, words) != name:
        return f"`{name}` stands in the place of another name, which does not follow from the names of the two"
    return ""


def _exchanged(before: str, after: str) -> dict[str, str] | str:
    """The words of two paths that differ, where each has one in its place, and nothing else differs."""
    before, after = _SECOND.sub("", before), _SECOND.sub("", after)
    old, new = words_of(before), words_of(after)
    if len(old) != len(new):
        return "the names of the two have not as many words"
    words: dict[str, str] = {}
    for one, other in zip(old, new, strict=True):
        if words.setdefault(one, other) != other:
            return "one word of its name would become two"
    if len(set(words.values())) != len(words):
        return "two words of its name would become one"
    differing = {one: other for one, other in words.items() if one != other}
    if not differing:
        return "the names of the two do not differ, so nothing follows for other names"
    if not differing.keys().isdisjoint(differing.values()):
        return "the names of the two have the same words in other places"
    return differing if _renamed(before, differing) == after else "the names of the two differ in more than words"


def _renamed(text: str, words: Mapping[str, str]) -> str:
    """A text or name with each word exchanged, in the same case."""

    def exchanged(match: re.Match[str]) -> str:
        new = words.get(match[0].lower())
        if new is None:
            return match[0]
        return new.upper() if match[0].isupper() and len(match[0]) > 1 else new.title() if match[0].istitle() else new

    return _WORDS.sub(exchanged, text)


def _is_form(word: str, of: str) -> bool:
    """Whether a word may be another form of a word: `widths` and `wide` of width, `getting`, `unset`. Errs on yes."""
    if word[:_STEM] == of[:_STEM] or any(of in group and word.startswith(tuple(group)) for group in _IRREGULAR):
        return True
    return of in word if len(of) > _STEM else any(word.startswith(f"{prefix}{of}") for prefix in _PREFIXES)
