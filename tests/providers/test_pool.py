"""Several endpoints behind one name, in virtual time: who is asked, when again, and what the caller gets."""

import asyncio
import logging

import pytest
from scripted import COST, PROMPT, Scripted, pool_of
from virtual_time import in_virtual_time, now

from glossator.errors import InvalidReply, RateLimited, Refused, TimedOut, Unavailable
from glossator.providers.base import Usage, silent
from glossator.providers.pool import Member, State

DOWN = Unavailable("HTTP 503: the server failed")
NOBODY = Unavailable("nothing answers at its address", is_reached=False)


def member_of(pool, name):
    return next(member for member in pool.statistics().members if member.name == name)


@in_virtual_time
async def test_the_first_member_answers_under_its_own_name():
    first, second = Scripted("a"), Scripted("b")
    pool = pool_of(first, second)
    reply = await pool.complete(PROMPT, silent)
    assert (reply.text, reply.provider, reply.usage, pool.name) == ("a's answer", "a", COST, "pool")
    assert second.started == []


@in_virtual_time
async def test_p4_a_server_that_fails_is_asked_twice_more_and_then_the_next_one():
    broken, good = Scripted("broken", (DOWN,)), Scripted("good")
    reply = await pool_of(broken, good).complete(PROMPT, silent)
    assert reply.provider == "good"
    assert len(broken.started) == 3
    first, second = broken.started[1] - broken.started[0], broken.started[2] - broken.started[1]
    assert 0 < first <= 0.5
    assert 0 < second <= 1.0
    assert reply.usage.calls == 4


@in_virtual_time
async def test_p4_retries_are_two_for_a_request_however_many_members_fail():
    members = [Scripted(name, (DOWN,)) for name in "abcd"]
    pool = pool_of(*members)
    await asyncio.sleep(100)  # the budget would allow ten
    with pytest.raises(Unavailable):
        await pool.complete(PROMPT, silent)
    assert [len(member.started) for member in members] == [3, 1, 1, 1]
    assert pool.statistics().retries == 2


@in_virtual_time
async def test_p4_an_outage_is_not_answered_with_a_storm():
    flaky = Scripted("flaky", *[step for _ in range(500) for step in ((DOWN,), (0.01,))])
    pool = pool_of(Member(flaky, concurrency=100), probe_s=0.0)
    for _ in range(200):
        await asyncio.gather(pool.complete(PROMPT, silent), return_exceptions=True)
    most = 0.2 * 200 + 0.1 * now() + 2
    assert 40 <= pool.statistics().retries <= most
    assert len(flaky.started) <= 200 + most


@in_virtual_time
async def test_p4_the_pauses_of_many_requests_are_spread():
    broken = Scripted("broken", *[(DOWN,)] * 2, (0.1,))
    pool = pool_of(Member(broken, concurrency=10))
    await asyncio.gather(*(pool.complete(PROMPT, silent) for _ in range(2)))
    assert len(set(broken.started)) == 3


@in_virtual_time
async def test_p1_a_server_that_is_not_there_is_asked_once_and_then_left_alone():
    gone = Scripted("gone", (NOBODY,))
    pool = pool_of(gone)
    with pytest.raises(Unavailable, match="gone: nothing answers"):
        await pool.complete(PROMPT, silent)
    with pytest.raises(Unavailable, match="no provider can be asked now: gone: nothing answers"):
        await pool.complete(PROMPT, silent)
    assert now() == 0
    assert len(gone.started) == 1
    assert member_of(pool, "gone").state is State.OPEN


@in_virtual_time
async def test_p5_a_short_pause_that_the_server_asks_for_is_kept():
    busy = Scripted("busy", (RateLimited("HTTP 429", 2.0),), (0.1,))
    reply = await pool_of(busy, Scripted("other")).complete(PROMPT, silent)
    assert reply.provider == "busy"
    assert 2.0 <= busy.started[1] <= 2.5


@in_virtual_time
async def test_p5_after_a_pause_that_is_too_long_the_next_member_is_asked_at_once():
    busy, other = Scripted("busy", (RateLimited("HTTP 429", 86_400.0),), (0.1,)), Scripted("other")
    pool = pool_of(busy, other)
    assert (await pool.complete(PROMPT, silent)).provider == "other"
    assert other.started == [0]
    assert (await pool.complete(PROMPT, silent)).provider == "other"
    assert len(busy.started) == 1
    await asyncio.sleep(3_600)  # however long it says, it is asked again after an hour
    assert (await pool.complete(PROMPT, silent)).provider == "busy"


@in_virtual_time
async def test_p5_who_alone_asks_for_a_long_pause_is_not_asked_and_the_error_says_when():
    pool = pool_of(busy := Scripted("busy", (RateLimited("HTTP 429", 60.0),)))
    for left in (60.0, 50.0):
        with pytest.raises(RateLimited, match="busy: HTTP 429") as caught:
            await pool.complete(PROMPT, silent)
        assert caught.value.retry_after_s == pytest.approx(left)
        await asyncio.sleep(10)
    assert len(busy.started) == 1


@in_virtual_time
async def test_p5_without_a_time_the_pause_is_left_to_chance():
    busy = Scripted("busy", (RateLimited("HTTP 429"),), (0.1,))
    await pool_of(busy).complete(PROMPT, silent)
    assert 0 < busy.started[1] <= 0.5


@in_virtual_time
async def test_p5_no_pause_is_longer_than_the_time_that_is_left():
    busy = Scripted("busy", (RateLimited("HTTP 429", 3.0),), (0.1,))
    assert (await pool_of(busy, Scripted("other"), deadline_s=2.0).complete(PROMPT, silent)).provider == "other"
    assert now() == 0.1


@in_virtual_time
async def test_p5_who_asked_for_a_pause_is_passed_over_where_the_load_is_spread():
    busy, other = Scripted("busy", (RateLimited("HTTP 429", 2.0),), (0.1,)), Scripted("other")
    pool = pool_of(Member(busy, 1000.0), Member(other, 0.001), policy="weight")
    first = asyncio.create_task(pool.complete(PROMPT, silent))
    await asyncio.sleep(0.5)
    assert (await pool.complete(PROMPT, silent)).provider == "other"
    assert (await first).provider == "busy"


@in_virtual_time
async def test_p5_others_wait_as_well_while_a_member_asks_for_a_pause():
    busy = Scripted("busy", (RateLimited("HTTP 429", 2.0),), (0.1,))
    pool = pool_of(busy)
    first = asyncio.create_task(pool.complete(PROMPT, silent))
    await asyncio.sleep(0.5)
    await pool.complete(PROMPT, silent)
    await first
    assert busy.started[0] == 0
    assert min(busy.started[1:]) >= 2.0


@in_virtual_time
async def test_p5_concurrency_halves_once_for_a_burst_and_comes_back_slowly():
    busy = Scripted("busy", *[(0.1, RateLimited("HTTP 429", 1.0))] * 8, (0.1,))
    pool = pool_of(Member(busy, concurrency=8), Scripted("other"))
    burst = [asyncio.create_task(pool.complete(PROMPT, silent)) for _ in range(8)]
    await asyncio.sleep(0.2)
    assert member_of(pool, "busy").limit == 4
    await asyncio.gather(*burst)
    limits = []
    while not limits or limits[-1] < 8:
        await pool.complete(PROMPT, silent)
        limits.append(member_of(pool, "busy").limit)
    assert limits == sorted(limits)
    assert len(limits) >= 6


@pytest.mark.parametrize("error", ["HTTP 401: the key is wrong", "HTTP 402: the account has no money left"])
@in_virtual_time
async def test_p6_a_refused_key_disables_a_member_which_is_said_once(caplog, error):
    caplog.set_level(logging.WARNING, logger="glossator.providers.pool")  # the command line says it otherwise
    refused, good = Scripted("refused", (Refused(error, is_lasting=True),)), Scripted("good")
    pool = pool_of(refused, good)
    for _ in range(3):
        assert (await pool.complete(PROMPT, silent)).provider == "good"
        await asyncio.sleep(10_000)
    assert len(refused.started) == 1
    assert member_of(pool, "refused").state is State.DISABLED
    assert [record.getMessage() for record in caplog.records] == [
        f"provider disabled until the settings change name=refused reason={error}"
    ]


@in_virtual_time
async def test_p6_when_all_are_disabled_the_error_says_so_and_lasts():
    pool = pool_of(*(Scripted(name, (Refused(f"no key {name}", is_lasting=True),)) for name in "ab"))
    with pytest.raises(Refused, match="two providers failed: a: no key a, b: no key b") as caught:
        await pool.complete(PROMPT, silent)
    assert caught.value.is_lasting
    with pytest.raises(Refused, match="no provider can be asked now: a: no key a, b: no key b") as caught:
        await pool.complete(PROMPT, silent)
    assert caught.value.is_lasting


@in_virtual_time
async def test_a_request_that_is_refused_is_tried_elsewhere_and_its_member_stays():
    picky = Scripted("picky", *[(Refused("HTTP 400"),)] * 10, (0.1,))
    pool = pool_of(picky, Scripted("good"))
    for _ in range(10):
        assert (await pool.complete(PROMPT, silent)).provider == "good"
    assert (await pool.complete(PROMPT, silent)).provider == "picky"
    assert len(picky.started) == 11


@in_virtual_time
async def test_an_invalid_reply_is_the_callers_to_ask_about():
    odd = Scripted("odd", *[(InvalidReply("cut off"),)] * 30, (0.1,))
    pool = pool_of(odd, other := Scripted("other"))
    for _ in range(30):
        with pytest.raises(InvalidReply, match=r"^cut off$"):
            await pool.complete(PROMPT, silent)
    assert (len(odd.started), other.started) == (30, [])
    assert member_of(pool, "odd").failures == (("InvalidReply", 30),)
    assert member_of(pool, "odd").state is State.CLOSED


@in_virtual_time
async def test_a_silent_member_is_not_asked_twice():
    silent_one = Scripted("silent", (20.0, TimedOut("nothing came for 20 s")))
    pool = pool_of(silent_one, Scripted("good", (0.0,)))
    assert (await pool.complete(PROMPT, silent)).provider == "good"
    assert len(silent_one.started) == 1
    assert member_of(pool, "silent").latency_s == 20.0


@in_virtual_time
async def test_p13_a_member_that_recovers_is_back_within_one_interval_by_a_single_probe():
    ill = Scripted("ill", *[(DOWN,)] * 5, (1.0,))
    pool = pool_of(Member(ill, concurrency=50), Member(Scripted("good"), concurrency=50), probe_s=10.0)
    await asyncio.gather(*(pool.complete(PROMPT, silent) for _ in range(5)))
    assert member_of(pool, "ill").state is State.OPEN
    opened = ill.started[-1]
    await asyncio.sleep(opened + 9.9 - now())
    assert (await pool.complete(PROMPT, silent)).provider == "good"
    await asyncio.sleep(opened + 10.0 - now())
    replies = await asyncio.gather(*(pool.complete(PROMPT, silent) for _ in range(20)))
    assert [reply.provider for reply in replies].count("ill") == 1
    assert member_of(pool, "ill").state is State.CLOSED
    assert (await pool.complete(PROMPT, silent)).provider == "ill"


@in_virtual_time
async def test_p13_a_probe_that_fails_is_not_repeated_and_costs_no_pause():
    ill = Scripted("ill", (NOBODY,), (DOWN,))
    pool = pool_of(ill, Scripted("good"))
    await pool.complete(PROMPT, silent)
    await asyncio.sleep(10)
    began = now()
    assert (await pool.complete(PROMPT, silent)).provider == "good"
    assert now() - began == pytest.approx(0.1)
    assert len(ill.started) == 2


@pytest.mark.parametrize("policy", ["latency", "least", "weight"])
@in_virtual_time
async def test_p13_a_probe_is_made_whatever_the_policy(policy):
    ill, good = Scripted("ill", (NOBODY,), (0.1,)), Scripted("good")
    pool = pool_of(Member(ill, weight=0.001), Member(good, weight=1000), policy=policy)
    while member_of(pool, "ill").state is State.CLOSED:
        await asyncio.gather(*(pool.complete(PROMPT, silent) for _ in range(5)))
    await asyncio.sleep(10)
    await pool.complete(PROMPT, silent)
    assert member_of(pool, "ill").state is State.CLOSED


@in_virtual_time
async def test_p13_a_probe_that_is_cancelled_leaves_the_member_to_the_next_one():
    ill = Scripted("ill", (NOBODY,), (60.0,), (0.1,))
    pool = pool_of(ill)
    with pytest.raises(Unavailable):
        await pool.complete(PROMPT, silent)
    await asyncio.sleep(10)
    probe = asyncio.create_task(pool.complete(PROMPT, silent))
    await asyncio.sleep(1)
    with pytest.raises(Unavailable):
        await pool.complete(PROMPT, silent)
    probe.cancel()
    await asyncio.wait([probe])
    assert (await pool.complete(PROMPT, silent)).provider == "ill"


@in_virtual_time
async def test_failing_over_in_mid_stream_starts_over_and_mixes_nothing():
    late = {}

    class Broken(Scripted):
        async def _play(self, step, heard):
            late["heard"] = heard
            return await super()._play(step, heard)

    broken = Broken("broken", ("He", 0.1, "Hello fr", TimedOut("silence")))
    good = Scripted("good", (0.1, "go", 0.1, "good's ans"))
    heard = []

    def listen(text):
        heard.append(text)
        if text == "go":
            late["heard"]("Hello from the dead")

    request = asyncio.create_task(pool_of(broken, good).complete(PROMPT, listen))
    await asyncio.sleep(0.15)  # the one has failed, the other has said nothing yet
    late["heard"]("Hello late")
    reply = await request
    late["heard"]("Hello again")
    assert heard == ["He", "Hello fr", "go", "good's ans"]
    assert reply.text == "good's answer"
    assert reply.usage.tokens_out > COST.tokens_out  # what broke off was paid for


@in_virtual_time
async def test_the_error_names_everybody_and_has_the_last_ones_class():
    pool = pool_of(Scripted("a", (NOBODY,)), Scripted("b", (DOWN,)), Scripted("c", (RateLimited("HTTP 429", 99.0),)))
    with pytest.raises(RateLimited) as caught:
        await pool.complete(PROMPT, silent)
    assert str(caught.value) == (
        "three providers failed: a: nothing answers at its address, b: HTTP 503: the server failed, c: HTTP 429"
    )
    assert caught.value.retry_after_s == 99.0


@in_virtual_time
async def test_the_error_lasts_only_if_all_do_and_the_shortest_rest_is_said():
    pool = pool_of(Scripted("a", (RateLimited("HTTP 429", 50.0),)), Scripted("b", (RateLimited("HTTP 429", 70.0),)))
    with pytest.raises(RateLimited):
        await pool.complete(PROMPT, silent)
    with pytest.raises(RateLimited) as limited:
        await pool.complete(PROMPT, silent)
    assert limited.value.retry_after_s == 50.0
    pool = pool_of(Scripted("a", (DOWN,)), Scripted("b", (Refused("no key", is_lasting=True),)))
    with pytest.raises(Refused) as refused:
        await pool.complete(PROMPT, silent)
    assert not refused.value.is_lasting


@in_virtual_time
async def test_all_tries_together_have_one_deadline():
    slow = [Scripted(name, (50.0, TimedOut(f"{name} is silent"))) for name in "abc"]
    with pytest.raises(TimedOut, match="a: a is silent, b: b is silent, c: no whole answer within 120 s"):
        await pool_of(*slow, deadline_s=120.0).complete(PROMPT, silent)
    assert now() == 120.0
    assert [member.called_off for member in slow] == [0, 0, 1]


@in_virtual_time
async def test_a_member_that_outlasts_the_deadline_has_failed():
    pool = pool_of(Scripted("endless", (1e9,)), deadline_s=10.0)
    for _ in range(5):
        with pytest.raises(TimedOut):
            await pool.complete(PROMPT, silent)
    assert member_of(pool, "endless").state is State.OPEN
    assert member_of(pool, "endless").failures == (("TimedOut", 5),)


@in_virtual_time
async def test_waiting_for_a_place_is_not_counted_against_the_deadline():
    pool = pool_of(Member(Scripted("slow", (10.0,)), concurrency=1), deadline_s=15.0)
    replies = await asyncio.gather(*(pool.complete(PROMPT, silent) for _ in range(10)))
    assert len(replies) == 10
    assert now() == 100.0


@in_virtual_time
async def test_the_statistics_say_what_happened():
    pool = pool_of(Member(Scripted("a", (DOWN,), (0.5,)), concurrency=1), Scripted("b"))
    waiting = [asyncio.create_task(pool.complete(PROMPT, silent)) for _ in range(3)]
    await asyncio.sleep(0.6)
    statistics = pool.statistics()
    first = statistics.members[0]
    assert (statistics.requests, statistics.in_flight, statistics.retries) == (3, 3, 1)
    assert (first.in_flight, first.waiting, first.limit, first.tries) == (1, 2, 1, 2)
    assert first.failures == (("Unavailable", 1),)
    await asyncio.gather(*waiting)
    first = pool.statistics().members[0]
    assert (first.answers, first.latency_s, first.p95_s) == (3, pytest.approx(0.5), None)
    assert statistics.retry_budget == pytest.approx(2 + 3 * 0.2 - 1, abs=0.1)


@in_virtual_time
async def test_what_failed_before_is_in_the_usage():
    reply = await pool_of(Scripted("a", (Refused("HTTP 400"),)), Scripted("b")).complete(PROMPT, silent)
    assert reply.usage == COST + Usage(calls=1)
