"""The way to a server that may be absent or slow: who asks waits for little, and reaching it is done behind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Protocol

from glossator.cache.breaker import Breaker

logger = logging.getLogger(__name__)

MAX_UNANSWERED: Final = 256
REACH_S: Final = 3.0  # to import, resolve, connect, agree on TLS and log in; nobody waits for all of it
PING: Final = b"*1\r\n$4\r\nPING\r\n"
ANSWER_S: Final = 2.0  # then the connection is given up


class Unusable(Exception):
    """The server cannot be used until somebody does something about it, which the notice says."""

    def __init__(self, notice: str) -> None:
        """Say what has to be done, without a secret."""
        super().__init__()
        self.notice = notice


class Server(Protocol):
    """Connections to one server; everything but `mismatch` and `aclose` raises what it likes, `Unusable` for good."""

    async def exchange(self, words: bytes, count: int) -> list[object]:
        """The `count` answers to commands that are sent in one piece; a refusal is an answer."""

    async def mismatch(self) -> str | None:
        """What to tell where the server speaks another protocol than its address says, as far as that can be seen."""

    async def aclose(self) -> None:
        """Close all connections, those in use as well."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one waits for a look-up, by which clock the pauses are, and who hears that it is over for good."""

    deadline_s: float
    now: Callable[[], float]
    tell: Callable[[str], None]


class Link:
    """The way to the server: connections, and whether to use them. Nothing of it raises.

    Each question is a task of its own that its asker may leave, because the time is over or because nobody needs the
    answer any more. The task goes on, takes the answer off the connection and forgets it: no connection is lost, and no
    answer is another one's.
    """

    def __init__(self, open_server: Callable[[], Server], patience: Patience) -> None:
        """Use the server that `open_server` gives, which is called in a thread; nothing is opened yet."""
        self._open_server = open_server
        self._patience = patience
        self._breaker = Breaker()
        self._server: Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._search: asyncio.Task[None] | None = None
        self._is_reached = self._was_reached = self._has_told = False
        self.is_off = False
        self.failures = 0

    async def ask(self, words: bytes, count: int, within_s: float) -> list[object] | None:
        """The `count` answers to commands; None where they are not there in time."""
        asked_at, loop = self._patience.now(), asyncio.get_running_loop()
        start = loop.time()
        if not self._may_ask(asked_at):
            return None
        if not self._is_reached:
            await asyncio.wait({search := self._searching()}, timeout=within_s)
            if not search.done():
                self._fail("late", asked_at)
            if not self._is_reached:
                return None
        question = self._started(self._answers(words, count, asked_at))
        await asyncio.wait({question}, timeout=start + within_s - loop.time())
        if question.cancelled():
            return None
        if not question.done():
            self._fail("late", asked_at)
            return None
        answers: list[object] | None = question.result()
        if answers is not None and loop.time() - start <= self._patience.deadline_s:
            self._turn(self._breaker.answered(self._patience.now()))
        return answers

    async def reach(self) -> bool:
        """Whether the server is reached, once the search for it is over."""
        if self._may_ask(self._patience.now()) and not self._is_reached:
            self._searching()
        if self._search is not None and not self._search.done():
            await asyncio.wait({self._search})
        return self._is_reached and not (self.is_off or self._breaker.is_open)

    def switch_off(self, notice: str) -> None:
        """Ask no more in this process, and tell why."""
        if not self.is_off:
            self.is_off = True
            logger.warning("shared_cache=off")
            self._started(self._let_go())
            self.tell(notice)

    def tell(self, notice: str) -> None:
        """Tell the user, if nothing was told before."""
        if not self._has_told:
            self._has_told = True
            self._patience.tell(notice)

    async def aclose(self) -> None:
        """Leave all questions, and close the connections."""
        self.is_off = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._let_go()

    def _may_ask(self, now: float) -> bool:
        """Whether to ask; where it is time to look for the server, somebody starts to, and nobody waits."""
        if self.is_off or len(self._tasks) >= MAX_UNANSWERED:
            return False
        if self._breaker.is_due(now):
            self._searching()
        return not self._breaker.is_open

    def _started(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _searching(self) -> asyncio.Task[None]:
        """The one search for the server that is on."""
        if self._search is None or self._search.done():
            self._search = self._started(self._look())
        return self._search

    async def _look(self) -> None:
        """Look for the server, and close the breaker or let its pause grow."""
        try:
            async with asyncio.timeout(REACH_S):
                if self._server is None:  # the import and the system's certificates take 150 ms: in a thread
                    self._server = await asyncio.to_thread(self._open_server)
                await self._server.exchange(PING, 1)
        except Exception as error:  # noqa: BLE001 - a tier's boundary
            await self._miss(error)
            return
        if self._breaker.is_open:
            logger.info("shared_cache=back")
        self._is_reached = self._was_reached = True
        self._turn(self._breaker.found())

    async def _miss(self, error: Exception) -> None:
        """Leave a server that was not found, for a while or for good."""
        self.failures += 1
        self._is_reached = False
        notice = error.notice if isinstance(error, Unusable) else None
        if notice is None and self._server is not None and not self._was_reached:
            notice = await self._server.mismatch()
        if notice is not None:
            self.switch_off(notice)
        else:
            self._turn(self._breaker.missed(self._patience.now()), type(error).__name__)
        await self._let_go()

    async def _answers(self, words: bytes, count: int, asked_at: float) -> list[object] | None:
        server = self._server
        if server is None:  # let go since
            return None
        try:
            async with asyncio.timeout(ANSWER_S):
                return await server.exchange(words, count)
        except Exception as error:  # noqa: BLE001 - a tier's boundary
            self._is_reached = False
            self._fail(type(error).__name__, asked_at)
            if isinstance(error, Unusable):
                self.switch_off(error.notice)
            return None

    def _fail(self, reason: str, asked_at: float) -> None:
        self.failures += 1
        self._turn(self._breaker.failed(asked_at, self._patience.now()), reason)

    def _turn(self, breaker: Breaker, reason: str = "") -> None:
        if breaker.openings > self._breaker.openings:
            level = logging.WARNING if breaker.openings == 1 else logging.DEBUG
            logger.log(level, "shared_cache=left reason=%s pause_s=%s", reason, breaker.pause_s)
        self._breaker = breaker

    async def _let_go(self) -> None:
        """Close the connections, those in use as well; a later search makes new ones."""
        server, self._server, self._is_reached = self._server, None, False
        if server is not None:
            await server.aclose()
