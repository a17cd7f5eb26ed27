"""A model server for load: a process of its own that speaks OpenAI's dialect over real HTTP, slow and faulty as told.

    with loaded(Load(median_s=1.0)) as server:
        ... server.url ...
        server.told()       # what it was asked, and how long it let each request wait

    python tests/support/load_server.py '{"median_s": 1.0}'     prints its address

How long an answer takes is lognormal, cut to the seed's 0.5 to 2 seconds; a third of it passes before the first word. A
faulty request is one of: silence, 429 with Retry-After, 500, a broken connection, garbled JSON, a stream that ends in
the middle. A plain `asyncio.Protocol`, so that a thousand requests at once cost it little beside who is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import math
import random
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

TEXTS = {
    "summary": "Handle {0} for whoever calls.",
    "returns": "What {0} comes to.",
    "yields": "Each part of {0}.",
    "raises": "If {0} is the only way out.",
}
FRAMES = (
    "The {0} of {1}.",
    "Which {0} it is for {1}.",
    "How {0} is for {1}.",
    "Until when {0} is for {1}.",
    "Whose {0} it is in {1}.",
    "About {0} in {1}.",
    "Where {0} is in {1}.",
    "By {0}, for {1}.",
    "From {0} on, in {1}.",
    "When {0} is in {1}.",
)
FAULTS = ("silence", "limited", "broken", "dropped", "garbled", "truncated")
RETRY_AFTER_S = 0.2
REFUSING_S = 0.02  # what it takes to say 429 or 500
FIRST_WORD = 0.3  # of the time that an answer takes
_SUBJECT = re.compile(r"(?:function|method|generator|property|class) `(\w+)`[^\0]*?\nid: (\w+)")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Load:
    """How the server treats requests; `fault_rate` of them fail, each in one of `faults`."""

    median_s: float = 1.0
    sigma: float = 0.35
    least_s: float = 0.5
    most_s: float = 2.0
    fault_rate: float = 0.0
    faults: tuple[str, ...] = FAULTS
    seed: int = 1


@dataclass
class Told:
    """What the server was asked: each request's prompt as a digest, when it came, how long it took, and its fault.

    `most_at_once` is how many requests were in flight at most, `open` how many connections there are now, that which
    tells it among them, `names` the function that each prompt is about. A silence takes as long as whoever asked has
    patience; what is told is how long the answer would have taken.
    """

    requests: list[tuple[str, float, float, str]] = field(default_factory=list)
    most_at_once: int = 0
    open: int = 0
    names: dict[str, str] = field(default_factory=dict)

    @property
    def latencies_s(self) -> list[float]:
        """How long each request took, in the order in which they came."""
        return [latency_s for _, _, latency_s, _ in self.requests]

    @property
    def answered(self) -> dict[str, int]:
        """How often each prompt was answered as it should be: what was paid for."""
        found: dict[str, int] = {}
        for digest, _, _, fault in self.requests:
            if not fault:
                found[digest] = found.get(digest, 0) + 1
        return found


class Model:
    """What all connections share: the chance, and the record."""

    def __init__(self, load: Load) -> None:
        """Nothing was asked yet."""
        self.load = load
        self.chance = random.Random(load.seed)
        self.told = Told()
        self.in_flight = 0

    def latency_s(self) -> float:
        """How long the next answer takes."""
        load = self.load
        drawn = load.median_s * math.exp(load.sigma * self.chance.gauss(0, 1))
        return min(load.most_s, max(load.least_s, drawn))

    def fault(self) -> str:
        """What goes wrong with the next one; "" for nothing."""
        return self.chance.choice(self.load.faults) if self.chance.random() < self.load.fault_rate else ""

    def begun(self, digest: str, now: float, latency_s: float, fault: str) -> None:
        """A request has come."""
        share = {"dropped": FIRST_WORD}.get(fault, 1.0)
        took_s = REFUSING_S if fault in ("limited", "broken") else latency_s * share
        self.told.requests.append((digest, now, took_s, fault))
        self.in_flight += 1
        self.told.most_at_once = max(self.told.most_at_once, self.in_flight)


class Connection(asyncio.Protocol):
    """One connection, with one request after the other."""

    def __init__(self, model: Model) -> None:
        """Nothing was asked yet."""
        self._model = model
        self._buffer = bytearray()
        self._timers: list[asyncio.TimerHandle] = []
        self._is_busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody has connected."""
        self._transport = transport
        self._model.told.open += 1

    def connection_lost(self, _error: Exception | None) -> None:
        """Nobody waits any more."""
        self._model.told.open -= 1
        for timer in self._timers:
            timer.cancel()
        self._ended()

    def data_received(self, data: bytes) -> None:
        """Answer once a request is whole."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._buffer, 0, end)
        size = end + 4 + (int(length.group(1)) if length else 0)
        if len(self._buffer) >= size:
            head, body = bytes(self._buffer[:end]), bytes(self._buffer[end + 4 : size])
            del self._buffer[:size]
            self._asked(head, body)

    def _asked(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET"):
            self._send(plain(json.dumps(asdict(self._model.told)).encode()))
            return
        model, now = self._model, asyncio.get_running_loop().time()
        question = json.loads(body)
        latency_s, fault = model.latency_s(), model.fault()
        asked = question["messages"][-1]["content"]
        digest = hashlib.blake2b(asked.encode(), digest_size=8).hexdigest()
        model.told.names[digest] = next((one.group(1) for one in _SUBJECT.finditer(asked)), "")
        model.begun(digest, now, latency_s, fault)
        self._is_busy = True
        self._answer(question, latency_s, fault)

    def _answer(self, question: Mapping[str, object], latency_s: float, fault: str) -> None:
        """Send each piece at its time."""
        if fault == "silence":
            return
        if fault == "dropped":
            self._later(latency_s * FIRST_WORD, None)
            return
        if fault in ("limited", "broken"):
            status = (
                b"429 Too Many Requests\r\nretry-after: %.1f" % RETRY_AFTER_S if fault == "limited" else b"500 Error"
            )
            self._later(REFUSING_S, b'HTTP/1.1 %s\r\ncontent-length: 12\r\n\r\n{"error":{}}' % status)
            return
        text = json.dumps(said(question))
        if fault == "garbled":
            text = text[: len(text) // 2] + "}{"
        pieces = stream(text)
        self._later(latency_s * FIRST_WORD, pieces[0])
        self._later(latency_s, None if fault == "truncated" else pieces[1])

    def _later(self, delay_s: float, piece: bytes | None) -> None:
        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(delay_s, self._send, piece))

    def _send(self, piece: bytes | None) -> None:
        if piece is None:
            self._transport.abort()
            return
        self._transport.write(piece)
        if piece.endswith((b"[DONE]\n\n\r\n0\r\n\r\n", b"{}}")):
            self._ended()

    def _ended(self) -> None:
        self._timers.clear()
        if self._is_busy:
            self._is_busy = False
            self._model.in_flight -= 1


def said(question: Mapping[str, object]) -> dict[str, object]:
    """An answer to a question: a text for each field of its schema, in words of the code, as no rule would refuse."""
    asked = question["messages"][-1]["content"]  # type: ignore[index]
    names = {one.group(2): one.group(1) for one in _SUBJECT.finditer(asked)}
    return _object(_schema(question, asked, list(names)), list(names.values()))


def _schema(question: Mapping[str, object], asked: str, ids: list[str]) -> Mapping[str, object]:
    """The schema of the answer; where no form is to be enforced, its keys stand in the words of the question."""
    enforced = question.get("response_format", {}).get("json_schema")  # type: ignore[attr-defined]
    if enforced is not None:
        found: Mapping[str, object] = enforced["schema"]
        return found
    tools = question.get("tools")
    if tools:
        return tools[0]["function"]["parameters"]  # type: ignore[index,no-any-return]
    keys = json.loads(asked[asked.rindex("in place of each") :].partition(": ")[2])
    return {"properties": {key: {"enum": ids[:1]} if key == "id" else {} for key in keys}}


def _object(schema: Mapping[str, object], names: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for number, (name, one) in enumerate(schema["properties"].items()):  # type: ignore[attr-defined]
        if "properties" in one:
            found[name] = _object(one, names[number : number + 1])
        elif "enum" in one:
            found[name] = one["enum"][0]
        else:
            kind, _, about = name.partition("_")
            whole = _words("".join(names[:1]))
            found[name] = TEXTS.get(kind, FRAMES[number % len(FRAMES)]).format(_words(about) or whole, whole)
    return found


def _words(name: str) -> str:
    return " ".join(re.split(r"[_\W]+", name.strip("_"))).lower()


def stream(text: str) -> tuple[bytes, bytes]:
    """A streamed answer in two parts: the head with the first word, and the rest."""
    first, rest = text[:12], text[12:]
    usage = {"prompt_tokens": 600, "completion_tokens": len(text) // 4, "total_tokens": 600 + len(text) // 4}
    begun = _event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": first}}]})
    words = _event({"choices": [{"index": 0, "delta": {"content": rest}}]})
    ended = _event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    used = _event({"choices": [], "usage": usage})
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + _chunk(begun), b"".join(map(_chunk, (words, ended, used, b"data: [DONE]\n\n"))) + b"0\r\n\r\n"


def _event(found: Mapping[str, object]) -> bytes:
    return b"data: %s\n\n" % json.dumps(found).encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def plain(body: bytes) -> bytes:
    """A whole answer."""
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


@dataclass
class LoadServer:
    """A running server, from outside."""

    url: str
    process: subprocess.Popen[str]

    def told(self) -> Told:
        """What it was asked so far."""
        with urllib.request.urlopen(f"{self.url}/told") as answer:
            found = json.load(answer)
        return Told([tuple(one) for one in found["requests"]], found["most_at_once"], found["open"], found["names"])


@contextlib.contextmanager
def loaded(load: Load) -> Iterator[LoadServer]:
    """A server in a process of its own."""
    command = [sys.executable, str(Path(__file__)), json.dumps(asdict(load))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield LoadServer(process.stdout.readline().strip(), process)
        finally:
            process.kill()


async def serve(load: Load) -> None:
    """Serve until the process is ended."""
    model = Model(load)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(model), "127.0.0.1", 0, backlog=4096)
    host, port = server.sockets[0].getsockname()
    sys.stdout.write(f"http://{host}:{port}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Load(**json.loads(sys.argv[1]))))
