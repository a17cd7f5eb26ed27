"""When a server that fails is left alone, and when it is looked for."""

import pytest

from glossator.cache.breaker import Breaker

DAY = 86_400


def opened(now=0.0):
    return Breaker().missed(now)


def test_r1_one_failure_does_not_open_it_and_two_in_a_row_do():
    once = Breaker().failed(0, 0)
    assert not once.is_open
    assert once.failed(0, 0).is_open
    assert not once.answered(1).failed(2, 2).is_open


def test_r1_a_failure_of_what_waited_while_others_were_answered_says_nothing():
    breaker = Breaker().answered(10)
    for _ in range(50):
        breaker = breaker.failed(9.99, 10.04)
    assert not breaker.is_open


def test_r1_pauses_double_from_half_a_second_to_thirty():
    breaker, now, pauses = Breaker(), 0.0, []
    for _ in range(9):
        breaker = breaker.missed(now)
        pauses.append(breaker.until - now)
        now = breaker.until
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_r1_it_is_time_to_look_for_the_server_when_the_pause_is_over():
    breaker = opened(100)
    assert not breaker.is_due(100.4)
    assert breaker.is_due(100.5)
    assert not breaker.found().is_open
    assert not breaker.found().is_due(100.5)


def test_r1_a_server_that_is_found_but_never_in_time_is_left_longer_and_longer():
    breaker = opened()
    for pause in (1, 2, 4):
        breaker = breaker.found().failed(0, 0).failed(0, 0)
        assert breaker.pause_s == pause
    assert breaker.found().answered(1).failed(2, 2).failed(2, 2).pause_s == 0.5


def test_r1_an_answer_to_what_was_asked_before_it_opened_does_not_close_it():
    assert opened().answered(0.1).is_open


@pytest.mark.parametrize("jump", [-DAY, DAY, -1, 3600])
def test_l5_a_clock_that_jumps_does_not_put_the_search_off(jump):
    breaker = opened(5)
    assert breaker.is_due(5 + jump)
    assert breaker.missed(5 + jump).until - (5 + jump) == 1
