"""The repair of one docstring: what is not true any more is mended, field by field; all else stays as it is.

Each fix is made alone, and the docstring is read and checked again before the next: what the first fix made true needs
no second one, and a docstring is done when the check finds nothing fixable in it. New fields get their text from a
provider; everything else follows from the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from glossator.docstring.check import Fault, Subject, faults, is_fixable
from glossator.docstring.check.subject import Add, Order, Remove, Rename, Replace, Turn
from glossator.docstring.literal import content_of
from glossator.docstring.repair import Material, mended
from glossator.docstring.styles import parse
from glossator.model import DocField, Docstring, FieldKey

# Names first, since neighbours show who is who. What is missing is added before anything is taken out, so that its
# section is still there.
FIRST_TO_LAST = (Rename, Replace, Turn, Add, Remove, Order)

FaultId = tuple[str, str]
"""The code and the message of a fault."""

Describe = Callable[[tuple[FieldKey, ...]], Mapping[FieldKey, DocField]]
"""Fields for keys, described by a provider."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A docstring after its repair, the codes of what was mended, and the keys of the fields that are new.

    `left` are fixable faults that could not be mended in place.
    """

    docstring: Docstring
    mended: tuple[str, ...] = ()
    added: tuple[FieldKey, ...] = ()
    left: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Work:
    subject: Subject
    wanted: Callable[[Fault], bool]
    current: tuple[Fault, ...]
    first: Mapping[str, Fault]
    codes: list[str] = field(default_factory=list)
    keys: list[FieldKey] = field(default_factory=list)
    left: list[Fault] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def open_faults(self) -> list[Fault]:
        """The fixable faults that were not given up, in the order in which they are mended."""
        given_up = set(map(identity, self.left))
        found = [self._as_first_seen(one) for one in self.current if is_fixable(one, self.subject)]
        shown = (one for one in found if one is not None and self.wanted(one) and identity(one) not in given_up)
        return sorted(shown, key=lambda fault: FIRST_TO_LAST.index(type(fault.fix)))

    def _as_first_seen(self, fault: Fault) -> Fault | None:
        """A fault with the fix that it had before anything was mended: neighbours that changed since show nothing.

        What only another fix made look wrong is not taken out: these are the user's words.
        """
        first = self.first.get(_matter(fault))
        if isinstance(fault.fix, Remove) and first is None:
            return None
        if isinstance(fault.fix, Rename) and first is not None and isinstance(first.fix, Remove):
            return fault._replace(fix=Remove(fault.fix.entry))
        return fault


def identity(fault: Fault) -> FaultId:
    """What tells a fault from others of the docstring, wherever it stands."""
    return fault.code, fault.message


def repaired(subject: Subject, wanted: Callable[[Fault], bool], material: Material, describe: Describe) -> Repaired:
    """The subject's docstring after its repair; `wanted` says which faults are to be mended."""
    found = faults(subject)
    work = _Work(subject, wanted, found, {_matter(fault): fault for fault in found})
    fields: dict[FieldKey, DocField] = {}
    while left := work.open_faults():
        keys = tuple(key for fault in left for key in _keys(fault) if key not in fields)
        fields |= describe(keys) if keys else {}
        _mend(work, left[0], replace(material, fields=fields))
    docstring = work.subject.symbol.docstring
    assert docstring is not None
    return Repaired(docstring, tuple(work.codes), tuple(work.keys), tuple(work.left))


def _mend(work: _Work, fault: Fault, material: Material) -> None:
    """Mend one fault; one that is still there after its fix is given up, and so is one that leads back."""
    assert fault.fix is not None
    docstring = mended(work.subject, fault.fix, material)
    if docstring is None or docstring.text in work.seen:
        work.left.append(fault)
        return
    after = with_docstring(work.subject, docstring)
    left = faults(after)
    # Several entries may have the same fault: one fewer is enough.
    if not after.is_read or _count(left, fault) >= _count(work.current, fault):
        work.left.append(fault)
        return
    work.seen.add(docstring.text)
    work.subject, work.current = after, left
    work.codes.append(fault.code)
    work.keys.extend(_keys(fault))


def _matter(fault: Fault) -> str:
    """What a fault is about, without the advice behind it."""
    return fault.message.partition(";")[0]


def _count(found: Sequence[Fault], fault: Fault) -> int:
    return sum(identity(one) == identity(fault) for one in found)


def _keys(fault: Fault) -> tuple[FieldKey, ...]:
    """The fields that a fix needs words for."""
    return (fault.fix.key,) if isinstance(fault.fix, Add | Turn) else ()


def with_docstring(subject: Subject, docstring: Docstring) -> Subject:
    """A subject as it would be read with another docstring."""
    content = content_of(docstring)
    reading = parse(content.text, subject.style) if subject.style is not None else subject.reading
    return replace(subject, symbol=replace(subject.symbol, docstring=docstring), content=content, reading=reading)


def order_of(subject: Subject) -> tuple[str, ...]:
    """The names of parameters and attributes in the order of the facts."""
    function = subject.function
    names = [one.starred for one in function.parameters] if function is not None else []
    fields = [one.name for one in subject.owner.fields] if subject.owner is not None else []
    return tuple(dict.fromkeys([*names, *fields]))
