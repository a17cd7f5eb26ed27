"""Forms that are remembered by text are those of a fresh walk."""

import ast
import json
import textwrap

import pytest

from glossator.syntax.document import Document
from glossator.syntax.forms import FormsMemo, digests_of
from glossator.syntax.slices import Slices, header_digest, outline_digests
from glossator.syntax.symbols import Outline

FILES = [ast.__file__, json.decoder.__file__, textwrap.__file__]
SHAPES = '''
"""Shapes."""


class Shape:
    """Has an area."""

    sides = 4

    def __init__(self, width):
        self.width = width

    @property
    def area(self):
        return self.width**2


def total(shapes):
    result = 0
    for shape in shapes:
        result += shape.area
    return result
'''


def walked(outline, entry):
    """The slices of a definition, without any memo."""
    is_outlined = entry.is_class or entry.owner is None
    return Slices(entry, outline_digests(outline.members(entry.path)) if is_outlined else None)


def remembered(outline, entry, memo):
    """The slices of a definition, with a memo for its members."""
    is_outlined = entry.is_class or entry.owner is None
    return Slices(entry, digests_of(outline.members(entry.path), memo) if is_outlined else None)


def assert_equal_to_a_walk(text, memo):
    outline = Outline(Document("shapes.py", text.encode()))
    for entry in outline.entries.values():
        form = memo.form(outline, entry, lambda entry=entry: remembered(outline, entry, memo))
        fresh = walked(outline, entry)
        assert form == (fresh.exact, fresh.whole.digest, fresh.whole.names), entry.path
        if entry.owner is not None:
            assert memo.header(entry) == header_digest(entry), entry.path


def forms(text, memo, walks=None):
    """The forms of all definitions; `walks` hears the paths of those that were walked."""
    outline = Outline(Document("shapes.py", text.encode()))
    found = {}
    for entry in outline.entries.values():

        def walk(entry=entry):
            if walks is not None:
                walks.append(entry.path)
            return remembered(outline, entry, memo)

        found[entry.path] = memo.form(outline, entry, walk)
    return found


@pytest.mark.parametrize("path", FILES)
def test_each_definition_of_real_files_has_the_form_that_a_walk_gives(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    memo = FormsMemo()
    for _ in range(2):
        assert_equal_to_a_walk(text, memo)


CHANGES = {
    "a body": ("result += shape.area", "result -= shape.area"),
    "a local": ("result", "found"),
    "the name of a member": ("def area", "def surface"),
    "the body of a member": ("self.width**2", "self.width**3"),
    "the initializer": ("self.width = width", "self.width = width + 1"),
    "an attribute of the class": ("sides = 4", "sides = 5"),
    "a decorator": ("@property", "@cached_property"),
    "a header": ("def total(shapes)", "def total(shapes, start=0)"),
    "a docstring": ("Has an area.", "Has no area."),
    "half a statement": ("return result", "return result +"),
    "a text without an end": ('"""Has an area."""', '"""Has an area.'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_forms_are_those_of_the_new_text(change):
    memo = FormsMemo()
    assert_equal_to_a_walk(SHAPES, memo)
    assert_equal_to_a_walk(SHAPES.replace(*CHANGES[change]), memo)
    assert_equal_to_a_walk(SHAPES, memo)


def test_only_what_changed_is_walked_again():
    memo, walks = FormsMemo(), []
    before = forms(SHAPES, memo, walks)
    walks.clear()
    after = forms(SHAPES.replace("result += shape.area", "result -= shape.area"), memo, walks)
    assert walks == ["total"]
    assert {path for path in before if before[path] != after[path]} == {"total"}


def test_a_bounded_memo_keeps_what_was_used_last_and_is_never_wrong():
    memo = FormsMemo(2)
    for _ in range(2):
        assert_equal_to_a_walk(SHAPES, memo)
        assert len(memo) <= 2
    memo.fit(1)
    assert len(memo) == 1
    assert memo.size_bytes > 0
