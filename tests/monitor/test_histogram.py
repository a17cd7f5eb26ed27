"""Histograms: each quantile within 1% of the exact one, whatever was seen, and nothing is lost when two are added."""

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.monitor import Histogram
from glossator.monitor.histogram import LEAST, MOST, RELATIVE_ERROR, TOP

DURATIONS = st.floats(LEAST, MOST)
SHARES = st.floats(0, 1)


def seen(values):
    histogram = Histogram()
    for value in values:
        histogram.observe(value)
    return histogram


def exact(values, share):
    """The value of the nearest rank."""
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]


@given(st.lists(DURATIONS, min_size=1), SHARES)
def test_a_quantile_is_within_one_percent_of_the_exact_one(values, share):
    wanted = exact(values, share)
    assert abs(seen(values).quantile(share) - wanted) <= 0.01 * wanted


def test_the_error_is_below_one_percent_by_construction():
    assert RELATIVE_ERROR < 0.01


@given(st.lists(DURATIONS), st.lists(DURATIONS))
def test_adding_two_is_as_if_one_had_seen_all(some, others):
    together = seen(some)
    together.add(seen(others))
    wanted = seen([*some, *others])
    assert together.buckets == wanted.buckets
    assert together.total == pytest.approx(wanted.total)


@given(st.lists(DURATIONS), st.lists(DURATIONS))
def test_what_was_seen_since_is_the_difference(some, others):
    assert seen([*some, *others]).since(seen(some)).buckets == seen(others).buckets


@given(st.lists(st.floats()))
def test_no_value_raises_or_takes_more_room(values):
    histogram = seen(values)
    assert histogram.count == len(values)
    assert 0 <= histogram.quantile(1) <= MOST * 1.01
    assert all(0 <= bucket <= TOP for bucket in histogram.buckets)


def test_there_are_so_many_buckets_at_most():
    ratio = 1.01
    steps = int(math.log(MOST / LEAST) / math.log(ratio))
    assert len(seen(LEAST * ratio**step for step in range(steps)).buckets) <= TOP < 2_000


def test_one_of_nothing_says_zero():
    assert (Histogram().quantile(0.5), Histogram().mean, Histogram().count) == (0, 0, 0)


def test_zero_is_a_value():
    assert seen([0, 0, 5]).quantile(0.5) == 0


def test_it_goes_through_a_pipe_and_can_be_observed_further():
    histogram = pickle.loads(pickle.dumps(seen([1, 2, 3])))
    histogram.observe(100)
    assert histogram == seen([1, 2, 3, 100])
    assert histogram != seen([1, 2, 3])
    assert repr(histogram).startswith("Histogram(count=4, p50=")
