"""Row D5: positions and edits as the Language Server Protocol counts them, against a model that is a plain string."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossator.syntax.document import Document
from glossator.syntax.text import LineIndex, line_starts

ALPHABETS = {
    "ascii": "ab (\n\r",
    "latin": "aéß\n\r\t",
    "line separators": "a\u2028\u2029\x0b\x0c\x1c\x85\n\r",
    "astral": "a日😀\U0001f468\u200d\n\r",
}
ENCODINGS = ("utf-8", "utf-16", "utf-32")
POSITION = st.tuples(st.integers(-1, 9), st.integers(-2, 9))


def units(text, encoding):
    """How many code units a text takes."""
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    return len(text.encode(encoding + ("" if width == 1 else "-le"))) // width


def model_offset(text, position, encoding):
    """The place of a position in a string, clamped as the specification says."""
    line, character = position
    if line < 0:
        return 0
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    if line >= len(starts):
        return len(text)
    start = starts[line]
    content = re.match(r"[^\r\n]*", text[start:])[0]
    size = 0
    while size < len(content) and units(content[: size + 1], encoding) <= character:
        size += 1
    return start + size


def model_edit(text, first, last, new, encoding):
    start, end = sorted((model_offset(text, first, encoding), model_offset(text, last, encoding)))
    return text[:start] + new + text[end:]


@st.composite
def typing(draw):
    """A text, and edits to it one after the other."""
    alphabet = draw(st.sampled_from(sorted(ALPHABETS.values())))
    text = draw(st.text(alphabet, max_size=40))
    edits = draw(st.lists(st.tuples(POSITION, POSITION, st.text(alphabet, max_size=6)), max_size=8))
    return text, edits, draw(st.sampled_from(ENCODINGS))


def check_typing(case):
    text, edits, encoding = case
    document = Document.open("x.py", text)
    for first, last, new in edits:
        start, end = sorted((document.offset(*first, encoding), document.offset(*last, encoding)))
        document = document.edit(start, end, new.encode())
        text = model_edit(text, first, last, new, encoding)
        assert document.text.decode() == text
        starts = [document.lines.start(line) for line in range(len(document.lines))]
        assert starts == line_starts(document.text)


@given(typing())
@settings(max_examples=300)
def test_d5_edited_text_and_lines_equal_a_plain_string_at_every_step(case):
    check_typing(case)


@pytest.mark.soak
@given(typing())
@settings(max_examples=50_000, deadline=None)
def test_d5_edited_text_and_lines_equal_a_plain_string_for_many_edits(case):
    check_typing(case)


@given(st.sampled_from(sorted(ALPHABETS.values())).flatmap(lambda a: st.text(a, max_size=30)), st.data())
def test_d5_a_position_leads_back_to_its_offset(text, data):
    document = Document.open("x.py", text)
    place = data.draw(st.integers(0, len(text)))
    if text[place - 1 : place + 1] == "\r\n":
        place += 1  # there is no position between the two
    offset = len(text[:place].encode())
    for encoding in ENCODINGS:
        assert document.offset(*document.position(offset, encoding), encoding) == offset


def test_a_position_inside_a_character_is_its_start():
    document = Document.open("x.py", "a😀b")
    assert [document.offset(0, character, "utf-16") for character in range(5)] == [0, 1, 1, 5, 6]
    assert [document.offset(0, character, "utf-8") for character in range(7)] == [0, 1, 1, 1, 1, 5, 6]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_position_past_the_end_of_a_line_is_before_its_line_end(encoding):
    assert Document.open("x.py", "ab\r\ncd").offset(0, 99, encoding) == 2


def test_form_feeds_and_line_separators_end_no_line():
    assert line_starts("a\x0cb\u2028c\x85d\x1ce".encode()) == [0]


def test_an_edit_that_joins_cr_and_lf_makes_one_line_end_of_two():
    before = b"a\r--\nb"
    lines = LineIndex.of(before).edited(2, 4, b"a\r\nb", 0)
    assert [lines.start(line) for line in range(len(lines))] == [0, 3]
