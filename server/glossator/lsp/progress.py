"""Progress of long work in the editor, and its cancel button."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.progress import Progress as PyglsProgress

from glossator.lsp import wire
from glossator.lsp.protocol import GlossatorProtocol
from glossator.lsp.wire import Json

ANSWER_TIMEOUT_S = 5.0
REPORT_PERIOD_S = 0.1
SLOW_S = 0.2
"""What takes longer is shown."""

T = TypeVar("T")


class Progress:
    """One piece of work as the client shows it; silent for a client that shows none (no token)."""

    def __init__(self, shown: PyglsProgress, token: int | str | None) -> None:
        """Report under a token."""
        self.outcome = "done"  # what is said at the end, if nothing stops it
        self._shown = shown
        self._token = token
        self._next = 0.0

    def begin(self, title: str) -> None:
        """Show the work."""
        if self._token is not None:
            self._shown.begin(self._token, types.WorkDoneProgressBegin(title=title, cancellable=True, percentage=0))

    def report(self, done: int, total: int, what: str) -> None:
        """Show how far it has come; calls that follow one another too fast are left out."""
        now = asyncio.get_running_loop().time()
        if self._token is not None and now >= self._next:
            self._next = now + REPORT_PERIOD_S
            share = min(100, 100 * done // max(total, 1))
            message = f"{done}/{total} {what}"
            self._shown.report(self._token, types.WorkDoneProgressReport(message=message, percentage=share))

    def end(self, message: str) -> None:
        """Take it away."""
        if self._token is not None:
            self._shown.end(self._token, types.WorkDoneProgressEnd(message=message))


@asynccontextmanager
async def shown_progress(protocol: GlossatorProtocol, title: str, token: Json) -> AsyncIterator[Progress]:
    """Show the current task's work under the client's token, or under one of our own if the client accepts it.

    The cancel button cancels the task.
    """
    shown = protocol.progress
    known = token if wire.is_identity(token) else await _created(protocol)
    progress = Progress(shown, known)
    progress.begin(title)
    task = asyncio.current_task()
    button = shown.tokens.get(known) if known is not None else None
    if button is not None and task is not None:
        button.add_done_callback(lambda pressed: task.cancel() if pressed.cancelled() else None)
    message = "stopped"
    try:
        yield progress
        message = progress.outcome
    finally:
        if known is not None:
            shown.tokens.pop(known, None)  # pygls keeps them for ever
        progress.end(message)


async def shown_if_slow(protocol: GlossatorProtocol, title: str, work: Coroutine[Any, Any, T]) -> T:
    """The outcome of some work, shown in the editor if it takes long; asking for that would delay what is fast."""
    task = asyncio.get_running_loop().create_task(work)
    try:
        await asyncio.wait([task], timeout=SLOW_S)
        if task.done():
            return task.result()
        async with shown_progress(protocol, title, None):
            return await task
    finally:
        task.cancel()


async def _created(protocol: GlossatorProtocol) -> str | None:
    """A token that the client has accepted; None if it shows no progress, refuses, or does not answer in time."""
    if not protocol.client.shows_progress:
        return None
    token = str(uuid.uuid4())
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            await protocol.progress.create_async(token)
    except (JsonRpcException, TimeoutError):
        return None
    return token
