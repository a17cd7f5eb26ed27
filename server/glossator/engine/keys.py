"""Cache keys: what each field of a documentation depends on, and nothing else.

Of all: the natural language, and the profile (who is asked, by name and model, and the version of the prompts). Never:
style, place in the file, layout, comments, names of locals, the docstring that is there, what people or models wrote
elsewhere. `slices` are normal forms, in which none of these are.

| field | depends on |
|---|---|
| summary of a function | all of its code; the class around it: name and bases; what it calls |
| parameter | name and stars; names of function and class; its declaration; statements that mention it; what they call |
| returns, yields | names of function and class; annotation; the statements that return or yield, those that mention |
| | the locals in them, in their order, and those around them; what they call |
| raise | the exception; the statements that raise it, those around them; what they call |
| summary of a class | its header and own statements, `__init__`, and of its other members the headers |
| attribute | its name, the name of its class, the statement that assigns it |
| parameter, raise of a class | as of its `__init__` |
| summary of a module | its statements, and the headers of its definitions |
| a whole doc | what all of its fields depend on, by one key, so that the common case is one look-up |

A function that is called counts by its header and the exceptions that leave it. A statement counts without the blocks
in it (`syntax.slices`).

A text may speak of more than its field depends on: of a name that its slice does not have. It is then kept under the
key of the whole doc alone (`speaks_of_more`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Final

from glossator.cache.base import KEY_SIZE
from glossator.cache.entries import names_outside, slotted
from glossator.engine.pipeline import Job
from glossator.model import ClassFacts, Context, FieldKey, FieldKind, FunctionFacts
from glossator.syntax.calls import Callee, is_bound_in
from glossator.syntax.context import ContextReader
from glossator.syntax.facts import initializer
from glossator.syntax.forms import Form, digests_of
from glossator.syntax.slices import Slice, Slices
from glossator.syntax.symbols import Entry

VERSION: Final = b"2"
"""Changes with every change of what keys are made from."""


@dataclass(frozen=True, slots=True)
class Place:
    """One key, with the names of the code that its texts may take as slots, and the others that they may speak of."""

    key: bytes
    names: tuple[str, ...] = ()
    mentioned: frozenset[str] = frozenset()

    def speaks_of_more(self, text: str) -> bool:
        """Whether a text speaks of names that the key does not stand for."""
        return not names_outside(slotted(text, self.names)) <= self.mentioned


class Places(Mapping[FieldKey, Place]):
    """The keys of some fields, made when the first of them is asked for: who finds the whole doc needs none."""

    def __init__(self, fields: Sequence[FieldKey], place: Callable[[FieldKey], Place]) -> None:
        """Make nothing yet."""
        self._fields = fields
        self._place = place

    @cached_property
    def _places(self) -> Mapping[FieldKey, Place]:
        return {key: self._place(key) for key in self._fields}

    def __getitem__(self, key: FieldKey) -> Place:
        """The key of a field."""
        return self._places[key]

    def __iter__(self) -> Iterator[FieldKey]:
        """The fields."""
        return iter(self._fields)

    def __len__(self) -> int:
        """How many fields there are."""
        return len(self._fields)

    def __reduce__(self) -> tuple[type[dict[FieldKey, Place]], tuple[dict[FieldKey, Place]]]:
        """What is sent to another process: the keys, without what they are made from."""
        return dict, (dict(self),)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one symbol: of the whole doc, and of each field. `exact` is the fingerprint of its code."""

    whole: Place
    fields: Mapping[FieldKey, Place]
    exact: bytes


@dataclass(slots=True)
class Keying:
    """Makes the keys of one document's symbols; what they share is found once."""

    job: Job
    profile: bytes
    _slices: dict[str, Slices] = field(default_factory=dict)
    _called: dict[str, bytes] = field(default_factory=dict)

    def keys(self, path: str, context: Context, fields: Sequence[FieldKey]) -> Keys:
        """The keys of a symbol, for these of its fields. Raises KeyError for an unknown path."""
        entry = self.job.reader.outline.entry(path)
        if entry is None:
            raise KeyError(path)
        form = self.job.reader.forms.form(self.job.reader.outline, entry, lambda: self.slices_of(entry))
        subject = _Subject(self, entry, context)
        return Keys(subject.whole(fields, form), Places(fields, subject.place), form.exact)

    def slices_of(self, entry: Entry) -> Slices:
        """The slices of a definition; a class or module is seen in outline."""
        found = self._slices.get(entry.path)
        if found is None:
            reader, is_outlined = self.job.reader, entry.is_class or entry.owner is None
            known = digests_of(reader.outline.members(entry.path), reader.forms) if is_outlined else None
            found = self._slices[entry.path] = Slices(entry, known)
        return found

    def key(self, kind: bytes, *parts: bytes) -> bytes:
        """A key of all these parts, each with its length before it, so that none can be taken for another."""
        digest = blake2b(digest_size=KEY_SIZE, person=b"glossator key")
        for part in (VERSION, self.profile, self.job.settings.language.encode(), kind, *parts):
            digest.update(b"%d:" % len(part))
            digest.update(part)
        return digest.digest()

    def signature(self, entry: Entry) -> bytes:
        """A digest of what callers see of a function: its header, and the exceptions that leave it."""
        found = self._called.get(entry.path)
        if found is None:
            facts = self.job.reader.facts(entry)
            raised = sorted({one.name for one in facts.raises}) if isinstance(facts, FunctionFacts) else ()
            found = self._called[entry.path] = b"\0".join(
                (self.job.reader.forms.header(entry), *map(str.encode, raised))
            )
        return found


@dataclass(slots=True)
class _Subject:
    """One symbol whose keys are made."""

    keying: Keying
    entry: Entry
    context: Context

    @property
    def slices(self) -> Slices:
        """What single fields depend on; to find them takes a walk over all of the code."""
        return self.keying.slices_of(self.entry)

    def whole(self, fields: Sequence[FieldKey], form: Form) -> Place:
        """The key of the whole doc: of all code, and of the names of fields, which the alpha form is deaf to."""
        names = (f"{key.kind.value} {key.name}" for key in fields)
        about = (self.context.facts.name, *self._owner(), *names)
        parts = (form.alpha, *map(_bytes, about), *self._called(None))
        return Place(self.keying.key(b"whole", *parts), form.names)

    def place(self, key: FieldKey) -> Place:
        """The key of one field."""
        facts = self.context.facts
        init = self._initializer() if isinstance(facts, ClassFacts) else None
        code = self.keying.slices_of(init) if init is not None else self.slices
        owner, bare = self._owner(), key.name.lstrip("*")
        match key.kind:
            case FieldKind.PARAMETER if not isinstance(facts, ClassFacts) or init is not None:
                slice_, about = code.parameter(bare), (key.name, facts.name, *owner[:1])
            case FieldKind.RETURNS:
                slice_, about = code.returned(), (facts.name, *owner[:1])
            case FieldKind.YIELDS:
                slice_, about = code.yielded(), (facts.name, *owner[:1])
            case FieldKind.RAISE:
                slice_, about = code.raised(key.name), (key.name,)
            case FieldKind.ATTRIBUTE | FieldKind.PARAMETER:
                slice_, about = self.slices.attribute(bare), (key.name, facts.name)
            case _:
                slice_, about = self.slices.whole, (facts.name, *owner)
        parts = (slice_.digest, *map(_bytes, about), *self._called(slice_))
        own = {facts.name, bare, *owner[:1]}
        return Place(self.keying.key(key.kind.value.encode(), *parts), slice_.names, slice_.mentioned | own)

    def _owner(self) -> tuple[str, ...]:
        """The class around a symbol: its name and its bases."""
        owner = self.context.owner
        return () if owner is None else (owner.name, *owner.bases)

    def _initializer(self) -> Entry | None:
        """The `__init__` that a class's parameters are those of."""
        facts, outline = self.context.facts, self.keying.job.reader.outline
        if not isinstance(facts, ClassFacts) or facts.init is None:
            return None
        return initializer(outline, self.entry)

    def _called(self, slice_: Slice | None) -> Iterable[bytes]:
        """The functions that are called in a slice, as their callers see them; None: in all of the code."""
        words = None if slice_ is None else {*slice_.mentioned, *slice_.names}
        job = self.keying.job
        for call, callee in job.reader.called(self.entry).items():
            if words is None or call.rpartition(".")[2] in words:
                yield self.keying.signature(callee)
        for call, header in self._foreign(job.reader):
            if words is None or call.rpartition(".")[2] in words:
                yield _bytes("".join(header.header.split()))

    def _foreign(self, reader: ContextReader) -> Iterable[tuple[str, Callee]]:
        """The functions of other files that a symbol calls."""
        called = self.keying.job.surroundings.neighbours.links.called
        for call in reader.calls(self.entry) if called else ():
            if call in called and not is_bound_in(self.entry, call.partition(".")[0]):
                yield call, called[call]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
