"""The memory modes: what each may use, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from glossator.config.machine import memory_bytes as machine_memory_bytes

GIB = 1 << 30
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Mode:
    """What a memory mode may use.

    `memory_gb` is the machine's share in GiB: with a local model's weights, and with all processes. `workers` bounds
    processes and threads for background work, `documents` the documents in progress at once.

    `memory_bytes` is what one process of ours shall be resident with at most; the governor sees to it. The others bound
    what such a process keeps: entries and bytes of the first cache tier, entries of the second, the text of open
    documents whose trees are kept (a tree takes twenty times as much), the facts of functions and modules, and
    verdicts on docstrings (1 to 4 kB each).
    """

    name: str
    memory_gb: int
    workers: int
    documents: int
    memory_bytes: int
    l1_entries: int
    l1_bytes: int
    l2_entries: int
    tree_bytes: int
    facts: int
    modules: int
    verdicts: int


# name: memory_gb, workers, documents, memory_bytes, l1_entries, l1_bytes, l2_entries, tree_bytes, facts, modules,
# verdicts. An entry of the second tier is a sketch, which is that much smaller than a text of the first.
_TABLE: Final = (
    Mode("baseline", 2, 4, 10, 200 * MB, 100, MB // 5, 1_000, MB, 2_048, 32, 2_048),
    Mode("standard", 4, 8, 50, 400 * MB, 500, MB, 5_000, 4 * MB, 4_096, 64, 4_096),
    Mode("enhanced", 8, 16, 200, 800 * MB, 2_000, 4 * MB, 20_000, 12 * MB, 16_384, 256, 16_384),
    Mode("performance", 16, 32, 1_000, 1_600 * MB, 10_000, 20 * MB, 100_000, 32 * MB, 65_536, 1_024, 65_536),
)
MODES: Final[Mapping[str, Mode]] = MappingProxyType({mode.name: mode for mode in _TABLE})


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
