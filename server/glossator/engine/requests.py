"""What is needed for one symbol, and what a provider is asked for it: the fields of its draft, with a prompt for them.

    Wanting.new, .repair    the fields, their keys, and the embedded provider's texts; cheap
    request_of              with a prompt for those fields that are not known yet

Neither holds any source but what the prompt shows, so they can be kept, sent to another process, and outlive the text
that they came from: `path` and `fingerprint` say for which symbol of which state an answer is meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from glossator.cache.indexes import sketcher, usable
from glossator.docstring.validate import names_in
from glossator.engine.keys import Keying, Keys
from glossator.engine.pipeline import QUOTES, Job, as_asked, repair, room_of
from glossator.engine.plan import plan
from glossator.engine.prompts import Framing, Question, Subject, names_shown, question
from glossator.engine.recalled import NOTHING, Names, Recalled
from glossator.engine.repair import FaultId
from glossator.engine.siblings import UNLIKE, Likeness, words_of
from glossator.model import Context, Facts, FieldKey, FieldKind, FunctionFacts
from glossator.providers import embedded
from glossator.syntax.excerpts import excerpt, owner_outline
from glossator.syntax.tokens import tokens


class Asked(NamedTuple):
    """Who would be asked: the digest of the profile, and whether it is a model of few parameters."""

    profile: bytes = b""
    is_small: bool = False


class Ours(Mapping[FieldKey, str]):
    """The embedded provider's texts for some fields, made when the first of them is asked for."""

    def __init__(self, context: Context, keys: tuple[FieldKey, ...], room: int) -> None:
        """Make nothing yet; `room` is the number of columns that a summary may take."""
        self._context = context
        self._keys = keys
        self._room = room

    @cached_property
    def _texts(self) -> Mapping[FieldKey, str]:
        return embedded.describe(self._context, self._keys, self._room)

    def __getitem__(self, key: FieldKey) -> str:
        """The text for a field."""
        return self._texts[key]

    def __iter__(self) -> Iterator[FieldKey]:
        """The fields."""
        return iter(self._keys)

    def __len__(self) -> int:
        """How many fields there are."""
        return len(self._keys)

    def __reduce__(self) -> tuple[type[dict[FieldKey, str]], tuple[dict[FieldKey, str]]]:
        """What is sent to another process: the texts, without what they are made from."""
        return dict, (dict(self),)


@dataclass(frozen=True, slots=True)
class Want:
    """The fields of one symbol that somebody is to fill; `ours` holds the embedded provider's texts for them.

    Those are made when they are first looked at: where all is known they are not needed. `is_whole` says that these are
    all fields of its documentation that are ever asked for.
    """

    file: str
    path: str
    keys: Keys
    fields: tuple[FieldKey, ...]
    ours: Mapping[FieldKey, str]
    facts: Facts
    room: int
    language: str = "en"
    is_small: bool = False
    is_whole: bool = True
    profile: bytes = b""

    @property
    def fingerprint(self) -> str:
        """What tells whether the symbol still means what it did."""
        return self.keys.exact.hex()

    @property
    def audience(self) -> bytes:
        """Who would be asked, and in which language the answer would be."""
        return b"%s %s" % (self.profile, self.language.encode())


@dataclass(frozen=True, slots=True)
class Request:
    """What a provider is asked for a want: a question about those fields that `recalled` does not have.

    `likeness` is what similar code is found by.
    """

    want: Want
    question: Question
    recalled: Recalled = NOTHING
    likeness: Likeness = UNLIKE

    @property
    def path(self) -> str:
        """The symbol's path."""
        return self.want.path

    @property
    def fingerprint(self) -> str:
        """What tells whether the symbol still means what it did."""
        return self.want.fingerprint

    @property
    def facts(self) -> Facts:
        """What the symbol's code says."""
        return self.want.facts

    @property
    def ours(self) -> Mapping[FieldKey, str]:
        """The embedded provider's texts for all fields that are wanted."""
        return self.want.ours


@dataclass(slots=True)
class Wanting:
    """Finds what is wanted for the symbols of one document."""

    job: Job
    asked: Asked
    _keying: Keying

    def __init__(self, job: Job, asked: Asked) -> None:
        """Nothing is looked at yet."""
        self.job = job
        self.asked = asked
        self._keying = Keying(job, asked.profile)

    def new(self, path: str) -> Want | None:
        """What a new docstring of a symbol needs; None where it has no place for one."""
        job = self.job
        entry = job.reader.outline.entry(path)
        if entry is None or entry.symbol.place is None:
            return None
        context = job.surroundings.around(job.reader.context(path))
        keys = plan(context, job.settings, job.style).fields
        return self._want(context, keys, room_of(job, entry.symbol), is_whole=True)

    def repair(self, path: str, only: FaultId | None = None) -> Want | None:
        """What the new fields of a repaired docstring, or mended fault, need; None where the facts fill them."""
        job = self.job
        entry = job.reader.outline.entry(path)
        added = tuple(repair(job, path, only).origins) if entry is not None else ()
        if entry is None or not added:
            return None
        facts = job.reader.facts(entry)
        keys = tuple(as_asked(key, facts) for key in added)
        context = job.surroundings.around(job.reader.context(path))
        return self._want(context, keys, job.settings.line_length - 2 * QUOTES, is_whole=False)

    def _want(self, context: Context, keys: tuple[FieldKey, ...], room: int, *, is_whole: bool) -> Want | None:
        job, is_small, path = self.job, self.asked.is_small, context.path
        template = embedded.template_fields(context, keys) if job.settings.templates else frozenset()
        asked = tuple(
            key for key in keys if key not in template and not _is_ours(key, context.facts, is_small=is_small)
        )
        if not asked:
            return None
        return Want(
            job.reader.outline.document.uri,
            path,
            self._keying.keys(path, context, asked),
            asked,
            Ours(context, asked, room),
            context.facts,
            room,
            job.settings.language,
            is_small,
            is_whole,
            self.asked.profile,
        )


def request_of(job: Job, want: Want, framing: Framing, recalled: Recalled = NOTHING) -> Request:
    """The request for the fields of a want that are not recalled. Raises KeyError for a path that is not there."""
    missing = tuple(key for key in want.fields if key not in recalled.origins)
    subject = _subject(job, want, missing)
    if subject is None:
        raise KeyError(want.path)
    return Request(want, question(subject, framing), recalled, likeness_of(job, want))


def likeness_of(job: Job, want: Want) -> Likeness:
    """What a function is found by where its keys are not known; classes and modules are like nothing else."""
    entry = job.reader.outline.entry(want.path)
    if entry is None or not isinstance(want.facts, FunctionFacts):
        return UNLIKE
    found = tokens(entry)
    names = (name.decode("utf-8", "replace") for name in found.names)
    literals = (word for one in found.literals for word in words_of(one.decode("utf-8", "replace")))
    parameters = (one.name for one in want.facts.parameters)
    sketch = sketcher(usable(job.settings.cache.index))(found)
    return Likeness(sketch, (*names, *parameters), frozenset(literals))


def names_of(job: Job, want: Want) -> Names:
    """The names that an answer to a want may speak of: those that a question about it would show."""

    def own() -> Collection[str]:
        entry = job.reader.outline.entry(want.path)
        return names_in(excerpt(job.reader.outline, entry), want.path) if entry is not None else ()

    def around() -> Collection[str]:
        entry = job.reader.outline.entry(want.path)
        return names_in(owner_outline(job.reader.outline, entry)) if entry is not None else ()

    def shown() -> Collection[str]:
        subject = _subject(job, want, ())
        return names_shown(subject) if subject is not None else ()

    return Names(own, around, shown)


def _subject(job: Job, want: Want, fields: tuple[FieldKey, ...]) -> Subject | None:
    entry = job.reader.outline.entry(want.path)
    if entry is None:
        return None
    context = job.surroundings.around(job.reader.context(want.path))
    return Subject(job.reader, entry, context, fields, want.room, job.surroundings.neighbours.links)


def request_for_new(job: Job, path: str, framing: Framing) -> Request | None:
    """The request for a symbol that gets a new docstring; None where it has no place for one."""
    want = Wanting(job, Asked(is_small=framing.is_small)).new(path)
    return request_of(job, want, framing) if want is not None else None


def request_for_repair(job: Job, path: str, framing: Framing, only: FaultId | None = None) -> Request | None:
    """The request for the new fields of a repaired docstring or mended fault; None where the facts fill them."""
    want = Wanting(job, Asked(is_small=framing.is_small)).repair(path, only)
    return request_of(job, want, framing) if want is not None else None


def _is_ours(key: FieldKey, facts: Facts, *, is_small: bool) -> bool:
    """Whether a model is not asked for a field: for what the facts prove, and for what nobody could check.

    Of 69 results that a model of half a billion parameters described, 19 were not what the function returns.
    """
    if is_small and key.kind in (FieldKind.RETURNS, FieldKind.YIELDS, FieldKind.RAISE):
        return True
    return key.kind is FieldKind.DESCRIPTION or embedded.is_proven(key, facts)
