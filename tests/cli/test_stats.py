"""`glossator stats`: what commands have done and how long it took, in words, as JSON, for Prometheus, as it goes on."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from canaries import CANARIES, WORD
from kept_entries import reset
from prometheus_client.parser import text_string_to_metric_families

from glossator.cli.main import main
from glossator.cli.stats import NOTHING, duration

SOURCE = "def area(width, height):\n    if width < 0:\n        raise ValueError(width)\n    return width * height\n"
WRITING = {"parse", "context", "plan", "embedded", "render", "edit", "quality", "proof"}


def report(capsys):
    capsys.readouterr()
    assert main(["stats", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def counts(found):
    return {name: stage["count"] for name, stage in found["stages"].items()}


@pytest.fixture
def written(project, machine):
    (project / "a.py").write_text(SOURCE)
    assert main(["write", "a.py"]) == 0
    return project


def test_nothing_is_made_or_shown_before_anything_was_done(project, machine, tmp_path, capsys):
    found = report(capsys)
    assert (found["stages"], found["since"]) == ({}, None)
    assert main(["stats"]) == 0
    assert capsys.readouterr().out == f"{NOTHING}\n"
    assert not (tmp_path / "cache of A").exists()


def test_each_stage_of_a_docstring_is_measured(written, capsys):
    found = report(capsys)
    assert counts(found) == dict.fromkeys(WRITING, 2) | {"parse": 1, "proof": 1}
    for stage in found["stages"].values():
        assert 0 < stage["p50_us"] <= stage["p99_us"] <= stage["max_us"]
    assert found["process"]["cpu_s"] > 0
    assert found["process"]["processes"] == 0


def test_a_check_is_measured_and_added_up(written, capsys):
    assert main(["check", "a.py"]) == 0
    assert main(["check", "a.py"]) == 0
    assert counts(report(capsys)).items() >= {"check": 2, "parse": 3}.items()


def test_what_worker_processes_measure_is_in_it(project, machine, capsys):
    body = "".join(f"def area_{number}(width):\n    return width * {number}\n\n\n" for number in range(200))
    for number in range(30):
        (project / f"m{number}.py").write_text(body)
    done = subprocess.run(
        [sys.executable, "-m", "glossator", "write", "--jobs", "2", "."], check=True, capture_output=True
    )
    assert b"6030 added" in done.stdout
    assert counts(report(capsys)) == dict.fromkeys(WRITING, 6030) | {"parse": 30, "proof": 30}


def test_a_run_that_is_interrupted_counts_what_it_did(project, machine, capsys, monkeypatch):
    (project / "a.py").write_text(SOURCE)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("glossator.cli.write._finish", interrupted)
    assert main(["write", "a.py"]) == 3
    assert counts(report(capsys))["context"] == 2


def test_entries_on_disk_and_look_ups_are_those_of_the_third_tier(answered, capsys):
    reset(answered)
    assert main(["write", "."]) == 0
    tier = report(capsys)["tiers"]["L3"]
    assert tier["entries"] > 2
    assert tier["bytes"] > 0
    assert (tier["hits"], tier["misses"]) == (2, 0)
    assert {"L3", "validate"} <= report(capsys)["stages"].keys()


def test_the_table_has_the_same_numbers(written, capsys):
    capsys.readouterr()
    assert main(["stats"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^parse +1 +\d", said, re.MULTILINE)
    assert re.search(r"^context +2 +\d+(\.\d+)? [mu]s", said, re.MULTILINE)
    assert re.search(r"^running: 0; processor time: .*, since \d{4}-\d\d-\d\d$", said, re.MULTILINE)
    assert "\x1b" not in said
    assert max(map(len, said.splitlines())) <= 100


def test_prometheus_can_read_it(written, capsys):
    capsys.readouterr()
    assert main(["stats", "--prometheus"]) == 0
    families = {family.name: family for family in text_string_to_metric_families(capsys.readouterr().out)}
    samples = {(one.name, one.labels.get("stage")): one.value for one in families["glossator_stage_seconds"].samples}
    assert samples["glossator_stage_seconds_count", "context"] == 2


def test_on_a_terminal_it_follows_until_ctrl_c(written):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "glossator", "stats"],
        stdout=theirs,
        env=os.environ | {"COLUMNS": "100", "TERM": "xterm"},
    )
    os.close(theirs)
    said = b""
    while b"processor time" not in said:
        said += os.read(ours, 1 << 16)
    assert main(["write", "--only", "all", "a.py"]) == 0
    while not re.search(rb"parse +2 ", said):
        said += os.read(ours, 1 << 16)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    os.close(ours)


@pytest.mark.parametrize(
    ("us", "said"),
    [
        (0, "0"),
        (0.25, "0.25 us"),
        (12.34, "12.3 us"),
        (999, "999 us"),
        (1500, "1.5 ms"),
        (61e6, "61 s"),
        (4e9, "4,000 s"),
    ],
)
def test_durations_are_short(us, said):
    assert duration(us) == said


def test_a_folder_that_cannot_be_written_is_no_failure(project, monkeypatch, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GLOSSATOR_CACHE_FOLDER", str(tmp_path / "file"))
    (project / "a.py").write_text(SOURCE)
    assert main(["write", "a.py"]) == 0
    assert counts(report(capsys)) == {}


def test_s1_nothing_of_the_source_its_names_and_its_places_is_in_the_numbers(
    project, machine, tmp_path, monkeypatch, capsys
):
    for number, canary in enumerate(CANARIES):
        for name, value in canary.environment:
            monkeypatch.setenv(name, value)
        place = project / f"p{number}" / canary.path
        place.parent.mkdir(parents=True)
        place.write_text(canary.source)
    main(["write", "."])
    main(["check", "."])
    capsys.readouterr()
    for flags in ([], ["--json"], ["--prometheus"]):
        main(["stats", *flags])
    kept = [path.read_bytes() for path in Path(tmp_path, "cache of A", "stats").iterdir()]
    shown = capsys.readouterr().out.encode()
    assert kept
    assert b"context" in shown
    for text in (shown, *kept):
        assert not [trace for canary in CANARIES for trace in canary.traces if trace.encode() in text]
        assert not [
            one for one in (WORD, "load", "limit", "module", str(project), project.name) if one.encode() in text
        ]
