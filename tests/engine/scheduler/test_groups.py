"""Requests that begin alike: one leads, several are packed; in virtual time."""

import asyncio

import pytest
from asked_together import Asking, Setting, request
from virtual_time import in_virtual_time

from glossator.engine.filling import Trust
from glossator.engine.scheduler import Rules, Urgency

CURSOR, OPEN_FILE, WORKSPACE = Urgency


LONG = "# what all of them show\n" * 300


@in_virtual_time
async def test_the_first_one_goes_ahead_until_its_first_word_and_then_the_others_together():
    one = Setting(Asking(m_py_0=(2.0, "word", 3.0)), width=9, rules=Rules(leads=True))
    await asyncio.gather(*one.want_many(5, shared=LONG))
    assert [at for at, _ in one.asking.batches] == [0.0] + [2.0] * 4
    assert one.scheduler.statistics().led == 1


@in_virtual_time
async def test_others_go_on_while_a_leader_is_read():
    asking = Asking(m_py_0=(2.0, "word", 3.0), m_py_7=(1.0, "word"))
    one = Setting(asking, width=9, rules=Rules(leads=True))
    tasks = one.want_many(2, shared=LONG)
    tasks += [one.want(request(7, shared=LONG), CURSOR), one.want(request(file="other.py"))]
    await asyncio.gather(*tasks)
    assert {name: at for at, (name,) in one.asking.batches} == {
        "m.py-0": 0.0,
        "m.py-7": 0.0,
        "other.py-0": 0.0,
        "m.py-1": 1.0,  # the cursor's was read by then, which begins alike
    }


@pytest.mark.parametrize("step", [(2.0, "it failed"), (2.0, ZeroDivisionError())], ids=["failed", "fault"])
@in_virtual_time
async def test_when_a_leader_was_not_read_the_next_one_leads(step):
    one = Setting(Asking(m_py_0=step, m_py_1=(1.0, "word", 1.0)), width=9, rules=Rules(leads=True))
    await asyncio.gather(*one.want_many(4, shared=LONG), return_exceptions=True)
    assert [at for at, _ in one.asking.batches] == [0.0, 2.0, 3.0, 3.0]


@in_virtual_time
async def test_when_a_leader_is_cancelled_the_next_one_leads():
    one = Setting(Asking(m_py_0=(99.0,), m_py_1=(1.0, "word", 1.0)), width=9, rules=Rules(leads=True))
    tasks = one.want_many(4, shared=LONG)
    await asyncio.sleep(2)
    tasks[0].cancel()
    await asyncio.wait(tasks)
    assert [at for at, _ in one.asking.batches] == [0.0, 2.0, 3.0, 3.0]


@in_virtual_time
async def test_what_was_read_lately_needs_no_leader_and_what_was_read_long_ago_does():
    one = Setting(Asking(seconds=1.0), width=9, rules=Rules(leads=True))
    await one.want(request(shared=LONG))
    await asyncio.gather(*one.want_many(3, shared=LONG))
    assert [at for at, _ in one.asking.batches] == [0.0, 1.0, 1.0, 1.0]
    await asyncio.sleep(298)
    await asyncio.gather(*one.want_many(3, shared=LONG))
    assert [at for at, _ in one.asking.batches][4:] == [300.0, 301.0, 301.0]


@pytest.mark.parametrize(
    ("shared", "rules"), [("short", Rules(leads=True)), (LONG, Rules())], ids=["short", "unpriced"]
)
@in_virtual_time
async def test_nobody_leads_where_that_is_worth_nothing(shared, rules):
    one = Setting(width=9, rules=rules)
    await asyncio.gather(*one.want_many(5, shared=shared))
    assert {at for at, _ in one.asking.batches} == {0.0}
    assert one.scheduler.statistics().led == 0


# Packing


@in_virtual_time
async def test_small_ones_are_packed_only_where_more_wait_than_there_is_room_for():
    one = Setting(width=4, rules=Rules(pack=4))
    await asyncio.gather(*one.want_many(4))
    assert [len(together) for _, together in one.asking.batches] == [1] * 4
    await asyncio.gather(*one.want_many(36, file="n.py"))
    assert sum(len(together) for _, together in one.asking.batches) == 40
    assert max(len(together) for _, together in one.asking.batches) == 4
    assert one.scheduler.statistics().packed == sum(len(one) for _, one in one.asking.batches if len(one) > 1)


@in_virtual_time
async def test_only_those_of_one_run_and_beginning_and_workspace_are_packed():
    one = Setting(width=1, rules=Rules(pack=9))
    mine, other = [], Trust(workspace="w")
    for number in range(4):
        mine.append(one.want(request(number)))
        mine.append(one.want(request(number, file="other.py")))
        mine.append(one.want(request(number + 4), trust=other))
        mine.append(one.want(request(number + 8), OPEN_FILE))
        mine.append(one.want(request(number + 12, max_tokens=5000)))
        mine.append(one.want(request(number + 16, shared="another class")))
    await asyncio.gather(*mine)
    numbers = [[int(name.partition("-")[2]) for name in together] for _, together in one.asking.batches]
    assert {frozenset(number // 4 for number in together) for together in numbers} == {
        frozenset({number}) for number in range(5)
    }
    assert all(len(together) == 1 for together in numbers if together[0] // 4 in (2, 3))
    assert len({name.partition("-")[0] for name in one.asking.names}) == 2
    assert all(len({name.partition("-")[0] for name in together}) == 1 for _, together in one.asking.batches)
