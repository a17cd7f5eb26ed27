"""How long a check of the standard library takes, beside ruff's D rules and pydoclint, in one run."""

from __future__ import annotations

import statistics
import subprocess
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 3


def library() -> Path:
    """The standard library's folder, other people's packages aside."""
    return Path(sysconfig.get_path("stdlib"))


def measured(ours: Sequence[str], peers: Path, rounds: int = ROUNDS) -> str:
    """A table of the seconds that each command takes: the median of some rounds, in which they take turns."""
    folder, left_out = str(library()), "site-packages"
    commands = {
        "glossator check": [*ours, "check", folder],
        "ruff check --select D": [
            *(str(peers / "ruff"), "check", "--no-cache", "--isolated", "--preview", "--select", "D", "-q"),
            *("--exclude", left_out, folder),
        ],
        "pydoclint --style=google": [str(peers / "pydoclint"), "--style=google", f"--exclude={left_out}", "-q", folder],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            if number == 0 or name != "pydoclint --style=google":  # the slow one once: it takes three times as long
                seconds[name].append(_seconds(command))
    floor = statistics.median(seconds["ruff check --select D"])
    lines = [f"{'check of the standard library':32} {'seconds':>8} {'by ruff':>8}"]
    for name, values in seconds.items():
        median = statistics.median(values)
        lines.append(f"{name:32} {median:8.2f} {median / floor:7.1f}x")
    return "\n".join(lines)


def _seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, capture_output=True, check=False)
    return time.perf_counter() - started
