"""What is worth remembering of an answer, as entries of the cache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from glossator.cache.entries import VERSION, Entry, Text, slotted
from glossator.docstring.validate import RULES
from glossator.engine.answers import Said
from glossator.engine.judgement import is_taken
from glossator.engine.keys import Place
from glossator.engine.requests import Want
from glossator.engine.siblings import UNLIKE, Likeness
from glossator.model import FieldKey


@dataclass(frozen=True, slots=True)
class Stamp:
    """What entries say of their making: the model as the settings name it, and the day (since 1970-01-01)."""

    model: str
    today: int


def entries_of(
    want: Want, said: Mapping[FieldKey, Said], stamp: Stamp, likeness: Likeness = UNLIKE
) -> dict[bytes, Entry]:
    """The entries for what was said: one for each field, and one for the whole doc where nothing is missing.

    A text that speaks of more than its field depends on is in the latter alone.
    """
    found = dict(_of_fields(want, said, stamp))
    if want.is_whole and said.keys() >= set(want.fields):
        place = want.keys.whole
        texts = tuple(_text(want, key, said[key], place) for key in want.fields)
        like = (want.audience, likeness.sketch, likeness.pins) if likeness is not UNLIKE else ()
        found[place.key] = Entry(VERSION, stamp.today, stamp.model, texts, want.keys.exact, RULES, want.path, *like)
    return found


def _of_fields(want: Want, said: Mapping[FieldKey, Said], stamp: Stamp) -> Iterator[tuple[bytes, Entry]]:
    for key, one in said.items():
        place = want.keys.fields.get(key)
        if place is not None and not place.speaks_of_more(one.text):
            yield (
                place.key,
                Entry(VERSION, stamp.today, stamp.model, (_text(want, key, one, place),), want.keys.exact, RULES),
            )


def _text(want: Want, key: FieldKey, said: Said, place: Place) -> Text:
    is_better = bool(said.text) and is_taken(key, said.text, want)
    template = slotted(said.text, place.names)
    return Text(key.kind.value, key.name, template, said.reason, said.by, is_better, said.is_private)


def marked(said: Mapping[FieldKey, Said], private: Iterable[str]) -> dict[FieldKey, Said]:
    """What was said, with those texts marked as private that have one of these words in them."""
    words = tuple(private)
    return {
        key: one._replace(is_private=one.is_private or any(word in one.text for word in words))
        for key, one in said.items()
    }
