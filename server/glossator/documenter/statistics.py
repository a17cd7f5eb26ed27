"""What Glossator has done and how long that took: the numbers of this user's processes, and of the cache on disk."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

from glossator.config import Settings
from glossator.config.folders import cache_folder
from glossator.monitor import Snapshot, names
from glossator.monitor.files import OwnFile, gathered
from glossator.monitor.measured import Key

FOLDER: Final = "stats"  # in the cache folder


def stats_folder(settings: Settings) -> Path:
    """Where processes write their numbers; it need not exist."""
    return cache_folder(settings) / FOLDER


def own_file(settings: Settings) -> OwnFile:
    """Where this process writes its own; nothing is made yet."""
    return OwnFile(stats_folder(settings))


def everything(settings: Settings, level: int = logging.WARNING) -> Snapshot:
    """What all processes have measured, those that run and those that have ended, and what is on disk.

    Files that cannot be read are logged at `level`.
    """
    return with_disk(gathered(stats_folder(settings), level=level), settings)


def with_disk(snapshot: Snapshot, settings: Settings) -> Snapshot:
    """A snapshot with what the cache has on disk, which no process measures. Opens the database: some milliseconds."""
    from glossator.documenter.caching import new_disk

    disk = new_disk(settings)
    try:
        found = disk.statistics()
    finally:
        disk.close()
    held: dict[Key, float] = {
        (names.ENTRIES, names.L3): float(found.entries),
        (names.BYTES, names.L3): float(found.size_bytes),
    }
    return replace(snapshot, gauges={**snapshot.gauges, **held})
