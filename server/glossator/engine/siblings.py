"""Siblings: code that is the same but for its names. Whether what was said of one may be said of the other.

`get_width` and `get_height` of a shape are siblings: "Return the width in pixels." becomes "Return the height in
pixels." A text is carried over only if all of this holds:

- the two forms are equal once each name is replaced by a number (`shape`), so the renaming is one to one;
- the own names have as many words, and each name that differs follows from these by the same exchange of words: of
  `size` and `self.other_size` nothing follows;
- no name that both have has an exchanged word in it: the text may speak of that one;
- no name of Python itself is among those that differ: `max` and `min` mean what they mean;
- the text says each exchanged word, as a whole word, and no other form of it; the new words are not in it;
- it is then judged for the new code, as any text is.

The design also carries texts that say none of the words. These are not taken here: "Create a folder." says neither
`mkdir` nor `rmdir`, which are one exchange apart.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from glossator.cache.entries import Entry, plain

PIN_SIZE: Final = 8  # bytes
_PYTHON: Final = frozenset((*dir(builtins), *keyword.kwlist))
_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_STEM: Final = 4  # letters that two forms of one word share


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a definition is found by where it is not known: a sketch, and its names by number in its shape."""

    sketch: bytes = b""
    names: tuple[str, ...] = ()

    @property
    def pins(self) -> bytes:
        """A digest of each name, one after the other."""
        return b"".join(map(pin, self.names))


UNLIKE: Final = Likeness()


def pin(name: str) -> bytes:
    """A digest of one name, so that an entry need not hold it."""
    return blake2b(name.encode("utf-8", "replace"), digest_size=PIN_SIZE).digest()


def exchange(entry: Entry, path: str, names: Sequence[str]) -> Mapping[str, str] | str:
    """The words that an entry's code and the code at `path`, with these names by number, have exchanged.

    Lower case, old to new; a sentence that says why it is no sibling, where none follows.
    """
    pins = [entry.pins[at : at + PIN_SIZE] for at in range(0, len(entry.pins), PIN_SIZE)]
    if len(pins) != len(names):
        return "its code is of another form"
    differing = [(name, old) for name, old in zip(names, pins, strict=True) if pin(name) != old]
    words = _exchanged(entry.path, path)
    if isinstance(words, str):
        return words
    back = {new: old for old, new in words.items()}
    for name, old in differing:
        if name in _PYTHON:
            return f"`{name}` is Python's own, and the other one calls something else"
        if pin(_renamed(name, back)) != old:
            return f"`{name}` stands in the place of another name, which does not follow from the names of the two"
    for name in set(names).difference(name for name, _ in differing):
        if not words.keys().isdisjoint(_words_of(name)):
            return f"`{name}` stands in both, and has a word that their names exchange"
    return words


def carried(text: str, words: Mapping[str, str]) -> str | None:
    """A text with the words exchanged; None where it cannot be carried over."""
    text = plain(text)
    said = [word.lower() for word in _WORDS.findall(text)]
    for old, new in words.items():
        if old not in said or new in said:
            return None
        if any(word != old and _is_form(word, old) for word in said):
            return None
    return _renamed(text, words)


def _exchanged(before: str, after: str) -> dict[str, str] | str:
    """The words of two paths that differ, where each has one in its place."""
    old, new = _words_of(before), _words_of(after)
    if len(old) != len(new):
        return "the names of the two have not as many words"
    words: dict[str, str] = {}
    for one, other in zip(old, new, strict=True):
        if words.setdefault(one, other) != other:
            return "one word of its name would become two"
    differing = {one: other for one, other in words.items() if one != other}
    if len(set(words.values())) != len(words):
        return "two words of its name would become one"
    return differing or "the names of the two do not differ, so nothing follows for other names"


def _words_of(path: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(path)]


def _renamed(text: str, words: Mapping[str, str]) -> str:
    """A text or name with each word exchanged, in the same case."""

    def exchanged(match: re.Match[str]) -> str:
        new = words.get(match[0].lower())
        if new is None:
            return match[0]
        return new.upper() if match[0].isupper() and len(match[0]) > 1 else new.title() if match[0].istitle() else new

    return _WORDS.sub(exchanged, text)


def _is_form(word: str, of: str) -> bool:
    """Whether a word may be another form of a word: `widths`, `getting`."""
    stem = of[: max(_STEM, len(of) - 1)]
    return word.startswith(stem) or (len(word) >= _STEM and of.startswith(word))
