"""The names that a text speaks of, beyond those that are its slots."""

import pytest

from glossator.cache.entries import names_outside, slotted


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Kept as ``_size`` by ``store``.", {"_size", "store"}),
        ("Kept as _size, or max_size, or fileName.", {"_size", "max_size", "fileName"}),
        ("``None`` if there is none, ``True`` in a ``with`` block.", set()),
        ("The URL of an HTTP request, or two URLs.", set()),
        ("The ``URL`` of a request.", {"URL"}),
        ("Joined by ``b''``, or ``rb'key'``.", {"key"}),
        ("Split at ``b``.", {"b"}),
        ("At most MAX_SIZE, or LIMITS.", {"MAX_SIZE", "LIMITS"}),
    ],
)
def test_names_are_what_stands_in_code_spans_or_cannot_be_prose(text, names):
    assert names_outside(text) == names


def test_a_slot_is_no_name_outside():
    assert names_outside(slotted("Kept as ``size`` by ``store``.", ["size"])) == {"store"}
