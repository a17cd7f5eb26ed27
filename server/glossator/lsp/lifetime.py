"""When the server ends: the client says so or goes away, a signal arrives, or the client's process is gone.

Whatever is in flight then, the process is gone within two seconds.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)

WATCH_PERIOD_S = 1.0
LAST_MOMENT_S = 1.5


class Lifetime:
    """Waits for the first reason to end."""

    def __init__(self) -> None:
        """Begin now, on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._code: asyncio.Future[int] = self._loop.create_future()
        self._parent = os.getppid()

    def end(self, code: int, reason: str) -> None:
        """End with an exit code; only the first call counts."""
        if self._code.done():
            return
        logger.log(logging.INFO if code == 0 else logging.WARNING, "server ends code=%d reason=%s", code, reason)
        self._code.set_result(code)
        # A thread stuck in a blocking call, or a coroutine that refuses to be cancelled, would keep the process alive.
        watchdog = threading.Timer(LAST_MOMENT_S, os._exit, [code])
        watchdog.daemon = True
        watchdog.start()

    def exit(self, code: int) -> None:
        """End because the client said `exit`."""
        self.end(code, "exit" if code == 0 else "exit without shutdown")

    async def over(self) -> int:
        """The exit code, once there is a reason to end."""
        return await self._code

    def watch_signals(self) -> None:
        """End on SIGTERM, SIGINT and SIGHUP, where the platform has them."""
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            if hasattr(signal, name):
                try:
                    self._loop.add_signal_handler(getattr(signal, name), self.end, 1, name)
                except NotImplementedError:  # Windows: the interpreter's own handling ends the process
                    return

    def watch_client(self, process_id: Callable[[], int | None]) -> None:
        """End when the client's process ends, as it said in `initialize`; when our parent does, where it said nothing.

        A process that cannot be seen at first is not watched: an editor outside of our container has ids of its own.
        """
        if os.name == "posix":
            self._watch(process_id, None)

    def _watch(self, process_id: Callable[[], int | None], seen: int | None) -> None:
        if self._code.done():
            return
        client = process_id()
        if client is None:
            if os.getppid() != self._parent:
                self.end(1, "the parent process ended")
        elif _exists(client):
            seen = client
        elif seen == client:
            self.end(1, "the client's process ended")
        self._loop.call_later(WATCH_PERIOD_S, self._watch, process_id, seen)


def _exists(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
