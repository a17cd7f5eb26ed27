import sysconfig
from pathlib import Path

import pytest
from canaries import IN_SOURCE
from hypothesis import given
from hypothesis import strategies as st

from glossator.model import Disclosure
from glossator.syntax.folding import folded
from glossator.syntax.masking import masked

STDLIB = Path(sysconfig.get_path("stdlib"))
MASKED = [one for one in IN_SOURCE if "docstring" not in one.kind]  # docstrings are redacted
LONG = """\
def load(path, größe=3):
    table = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    say("a very long text that tells what is going to happen next, in many words")
    unrelated = compute()
    for part in path:
        if part:
            for one in part:
                if one:
                    while one:
                        one = step(one)
    if größe < 3:
        raise ValueError(größe)
    return path
"""


def test_what_fits_is_not_touched():
    assert folded(LONG, len(LONG.encode())) == LONG


def test_long_literals_go_first():
    shown = folded(LONG, len(LONG.encode()) - 10)
    assert "[1, 2, 3, ...]" in shown
    assert 'say("a very long text that te...")' in shown
    assert "one = step(one)" in shown


def test_then_deep_blocks_and_then_what_has_no_part_in_the_outcome():
    shown = folded(LONG, 250, frozenset({"path", "größe"}))
    assert "step" not in shown
    assert "unrelated" not in folded(LONG, 210, frozenset({"path", "größe"}))


def test_parameters_results_and_exceptions_stay_longest():
    shown = folded(LONG, 200, frozenset({"path", "größe"}))
    assert "raise ValueError(größe)" in shown
    assert "return path" in shown
    assert shown.startswith("def load(path, größe=3):\n")


@pytest.mark.parametrize("name", ["argparse", "tarfile"])
def test_any_source_keeps_to_any_bound(name):
    source = (STDLIB / f"{name}.py").read_text()[:20_000]
    for size in (0, 1, 5, 50, 500, 5000, 19_000):
        assert len(folded(source, size, frozenset({"self"})).encode()) <= max(size, 3)


@given(st.integers(0, 400), st.sampled_from([LONG, "größe" * 60, "'" + "ä" * 200 + "'", "x = 1\n" * 50]))
def test_a_bound_is_kept_also_within_a_character(size, source):
    shown = folded(source, size)
    assert len(shown.encode()) <= max(size, 3)
    assert "\ufffd" not in shown


@pytest.mark.parametrize("canary", MASKED, ids=lambda canary: canary.kind)
def test_s1_folding_after_masking_brings_nothing_back(canary):
    source = masked(canary.source, Disclosure())
    for size in range(0, len(source), 7):
        assert not any(trace in folded(source, size) for trace in canary.traces)
