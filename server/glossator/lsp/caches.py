"""The caches that one client's settings name, and what they know of its documents.

Requests that must not wait look into memory alone (`at_hand`). So that it is there, a document's undocumented symbols
are looked up on disk and on the shared server, all in one question, when the typing pauses (`warm_behind`).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from glossator.config import Settings
from glossator.documenter import DocRequest, path_of
from glossator.documenter.chosen import asks_models
from glossator.documenter.wishes import Additions, Wish
from glossator.engine.answers import Answer
from glossator.syntax.document import Document

if TYPE_CHECKING:
    from glossator.cache.candidates import Candidate
    from glossator.cache.tiers import Found, Lookup, Tiers
    from glossator.documenter.reuse import Reuse
    from glossator.engine.prompts import Framing
    from glossator.engine.recalled import Recalled
    from glossator.engine.requests import Asked, Request
    from glossator.lsp.offers import TakenBack
    from glossator.lsp.session import Session

logger = logging.getLogger(__name__)

CLOSE_S: Final = 2.0
AT_ONCE: Final = 50  # symbols that are looked up in one question while a document is warmed


class InMemory:
    """Looks into memory, for explanations."""

    def __init__(self, tiers: Tiers) -> None:
        """Look into the memory of these tiers."""
        self._tiers = tiers

    def __call__(self, lookups: Sequence[Lookup]) -> list[Found]:
        """What memory has."""
        return [self._tiers.at_hand(lookup) for lookup in lookups]

    def similar(self, sketch: bytes) -> list[Candidate]:
        """What memory has for similar code."""
        return self._tiers.similar_at_hand(sketch)


class Caches:
    """The tiers by the settings that name them, and which symbols have been looked up."""

    def __init__(self, session: Session) -> None:
        """Nothing is open."""
        self._session = session
        self._open: dict[object, Tiers] = {}
        self._warming: dict[str, asyncio.Task[None]] = {}
        self._warm: dict[str, dict[str, bytes]] = {}
        self._declining: set[asyncio.Task[None]] = set()

    def tiers(self, settings: Settings) -> Tiers:
        """The tiers that some settings name. Nothing is read or connected yet."""
        from glossator.documenter.caching import open_tiers  # with the first model: it takes time to load

        chosen = settings.cache, settings.mode
        if chosen not in self._open:
            self._open[chosen] = open_tiers(settings, self._session.warn, self._session.monitor)
        return self._open[chosen]

    @property
    def opened(self) -> tuple[Tiers, ...]:
        """The tiers that were opened so far."""
        return tuple(self._open.values())

    async def clear(self, settings: Settings) -> int:
        """Forget all that these settings' memory and disk have; how many answers there were on disk.

        What the shared server has is others', too, and stays.
        """
        from glossator.documenter.caching import new_disk

        tiers = self.tiers(settings)
        self._warm.clear()
        cleared = await asyncio.to_thread(lambda: new_disk(settings).clear())
        tiers.memory.clear()
        return cleared

    def at_hand(self, request: DocRequest, wish: Wish) -> dict[str, Answer]:
        """What memory knows all about, by symbol; waits for nothing.

        Cost: nothing where no model is chosen; else about 0.5 ms for a symbol.
        """
        settings = self._settings(request.document)
        return self._reuse(request, wish).at_hand(self.tiers(settings)) if settings is not None else {}

    def look_in(self, document: Document) -> InMemory | None:
        """How memory is looked into for a document; None where no model is chosen for it."""
        settings = self._settings(document)
        return InMemory(self.tiers(settings)) if settings is not None else None

    async def warm(self, request: DocRequest, wish: Wish) -> None:
        """Look up in all tiers what is wished for, so that memory has it. Never longer than the tiers' deadlines."""
        settings = self._settings(request.document)
        if settings is not None:
            await self._find(self._reuse(request, wish), settings)

    async def known(
        self, request: DocRequest, wish: Wish, framing: Framing
    ) -> tuple[dict[str, Answer], Iterator[Request]]:
        """What any tier knows all about, by symbol, and requests for the rest; what was taken back is asked anew."""
        from glossator.documenter.reuse import asked_anew, complete

        settings = self._session.documenter(request.document.uri).settings
        reuse = self._reuse(request, wish)
        known = asked_anew(await self._find(reuse, settings))
        return complete(known), reuse.requests(known, framing)

    def warm_behind(self, document: Document) -> None:
        """Warm what is undocumented in a document, in the background; what was warmed before costs nothing."""
        if self._settings(document) is None:
            return
        if (running := self._warming.get(document.uri)) is not None:
            running.cancel()
        task = asyncio.get_running_loop().create_task(self._warm_all(document))
        self._warming[document.uri] = task
        task.add_done_callback(partial(self._warmed, document.uri))

    def decline(self, document: Document) -> None:
        """Keep what was taken back in a document, so that it is not offered again for that code."""
        settings = self._settings(document)
        session = self._session
        if settings is None:
            return
        for one in session.offers.taken_back(session.documenter(document.uri), session.outline(document)):
            task = asyncio.get_running_loop().create_task(self._decline(document, one, settings))
            self._declining.add(task)
            task.add_done_callback(self._declining.discard)

    async def _decline(self, document: Document, taken: TakenBack, settings: Settings) -> None:
        from glossator.documenter.caching import stamp_of
        from glossator.engine.answers import Said
        from glossator.engine.keeping import entries_of
        from glossator.engine.recalled import DECLINED

        request = DocRequest(document, (taken.path,), self._session.conventions(document))
        said = {**taken.answer.said, **dict.fromkeys(taken.fields, Said("", DECLINED))}
        for want in self._reuse(request, Additions((taken.path,))).wants:
            await self.tiers(settings).keep(entries_of(want, said, stamp_of(settings)))
        logger.info("declined fields=%d", len(taken.fields))

    def closed(self, uri: str) -> None:
        """A document was closed."""
        self._warm.pop(uri, None)
        if (task := self._warming.get(uri)) is not None:
            task.cancel()

    async def aclose(self) -> None:
        """Finish what is being written, not longer than CLOSE_S, and close all tiers."""
        for task in self._warming.values():
            task.cancel()
        if self._declining:
            await asyncio.wait(self._declining, timeout=CLOSE_S)
        closing = [asyncio.ensure_future(tiers.aclose()) for tiers in self._open.values()]
        self._open.clear()
        if closing:
            await asyncio.wait(closing, timeout=CLOSE_S)

    def _warmed(self, uri: str, done: asyncio.Task[None]) -> None:
        if self._warming.get(uri) is done:
            del self._warming[uri]
        if not done.cancelled() and (error := done.exception()) is not None:
            logger.warning("warming failed error=%s", type(error).__name__)

    async def _warm_all(self, document: Document) -> None:
        session, uri = self._session, document.uri
        documenter, outline = session.documenter(uri), session.outline(document)
        before, now = self._warm.get(uri, {}), dict[str, bytes]()
        for path in documenter.missing(outline):
            entry = outline.entry(path)
            if entry is not None:
                text = document.text[entry.outer.start_byte : entry.outer.end_byte]
                now[path] = hashlib.blake2b(text, digest_size=8).digest()
        cold = [path for path, digest in now.items() if before.get(path) != digest]
        for start in range(0, len(cold), AT_ONCE):
            request = DocRequest(document, tuple(cold[start : start + AT_ONCE]), session.conventions(document))
            await self.warm(request, Additions(request.paths or ()))
            await asyncio.sleep(0)
        self._warm[uri] = now

    async def _find(self, reuse: Reuse, settings: Settings) -> dict[str, Recalled]:
        """What any tier has, held against the code; what came from the shared server is kept here."""
        from glossator.documenter.caching import stamp_of
        from glossator.engine.keeping import entries_of

        tiers = self.tiers(settings)
        known = reuse.known(await tiers.find(reuse.lookups))
        for want in reuse.wants:
            one = known.get(want.path)
            if one is not None and one.is_new and one.is_complete:  # what is kept anew has another day
                await tiers.keep(entries_of(want, one.said, stamp_of(settings)))
        return known

    def _reuse(self, request: DocRequest, wish: Wish) -> Reuse:
        documenter = self._session.documenter(request.document.uri)
        return documenter.reuse(request, wish, _asked(documenter.settings))

    def _settings(self, document: Document) -> Settings | None:
        """The settings of a document, if they choose a model that may see it."""
        settings = self._session.documenter(document.uri).settings
        if not asks_models(settings):
            return None
        from glossator.documenter.seen import may_be_seen

        return settings if may_be_seen(path_of(document.uri), settings) else None


def _asked(settings: Settings) -> Asked:
    from glossator.documenter.caching import asked_of

    return asked_of(settings)
