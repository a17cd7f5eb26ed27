"""Docstrings that one change made stale are found and mended, and others are left alone.

The harness of `make staleness`, over the small corpus and with our own command alone.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "fixtures" / "staleness"
RECALL = 0.95
HARMFUL = 12


def run(folder, *options):
    """The figures of one run of the harness."""
    figures = folder / "figures.json"
    command = [sys.executable, HERE, "--corpus", CORPUS, "--styles", "google,numpy,sphinx,epytext", "--tools", "ours"]
    done = subprocess.run([*command, "--json", figures, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(figures.read_text())


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return run(tmp_path_factory.mktemp("found"), "--per-kind", "60")["tools"]["ours"]


@pytest.fixture(scope="module")
def repairs(tmp_path_factory):
    return run(tmp_path_factory.mktemp("mended"), "--per-kind", "20", "--repair")


def test_every_kind_of_harmful_change_is_found(ours):
    recall = {kind: numbers["recall"] for kind, numbers in ours["kinds"].items() if numbers["harmful"]}
    assert len(recall) == HARMFUL
    assert not {kind: share for kind, share in recall.items() if share < RECALL}


def test_a_harmless_change_brings_no_new_finding(ours):
    assert ours["total"]["harmless"] > 0
    assert not {kind: numbers["false"] for kind, numbers in ours["kinds"].items() if numbers["false"]}


def test_what_is_found_is_about_the_change_and_about_nothing_else(ours):
    assert ours["total"]["precision"] == 1.0
    assert ours["total"]["elsewhere"] == 0


def test_what_is_fixable_is_mended_and_all_else_stays(repairs):
    assert not {name: case for name, case in repairs["cases"].items() if case["failed"]}
    assert set(repairs["shares"].values()) == {1.0}


def test_each_kind_of_harmful_change_can_be_mended(repairs):
    mended = {case["kind"] for case in repairs["cases"].values() if case["is_true_now"]}
    assert len(mended) == HARMFUL
