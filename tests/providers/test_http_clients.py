"""Many requests at once go to several clients of one endpoint, which are closed when they are not needed any more."""

import asyncio

from fake_provider import FakeProvider, ok

from glossator.providers.http import REQUESTS_A_CLIENT, Bounds, Http, Request

MANY = 4 * REQUESTS_A_CLIENT
QUICK = Bounds(connect_s=5, idle_s=5, kept_s=0.05)


class Gate:
    """A step of a script that waits until it is opened."""

    def __init__(self):
        self.opened = asyncio.Event()

    async def wait(self):
        await self.opened.wait()


async def asked(http):
    async with http.post(Request("/v1", b"{}", {})) as answer:
        line = await answer.line()
        await answer.drain()
        return line


async def until(is_so):
    """Wait until something is so at the server, which has no event for it."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def all_there(server, count):
    """Wait until so many requests have come."""
    await until(lambda: len(server.requests) == count)


async def test_each_client_has_a_few_of_many_requests_and_later_ones_begin_with_the_first():
    gate = Gate()
    async with FakeProvider((gate, *ok(b"said\n"))) as server:
        http = Http(server.url)
        tasks = [asyncio.create_task(asked(http)) for _ in range(MANY)]
        await all_there(server, MANY)
        assert [one.in_use for one in http._clients] == [REQUESTS_A_CLIENT] * 4
        gate.opened.set()
        assert await asyncio.gather(*tasks) == [b"said"] * MANY
        assert server.accepted == MANY
        for _ in range(10):
            await asked(http)
        assert server.accepted == MANY
        await http.aclose()
        await server.deserted()


async def test_r5_connections_of_a_burst_are_closed_when_nobody_needs_them():
    gate = Gate()
    async with FakeProvider((gate, *ok(b"said\n"))) as server:
        http = Http(server.url, QUICK)
        tasks = [asyncio.create_task(asked(http)) for _ in range(MANY)]
        await all_there(server, MANY)
        gate.opened.set()
        await asyncio.gather(*tasks)
        assert server.connections == MANY
        await until(lambda: server.connections <= REQUESTS_A_CLIENT)
        assert len(http._clients) == 1
        assert await asked(http) == b"said"
        await http.aclose()
        await server.deserted()


async def test_a_client_that_is_used_is_not_closed():
    gate = Gate()
    async with FakeProvider((gate, *ok(b"said\n"))) as server:
        http = Http(server.url, QUICK)
        tasks = [asyncio.create_task(asked(http)) for _ in range(REQUESTS_A_CLIENT + 1)]
        await all_there(server, REQUESTS_A_CLIENT + 1)
        http._sweep()
        gate.opened.set()
        assert await asyncio.gather(*tasks) == [b"said"] * (REQUESTS_A_CLIENT + 1)
        await http.aclose()
        await server.deserted()


async def test_r5_of_many_that_are_cancelled_no_connection_is_left():
    gate = Gate()
    async with FakeProvider((gate,)) as server:
        http = Http(server.url)
        tasks = [asyncio.create_task(asked(http)) for _ in range(MANY)]
        await all_there(server, MANY)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await server.deserted()
        assert {one.in_use for one in http._clients} == {0}
        await http.aclose()
