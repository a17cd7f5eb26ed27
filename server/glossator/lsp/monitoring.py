"""Looks after a server's numbers: how late its loop is, its file for `glossator stats`, its port for Prometheus."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from glossator.monitor import Monitor, Snapshot, names

if TYPE_CHECKING:
    from glossator.config import Settings
    from glossator.monitor.endpoint import Endpoint
    from glossator.monitor.files import OwnFile

logger = logging.getLogger(__name__)

PERIOD_S: Final = 1.0
WRITE_S: Final = 5.0
"""How often the numbers are written, where anything happened."""

CLOSE_S: Final = 0.3


class Monitoring:
    """The background of a server's monitor; one task, which begins a second after the server."""

    def __init__(self, monitor: Monitor, settings: Callable[[], Settings]) -> None:
        """Do nothing yet; `settings` gives the user's own as they are."""
        self._monitor = monitor
        self._settings = settings
        self._task: asyncio.Task[None] | None = None
        self._written = Snapshot()
        self._writing: asyncio.Future[bool] | None = None
        self._file: OwnFile | None = None
        self._endpoint: Endpoint | None = None
        self._address = ""
        self._refused = ""

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.get_running_loop().create_task(self._watch())
        self._task.add_done_callback(_report)

    async def aclose(self) -> None:
        """Write the last numbers, and close the port; takes CLOSE_S at most."""
        if self._task is not None:
            self._task.cancel()
        await self._close_endpoint()
        snapshot = self._monitor.snapshot()
        if snapshot.has_more_than(Snapshot(), names.LOOP_LAG):
            try:
                async with asyncio.timeout(CLOSE_S):
                    if self._writing is not None:  # a thread cannot be cancelled, and two would write one file
                        await asyncio.wait([self._writing])
                    await asyncio.to_thread(self._own_file().write, snapshot, is_ended=True)
            except TimeoutError:
                logger.debug("stats=not_written reason=slow disk")

    async def _watch(self) -> None:
        from glossator.monitor.spans import recorder

        loop = asyncio.get_running_loop()
        self._monitor.recorder = recorder()
        last_write = loop.time()
        while True:
            due = loop.time() + PERIOD_S
            await asyncio.sleep(PERIOD_S)
            self._monitor.observe(names.LOOP_LAG, max(0.0, loop.time() - due) * 1e6)
            settings = self._settings()
            self._monitor.slow_ms = settings.monitor.slow_ms
            await self._serve(settings.monitor.prometheus)
            if loop.time() - last_write >= WRITE_S:
                await self._write()
                last_write = loop.time()

    async def _write(self) -> None:
        snapshot = self._monitor.snapshot()
        if snapshot.has_more_than(self._written, names.LOOP_LAG):
            self._writing = asyncio.ensure_future(asyncio.to_thread(self._own_file().write, snapshot))
            await asyncio.shield(self._writing)
            self._written = snapshot

    def _own_file(self) -> OwnFile:
        if self._file is None:
            from glossator.documenter.statistics import own_file

            self._file = own_file(self._settings())
        return self._file

    # Prometheus --------------------------------------------------------------------------------------------------

    async def _serve(self, address: str) -> None:
        """Have a port open where the settings say. One that another server has is tried again: that one may end."""
        if address == self._address:
            return
        await self._close_endpoint()
        if not address:
            return
        from glossator.monitor.endpoint import Endpoint

        endpoint, (host, _, port) = Endpoint(self._metrics), address.rpartition(":")
        try:
            await endpoint.open(host.strip("[]"), int(port))
        except OSError as error:
            level = logging.DEBUG if self._refused == address else logging.WARNING
            logger.log(level, "prometheus=not_served reason=%s", error.strerror)
            self._refused = address
            return
        logger.info("prometheus=served port=%d", endpoint.port)
        self._endpoint, self._address = endpoint, address

    async def _close_endpoint(self) -> None:
        if self._endpoint is not None:
            await self._endpoint.aclose()
        self._endpoint, self._address = None, ""

    async def _metrics(self) -> str:
        """The numbers of all processes, as text: whoever has the port speaks for all, and counters do not fall."""
        from glossator.documenter.statistics import with_disk
        from glossator.monitor.prometheus import exposition
        from glossator.monitor.snapshot import merged

        own, file, settings = self._monitor.snapshot(), self._own_file(), self._settings()
        return await asyncio.to_thread(lambda: exposition(with_disk(merged((own, file.others())), settings)))


def _report(ended: asyncio.Task[None]) -> None:
    if not ended.cancelled() and (error := ended.exception()) is not None:
        logger.error("monitoring failed error=%s", type(error).__name__)
