"""Keeps a process within its mode's memory: what it holds shrinks under pressure, the largest first, and grows back.

    every second: tick ──▶ over 85% of the bound: the largest holder keeps half of what it may, and so on, until 75%;
                           where that does not do, less is worked on at once
                           under 60% for a while: all may keep twice as much, and work on twice as much
    MemoryError:  exhausted ──▶ all keep the least

It decides and counts; it owns no timer and reads no clock, so that ticks can be given by hand.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from glossator.engine.resident import Process

logger = logging.getLogger(__name__)

PRESSED: Final = 0.85  # of the bound: more is pressure
EASED: Final = 0.75  # of the bound: what is aimed at under pressure
ROOMY: Final = 0.60  # of the bound: with less there is room to grow
CALM_TICKS: Final = 10  # with room, before anything grows
REST_TICKS: Final = 10  # after a tick that could not free anything: the next one could not either
LEAST: Final = 1 / 16  # of what the mode allows
WORTH: Final = 0.005  # of the bound: to shrink what is smaller frees nothing that counts
ROUNDS: Final = 4  # of a tick, each of which may take milliseconds

Throttle = Callable[[float], None]
"""Takes the share of the mode's concurrency that may be used from now on, above 0 and at most 1."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Something that holds memory and can do with less.

    `size_bytes` says about how much it is, `fit` has it hold at most a share of what the mode allows (above 0 and at
    most 1), from now on.
    """

    name: str
    size_bytes: Callable[[], int]
    fit: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class HolderStatistics:
    """What a holder holds, and which share of what the mode allows it may hold."""

    name: str
    size_bytes: int
    share: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the governor saw last, and has done so far; `declined` counts what there was no memory for."""

    bound_bytes: int
    resident_bytes: int
    largest_bytes: int
    concurrency: float
    shrunk: int
    grown: int
    declined: int
    holders: tuple[HolderStatistics, ...]


class Governor:
    """The shares of all holders, and of concurrency."""

    def __init__(self, bound_bytes: int, holders: Sequence[Holder], process: Process) -> None:
        """Allow everything; `bound_bytes` is what the process shall be resident with at most."""
        self._bound = bound_bytes
        self._holders = tuple(holders)
        self._process = process
        self._shares = dict.fromkeys((holder.name for holder in holders), 1.0)
        self._throttles: list[Throttle] = []
        self._concurrency = 1.0
        self._resident = self._largest = 0
        self._calm = self._rest = 0
        self._shrunk = self._grown = self._declined = 0
        self._is_told = False

    def allow(self, bound_bytes: int) -> None:
        """Another mode: another bound, and all holders are asked to fit again, since their own bounds are others."""
        self._bound = bound_bytes
        self._rest = 0
        for holder in self._holders:
            holder.fit(self._shares[holder.name])

    def throttle(self, hook: Throttle) -> None:
        """Have a hook know which share of the mode's concurrency may be used, now and whenever it changes."""
        self._throttles.append(hook)
        hook(self._concurrency)

    def tick(self) -> None:
        """Compare what is there with the bound, and do what follows. Cost: 20 us, under pressure some milliseconds."""
        resident = self._look()
        if resident > PRESSED * self._bound:
            self._calm = 0
            self._relieve()
        elif resident < ROOMY * self._bound:
            self._calm += 1
            if self._calm >= CALM_TICKS:
                self._calm = self._rest = 0
                self._grow()
        else:
            self._calm = 0

    def exhausted(self) -> None:
        """There was no memory for something: all holders keep the least, and everything that is free is given back."""
        self._declined += 1
        logger.warning("out of memory: caches shrink resident_mb=%d", self._look() // 1_000_000)
        for holder in self._holders:
            self._fit(holder, LEAST)
        self._slow_down()
        gc.collect()  # a handler that failed leaves its frames, and these what they were working on
        self._process.give_back()
        self._calm = 0
        self._look()

    def statistics(self) -> Statistics:
        """What was seen and done."""
        held = (HolderStatistics(one.name, one.size_bytes(), self._shares[one.name]) for one in self._holders)
        seen = (self._bound, self._resident, self._largest)
        return Statistics(*seen, self._concurrency, self._shrunk, self._grown, self._declined, tuple(held))

    def _look(self) -> int:
        self._resident = self._process.resident_bytes()
        self._largest = max(self._largest, self._resident)
        return self._resident

    def _relieve(self) -> None:
        """Free until the process is well below its bound, for as long as a tick may take."""
        if self._rest:
            self._rest -= 1
            return
        before = self._resident
        self._tell()
        self._process.give_back()
        for _ in range(ROUNDS):
            if self._look() <= EASED * self._bound:
                return
            largest = self._largest_holder()
            if largest is None:
                break
            self._shrunk += 1
            self._fit(largest, self._shares[largest.name] / 2)
            self._process.give_back()
        if self._look() > PRESSED * self._bound:
            self._slow_down()
            self._rest = REST_TICKS if self._largest_holder() is None and self._resident >= before else 0

    def _tell(self) -> None:
        """Say once that there is pressure, and by what."""
        if not self._is_told:
            self._is_told = True
            largest = self._largest_holder()
            logger.warning(
                "memory is short: caches shrink resident_mb=%d bound_mb=%d largest=%s",
                self._resident // 1_000_000,
                self._bound // 1_000_000,
                largest.name if largest is not None else "none",
            )

    def _largest_holder(self) -> Holder | None:
        """The largest of those that can do with less; None where none can."""
        least = WORTH * self._bound
        able = [one for one in self._holders if self._shares[one.name] > LEAST and one.size_bytes() > least]
        return max(able, key=lambda one: one.size_bytes(), default=None)

    def _fit(self, holder: Holder, share: float) -> None:
        self._shares[holder.name] = share = max(share, LEAST)
        holder.fit(share)

    def _slow_down(self) -> None:
        """Work in progress takes what no holder has."""
        self._set_concurrency(max(self._concurrency / 2, LEAST))

    def _set_concurrency(self, share: float) -> None:
        if share != self._concurrency:
            self._concurrency = share
            for hook in self._throttles:
                hook(share)

    def _grow(self) -> None:
        """Allow twice as much."""
        small = [one for one in self._holders if self._shares[one.name] < 1]
        if not small and self._concurrency == 1:
            return
        self._grown += 1
        for holder in small:
            self._fit(holder, min(1.0, 2 * self._shares[holder.name]))
        self._set_concurrency(min(1.0, 2 * self._concurrency))
        if self._concurrency == 1 and all(share == 1 for share in self._shares.values()):
            self._is_told = False
            logger.info("memory is enough again: caches are whole")
