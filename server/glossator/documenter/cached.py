"""What the cache knows of one symbol, and why each field of it is taken or not: for people who want to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from glossator.cache.tiers import Found, Lookup
from glossator.documenter.caching import asked_of
from glossator.documenter.reuse import Reuse
from glossator.engine.pipeline import Job
from glossator.engine.requests import Wanting
from glossator.model import FieldKey

Find = Callable[[Sequence[Lookup]], Sequence[Found]]
MISSING = "not in the cache"


@dataclass(frozen=True, slots=True)
class Cached:
    """What a look-up finds for a symbol.

    `key` is that of the whole doc, `keys` are those of its fields, in hexadecimal; `traces` say of each field in which
    tier it was found, and whether it is taken or why not.
    """

    key: str
    keys: Mapping[FieldKey, str]
    traces: Mapping[FieldKey, str]
    is_complete: bool = False


def cached(job: Job, path: str, find: Find) -> Cached | None:
    """What `find` finds for a symbol; None where no model is ever asked about it."""
    want = Wanting(job, asked_of(job.settings)).new(path)
    if want is None:
        return None
    reuse = Reuse(job, (want,))
    known = reuse.known(find(reuse.lookups)).get(path)
    traces = known.traces if known is not None else dict.fromkeys(want.ours, MISSING)
    keys = {key: place.key.hex() for key, place in want.keys.fields.items()}
    return Cached(want.keys.whole.key.hex(), keys, traces, known is not None and known.is_complete)
