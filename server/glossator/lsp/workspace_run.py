"""Documenting a whole workspace with a language model.

Files go their ways as `documenter.batch` has it: what takes processing power is done in worker processes, and this
process talks to providers, the cache and the editor. What is done is handed over as it comes: a run that is cancelled
keeps it, and one that is begun anew asks nobody for what was answered.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from glossator.config import mode_of
from glossator.documenter import path_of
from glossator.documenter.batch import Batch, each, first_of, workers_for
from glossator.documenter.chosen import asks_models, model_name
from glossator.documenter.generation import Estimate, estimate_of
from glossator.documenter.indexing import indexes_of
from glossator.documenter.opening import is_free
from glossator.documenter.recalling import Asking
from glossator.engine.executor import Pool, processes_for
from glossator.engine.filling import Trust
from glossator.errors import SourceError
from glossator.lsp.apart import workers_from
from glossator.lsp.generating import agree
from glossator.lsp.progress import Progress, shown_progress
from glossator.lsp.wire import Json
from glossator.lsp.workspace_edits import Edits
from glossator.lsp.workspace_files import WORKSPACE_TITLE, Place, Taken, places_in, taken
from glossator.lsp.written import outcome_of

if TYPE_CHECKING:
    from glossator.cache.tiers import Tiers
    from glossator.documenter import FileOutcome
    from glossator.documenter.generation import Generator
    from glossator.documenter.recalling import Prepared
    from glossator.engine.answers import Answer
    from glossator.engine.requests import Request
    from glossator.engine.workers import Workers
    from glossator.lsp.session import Session
    from glossator.model import FieldKey
    from glossator.workspace.index import Index

logger = logging.getLogger(__name__)

FILES_AHEAD: Final = 200  # are under way, those that wait for answers or for the editor among them
MAX_TRIES: Final = 3  # for a file whose text changes while it is documented; then it is left alone
Opening = Callable[[], Coroutine[Any, Any, "tuple[Generator, Tiers]"]]
WORKSPACE: Final = ""  # in the place of a document's uri: no document's end is that of the run


async def document_by_model(session: Session, folders: list[Path], token: Json) -> Json:
    """Document the files of folders in a model's words; what becomes of them.

    Raises GlossatorError where nothing can be asked, or nobody agrees to what it costs.
    """
    settings = session.documenter(WORKSPACE).settings
    if not asks_models(settings):
        raise SourceError("No provider but the embedded one is chosen; name one as `provider` in your settings.")
    title = f"{WORKSPACE_TITLE} with {model_name(settings)}"
    async with shown_progress(session.protocol, title, token) as progress:
        places = await places_in(session, folders)
        run = _Run(session, places, progress, Edits(session, title))
        try:
            await session.generators.run(WORKSPACE, settings, run.work)
        except asyncio.CancelledError:
            session.generators.let_go(settings)
            raise
        except ExceptionGroup as group:
            raise first_of(group) from group
        progress.outcome = outcome_of(run.origins)
    run.tell()
    return run.as_json(model_name(settings))


@dataclass(slots=True)
class _Run:
    """One run: its files, how far it has come, and what a batch tells of it.

    `origins` counts whose the new texts are, `left` has why files were left alone, `errors` why symbols have embedded
    text.
    """

    session: Session
    places: list[Place]
    progress: Progress
    edits: Edits
    done: int = 0
    changed: int = 0
    origins: Counter[str] = field(default_factory=Counter)
    left_alone: dict[str, str] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    async def work(self, generator: Generator) -> None:
        """Document all files; ended by cancelling it, with its connections and worker processes."""
        if not self.places:
            return
        settings = self.session.documenter(WORKSPACE).settings
        tiers = self.session.caches.tiers(settings)

        async def opened() -> tuple[Generator, Tiers]:
            return generator, tiers

        generator.scheduler.resume()  # who begins a run wants it to go on, whatever was paused before
        with self.session.sharing.on():
            await self._run(generator, opened)

    async def _run(
        self, generator: Generator, opened: Callable[[], Coroutine[Any, Any, tuple[Generator, Tiers]]]
    ) -> None:
        settings = self.session.documenter(WORKSPACE).settings
        async with self._workers() as workers:
            batch = Batch(workers, opened, Trust(workspace=str(self.places[0].root)), self)
            if not is_free(settings):
                await agree(self.session, generator, await self._estimate(batch))
            await self._document(batch)

    @asynccontextmanager
    async def _workers(self) -> AsyncIterator[Workers]:
        """The worker processes, which know the project; they end with the run."""
        settings = self.session.documenter(WORKSPACE).settings
        pool = Pool(
            max(2, processes_for(len(self.places), None, mode_of(settings.mode).workers)),
            preload=("glossator.documenter.apart",),
            yields=True,
        )
        targets: dict[Path, list[str]] = {}
        for place in self.places:
            targets.setdefault(place.root, []).append(str(place.path.absolute()))
        stopped = threading.Event()

        def start() -> Workers:
            known: dict[str, Index] = indexes_of(
                targets, settings.privacy.exclude, pool, has_links=True, is_wanted=lambda: not stopped.is_set()
            )
            return workers_for(settings, known, pool)

        starting = asyncio.ensure_future(asyncio.to_thread(start))
        async with workers_from(starting, stopped.set) as workers:
            yield workers

    async def _estimate(self, batch: Batch) -> Estimate:
        """About what asking takes. Nothing is kept of it: the requests of a large workspace would take a gigabyte."""
        total, looked = Estimate(), 0

        async def one(place: Place, go_on: Callable[[], None]) -> None:
            nonlocal total, looked
            text = await self._taken(place)
            found = await batch.look_up(text.task) if text is not None else None
            go_on()
            if isinstance(found, Asking):
                total += estimate_of(found.requests)
            looked += 1
            self.progress.report(looked, len(self.places), "files looked at")

        await each(self.places, one, FILES_AHEAD)
        return total

    async def _document(self, batch: Batch) -> None:
        async def one(place: Place, go_on: Callable[[], None]) -> None:
            await self._document_file(batch, place, go_on)
            self.done += 1
            self.progress.report(self.done, len(self.places), "files")

        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self.edits.run())
            await each(self.places, one, FILES_AHEAD)
            sending.cancel()

    async def _document_file(self, batch: Batch, place: Place, go_on: Callable[[], None]) -> None:
        """Document a file, anew where its text changes meanwhile: what was answered for it is in the cache."""
        for _ in range(MAX_TRIES):
            text = await self._taken(place)
            outcome = await self._outcome(batch, text, go_on) if text is not None else None
            go_on()
            if text is None or outcome is None:
                return
            if outcome.error:
                self.left(text.task.path, outcome.error)
            if not outcome.edits:
                return
            self.session.remembered.note_file(path_of(text.document.uri), outcome.drafts)
            if await self.edits.apply(text, outcome.edits):
                self.changed += 1
                self.origins.update(origin for draft in outcome.drafts for _, origin in draft.origins)
                return
        self.left(str(place.path), "its text changed all the time")

    async def _outcome(self, batch: Batch, text: Taken, go_on: Callable[[], None]) -> FileOutcome | None:
        found = await batch.look_up(text.task)
        return await batch.ask(text.task, found, go_on) if isinstance(found, Asking) else found

    async def _taken(self, place: Place) -> Taken | None:
        """A file's text; None for one that is left alone."""
        try:
            return await taken(self.session, place)
        except SourceError as error:
            self.left(str(place.path), str(error))
            return None

    def tell(self) -> None:
        """Tell the user what he would not expect."""
        if self.errors:
            reason = next(iter(self.errors))
            self.session.warn(f"{self.errors.total()} symbols have embedded text, since the provider failed: {reason}")
        if self.left_alone:
            path, reason = next(iter(self.left_alone.items()))
            self.session.inform(f"{len(self.left_alone)} files were left alone, {Path(path).name} since {reason}")

    def as_json(self, model: str) -> Json:
        """What the request is answered with."""
        return {
            "applied": self.changed > 0,
            "files": self.changed,
            "model": model,
            "texts": dict(self.origins),
            "left": len(self.left_alone),
        }

    def left(self, path: str, reason: str) -> None:
        """A file was left alone."""
        logger.warning("file left alone path=%s", Path(path).name)
        self.left_alone[path] = reason

    def looked(self, found: Prepared) -> None:
        """A file was looked up."""
        self.session.monitor.absorb(found.measured)

    def grown(self, request: Request, texts: Mapping[FieldKey, str]) -> None:
        """An answer has grown: nobody looks at one of thousands."""

    def answered(self, answer: Answer) -> None:
        """Count an answer."""
        if answer.error:
            self.errors[answer.error] += 1
