import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.engine.scheduler.pace import WINDOW_S, Pace


def test_without_bounds_nobody_waits_and_nothing_is_kept():
    pace = Pace()
    for _ in range(1000):
        pace.send(0.0, 10**9)
    assert not pace.is_bounded
    assert pace.wait_s(0.0, 10**9) == 0
    assert pace.holds(10**9)
    assert len(pace._sent) == 0


def test_one_more_than_a_minute_may_have_waits_until_the_first_is_a_minute_old():
    pace = Pace(requests=3)
    for at in (0.0, 10.0, 20.0):
        assert pace.wait_s(at, 1) == 0
        pace.send(at, 1)
    assert pace.wait_s(25.0, 1) == 35.0
    assert pace.wait_s(60.0, 1) == 0


def test_tokens_wait_for_as_many_as_have_to_go():
    pace = Pace(tokens=100)
    for at in (0.0, 10.0, 20.0):
        pace.send(at, 30)
    assert pace.wait_s(20.0, 10) == 0
    assert pace.wait_s(20.0, 40) == 40.0
    assert pace.wait_s(20.0, 41) == 50.0


def test_one_that_is_larger_than_a_minute_goes_when_nothing_else_did():
    pace = Pace(tokens=100)
    assert pace.wait_s(0.0, 500) == 0
    assert not pace.holds(500)
    pace.send(0.0, 500)
    assert pace.wait_s(1.0, 1) == 59.0
    assert pace.wait_s(1.0, 500) == 59.0


def test_what_it_took_counts_in_the_place_of_what_it_was_to_take():
    pace = Pace(tokens=100)
    sent = pace.send(0.0, 90)
    pace.took(1.0, sent, 20)
    assert pace.wait_s(1.0, 80) == 0
    assert pace.wait_s(1.0, 81) == 59.0
    pace.took(70.0, sent, 1000)
    assert pace.wait_s(70.0, 100) == 0


def test_what_took_more_than_was_thought_is_waited_for():
    pace = Pace(tokens=100)
    pace.took(1.0, pace.send(0.0, 10), 300)
    assert pace.wait_s(1.0, 1) == 59.0


def test_tries_count_as_requests_at_the_time_of_the_last_one():
    pace = Pace(requests=3)
    pace.took(30.0, pace.send(0.0, 1), 1, 3)
    assert pace.wait_s(30.0, 1) == 30.0
    assert pace.wait_s(60.0, 1) == 0
    pace.send(60.0, 1)
    assert pace.wait_s(61.0, 1) == 29.0


def test_a_request_that_nobody_was_asked_does_not_count():
    pace = Pace(requests=1, tokens=100)
    pace.took(1.0, pace.send(0.0, 90), 0, 0)
    assert pace.wait_s(1.0, 100) == 0


STEPS = st.lists(st.tuples(st.floats(0, 40), st.integers(0, 150), st.integers(0, 200)), max_size=60)


@given(STEPS, st.none() | st.integers(1, 5), st.none() | st.integers(1, 150), st.booleans())
def test_no_sixty_seconds_have_more_than_a_minute_may_have(steps, requests, tokens, is_corrected):
    pace, now, sent = Pace(requests, tokens), 0.0, []
    for pause_s, expected, took in steps:
        now += pause_s
        while (wait_s := pace.wait_s(now, expected)) > 0:
            assert wait_s <= WINDOW_S + 1e-9  # both ends of the window are rounded
            now += wait_s
        inside = [one for one in sent if one.at + WINDOW_S > now]
        one = pace.send(now, expected)
        if pace.is_bounded:
            sent.append(one)
        assert requests is None or len(inside) < requests
        assert tokens is None or not inside or sum(other.tokens for other in inside) + expected <= tokens
        if is_corrected:
            pace.took(now, one, took)


@given(STEPS, st.integers(1, 5), st.integers(1, 150))
def test_nobody_waits_longer_than_he_has_to(steps, requests, tokens):
    pace, now, sent = Pace(requests, tokens), 0.0, []
    for pause_s, expected, _ in steps:
        now += pause_s
        wait_s = pace.wait_s(now, expected)
        if wait_s:
            before = now + wait_s - 1e-6
            inside = [one for one in sent if one.at + WINDOW_S > before]
            assert len(inside) >= requests or (inside and sum(one.tokens for one in inside) + expected > tokens)
        now += wait_s
        assert pace.wait_s(now, expected) == pytest.approx(0, abs=1e-9)
        sent.append(pace.send(now, expected))
