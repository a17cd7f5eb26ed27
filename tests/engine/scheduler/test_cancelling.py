"""Who leaves the scheduler takes along what nobody else wants, and nothing else; in virtual time."""

import asyncio
import random

from asked_together import Asking, Setting, request, settled
from hypothesis import given
from hypothesis import strategies as st
from virtual_time import in_virtual_time, now

from glossator.engine.scheduler import Rules, Urgency
from glossator.engine.scheduler.scheduler import CALLED_OFF


@in_virtual_time
async def test_who_is_cancelled_in_the_line_is_never_asked_for():
    one = Setting(width=1)
    tasks = one.want_many(5)
    await settled()
    for task in tasks[1:4]:
        task.cancel()
    await asyncio.wait(tasks)
    assert one.asking.names == ["m.py-0", "m.py-4"]
    assert one.asking.called_off == 0
    assert one.scheduler.statistics().waiting == (0, 0, 0)


@in_virtual_time
async def test_who_is_cancelled_in_flight_makes_room_at_once():
    one = Setting(Asking(m_py_0=(1000.0,)), width=1)
    first, second = one.want_many(2)
    await settled()
    first.cancel()
    assert (await second).error == ""
    assert (one.asking.called_off, now()) == (1, 1.0)
    assert first.cancelled()


@in_virtual_time
async def test_l3_of_2000_that_are_cancelled_at_once_nothing_is_left():
    one = Setting(Asking(seconds=60.0), width=50)
    tasks = one.want_many(2000)
    await settled()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert now() == 0.0
    assert all(task.cancelled() for task in tasks)
    found = one.scheduler.statistics()
    assert (found.waiting, found.in_flight, one.asking.in_flight) == ((0, 0, 0), 0, 0)
    assert len(one.asking.batches) <= 100
    assert one.scheduler._tickets == {}
    assert (await one.want(request(file="after.py"))).error == ""


@given(st.integers(0, 10_000))
def test_l3_who_is_not_cancelled_is_answered_whoever_else_is(seed):
    @in_virtual_time
    async def check():
        chance = random.Random(seed)
        one = Setting(width=3, rules=Rules(pack=3, leads=True))
        one.asking.steps = {f"m.py-{n}": (0.1, "word", chance.random()) for n in range(40)}
        tasks = [one.want(request(n, shared="w " * 2000), chance.choice(list(Urgency))) for n in range(40)]
        gone = chance.sample(tasks, 25)
        for task in gone:
            await asyncio.sleep(chance.choice([0.0, 0.05, 0.3]))
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            assert (task in gone) if task.cancelled() else set(task.result().origins.values()) == {"fake"}
        assert all(not task.cancelled() for task in tasks if task not in gone)
        found = one.scheduler.statistics()
        assert (found.waiting, found.in_flight, one.asking.in_flight) == ((0, 0, 0), 0, 0)
        assert not one.scheduler._leaders.held

    check()


@in_virtual_time
async def test_one_of_a_batch_may_leave_and_the_last_one_takes_it_down():
    one = Setting(width=1, rules=Rules(pack=3))
    tasks = one.want_many(4)
    await asyncio.sleep(1.5)
    assert [len(together) for _, together in one.asking.batches] == [1, 3]
    tasks[1].cancel()
    tasks[2].cancel()
    await settled()
    assert (one.asking.in_flight, one.asking.called_off) == (1, 0)
    tasks[3].cancel()
    await asyncio.wait(tasks)
    assert (one.asking.in_flight, one.asking.called_off, now()) == (0, 1, 1.5)


@in_virtual_time
async def test_the_others_of_a_batch_get_their_answers_when_one_has_left():
    one = Setting(width=1, rules=Rules(pack=4))
    tasks = one.want_many(5)
    await asyncio.sleep(1.5)
    tasks[1].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(found, asyncio.CancelledError) for found in done] == [False, True, False, False, False]


@in_virtual_time
async def test_a_task_that_somebody_else_cancels_leaves_nobody_waiting():
    one = Setting()
    tasks = one.want_many(2)
    await settled()
    (batch,) = [one for one in one.scheduler._batches if one.leader.key == "m.py-0"]
    batch.task.cancel()
    assert [(await task).error for task in tasks] == [CALLED_OFF, ""]


@in_virtual_time
async def test_a_fault_of_ours_reaches_all_who_wait_and_the_next_go_on():
    one = Setting(Asking(m_py_1=(0.5, ZeroDivisionError("ours"))), width=1, rules=Rules(pack=3))
    first, *packed = one.want_many(4)
    await settled()
    last = one.want(request(file="n.py"))
    found = await asyncio.gather(first, *packed, last, return_exceptions=True)
    assert [type(one).__name__ for one in found] == ["Answer"] + ["ZeroDivisionError"] * 3 + ["Answer"]
