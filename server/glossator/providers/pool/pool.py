"""Several endpoints behind one name."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence

from glossator.errors import Unavailable
from glossator.providers.base import Heard, Prompt, Reply
from glossator.providers.pool.member import Member, MemberState
from glossator.providers.pool.policies import PREFERENCES
from glossator.providers.pool.request import Means, Request
from glossator.providers.pool.retries import RetryBudget
from glossator.providers.pool.rules import Rules
from glossator.providers.pool.statistics import PoolStatistics


class Pool:
    """A provider made of others: each request goes to one of them, and to the next one where that fails.

    It owns its members' providers. What it learns of them lasts as long as it does: a new one, made from new settings,
    begins anew.
    """

    def __init__(
        self,
        name: str,
        members: Sequence[Member],
        rules: Rules = Rules(),  # noqa: B008 - frozen
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: random.Random | None = None,
    ) -> None:
        """Begin with all members working; `clock` gives seconds, `chance` what is left to it."""
        states = tuple(MemberState(member, rules.probe_s, clock) for member in members)
        draw = chance or random.Random()  # noqa: S311 - draws of luck, not of secrets
        self._name = name
        self._means = Means(states, rules, draw, RetryBudget(clock), Counter())
        self._requests: set[Request] = set()
        self._drained = asyncio.Event()
        self._is_closed = False

    @property
    def name(self) -> str:
        """The name of all together; a reply has the name of the one that gave it."""
        return self._name

    async def complete(self, prompt: Prompt, heard: Heard) -> Reply:
        """The answer of the first member that gives one; `usage` is that of all tries.

        Raises ProviderError: an InvalidReply as it came, since it is for the caller to say what was wrong with it; else
        the last member's error, with what was tried. Cost: about 45 us beyond the member's own time.
        """
        if self._is_closed:
            raise Unavailable("the connections were closed", is_reached=False)
        request = Request(self._means, prompt, heard)
        self._means.counts["requests"] += 1
        self._means.budget.pay_in()
        self._requests.add(request)
        try:
            return await request.answer()
        finally:
            self._requests.discard(request)
            if not self._requests:
                self._drained.set()

    @property
    def is_disabled(self) -> bool:
        """Whether none of its members is asked any more, as each has refused for good."""
        return all(member.is_disabled for member in self._means.members)

    @property
    def width(self) -> int:
        """How many requests it can have at once now without any of them waiting for a place; at least one.

        Where one member is preferred to others, those of the others do not count: who is preferred is waited for.
        """
        able = [one for one in self._means.members if one.is_able(self._means.rules.patience_s)]
        if all(one.has_failed for one in able):
            # The next one hears at once that nobody can be asked, or sees whether somebody is back.
            return len(self._requests) + 1
        if (choose := PREFERENCES.get(self._means.rules.policy)) is not None:
            return able[choose([one.candidate() for one in able], self._means.random)].slots.limit
        return sum(one.slots.limit for one in able)

    @property
    def pause_s(self) -> float | None:
        """Seconds that whoever has time should wait before he asks; 0 where somebody can be asked now.

        None where waiting is of no use: nobody has answered for long, or ever, or all refuse.
        """
        members, rules = self._means.members, self._means.rules
        able = [one for one in members if one.is_able(rules.patience_s)]
        if self._is_closed or not all(one.has_failed for one in able):
            return None if self._is_closed else 0.0
        if min(one.silent_s for one in members) > rules.outage_s:
            return None
        wait_s = 0.0 if able else min(one.wait_s for one in members)
        return wait_s if wait_s <= rules.outage_s else None

    def statistics(self) -> PoolStatistics:
        """What the pool and its members are like now."""
        counts = self._means.counts
        return PoolStatistics(
            members=tuple(member.statistics() for member in self._means.members),
            requests=counts["requests"],
            in_flight=len(self._requests),
            retries=counts["retries"],
            failovers=counts["failovers"],
            hedges=counts["hedges"],
            retry_budget=self._means.budget.left,
        )

    async def aclose(self) -> None:
        """Have all requests fail, and close the members' connections."""
        self._is_closed = True
        for request in self._requests:
            request.stop()
        if self._requests:
            self._drained.clear()
            await self._drained.wait()
        for member in self._means.members:
            await member.provider.aclose()
