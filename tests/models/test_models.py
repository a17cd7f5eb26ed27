"""The harness takes out docstrings and nothing else, and a real model's answers end in true docstrings."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import weights

HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "fixtures" / "staleness"
SOURCE = b'''"""Shapes."""

class Box:
    """A box."""

    def area(self, width):
        """Give the area of "it"."""; return width * width

    def name(self): "Name it."
'''


@pytest.fixture(scope="module")
def sample():
    sys.path.insert(0, str(HERE))
    try:
        import sample
    finally:
        sys.path.remove(str(HERE))
    return sample


def test_docstrings_are_taken_out_and_nothing_else(sample):
    bare = sample.stripped(ast.parse(SOURCE), SOURCE)
    assert b"return width * width" in bare
    assert b"def name(self): pass" in bare
    assert not any(
        ast.get_docstring(node)
        for node in ast.walk(ast.parse(bare))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    )
    assert bare.count(b"\n") == SOURCE.count(b"\n")


def test_a_seed_draws_the_same_functions_again(sample):
    first = sample.sampled(3, 7, CORPUS)
    assert first == sample.sampled(3, 7, CORPUS)
    assert len({one.file for one in first}) == 3
    assert all(one.human for one in first)
    for one in first:
        assert one.human.split()[0].encode() in one.documented
        assert len(one.documented) > len(one.stripped)


def test_a_real_models_docstrings_agree_with_the_code(tmp_path):
    try:
        weights.weights()
    except weights.NotHere as missing:
        pytest.skip(f"no model on this machine: {missing}")
    told = tmp_path / "told.txt"
    command = [sys.executable, HERE, "--functions", "3", "--corpus", CORPUS, "--transcript", told]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for said in ("disagrees with the code: 0", "a second look refuses: 0", "without any answer: 0"):
        assert said in done.stdout
    text = told.read_text()
    assert text.count("=== ") == 3
    assert "[M] " in text
    assert "finding: " not in text
