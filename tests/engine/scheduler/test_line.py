"""Whose turn it is: held against a naive list, and what nobody may ever see, such as a lane that starves."""

from collections import OrderedDict
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from glossator.engine.scheduler.line import PASSES, Line, Urgency, Waiting

CURSOR, OPEN_FILE, WORKSPACE = Urgency


def waiting(urgency=WORKSPACE, file="a.py", group="g"):
    """One who waits; of a request the line knows the file alone."""
    return Waiting(SimpleNamespace(want=SimpleNamespace(file=file)), urgency, (group,), 0.0)


def line_of(*those):
    line = Line()
    for one in those:
        line.add(one)
    return line


def served(line, held=(), paused=()):
    """All who are served, in order."""
    found = []
    while (one := line.next(held, paused)) is not None:
        line.serve(one, paused)
        found.append(one)
    return found


def test_the_cursor_goes_before_the_open_file_and_that_before_the_workspace():
    late, middle, early = waiting(WORKSPACE), waiting(OPEN_FILE), waiting(CURSOR)
    assert served(line_of(late, middle, early)) == [early, middle, late]


def test_files_have_their_turn_one_after_the_other():
    line = line_of(*(waiting(file="large.py") for _ in range(100)), waiting(file="small.py"), waiting(file="tiny.py"))
    assert [one.file for one in served(line)[:4]] == ["large.py", "small.py", "tiny.py", "large.py"]


def test_groups_of_a_file_come_one_after_the_other():
    line = line_of(*(waiting(group=name) for name in "xyxyx"))
    assert [one.group for one in served(line)] == [("x",), ("x",), ("x",), ("y",), ("y",)]


def test_who_is_looked_at_stays_the_next_one():
    line = line_of(first := waiting(), waiting())
    assert line.next() is line.next() is first
    assert len(line) == 2


def test_a_held_group_waits_and_others_go_on():
    line = line_of(waiting(group="held"), other := waiting(group="free"), far := waiting(file="b.py", group="held"))
    assert served(line, held={("held",)}) == [other]
    assert line.next(held={("held",)}) is None
    assert far in served(line)


def test_who_sits_at_the_screen_does_not_wait_for_a_leader():
    line = line_of(waiting(OPEN_FILE, group="held"), mine := waiting(CURSOR, group="held"))
    assert served(line, held={("held",)}) == [mine]


def test_a_paused_lane_is_not_served_and_does_not_age():
    line = line_of(late := waiting(WORKSPACE), *(waiting(OPEN_FILE) for _ in range(5 * PASSES)))
    assert late not in served(line, paused={WORKSPACE})
    line.add(waiting(OPEN_FILE))
    assert line.next().urgency is OPEN_FILE
    assert late in served(line)


def test_a_lane_goes_before_the_next_more_urgent_one_after_it_was_passed_over_and_once():
    line = line_of(waiting(WORKSPACE), waiting(WORKSPACE), *(waiting(OPEN_FILE) for _ in range(3 * PASSES)))
    order = [one.urgency for one in served(line)]
    assert [at for at, one in enumerate(order) if one is WORKSPACE] == [PASSES, 2 * PASSES + 1]


def test_one_at_the_cursor_is_not_behind_a_workspace_that_waited_for_an_open_file():
    line = line_of(*(waiting(WORKSPACE) for _ in range(9)), *(waiting(OPEN_FILE) for _ in range(9 * PASSES)))
    for _ in range(5 * PASSES):
        line.serve(line.next())
        line.add(mine := waiting(CURSOR))
        assert line.next() is mine
        line.remove(mine)


def test_a_lane_that_was_empty_begins_anew():
    line = line_of(gone := waiting(WORKSPACE), *(waiting(OPEN_FILE) for _ in range(PASSES + 3)))
    for _ in range(PASSES):
        line.serve(line.next())
    line.remove(gone)
    line.add(waiting(WORKSPACE))
    assert line.next().urgency is OPEN_FILE


@given(st.lists(st.sampled_from([CURSOR, OPEN_FILE]), min_size=200, max_size=200), st.integers(1, 5))
def test_nobody_starves_however_many_more_urgent_ones_come(coming, most):
    line, passed = Line(), 0
    line.add(late := waiting(WORKSPACE))
    for urgency in coming:
        for _ in range(most):
            line.add(waiting(urgency))
        one = line.next()
        line.serve(one)
        if one is late:
            break
        passed += 1
    assert one is late
    assert passed <= 2 * PASSES + 1


def test_those_that_begin_alike_are_taken_from_the_same_file_and_lane_alone():
    like, alike = waiting(), [waiting() for _ in range(3)]
    others = [waiting(group="h"), waiting(file="b.py"), waiting(OPEN_FILE)]
    line = line_of(like, *alike, *others)
    line.serve(line.next(paused={OPEN_FILE}))
    assert line.take_alike(like, 2, lambda one: one is not alike[0]) == alike[1:]
    assert line.take_alike(like, 9, lambda _one: True) == alike[:1]
    assert line.take_alike(like, 9, lambda _one: True) == []
    assert len(line) == 3


@pytest.mark.parametrize("urgency", Urgency)
def test_hastening_never_slows_down(urgency):
    line = line_of(one := waiting(CURSOR))
    line.hasten(one, urgency)
    assert one.urgency is CURSOR


@dataclass(eq=False)
class Model:
    """A line as one would write it first: lists, searched from the beginning."""

    lanes: dict
    passed: dict
    turns: dict

    def order(self, urgency):
        """The files of a lane, in turn."""
        present = {one.file for one in self.lanes[urgency]}
        self.turns[urgency] = [file for file in self.turns[urgency] if file in present]
        return self.turns[urgency]

    def next(self, held, paused):
        ranked = sorted(Urgency, key=lambda one: (one - self.passed[one] // PASSES, -one))
        for urgency in (one for one in ranked if one not in paused):
            for file in self.order(urgency):
                groups = OrderedDict.fromkeys(one.group for one in self.lanes[urgency] if one.file == file)
                free = [one for one in groups if urgency is CURSOR or one not in held]
                if free:
                    return next(one for one in self.lanes[urgency] if (one.file, one.group) == (file, free[0]))
        return None


class LineMachine(RuleBasedStateMachine):
    """Does the same to a line and to the model, and wants the same of both."""

    def __init__(self):
        super().__init__()
        self.line = Line()
        self.model = Model({one: [] for one in Urgency}, dict.fromkeys(Urgency, 0), {one: [] for one in Urgency})
        self.added, self.gone = [], []

    @property
    def present(self):
        return [one for lane in self.model.lanes.values() for one in lane]

    @rule(urgency=st.sampled_from(Urgency), file=st.sampled_from("abc"), group=st.sampled_from("xyz"))
    def add(self, urgency, file, group):
        one = waiting(urgency, file, group)
        self.added.append(one)
        self.line.add(one)
        self._add(one)

    def _add(self, one):
        lane = self.model.lanes[one.urgency]
        if not lane:
            self.model.passed[one.urgency] = 0
        self.model.order(one.urgency)
        if one.file not in self.model.turns[one.urgency]:
            self.model.turns[one.urgency].append(one.file)
        lane.append(one)

    def _remove(self, one):
        self.model.lanes[one.urgency].remove(one)
        self.model.order(one.urgency)

    @precondition(lambda self: self.present)
    @rule(data=st.data())
    def remove(self, data):
        one = data.draw(st.sampled_from(self.present))
        self.line.remove(one)
        self._remove(one)
        self.gone.append(one)

    @precondition(lambda self: self.present)
    @rule(data=st.data(), urgency=st.sampled_from(Urgency))
    def hasten(self, data, urgency):
        one = data.draw(st.sampled_from(self.present))
        if urgency < one.urgency:
            self._remove(one)
            self.line.hasten(one, urgency)
            self._add(one)
        else:
            self.line.hasten(one, urgency)

    @rule(held=st.sets(st.sampled_from([("x",), ("y",), ("z",)])), paused=st.sets(st.sampled_from(Urgency)))
    def serve(self, held, paused):
        one = self.line.next(held, paused)
        assert one is self.model.next(held, paused)
        if one is None:
            return
        for urgency, lane in self.model.lanes.items():
            self.model.passed[urgency] += bool(lane) and urgency not in paused
        self.line.serve(one, paused)
        self._remove(one)
        if one.file in (turns := self.model.turns[one.urgency]):
            turns.remove(one.file)
            turns.append(one.file)
        self.model.passed[one.urgency] = 0
        self.gone.append(one)

    @invariant()
    def nobody_is_lost_and_nobody_served_twice(self):
        assert len(self.line) == len(self.present)
        assert [self.line.count(one) for one in Urgency] == [len(self.model.lanes[one]) for one in Urgency]
        assert len(self.gone) == len(set(map(id, self.gone)))
        assert set(map(id, self.gone)) | set(map(id, self.present)) == set(map(id, self.added))

    def teardown(self):
        rest = served(self.line)
        assert sorted(map(id, rest)) == sorted(map(id, self.present))


TestTheLineDoesWhatANaiveOneDoes = LineMachine.TestCase
