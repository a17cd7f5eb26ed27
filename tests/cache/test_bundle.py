"""Bundles: what is written is read again, and what was cut, changed or made up is never taken for an entry."""

import io
import itertools
import random

import pytest
from kept_answers import key_of, payload_of

from glossator.cache.base import KEY_SIZE, MAX_VALUE_BYTES, SEAL_SIZE, sealed
from glossator.cache.bundle import HEAD, Reader, Writer
from glossator.errors import ConfigError

SECRET = b"a team's secret"
ENTRIES = [(key, payload_of(key)[:90]) for key in sorted(map(key_of, range(4)))]
HEAD_SIZE = len(HEAD % 1) + 16


def bundle_of(entries, secret=b""):
    file = io.BytesIO()
    writer = Writer(file, secret)
    writer.add_all(entries)
    writer.end()
    assert writer.size_bytes == len(file.getvalue())
    return file.getvalue()


def read(raw, secret=b"", **options):
    reader = Reader(io.BytesIO(raw), secret, **options)
    return list(reader.records()), reader.is_whole


@pytest.mark.parametrize("secret", [b"", SECRET], ids=["without a secret", "with one"])
@pytest.mark.parametrize("count", [0, 4])
def test_what_was_written_is_read_again(secret, count):
    assert read(bundle_of(ENTRIES[:count], secret), secret) == (ENTRIES[:count], True)


def test_equal_entries_give_equal_bytes_and_another_secret_gives_others():
    assert bundle_of(ENTRIES) == bundle_of(ENTRIES)
    assert bundle_of(ENTRIES, SECRET) != bundle_of(ENTRIES)


def test_the_largest_payload_has_room_and_a_larger_one_is_refused():
    key, size = key_of(1), MAX_VALUE_BYTES - SEAL_SIZE
    assert read(bundle_of([(key, b"x" * size)])) == ([(key, b"x" * size)], True)
    for wrong in [(key, b"x" * (size + 1)), (key, b""), (key[1:], b"payload"), (key + b"x", b"payload")]:
        with pytest.raises(ValueError, match="no key"):
            bundle_of([wrong])


@pytest.mark.parametrize("secret", [b"", SECRET], ids=["without a secret", "with one"])
def test_of_a_bundle_that_was_cut_anywhere_the_first_entries_are_read(secret):
    raw = bundle_of(ENTRIES, secret)
    for end in range(len(raw)):
        if end < HEAD_SIZE:
            with pytest.raises(ConfigError):
                read(raw[:end], secret)
            continue
        found, is_whole = read(raw[:end], secret)
        assert not is_whole
        assert found == ENTRIES[: len(found)]
    assert len(found) == len(ENTRIES)


@pytest.mark.parametrize("secret", [b"", SECRET], ids=["without a secret", "with one"])
def test_a_flipped_bit_anywhere_is_seen_and_gives_no_other_entry(secret):
    raw = bundle_of(ENTRIES, secret)
    for place, bit in itertools.product(range(len(raw)), (0, 5)):
        flipped = bytearray(raw)
        flipped[place] ^= 1 << bit
        try:
            found, is_whole = read(bytes(flipped), secret)
        except ConfigError:
            assert place < HEAD_SIZE
            continue
        assert not is_whole
        assert {pair for pair in found if pair[1] is not None} <= set(ENTRIES)


def test_what_follows_the_end_is_seen():
    found, is_whole = read(bundle_of(ENTRIES) + b"x")
    assert (found, is_whole) == (ENTRIES, False)


def test_a_value_under_another_key_does_not_open():
    (one, payload), (other, _), *_ = ENTRIES
    raw = bundle_of([(one, payload)]).replace(one, other)
    assert read(raw) == ([(other, None)], False)


def test_a_value_with_another_seal_does_not_open():
    (key, payload), *_ = ENTRIES
    head = bundle_of([], SECRET)[:HEAD_SIZE]
    record = key + sealed(key, payload)
    found, _ = read(head + len(record).to_bytes(4, "big") + record, SECRET)
    assert found == [(key, None)]


@pytest.mark.parametrize(
    ("raw", "secret", "complaint"),
    [
        (b"", b"", "no bundle"),
        (b"PK\x03\x04", b"", "no bundle"),
        (b"x" * 100_000, b"", "no bundle"),
        (bundle_of(ENTRIES).replace(b"bundle 1\n", b"bundle 2\n"), b"", "of version 2"),
        (bundle_of(ENTRIES).replace(b"bundle 1\n", b"bundle " + b"9" * 5_000 + b"\n"), b"", "no bundle"),
        (bundle_of(ENTRIES, SECRET), b"", "set cache.shared_key_env"),
        (bundle_of(ENTRIES), SECRET, "with another secret"),
        (bundle_of(ENTRIES, SECRET), b"another secret", "with another secret"),
    ],
)
def test_what_cannot_be_read_says_why(raw, secret, complaint):
    with pytest.raises(ConfigError, match=complaint):
        read(raw, secret)


class Endless(io.RawIOBase):
    """A file that never ends; remembers the most that it was asked for at once."""

    def __init__(self, head, record):
        self._left, self._record, self.most = head, record, 0

    def readinto(self, buffer):
        self.most = max(self.most, len(buffer))
        while len(self._left) < len(buffer):
            self._left += self._record
        buffer[:] = self._left[: len(buffer)]
        self._left = self._left[len(buffer) :]
        return len(buffer)


def test_a_file_without_an_end_is_left_at_the_limit():
    (key, payload), *_ = ENTRIES
    raw = bundle_of([(key, payload)])
    file = Endless(raw[:HEAD_SIZE], raw[HEAD_SIZE:-36])
    reader = Reader(file, max_bytes=100_000)
    assert 0 < sum(1 for _ in reader.records()) * len(raw[HEAD_SIZE:-36]) <= 100_000
    assert not reader.is_whole


@pytest.mark.parametrize("length", [1, KEY_SIZE + SEAL_SIZE, KEY_SIZE + MAX_VALUE_BYTES + 1, 1 << 31, (1 << 32) - 1])
def test_a_length_that_no_record_has_ends_the_reading_and_nothing_is_read_for_it(length):
    file = Endless(bundle_of([])[:HEAD_SIZE] + length.to_bytes(4, "big"), b"x" * 4096)
    reader = Reader(file)
    assert list(reader.records()) == []
    assert not reader.is_whole
    assert file.most < 100


def test_random_bytes_behind_a_good_head_give_no_entry():
    chance = random.Random(20)
    for _ in range(200):
        found, is_whole = read(bundle_of([])[:HEAD_SIZE] + chance.randbytes(2_000))
        assert not is_whole
        assert [payload for _, payload in found if payload is not None] == []
