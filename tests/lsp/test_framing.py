"""The stream of bytes and the messages in it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.lsp import wire
from glossator.lsp.framing import Framer, FramingLost


@given(st.lists(st.binary(max_size=20), max_size=6), st.data())
def test_bodies_come_out_as_they_went_in_however_the_stream_is_cut(bodies, data):
    stream = b"".join(b"Content-Length: %d\r\n\r\n" % len(body) + body for body in bodies)
    framer, received = Framer(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        received += framer.feed(stream[:size])
        stream = stream[size:]
    assert received == bodies


def test_good_messages_before_the_loss_are_handled():
    bodies = Framer().feed(b"Content-Length: 2\r\n\r\n{}garbage\r\n\r\n")
    assert next(bodies) == b"{}"
    with pytest.raises(FramingLost, match="Content-Length"):
        next(bodies)


def test_a_message_above_the_bound_is_refused_before_it_is_received():
    with pytest.raises(FramingLost, match="67108865"):
        list(Framer().feed(b"Content-Length: 67108865\r\n\r\n"))


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_readers_refuse_or_read_whatever_arrives(value):
    for read in (wire.document_uri, wire.position, wire.span):
        with contextlib.suppress(wire.BadParams):
            read(value)


@pytest.mark.parametrize("line", [-1, 2**31, 1.0, True, None])
def test_a_position_is_two_unsigned_integers(line):
    with pytest.raises(wire.BadParams):
        wire.position({"line": line, "character": 0})


def test_lone_surrogates_can_be_sent():
    assert wire.encode({"x": "\ud800"}).endswith(b'{"x":"\\ud800"}')
