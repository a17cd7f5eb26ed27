"""Lines and events out of bytes that were cut anywhere."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.errors import InvalidReply
from glossator.providers.streams import Events, Lines

STREAM = "\ufeff: hello\r\nid: 7\ndata: grün\r\ndata:  b\r\n\r\nevent: x\rdata: 🙂\r\rretry: 5\n\ndata\n\nlast".encode()
WANTED = [
    "\ufeff: hello",
    "id: 7",
    "data: grün",
    "data:  b",
    "",
    "event: x",
    "data: 🙂",
    "",
    "retry: 5",
    "",
    "data",
    "",
    "last",
]


def lines_of(pieces):
    lines = Lines()
    return [line for piece in pieces for line in lines.feed(piece)] + lines.end()


@given(st.lists(st.integers(0, len(STREAM))))
def test_lines_are_the_same_wherever_the_bytes_are_cut(cuts):
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(edges)]
    assert [line.decode() for line in lines_of(pieces)] == WANTED


def test_a_line_end_cut_between_its_two_halves_is_one():
    assert lines_of([b"a\r", b"\nb\r", b"", b"\n\n"]) == [b"a", b"b", b""]


def test_a_line_ends_with_its_cr_at_once():
    assert Lines().feed(b"data: x\r") == [b"data: x"]


def test_a_line_that_does_not_end_is_refused():
    lines = Lines(max_line_bytes=10)
    lines.feed(b"12345678")
    with pytest.raises(InvalidReply):
        lines.feed(b"901")


def test_events_have_the_data_of_their_lines_without_comments_and_other_fields():
    events = Events()
    found = [data for line in lines_of([STREAM]) if (data := events.line(line)) is not None]
    assert [data.decode() for data in found] == ["grün\n b", "🙂", ""]


def test_an_event_that_no_blank_line_ends_is_none():
    assert Events().line(b"data: half") is None
