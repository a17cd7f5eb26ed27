"""The way of one request, step by step (ARCHITECTURE.md, "One request"): from a symbol's path to a proven edit.

Steps 4 to 6 and 8 (cache, coalesce, schedule, store) join here with the providers that need them; the embedded provider
answers from the facts within microseconds.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from glossator.config import Settings
from glossator.docstring.check import Fault, is_wanted
from glossator.docstring.literal import Layout, content_of, literal
from glossator.docstring.quality import quality
from glossator.docstring.repair import Material, margin_of, source_of
from glossator.docstring.styles import Style, detect, parse, render
from glossator.engine.edit import docstring_edit, line_end_at, prove_definition
from glossator.engine.plan import plan, type_of
from glossator.engine.repair import FaultId, identity, order_of, repaired
from glossator.engine.subjects import Previous, no_previous, subject_of
from glossator.engine.words import Words, described
from glossator.errors import SourceError
from glossator.model import (
    Action,
    ClassFacts,
    Context,
    Doc,
    DocField,
    Draft,
    Facts,
    FieldKey,
    FieldKind,
    SourceEdit,
    Symbol,
)
from glossator.providers import embedded
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document

ORIGIN = "embedded"
TEMPLATE = "template"  # what follows from the facts without a word of prose
QUOTES = 3


class Neighbours(Protocol):
    """What other files of the project say about a document's symbols."""

    @property
    def described(self) -> Mapping[str, str]:
        """The project's descriptions of parameters, by name."""

    def base_of(self, owner: str, method: str) -> tuple[str, str] | None:
        """The class whose documented method a method overrides, and the documentation."""


class Alone:
    """The neighbours of a document that has none."""

    described: Mapping[str, str] = MappingProxyType({})

    def base_of(self, owner: str, method: str) -> tuple[str, str] | None:
        """Nothing is overridden."""
        return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a document and its project say about its symbols, beyond the facts."""

    words: Words = field(default_factory=Words)
    neighbours: Neighbours = field(default_factory=Alone)

    def around(self, context: Context) -> Context:
        """A context with the documentation that it overrides, and what is said about parameters like its own."""
        owner, _, name = context.path.rpartition(".")
        base, text = self.neighbours.base_of(owner, name) or ("", "")
        others = [self.neighbours.described]
        if text:
            style = detect(text)
            fields = parse(text, style).doc.parameters if style is not None else ()
            others.insert(0, {one.name.lstrip("*"): one.description for one in fields})
        found = described(context, self.words, others) if self.words.said or any(others) else {}
        return replace(context, base=base, base_doc=text, described=found) if base or found else context


@dataclass(frozen=True, slots=True)
class Job:
    """What all symbols of one request share."""

    reader: ContextReader
    settings: Settings
    style: Style
    quotes: str = '"""'
    encoding: str = "utf-8"
    surroundings: Surroundings = field(default_factory=Surroundings)
    previous: Previous = no_previous

    def wants(self, path: str, code: str) -> bool:
        """Whether findings of a code are mended at a symbol."""
        is_hidden = self.reader.suppressions.hides(path, code)
        return not is_hidden and is_wanted(code, self.settings.select, self.settings.ignore)


class Clock:
    """Microseconds of each step of one request."""

    __slots__ = ("_last", "steps_us")

    def __init__(self) -> None:
        """Start now."""
        self._last = time.perf_counter()
        self.steps_us: dict[str, float] = {}

    def lap(self, step: str) -> None:
        """End a step."""
        now = time.perf_counter()
        self.steps_us[step] = (now - self._last) * 1e6
        self._last = now


def compose(job: Job, path: str) -> Draft:
    """The draft of one undocumented symbol with its edit, which is not proven yet.

    A symbol that has documentation is kept; one without a place for a docstring fails. Raises KeyError for an unknown
    path.
    """
    entry = job.reader.outline.entry(path)  # 1 find
    if entry is None:
        raise KeyError(path)
    symbol = entry.symbol
    if symbol.docstring is not None:
        return Draft(symbol, Action.KEPT)
    if symbol.place is None:
        return Draft(symbol, Action.FAILED, error="its header or body cannot be parsed; correct the syntax first")
    clock = Clock()
    context = job.surroundings.around(job.reader.context(path))  # 2 context
    clock.lap("context")
    steps = plan(context, job.settings, job.style)  # 3 plan
    clock.lap("plan")
    texts = _texts(context, steps.fields, job.settings.line_length - _columns(symbol.place.indent))
    doc = steps.filled(texts)
    clock.lap("provide")
    try:
        text, edit = _written(job, symbol, doc)  # 9 edit
    except SourceError as error:
        return Draft(symbol, Action.FAILED, doc, error=str(error))
    clock.lap("edit")
    score = quality(doc, context.facts).score
    clock.lap("quality")
    return Draft(symbol, Action.ADDED, doc, text, edit, ORIGIN, score, timings_us=clock.steps_us)


def repair(job: Job, path: str, only: FaultId | None = None) -> Draft:
    """The draft of one documented symbol whose docstring is not true any more, with its edit, not proven yet.

    One that is true is kept. `only` names the one fault that is to be mended; None: all. Raises KeyError for an
    unknown path.
    """
    entry = job.reader.outline.entry(path)  # 1 find
    if entry is None:
        raise KeyError(path)
    symbol = entry.symbol
    subject = subject_of(job.reader, entry, job.previous)
    if subject is None or symbol.docstring is None or job.reader.outline.document.root.has_error:
        return Draft(symbol, Action.KEPT)
    clock = Clock()
    document = job.reader.outline.document
    columns = _columns(margin_of(symbol.docstring.text))
    material = Material(
        order=order_of(subject),
        width=job.settings.line_length - columns,
        eol=line_end_at(document, symbol.docstring.span.start),
        encoding=job.encoding,
    )

    def describe(keys: tuple[FieldKey, ...]) -> Mapping[FieldKey, DocField]:
        context = job.surroundings.around(job.reader.context(path))  # 2 context
        facts = context.facts
        asked = {key: _as_asked(key, facts) for key in keys}
        texts = _texts(context, tuple(asked.values()), material.width)
        return {key: DocField(key.name, texts[one], type_of(one, facts)) for key, one in asked.items()}

    def wanted(fault: Fault) -> bool:
        return identity(fault) == only if only is not None else job.wants(path, fault.code)

    result = repaired(subject, wanted, material, describe)
    clock.lap("repair")
    if not result.mended:
        errors = "; ".join(f"{fault.code} could not be mended in place" for fault in result.left)
        return Draft(symbol, Action.FAILED if errors else Action.KEPT, error=errors)
    edit = docstring_edit(document, symbol, source_of(result.docstring))  # 9 edit
    clock.lap("edit")
    text = content_of(result.docstring).text
    doc = parse(text, subject.style).doc if subject.style is not None else subject.reading.doc
    origins = dict.fromkeys(result.added, ORIGIN)
    score = quality(doc, job.reader.facts(entry)).score
    origin = ORIGIN if origins else TEMPLATE
    return Draft(symbol, Action.REPAIRED, doc, text, edit, origin, score, origins=origins, timings_us=clock.steps_us)


def proven(document: Document, draft: Draft) -> Draft:
    """A draft whose edit is proven harmless within its definition; failed, and without edit, where it is not."""
    if draft.edit is None:
        return draft
    try:
        prove_definition(document, draft.symbol, draft.edit)
    except SourceError as error:
        return replace(draft, action=Action.FAILED, edit=None, error=str(error))
    return draft


def _as_asked(key: FieldKey, facts: Facts) -> FieldKey:
    """The field that a provider describes: where `__init__` is made of the fields of a class, an attribute's."""
    is_field = key.kind is FieldKind.PARAMETER and isinstance(facts, ClassFacts) and facts.init is None
    return FieldKey(FieldKind.ATTRIBUTE, key.name) if is_field else key


def _texts(context: Context, fields: tuple[FieldKey, ...], width: int) -> Mapping[FieldKey, str]:
    return embedded.describe(context, fields, room=width - 2 * QUOTES)


def _written(job: Job, symbol: Symbol, doc: Doc) -> tuple[str, SourceEdit]:
    """A doc as text in the job's style, and the edit that puts it into the source."""
    document = job.reader.outline.document
    place = symbol.place
    assert place is not None
    content = render(doc, job.style, job.settings.line_length - _columns(place.indent))
    layout = Layout(
        indent=place.indent,
        quotes=job.quotes,
        eol=line_end_at(document, place.offset),
        width=job.settings.line_length,
        encoding=job.encoding,
    )
    return content, docstring_edit(document, symbol, literal(content, layout))


def _columns(indent: str) -> int:
    """Columns that an indentation takes; a tab counts as formatters count it, to the next multiple of eight."""
    return len(indent.expandtabs(8))
