"""The way of one request through a pool: member after member, each with its retries, until one answers.

choose a member ─▶ wait for a place ─▶ ask ─▶ reply
    ▲                                   │
    └───────── it gave none ◀───────────┘   (after a pause it may be asked again: `retries`)
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from random import Random

from glossator.errors import InvalidReply, ProviderError, RateLimited, TimedOut, Unavailable
from glossator.providers.base import NO_USAGE, Heard, Prompt, Reply, Usage, count_tokens, usage_in
from glossator.providers.pool.failures import Failed, combined, nobody
from glossator.providers.pool.listening import Stage, Take
from glossator.providers.pool.member import MemberState, Try
from glossator.providers.pool.policies import POLICIES
from glossator.providers.pool.retries import MAX_RETRIES, RetryBudget, pause_s
from glossator.providers.pool.rules import Rules


@dataclass(frozen=True, slots=True)
class Means:
    """What the requests of a pool share; `counts` are of what they did."""

    members: tuple[MemberState, ...]
    rules: Rules
    random: Random
    budget: RetryBudget
    counts: Counter[str]


class Request:
    """One prompt, asked of a pool's members until one of them answers."""

    def __init__(self, means: Means, prompt: Prompt, heard: Heard) -> None:
        """Begin with nobody asked."""
        self._means = means
        self._prompt = prompt
        self._stage = Stage(heard)
        self._scope = asyncio.timeout(None)
        self._asked: list[MemberState] = []
        self._failed: list[Failed] = []
        self._invalid: InvalidReply | None = None
        self._retries = 0
        self._spent = Usage()
        self._is_stopped = False

    async def answer(self) -> Reply:
        """The first good answer, with what all tries cost. Raises ProviderError, which says that as well."""
        try:
            return await self._in_time()
        except ProviderError as error:
            error.usage = self._spent
            raise

    async def _in_time(self) -> Reply:
        try:
            async with self._scope:
                return await self._answer()
        except TimeoutError as error:
            if self._is_stopped:
                raise Unavailable("the connections were closed", is_reached=False) from error
            late = TimedOut(f"no whole answer within {self._means.rules.deadline_s:g} s")
            raise combined([*self._failed, (self._asked[-1].name, late)]) from error

    def stop(self) -> None:
        """Have it fail now."""
        self._is_stopped = True
        self._scope.reschedule(asyncio.get_running_loop().time())

    async def _answer(self) -> Reply:
        while (member := self._choice()) is not None:
            async with member.slots.taken():
                self._start_the_clock()
                self._means.counts["failovers"] += bool(self._asked)
                self._asked.append(member)
                reply = await self._at(member)
            if reply is not None:
                return replace(reply, usage=reply.usage + self._spent) if self._spent.calls else reply
            if self._invalid is not None:
                raise self._invalid
        raise combined(self._failed) if self._failed else nobody(self._means.members)

    def _choice(self) -> MemberState | None:
        able = self._able()
        if not able:
            return None
        if len(able) == 1:
            return able[0]
        policy = POLICIES[self._means.rules.policy]
        return able[policy([member.candidate() for member in able], self._means.random)]

    def _able(self) -> list[MemberState]:
        """Those that were not asked yet and may be."""
        patience_s = self._means.rules.patience_s
        return [one for one in self._means.members if one not in self._asked and one.is_able(patience_s)]

    def _start_the_clock(self) -> None:
        """Let the deadline run; not before there was room, as those who stand before it are not its fault."""
        if self._scope.when() is None:
            self._scope.reschedule(asyncio.get_running_loop().time() + self._means.rules.deadline_s)

    async def _at(self, member: MemberState) -> Reply | None:
        """A member's answer, or, where it takes longer than most do, a second one's; None where it failed."""
        if self._means.rules.hedge and (p95_s := member.p95_s) is not None:
            return await self._race(member, p95_s)
        return await self._ask(member)

    async def _race(self, member: MemberState, p95_s: float) -> Reply | None:
        reply = None
        async with asyncio.TaskGroup() as group:
            running = {group.create_task(self._ask(member))}
            done, _ = await asyncio.wait(running, timeout=p95_s)
            if not done and (rival := self._rival()) is not None:
                running.add(group.create_task(self._ask_as_rival(rival)))
            while running and reply is None:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                reply = next((found for task in done if (found := task.result()) is not None), None)
            for task in running:
                task.cancel()
        return reply

    def _rival(self) -> MemberState | None:
        """A member that works and has room, if the budget allows to ask twice."""
        able = [member for member in self._able() if member.candidate().is_free and not member.has_failed]
        return able[0] if able and self._means.budget.take() else None

    async def _ask_as_rival(self, rival: MemberState) -> Reply | None:
        async with rival.slots.taken():
            self._means.counts["hedges"] += 1
            self._asked.append(rival)
            return await self._ask(rival)

    async def _ask(self, member: MemberState) -> Reply | None:
        """A member's answer, with retries; None where it gave none, which is noted."""
        import stamina

        try:
            async for attempt in stamina.retry_context(
                on=lambda error: self._pause_s(member, error), attempts=MAX_RETRIES + 1, timeout=None
            ):
                with attempt:
                    return await self._try(member)
        except InvalidReply as error:
            self._invalid = error
        except ProviderError as error:
            self._failed.append((member.name, error))
        return None

    def _pause_s(self, member: MemberState, error: Exception) -> float | bool:
        """Seconds until the member is asked once more; False where it is not."""
        if not member.may_be_asked():
            return False
        rules, when = self._means.rules, self._scope.when()
        left_s = rules.patience_s if when is None else when - asyncio.get_running_loop().time()
        pause = pause_s(error, self._retries, self._means.random.random(), min(rules.patience_s, left_s))
        if pause is None or not self._means.budget.take():
            return False
        self._retries += 1
        self._means.counts["retries"] += 1
        return pause

    async def _try(self, member: MemberState) -> Reply | None:
        """A member's answer; None where another one was first. Raises ProviderError."""
        await self._ready(member)
        asked = member.begin()
        take = Take(self._stage)
        reply, spent = None, NO_USAGE
        try:
            reply = await member.provider.complete(self._prompt, take)
        except ProviderError as error:
            spent = usage_in(error)
            member.failed(asked, error)
            raise
        except asyncio.CancelledError:
            self._called_off(member, asked)
            raise
        else:
            member.succeeded(asked)
            if self._stage.finish(take, reply):
                return reply
            self._spent += reply.usage
            return None
        finally:
            take.end()
            member.abandoned(asked)
            if reply is None:
                self._spent += spent if spent.calls else self._guess(member, take)

    async def _ready(self, member: MemberState) -> None:
        """Wait until the member wants to be asked. Raises ProviderError where that takes too long, or it has failed."""
        while rest_s := member.rest_s:
            if rest_s > self._means.rules.patience_s:
                raise RateLimited("it asked to be left alone", rest_s)
            await asyncio.sleep(rest_s)
        if not member.may_be_asked():
            raise Unavailable(f"it is left alone since it failed: {member.last_error}", is_reached=False)

    def _called_off(self, member: MemberState, asked: Try) -> None:
        if self._stage.is_over:
            member.lost(asked)
        elif self._scope.expired() and not self._is_stopped:
            member.failed(asked, TimedOut("it took longer than the whole request may"))

    def _guess(self, member: MemberState, take: Take) -> Usage:
        """About what a try without an answer cost: what it said was written, and the prompt read before."""
        if not take.text:
            return Usage(calls=1, unpriced=int(member.price is None))
        tokens_in, tokens_out = self._prompt.tokens, count_tokens(take.text)
        cost = member.price.of(tokens_in, tokens_out) if member.price else 0.0
        return Usage(tokens_in, tokens_out, 0, cost, 1, int(member.price is None))
