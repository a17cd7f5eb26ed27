"""Reading in the background: at full speed for a start, a small share of one core afterwards, stopped at once."""

from __future__ import annotations

import threading
import time

import pytest

from glossator.workspace import pace as paces
from glossator.workspace import project
from glossator.workspace.indexes import Indexes
from glossator.workspace.pace import SHARE, Pace
from glossator.workspace.project import project_files


class Stopped:
    """Rests without taking time: it is counted."""

    def __init__(self):
        self.rested_s = 0.0

    def wait(self, seconds):
        self.rested_s += seconds


@pytest.fixture
def worked(monkeypatch):
    """Has a thread have worked for a while; the clock on the wall says the same, and what was rested."""
    stopped, worked_s = Stopped(), [0.0]
    monkeypatch.setattr(paces.time, "thread_time", lambda: worked_s[0])
    monkeypatch.setattr(paces.time, "monotonic", lambda: worked_s[0] + stopped.rested_s)

    def work(pace, seconds):
        worked_s[0] += seconds
        pace.step()

    return stopped, work


def test_l8_what_is_done_soon_is_done_at_full_speed(worked):
    stopped, work = worked
    pace = Pace(stopped, start_s=0.5)
    for _ in range(50):
        work(pace, 0.01)
    assert stopped.rested_s == 0


def test_l8_afterwards_a_tenth_of_one_core_is_taken(worked):
    stopped, work = worked
    pace = Pace(stopped, start_s=0.5)
    for _ in range(150):
        work(pace, 0.01)
    assert 1.0 / (1.0 + stopped.rested_s) == pytest.approx(SHARE, rel=0.1)


def test_l8_a_stop_ends_a_rest():
    stopped = threading.Event()
    stopped.set()
    pace = Pace(stopped, start_s=0.0)
    until = time.thread_time() + 0.05
    while time.thread_time() < until:
        pass
    assert list(pace.map(str, range(3))) == ["0", "1", "2"]


def test_l8_a_reading_that_nobody_waits_for_ends(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("")
    for number in range(300):
        (tmp_path / f"m{number}.py").write_text(f"def f{number}(a):\n    return a\n" * 50)
    indexes, resting = Indexes(), threading.Event()
    step = Pace.step

    def watched(pace):
        resting.set()
        step(pace)

    monkeypatch.setattr(Pace, "step", watched)
    reading = threading.Thread(target=indexes.read, args=([str(tmp_path / "m0.py")],))
    reading.start()
    assert resting.wait(20)
    indexes.stop()
    reading.join(20)
    assert not reading.is_alive()


def test_l8_of_too_many_files_no_more_are_listed_than_are_read(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("")
    for number in range(20):
        folder = tmp_path / f"p{number:02}"
        folder.mkdir()
        for one in range(10):
            (folder / f"m{one}.py").write_text("")
    monkeypatch.setattr(project, "MAX_FILES", 15)
    steps = []
    found = project_files(tmp_path, step=lambda: steps.append(1))
    assert [path for path, _ in found] == sorted(path for path, _ in found)
    assert [path.removeprefix(str(tmp_path)) for path, _ in found][-1] == "/p01/m4.py"
    assert len(steps) == 16
