"""Calls of imported names: each in code that is short and whole, and none whose name may mean something else."""

import pytest

from glossator.syntax.calls import calls_in, examples_of
from glossator.syntax.document import Document
from glossator.syntax.imports import imports
from glossator.syntax.symbols import Outline

IMPORT = "from store import load\n"


def calls(source, is_test=False):
    outline = Outline(Document("", source.encode()))
    return [(call.name, call.code) for call in calls_in(outline, imports(outline.document), is_test=is_test)]


CODES = {
    "a statement": ("entry = load(path)", "entry = load(path)"),
    "an expression within one": ("return_to(load(path), 3)", "return_to(load(path), 3)"),
    "a short loop": ("for one in load(path):\n    show(one)", "for one in load(path):\n    show(one)"),
    "a long loop": (f"for one in load(path):\n    show(one, {'9' * 300})", "load(path)"),
    "a statement of too many lines": ("show(\n    1,\n    2,\n    3,\n    load(path),\n)", "load(path)"),
    "what stands in a function": ("def f(path):\n    x = 1\n    return load(path)", "return load(path)"),
    "a decorator": ("@load(3)\ndef f():\n    pass", "load(3)"),
}


@pytest.mark.parametrize("case", CODES)
def test_a_call_is_shown_in_what_is_short_of_the_code_around(case):
    source, code = CODES[case]
    assert calls(f"{IMPORT}\n{source}\n") == [("load", code)]


def test_what_is_too_long_in_itself_is_left_out():
    assert calls(f"{IMPORT}load({'9' * 300})\n") == []


@pytest.mark.parametrize(
    "source",
    [
        "load = cached(load)\nload(1)\n",
        "def load(x): ...\nload(1)\n",
        "class load: ...\nload(1)\n",
        "def f(load):\n    load(1)\n",
        "def f():\n    load = other\n    load(1)\n",
        "def f():\n    from other import load\n    load(1)\n",
        "def f():\n    global load\n    load = 1\nload(1)\n",
        "for load in loaders:\n    load(1)\n",
        "try:\n    from fast import load\nexcept ImportError: ...\nload(1)\n",
        "f = lambda load: load(1)\n",
        "[load(1) for load in loaders]\n",
        "text = 'load(1)'  # load(1)\n",
        '"""load(1)"""\n',
        "self.load(1)\nreload(1)\nload\n",
    ],
)
def test_what_may_mean_something_else_is_no_call(source):
    assert calls(IMPORT + source) == []


def test_a_dotted_name_is_told_as_it_is_written():
    source = "import a.store\nimport a.other\nfrom b import store as s\na.store.load(1)\ns.load(2)\n"
    assert calls(source) == [("a.store.load", "a.store.load(1)"), ("s.load", "s.load(2)")]


def test_of_many_calls_those_that_use_the_result_come_first_and_few_are_kept():
    bare = "".join(f"load({number})\n" for number in range(4))
    assert [code for _, code in calls(f"{IMPORT}{bare}x = load(9)\n")] == ["x = load(9)", "load(0)", "load(1)"]


def test_in_tests_each_stands_in_its_test_and_what_is_asserted_comes_first():
    source = f"""{IMPORT}
def test_a_path_is_read(folder):
    load(folder)
    assert load("a") == 1

entry = load("shared")

class TestMore:
    def test_none_is_refused(self):
        with pytest.raises(ValueError):
            load(None)
"""
    assert [code for _, code in calls(source, is_test=True)] == [
        'def test_a_path_is_read():\n    assert load("a") == 1',
        "def test_none_is_refused():\n    with pytest.raises(ValueError):\n        load(None)",
        "def test_a_path_is_read():\n    load(folder)",
    ]


def test_broken_code_raises_nothing():
    for end in range(len(IMPORT), len(IMPORT) + 60):
        calls((IMPORT + 'def f(:\n    x = load(1, "\n    load(((\nclass :\n  load(2)\n')[:end])


DOCUMENTED = '''"""Numbers.

>>> add(1, 2)
3
>>> x = add(4, 5)
>>> self.add(6, 7)
>>> add(8)
Traceback (most recent call last):
"""


def add(one, other):
    """Add.

    >>> add(9, 9)
    18
    """


class Sum:
    def add(self):
        pass
'''


def test_examples_are_those_of_other_docstrings_with_their_results():
    outline = Outline(Document("", DOCUMENTED.encode()))
    assert examples_of(outline, outline.entry("add")) == ("add(1, 2) == 3", "x = add(4, 5)", "add(8)")
    assert examples_of(outline, outline.entry("Sum.add")) == ()
