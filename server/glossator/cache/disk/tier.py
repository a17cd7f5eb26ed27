"""The disk tier for an event loop: one thread that owns the database, and nothing that waits for it for long.

        loop                               thread
    get ── look-up, 50 ms ──────────▶  look-ups go first
    put ── write, 5 s ──────────────▶  writes, many in one transaction, between look-ups
    put_behind ── write ────────────▶  while another process locks the database, look-ups go on and writes try again

One thread, not a pool: connections belong to threads, and writers would only wait for each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import queue
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from glossator.cache.base import Statistics
from glossator.cache.disk.store import Disk, Outcome

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

LOOK_UP_S: Final = 0.05
OPENING_S: Final = 0.5  # of the first look-up, which starts the thread and opens the database
WRITE_S: Final = 5.0
CLOSE_S: Final = 2.0
MAX_BEHIND_BYTES: Final = 8 << 20  # that are not on disk yet
_STUCK_S: Final = 0.5  # after its deadline the thread has given a write up; if it has not, it hangs
_TOGETHER: Final = 256  # payloads in one transaction: few enough that no look-up waits for long
_PAUSE_S: Final = 0.02  # for look-ups, while other processes write


@dataclass(frozen=True, slots=True)
class _LookUp:
    """Keys that somebody waits for, until a time of the monotonic clock."""

    keys: Sequence[bytes]
    answer: asyncio.Future[Mapping[bytes, bytes]]
    until: float


@dataclass(slots=True)
class _Write:
    """Payloads to be kept until a time of the monotonic clock; without any, a mark that those before it are done."""

    payloads: Mapping[bytes, bytes]
    done: asyncio.Future[None]
    until: float
    is_given_up: bool = False


_End = asyncio.Future  # resolved when the thread has closed the database


class DiskTier:
    """A `Store` over a `Disk`, for one event loop; what is counted here is touched there alone."""

    def __init__(self, disk: Disk, look_up_s: float = LOOK_UP_S, write_s: float = WRITE_S) -> None:
        """Use `disk`, which belongs from now on to the thread that the first use starts."""
        self._disk = disk
        self._look_up_s, self._write_s = look_up_s, write_s
        self._jobs: queue.SimpleQueue[_LookUp | _Write | _End[None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._behind_bytes = 0
        self._is_closed = False
        self._is_open = False
        self._hits = self._misses = self._late = self._dropped = 0

    async def get(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """The payloads of those keys that have one; none at all where they are not there in time."""
        found: Mapping[bytes, bytes] = {}
        if keys and not self._is_closed:
            answer = asyncio.get_running_loop().create_future()
            within_s = self._look_up_s if self._is_open else max(OPENING_S, self._look_up_s)
            self._is_open = True
            self._send(_LookUp(keys, answer, time.monotonic() + within_s))
            try:
                async with asyncio.timeout(within_s):
                    found = await answer
            except TimeoutError:
                self._late += 1
        self._hits += len(found)
        self._misses += len(keys) - len(found)
        return found

    async def put(self, payloads: Mapping[bytes, bytes]) -> None:
        """Keep payloads; returns when they are on disk, or dropped. Who stops waiting stops no write."""
        if not payloads or self._is_closed:
            self._dropped += len(payloads)
            return
        write = self._write(payloads, time.monotonic() + self._write_s)
        try:
            async with asyncio.timeout(self._write_s + _STUCK_S):
                await asyncio.shield(write.done)
        except TimeoutError:
            write.is_given_up = True
            self._dropped += len(payloads)

    def put_behind(self, payloads: Mapping[bytes, bytes]) -> None:
        """Keep payloads soon, without waiting; where 8 MiB wait already they are dropped."""
        if self._is_closed or self._behind_bytes > MAX_BEHIND_BYTES:
            self._dropped += len(payloads)
        elif payloads:
            self._write(payloads, time.monotonic() + self._write_s)

    async def flush(self) -> None:
        """Wait until all that was put before is on disk, or dropped."""
        if self._thread is not None and not self._is_closed:
            await asyncio.shield(self._write({}, math.inf).done)

    def statistics(self) -> Statistics:
        """What the tier has done; asks the disk nothing."""
        counts = self._disk.counts()
        return replace(
            counts,
            hits=self._hits,
            misses=self._misses,
            failures=counts.failures + self._late,
            dropped=counts.dropped + self._dropped,
        )

    async def aclose(self) -> None:
        """Write what waits, and let go of the database; takes 2 s at most, and what is not written then is dropped."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._thread is None:
            self._disk.close()
            return
        ended = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(CLOSE_S):
                try:
                    await self._write({}, math.inf).done
                finally:
                    self._jobs.put(ended)
                await ended
            self._thread.join()  # it has nothing left to do
        except TimeoutError:
            logger.warning("cache=disk state=not_flushed")

    def _write(self, payloads: Mapping[bytes, bytes], until: float) -> _Write:
        write = _Write(payloads, asyncio.get_running_loop().create_future(), until)
        size_bytes = sum(map(len, payloads.values()))

        def release(_: object) -> None:
            self._behind_bytes -= size_bytes

        self._behind_bytes += size_bytes
        write.done.add_done_callback(release)
        self._send(write)
        return write

    def _send(self, job: _LookUp | _Write) -> None:
        if self._thread is None:
            # A daemon: a disk that hangs must not keep the process from ending.
            self._thread = threading.Thread(target=_work, args=(self._disk, self._jobs), name="cache", daemon=True)
            self._thread.start()
        self._jobs.put(job)


def _work(disk: Disk, jobs: queue.SimpleQueue[_LookUp | _Write | _End[None]]) -> None:
    """What the thread does: look-ups as they come, writes when there are none."""
    writes: deque[_Write] = deque()
    pause_s = 0.0
    while True:
        try:
            job = jobs.get(timeout=pause_s) if writes else jobs.get()
        except queue.Empty:
            pause_s = 0.0 if _written(disk, writes) else _PAUSE_S
            continue
        if isinstance(job, _LookUp):
            if time.monotonic() < job.until:  # nobody waits for it any more otherwise
                _resolve(job.answer, disk.get(job.keys))
        elif isinstance(job, _Write):
            writes.append(job)
        else:
            disk.drop(sum(len(write.payloads) for write in writes))
            disk.close()
            _resolve(job, None)
            return


def _written(disk: Disk, writes: deque[_Write]) -> bool:
    """Write what came first, as one; False if other processes do, and it is to be tried again."""
    batch: list[_Write] = []
    payloads: dict[bytes, bytes] = {}
    while writes and len(payloads) < _TOGETHER:
        batch.append(writes.popleft())
        payloads |= {} if batch[-1].is_given_up else batch[-1].payloads
    is_locked = bool(payloads) and disk.try_put(payloads) is Outcome.LOCKED
    now = time.monotonic()
    for write in reversed(batch):
        if is_locked and now < write.until and not write.is_given_up:
            writes.appendleft(write)
            continue
        if is_locked and not write.is_given_up:
            disk.give_up(len(write.payloads))
        _resolve(write.done, None)
    return not is_locked


def _resolve(future: asyncio.Future[Result], result: Result) -> None:
    def resolve() -> None:
        if not future.done():
            future.set_result(result)

    with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits
        future.get_loop().call_soon_threadsafe(resolve)
