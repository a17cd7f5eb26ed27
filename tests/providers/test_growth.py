"""How many requests an endpoint gets at once: more while its answers take no longer, fewer where they do."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import PROMPT, Scripted, pool_of
from virtual_time import in_virtual_time, now

from glossator.errors import InvalidReply, RateLimited, Refused, TimedOut, Unavailable
from glossator.providers.base import silent
from glossator.providers.pool import Member
from glossator.providers.pool.growth import FORGOTTEN, LONGEST_ROUND, SHORTEST_ROUND, TOLERANCE, Growth


def a_round(growth, seconds=1.0, *, is_full=True):
    """As many answers as make a round."""
    for _ in range(min(max(growth.limit, SHORTEST_ROUND), LONGEST_ROUND)):
        growth.answered(seconds, is_full=is_full)
    return growth.limit


def test_it_begins_with_what_is_configured_unless_the_bound_is_lower():
    assert Growth(4, 100).limit == 4
    assert Growth(16, 10).limit == 10
    assert Growth(1, 0).limit == 1


def test_every_round_doubles_it_up_to_the_bound():
    growth = Growth(4, 50)
    assert [a_round(growth) for _ in range(6)] == [8, 16, 32, 50, 50, 50]


def test_there_is_nothing_to_learn_while_not_all_places_are_taken():
    growth = Growth(4, 50)
    assert [a_round(growth, is_full=False) for _ in range(5)] == [4] * 5


def test_one_slow_answer_counts_for_nothing():
    growth = Growth(8, 50)
    for seconds in [1.0] * 7 + [60.0]:
        growth.answered(seconds, is_full=True)
    assert growth.limit == 16


def test_slower_rounds_take_away_in_proportion_and_from_then_on_it_grows_by_its_root():
    growth = Growth(4, 1000)
    while a_round(growth) < 64:
        pass
    assert a_round(growth, 2 * TOLERANCE) == 35  # half, and what of the best round was forgotten
    assert a_round(growth) == int(35.2 + 35.2**0.5)


def test_within_the_tolerance_answers_may_take_longer():
    growth = Growth(4, 1000)
    a_round(growth, 1.0)
    assert a_round(growth, 0.99 * TOLERANCE) == 16


def test_the_best_round_is_forgotten_slowly_as_servers_change():
    growth = Growth(4, 1000)
    a_round(growth, 1.0)
    limits = [a_round(growth, 3.0) for _ in range(60)]
    assert min(limits) < 8
    assert limits[-1] > limits[-10] >= min(limits)
    assert 0 < FORGOTTEN < 0.5


def test_after_a_refusal_it_has_half_and_comes_back_also_where_few_are_asked():
    growth = Growth(4, 1000)
    while a_round(growth) < 64:
        pass
    growth.halve()
    assert growth.limit == 32
    for _ in range(9):
        growth.halve()
    assert growth.limit == 1
    while a_round(growth, is_full=False) < 4:
        pass
    assert growth.limit < 8
    assert [a_round(growth, is_full=False) for _ in range(9)] == [growth.limit] * 9


ACTS = st.lists(st.none() | st.tuples(st.floats(0.001, 100), st.booleans()), max_size=400)


@given(st.integers(1, 60), st.integers(1, 60), ACTS)
def test_it_never_leaves_its_bounds_and_only_refusals_halve(first, most, acts):
    growth = Growth(first, most)
    for act in acts:
        before = growth.limit
        if act is None:
            growth.halve()
            assert growth.limit == max(1, before // 2)
        else:
            growth.answered(act[0], is_full=act[1])
            assert growth.limit >= before // 2
        assert 1 <= growth.limit <= most


# At an endpoint -------------------------------------------------------------------------------------------------------


async def ask(pool, count):
    return await asyncio.gather(*(pool.complete(PROMPT, silent) for _ in range(count)), return_exceptions=True)


def limit_of(pool):
    return pool.statistics().members[0].limit


@in_virtual_time
async def test_an_endpoint_gets_more_at_once_while_its_answers_take_no_longer_and_never_more_than_its_bound():
    provider = Scripted("a", (1.0,))
    pool = pool_of(Member(provider, concurrency=4, most=20))
    assert pool.width == 4
    await ask(pool, 100)
    assert provider.most_in_flight == pool.width == 20
    assert now() < 10


@in_virtual_time
async def test_without_a_bound_of_its_own_it_has_what_is_configured():
    provider = Scripted("a", (1.0,))
    await ask(pool_of(Member(provider, concurrency=3)), 30)
    assert provider.most_in_flight == 3


class Saturated(Scripted):
    """An endpoint that works on so many at once; the more it has, the longer each takes."""

    def __init__(self, at_once):
        super().__init__("a")
        self.at_once = at_once

    async def _play(self, step, heard):
        self.steps = [(max(1.0, self.in_flight / self.at_once),)]
        return await super()._play(self.steps[0], heard)


@in_virtual_time
async def test_it_settles_near_what_an_endpoint_works_on_at_once():
    provider = Saturated(10)
    pool, found = pool_of(Member(provider, concurrency=4, most=1000)), []
    for _ in range(40):
        await ask(pool, 50)
        found.append(limit_of(pool))
    assert 10 <= sorted(found)[20] <= 40


@pytest.mark.parametrize(
    ("error", "is_narrower"),
    [
        (RateLimited("HTTP 429", 1.0), True),
        (RateLimited("HTTP 503", 1.0), True),
        (Unavailable("HTTP 503", is_busy=True), True),
        (TimedOut("silence"), True),
        (Unavailable("HTTP 500"), False),
        (Refused("HTTP 400"), False),
        (InvalidReply("cut off"), False),
    ],
    ids=repr,
)
@in_virtual_time
async def test_p5_it_has_half_after_being_too_many_or_silence_and_after_nothing_else(error, is_narrower):
    pool = pool_of(Member(Scripted("a", (error,), (1.0,)), concurrency=8, most=8))
    await ask(pool, 1)
    assert limit_of(pool) == (4 if is_narrower else 8)


@in_virtual_time
async def test_p5_of_those_that_were_sent_together_the_first_to_be_refused_counts():
    error = RateLimited("HTTP 429", 1.0)
    pool = pool_of(Member(Scripted("a", *[(0.1, error)] * 8, (1.0,)), concurrency=8, most=8))
    await ask(pool, 8)
    assert limit_of(pool) >= 4


@in_virtual_time
async def test_p5_the_pause_is_kept_and_what_waits_goes_on_after_it():
    provider = Scripted("a", (0.0, RateLimited("HTTP 503", 3.0)), (1.0,))
    pool = pool_of(Member(provider, concurrency=4, most=4))
    first = asyncio.create_task(pool.complete(PROMPT, silent))
    await asyncio.sleep(0.5)
    await ask(pool, 3)
    await first
    assert all(started == 0 or started >= 3.0 for started in provider.started)


@in_virtual_time
async def test_the_width_is_that_of_who_would_be_asked():
    first, second = Scripted("a", (RateLimited("HTTP 429", 60.0),), (1.0,)), Scripted("b", (1.0,))
    for policy, width in (("order", 4), ("cost", 4), ("least", 9), ("latency", 9), ("weight", 9)):
        assert pool_of(Member(first, concurrency=4), Member(second, concurrency=5), policy=policy).width == width
    pool = pool_of(Member(first, concurrency=4), Member(second, concurrency=5))
    await ask(pool, 1)
    assert pool.width == 5  # the first one rests
    await asyncio.sleep(60)
    assert pool.width == 2


@in_virtual_time
async def test_where_nobody_can_be_asked_one_at_a_time_hears_why():
    pool = pool_of(Member(Scripted("a", (Refused("HTTP 401", is_lasting=True),)), concurrency=9))
    await ask(pool, 1)
    assert pool.width == 1
