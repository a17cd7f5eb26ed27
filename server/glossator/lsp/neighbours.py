"""What other files say about the open ones: read from disk in a thread, after files were opened, saved or closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from pygls.uris import to_fs_path

from glossator.workspace.indexes import Indexes

PAUSE_S: Final = 0.5
"""How long after a file was opened or saved: an editor that starts opens many, and asks for other things first."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be read: the patterns of `exclude` hold files back, `asks` says for whose uris prompts are made."""

    exclude: Callable[[], tuple[str, ...]]
    asks: Callable[[str], bool]


class Neighbours:
    """Keeps the indexes of open files current, one reading at a time."""

    def __init__(self, uris: Callable[[], Iterable[str]], wishes: Wishes, changed: Callable[[], None]) -> None:
        """Read for the documents at `uris`, and call `changed` when something else is said than before."""
        self.indexes = Indexes()
        self._uris = uris
        self._wishes = wishes
        self._changed = changed
        self._timer: asyncio.TimerHandle | None = None
        self._reading: asyncio.Task[None] | None = None

    def refresh(self) -> None:
        """Read again, once nothing has happened for a while."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(PAUSE_S, self._start)

    def _start(self) -> None:
        if self._reading is not None and not self._reading.done():
            self.refresh()
        else:
            self._reading = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        paths = {uri: path for uri in self._uris() if uri.startswith("file:") and (path := to_fs_path(uri))}
        linked = [path for uri, path in paths.items() if self._wishes.asks(uri)]
        try:
            found = await asyncio.to_thread(self.indexes.read, [*paths.values()], self._wishes.exclude(), linked)
        except asyncio.CancelledError:
            self.indexes.stop()  # the thread would keep the process for as long as the reading takes
            raise
        if self.indexes.take(found):
            self._changed()
