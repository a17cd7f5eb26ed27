"""How a pool shares requests out, what it asks of two members, and that nothing is left when nobody waits any more."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import COST, PROMPT, Scripted, pool_of
from virtual_time import in_virtual_time, now

from glossator.config import PoolSettings
from glossator.config.keys import KEYS
from glossator.errors import InvalidReply, Refused, TimedOut, Unavailable
from glossator.providers.base import Price, silent
from glossator.providers.pool import Member, Rules, State
from glossator.providers.pool.latency import Latency
from glossator.providers.pool.policies import POLICIES, Candidate
from glossator.providers.pool.slots import Slots


async def shares(pool, members, count=100):
    """How many of so many requests at once each member gets."""
    await asyncio.gather(*(pool.complete(PROMPT, silent) for _ in range(count)))
    return [len(member.started) for member in members]


@in_virtual_time
async def test_order_gives_all_to_the_first_who_has_no_more_at_once_than_it_may():
    members = [Scripted("a", (1.0,)), Scripted("b")]
    pool = pool_of(*(Member(member, concurrency=4) for member in members))
    assert await shares(pool, members) == [100, 0]
    assert members[0].most_in_flight == 4
    assert now() == 25.0


@in_virtual_time
async def test_cost_gives_all_to_the_cheapest():
    members = [Scripted("unknown"), Scripted("dear"), Scripted("cheap"), Scripted("middling")]
    prices = (None, Price(3.0, 15.0), Price(0.1, 0.4), Price(1.0, 1.0))
    pool = pool_of(*(Member(member, price=price) for member, price in zip(members, prices, strict=True)), policy="cost")
    assert await shares(pool, members) == [0, 0, 100, 0]


@in_virtual_time
async def test_least_gives_all_the_same():
    members = [Scripted(name) for name in "abcd"]
    pool = pool_of(*(Member(member, concurrency=100) for member in members), policy="least")
    assert await shares(pool, members) == [25, 25, 25, 25]


@in_virtual_time
async def test_least_gives_a_slow_one_fewer():
    members = [Scripted("fast", (0.1,)), Scripted("slow", (1.0,))]
    pool = pool_of(*(Member(member, concurrency=2) for member in members), policy="least")

    async def client():
        for _ in range(25):
            await pool.complete(PROMPT, silent)

    await asyncio.gather(*(client() for _ in range(4)))
    fast, slow = (len(member.started) for member in members)
    assert fast + slow == 100
    assert fast > 3 * slow


@in_virtual_time
async def test_weight_gives_as_the_weights_say():
    members = [Scripted(name) for name in ("three", "one", "none")]
    weights = (3.0, 1.0, 0.0)
    listed = [Member(member, weight, concurrency=200) for member, weight in zip(members, weights, strict=True)]
    three, one, none = await shares(pool_of(*listed, policy="weight"), members, 200)
    assert 130 <= three <= 170
    assert three + one == 200
    assert none == 0


@in_virtual_time
async def test_latency_gives_most_to_the_quickest():
    members = [Scripted("slow", (1.0,)), Scripted("quick", (0.05,)), Scripted("middling", (0.3,))]
    pool = pool_of(*(Member(member, concurrency=100) for member in members), policy="latency")
    for _ in range(20):
        await asyncio.gather(*(pool.complete(PROMPT, silent) for _ in range(5)))
    slow, quick, middling = (len(member.started) for member in members)
    assert quick > middling > slow
    assert slow < 10


@in_virtual_time
async def test_a_full_one_is_passed_over_while_another_is_free():
    members = [Scripted("small", (1.0,)), Scripted("large", (1.0,))]
    for policy in ("least", "weight", "latency"):
        pool = pool_of(Member(members[0], 1000.0, concurrency=1), Member(members[1], concurrency=9), policy=policy)
        started = now()
        await shares(pool, members, 10)
        assert now() - started == 1.0


def test_every_policy_that_can_be_set_is_there():
    for policy in POLICIES:
        assert KEYS["pool.policy"].check(policy) == policy
    with pytest.raises(ValueError, match=f"expected one of {', '.join(POLICIES)}$"):
        KEYS["pool.policy"].check("random")
    assert PoolSettings() == PoolSettings(Rules().policy, Rules().hedge)


CANDIDATES = st.builds(
    Candidate,
    outstanding=st.integers(0, 50),
    is_free=st.booleans(),
    is_due=st.booleans(),
    latency_s=st.none() | st.floats(0, 100),
    weight=st.floats(0, 1e6),
    price=st.none() | st.builds(Price, st.floats(0, 100), st.floats(0, 100)),
)


@given(st.sampled_from(sorted(POLICIES)), st.lists(CANDIDATES, min_size=1, max_size=6), st.integers(0, 1000))
def test_every_policy_chooses_one_of_the_candidates_and_spreading_ones_a_likely_one(policy, candidates, seed):
    at = POLICIES[policy](candidates, random.Random(seed))
    assert at in range(len(candidates))
    if policy not in ("order", "cost"):
        assert candidates[at].is_due or not any(other.is_due for other in candidates)
        assert candidates[at].is_free or candidates[at].is_due or not any(other.is_free for other in candidates)


def test_latency_counts_the_requests_that_a_member_has():
    busy = Candidate(9, is_free=True, is_due=False, latency_s=1.0, weight=1.0, price=Price())
    idle = Candidate(0, is_free=True, is_due=False, latency_s=5.0, weight=1.0, price=Price())
    assert POLICIES["latency"]([busy, idle], random.Random(0)) == 1


def test_a_peak_counts_at_once_and_wears_off():
    latency = Latency()
    latency.observe(1.0, 0.0)
    latency.observe(5.0, 1.0)
    assert latency.average_s(1.0) == 5.0
    latency.observe(1.0, 2.0)
    assert 4.0 < latency.average_s(2.0) < 5.0
    assert latency.average_s(60.0) < 0.1


def test_the_percentile_needs_twenty_answers():
    latency = Latency()
    for seconds in range(19):
        latency.observe(float(seconds), 0.0)
    assert latency.p95_s is None
    latency.observe(19.0, 0.0)
    assert latency.p95_s == 18.0


@in_virtual_time
async def test_places_are_given_in_the_order_of_asking():
    slots, order = Slots(1), []

    async def user(name):
        async with slots.taken():
            order.append(name)
            await asyncio.sleep(1)

    tasks = [asyncio.create_task(user(name)) for name in range(6)]
    await asyncio.sleep(0.5)
    tasks[2].cancel()
    await asyncio.wait(tasks)
    assert order == [0, 1, 3, 4, 5]
    assert (slots.in_flight, slots.waiting) == (0, 0)


@in_virtual_time
async def test_a_place_that_is_given_to_one_who_is_cancelled_at_once_goes_to_the_next():
    slots, order = Slots(1), []

    async def user(name):
        async with slots.taken():
            order.append(name)

    async with slots.taken():
        tasks = [asyncio.create_task(user(name)) for name in "abc"]
        await asyncio.sleep(0)
    tasks[0].cancel()  # its turn has come, but it did not run yet
    tasks[1].cancel()
    await asyncio.wait(tasks)
    assert order == ["c"]
    assert (slots.in_flight, slots.waiting) == (0, 0)


async def practised(quick, *others, **rules):
    """A pool that has seen twenty answers of its first member."""
    pool = pool_of(Member(quick, concurrency=20), *others, hedge=True, **rules)
    for _ in range(20):
        await pool.complete(PROMPT, silent)
    return pool


@in_virtual_time
async def test_hedging_asks_a_second_one_after_the_percentile_and_the_first_answer_wins():
    stuck, other = Scripted("stuck", *[(0.1,)] * 20, (0.0, "He", 60.0)), Scripted("other", (0.2, "other's", 0.1))
    pool = await practised(stuck, other)
    heard, began = [], now()
    reply = await pool.complete(PROMPT, heard.append)
    assert now() - began == pytest.approx(0.1 + 0.3)
    assert reply.provider == "other"
    assert heard == ["He", "other's answer"]
    assert (stuck.called_off, stuck.in_flight) == (1, 0)
    assert pool.statistics().members[0].latency_s == pytest.approx(0.4)
    assert reply.usage.calls == 2
    assert reply.usage.tokens_in == COST.tokens_in + PROMPT.tokens
    assert pool.statistics().hedges == 1


@in_virtual_time
async def test_hedging_keeps_the_first_one_if_it_answers_first_and_mutes_the_other():
    slow, other = Scripted("slow", *[(0.1,)] * 20, (0.2, "slow's", 0.1)), Scripted("other", (0.15, "other's", 60.0))
    pool = await practised(slow, other)
    heard = []
    reply = await pool.complete(PROMPT, heard.append)
    assert reply.provider == "slow"
    assert heard == ["slow's"]
    assert other.called_off == 1


@in_virtual_time
async def test_hedging_counts_both_where_both_answer_at_once_and_one_is_heard():
    pool = await practised(Scripted("a", *[(0.25,)] * 20, (0.75,)), Scripted("b", (0.5,)))
    heard = []
    reply = await pool.complete(PROMPT, heard.append)
    assert heard == [reply.text]
    assert reply.usage == COST + COST


@in_virtual_time
async def test_hedging_does_not_ask_who_has_failed():
    first = Scripted("a", *[(0.1,)] * 20, (Refused("HTTP 400"),), (5.0,))
    pool = await practised(first, ill := Scripted("ill", (Unavailable("nobody", is_reached=False),), (0.1,)))
    with pytest.raises(Unavailable):
        await pool.complete(PROMPT, silent)
    await asyncio.sleep(10)
    assert (await pool.complete(PROMPT, silent)).provider == "a"
    assert len(ill.started) == 1


@in_virtual_time
async def test_hedging_is_off_unless_it_is_asked_for():
    slow, other = Scripted("slow", *[(0.1,)] * 20, (60.0,)), Scripted("other")
    pool = pool_of(slow, other)
    for _ in range(21):
        assert (await pool.complete(PROMPT, silent)).provider == "slow"
    assert other.started == []


@pytest.mark.parametrize("others", [(), (Scripted("full", (1e6,)),)])
@in_virtual_time
async def test_hedging_needs_another_member_that_is_free(others):
    slow = Scripted("slow", *[(0.1,)] * 20, (5.0,))
    pool = await practised(slow, *(Member(other, concurrency=1) for other in others))
    for member in pool._means.members[1:]:
        member.slots._in_flight = 1
    before = pool.statistics().retry_budget
    assert (await pool.complete(PROMPT, silent)).provider == "slow"
    assert pool.statistics().hedges == 0
    assert pool.statistics().retry_budget > before


@in_virtual_time
async def test_hedging_ends_well_when_either_fails():
    for first, second, winner in (
        ((0.3, TimedOut("silence")), (0.5,), "b"),
        ((0.5,), (0.1, TimedOut("silence")), "a"),
        ((0.3, InvalidReply("cut off")), (0.5,), "b"),
    ):
        pool = await practised(Scripted("a", *[(0.1,)] * 20, first), Scripted("b", second))
        assert (await pool.complete(PROMPT, silent)).provider == winner


@in_virtual_time
async def test_hedging_that_fails_twice_names_both():
    failing = (0.3, TimedOut("silence"))
    pool = await practised(Scripted("a", *[(0.1,)] * 20, failing), Scripted("b", failing))
    with pytest.raises(TimedOut, match="two providers failed: a: silence, b: silence"):
        await pool.complete(PROMPT, silent)


@in_virtual_time
async def test_hedging_is_bounded_by_the_budget_of_retries():
    pool = await practised(Scripted("slow", *[(0.1,)] * 20, (0.5,)), Member(Scripted("other", (10.0,)), concurrency=99))
    await asyncio.gather(*(pool.complete(PROMPT, silent) for _ in range(100)))
    assert 5 <= pool.statistics().hedges <= 0.2 * 120 + 2 + 0.1 * now()


@pytest.mark.parametrize("after_s", [0.05, 0.15, 0.4, 1.0, 3.0])
@pytest.mark.parametrize("hedge", [False, True])
@in_virtual_time
async def test_a_cancelled_request_calls_off_everything_below(after_s, hedge):
    steps = [(0.1,)] * 20
    first = Scripted("a", *steps, (0.3, Unavailable("HTTP 500")), (0.3, Unavailable("HTTP 500")), (60.0,))
    second = Scripted("b", (60.0,))
    pool = await practised(first, second) if hedge else pool_of(Member(first, concurrency=20), second)
    for _ in range(0 if hedge else 20):
        await pool.complete(PROMPT, silent)
    task = asyncio.create_task(pool.complete(PROMPT, silent))
    await asyncio.sleep(after_s)
    task.cancel()
    began = now()
    with pytest.raises(asyncio.CancelledError):
        await task
    statistics = pool.statistics()
    assert now() == began
    assert statistics.in_flight == first.in_flight == second.in_flight == 0
    assert [(m.in_flight, m.waiting, m.state) for m in statistics.members] == [(0, 0, State.CLOSED)] * 2


@in_virtual_time
async def test_of_many_waiting_requests_those_that_are_cancelled_go_and_the_others_are_answered():
    member = Scripted("a", (1.0,))
    pool = pool_of(Member(member, concurrency=2))
    tasks = [asyncio.create_task(pool.complete(PROMPT, silent)) for _ in range(100)]
    await asyncio.sleep(0.5)
    for task in tasks[10:]:
        task.cancel()
    await asyncio.sleep(0)
    assert pool.statistics().members[0].waiting == 8
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert len([reply for reply in done if not isinstance(reply, BaseException)]) == 10
    assert len(member.started) == 10
    assert pool.statistics().in_flight == 0


@in_virtual_time
async def test_closing_fails_what_is_in_flight_and_what_waits_and_closes_the_members():
    members = [Scripted("a", (60.0,)), Scripted("b", (60.0,))]
    pool = pool_of(*(Member(member, concurrency=1) for member in members), policy="least", hedge=True)
    tasks = [asyncio.create_task(pool.complete(PROMPT, silent)) for _ in range(6)]
    await asyncio.sleep(1)
    await pool.aclose()
    assert now() == 1.0
    assert all(member.is_closed and member.in_flight == 0 for member in members)
    assert [member.failures for member in pool.statistics().members] == [(), ()]
    errors = await asyncio.gather(*tasks, return_exceptions=True)
    assert {(type(error), str(error)) for error in errors} == {(Unavailable, "the connections were closed")}
    with pytest.raises(Unavailable, match="closed"):
        await pool.complete(PROMPT, silent)
    assert sum(len(member.started) for member in members) == 2
    await pool.aclose()


@in_virtual_time
async def test_closing_waits_for_no_pause():
    pool = pool_of(Scripted("a", (Unavailable("HTTP 503"),)))
    task = asyncio.create_task(pool.complete(PROMPT, silent))
    await asyncio.sleep(0)
    began = now()
    await pool.aclose()
    assert now() == began
    with pytest.raises(Unavailable, match="closed"):
        await task
