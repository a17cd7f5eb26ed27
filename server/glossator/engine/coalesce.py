"""Equal work in flight is done once: whoever asks for it as well waits for the same result.

Work goes on as long as one of them waits; the last one who leaves stops it. A failure is everybody's who waited, and is
not kept: the next who asks starts anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from functools import partial
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Heard = TypeVar("Heard")


class Flight(Generic[T, Heard]):
    """Work that somebody waits for, and who hears of its progress."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self.listeners: list[Callable[[Heard], None]] = []
        self.task: asyncio.Task[T] | None = None

    def hear(self, heard: Heard) -> None:
        """Tell everybody who waits how far it is."""
        for listener in tuple(self.listeners):
            listener(heard)


class Coalescer(Generic[T, Heard]):
    """The work in flight, by what it is for."""

    def __init__(self) -> None:
        """Nothing is in flight."""
        self._flights: dict[Hashable, Flight[T, Heard]] = {}
        self.shared = 0
        """How often somebody had to do nothing but wait."""

    def __len__(self) -> int:
        """How much is in flight."""
        return len(self._flights)

    def __contains__(self, key: object) -> bool:
        """Whether the work for a key is in flight."""
        return key in self._flights

    async def run(
        self,
        key: Hashable,
        work: Callable[[Callable[[Heard], None]], Coroutine[Any, Any, T]],
        heard: Callable[[Heard], None],
    ) -> T:
        """The result of the work for a key, done by whoever came first; `heard` hears of its progress.

        Raises what the work raises.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = Flight()
            flight.task = asyncio.get_running_loop().create_task(work(flight.hear))
            flight.task.add_done_callback(partial(self._landed, key, flight))
        else:
            self.shared += 1
        assert flight.task is not None
        flight.listeners.append(heard)
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.listeners.remove(heard)
            if not flight.listeners and not flight.task.done():
                self._landed(key, flight, flight.task)  # who comes now must not wait for what is being stopped
                flight.task.cancel()
                await asyncio.wait([flight.task])

    def _landed(self, key: Hashable, flight: Flight[T, Heard], task: asyncio.Task[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if task.done() and not task.cancelled():
            task.exception()  # somebody has heard of it, or nobody wants to
