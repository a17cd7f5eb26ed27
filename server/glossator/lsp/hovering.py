"""What a hover has a model asked for, behind everybody's back: so that the next hover shows its words.

At most one symbol of a document at a time, after what was asked for at the cursor; of those that were hovered over
meanwhile the last one is next. The answer goes into the cache and nowhere else: nothing is shown, and no file is
changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final

from glossator.documenter import DocRequest, path_of
from glossator.documenter.chosen import asks_models, model_name
from glossator.documenter.wishes import Additions
from glossator.errors import GlossatorError
from glossator.lsp.drafting import is_missing
from glossator.lsp.generating import trust_for
from glossator.lsp.progress import shown_if_slow
from glossator.model import FieldKey
from glossator.syntax.document import Document

if TYPE_CHECKING:
    from glossator.config import Settings
    from glossator.documenter.generation import Generator
    from glossator.lsp.session import Session

logger = logging.getLogger(__name__)

OF_MODELS: Final = ("glossator.documenter.generation", "glossator.providers.local", "glossator.providers.build")
RETRY_S: Final = 60.0  # after which a symbol that nothing came for is asked for again
MAX_TRIED: Final = 1024
CLOSE_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """A symbol that was hovered over, and its text at that time."""

    uri: str
    path: str
    digest: bytes


class Hovering:
    """The symbols that models are asked for since they were hovered over."""

    def __init__(self, session: Session) -> None:
        """Nobody is asked."""
        self._session = session
        self._running: dict[str, tuple[Wanted, asyncio.Task[bool]]] = {}
        self._next: dict[str, Wanted] = {}
        self._tried: OrderedDict[Wanted, float] = OrderedDict()
        self._is_loaded = False

    def want(self, document: Document, path: str) -> bool:
        """Have a model asked for an undocumented symbol, where the settings allow it; whether one is being asked."""
        wanted, may_ask = self._wanted(document, path), self._may_ask(document.uri)
        if wanted is None or may_ask is False or self._was_tried(wanted):
            return False
        running = self._running.get(document.uri)
        if running is None:
            self._start(wanted)
        elif running[0] != wanted:
            self._next[document.uri] = wanted
        return may_ask is True

    def settings_changed(self) -> None:
        """Settings changed: whoever is not to be asked any more, is not."""
        self._tried.clear()
        for uri in [uri for uri in self._running if self._may_ask(uri) is False]:
            self.closed(uri)

    def closed(self, uri: str) -> None:
        """A document was closed: what was wanted for it is of no use."""
        self._next.pop(uri, None)
        if uri in self._running:
            self._running[uri][1].cancel()

    async def aclose(self) -> None:
        """End all of it, and wait for that, not longer than CLOSE_S."""
        self._next.clear()
        tasks = [task for _, task in self._running.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_S)

    def _wanted(self, document: Document, path: str) -> Wanted | None:
        entry = self._session.outline(document).entry(path)
        if entry is None or not is_missing(entry.symbol):
            return None
        text = document.text[entry.outer.start_byte : entry.outer.end_byte]
        return Wanted(document.uri, path, hashlib.blake2b(text, digest_size=16).digest())

    def _may_ask(self, uri: str) -> bool | None:
        """Whether a hover may have the chosen model asked: it runs on this machine, or the user wants it.

        None: not known before what knows providers is loaded.
        """
        settings = self._session.documenter(uri).settings
        if not asks_models(settings) or settings.hover_generates is False:
            return False
        from glossator.documenter.seen import may_be_seen  # with the first model

        if not may_be_seen(path_of(uri), settings):
            return False
        if settings.hover_generates is True:
            return True
        if not self._is_loaded:
            return None
        from glossator.documenter.opening import runs_here

        return runs_here(settings)

    def _was_tried(self, wanted: Wanted) -> bool:
        tried_at = self._tried.get(wanted)
        return tried_at is not None and asyncio.get_running_loop().time() - tried_at < RETRY_S

    def _start(self, wanted: Wanted) -> None:
        task = asyncio.get_running_loop().create_task(self._work(wanted))
        self._running[wanted.uri] = wanted, task
        task.add_done_callback(partial(self._ended, wanted))

    def _ended(self, wanted: Wanted, task: asyncio.Task[bool]) -> None:
        del self._running[wanted.uri]
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.warning("hover: asking failed error=%s", type(error).__name__)
        if task.cancelled() or error is not None or not task.result():
            self._tried[wanted] = asyncio.get_running_loop().time()
            if len(self._tried) > MAX_TRIED:
                self._tried.popitem(last=False)
        following = self._next.pop(wanted.uri, None)
        if following is not None and not self._was_tried(following) and self._may_ask(wanted.uri):
            self._start(following)

    async def _work(self, wanted: Wanted) -> bool:
        """Look into all tiers, then ask; whether memory has the answer now.

        Nothing is asked where the text is another one by now.
        """
        if not self._is_loaded:  # takes a fifth of a second, in which others want to be answered
            await asyncio.to_thread(lambda: [import_module(name) for name in OF_MODELS])
            self._is_loaded = True
        session = self._session
        document = session.document(wanted.uri)
        if document is None or not self._may_ask(wanted.uri) or self._wanted(document, wanted.path) != wanted:
            return False
        wish = Additions((wanted.path,))
        request = DocRequest(document, wish.paths, session.conventions(document))
        await session.caches.warm(request, wish)
        if session.caches.at_hand(request, wish):  # also what the user took back: that is asked for by name alone
            return True
        settings = session.documenter(wanted.uri).settings
        title = f"{model_name(settings)} looks at `{wanted.path}`"
        try:
            await shown_if_slow(session.protocol, title, self._asked(settings, request, wish))
        except GlossatorError as error:
            logger.info("hover: nobody asked error=%s", type(error).__name__)
        return bool(session.caches.at_hand(request, wish))

    async def _asked(self, settings: Settings, request: DocRequest, wish: Additions) -> None:
        async def ask(generator: Generator) -> None:
            from glossator.engine.scheduler import Urgency

            documenter = self._session.documenter(request.document.uri)
            framing = documenter.framing(request.document, generator.view)
            _, requests = await self._session.caches.known(request, wish, framing)
            for one in requests:
                await generator.fill(one, _unseen, trust_for(request.document.uri), Urgency.OPEN_FILE)

        await self._session.generators.run(request.document.uri, settings, ask)


def _unseen(_texts: Mapping[FieldKey, str]) -> None:
    """Nobody looks at an answer that grows."""
