"""A language client that measures: one thread, one poll loop, no hand-over inside of a measured interval.

A request is serialised before its clock starts, and the clock stops when the last byte of the answer has been read.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import select
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

clock = time.perf_counter
PIPE_SIZE = 1 << 20
SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, Linux


class ServerFailed(RuntimeError):
    """A server ended, or did not answer in time."""


@dataclass(slots=True)
class Answer:
    """One response: when its last byte was read, and what it said."""

    at: float
    result: Any
    error: Any

    @property
    def is_useful(self) -> bool:
        """Whether it holds something: a fast empty answer is no achievement."""
        result = self.result["items"] if isinstance(self.result, dict) and "items" in self.result else self.result
        return self.error is None and bool(result)


class Client:
    """A server as a child process, and the conversation with it."""

    def __init__(self, command: list[str], root: Path, environment: dict[str, str], timeout_s: float = 60.0) -> None:
        self.root = root
        self.timeout_s = timeout_s
        self.capabilities: dict[str, Any] = {}
        self.answers: dict[int, Answer] = {}
        self._ids = itertools.count(1)
        self._read = bytearray()
        self._unsent = bytearray()
        self.stderr = tempfile.TemporaryFile()  # noqa: SIM115, closed when the server is stopped
        self.started = clock()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            cwd=root,
            env=environment,
            bufsize=0,
        )
        self._stdin, self._stdout = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self._stdin, False)
        os.set_blocking(self._stdout, False)
        with contextlib.suppress(OSError):  # larger pipes mean fewer stalls; not every system has them
            fcntl.fcntl(self._stdout, SET_PIPE_SIZE, PIPE_SIZE)

    def initialize(self) -> float:
        """Greet the server; seconds from its start to its answer."""
        folder = {"uri": self.root.as_uri(), "name": self.root.name}
        answer = self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder["uri"],
                "workspaceFolders": [folder],
                "capabilities": CAPABILITIES,
            },
        )
        self.capabilities = answer.result["capabilities"]
        elapsed = answer.at - self.started
        self.tell("initialized", {})
        return elapsed

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._unsent += framed({"jsonrpc": "2.0", "method": method, "params": params})
        self._flush()

    def ask(self, method: str, params: Any) -> Answer:
        """Send a request and wait for its answer."""
        return self.measure([], method, params)[1]

    def measure(self, notifications: list[tuple[str, Any]], method: str, params: Any) -> tuple[float, Answer]:
        """Send notifications and a request in one write; seconds to the answer, and the answer."""
        number = next(self._ids)
        message = b"".join(framed({"jsonrpc": "2.0", "method": name, "params": body}) for name, body in notifications)
        message += framed({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        started = clock()
        self._unsent += message
        self._until(number)
        answer = self.answers.pop(number)
        return answer.at - started, answer

    def start(self, method: str, params: Any) -> int:
        """Send a request; its number, to wait for its answer."""
        number = next(self._ids)
        self._unsent += framed({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        self._flush()
        return number

    def wait(self, number: int) -> Answer:
        """The answer to a request that was sent before."""
        self._until(number)
        return self.answers.pop(number)

    def settle(self, quiet_s: float = 0.2) -> None:
        """Read what the server still has to say until it is quiet."""
        while self._readable(quiet_s):
            self._receive()
            self._flush()

    def listen(self, seconds: float) -> None:
        """Read what the server says for so long."""
        until = clock() + seconds
        while (left := until - clock()) > 0:
            if self._readable(left):
                self._receive()
                self._flush()

    def memory_mib(self) -> float:
        """Resident memory of the server and its children, in MiB."""
        return sum(resident_bytes(pid) for pid in process_tree(self.process.pid)) / 2**20

    def stop(self) -> None:
        """End the server, politely if it listens."""
        with contextlib.suppress(ServerFailed, OSError):
            self.timeout_s = 5.0
            self.ask("shutdown", None)
            self.tell("exit", None)
            self.process.wait(5)
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.stderr.close()

    def _until(self, number: int) -> None:
        deadline = clock() + self.timeout_s
        while number not in self.answers:
            self._flush()
            if clock() > deadline:
                raise ServerFailed(f"no answer within {self.timeout_s:.0f} s")
            if self._readable(1.0):
                self._receive()

    def _readable(self, seconds: float) -> bool:
        writing = [self._stdin] if self._unsent else []
        readable, writable, _ = select.select([self._stdout], writing, [], seconds)
        if writable:
            self._flush()
        return bool(readable)

    def _flush(self) -> None:
        while self._unsent:
            try:
                sent = os.write(self._stdin, self._unsent)
            except BlockingIOError:
                return
            except OSError as error:
                raise ServerFailed(f"cannot write: {error}") from error
            del self._unsent[:sent]

    def _receive(self) -> None:
        try:
            chunk = os.read(self._stdout, PIPE_SIZE)
        except BlockingIOError:
            return
        if not chunk:
            self.stderr.seek(0)
            raise ServerFailed(f"the server ended: {self.stderr.read()[-500:].decode(errors='replace')}")
        now = clock()
        self._read += chunk
        while (message := self._next_message()) is not None:
            self._handle(message, now)

    def _next_message(self) -> dict[str, Any] | None:
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return None
        header = bytes(self._read[:end]).lower()
        length = int(header.partition(b"content-length:")[2].split(b"\r\n")[0])
        stop = end + 4 + length
        if len(self._read) < stop:
            return None
        body = bytes(self._read[end + 4 : stop])
        del self._read[:stop]
        return json.loads(body)

    def _handle(self, message: dict[str, Any], now: float) -> None:
        if "method" not in message:
            self.answers[message["id"]] = Answer(now, message.get("result"), message.get("error"))
        elif "id" in message:
            items = (message.get("params") or {}).get("items", [])
            results = {"workspace/configuration": [None] * len(items), "workspace/applyEdit": {"applied": True}}
            result = results.get(message["method"])
            self._unsent += framed({"jsonrpc": "2.0", "id": message["id"], "result": result})


def framed(message: dict[str, Any]) -> bytes:
    """A message with its header."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def process_tree(root: int) -> list[int]:
    """A process and its living descendants (Linux; elsewhere only the process)."""
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                queue += map(int, (task / "children").read_text().split())
    return found


def resident_bytes(pid: int) -> int:
    """Resident memory of one process, 0 where /proc is absent."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def cpu_seconds(pid: int) -> float:
    """Processor time of one process so far, 0 where /proc is absent."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "workspaceFolders": True,
        "workspaceEdit": {"documentChanges": True},
    },
    "window": {"workDoneProgress": True},
    "textDocument": {
        "synchronization": {"didSave": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "completion": {"completionItem": {"snippetSupport": True}, "contextSupport": True},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor", "source"]}},
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
        # No pulled diagnostics: servers push theirs, and that work is measured with the request behind it.
        "publishDiagnostics": {"versionSupport": True},
    },
}
