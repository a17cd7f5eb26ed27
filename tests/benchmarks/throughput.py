"""The command line: docstrings a second that `glossator write` writes, beside doq where it is installed."""

from __future__ import annotations

import ast
import json
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from client import clock
from samples import DEFINITIONS, library_files, tree_of, write_stripped
from servers import environment
from table import Row, median

GOAL = 4133.0  # the 248,000 documents a minute that the project set out with
JOBS = 2
FILES_FOR_DOQ = 60


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


def children_cpu_s() -> float:
    """Processor time of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_write(root: Path, files: list[Path]) -> Run:
    """`glossator write` over stripped copies."""
    folder = root / "write"
    shutil.rmtree(folder, ignore_errors=True)
    functions = write_stripped(files, folder)
    command = [sys.executable, "-m", "glossator", "write", str(folder), "--jobs", str(JOBS), "--style", "google"]
    cpu, started = children_cpu_s(), clock()
    done = subprocess.run(
        [*command, "--output-format", "json"],
        env=environment(root),
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    elapsed, cpu = clock() - started, children_cpu_s() - cpu
    if done.returncode:
        raise RuntimeError(f"glossator write ended with {done.returncode}: {done.stderr[-300:]}")
    return Run(elapsed, cpu, json.loads(done.stdout)["totals"]["added"], functions)


def run_doq(root: Path, files: list[Path]) -> Run | None:
    """Doq over stripped copies, split over as many processes; None where it is not installed."""
    doq = shutil.which("doq", path=str(Path(sys.executable).parent)) or shutil.which("doq")
    if doq is None:
        return None
    folders = [root / f"doq{share}" for share in range(JOBS)]
    largest_first = sorted(files, key=lambda path: -path.stat().st_size)
    functions = 0
    for share, folder in enumerate(folders):
        shutil.rmtree(folder, ignore_errors=True)
        functions += write_stripped(largest_first[share::JOBS], folder)
    cpu, started = children_cpu_s(), clock()
    running = [
        subprocess.Popen(
            [doq, "-w", "--formatter", "google", "-r", "-d", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for folder in folders
    ]
    for process in running:
        process.wait()
    elapsed, cpu = clock() - started, children_cpu_s() - cpu
    return Run(elapsed, cpu, sum(docstrings(path) for folder in folders for path in folder.rglob("*.py")), functions)


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
    rates = [run.rate for run in whole]
    rows = [
        Row(
            f"write, stripped library, {JOBS} processes, cold",
            median(rates),
            "docstrings/s",
            None,
            GOAL,
            more_is_better=True,
            spread=(min(rates), max(rates)),
        ),
        Row("the same by processor time", median([run.rate_undisturbed for run in whole]), "docstrings/s"),
        Row("the same by all functions read", median([run.functions / run.seconds for run in whole]), "functions/s"),
    ]
    return rows + doq_rows(len(few), small, [run for run in other if run is not None])


def doq_rows(count: int, ours: list[Run], theirs: list[Run]) -> list[Row]:
    """The rows of both tools on the same files."""
    rate = median([run.rate for run in ours])
    if not theirs:
        return [Row(f"write, {count} files", rate, "docstrings/s", note="doq is not installed")]
    undisturbed = median([run.rate_undisturbed for run in ours])
    floor, floor_undisturbed = median([run.rate for run in theirs]), median([run.rate_undisturbed for run in theirs])
    return [
        Row(f"write, {count} files, by doq", rate, "docstrings/s", floor, 1.0, more_is_better=True),
        Row("the same by processor time", undisturbed, "docstrings/s", floor_undisturbed, 1.0, more_is_better=True),
    ]
