"""The governor's decisions, with a process whose memory is a number; and with a real process and a small bound."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field

import pytest

from glossator.engine.governor import CALM_TICKS, LEAST, REST_TICKS, Governor, Holder
from glossator.engine.resident import ThisProcess

BOUND = 1_000


@dataclass
class Made:
    """A process with a fixed part and holders, each of which holds its share of what it may."""

    base: int
    full: dict[str, int]
    held: dict[str, float] = field(default_factory=dict)
    fits: list[tuple[str, float]] = field(default_factory=list)
    given_back: int = 0

    def resident_bytes(self):
        return self.base + sum(map(self.size, self.full))

    def give_back(self):
        self.given_back += 1

    def size(self, name):
        return int(self.full[name] * self.held.get(name, 1.0))

    def fit(self, name, share):
        self.fits.append((name, share))
        self.held[name] = share

    def governor(self, bound=BOUND):
        def holder(name):
            return Holder(name, lambda: self.size(name), lambda share: self.fit(name, share))

        return Governor(bound, [holder(name) for name in self.full], self)


def shares(governor):
    return {one.name: one.share for one in governor.statistics().holders}


def ticked(governor, count):
    for _ in range(count):
        governor.tick()


def test_within_the_bound_nothing_happens():
    made = Made(100, {"a": 600, "b": 100})
    governor = made.governor()
    ticked(governor, 3 * CALM_TICKS)
    assert (made.fits, made.given_back) == ([], 0)


def test_under_pressure_the_largest_shrinks_first_and_no_more_than_has_to():
    made = Made(100, {"a": 200, "b": 600})
    governor = made.governor()
    governor.tick()
    assert made.fits == [("b", 0.5)]
    assert governor.statistics().shrunk == 1


def test_when_the_largest_is_small_the_next_one_is_the_largest():
    made = Made(500, {"a": 200, "b": 300})
    made.governor().tick()
    assert made.fits == [("b", 0.5), ("a", 0.5)]


def test_freed_memory_that_was_not_given_back_is_no_reason_to_shrink():
    made = Made(100, {"a": 100})
    governor = made.governor()
    made.base = 900

    def give_back():
        made.base = 100

    made.give_back = give_back
    governor.tick()
    assert made.fits == []


def test_what_no_holder_has_is_kept_small_by_less_work_at_once():
    made, heard = Made(900, {"a": 100}), []
    governor = made.governor()
    governor.throttle(heard.append)
    ticked(governor, 4)
    assert heard[:3] == [1.0, 0.5, 0.25]
    assert shares(governor) == {"a": LEAST}


def test_nothing_falls_below_the_least():
    made, heard = Made(2_000, {"a": 100, "b": 50}), []
    governor = made.governor()
    governor.throttle(heard.append)
    ticked(governor, 100)
    assert set(shares(governor).values()) == {LEAST}
    assert heard[-1] == LEAST


def test_where_nothing_can_be_freed_it_is_not_tried_each_time():
    made = Made(2_000, {"a": 100})
    governor = made.governor()
    ticked(governor, 10)
    before = made.given_back
    ticked(governor, 3 * (REST_TICKS + 1))
    assert made.given_back - before == 3


def test_with_room_for_a_while_all_grows_back_in_steps():
    made, heard = Made(100, {"a": 400, "b": 800}), []
    governor = made.governor()
    governor.throttle(heard.append)
    ticked(governor, 2)
    made.full = dict.fromkeys(made.full, 10)
    small = shares(governor)
    assert min(small.values()) < 1
    ticked(governor, CALM_TICKS)
    assert shares(governor) == {name: min(1.0, 2 * share) for name, share in small.items()}
    ticked(governor, 10 * CALM_TICKS)
    assert set(shares(governor).values()) == {1.0}
    assert heard[-1] == 1.0


def test_a_moment_with_room_is_no_while():
    made = Made(100, {"a": 900})
    governor = made.governor()
    governor.tick()
    made.fits.clear()
    for _ in range(3):
        made.base = 100
        ticked(governor, CALM_TICKS - 1)
        made.base = 400
        governor.tick()
    assert made.fits == []


def test_pressure_is_said_once_until_all_is_whole_again(caplog):
    made = Made(100, {"a": 900})
    governor = made.governor()
    ticked(governor, 5)
    made.full["a"] = 10
    ticked(governor, 10 * CALM_TICKS)
    assert caplog.text.count("memory is short") == 1
    made.full["a"] = 900
    governor.tick()
    assert caplog.text.count("memory is short") == 2


def test_l10_after_a_memory_error_all_keep_the_least_and_it_is_counted():
    made, heard = Made(10, {"a": 40, "b": 50}), []
    governor = made.governor()
    governor.throttle(heard.append)
    governor.exhausted()
    assert set(shares(governor).values()) == {LEAST}
    assert governor.statistics().declined == 1
    assert heard == [1.0, 0.5]
    assert made.given_back == 1


def test_another_mode_has_another_bound_and_all_fit_anew():
    made = Made(100, {"a": 300})
    governor = made.governor()
    governor.allow(300)
    assert made.fits == [("a", 1.0)]
    governor.tick()
    assert shares(governor) == {"a": 0.25}


def test_who_comes_late_hears_how_much_work_there_may_be():
    made, heard = Made(2_000, {}), []
    governor = made.governor()
    governor.tick()
    governor.throttle(heard.append)
    assert heard == [0.5]


def test_a_system_that_does_not_say_is_never_pressed():
    made = Made(0, {"a": 0})
    governor = made.governor()
    ticked(governor, 30)
    assert made.fits == []


def test_statistics_say_what_was_seen():
    made = Made(100, {"a": 900})
    governor = made.governor()
    governor.tick()
    found = governor.statistics()
    assert (found.bound_bytes, found.largest_bytes, found.resident_bytes) == (BOUND, 1_000, 550)
    assert [(one.name, one.size_bytes, one.share) for one in found.holders] == [("a", 450, 0.5)]


REAL = """
from glossator.engine.governor import Governor, Holder
from glossator.engine.resident import ThisProcess

process = ThisProcess()
kept = [bytes([number % 256]) * 1_000 for number in range(200_000)]


def fit(share):
    del kept[int(200_000 * share):]


before = process.resident_bytes()
governor = Governor(before - 40_000_000, [Holder("kept", lambda: 1_033 * len(kept), fit)], process)
governor.tick()
print(before, process.resident_bytes(), governor.statistics().holders[0].share)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not get freed memory back so soon")
def test_a_real_process_is_within_its_bound_after_a_tick():
    said = subprocess.run([sys.executable, "-c", REAL], check=True, capture_output=True, text=True, timeout=60)
    before, after, share = map(float, said.stdout.split())
    assert share < 1
    assert after < before - 40_000_000


def test_this_process_is_resident_with_something():
    assert ThisProcess().resident_bytes() > 10_000_000
    ThisProcess().give_back()
