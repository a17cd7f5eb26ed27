import ast
import sysconfig
from pathlib import Path

import pytest

from glossator.model import SymbolKind
from glossator.syntax.document import Document
from glossator.syntax.excerpts import MAX_MEMBERS, excerpt, header, owner_outline
from glossator.syntax.symbols import Outline

STDLIB = Path(sysconfig.get_path("stdlib"))
SOURCE = '''\
"""A module."""
import os


@frozen
class Store(Base):
    """A store."""

    limit = 3  # at most

    def __init__(self, path):
        """Keep it."""
        self.path = path

    @property
    def size(self) -> int:
        """How many."""
        return 0


def read(path):
    "Read it."; return path


def wait(): "Wait."
'''


def of(path, source=SOURCE):
    outline = Outline(Document.open("m.py", source))
    return excerpt(outline, outline.entry(path))


def test_a_function_is_shown_without_its_docstring():
    assert of("Store.__init__") == "def __init__(self, path):\n    self.path = path"
    assert of("Store.size") == "@property\ndef size(self) -> int:\n    return 0"


def test_a_function_on_one_line_stays_one():
    assert of("read") == "def read(path):\n    return path"
    assert of("wait") == "def wait(): ..."


def test_a_class_is_shown_in_outline_with_its_whole_initializer():
    shown = of("Store")
    assert shown.startswith("@frozen\nclass Store(Base):\n    limit = 3")
    assert "    def __init__(self, path):\n        self.path = path" in shown
    assert "    @property\n    def size(self) -> int: ..." in shown
    assert '"""' not in shown


def test_a_module_is_shown_in_outline():
    shown = of("<module>")
    assert shown.startswith("import os\n")
    assert "class Store(Base): ..." in shown
    assert "def read(path): ..." in shown
    assert "A module" not in shown


def test_a_method_has_a_class_around_it_and_a_function_has_none():
    outline = Outline(Document.open("m.py", SOURCE))
    assert owner_outline(outline, outline.entry("Store.size")).startswith("@frozen\nclass Store(Base):")
    assert owner_outline(outline, outline.entry("read")) == ""


def test_comments_between_a_header_and_its_body_do_not_take_the_body_along():
    source = "class C:  # one\n    # two\n    def f(self):  # three\n        # four\n        pass\n"
    assert of("C", source) == "class C:\n    def f(self): ..."


def test_a_long_class_is_cut():
    source = "class C:\n" + "".join(f"    x{number} = {number}\n" for number in range(500))
    shown = of("C", source)
    assert shown.endswith("\n    ...")
    assert len(shown.splitlines()) <= MAX_MEMBERS + 2


@pytest.mark.parametrize("source", ["def f(:\n    x", "class C", "def f(a)\n", "class C:\n    def", "@x\n"])
def test_broken_code_raises_nothing(source):
    outline = Outline(Document.open("m.py", source))
    for symbol in outline.symbols:
        assert isinstance(excerpt(outline, outline.entry(symbol.path)), str)


@pytest.mark.parametrize("name", ["argparse", "tarfile", "enum", "inspect", "typing", "logging/__init__"])
def test_what_is_shown_can_be_parsed_and_has_the_same_statements(name):
    source = (STDLIB / f"{name}.py").read_text()
    outline = Outline(Document.open("m.py", source))
    for symbol in outline.symbols:
        entry = outline.entry(symbol.path)
        tree = ast.parse(excerpt(outline, entry))
        if symbol.kind not in (SymbolKind.FUNCTION, SymbolKind.METHOD):
            continue
        whole = _alone(source, entry)
        if ast.get_docstring(whole) is not None:
            del whole.body[0]
        shown = tree.body[0]
        if not whole.body:
            assert ast.unparse(shown.body) == "..."
            continue
        assert ast.dump(shown) == ast.dump(whole), symbol.path
        assert header(entry).endswith(":")


def _alone(source, entry):
    """A definition as Python reads it, out of its class."""
    indent = " " * entry.outer.start_point[1]
    text = source.encode()[entry.outer.start_byte : entry.outer.end_byte].decode()
    tree = ast.parse(f"if True:\n{indent}{text}" if indent else text)
    return tree.body[0].body[0] if indent else tree.body[0]
