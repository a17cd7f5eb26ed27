"""What of the cache a governor may shrink, in a server and in a run of the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from glossator.config import Mode
from glossator.engine.governor import Governor, Holder
from glossator.engine.resident import ThisProcess

if TYPE_CHECKING:
    from glossator.cache.tiers import Tiers
    from glossator.engine.scheduler import Scheduler

L2_ENTRY_BYTES: Final = 3_000  # about what an entry takes in the index over words
PERIOD_S: Final = 1.0


def of_tiers(mode: Callable[[], Mode], tiers: Callable[[], Iterable[Tiers]]) -> tuple[Holder, Holder]:
    """The tiers in memory; the mode says what they may hold at most, and may change."""

    def fit_l1(share: float) -> None:
        for one in tiers():
            one.memory.fit(int(mode().l1_entries * share), int(mode().l1_bytes * share))

    def fit_l2(share: float) -> None:
        for one in tiers():
            one.fit_similar(int(mode().l2_entries * share))

    return (
        Holder("L1", lambda: sum(one.memory.statistics.size_bytes for one in tiers()), fit_l1),
        Holder("L2", lambda: L2_ENTRY_BYTES * sum(one.similar_entries for one in tiers()), fit_l2),
    )


class RunWatch:
    """The governor of one run of the command line: its caches, and how much it asks at once."""

    def __init__(self, mode: Mode, tiers: Tiers, scheduler: Scheduler) -> None:
        """Watch from now on, on the running loop, until `stop`."""
        self._governor = Governor(mode.memory_bytes, of_tiers(lambda: mode, lambda: (tiers,)), ThisProcess())
        self._governor.throttle(scheduler.limit_to)
        self._timer = asyncio.get_running_loop().call_later(PERIOD_S, self._tick)

    def _tick(self) -> None:
        self._governor.tick()
        self._timer = asyncio.get_running_loop().call_later(PERIOD_S, self._tick)

    def stop(self) -> None:
        """Watch no more."""
        self._timer.cancel()
