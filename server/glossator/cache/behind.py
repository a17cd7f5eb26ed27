"""What is to be written when there is time: a bounded heap of payloads, and one task that carries it off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

MAX_BYTES: Final = 4 << 20
BATCH_BYTES: Final = 256 << 10
DRAIN_S: Final = 2.0


class Behind:
    """Payloads that wait to be put; what does not fit is dropped, and counted."""

    def __init__(self, put: Callable[[Mapping[bytes, bytes]], Awaitable[None]], max_bytes: int = MAX_BYTES) -> None:
        """Put them with `put`, which has a deadline of its own."""
        self._put = put
        self._max_bytes = max_bytes
        self._waiting: dict[bytes, bytes] = {}
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None
        self.dropped = 0

    def add(self, payloads: Mapping[bytes, bytes]) -> None:
        """Put payloads soon; has to be called in an event loop, and never waits."""
        for key, payload in payloads.items():
            size = len(key) + len(payload)
            if key in self._waiting or self._bytes + size > self._max_bytes:
                self.dropped += key not in self._waiting  # a key says what lies under it: a second payload adds nothing
                continue
            self._waiting[key] = payload
            self._bytes += size
        if self._waiting and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._carry())

    async def aclose(self) -> None:
        """Put what waits, for `DRAIN_S` at most; drop the rest."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=DRAIN_S)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.dropped += len(self._waiting)
        self._waiting.clear()
        self._bytes = 0

    async def _carry(self) -> None:
        while batch := self._batch():
            await self._put(batch)

    def _batch(self) -> dict[bytes, bytes]:
        """The oldest payloads, as many as one message may hold."""
        batch: dict[bytes, bytes] = {}
        size = 0
        for key, payload in self._waiting.items():
            size += len(key) + len(payload)
            if batch and size > BATCH_BYTES:
                break
            batch[key] = payload
        for key, payload in batch.items():
            del self._waiting[key]
            self._bytes -= len(key) + len(payload)
        return batch
