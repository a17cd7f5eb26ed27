"""An editor's snapshots: outline, findings and drafts of one document at a time, with a memory of what was read."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from glossator.config import Mode, Settings, mode_of
from glossator.documenter.conventions import Conventions, conventions
from glossator.documenter.findings import Memory, check, stale, undocumented, wrong_at
from glossator.engine.answers import Answer
from glossator.engine.history import LastVersions
from glossator.engine.pipeline import Job, Surroundings, compose, proven, repair
from glossator.engine.repair import FaultId
from glossator.engine.verdicts import Verdicts
from glossator.errors import SourceError, Superseded
from glossator.model import Draft, Finding, Symbol
from glossator.monitor import Measured, names
from glossator.syntax.context import ContextReader, FactsMemo
from glossator.syntax.document import Document
from glossator.syntax.fingerprint import fingerprint
from glossator.syntax.symbols import Outline
from glossator.workspace.index import Index, Neighbourhood

if TYPE_CHECKING:
    from glossator.documenter.cached import Looking
    from glossator.documenter.explanation import Explanation
    from glossator.documenter.reuse import Reuse
    from glossator.documenter.view import View
    from glossator.documenter.wishes import Wish
    from glossator.engine.prompts import Framing
    from glossator.engine.requests import Asked

SLICE_S = 0.005
OUTLINE_BYTES = 12  # for a byte of text
DRIVE = re.compile(r"/[A-Za-z]:/")


@dataclass(frozen=True, slots=True)
class DocRequest:
    """What to document: the symbols at `paths`, or, for None, all public ones without documentation.

    `conventions` None means the file's own, found by looking at every symbol of it (7 ms for 300 of them): an editor
    keeps those that it found when the typing paused last. `answers` are what a provider said, by symbol.
    """

    document: Document
    paths: tuple[str, ...] | None = None
    conventions: Conventions | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)


class Knowledge(Protocol):
    """What projects say about their files: an index, or many."""

    def about(self, path: str) -> Neighbourhood:
        """What the project of the file at a path says about it."""


@dataclass(frozen=True, slots=True)
class Memos:
    """What was read from definitions, by their texts. It follows from no settings, so that documenters may share it."""

    facts: FactsMemo
    verdicts: Verdicts

    @classmethod
    def of(cls, mode: Mode) -> Memos:
        """Memos that keep what a mode allows."""
        return cls(FactsMemo(mode.facts, mode.modules), Verdicts(mode.verdicts))


@dataclass(slots=True)
class Documenter:
    """Everything Glossator can do with a document.

    Owns the last versions of definitions, and the outline that was asked for last.

    `index` says what the documents' projects say about them; `monitor` hears how long each step took; `memos` None
    means its own, of the mode in the settings.
    """

    settings: Settings
    index: Knowledge = field(default_factory=Index)
    monitor: Measured = field(default_factory=Measured)
    memos: Memos | None = None
    _facts: FactsMemo = field(init=False)
    _verdicts: Verdicts = field(init=False)
    _history: LastVersions = field(default_factory=LastVersions)
    _last: Outline | None = None

    def __post_init__(self) -> None:
        """Take the memos, or make them."""
        memos = self.memos or Memos.of(mode_of(self.settings.mode))
        self._facts, self._verdicts = memos.facts, memos.verdicts

    def outline(self, document: Document) -> Outline:
        """The symbols of a snapshot; cheap, since levels are read when they are looked at."""
        if self._last is None or self._last.document is not document:
            if not document.is_parsed:
                started = time.perf_counter()
                document.root  # noqa: B018 - parsed when it is asked for
                self.monitor.since(names.PARSE, started)
            self._last = Outline(document)
        return self._last

    @property
    def size_bytes(self) -> int:
        """About what the last outline takes, with the tree that it holds."""
        return OUTLINE_BYTES * len(self._last.document.text) if self._last is not None else 0

    def forget_outline(self) -> None:
        """Give the memory of the last outline back; it is made anew when it is asked for."""
        self._last = None

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
        return undocumented(self._reader(outline), self.settings, self._about(outline.document))

    def stale(self, outline: Outline) -> tuple[str, ...]:
        """The paths of the symbols whose docstrings a repair can mend, in source order."""
        return stale(self._reader(outline), self.settings, self._memory_of(outline.document))

    def check(self, document: Document) -> tuple[Finding, ...]:
        """What is missing or wrong in a document. What agrees with its docstring is remembered as it is now."""
        if document.declined:
            return ()
        outline, started = self.outline(document), time.perf_counter()
        found = check(self._reader(outline), self.settings, self._about(document), self._memory_of(document))
        self._history.note(outline, {finding.symbol for finding in found if finding.code.startswith("GLS2")})
        self.monitor.since(names.CHECK, started)
        return found

    def wrong_at(self, outline: Outline, path: str) -> tuple[Finding, ...]:
        """What is wrong with the docstring of one symbol. Cost: about 0.3 ms where it has to be read."""
        entry = outline.entry(path)
        if entry is None:
            return ()
        return tuple(wrong_at(self._reader(outline), entry, self.settings, self._memory_of(outline.document)))

    def forget(self, document_uri: str) -> None:
        """A document was closed: its last versions do not count any more."""
        self._history.forget(document_uri)

    def _about(self, document: Document) -> Neighbourhood:
        return self.index.about(path_of(document.uri))

    def _reader(self, outline: Outline) -> ContextReader:
        return ContextReader(outline, self._facts)

    def _memory_of(self, document: Document) -> Memory:
        return Memory(self._verdicts, self._history.previous(document.uri))

    def drafts(self, request: DocRequest) -> Iterator[Draft]:
        """A draft for each symbol of the request, its edit proven harmless, in source order, one at a time.

        Raises KeyError for a path that is not in the document.
        """
        for draft in self._composed(request):
            yield self._noted(proven(request.document, draft))

    def previews(self, request: DocRequest) -> Iterator[Draft]:
        """Drafts to be shown: as `drafts`, but nothing is proven, so their edits must not be applied."""
        return map(self._noted, self._composed(request))

    def _composed(self, request: DocRequest) -> Iterator[Draft]:
        job = self._job(request)
        for path in self.missing(job.reader.outline) if request.paths is None else request.paths:
            yield compose(job, path)

    def _noted(self, draft: Draft) -> Draft:
        self.monitor.observe_all(draft.timings_us)
        return draft

    def repairs(self, request: DocRequest, only: FaultId | None = None) -> Iterator[Draft]:
        """As `drafts`, for docstrings that are not true any more; None as paths means all that can be mended.

        `only` names one fault by its code and message; the others are left.
        """
        job = self._job(request)
        for path in self.stale(job.reader.outline) if request.paths is None else request.paths:
            yield self._noted(proven(request.document, repair(job, path, only)))

    def _job(self, request: DocRequest) -> Job:
        document = request.document
        if document.declined:
            raise SourceError(f"{document.uri}: not worked on, since it {document.declined}")
        outline = self.outline(document)
        found = request.conventions or self.conventions(outline)
        return Job(
            self._reader(outline),
            self.settings,
            found.style,
            found.quotes,
            surroundings=Surroundings(found.words, self._about(document)),
            previous=self._history.previous(document.uri),
            answers=request.answers,
        )

    def reuse(self, request: DocRequest, wish: Wish, asked: Asked) -> Reuse:
        """What the cache may know of what is wished for, and what would be asked for the rest.

        Cost: about 0.5 ms for a symbol.
        """
        from glossator.documenter.reuse import Reuse  # with the first model: its rules take time to load
        from glossator.engine.requests import Wanting

        job = self._job(request)
        return Reuse(job, tuple(wish.wants(Wanting(job, asked))), self.monitor)

    def framing(self, document: Document, view: View) -> Framing:
        """How prompts about a document are made for providers that see this."""
        return view.framing(self.settings, self._about(document))

    def state(self, outline: Outline, path: str) -> tuple[str, str] | None:
        """What tells whether a symbol is still what it was: digests of its meaning and its docstring; None: gone."""
        symbol = outline.find(path)
        return None if symbol is None else (self.fingerprint(outline, symbol), self.docstring_digest(outline, symbol))

    def explain(self, request: DocRequest, path: str, find: Looking | None = None) -> Explanation:
        """What is known of a symbol of a request's document before anybody is asked.

        Raises ConfigError for a provider that cannot be used, KeyError for an unknown path.
        """
        from glossator.documenter.explanation import explained

        return explained(self._job(request), path, path_of(request.document.uri), find)

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


def path_of(uri: str) -> str:
    """The path of a document; a name that is no file's address stands for itself."""
    if not uri.startswith("file:"):
        return uri
    # Not url2pathname: with it comes an HTTP client, 10 ms of each start.
    path = unquote(urlsplit(uri).path)
    return path[1:] if DRIVE.match(path) else path
