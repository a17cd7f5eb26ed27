"""Worker processes for an event loop: real ones, which die, are called off in the middle, and are closed."""

import asyncio
import multiprocessing
import os
import signal
import threading

import pytest

from glossator.engine.executor import Lost, Pool
from glossator.engine.workers import DIED, Workers

# Each process has these functions: one that can be made to do anything, and another one.
FUNCTIONS = (eval, len)
EVALUATE, COUNT = range(2)
PID = "__import__('os').getpid()"
SLEEP = "__import__('time').sleep(3600)"
DIE = "__import__('os')._exit(9)"


@pytest.fixture(params=["alone", "beside a thread"])
def company(request):
    """Without another thread processes are forked, beside one they come from a fork server."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    if request.param != "alone":
        thread.start()
    yield request.param
    done.set()
    if thread.ident is not None:
        thread.join()


@pytest.fixture
def workers(company):
    """Two processes, none of which is left behind."""
    found = Workers(FUNCTIONS, Pool(2))
    yield found
    found.close()
    assert multiprocessing.active_children() == []


@pytest.fixture
def hung(tmp_path):
    """An item that says when it is worked on, and does not end."""
    path = tmp_path / "pid"
    os.mkfifo(path)
    return path, f"open({str(path)!r}, 'w').write(str({PID})) and {SLEEP}"


async def test_each_function_gets_its_items(workers):
    found = await asyncio.gather(
        *(workers.call(EVALUATE, str(n)) for n in range(50)), *(workers.call(COUNT, "a" * n) for n in range(50))
    )
    assert found == [*range(50), *range(50)]


async def test_work_is_done_in_as_many_processes_as_there_are_and_in_no_other(workers):
    pids = set(await asyncio.gather(*(workers.call(EVALUATE, PID) for _ in range(40))))
    assert 1 <= len(pids) <= 2
    assert os.getpid() not in pids


async def test_results_come_when_they_are_there(workers, hung):
    path, item = hung
    slow = asyncio.create_task(workers.call(EVALUATE, item))
    await asyncio.to_thread(path.read_text)
    assert [await workers.call(EVALUATE, str(n)) for n in range(5)] == list(range(5))
    slow.cancel()
    await asyncio.wait([slow])


async def test_an_item_that_fails_is_lost_and_its_process_goes_on(workers):
    pids = {await workers.call(EVALUATE, PID) for _ in range(5)}
    assert await workers.call(EVALUATE, "1 / 0") == Lost((EVALUATE, "1 / 0"), "internal error (ZeroDivisionError)")
    assert {await workers.call(EVALUATE, PID) for _ in range(5)} <= pids | {await workers.call(EVALUATE, PID)}


async def test_an_item_that_takes_its_process_down_is_lost_alone(workers):
    items = ["1", DIE, "2", DIE, DIE, "3", "4"]
    found = await asyncio.gather(*(workers.call(EVALUATE, item) for item in items))
    assert found == [1, Lost(DIE, DIED), 2, Lost(DIE, DIED), Lost(DIE, DIED), 3, 4]


async def test_a_process_that_is_killed_under_its_item_is_replaced(workers, hung):
    path, item = hung
    slow = asyncio.create_task(workers.call(EVALUATE, item))
    os.kill(int(await asyncio.to_thread(path.read_text)), signal.SIGKILL)
    assert await slow == Lost(item, DIED)
    assert await asyncio.gather(*(workers.call(EVALUATE, "1") for _ in range(4))) == [1] * 4


async def test_a_process_that_is_killed_while_nobody_wants_it_costs_one_item(workers):
    os.kill(await workers.call(EVALUATE, PID), signal.SIGKILL)
    found = await asyncio.gather(*(workers.call(EVALUATE, "1") for _ in range(6)))
    assert found.count(1) >= 5
    assert await asyncio.gather(*(workers.call(EVALUATE, "1") for _ in range(4))) == [1] * 4


async def test_what_is_called_off_is_ended_and_its_place_is_anothers(workers, hung):
    path, item = hung
    slow = asyncio.create_task(workers.call(EVALUATE, item))
    pid = int(await asyncio.to_thread(path.read_text))
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    assert pid not in [one.pid for one in multiprocessing.active_children()]
    assert await asyncio.gather(*(workers.call(EVALUATE, "1") for _ in range(4))) == [1] * 4


async def test_r5_of_many_that_are_called_off_nothing_is_left_and_no_answer_is_anothers(workers):
    tasks = [asyncio.create_task(workers.call(EVALUATE, str(number))) for number in range(200)]
    for task in tasks[::3]:
        await asyncio.sleep(0)
        task.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(one == number for number, one in enumerate(found) if not isinstance(one, asyncio.CancelledError))
    assert [one for number, one in enumerate(found) if number % 3] == [number for number in range(200) if number % 3]
    assert len(multiprocessing.active_children()) == 2


async def test_what_cannot_be_sent_is_an_error_and_costs_no_process(workers):
    for _ in range(4):
        with pytest.raises((AttributeError, TypeError)):
            await workers.call(COUNT, lambda: None)
    assert await asyncio.gather(*(workers.call(EVALUATE, "1") for _ in range(4))) == [1] * 4


async def test_large_items_and_results_pass(workers):
    assert await workers.call(COUNT, "a" * 5_000_000) == 5_000_000
    assert len(await workers.call(EVALUATE, "'a' * 5_000_000")) == 5_000_000


async def test_one_process_is_none_and_the_work_is_done_in_a_thread():
    workers = Workers(FUNCTIONS, Pool(1))
    assert await workers.call(EVALUATE, PID) == os.getpid()
    assert await workers.call(EVALUATE, "__import__('threading').get_ident()") != threading.get_ident()
    assert isinstance(await workers.call(EVALUATE, "1 / 0"), Lost)
    assert multiprocessing.active_children() == []
    workers.close()
