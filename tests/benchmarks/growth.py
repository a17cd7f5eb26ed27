"""What a symbol, a file and an edit cost as a workspace grows: `make bench-growth`.

    python tests/benchmarks/growth.py [--sizes 10,100,1000,10000] [--keystrokes 200] [--open 100] [--quiet-s 1]

The workspaces hold the same ten files of the standard library again and again, without docstrings, each time with other
names of functions, so that a file of one size is like a file of another. Times are of processors, of all processes
together, unless it is said otherwise: a busy machine disturbs them less. Prints one table, with a column for each size.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parents[1] / "server")]

from client import Client, cpu_seconds, process_tree, resident_bytes  # noqa: E402
from samples import OpenFile, is_private, library_files, stripped, tree_of  # noqa: E402
from servers import DOCUMENT, Target, code_action, compile_checkout, environment, running  # noqa: E402
from table import machine, median, percentile, rendered, shown  # noqa: E402

PATTERNS = 10
SMALLEST, LARGEST = 2_000, 8_000  # bytes of a file: most files of most projects are no larger
LOOKED_EVERY_S = 0.02
_DEFINED = re.compile(r"\bdef ([a-z]\w*)\(")


@dataclass(slots=True)
class Grown:
    """One figure at each size; None where it was not measured."""

    figure: str
    unit: str
    values: list[float | None] = field(default_factory=list)

    def cells(self) -> tuple[str, ...]:
        """The row as texts, in the order of the table's header."""
        return self.figure, self.unit, *("" if value is None else shown(value) for value in self.values)


@dataclass(frozen=True, slots=True)
class Used:
    """What a run of a command used: seconds on the wall, of processors, and the most memory of any of its processes."""

    seconds: float
    cpu_s: float
    peak_mib: float


def main(arguments: list[str] | None = None) -> int:
    """Measure each size and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--sizes", default="10,100,1000,10000", help="files (default 10,100,1000,10000)")
    parser.add_argument("--keystrokes", type=int, default=200, help="in a server of each size (default 200)")
    parser.add_argument("--quiet-s", type=float, default=1.0, help="a server that idles as long is done (default 1)")
    parser.add_argument("--open", type=int, default=100, help="files to open at most (default 100)")
    options = parser.parse_args(arguments)
    sizes = [int(size) for size in options.sizes.split(",")]
    rows: dict[str, Grown] = {}
    compile_checkout()
    patterns = chosen()
    for size in sizes:
        print(f"{size} files", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="glossator-growth-") as folder:
            root = Path(folder).resolve()
            for figure, unit, value in measured(root, patterns, size, options):
                rows.setdefault(figure, Grown(figure, unit)).values.append(value)
    print(machine(), end="\n\n")
    print(rendered(list(rows.values()), ("figure", "unit", *(f"{size:,} files" for size in sizes))))
    return 0


def measured(
    root: Path, patterns: Sequence[str], size: int, options: argparse.Namespace
) -> list[tuple[str, str, float | None]]:
    """The figures of one size."""
    folder = root / "workspace"
    write_workspace(folder, patterns, size)
    with_links, without = (index_ms(folder, has_links=has_links) for has_links in (True, False))
    server = in_server(folder, options)
    symbols = sum(map(functions, patterns)) * size / len(patterns)
    cold, again = (written(folder) for _ in range(2))
    return [
        ("write, cold: a function", "ms", cold.cpu_s / symbols * 1e3),
        ("write, cold: a file", "ms", cold.cpu_s / size * 1e3),
        ("write, nothing to do: a file", "ms", again.cpu_s / size * 1e3),
        ("write, cold: the largest process", "MiB", cold.peak_mib),
        ("project index: a file", "ms", without / size),
        ("project index with what prompts show: a file", "ms", with_links / size),
        ("server: keystroke + code action, p50, on the wall", "ms", server["p50"]),
        ("server: keystroke + code action, p99, on the wall", "ms", server["p99"]),
        ("server: keystroke + code action", "ms", server["cpu"]),
        ("server: reading the index after a file is opened", "s", server["index"]),
        ("server: memory with one open file", "MiB", server["memory"]),
        (f"server: memory of an open file (of up to {options.open})", "KiB", server["open"]),
    ]


def chosen() -> list[str]:
    """Ten files of the standard library without docstrings, of the size of most files, with functions to document."""
    found: list[str] = []
    for path in library_files():
        raw = path.read_bytes()
        tree = tree_of(raw)
        if not SMALLEST <= len(raw) <= LARGEST or tree is None or not raw.isascii() or b"\r" in raw or b"\x0c" in raw:
            continue
        text = stripped(raw, tree).decode()
        if functions(text) >= 4 and any(not is_private(name) for name in _DEFINED.findall(text)):
            found.append(text)
    return found[:: max(1, len(found) // PATTERNS)][:PATTERNS]


def functions(text: str) -> int:
    """How many functions and methods a file has."""
    return len(re.findall(r"\bdef ", text))


def write_workspace(folder: Path, patterns: Sequence[str], size: int) -> None:
    """A project of so many files, a hundred in each folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(size):
        target = folder / f"part_{number // 100}" / f"module_{number}.py"
        if number % 100 == 0:
            target.parent.mkdir(parents=True)
        target.write_text(_DEFINED.sub(rf"def \1_{number}(", patterns[number % len(patterns)]))
    (folder / "pyproject.toml").write_text('[tool.glossator]\nstyle = "google"\n')


def index_ms(folder: Path, *, has_links: bool) -> float:
    """Milliseconds of this process for the index of all files of a project."""
    from glossator.workspace.project import IndexReader

    paths = [str(path) for path in sorted(folder.rglob("*.py"))]
    started = time.process_time()
    IndexReader(folder, exclude=(), has_links=has_links).read(paths)
    return (time.process_time() - started) * 1e3


def written(folder: Path) -> Used:
    """`glossator write` over a project."""
    command = [sys.executable, "-m", "glossator", "write", str(folder)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started, used, peak = time.perf_counter(), {}, 0
    # Workers of a fork server are nobody's children in the end, so they are looked at while they live.
    with subprocess.Popen(command, env=environment(folder.parent), cwd=folder.parent, **quiet) as process:
        while process.poll() is None:
            for pid in process_tree(process.pid):
                used[pid] = max(used.get(pid, 0.0), cpu_seconds(pid))
                peak = max(peak, resident_bytes(pid))
            time.sleep(LOOKED_EVERY_S)
    if process.returncode:
        raise RuntimeError(f"glossator write ended with {process.returncode}")
    return Used(time.perf_counter() - started, sum(used.values()), peak / 2**20)


def in_server(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """What an edit costs in a server on this workspace, and what its files take."""
    target = Target("glossator", [sys.executable, "-m", "glossator", "server"])
    paths = [path for path in sorted(folder.rglob("*.py")) if OpenFile(path).sites][: options.open]
    found: dict[str, float] = {}
    with running(target, folder) as client:
        client.initialize()
        client.settle()
        before = cpu_seconds(client.process.pid)
        opened = OpenFile(paths[0])
        client.tell(DOCUMENT + "didOpen", opened.opening())
        _until_quiet(client, options.quiet_s)
        found |= {"index": _used(client) - before, "memory": client.memory_mib()}
        found |= _keystrokes(client, opened, options.keystrokes)
        _until_quiet(client, options.quiet_s)
        memory = client.memory_mib()
        for path in paths[1:]:
            client.tell(DOCUMENT + "didOpen", OpenFile(path).opening())
        _until_quiet(client, options.quiet_s)
        found["open"] = (client.memory_mib() - memory) * 1024 / max(1, len(paths) - 1)
    if target.failure:
        raise RuntimeError(target.failure)
    return found


def _keystrokes(client: Client, opened: OpenFile, count: int) -> dict[str, float]:
    for number in range(10):
        code_action(client, opened, number)
    before = _used(client)
    seconds = [code_action(client, opened, number)[0] for number in range(count)]
    cpu_s = _used(client) - before
    return {"p50": median(seconds) * 1e3, "p99": percentile(seconds, 99) * 1e3, "cpu": cpu_s / count * 1e3}


def _used(client: Client) -> float:
    return sum(map(cpu_seconds, process_tree(client.process.pid)))


def _until_quiet(client: Client, quiet_s: float) -> None:
    """Wait until the server has nothing to do any more."""
    last = -1.0
    while (now := _used(client)) - last > 1.5 / os.sysconf("SC_CLK_TCK"):
        last = now
        client.settle(quiet_s)


if __name__ == "__main__":
    sys.exit(main())
