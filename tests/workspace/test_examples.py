"""Worked examples: taken as they stand, with what they need, and none where there is none."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from glossator.syntax.document import Document
from glossator.syntax.shown import MAX_LINES, shown_in_tests
from glossator.workspace.examples import Examples, Said, Subject, examples_beneath, worked_example

ROOT = Path(__file__).parents[2]
MERGE = Subject(frozenset({"p.Feed.merge", "p.feed.Feed.merge"}), "merge")
ADD = Subject(frozenset({"p.add"}), "add")
HEAD = "from p import Feed, add\n"


@pytest.fixture
def example(tmp_path):
    def find(subject, **files):
        for name, text in files.items():
            path = tmp_path / name.replace("_of_", "/").replace("__", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return worked_example(subject, examples_beneath(tmp_path, ["p"]))

    return find


def test_a_doctest_of_its_own_is_taken_first(example):
    subject = Subject(frozenset({"p.add"}), "add", Said("Add.\n\n>>> add(1, 2)\n3\n", "p.py", 10))
    found = example(subject, tests_of_test_p__py=HEAD + "def test_a():\n    assert add(1, 2) == 3\n")
    assert (found.code, found.kind, found.file, found.line) == (">>> add(1, 2)\n3", "doctest", "p.py", 12)


def test_a_doctest_beside_it_counts_where_it_calls_it(example):
    others = (Said("Module.\n\n>>> sub(1)\n2\n\nText.\n\n>>> add(1, 2)\n3\n", "p.py", 1),)
    assert example(Subject(frozenset(), "add", others=others)).code == ">>> add(1, 2)\n3"
    assert example(Subject(frozenset(), "mul", others=others)) is None


def test_a_test_is_taken_with_its_imports_as_it_stands(example):
    test = "def test_a():\n    # A word.\n    assert json.dumps(add(1, LIMIT))  == '4'\n"
    source = f"{HEAD}import json\nimport os\n\nLIMIT = 3  # much\n\n\n{test}"
    found = example(ADD, tests_of_test_p__py=source)
    assert found.code == (
        "from p import Feed, add\nimport json\n\nLIMIT = 3  # much\n\n\n"
        "def test_a():\n    # A word.\n    assert json.dumps(add(1, LIMIT))  == '4'"
    )
    assert (found.kind, found.file, found.line, found.name) == ("test", "tests/test_p.py", 8, "test_a")


def test_of_several_the_shortest_that_asserts_and_needs_least_is_taken(example):
    source = (
        HEAD + "def test_bare():\n    add(1, 2)\n\ndef test_long():\n    x = add(1, 2)\n    assert x == 3\n\n"
        "def test_given(tmp_path):\n    assert add(1, 2)\n\ndef test_short():\n    assert add(1, 2) == 3\n"
    )
    assert example(ADD, tests_of_test_p__py=source).name == "test_short"


@pytest.mark.parametrize(
    "body",
    [
        "    assert Feed(1).merge(2)",
        "    feed = Feed(1)\n    assert feed.merge(2)",
        "    with Feed(1) as feed:\n        assert feed.merge(2)",
        "    from p.feed import Feed as F\n    feed = F(1)\n    assert feed.merge(2)",
    ],
)
def test_a_method_is_shown_by_what_calls_it_on_an_object_that_the_test_makes(example, body):
    assert example(MERGE, test_p__py=f"{HEAD}\ndef test_a():\n{body}\n").name == "test_a"


UNFIT = {
    "a helper of the file": "def help_(): ...\ndef test_a():\n    help_()\n    assert add(1, 2)\n",
    "a fixture": "def test_a(store):\n    assert add(1, 2)\n",
    "several values": "import pytest\n@pytest.mark.parametrize('x', [1])\ndef test_a(x):\n    assert add(1, x)\n",
    "a function of another name": "def check():\n    assert add(1, 2)\n",
    "another meaning of the name": "def test_a():\n    add = len\n    assert add([])\n",
    "a name that is bound twice": "add = 3\ndef test_a():\n    assert add(1, 2)\n",
    "too many lines": "def test_a():\n" + "    x = 1\n" * 30 + "    assert add(1, 2)\n",
    "a method of an unknown object": "def test_a(request):\n    assert request.add(1)\n",
    "what only stands in a text": "def test_a():\n    assert 'add(1)'\n",
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_would_not_stand_by_itself_is_no_example(example, case):
    assert example(ADD, tests_of_test_p__py=HEAD + UNFIT[case]) is None


def test_another_packages_function_of_that_name_is_none(example):
    assert example(ADD, test_p__py="from q import add\nimport p\ndef test_a():\n    assert add(1)\n") is None


def test_a_short_file_of_examples_is_taken_where_no_test_is(example):
    source = '"""Add."""\n\nfrom p import add\n\nprint(add(1, 2))\n'
    found = example(ADD, examples_of_one__py=source)
    assert (found.code, found.kind, found.file) == (source.strip(), "example", "examples/one.py")
    assert example(ADD, test_p__py=HEAD + "def test_a():\n    assert add(1, 2)\n").kind == "test"


def test_broken_and_foreign_files_give_none(example, tmp_path):
    (tmp_path / "test_b.py").write_bytes(b"from p import add\n\xff\xfe def test_a(: \0")
    assert example(ADD, test_p__py=HEAD + "def test_a(:\n", test_q__py="x = 1\n") is None
    assert worked_example(ADD, Examples()) is None


def test_the_examples_of_this_project_stand_in_its_tests_and_run():
    found = examples_beneath(ROOT / "tests" / "config", ["glossator"])
    assert worked_example(Subject(frozenset({"glossator.config.Settings"})), found) is not None
    shown = shown_in_tests(Document("", (ROOT / "tests" / "config" / "test_modes.py").read_bytes()))
    text = (ROOT / "tests" / "config" / "test_modes.py").read_text()
    assert shown
    for one in shown:
        assert len(one.code.splitlines()) <= MAX_LINES
        assert all(line in text for line in one.code.splitlines())
        ast.parse(one.code)
    plain = next(one for one in shown if not one.needs)
    subprocess.run([sys.executable, "-c", f"{plain.code}\n\n{plain.name}()"], cwd=ROOT / "server", check=True)
