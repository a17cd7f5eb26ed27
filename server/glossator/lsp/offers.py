"""What was offered and taken back: a text that the user undid or rewrote is not offered again for that code.

A docstring with words of a model is watched from when it stands in the text as it was offered. If it is gone later,
with the code as it was, all of its words were taken back; if it says something else, those that it does not say.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from glossator.config.keys import EMBEDDED
from glossator.docstring.literal import content_of
from glossator.engine.answers import TEMPLATE, Answer
from glossator.model import Draft, FieldKey, Symbol

if TYPE_CHECKING:
    from glossator.documenter import Documenter
    from glossator.syntax.symbols import Outline

MAX_WATCHED: Final = 1024


@dataclass(slots=True)
class Offer:
    """A docstring that was offered: the code that it is for, its text, the words of others in it.

    `is_taken` is whether it has stood in the text since.
    """

    fingerprint: str
    text: str
    words: Mapping[FieldKey, str]
    answer: Answer
    is_taken: bool = False


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Fields of a symbol whose words the user did not want."""

    path: str
    fields: frozenset[FieldKey]
    answer: Answer


class Offers:
    """The docstrings that were offered in this conversation, by document and symbol."""

    def __init__(self) -> None:
        """Nothing was offered."""
        self._offers: OrderedDict[tuple[str, str], Offer] = OrderedDict()

    def note(self, uri: str, fingerprint: str, draft: Draft, answer: Answer | None) -> None:
        """Watch a docstring that the editor is about to get; one with embedded words alone is nobody's loss."""
        words = {
            key: answer.texts[key]
            for key, origin in draft.origins.items()
            if answer is not None and origin not in (EMBEDDED, TEMPLATE) and key in answer.texts
        }
        if answer is None or not words:
            return
        place = uri, draft.symbol.path
        self._offers[place] = Offer(fingerprint, draft.text.strip(), words, answer)
        self._offers.move_to_end(place)
        if len(self._offers) > MAX_WATCHED:
            self._offers.popitem(last=False)

    def taken_back(self, documenter: Documenter, outline: Outline) -> list[TakenBack]:
        """What was taken back in a document since the last look; nothing is said twice."""
        uri, found = outline.document.uri, list[TakenBack]()
        for place in [place for place in self._offers if place[0] == uri]:
            offer, symbol = self._offers[place], outline.find(place[1])
            if symbol is None or documenter.fingerprint(outline, symbol) != offer.fingerprint:
                del self._offers[place]
                continue
            fields = _unwanted(offer, symbol)
            if fields:
                del self._offers[place]
                found.append(TakenBack(place[1], fields, offer.answer))
        return found

    def closed(self, uri: str) -> None:
        """A document was closed: what becomes of its docstrings is not seen any more."""
        for place in [place for place in self._offers if place[0] == uri]:
            del self._offers[place]


def _unwanted(offer: Offer, symbol: Symbol) -> frozenset[FieldKey]:
    """The fields whose words do not stand there any more, once they have."""
    text = content_of(symbol.docstring).text.strip() if symbol.docstring is not None else ""
    if text == offer.text:
        offer.is_taken = True
    if not offer.is_taken or text == offer.text:
        return frozenset()
    said = _plain(text)
    return frozenset(key for key, words in offer.words.items() if _plain(words) not in said)


def _plain(text: str) -> str:
    """A text without what rendering adds or breaks: blanks, backticks, the stop at its end."""
    return re.sub(r"[\s`]+", " ", text).strip(" .").lower().replace(" ", "")
