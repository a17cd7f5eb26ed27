"""When a server is asked, as a state machine: one that fails is left alone, and looked for after growing pauses.

                 two failures in a row, or nobody there
        CLOSED ─────────────────────────────────────────▶ OPEN ◀─┐
           ▲                                                │     │ not found: the pause doubles
           │ found                   the pause is over      ▼     │
           └───────────────────────────────────── somebody looks for it

Nobody waits while it is open. It has no timer: the first request after the pause is what makes somebody look, so a
machine at rest stays at rest.

Source: M. Nygard, Release It!, "Circuit Breaker".
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

FAILURES_IN_A_ROW: Final = 2  # two deadlines are 100 ms, the most that a silent server may cost
FIRST_PAUSE_S: Final = 0.5
LAST_PAUSE_S: Final = 30.0
_MOST_OPENINGS: Final = 8  # enough to reach the last pause


@dataclass(frozen=True, slots=True)
class Breaker:
    """What the last outcomes say about asking a server.

    `openings` counts how often it opened since a request was last answered in time: a server that is there but too slow
    is found again and again, and the pauses grow all the same.
    """

    is_open: bool = False
    until: float = -math.inf
    in_a_row: int = 0
    openings: int = 0
    answered_at: float = -math.inf

    @property
    def pause_s(self) -> float:
        """How long it stays open."""
        return min(LAST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** max(0, self.openings - 1))

    def is_due(self, now: float) -> bool:
        """Whether it is time to look for the server; a clock that was turned back does not put it off."""
        return self.is_open and not 0 < self.until - now <= self.pause_s

    def answered(self, now: float) -> Breaker:
        """The breaker after an answer in time."""
        if self.is_open:  # asked before it opened: one that was found is closed, and no other
            return self
        return Breaker(answered_at=now)

    def failed(self, asked_at: float, now: float) -> Breaker:
        """The breaker after a failure of what was asked at some time.

        Where others were answered since, it stood in their queue: that says nothing about the server.
        """
        if self.is_open or asked_at < self.answered_at:
            return self
        if self.in_a_row + 1 < FAILURES_IN_A_ROW:
            return replace(self, in_a_row=self.in_a_row + 1)
        return self.missed(now)

    def missed(self, now: float) -> Breaker:
        """The breaker after the server was looked for and not found."""
        opened = replace(self, is_open=True, in_a_row=0, openings=min(self.openings + 1, _MOST_OPENINGS))
        return replace(opened, until=now + opened.pause_s)

    def found(self) -> Breaker:
        """The breaker after the server was found; one that greets, and hangs up on questions, gains nothing by it."""
        return replace(self, is_open=False, in_a_row=0) if self.is_open else self
