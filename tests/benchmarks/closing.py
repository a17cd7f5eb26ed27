"""How long a model's stream stays open after the user has ended what it was for: 100 ms in the worst case."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from client import Client
from table import Row

sys.path.append(str(Path(__file__).parents[1] / "support"))

from served import Served, served, stalling

GOAL_MS = 100.0
SOURCE = "def area(width, height):\n    return width * height\n"
WORDS = {"summary": "Return the area of a rectangle with this width and height."}
SERVE = [sys.executable, "-c", "from glossator.lsp.start import serve_stdio; raise SystemExit(serve_stdio())"]
WRITE = [sys.executable, "-m", "glossator", "write", "a.py"]
UNDER_WAY_S = 0.1  # until the answer that was begun has arrived
URI = "file:///somewhere/area.py"


def closing_rows(root: Path, times: int) -> list[Row]:
    """The rows of cancelling, closing a file and Ctrl-C: the median, and the best and the worst of so many."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "a.py").write_text(SOURCE)
    with served(stalling(WORDS)) as fake:
        (root / "config.toml").write_text(fake.config)
        environment = os.environ | {"GLOSSATOR_CONFIG": str(root / "config.toml"), "XDG_CACHE_HOME": str(root)}
        environment["PYTHONPATH"] = str(Path(__file__).parents[2] / "server")
        client = Client(SERVE, root, environment)
        client.initialize()
        cancel = [_in_editor(client, fake, _cancel) for _ in range(times)]
        close = [_in_editor(client, fake, _close) for _ in range(times)]
        client.stop()
        interrupt = [_on_command_line(root, fake, environment) for _ in range(times)]
    named = {"$/cancelRequest": cancel, "didClose": close, "Ctrl-C": interrupt}
    return [
        Row(f"stream closed after {name}, worst of {times}", max(took), "ms", None, GOAL_MS, note=_median(took))
        for name, took in named.items()
    ]


def _median(took: list[float]) -> str:
    return f"median {statistics.median(took):.1f}"


def _in_editor(client: Client, fake: Served, end: Callable[[Client, int], None]) -> float:
    """Milliseconds until the stream of a run in the editor is closed."""
    fake.forget()
    text = {"uri": URI, "languageId": "python", "version": 1, "text": SOURCE}
    client.tell("textDocument/didOpen", {"textDocument": text})
    place = {"line": 0, "character": 5}
    at = {"textDocument": {"uri": URI}, "range": {"start": place, "end": place}, "context": {"diagnostics": []}}
    actions = client.ask("textDocument/codeAction", at).result
    command = next(action["command"] for action in actions if action["title"].endswith("with fake"))
    number = client.start("workspace/executeCommand", {name: command[name] for name in ("command", "arguments")})
    while not fake.requests:
        client.settle(0.01)
    client.settle(UNDER_WAY_S)
    began = time.perf_counter()
    end(client, number)
    fake.gone()
    took_ms = 1000 * (time.perf_counter() - began)
    client.wait(number)
    client.tell("textDocument/didClose", {"textDocument": {"uri": URI}})
    return took_ms


def _cancel(client: Client, number: int) -> None:
    client.tell("$/cancelRequest", {"id": number})


def _close(client: Client, _number: int) -> None:
    client.tell("textDocument/didClose", {"textDocument": {"uri": URI}})


def _on_command_line(root: Path, fake: Served, environment: dict[str, str]) -> float:
    """Milliseconds until the stream of a run is closed after Ctrl-C."""
    fake.forget()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(WRITE, cwd=root, env=environment, **quiet) as process:
        fake.asked()
        time.sleep(UNDER_WAY_S)
        began = time.perf_counter()
        process.send_signal(signal.SIGINT)
        fake.gone()
        return 1000 * (time.perf_counter() - began)
