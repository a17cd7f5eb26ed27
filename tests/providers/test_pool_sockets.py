"""The pool over real sockets: a server that goes away and comes back, one that fails beside one that works."""

import asyncio
import threading
from urllib.parse import urlsplit

import pytest
from asked import ANSWER, PROMPT, provider_at
from fake_provider import HANG, FakeProvider, event, head, ok, openai_chunk, openai_stream

from glossator.errors import Unavailable
from glossator.providers.base import silent
from glossator.providers.http import Bounds
from glossator.providers.pool import Member, Pool, Rules

GOOD = ok(openai_stream(ANSWER))
PROBE_S = 10.0


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture(autouse=True)
async def _nothing_left():
    """No task and no thread is left of a test."""
    threads = threading.active_count()
    yield
    for _ in range(5):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert threading.active_count() == threads


def pool_at(clock, *urls, **members):
    return Pool(
        "pool",
        [Member(provider_at(url, **members)) for url in urls],
        Rules(policy="order", probe_s=PROBE_S),
        clock=clock,
    )


async def test_p13_a_server_that_is_back_is_asked_again_after_one_interval_and_not_before():
    clock = Clock()
    async with FakeProvider(GOOD) as first:
        url = first.url
        pool = pool_at(clock, url)
        assert (await pool.complete(PROMPT, silent)).text == ANSWER
    with pytest.raises(Unavailable, match="nothing answers"):
        await pool.complete(PROMPT, silent)
    async with FakeProvider(GOOD, port=urlsplit(url).port) as again:
        clock.now += PROBE_S - 0.1
        with pytest.raises(Unavailable, match="no provider can be asked now"):
            await pool.complete(PROMPT, silent)
        assert again.accepted == 0
        clock.now += 0.1
        assert (await pool.complete(PROMPT, silent)).text == ANSWER
        assert len(again.requests) == 1
        await pool.aclose()
        await again.deserted()


async def test_p13_a_probe_that_fails_is_one_try_for_each_interval():
    clock = Clock()
    async with FakeProvider(GOOD) as server:
        pool = pool_at(clock, "http://127.0.0.1:9", server.url)
        for tries in (1, 1, 2, 2):
            if tries == 2 and pool.statistics().members[0].tries == 1:
                clock.now += PROBE_S
            assert (await pool.complete(PROMPT, silent)).text == ANSWER
            assert pool.statistics().members[0].tries == tries
        await pool.aclose()
        await server.deserted()


async def test_p2_p4_who_is_silent_or_fails_is_replaced_in_the_midst_of_an_answer():
    begun = (head(), event(openai_chunk({"content": '{"summary": "Of the si'})), HANG)
    heard = []
    async with FakeProvider(begun) as mute, FakeProvider(GOOD) as good:
        pool = pool_at(Clock(), mute.url, good.url, bounds=Bounds(idle_s=0.1))
        reply = await pool.complete(PROMPT, heard.append)
        assert reply.text == ANSWER
        assert heard[-1] == ANSWER
        await mute.gone()
        await pool.aclose()
        await mute.deserted()
        await good.deserted()


async def test_closing_a_pool_in_flight_leaves_no_connection_task_or_thread():
    begun = (head(), event(openai_chunk({"content": '{"summary": "Of the si'})), HANG)
    async with FakeProvider(begun) as server:
        pool = pool_at(Clock(), server.url)
        running = [asyncio.create_task(pool.complete(PROMPT, silent)) for _ in range(8)]
        await server.asked()
        await pool.aclose()
        failed = await asyncio.gather(*running, return_exceptions=True)
        assert {type(error) for error in failed} == {Unavailable}
        await server.deserted()
