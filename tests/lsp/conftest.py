"""A raw JSON-RPC client: it can say what no well-behaved client says."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SERVE = "from glossator.lsp.start import serve_stdio; raise SystemExit(serve_stdio())"
URI = "file:///project/sample.py"


class RawClient:
    """One server process and the two ends of its pipes. Waiting has a deadline, never a sleep."""

    def __init__(self, code: str = SERVE, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=os.environ | environment,
        )
        self.received = bytearray()
        self.messages: list[dict[str, Any]] = []
        self._number = 0

    def send_raw(self, data: bytes) -> None:
        assert self.process.stdin is not None
        view = memoryview(data)
        while view:
            view = view[self.process.stdin.write(view) :]

    def send_body(self, body: bytes) -> None:
        """Send a frame around what may be no message at all."""
        self.send_raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def send(self, *messages: Any) -> None:
        self.send_raw(b"".join(frame({"jsonrpc": "2.0"} | message) for message in messages))

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"method": method, "params": params})

    def start_request(self, method: str, params: Any = None) -> int:
        self._number += 1
        self.send({"id": self._number, "method": method, "params": params})
        return self._number

    def request(self, method: str, params: Any = None) -> dict[str, Any]:
        """Ask and wait: the whole answer, with its "result" or "error"."""
        return self.answer(self.start_request(method, params))

    def answer(self, identity: Any) -> dict[str, Any]:
        return self.take(lambda message: "method" not in message and message.get("id") == identity)

    def notification(self, method: str) -> Any:
        return self.take(lambda message: message.get("method") == method)["params"]

    def take(self, wanted: Callable[[dict[str, Any]], bool], timeout_s: float = 20.0) -> dict[str, Any]:
        """The first message that fits, and forget it. Answers requests of the server with null on the way."""
        deadline = time.monotonic() + timeout_s
        while True:
            for place, message in enumerate(self.messages):
                if wanted(message):
                    return self.messages.pop(place)
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"the message did not arrive; got {self.messages}; exit {self.process.poll()}")

    def _read(self, timeout_s: float) -> bool:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if timeout_s <= 0 or not selector.select(timeout_s):
                return False
        data = os.read(self.process.stdout.fileno(), 1 << 20)
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            length = int(self.received[:end].split(b":")[1])
            if len(self.received) < end + 4 + length:
                break
            self.messages.append(json.loads(self.received[end + 4 : end + 4 + length]))
            del self.received[: end + 4 + length]
        return bool(data)

    def forget_answers(self) -> None:
        """Have the server forget what models have said, so that they are asked again."""
        params = {"command": "glossator.clearCache", "arguments": []}
        assert "result" in self.request("workspace/executeCommand", params)

    def initialize(self, capabilities: Any = None, **params: Any) -> dict[str, Any]:
        answer = self.request("initialize", {"processId": os.getpid(), "capabilities": capabilities or {}} | params)
        self.notify("initialized", {})
        return answer["result"]

    def open(self, text: str, uri: str = URI, version: int = 1) -> None:
        self.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "python", "version": version, "text": text}},
        )

    def change(self, *changes: Any, version: int, uri: str = URI) -> None:
        self.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)},
        )

    @staticmethod
    def edit(start: tuple[int, int], end: tuple[int, int], text: str) -> dict[str, Any]:
        """One entry of contentChanges."""
        return {
            "range": {
                "start": {"line": start[0], "character": start[1]},
                "end": {"line": end[0], "character": end[1]},
            },
            "text": text,
        }

    def ended(self, timeout_s: float = 10.0) -> int:
        """The exit code; fails if the process lives on."""
        return self.process.wait(timeout_s)

    def log(self) -> str:
        """What the server wrote to standard error; only once it has ended."""
        assert self.process.stderr is not None
        return self.process.stderr.read().decode()

    def close(self) -> None:
        """End the server by leaving it, so that it can save its coverage; a test may have left it unable to end."""
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def frame(message: Any) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def _launching() -> Iterator[Callable[..., RawClient]]:
    clients: list[RawClient] = []

    def start(code: str = SERVE, **environment: str) -> RawClient:
        clients.append(RawClient(code, **environment))
        return clients[-1]

    yield start
    for client in clients:
        client.close()


@pytest.fixture
def launch() -> Iterator[Callable[..., RawClient]]:
    """Starts servers of the test's own, and ends them."""
    yield from _launching()


@pytest.fixture(scope="module")
def module_launch() -> Iterator[Callable[..., RawClient]]:
    """Starts servers that the whole module shares, and ends them."""
    yield from _launching()


@pytest.fixture(scope="module")
def client(module_launch: Callable[..., RawClient]) -> RawClient:
    """One initialized server for the whole module: tests leave it as they find it."""
    raw = module_launch()
    raw.initialize()
    return raw


@pytest.fixture(scope="session")
def editor_capabilities() -> Callable[[str], Any]:
    """What a real editor sends, by the name of its capture."""
    folder = Path(__file__).parent / "capabilities"
    return lambda name: json.loads((folder / f"{name}.json").read_text())["capabilities"]
