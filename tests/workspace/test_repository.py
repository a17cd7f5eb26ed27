"""What a repository says of itself: read from each kind of file, and nothing from what is broken or hostile."""

import json
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest

from glossator.workspace.repository import EntryPoint, Extra, Repository, repository_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def repository(tmp_path):
    def make(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", ".").replace("_of_", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return repository_of(tmp_path)

    return make


def commands(found):
    return [(task.command, task.help) for task in found.tasks]


def test_this_projects_own_repository_is_read_as_its_files_have_it():
    found = repository_of(ROOT)
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert found.project.name == "glossator"
    assert (
        found.project.version
        == re.search('__version__ = "(.*)"', (ROOT / "server/glossator/__init__.py").read_text())[1]
    )
    assert found.project.python == table["requires-python"]
    assert found.project.dependencies == tuple(table["dependencies"])
    assert found.project.extras == tuple(Extra(n, tuple(v)) for n, v in table["optional-dependencies"].items())
    assert found.project.entry_points == (EntryPoint("console_scripts", "glossator", "glossator.cli.main:main"),)
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):.*## (.*)$", makefile, re.MULTILINE)
    assert commands(found)[: len(targets)] == [(f"make {name}", help_) for name, help_ in targets]
    assert "docs" in found.workflows


def test_many_dots_in_texts_do_not_matter(repository):
    wanted = ", ".join(f'"p{n}>=1.2.3"' for n in range(100))
    toml = f'[project]\nname = "p"\ndependencies = [{wanted}]\n'
    assert len(repository(pyproject__toml=toml).project.dependencies) == 100


def test_an_empty_or_absent_folder_says_nothing(tmp_path):
    assert repository_of(tmp_path) == Repository()
    assert repository_of(tmp_path / "absent") == Repository()


def test_poetry(repository):
    project = repository(
        pyproject__toml="""
[tool.poetry]
name = "p"
version = "1.2"
description = "It does."
license = "MIT"
homepage = "https://example.org"
[tool.poetry.dependencies]
python = "^3.9"
requests = "^2"
rich = { version = "*", optional = true }
[tool.poetry.extras]
pretty = ["rich"]
[tool.poetry.scripts]
p = "p.cli:main"
[tool.poetry.group.dev.dependencies]
pytest = "*"
[tool.poetry.plugins."p.plugins"]
a = "p.a:A"
"""
    ).project
    assert (project.name, project.version, project.python, project.license) == ("p", "1.2", ">=3.9,<4", "MIT")
    assert project.dependencies == ("requests",)
    assert project.extras == (Extra("pretty", ("rich",)),)
    assert project.groups == (Extra("dev", ("pytest",)),)
    assert project.entry_points == (
        EntryPoint("console_scripts", "p", "p.cli:main"),
        EntryPoint("p.plugins", "a", "p.a:A"),
    )
    assert project.urls == (("homepage", "https://example.org"),)


@pytest.mark.parametrize(
    ("poetry", "python"),
    [("^3.9", ">=3.9,<4"), ("~3.9", ">=3.9,<3.10"), (">=3.9,<3.13", ">=3.9,<3.13"), ("*", ""), ("^0.1", "")],
)
def test_a_requirement_of_poetry_is_told_as_everybody_writes_it(repository, poetry, python):
    toml = f'[tool.poetry]\nname = "p"\n[tool.poetry.dependencies]\npython = "{poetry}"\n'
    assert repository(pyproject__toml=toml).project.python == python


SETUP_CFG = """
[metadata]
name = p
version = 1.2
description = It does.
license = MIT
url = https://example.org
project_urls =
    Source = https://example.org/src
[options]
python_requires = >=3.9
install_requires =
    requests>=2  # comment
    rich
[options.extras_require]
Test = pytest; coverage
[options.entry_points]
console_scripts =
    P = p.cli:main
p.plugins =
    a = p.a:A
"""
SETUP_PY = """
from setuptools import setup, find_packages
setup(
    name="p", version="1.2", description="It does.", license="MIT", url="https://example.org",
    project_urls={"Source": "https://example.org/src"}, python_requires=">=3.9",
    install_requires=["requests>=2", "rich"], extras_require={"Test": ["pytest", "coverage"]},
    entry_points={"console_scripts": ["P = p.cli:main"], "p.plugins": ["a = p.a:A"]},
    packages=find_packages(),
)
"""


@pytest.mark.parametrize("files", [{"setup__cfg": SETUP_CFG}, {"setup__py": SETUP_PY}], ids=["setup.cfg", "setup.py"])
def test_what_setuptools_is_told(repository, files):
    project = repository(**files).project
    assert (project.name, project.version, project.description, project.python) == ("p", "1.2", "It does.", ">=3.9")
    assert project.urls == (("Homepage", "https://example.org"), ("Source", "https://example.org/src"))
    assert project.dependencies == ("requests>=2", "rich")
    assert project.extras == (Extra("Test", ("pytest", "coverage")),)
    assert project.entry_points == (
        EntryPoint("console_scripts", "P", "p.cli:main"),
        EntryPoint("p.plugins", "a", "p.a:A"),
    )


def test_of_setup_py_only_literals_are_taken_and_nothing_is_run(repository, tmp_path):
    source = f'open({str(tmp_path / "ran")!r}, "w")\nsetup(name="p", version=read(), url=URL)\n'
    project = repository(setup__py=f"from setuptools import setup\n{source}").project
    assert (project.name, project.version, project.urls) == ("p", "", ())
    assert not (tmp_path / "ran").exists()


def test_what_the_project_table_leaves_to_its_backend_is_taken_from_there(repository):
    toml = '[project]\nname = "p"\ndynamic = ["version", "dependencies"]\n[tool.hatch.version]\npath = "p.py"\n'
    project = repository(pyproject__toml=toml, p__py='__version__ = "3.4"\n', setup__cfg=SETUP_CFG).project
    assert (project.version, project.dependencies, project.description) == ("3.4", ("requests>=2", "rich"), "")


@pytest.mark.parametrize("source", ["__version__ = read()\n", '__version__ = "1"\n__version__ = "2"\n'])
def test_a_version_that_is_made_at_build_time_is_none(repository, source):
    toml = '[project]\nname = "p"\ndynamic = ["version"]\n[tool.hatch.version]\npath = "p.py"\n'
    assert repository(pyproject__toml=toml, p__py=source).project.version == ""


def test_targets_of_a_makefile_are_those_with_a_help(repository):
    text = ".PHONY: a\na: b ## Make a\n\techo ## no\nb:\nx = 1 ## no\ny := 2 ## no\nc d:: ## Both\n"
    text += "%.o: %.c ## no\n$(X): ## no\n"
    assert commands(repository(Makefile=text)) == [("make a", "Make a"), ("make c", "Both"), ("make d", "Both")]


def test_recipes_of_a_justfile(repository):
    text = "set shell := ['x']\nversion := '1'\n# Run the tests\ntest *args: build\n    x\n\n_hidden:\n    x\n\n"
    text += "[private]\nsecret:\n    x\n\nbuild:\n    x\n"
    assert commands(repository(justfile=text)) == [("just test", "Run the tests"), ("just build", "")]


def test_environments_of_tox(repository):
    text = "[tox]\nenvlist = py3{11,12}, lint\n[testenv:lint]\ndescription = Look at the code\n[testenv:docs]\n"
    assert commands(repository(tox__ini=text)) == [("tox -e lint", "Look at the code"), ("tox -e docs", "")]


def test_environments_of_tox_in_toml(repository):
    found = repository(pyproject__toml='[tool.tox]\nenv_list = ["lint"]\n[tool.tox.env.lint]\ndescription = "Look"\n')
    assert commands(found) == [("tox -e lint", "Look")]


def test_sessions_of_nox(repository):
    text = (
        'import nox\n@nox.session\ndef tests(session):\n    """Run them.\n\n    More.\n    """\n'
        '@nox.session(name="lint-all")\ndef lint(session): ...\n'
        "@nox.session(name=x)\ndef no(session): ...\ndef other(): ...\n"
    )
    assert commands(repository(noxfile__py=text)) == [("nox -s tests", "Run them."), ("nox -s lint-all", "")]


def test_scripts_of_npm_hatch_pdm_poe_and_taskipy(repository):
    toml = """
[tool.hatch.envs.default.scripts]
test = "pytest"
[tool.hatch.envs.docs.scripts]
build = ["a", "b"]
[tool.pdm.scripts]
_.env_file = ".env"
lint = { cmd = "ruff check", help = "Look" }
[tool.poe.tasks]
fmt = "ruff format"
_hidden = "x"
[tool.taskipy.tasks]
go = "x"
"""
    found = repository(pyproject__toml=toml, package__json=json.dumps({"scripts": {"build": "tsc", "bad": 3}}))
    assert [(task.command, task.help, task.runs) for task in found.tasks] == [
        ("hatch run test", "", "pytest"),
        ("hatch run docs:build", "", ""),
        ("pdm run lint", "Look", "ruff check"),
        ("poe fmt", "", "ruff format"),
        ("task go", "", "x"),
        ("npm run build", "", "tsc"),
    ]


def test_hooks_workflows_and_examples(repository, tmp_path):
    hooks = "repos:\n  - repo: x\n    hooks:\n      - id: ruff\n      - id: mypy\n"
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text("name: 'Tests'  # all\non: push\njobs:\n  x:\n    name: inner\n")
    (folder / "b.yaml").write_text("on: push\n")
    (folder / "c.yml").write_text("name: ${{ x }}\n")
    (folder / "d.txt").write_text("name: no\n")
    (tmp_path / "examples" / "more").mkdir(parents=True)
    (tmp_path / "examples" / "one.py").write_text("")
    (tmp_path / "examples" / "more" / "two.py").write_text("")
    (tmp_path / ".pre-commit-config.yaml").write_text(hooks)
    found = repository()
    assert [(task.command, task.runs) for task in found.tasks] == [("pre-commit run --all-files", "ruff, mypy")]
    assert found.workflows == ("Tests", "b", "${{ x }}")
    assert found.examples == ("examples/one.py", "examples/more/two.py")


HOSTILE = {
    "a file of 10 MB": {"pyproject__toml": b'[project]\nname = "p"\n' + b"# x\n" * 2_500_000},
    "tables without end": {"pyproject__toml": "x = " + "[" * 100_000},
    "inline tables without end": {"pyproject__toml": "x = " + "{a = " * 100_000},
    "keys without end": {"pyproject__toml": "a" + ".a" * 300_000 + " = 1"},
    "many keys of many parts": {"pyproject__toml": "\n".join(f"a{n}" + ".a" * 2_000 + " = 1" for n in range(200))},
    "no UTF-8": {"pyproject__toml": b"[project]\nname = '\xff'"},
    "a binary Makefile": {"Makefile": os.urandom(50_000) + b"\0\nall: ## x\n"},
    "a Makefile of one line": {"Makefile": "a " * 400_000},
    "other types": {"pyproject__toml": "project = 3\ntool = [1]\n"},
    "other types within": {
        "pyproject__toml": "[project]\nname = 1\nscripts = [1]\nurls = 'x'\ndependencies = {}\nlicense = []\n"
        "[tool.hatch]\nenvs = 3\n[tool.poe]\ntasks = 'x'\n[tool.tox]\nenv_list = 4\nenv = [1]\n"
    },
    "JSON without end": {"package__json": "[" * 100_000},
    "JSON of another type": {"package__json": "[1]"},
    "an INI without a section": {"setup__cfg": "x\n=\n[", "tox__ini": "]]\n"},
    "an INI of spaces": {"setup__cfg": "[metadata]\nname" + " " * 500_000 + "x\n"},
    "a setup.py that does not parse": {"setup__py": "setup(" * 5_000},
    "a noxfile of attributes": {"noxfile__py": "@" + "a." * 5_000 + "b\ndef f(): ..."},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_give_less_and_no_exception(repository, case):
    found = repository(**HOSTILE[case])
    assert found.project.name in ("", "\ufffd")
    assert not found.tasks


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
def test_links_that_loop_or_lead_out_and_pipes_are_not_read(tmp_path):
    inside = tmp_path / "repository"
    inside.mkdir()
    (tmp_path / "outside.toml").write_text('[project]\nname = "secret"\n')
    (inside / "pyproject.toml").symlink_to(tmp_path / "outside.toml")
    (inside / "setup.cfg").symlink_to(inside / "setup.cfg")
    os.mkfifo(inside / "tox.ini")
    (inside / "examples").symlink_to(inside)
    (inside / "setup.py").mkdir()
    assert repository_of(inside) == Repository()


def test_a_makefile_is_found_among_thousands_of_files(repository, tmp_path):
    repository(Makefile="test: ## Test it\n\techo\n")
    for number in range(2500):
        (tmp_path / f".coverage.{number}").touch()
    assert commands(repository_of(tmp_path)) == [("make test", "Test it")]
