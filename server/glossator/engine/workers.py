"""Worker processes for an event loop: each gets one item after the other, for as long as a run lasts.

`executor.run` is for a list of items whose results are wanted in order; here whoever waits for a result goes on as soon
as it is there. The functions are given at the start, so that what they hold, such as an index, is sent once.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from glossator.engine.executor import Lost, Pool, Worker, guarded, received, start_worker

DIED: Final = "its process died"


@dataclass(frozen=True, slots=True)
class _Functions:
    """Does one of several things with an item; runs in worker processes."""

    functions: tuple[Callable[[Any], Any], ...]

    def __call__(self, item: tuple[int, Any]) -> object:
        """The result of the function with this number."""
        number, given = item
        return self.functions[number](given)


class Workers:
    """Processes that do one of some functions with what they are given.

    With a pool of one process, or where an event loop cannot wait for pipes (Windows), the work is done in a thread.
    They are for one event loop; the processes start now, and have to be closed.
    """

    def __init__(self, functions: Sequence[Callable[[Any], Any]], pool: Pool) -> None:
        """Start the processes, unless there is to be one alone."""
        self._work = _Functions(tuple(functions))
        self._pool = pool
        self._idle: list[Worker[Any]] = []
        self._all: list[Worker[Any]] = []
        self._missing = 0  # of those that were to be, and ended; a new one starts when it is needed
        self._thread = ThreadPoolExecutor(1) if pool.processes == 1 or sys.platform == "win32" else None
        self._turns: deque[asyncio.Future[Worker[Any]]] = deque()
        for _ in range(0 if self._thread is not None else pool.processes):
            self._idle.append(self._started())

    async def call(self, number: int, item: object) -> Any:
        """What a function makes of an item; Lost where it fails on it, or its process dies of it."""
        if self._thread is not None:
            return await asyncio.get_running_loop().run_in_executor(self._thread, guarded, self._work, (number, item))
        worker = await self._turn()
        try:
            found = await self._result(worker, (number, item))
        except BaseException:
            self._replace(worker)  # it is in the middle of something that nobody wants, or can be read
            raise
        if found is None:
            self._replace(worker)
            return Lost(item, DIED)
        self._release(worker)
        return found[0]

    def close(self) -> None:
        """End the processes now."""
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
        for worker in self._all:
            worker.end()
        self._all.clear()
        self._idle.clear()

    def _started(self) -> Worker[Any]:
        worker = start_worker(self._work, self._pool, [one.connection for one in self._all])
        self._all.append(worker)
        return worker

    async def _turn(self) -> Worker[Any]:
        if self._idle:
            return self._idle.pop()
        if self._missing:
            self._missing -= 1
            return self._started()
        turn: asyncio.Future[Worker[Any]] = asyncio.get_running_loop().create_future()
        self._turns.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release(turn.result())
            raise

    async def _result(self, worker: Worker[Any], item: object) -> list[Any] | None:
        """What a worker sends back; None if it died."""
        loop, connection = asyncio.get_running_loop(), worker.connection
        ready = loop.create_future()
        # It waits for its next item, so that a large one does not block: it reads while we write.
        await self._aside(worker.give, 0, [item])
        loop.add_reader(connection.fileno(), _set, ready)
        try:
            await ready
        finally:
            loop.remove_reader(connection.fileno())
        found: list[Any] | None = await self._aside(received, worker)
        return found

    async def _aside(self, function: Callable[..., Any], *given: object) -> Any:
        """Send or receive: where others wait for this process, in a thread, as large things take long to be packed."""
        if not self._pool.yields:
            return function(*given)
        doing = asyncio.ensure_future(asyncio.to_thread(function, *given))
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await asyncio.wait([doing])  # nobody shall close a connection that is being read
            raise

    def _release(self, worker: Worker[Any]) -> None:
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_result(worker)
                return
        self._idle.append(worker)

    def _replace(self, worker: Worker[Any]) -> None:
        if worker in self._all:  # else they were closed meanwhile
            self._all.remove(worker)
            worker.end()
            if any(not turn.done() for turn in self._turns):
                self._release(self._started())
            else:
                self._missing += 1  # whoever was cancelled was perhaps the last one


def _set(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
