"""Durations and counts of one piece of work, as a value: what a worker process has measured, the parent adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from time import perf_counter

from glossator.monitor.histogram import Histogram

Key = tuple[str, ...]
"""The name of a counter or gauge, then its labels."""


class Measured:
    """What was observed and counted. For one thread: no method locks, or waits for anything."""

    __slots__ = ("counts", "stages")

    def __init__(self) -> None:
        """Nothing yet."""
        self.stages: defaultdict[str, Histogram] = defaultdict(Histogram)
        self.counts: defaultdict[Key, float] = defaultdict(float)

    def observe(self, stage: str, duration_us: float) -> None:
        """A stage took so many microseconds."""
        self.stages[stage].observe(duration_us)

    def since(self, stage: str, started: float) -> None:
        """A stage began at this time of `time.perf_counter`, and ends now."""
        self.observe(stage, (perf_counter() - started) * 1e6)

    def observe_all(self, durations_us: Mapping[str, float]) -> None:
        """Several stages took so many microseconds each, as a draft has them."""
        for stage, duration_us in durations_us.items():
            self.observe(stage, duration_us)

    def count(self, name: str, *labels: str, by: float = 1) -> None:
        """Count something; `names` has the names, and says which have labels."""
        self.counts[name, *labels] += by

    def absorb(self, other: Measured) -> None:
        """Add what was measured elsewhere."""
        for stage, histogram in other.stages.items():
            self.stages[stage].add(histogram)
        for key, count in other.counts.items():
            self.counts[key] += count
