"""What of a session the governor watches, and when: once a second, and where something had no memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from glossator.config import MODES
from glossator.config.machine import memory_bytes
from glossator.documenter.holders import of_tiers
from glossator.engine.governor import Governor, Holder
from glossator.engine.resident import ThisProcess

if TYPE_CHECKING:
    from glossator.lsp.session import Session

PERIOD_S: Final = 1.0


class MemoryWatch:
    """One session's governor. What it registers are bounds that the mode's table sets, or what can be made again."""

    def __init__(self, session: Session) -> None:
        """Watch nothing yet; the mode is not known before the settings are."""
        self._session = session
        self._mode = MODES["standard"]
        self.governor = Governor(self._mode.memory_bytes, tuple(self._holders()), ThisProcess())

    def start(self) -> None:
        """Look once a second, on the running loop, for as long as it runs."""
        asyncio.get_running_loop().set_exception_handler(self._failed)
        self._tick()

    def configure(self) -> None:
        """Settings are known, or others: hold to their mode, and to half of the container's memory."""
        self._mode = self._session.projects.mode
        available = memory_bytes()
        bound = self._mode.memory_bytes
        self.governor.allow(min(bound, available // 2) if available else bound)

    def _tick(self) -> None:
        self.governor.tick()
        asyncio.get_running_loop().call_later(PERIOD_S, self._tick)

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What fails in the background has nobody to tell; what had no memory is done again when it is asked for."""
        if isinstance(context.get("exception"), MemoryError):
            context.clear()  # and with it what the frames hold
            self.governor.exhausted()
        else:
            loop.default_exception_handler(context)

    def _holders(self) -> Iterable[Holder]:
        session = self._session
        yield from of_tiers(lambda: self._mode, lambda: session.caches.opened)
        yield Holder("trees", lambda: session.workspace.size_bytes, self._fit_trees)
        yield Holder("outlines", self._outline_bytes, self._fit_outlines)
        yield Holder("facts", lambda: session.projects.memos.facts.size_bytes, self._fit_facts)
        yield Holder("verdicts", lambda: session.projects.memos.verdicts.size_bytes, self._fit_verdicts)
        yield Holder("findings", lambda: session.diagnostics.size_bytes, session.diagnostics.fit)

    def _fit_trees(self, share: float) -> None:
        self._session.workspace.fit(int(self._mode.tree_bytes * share))

    def _outline_bytes(self) -> int:
        return sum(one.size_bytes for one in self._session.projects.documenters)

    def _fit_outlines(self, share: float) -> None:
        """An outline is made anew in no time: there is nothing between keeping the last one and not."""
        if share < 1:
            for documenter in self._session.projects.documenters:
                documenter.forget_outline()

    def _fit_facts(self, share: float) -> None:
        self._session.projects.memos.facts.fit(int(self._mode.facts * share), int(self._mode.modules * share))

    def _fit_verdicts(self, share: float) -> None:
        self._session.projects.memos.verdicts.fit(int(self._mode.verdicts * share))
