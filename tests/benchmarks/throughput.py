"""The command line: functions a second that `glossator write` documents, beside doq where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from client import clock
from samples import library_files, write_stripped
from servers import environment
from table import Row, median

GOAL = 4133.0  # the 248,000 documents a minute that the project set out with
JOBS = 2
FILES_FOR_DOQ = 60


def write_seconds(root: Path, files: list[Path]) -> tuple[float, int]:
    """Seconds of one `glossator write` over stripped files, its start included, and how many functions they hold."""
    folder = root / "write"
    shutil.rmtree(folder, ignore_errors=True)
    count = write_stripped(files, folder)
    command = [sys.executable, "-m", "glossator", "write", str(folder), "--jobs", str(JOBS), "--style", "google"]
    started = clock()
    done = subprocess.run(command, env=environment(root), cwd=root, capture_output=True, text=True, check=False)
    elapsed = clock() - started
    if done.returncode:
        raise RuntimeError(f"glossator write ended with {done.returncode}: {done.stderr[-300:]}")
    return elapsed, count


def doq_seconds(root: Path, files: list[Path]) -> tuple[float, int] | None:
    """Seconds of doq over the same files, split over the same number of processes; None where it is not installed."""
    doq = shutil.which("doq", path=str(Path(sys.executable).parent)) or shutil.which("doq")
    if doq is None:
        return None
    folder = root / "doq"
    shutil.rmtree(folder, ignore_errors=True)
    count = write_stripped(files, folder)
    paths = sorted(folder.rglob("*.py"), key=lambda path: -path.stat().st_size)
    started = clock()
    running = []
    for share in range(JOBS):
        options = [option for path in paths[share::JOBS] for option in ("-f", str(path))]
        command = [doq, "-w", "--formatter", "google", *options]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    for process in running:
        process.wait()
    return clock() - started, count


def throughput_rows(root: Path, rounds: int) -> list[Row]:
    """The rows of the command line; the machine's noise is kept down by taking turns."""
    files = library_files()
    few = files[:: max(1, len(files) // FILES_FOR_DOQ)]
    whole, small, other = [], [], []
    for _ in range(rounds):
        elapsed, count = write_seconds(root, files)
        whole.append(count / elapsed)
        elapsed, count = write_seconds(root, few)
        small.append(count / elapsed)
        measured = doq_seconds(root, few)
        if measured is not None:
            other.append(measured[1] / measured[0])
    spread = (min(whole), max(whole))
    rows = [
        Row(
            f"write, stripped library, {JOBS} processes, cold",
            median(whole),
            "functions/s",
            None,
            GOAL,
            more_is_better=True,
            spread=spread,
        )
    ]
    if other:
        rows.append(
            Row(
                f"write, {len(few)} files, by doq",
                median(small),
                "functions/s",
                median(other),
                1.0,
                more_is_better=True,
            )
        )
    else:
        rows.append(Row(f"write, {len(few)} files", median(small), "functions/s", note="doq is not installed"))
    return rows
