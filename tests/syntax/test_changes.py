import pytest

from glossator.syntax.changes import changed_symbols
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

BEFORE = '''"""Shapes."""
import math

def area(width):
    return width

@final
class Disc:
    """A disc."""
    radius = 1

    def area(self):
        return math.pi

    class Edge:
        def length(self):
            return 2
'''
MODULE = "<module>"


def changed(after, before=BEFORE):
    return set(changed_symbols(outline(after), outline(before)))


def outline(text):
    return Outline(Document("a.py", text.encode("utf-8", "surrogatepass")))


def test_an_equal_text_has_no_changes():
    assert changed(BEFORE) == set()


@pytest.mark.parametrize(
    ("old", "new", "want"),
    [
        ("return width", "return width * 2", {"area"}),
        ("return math.pi", "return 3", {"Disc.area"}),
        ("def area(self)", "def area(self, unit)", {"Disc.area"}),
        ("return 2", "return 3", {"Disc.Edge.length"}),
        ("radius = 1", "radius = 2", {"Disc"}),
        ('"""A disc."""', '"""A circle."""', {"Disc"}),
        ("@final", "@other", {"Disc"}),
        ("import math", "import math, os", {MODULE}),
        ('"""Shapes."""', '"""All shapes."""', {MODULE}),
        ("def area(width)", "def size(width)", {MODULE, "size"}),
        ("    class Edge:", "    class Rim:", {"Disc", "Disc.Rim", "Disc.Rim.length"}),
    ],
)
def test_a_change_belongs_to_the_innermost_class_or_the_function_that_it_is_in(old, new, want):
    assert changed(BEFORE.replace(old, new)) == want


@pytest.mark.parametrize(("old", "new"), [("\n", "\r\n"), ("\n", "\n\n"), ("\n", "  \n"), ("\n", "\r")])
def test_line_ends_and_blank_lines_are_no_change(old, new):
    assert changed(BEFORE.replace(old, new)) == set()


def test_code_that_moved_has_not_changed():
    moved = BEFORE.replace("def area(width):\n    return width\n\n", "") + "\ndef area(width):\n    return width\n"
    assert changed(moved) <= {MODULE}


def test_everything_in_a_new_file_has_changed():
    assert changed(BEFORE, "") == {MODULE, "area", "Disc", "Disc.area", "Disc.Edge", "Disc.Edge.length"}


def test_a_second_definition_of_one_name_is_compared_with_the_second():
    twice = BEFORE + "\ndef area(width):\n    return 0\n"
    assert changed(twice, twice.replace("return 0", "return 1")) == {"area#2"}


def test_a_nested_function_changes_with_the_one_that_it_is_in():
    before = "def f():\n    def g():\n        return 1\n    return g\n"
    assert changed(before.replace("return 1", "return 2"), before) == {"f", "f.g"}


@pytest.mark.parametrize("text", ["def f(:\n  x\nclass", "\0", "\udc80 = 1\ndef f(): 1\n", "class A:\n def f(self"])
def test_broken_code_is_compared_too(text):
    assert changed(text, text) == set()
    changed(text)
    changed(BEFORE, text)
