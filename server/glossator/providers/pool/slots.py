"""How many requests are with a member at once: those that are too many wait in the order in which they came."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from glossator.providers.pool.growth import Growth


class Slots:
    """As many places as a member has; how many that is, its answers say.

    They begin with `first` places and never have more than `most`.
    """

    def __init__(self, first: int, most: int | None = None) -> None:
        """Begin with all of them free; `most` None means that there are never more than at first."""
        self._growth = Growth(first, first if most is None else most)
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """How many may be taken now."""
        return self._growth.limit

    @property
    def in_flight(self) -> int:
        """How many are taken."""
        return self._in_flight

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """Whether the next request would have to wait."""
        return self._in_flight >= self.limit

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """A place, once it is one's turn."""
        if self.is_full:
            await self._turn()
        else:
            self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1
            self._grant()

    async def _turn(self) -> None:
        """Wait; the place is counted by who grants it."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # granted and cancelled at once: the place is the next one's
                self._in_flight -= 1
            elif turn in self._waiting:
                self._waiting.remove(turn)
            self._grant()
            raise

    def _grant(self) -> None:
        while self._waiting and self._in_flight < self.limit:
            turn = self._waiting.popleft()
            if turn.cancelled():
                continue
            self._in_flight += 1
            turn.set_result(None)

    def halve(self) -> None:
        """Have half of the places, at least one; those that are taken stay taken."""
        self._growth.halve()

    def answered(self, seconds: float) -> None:
        """Count an answer that took so long: there may be more places after it."""
        self._growth.answered(seconds, is_full=self.is_full)
        self._grant()
