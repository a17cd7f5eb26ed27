"""How many requests an endpoint gets at once, learnt from how long its answers take.

    slow start   every round of answers doubles the number, as long as they take what they took
    then         every round adds its root, and takes away in proportion where answers take longer
    a refusal for being too many, or a silence, halves it

A round is as many answers as there are places: by its median one slow answer counts for nothing. What counts as
"longer" is seen against the best round, which is forgotten slowly, as servers change.

Source: Chiu and Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance", 1989; V. Jacobson,
"Congestion Avoidance and Control", 1988 (slow start); Netflix' concurrency-limits, Gradient2Limit (median against a
long-term figure, with a tolerance of 1.5).
"""

from __future__ import annotations

import math
from statistics import median
from typing import Final

TOLERANCE: Final = 1.5  # times the best round's median, before answers count as slower
SHORTEST_ROUND: Final = 4  # answers: the median of fewer says little
LONGEST_ROUND: Final = 100  # no more are needed for a median
FORGOTTEN: Final = 0.05  # of the difference to the best round, by each round after it


class Growth:
    """A number of places between 1 and a bound."""

    def __init__(self, first: int, most: int) -> None:
        """Begin with `first`, which the bound takes precedence over."""
        self._most = max(1, most)
        self._room = float(min(first, self._most))
        self._best_s = math.inf
        self._round: list[float] = []
        self._is_slow_start = True
        self._was_full = False
        self._first = self._room

    @property
    def limit(self) -> int:
        """How many there are now."""
        return int(self._room)

    def halve(self) -> None:
        """Have half of them, at least one."""
        self._room = max(1.0, float(self.limit // 2))
        self._is_slow_start = False
        self._begin_round()

    def answered(self, seconds: float, *, is_full: bool) -> None:
        """Count an answer; `is_full` says whether all places were taken, else there is nothing to learn."""
        self._was_full |= is_full
        self._round.append(seconds)
        if len(self._round) < min(max(self.limit, SHORTEST_ROUND), LONGEST_ROUND):
            return
        took_s, was_full = median(self._round), self._was_full
        self._begin_round()
        is_slower = took_s > TOLERANCE * self._best_s
        self._best_s = took_s if took_s < self._best_s else self._best_s + FORGOTTEN * (took_s - self._best_s)
        if is_slower:
            self._is_slow_start = False
            self._room = max(1.0, self._room * max(0.5, TOLERANCE * self._best_s / took_s))
        elif was_full or self._room < self._first:
            more = self._room if self._is_slow_start else math.sqrt(self._room)
            self._room = min(float(self._most), self._room + more)

    def _begin_round(self) -> None:
        self._round.clear()
        self._was_full = False
