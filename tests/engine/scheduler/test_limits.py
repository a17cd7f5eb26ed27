"""What is not asked, or not yet: trust, budgets, the door, the pace; in virtual time."""

import asyncio
import random

from asked_together import Asking, Setting, request, settled
from hypothesis import given
from hypothesis import strategies as st
from virtual_time import in_virtual_time, now

from glossator.engine.filling import MOSTLY_REFUSED, Trust
from glossator.engine.scheduler import Pace, Rules


@in_virtual_time
async def test_a_run_that_may_ask_no_more_is_answered_without_asking():
    one = Setting(width=1)
    bad = Trust(replies=6, fields=10, refused=9)
    found = await asyncio.gather(*(one.want(request(n), trust=bad) for n in range(50)))
    assert {answer.error for answer in found} == {MOSTLY_REFUSED}
    assert (one.asking.batches, now()) == ([], 0.0)
    assert (await one.want(request())).error == ""


@in_virtual_time
async def test_a_day_s_budget_ends_the_asking_of_all_and_one_workspace_s_its_own():
    one = Setting(width=1, workspace_tokens_per_day=240)
    found = await asyncio.gather(*one.want_many(5))
    assert [bool(answer.error) for answer in found] == [False, False, True, True, True]
    assert "budget.workspace_tokens_per_day = 240" in found[-1].error
    assert set(found[-1].origins.values()) == {"embedded"}
    other = Trust(workspace="other")
    assert (await one.want(request(), trust=other)).error == ""
    assert one.ledger.spent["w"].tokens == 240


@in_virtual_time
async def test_a_thousand_at_once_do_not_go_over_a_budget_and_use_it_up():
    one = Setting(width=1000, tokens_per_day=12_000)
    found = await asyncio.gather(*one.want_many(1000))
    spent = one.ledger.spent["w"].tokens
    assert 12_000 <= spent <= 12_000 + 120
    assert sum(not answer.error for answer in found) * 120 == spent


@in_virtual_time
async def test_what_is_called_off_under_an_answer_is_paid_for_and_before_it_is_not():
    one = Setting(Asking(m_py_0=(1.0, "word", 9.0), m_py_1=(9.0,)), tokens_per_day=10**9)
    tasks = one.want_many(2)
    await asyncio.sleep(2)
    tasks[1].cancel()
    await asyncio.wait(tasks[1:])
    assert one.ledger.spent == {}
    tasks[0].cancel()
    await asyncio.wait(tasks)
    assert one.ledger.spent["w"].tokens > 100
    assert one.scheduler._budget.pledged.tokens == 0


# Back-pressure


@in_virtual_time
async def test_a_workspace_of_100_000_symbols_makes_no_more_requests_than_are_soon_asked():
    one, made, most = Setting(Asking(seconds=0.01), width=10), 0, 0

    async def file(number):
        nonlocal made, most
        await one.scheduler.admit(5)
        made += 5
        most = max(most, made)
        await asyncio.sleep(0.01)
        for _ in range(5):
            made -= 1
            one.scheduler.dismiss()

    for start in range(0, 20_000, 1000):
        await asyncio.gather(*(file(start + number) for number in range(1000)))
    assert 20 <= most <= 2 * 10 + 5
    assert made == 0


@in_virtual_time
async def test_files_come_in_the_order_in_which_they_asked_and_one_without_questions_stops_nobody():
    one, order = Setting(width=1), []

    async def file(name, count):
        await one.scheduler.admit(count)
        order.append(name)

    await one.scheduler.admit(2)
    tasks = [asyncio.create_task(file(*given)) for given in (("a", 0), ("b", 0), ("c", 9), ("d", 1))]
    await settled()
    assert order == []
    one.scheduler.dismiss(2)
    await settled()
    assert order == ["a", "b", "c"]
    one.scheduler.dismiss(9)
    await asyncio.gather(*tasks)
    assert order[3:] == ["d"]


@in_virtual_time
async def test_who_is_cancelled_at_the_door_as_it_opens_leaves_his_place_to_the_next():
    one = Setting(width=1)
    await one.scheduler.admit(2)
    tasks = [asyncio.create_task(one.scheduler.admit(2)) for _ in range(3)]
    await settled()
    tasks[1].cancel()
    await settled()
    one.scheduler.dismiss(2)
    tasks[0].cancel()  # let in, but it did not run yet
    await tasks[2]
    assert tasks[0].cancelled()
    assert tasks[1].cancelled()


@in_virtual_time
async def test_the_door_is_closed_while_workspaces_pause():
    one = Setting()
    one.scheduler.pause()
    task = asyncio.create_task(one.scheduler.admit(1))
    await asyncio.sleep(100)
    assert not task.done()
    one.scheduler.resume()
    await task


# The pace


@in_virtual_time
async def test_a_minute_has_no_more_requests_than_it_may_have():
    one = Setting(width=100, pace=Pace(requests=10))
    await asyncio.gather(*one.want_many(35))
    assert [at for at, _ in one.asking.batches] == [0.0] * 10 + [60.0] * 10 + [120.0] * 10 + [180.0] * 5


@given(st.integers(0, 10_000))
def test_no_minute_has_more_tokens_than_it_may_have_whatever_is_packed(seed):
    @in_virtual_time
    async def check():
        chance, sent = random.Random(seed), []
        pace = Pace(chance.choice([None, 5]), 2500)
        send = pace.send
        pace.send = lambda at, tokens: sent.append((at, tokens)) or send(at, tokens)
        one = Setting(width=chance.randint(1, 9), rules=Rules(pack=4), pace=pace)
        one.asking.steps = {f"m.py-{n}": (chance.random() * 20,) for n in range(40)}
        await asyncio.gather(*(one.want(request(n, max_tokens=chance.randint(50, 400))) for n in range(40)))
        begun = [at for at, _ in one.asking.batches]
        assert pace._requests is None or all(
            len([at for at in begun if last - 60 + 1e-6 < at <= last]) <= 5 for last in begun
        )
        for at, tokens in sent:  # others have taken 120 each by then, or are to take what was thought
            least = (
                sum(min(120, took) for when, took in sent if at - 60 + 1e-6 < when <= at) - min(120, tokens) + tokens
            )
            assert least <= 2500

    check()


@in_virtual_time
async def test_a_large_one_that_has_to_wait_keeps_its_turn():
    one = Setting(Asking(seconds=1.0), width=9, pace=Pace(tokens=2000))
    first = one.want(request(0, file="a.py", max_tokens=2500))
    await settled()
    large = one.want(request(0, file="large.py", max_tokens=3500))
    await settled()
    small = [one.want(request(n, file="small.py")) for n in range(12)]
    await asyncio.gather(first, large, *small)
    assert one.asking.names[:2] == ["a.py-0", "large.py-0"]
