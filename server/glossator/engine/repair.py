"""The repair of one docstring: what is not true any more is mended, field by field; all else stays as it is.

After each fix the docstring is read and checked again before the next: what the first fix made true needs no second
one, and a docstring is done when the check finds nothing fixable in it. Fixes of one kind that do not meet are made at
once, as if one by one, so that a docstring with hundreds of faults is not read hundreds of times. New fields get their
text from a provider; everything else follows from the facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from glossator.docstring.check import Fault, Subject, faults, is_fixable
from glossator.docstring.check.subject import Add, Order, Remove, Rename, Replace, Turn
from glossator.docstring.literal import content_of
from glossator.docstring.repair import Material, mended, together
from glossator.docstring.styles import parse
from glossator.model import DocField, Docstring, FieldKey

# Names first, since neighbours show who is who. What is missing is added before anything is taken out, so that its
# section is still there.
FIRST_TO_LAST = (Rename, Replace, Turn, Add, Remove, Order)

MANY = 1 << 16  # fixes at once, to begin with

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
    at_once: int = field(default_factory=lambda: MANY)

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
        _mend(work, _next(work, left), replace(material, fields=fields))
    docstring = work.subject.symbol.docstring
    assert docstring is not None
    return Repaired(docstring, tuple(work.codes), tuple(work.keys), tuple(work.left))


def _next(work: _Work, left: Sequence[Fault]) -> list[Fault]:
    """The first of the faults that are left, and those behind it that can be mended at once with it."""
    kind = type(left[0].fix)
    alike = [one for one in left[: work.at_once] if type(one.fix) is kind]
    return alike[: together(work.subject, [one.fix for one in alike if one.fix is not None])]


def _mend(work: _Work, found: Sequence[Fault], material: Material) -> None:
    """Mend these faults; one that is still there after its fix is given up, and so is one that leads back.

    Where several together fail, fewer are tried.
    """
    docstring = mended(work.subject, [one.fix for one in found if one.fix is not None], material)
    if docstring is not None and docstring.text not in work.seen:
        after = with_docstring(work.subject, docstring)
        left = faults(after)
        if after.is_read and _are_fewer(left, work.current, found):
            work.seen.add(docstring.text)
            work.subject, work.current, work.at_once = after, left, work.at_once * 2
            work.codes.extend(one.code for one in found)
            work.keys.extend(key for one in found for key in _keys(one))
            return
    if len(found) == 1:
        work.left.append(found[0])
    work.at_once = max(len(found) // 2, 1)


def _are_fewer(after: Sequence[Fault], before: Sequence[Fault], mended: Sequence[Fault]) -> bool:
    """Whether each of the mended faults is gone; several entries may have the same one, and others keep it."""
    left, had = Counter(map(identity, after)), Counter(map(identity, before))
    return all(left[one] <= had[one] - count for one, count in Counter(map(identity, mended)).items())


def _matter(fault: Fault) -> str:
    """What a fault is about, without the advice behind it."""
    return fault.message.partition(";")[0]


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
