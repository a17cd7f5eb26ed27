"""What worker processes do with a file for pages: read what it shows, look up its missing docs, and compose them.

Pure functions of what they are given, but for the look at the disk's cache; they can be pickled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from glossator.documenter.apart import MakingRequests
from glossator.documenter.caching import DiskLookup
from glossator.documenter.conventions import conventions
from glossator.documenter.files import document_in, job_of, work_in
from glossator.documenter.pages.material import MODULE, Blank, SymbolKey, token
from glossator.documenter.recalling import Asking, Prepared, asked_in
from glossator.documenter.seen import may_be_seen
from glossator.documenter.tasks import Task, options_of
from glossator.engine.pipeline import Job, new_doc
from glossator.engine.plan import plan
from glossator.errors import SourceError
from glossator.model import Doc
from glossator.syntax.context import ContextReader
from glossator.syntax.items import Item
from glossator.syntax.stubs import with_texts_of
from glossator.syntax.surface import Surface, surface_in, surface_of
from glossator.syntax.symbols import Outline
from glossator.workspace.index import Neighbourhood

if TYPE_CHECKING:
    from glossator.config import Settings
    from glossator.documenter.view import View
    from glossator.engine.answers import Answer
    from glossator.engine.requests import Asked
    from glossator.workspace.index import Index


class SourceFile(NamedTuple):
    """A module of a package: its bytes, its dotted name, its path, and whether it is an `__init__`.

    `stub` and `stub_path` are the stub beside it, which says what it offers.
    """

    raw: bytes
    name: str
    path: str
    is_package: bool
    stub: bytes = b""
    stub_path: str = ""


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a file shows, and what stands in for the docs that nobody wrote; `error` says why there is neither."""

    surface: Surface | None
    blanks: Mapping[SymbolKey, Blank]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads what a file shows; runs in worker processes."""

    settings: Settings

    def __call__(self, file: SourceFile) -> FileRead:
        """The surface of a file, and the blanks of its public symbols."""
        try:
            return self._read(file)
        except SourceError as error:
            return FileRead(None, {}, str(error))

    def _read(self, file: SourceFile) -> FileRead:
        document, _ = document_in(file.raw, file.path)
        reader = ContextReader(Outline(document))
        surface = surface_in(reader, file.name, file.is_package)
        blanks = dict(self._blanks(reader, surface))
        if file.stub_path:
            surface = with_texts_of(surface_of(file.stub, file.name, file.stub_path, file.is_package), surface)
        return FileRead(surface, blanks)

    def _blanks(self, reader: ContextReader, surface: Surface) -> Iterator[tuple[SymbolKey, Blank]]:
        style = conventions(reader.outline, self.settings, Neighbourhood()).style
        for path, fingerprint in _undocumented(surface):
            entry = reader.outline.entry(path)
            if entry is None or entry.symbol.place is None:
                continue
            key = SymbolKey(surface.name, path)
            stands = token(key, fingerprint)
            steps = plan(reader.context(path), self.settings, style)
            yield key, Blank(stands, steps.filled(dict.fromkeys(steps.fields, stands)))


def _undocumented(surface: Surface) -> Iterator[tuple[str, str]]:
    """The paths and fingerprints of what can be documented and is not."""
    if not surface.text:
        yield MODULE, surface.fingerprint
    waiting = list(surface.items)
    while waiting:
        item: Item = waiting.pop()
        if not item.text and item.facts is not None:
            yield item.path, item.fingerprint
        waiting.extend(item.members)


@dataclass(frozen=True, slots=True)
class PreparingDocs:
    """Looks up what is missing of a file's docs on disk; runs in worker processes.

    With a `view`, whatever the disk does not have is asked of a provider that may see this.
    """

    settings: Settings
    asked: Asked
    known: Mapping[str, Index]
    view: View | None = None

    def __call__(self, task: Task) -> Prepared:
        """What is known of the task's symbols, and what has to be looked up elsewhere, or asked."""
        options = options_of(self.known, task)
        work = work_in(task.raw, task.path, options)
        if work is None or not may_be_seen(task.path, self.settings):
            return Prepared(None, asking=Asking())
        framing = self.view.framing(options.settings, options.index.about(task.path)) if self.view else None
        return asked_in(work, (self.asked, framing), DiskLookup(self.settings))


class Drafting:
    """Composes docs of a file's symbols; runs in worker processes.

    Of a file with many sections they are wanted a few at a time, so what was read of the last file is kept.
    """

    def __init__(self, known: Mapping[str, Index]) -> None:
        """Know what projects say about their files."""
        self._known = known
        self._last: tuple[tuple[str, bytes], Job] | None = None

    def __reduce__(self) -> tuple[type[Drafting], tuple[Mapping[str, Index]]]:
        """What is sent to a worker process."""
        return Drafting, (self._known,)

    def __call__(self, given: tuple[Task, Mapping[str, Answer]]) -> dict[str, Doc]:
        """The docs of the task's symbols by their paths, with these answers in them."""
        task, answers = given
        job = replace(self._job(task), answers=answers)
        return {path: doc for path in task.symbols if (doc := new_doc(job, path)) is not None}

    def _job(self, task: Task) -> Job:
        key = task.path, task.raw
        if self._last is None or self._last[0] != key:
            document, encoding = document_in(task.raw, task.path)
            self._last = key, job_of(ContextReader(Outline(document)), options_of(self._known, task), encoding)
        return self._last[1]


PREPARE, ASK, DRAFT, READ = range(4)
"""What worker processes do: the numbers of the functions that `functions` gives."""


def functions(
    settings: Settings, asked: Asked, view: View | None, known: Mapping[str, Index]
) -> tuple[PreparingDocs, MakingRequests, Drafting, Reading]:
    """What worker processes for pages do, by PREPARE, ASK, DRAFT and READ."""
    return (
        PreparingDocs(settings, asked, known, view),
        MakingRequests(asked, known),
        Drafting(known),
        Reading(settings),
    )
