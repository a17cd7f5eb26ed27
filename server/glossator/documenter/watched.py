"""A provider that a monitor watches: how long its first word and its whole answer take, what it costs, how it fails."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from glossator.errors import ProviderError
from glossator.monitor import Monitor, names
from glossator.providers.base import Heard, Prompt, Provider, Reply, Usage, usage_in

if TYPE_CHECKING:
    from glossator.engine.coalesce import Coalescer
    from glossator.engine.scheduler import Scheduler
    from glossator.monitor.measured import Key
    from glossator.providers.pool import Member


def watched(member: Member, monitor: Monitor) -> Member:
    """A member of a pool, watched."""
    return replace(member, provider=Watched(member.provider, monitor))


class Watched:
    """A provider whose calls are counted; it answers as the one behind it."""

    def __init__(self, provider: Provider, monitor: Monitor) -> None:
        """Watch `provider`."""
        self._provider = provider
        self._monitor = monitor

    @property
    def name(self) -> str:
        """The provider's own name."""
        return self._provider.name

    async def complete(self, prompt: Prompt, heard: Heard) -> Reply:
        """The provider's answer. Raises what it raises."""
        started, is_silent = perf_counter(), True

        def hear(text: str) -> None:
            nonlocal is_silent
            if is_silent:
                is_silent = False
                self._monitor.since(names.FIRST_TOKEN, started)
            heard(text)

        try:
            reply = await self._provider.complete(prompt, hear)
        except ProviderError as error:
            self._note(started, usage_in(error))
            self._monitor.failed(self.name, type(error).__name__)
            raise
        self._note(started, reply.usage)
        return reply

    def _note(self, started: float, usage: Usage) -> None:
        """Count a call that has ended; one that was called off took as long as somebody wanted to wait."""
        self._monitor.since(names.PROVIDER, started)
        self._monitor.asked(self.name, usage)

    async def aclose(self) -> None:
        """Close the provider's connections."""
        await self._provider.aclose()


def counted(scheduler: Scheduler, flights: Coalescer[Any, Any]) -> tuple[dict[Key, float], dict[Key, float]]:
    """What was shared so far, as counts, and what waits, as gauges."""
    found = scheduler.statistics()
    counts: dict[Key, float] = {(names.COALESCED,): flights.shared, (names.PACKED,): found.packed}
    return counts, {(names.DEPTH, "line"): sum(found.waiting), (names.DEPTH, "asked"): found.in_flight}
