"""The table that `make bench` prints: figures, their floors in the same run, ratios and goals."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

HEADER = ("figure", "Glossator", "floor", "ratio", "goal", "reached")


class Line(Protocol):
    """A row of a table."""

    def cells(self) -> tuple[str, ...]:
        """Its texts, in the order of the table's header."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """One line: values in `unit`; `limit` bounds the ratio to the floor, or the value itself where there is no floor.

    `spread` are the lowest and the highest value of the rounds; `more_is_better` is for rates.
    """

    figure: str
    value: float | None
    unit: str
    floor: float | None = None
    limit: float | None = None
    more_is_better: bool = False
    spread: tuple[float, float] | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Value by floor."""
        return self.value / self.floor if self.value is not None and self.floor else None

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal is reached; None if there is none, or nothing was measured."""
        measured = self.ratio if self.floor else self.value
        if self.limit is None or measured is None:
            return None
        return measured >= self.limit if self.more_is_better else measured <= self.limit

    def cells(self) -> tuple[str, ...]:
        """The row as texts, in the order of HEADER."""
        sign = "≥" if self.more_is_better else "≤"
        goal = "" if self.limit is None else f"{sign} {shown(self.limit)}" + ("x" if self.floor else f" {self.unit}")
        reached = {True: "yes", False: "NO", None: ""}[self.is_reached]
        value = "not measured" if self.value is None else f"{shown(self.value)} {self.unit}"
        if self.spread:
            value += f" ({shown(self.spread[0])}-{shown(self.spread[1])})"
        floor = f"{shown(self.floor)} {self.unit}" if self.floor else ""
        ratio = f"{shown(self.ratio)}x" if self.ratio is not None else ""
        return self.figure + (f" [{self.note}]" if self.note else ""), value, floor, ratio, goal, reached


def shown(number: float) -> str:
    """Three significant digits without exponents."""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}" if abs(number) >= 0.1 else f"{number:.4f}"


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def rendered(rows: Sequence[Line], header: tuple[str, ...] = HEADER) -> str:
    """All rows as a Markdown table with aligned columns."""
    lines = [header, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    out = []
    for number, line in enumerate(lines):
        cells = [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        out.append("| " + " | ".join(cells) + " |")
        if number == 0:
            out.append(
                "|"
                + "|".join("-" * (width + 2) if i == 0 else "-" * (width + 1) + ":" for i, width in enumerate(widths))
                + "|"
            )
    return "\n".join(out)


def machine() -> str:
    """What the numbers were taken on."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load}"
