"""What a monitor knows at one moment: frozen, and several of them add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from glossator.monitor.histogram import Histogram
from glossator.monitor.measured import Key


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Histograms of microseconds by stage and by an editor's request, counts and gauges, and since when (Unix time).

    Nobody changes the histograms of a snapshot.
    """

    stages: Mapping[str, Histogram] = field(default_factory=dict)
    requests: Mapping[str, Histogram] = field(default_factory=dict)
    counts: Mapping[Key, float] = field(default_factory=dict)
    gauges: Mapping[Key, float] = field(default_factory=dict)
    since: float | None = None

    def ended(self) -> Snapshot:
        """What stays of a process that has ended: it holds nothing any more."""
        return replace(self, gauges={})

    def after(self, earlier: Snapshot) -> Snapshot:
        """What has been measured since an earlier snapshot of the same process; gauges are as they are now."""
        return replace(
            self,
            stages=_later(self.stages, earlier.stages),
            requests=_later(self.requests, earlier.requests),
            counts={
                key: rest for key, count in self.counts.items() if (rest := count - earlier.counts.get(key, 0.0)) > 0
            },
        )

    def has_more_than(self, earlier: Snapshot, *aside: str) -> bool:
        """Whether any stage was observed since, but for those named."""
        return any(name not in aside for name in _later(self.stages, earlier.stages))

    def count(self, name: str, *labels: str) -> float:
        """A count; 0 where nothing was counted."""
        return self.counts.get((name, *labels), 0.0)

    def gauge(self, name: str, *labels: str) -> float:
        """A gauge; 0 where there is none."""
        return self.gauges.get((name, *labels), 0.0)

    def labels(self, name: str) -> list[str]:
        """The first labels that something is counted by, in order."""
        return sorted({key[1] for key in self.counts if key[0] == name and len(key) > 1})


def merged(snapshots: Iterable[Snapshot]) -> Snapshot:
    """All of them together; gauges add up, too: memory, entries, what waits in queues."""
    stages: dict[str, Histogram] = {}
    requests: dict[str, Histogram] = {}
    counts: dict[Key, float] = {}
    gauges: dict[Key, float] = {}
    since = None
    for one in snapshots:
        _add(stages, one.stages)
        _add(requests, one.requests)
        for into, found in ((counts, one.counts), (gauges, one.gauges)):
            for key, value in found.items():
                into[key] = into.get(key, 0.0) + value
        since = min((moment for moment in (since, one.since) if moment is not None), default=None)
    return Snapshot(stages, requests, counts, gauges, since)


def _add(into: dict[str, Histogram], found: Mapping[str, Histogram]) -> None:
    for name, histogram in found.items():
        if name in into:
            into[name].add(histogram)
        else:
            into[name] = histogram.copy()


def _later(now: Mapping[str, Histogram], before: Mapping[str, Histogram]) -> dict[str, Histogram]:
    found = {name: one.since(before[name]) if name in before else one for name, one in now.items()}
    return {name: one for name, one in found.items() if one.buckets}
