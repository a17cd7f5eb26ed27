"""The background executor: pure functions over many items, in processes, in order."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait
from typing import Final, Generic, TypeVar

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")
# Enough that sending costs little beside the work, few enough that the last chunks end together.
CHUNK: Final = 4


@dataclass(frozen=True, slots=True)
class Lost(Generic[Item]):
    """An item without a result: the function failed on it, or took its process down; `reason` says which."""

    item: Item
    reason: str


@dataclass(frozen=True, slots=True)
class Pool:
    """How many processes to use, and the modules that they import before their first item."""

    processes: int
    preload: tuple[str, ...] = ()


def processes_for(items: int, wanted: int | None, workers: int) -> int:
    """How many processes to use for `items`: as many as wanted, else one for each core, never more than `workers`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(wanted or cores, workers, items))


def run(function: Callable[[Item], Result], items: Iterable[Item], pool: Pool) -> Iterator[Result | Lost[Item]]:
    """The result for each item, in the items' order, whatever the number of processes.

    `function` is a top-level function of an importable module, its items and results can be pickled. Items are taken
    when there is room for them, so that an endless iterable needs bounded memory. One that fails gives a `Lost`; so
    does one that takes its process down, and the others go on in new processes. Closing the iterator ends them all.
    """
    if pool.processes == 1:
        return (_guarded(function, item) for item in items)
    return _run_in_processes(function, iter(items), pool)


def _run_in_processes(
    function: Callable[[Item], Result], items: Iterator[Item], pool: Pool
) -> Iterator[Result | Lost[Item]]:
    processes = _start(pool)
    pending: deque[tuple[list[Item], Future[list[Result | Lost[Item]]]]] = deque()
    try:
        while True:
            while len(pending) < 2 * pool.processes and (chunk := list(islice(items, CHUNK))):
                pending.append((chunk, _submit(processes, function, chunk)))
            if not pending:
                return
            chunk, future = pending.popleft()
            try:
                results = future.result()
            except BrokenProcessPool:
                chunks = [chunk, *(waiting for waiting, _ in pending)]
                pending.clear()
                results = [result for again in chunks for result in _one_by_one(function, again, pool)]
                processes = _start(pool)
            yield from results
    finally:
        _stop(processes)


def _submit(
    processes: ProcessPoolExecutor, function: Callable[[Item], Result], chunk: list[Item]
) -> Future[list[Result | Lost[Item]]]:
    try:
        return processes.submit(_guarded_chunk, function, chunk)
    except BrokenProcessPool as error:
        failed: Future[list[Result | Lost[Item]]] = Future()
        failed.set_exception(error)
        return failed


def _one_by_one(function: Callable[[Item], Result], chunk: Sequence[Item], pool: Pool) -> Iterator[Result | Lost[Item]]:
    """Each item in a process of its own, so that only the one that takes it down is lost."""
    for item in chunk:
        processes = _start(Pool(1, pool.preload))
        try:
            yield from processes.submit(_guarded_chunk, function, [item]).result()
        except BrokenProcessPool:
            logger.error("worker died function=%s", function.__name__)
            yield Lost(item, "its process died")
        finally:
            _stop(processes)


def _start(pool: Pool) -> ProcessPoolExecutor:
    # forkserver: the modules are imported once and workers are forked from there, without our threads and open files.
    # fork would copy our threads' locks; spawn would import everything once per worker.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if pool.preload:
        context.set_forkserver_preload(list(pool.preload))
    return ProcessPoolExecutor(pool.processes, context, initializer=_enter)


def _stop(processes: ProcessPoolExecutor) -> None:
    """End the processes now: what they do is pure, so nothing is lost but time."""
    workers = list((processes._processes or {}).values())  # noqa: SLF001 - there is no public way before Python 3.14
    processes.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.terminate()


def _enter() -> None:
    """Prepare a worker: Ctrl-C is for the parent, and a worker ends with its parent, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()


def _leave_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _guarded_chunk(function: Callable[[Item], Result], chunk: list[Item]) -> list[Result | Lost[Item]]:
    return [_guarded(function, item) for item in chunk]


def _guarded(function: Callable[[Item], Result], item: Item) -> Result | Lost[Item]:
    try:
        return function(item)
    except Exception as error:  # noqa: BLE001 - the boundary of background work: one file's bug must not end the others
        logger.error("work failed function=%s error=%s", function.__name__, type(error).__name__)
        return Lost(item, f"internal error ({type(error).__name__})")
