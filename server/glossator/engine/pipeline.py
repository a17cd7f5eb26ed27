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
from glossator.config.keys import EMBEDDED
from glossator.docstring.check import Fault, is_wanted
from glossator.docstring.literal import Layout, content_of, literal
from glossator.docstring.quality import quality
from glossator.docstring.repair import Material, literal_of, margin_of
from glossator.docstring.styles import Style, detect, parse, render
from glossator.engine.answers import TEMPLATE, Answer, origin_of
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
from glossator.monitor import names
from glossator.providers import embedded
from glossator.syntax.calls import Links
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document
from glossator.syntax.symbols import Entry

QUOTES = 3


class Neighbours(Protocol):
    """What other files of the project say about a document's symbols."""

    @property
    def described(self) -> Mapping[str, str]:
        """The project's descriptions of parameters, by name."""

    @property
    def links(self) -> Links:
        """What other files call of the document, and it of them."""

    def base_of(self, owner: str, method: str) -> tuple[str, str] | None:
        """The class whose documented method a method overrides, and the documentation."""


class Alone:
    """The neighbours of a document that has none."""

    described: Mapping[str, str] = MappingProxyType({})
    links = Links()

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
    """What all symbols of one request share; `answers` are what a provider said, by the symbol's path."""

    reader: ContextReader
    settings: Settings
    style: Style
    quotes: str = '"""'
    encoding: str = "utf-8"
    surroundings: Surroundings = field(default_factory=Surroundings)
    previous: Previous = no_previous
    answers: Mapping[str, Answer] = field(default_factory=dict)

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
    entry = _found(job, path)
    symbol = entry.symbol
    if symbol.docstring is not None:
        return Draft(symbol, Action.KEPT)
    if symbol.place is None:
        return Draft(symbol, Action.FAILED, error="its header or body cannot be parsed; correct the syntax first")
    return _composed(job, entry)


def new_doc(job: Job, path: str) -> Doc | None:
    """The doc that `compose` would write for an undocumented symbol; None where it would write none.

    Raises KeyError for an unknown path. Cost: half of `compose`, since it is not written into the source.
    """
    entry = _found(job, path)
    if entry.symbol.docstring is not None or entry.symbol.place is None:
        return None
    context = job.surroundings.around(job.reader.context(path))
    steps = plan(context, job.settings, job.style)
    texts, _ = _texts(job, context, steps.fields, room_of(job, entry.symbol))
    return steps.filled(texts)


def _found(job: Job, path: str) -> Entry:
    """The symbol at a path (step 1). Raises KeyError where there is none."""
    entry = job.reader.outline.entry(path)
    if entry is None:
        raise KeyError(path)
    return entry


def _composed(job: Job, entry: Entry) -> Draft:
    """A new docstring for a symbol that has a place for one, whatever stands there."""
    symbol, clock = entry.symbol, Clock()
    context = job.surroundings.around(job.reader.context(entry.path))  # 2 context
    clock.lap(names.CONTEXT)
    steps = plan(context, job.settings, job.style)  # 3 plan
    clock.lap(names.PLAN)
    texts, origins = _texts(job, context, steps.fields, room_of(job, symbol))
    doc = steps.filled(texts)
    clock.lap(names.EMBEDDED)
    try:
        text, edit = _written(job, symbol, doc, clock)  # 9 edit
    except SourceError as error:
        return Draft(symbol, Action.FAILED, doc, error=str(error))
    score = quality(doc, context.facts).score
    clock.lap(names.QUALITY)
    said = {key: origins[key] for key in steps.fields if texts[key]}
    origin = origin_of(said.values())
    return Draft(symbol, Action.ADDED, doc, text, edit, origin, score, origins=said, timings_us=clock.steps_us)


def is_embedded(job: Job, path: str) -> bool:
    """Whether a symbol's docstring is, letter by letter, what the embedded provider would write there.

    What the embedded provider wrote into other symbols counts as somebody's words once it stands there, so the text is
    compared with what it writes with and without such words.
    """
    entry = _found(job, path)
    symbol = entry.symbol
    if symbol.docstring is None or symbol.place is None:
        return False
    start, end = symbol.docstring.span
    source = job.reader.outline.document.slice(start, end)
    alone = replace(job, answers={}, surroundings=replace(job.surroundings, words=Words()))
    tried = (replace(job, answers={}), alone, replace(alone, surroundings=Surroundings()))
    return any((edit := _composed(one, entry).edit) is not None and edit.new_text == source for one in tried)


def renew(job: Job, path: str) -> Draft:
    """The draft of a symbol whose docstring the embedded provider wrote, with what a provider has said since.

    It is kept where nobody said anything. Raises KeyError for an unknown path.
    """
    entry = _found(job, path)
    answer = job.answers.get(path)
    if answer is None or set(answer.origins.values()) <= {EMBEDDED}:
        return Draft(entry.symbol, Action.KEPT)
    return replace(_composed(job, entry), action=Action.REPAIRED)


def repair(job: Job, path: str, only: FaultId | None = None) -> Draft:
    """The draft of one documented symbol whose docstring is not true any more, with its edit, not proven yet.

    One that is true is kept. `only` names the one fault that is to be mended; None: all. Raises KeyError for an
    unknown path.
    """
    entry = _found(job, path)
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

    origins: dict[FieldKey, str] = {}

    def describe(keys: tuple[FieldKey, ...]) -> Mapping[FieldKey, DocField]:
        context = job.surroundings.around(job.reader.context(path))  # 2 context
        facts = context.facts
        asked = {key: as_asked(key, facts) for key in keys}
        texts, said_by = _texts(job, context, tuple(asked.values()), material.width - 2 * QUOTES)
        origins.update({key: said_by[one] for key, one in asked.items()})
        return {key: DocField(key.name, texts[one], type_of(one, facts)) for key, one in asked.items()}

    def wanted(fault: Fault) -> bool:
        return identity(fault) == only if only is not None else job.wants(path, fault.code)

    result = repaired(subject, wanted, material, describe)
    clock.lap(names.REPAIR)
    if not result.mended:
        errors = "; ".join(f"{fault.code} could not be mended in place" for fault in result.left)
        return Draft(symbol, Action.FAILED if errors else Action.KEPT, error=errors)
    edit = docstring_edit(document, symbol, literal_of(result.docstring))  # 9 edit
    clock.lap(names.EDIT)
    text = content_of(result.docstring).text
    doc = parse(text, subject.style).doc if subject.style is not None else subject.reading.doc
    added = {key: origins[key] for key in result.added}
    score = quality(doc, job.reader.facts(entry)).score
    origin = origin_of(added.values())
    return Draft(symbol, Action.REPAIRED, doc, text, edit, origin, score, origins=added, timings_us=clock.steps_us)


def proven(document: Document, draft: Draft) -> Draft:
    """A draft whose edit is proven harmless within its definition; failed, and without edit, where it is not."""
    if draft.edit is None:
        return draft
    clock = Clock()
    try:
        prove_definition(document, draft.symbol, draft.edit)
    except SourceError as error:
        return replace(draft, action=Action.FAILED, edit=None, error=str(error))
    clock.lap(names.PROOF)
    return replace(draft, timings_us={**draft.timings_us, **clock.steps_us})


def as_asked(key: FieldKey, facts: Facts) -> FieldKey:
    """The field that a provider describes: where `__init__` is made of the fields of a class, an attribute's."""
    is_field = key.kind is FieldKind.PARAMETER and isinstance(facts, ClassFacts) and facts.init is None
    return FieldKey(FieldKind.ATTRIBUTE, key.name) if is_field else key


def _texts(
    job: Job, context: Context, keys: tuple[FieldKey, ...], room: int
) -> tuple[dict[FieldKey, str], dict[FieldKey, str]]:
    """A text for each field, and where it is from: a provider's answer where there is one, else embedded."""
    answer = job.answers.get(context.path)
    given = {key: answer.texts[key] for key in keys if key in answer.texts} if answer is not None else {}
    rest = tuple(key for key in keys if key not in given)
    texts = dict(embedded.describe(context, rest, room, given.get(FieldKey(FieldKind.SUMMARY), "")))
    origins = dict.fromkeys(rest, EMBEDDED)
    if rest and job.settings.templates and job.settings.provider != (EMBEDDED,):
        origins |= dict.fromkeys(embedded.template_fields(context, rest), TEMPLATE)
    if answer is not None:
        origins |= {key: answer.origins[key] for key in given}
    return texts | given, origins


def room_of(job: Job, symbol: Symbol) -> int:
    """The columns that a new summary of a symbol may take."""
    assert symbol.place is not None
    return job.settings.line_length - _columns(symbol.place.indent) - 2 * QUOTES


def _written(job: Job, symbol: Symbol, doc: Doc, clock: Clock) -> tuple[str, SourceEdit]:
    """A doc as text in the job's style, and the edit that puts it into the source. Raises SourceError."""
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
    written = literal(content, layout)
    clock.lap(names.RENDER)
    edit = docstring_edit(document, symbol, written)
    clock.lap(names.EDIT)
    return content, edit


def _columns(indent: str) -> int:
    """Columns that an indentation takes; a tab counts as formatters count it, to the next multiple of eight."""
    return len(indent.expandtabs(8))
