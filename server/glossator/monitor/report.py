"""A snapshot as JSON values: what `glossator stats --json` prints and `glossator/stats` answers."""

from __future__ import annotations

from collections.abc import Mapping

from glossator.monitor import names
from glossator.monitor.histogram import Histogram
from glossator.monitor.snapshot import Snapshot


def as_json(snapshot: Snapshot) -> dict[str, object]:
    """The report as documented in docs/monitor.md; durations are microseconds."""
    return {
        "tiers": {tier: _tier(snapshot, tier) for tier in names.TIERS},
        "stages": _durations({name: snapshot.stages[name] for name in ordered(snapshot.stages)}),
        "requests": _durations(dict(sorted(snapshot.requests.items()))),
        "providers": {name: _provider(snapshot, name) for name in providers_in(snapshot)},
        "counts": {name: int(snapshot.count(name)) for name in (names.COALESCED, names.PACKED, names.SLOW)},
        "failures": {kind: int(snapshot.count(names.FAILURES, kind)) for kind in snapshot.labels(names.FAILURES)},
        "queues": {key[1]: int(depth) for key, depth in sorted(snapshot.gauges.items()) if key[0] == names.DEPTH},
        "process": {
            "rss_bytes": int(snapshot.gauge(names.RSS_BYTES)),
            "cpu_s": round(snapshot.count(names.CPU_S), 3),
            "processes": int(snapshot.gauge(names.PROCESSES)),
        },
        "since": None if snapshot.since is None else int(snapshot.since),
    }


def ordered(stages: Mapping[str, Histogram]) -> list[str]:
    """The names of stages in the order of a request; others, of a later version, last."""
    known = {name: place for place, name in enumerate(names.STAGES)}
    return sorted(stages, key=lambda name: (known.get(name, len(known)), name))


def providers_in(snapshot: Snapshot) -> list[str]:
    """The providers that were asked, in order."""
    return sorted({*snapshot.labels(names.CALLS), *snapshot.labels(names.PROVIDER_FAILURES)})


def failures_of(snapshot: Snapshot, provider: str) -> dict[str, int]:
    """How often a provider failed, by kind."""
    key = (names.PROVIDER_FAILURES, provider)
    return {found[2]: int(count) for found, count in sorted(snapshot.counts.items()) if found[:2] == key}


def _tier(snapshot: Snapshot, tier: str) -> dict[str, int]:
    return {
        "hits": int(snapshot.count(names.HITS, tier)),
        "misses": int(snapshot.count(names.MISSES, tier)),
        "entries": int(snapshot.gauge(names.ENTRIES, tier)),
        "bytes": int(snapshot.gauge(names.BYTES, tier)),
        "failures": int(snapshot.count(names.TIER_FAILURES, tier)),
    }


def _durations(histograms: Mapping[str, Histogram]) -> dict[str, object]:
    return {
        name: {
            "count": one.count,
            "p50_us": round(one.quantile(0.5), 1),
            "p99_us": round(one.quantile(0.99), 1),
            "mean_us": round(one.mean, 1),
            "max_us": round(one.quantile(1.0), 1),
        }
        for name, one in histograms.items()
    }


def _provider(snapshot: Snapshot, name: str) -> dict[str, object]:
    counts = {kind: int(snapshot.count(kind, name)) for kind in names.OF_PROVIDERS if kind != names.COST}
    failures = failures_of(snapshot, name)
    return counts | {"cost": round(snapshot.count(names.COST, name), 6), "failures": failures}
