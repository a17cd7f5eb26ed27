"""What the cache knows of one symbol, and why each field of it is taken or not: for people who want to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from glossator.cache.candidates import Candidate
from glossator.cache.tiers import Found, Lookup
from glossator.documenter.caching import asked_of
from glossator.documenter.reuse import Reuse
from glossator.engine.pipeline import Job
from glossator.engine.prompts import Framing
from glossator.engine.requests import Want, Wanting, request_of
from glossator.engine.similar import why_not
from glossator.model import FieldKey

MISSING = "not in the cache"


class Looking(Protocol):
    """Where the cache is looked into."""

    def __call__(self, lookups: Sequence[Lookup]) -> Sequence[Found]:
        """What there is for each look-up."""

    def similar(self, sketch: bytes) -> Sequence[Candidate]:
        """Entries for code that is like the code with this sketch."""


@dataclass(frozen=True, slots=True)
class Similar:
    """Code that is like the symbol: its path, how alike it is, and why what was said of it is no answer ("": it is)."""

    path: str
    similarity: float
    refusal: str


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
    similar: tuple[Similar, ...] = ()


def cached(job: Job, path: str, find: Looking) -> Cached | None:
    """What `find` finds for a symbol; None where no model is ever asked about it."""
    want = Wanting(job, asked_of(job.settings)).new(path)
    if want is None:
        return None
    reuse = Reuse(job, (want,))
    known = reuse.known(find(reuse.lookups)).get(path)
    traces = known.traces if known is not None else dict.fromkeys(want.fields, MISSING)
    keys = {key: place.key.hex() for key, place in want.keys.fields.items()}
    is_complete = known is not None and known.is_complete
    similar = () if is_complete else tuple(_similar(job, want, find))
    return Cached(want.keys.whole.key.hex(), keys, traces, is_complete, similar)


def _similar(job: Job, want: Want, find: Looking) -> Iterator[Similar]:
    """The candidates among similar code, and what speaks against each."""
    request = request_of(job, want, Framing(str))  # its prompt goes nowhere
    for candidate in find.similar(request.likeness.sketch):
        yield Similar(candidate.entry.path, round(candidate.near.similarity, 3), why_not(request, candidate))
