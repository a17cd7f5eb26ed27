"""Serves the numbers to a Prometheus server on this machine, from the loop of the language server.

No library and no thread: prometheus-client's server runs in threads of its own, which would read what the loop writes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Final

from glossator.monitor.prometheus import CONTENT_TYPE

logger = logging.getLogger(__name__)

REQUEST_S: Final = 5.0  # for a whole request and its answer
MAX_HEAD_BYTES: Final = 8 << 10
MAX_AT_ONCE: Final = 8
LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1")


class Endpoint:
    """An open port on loopback that answers `GET /metrics`."""

    def __init__(self, metrics: Callable[[], Awaitable[str]]) -> None:
        """Answer with what `metrics` gives; no port is open yet."""
        self._metrics = metrics
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._names = {*LOOPBACK_NAMES}

    @property
    def port(self) -> int | None:
        """The port that is open, if any."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server is not None else None

    async def open(self, host: str, port: int) -> None:
        """Listen. Raises OSError where another process does."""
        self._names.add(host)
        self._server = await asyncio.start_server(self._serve, host, port, limit=MAX_HEAD_BYTES)

    async def aclose(self) -> None:
        """Close the port, and all connections."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._connections.values():
            writer.transport.abort()  # their tasks end by themselves
        if self._connections:
            await asyncio.wait(self._connections)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        task.add_done_callback(self._connections.pop)
        try:
            if len(self._connections) <= MAX_AT_ONCE:
                async with asyncio.timeout(REQUEST_S):
                    writer.write(await self._answer(reader))
                    await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            logger.debug("metrics=not_answered")
        finally:
            writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        # A web page can make a browser ask by a name of its own that leads here, not by an address of this machine.
        if not all(_host_of(line) in self._names for line in head[1:] if line.lower().startswith("host:")):
            return _response("403 Forbidden", "only by an address of this machine\n")
        if head[0].split(" ")[:2] != ["GET", "/metrics"]:
            return _response("404 Not Found", "GET /metrics\n")
        return _response("200 OK", await self._metrics())


def _host_of(line: str) -> str:
    """The host that a header names, without its port."""
    found = re.fullmatch(r"\[?(.*?)\]?(:\d+)?", line.partition(":")[2].strip())
    return found[1].lower() if found else ""


def _response(status: str, text: str) -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
