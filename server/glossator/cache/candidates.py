"""L2 as a tier: an index of the docs that are known, in memory, filled from the disk in the background.

It gives candidates with their entries. Whether one may be an answer is decided by whoever knows the code
(`engine.siblings`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from glossator.cache.entries import Entry, decoded
from glossator.cache.similar import BoundedIndex, Near

AT_ONCE: Final = 200  # entries that are added before others may run
PATIENCE_S: Final = 0.2  # a large cache takes seconds to read, and a question should not wait for what may help it
COUNT: Final = 4  # candidates for one definition

Items = Callable[[], Iterable[tuple[bytes, bytes]]]


class Candidate(NamedTuple):
    """An entry for code that is like the code in question."""

    near: Near
    entry: Entry


class Candidates:
    """The index, and how it is filled."""

    def __init__(self, index: BoundedIndex, max_entries: int, items: Items | None = None) -> None:
        """Fill `index` with at most `max_entries` of `items`, which are keys and payloads, when it is first asked."""
        self._index = index
        self._max_entries = max_entries
        self._items = items
        self._filling: asyncio.Task[None] | None = None
        self._is_closed = False
        self.entries = 0
        """How many were added."""

    def note(self, entries: Mapping[bytes, Entry]) -> None:
        """Know new entries, too; those of single fields, of classes and modules have no sketch, and are left out."""
        for key, entry in entries.items():
            if entry.sketch:
                self._index.add(key, entry.sketch)
                self.entries += 1

    def __len__(self) -> int:
        """How many there are."""
        return len(self._index)

    def fit(self, max_entries: int) -> None:
        """Keep at most so many from now on; the oldest go at once. What went is not read again from the disk."""
        self._max_entries = max_entries
        self._index.fit(max_entries)

    def nearest(self, sketch: bytes) -> tuple[Near, ...]:
        """The nearest that are known by now."""
        return self._index.nearest(sketch, COUNT) if sketch else ()

    async def filled(self) -> None:
        """Wait until what the disk has is in the index, but not for long; the first call starts that."""
        if self._filling is None:
            self._filling = asyncio.get_running_loop().create_task(self._fill())
        if not self._filling.done():
            await asyncio.wait([self._filling], timeout=PATIENCE_S)

    async def _fill(self) -> None:
        if self._items is None:
            return
        # Read in a thread: a disk takes its time. The index is touched by the loop alone.
        found = await asyncio.to_thread(lambda: list(self._sketches(self._items)) if self._items else [])
        for number, (key, sketch) in enumerate(reversed(found)):  # the newest last: they go last
            self._index.add(key, sketch)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        self.entries += len(found)

    def _sketches(self, items: Items) -> Iterator[tuple[bytes, bytes]]:
        count = 0
        for key, payload in items():
            entry = decoded(payload)
            if entry is not None and entry.sketch:
                yield key, entry.sketch
                count += 1
            if count == self._max_entries or self._is_closed:
                return

    async def aclose(self) -> None:
        """Stop filling, also the thread that reads: a process ends when its threads have."""
        self._is_closed = True
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.wait([self._filling])
