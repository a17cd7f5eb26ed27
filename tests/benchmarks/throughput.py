"""The command line: docstrings a second that `glossator write` writes, beside doq where it is installed."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from client import clock, cpu_seconds, process_tree
from samples import DEFINITIONS, library_files, tree_of, write_stripped
from servers import environment
from table import Row, median

GOAL = 4133.0  # the 248,000 documents a minute that the project set out with
JOBS = 2
FILES_FOR_DOQ = 60
PARTS_FOR_DOQ = 8
DOQ = 'for folder; do "$0" -w --formatter google -r -d "$folder"; done; true'


@dataclass(frozen=True, slots=True)
class Run:
    """One run over stripped files: its seconds with start-up, the docstrings it wrote, the functions it read.

    `cpu_s` is the processor time of all its processes, which a busy machine disturbs less than the clock on the wall.
    """

    seconds: float
    cpu_s: float
    written: int
    functions: int

    @property
    def rate(self) -> float:
        """Docstrings a second."""
        return self.written / self.seconds

    @property
    def rate_undisturbed(self) -> float:
        """Docstrings a second, if all cores had worked for this run alone all the time."""
        return self.written / self.cpu_s * JOBS


def timed(commands: list[list[str]], root: Path) -> tuple[float, float]:
    """Run commands at the same time; seconds on the wall, and of all their processes.

    Workers of a fork server are nobody's children in the end, so they are looked at while they live.
    """
    used: dict[int, float] = {}
    started = clock()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen(command, env=environment(root), cwd=root, **quiet) for command in commands]
    while any(process.poll() is None for process in running):
        for pid in [pid for process in running for pid in process_tree(process.pid)]:
            used[pid] = max(used.get(pid, 0.0), cpu_seconds(pid))
        time.sleep(0.02)
    elapsed = clock() - started
    if failed := [process for process in running if process.returncode]:
        raise RuntimeError(f"{failed[0].args[:4]} ended with {failed[0].returncode}")
    return elapsed, sum(used.values())


def run_write(root: Path, files: list[Path]) -> Run:
    """`glossator write` over stripped copies."""
    folder = root / "write"
    shutil.rmtree(folder, ignore_errors=True)
    functions = write_stripped(files, folder)
    command = [sys.executable, "-m", "glossator", "write", str(folder), "--jobs", str(JOBS), "--style", "google"]
    elapsed, cpu = timed([command], root)
    return Run(elapsed, cpu, sum(map(docstrings, folder.rglob("*.py"))), functions)


def run_doq(root: Path, files: list[Path]) -> Run | None:
    """Doq over stripped copies, split over as many processes; None where it is not installed."""
    doq = shutil.which("doq", path=str(Path(sys.executable).parent)) or shutil.which("doq")
    if doq is None:
        return None
    shutil.rmtree(root / "doq", ignore_errors=True)
    largest_first = sorted(files, key=lambda path: -path.stat().st_size)
    # Folders of a few files: doq gives up a whole folder at the first file that it cannot read.
    parts = [largest_first[part::PARTS_FOR_DOQ] for part in range(PARTS_FOR_DOQ)]
    folders = [root / "doq" / str(part) for part in range(PARTS_FOR_DOQ)]
    functions = sum(write_stripped(part, folder) for part, folder in zip(parts, folders, strict=True))
    commands = [["sh", "-c", DOQ, doq, *map(str, folders[share::JOBS])] for share in range(JOBS)]
    elapsed, cpu = timed(commands, root)
    return Run(elapsed, cpu, sum(map(docstrings, (root / "doq").rglob("*.py"))), functions)


def docstrings(path: Path) -> int:
    """How many definitions of a file are documented."""
    tree = tree_of(path.read_bytes())
    nodes = ast.walk(tree) if tree else ()
    return sum(isinstance(node, DEFINITIONS) and ast.get_docstring(node) is not None for node in nodes)


def throughput_rows(root: Path, rounds: int) -> list[Row]:
    """The rows of the command line; the tools take turns."""
    files = library_files()
    few = files[:: max(1, len(files) // FILES_FOR_DOQ)]
    whole, small, other = [], [], []
    for _ in range(rounds):
        whole.append(run_write(root, files))
        small.append(run_write(root, few))
        other.append(run_doq(root, few))
    functions = [run.functions / run.seconds for run in whole]
    rates = [run.rate for run in whole]
    rows = [
        _goal(f"write, stripped library, {JOBS} processes, cold", functions, "functions/s"),
        _goal("the same by docstrings written: private functions get none", rates, "docstrings/s"),
        Row("the same by processor time", median([run.rate_undisturbed for run in whole]), "docstrings/s"),
    ]
    return rows + doq_rows(len(few), small, [run for run in other if run is not None])


def _goal(name: str, rates: list[float], unit: str) -> Row:
    """A rate beside the goal."""
    return Row(name, median(rates), unit, None, GOAL, more_is_better=True, spread=(min(rates), max(rates)))


def doq_rows(count: int, ours: list[Run], theirs: list[Run]) -> list[Row]:
    """The rows of both tools on the same files: it writes into private functions, too, and into no classes."""
    rows = []
    for name, unit, rate in (
        (f"write, {count} files, by doq", "functions/s", lambda run: run.functions / run.seconds),
        ("the same by docstrings written", "docstrings/s", lambda run: run.rate),
        ("the same by processor time", "docstrings/s", lambda run: run.rate_undisturbed),
    ):
        floor = median([rate(run) for run in theirs]) if theirs else None
        note = "" if theirs else "doq is not installed"
        limit = 1.0 if theirs else None
        rows.append(Row(name, median([rate(run) for run in ours]), unit, floor, limit, more_is_better=True, note=note))
    return rows
