"""Back-pressure: who is about to make many requests waits until there is room for them, in the order of asking."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable


class Door:
    """Lets in whoever comes as long as fewer than `room` are inside; whose turn it is may bring any number at once."""

    def __init__(self, room: Callable[[], int]) -> None:
        """Nobody is inside."""
        self._room = room
        self._inside = 0
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()

    async def admit(self, count: int) -> None:
        """Wait for one's turn, and count so many as inside."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, count))
        self.open()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # let in and cancelled at once: the next one's turn
                self.dismiss(count)
            raise

    def dismiss(self, count: int) -> None:
        """So many have left."""
        self._inside -= count
        self.open()

    def open(self) -> None:
        """Let in as many of those who wait as there is room for."""
        while self._waiting and self._inside < self._room():
            turn, count = self._waiting.popleft()
            if not turn.done():
                self._inside += count
                turn.set_result(None)
