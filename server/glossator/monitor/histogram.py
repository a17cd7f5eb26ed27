"""Durations in buckets whose width grows with the value, so that each is known within 1% whatever its size.

Source: DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with relative-error
guarantees", VLDB 2019), without its collapsing: the range is bounded, and with it the number of buckets.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from math import exp, log
from typing import Final

LEAST: Final = 1e-3  # below it a value counts as 0; a clock knows nothing smaller
MOST: Final = 1e13  # microseconds, 116 days
_SCALE: Final = 51.0  # buckets for each factor of e
_SHIFT: Final = 400.0  # so that the least value is in a bucket above 0, which is for 0
RELATIVE_ERROR: Final = math.tanh(0.5 / _SCALE)  # 0.98%
TOP: Final = int(log(MOST) * _SCALE + _SHIFT)


class Histogram:
    """How often which value was seen, and the sum of the values. Values are not negative; their unit is the caller's.

    A bucket `i` over 0 holds the values from `exp((i - 400) / 51)` up to that of `i + 1`. There are 1,930 at most, of
    which a stage fills some hundred. Two are added up without a loss.
    """

    __slots__ = ("buckets", "total")

    def __init__(self, buckets: Iterable[tuple[int, int]] = (), total: float = 0.0) -> None:
        """Start with counts by bucket and the sum of their values."""
        self.buckets: defaultdict[int, int] = defaultdict(int, buckets)
        self.total = total

    def observe(self, value: float) -> None:
        """Count a value; what is none (NaN, below 0) counts as 0. Raises nothing.

        Cost: 0.2 to 0.4 us with the call, no lock (tests/benchmarks/monitoring.py).
        """
        if LEAST <= value <= MOST:
            self.buckets[int(log(value) * _SCALE + _SHIFT)] += 1
            self.total += value
        elif value > MOST:
            self.buckets[TOP] += 1
            self.total += MOST
        else:
            self.buckets[0] += 1

    def __eq__(self, other: object) -> bool:
        """Whether both have seen the same, as far as they know."""
        if not isinstance(other, Histogram):
            return NotImplemented
        return dict(self.buckets) == dict(other.buckets) and self.total == other.total

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        """What it has seen, in short."""
        return f"Histogram(count={self.count}, p50={self.quantile(0.5):.4g}, p99={self.quantile(0.99):.4g})"

    @property
    def count(self) -> int:
        """How many values were seen."""
        return sum(self.buckets.values())

    @property
    def mean(self) -> float:
        """The mean of the values; 0 of none."""
        return self.total / count if (count := self.count) else 0.0

    def quantile(self, share: float) -> float:
        """The value that `share` (0 to 1) of all values do not exceed, within 1%; 0 of none.

        It is that of the nearest rank: one that was seen, not one between two.
        """
        rank = max(1, math.ceil(share * self.count))
        for bucket in sorted(self.buckets):
            rank -= self.buckets[bucket]
            if rank <= 0:
                return value_of(bucket)
        return 0.0

    def add(self, other: Histogram) -> None:
        """Count what another one has seen, too."""
        for bucket, count in other.buckets.items():
            self.buckets[bucket] += count
        self.total += other.total

    def copy(self) -> Histogram:
        """One that goes its own way."""
        return Histogram(self.buckets.items(), self.total)

    def since(self, earlier: Histogram) -> Histogram:
        """What was seen since it was as `earlier`."""
        grown = ((bucket, count - earlier.buckets.get(bucket, 0)) for bucket, count in self.buckets.items())
        return Histogram((one for one in grown if one[1] > 0), max(0.0, self.total - earlier.total))


def value_of(bucket: int) -> float:
    """The value that is nearest, by ratio, to all that a bucket holds."""
    return exp((bucket - _SHIFT) / _SCALE) * 2.0 / (1.0 + exp(-1.0 / _SCALE)) if bucket > 0 else 0.0
