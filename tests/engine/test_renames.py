"""Which names of a definition's last version have others now: as both texts show it, or the places of parameters."""

import pytest

from glossator.engine.renames import renamed_names
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

BEFORE = "def f(a, size):\n    total = a + size\n    return total\n"


def renamed(before, after, path="f"):
    return renamed_names(before.encode(), Outline(Document.open("x.py", after)).entry(path))


@pytest.mark.parametrize(
    ("after", "want"),
    [
        (BEFORE, {}),
        ("def f(a, size):\n    # as it was\n    total = (a + size)\n\n    return total\n", {}),
        ('def f(a, size):\n    """Do."""\n    total = a + size\n    return total\n', {}),
        ("def f(a, length):\n    total = a + length\n    return total\n", {"size": "length"}),
        ("def f(a, size):\n    sum_ = a + size\n    return sum_\n", {"total": "sum_"}),
        ("def f(b, length):\n    x = b + length\n    return x\n", {"a": "b", "size": "length", "total": "x"}),
        ("def g(a, size):\n    total = a + size\n    return total\n", {}),
    ],
    ids=["nothing", "layout", "docstring", "parameter", "local", "all", "the function itself"],
)
def test_where_only_names_changed_they_correspond(after, want):
    path = "g" if after.startswith("def g") else "f"
    assert {old: new for old, new in renamed(BEFORE, after, path).items() if old != "f"} == want


@pytest.mark.parametrize(
    ("after", "want"),
    [
        ("def f(a, length):\n    return a\n", {"size": "length", "total": ""}),
        ("def f(length):\n    return length\n", {"a": "", "size": "", "total": ""}),
        ("def f(b, length, c):\n    return b\n", {"a": "", "size": "", "total": ""}),
        ("def f(size, a):\n    return a\n", {"total": ""}),
        ("def f(length, a):\n    return a\n", {"size": "", "total": ""}),
        ("def f(a):\n    return a\n", {"size": "", "total": ""}),
        ("def f(a, size, more):\n    total = a + size + more\n    return total\n", {}),
        ("def f(a, *, size, b):\n    return a\n", {"total": ""}),
        ("def f(b, a, length, *c):\n    return a\n", {"size": "", "total": ""}),
    ],
    ids=["one", "fewer", "more", "order", "elsewhere", "gone", "one more", "kinds", "moved"],
)
def test_where_more_changed_the_places_of_parameters_count(after, want):
    assert renamed(BEFORE, after) == want


def test_the_names_of_a_method_correspond_without_the_indentation():
    before = "    def m(self, size):\n        return self.x + size\n"
    after = "class C:\n    def m(self, length):\n        return self.x + length\n"
    assert renamed(before, after, "C.m") == {"size": "length"}


@pytest.mark.parametrize("before", ["", "x = 1\n", "def f(", "'''\n", "\0"])
def test_what_was_no_definition_tells_nothing(before):
    assert isinstance(renamed(before, BEFORE), dict)


def test_broken_code_tells_nothing():
    assert renamed(BEFORE, "def f(a, length):\n    return (a\n") == {}
