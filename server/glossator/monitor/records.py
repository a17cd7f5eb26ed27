"""A snapshot as bytes, and back: JSON with numbers and names alone, of which nothing is believed when it is read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from glossator.monitor.histogram import TOP, Histogram
from glossator.monitor.measured import Key
from glossator.monitor.snapshot import Snapshot

VERSION: Final = 1
MAX_BYTES: Final = 1 << 20
_MAX_NAMES: Final = 2_000
_MAX_LENGTH: Final = 100
_MOST: Final = 1e18


class Unreadable(Exception):
    """These bytes are no record of ours."""


@dataclass(frozen=True, slots=True)
class Record:
    """A snapshot in a file. `folded` names the files whose numbers are in it, so that they count once."""

    snapshot: Snapshot
    is_ended: bool = False
    folded: tuple[str, ...] = ()


def to_bytes(record: Record) -> bytes:
    """The record as it lies in a file."""
    snapshot = record.snapshot
    table = {
        "version": VERSION,
        "since": snapshot.since,
        "ended": record.is_ended,
        "folded": record.folded,
        "stages": _histograms_out(snapshot.stages),
        "requests": _histograms_out(snapshot.requests),
        "counts": [[_shown(key), count] for key, count in snapshot.counts.items()],
        "gauges": [[_shown(key), value] for key, value in snapshot.gauges.items()],
    }
    return json.dumps(table, separators=(",", ":")).encode("ascii")


def from_bytes(raw: bytes) -> Record:
    """The record in a file; raises Unreadable for anything that we cannot have written."""
    try:
        table = json.loads(raw) if len(raw) <= MAX_BYTES else None
        if not isinstance(table, dict) or table.get("version") != VERSION:
            raise Unreadable("another version's, or no record")
        snapshot = Snapshot(
            _histograms_in(table["stages"]),
            _histograms_in(table["requests"]),
            _values(table["counts"]),
            _values(table["gauges"]),
            None if table["since"] is None else _number(table["since"]),
        )
        return Record(snapshot, table["ended"] is True, tuple(map(_name, _few(table["folded"]))))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from error


def _histograms_out(histograms: Mapping[str, Histogram]) -> dict[str, Any]:
    return {name: [one.total, sorted(one.buckets.items())] for name, one in histograms.items()}


def _histograms_in(table: Any) -> dict[str, Histogram]:
    found = {}
    for name, (total, buckets) in _few(table).items():
        counts = [(_integer(bucket, TOP), _integer(count, _MOST)) for bucket, count in _few(buckets)]
        found[_name(name)] = Histogram(counts, _number(total))
    return found


def _shown(key: Key) -> list[str]:
    """A key as it is written: a provider may be called anything."""
    return [part if _is_name(part) else "other" for part in key]


def _values(pairs: Any) -> dict[Key, float]:
    return {tuple(map(_name, key)): _number(value) for key, value in _few(pairs) if 0 < len(key) <= 3}


def _few(values: Any) -> Any:
    if len(values) > _MAX_NAMES:
        raise ValueError("too many")
    return values


def _name(value: Any) -> str:
    if _is_name(value):
        return value
    raise ValueError("no name")


def _is_name(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _MAX_LENGTH and value.isprintable()


def _number(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST:
        return float(value)
    raise ValueError("no number that we count to")


def _integer(value: Any, most: float) -> int:
    number = _number(value)
    if number > most or not math.floor(number) == number:
        raise ValueError("no number that we count to")
    return int(number)
