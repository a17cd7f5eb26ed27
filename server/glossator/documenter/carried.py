"""Entries of the cache on their way to another machine: from the disk into a bundle, and back."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glossator.cache.bundle import Reader, Writer
from glossator.cache.entries import Entry, decoded, encoded, unjudged
from glossator.config import Settings
from glossator.documenter.caching import team_secret
from glossator.documenter.kept import in_batches, kept
from glossator.documenter.reuse import today
from glossator.errors import ConfigError, SourceError
from glossator.workspace.write import growing_file, regular_file

if TYPE_CHECKING:
    from glossator.cache.disk import Disk


@dataclass(frozen=True, slots=True)
class Exported:
    """What was put into a bundle."""

    entries: int
    size_bytes: int


@dataclass(slots=True)
class Imported:
    """What became of a bundle's records.

    `new` came, `newer` took the place of older entries, `known` were here. `old` were made longer ago than entries are
    kept, `damaged` do not open, `foreign` are no entries of this version: these were left out. `dropped` could not be
    written. `is_whole` is whether the bundle is as it was written.
    """

    new: int = 0
    newer: int = 0
    known: int = 0
    old: int = 0
    damaged: int = 0
    foreign: int = 0
    dropped: int = 0
    is_whole: bool = False

    @property
    def is_fine(self) -> bool:
        """Whether everything that is of use is here now."""
        return self.is_whole and not self.damaged + self.foreign + self.dropped


def exported(disk: Disk, path: Path, secret: bytes, keys: Collection[bytes] | None) -> Exported:
    """Write the disk's entries into a file, all or those of some keys, sorted by their keys.

    Raises SourceError where the disk cannot be read or the file not be written; the file is then what it was.
    """
    failures = disk.counts().failures
    with growing_file(path) as file:
        bundle = Writer(file, secret)
        for some in in_batches(sorted(key for key, _ in kept(disk, keys))):
            found = disk.get(some)
            bundle.add_all((key, found[key]) for key in some if key in found and decoded(found[key]) is not None)
        bundle.end()
        if disk.counts().failures != failures:
            raise SourceError("is not written: the cache could not be read to the end")
    return Exported(bundle.entries, bundle.size_bytes)


def imported(disk: Disk, path: Path, settings: Settings) -> Imported:
    """Take the entries of a bundle into the disk's. Entries that are here stay, but for older ones.

    What an entry says is held against the code when it is used, like that of any other. Raises ConfigError for what is
    no bundle or cannot be read with the team's secret, and SourceError for a file that cannot be read.
    """
    done, limit_bytes = Imported(), settings.cache.size_mb << 20
    with regular_file(path) as file:
        if os.fstat(file.fileno()).st_size > limit_bytes:
            raise ConfigError(f"is larger than the cache may be, {settings.cache.size_mb} MB (cache.size_mb)")
        bundle = Reader(file, team_secret(settings.cache), limit_bytes)
        for records in in_batches(bundle.records()):
            _take(disk, _good(records, settings.cache.ttl_days, done), done)
        done.is_whole = bundle.is_whole
    return done


def _good(records: list[tuple[bytes, bytes | None]], ttl_days: int, done: Imported) -> dict[bytes, tuple[bytes, Entry]]:
    """The records that hold an entry of today's form and time."""
    good: dict[bytes, tuple[bytes, Entry]] = {}
    day = today()
    for key, payload in records:
        entry = decoded(payload) if payload is not None else None
        if payload is None:
            done.damaged += 1
        elif entry is None or entry.made > day + 1:  # a clock ahead of ours by a time zone
            done.foreign += 1
        elif day - entry.made >= ttl_days:
            done.old += 1
        else:
            good[key] = encoded(unjudged(entry)), entry
    return good


def _take(disk: Disk, good: Mapping[bytes, tuple[bytes, Entry]], done: Imported) -> None:
    """Put entries on disk where there are none, or older ones."""
    here = {key: decoded(payload) for key, payload in disk.get(list(good)).items()}
    fresh = {key: payload for key, (payload, entry) in good.items() if _is_newer(entry, here.get(key))}
    done.known += len(good) - len(fresh)
    if not fresh:
        return
    if not disk.put(fresh):  # all of them, or none: they are one transaction
        done.dropped += len(fresh)
        return
    replaced = sum(key in here for key in fresh)
    done.newer += replaced
    done.new += len(fresh) - replaced


def _is_newer(entry: Entry, other: Entry | None) -> bool:
    return other is None or entry.made > other.made
