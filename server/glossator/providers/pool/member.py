"""One endpoint of a pool: what the settings say about it, and what has happened to it."""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from glossator.errors import ProviderError, RateLimited, Refused, TimedOut, Unavailable
from glossator.providers.base import Price, Provider
from glossator.providers.pool.breaker import Breaker, State
from glossator.providers.pool.latency import Latency
from glossator.providers.pool.policies import Candidate
from glossator.providers.pool.slots import Slots
from glossator.providers.pool.statistics import MemberStatistics

logger = logging.getLogger(__name__)

FREE: Final = Price()
LONGEST_REST_S: Final = 3600.0  # of what a server may ask for: a wrong number does not end it for ever


@dataclass(frozen=True, slots=True)
class Member:
    """A provider with the place that it has in a pool.

    `price` None is one that nobody knows; `concurrency` is how many requests it gets at once, and `most` how many that
    may become while its answers do not take longer (None: no more).
    """

    provider: Provider
    weight: float = 1.0
    price: Price | None = FREE
    concurrency: int = 4
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """One time that a member was asked: in which epoch of its breaker, and when."""

    epoch: int
    started_s: float


class MemberState:
    """What has happened to a member; whoever asks it says how that ended, once."""

    def __init__(self, member: Member, probe_s: float, clock: Callable[[], float]) -> None:
        """Begin as one that works."""
        self.provider: Final = member.provider
        self.price: Final = member.price
        self.slots: Final = Slots(member.concurrency, member.most)
        self._weight = member.weight
        self._clock = clock
        self._breaker = Breaker(probe_s)
        self._latency = Latency()
        self._failures: Counter[str] = Counter()
        self._tries = 0
        self._answers = 0
        self._rest_until = -math.inf
        self._limited_at = -math.inf
        self._last_error: ProviderError | None = None
        self._heard_at = -math.inf

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    @property
    def last_error(self) -> ProviderError | None:
        """Why it failed when it failed last."""
        return self._last_error

    @property
    def p95_s(self) -> float | None:
        """The time that most of its answers take; None while there were too few."""
        return self._latency.p95_s

    @property
    def rest_s(self) -> float:
        """For how many seconds it asked to be left alone."""
        return max(0.0, self._rest_until - self._clock())

    @property
    def wait_s(self) -> float:
        """Seconds until it may be asked, as far as that is known; infinite for one that is disabled."""
        return max(self.rest_s, self._breaker.wait_s(self._clock()))

    @property
    def silent_s(self) -> float:
        """Seconds since it answered, or named a pause; infinite for one that never has."""
        return self._clock() - self._heard_at

    @property
    def is_disabled(self) -> bool:
        """Whether it is not asked until the settings change."""
        return self._breaker.state is State.DISABLED

    def may_be_asked(self) -> bool:
        """Whether its breaker allows it now."""
        return self._breaker.allows(self._clock())

    def is_able(self, patience_s: float) -> bool:
        """Whether it may be asked now, or after a pause that somebody would wait."""
        return self.may_be_asked() and self.rest_s <= patience_s

    @property
    def has_failed(self) -> bool:
        """Whether it is left alone, or asked by way of trial."""
        return self._breaker.state is not State.CLOSED

    def candidate(self) -> Candidate:
        """What a policy needs to know."""
        now, slots = self._clock(), self.slots
        return Candidate(
            outstanding=slots.in_flight + slots.waiting,
            is_free=not slots.is_full and now >= self._rest_until,
            is_due=self._breaker.is_due(now),
            latency_s=self._latency.average_s(now),
            weight=self._weight,
            price=self.price,
        )

    def begin(self) -> Try:
        """Count that it is asked now; its breaker has to allow it."""
        now = self._clock()
        self._tries += 1
        self._breaker = self._breaker.asked(now)
        return Try(self._breaker.epoch, now)

    def succeeded(self, asked: Try) -> None:
        """It answered."""
        now = self._clock()
        self._answers += 1
        self._heard_at = now
        self._latency.observe(now - asked.started_s, now)
        self.slots.answered(now - asked.started_s)
        self._turn(self._breaker.succeeded(asked.epoch))

    def failed(self, asked: Try, error: ProviderError) -> None:
        """It did not answer, or not what was asked for."""
        now = self._clock()
        self._last_error = error
        self._failures[type(error).__name__] += 1
        match error:
            case Refused(is_lasting=True):
                self._turn(self._breaker.disabled())
            case RateLimited():
                self._slow_down(asked, error, now)
            case Unavailable():
                if error.is_busy:
                    self._narrow(asked, now)
                self._turn(self._breaker.failed(asked.epoch, now, is_reached=error.is_reached))
            case TimedOut():
                self._narrow(asked, now)
                self._latency.observe(now - asked.started_s, now)
                self._turn(self._breaker.failed(asked.epoch, now))
            case _:  # it answered: what it said of this one request, or how, is no sign of an outage
                self._turn(self._breaker.succeeded(asked.epoch))

    def lost(self, asked: Try) -> None:
        """Another one was quicker; that it took so long already is worth knowing."""
        now = self._clock()
        self._latency.observe(now - asked.started_s, now)
        self.abandoned(asked)

    def abandoned(self, asked: Try) -> None:
        """Nobody waits for it any more; after any other end this changes nothing."""
        self._turn(self._breaker.abandoned(asked.epoch))

    def _narrow(self, asked: Try, now: float) -> None:
        """Give it half as much; of those that were sent together, the first one to be refused counts."""
        if asked.started_s >= self._limited_at:
            self.slots.halve()
            self._limited_at = now

    def _slow_down(self, asked: Try, error: RateLimited, now: float) -> None:
        self._narrow(asked, now)
        if error.retry_after_s is None:
            self._turn(self._breaker.failed(asked.epoch, now))
        else:
            self._heard_at = now
            self._rest_until = max(self._rest_until, now + min(error.retry_after_s, LONGEST_REST_S))
            self._turn(self._breaker.succeeded(asked.epoch))

    def _turn(self, after: Breaker) -> None:
        before, self._breaker = self._breaker, after
        if after.state is before.state:
            return
        if after.state is State.DISABLED:
            logger.warning("provider disabled until the settings change name=%s reason=%s", self.name, self._last_error)
        elif after.state is State.OPEN and before.state is State.CLOSED:
            logger.warning("provider left alone for now name=%s reason=%s", self.name, self._last_error)
        elif after.state is State.CLOSED:
            logger.info("provider is back name=%s", self.name)

    def statistics(self) -> MemberStatistics:
        """What it is like now."""
        return MemberStatistics(
            name=self.name,
            state=self._breaker.state,
            in_flight=self.slots.in_flight,
            waiting=self.slots.waiting,
            limit=self.slots.limit,
            tries=self._tries,
            answers=self._answers,
            failures=tuple(sorted(self._failures.items())),
            latency_s=self._latency.average_s(self._clock()),
            p95_s=self._latency.p95_s,
            rest_s=self.rest_s,
        )
