"""The background executor: pure functions over many items, in processes, in order.

Not concurrent.futures: there all workers share one pipe for results, and one that is ended in the middle of a message
leaves its reader waiting for ever (seen once in 30 interrupted runs). Here each worker has a pipe that ends with it.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.context import ForkContext, ForkServerContext, SpawnContext

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")
# Enough that sending costs little beside the work, few enough that the last chunks end together.
CHUNK: Final = 4
# Chunks for each process that may be done before the one whose turn it is: a large file holds up no others.
AHEAD: Final = 4
LEAST_URGENT: Final = 19
SHORT_TURN_S: Final = 0.0005


@dataclass(frozen=True, slots=True)
class Lost(Generic[Item]):
    """An item without a result: the function failed on it, or took its process down; `reason` says which."""

    item: Item
    reason: str


@dataclass(frozen=True, slots=True)
class Pool:
    """How many processes to use, and the modules that they import before their first item.

    With `yields` they leave the processor to all others who want it, such as whoever started them.
    """

    processes: int
    preload: tuple[str, ...] = ()
    yields: bool = False


def processes_for(items: int, wanted: int | None, workers: int) -> int:
    """How many processes to use for `items`: as many as wanted, else one for each core, never more than `workers`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(wanted or cores, workers, items))


def collect_seldom() -> None:
    """Have this process look for cycles of objects less often.

    A file's trees are many objects without any: at the default threshold a tenth of the time goes for nothing.
    """
    gc.set_threshold(200_000, 10, 10)


@contextmanager
def sharing() -> Iterator[None]:
    """Have this process answer others quickly, for a while, though much comes back from its worker processes.

    That is many objects without any cycle: a look for one goes through all objects of a server, and takes 0.2 s. And a
    thread that unpacks it lets others have their turn after half a millisecond, not after five.
    """
    threshold, interval_s = gc.get_threshold(), sys.getswitchinterval()
    collect_seldom()
    sys.setswitchinterval(SHORT_TURN_S)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        sys.setswitchinterval(interval_s)


def run(function: Callable[[Item], Result], items: Iterable[Item], pool: Pool) -> Iterator[Result | Lost[Item]]:
    """The result for each item, in the items' order, whatever the number of processes.

    `function` is a top-level function of an importable module, its items and results can be pickled. Items are taken
    when there is room for them, so that an endless iterable needs bounded memory. One that fails gives a `Lost`; so
    does one that takes its process down, and the others go on in new processes. They start now, and end when the
    iterator is closed or exhausted.
    """
    if pool.processes == 1:
        return (guarded(function, item) for item in items)
    results = _Run(function, iter(items), pool).results()
    next(results)
    return results


@dataclass(slots=True)
class Worker(Generic[Item]):
    """A process with our end of its pipe, and the chunk that it works on: its number and items."""

    process: multiprocessing.process.BaseProcess
    connection: Connection
    number: int = -1
    chunk: list[Item] = field(default_factory=list)

    def give(self, number: int, chunk: list[Item]) -> None:
        """Send a chunk; one that died meanwhile is found out when its result is read."""
        self.number, self.chunk = number, chunk
        try:
            self.connection.send(chunk)
        except OSError:
            logger.debug("worker is gone pid=%s", self.process.pid)

    def end(self) -> None:
        """End the process now: what it does is pure, so nothing is lost but time."""
        self.connection.close()
        self.process.kill()
        self.process.join()


@dataclass(slots=True)
class _Run(Generic[Item, Result]):
    """One call of `run`: who works on what, and the results that wait for their turn."""

    function: Callable[[Item], Result]
    items: Iterator[Item]
    pool: Pool
    workers: list[Worker[Item]] = field(default_factory=list)
    done: dict[int, list[Result | Lost[Item]]] = field(default_factory=dict)
    sent: int = 0
    yielded: int = 0

    def results(self) -> Iterator[Any]:
        """None as soon as the processes have started, then the results in the items' order."""
        try:
            for _ in range(self.pool.processes):
                self.workers.append(self._new_worker())
            yield None
            while True:
                self._hand_out()
                if self.yielded in self.done:
                    for result in self.done.pop(self.yielded):
                        yield result
                        self._collect(timeout_s=0)  # whoever got it took his time: nobody shall wait for him
                        self._hand_out()
                    self.yielded += 1
                elif any(worker.chunk for worker in self.workers):
                    self._collect()
                else:
                    return
        finally:
            for worker in self.workers:
                worker.end()

    def _hand_out(self) -> None:
        """Give each idle worker a chunk, as long as not too many results wait for an earlier one."""
        for worker in self.workers:
            if not worker.chunk and self.sent - self.yielded < AHEAD * self.pool.processes:
                chunk = list(islice(self.items, CHUNK))
                if chunk:
                    worker.give(self.sent, chunk)
                    self.sent += 1

    def _collect(self, timeout_s: float | None = None) -> None:
        """Take what workers have done; with None, wait until one has done something."""
        busy = [worker for worker in self.workers if worker.chunk]
        ready = wait([worker.connection for worker in busy], timeout_s)
        for worker in busy:
            if worker.connection in ready:
                results = received(worker)
                if results is None:
                    results = [self._alone(item) for item in worker.chunk]
                    worker.end()
                    self.workers[self.workers.index(worker)] = self._new_worker()
                self.done[worker.number] = results
                worker.chunk = []

    def _new_worker(self) -> Worker[Item]:
        return start_worker(self.function, self.pool, [worker.connection for worker in self.workers])

    def _alone(self, item: Item) -> Result | Lost[Item]:
        """The result of an item in a process of its own, so that only the one that takes it down is lost."""
        worker = self._new_worker()
        try:
            worker.give(0, [item])
            results = received(worker)
        finally:
            worker.end()
        if results is None:
            logger.error("worker died function=%s", _name_of(self.function))
            return Lost(item, "its process died")
        result: Result | Lost[Item] = results[0]
        return result


def start_worker(function: Callable[[Item], Result], pool: Pool, others: Iterable[Connection]) -> Worker[Item]:
    """A process that works on what it is given; `others` are our ends of the pipes of those that run already."""
    context = _context()
    ours, theirs = context.Pipe()
    inherited: tuple[Connection, ...] = ()
    is_forked = context.get_start_method() == "fork"
    if is_forked:
        for name in pool.preload:
            import_module(name)
        inherited = (ours, *others)
    else:
        context.set_forkserver_preload(list(pool.preload))
    process = context.Process(target=_serve, args=(function, theirs, inherited, pool.yields), daemon=True)
    with _held_signals() if is_forked else nullcontext():
        process.start()
    theirs.close()
    return Worker(process, ours)


def received(worker: Worker[Item]) -> list[Any] | None:
    """What a worker sent, None if it died."""
    try:
        received: list[Any] = worker.connection.recv()
    except (EOFError, OSError):
        return None
    return received


def _context() -> ForkContext | ForkServerContext | SpawnContext:
    """How a process starts: as a fork of this one, where no thread holds a lock that nobody would release in the fork.

    A fork has our modules and needs 5 ms; a fork server imports them anew (0.35 s), once.
    """
    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    if "forkserver" in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("forkserver")
    return multiprocessing.get_context("spawn")


@contextmanager
def _held_signals() -> Iterator[None]:
    """Hold signals back from what is forked here until it has handlers of its own (`_serve`)."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _signals() -> list[signal.Signals]:
    """What a terminal or a supervisor ends a process with."""
    return [signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def _serve(
    function: Callable[[Item], Result], connection: Connection, inherited: tuple[Connection, ...], yields: bool
) -> None:
    """Work on chunks until the parent is gone; its ends of pipes are closed, or they would never say so."""
    if yields and hasattr(os, "nice"):
        os.nice(LEAST_URGENT)
    for other in inherited:
        other.close()
    for number in _signals():  # the terminal's Ctrl-C is for the parent
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _signals())
    gc.freeze()
    collect_seldom()
    try:
        while True:
            connection.send([guarded(function, item) for item in connection.recv()])
    except (EOFError, OSError):
        return


def guarded(function: Callable[[Item], Result], item: Item) -> Result | Lost[Item]:
    """The result of a function, Lost where it fails."""
    try:
        return function(item)
    except Exception as error:  # noqa: BLE001 - the boundary of background work: one file's bug must not end the others
        logger.error("work failed function=%s error=%s", _name_of(function), type(error).__name__)
        return Lost(item, f"internal error ({type(error).__name__})")


def _name_of(function: Callable[[Item], Result]) -> str:
    """The name of a function, also where some of its arguments are fixed: by `functools.partial`, or as an object.

    Never what is fixed: that may be a whole project's prose.
    """
    named = getattr(function, "func", function)
    return str(getattr(named, "__name__", type(named).__name__))
