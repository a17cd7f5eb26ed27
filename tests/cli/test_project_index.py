"""The commands and the project index: one that is documented elsewhere is left alone, in every file of a run alike."""

import ast
import json

import pytest

from glossator.cli import run
from glossator.cli.main import main
from glossator.documenter import indexing
from glossator.engine import executor

BASE = 'class Base:\n    """A base."""\n\n    def read(self, size):\n        """Read it."""\n'
DEFINITIONS = (ast.ClassDef, ast.FunctionDef)
CHILD = "from base import Base\n\n\nclass Child(Base):\n    def read(self, size):\n        return size\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "child.py").write_text(CHILD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def documented(path):
    """The names of the classes and functions in a file that have a docstring."""
    definitions = [node for node in ast.walk(ast.parse(path.read_text())) if hasattr(node, "name")]
    return [node.name for node in definitions if isinstance(node, DEFINITIONS) and ast.get_docstring(node)]


def test_a_method_whose_base_is_documented_is_left_alone(project):
    assert main(["write", "."]) == 0
    assert documented(project / "child.py") == ["Child"]


def test_one_file_alone_is_treated_as_in_a_whole_run(project):
    assert main(["write", "child.py"]) == 0
    assert documented(project / "child.py") == ["Child"]


def test_the_index_is_the_same_in_processes(project, monkeypatch):
    for number in range(4):
        (project / f"long{number}.py").write_text("x = 1\n" * 10_000)
    monkeypatch.setattr(indexing, "MANY", 1)
    used = []
    for module in (indexing, run):
        monkeypatch.setattr(module, "run", lambda *given: used.append(given[2].processes) or executor.run(*given))
    assert main(["write", ".", "--jobs", "2"]) == 0
    assert documented(project / "child.py") == ["Child"]
    assert set(used) == {2}


def test_a_file_that_takes_its_process_down_is_not_in_the_index(project, monkeypatch):
    def lost(function, items, pool):
        for item in items:
            is_base = str(item).endswith("base.py")
            yield executor.Lost(item, "its process died") if is_base else function(item)

    monkeypatch.setattr(indexing, "run", lost)
    assert main(["write", "child.py"]) == 0
    assert documented(project / "child.py") == ["Child", "read"]


def test_the_setting_inherit_has_it_documented(project):
    (project / "pyproject.toml").write_text("[tool.glossator]\ninherit = false\n")
    assert main(["write", "."]) == 0
    assert documented(project / "child.py") == ["Child", "read"]


def test_what_a_run_writes_first_does_not_count_for_what_it_writes_later(project):
    (project / "base.py").write_text(BASE.replace('        """Read it."""\n', "        return 1\n"))
    assert main(["write", "."]) == 0
    assert documented(project / "child.py") == ["Child", "read"]


def test_check_does_not_report_it(project, capsys):
    main(["check", "--output-format", "json", "."])
    assert "Child.read" not in [finding["symbol"] for finding in json.loads(capsys.readouterr().out)]


def test_many_files_in_many_processes_give_the_same(project):
    for number in range(40):
        text = CHILD.replace("Child", f"Child{number}") + "\n\n# " + "x" * 5000
        (project / f"child{number}.py").write_text(text)
    assert main(["write", "--jobs", "2", "."]) == 0
    assert all(documented(project / f"child{number}.py") == [f"Child{number}"] for number in range(40))


def test_projects_of_one_run_do_not_speak_for_each_other(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text("")
        (tmp_path / name / "child.py").write_text(CHILD)
    (tmp_path / "one" / "base.py").write_text(BASE)
    monkeypatch.chdir(tmp_path)
    assert main(["write", "one", "two"]) == 0
    assert documented(tmp_path / "one" / "child.py") == ["Child"]
    assert documented(tmp_path / "two" / "child.py") == ["Child", "read"]


def test_a_base_that_the_user_excludes_says_nothing(project, monkeypatch):
    user = project / "user.toml"
    user.write_text('[privacy]\nexclude = ["base.py"]\n')
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(user))
    assert main(["write", "."]) == 0
    assert documented(project / "child.py") == ["Child", "read"]
