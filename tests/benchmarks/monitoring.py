"""What watching costs: an observation beside the least that counting can cost, and beside prometheus-client's."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from client import clock
from table import Row

from glossator.monitor import Monitor
from glossator.monitor.files import OwnFile

VALUES = 20_000
GOAL_NS = 1000.0


def monitoring_rows(rounds: int) -> list[Row]:
    """The rows of an observation, a count and a snapshot."""
    from prometheus_client import CollectorRegistry, Summary
    from prometheus_client import Histogram as Theirs

    draw = random.Random(7)
    values = [draw.lognormvariate(6, 3) for _ in range(VALUES)]
    monitor, registry, counts = Monitor(), CollectorRegistry(), {"parse": 0}
    theirs = Theirs("stage_seconds", "Theirs.", ["stage"], registry=registry).labels("parse")
    summary = Summary("stage", "Theirs.", ["stage"], registry=registry).labels("parse")

    def increment(_: float) -> None:
        counts["parse"] += 1

    floor, ours = each_ns(increment, values, rounds), each_ns(lambda_of(monitor), values, rounds)
    return [
        Row("an observation of a stage", ours, "ns", None, GOAL_NS),
        Row("the same, by an increment in a dictionary", ours, "ns", floor),
        Row("the same, by prometheus-client's summary", ours, "ns", each_ns(summary.observe, values, rounds), 1.0),
        Row("the same, by prometheus-client's histogram", ours, "ns", each_ns(theirs.observe, values, rounds), 1.0),
        Row(
            "a count with a label", each_ns(lambda _: monitor.count("hits", "L1"), values, rounds), "ns", None, GOAL_NS
        ),
        Row("a snapshot", each_ns(lambda _: monitor.snapshot(), values[:50], rounds) / 1e3, "us"),
        Row("a snapshot in its file", written_ns(monitor, rounds) / 1e3, "us"),
    ]


def lambda_of(monitor: Monitor) -> Callable[[float], None]:
    """What observes a value, with the call that whoever has a stage makes."""
    return lambda value: monitor.observe("parse", value)


def each_ns(action: Callable[[float], object], values: Sequence[float], rounds: int) -> float:
    """Nanoseconds for each value, in the best of several rounds; the loop itself is in it."""
    found = []
    for _ in range(rounds):
        started = clock()
        for value in values:
            action(value)
        found.append(clock() - started)
    return min(found) / len(values) * 1e9


def written_ns(monitor: Monitor, rounds: int) -> float:
    """Nanoseconds of writing a snapshot."""
    snapshot = monitor.snapshot()
    with tempfile.TemporaryDirectory() as folder:
        file = OwnFile(Path(folder) / "stats")
        return each_ns(lambda _: file.write(snapshot), [0.0] * 50, rounds)
