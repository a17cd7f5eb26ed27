"""What a process leaves to others who share its event loop: people who type must not wait for a workspace's answers.

Each answer takes some milliseconds of the loop that also hears the keyboard, and a thousand at once would fill it. So
requests for workspaces begin a few at a time, and none while this process is busier than it may be. Where nobody shares
the loop, as in the command line, there is no need for any of this.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

PERIOD_S: Final = 0.02
TICK_S: Final = 1e-6
FEW: Final = 3  # requests of a period
SHARE: Final = 0.25  # of a core: with 0.35, a code action took twice as long as it does alone (p99)
SMOOTHED: Final = 0.15  # of what a period shows: one long callback is no trend


class Courtesy:
    """Says when a request for a workspace may begin; it measures the processor time of this process."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, used: Callable[[], float] = time.process_time
    ) -> None:
        """Begin with a process that does nothing."""
        self._clock, self._used = clock, used
        self._at, self._used_s = clock(), used()
        self._busy = 0.0
        self._left = FEW

    def rest_s(self) -> float:
        """Seconds until the next request may begin, as far as that is known; 0 for now."""
        now = self._clock()
        passed_s = now - self._at
        if passed_s >= PERIOD_S - TICK_S:
            used_s = self._used()
            kept = math.pow(1 - SMOOTHED, passed_s / PERIOD_S)
            self._busy = kept * self._busy + (1 - kept) * (used_s - self._used_s) / passed_s
            self._at, self._used_s = now, used_s
            self._left = FEW if self._busy < SHARE else 0
            passed_s = 0.0
        return 0.0 if self._left else PERIOD_S - passed_s

    def begun(self) -> None:
        """Count a request that began."""
        self._left = max(0, self._left - 1)
