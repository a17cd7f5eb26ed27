import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from glossator.engine.executor import AHEAD, CHUNK, Lost, Pool, processes_for, run


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


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_the_order_of_the_items(processes):
    assert list(run(abs, range(-50, 50), Pool(processes))) == [abs(n) for n in range(-50, 50)]


@pytest.mark.parametrize("processes", [1, 2])
def test_an_item_that_fails_is_lost_and_the_others_are_not(processes):
    # eval is a function that every process has, and that can be made to do anything.
    results = list(run(eval, ["1", "1 / 0", "2"], Pool(processes)))
    assert results == [1, Lost("1 / 0", "internal error (ZeroDivisionError)"), 2]


@dataclass(frozen=True)
class Dividing:
    secret: str

    def __call__(self, item):
        return item / 0


@pytest.mark.parametrize(
    "work", [Dividing("canary"), partial(eval, {"canary": "canary"})], ids=["an object", "partial"]
)
def test_what_work_was_given_is_in_no_log(caplog, work):
    (lost,) = run(work, ["1"], Pool(1))
    assert isinstance(lost, Lost)
    assert "work failed function=" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.usefixtures("company")
def test_an_item_that_takes_its_process_down_is_lost_alone():
    death = "__import__('os')._exit(9)"
    results = list(run(eval, ["3", "1", death, "4", "1", "5", "9"], Pool(2)))
    assert results == [3, 1, Lost(death, "its process died"), 4, 1, 5, 9]


def test_items_are_taken_only_when_there_is_room_for_them():
    taken = []

    def endless():
        while True:
            taken.append(None)
            yield len(taken)

    results = run(abs, endless(), Pool(2))
    assert [next(results) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert len(taken) <= (2 * AHEAD + 1) * CHUNK
    results.close()


def test_a_chunk_that_takes_long_holds_up_no_others(tmp_path):
    # The first item ends only when the last but one has been worked on.
    mark = str(tmp_path / "mark")
    waiting = f"[None for _ in iter(lambda: __import__('os').path.exists({mark!r}), True)] and 1"
    items = [waiting, *["2"] * (3 * CHUNK - 2), f"open({mark!r}, 'w').close()", "3"]
    assert list(run(eval, items, Pool(2)))[-1] == 3


def test_no_items_give_no_results():
    assert list(run(abs, [], Pool(2))) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are never forked")
def test_processes_are_forked_only_where_no_thread_holds_a_lock(company):
    (parent,) = {*run(eval, ["__import__('os').getppid()"] * 2, Pool(2))}
    assert (parent == os.getpid()) == (company == "alone")


SIGNALLED = """
import os, signal, sys
from glossator.engine.executor import Pool, run
number, forks = int(sys.argv[1]), []
signal.signal(number, lambda *_: 1 / 0)
os.register_at_fork(
    before=lambda: forks.append(1), after_in_child=lambda: len(forks) > 2 or os.kill(os.getpid(), number)
)
print(list(run(abs, [-1, -2], Pool(2))))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are never forked")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_right_after_the_fork_is_no_error_of_the_worker(number):
    done = subprocess.run(
        [sys.executable, "-c", SIGNALLED, str(int(number))], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[1, 2]\n", "")


def test_workers_end_with_an_iterator_that_was_never_used():
    run(abs, [1], Pool(2)).close()
    assert multiprocessing.active_children() == []


def test_workers_end_when_not_all_of_them_can_start(monkeypatch):
    fork = os.fork

    def refuse():
        if multiprocessing.active_children():
            raise BlockingIOError("no more processes")
        return fork()

    monkeypatch.setattr(os, "fork", refuse)
    with pytest.raises(BlockingIOError):
        run(abs, [1], Pool(2))
    assert multiprocessing.active_children() == []


PARENT = """
import itertools, os, sys, threading, time
if sys.argv[1] != "alone":
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
from glossator.engine.executor import Pool, run
results = run(eval, itertools.repeat("__import__('os').getpid()"), Pool(2))
print(*(next(results) for _ in range(9)), flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("company", ["alone", "beside a thread"])
def test_workers_end_with_a_parent_that_was_killed(company):
    done = subprocess.run([sys.executable, "-c", PARENT, company], stdout=subprocess.PIPE, text=True, check=False)
    workers = set(map(int, done.stdout.split()))
    assert workers
    until = time.monotonic() + 20
    while (alive := [pid for pid in workers if _is_running(pid)]) and time.monotonic() < until:
        os.sched_yield()
    assert alive == []


@pytest.mark.parametrize(
    ("items", "wanted", "workers", "want"), [(100, 3, 8, 3), (2, 3, 8, 2), (100, 64, 4, 4), (0, None, 4, 1)]
)
def test_processes_are_bounded_by_items_flags_and_mode(items, wanted, workers, want):
    assert processes_for(items, wanted, workers) == want


def test_without_a_flag_there_is_one_process_for_each_core():
    assert processes_for(1000, None, 1000) == len(os.sched_getaffinity(0))


def _is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
