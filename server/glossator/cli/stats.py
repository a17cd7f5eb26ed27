"""The command `stats`: what was done so far and how long it took, for people, for programs, for Prometheus."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from glossator.cli.exits import FINE
from glossator.cli.run import start_log
from glossator.cli.terminal import printable
from glossator.config import Settings, Sources, load
from glossator.documenter.statistics import everything
from glossator.monitor import Snapshot, names
from glossator.monitor.report import as_json, failures_of, ordered, providers_in

if TYPE_CHECKING:
    import argparse

    from rich.console import RenderableType
    from rich.table import Table

PERIOD_S: Final = 1.0
NOTHING: Final = "nothing yet: numbers come with the next `glossator write` or `check`, or with an editor"


def stats(arguments: argparse.Namespace) -> int:
    """Show what the arguments ask for; the exit code."""
    settings = load(Sources()).settings
    start_log(settings)
    if arguments.json:
        sys.stdout.write(json.dumps(as_json(everything(settings)), indent=2) + "\n")
    elif arguments.prometheus:
        from glossator.monitor.prometheus import exposition

        sys.stdout.write(exposition(everything(settings)))
    elif sys.stdout.isatty():
        _watch(settings)
    else:
        _print(everything(settings))
    sys.stdout.flush()
    return FINE


def _watch(settings: Settings) -> None:
    """Show a table that follows, until Ctrl-C: which is how this ends, and no failure."""
    from rich.console import Console
    from rich.live import Live

    try:
        with Live(_tables(everything(settings)), console=Console(highlight=False), auto_refresh=False) as live:
            while True:
                time.sleep(PERIOD_S)
                live.update(_tables(everything(settings, logging.DEBUG)), refresh=True)
    except KeyboardInterrupt:
        return


def _print(snapshot: Snapshot) -> None:
    from rich.console import Console

    Console(width=100, highlight=False).print(_tables(snapshot))


def _tables(snapshot: Snapshot) -> RenderableType:
    from rich.console import Group

    if not snapshot.stages:
        return NOTHING
    return Group(*(part for shown in _shown(snapshot) for part in (shown, "")))


def _shown(snapshot: Snapshot) -> Iterator[RenderableType]:
    yield _process(snapshot)  # first, as all that has room on a low terminal is the beginning
    yield _stages(snapshot)
    if any(key[0] in (names.HITS, names.MISSES) for key in snapshot.counts):
        yield _tiers(snapshot)
    if providers := providers_in(snapshot):
        yield _providers(snapshot, providers)
    if snapshot.requests:
        yield _requests(snapshot)


def _stages(snapshot: Snapshot) -> Table:
    table = _table("stage", "count", "median", "99%", "longest", "together")
    for name in ordered(snapshot.stages):
        _add_durations(table, snapshot, name)
    return table


def _requests(snapshot: Snapshot) -> Table:
    table = _table("request", "count", "median", "99%", "longest", "together")
    for name in sorted(snapshot.requests):
        _add_durations(table, snapshot, name)
    return table


def _add_durations(table: Table, snapshot: Snapshot, name: str) -> None:
    one = snapshot.stages[name] if name in snapshot.stages else snapshot.requests[name]
    shares = (duration(one.quantile(share)) for share in (0.5, 0.99, 1.0))
    table.add_row(printable(name), f"{one.count:,}", *shares, duration(one.total))


def _tiers(snapshot: Snapshot) -> Table:
    table = _table("cache", "hits", "misses", "hit rate", "entries", "size")
    for tier in names.TIERS:
        hits, misses = snapshot.count(names.HITS, tier), snapshot.count(names.MISSES, tier)
        rate = f"{hits / (hits + misses):.0%}" if hits + misses else ""
        entries, size = snapshot.gauge(names.ENTRIES, tier), snapshot.gauge(names.BYTES, tier)
        table.add_row(tier, f"{hits:,.0f}", f"{misses:,.0f}", rate, f"{entries:,.0f}", _mb(size) if size else "")
    return table


def _providers(snapshot: Snapshot, providers: list[str]) -> Table:
    table = _table("provider", "calls", "tokens read", "written", "cost", "failures")
    for name in providers:
        failures = ", ".join(f"{kind} {count:,}" for kind, count in failures_of(snapshot, name).items())
        counts = (f"{snapshot.count(kind, name):,.0f}" for kind in (names.CALLS, names.TOKENS_IN, names.TOKENS_OUT))
        table.add_row(printable(name), *counts, f"${snapshot.count(names.COST, name):.4f}", printable(failures))
    return table


def _process(snapshot: Snapshot) -> str:
    running = int(snapshot.gauge(names.PROCESSES))
    memory = f", {_mb(snapshot.gauge(names.RSS_BYTES))} of memory" if running else ""
    shared = "".join(
        f"; {text}: {count:,.0f}"
        for name, text in ((names.COALESCED, "coalesced"), (names.PACKED, "packed"), (names.SLOW, "slow requests"))
        if (count := snapshot.count(name))
    )
    refused = sum(count for key, count in snapshot.counts.items() if key[0] == names.FAILURES)
    failures = f"; refused requests: {refused:,.0f}" if refused else ""
    since = "" if snapshot.since is None else time.strftime(", since %Y-%m-%d", time.localtime(snapshot.since))
    cpu = duration(snapshot.count(names.CPU_S) * 1e6)
    return f"running: {running}{memory}; processor time: {cpu}{shared}{failures}{since}"


def _table(first: str, *others: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(first, min_width=24)
    for name in others:
        table.add_column(name, justify="right", min_width=8)
    return table


def duration(us: float) -> str:
    """A duration for people, with three digits."""
    for unit, size in (("s", 1e6), ("ms", 1e3), ("us", 1.0)):
        if us >= size:
            value = us / size
            return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
    return f"{us:.2g} us" if us else "0"


def _mb(size_bytes: float) -> str:
    return f"{size_bytes / (1 << 20):,.1f} MB"
