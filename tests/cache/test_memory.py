"""L1: bounded in entries and in bytes, and the least recently used go first."""

from collections import OrderedDict

from hypothesis import given
from hypothesis import strategies as st

from glossator.cache.entries import VERSION, Entry, Text
from glossator.cache.memory import Memory


def entry(size=0):
    return Entry(VERSION, 1, "m", (Text("summary", "", "x" * size),))


SMALL = entry().size_bytes


def test_what_was_put_is_found():
    memory = Memory(10)
    memory.put(b"a", entry(5))
    assert memory.get(b"a") == entry(5)
    assert memory.get(b"b") is None
    found = memory.statistics
    assert (found.entries, found.size_bytes) == (1, entry(5).size_bytes)


def test_of_too_many_entries_the_least_recently_used_goes_first():
    memory = Memory(3)
    for key in b"abc":
        memory.put(bytes([key]), entry())
    memory.get(b"a")
    memory.put(b"d", entry())
    assert list(memory) == [b"c", b"a", b"d"]


def test_of_too_many_bytes_as_many_go_as_have_to():
    memory = Memory(100, max_bytes=5 * SMALL)
    for key in b"abcde":
        memory.put(bytes([key]), entry())
    memory.put(b"f", entry(2 * SMALL))
    assert list(memory) == [b"d", b"e", b"f"]
    assert memory.statistics.size_bytes <= 5 * SMALL


def test_an_entry_larger_than_all_that_may_be_kept_is_not_kept_and_drives_nobody_out():
    memory = Memory(100, max_bytes=5 * SMALL)
    memory.put(b"a", entry())
    memory.put(b"b", entry(6 * SMALL))
    assert list(memory) == [b"a"]


def test_an_entry_that_becomes_too_large_is_no_longer_known_as_it_was():
    memory = Memory(100, max_bytes=5 * SMALL)
    memory.put(b"a", entry())
    memory.put(b"a", entry(6 * SMALL))
    assert memory.get(b"a") is None
    assert memory.statistics.size_bytes == 0


def test_what_is_too_much_for_a_smaller_bound_goes_at_once_and_there_is_room_again_for_a_larger_one():
    memory = Memory(4, 4 * SMALL)
    for key in b"abcd":
        memory.put(bytes([key]), entry())
    memory.fit(2, 4 * SMALL)
    assert list(memory) == [b"c", b"d"]
    memory.fit(4, SMALL)
    assert list(memory) == [b"d"]
    memory.fit(4, 4 * SMALL)
    for key in b"efg":
        memory.put(bytes([key]), entry())
    assert list(memory) == [b"d", b"e", b"f", b"g"]


def test_with_room_for_nothing_nothing_is_kept():
    memory = Memory(0, 0)
    memory.put(b"a", entry())
    assert len(memory) == 0


def test_nothing_is_left_after_it_was_cleared():
    memory = Memory(10)
    memory.put(b"a", entry())
    memory.clear()
    assert (len(memory), memory.statistics.size_bytes, memory.get(b"a")) == (0, 0, None)


STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "get", "remove"]), st.integers(0, 8), st.integers(0, 3 * SMALL)), max_size=60
)


@given(STEPS, st.integers(1, 6), st.integers(SMALL, 6 * SMALL))
def test_whatever_happens_it_keeps_what_a_plain_model_keeps(steps, max_entries, max_bytes):
    memory, model = Memory(max_entries, max_bytes), OrderedDict()
    for step, number, size in steps:
        key = bytes([number])
        if step == "get":
            assert memory.get(key) == model.get(key)
            if key in model:
                model.move_to_end(key)
            continue
        model.pop(key, None)
        if step == "remove":
            memory.remove([key])
            continue
        memory.put(key, entry(size))
        if entry(size).size_bytes <= max_bytes:
            model[key] = entry(size)
        while len(model) > max_entries or sum(one.size_bytes for one in model.values()) > max_bytes:
            model.popitem(last=False)
    assert list(memory) == list(model)
    assert memory.statistics.size_bytes == sum(one.size_bytes for one in model.values())
