"""How long a member takes: its average as something to be careful with, and the time that most of its answers take."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

DECAY_S: Final = 10.0
WINDOW: Final = 100
ENOUGH: Final = 20  # answers before their 95th percentile means anything


class Latency:
    """Seconds of a member's answers.

    The average is the peak-sensitive one: a slower answer counts at once and in full; faster ones wear it off, and so
    does time, so that a member that was slow once is tried again.

    Source: Finagle's PeakEwma balancer.
    """

    def __init__(self) -> None:
        """Begin without any answer."""
        self._average_s = 0.0
        self._at = -math.inf
        self._window: deque[float] = deque(maxlen=WINDOW)

    def observe(self, seconds: float, now: float) -> None:
        """Count an answer that took so long, or, if it was called off, at least so long."""
        kept = self._kept(now)
        worn = self._average_s * kept + seconds * (1 - kept)
        self._average_s = max(seconds, worn)
        self._at = now
        self._window.append(seconds)

    def average_s(self, now: float) -> float | None:
        """The peak-sensitive average; None before the first answer."""
        return self._average_s * self._kept(now) if self._window else None

    def _kept(self, now: float) -> float:
        return math.exp(-max(0.0, now - self._at) / DECAY_S)

    @property
    def p95_s(self) -> float | None:
        """The time that 95 of 100 answers take at most; None while there were too few."""
        if len(self._window) < ENOUGH:
            return None
        return sorted(self._window)[math.ceil(0.95 * len(self._window)) - 1]
