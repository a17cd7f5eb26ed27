"""A file with a model, in a worker of a cluster: bytes and what is known go in; an outcome and what was said come out.

A worker has no disk tier. What would lie there goes back with the file, and whoever sent it keeps it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final, TypeVar

from glossator.cache.tiers import Found, Lookup, Tiers
from glossator.config import Settings
from glossator.documenter.caching import asked_of, tiers_over
from glossator.documenter.chosen import of_providers
from glossator.documenter.files import FileOptions, FileOutcome, document_bytes
from glossator.documenter.generation import Generator
from glossator.documenter.recalling import Asking, asking
from glossator.engine.answers import Answer
from glossator.engine.filling import Trust
from glossator.engine.requests import Request
from glossator.errors import ConfigError, Superseded
from glossator.model import FieldKey

logger = logging.getLogger(__name__)

STOP_S: Final = 5.0
Result = TypeVar("Result")
_RUN: ContextVar[str] = ContextVar("run")


@dataclass(frozen=True, slots=True)
class Wish:
    """A file to be documented: what was looked up for it, what was found, and whether its run still asks anybody."""

    run: str
    raw: bytes
    path: str
    options: FileOptions
    lookups: tuple[Lookup, ...] = ()
    found: Mapping[bytes, Found] = field(default_factory=dict)
    trust: Trust = field(default_factory=Trust)


@dataclass(frozen=True, slots=True)
class Granted:
    """What became of a file; `payloads` are to be kept before it is written, `answers` have been paid for."""

    outcome: FileOutcome
    answers: tuple[Answer, ...] = ()
    payloads: Mapping[bytes, bytes] = field(default_factory=dict)


def settings_elsewhere(settings: Settings) -> Settings:
    """What a worker needs to know of whom to ask. Its folders are its own; keys are in no settings."""
    asked = of_providers(settings)
    return replace(asked, cache=replace(asked.cache, folder=""))


def variables_of(settings: Settings) -> tuple[str, ...]:
    """The variables of the environment that hold secrets of these settings, which a worker has to have itself."""
    keys = [one.key_env for one in settings.providers if one.name in settings.provider]
    return tuple(name for name in (*keys, settings.cache.shared_key_env) if name)


def opened(settings: Settings) -> str:
    """Open the providers in this process; "", or what has to be mended first."""
    try:
        _asker(settings)
    except ConfigError as error:
        return str(error)
    return ""


def granted(settings: Settings, wish: Wish) -> Granted:
    """Document a file, asking whom these settings choose. What is known elsewhere is not asked for again."""
    return _asker(settings).grant(wish)


def stopped(settings: Settings, run: str) -> Mapping[bytes, bytes]:
    """Stop what is still being asked for a run; what was said and not sent back yet."""
    return _asker(settings).stop(run)


@cache
def _asker(settings: Settings) -> _Asker:
    """One for a process and settings, as long as the process lives: its memory is the first tier of later runs."""
    return _Asker(settings)


class _Outbox:
    """A store in the disk's place: it finds nothing, and holds what is kept for each run until that is sent back."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[bytes, bytes]] = {}

    async def get(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Nothing."""
        return {}

    async def put(self, payloads: Mapping[bytes, bytes]) -> None:
        """Hold payloads for the run that they came up in."""
        self._kept.setdefault(_RUN.get(), {}).update(payloads)

    async def aclose(self) -> None:
        """Nothing is open."""

    def take(self, run: str) -> Mapping[bytes, bytes]:
        """What is held for a run, once."""
        return self._kept.pop(run, {})


class _Asker:
    """The providers and the cache of some settings, on an event loop in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        """Raises ConfigError for what cannot be used."""
        self._settings = settings
        self._outbox = _Outbox()
        self._tiers: Tiers = tiers_over(self._outbox, settings, logger.warning)
        self._generator = Generator(settings, tell=logger.info, tiers=self._tiers)
        self._asked = asked_of(settings)
        self._tasks: dict[str, set[asyncio.Task[Any]]] = {}
        self._stopped: set[str] = set()  # a file may be between two steps when its run is called off
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="glossator providers", daemon=True)
        self._thread.start()
        self._wait(self._tiers.reach())

    def grant(self, wish: Wish) -> Granted:
        """Document a file; the loop asks, this thread parses."""
        framing = self._generator.view.framing(wish.options.settings, wish.options.index.about(wish.path))
        found = self._wait(self._find(wish))
        asked = asking(wish.raw, wish.path, wish.options, (self._asked, framing), found)
        filled, payloads = self._wait(self._fill(wish, asked))
        answers = {**asked.answers, **dict(zip((one.path for one in asked.requests), filled, strict=True))}
        outcome = document_bytes(wish.raw, wish.path, replace(wish.options, answers=answers))
        return Granted(outcome, tuple(map(_billed, filled)), payloads)

    def stop(self, run: str) -> Mapping[bytes, bytes]:
        """Stop what is being asked for a run, and give what was said."""
        return self._wait(self._stop(run))

    def close(self) -> None:
        """Let go of all connections, and end the thread; a worker's end does that as well."""
        self._wait(self._aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _aclose(self) -> None:
        await self._generator.aclose()
        await self._tiers.aclose()

    def _wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _find(self, wish: Wish) -> Mapping[bytes, Found]:
        """What was found where the file comes from; of the rest, what is known here or on the shared server."""
        open_ = [one for one in wish.lookups if wish.found.get(one.whole, Found()).lacks(one)]
        more = await self._tiers.find(open_)
        better = {one.whole: _both(wish.found.get(one.whole), here) for one, here in zip(open_, more, strict=True)}
        return {**wish.found, **better}

    async def _fill(self, wish: Wish, asked: Asking) -> tuple[list[Answer], Mapping[bytes, bytes]]:
        if wish.run in self._stopped:
            raise Superseded("the run was called off")
        _RUN.set(wish.run)
        task = asyncio.current_task()
        assert task is not None
        tasks = self._tasks.setdefault(wish.run, set())
        tasks.add(task)
        try:
            filled = await asyncio.gather(*(self._one(request, wish.trust) for request in asked.requests))
            await self._generator.keep(asked.new)
        finally:
            tasks.discard(task)
        return filled, self._outbox.take(wish.run)

    async def _one(self, request: Request, trust: Trust) -> Answer:
        return await self._generator.fill(request, _unseen, trust)

    async def _stop(self, run: str) -> Mapping[bytes, bytes]:
        self._stopped.add(run)
        tasks: Iterable[asyncio.Task[Any]] = self._tasks.pop(run, ())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_S)
        return self._outbox.take(run)


def _both(there: Found | None, here: Found) -> Found:
    """The whole doc where either has it, else the fields of both."""
    if there is None or here.whole is not None:
        return here
    return Found(there.whole, {**here.fields, **there.fields})


def _billed(answer: Answer) -> Answer:
    """An answer as it goes back: what it cost and what was refused; its words are in the file."""
    return replace(answer, said={}, similar={})


def _unseen(_texts: Mapping[FieldKey, str]) -> None:
    """Show nothing: nobody looks at a worker."""
