"""Whole files, from bytes to bytes: what the command line runs, in processes of its own where there is much to do."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from glossator.config import Settings
from glossator.docstring.check import wants_documentation
from glossator.documenter.conventions import conventions
from glossator.documenter.findings import Memory, check, says_its_base, stale, undocumented
from glossator.engine.edit import prove_file
from glossator.engine.pipeline import Job, Surroundings, compose, proven, repair
from glossator.engine.subjects import Previous, no_previous
from glossator.errors import SourceError
from glossator.model import Action, Draft, Finding
from glossator.syntax.changes import changed_since, earlier_sources
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document, decode
from glossator.syntax.symbols import Outline
from glossator.workspace.index import Index, Neighbourhood

MISSING = ("missing", "all")
STALE = ("stale", "all")


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How `document_bytes` and `check_bytes` treat a file; `index` is that of its project.

    With `previous`, an earlier text of the file (empty: there was none), only symbols that changed since are meant.
    """

    settings: Settings
    style: str = "auto"
    only: str = "missing"
    symbols: tuple[str, ...] = ()
    index: Index = field(default_factory=Index)
    previous: bytes | None = None


class DraftSummary(NamedTuple):
    """What became of one symbol of a file; `line` is 1-based. A tuple, since processes send many of them."""

    name: str
    kind: str
    line: int
    action: str
    origin: str
    quality: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """A documented file: its new bytes (None: unchanged), why it was left alone, and its symbols."""

    path: str
    raw: bytes | None = None
    error: str = ""
    drafts: tuple[DraftSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding with its place in 1-based lines and columns (characters)."""

    code: str
    message: str
    symbol: str
    line: int
    column: int
    end_line: int
    end_column: int
    severity: str
    fixable: bool


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """The findings of a file, and how many of its public symbols are documented."""

    path: str
    error: str = ""
    findings: tuple[PlacedFinding, ...] = ()
    public: int = 0
    documented: int = 0


def document_bytes(raw: bytes, path: str, options: FileOptions) -> FileOutcome:
    """Document a whole file: bytes in, bytes out. Pure: equal arguments give equal outcomes.

    A file that cannot be decoded, parsed or proven harmless is left alone, with an error. An edit that alone cannot be
    proven takes only its own symbol out.
    """
    try:
        text, encoding = decode(raw)
    except SourceError as error:
        return FileOutcome(path, error=str(error))
    document = Document(path, text)
    if document.declined:
        return FileOutcome(path, error=f"not worked on, since it {document.declined}")
    settings = options.settings if options.style == "auto" else replace(options.settings, style=options.style)
    outline, about = Outline(document), options.index.about(path)
    reader, previous = ContextReader(outline), _previous(outline, options)
    missing, repairable = _wanted(reader, options, about, previous)
    if not missing and not repairable:
        return FileOutcome(path, drafts=_kept(outline, (), options.symbols))
    found = conventions(outline, settings, about)
    surroundings = Surroundings(found.words, about)
    job = Job(reader, settings, found.style, found.quotes, encoding.name, surroundings, previous)
    drafts = [compose(job, one) for one in missing] + [repair(job, one) for one in repairable]
    try:
        after, drafts = _proven_together(document, drafts)
        changed = encoding.encode(after.text) if after.text != document.text else None
    except SourceError as error:
        return FileOutcome(path, error=str(error))
    done = {draft.symbol.path for draft in drafts}
    return FileOutcome(
        path, changed, drafts=tuple(_summary(draft) for draft in drafts) + _kept(outline, done, options.symbols)
    )


def _wanted(
    reader: ContextReader, options: FileOptions, about: Neighbourhood, previous: Previous
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paths of the symbols to be documented, and of those whose docstrings are to be repaired."""
    outline, settings = reader.outline, options.settings
    missing = undocumented(reader, settings, about) if options.only in MISSING else ()
    repairable = stale(reader, settings, Memory(previous=previous)) if options.only in STALE else ()
    if options.symbols:
        named = [symbol for path in options.symbols if (symbol := outline.find(path)) is not None]
        bare = tuple(one.path for one in named if one.docstring is None or options.only == "missing")
        return bare if options.only in MISSING else (), tuple(one.path for one in named if one.path in repairable)
    meant = _meant(outline, options)
    return tuple(path for path in missing if path in meant), tuple(path for path in repairable if path in meant)


def _previous(outline: Outline, options: FileOptions) -> Previous:
    """What the definitions were in the text to compare with."""
    return no_previous if options.previous is None else earlier_sources(outline, options.previous)


def _meant(outline: Outline, options: FileOptions) -> Container[str]:
    """The paths of the symbols that changed since the text to compare with; without one, of all."""
    return outline.entries if options.previous is None else changed_since(outline, options.previous)


def _proven_together(document: Document, drafts: list[Draft]) -> tuple[Document, list[Draft]]:
    """The document after all edits; where these cannot be proven together, after those that can be alone."""
    edits = [draft.edit for draft in drafts if draft.edit is not None]
    if not edits:
        return document, drafts
    try:
        return prove_file(document, edits), drafts
    except SourceError:
        sound = [proven(document, draft) for draft in drafts]
        edits = [draft.edit for draft in sound if draft.edit is not None]
        return prove_file(document, edits), sound


def _summary(draft: Draft) -> DraftSummary:
    symbol = draft.symbol
    what = (symbol.path, symbol.kind.value, symbol.line + 1)
    return DraftSummary(*what, draft.action.value, draft.origin, draft.quality, draft.error)


def _kept(outline: Outline, done: Container[str], named: Container[str]) -> tuple[DraftSummary, ...]:
    """What was left as it is: documented symbols, and those that were named."""
    shown = (symbol for symbol in outline.symbols if symbol.docstring is not None or symbol.path in named)
    return tuple(_summary(Draft(symbol, Action.KEPT)) for symbol in shown if symbol.path not in done)


def check_bytes(raw: bytes, path: str, options: FileOptions) -> CheckOutcome:
    """The findings of a whole file. Pure, like `document_bytes`."""
    try:
        text, _ = decode(raw)
    except SourceError as error:
        return CheckOutcome(path, error=str(error))
    document = Document(path, text)
    if document.declined:
        return CheckOutcome(path, error=f"not worked on, since it {document.declined}")
    outline, about = Outline(document), options.index.about(path)
    meant = _meant(outline, options)
    reader = ContextReader(outline)
    found = check(reader, options.settings, about, Memory(previous=_previous(outline, options)))
    findings = [finding for finding in found if finding.symbol in meant]
    wanted = [symbol for symbol in outline.symbols if symbol.path in meant and wants_documentation(symbol)]
    documented = sum(symbol.docstring is not None for symbol in wanted)
    public = [one for one in wanted if one.docstring or not says_its_base(reader, one.path, options.settings, about)]
    return CheckOutcome(path, "", tuple(_placed(document, one) for one in findings), len(public), documented)


def _placed(document: Document, finding: Finding) -> PlacedFinding:
    line, column = document.position(finding.span.start, "utf-32")
    end_line, end_column = document.position(finding.span.end, "utf-32")
    place = (line + 1, column + 1, end_line + 1, end_column + 1)
    return PlacedFinding(finding.code, finding.message, finding.symbol, *place, finding.severity.value, finding.fixable)
