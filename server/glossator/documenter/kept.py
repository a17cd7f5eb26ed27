"""What the cache keeps on disk, for people who look after it: told, thinned out, verified.

Entries name no files, since nobody who reads a cache is to learn where code lies. What belongs to a file is found by
its keys: those of all its symbols as they are now, asked of the provider that is chosen now.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from glossator.cache.entries import Entry, decoded
from glossator.config import Settings
from glossator.documenter.caching import shared_tier
from glossator.documenter.files import FileOptions, document_in, job_of
from glossator.documenter.findings import stale
from glossator.documenter.reuse import today
from glossator.engine.requests import Asked, Wanting
from glossator.errors import SourceError
from glossator.syntax.context import ContextReader
from glossator.syntax.symbols import Outline

if TYPE_CHECKING:
    from glossator.cache.disk import Disk

Item = TypeVar("Item")

AT_ONCE: Final = 256  # entries that are in memory at a time


@dataclass(slots=True)
class Holdings:
    """What lies on disk: entries of whole docs and of single fields, how many of them say that an answer was refused.

    `unreadable` are entries of another version; days count since 1970-01-01. `is_read` is False where the disk could
    not be read to the end.
    """

    size_bytes: int = 0
    docs: int = 0
    fields: int = 0
    refused: int = 0
    unreadable: int = 0
    models: Counter[str] = field(default_factory=Counter)
    oldest: int | None = None
    newest: int | None = None
    is_read: bool = True

    @property
    def entries(self) -> int:
        """All that can be read."""
        return self.docs + self.fields

    def add(self, entry: Entry) -> None:
        """Count one."""
        self.docs += bool(entry.path)  # fields have none: their keys stand for equal code anywhere
        self.fields += not entry.path
        self.refused += any(text.reason for text in entry.texts)
        self.models[entry.model] += 1
        self.oldest = min(entry.made, self.oldest if self.oldest is not None else entry.made)
        self.newest = max(entry.made, self.newest if self.newest is not None else entry.made)


@dataclass(frozen=True, slots=True)
class SharedState:
    """The shared server: its address without user and password, whether it is there, what the user has to do."""

    address: str
    is_reachable: bool
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which entries are meant, by what they say: all that is set must hold."""

    model: str | None = None
    older_than_days: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether every entry is meant."""
        return self.model is None and self.older_than_days is None

    def takes(self, payload: bytes) -> bool:
        """Whether an entry is meant; of one that cannot be read nothing can be said but that it is one."""
        if self.is_open:
            return True
        entry = decoded(payload)
        return entry is not None and self._is_of_model(entry) and self._is_old(entry)

    def _is_of_model(self, entry: Entry) -> bool:
        return self.model is None or self.model in (entry.model, *entry.model.split("+"))  # a pool's are all named

    def _is_old(self, entry: Entry) -> bool:
        return self.older_than_days is None or today() - entry.made > self.older_than_days


@dataclass(frozen=True, slots=True)
class Health:
    """What a walk over the disk found: good entries, and those that were removed, as damaged or as unreadable.

    `is_intact` is whether the database could be read to the end and SQLite finds nothing wrong with it.
    """

    sound: int
    damaged: int
    unreadable: int
    is_intact: bool

    @property
    def is_fine(self) -> bool:
        """Whether nothing had to be removed."""
        return self.is_intact and not self.damaged + self.unreadable


def holdings(disk: Disk) -> Holdings:
    """What lies on disk. Cost: reads everything, about 12 us an entry."""
    failures = disk.counts().failures
    found = Holdings(disk.statistics().size_bytes)
    for _, payload in kept(disk, None):
        entry = decoded(payload)
        if entry is None:
            found.unreadable += 1
        else:
            found.add(entry)
    found.is_read = disk.counts().failures == failures
    return found


async def shared_state(settings: Settings) -> SharedState | None:
    """Whether the shared server is there, after three seconds at most; None where no settings name one."""
    heard: list[str] = []
    tier = shared_tier(settings.cache, heard.append)
    if tier is None:
        return None
    try:
        is_reachable = await tier.reach()
    finally:
        await tier.aclose()
    return SharedState(shown_address(settings.cache.shared), is_reachable, " ".join(heard))


def shown_address(address: str) -> str:
    """An address without what may be secret: the user, the password, the options.

    Where these cannot be told from the place (a password with a question mark in it) the place is not shown either.
    """
    scheme, mark, rest = address.partition("://")
    place, *options = re.split("[?#]", rest, maxsplit=1)
    if "@" in "".join(options):
        return f"{scheme}{mark}..."
    return f"{scheme}{mark}{place.rpartition('@')[2]}"


def cleared(disk: Disk, choice: Choice, keys: Collection[bytes] | None) -> int:
    """Remove entries from the disk; how many. `keys` are those that may go, None where all may."""
    if choice.is_open:
        return disk.clear() if keys is None else disk.remove(list(keys))
    removed = 0
    for some in in_batches(kept(disk, keys)):
        chosen = [key for key, payload in some if choice.takes(payload)]
        removed += disk.remove(chosen) if chosen else 0
    return removed


def verified(disk: Disk) -> Health:
    """Open and decode everything on disk, and remove what cannot be. Cost: seconds for a full cache."""
    found = disk.verify()
    unreadable = 0
    for some in in_batches(disk.items()):
        foreign = [key for key, payload in some if decoded(payload) is None]
        unreadable += disk.remove(foreign) if foreign else 0
    return Health(found.sound - unreadable, found.removed, unreadable, found.is_intact)


def kept(disk: Disk, keys: Collection[bytes] | None) -> Iterator[tuple[bytes, bytes]]:
    """What the disk has of these keys, or all of it (None), the latest first."""
    return ((key, payload) for key, payload in disk.items() if keys is None or key in keys)


def in_batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items, a few at a time."""
    left = iter(items)
    while some := list(islice(left, AT_ONCE)):
        yield some


@dataclass(frozen=True, slots=True)
class FileKeys:
    """The keys of a file's symbols; `error` is why there are none."""

    keys: frozenset[bytes] = frozenset()
    error: str = ""


def keys_in(raw: bytes, path: str, options: FileOptions, asked: Asked) -> FileKeys:
    """The keys of all symbols in a file, documented ones too: of whole docs and of fields. Pure."""
    try:
        document, encoding = document_in(raw, path)
    except SourceError as error:
        return FileKeys(error=str(error))
    reader = ContextReader(Outline(document))
    wanting = Wanting(job_of(reader, options, encoding), asked)
    wants = [wanting.new(one) for one in reader.outline.entries]
    wants += [wanting.repair(one) for one in stale(reader, options.settings)]
    keys: set[bytes] = set()
    for want in filter(None, wants):
        keys.add(want.keys.whole.key)
        keys.update(place.key for place in want.keys.fields.values())
    return FileKeys(frozenset(keys))


def by_count(models: Mapping[str, int]) -> dict[str, int]:
    """Models with how many entries each has, the most first."""
    return dict(sorted(models.items(), key=lambda item: (-item[1], item[0])))
