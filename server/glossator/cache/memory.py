"""L1: entries in memory, by their exact keys, bounded in number and in bytes; the least recently used go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from glossator.cache.base import Statistics
from glossator.cache.entries import Entry


class Memory:
    """Entries by key."""

    def __init__(self, max_entries: int, max_bytes: int | None = None) -> None:
        """Keep at most this many entries, and bytes (None: however many these take)."""
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._kept: OrderedDict[bytes, Entry] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._kept)

    def __iter__(self) -> Iterator[bytes]:
        """The keys, the least recently used first."""
        return iter(self._kept)

    def get(self, key: bytes) -> Entry | None:
        """The entry under a key. Cost: under a microsecond."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: bytes, entry: Entry) -> None:
        """Keep an entry; one that is larger than all that may be kept is not."""
        self.remove((key,))
        size = entry.size_bytes
        if self._max_bytes is not None and size > self._max_bytes:
            return
        self._kept[key] = entry
        self._bytes += size
        self._shed()

    def fit(self, max_entries: int, max_bytes: int | None = None) -> None:
        """Keep at most this many from now on."""
        self._max_entries, self._max_bytes = max_entries, max_bytes
        self._shed()

    def _shed(self) -> None:
        """Forget what is too much."""
        while self._kept and (len(self._kept) > self._max_entries or self._has_too_many_bytes()):
            self._bytes -= self._kept.popitem(last=False)[1].size_bytes

    def _has_too_many_bytes(self) -> bool:
        return self._max_bytes is not None and self._bytes > self._max_bytes

    def remove(self, keys: Iterable[bytes]) -> None:
        """Forget what is under these keys."""
        for key in keys:
            found = self._kept.pop(key, None)
            self._bytes -= found.size_bytes if found is not None else 0

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._bytes = 0

    @property
    def statistics(self) -> Statistics:
        """What it holds; hits are counted by who asks, since he knows what for."""
        return Statistics(entries=len(self._kept), size_bytes=self._bytes)
