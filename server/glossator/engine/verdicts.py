"""What the check says of each docstring, remembered: after an edit only the symbols that it touches are checked again.

A verdict follows from the text of the definition, the form of its owner, the last known version, and from what was
asked about the rest of the module; all of these are remembered with it. One that follows from what other functions
raise is not kept. Places are kept relative to the docstring.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Final, NamedTuple

from glossator.docstring.check import as_finding, faults
from glossator.engine.subjects import Answers, Around, Previous, may_claim, no_previous, subject_of
from glossator.model import Finding, Span
from glossator.syntax.changes import definition_text
from glossator.syntax.context import ContextReader
from glossator.syntax.document import NOTHING
from glossator.syntax.facts import initializer
from glossator.syntax.symbols import Entry, own_level

VERDICT_BYTES: Final = 500  # about what one takes, beside the text that it follows from

Key = tuple[bytes, str, bytes | None]


class Verdict(NamedTuple):
    """The findings of one docstring, and which names were looked for in the code around, with the answers."""

    findings: tuple[Finding, ...]
    asked: Answers
    is_lasting: bool = True  # False: it follows from what other functions do, or from broken code


class Verdicts:
    """The findings of docstrings; the least recently used go first."""

    def __init__(self, size: int | None = None) -> None:
        """Keep at most `size` verdicts; None: all of them, for as long as they are needed."""
        self._size = size
        self._text_bytes = 0
        self._kept: OrderedDict[Key, Verdict] = OrderedDict()

    def findings(self, reader: ContextReader, entry: Entry, previous: Previous = no_previous) -> tuple[Finding, ...]:
        """The findings of an entry's docstring, of all codes; `previous` knows the last version of a definition."""
        docstring = entry.symbol.docstring
        if docstring is None or not may_claim(docstring):
            return ()
        document = entry.document
        if entry.owner is None or document.unread != NOTHING:
            return _verdict(reader, entry, previous).findings
        form = getattr(reader.facts(entry.owner), "form", "") if entry.owner.is_class else "function"
        key = _text(reader, entry), f"{form} {entry.is_nested}", previous(entry.path)
        found = self._kept.get(key)
        if found is None or not Around(entry, no_previous).still_says(found.asked):
            found = _verdict(reader, entry, previous)
            if found.is_lasting:
                self._keep(key, _moved(found, "", -docstring.span.start))
            return found.findings
        self._kept.move_to_end(key)
        return _moved(found, entry.path, docstring.span.start).findings

    def _keep(self, key: Key, verdict: Verdict) -> None:
        self._text_bytes += len(key[0]) * (key not in self._kept)
        self._kept[key] = verdict
        self._kept.move_to_end(key)
        self._shed()

    def __len__(self) -> int:
        """How many verdicts are kept."""
        return len(self._kept)

    @property
    def size_bytes(self) -> int:
        """About what they take."""
        return self._text_bytes + VERDICT_BYTES * len(self._kept)

    def fit(self, size: int) -> None:
        """Keep at most so many from now on; the least recently used go at once."""
        self._size = size
        self._shed()

    def _shed(self) -> None:
        while self._size is not None and len(self._kept) > self._size:
            self._text_bytes -= len(self._kept.popitem(last=False)[0][0])


def _text(reader: ContextReader, entry: Entry) -> bytes:
    """The text that a verdict follows from: a function's own; of a class its own level and its initializer's."""
    if not entry.is_class:
        return entry.document.text[entry.outer.start_byte : entry.node.end_byte]
    span = Span(entry.outer.start_byte, entry.node.end_byte)
    init = initializer(reader.outline, entry)
    return own_level(reader.outline, entry.path, span) + (definition_text(init) if init is not None else b"")


def _verdict(reader: ContextReader, entry: Entry, previous: Previous) -> Verdict:
    subject = subject_of(reader, entry, previous)
    if subject is None:
        return Verdict((), {}, not entry.node.has_error)
    found = tuple(as_finding(fault, subject) for fault in faults(subject))
    is_lasting = subject.function is None or not subject.function.idle
    return Verdict(found, subject.code.asked if isinstance(subject.code, Around) else {}, is_lasting)


def _moved(verdict: Verdict, path: str, by: int) -> Verdict:
    """A verdict for the symbol at a path, whose docstring stands `by` bytes later."""
    if not verdict.findings:
        return verdict
    spans = [Span(one.span.start + by, one.span.end + by) for one in verdict.findings]
    moved = (replace(one, symbol=path, span=span) for one, span in zip(verdict.findings, spans, strict=True))
    return Verdict(tuple(moved), verdict.asked, verdict.is_lasting)
