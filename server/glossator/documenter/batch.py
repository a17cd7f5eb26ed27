"""Many files with a model, each on a way of its own: what the cache knows, the questions for the rest, and the answers.

    look_up   PREPARE in a worker process: what the disk knows, and prompts for the rest; a file without a rest is done
              where there is a shared server: one question to it for the file; then ASK in a worker process: prompts
    ask       as soon as there is room for its questions, all of them at once; DOCUMENT in a worker process

The event loop does nothing but talk to servers and to the cache, so that whoever shares it does not wait. Nothing is
kept of a run but what is in the cache and in finished files: one that was interrupted goes on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from glossator.documenter.apart import ASK, DOCUMENT, PREPARE, Documenting, MakingRequests, Preparing
from glossator.documenter.caching import asked_of
from glossator.documenter.files import FileOutcome
from glossator.documenter.recalling import Asking, Prepared
from glossator.documenter.view import view_for
from glossator.engine.executor import Lost, Pool
from glossator.engine.scheduler import Urgency
from glossator.engine.workers import Workers

if TYPE_CHECKING:
    from glossator.cache.tiers import Found, Lookup, Tiers
    from glossator.config import Settings
    from glossator.documenter.generation import Generator
    from glossator.documenter.tasks import Task
    from glossator.engine.answers import Answer
    from glossator.engine.filling import Trust
    from glossator.engine.requests import Request
    from glossator.model import FieldKey
    from glossator.workspace.index import Index


AT_A_TIME: Final = 4  # requests that begin before others have their turn in the event loop
FILES_AT_ONCE: Final = 4  # are looked at before there is room for their questions
FILES_AHEAD: Final = 2_000  # are under way: twice as many as the largest mode asks for at once
Item = TypeVar("Item")


class Hearer(Protocol):
    """Hears what a batch does."""

    def left(self, path: str, reason: str) -> None:
        """A file was left undone."""

    def looked(self, found: Prepared) -> None:
        """A file was looked up."""

    def grown(self, request: Request, texts: Mapping[FieldKey, str]) -> None:
        """An answer has grown."""

    def answered(self, answer: Answer) -> None:
        """An answer is there."""


def workers_for(
    settings: Settings, indexes: Mapping[str, Index], pool: Pool, *, looks_further: bool = False
) -> Workers:
    """The worker processes of a batch; where there is a choice, before this process has any thread.

    With a shared server, or where somebody else `looks_further`, what the disk does not have is looked up there before
    questions are made.
    """
    asked = asked_of(settings)
    view = None if settings.cache.shared or looks_further else view_for(settings)
    return Workers(
        (Preparing(settings, asked, indexes, view), MakingRequests(asked, indexes), Documenting(indexes)), pool
    )


@dataclass
class Batch:
    """Files to be documented by the same providers; `opened` gives these, with the cache, when they are first needed.

    `trust` is what the run as a whole may cost and believes; `hearer` hears of it.
    """

    workers: Workers
    opened: Callable[[], Coroutine[Any, Any, tuple[Generator, Tiers]]]
    trust: Trust
    hearer: Hearer

    async def look_up(self, task: Task) -> FileOutcome | Asking | None:
        """What becomes of a file without asking anybody, or what has to be asked; None where it was left undone.

        Raises ConfigError where somebody has to be asked and cannot be.
        """
        prepared: Prepared | None = await self._apart(PREPARE, task)
        if prepared is None:
            return None
        self.hearer.looked(prepared)
        if prepared.outcome is not None:
            return prepared.outcome
        return prepared.asking if prepared.asking is not None else await self._questions(task, prepared.lookups)

    async def _questions(self, task: Task, lookups: tuple[Lookup, ...]) -> Asking | None:
        """What has to be asked for a file, after a look at all tiers."""
        generator, _ = await self.opened()
        asking: Asking | None = await self._apart(ASK, task, generator.view, await self._found(lookups))
        return asking

    async def _found(self, lookups: tuple[Lookup, ...]) -> dict[bytes, Found]:
        """What the cache has for a file, by the keys of whole docs."""
        _, tiers = await self.opened()
        found = await tiers.find(lookups)
        return {lookup.whole: one for lookup, one in zip(lookups, found, strict=True)}

    async def ask(self, task: Task, asking: Asking, go_on: Callable[[], None]) -> FileOutcome | None:
        """Ask for all of a file's symbols; what becomes of it, None where it was left undone.

        `go_on` is called once there is room for its questions: the next file may be looked at.
        """
        answers = await self.answers(asking, go_on)
        outcome: FileOutcome | None = await self._apart(DOCUMENT, task, answers)
        return outcome

    async def answers(self, asking: Asking, go_on: Callable[[], None]) -> dict[str, Answer]:
        """An answer for each symbol, by its path: what is known, and what is asked as soon as there is room for it."""
        generator, _ = await self.opened()
        await generator.scheduler.admit(len(asking.requests))
        go_on()
        answers = await self._filled(generator, asking.requests)
        await generator.keep(asking.new)
        return {**asking.answers, **dict(zip((one.path for one in asking.requests), answers, strict=True))}

    async def _filled(self, generator: Generator, requests: Sequence[Request]) -> list[Answer]:
        """An answer to each request; they begin a few at a time, since others share the event loop.

        Each leaves the scheduler's door when its task is done, and at the end those that never had one.
        """
        scheduler = generator.scheduler
        tasks: list[asyncio.Task[Answer]] = []
        try:
            async with asyncio.TaskGroup() as group:
                for number, request in enumerate(requests, 1):
                    tasks.append(group.create_task(self._fill(generator, request)))
                    tasks[-1].add_done_callback(lambda _: scheduler.dismiss())
                    if number % AT_A_TIME == 0:
                        await asyncio.sleep(0)
        finally:
            scheduler.dismiss(len(requests) - len(tasks))
        return [task.result() for task in tasks]

    async def _fill(self, generator: Generator, request: Request) -> Answer:
        seen = partial(self.hearer.grown, request)
        answer = await generator.fill(request, seen, self.trust, Urgency.WORKSPACE)
        self.hearer.answered(answer)
        return answer

    async def _apart(self, number: int, task: Task, *given: object) -> Any:
        """What a worker process makes of a file; None, and the reason is told, where it fails."""
        result = await self.workers.call(number, (task, *given) if given else task)
        if isinstance(result, Lost):
            self.hearer.left(task.path, result.reason)
            return None
        return result


async def each(
    items: Iterable[Item], work: Callable[[Item, Callable[[], None]], Awaitable[None]], ahead: int = FILES_AHEAD
) -> None:
    """Do something with each file, a few at a time; the next one is begun when one says so, or has ended.

    `work` gets the file and what to call for the next one to be begun; no more than `ahead` are under way.
    """
    free, room = asyncio.Semaphore(FILES_AT_ONCE), asyncio.Semaphore(ahead)

    async def one(item: Item) -> None:
        with ExitStack() as once, ExitStack() as ended:
            ended.callback(room.release)
            once.callback(free.release)
            await work(item, once.close)

    async with asyncio.TaskGroup() as group:
        for item in items:
            await room.acquire()
            await free.acquire()
            group.create_task(one(item))


def first_of(group: ExceptionGroup[Exception]) -> Exception:
    """What one file's task, or one of its questions, failed of: it ends the run as it would without tasks."""
    first = group.exceptions[0]
    return first_of(first) if isinstance(first, ExceptionGroup) else first
