"""Which member gets a request: pure functions over what the members are like at the moment.

`order` and `cost` prefer one member and wait for it when it is full: the next one may cost money, or write otherwise,
and the user put it second. `least`, `latency` and `weight` spread the load: they pass over the full ones while another
one is free, and give the next request to one that failed and may be back, since only a request shows that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Final

from glossator.providers.base import Price

# A prompt that shows a function and its surroundings has about three tokens for each one of the answer.
READ_FOR_ONE_WRITTEN: Final = 3
# What a member that was never heard of costs while it has its first requests; more than any answer may take.
UNHEARD_S: Final = 1e6


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a policy knows of a member that may be asked.

    `outstanding` are the requests that it has or that wait for it; a free one would have one more at once; one that is
    due has failed, and its next request shows whether it is back; `latency_s` is None before its first answer, `price`
    where nobody knows it.
    """

    outstanding: int
    is_free: bool
    is_due: bool
    latency_s: float | None
    weight: float
    price: Price | None


Policy = Callable[[Sequence[Candidate], Random], int]
"""The place of the candidate to ask; there is at least one."""


def by_order(_candidates: Sequence[Candidate], _random: Random) -> int:
    """The first one."""
    return 0


def by_cost(candidates: Sequence[Candidate], _random: Random) -> int:
    """The cheapest one; of equals the first. A price that nobody knows may be any, so it comes last."""
    return min(range(len(candidates)), key=lambda at: _cost(candidates[at]))


def by_outstanding(candidates: Sequence[Candidate], random: Random) -> int:
    """The one with the fewest requests; of equals any."""
    able = _likely(candidates)
    fewest = min(candidates[at].outstanding for at in able)
    return random.choice([at for at in able if candidates[at].outstanding == fewest])


def by_latency(candidates: Sequence[Candidate], random: Random) -> int:
    """Of two that are drawn, the one that would answer sooner: its peak-sensitive average times its requests.

    Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001; Finagle's PeakEwma balancer.
    """
    able = _likely(candidates)
    drawn = random.sample(able, 2) if len(able) > 2 else able
    return min(drawn, key=lambda at: _load_s(candidates[at]))


def by_weight(candidates: Sequence[Candidate], random: Random) -> int:
    """Any, as often as their weights say; one without weight only where there is no other."""
    able = _likely(candidates)
    weights = [candidates[at].weight for at in able]
    return random.choices(able, weights)[0] if any(weights) else able[0]


POLICIES: Final[Mapping[str, Policy]] = MappingProxyType(
    {"order": by_order, "latency": by_latency, "least": by_outstanding, "weight": by_weight, "cost": by_cost}
)
# These prefer one and wait for it.
PREFERENCES: Final[Mapping[str, Policy]] = MappingProxyType({name: POLICIES[name] for name in ("order", "cost")})


def _likely(candidates: Sequence[Candidate]) -> list[int]:
    """The places of those that are due, else of those that are free, else of all."""
    everyone = range(len(candidates))
    due = [at for at in everyone if candidates[at].is_due]
    return due or [at for at in everyone if candidates[at].is_free] or list(everyone)


def _cost(candidate: Candidate) -> float:
    return math.inf if candidate.price is None else candidate.price.of(READ_FOR_ONE_WRITTEN, 1)


def _load_s(candidate: Candidate) -> float:
    if candidate.latency_s is None:
        return UNHEARD_S * candidate.outstanding  # nothing for the first request: it finds out
    return candidate.latency_s * (candidate.outstanding + 1)
