"""What other programs run of us: pre-commit's hooks, the workflow, make. By text: YAML is no dependency of ours."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from glossator.cli.arguments import build_parser

ROOT = Path(__file__).parents[1]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
WORKFLOW = ROOT / ".github" / "workflows" / "docs.yml"
PLAIN = "def area(width):\n    return width\n"


def hooks():
    """The hooks by their ids, each a dictionary of texts."""
    blocks = re.split(r"^- ", HOOKS.read_text(), flags=re.MULTILINE)[1:]
    found = [dict(re.findall(r"^ *([a-z_]+): (.*)$", block, re.MULTILINE)) for block in blocks]
    return {hook["id"]: hook for hook in found}


def run_lines(text):
    """What a workflow's steps run, without a comment behind it."""
    return [line.partition("  #")[0].strip() for line in re.findall(r"^ *(?:- )?run: (.*)$", text, re.MULTILINE)]


def glossator_words(line):
    """The arguments of a command line that begins with our command, without what is the shell's."""
    words = shlex.split(line)
    end = next((at for at, word in enumerate(words) if word in (">", "||", "&&", "|", ";")), len(words))
    return words[1:end]


def is_known(words):
    try:
        build_parser().parse_args(words)
    except SystemExit:
        return False
    return True


def commands_in(text):
    return [line for line in run_lines(text) if line.startswith("glossator ")]


def test_there_are_hooks_that_check_and_repair_and_renew_pages():
    assert {name: hook["entry"] for name, hook in hooks().items()} == {
        "glossator-check": "glossator check",
        "glossator-write": "glossator write --only stale",
        "glossator-page": "glossator page update .",
    }


@pytest.mark.parametrize("name", ["glossator-check", "glossator-write"])
def test_a_hook_gets_python_files_in_one_process(name):
    hook = hooks()[name]
    assert (hook["language"], hook["types_or"], hook["require_serial"]) == ("python", "[python, pyi]", "true")
    assert hook["name"]
    assert hook["description"].endswith(".")


@pytest.mark.parametrize(("name", "code"), [("glossator-check", 1), ("glossator-write", 0)])
def test_a_hook_runs_on_the_files_that_it_is_given(tmp_path, name, code):
    words = glossator_words(hooks()[name]["entry"])
    (tmp_path / "a b.py").write_text(PLAIN)
    (tmp_path / "c.pyi").write_text("def area(width: int) -> int: ...\n")
    command = [sys.executable, "-m", "glossator", *words, "a b.py", "c.pyi"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert (tmp_path / "a b.py").read_text() == PLAIN


def test_the_hook_for_pages_renews_all_of_them_whatever_files_it_runs_for(tmp_path):
    hook = hooks()["glossator-page"]
    assert (hook["pass_filenames"], hook["types_or"]) == ("false", "[python, pyi, markdown, toml]")
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.py").write_text(PLAIN)
    (tmp_path / "docs").mkdir()

    def run(*words):
        command = [sys.executable, "-m", "glossator", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return (tmp_path / "docs" / "a.md").read_text()

    before = run("page", "api", "a.py", "-o", "docs/a.md")
    words = glossator_words(hook["entry"])
    assert run(*words) == before
    (tmp_path / "a.py").write_text(PLAIN.replace("(width)", "(width=1)"))
    assert "width=1" in run(*words)


@pytest.mark.parametrize("path", [WORKFLOW, ROOT / "README.md"], ids=lambda path: path.name)
def test_every_command_that_is_shown_for_continuous_integration_is_known(path):
    lines = commands_in(path.read_text())
    assert lines
    for line in lines:
        assert is_known(glossator_words(line)), line


def test_every_command_of_the_makefile_is_known():
    lines = re.findall(r"^\t\$\(BIN\)/(glossator .*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert lines
    for line in lines:
        assert is_known(glossator_words(line.replace("$(DOCS_FORMAT)", "text"))), line


def test_the_workflow_runs_what_developers_run():
    lines = run_lines(WORKFLOW.read_text())
    assert "make docs-check DOCS_FORMAT=github" in lines
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(r"^docs-check: ", makefile, re.MULTILINE)
    assert re.search(r"^check: .*\n(?:\t.*\n)*\t@\$\(MAKE\) --no-print-directory docs-check$", makefile, re.MULTILINE)


def test_the_workflow_fetches_what_it_compares_with():
    text = WORKFLOW.read_text()
    assert "fetch-depth: 0" in text
    (line,) = [line for line in run_lines(text) if "--diff-base" in line]
    assert build_parser().parse_args(glossator_words(line)).diff_base == "origin/$BASE"
    assert "BASE: ${{ github.base_ref }}" in text  # not in the command itself, where a branch's name would be shell


def test_the_workflow_uploads_what_it_wrote():
    text = WORKFLOW.read_text()
    (line,) = [line for line in run_lines(text) if "sarif" in line]
    written = re.search(r"> (\S+)", line)[1]
    assert f"sarif_file: {written}\n" in text


def test_no_step_hands_text_of_a_pull_request_to_a_shell():
    assert not [line for line in run_lines(WORKFLOW.read_text()) if "${{" in line]


def test_readme_names_hooks_that_exist():
    assert set(re.findall(r"- id: (\S+)", (ROOT / "README.md").read_text())) <= hooks().keys()
