"""Texts that come from the prompt, and not from the code: runs of its words, and words that stand nowhere else.

A small model that has not understood the code tells that of the worked examples. So words of the examples
count, unless the code has them, too, or every program is described with them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from glossator.docstring.quality import content_stems
from glossator.docstring.validate.verdict import About, Reason, Refusal

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_RUN: Final = 6
_SHORT: Final = 4
_CHANCE: Final = 2
# Words that every program is described with: to say one of them is no echo.
_TRADE: Final = content_stems(
    """
    list lists number numbers file files open opened read written write name names position only how many each every
    found path without begin beginning appear size count same string text item items element entry key index line lines
    word words character letter first last next previous start end left right length column order sort group part parts
    whole empty full current old new exist existing create make build remove delete add append insert change update
    copy move find search look match check test compare parse format convert load save store send receive print show
    display run execute call wait stop close keep hold take need must can pass fail error exception invalid valid wrong
    missing between before after above below inside outside from until than more less most least maximum minimum total
    single several pair field fields option options setting result results content contents output source target
    directory folder
    """
)


def echo(text: str, about: About) -> Refusal | None:
    """The refusal of a text that repeats the prompt."""
    if (about.shown and _is_echo(text, about.shown)) or (about.examples and _leaks(text, about)):
        return Refusal(Reason.ECHO, "Describe this code, and do not repeat the instructions or examples.")
    return None


def _is_echo(text: str, shown: tuple[str, ...]) -> bool:
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _SHORT:
        return False
    told = _told(shown)
    size = min(_RUN, len(words))
    return any(f" {' '.join(words[at : at + size])} " in told for at in range(len(words) - size + 1))


def _leaks(text: str, about: About) -> bool:
    """Whether words of the examples, and of no code that was shown, have come into a text.

    One may be chance: people say "session" of much code. Instructions are made of words that all texts have.
    """
    leaked = content_stems(text) & _told_stems(about.examples)
    return sum(stem not in about.vocabulary for stem in leaked) >= _CHANCE


@lru_cache(maxsize=16)
def _told(shown: tuple[str, ...]) -> str:
    return " \n ".join(f" {' '.join(word.lower() for word in _WORD.findall(text))} " for text in shown)


@lru_cache(maxsize=16)
def _told_stems(shown: tuple[str, ...]) -> frozenset[str]:
    return content_stems(" ".join(shown)) - _TRADE
