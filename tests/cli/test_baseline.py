import json
import os
import stat
import sys

import pytest

from glossator.cli.baseline import read_baseline, write_baseline
from glossator.cli.main import main
from glossator.documenter import PlacedFinding

PLAIN = "def area(width):\n    return width\n"
TWO = "class A:\n    def b(self):\n        return 1\n"
STARTED = {
    "version": 1,
    "files": {
        "a.py": {
            "<module>": ["GLS101 Module `a` has no documentation"],
            "area": ["GLS103 Function `area` has no documentation"],
        }
    },
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with a file in it, which is the current folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.py").write_text(PLAIN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_baseline_lists_files_symbols_codes_and_messages_and_no_lines(project):
    assert main(["check", "--write-baseline", "known.json", "."]) == 0
    assert json.loads((project / "known.json").read_text()) == STARTED


def test_the_run_that_writes_a_baseline_shows_no_findings(project, capsys):
    main(["check", "--write-baseline", "known.json", "."])
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "known.json: lists 2 findings" in shown.err


def test_writing_a_baseline_twice_gives_the_same_bytes(project):
    main(["check", "--write-baseline", "known.json", "."])
    first = (project / "known.json").read_bytes()
    main(["check", "--write-baseline", "known.json", "a.py", "."])
    assert (project / "known.json").read_bytes() == first


def test_what_a_baseline_lists_is_hidden_and_counted(project, capsys):
    main(["check", "--write-baseline", "known.json", "."])
    capsys.readouterr()
    assert main(["check", "--baseline", "known.json", "."]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "hidden by the baseline: 2" in shown.err
    assert "any more" not in shown.err


def test_moving_code_does_not_matter(project):
    main(["check", "--write-baseline", "known.json", "."])
    (project / "a.py").write_text("import os\n\nROOT = os.sep\n\n\n" + PLAIN)
    assert main(["check", "--baseline", "known.json", "."]) == 0


def test_a_finding_that_is_not_listed_is_shown(project, capsys):
    main(["check", "--write-baseline", "known.json", "."])
    (project / "a.py").write_text(PLAIN + "\n\ndef volume(depth):\n    return depth\n")
    assert main(["check", "--baseline", "known.json", "."]) == 1
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["[volume]"]


@pytest.mark.parametrize(("listed", "shown", "gone"), [(0, 2, 0), (1, 1, 0), (2, 0, 0), (3, 0, 1)])
def test_each_of_two_equal_findings_needs_an_entry(project, listed, shown, gone):
    finding = PlacedFinding("GLS201", "`a` is not described", "f", 1, 1, 1, 2, "warning", True)
    write_baseline(project / "known.json", [("a.py", finding)] * listed)
    compared = read_baseline(project / "known.json").compare([("a.py", finding)] * 2, lambda _path, _code: True)
    assert (len(compared.fresh), compared.hidden, len(compared.gone)) == (shown, 2 - shown, gone)


def test_entries_that_do_not_occur_any_more_are_counted(project, capsys):
    main(["check", "--write-baseline", "known.json", "."])
    (project / "a.py").write_text('"""Shapes."""\n')
    assert main(["check", "--baseline", "known.json", "."]) == 0
    said = capsys.readouterr().err
    assert "do not occur any more: 2; run --write-baseline to forget them" in said


def test_entries_of_what_was_not_looked_for_are_not_called_gone(project, capsys):
    (project / "b.py").write_text(TWO)
    main(["check", "--write-baseline", "known.json", "."])
    (project / "a.py").write_text('"""Shapes."""\n')
    main(["check", "--select", "GLS101", "--baseline", "known.json", "a.py"])
    assert "do not occur any more: 1;" in capsys.readouterr().err


def test_paths_are_relative_to_the_baselines_folder_wherever_one_stands(project, monkeypatch):
    (project / "src" / "inner").mkdir(parents=True)
    (project / "src" / "inner" / "größe 1.py").write_text(PLAIN, encoding="utf-8")
    (project / "etc").mkdir()
    main(["check", "--write-baseline", "etc/known.json", "src"])
    text = (project / "etc" / "known.json").read_text(encoding="utf-8")
    assert '"../src/inner/größe 1.py": {' in text
    monkeypatch.chdir(project / "src" / "inner")
    assert main(["check", "--baseline", "../../etc/known.json", "."]) == 0
    assert main(["check", "--baseline", str(project / "etc" / "known.json"), str(project / "src")]) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_not_utf_8_is_listed_and_found(project):
    with open(b"\xff.py", "w") as file:
        file.write(PLAIN)
    main(["check", "--write-baseline", "known.json", "."])
    json.loads((project / "known.json").read_bytes().decode("utf-8"))
    assert main(["check", "--baseline", "known.json", "."]) == 0


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"[]",
        b"{",
        b'{"version": 2, "files": {}}',
        b'{"version": 1}',
        b'{"version": 1, "files": {"a.py": []}}',
        b'{"version": 1, "files": {"a.py": {"x": "GLS101"}}}',
        b'{"version": 1, "files": {"a.py": {"x": [1]}}}',
        b"[" * 100_000,
    ],
)
def test_a_broken_baseline_ends_with_2_and_says_what_to_do(project, capsys, text):
    (project / "known.json").write_bytes(text)
    assert main(["check", "--baseline", "known.json", "."]) == 2
    said = capsys.readouterr().err
    assert said.startswith("glossator: known.json: is no baseline (")
    assert "write it anew with --write-baseline" in said


def test_a_baseline_that_is_not_there_ends_with_2(project, capsys):
    assert main(["check", "--baseline", "none.json", "."]) == 2
    assert "none.json: cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["none/known.json", "."])
def test_a_baseline_without_a_place_ends_with_2_before_the_work(project, capsys, name):
    assert main(["check", "--write-baseline", name, "."]) == 2
    assert "public symbols" not in capsys.readouterr().err


def test_the_two_flags_exclude_each_other(project):
    with pytest.raises(SystemExit) as caught:
        main(["check", "--baseline", "a.json", "--write-baseline", "a.json", "."])
    assert caught.value.code == 2


def test_no_baseline_is_written_while_files_are_left_unchecked(project, capsys):
    assert main(["check", "--write-baseline", "known.json", ".", "none.py"]) == 3
    assert not (project / "known.json").exists()
    assert "not everything was checked" in capsys.readouterr().err


def test_a_baseline_is_replaced_as_a_whole_and_keeps_its_mode(project):
    (project / "known.json").write_text("old")
    (project / "known.json").chmod(0o640)
    main(["check", "--write-baseline", "known.json", "."])
    assert stat.S_IMODE((project / "known.json").stat().st_mode) == 0o640
    assert json.loads((project / "known.json").read_text()) == STARTED
    assert sorted(os.listdir(project)) == [".git", "a.py", "known.json"]


def test_a_baseline_that_cannot_be_written_ends_with_3(project, capsys, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    assert main(["check", "--write-baseline", "known.json", "."]) == 3
    assert "known.json: cannot be written (No space left on device)" in capsys.readouterr().err
    assert sorted(os.listdir(project)) == [".git", "a.py"]
