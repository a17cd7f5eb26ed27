"""The cache of some settings: its tiers opened, and what its keys say of who is asked."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from glossator.cache.candidates import COUNT, Candidate, Candidates, Items
from glossator.cache.entries import decoded
from glossator.cache.indexes import open_index, usable
from glossator.cache.memory import Memory
from glossator.cache.similar import BoundedIndex
from glossator.cache.tiers import Found, Lookup, Tier, Tiers, found_in
from glossator.config import Settings, mode_of
from glossator.config.folders import cache_folder
from glossator.config.keys import EMBEDDED, LOCAL
from glossator.documenter.reuse import today
from glossator.documenter.small import is_small
from glossator.engine.keeping import Stamp
from glossator.engine.prompts import VERSION
from glossator.engine.requests import Asked
from glossator.monitor import names

if TYPE_CHECKING:
    from pathlib import Path

    from glossator.cache.base import Statistics, Store
    from glossator.cache.disk import Disk, DiskTier
    from glossator.cache.shared import SharedTier
    from glossator.config.settings import CacheSettings
    from glossator.monitor import Monitor
    from glossator.monitor.measured import Key


FOLDER: Final = "answers"  # in the cache folder

Tell = Callable[[str], None]


def models_of(settings: Settings) -> tuple[str, ...]:
    """The models that some settings choose, as they name them; a kind's own model where they name none."""
    from glossator.providers.build import KINDS  # with the first model: dialects take time to load

    known = {one.name: one for one in settings.providers}
    names = (name for name in settings.provider if name != EMBEDDED)
    return tuple(
        settings.local.model if name == LOCAL else known[name].model or KINDS[known[name].kind].model for name in names
    )


@lru_cache(maxsize=64)
def asked_of(settings: Settings) -> Asked:
    """Who would be asked: the profile of the chosen provider or pool, by names and models, and of our prompts.

    A price, an address or a deadline is not in it: the answers do not depend on them.
    """
    known = {one.name: one for one in settings.providers}
    models = models_of(settings)
    chosen = [name for name in settings.provider if name != EMBEDDED]
    kinds = [known[name].kind if name in known else name for name in chosen]
    is_any_small = any(map(is_small, models))
    parts = (
        str(VERSION),
        str(is_any_small),
        *(part for one in zip(chosen, kinds, models, strict=True) for part in one),
    )
    return Asked(hashlib.blake2b("\0".join(parts).encode(), digest_size=16).digest(), is_any_small)


def stamp_of(settings: Settings) -> Stamp:
    """What entries say that are made today by the chosen provider or pool."""
    return Stamp("+".join(models_of(settings)), today())


def open_tiers(settings: Settings, tell: Tell, monitor: Monitor | None = None) -> Tiers:
    """All tiers of some settings, watched by `monitor`. Nothing is read, connected or imported before a look-up."""
    disk, shared = disk_tier(settings), shared_tier(settings.cache, tell)
    tiers = _tiers(settings, tell, (disk, shared), lambda: _another_disk(settings).items(), monitor)
    if monitor is not None:
        lower = {Tier.DISK: disk.statistics} | ({} if shared is None else {Tier.SHARED: shared.statistics})
        monitor.read(lambda: _counted(tiers, lower))
    return tiers


def disk_tier(settings: Settings) -> DiskTier:
    """The disk tier for an event loop; nothing is opened yet."""
    from glossator.cache.disk import DiskTier

    return DiskTier(new_disk(settings))


def tiers_over(disk: Store, settings: Settings, tell: Tell) -> Tiers:
    """The tiers of some settings over another store in the disk's place, which has nothing in it yet."""
    return _tiers(settings, tell, (disk, shared_tier(settings.cache, tell)))


def _tiers(
    settings: Settings,
    tell: Tell,
    lower: tuple[Store, SharedTier | None],
    items: Items | None = None,
    monitor: Monitor | None = None,
) -> Tiers:
    mode = mode_of(settings.mode)
    candidates = Candidates(_index(settings, mode.l2_entries, tell), mode.l2_entries, items)
    return Tiers(Memory(mode.l1_entries, mode.l1_bytes), *lower, candidates, monitor=monitor)


def _counted(
    tiers: Tiers, lower: Mapping[Tier, Callable[[], Statistics]]
) -> tuple[Mapping[Key, float], Mapping[Key, float]]:
    """What tiers have done, as counts, and what they hold, as gauges."""
    counts: dict[Key, float] = {}
    gauges: dict[Key, float] = {}
    for tier, one in tiers.statistics.items():
        counts |= {(names.HITS, tier): one.hits, (names.MISSES, tier): one.misses}
        if one.entries:
            gauges |= {(names.ENTRIES, tier): one.entries, (names.BYTES, tier): one.size_bytes}
    failures = {(names.TIER_FAILURES, tier.value): float(read().failures) for tier, read in lower.items()}
    return counts | failures, gauges


def _index(settings: Settings, entries: int, tell: Tell) -> BoundedIndex:
    """The index that the settings choose; where it is not installed, the one that needs nothing."""
    chosen = settings.cache.index
    name = usable(chosen)
    if name != chosen:
        tell(f"cache.index = {chosen!r} needs an extra: pip install 'glossator[{chosen}]'; until then it is {name!r}")
    return open_index(name, entries, settings.cache.similarity_threshold)


def new_disk(settings: Settings) -> Disk:
    """The disk tier of some settings, for one thread; nothing is opened yet."""
    from glossator.cache.disk import Disk

    return Disk(cache_folder(settings) / FOLDER, settings.cache.size_mb, settings.cache.ttl_days)


def _another_disk(settings: Settings) -> Disk:
    """The same tier for another thread or process. What is wrong with it, that of the loop says, once for all."""
    disk = new_disk(settings)
    disk.level = logging.DEBUG
    return disk


@lru_cache(maxsize=8)
def _disk_of_thread(settings: Settings, _folder: Path, _thread: int) -> Disk:
    """One for a thread of a worker process and a folder, which the environment may move: opening it takes long."""
    return _another_disk(settings)


def shared_tier(settings: CacheSettings, tell: Tell) -> SharedTier | None:
    """The shared tier of some settings; None where they name no server. Nothing is imported or connected yet."""
    if not settings.shared:
        return None
    from glossator.cache.shared import SharedOptions, SharedTier

    options = SharedOptions(secret=team_secret(settings), ttl_days=settings.ttl_days, tell=tell)
    return SharedTier(settings.shared, options)


def team_secret(settings: CacheSettings) -> bytes:
    """What a team's values are sealed with, made from the secret in the environment; empty where there is none."""
    secret = os.environ.get(settings.shared_key_env, "") if settings.shared_key_env else ""
    return hashlib.blake2b(os.fsencode(secret), digest_size=32).digest() if secret else b""


class DiskLookup:
    """Looks up many symbols on disk at once, without a loop: what worker processes do. It can be sent to them."""

    def __init__(self, settings: Settings) -> None:
        """Look where these settings say; nothing is opened yet."""
        self._settings = settings

    def __call__(self, lookups: Sequence[Lookup]) -> list[Found]:
        """What the disk has: docs that are whole there by one key each, of the others the fields."""
        disk = _disk_of_thread(self._settings, cache_folder(self._settings), threading.get_ident())
        return found_in(disk.get, lookups)

    def similar(self, sketch: bytes) -> list[Candidate]:
        """Entries on disk for code that is like the code with this sketch. Reads all of them."""
        entries = {key: entry for key, payload in _another_disk(self._settings).items() if (entry := decoded(payload))}
        index = _index(self._settings, max(1, len(entries)), lambda _text: None)
        for key, entry in reversed(entries.items()):
            if entry.sketch:
                index.add(key, entry.sketch)
        return [Candidate(near, entries[near.key]) for near in index.nearest(sketch, COUNT)] if sketch else []
