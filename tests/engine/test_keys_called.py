"""C11: what a function calls counts by what callers see of it: its header, and the exceptions that leave it."""

import pytest
from keyed import Neighbours, keys, moved

from glossator.syntax.calls import Callee, Links

CALLER = "def top(one, two):\n    part = helper(one)\n    return part + two\n"
HELPER = 'def helper(x, y=1):\n    """Help."""\n    if y < 0:\n        raise KeyError(y)\n    return x\n\n\n'
DEPENDANTS = {"summary", "parameter:one", "returns", "whole"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("y=1", "y=2"),
        ("x, y", "z, y"),
        ("def helper", "async def helper"),
        ("KeyError", "ValueError"),
        ("):\n", ") -> int:\n"),
    ],
    ids=["a default", "a name", "asynchronous", "raises", "a result"],
)
def test_c11_dependants_miss_what_a_helper_shows_that_changed(old, new):
    helper = HELPER.replace(old, new, 1)
    assert moved(keys(HELPER + CALLER, "top"), keys(helper + CALLER, "top")) == DEPENDANTS


@pytest.mark.parametrize(
    ("old", "new"),
    [("Help.", "Help out."), ("return x", "return x * 2"), ("y < 0", "y < 1"), ("KeyError(y)", 'KeyError("y", y)')],
    ids=["docstring", "body", "condition", "text of an error"],
)
def test_c11_dependants_hit_where_a_helper_says_or_does_it_otherwise(old, new):
    helper = HELPER.replace(old, new, 1)
    assert keys(HELPER + CALLER, "top") == keys(helper + CALLER, "top")


def linked(header, said="", name="helper"):
    return {"neighbours": Neighbours(Links(called={name: Callee(header, said)}))}


def test_c11_dependants_miss_another_header_of_a_function_of_another_file():
    source = "from lib import helper\n\n\n" + CALLER
    before = keys(source, "top", **linked("def helper(x, y=1):"))
    assert moved(before, keys(source, "top", **linked("def helper(x, y=2):"))) == DEPENDANTS
    assert moved(before, keys(source, "top")) == DEPENDANTS


def test_c11_dependants_hit_another_docstring_or_layout_of_a_function_of_another_file():
    source = "from lib import helper\n\n\n" + CALLER
    before = keys(source, "top", **linked("def helper(x, y=1):", "Help."))
    assert keys(source, "top", **linked("def helper(x, y=1):", "Help out.")) == before
    assert keys(source, "top", **linked("def helper(\n    x,\n    y=1):")) == before


def test_c11_what_a_function_that_is_not_called_looks_like_does_not_count():
    source = "from lib import helper\n\n\n" + CALLER
    before = keys(source, "top", **linked("def helper(x):"))
    both = Links(called={"helper": Callee("def helper(x):"), "other": Callee("def other(x, y, z):")})
    assert keys(source, "top", neighbours=Neighbours(both)) == before


def test_c11_a_name_that_the_function_binds_itself_is_not_the_one_of_another_file():
    source = "from lib import helper\n\n\ndef top(one, helper):\n    return helper(one)\n"
    assert keys(source, "top", **linked("def helper(x):")) == keys(source, "top", **linked("def helper(y):"))
