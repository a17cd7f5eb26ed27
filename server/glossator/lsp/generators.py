"""The providers that one client's settings chose: opened when they are first asked, closed with what they work on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar

from glossator.errors import Superseded

if TYPE_CHECKING:
    from glossator.config import Settings
    from glossator.documenter.generation import Generator
    from glossator.providers.keys import Keys

CLOSE_S: Final = 1.0

T = TypeVar("T")


class Generators:
    """The providers that one client's settings chose, opened when they are first asked, and what they work on."""

    def __init__(self) -> None:
        """Nothing is open."""
        self._open: dict[Settings, Generator] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._running: dict[asyncio.Task[Any], str] = {}
        self._keys: Keys | None = None

    def of(self, settings: Settings) -> Generator:
        """The providers of some settings. Raises ConfigError for what cannot be used."""
        if settings not in self._open:
            from glossator.documenter.generation import Generator  # with the first model: its rules take time to load

            self._open[settings] = Generator(settings, self.keys)
        return self._open[settings]

    @property
    def keys(self) -> Keys:
        """The keys that the editor handed over, and how others are found."""
        if self._keys is None:
            from glossator.providers.keys import Keys

            self._keys = Keys()
        return self._keys

    async def run(self, uri: str, work: Coroutine[Any, Any, T]) -> T:
        """Do work for a document, unless it is closed before the end. Raises Superseded if it was."""
        task = asyncio.get_running_loop().create_task(work)
        self._running[task] = uri
        try:
            return await task
        except asyncio.CancelledError:
            if task.cancelled() and not _is_cancelled():
                raise Superseded("The document was closed meanwhile.") from None
            raise
        finally:
            task.cancel()
            self._running.pop(task, None)

    def closed(self, uri: str) -> None:
        """A document was closed: what is written for it is of no use."""
        for task in [task for task, of in self._running.items() if of == uri]:
            task.cancel()

    def forget(self) -> None:
        """Settings changed: what is in flight ends with the connections of the old ones."""
        for generator in self._open.values():
            task = asyncio.get_running_loop().create_task(generator.aclose())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        self._open.clear()

    async def aclose(self) -> None:
        """Close all connections, and wait for that, not longer than CLOSE_S."""
        self.forget()
        if self._closing:
            await asyncio.wait(self._closing, timeout=CLOSE_S)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
