"""The load test runs: tiny here, in full with `make bench-seed` and `make bench-growth`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parent / "benchmarks"


def printed(script, *arguments):
    command = [sys.executable, "-W", "error", str(BENCHMARKS / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_load_test_sets_a_document_and_its_cached_answer_beside_the_older_figures():
    table = printed("load.py", "--quick", "--only", "single", "--median-s", "0.1")
    cells = [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if " document, " in line]
    assert [row[2] for row in cells] == ["2.50 s", "0.15 s"]
    assert all(row[5].endswith("x") for row in cells)


def test_the_growth_of_a_workspace_is_measured_for_each_size():
    table = printed("growth.py", "--sizes", "10", "--keystrokes", "3", "--open", "2", "--quiet-s", "0.2")
    assert "10 files" in table
    assert sum(line.startswith("| ") for line in table.splitlines()) == 13
