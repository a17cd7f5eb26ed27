import json

import pytest
from repositories import IDENTITY, Repository

from glossator.cli.main import main

AREA = "def area(width):\n    return width\n"
VOLUME = "\n\ndef volume(depth):\n    return depth\n"
HEAD = '"""Shapes."""\n\n\n'


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository, which is the current folder, with an undocumented function in a.py."""
    for name in ("GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL"):
        monkeypatch.setenv(name, IDENTITY[name])
    found = Repository(tmp_path / "project")
    found.commit(a=HEAD + AREA)
    monkeypatch.chdir(found.folder)
    return found


def found(capsys, *arguments):
    """What `check` finds: (path, symbol) pairs."""
    main(["check", "--output-format", "json", *arguments])
    return [(one["path"], one["symbol"]) for one in json.loads(capsys.readouterr().out)]


def test_only_what_changed_is_checked(repository, capsys):
    repository.write(a=HEAD + AREA + VOLUME)
    assert found(capsys, ".") == [("a.py", "area"), ("a.py", "volume")]
    assert found(capsys, "--diff-base", "HEAD", ".") == [("a.py", "volume")]


def test_coverage_counts_what_changed(repository, capsys):
    repository.write(a=HEAD + AREA + VOLUME)
    main(["check", "--diff-base", "HEAD", "."])
    assert "documented: 1 of 2 (50.0%)" in capsys.readouterr().err


def test_without_a_change_everything_is_fine(repository, capsys):
    assert main(["check", "--min-coverage", "100", "--diff-base", "HEAD", "."]) == 0
    assert "files: 0, findings: 0" in capsys.readouterr().err


def test_only_what_changed_is_documented(repository):
    repository.write(a=HEAD + AREA + VOLUME)
    assert main(["write", "--diff-base", "HEAD", "."]) == 0
    text = (repository.folder / "a.py").read_text()
    assert text.startswith(HEAD + AREA)
    assert '"""' in text.partition("def volume")[2]


def test_a_second_run_changes_nothing(repository):
    repository.write(a=HEAD + AREA + VOLUME)
    main(["write", "--diff-base", "HEAD", "."])
    assert main(["write", "--check", "--diff-base", "HEAD", "."]) == 0


def test_the_working_tree_is_compared_with_the_commit_that_is_named(repository, capsys):
    repository.commit(a=HEAD + AREA + VOLUME)
    assert found(capsys, "--diff-base", "HEAD", ".") == []
    assert found(capsys, "--diff-base", "HEAD~1", ".") == [("a.py", "volume")]


def test_everything_in_a_new_file_has_changed(repository, capsys):
    repository.write(b=AREA)
    assert found(capsys, "--diff-base", "HEAD", ".") == [("b.py", "<module>"), ("b.py", "area")]


def test_a_renamed_file_has_changed_where_its_text_did(repository, capsys):
    repository.git("mv", "a.py", "größer 2.py")
    (repository.folder / "größer 2.py").write_text(HEAD + AREA + VOLUME, encoding="utf-8")
    assert found(capsys, "--diff-base", "HEAD", ".") == [("größer 2.py", "volume")]


def test_a_deleted_file_is_no_matter(repository, capsys):
    repository.commit(b=AREA)
    (repository.folder / "b.py").unlink()
    assert found(capsys, "--diff-base", "HEAD", ".") == []


@pytest.mark.parametrize("kept", ["false", "true"])
def test_line_ends_are_no_change(repository, capsys, kept):
    (repository.folder / "a.py").write_bytes((HEAD + AREA).replace("\n", "\r\n").encode())
    repository.git("config", "core.autocrlf", kept)
    assert found(capsys, "--diff-base", "HEAD", ".") == []
    (repository.folder / "a.py").write_bytes((HEAD + AREA + VOLUME).replace("\n", "\r\n").encode())
    assert found(capsys, "--diff-base", "HEAD", ".") == [("a.py", "volume")]


def test_a_path_in_a_subfolder_is_found_from_anywhere(repository, capsys, tmp_path, monkeypatch):
    (repository.folder / "src").mkdir()
    (repository.folder / "src" / "b.py").write_text(HEAD + AREA)
    repository.commit()
    (repository.folder / "src" / "b.py").write_text(HEAD + AREA + VOLUME)
    monkeypatch.chdir(repository.folder / "src")
    assert found(capsys, "--diff-base", "HEAD", ".") == [("b.py", "volume")]
    monkeypatch.chdir(tmp_path)
    path = str(repository.folder / "src" / "b.py")
    assert found(capsys, "--diff-base", "HEAD", path) == [(path, "volume")]


def test_several_processes_find_the_same(repository, capsys):
    for number in range(12):
        repository.write(**{f"m{number}": HEAD + AREA})
    repository.commit()
    for number in range(12):
        repository.write(**{f"m{number}": HEAD + AREA + VOLUME + "#" * 20_000})
    want = found(capsys, "--jobs", "1", "--diff-base", "HEAD", ".")
    assert len(want) == 12
    assert found(capsys, "--jobs", "2", "--diff-base", "HEAD", ".") == want


@pytest.mark.parametrize("command", ["check", "write"])
@pytest.mark.parametrize(
    ("ref", "says"), [("nowhere", "has no commit called 'nowhere'"), ("-x", "is no name of a commit")]
)
def test_a_wrong_commit_ends_with_2(repository, capsys, command, ref, says):
    repository.write(a=HEAD + AREA + VOLUME)
    assert main([command, f"--diff-base={ref}", "."]) == 2
    assert says in capsys.readouterr().err
    assert (repository.folder / "a.py").read_text() == HEAD + AREA + VOLUME


def test_a_file_outside_of_a_repository_ends_with_2_and_nothing_is_written(repository, tmp_path, capsys):
    repository.write(a=HEAD + AREA + VOLUME)
    (tmp_path / "b.py").write_text(AREA)
    assert main(["write", "--diff-base", "HEAD", ".", str(tmp_path / "b.py")]) == 2
    assert "is in no git repository" in capsys.readouterr().err
    assert (repository.folder / "a.py").read_text() == HEAD + AREA + VOLUME


def test_an_earlier_text_that_cannot_be_read_leaves_everything_changed(repository, capsys):
    (repository.folder / "a.py").write_bytes(b'"""\xff"""\n' + AREA.encode())
    repository.commit()
    repository.write(a=HEAD + AREA)
    assert found(capsys, "--diff-base", "HEAD", ".") == [("a.py", "area")]


def test_a_baseline_and_a_base_go_together(repository, capsys):
    repository.commit(b=AREA)
    main(["check", "--write-baseline", "known.json", "."])
    repository.write(a=HEAD + AREA.replace("return width", "return 2"), b=AREA + VOLUME)
    capsys.readouterr()
    assert main(["check", "--baseline", "known.json", "--diff-base", "HEAD", "."]) == 1
    shown = capsys.readouterr()
    assert [line.split()[-1] for line in shown.out.splitlines()] == ["[volume]"]
    assert "any more" not in shown.err


@pytest.mark.parametrize(
    "words", [["check", "--write-baseline", "known.json"], ["write", "--symbol", "area"]], ids=lambda words: words[0]
)
def test_what_makes_no_sense_together_ends_with_2(repository, capsys, words):
    assert main([*words, "--diff-base", "HEAD", "."]) == 2
    assert "--diff-base" in capsys.readouterr().err
