"""Whole files with what the cache has: which symbols need nobody to be asked, and the questions for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

from glossator.cache.tiers import Found, Lookup
from glossator.documenter.files import FileOptions, FileOutcome, FileWork, document_bytes, work_in
from glossator.documenter.reuse import Reuse, complete
from glossator.engine.answers import Answer
from glossator.engine.prompts import Framing
from glossator.engine.requests import Asked, Request, Want, Wanting
from glossator.errors import SourceError
from glossator.monitor import Measured, names

Find = Callable[[Sequence[Lookup]], Sequence[Found]]


@dataclass(frozen=True, slots=True)
class Asking:
    """What is known of a file's symbols, by their paths, and a request for each of which something is missing."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    requests: tuple[Request, ...] = ()
    new: tuple[tuple[Want, Answer], ...] = ()  # known from the shared server alone: worth keeping here


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file after a look into the cache.

    `outcome` is what becomes of it without asking anybody; None where somebody has to be, and then `lookups` are for
    all that is wanted, or `asking` has what is asked, and `measured` what looking took. `unasked` counts the symbols
    that never need a provider, `known` those that the cache knows, `degraded` those among them that a provider could
    not fill.
    """

    outcome: FileOutcome | None
    lookups: tuple[Lookup, ...] = ()
    unasked: int = 0
    known: int = 0
    degraded: int = 0
    asking: Asking | None = None
    measured: Measured = field(default_factory=Measured, compare=False, repr=False)


def prepared(raw: bytes, path: str, options: FileOptions, who: tuple[Asked, Framing | None], find: Find) -> Prepared:
    """Look up what a file needs; documented, if nobody has to be asked. Pure but for `find`.

    With a framing, what has to be asked comes with it: for those who look nowhere else.
    """
    try:
        work = work_in(raw, path, options)
    except SourceError as error:
        return Prepared(FileOutcome(path, error=str(error)))
    if work is None:
        return Prepared(document_bytes(raw, path, options))
    found = asked_in(work, who, find)
    if found.asking is None or found.asking.requests:
        return found
    outcome = replace(work, job=replace(work.job, answers=found.asking.answers)).outcome()
    return replace(found, outcome=outcome, asking=None, measured=Measured())


def asked_in(work: FileWork, who: tuple[Asked, Framing | None], find: Find) -> Prepared:
    """What a look-up knows of all that is to be done in a file; what is left to be asked is in it with a framing."""
    asked, framing = who
    reuse = _reuse(work, asked)
    lookups = reuse.lookups
    known = reuse.known(_looked_up(work, find, lookups)) if lookups else {}
    answers = complete(known)
    counts = len(work.paths) - len(lookups), len(answers), sum(one.is_degraded for one in answers.values())
    if len(answers) == len(lookups):
        return Prepared(None, (), *counts, Asking(answers), work.measured)
    if framing is None:
        return Prepared(None, lookups, *counts, measured=work.measured)
    return Prepared(None, (), *counts, Asking(answers, tuple(reuse.requests(known, framing))), work.measured)


def _looked_up(work: FileWork, find: Find, lookups: Sequence[Lookup]) -> Sequence[Found]:
    """What the disk has. It counts where that is all that is needed: else the file is looked up once more."""
    started = perf_counter()
    found = find(lookups)
    work.measured.since(names.L3, started)
    for one, lookup in zip(found, lookups, strict=True):
        work.measured.count(names.MISSES if one.lacks(lookup) else names.HITS, names.L3)
    return found


def asking(
    raw: bytes, path: str, options: FileOptions, who: tuple[Asked, Framing], found: Mapping[bytes, Found]
) -> Asking:
    """What is to be asked for a file, and by what prompts; `found` is what the cache has, by the keys of whole docs."""
    asked, framing = who
    try:
        work = work_in(raw, path, options)
    except SourceError:
        work = None
    if work is None:
        return Asking()
    reuse = _reuse(work, asked)
    known = reuse.known([found.get(lookup.whole, Found()) for lookup in reuse.lookups])
    answers = complete(known)
    new = ((one, answers[one.path]) for one in reuse.wants if one.path in answers and known[one.path].is_new)
    return Asking(answers, tuple(reuse.requests(known, framing)), tuple(new))


def _reuse(work: FileWork, asked: Asked) -> Reuse:
    return Reuse(work.job, tuple(work.wants(Wanting(work.job, asked))), work.measured)
