"""What a pool tells about itself, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from glossator.providers.pool.breaker import State


@dataclass(frozen=True, slots=True)
class MemberStatistics:
    """One member now.

    `limit` is how many requests it gets at once at the moment, `latency_s` the peak-sensitive average of its answers
    and `p95_s` their 95th percentile (None: too few yet), `failures` how many tries failed, by the name of the error,
    and `rest_s` for how long it asked to be left alone.
    """

    name: str
    state: State
    in_flight: int
    waiting: int
    limit: int
    tries: int
    answers: int
    failures: tuple[tuple[str, int], ...]
    latency_s: float | None
    p95_s: float | None
    rest_s: float


@dataclass(frozen=True, slots=True)
class PoolStatistics:
    """A pool now: its members in their order, and its requests since it was made.

    `retries` counts what was asked of the same member again, `failovers` what went to another one, `hedges` what was
    asked of two; `retry_budget` is how many retries and hedges there could be at once.
    """

    members: tuple[MemberStatistics, ...]
    requests: int
    in_flight: int
    retries: int
    failovers: int
    hedges: int
    retry_budget: float
