"""C12: equal work in flight is done once, goes on as long as one waits for it, and leaves nothing behind."""

import asyncio

import pytest

from glossator.engine.coalesce import Coalescer


class Work:
    """Work that ends when a test says so, and counts how often it was begun and stopped."""

    def __init__(self):
        self.begun = self.stopped = 0
        self.end = asyncio.Event()
        self.error = None
        self.say = None

    async def __call__(self, heard):
        self.begun += 1
        self.say = heard
        try:
            await self.end.wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        if self.error is not None:
            raise self.error
        return "done"


def nobody(_heard):
    pass


async def waiters(flights, work, count, heard=nobody):
    """Tasks that wait for the same work."""
    tasks = [asyncio.create_task(flights.run("key", work, heard)) for _ in range(count)]
    await settled()
    return tasks


async def settled():
    """Let all tasks come as far as they can."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
async def _nothing_is_left():
    yield
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_c12_of_100_waiters_99_leave_and_the_last_one_gets_the_result():
    flights, work = Coalescer(), Work()
    tasks = await waiters(flights, work, 100)
    for task in tasks[:50] + tasks[51:]:
        task.cancel()
    await settled()
    assert (work.begun, work.stopped, len(flights), flights.shared) == (1, 0, 1, 99)
    work.end.set()
    assert await tasks[50] == "done"
    assert all(task.cancelled() for task in tasks[:50] + tasks[51:])
    assert len(flights) == 0


async def test_c12_when_the_leader_is_cancelled_the_others_get_the_result():
    flights, work = Coalescer(), Work()
    leader, *others = await waiters(flights, work, 5)
    leader.cancel()
    await settled()
    work.end.set()
    assert await asyncio.gather(*others) == ["done"] * 4
    assert (work.begun, work.stopped) == (1, 0)


async def test_c12_the_last_one_who_leaves_stops_the_work():
    flights, work = Coalescer(), Work()
    tasks = await waiters(flights, work, 3)
    for task in tasks[:2]:
        task.cancel()
    await settled()
    assert work.stopped == 0
    tasks[2].cancel()
    await asyncio.wait(tasks)
    assert (work.stopped, len(flights)) == (1, 0)


async def test_c12_all_who_leave_at_once_stop_the_work_once():
    flights, work = Coalescer(), Work()
    tasks = await waiters(flights, work, 100)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert (work.begun, work.stopped, len(flights)) == (1, 1, 0)


async def test_c12_whoever_leaves_last_goes_after_the_work_has_ended():
    flights, ended, may_end = Coalescer(), asyncio.Event(), asyncio.Event()

    async def work(_heard):
        try:
            await asyncio.Event().wait()
        finally:
            await may_end.wait()
            ended.set()

    task = asyncio.create_task(flights.run("key", work, nobody))
    await settled()
    task.cancel()
    await settled()
    assert not task.done()
    may_end.set()
    await asyncio.wait([task])
    assert ended.is_set()


async def test_c12_who_comes_while_the_work_is_being_stopped_begins_anew():
    flights, work = Coalescer(), Work()
    (first,) = await waiters(flights, work, 1)
    first.cancel()
    second = asyncio.create_task(flights.run("key", work, nobody))
    await settled()
    assert (work.begun, work.stopped) == (2, 1)
    work.end.set()
    assert await second == "done"


async def test_c12_the_failure_is_everybodys_who_waited_and_is_not_kept():
    flights, work = Coalescer(), Work()
    tasks = await waiters(flights, work, 10)
    work.error = ValueError("no")
    work.end.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(one) for one in found] == ["no"] * 10
    assert (work.begun, len(flights)) == (1, 0)
    work.error = None
    assert await flights.run("key", work, nobody) == "done"
    assert work.begun == 2


async def test_c12_a_failure_that_nobody_waits_for_any_more_is_no_warning():
    flights, failed = Coalescer(), []

    async def work(_heard):
        try:
            await asyncio.Event().wait()
        finally:
            failed.append(True)
            raise ValueError("while it was stopped")

    task = asyncio.create_task(flights.run("key", work, nobody))
    await settled()
    task.cancel()
    await asyncio.wait([task])
    assert failed
    assert task.cancelled()


async def test_c12_results_are_not_kept_either():
    flights, work = Coalescer(), Work()
    work.end.set()
    assert [await flights.run("key", work, nobody) for _ in range(3)] == ["done"] * 3
    assert work.begun == 3


async def test_c12_work_for_other_keys_is_other_work():
    flights, work = Coalescer(), Work()
    tasks = [asyncio.create_task(flights.run(key, work, nobody)) for key in "abc"]
    await settled()
    assert (work.begun, len(flights), flights.shared) == (3, 3, 0)
    work.end.set()
    await asyncio.gather(*tasks)


async def test_c12_all_who_wait_hear_how_far_it_is_and_nobody_who_has_left():
    flights, work = Coalescer(), Work()
    heard = [[], [], []]
    tasks = [asyncio.create_task(flights.run("key", work, one.append)) for one in heard]
    await settled()
    work.say("first")
    tasks[1].cancel()
    await settled()
    work.say("second")
    work.end.set()
    await asyncio.gather(tasks[0], tasks[2])
    assert heard == [["first", "second"], ["first"], ["first", "second"]]


async def test_c12_the_same_listener_may_wait_twice():
    flights, work, heard = Coalescer(), Work(), []
    one, other = await waiters(flights, work, 2, heard.append)
    work.say("first")
    one.cancel()
    await settled()
    work.say("second")
    work.end.set()
    await other
    assert heard == ["first", "first", "second"]
