"""The monitor of a process: whose stage is whose, what is read when somebody looks, what is said of slow requests."""

import asyncio
import logging
import pickle
from dataclasses import dataclass

import pytest

from glossator.monitor import Measured, Monitor, names
from glossator.monitor.process import cpu_s, rss_bytes
from glossator.monitor.report import as_json


@dataclass(frozen=True)
class Usage:
    calls: int = 1
    tokens_in: int = 100
    tokens_out: int = 20
    cached: int = 5
    cost: float = 0.25


def test_stages_and_counts_are_in_the_report():
    monitor = Monitor()
    for duration_us in range(1, 101):
        monitor.observe("parse", duration_us)
    monitor.count(names.COALESCED, by=3)
    report = as_json(monitor.snapshot())
    assert report["stages"]["parse"]["count"] == 100
    assert report["stages"]["parse"]["p50_us"] == pytest.approx(50, rel=0.01)
    assert report["stages"]["parse"]["p99_us"] == pytest.approx(99, rel=0.01)
    assert report["counts"]["coalesced"] == 3


def test_providers_are_counted_by_name():
    monitor = Monitor()
    monitor.asked("fast", Usage())
    monitor.asked("fast", Usage())
    monitor.failed("fast", "TimedOut")
    monitor.failed("backup", "Refused")
    providers = as_json(monitor.snapshot())["providers"]
    assert providers["fast"] == {
        "calls": 2,
        "tokens_in": 200,
        "tokens_out": 40,
        "cached": 10,
        "cost": 0.5,
        "failures": {"TimedOut": 1},
    }
    assert providers["backup"]["failures"] == {"Refused": 1}


def test_the_usage_of_our_providers_is_counted():
    from glossator.providers.base import Usage as Ours

    monitor = Monitor()
    monitor.asked("fast", Ours(tokens_in=3, calls=1))
    assert as_json(monitor.snapshot())["providers"]["fast"]["tokens_in"] == 3


def test_gauges_are_read_when_somebody_looks():
    monitor, waiting = Monitor(), [1, 2]
    monitor.gauge(lambda: len(waiting), names.DEPTH, "pool")
    waiting.append(3)
    assert as_json(monitor.snapshot())["queues"] == {"pool": 3}


def test_counts_that_others_keep_are_added_up():
    monitor = Monitor()
    monitor.count(names.HITS, "L1")
    for _ in range(2):
        monitor.read(lambda: ({("hits", "L1"): 4}, {("entries", "L1"): 7}))
    tier = as_json(monitor.snapshot())["tiers"]["L1"]
    assert (tier["hits"], tier["entries"]) == (9, 14)


def test_the_report_has_what_others_build_on():
    report = as_json(Monitor().snapshot())
    assert set(report["tiers"]) == {"L1", "L2", "L3", "L4"}
    assert all(set(tier) >= {"hits", "misses", "entries", "bytes"} for tier in report["tiers"].values())
    assert report["process"]["rss_bytes"] > 1 << 20
    assert report["process"]["cpu_s"] > 0


def test_a_process_knows_its_memory_and_its_time():
    block = b"x" * (64 << 20)
    assert rss_bytes() > len(block)
    assert cpu_s() > 0


def test_what_was_measured_elsewhere_comes_as_a_value():
    measured = Measured()
    measured.observe_all({"context": 5.0, "plan": 7.0})
    measured.count("hits", "L3")
    monitor = Monitor()
    for _ in range(2):
        monitor.absorb(pickle.loads(pickle.dumps(measured)))
    snapshot = monitor.snapshot()
    assert snapshot.stages["plan"].count == 2
    assert snapshot.count("hits", "L3") == 2


def test_a_snapshot_stays_as_it_is():
    monitor = Monitor()
    monitor.observe("parse", 1)
    before = monitor.snapshot()
    monitor.observe("parse", 1)
    assert before.stages["parse"].count == 1
    assert monitor.snapshot().after(before).stages["parse"].count == 1


async def test_a_stage_belongs_to_the_request_that_started_its_task():
    monitor = Monitor()

    async def work(duration_us):
        await asyncio.sleep(0)
        monitor.observe("context", duration_us)

    requests, tasks = [], []
    for duration_us in (10, 20):
        request, token = monitor.begin("textDocument/hover")
        tasks.append(asyncio.create_task(work(duration_us)))
        monitor.leave(token)
        requests.append(request)
    monitor.observe("context", 99)
    await asyncio.gather(*tasks)
    assert [request.stages_us for request in requests] == [{"context": 10}, {"context": 20}]


@pytest.mark.parametrize(("waits", "level"), [(False, "WARNING"), (True, "INFO")])
def test_a_slow_request_is_logged_with_its_stages(caplog, waits, level):
    caplog.set_level(logging.DEBUG, "glossator.monitor")
    monitor = Monitor()
    request, token = monitor.begin("textDocument/hover")
    monitor.observe("context", 1500)
    monitor.observe("context", 500)
    monitor.leave(token)
    request.started -= 2
    monitor.end(request, waits=waits)
    (record,) = caplog.records
    assert record.levelname == level
    assert record.message.startswith("slow method=textDocument/hover ms=20")
    assert record.message.endswith(" context=2.0")
    assert as_json(monitor.snapshot())["counts"]["slow"] == 1


def test_a_request_that_is_not_slow_is_only_counted(caplog):
    monitor = Monitor()
    request, token = monitor.begin("textDocument/hover")
    monitor.leave(token)
    monitor.end(request)
    assert not caplog.records
    assert as_json(monitor.snapshot())["requests"]["textDocument/hover"]["count"] == 1
