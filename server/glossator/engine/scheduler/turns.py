"""The questions of one batch against the pace: the first one has had its turn, each further one waits for its own.

Further ones are those about refused fields, and those asked alone of what was packed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from glossator.engine.scheduler.pace import Pace, Sent
from glossator.errors import ProviderError
from glossator.providers.base import Heard, Prompt, Provider, Reply, Usage, usage_in

ANSWER_SHARE: Final = 0.35  # of the bound on an answer's tokens that answers take


def answer_tokens(prompt: Prompt) -> int:
    """About how many tokens the answer to a prompt has."""
    return int(ANSWER_SHARE * prompt.max_tokens)


@dataclass(slots=True)
class Further:
    """The questions of all batches that wait for the pace; those go before requests in the line."""

    pace: Pace
    go_on: Callable[[], None]
    waiting: int = 0

    async def turn(self, tokens: int) -> Sent:
        """A turn for a question of so many tokens."""
        loop = asyncio.get_running_loop()
        self.waiting += 1
        try:
            while (wait_s := self.pace.wait_s(loop.time(), tokens)) > 0:  # noqa: ASYNC110 - time alone makes room
                await asyncio.sleep(wait_s)
            return self.pace.send(loop.time(), tokens)
        finally:
            self.waiting -= 1
            if not self.waiting:
                loop.call_soon(self.go_on)


class Turns:
    """The turns of one batch."""

    def __init__(self, first: Sent, further: Further) -> None:
        """`first` is the turn of the first question."""
        self._first: Sent | None = first
        self._further = further

    async def take(self, prompt: Prompt) -> Sent:
        """The turn of the next question."""
        first, self._first = self._first, None
        return first or await self._further.turn(prompt.tokens + answer_tokens(prompt))

    def took(self, sent: Sent, usage: Usage) -> None:
        """Count what a question has taken."""
        self._further.pace.took(asyncio.get_running_loop().time(), sent, usage.tokens, usage.calls)


class Paced:
    """A provider whose questions wait for their turns."""

    def __init__(self, provider: Provider, turns: Turns) -> None:
        """Ask `provider`."""
        self._provider = provider
        self._turns = turns

    @property
    def name(self) -> str:
        """The provider's own name."""
        return self._provider.name

    async def complete(self, prompt: Prompt, heard: Heard) -> Reply:
        """The provider's answer, once it may be asked. Raises what it raises."""
        sent = await self._turns.take(prompt)
        try:
            reply = await self._provider.complete(prompt, heard)
        except ProviderError as error:
            self._turns.took(sent, usage_in(error))
            raise
        self._turns.took(sent, reply.usage)
        return reply

    async def aclose(self) -> None:
        """Leave the provider open: it is the caller's."""
