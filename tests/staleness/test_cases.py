"""The cases of the harness are what they claim to be: seen with Python's own parser, without any checker."""

import ast
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "fixtures" / "staleness"
STYLES = ("google", "numpy", "sphinx", "epytext")
HARMLESS = ("local renamed", "layout changed", "comments added", "body edited")


@pytest.fixture(scope="module", params=["whole", "lone"])
def cases(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases") / request.param
    command = [sys.executable, HERE, "--corpus", CORPUS, "--styles", ",".join(STYLES), "--write", folder]
    subprocess.run([*command, *(["--lone"] if request.param == "lone" else [])], check=True, capture_output=True)
    return folder, json.loads((folder / "truth.json").read_text())["cases"]


def functions(path):
    """Functions by line range, as dumps."""
    tree = ast.parse(path.read_text())
    return {
        (min([n.lineno, *(d.lineno for d in n.decorator_list)]), n.end_lineno): n
        for n in ast.walk(tree)
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def sides(folder, case):
    return [functions(folder / s["path"])[s["first"], s["last"]] for s in (case["before"], case["after"])]


def test_each_kind_of_change_has_cases_in_each_style(cases):
    _, found = cases
    count = Counter((case["kind"], case["style"]) for case in found)
    assert len({kind for kind, _ in count}) == 16
    assert all(count[kind, style] >= 3 for kind, _ in count for style in STYLES), count


def test_the_docstring_of_a_changed_function_stays_as_it_is(cases):
    folder, found = cases
    for case in found:
        before, after = sides(folder, case)
        assert ast.get_docstring(before, clean=False) == ast.get_docstring(after, clean=False), case["id"]


def test_only_layout_and_comments_leave_the_meaning_of_the_function(cases):
    folder, found = cases
    for case in found:
        before, after = sides(folder, case)
        is_same = case["kind"] in ("layout changed", "comments added")
        assert (ast.dump(before) == ast.dump(after)) == is_same, case["id"]


def test_harmless_changes_leave_the_signature_and_what_is_returned_and_raised(cases):
    folder, found = cases

    def facts(node):
        jumps = (ast.Return, ast.Raise, ast.Yield, ast.YieldFrom)
        return ast.dump(node.args), sorted(type(n).__name__ for n in ast.walk(node) if isinstance(n, jumps))

    for case in found:
        if case["kind"] in HARMLESS:
            before, after = sides(folder, case)
            assert facts(before) == facts(after), case["id"]


def test_all_other_functions_of_the_file_stay_as_they_are(cases):
    folder, found = cases
    for case in found:
        rest = []
        for side in (case["before"], case["after"]):
            every = functions(folder / side["path"])
            rest.append([ast.dump(n) for place, n in every.items() if place != (side["first"], side["last"])])
        assert rest[0] == rest[1], case["id"]


def test_the_same_seed_makes_the_same_cases(tmp_path):
    texts = []
    for name in ("one", "two"):
        command = [sys.executable, HERE, "--corpus", CORPUS, "--per-kind", "4", "--seed", "7", "--write"]
        subprocess.run([*command, tmp_path / name], check=True, capture_output=True)
        texts.append((tmp_path / name / "truth.json").read_text())
    assert texts[0] == texts[1]
