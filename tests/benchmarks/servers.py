"""Servers side by side: start, keystroke + request, and memory, each as an editor would feel it."""

from __future__ import annotations

import compileall
import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client import Answer, Client, ServerFailed, clock, cpu_seconds
from samples import LARGE, OpenFile
from table import Row, median, percentile

HERE = Path(__file__).parent
SERVER_FOLDER = HERE.parents[1] / "server"
FIRST_ANSWER_S = 15.0
WARM_UP = 10
DOCUMENT = "textDocument/"
FOREIGN_SETTINGS = ("GLOSSATOR_", "XDG_", "PYTHONDONTWRITEBYTECODE")


@dataclass(slots=True)
class Target:
    """A server to measure, and what was measured: seconds by figure."""

    name: str
    command: list[str]
    seconds: dict[str, list[float]] = field(default_factory=dict)
    empty: dict[str, int] = field(default_factory=dict)
    cpu_s: dict[str, list[float]] = field(default_factory=dict)
    failure: str = ""

    def add(self, figure: str, seconds: float) -> None:
        """Keep one measurement."""
        self.seconds.setdefault(figure, []).append(seconds)

    def median(self, figure: str, scale: float = 1e3) -> float | None:
        """The middle of a figure's measurements, in milliseconds."""
        return median(self.seconds[figure]) * scale if self.seconds.get(figure) else None

    def percentile(self, figure: str, percent: float) -> float | None:
        """A percentile of a figure's measurements, in milliseconds."""
        return percentile(self.seconds[figure], percent) * 1e3 if self.seconds.get(figure) else None

    def processor(self, figure: str) -> float | None:
        """Processor time of a figure's rounds, by operation, in milliseconds; a busy machine disturbs it less."""
        return median(self.cpu_s[figure]) * 1e3 if self.cpu_s.get(figure) else None

    def spread(self, figure: str) -> tuple[float, float] | None:
        """The quartiles of a figure, in milliseconds."""
        low, high = self.percentile(figure, 25), self.percentile(figure, 75)
        return None if low is None or high is None else (low, high)

    def note(self, figure: str) -> str:
        """What has to be said about a figure: failures, or answers without content."""
        if self.failure:
            return self.failure
        return f"{self.empty[figure]} of {len(self.seconds[figure])} answers empty" if self.empty.get(figure) else ""


def targets() -> list[Target]:
    """The stock floor, Glossator, and Ruff's server where it is installed."""
    found = [
        Target("floor", [sys.executable, str(HERE / "floor_server.py")]),
        Target("glossator", [sys.executable, "-m", "glossator", "server"]),
    ]
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    return [*found, Target("ruff", [ruff, "server"])] if ruff else found


def environment(root: Path) -> dict[str, str]:
    """The environment of the servers: the code of this checkout, nobody's settings."""
    home = str(root / "home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_SETTINGS)}
    path = os.pathsep.join(filter(None, [str(SERVER_FOLDER), os.environ.get("PYTHONPATH", "")]))
    return {**kept, "PYTHONPATH": path, "XDG_CACHE_HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}


@contextlib.contextmanager
def running(target: Target, root: Path) -> Iterator[Client]:
    """A started server; one that fails is noted and ends the block."""
    client = Client(target.command, root, environment(root))
    try:
        yield client
    except ServerFailed as error:
        target.failure = str(error).strip().splitlines()[-1][:60]
    finally:
        client.stop()


def workspace(root: Path) -> Path:
    """A workspace with the large file in it (under a name that shadows no module)."""
    root.mkdir(parents=True, exist_ok=True)
    path = root / "sample_large.py"
    path.write_bytes(LARGE.read_bytes())
    return path


def bare_python(count: int) -> list[float]:
    """Seconds that Python itself needs to start and end."""
    found = []
    for _ in range(count):
        started = clock()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        found.append(clock() - started)
    return found


def compile_checkout() -> None:
    """Compile our modules, as pip does when it installs them: no user's start compiles them."""
    compileall.compile_dir(SERVER_FOLDER / "glossator", quiet=2)


def measure_start(target: Target, root: Path) -> None:
    """From the start of the process to `initialize` answered, and to the first hover that says something."""
    path = workspace(root)
    with running(target, root) as client:
        target.add("initialize", client.initialize())
        opened = OpenFile(path)
        client.tell(DOCUMENT + "didOpen", opened.opening())
        params = position_params(opened, opened.sites[0].def_line, opened.sites[0].def_character)
        while clock() - client.started < FIRST_ANSWER_S:
            answer = client.ask(DOCUMENT + "hover", params)
            if answer.is_useful:
                target.add("first hover", answer.at - client.started)
                return
            time.sleep(0.002)
        target.empty["first hover"] = 1


def measure_requests(target: Target, root: Path, count: int) -> None:
    """Keystroke and request in one write, answered: code action, hover, resolve, completion."""
    path = workspace(root)
    with running(target, root) as client:
        client.initialize()
        opened = OpenFile(path)
        client.tell(DOCUMENT + "didOpen", opened.opening())
        client.settle()
        for figure, operation in OPERATIONS.items():
            if not client.capabilities.get(PROVIDERS[figure]) or (figure == "resolve" and target.name == "ruff"):
                continue
            for number in range(-WARM_UP, 0):
                operation(client, opened, number)
            before = cpu_seconds(client.process.pid)
            for number in range(count):
                seconds, answer = operation(client, opened, number)
                target.add(figure, seconds)
                target.empty[figure] = target.empty.get(figure, 0) + (not answer.is_useful)
            used = cpu_seconds(client.process.pid) - before
            target.cpu_s.setdefault(figure, []).append(used / count)
            client.settle()


def position_params(opened: OpenFile, line: int, character: int) -> dict[str, Any]:
    """The parameters of a request about a position."""
    return {"textDocument": {"uri": opened.uri}, "position": {"line": line, "character": character}}


def action_params(opened: OpenFile, line: int, character: int) -> dict[str, Any]:
    """The parameters of a codeAction request without selection."""
    here = {"line": line, "character": character}
    return {"textDocument": {"uri": opened.uri}, "range": {"start": here, "end": here}, "context": {"diagnostics": []}}


def code_action(client: Client, opened: OpenFile, number: int) -> tuple[float, Answer]:
    """A keystroke in a body, then the actions at the function's name."""
    change, site = opened.keystroke(number)
    params = action_params(opened, site.def_line, site.def_character)
    return client.measure([(DOCUMENT + "didChange", change)], DOCUMENT + "codeAction", params)


def hover(client: Client, opened: OpenFile, number: int) -> tuple[float, Answer]:
    """A keystroke in a body, then the hover at the function's name."""
    change, site = opened.keystroke(number)
    params = position_params(opened, site.def_line, site.def_character)
    return client.measure([(DOCUMENT + "didChange", change)], DOCUMENT + "hover", params)


def resolve(client: Client, opened: OpenFile, number: int) -> tuple[float, Answer]:
    """An action of one function (not measured), a keystroke in another one, then the action's edit."""
    other = opened.sites[(number + 1) % len(opened.sites)]
    offered = client.ask(DOCUMENT + "codeAction", action_params(opened, other.def_line, other.def_character))
    actions = [action for action in offered.result or [] if action.get("data") and not action.get("edit")]
    change, _ = opened.keystroke(number)
    if not actions:
        return client.measure([(DOCUMENT + "didChange", change)], DOCUMENT + "hover", position_params(opened, 0, 0))
    return client.measure([(DOCUMENT + "didChange", change)], "codeAction/resolve", actions[0])


def completion(client: Client, opened: OpenFile, number: int) -> tuple[float, Answer]:
    """The third quote below a header, then the completion there; the line comes and goes unmeasured."""
    site = opened.sites[number % len(opened.sites)]
    line, column = site.header_line + 1, site.indent + 2
    did_change = DOCUMENT + "didChange"
    client.tell(did_change, opened.change(line, 0, 0, " " * site.indent + '""\n'))
    client.settle(0.005)
    params = position_params(opened, line, column + 1) | {"context": {"triggerKind": 2, "triggerCharacter": '"'}}
    measured = client.measure([(did_change, opened.change(line, column, 0, '"'))], DOCUMENT + "completion", params)
    whole_line = opened.change(line, 0, 0, "")
    whole_line["contentChanges"][0]["range"]["end"] = {"line": line + 1, "character": 0}
    client.tell(did_change, whole_line)
    return measured


OPERATIONS = {"codeAction": code_action, "hover": hover, "resolve": resolve, "completion": completion}
PROVIDERS = {
    "codeAction": "codeActionProvider",
    "hover": "hoverProvider",
    "resolve": "codeActionProvider",
    "completion": "completionProvider",
}


def start_rows(by_name: dict[str, Target], bare: list[float]) -> list[Row]:
    """The rows of `measure_start`."""
    ours, floor = by_name["glossator"], by_name["floor"]
    stock = floor.median("initialize")
    return [
        Row("bare Python, start to end", median(bare) * 1e3, "ms"),
        Row("initialize answered", ours.median("initialize"), "ms", stock, 0.8, spread=ours.spread("initialize")),
        Row(
            "first useful hover, 6,425 lines, by pygls' start",
            ours.median("first hover"),
            "ms",
            stock,
            1.0,
            spread=ours.spread("first hover"),
            note=ours.note("first hover"),
        ),
    ]


def request_rows(by_name: dict[str, Target]) -> list[Row]:
    """The rows of `measure_requests`."""
    ours, floor = by_name["glossator"], by_name["floor"]
    rows = []
    for figure, limit in {"codeAction": 1.0, "hover": 1.5, "resolve": 3.0, "completion": 3.0}.items():
        value, stock = ours.median(figure), floor.median(figure)
        rows += [
            Row(
                f"keystroke + {figure}, p50",
                value,
                "ms",
                stock,
                limit,
                spread=ours.spread(figure),
                note=ours.note(figure),
            ),
            Row(f"keystroke + {figure}, p99", ours.percentile(figure, 99), "ms", None, 20.0),
            # With all that surrounds a request (for `resolve` a code action, for `completion` three more edits).
            Row(f"keystroke + {figure}, processor time", ours.processor(figure), "ms", floor.processor(figure), limit),
        ]
    if "ruff" in by_name:
        ruff = by_name["ruff"].median("codeAction")
        rows += [
            Row("keystroke + codeAction, p50, by Ruff's p50", ours.median("codeAction"), "ms", ruff, 0.25),
            Row("keystroke + codeAction, p99, by Ruff's p50", ours.percentile("codeAction", 99), "ms", ruff, 1.0),
        ]
    return rows
