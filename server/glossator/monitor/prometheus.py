"""A snapshot in the text format of Prometheus, version 0.0.4.

Written by hand: prometheus-client writes metrics that it keeps itself, behind locks (docs/decisions/monitor.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from glossator.monitor import names
from glossator.monitor.histogram import Histogram
from glossator.monitor.measured import Key
from glossator.monitor.report import ordered
from glossator.monitor.snapshot import Snapshot

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
QUANTILES: Final = (0.5, 0.9, 0.99)

Sample = tuple[Mapping[str, str], float]


def exposition(snapshot: Snapshot) -> str:
    """All of it as text; durations in seconds, as is the custom there."""
    return "".join(f"{line}\n" for line in _lines(snapshot))


def _lines(snapshot: Snapshot) -> Iterator[str]:
    yield from _summary("stage_seconds", "What stages of requests take.", "stage", snapshot.stages)
    yield from _summary("request_seconds", "What requests of editors take.", "method", snapshot.requests)
    for name, help_, label, *keys in _COUNTERS:
        found = [one for key in keys for one in _samples(snapshot.counts, key, label)]
        yield from _family(name, "counter", help_, found)
    for name, help_, label, key in _GAUGES:
        yield from _family(name, "gauge", help_, _samples(snapshot.gauges, key, label))


_TIER: Final = ("tier",)
_PROVIDER: Final = ("provider",)
_COUNTERS: Final = (
    ("cache_hits_total", "Symbols that a tier knew.", _TIER, names.HITS),
    ("cache_misses_total", "Symbols that a tier did not know.", _TIER, names.MISSES),
    ("cache_failures_total", "Failures of a tier.", _TIER, names.TIER_FAILURES),
    ("provider_calls_total", "Calls of a provider.", _PROVIDER, names.CALLS),
    ("provider_read_tokens_total", "Tokens that a provider read.", _PROVIDER, names.TOKENS_IN),
    ("provider_written_tokens_total", "Tokens that a provider wrote.", _PROVIDER, names.TOKENS_OUT),
    ("provider_cached_tokens_total", "Tokens that a provider's own cache had.", _PROVIDER, names.CACHED),
    ("provider_cost_dollars_total", "What a provider has cost.", _PROVIDER, names.COST),
    ("provider_failures_total", "Failures of a provider.", ("provider", "kind"), names.PROVIDER_FAILURES),
    ("request_failures_total", "Requests that were refused.", ("kind",), names.FAILURES),
    ("coalesced_total", "Requests that shared another one's answer.", (), names.COALESCED),
    ("packed_total", "Requests that shared a call with others.", (), names.PACKED),
    ("slow_requests_total", "Requests that took longer than monitor.slow_ms.", (), names.SLOW),
    ("cpu_seconds_total", "Processor time.", (), names.CPU_S),
)
_GAUGES: Final = (
    ("cache_entries", "Entries in a tier.", _TIER, names.ENTRIES),
    ("cache_bytes", "Bytes in a tier.", _TIER, names.BYTES),
    ("queue_depth", "What waits in a queue.", ("queue",), names.DEPTH),
    ("resident_memory_bytes", "Memory of all processes.", (), names.RSS_BYTES),
    ("processes", "Processes that run.", (), names.PROCESSES),
)


def _samples(values: Mapping[Key, float], name: str, labels: tuple[str, ...]) -> list[Sample]:
    found = sorted((key[1:], value) for key, value in values.items() if key[0] == name and len(key) == len(labels) + 1)
    return [(dict(zip(labels, key, strict=True)), value) for key, value in found]


def _summary(name: str, help_: str, label: str, histograms: Mapping[str, Histogram]) -> Iterator[str]:
    if not histograms:
        return
    full = f"glossator_{name}"
    yield from _head(full, "summary", help_)
    for of in ordered(histograms):
        one, labels = histograms[of], {label: of}
        for share in QUANTILES:
            yield _line(full, labels | {"quantile": f"{share:g}"}, one.quantile(share) / 1e6)
        yield _line(f"{full}_sum", labels, one.total / 1e6)
        yield _line(f"{full}_count", labels, one.count)


def _family(name: str, kind: str, help_: str, samples: Iterable[Sample]) -> Iterator[str]:
    samples = list(samples)
    if samples:
        yield from _head(f"glossator_{name}", kind, help_)
        yield from (_line(f"glossator_{name}", labels, value) for labels, value in samples)


def _head(name: str, kind: str, help_: str) -> tuple[str, str]:
    return f"# HELP {name} {help_}", f"# TYPE {name} {kind}"


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{shown}}} {value!r}" if shown else f"{name} {value!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
