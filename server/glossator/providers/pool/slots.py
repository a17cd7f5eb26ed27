"""How many requests are with a member at once: those that are too many wait in the order in which they came."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """As many places as a member has, fewer after it asked for less.

    After a refusal for being too many the number halves, and each whole round of answers brings one place back.

    Source: Chiu and Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance", 1989.
    """

    def __init__(self, most: int) -> None:
        """Begin with all of them free."""
        self._most = most
        self._room = float(most)
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """How many may be taken now."""
        return int(self._room)

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
        self._room = max(1.0, float(self.limit // 2))

    def widen(self) -> None:
        """Come nearer to one more, after an answer."""
        if self._room < self._most:
            self._room = min(float(self._most), self._room + 1 / self.limit)
            self._grant()
