"""Memory: each mode's server with a thousand documents, `write` on the whole library, and 20,000 edits of one file."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from client import Client, clock, cpu_seconds, framed, process_tree
from samples import LIBRARY, OpenFile, library_files
from servers import DOCUMENT, code_action, environment, workspace
from table import Row

from glossator.config import MODES

WRITE_BOUND_MB = 150
GROWTH_BOUND_MB = 5
SCAN_STARTED_S, SCANNED_S = 3.0, 10.0  # a scan begins when nothing was opened for a while, at full speed
JOBS = 2
LONG_S = 300.0  # that a document may wait for a server which works on a thousand others
COMMAND = [sys.executable, "-m", "glossator", "server"]


class Editor(Client):
    """A client that applies the edits which it is asked to apply, and sends the changes back, as an editor does."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        """Start a server."""
        super().__init__(COMMAND, root, environment, LONG_S)
        self.versions: dict[str, int] = {}
        self.reported: set[str] = set()

    def open(self, path: Path) -> str:
        """Open a file; its uri."""
        text, uri = path.read_text(encoding="utf-8"), path.as_uri()
        self.versions[uri] = 1
        self.tell(
            DOCUMENT + "didOpen",
            {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}},
        )
        return uri

    def wait_for_findings(self) -> None:
        """Read until the findings of all open files have come."""
        while self.reported < self.versions.keys():
            self.settle(0.05)

    def document_file(self, uri: str) -> bool:
        """Have a whole file documented; whether that was done."""
        answer = self.ask("workspace/executeCommand", {"command": "glossator.documentFile", "arguments": [uri]})
        return answer.error is None

    def _handle(self, message: dict[str, Any], now: float) -> None:
        if message.get("method") == DOCUMENT + "publishDiagnostics":
            self.reported.add(message["params"]["uri"])
        if message.get("method") != "workspace/applyEdit":
            super()._handle(message, now)
            return
        for change in message["params"]["edit"]["documentChanges"]:
            self._apply(change["textDocument"]["uri"], change["edits"])
        self._unsent += framed({"jsonrpc": "2.0", "id": message["id"], "result": {"applied": True}})

    def _apply(self, uri: str, edits: list[dict[str, Any]]) -> None:
        """Send edits back as changes, the last place first, so that the earlier ones stay where they are."""
        self.versions[uri] += 1
        last_first = sorted(edits, key=lambda edit: tuple(edit["range"]["start"].values()), reverse=True)
        changes = [{"range": edit["range"], "text": edit["newText"]} for edit in last_first]
        document = {"uri": uri, "version": self.versions[uri]}
        params = {"textDocument": document, "contentChanges": changes}
        self._unsent += framed({"jsonrpc": "2.0", "method": DOCUMENT + "didChange", "params": params})


def many_files(count: int) -> list[Path]:
    """So many files of the standard library: its modules first, then its tests, evenly chosen."""
    modules = library_files()
    foreign = [path for path in sorted((LIBRARY / "test").rglob("*.py")) if path.stat().st_size < 1 << 20]
    wanted = max(0, count - len(modules))
    tests = foreign[:: max(1, len(foreign) // max(1, wanted))] if wanted else []
    return [path for path in (*modules, *tests) if _is_utf8(path)][:count]


def _is_utf8(path: Path) -> bool:
    with contextlib.suppress(UnicodeDecodeError):
        path.read_text(encoding="utf-8")
        return True
    return False


def copied(files: list[Path], folder: Path) -> list[Path]:
    """Copies of files in a folder, each where it lay in the library."""
    found = []
    for path in files:
        target = folder / path.relative_to(LIBRARY)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        found.append(target)
    return found


def status_mb(pid: int, name: str) -> float:
    """A line of a process's status in MB (10^6 bytes), 0 where there is none: VmRSS is now, VmHWM the peak."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def measure_mode(mode: str, files: list[Path], root: Path) -> dict[str, float]:
    """A server in a mode: MB with all files open, at its peak while they get documented, and afterwards."""
    client = Editor(root, environment(root) | {"GLOSSATOR_MODE": mode})
    try:
        client.initialize()
        uris = [client.open(path) for path in files]
        client.wait_for_findings()
        found = {"open": status_mb(client.process.pid, "VmRSS")}
        started = clock()
        found["documented"] = sum(client.document_file(uri) for uri in uris)
        found["seconds"] = clock() - started
        client.settle(1.5)
        found["after"] = status_mb(client.process.pid, "VmRSS")
        found["peak"] = status_mb(client.process.pid, "VmHWM")
    finally:
        client.stop()
    return found


def measure_growth(root: Path, edits: int) -> tuple[float, float]:
    """MB of a server before and after so many edits of one file, each with a code action; as many go before."""
    opened = OpenFile(workspace(root))
    client = Client(COMMAND, root, environment(root))
    try:
        client.initialize()
        client.tell(DOCUMENT + "didOpen", opened.opening())
        for number in range(min(edits, 1000)):
            code_action(client, opened, number)
        before = status_mb(client.process.pid, "VmRSS")
        for number in range(edits):
            code_action(client, opened, number)
        client.settle()
        return before, status_mb(client.process.pid, "VmRSS")
    finally:
        client.stop()


def measure_write(root: Path, arguments: list[str]) -> dict[int, float]:
    """The peak in MB of each process of a command line."""
    command = [sys.executable, "-m", "glossator", *arguments]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = subprocess.Popen(command, env=environment(root), cwd=root, **quiet)
    peaks: dict[int, float] = {}
    while running.poll() is None:
        for pid in process_tree(running.pid):
            peaks[pid] = max(peaks.get(pid, 0.0), status_mb(pid, "VmHWM"))
        time.sleep(0.02)
    return peaks


def mode_rows(root: Path, count: int, modes: list[str]) -> list[Row]:
    """The rows of the servers, one mode after the other."""
    files = many_files(count)
    rows = []
    for name in modes:
        folder = root / name
        copies = copied(files, folder / "library")
        (folder / "pyproject.toml").write_text("")
        found = measure_mode(name, copies, folder)
        bound = MODES[name].memory_bytes / 1e6
        note = f"{found['documented']:.0f} of {len(copies):,} documented in {found['seconds']:.0f} s"
        rows += [
            Row(f"{name}: {len(copies):,} files open", found["open"], "MB", None, bound),
            Row(f"{name}: peak while they get documented", found["peak"], "MB", None, bound, note=note),
            Row(f"{name}: afterwards", found["after"], "MB", None, bound),
        ]
        shutil.rmtree(folder)
    return rows


def write_rows(root: Path, count: int) -> list[Row]:
    """The rows of the command line: on the library as one project, and each of its folders as one."""
    rows = []
    for name, is_one in (("one project", True), ("a project for each folder", False)):
        folder = root / "write"
        copies = copied(many_files(count), folder)
        for place in {folder} if is_one else {path.parent for path in copies}:
            (place / "pyproject.toml").write_text("")
        peaks = measure_write(folder, ["write", str(folder), "--jobs", str(JOBS)])
        note = f"{len(copies):,} files, {len(peaks)} processes"
        figure = f"write, {name}: the largest process"
        rows.append(Row(figure, max(peaks.values()), "MB", None, WRITE_BOUND_MB, note=note))
        shutil.rmtree(folder)
    return rows


def workspace_rows(root: Path, count: int) -> list[Row]:
    """The rows of a large workspace: the first hover, and the share of one core that the scan behind it takes."""
    text = "def area(width, height):\n    return width * height\n" * 150
    for number in range(count):
        path = root / f"package_{number // 500}" / f"module_{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "pyproject.toml").write_text("")
    client = Editor(root, environment(root) | {"GLOSSATOR_MODE": "baseline"})
    try:
        client.initialize()
        path = root / "package_0" / "module_0.py"
        hover = {"textDocument": {"uri": path.as_uri()}, "position": {"line": 0, "character": 5}}
        client.ask(DOCUMENT + "hover", hover)  # all is loaded: its start is another figure
        started = clock()
        client.open(path)
        client.ask(DOCUMENT + "hover", hover)
        first_s = clock() - started
        client.settle(SCAN_STARTED_S)
        before, began = cpu_seconds(client.process.pid), clock()
        client.settle(SCANNED_S)
        share = (cpu_seconds(client.process.pid) - before) / (clock() - began)
        peak = status_mb(client.process.pid, "VmHWM")
    finally:
        client.stop()
    name = f"{count:,} files in the workspace"
    return [
        Row(f"{name}: first hover", first_s * 1e3, "ms", None, 1000.0),
        Row(f"{name}: the scan takes of one core", 100 * share, "%", None, 10.0),
        Row(f"{name}: peak, baseline", peak, "MB", None, MODES["baseline"].memory_bytes / 1e6),
    ]


def growth_rows(root: Path, edits: int) -> list[Row]:
    """The rows of edits."""
    before, after = measure_growth(root / "edits", edits)
    return [
        Row(f"before {edits:,} edits of one file", before, "MB"),
        Row(f"growth over {edits:,} edits of one file", after - before, "MB", None, GROWTH_BOUND_MB),
    ]
