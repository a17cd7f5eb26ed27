import json

import pytest

from glossator.cli.main import main

PLAIN = "def area(width, height):\n    return width * height\n"
DOCUMENTED = '"""Shapes."""\n\n\ndef area(width):\n    """Area."""\n    return width\n'


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with a file in it, which is the current folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.py").write_text(PLAIN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_findings_are_printed_one_a_line_and_end_with_1(project, capsys):
    assert main(["check", "."]) == 1
    shown = capsys.readouterr()
    assert "a.py:1:" in shown.out
    assert "GLS103" in shown.out
    assert "public symbols documented: 0 of " in shown.err


def test_what_is_documented_ends_with_0(project, capsys):
    (project / "a.py").write_text(DOCUMENTED)
    assert main(["check", "."]) == 0
    assert capsys.readouterr().out == ""


def test_json_has_the_keys_of_the_contract(project, capsys):
    main(["check", "--output-format", "json", "."])
    found = json.loads(capsys.readouterr().out)
    keys = {"path", "line", "column", "end_line", "end_column", "symbol", "code", "message", "fixable"}
    assert {frozenset(finding) for finding in found} == {frozenset(keys)}
    finding = next(f for f in found if f["code"] == "GLS103")
    assert (finding["path"], finding["line"], finding["symbol"], finding["fixable"]) == ("a.py", 1, "area", True)


def test_sarif_names_rule_place_and_level(project, capsys):
    (project / "a b.py").write_text(PLAIN)
    main(["check", "--output-format", "sarif", "a b.py"])
    log = json.loads(capsys.readouterr().out)
    run = log["runs"][0]
    result = next(r for r in run["results"] if r["ruleId"] == "GLS103")
    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "GLS103"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b.py"
    assert place["region"]["startLine"] == 1
    assert result["level"] == "note"


def test_github_annotations_escape_what_would_end_them(project, capsys):
    (project / "a,b.py").write_text(PLAIN)
    main(["check", "--output-format", "github", "a,b.py"])
    assert "::notice file=a%2Cb.py,line=1," in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "code"), [(["--select", "GLS9"], 0), (["--ignore", "GLS1"], 0), (["--select", "GLS1"], 1)]
)
def test_codes_are_selected_and_ignored_by_their_beginnings(project, flags, code):
    assert main(["check", *flags, "."]) == code


def test_too_little_documentation_ends_with_1(project, capsys):
    assert main(["check", "--ignore", "GLS1", "--min-coverage", "50", "."]) == 1
    assert "below 50%" in capsys.readouterr().err


def test_checking_needs_no_provider(project, monkeypatch):
    (project / "user.toml").write_text('provider = "local"\n')
    monkeypatch.setenv("GLOSSATOR_CONFIG", "user.toml")
    assert main(["check", "."]) == 1


def test_a_wrong_limit_ends_with_2(project):
    assert main(["check", "--min-coverage", "101", "."]) == 2


def test_a_file_that_cannot_be_read_ends_with_3(project):
    assert main(["check", "none.py", "a.py"]) == 3


def test_nothing_is_written(project):
    main(["check", "."])
    assert (project / "a.py").read_text() == PLAIN


def test_codes_are_ignored_by_file_pattern_relative_to_the_file_that_sets_them(project, capsys, monkeypatch):
    (project / "tests").mkdir()
    (project / "tests" / "test_a.py").write_text(PLAIN)
    (project / "pyproject.toml").write_text('[tool.glossator.per_file_ignores]\n"/tests/" = ["GLS103"]\n')
    main(["check", "."])
    assert [line.split(" ", 2)[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["a.py:1:1:", "GLS101"],
        ["a.py:1:5:", "GLS103"],
        ["tests/test_a.py:1:1:", "GLS101"],
    ]
    monkeypatch.chdir(project / "tests")
    main(["check", "test_a.py", "../a.py"])
    assert "test_a.py:1:5: GLS103" not in capsys.readouterr().out


def test_what_is_ignored_by_file_pattern_is_not_written_either(project):
    (project / "pyproject.toml").write_text('[tool.glossator.per_file_ignores]\n"a.py" = ["GLS1"]\n')
    main(["write", "."])
    assert (project / "a.py").read_text() == PLAIN
