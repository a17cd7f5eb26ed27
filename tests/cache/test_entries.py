"""Entries: texts with slots for names, as bytes that anybody may have written."""

import keyword
import pickle

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.cache.base import MAX_VALUE_BYTES, opened, sealed
from glossator.cache.entries import VERSION, Entry, Text, decoded, encoded, filled, names_outside, plain, slotted
from glossator.model import FieldKind

NAMES = st.from_regex(r"[a-zäß_][a-zA-Z0-9_ä]{0,12}", fullmatch=True).filter(lambda name: not keyword.iskeyword(name))
WORDS = st.one_of(NAMES, st.sampled_from("the a `` ` . , ( ) x2 _ `x`".split()), st.text(max_size=6))


@st.composite
def texts(draw):
    """A text, the names of the code, and other names for the same numbers."""
    names = tuple(draw(st.lists(NAMES, unique=True, max_size=5)))
    others = tuple(draw(st.lists(NAMES, unique=True, min_size=len(names), max_size=len(names))))
    spans = [f"{tick}{name}{tick}" for name in names for tick in ("", "`", "``")]
    words = st.one_of(WORDS, st.sampled_from(spans)) if spans else WORDS
    text = " ".join(draw(st.lists(words, max_size=12)))
    return text.replace("\x01", "").replace("\x02", ""), names, others


@given(texts())
def test_a_text_filled_with_its_own_names_is_as_it_was(one):
    text, names, _ = one
    template = slotted(text, names)
    assert filled(template, names) == text
    assert plain(template) == text


@given(texts())
def test_a_text_filled_with_other_names_and_back_is_as_it_was(one):
    text, names, others = one
    template = slotted(text, names)
    there = filled(template, others)
    assert there is not None
    # Slots are where they were, so that what stands between them is the same.
    assert len(template.split("\x01")) == len(slotted(text, names).split("\x01"))
    assert filled(template, names) == text


@given(texts())
def test_a_name_in_a_slot_is_no_name_outside(one):
    text, names, _ = one
    assert not names_outside(slotted(f"``{' '.join(names)}``", names))
    assert names_outside(slotted(text, names)) <= names_outside(text)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("The ``size`` of it.", "The ``length`` of it."),
        ("The `size`, and ``size + size``.", "The `length`, and ``length + length``."),
        ("The size of it.", "The size of it."),
        ("The max_size of it.", "The max_length of it."),
        ("As ``resize`` does, or ``size_of``.", "As ``resize`` does, or ``size_of``."),
        ("Unlike ``size`, which is not closed.", "Unlike ``length`, which is not closed."),
    ],
)
def test_a_name_is_meant_where_it_stands_in_a_code_span_or_is_no_word(text, want):
    found = filled(slotted(text, ("size", "max_size")), ("length", "max_length"))
    assert found in (want, text) if "closed" in text else found == want


def test_names_that_change_places_do_so_at_once():
    assert filled(slotted("From ``a`` to ``b``.", ("a", "b")), ("b", "a")) == "From ``b`` to ``a``."


def test_a_template_with_more_names_than_the_code_has_none():
    assert filled(slotted("From ``a`` to ``b``.", ("a", "b")), ("a",)) is None


BROKEN_SLOTS = ["\x01", "\x01x:y\x02", "\x011", "\x01-1:y\x02", "\x010:", "\x02", "\x0199999999:y\x02"]


@pytest.mark.parametrize("template", [*BROKEN_SLOTS, f"\x01{'9' * 5000}:y\x02"], ids=lambda one: repr(one[:12]))
def test_a_broken_slot_gives_no_other_name_than_those_of_the_code(template):
    found = filled(template, ("size",))
    assert found in (None, template)


ENTRIES = st.builds(
    Entry,
    st.just(VERSION),
    st.integers(0, 100_000),
    st.text(max_size=20),
    st.lists(
        st.builds(
            Text,
            st.sampled_from([kind.value for kind in FieldKind]),
            st.text(max_size=9),
            st.text(max_size=50),
            st.text(max_size=9),
            st.text(max_size=9),
        ),
        max_size=4,
    ).map(tuple),
    st.binary(max_size=16),
    st.integers(0, 9),
    st.text(max_size=20),
    st.binary(max_size=30),
    st.binary(max_size=63),
    st.binary(max_size=80),
)


@given(ENTRIES)
def test_an_entry_as_bytes_is_the_same_entry(entry):
    assert decoded(encoded(entry)) == entry


@given(
    st.one_of(
        st.binary(max_size=200), ENTRIES.map(lambda one: encoded(one)[:-1]), st.integers().map(repr).map(str.encode)
    )
)
def test_bytes_that_are_no_entry_are_a_miss(garbage):
    assert decoded(garbage) is None or encoded(decoded(garbage))


@pytest.mark.parametrize(
    "value",
    [
        pickle.dumps({"a": 1}),
        msgspec.msgpack.encode([VERSION + 1, 1, "m", []]),
        msgspec.msgpack.encode([VERSION, 1, "m", [["no kind", "", "x", "", ""]]]),
        msgspec.msgpack.encode([VERSION, 1, "m", [["summary", "", 3, "", ""]]]),
        msgspec.msgpack.encode([VERSION, "1", "m", []]),
        msgspec.msgpack.encode({"version": VERSION}),
        msgspec.msgpack.encode([VERSION]),
        b"\xdd\xff\xff\xff\xff",  # a list of four thousand million elements
        b"\x91" * 100_000,
        b"",
    ],
    ids=["pickle", "version", "kind", "type", "day", "map", "short", "length", "depth", "nothing"],
)
def test_what_others_may_write_is_a_miss(value):
    assert decoded(value) is None


@given(
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=1, max_size=200),
    st.integers(0, 300),
    st.binary(max_size=64),
)
def test_a_value_that_was_changed_anywhere_does_not_open(key, payload, place, secret):
    value = sealed(key, payload, secret)
    assert opened(key, value, secret) == payload
    place %= len(value)
    assert opened(key, value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :], secret) is None
    assert opened(key, value[:-1], secret) is None
    assert opened(bytes(16) if key != bytes(16) else b"1" * 16, value, secret) is None
    assert opened(key, value, b"another") is None or secret == b"another"


def test_a_value_that_is_too_long_does_not_open():
    assert opened(bytes(16), sealed(bytes(16), b"x" * MAX_VALUE_BYTES)) is None
