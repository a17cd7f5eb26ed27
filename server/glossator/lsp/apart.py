"""Worker processes of what takes long in the editor: they start in a thread, and end with what they were for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from glossator.config import mode_of

if TYPE_CHECKING:
    from glossator.config import Settings
    from glossator.documenter.pages import Wish
    from glossator.engine.executor import Pool
    from glossator.engine.workers import Workers

FEW: Final = 8
SMALL_BYTES: Final = 64 << 10  # are parsed within milliseconds
PRELOAD: Final = ("glossator.documenter.pages.apart",)


class Sharing:
    """Has this process answer others quickly for as long as any of several runs wants that (`executor.sharing`)."""

    def __init__(self) -> None:
        """Nobody wants it yet."""
        self._count = 0
        self._held = ExitStack()

    @contextmanager
    def on(self) -> Iterator[None]:
        """Want it for a while. Runs that overlap do not put back what the other one has set."""
        from glossator.engine.executor import sharing  # with the first run: a server starts without it

        if not self._count:
            self._held.enter_context(sharing())
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._held.close()


def readers_of(wish: Wish, settings: Settings) -> Pool:
    """Who reads what a page is made from: worker processes; whoever asks, where they would take longer to start.

    Touches the disk. Raises SourceError where there is nothing to read.
    """
    from glossator.documenter.pages.opening import files_of
    from glossator.engine.executor import Pool, processes_for

    files = files_of(wish, settings).files
    if len(files) <= FEW and sum(_size(one.path) for one in files) < SMALL_BYTES:
        return Pool(1)
    return Pool(max(2, processes_for(len(files), None, mode_of(settings.mode).workers)), PRELOAD, yields=True)


def _size(path: Path) -> int:
    """The size of a file in bytes; that of a large one where nobody can tell."""
    try:
        return path.stat().st_size
    except OSError:
        return SMALL_BYTES


@asynccontextmanager
async def workers_from(starting: asyncio.Future[Workers], stop: Callable[[], None]) -> AsyncIterator[Workers]:
    """The worker processes that somebody starts; `stop` is called where nobody waits for them any more.

    Starting takes long: a project is read, and a process that is no fork of this one has to load everything.
    """
    try:
        workers = await asyncio.shield(starting)
    except asyncio.CancelledError:
        stop()
        starting.add_done_callback(_close)
        raise
    try:
        yield workers
    finally:
        workers.close()


def _close(started: asyncio.Future[Any]) -> None:
    """End worker processes that started when nobody waited for them any more."""
    if not started.cancelled() and started.exception() is None:
        started.result().close()
