"""One client's two byte streams: frames in, frames out, and what happens when a stream ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from glossator.lsp.framing import Framer, FramingLost

logger = logging.getLogger(__name__)

MAX_WAITING_BYTES = 16 << 20
"""How much a client may leave unread before we take it for gone."""


class ByteSink(Protocol):
    """Where bytes go without blocking: asyncio's write transports, and `streams.WriterThread`."""

    def write(self, data: bytes) -> None:
        """Take the data; what cannot leave at once waits in memory."""

    def get_write_buffer_size(self) -> int:
        """The bytes that wait."""
        ...

    def close(self) -> None:
        """End the stream."""


class Output:
    """Sends frames to the client and never blocks; tells `lost` once when the client does not read them any more."""

    def __init__(self, sink: ByteSink, lost: Callable[[str], None]) -> None:
        """Send to `sink`."""
        self._sink: ByteSink | None = sink
        self._lost = lost

    def write(self, frame: bytes) -> None:
        """Send a frame. A frame of any size is taken as long as what waits before it is within bounds."""
        if self._sink is None:
            return
        if self._sink.get_write_buffer_size() > MAX_WAITING_BYTES:
            self.abandon()
            self._lost(f"the client left more than {MAX_WAITING_BYTES} bytes unread")
            return
        self._sink.write(frame)

    def abandon(self) -> None:
        """Send nothing more."""
        self._sink = None

    async def drain(self, timeout_s: float) -> None:
        """Wait until all has left, not longer than `timeout_s`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while self._sink and self._sink.get_write_buffer_size() and loop.time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.005)  # asyncio tells nobody when a transport has sent all

    def close(self) -> None:
        """Close the stream (the name is pygls')."""
        if self._sink is not None:
            self._sink.close()
            self._sink = None


def _nothing() -> None:
    """Nobody can do with less."""


class Input(asyncio.Protocol):
    """Receives the client's bytes, cuts them into messages, and tells `lost` once when there will be no more."""

    def __init__(
        self,
        receive: Callable[[bytes], None],
        lost: Callable[[str], None],
        framer: Framer,
        relieve: Callable[[], None] = _nothing,
    ) -> None:
        """Hand complete bodies to `receive`; `framer` may hold the start of a message already.

        Where there is no memory for a message, `relieve` is called, and it is tried once more.
        """
        self._receive = receive
        self._lost = lost
        self._framer: Framer | None = framer
        self._relieve = relieve

    def data_received(self, data: bytes) -> None:
        """Handle each message that `data` completes."""
        if self._framer is None:
            return
        try:
            self._take(self._framer, data)
        except FramingLost as error:
            self._end(str(error))
        except MemoryError:
            self._end("there is too little memory for a message")

    def _take(self, framer: Framer, data: bytes) -> None:
        """Handle what is complete; if there is no memory for it, tried once more with what others can do without."""
        try:
            bodies = framer.feed(data)
        except MemoryError:
            self._relieve()
            bodies = framer.feed(data)
        try:
            self._hand_over(bodies)
        except MemoryError:
            bodies.close()
            self._relieve()
            self._hand_over(framer.feed(b""))

    def _hand_over(self, bodies: Iterable[bytes]) -> None:
        for body in bodies:
            self._receive(body)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client closed its side."""
        self._end("the client closed its output")

    def refuse(self) -> None:
        """Take nothing from this stream, and do not miss it."""
        self._framer = None

    def _end(self, reason: str) -> None:
        if self._framer is not None:
            self._framer = None
            self._lost(reason)


class Closing(asyncio.Protocol):
    """Notices that the reader of our output is gone, even while we send nothing."""

    def __init__(self, lost: Callable[[str], None]) -> None:
        """Tell `lost`."""
        self._lost = lost

    def connection_lost(self, exc: Exception | None) -> None:
        """The client closed its input."""
        self._lost("the client closed its input")
