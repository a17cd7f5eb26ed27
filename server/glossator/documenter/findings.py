"""The findings of a document: what is missing, wrong, or written wrongly, less what the code says to leave alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from glossator.config import Settings
from glossator.docstring.check import is_wanted, missing, missing_attributes
from glossator.docstring.check.missing import ATTRIBUTE_CODE
from glossator.engine.subjects import Previous, inherited_faults, no_previous
from glossator.engine.verdicts import Verdicts
from glossator.model import ClassFacts, Finding
from glossator.syntax.context import ContextReader
from glossator.syntax.symbols import Entry
from glossator.workspace.index import Neighbourhood

OF_THE_SIGNATURE = ("GLS201", "GLS202")


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known from before: verdicts on docstrings, and the last versions of definitions."""

    verdicts: Verdicts = field(default_factory=Verdicts)
    previous: Previous = no_previous


def check(
    reader: ContextReader, settings: Settings, about: Neighbourhood, memory: Memory | None = None
) -> tuple[Finding, ...]:
    """What is missing or wrong in a document: first what is missing, each in the order of the symbols."""
    return (*_missing(reader, settings, about), *_wrong(reader, settings, memory or Memory()))


def _missing(reader: ContextReader, settings: Settings, about: Neighbourhood) -> Iterator[Finding]:
    for finding in missing(reader.outline.symbols, settings.select, settings.ignore):
        is_hidden = reader.suppressions.hides(finding.symbol, finding.code)
        if not is_hidden and not says_its_base(reader, finding.symbol, settings, about):
            yield finding
    if is_wanted(ATTRIBUTE_CODE, settings.select, settings.ignore):
        yield from _missing_attributes(reader)


def _missing_attributes(reader: ContextReader) -> Iterator[Finding]:
    for entry in reader.outline.entries.values():
        facts = reader.facts(entry) if entry.is_class and not entry.node.has_error else None
        if isinstance(facts, ClassFacts) and not reader.suppressions.hides(entry.path, ATTRIBUTE_CODE):
            yield from missing_attributes(entry.symbol, facts)


def _wrong(reader: ContextReader, settings: Settings, memory: Memory) -> Iterator[Finding]:
    for entry in reader.outline.entries.values():
        yield from wrong_at(reader, entry, settings, memory)


def wrong_at(reader: ContextReader, entry: Entry, settings: Settings, memory: Memory) -> Iterator[Finding]:
    """What is wrong with one docstring; nothing while the code is half typed, which shows functions for methods."""
    if reader.outline.document.root.has_error:
        return
    for finding in memory.verdicts.findings(reader, entry, memory.previous):
        is_hidden = reader.suppressions.hides(finding.symbol, finding.code)
        if not is_hidden and is_wanted(finding.code, settings.select, settings.ignore):
            yield finding


def undocumented(reader: ContextReader, settings: Settings, about: Neighbourhood) -> tuple[str, ...]:
    """The paths of the public symbols without documentation but with a place for it, in source order.

    Of the selected codes only GLS1xx count: whoever checks for stale documentation alone still gets missing one
    written.
    """
    select = tuple(code for code in settings.select if code.startswith("GLS1"))
    found = (one for one in missing(reader.outline.symbols, select, settings.ignore) if one.fixable)
    shown = (one.symbol for one in found if not reader.suppressions.hides(one.symbol, one.code))
    return tuple(path for path in shown if not says_its_base(reader, path, settings, about))


def stale(reader: ContextReader, settings: Settings, memory: Memory | None = None) -> tuple[str, ...]:
    """The paths of the documented symbols that a repair can mend, in source order."""
    found = _wrong(reader, settings, memory or Memory())
    return tuple(dict.fromkeys(one.symbol for one in found if one.fixable))


def says_its_base(reader: ContextReader, path: str, settings: Settings, about: Neighbourhood) -> bool:
    """Whether a method needs no documentation, since that of the one that it overrides holds for it."""
    owner, _, name = path.rpartition(".")
    base = about.base_of(owner, name) if settings.inherit else None
    if base is None:
        return False
    return not any(fault.code.startswith(OF_THE_SIGNATURE) for fault in inherited_faults(reader, path, base.text))
