"""A made history, replayed as a real one is: what means the same costs no call, and nothing wrong is served."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parents[1] / "benchmarks"
SAMPLE = HERE.parents[1] / "server" / "glossator" / "docstring" / "styles"
HARMLESS = ("reformat", "comment", "rename a local", "revert", "switch to an older state", "switch back")


def run(script, *arguments):
    """Run one of the benchmarks; what it prints."""
    command = [sys.executable, HERE / script, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_what_means_the_same_costs_no_call_and_nothing_wrong_is_served(tmp_path):
    run("histories.py", SAMPLE, tmp_path / "git", "--commits", 40, "--seed", 4)
    report = json.loads(run("history.py", tmp_path / "git", "--json", "--by-message", "--prompts", 50))
    calls = report["by_message"]
    assert report["commits"] == 39
    assert set(HARMLESS) <= set(calls)
    assert {kind: counts for kind, counts in calls.items() if kind in HARMLESS and any(counts)} == {}
    assert all(all(calls[kind]) for kind in ("change a signature", "add a function"))
    assert report["held"] > 500
    assert report["false"] == []
    assert report["hit_rates"]["workspace"] > 0.98
    assert 0 < report["calls"]["ours"] < report["calls"]["text"] / 2


def test_equal_seeds_make_equal_histories(tmp_path):
    for name in ("first", "second"):
        run("histories.py", SAMPLE, tmp_path / name, "--commits", 15, "--seed", 7)
    heads = {(tmp_path / name / "refs" / "heads" / "main").read_text() for name in ("first", "second")}
    assert len(heads) == 1
