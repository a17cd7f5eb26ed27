"""The tiers in their order: memory (L1), disk (L3), the shared server (L4). What a lower one has comes up.

L2 is no step on this way: what it finds is a candidate for what none of the others has (`similar`). A tier that fails
is a miss.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Final, NamedTuple

from glossator.cache.base import DistantStore, Statistics, Store
from glossator.cache.candidates import Candidate, Candidates
from glossator.cache.entries import Entry, decoded, encoded
from glossator.cache.memory import Memory
from glossator.monitor import Measured

REACH_S: Final = 1.0  # that a run waits once for the shared server, rather than pay for what it knows


class Tier(enum.Enum):
    """Where an answer was found; the values are origins of fields."""

    MEMORY = "L1"
    SIMILAR = "L2"
    DISK = "L3"
    SHARED = "L4"


class Hit(NamedTuple):
    """An entry, and where it was found."""

    entry: Entry
    tier: Tier


class Lookup(NamedTuple):
    """What is looked up for one symbol: the key of the whole doc, and those of its fields.

    The latter are only looked at where the former finds nothing.
    """

    whole: bytes
    fields: Collection[bytes]


@dataclass(slots=True)
class Found:
    """What there is for one lookup: the hit for the whole doc, else hits by the keys of fields."""

    whole: Hit | None = None
    fields: dict[bytes, Hit] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return self.whole is None and not self.fields

    def lacks(self, lookup: Lookup) -> bool:
        """Whether something is still missing."""
        return self.whole is None and any(key not in self.fields for key in lookup.fields)


@dataclass(slots=True)
class _Count:
    """What one tier was asked for, by symbols."""

    hits: int = 0
    misses: int = 0


class Tiers:
    """All tiers of one cache."""

    def __init__(
        self,
        memory: Memory,
        disk: Store | None = None,
        shared: DistantStore | None = None,
        candidates: Candidates | None = None,
        *,
        monitor: Measured | None = None,
    ) -> None:
        """Look into `memory` first, then into the others that there are; `monitor` hears how long looking takes."""
        self.memory = memory
        self._monitor = monitor if monitor is not None else Measured()
        self._candidates = candidates
        self._disk, self._shared = disk, shared
        self._lower: tuple[tuple[Tier, Store], ...] = tuple(
            (tier, store) for tier, store in ((Tier.DISK, disk), (Tier.SHARED, shared)) if store is not None
        )
        self._counts = {tier: _Count() for tier in Tier}

    @property
    def similar_entries(self) -> int:
        """How many entries L2 has."""
        return len(self._candidates) if self._candidates is not None else 0

    def fit_similar(self, entries: int) -> None:
        """Have L2 keep at most so many entries from now on."""
        if self._candidates is not None:
            self._candidates.fit(entries)

    async def reach(self) -> None:
        """Wait for the shared server, `REACH_S` at most: for who would pay for what the first look-ups miss."""
        if self._shared is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(REACH_S):
                    await self._shared.reach()

    def at_hand(self, lookup: Lookup) -> Found:
        """What memory has; waits for nothing."""
        found, started = Found(), perf_counter()
        entry = self.memory.get(lookup.whole)
        if entry is not None:
            found.whole = Hit(entry, Tier.MEMORY)
        else:
            kept = ((key, self.memory.get(key)) for key in dict.fromkeys(lookup.fields))
            found.fields = {key: Hit(one, Tier.MEMORY) for key, one in kept if one is not None}
        self._count(Tier.MEMORY, found, lookup)
        self._monitor.since(Tier.MEMORY.value, started)
        return found

    async def find(self, lookups: Sequence[Lookup]) -> list[Found]:
        """What any tier has, the nearest first; one question for all of them to each lower tier. Never raises.

        What the disk has is in memory afterwards. What the shared server has is not kept before it was looked at: see
        `keep`.
        """
        found = [self.at_hand(lookup) for lookup in lookups]
        for tier, store in self._lower:
            open_ = [(one, lookup) for one, lookup in zip(found, lookups, strict=True) if one.lacks(lookup)]
            if not open_:
                break
            await self._find_in(tier, store, open_)
        return found

    async def _find_in(self, tier: Tier, store: Store, open_: list[tuple[Found, Lookup]]) -> None:
        keys = dict.fromkeys(key for one, lookup in open_ for key in _missing(one, lookup))
        started = perf_counter()
        entries = _decoded(await store.get(tuple(keys)))
        self._monitor.since(tier.value, started)
        if tier is Tier.DISK:
            for key, entry in entries.items():
                self.memory.put(key, entry)
        for one, lookup in open_:
            if lookup.whole in entries:
                one.whole = Hit(entries[lookup.whole], tier)
            else:
                one.fields |= {key: Hit(entries[key], tier) for key in _missing(one, lookup) if key in entries}
            self._count(tier, one, lookup)

    def _count(self, tier: Tier, found: Found, lookup: Lookup) -> None:
        counts = self._counts[tier]
        if found.lacks(lookup):
            counts.misses += 1
        else:
            counts.hits += 1

    async def similar(self, sketch: bytes) -> list[Candidate]:
        """Entries for code that is like the code with this sketch, the most similar first. Never raises."""
        if self._candidates is None or not sketch:
            return []
        started = perf_counter()
        await self._candidates.filled()
        near = self._candidates.nearest(sketch)
        found = {one.key: entry for one in near if (entry := self.memory.get(one.key)) is not None}
        lacking = [one.key for one in near if one.key not in found]
        if lacking and self._disk is not None:
            found |= _decoded(await self._disk.get(lacking))
        self._monitor.since(Tier.SIMILAR.value, started)
        return [Candidate(one, found[one.key]) for one in near if one.key in found]

    def similar_at_hand(self, sketch: bytes) -> list[Candidate]:
        """As `similar`, from what is in memory; waits for nothing."""
        near = self._candidates.nearest(sketch) if self._candidates is not None else ()
        return [Candidate(one, entry) for one in near if (entry := self.memory.get(one.key)) is not None]

    def note_similar(self, *, is_taken: bool) -> None:
        """Count what became of a look for similar code."""
        counts = self._counts[Tier.SIMILAR]
        counts.hits += is_taken
        counts.misses += not is_taken

    async def keep(self, entries: Mapping[bytes, Entry]) -> None:
        """Keep answers in all tiers; they are on disk when this returns. The shared server gets them behind.

        Private entries are kept in memory alone.
        """
        for key, entry in entries.items():
            self.memory.put(key, entry)
        if self._candidates is not None:
            self._candidates.note(entries)
        payloads = {key: encoded(entry) for key, entry in entries.items() if not entry.is_private}
        if not payloads:
            return
        if self._shared is not None:
            self._shared.put_behind(payloads)
        if self._disk is not None:
            await self._disk.put(payloads)

    @property
    def statistics(self) -> Mapping[str, Statistics]:
        """What each tier has done, by symbols that were looked up."""
        own = self.memory.statistics
        found = {tier.value: Statistics(count.hits, count.misses) for tier, count in self._counts.items()}
        memory = self._counts[Tier.MEMORY]
        found["L1"] = Statistics(memory.hits, memory.misses, own.entries, own.size_bytes)
        if self._candidates is not None:
            found["L2"] = replace(found["L2"], entries=self._candidates.entries)
        return found

    async def aclose(self) -> None:
        """Finish what is being written, and close the lower tiers."""
        if self._candidates is not None:
            await self._candidates.aclose()
        await asyncio.gather(*(store.aclose() for _, store in self._lower))


def found_in(get: Callable[[Sequence[bytes]], Mapping[bytes, bytes]], lookups: Sequence[Lookup]) -> list[Found]:
    """What the disk has, without a loop: docs that are whole by one key each, of the others the fields."""
    whole = _decoded(get([lookup.whole for lookup in lookups]))
    rest = dict.fromkeys(key for lookup in lookups if lookup.whole not in whole for key in lookup.fields)
    fields = _decoded(get(tuple(rest))) if rest else {}
    return [
        Found(Hit(whole[lookup.whole], Tier.DISK))
        if lookup.whole in whole
        else Found(None, {key: Hit(fields[key], Tier.DISK) for key in lookup.fields if key in fields})
        for lookup in lookups
    ]


def _missing(found: Found, lookup: Lookup) -> tuple[bytes, ...]:
    return (lookup.whole, *(key for key in lookup.fields if key not in found.fields))


def _decoded(payloads: Mapping[bytes, bytes]) -> dict[bytes, Entry]:
    read = ((key, decoded(payload)) for key, payload in payloads.items())
    return {key: entry for key, entry in read if entry is not None}
