"""The memory modes: what each may use, as one table."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

GIB = 1 << 30
CGROUP_LIMIT: Final = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, slots=True)
class Mode:
    """What a memory mode may use.

    `memory_gb` is the machine's share in GiB, `workers` bounds processes and threads for background work, `documents`
    the documents in progress at once, `l1_entries` the entries of the first cache tier.
    """

    name: str
    memory_gb: int
    workers: int
    documents: int
    l1_entries: int


MODES: Final[Mapping[str, Mode]] = MappingProxyType(
    {
        mode.name: mode
        for mode in (
            Mode("baseline", memory_gb=2, workers=4, documents=10, l1_entries=100),
            Mode("standard", memory_gb=4, workers=8, documents=50, l1_entries=500),
            Mode("enhanced", memory_gb=8, workers=16, documents=200, l1_entries=2_000),
            Mode("performance", memory_gb=16, workers=32, documents=1_000, l1_entries=10_000),
        )
    }
)


def mode_of(name: str, memory_bytes: int | None = None) -> Mode:
    """The mode called `name`; for "auto" the largest one that takes at most half of the machine's memory.

    `memory_bytes` stands for the machine's memory (None: ask the system). Where the system does not say, auto means
    standard.
    """
    if name != "auto":
        return MODES[name]
    available = machine_memory_bytes() if memory_bytes is None else memory_bytes
    if not available:
        return MODES["standard"]
    fitting = [mode for mode in MODES.values() if 2 * mode.memory_gb * GIB <= available]
    return fitting[-1] if fitting else MODES["baseline"]


def machine_memory_bytes() -> int:
    """Memory of this machine, or of the container if it may use less; 0 where the system does not say."""
    try:
        physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 0
    try:
        return min(physical, int(CGROUP_LIMIT.read_text()))
    except (OSError, ValueError):  # no such file, or "max"
        return physical
