"""What a server of the Redis protocol answers, read with bounds: no answer can take more memory than it may.

redis-py's own parsers read as many bytes as a server announces. This one stands in their place (`parser_class`): it
knows what look-ups and writes get (texts of limited size, short lines), and takes anything else for noise.

Source: https://valkey.io/topics/protocol (RESP2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from glossator.cache.base import MAX_VALUE_BYTES

if TYPE_CHECKING:
    import asyncio

MAX_LINE_BYTES: Final = 4 << 10
_READ_BYTES: Final = 64 << 10
_END: Final = b"\r\n"
_PART: Final = object()


class Garbled(ValueError):
    """The server sent what is no answer to anything that we ask, or more than one may send."""


class Replies:
    """The answers of one connection, one by one; `bytes`, None, or an error of redis-py.

    `refusal` makes that error of the server's text; one of a `broken` kind is raised, since nothing can be asked then.
    """

    def __init__(
        self, refusal: Callable[[str], Exception], broken: type[Exception], socket_read_size: int = _READ_BYTES
    ) -> None:
        """Read nothing yet."""
        self._refusal = refusal
        self._broken = broken
        self._read_bytes = socket_read_size
        self._stream: asyncio.StreamReader | None = None
        self._buffer = b""
        self._at = 0

    def on_connect(self, connection: Any) -> None:
        """Begin with a connection's stream."""
        self._stream = connection._reader  # noqa: SLF001 - the way of every parser of redis-py
        self._buffer, self._at = b"", 0

    def on_disconnect(self) -> None:
        """Forget the stream, and what came of it."""
        self._stream = None
        self._buffer, self._at = b"", 0

    async def can_read(self) -> bool:
        """Whether something came that nobody asked for, or the end: the connection must not be used then."""
        if self._stream is None:
            raise ConnectionResetError("not connected")
        return self._at < len(self._buffer) or bool(getattr(self._stream, "_buffer", b"")) or self._stream.at_eof()

    async def read_response(self, disable_decoding: bool = False) -> object:
        """The next answer; raises OSError when the server has gone, Garbled when it makes no sense."""
        reply = self._next()
        while reply is _PART:
            data = await self._stream.read(self._read_bytes) if self._stream else b""
            if not data:
                raise ConnectionResetError("closed by the server")
            self._buffer, self._at = self._buffer[self._at :] + data, 0
            reply = self._next()
        if isinstance(reply, self._broken):
            raise reply
        return reply

    def _next(self) -> object:
        """The answer that the buffer begins with, or `_PART` where more has to come."""
        at = self._at
        end = self._buffer.find(_END, at, at + MAX_LINE_BYTES)
        if end < 0:
            if len(self._buffer) - at >= MAX_LINE_BYTES:
                raise Garbled("a line without an end")
            return _PART
        kind, line = self._buffer[at : at + 1], self._buffer[at + 1 : end]
        if kind == b"$":
            return self._text(end + 2, _size(line))
        self._at = end + 2
        if kind in (b"+", b":"):
            return line
        if kind == b"-":
            return self._refusal(line.decode("utf-8", "replace"))
        raise Garbled("no kind of answer that we ask for")

    def _text(self, start: int, size: int) -> object:
        if size < 0:
            self._at = start
            return None
        end = start + size
        if len(self._buffer) < end + 2:
            return _PART
        if self._buffer[end : end + 2] != _END:
            raise Garbled("a text longer than it says")
        self._at = end + 2
        return self._buffer[start:end]


def _size(line: bytes) -> int:
    try:
        size = int(line)
    except ValueError:
        raise Garbled("a text of no size") from None
    if not -1 <= size <= MAX_VALUE_BYTES:
        raise Garbled("a text larger than was asked for")
    return size
