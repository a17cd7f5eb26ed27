"""A provider that a monitor watches: how long its first word and its whole answer take, what it costs, how it fails."""

from __future__ import annotations

from time import perf_counter

from glossator.errors import ProviderError
from glossator.monitor import Monitor, names
from glossator.providers.base import Heard, Prompt, Provider, Reply, Usage, usage_in


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
