"""The demo with a model: each text of its diff has its origin beside it, and nothing is left of one that is ended."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import weights

from glossator.cli.main import main

ROOT = Path(__file__).parents[1]


@pytest.fixture
def demo():
    spec = importlib.util.spec_from_file_location("demo_model", ROOT / "fixtures" / "demo_model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_of_the_diff_has_its_origin_in_the_margin(demo, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "gazette"
    shutil.copytree(ROOT / "fixtures" / "demo", folder)
    monkeypatch.chdir(folder)
    before = demo.sources(folder)
    assert main(["write", "--output-format", "json", "."]) == 0
    report = json.loads(capsys.readouterr().out)
    after, marked = demo.sources(folder), 0
    for file in report["files"]:
        path = Path(os.path.normpath(file["path"]))
        whose = demo.origins(after[path], file["symbols"])
        lines = list(demo.difference(path, before[path], after[path], whose))
        marked += sum(line.endswith("| embedded") and line.startswith("+") for line in lines)
        assert not [line for line in lines if line.endswith("| embedded") and "def " in line]
    assert marked == report["totals"]["origins"]["embedded"] > 200


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_ended_demo_leaves_nothing_behind(tmp_path, how):
    try:
        model = weights.weights()
    except weights.NotHere as missing:
        pytest.skip(str(missing))
    environment = os.environ | {"TMPDIR": str(tmp_path), "GLOSSATOR_TEST_MODEL": str(model)}
    command = [sys.executable, str(ROOT / "fixtures" / "demo_model.py"), "gazette/rules.py"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        # Its command has begun, and tells what it is going to do.
        while b"symbols" not in (line := process.stderr.readline()):
            assert line, "the demo ended by itself"
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"the copy is gone" in said
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []
