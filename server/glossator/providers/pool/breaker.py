"""When a member is asked, as a state machine: one that fails is left alone, and asked again by one request at a time.

                 failures in a row, or too many of the last ones, or nobody there
        CLOSED ─────────────────────────────────────────────────────────────────▶ OPEN ◀──┐
           ▲                                                                        │      │ the probe failed
           │ the probe was answered                     the interval is over, asked ▼      │
           └──────────────────────────────────────────────────────────────────── HALF_OPEN ┘

        any ── the key was refused ──▶ DISABLED, for good

Source: M. Nygard, Release It!, "Circuit Breaker".
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, replace
from typing import Final

FAILURES_IN_A_ROW: Final = 5
RECENT: Final = 20  # outcomes that the rate of failures is taken of
FAILURES_OF_RECENT: Final = 10
PROBING_S: Final = 1.0  # before somebody who waits for a probe's outcome looks again


class State(enum.Enum):
    """Whether a member is asked."""

    CLOSED = "closed"  # as usual
    OPEN = "open"  # not before the interval is over
    HALF_OPEN = "half-open"  # one request is with it, to see whether it is back
    DISABLED = "disabled"  # not until the settings change


@dataclass(frozen=True, slots=True)
class Breaker:
    """What a member's last outcomes say about asking it.

    `until` is when an open one may be asked again. `epoch` counts the changes of state: an outcome counts in the epoch
    only in which its request was asked, so that a late one says nothing about a member that is being probed. `recent`
    has a bit for each of the last outcomes, the last one lowest, 1 for a failure.
    """

    probe_s: float
    state: State = State.CLOSED
    until: float = -math.inf
    epoch: int = 0
    in_a_row: int = 0
    recent: int = 0
    seen: int = 0

    def allows(self, now: float) -> bool:
        """Whether the member may be asked at this time."""
        return self.state is State.CLOSED or self.is_due(now)

    def is_due(self, now: float) -> bool:
        """Whether the next request is to be the one that sees whether the member is back."""
        return self.state is State.OPEN and now >= self.until

    def wait_s(self, now: float) -> float:
        """Seconds until the member may be asked, as far as that is known."""
        match self.state:
            case State.CLOSED:
                return 0.0
            case State.OPEN:
                return max(0.0, self.until - now)
            case State.HALF_OPEN:
                return PROBING_S
            case State.DISABLED:
                return math.inf

    def asked(self, now: float) -> Breaker:
        """The breaker once the member was asked; it has to allow that."""
        return _turned(self, State.HALF_OPEN) if self.is_due(now) else self

    def succeeded(self, epoch: int) -> Breaker:
        """The breaker after an answer to what was asked in `epoch`."""
        if epoch != self.epoch or self.state is State.DISABLED:
            return self
        if self.state is State.HALF_OPEN:
            return _turned(self, State.CLOSED)
        return self._counted(0)

    def failed(self, epoch: int, now: float, *, is_reached: bool = True) -> Breaker:
        """The breaker after a failure of what was asked in `epoch`; where nobody was reached it opens at once."""
        if epoch != self.epoch or self.state is State.DISABLED:
            return self
        counted = self._counted(1)
        if self.state is State.HALF_OPEN or not is_reached or _is_too_much(counted):
            return replace(_turned(self, State.OPEN), until=now + self.probe_s)
        return counted

    def abandoned(self, epoch: int) -> Breaker:
        """The breaker after a request of `epoch` that was called off: if it was the probe, the next one is."""
        if epoch == self.epoch and self.state is State.HALF_OPEN:
            return _turned(self, State.OPEN)  # `until` is over already
        return self

    def disabled(self) -> Breaker:
        """The breaker of a member that is not asked any more."""
        return self if self.state is State.DISABLED else _turned(self, State.DISABLED)

    def _counted(self, failure: int) -> Breaker:
        recent = (self.recent << 1 | failure) & ((1 << RECENT) - 1)
        in_a_row = self.in_a_row + 1 if failure else 0
        return replace(self, in_a_row=in_a_row, recent=recent, seen=min(self.seen + 1, RECENT))


def _turned(breaker: Breaker, state: State) -> Breaker:
    return replace(breaker, state=state, epoch=breaker.epoch + 1, in_a_row=0, recent=0, seen=0)


def _is_too_much(breaker: Breaker) -> bool:
    is_often = breaker.seen == RECENT and breaker.recent.bit_count() >= FAILURES_OF_RECENT
    return breaker.in_a_row >= FAILURES_IN_A_ROW or is_often
