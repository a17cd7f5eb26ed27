"""What was judged before for the same code is not judged in full again, and passes as it did."""

import pytest

from glossator.docstring.validate import About, Reason, limit, still, validated
from glossator.model import FieldKey, FieldKind, FunctionFacts, Parameter

SUMMARY, SIZE = FieldKey(FieldKind.SUMMARY), FieldKey(FieldKind.PARAMETER, "size")
FACTS = FunctionFacts("measure", (Parameter("size"), Parameter("unit")))
ABOUT = About(FACTS, frozenset(("measure", "size", "unit")), room=60)
LONGEST = "Measure how far any two points on a large map are set apart."


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (SUMMARY, "Measure how far two points are apart."),
        (SUMMARY, LONGEST),
        (SIZE, "How many steps of ``unit`` are taken at once."),
    ],
)
def test_what_passes_passes_again(key, text):
    shown = validated(key, text, ABOUT)
    assert shown.reason is None
    assert still(key, shown.text, ABOUT) == shown


def test_the_longest_one_has_its_full_stop_beyond_the_limit():
    assert len(LONGEST) == limit(SUMMARY, ABOUT.room) + 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.TOO_LONG),
        ("Measure how far two points are apart, " * 2, Reason.TOO_LONG),
        ("Measure by `inches`.", Reason.UNKNOWN_NAME),
        ("See https://example.org for more.", Reason.LINK),
        ("Measure \u202eapart.", Reason.CHARACTER),
    ],
)
def test_what_does_not_fit_here_any_more_is_refused(text, reason):
    assert still(SUMMARY, text, ABOUT).reason is reason
