"""Attributes of a class: undocumented (GLS231), not there (232), of another type (204).

A class whose fields stand in its body (dataclasses, enumerations and their like) and whose docstring has attributes is
taken to name them all. An attribute does not exist where its name stands nowhere in the class; of a class with bases
that are not known, nothing is said.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from glossator.docstring.check.parameters import result_type_faults
from glossator.docstring.check.subject import Add, Fault, Remove, Rename, Subject
from glossator.docstring.check.types import contradicts
from glossator.docstring.styles import Entry
from glossator.model import Attribute, ClassFacts, FieldKey, FieldKind, SymbolKind

FORMS_WITH_FIELDS = ("dataclass", "attrs", "namedtuple", "typeddict", "enum")
# Bases that give a class no attributes which people document.
_PLAIN_BASES = frozenset(
    "object ABC Protocol Generic NamedTuple TypedDict Enum IntEnum StrEnum Flag IntFlag Exception ValueError TypeError "
    "RuntimeError KeyError LookupError OSError".split()
)
_DYNAMIC = ("__getattr__", "__getattribute__", "__slots__", "__setattr__")


def attribute_faults(subject: Subject) -> Iterator[Fault]:
    """Faults of the attributes in a class's docstring."""
    owner = subject.owner
    entries = subject.entries(FieldKind.ATTRIBUTE)
    if owner is None or subject.symbol.kind is not SymbolKind.CLASS or not entries:
        return
    documented = {entry.name for entry in (*entries, *subject.entries(FieldKind.PARAMETER))}
    stale = [one for one in entries if one.name.isidentifier() and _is_gone(subject, owner, one.name)]
    fresh = [one for one in shown_fields(owner) if one.name not in documented] if subject.is_decided else []
    before = subject.code.renamed()
    places = _places(subject, owner)
    left = {one.name: one for one in fresh}
    for entry in stale:
        new = before.get(entry.name) or _in_its_place(subject, entry, places.get(entry), left)
        if left.pop(new, None) is not None:
            message = f"attribute `{entry.name}` does not exist; it is `{new}` now"
            yield Fault("GLS232", message, entry.name_span, Rename(entry, new))
        else:
            yield Fault("GLS232", f"attribute `{entry.name}` does not exist", entry.name_span, Remove(entry))
    for one in left.values():
        key = FieldKey(FieldKind.ATTRIBUTE, one.name)
        yield Fault(
            "GLS231", f"attribute `{one.name}` is not documented", subject.place_of(FieldKind.ATTRIBUTE), Add(key)
        )
    fields = {one.name: one for one in owner.fields}
    for entry in entries:
        if entry.name in fields:
            yield from result_type_faults(subject, entry, fields[entry.name].annotation)


def shown_fields(owner: ClassFacts) -> tuple[Attribute, ...]:
    """The public fields that a class's documentation names: those with an annotation, in an enumeration all."""
    if owner.form not in FORMS_WITH_FIELDS:
        return ()
    return tuple(
        field
        for field in owner.fields
        if not field.name.startswith("_")
        and (field.annotation or owner.form == "enum")
        and "ClassVar" not in field.annotation
    )


def _places(subject: Subject, owner: ClassFacts) -> Mapping[Entry, Attribute]:
    """The fields that stand in the class where entries stand in the docstring; empty where there are more of one."""
    entries, fields = subject.entries(FieldKind.ATTRIBUTE), shown_fields(owner)
    return dict(zip(entries, fields, strict=True)) if len(entries) == len(fields) else {}


def _in_its_place(subject: Subject, entry: Entry, field: Attribute | None, left: Container[str]) -> str:
    """The name of the field in an entry's place, if that has no entry and the types agree; else ""."""
    if field is None or field.name not in left:
        return ""
    said = subject.text[slice(*entry.type)] if entry.type is not None else ""
    return "" if contradicts(said, field.annotation) else field.name


def _is_gone(subject: Subject, owner: ClassFacts, name: str) -> bool:
    """Whether an attribute exists nowhere: its name does not stand in the class, and nothing else could give it."""
    if subject.code.holds(name) or any(subject.code.holds(one) for one in _DYNAMIC):
        return False
    return all(base.partition("[")[0].rpartition(".")[2] in _PLAIN_BASES for base in owner.bases)
