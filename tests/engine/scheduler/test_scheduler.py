"""When a question is asked, in virtual time: width, order, pauses, deadlines, and what is told of it."""

import asyncio
import random
from contextvars import ContextVar
from itertools import pairwise

from asked_together import Asking, Setting, name_of, request, settled
from virtual_time import in_virtual_time, now

from glossator.engine.scheduler import Rules, Urgency
from glossator.engine.scheduler.scheduler import BURST, PATIENCE_S, TOO_LONG
from glossator.monitor import Measured, names

CURSOR, OPEN_FILE, WORKSPACE = Urgency


@in_virtual_time
async def test_no_more_are_in_flight_than_the_pool_has_room_for_and_all_are_answered():
    one = Setting(width=4)
    answers = await asyncio.gather(*one.want_many(100))
    assert one.asking.most_in_flight == 4
    assert now() == 25.0
    assert len(one.asking.batches) == len(answers) == 100
    assert {set(answer.origins.values()) == {"fake"} for answer in answers} == {True}


@in_virtual_time
async def test_the_width_is_kept_to_at_every_moment_while_it_changes():
    one, chance = Setting(width=4), random.Random(1)
    over = []

    def check():
        found = one.scheduler.statistics()
        over.append(found.in_flight > found.width)
        one.room = chance.randint(1, 9)

    one.asking.check = check
    one.asking.steps = {f"m.py-{number}": (chance.random(),) for number in range(300)}
    await asyncio.gather(*one.want_many(300))
    # A pool that becomes narrower does not take back what is in flight, but nothing begins beyond its width.
    assert over == [False] * 300


@in_virtual_time
async def test_the_mode_bounds_what_is_in_flight_whatever_the_pool_has_room_for():
    one = Setting(width=1000, rules=Rules(most=10))
    await asyncio.gather(*one.want_many(50))
    assert one.asking.most_in_flight == 10


@in_virtual_time
async def test_a_wider_pool_is_used_as_soon_as_an_answer_has_come():
    one = Setting(Asking(m_py_0=(0.5,)), width=1)
    tasks = one.want_many(9)
    await settled()
    one.room = 8
    await asyncio.gather(*tasks)
    assert [at for at, _ in one.asking.batches] == [0.0] + [0.5] * 8


@in_virtual_time
async def test_a_share_of_the_width_can_be_given_up_and_taken_back():
    one = Setting(width=50, rules=Rules(most=20))
    one.scheduler.limit_to(0.25)
    tasks = one.want_many(60)
    await asyncio.sleep(1.5)
    assert one.asking.most_in_flight == 5
    one.scheduler.limit_to(1.0)
    await asyncio.gather(*tasks)
    assert one.asking.most_in_flight == 20
    one.scheduler.limit_to(0.0)
    assert one.scheduler.width == 1


@in_virtual_time
async def test_many_are_begun_in_bursts_between_which_others_have_their_turn():
    one = Setting(width=1000)
    tasks = one.want_many(1)
    await settled()
    one.room = 1
    tasks += one.want_many(100, file="n.py")
    await settled()
    one.room, begun = 1000, []
    one.scheduler.limit_to(1.0)
    while len(one.asking.batches) < 101:
        begun.append(one.scheduler.statistics().in_flight)
        await asyncio.sleep(0)
    assert max(after - before for before, after in pairwise(begun)) <= BURST
    await asyncio.gather(*tasks)


@in_virtual_time
async def test_who_is_at_the_cursor_is_asked_next_and_what_is_in_flight_stays():
    one = Setting(width=1)
    tasks = one.want_many(5)
    await settled()
    tasks += [one.want(request(file="open.py"), OPEN_FILE), one.want(request(file="mine.py"), CURSOR)]
    await asyncio.gather(*tasks)
    assert one.asking.names[:3] == ["m.py-0", "mine.py-0", "open.py-0"]


@in_virtual_time
async def test_with_one_slow_place_the_cursor_is_next_however_long_others_have_waited():
    one = Setting(Asking(seconds=45.0), width=1)
    tasks = one.want_many(3)
    await asyncio.sleep(100)
    tasks.append(one.want(request(file="mine.py"), CURSOR))
    await asyncio.gather(*tasks)
    assert one.asking.names == ["m.py-0", "m.py-1", "m.py-2", "mine.py-0"]
    tasks = one.want_many(4, file="n.py")
    await asyncio.sleep(40)
    tasks.append(one.want(request(1, file="mine.py"), CURSOR))
    await asyncio.gather(*tasks)
    assert one.asking.names[4:6] == ["n.py-0", "mine.py-1"]


@in_virtual_time
async def test_a_small_file_does_not_wait_for_a_large_one():
    one = Setting(width=2)
    tasks = one.want_many(100, file="large.py") + one.want_many(3, file="small.py")
    await asyncio.gather(*tasks[100:])
    assert now() <= 5.0
    await asyncio.gather(*tasks)


@in_virtual_time
async def test_paused_workspaces_wait_and_others_go_on():
    one = Setting(width=2)
    tasks = one.want_many(6)
    await settled()
    one.scheduler.pause()
    assert (await one.want(request(file="open.py"), OPEN_FILE)).error == ""
    await asyncio.sleep(100)
    assert one.asking.names == ["m.py-0", "m.py-1", "open.py-0"]
    assert one.scheduler.statistics().is_paused
    one.scheduler.resume()
    await asyncio.gather(*tasks)
    assert len(one.asking.names) == 7


@in_virtual_time
async def test_what_somebody_at_the_screen_wants_goes_on_though_it_was_a_paused_workspaces():
    one = Setting()
    one.scheduler.pause()
    task = one.want(first := request())
    await settled()
    one.scheduler.hasten(name_of(first), CURSOR)
    assert (await task).error == ""
    assert now() == 1.0


@in_virtual_time
async def test_what_is_hastened_goes_first_and_nothing_happens_for_what_nobody_wants():
    one = Setting(width=1)
    tasks = one.want_many(9)
    await settled()
    one.scheduler.hasten("m.py-7", CURSOR)
    one.scheduler.hasten("m.py-0", CURSOR)  # it is in flight
    one.scheduler.hasten("nobody", CURSOR)
    await asyncio.gather(*tasks)
    assert one.asking.names[:3] == ["m.py-0", "m.py-7", "m.py-1"]
    one.scheduler.hasten("m.py-3", CURSOR)


@in_virtual_time
async def test_who_looks_at_the_screen_gets_the_embedded_texts_in_the_end_and_a_workspace_waits_on():
    one = Setting(Asking(m_py_0=(1000.0,)), width=1)
    slow, patient = one.want_many(2)
    await settled()
    answer = await one.want(mine := request(file="mine.py"), CURSOR)
    assert now() == PATIENCE_S[CURSOR]
    assert answer.error == TOO_LONG
    assert answer.texts == mine.ours
    await asyncio.gather(slow, patient)
    assert one.asking.names == ["m.py-0", "m.py-1"]


@in_virtual_time
async def test_an_answer_that_is_being_made_is_waited_for_longer_than_a_place():
    one = Setting(Asking(seconds=500.0))
    assert (await one.want(request(), CURSOR)).error == ""
    assert now() == 500.0


@in_virtual_time
async def test_statistics_add_up():
    one = Setting(width=2)
    tasks = [one.want(request(n), list(Urgency)[n % 3]) for n in range(9)]
    await settled()
    found = one.scheduler.statistics()
    assert (sum(found.waiting), found.in_flight, found.width) == (7, 2, 2)
    await asyncio.gather(*tasks)
    found = one.scheduler.statistics()
    assert (found.waiting, found.in_flight, found.packed, found.split) == ((0, 0, 0), 0, 0, 0)


@in_virtual_time
async def test_the_time_in_the_line_is_measured_for_whose_request_it_is():
    class Watching(Measured):
        def observe(self, stage, duration_us):
            found.append((stage, current.get(), duration_us / 1e6))

    one, found, current = Setting(width=1), [], ContextVar("request")
    one.scheduler._monitor = Watching()
    tasks = []
    for name in "abc":
        current.set(name)
        tasks.append(one.want(request("abc".index(name))))
    await asyncio.gather(*tasks)
    assert found == [(names.QUEUE, name, waited_s) for name, waited_s in (("a", 0.0), ("b", 1.0), ("c", 2.0))]
