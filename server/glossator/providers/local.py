"""The provider `local`: a small model in a process of our own, started when it is first needed.

Each Glossator process has its own: an editor and a command line that shared one would have to leave its key on disk,
and to agree on who ends it. The weights' pages, most of the memory, the system shares by itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from glossator.config import Settings, mode_of
from glossator.config.folders import models_folder
from glossator.config.keys import LOCAL
from glossator.errors import TimedOut, Unavailable
from glossator.providers.asking import Endpoint, HttpProvider, open_gate
from glossator.providers.base import Heard, Price, Prompt, Reply
from glossator.providers.child import Child, Share, order_of, require_llama, share_of, start
from glossator.providers.http import Bounds, Http
from glossator.providers.models import Library
from glossator.providers.openai import openai
from glossator.providers.prices import FREE
from glossator.providers.remembered import Endpoints, identity

logger = logging.getLogger(__name__)

# A long prompt on a slow machine: 4,000 tokens at 50 a second before the first word comes.
TOTAL_S: Final = 180.0
BOUNDS: Final = Bounds(idle_s=120.0)
MAX_PAUSE_S: Final = 60.0
# A connection breaks before the end of its process is told; on a busy machine the system takes half a second and more
# to take the memory of a model down.
END_S: Final = 5.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a local provider needs of the world: a clock, and somebody to tell that it takes a moment."""

    tell: Tell = field(default=lambda _message: None)
    clock: Callable[[], float] = time.monotonic


class _Ended(Unavailable):
    """The process of a model is gone."""


class Local:
    """A model of this machine. It is for one event loop."""

    def __init__(self, settings: Settings, surroundings: Surroundings | None = None) -> None:
        """Start nothing yet; raises ConfigError for an unknown model, and for one that the mode has no memory for."""
        self._settings = settings
        self._surroundings = surroundings or Surroundings()
        self._library = Library(models_folder(settings))
        self._model = self._library.find(settings.local.model)
        self._share = self._fitting()
        self._starting: asyncio.Task[_Running] | None = None
        self._running: _Running | None = None
        self._asked = 0
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._not_before = 0.0

    @property
    def name(self) -> str:
        """The word for it in the settings."""
        return LOCAL

    @property
    def price(self) -> Price | None:
        """Nothing."""
        return FREE

    @property
    def is_loopback(self) -> bool:
        """True: nothing leaves this machine."""
        return True

    def require(self) -> None:
        """Raise Refused where it cannot start: the extra or the weights are missing. Starts and reads nothing."""
        require_llama()
        self._library.require(self._model.name)

    @property
    def concurrency(self) -> int:
        """How many prompts it answers at once."""
        return self._share.slots

    @property
    def way(self) -> str:
        """How its answers become objects; "" while there is no process."""
        return self._running.provider.way if self._running else ""

    @property
    def process_id(self) -> int | None:
        """The process with the model; None while there is none."""
        return self._running.child.process.pid if self._running and self._running.child.is_running else None

    async def complete(self, prompt: Prompt, heard: Heard) -> Reply:
        """The answer to a prompt; starts the process if there is none.

        One that ended since the last prompt is started anew. Raises Refused where the extra or the weights are missing,
        Unavailable where the process ended under its answer: the next prompt starts another, after a pause that grows.
        """
        words: list[str] = []

        def hear(text: str) -> None:
            words[:] = [text]
            heard(text)

        async with self._in_use():
            is_first = not self._failures
            try:
                return await self._ask(prompt, hear)
            except _Ended:
                # Killed while nobody asked it, as by a system without memory: this prompt was only the first to notice.
                if words or not is_first:
                    raise
                return await self._ask(prompt, heard)

    async def _ask(self, prompt: Prompt, heard: Heard) -> Reply:
        running = await self._ready()
        try:
            reply = await running.provider.complete(prompt, heard)
        except (Unavailable, TimedOut) as error:
            if await running.has_ended(END_S if isinstance(error, Unavailable) else 0):
                await self._give_up(running)
                raise _Ended("the local model's process ended") from error
            raise
        self._failures = 0
        return reply

    async def aclose(self) -> None:
        """End the process; what is in flight fails."""
        if self._idle:
            self._idle.cancel()
        if self._starting:
            self._starting.cancel()
            await asyncio.wait([self._starting])
            self._starting = None
        if running := self._taken():
            await _stop(running)
        if self._ending:
            await asyncio.wait(self._ending)

    @asynccontextmanager
    async def _in_use(self) -> AsyncIterator[None]:
        """Keep the process from being idle."""
        self._asked += 1
        if self._idle:
            self._idle.cancel()
            self._idle = None
        try:
            yield
        finally:
            self._asked -= 1
            self._set_alarm()

    def _set_alarm(self) -> None:
        """Count the idle time from now, if nobody waits for an answer."""
        if not self._asked and self._idle is None:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(self._settings.local.idle_s, self._rest)

    async def _ready(self) -> _Running:
        """The running model; all who wait for a start wait for the same one, and none that leaves stops it."""
        if self._running and self._running.child.is_running:
            return self._running
        if self._running:
            await self._give_up(self._running)
        if self._starting is None:
            wait_s = self._not_before - self._surroundings.clock()
            if wait_s > 0:
                raise Unavailable(f"the local model's process ended; the next one may start in {wait_s:.0f} s")
            self._starting = asyncio.create_task(self._start())
            self._starting.add_done_callback(self._started)
        return await asyncio.shield(self._starting)

    def _fitting(self) -> Share:
        return share_of(self._settings.local, mode_of(self._settings.mode), self._model.size_bytes)

    async def _start(self) -> _Running:
        require_llama()
        weights = await asyncio.to_thread(self._library.weights, self._model.name)
        self._surroundings.tell(f"starting {self._model.name} on this machine")
        is_heard = self._settings.log == "debug"
        child = await start(order_of(weights, self._model.name, self._fitting()), is_heard=is_heard)
        return _asked(self._model.name, child)

    def _started(self, task: asyncio.Task[_Running]) -> None:
        self._starting = None
        if task.cancelled():
            return
        if error := task.exception():
            if isinstance(error, Unavailable):
                self._fail()
            return
        self._running = task.result()
        self._set_alarm()  # all who waited for it may have gone

    async def _give_up(self, running: _Running) -> None:
        """Forget a process that ended; many prompts may notice it, and it counts once."""
        if self._running is running:
            self._running = None
            self._fail()
            await running.provider.aclose()

    def _fail(self) -> None:
        """Once may be bad luck, so that the next start is at once; then the pauses double."""
        pause_s = min(2.0**self._failures - 1, MAX_PAUSE_S)
        self._failures += 1
        self._not_before = self._surroundings.clock() + pause_s
        logger.warning("event=local-ended failures=%s pause_s=%s", self._failures, pause_s)

    def _rest(self) -> None:
        """End the process, since nobody asked for long; the next prompt must not find it any more."""
        self._idle = None
        if running := self._taken():
            task = asyncio.create_task(_stop(running))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    def _taken(self) -> _Running | None:
        running, self._running = self._running, None
        return running


@dataclass(frozen=True, slots=True)
class _Running:
    """A process, and how it is asked."""

    child: Child
    provider: HttpProvider

    async def has_ended(self, within_s: float) -> bool:
        """Whether the process is gone, or will be in so many seconds."""
        try:
            async with asyncio.timeout(within_s):
                await self.child.process.wait()
        except TimeoutError:
            return False
        return True


def _asked(model: str, child: Child) -> _Running:
    async def key() -> str:
        return child.key

    address = f"{child.address}/v1"
    endpoint = Endpoint(LOCAL, model, key, FREE, TOTAL_S, identity(LOCAL, address, model))
    # What it understands is known: nothing is remembered, and nothing leaves this machine.
    return _Running(child, HttpProvider(endpoint, openai(), Http(address, BOUNDS), Endpoints(), open_gate))


async def _stop(running: _Running) -> None:
    logger.info("event=local-stopped pid=%s", running.child.process.pid)
    await running.provider.aclose()
    await running.child.stop()
