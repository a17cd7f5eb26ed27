"""When a member is asked, and when once more, as pure functions: without time or tasks."""

import math

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from glossator.errors import InvalidReply, RateLimited, Refused, TimedOut, Unavailable
from glossator.providers.pool.breaker import FAILURES_IN_A_ROW, FAILURES_OF_RECENT, RECENT, Breaker, State
from glossator.providers.pool.retries import pause_s

PROBE_S = 10.0


def failing(times, breaker=None):
    breaker = breaker or Breaker(PROBE_S)
    for _ in range(times):
        breaker = breaker.failed(breaker.epoch, 0.0)
    return breaker


def test_it_opens_after_failures_in_a_row_and_not_before():
    assert failing(FAILURES_IN_A_ROW - 1).state is State.CLOSED
    assert failing(FAILURES_IN_A_ROW).state is State.OPEN


def test_an_answer_ends_the_row():
    breaker = failing(FAILURES_IN_A_ROW - 1)
    breaker = failing(FAILURES_IN_A_ROW - 1, breaker.succeeded(breaker.epoch))
    assert breaker.state is State.CLOSED


def test_it_opens_when_half_of_the_last_outcomes_are_failures():
    breaker = Breaker(PROBE_S)
    for outcome in range(RECENT - 1):
        breaker = breaker.failed(0, 0.0) if outcome % 2 else breaker.succeeded(0)
    assert breaker.state is State.CLOSED  # 9 of 19
    assert breaker.failed(0, 0.0).state is State.OPEN
    assert FAILURES_OF_RECENT * 2 == RECENT


def test_old_failures_are_forgotten():
    breaker = Breaker(PROBE_S)
    for outcome in range(20 * RECENT):
        breaker = breaker.failed(0, 0.0) if outcome % 3 == 0 else breaker.succeeded(0)
    assert breaker.state is State.CLOSED


def test_where_nobody_is_there_it_opens_at_once():
    assert Breaker(PROBE_S).failed(0, 0.0, is_reached=False).state is State.OPEN


def test_p13_one_request_sees_whether_a_member_is_back():
    breaker = failing(FAILURES_IN_A_ROW)
    assert not breaker.allows(PROBE_S - 0.001)
    assert breaker.allows(PROBE_S)
    probing = breaker.asked(PROBE_S)
    assert not probing.allows(PROBE_S)
    assert probing.succeeded(probing.epoch).state is State.CLOSED


def test_a_probe_that_fails_begins_the_interval_anew():
    probing = failing(FAILURES_IN_A_ROW).asked(PROBE_S)
    breaker = probing.failed(probing.epoch, PROBE_S + 1)
    assert not breaker.allows(2 * PROBE_S)
    assert breaker.allows(2 * PROBE_S + 1)


def test_a_probe_that_was_called_off_makes_the_next_request_the_probe():
    probing = failing(FAILURES_IN_A_ROW).asked(PROBE_S)
    assert probing.abandoned(probing.epoch).is_due(PROBE_S)


@pytest.mark.parametrize("outcome", ["succeeded", "failed", "abandoned"])
def test_a_late_outcome_says_nothing_about_the_probe(outcome):
    probing = failing(FAILURES_IN_A_ROW).asked(PROBE_S)
    arguments = (0, PROBE_S) if outcome == "failed" else (0,)
    assert getattr(probing, outcome)(*arguments) == probing


class Breakers(RuleBasedStateMachine):
    """Any requests, outcomes and times, in any order."""

    def __init__(self):
        super().__init__()
        self.breaker = Breaker(PROBE_S)
        self.now = 0.0
        self.asked = []
        self.opened_at = -math.inf

    def turn(self, after):
        if after.state is State.OPEN and self.breaker.state is not State.OPEN and after.until > self.now:
            self.opened_at = self.now
        self.breaker = after

    @rule(seconds=st.floats(0, 3 * PROBE_S))
    def wait(self, seconds):
        self.now += seconds

    @precondition(lambda self: self.breaker.allows(self.now))
    @rule()
    def ask(self):
        self.turn(self.breaker.asked(self.now))
        self.asked.append(self.breaker.epoch)

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), outcome=st.sampled_from(["succeeded", "failed", "unreached", "abandoned"]))
    def end(self, data, outcome):
        epoch = self.asked.pop(data.draw(st.integers(0, len(self.asked) - 1)))
        match outcome:
            case "succeeded":
                self.turn(self.breaker.succeeded(epoch))
            case "failed":
                self.turn(self.breaker.failed(epoch, self.now))
            case "unreached":
                self.turn(self.breaker.failed(epoch, self.now, is_reached=False))
            case "abandoned":
                self.turn(self.breaker.abandoned(epoch))

    @rule()
    @precondition(lambda self: len(self.asked) > 12)
    def disable(self):
        self.turn(self.breaker.disabled())

    @invariant()
    def never_stuck(self):
        """After one interval at most it is asked, unless a probe is with it or it is disabled."""
        if self.breaker.state in (State.CLOSED, State.OPEN):
            assert self.breaker.allows(max(self.now, self.opened_at + PROBE_S))

    @invariant()
    def one_probe(self):
        if self.breaker.state is State.HALF_OPEN:
            assert self.asked.count(self.breaker.epoch) == 1
            assert not self.breaker.allows(self.now)

    @invariant()
    def left_alone(self):
        if self.breaker.state is State.OPEN:
            assert self.breaker.allows(self.now) == (self.now >= self.opened_at + PROBE_S)


Breakers.TestCase.settings = settings(max_examples=100, stateful_step_count=60)
test_any_sequence_of_outcomes = Breakers.TestCase


def test_a_disabled_one_stays_disabled():
    breaker = Breaker(PROBE_S).disabled()
    assert breaker.failed(breaker.epoch, 0.0) == breaker.succeeded(breaker.epoch) == breaker
    assert not breaker.allows(math.inf)


@pytest.mark.parametrize(
    ("error", "retries", "want"),
    [
        (Unavailable("HTTP 503"), 0, 0.25),
        (Unavailable("HTTP 503"), 1, 0.5),
        (Unavailable("HTTP 503"), 2, None),
        (Unavailable("no such host", is_reached=False), 0, None),
        (RateLimited("HTTP 429"), 0, 0.25),
        (RateLimited("HTTP 429", 5.0), 0, 5.25),
        (RateLimited("HTTP 429", 5.1), 0, None),
        (TimedOut("silence"), 0, None),
        (Refused("HTTP 400"), 0, None),
        (InvalidReply("cut off"), 0, None),
        (ValueError(), 0, None),
    ],
)
def test_the_pause_follows_from_the_error_and_the_number_of_retries(error, retries, want):
    assert pause_s(error, retries, 0.5, 5.0) == want
