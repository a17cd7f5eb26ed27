"""The public API and composition root: what the editor and the command line ask for, and nothing else knows how to do.

- `outline(document)`: what can be documented, and where it stands;
- `check(document)`: findings;
- `drafts(request)`: docs with proven edits, one symbol at a time; `document` is the same for callers on a loop;
- `document_bytes(...)`: a whole file, from bytes to bytes; pure, so that worker processes can run it.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from glossator.config import Settings
from glossator.docstring.check import as_finding, faults, is_wanted, missing, wants_documentation
from glossator.docstring.literal import content_of
from glossator.docstring.styles import Style, detect, may_be_styled
from glossator.engine.edit import prove_definition, prove_file
from glossator.engine.pipeline import Job, Surroundings, compose, repair
from glossator.engine.subjects import subjects
from glossator.engine.words import Words, words
from glossator.errors import SourceError, Superseded
from glossator.model import Action, Draft, Finding, Symbol
from glossator.syntax.changes import changed_since
from glossator.syntax.context import ContextReader, FactsMemo
from glossator.syntax.document import Document, decode
from glossator.syntax.fingerprint import fingerprint
from glossator.syntax.symbols import Outline
from glossator.workspace.index import Index, Neighbourhood

SLICE_S = 0.005
MISSING = ("missing", "all")
STALE = ("stale", "all")
DRIVE = re.compile(r"/[A-Za-z]:/")


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a file writes its docstrings: the style, the triple quotes, and what it says about parameters."""

    style: Style
    quotes: str
    words: Words = field(default_factory=Words)


@dataclass(frozen=True, slots=True)
class DocRequest:
    """What to document: the symbols at `paths`, or, for None, all public ones without documentation.

    `conventions` None means the file's own, found by looking at every symbol of it (7 ms for 300 of them): an editor
    keeps those that it found when the typing paused last.
    """

    document: Document
    paths: tuple[str, ...] | None = None
    conventions: Conventions | None = None


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


class Knowledge(Protocol):
    """What projects say about their files: an index, or many."""

    def about(self, path: str) -> Neighbourhood:
        """What the project of the file at a path says about it."""


@dataclass(slots=True)
class Documenter:
    """Everything Glossator can do with a document. Owns the memo of facts, and the outline that was asked for last.

    `index` says what the documents' projects say about them.
    """

    settings: Settings
    index: Knowledge = field(default_factory=Index)
    _memo: FactsMemo = field(default_factory=FactsMemo)
    _last: Outline | None = None

    def outline(self, document: Document) -> Outline:
        """The symbols of a snapshot; cheap, since levels are read when they are looked at."""
        if self._last is None or self._last.document is not document:
            self._last = Outline(document)
        return self._last

    def conventions(self, outline: Outline) -> Conventions:
        """How a document writes its docstrings, where the settings leave that to it."""
        return conventions(outline, self.settings, self._about(outline.document))

    def fingerprint(self, outline: Outline, symbol: Symbol) -> str:
        """A hexadecimal digest of what the symbol means (layout, comments and docstrings do not count)."""
        entry = outline.entry(symbol.path)
        if entry is None:
            raise Superseded(f"{symbol.path} is not in the document any more")
        return fingerprint(entry.node, outline.document.text).hex()

    def docstring_digest(self, outline: Outline, symbol: Symbol) -> str:
        """A digest of the symbol's docstring as it stands; "" where there is none."""
        if symbol.docstring is None:
            return ""
        start, end = symbol.docstring.span
        return hashlib.blake2b(outline.document.text[start:end], digest_size=8).hexdigest()

    def missing(self, outline: Outline) -> tuple[str, ...]:
        """The paths of the public symbols that have no documentation and a place for it, in source order."""
        return undocumented(outline, self.settings, self._about(outline.document))

    def check(self, document: Document) -> tuple[Finding, ...]:
        """What is missing or wrong in a document."""
        if document.declined:
            return ()
        return check(ContextReader(self.outline(document), self._memo), self.settings, self._about(document))

    def _about(self, document: Document) -> Neighbourhood:
        return self.index.about(path_of(document.uri))

    def drafts(self, request: DocRequest) -> Iterator[Draft]:
        """A draft for each symbol of the request, its edit proven harmless, in source order, one at a time.

        Raises KeyError for a path that is not in the document.
        """
        for draft in self.previews(request):
            yield _proven(request.document, draft)

    def previews(self, request: DocRequest) -> Iterator[Draft]:
        """Drafts to be shown: as `drafts`, but nothing is proven, so their edits must not be applied."""
        if request.document.declined:
            raise SourceError(f"{request.document.uri}: not worked on, since it {request.document.declined}")
        outline = self.outline(request.document)
        found = request.conventions or self.conventions(outline)
        surroundings = Surroundings(found.words, self._about(request.document))
        job = Job(
            ContextReader(outline, self._memo), self.settings, found.style, found.quotes, surroundings=surroundings
        )
        for path in self.missing(outline) if request.paths is None else request.paths:
            yield compose(job, path)

    async def document(self, request: DocRequest) -> tuple[Draft, ...]:
        """All drafts of a request; gives way to other work every few milliseconds."""
        import asyncio  # here: the command line starts without it

        found: list[Draft] = []
        started = time.monotonic()
        for draft in self.drafts(request):
            found.append(draft)
            if time.monotonic() - started > SLICE_S:
                await asyncio.sleep(0)
                started = time.monotonic()
        return tuple(found)


def _proven(document: Document, draft: Draft) -> Draft:
    if draft.edit is None:
        return draft
    try:
        prove_definition(document, draft.symbol, draft.edit)
    except SourceError as error:
        return replace(draft, action=Action.FAILED, edit=None, error=str(error))
    return draft


def path_of(uri: str) -> str:
    """The path of a document; a name that is no file's address stands for itself."""
    if not uri.startswith("file:"):
        return uri
    # Not url2pathname: with it comes an HTTP client, 10 ms of each start.
    path = unquote(urlsplit(uri).path)
    return path[1:] if DRIVE.match(path) else path


def check(reader: ContextReader, settings: Settings, about: Neighbourhood) -> tuple[Finding, ...]:
    """What is missing or wrong in a document."""
    found = missing(reader.outline.symbols, settings.select, settings.ignore)
    wrong = [
        as_finding(fault, subject)
        for subject in subjects(reader)
        for fault in faults(subject)
        if is_wanted(fault.code, settings.select, settings.ignore)
    ]
    return (*(finding for finding in found if not _says_its_base(finding.symbol, settings, about)), *wrong)


def _says_its_base(path: str, settings: Settings, about: Neighbourhood) -> bool:
    """Whether a method needs no documentation, since that of the one that it overrides holds for it."""
    owner, _, name = path.rpartition(".")
    return settings.inherit and about.base_of(owner, name) is not None


def conventions(outline: Outline, settings: Settings, about: Neighbourhood) -> Conventions:
    """How a document writes its docstrings.

    The style is the configured one; for "auto" that of most docstrings of the document, else of the project, else
    that which the project's tools are set to, else google.
    """
    styles: Counter[Style] = Counter()
    quotes: Counter[str] = Counter()
    for symbol in outline.symbols:
        if symbol.docstring is not None:
            quotes[symbol.docstring.quotes[:1]] += 1
            may_tell = settings.style == "auto" and may_be_styled(symbol.docstring.text)
            style = detect(content_of(symbol.docstring).text) if may_tell else None
            if style is not None:
                styles[style] += 1
    chosen = settings.style if settings.style != "auto" else about.style or settings.convention or Style.GOOGLE.value
    style = styles.most_common(1)[0][0] if styles else Style(chosen)
    return Conventions(style, "'''" if quotes["'"] > quotes['"'] else '"""', words(outline) if quotes else Words())


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
    missing_paths, stale_paths = _wanted(outline, options, about)
    if not missing_paths and not stale_paths:
        return FileOutcome(path, drafts=_kept(outline, ()))
    found = conventions(outline, settings, about)
    surroundings = Surroundings(found.words, about)
    job = Job(ContextReader(outline), settings, found.style, found.quotes, encoding.name, surroundings)
    repairs = [repair(job, one) for one in stale_paths]
    drafts = [compose(job, one) for one in missing_paths]
    drafts += [draft for draft in repairs if draft.action is not Action.KEPT]
    try:
        after, drafts = _proven_together(document, drafts)
        changed = encoding.encode(after.text) if after is not document else None
    except SourceError as error:
        return FileOutcome(path, error=str(error))
    done = {draft.symbol.path for draft in drafts}
    return FileOutcome(path, changed, drafts=tuple(_summary(draft) for draft in drafts) + _kept(outline, done))


def _wanted(outline: Outline, options: FileOptions, about: Neighbourhood) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The symbols to be documented, and those whose docstrings are to be looked at for what is stale."""
    missing_: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    if options.only in MISSING:
        missing_ = undocumented(outline, options.settings, about)
    if options.only in STALE:
        stale = tuple(symbol.path for symbol in outline.symbols if symbol.docstring is not None)
    if options.symbols:
        named = tuple(path for path in options.symbols if outline.find(path) is not None)
        missing_ = tuple(path for path in named if path not in stale) if options.only in MISSING else ()
        stale = tuple(path for path in named if path in stale)
        return missing_, stale
    meant = _meant(outline, options)
    return tuple(path for path in missing_ if path in meant), tuple(path for path in stale if path in meant)


def _meant(outline: Outline, options: FileOptions) -> Container[str]:
    """The paths of the symbols that changed since the text to compare with; without one, of all."""
    return outline.entries if options.previous is None else changed_since(outline, options.previous)


def undocumented(outline: Outline, settings: Settings, about: Neighbourhood) -> tuple[str, ...]:
    """The paths of the public symbols without documentation but with a place for it, in source order.

    Of the selected codes only GLS1xx count: whoever checks for stale documentation alone still gets missing one
    written.
    """
    select = tuple(code for code in settings.select if code.startswith("GLS1"))
    found = missing(outline.symbols, select, settings.ignore)
    fixable = (finding.symbol for finding in found if finding.fixable)
    return tuple(path for path in fixable if not _says_its_base(path, settings, about))


def _proven_together(document: Document, drafts: list[Draft]) -> tuple[Document, list[Draft]]:
    """The document after all edits; where these cannot be proven together, after those that can be alone."""
    edits = [draft.edit for draft in drafts if draft.edit is not None]
    if not edits:
        return document, drafts
    try:
        return prove_file(document, edits), drafts
    except SourceError:
        sound = [_proven(document, draft) for draft in drafts]
        edits = [draft.edit for draft in sound if draft.edit is not None]
        return prove_file(document, edits), sound


def _summary(draft: Draft) -> DraftSummary:
    symbol = draft.symbol
    what = (symbol.path, symbol.kind.value, symbol.line + 1)
    return DraftSummary(*what, draft.action.value, draft.origin, draft.quality, draft.error)


def _kept(outline: Outline, done: Container[str]) -> tuple[DraftSummary, ...]:
    documented = (symbol for symbol in outline.symbols if symbol.docstring is not None)
    return tuple(_summary(Draft(symbol, Action.KEPT)) for symbol in documented if symbol.path not in done)


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
    found = check(ContextReader(outline), options.settings, about)
    findings = [finding for finding in found if finding.symbol in meant]
    wanted = [symbol for symbol in outline.symbols if symbol.path in meant and wants_documentation(symbol)]
    documented = sum(symbol.docstring is not None for symbol in wanted)
    public = [one for one in wanted if one.docstring or not _says_its_base(one.path, options.settings, about)]
    return CheckOutcome(path, "", tuple(_placed(document, one) for one in findings), len(public), documented)


def _placed(document: Document, finding: Finding) -> PlacedFinding:
    line, column = document.position(finding.span.start, "utf-32")
    end_line, end_column = document.position(finding.span.end, "utf-32")
    place = (line + 1, column + 1, end_line + 1, end_column + 1)
    return PlacedFinding(finding.code, finding.message, finding.symbol, *place, finding.severity.value, finding.fixable)
