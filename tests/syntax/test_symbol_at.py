"""`Outline.at` goes straight to an offset; it has to find what walking down level by level finds."""

from __future__ import annotations

import inspect
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.syntax import symbols
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

SOURCE = inspect.getsource(symbols) + textwrap.dedent(
    '''
    class Twice:
        @property
        def size(self):
            return 1

        @size.setter
        def size(self, value):
            def inner(): pass

    class Twice(Twice):
        if True:
            def maybe(self): """Has one."""
        else:
            def maybe(self): ...

    async def  odd (a,
                    b): return a
    '''
)
BREAKS = ["", '"""', "(", "}", "def ", "class X:\n", "\n  ", "@"]


def walked(outline, offset):
    """The path of the innermost definition, by looking at every level."""
    path = symbols.MODULE_PATH
    while True:
        holding = [e for e in outline.members(path) if e.outer.start_byte <= offset <= e.node.end_byte]
        if not holding:
            return path
        path = holding[0].path


@given(st.integers(0, len(SOURCE)), st.sampled_from(BREAKS), st.data())
def test_at_finds_what_walking_finds_in_sound_and_in_broken_code(place, broken, data):
    document = Document.open("file:///a.py", SOURCE[:place] + broken + SOURCE[place:], 1)
    offset = data.draw(st.integers(0, len(document.text)))
    assert Outline(document).at(offset).path == walked(Outline(document), offset)


@pytest.mark.parametrize(
    ("needle", "path"),
    [("def size(self, value)", "Twice.size#2"), ("class Twice(Twice)", "Twice#2"), ("def inner", "Twice.size#2.inner")],
)
def test_a_second_definition_of_a_name_keeps_its_number(needle, path):
    assert Outline(Document.open("file:///a.py", SOURCE, 1)).at(SOURCE.encode().index(needle.encode())).path == path
