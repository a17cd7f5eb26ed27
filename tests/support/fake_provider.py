"""A model server of our own, over a real socket: it says what a test wants, byte for byte, and keeps what it was asked.

    async with FakeProvider(ok(openai_stream('{"summary": "Say it."}'))) as server:
        provider = build(ProviderSettings("fake", "openai", endpoint=f"{server.url}/v1"), ...)

Each request gets the next script, the last one again and again; a script may also be a function of the request. A
script is a series of steps: bytes are sent as they are, `Drip` sends them one by one, `HANG` waits until the client
goes, something with an asynchronous `wait` is waited for, `RESET` breaks the connection, `CLOSE` ends it. Without
`CLOSE` the connection is kept, so the bytes have to say where the answer ends (`ok` and `failure` do).

`server.requests` are the requests as they came; `await server.gone()` waits until a client has closed its connection
under an answer; `server.connections` counts those that are open, `server.accepted` all there were.

It lives in the test's own loop, which cannot deadlock as long as the test waits with `await`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

HANG = object()
RESET = object()
CLOSE = object()


@dataclass(frozen=True)
class Drip:
    """Bytes that are sent one by one, with a pause after each; `endless`: over and over."""

    data: bytes
    pause_s: float = 0.005
    endless: bool = False


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


Script = Sequence[object]


@dataclass
class FakeProvider:
    """The server; use it as an asynchronous context."""

    scripts: Sequence[Script | Callable[[Asked], Script]] = ()
    requests: list[Asked] = field(default_factory=list)
    connections: int = 0
    accepted: int = 0

    def __init__(self, *scripts: Script | Callable[[Asked], Script], port: int = 0) -> None:
        self.scripts = scripts
        self.port = port  # 0: any that is free
        self.requests = []
        self.connections = self.accepted = 0
        self._gone = asyncio.Event()
        self._asked = asyncio.Event()
        self._empty = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def hang_up(self) -> None:
        """Close all connections from this side."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def forget(self) -> None:
        """Begin anew: nobody has asked, and nobody has gone."""
        self.requests.clear()
        self._asked.clear()
        self._gone.clear()

    @property
    def url(self) -> str:
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    async def __aenter__(self) -> FakeProvider:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self.hang_up()
        await self._server.wait_closed()

    async def gone(self) -> None:
        """Wait until a client has closed its connection while it was being answered."""
        await asyncio.wait_for(self._gone.wait(), 10)

    async def deserted(self) -> None:
        """Wait until no connection is open."""
        if self.connections:
            await asyncio.wait_for(self._empty.wait(), 10)

    async def asked(self) -> None:
        """Wait until a request has come."""
        await asyncio.wait_for(self._asked.wait(), 10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        self.connections += 1
        self._empty.clear()
        self.accepted += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while (request := await _request(reader)) is not None and await self._answer(request, reader, writer):
                    pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            self._tasks.discard(task)
            self.connections -= 1
            if not self.connections:
                self._empty.set()

    async def _answer(self, request: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        script = self.scripts[min(len(self.requests), len(self.scripts) - 1)]
        self.requests.append(request)
        self._asked.set()
        for step in script(request) if callable(script) else script:
            if step is CLOSE:
                return False
            if step is RESET:
                _reset(writer)
                return False
            if await self._or_gone(self._step(step, writer), reader):
                return False
        return True

    async def _step(self, step: object, writer: asyncio.StreamWriter) -> None:
        if step is HANG:
            await asyncio.Event().wait()
        elif isinstance(step, Drip):
            await _drip(step, writer)
        elif hasattr(step, "wait"):
            await step.wait()
        else:
            writer.write(step)
            await writer.drain()

    async def _or_gone(self, step: Awaitable[None], reader: asyncio.StreamReader) -> bool:
        """Take a step; whether the client went meanwhile."""
        doing = asyncio.ensure_future(step)
        leaving = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({doing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if leaving.done() and not leaving.cancelled() and not leaving.exception() and leaving.result():
            reader._buffer[:0] = leaving.result()  # not gone: the next request, come early
            await asyncio.wait({doing})
        is_gone = not doing.done()
        for task in (doing, leaving):
            task.cancel()
        results = await asyncio.gather(doing, leaving, return_exceptions=True)
        is_gone = is_gone or isinstance(results[0], ConnectionError)
        if is_gone:
            self._gone.set()
        return is_gone


async def _drip(drip: Drip, writer: asyncio.StreamWriter) -> None:
    while True:
        for byte in drip.data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(drip.pause_s)
        if not drip.endless:
            return


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _request(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode().split("\r\n")[:-2]
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, path, headers, body)


def head(status: int = 200, content_type: str = "text/event-stream", *lines: str) -> bytes:
    """The beginning of an answer whose end is the connection's."""
    fields = [f"HTTP/1.1 {status} Said", f"Content-Type: {content_type}", *lines]
    return "\r\n".join([*fields, "", ""]).encode()


def ok(body: bytes, content_type: str = "text/event-stream", *lines: str) -> Script:
    """A whole answer, on a connection that is kept."""
    return (head(200, content_type, f"Content-Length: {len(body)}", *lines), body)


def failure(status: int, body: object = b"", *lines: str, content_type: str = "application/json") -> Script:
    """An answer that tells of an error; what is not bytes becomes JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (head(status, content_type, f"Content-Length: {len(raw)}", *lines), raw)


def chunked(*pieces: bytes, content_type: str = "text/event-stream") -> Script:
    """A whole answer in chunks, as servers stream."""
    raw = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return (head(200, content_type, "Transfer-Encoding: chunked"), raw + b"0\r\n\r\n")


def event(data: object, name: str = "") -> bytes:
    """One server-sent event."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return (f"event: {name}\n" if name else "").encode() + f"data: {text}\n\n".encode()


def pieces_of(text: str, size: int = 7) -> list[str]:
    """A text as a model writes it, a few letters at a time."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def openai_chunk(delta: object, finish: str | None = None, **members: object) -> dict[str, object]:
    """One chunk of a chat completion."""
    choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "m", "choices": choices, **members}


def openai_stream(text: str, finish: str | None = "stop", usage: object = None) -> bytes:
    """A chat completion as OpenAI streams it: role, content, finish, usage, [DONE]."""
    events = [event(openai_chunk({"role": "assistant", "content": "", "refusal": None}))]
    events += [event(openai_chunk({"content": piece})) for piece in pieces_of(text)]
    if finish is not None:
        events.append(event(openai_chunk({}, finish)))
    if usage is not None:
        events.append(event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [], "usage": usage}))
    return b"".join([*events, event("[DONE]")])


def anthropic_stream(text: str, stop_reason: str = "end_turn", usage: dict[str, int] | None = None) -> bytes:
    """A message as Anthropic streams it, with a ping."""
    counts = {"input_tokens": 120, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, **(usage or {})}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "m", "stop_reason": None}
    delta = {"stop_reason": stop_reason, "stop_sequence": None}
    events: list[dict[str, object]] = [
        {"type": "message_start", "message": {**message, "usage": {**counts, "output_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
            for piece in pieces_of(text)
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": delta, "usage": {"output_tokens": counts.get("output_tokens", 40)}},
        {"type": "message_stop"},
    ]
    return b"".join(event(found, str(found["type"])) for found in events)


def ollama_stream(text: str, done_reason: str = "stop", **last: object) -> bytes:
    """A chat answer as Ollama streams it: an object a line."""
    lines: list[dict[str, object]] = [
        {
            "model": "m",
            "created_at": "2026-01-01T00:00:00Z",
            "message": {"role": "assistant", "content": piece},
            "done": False,
        }
        for piece in pieces_of(text)
    ]
    end = {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": done_reason}
    lines.append({"model": "m", **end, "total_duration": 5, "prompt_eval_count": 26, "eval_count": 12, **last})
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
