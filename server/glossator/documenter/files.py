"""Whole files, from bytes to bytes: what the command line runs, in processes of its own where there is much to do."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from glossator.config import Settings
from glossator.docstring.check import wants_documentation
from glossator.documenter.conventions import conventions
from glossator.documenter.findings import Memory, check, says_its_base, stale, undocumented
from glossator.engine.answers import Answer
from glossator.engine.edit import prove_file
from glossator.engine.pipeline import Job, Surroundings, compose, is_embedded, proven, renew, repair
from glossator.engine.subjects import Previous, no_previous
from glossator.errors import SourceError
from glossator.model import Action, Draft, Finding, SourceEdit
from glossator.monitor import Measured, names
from glossator.syntax.changes import changed_since, earlier_sources
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document, Encoding, decode
from glossator.syntax.symbols import Outline
from glossator.workspace.index import Index, Neighbourhood

if TYPE_CHECKING:
    from glossator.engine.prompts import Framing
    from glossator.engine.requests import Request, Want, Wanting

MISSING = ("missing", "all")
STALE = ("stale", "all")
PLAIN = ("embedded",)


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How `document_bytes` and `check_bytes` treat a file; `index` is that of its project.

    With `previous`, an earlier text of the file (empty: there was none), only symbols that changed since are meant.
    `answers` are what a provider said, by symbol; fields without an answer are the embedded provider's.
    """

    settings: Settings
    style: str = "auto"
    only: str = "missing"
    symbols: tuple[str, ...] = ()
    index: Index = field(default_factory=Index)
    previous: bytes | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)


class DraftSummary(NamedTuple):
    """What became of one symbol of a file; `line` is 1-based. A tuple, since processes send many of them.

    `digest` is that of a new or repaired docstring's content, "" where nothing is new.
    """

    name: str
    kind: str
    line: int
    action: str
    origin: str
    quality: int
    error: str = ""
    origins: tuple[tuple[str, str], ...] = ()  # the label of each new field, and where its text is from
    digest: str = ""


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """A documented file: its new bytes (None: unchanged), why it was left alone, its symbols, and what that took.

    `edits` make the new text of the old one; their spans are those of the text, in UTF-8 and without BOM.
    """

    path: str
    raw: bytes | None = None
    error: str = ""
    drafts: tuple[DraftSummary, ...] = ()
    edits: tuple[SourceEdit, ...] = ()
    measured: Measured = field(default_factory=Measured, compare=False, repr=False)


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
    """The findings of a file, how many of its public symbols are documented, and what looking took."""

    path: str
    error: str = ""
    findings: tuple[PlacedFinding, ...] = ()
    public: int = 0
    documented: int = 0
    measured: Measured = field(default_factory=Measured, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FileWork:
    """What is to be done in a file: the paths of the symbols that are documented, repaired, and written anew."""

    job: Job
    encoding: Encoding
    named: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    measured: Measured = field(default_factory=Measured, compare=False, repr=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.missing, *self.plain, *self.stale)

    def drafts(self) -> list[Draft]:
        """The drafts of all of them; nothing is proven yet."""
        drafts = [compose(self.job, one) for one in self.missing]
        drafts += [repair(self.job, one) for one in self.stale]
        return drafts + [renew(self.job, one) for one in self.plain]

    def wants(self, wanting: Wanting) -> Iterator[Want]:
        """What has to be filled for these symbols by somebody."""
        made = [wanting.new(one) for one in (*self.missing, *self.plain)]
        made += [wanting.repair(one) for one in self.stale]
        return (one for one in made if one is not None)

    def outcome(self) -> FileOutcome:
        """What becomes of the file with the job's answers; all that can be proven harmless is in it."""
        document = self.job.reader.outline.document
        try:
            drafts = self.drafts()
            for draft in drafts:
                self.measured.observe_all(draft.timings_us)
            started = perf_counter()
            after, drafts, edits = _proven_together(document, drafts) if drafts else (document, drafts, ())
            self.measured.since(names.PROOF, started)
            changed = self.encoding.encode(after.text) if after.text != document.text else None
        except SourceError as error:
            return FileOutcome(document.uri, error=str(error), measured=self.measured)
        done = {draft.symbol.path for draft in drafts}
        kept = _kept(self.job.reader.outline, done, self.named)
        summaries = (*map(_summary, drafts), *kept)
        edits = edits if changed is not None else ()
        return FileOutcome(document.uri, changed, drafts=summaries, edits=edits, measured=self.measured)


def document_bytes(raw: bytes, path: str, options: FileOptions) -> FileOutcome:
    """Document a whole file: bytes in, bytes out. Pure: equal arguments give equal outcomes.

    A file that cannot be decoded, parsed or proven harmless is left alone, with an error. An edit that alone cannot be
    proven takes only its own symbol out.
    """
    try:
        document, encoding = document_in(raw, path)
        measured = _parsed(document)
        outline = Outline(document)
        work = _work(outline, options, encoding)
    except SourceError as error:
        return FileOutcome(path, error=str(error))
    if work is None:
        return FileOutcome(path, drafts=_kept(outline, (), options.symbols), measured=measured)
    return replace(work, measured=measured).outcome()


def work_in(raw: bytes, path: str, options: FileOptions) -> FileWork | None:
    """What is to be done in a file; None for nothing. Raises SourceError for one that is left alone."""
    document, encoding = document_in(raw, path)
    measured = _parsed(document)
    work = _work(Outline(document), options, encoding)
    return replace(work, measured=measured) if work is not None else None


def requests_of(raw: bytes, path: str, options: FileOptions, framing: Framing) -> tuple[Request, ...]:
    """What a provider is asked so that `document_bytes` can use its answers; nothing for a file that is left alone."""
    from glossator.engine.requests import Asked, Wanting, request_of

    try:
        work = work_in(raw, path, options)
    except SourceError:
        return ()
    wants = work.wants(Wanting(work.job, Asked(is_small=framing.is_small))) if work is not None else ()
    return tuple(request_of(work.job, want, framing) for want in wants) if work is not None else ()


def document_in(raw: bytes, path: str) -> tuple[Document, Encoding]:
    """The document in a file. Raises SourceError for one that is not worked on."""
    text, encoding = decode(raw)
    document = Document(path, text)
    if document.declined:
        raise SourceError(f"not worked on, since it {document.declined}")
    return document, encoding


def _parsed(document: Document) -> Measured:
    """Parse a document now, so that no other stage is charged for it."""
    measured, started = Measured(), perf_counter()
    document.root  # noqa: B018 - parsed when it is asked for
    measured.since(names.PARSE, started)
    return measured


def _work(outline: Outline, options: FileOptions, encoding: Encoding) -> FileWork | None:
    """What is to be done; None where that is nothing, which costs no look at the file's conventions."""
    about, reader = options.index.about(outline.document.uri), ContextReader(outline)
    previous = _previous(outline, options)
    missing, repairable = _wanted(reader, options, about, previous)
    is_plain = options.only in PLAIN and any(symbol.docstring is not None for symbol in outline.symbols)
    if not missing and not repairable and not is_plain:
        return None
    job = job_of(reader, options, encoding, previous)
    plain = _plain(job, options) if is_plain else ()
    return FileWork(job, encoding, options.symbols, missing, repairable, plain)


def job_of(reader: ContextReader, options: FileOptions, encoding: Encoding, previous: Previous = no_previous) -> Job:
    """What the symbols of a file share: its conventions, and what its project says."""
    settings = options.settings if options.style == "auto" else replace(options.settings, style=options.style)
    about = options.index.about(reader.outline.document.uri)
    found = conventions(reader.outline, settings, about)
    surroundings = Surroundings(found.words, about)
    return Job(
        reader, settings, found.style, found.quotes, encoding.name, surroundings, previous, answers=options.answers
    )


def _plain(job: Job, options: FileOptions) -> tuple[str, ...]:
    """The paths of the symbols whose docstrings are what the embedded provider writes."""
    outline = job.reader.outline
    meant = options.symbols or _meant(outline, options)
    return tuple(path for path in outline.entries if path in meant and is_embedded(job, path))


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


def _proven_together(document: Document, drafts: list[Draft]) -> tuple[Document, list[Draft], tuple[SourceEdit, ...]]:
    """The document after all edits, and these; where they cannot be proven together, after those that can be alone."""
    edits = _edits(drafts)
    if not edits:
        return document, drafts, ()
    try:
        return prove_file(document, edits), drafts, edits
    except SourceError:
        sound = [proven(document, draft) for draft in drafts]
        edits = _edits(sound)
        return prove_file(document, edits), sound, edits


def _edits(drafts: list[Draft]) -> tuple[SourceEdit, ...]:
    return tuple(draft.edit for draft in drafts if draft.edit is not None)


def _summary(draft: Draft) -> DraftSummary:
    symbol = draft.symbol
    what = (symbol.path, symbol.kind.value, symbol.line + 1)
    origins = tuple((key.label, origin) for key, origin in draft.origins.items())
    digest = digest_of(draft.text) if origins else ""
    return DraftSummary(*what, draft.action.value, draft.origin, draft.quality, draft.error, origins, digest)


def digest_of(content: str) -> str:
    """A digest of a docstring's content, by which it is known again; blanks around it do not count."""
    return hashlib.blake2b(content.strip().encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


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
    measured, started = _parsed(document), perf_counter()
    outline, about = Outline(document), options.index.about(path)
    meant = _meant(outline, options)
    reader = ContextReader(outline)
    found = check(reader, options.settings, about, Memory(previous=_previous(outline, options)))
    findings = [finding for finding in found if finding.symbol in meant]
    wanted = [symbol for symbol in outline.symbols if symbol.path in meant and wants_documentation(symbol)]
    documented = sum(symbol.docstring is not None for symbol in wanted)
    public = [one for one in wanted if one.docstring or not says_its_base(reader, one.path, options.settings, about)]
    measured.since(names.CHECK, started)
    placed = tuple(_placed(document, one) for one in findings)
    return CheckOutcome(path, "", placed, len(public), documented, measured)


def _placed(document: Document, finding: Finding) -> PlacedFinding:
    line, column = document.position(finding.span.start, "utf-32")
    end_line, end_column = document.position(finding.span.end, "utf-32")
    place = (line + 1, column + 1, end_line + 1, end_column + 1)
    return PlacedFinding(finding.code, finding.message, finding.symbol, *place, finding.severity.value, finding.fixable)
