"""What a provider is asked for one symbol: the fields that its draft will need, with a prompt for them.

A request holds no source but what the prompt shows, so it can be kept, sent to another process, and outlive the text
that it came from: `path` and `fingerprint` say for which symbol of which state its answer is meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from glossator.engine.pipeline import QUOTES, Job, as_asked, repair, room_of
from glossator.engine.plan import plan
from glossator.engine.prompts import Framing, Question, Subject, question
from glossator.engine.repair import FaultId
from glossator.model import Facts, FieldKey, FieldKind
from glossator.providers import embedded
from glossator.syntax.fingerprint import fingerprint
from glossator.syntax.symbols import Entry


@dataclass(frozen=True, slots=True)
class Request:
    """The fields of one symbol that a provider is to fill; `ours` holds the embedded provider's texts for them."""

    file: str
    path: str
    fingerprint: str
    question: Question
    ours: Mapping[FieldKey, str]
    facts: Facts
    room: int
    language: str = "en"
    is_small: bool = False  # the model that is asked


def request_for_new(job: Job, path: str, framing: Framing) -> Request | None:
    """The request for a symbol that gets a new docstring; None where it has no place for one."""
    entry = job.reader.outline.entry(path)
    if entry is None or entry.symbol.place is None:
        return None
    context = job.surroundings.around(job.reader.context(path))
    return _request(job, entry, plan(context, job.settings, job.style).fields, room_of(job, entry.symbol), framing)


def request_for_repair(job: Job, path: str, framing: Framing, only: FaultId | None = None) -> Request | None:
    """The request for the new fields of a repaired docstring or mended fault; None where the facts fill them."""
    entry = job.reader.outline.entry(path)
    added = tuple(repair(job, path, only).origins) if entry is not None else ()
    if entry is None or not added:
        return None
    facts = job.reader.facts(entry)
    return _request(
        job, entry, tuple(as_asked(key, facts) for key in added), job.settings.line_length - 2 * QUOTES, framing
    )


def _request(job: Job, entry: Entry, keys: tuple[FieldKey, ...], room: int, framing: Framing) -> Request | None:
    document = job.reader.outline.document
    context = job.surroundings.around(job.reader.context(entry.path))
    asked = tuple(key for key in keys if not _is_ours(key, context.facts, framing))
    if not asked:
        return None
    ours = embedded.describe(context, asked, room)
    return Request(
        document.uri,
        entry.path,
        fingerprint(entry.node, document.text).hex(),
        question(Subject(job.reader, entry, context, asked, room, job.surroundings.neighbours.links), framing),
        {key: ours[key] for key in asked},
        context.facts,
        room,
        framing.language,
        framing.is_small,
    )


def _is_ours(key: FieldKey, facts: Facts, framing: Framing) -> bool:
    """Whether a model is not asked for a field: for what the facts prove, and for what nobody could check.

    Of 69 results that a model of half a billion parameters described, 19 were not what the function returns.
    """
    if framing.is_small and key.kind in (FieldKind.RETURNS, FieldKind.YIELDS, FieldKind.RAISE):
        return True
    return key.kind is FieldKind.DESCRIPTION or embedded.is_proven(key, facts)
