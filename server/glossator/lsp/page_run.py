"""Making a page in the editor: its source is read, what nobody documented is asked for, and its sections are filled.

What takes processing power is done in worker processes and in one thread of the run's own, so that whoever types does
not wait; this thread may take longer than the run, and holds nothing up at the end of the server.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from glossator.docstring.pages.regions import Merged, parse
from glossator.documenter.batch import first_of
from glossator.documenter.chosen import asks_models, model_name
from glossator.documenter.generation import Estimate, estimate_of
from glossator.documenter.opening import is_free
from glossator.documenter.pages import FromDisk, Opened, PageWork, Wish, Writer, open_pages, works
from glossator.documenter.pages.workers import batch_of, workers_of
from glossator.engine.executor import Pool
from glossator.errors import SourceError
from glossator.lsp.apart import PRELOAD, readers_of, workers_from
from glossator.lsp.generating import agree
from glossator.lsp.page_files import open_sources, reading

if TYPE_CHECKING:
    from glossator.cache.tiers import Tiers
    from glossator.config import Settings
    from glossator.documenter.generation import Generator
    from glossator.documenter.pages.sections import Section
    from glossator.documenter.recalling import Prepared
    from glossator.engine.answers import Answer
    from glossator.engine.requests import Request
    from glossator.lsp.page_files import Page
    from glossator.lsp.progress import Progress
    from glossator.lsp.session import Session
    from glossator.model import FieldKey

NOWHERE: Final = ""  # in the place of a page's uri

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Order:
    """Which page is made: how, and what stands there now; `page` is None for one that is only shown.

    `name` is the name of its file, also among those that are made together.
    """

    wish: Wish
    name: str
    page: Page | None = None

    @property
    def uri(self) -> str:
        """The uri of the page."""
        return self.page.document.uri if self.page is not None else NOWHERE

    @property
    def made(self) -> dict[str, str]:
        """What the head of a new page says about how it is made; paths are relative to the page."""
        source = self.wish.path.resolve()
        shown = os.path.relpath(source, self.page.path.resolve().parent) if self.page is not None else source
        folder = {"folder": "yes"} if self.wish.is_folder else {}
        return {"kind": self.wish.kind, "path": Path(shown).as_posix(), **folder}


@dataclass(slots=True)
class PageRun:
    """One page that is made: its new texts, and what there is to say about them.

    `texts` are the sections by their ids, `undone` has why files have none of what was asked, `errors` why symbols have
    embedded text, and `origins` counts whose the new words are.
    """

    session: Session
    order: Order
    settings: Settings
    progress: Progress
    texts: dict[str, str] = field(default_factory=dict)
    undone: dict[str, str] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    _work: PageWork | None = None
    _total: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "page"))

    async def aclose(self) -> None:
        """Let go of the thread; what it does ends soon, and nobody gets it."""
        self._stopped.set()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def fill(self) -> None:
        """Fill the sections that are not true. Raises GlossatorError where the page cannot be made."""
        try:
            if not asks_models(self.settings):
                await self._filled(None)
                return
            try:
                await self.session.generators.run(self.order.uri, self.settings, self._filled)
            except asyncio.CancelledError:
                self.session.generators.let_go(self.settings)
                raise
        except ExceptionGroup as group:
            raise first_of(group) from group

    async def after(self, text: str) -> Merged:
        """The page, whose text is this by now, with what was made for it."""
        return await self.aside(self._after, text)

    @property
    def model(self) -> str:
        """Who is asked; "" for nobody."""
        return model_name(self.settings) if asks_models(self.settings) else ""

    async def _filled(self, generator: Generator | None) -> None:
        with self.session.sharing.on():
            before = self.order.page.text if self.order.page is not None else ""
            opened, work = await self.aside(self._opened, open_sources(self.session), before)
            self._work = work
            self.undone.update(opened.skipped)
            sections = work.stale
            if sections:
                await self._fill(opened, sections, generator)

    def _opened(self, texts: Mapping[Path, bytes | None], before: str) -> tuple[Opened, PageWork]:
        """The package, and what is to be done on the page. Blocks."""
        how = FromDisk(reading(texts), lambda: not self._stopped.is_set())
        opened = open_pages(self.order.wish, self.settings, readers_of(self.order.wish, self.settings), how)
        files = [one for one in opened.book.layout.files if one.name == self.order.name]
        if not files:
            raise SourceError(f"{self.order.name} is none of the pages of {self.order.wish.path} any more")
        book = replace(opened.book, layout=replace(opened.book.layout, files=files))
        return opened, next(works(book, {self.order.name: before}))

    async def _fill(self, opened: Opened, sections: tuple[Section, ...], generator: Generator | None) -> None:
        material = opened.book.material
        is_missing = any(True for one in sections for _ in material.missing(one.skeleton))
        pool = Pool(2 if is_missing else 1, PRELOAD, yields=True)
        starting = asyncio.ensure_future(self.aside(workers_of, opened, sections, pool))
        async with workers_from(starting, self._stopped.set) as workers:
            writer = Writer(opened.book, opened.sources, workers, thread=self._thread)
            await self.aside(writer.want, sections)
            async with aclosing(writer):
                if generator is not None and writer.wants_docs:
                    await self._asking(writer, generator)
                self._total = len(sections)
                await writer.fill(sections, self._done)
            self.undone.update(writer.undone)

    async def _asking(self, writer: Writer, generator: Generator) -> None:
        """Have a provider asked for what is missing, where the user agrees to what that costs."""
        tiers = self.session.caches.tiers(self.settings)

        async def opened() -> tuple[Generator, Tiers]:
            return generator, tiers

        generator.scheduler.resume()  # who begins a run wants it to go on, whatever was paused before
        writer.batch = batch_of(writer, opened, self)
        if not is_free(self.settings):
            asked = [one.requests for one in await writer.look_up() if one.requests]
            await agree(self.session, generator, sum(map(estimate_of, asked), Estimate()))

    def _done(self, section: Section, text: str) -> None:
        """A section is ready: it is shown, and goes to the editor with all others."""
        self.texts[section.id] = text
        self.progress.report(len(self.texts), self._total, "sections")
        if self.order.page is not None:
            document = self.order.page.document
            where = {"uri": document.uri, "version": document.version, "path": section.id}
            self.session.protocol.tell("glossator/preview", where | {"text": text, "done": True})

    def _after(self, text: str) -> Merged:
        assert self._work is not None
        # Not looked at anew: by now the docs that were missing are there, and facts would be others.
        now = replace(self._work, before=text, regions={one.id: one for one in parse(text).regions})
        return now.after(self.texts, self.order.made)

    async def aside(self, function: Callable[..., T], *given: object) -> T:
        """What a function gives that takes long."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(function, *given))

    def left(self, path: str, reason: str) -> None:
        """A file was left undone."""
        self.undone[path] = reason

    def looked(self, found: Prepared) -> None:
        """A file was looked up."""
        self.session.monitor.absorb(found.measured)

    def grown(self, request: Request, texts: Mapping[FieldKey, str]) -> None:
        """An answer has grown: a section is shown when it is whole."""

    def answered(self, answer: Answer) -> None:
        """Count an answer."""
        self.origins.update(answer.origins.values())
        if answer.error:
            self.errors[answer.error] += 1
