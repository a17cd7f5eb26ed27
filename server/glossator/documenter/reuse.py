"""What the cache knows of a document's symbols: looked up by their keys, held against the code as it is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Final

from glossator.cache.tiers import Found, Lookup, Tiers
from glossator.engine.answers import Answer
from glossator.engine.pipeline import Job
from glossator.engine.prompts import Framing
from glossator.engine.recalled import DECLINED, NOTHING, Recalled, lookup_of, recalled
from glossator.engine.requests import Request, Want, names_of, request_of
from glossator.monitor import Measured, names

_DAY_S: Final = 86_400


def today() -> int:
    """Days since 1970-01-01."""
    return int(time.time()) // _DAY_S


@dataclass(frozen=True, slots=True)
class Reuse:
    """What is wanted for some symbols of a job's document, and what becomes of that with what is found.

    `measured` hears how long holding what was found against the code takes.
    """

    job: Job
    wants: tuple[Want, ...]
    measured: Measured = field(default_factory=Measured, compare=False, repr=False)

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """What is looked up, for each want in its order."""
        return tuple(map(lookup_of, self.wants))

    def at_hand(self, tiers: Tiers) -> dict[str, Answer]:
        """The answers that memory has all of, by symbol."""
        return complete(self.known([tiers.at_hand(lookup) for lookup in self.lookups]))

    def known(self, found: Sequence[Found]) -> dict[str, Recalled]:
        """What is known of each symbol, from what was found for the lookups."""
        day = today()
        pairs = [pair for pair in zip(self.wants, found, strict=True) if not pair[1].is_empty]
        known = {}
        for want, one in pairs:
            started = perf_counter()
            known[want.path] = recalled(want, one, names_of(self.job, want), day)
            self.measured.since(names.VALIDATE, started)
        return known

    def requests(self, known: Mapping[str, Recalled], framing: Framing) -> Iterator[Request]:
        """A request for each want of which something is not known."""
        for want in self.wants:
            what = known.get(want.path, NOTHING)
            if not what.is_complete:
                yield request_of(self.job, want, framing, what)


def complete(known: Mapping[str, Recalled]) -> dict[str, Answer]:
    """The answers for those symbols of which all is known; they cost nothing."""
    return {
        path: Answer(one.texts, one.origins, one.refused, said=one.said)
        for path, one in known.items()
        if one.is_complete
    }


def asked_anew(known: Mapping[str, Recalled]) -> dict[str, Recalled]:
    """What is known, without what the user took back: somebody who asks a model by name wants its words."""
    return {path: _without(one, DECLINED) for path, one in known.items()}


def _without(known: Recalled, reason: str) -> Recalled:
    gone = {key for key, one in known.said.items() if one.reason == reason}
    if not gone:
        return known
    texts = {key: text for key, text in known.texts.items() if key not in gone}
    origins = {key: origin for key, origin in known.origins.items() if key not in gone}
    said = {key: one for key, one in known.said.items() if key not in gone}
    return replace(known, texts=texts, origins=origins, said=said, is_complete=False)
