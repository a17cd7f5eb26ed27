"""Whole files with what the cache has: which symbols need nobody to be asked, and the questions for the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from glossator.cache.tiers import Found, Lookup
from glossator.documenter.files import FileOptions, FileOutcome, FileWork, document_bytes, work_in
from glossator.engine.answers import Answer
from glossator.engine.prompts import Framing
from glossator.engine.recalled import Names, Recalled, lookup_of, recalled
from glossator.engine.requests import Asked, Request, Want, Wanting, names_of, request_of
from glossator.errors import SourceError

_DAY_S: Final = 86_400

Find = Callable[[Sequence[Lookup]], Sequence[Found]]


def today() -> int:
    """Days since 1970-01-01."""
    return int(time.time()) // _DAY_S


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file after a look into the cache.

    `outcome` is what becomes of it without asking anybody; None where somebody has to be, and then `lookups` are for
    all that is wanted. `unasked` counts the symbols that never need a provider, `known` those that the cache knows,
    `degraded` those among them that a provider could not fill.
    """

    outcome: FileOutcome | None
    lookups: tuple[Lookup, ...] = ()
    unasked: int = 0
    known: int = 0
    degraded: int = 0


@dataclass(frozen=True, slots=True)
class Asking:
    """What is known of a file's symbols, by their paths, and a request for each of which something is missing."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    requests: tuple[Request, ...] = ()
    new: tuple[tuple[Want, Answer], ...] = ()  # known from the shared server alone: worth keeping here


def prepared(raw: bytes, path: str, options: FileOptions, asked: Asked, find: Find) -> Prepared:
    """Look up what a file needs; documented, if nobody has to be asked. Pure but for `find`."""
    try:
        work = work_in(raw, path, options)
    except SourceError as error:
        return Prepared(FileOutcome(path, error=str(error)))
    if work is None:
        return Prepared(document_bytes(raw, path, options))
    wants = tuple(work.wants(Wanting(work.job, asked)))
    lookups = tuple(map(lookup_of, wants))
    known = _known(work, wants, find(lookups) if lookups else ())
    answers = {path: answer_of(one) for path, one in known.items() if one.is_complete}
    unasked, degraded = len(work.paths) - len(wants), sum(one.is_degraded for one in answers.values())
    if len(answers) < len(wants):
        return Prepared(None, lookups, unasked, len(answers), degraded)
    outcome = replace(work, job=replace(work.job, answers=answers)).outcome()
    return Prepared(outcome, (), unasked, len(answers), degraded)


def asking(
    raw: bytes, path: str, options: FileOptions, who: tuple[Asked, Framing], found: Mapping[bytes, Found]
) -> Asking:
    """What is to be asked for a file, and by what prompts; `found` is what the cache has, by the keys of whole docs."""
    try:
        work = work_in(raw, path, options)
    except SourceError:
        return Asking()
    if work is None:
        return Asking()
    wants = tuple(work.wants(Wanting(work.job, who[0])))
    known = _known(work, wants, [found.get(want.keys.whole.key, Found()) for want in wants])
    complete = {want.path: known[want.path] for want in wants if known[want.path].is_complete}
    answers = {path: answer_of(one) for path, one in complete.items()}
    requests = (request_of(work.job, want, who[1], known[want.path]) for want in wants if want.path not in complete)
    new = ((want, answers[want.path]) for want in wants if want.path in complete and known[want.path].is_new)
    return Asking(answers, tuple(requests), tuple(new))


def _known(work: FileWork, wants: Sequence[Want], found: Sequence[Found]) -> dict[str, Recalled]:
    """What the cache has for each want, as far as it is true for the code as it is."""

    def names(want: Want) -> Names:
        return Names(lambda: names_of(work.job, want))

    return {want.path: recalled(want, one, names(want), today()) for want, one in zip(wants, found, strict=True)}


def answer_of(known: Recalled) -> Answer:
    """What is known, as an answer that cost nothing."""
    return Answer(known.texts, known.origins, known.refused, said=known.said)
