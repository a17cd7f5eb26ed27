"""Connects the loop to two descriptors: by polling where the platform can, else by two threads.

Polling costs no hand-over between threads. Regular files and Windows' pipes cannot be polled.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import cast

from glossator.lsp.connection import ByteSink, Closing, Input

logger = logging.getLogger(__name__)

READ_BYTES = 1 << 16
CHUNKS_AHEAD = 16


async def connect_output(writing: int, lost: Callable[[str], None]) -> ByteSink:
    """Where to write for a descriptor; `lost` hears when its reader is gone."""
    loop = asyncio.get_running_loop()
    try:
        pipe = os.fdopen(writing, "wb", buffering=0, closefd=False)
        transport, _ = await loop.connect_write_pipe(lambda: Closing(lost), pipe)
    except (ValueError, OSError, NotImplementedError):
        return WriterThread(writing, loop, lost)
    return cast("ByteSink", transport)


async def connect_input(reading: int, source: Input) -> None:
    """Feed `source` with what arrives at a descriptor."""
    loop = asyncio.get_running_loop()
    try:
        pipe = os.fdopen(reading, "rb", buffering=0, closefd=False)
        await loop.connect_read_pipe(lambda: source, pipe)
    except (ValueError, OSError, NotImplementedError):
        threading.Thread(target=_read, args=(reading, loop, source), name="input", daemon=True).start()


class WriterThread:
    """A sink that writes in a thread of its own."""

    def __init__(self, descriptor: int, loop: asyncio.AbstractEventLoop, lost: Callable[[str], None]) -> None:
        """Start the thread; `lost` is called on the loop when writing fails."""
        self._descriptor = descriptor
        self._loop = loop
        self._lost = lost
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._taken = 0  # each counter has one writer: the loop
        self._written = 0  # the thread
        threading.Thread(target=self._run, name="output", daemon=True).start()

    def write(self, data: bytes) -> None:
        """Take the data."""
        self._taken += len(data)
        self._queue.put(data)

    def get_write_buffer_size(self) -> int:
        """The bytes that have not left yet."""
        return self._taken - self._written

    def close(self) -> None:
        """End the thread after what it has been given."""
        self._queue.put(None)

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(self._descriptor, view) :]
            except OSError:
                _call(self._loop, lambda: self._lost("the client closed its input"))
                return
            self._written += len(data)


def _read(descriptor: int, loop: asyncio.AbstractEventLoop, source: Input) -> None:
    """Read in a thread, not further ahead of the loop than a few chunks."""
    ahead = threading.BoundedSemaphore(CHUNKS_AHEAD)

    def hand_over(data: bytes) -> None:
        ahead.release()
        source.data_received(data)

    try:
        while data := os.read(descriptor, READ_BYTES):
            ahead.acquire()
            _call(loop, partial(hand_over, data))
    except OSError as error:
        logger.warning("input unreadable error=%s", type(error).__name__)
    _call(loop, lambda: source.connection_lost(None))


def _call(loop: asyncio.AbstractEventLoop, action: Callable[[], None]) -> None:
    """Call on the loop, unless it has ended."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(action)
