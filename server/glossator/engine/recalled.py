"""What the cache has for a symbol, held against the code as it is now.

Equal keys mean that a text was said of code that means the same. It is still filled with the names that stand here, and
judged as if a provider had just said it: what would be refused from a provider is refused from the cache, and asked
for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from glossator.cache.entries import Text, filled
from glossator.cache.tiers import Found, Hit, Lookup, Tier
from glossator.config.keys import EMBEDDED
from glossator.docstring.validate import RULES, About, Verdict, still
from glossator.engine.answers import Said
from glossator.engine.judgement import is_taken, judged
from glossator.engine.keys import Place
from glossator.model import FieldKey

if TYPE_CHECKING:
    from glossator.engine.requests import Want

REFUSED_DAYS: Final = 7
"""How long a refused answer is not asked for again: models and rules change."""

DECLINED: Final = "declined"
"""The reason of a text that the user took back: it is not offered again for this code."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known of some fields: the text for each, where it is from, and what was said of it.

    `refused` has the reasons of those that a provider could not fill before. `traces` says of each field in a few words
    what became of the look-up; a field that is in no other mapping has to be asked for.
    """

    texts: Mapping[FieldKey, str] = field(default_factory=dict)
    origins: Mapping[FieldKey, str] = field(default_factory=dict)
    refused: Mapping[FieldKey, str] = field(default_factory=dict)
    said: Mapping[FieldKey, Said] = field(default_factory=dict)
    traces: Mapping[FieldKey, str] = field(default_factory=dict)
    is_new: bool = False  # some of it is not in memory or on disk as it is here: worth keeping anew
    is_complete: bool = False  # nobody has to be asked for anything


NOTHING: Final = Recalled()


class Names(Collection[str]):
    """The names that a text may speak of, found stage by stage as they are asked for: the first are the cheapest."""

    def __init__(self, *stages: Callable[[], Collection[str]]) -> None:
        """Find nothing yet."""
        self._stages = list(stages)
        self._found: set[str] = set()

    def __contains__(self, name: object) -> bool:
        """Whether a name is one of them."""
        while name not in self._found:
            if not self._stages:
                return False
            self._found.update(self._stages.pop(0)())
        return True

    def __iter__(self) -> Iterator[str]:
        """All of them."""
        while self._stages:
            self._found.update(self._stages.pop(0)())
        return iter(self._found)

    def __len__(self) -> int:
        """How many there are."""
        return len(list(iter(self)))


def lookup_of(want: Want) -> Lookup:
    """What is looked up for a want."""
    return Lookup(want.keys.whole.key, FieldKeys(want.keys.fields))


class FieldKeys(Collection[bytes]):
    """The keys of a want's fields, made when they are looked at."""

    def __init__(self, places: Mapping[FieldKey, Place]) -> None:
        """Make nothing yet."""
        self._places = places

    def __contains__(self, key: object) -> bool:
        """Whether a key is one of them."""
        return any(place.key == key for place in self._places.values())

    def __iter__(self) -> Iterator[bytes]:
        """All of them."""
        return (place.key for place in self._places.values())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._places)

    def __reduce__(self) -> tuple[type[tuple[bytes, ...]], tuple[tuple[bytes, ...]]]:
        """What is sent to another process: the keys themselves."""
        return tuple, (tuple(self),)


def recalled(want: Want, found: Found, names: Collection[str], today: int) -> Recalled:
    """What was found, as far as it may be shown for the code as it is; `today` counts days since 1970-01-01."""
    whole = found.whole.entry.by_field if found.whole is not None else {}
    hits = {key: one for key in want.fields if (one := _hit(want, found, whole, key)) is not None}
    texts: dict[FieldKey, str] = {}
    said: dict[FieldKey, Said] = {}
    traces = dict.fromkeys(want.fields, "not in the cache")
    for key, (hit, text, place) in hits.items():
        if text.reason:
            is_old = text.reason != DECLINED and today - hit.entry.made > REFUSED_DAYS
            traces[key] = f"{hit.tier.value}: {text.reason}, {'long ago' if is_old else 'not asked again'}"
            if not is_old:
                said[key] = Said("", text.reason, text.by)
        elif (own := filled(text.template, place.names)) is None:
            traces[key] = f"{hit.tier.value}: it speaks of names that are not here"
        else:
            texts[key] = own
    about = About(want.facts, names, language=want.language, room=want.room, is_small=want.is_small)
    for key, verdict in _verdicts(want, texts, hits, about).items():
        tier = hits[key].hit.tier.value
        traces[key] = f"{tier}: taken" if verdict.reason is None else f"{tier}: {verdict.reason.value} for this code"
        if verdict.reason is None:
            said[key] = Said(verdict.text, "", hits[key].text.by, hits[key].text.is_private)
    return _taken(want, {key: hits[key] for key in said}, said, traces, is_from_whole=found.whole is not None)


def _verdicts(
    want: Want, texts: Mapping[FieldKey, str], hits: Mapping[FieldKey, _Hit], about: About
) -> dict[FieldKey, Verdict]:
    """The verdict on each text, of which those are short that were passed before."""
    passed = {key: text for key, text in texts.items() if _is_of_this_code(want, hits[key].hit)}
    found = {key: still(key, text, about) for key, text in passed.items()}
    others = {key: text for key, text in texts.items() if key not in passed}
    return found | (judged(others, about, want) if others else {})


def _is_of_this_code(want: Want, hit: Hit) -> bool:
    """Whether a text was judged before for the very same code by the same rules; what others say is not believed."""
    entry = hit.entry
    return entry.exact == want.keys.exact and entry.rules == RULES and hit.tier is not Tier.SHARED


def _taken(
    want: Want,
    hits: Mapping[FieldKey, _Hit],
    said: Mapping[FieldKey, Said],
    traces: Mapping[FieldKey, str],
    *,
    is_from_whole: bool,
) -> Recalled:
    texts: dict[FieldKey, str] = {}
    origins: dict[FieldKey, str] = {}
    for key, one in said.items():
        was_better = hits[key].text.is_better and _is_of_this_code(want, hits[key].hit)
        is_better = bool(one.text) and (was_better or is_taken(key, one.text, want))
        texts[key] = one.text if is_better else want.ours[key]
        origins[key] = hits[key].hit.tier.value if is_better else EMBEDDED
    refused = {key: one.reason for key, one in said.items() if one.reason and one.reason != DECLINED}
    is_shared = any(one.hit.tier is Tier.SHARED for one in hits.values())
    is_new = is_shared or (bool(said) and not is_from_whole)
    return Recalled(texts, origins, refused, said, traces, is_new, said.keys() >= set(want.fields))


class _Hit(NamedTuple):
    hit: Hit
    text: Text
    place: Place


def _hit(want: Want, found: Found, whole: Mapping[FieldKey, Text], key: FieldKey) -> _Hit | None:
    """What was found for a field: in the entry of the whole doc, else under the field's own key."""
    if found.whole is not None and (text := whole.get(key)) is not None:
        return _Hit(found.whole, text, want.keys.whole)
    if not found.fields:
        return None
    place = want.keys.fields[key]
    hit = found.fields.get(place.key)
    if hit is None or not hit.entry.texts:
        return None
    return _Hit(hit, hit.entry.texts[0], place)
