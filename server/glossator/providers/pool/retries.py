"""Whether a failed request is tried once more at the same member, and after which pause: pure functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from glossator.errors import RateLimited, Unavailable

MAX_RETRIES: Final = 2  # of one request, at all members together
FIRST_PAUSE_S: Final = 0.5


def pause_s(error: BaseException, retries: int, chance: float, patience_s: float) -> float | None:
    """Seconds to wait before the same member is asked again; None where it is not.

    `retries` are those that the request has had already, `chance` is a random number from 0 to 1, `patience_s` the
    longest pause that is waited. A pause that the server asked for is kept, and made a little longer so that those who
    heard the same do not come together; else it is any time up to a bound that doubles.

    Who was silent for the whole of its time is not asked twice, nor one who was not there: the next member is.

    Source: M. Brooker, "Exponential Backoff And Jitter" (full jitter), AWS Architecture Blog, 2015.
    """
    if retries >= MAX_RETRIES:
        return None
    jitter = chance * FIRST_PAUSE_S * (1 << retries)
    if isinstance(error, RateLimited):
        asked_s = error.retry_after_s or 0.0
        return asked_s + jitter if asked_s <= patience_s else None
    return jitter if isinstance(error, Unavailable) and error.is_reached else None


class RetryBudget:
    """A bound on what is asked twice, so that an outage is not answered with a storm.

    Every request pays in a fifth and every ten seconds one, for those who ask seldom; every retry and every hedge takes
    one out: of many requests about a fifth is asked twice. What was not used is kept, up to ten.

    Source: Finagle's RetryBudget; gRPC's retry throttling (proposal A6).
    """

    SHARE: Final = 0.2
    PER_S: Final = 0.1
    START: Final = 2.0
    MOST: Final = 10.0

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin with what the first request may need."""
        self._clock = clock
        self._left = self.START
        self._at = clock()

    @property
    def left(self) -> float:
        """How many retries there could be now."""
        return min(self.MOST, self._left + self.PER_S * (self._clock() - self._at))

    def pay_in(self) -> None:
        """Count a request."""
        self._put(self.left + self.SHARE)

    def take(self) -> bool:
        """Whether there is a retry left; it is taken."""
        left = self.left
        if left < 1 - 1e-9:  # five times a fifth is one
            return False
        self._put(left - 1)
        return True

    def _put(self, left: float) -> None:
        self._left = min(self.MOST, left)
        self._at = self._clock()
