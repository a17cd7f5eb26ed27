"""Who waits for an answer, and which of them are asked together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field, replace
from typing import Any

from glossator.engine.answers import Answer
from glossator.engine.filling import Seen, Trust
from glossator.engine.requests import Request
from glossator.engine.scheduler.budget import Spent
from glossator.engine.scheduler.line import Waiting
from glossator.engine.scheduler.turns import Turns
from glossator.providers.base import NO_USAGE, Usage

Job = tuple[Request, Seen]
Ask = Callable[[Sequence[Job], Turns], Coroutine[Any, Any, Sequence[Answer]]]
"""Asks for some requests together, and gives an answer to each, in order."""


@dataclass(eq=False, slots=True)
class Ticket(Waiting):
    """A request with who waits for it."""

    key: Hashable
    heard: Seen
    trust: Trust
    result: asyncio.Future[Answer]
    is_in_line: bool = True
    context: Context = field(default_factory=copy_context)  # what a monitor knows whose request it is by
    batch: Batch | None = None
    failures: int = 0
    usage: Usage = NO_USAGE  # of times that it was asked before in vain

    def settle(self, answer: Answer) -> None:
        """Hand over the answer, if somebody still waits for it."""
        if not self.result.done():
            spent = self.usage + answer.usage
            self.result.set_result(replace(answer, usage=spent) if self.usage != NO_USAGE else answer)

    def fail(self, fault: BaseException) -> None:
        """Hand over a fault of ours, if somebody still waits."""
        if not self.result.done():
            self.result.set_exception(fault)


@dataclass(eq=False, slots=True)
class Batch:
    """Tickets that are asked together; `leads` tells whether others wait for it, `is_heard` whether an answer began."""

    tickets: list[Ticket]
    expected: Spent
    left: set[Ticket]
    leads: bool = False
    is_heard: bool = False
    task: asyncio.Task[Sequence[Answer]] | None = None

    @property
    def leader(self) -> Ticket:
        """The one whose turn it was."""
        return self.tickets[0]

    @property
    def trust(self) -> Trust:
        """The trust that all of them share."""
        return self.leader.trust

    def answers(self) -> Sequence[Answer]:
        """The answers of a task that has ended; none where it was cancelled, or failed of a fault of ours."""
        assert self.task is not None
        return () if self.task.cancelled() or self.task.exception() is not None else self.task.result()

    def spent(self) -> Spent:
        """What it took. One that was called off under an answer was read, and is paid for like a whole one."""
        assert self.task is not None
        if self.task.cancelled():
            return self.expected if self.is_heard else Spent()
        usage = [answer.usage for answer in self.answers()]
        return Spent(sum(one.cost for one in usage), sum(one.tokens for one in usage))
