"""The figures of the older generator's report, which this project set out to beat, and rows that stand beside them.

They are as that report states them (its second pass, December 2024), with the part of it that they are from; its own
benchmark slept for 0.5 to 2 seconds where a model would have been asked, as our provider does.
"""

from __future__ import annotations

from dataclasses import dataclass

from table import shown

HEADER = ("figure", "older report", "its part", "Glossator", "times better", "goal", "reached")


@dataclass(frozen=True, slots=True)
class Figure:
    """A value that the report states, best end of a range, and the part that it stands in."""

    value: float
    unit: str
    part: str
    more_is_better: bool = False

    def scaled(self, share: float) -> Figure:
        """The same for a share of the documents, by their count: the report has a figure for all of them alone."""
        return Figure(self.value * share, self.unit, f"{self.part}, by count", self.more_is_better)


SINGLE_COLD = Figure(2.5, "s", "single document, cold start")
SINGLE_WARM = Figure(0.15, "s", "single document, warm start")
CACHED = Figure(0.15, "s", "response time, cached responses")
SEQUENTIAL = Figure(500.0, "s", "100 documents, sequential")
PARALLEL = Figure(25.0, "s", "100 documents, parallel")
WITH_CACHE = Figure(10.0, "s", "100 documents, with cache")
SUSTAINED_COUNT = Figure(60.0, "documents", "sustained load", more_is_better=True)
SUSTAINED_RATE = Figure(6.0, "documents/s", "sustained load", more_is_better=True)
SUSTAINED_MINUTE = Figure(360.0, "documents/min", "sustained load", more_is_better=True)
HIT_RATE = Figure(0.95, "of documents", "cache hit rate", more_is_better=True)
REPEATED = Figure(10.0, "times", "repeated context extraction", more_is_better=True)
MINUTE = Figure(4000.0, "documents/min", "documents per minute", more_is_better=True)
MODES = {
    "baseline": Figure(10.0, "documents/min", "modes", more_is_better=True),
    "standard": Figure(50.0, "documents/min", "modes", more_is_better=True),
    "enhanced": Figure(500.0, "documents/min", "modes", more_is_better=True),
    "performance": Figure(4000.0, "documents/min", "modes", more_is_better=True),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One of our values beside the report's; it should be more than `goal` times better (None: there is no goal)."""

    name: str
    ours: float
    theirs: Figure
    goal: float | None = 1.0

    @property
    def better(self) -> float:
        """How many times better than the report's figure."""
        ours, theirs = self.ours, self.theirs.value
        return ours / theirs if self.theirs.more_is_better else theirs / ours

    @property
    def is_reached(self) -> bool | None:
        """Whether it is better, as far as it should be; None where there is no goal."""
        return None if self.goal is None else self.better > self.goal

    def cells(self) -> tuple[str, ...]:
        """The row as texts, in the order of HEADER."""
        unit, theirs = self.theirs.unit, self.theirs
        value, other = f"{shown(self.ours)} {unit}", f"{shown(theirs.value)} {unit}"
        goal = "" if self.goal is None else f"> {shown(self.goal)}x"
        reached = {True: "yes", False: "NO", None: ""}[self.is_reached]
        return self.name, other, theirs.part, value, f"{shown(self.better)}x", goal, reached
