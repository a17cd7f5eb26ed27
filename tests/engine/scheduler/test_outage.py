"""What whoever documents a workspace gets of a provider that fails for a while, in virtual time, with a real pool."""

import asyncio
from itertools import pairwise

import pytest
from asked_together import Setting, answer_of, request, settled
from scripted import PROMPT, Scripted, pool_of
from virtual_time import in_virtual_time, now

from glossator.engine.filling import Filling
from glossator.engine.scheduler import Rules, Urgency
from glossator.engine.scheduler.scheduler import AGAIN
from glossator.errors import InvalidReply, ProviderError, RateLimited, TimedOut, Unavailable
from glossator.providers.base import silent, usage_in
from glossator.providers.pool import Rules as PoolRules

DOWN = (Unavailable("HTTP 500"),)
GOOD = (0.1,)
OUTAGE_S, PROBE_S = PoolRules().outage_s, PoolRules().probe_s


class Pooled:
    """A scheduler before a pool, and what it gives."""

    def __init__(self, *steps):
        self.provider = Scripted("a", *steps)
        self.pool = pool_of(self.provider)
        self.setting = Setting(rules=Rules(pause_s=lambda: self.pool.pause_s))
        self.setting.scheduler._ask = self._ask
        self.setting.scheduler._room = lambda: self.pool.width

    async def _ask(self, jobs, _turns):
        return [await self._asked(one) for one, _ in jobs]

    async def _asked(self, one):
        try:
            reply = await self.pool.complete(PROMPT, silent)
        except ProviderError as error:
            filling = Filling.begun(one)
            filling.usage += usage_in(error)
            return filling.failed(error)
        return answer_of(one, usage=reply.usage)

    def want(self, number, urgency=Urgency.WORKSPACE):
        return self.setting.want(request(number), urgency)

    async def answers(self, count):
        return await asyncio.gather(*map(self.want, range(count)))


async def broken(one):
    """Wait until the provider is left alone."""
    while not one.pool.pause_s:  # noqa: ASYNC110 - virtual time passes as nothing else happens
        await asyncio.sleep(0.1)


def failed(answers):
    return [answer.error for answer in answers if answer.error]


@in_virtual_time
async def test_p13_a_workspace_waits_out_a_short_outage():
    one = Pooled(*[GOOD] * 5, *[DOWN] * 8, GOOD)
    answers = await one.answers(30)
    assert failed(answers) == []
    assert sum(answer.usage.calls for answer in answers) == len(one.provider.started) == 30 + 8
    pauses = [after - before for before, after in pairwise(one.provider.started)]
    assert max(pauses) >= PROBE_S  # it was left alone as ever


@in_virtual_time
async def test_who_sits_at_the_screen_hears_at_once_of_an_outage_that_a_workspace_waits_out():
    one = Pooled(GOOD, DOWN)
    waiting = asyncio.gather(*map(one.want, range(8)))
    await broken(one)
    before = now()
    answer = await one.want(9, Urgency.CURSOR)
    assert "left alone" in answer.error or "can be asked now" in answer.error
    assert now() == before
    assert not waiting.done()
    one.provider.steps = [GOOD]
    assert failed(await waiting) == []


@in_virtual_time
async def test_p1_nobody_waits_for_a_provider_that_never_answered():
    one = Pooled((Unavailable("nothing answers", is_reached=False),))
    answers = await one.answers(100)
    assert len(failed(answers)) == 100
    assert now() == 0
    assert len(one.provider.started) == 1


@in_virtual_time
async def test_an_outage_that_does_not_end_is_given_up_for_all():
    one = Pooled(*[GOOD] * 5, DOWN)
    answers = await one.answers(100)
    assert len(failed(answers)) == 95
    assert OUTAGE_S <= now() <= OUTAGE_S + 2 * PROBE_S
    assert len(one.provider.started) <= 5 + 20 + OUTAGE_S / PROBE_S * 3


@in_virtual_time
async def test_p5_a_workspace_waits_for_a_pause_that_nobody_at_the_screen_would():
    one = Pooled((RateLimited("HTTP 429", 30.0),), GOOD)
    assert failed(await one.answers(10)) == []
    assert 30.0 <= now() < 40.0


@in_virtual_time
async def test_p5_a_pause_of_a_day_is_waited_for_by_nobody():
    one = Pooled(*[GOOD] * 3, (RateLimited("HTTP 429", 86_400.0),), GOOD)
    answers = await one.answers(30)
    assert len(failed(answers)) >= 20
    assert now() < 5.0


@pytest.mark.parametrize("error", [Unavailable("HTTP 500"), TimedOut("no whole answer"), RateLimited("HTTP 429")])
def test_what_fails_time_and_again_though_others_are_answered_is_given_up(error):
    """One of many requests breaks whoever answers it."""

    @in_virtual_time
    async def run():
        one = Pooled(GOOD)
        asked = []

        async def ask(jobs, _turns):
            ((wanted, _),) = jobs
            if wanted.question.form.identity != "m.py-3":
                return [await one._asked(wanted)]
            asked.append(now())
            filling = Filling.begun(wanted)
            filling.usage += answer_of(wanted).usage
            return [filling.failed(error)]

        one.setting.scheduler._ask = ask
        answers = await one.answers(12)
        assert failed(answers) == [str(error)]
        assert len(asked) == 1 + AGAIN
        assert answers[3].usage.calls == 1 + AGAIN

    run()


@in_virtual_time
async def test_p7_what_is_no_answer_is_not_asked_for_by_the_line_again():
    one = Pooled(GOOD, (InvalidReply("no object"),), GOOD)
    answers = await one.answers(3)
    assert failed(answers) == ["no object"]
    assert len(one.provider.started) == 3


@in_virtual_time
async def test_who_is_cancelled_while_it_waits_once_more_leaves_the_line():
    one = Pooled(GOOD, DOWN)
    tasks = list(map(one.want, range(8)))
    await broken(one)
    await settled()
    assert one.setting.scheduler.statistics().waiting[Urgency.WORKSPACE]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert not any(one.setting.scheduler.statistics().waiting)
    assert one.setting.scheduler.statistics().in_flight == 0


@in_virtual_time
async def test_a_pool_that_is_closed_lets_nobody_wait():
    one = Pooled(GOOD, DOWN)
    waiting = asyncio.gather(*map(one.want, range(8)))
    await broken(one)
    before = now()
    await one.pool.aclose()
    assert failed(await waiting)
    assert now() - before <= PROBE_S
