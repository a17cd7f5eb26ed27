"""`write` with a language model: says what it will take, asks where that is money, writes files as answers come."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from glossator.cli import terminal
from glossator.cli.run import Plan, Task, exceeds, indexes, options_of, results_of, tasks
from glossator.documenter import FileOutcome, document_bytes, requests_of
from glossator.documenter.generation import Estimate, Generator, View, estimate_of, money
from glossator.engine.executor import Lost, Pool
from glossator.engine.executor import run as run_apart
from glossator.engine.filling import Trust
from glossator.errors import ConfigError
from glossator.model import FieldKey, FieldKind

if TYPE_CHECKING:
    import argparse

    from glossator.cli.write import Spent
    from glossator.engine.answers import Answer
    from glossator.engine.requests import Request
    from glossator.workspace.index import Index

FILES_AT_ONCE: Final = 4  # enough to keep a provider busy while one file ends
FILES_AHEAD: Final = 32  # so many may be done, and wait for a slower one whose turn it is
MAX_KEPT: Final = 2000  # requests between estimate and run, of about 10 kB each
KEPT_BYTES: Final = 2_000_000  # of source that so few come from, as a rule
Result = TypeVar("Result")
Finish = Callable[[Task, FileOutcome], None]


def requested(view: View, known: Mapping[str, Index], task: Task) -> tuple[Request, ...]:
    """What a provider is asked for one file; nothing for a file that no provider may see."""
    if not view.allows(task.path):
        return ()
    options = options_of(known, task)
    return requests_of(task.raw, task.path, options, view.framing(options.settings, options.index.about(task.path)))


def _documented(known: Mapping[str, Index], answers: Mapping[str, Answer], task: Task) -> FileOutcome:
    return document_bytes(task.raw, task.path, replace(options_of(known, task), answers=answers))


@dataclass(frozen=True, slots=True)
class _Estimates:
    """Makes the estimate of a file; runs in worker processes."""

    view: View
    known: Mapping[str, Index]
    is_kept: bool

    def __call__(self, task: Task) -> tuple[Estimate, int, tuple[Request, ...]]:
        """About what a file takes, how many of its symbols get by without a model, and its requests to be kept."""
        asked = requested(self.view, self.known, task)
        outcome = document_bytes(task.raw, task.path, options_of(self.known, task))
        written = sum(draft.action in ("added", "repaired") for draft in outcome.drafts)
        return estimate_of(asked), max(0, written - len(asked)), asked if self.is_kept else ()


class Kept:
    """The requests that the estimate was made from, as long as they are few.

    In a run over 100,000 symbols they would take a gigabyte; there each file's are made again when its turn has come.
    """

    def __init__(self, plan: Plan) -> None:
        """Nothing is kept yet, and nothing will be for files with more than KEPT_BYTES together."""
        self.is_open = not exceeds(plan.targets, KEPT_BYTES)
        self._files: dict[str, tuple[bytes, tuple[Request, ...]]] = {}
        self._room = MAX_KEPT

    def add(self, task: Task, requests: tuple[Request, ...]) -> None:
        """Keep what is asked for a file, while there is room."""
        self._room -= len(requests)
        if self.is_open and self._room >= 0:
            self._files[task.path] = _digest(task.raw), requests

    def take(self, task: Task) -> tuple[Request, ...] | None:
        """What is asked for a file, once; None where that was not kept, or the file is another one by now."""
        digest, requests = self._files.pop(task.path, (b"", ()))
        return requests if digest == _digest(task.raw) else None


def _digest(raw: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=16).digest()


def generate(plan: Plan, arguments: argparse.Namespace, finish: Finish, spent: Spent) -> None:
    """Document the files of a plan with the chosen providers; `finish` gets each file's outcome.

    Raises ConfigError where it would cost money that nobody has agreed to.
    """
    generator = Generator(plan.targets[0].settings, tell=terminal.warn)
    known, kept = indexes(plan, arguments, has_links=True), Kept(plan)
    total, without = Estimate(), 0
    for task, (estimate, alone, asked) in results_of(_Estimates(generator.view, known, kept.is_open), plan, arguments):
        total, without = total + estimate, without + alone
        kept.add(task, asked)
    if total.symbols:
        _agree(total, without, generator, arguments)
    with terminal.growing(total.symbols, is_diff=arguments.diff) as line:
        run = _Run(generator, known, line, spent, plan, kept, Trust(arguments.max_cost))
        todo = tasks(plan, arguments)
        # A file is written as soon as it can be; a diff is read, so its files come in the order of the plan.
        work = _shown_in_order if arguments.diff else _generate
        try:
            asyncio.run(work(run, todo, finish))
        except ExceptionGroup as group:  # what one file's task fails of ends the run as it does without tasks
            raise group.exceptions[0] from group


async def _generate(run: _Run, todo: Iterable[Task], finish: Finish) -> None:
    free = asyncio.Semaphore(FILES_AT_ONCE)

    async def one(task: Task) -> None:
        outcome = await run.document(task)
        free.release()
        if outcome is not None:
            finish(task, outcome)

    async with aclosing(run.generator), asyncio.TaskGroup() as group:
        for task in todo:
            await free.acquire()
            group.create_task(one(task))


async def _shown_in_order(run: _Run, todo: Iterable[Task], finish: Finish) -> None:
    free, room = asyncio.Semaphore(FILES_AT_ONCE), asyncio.Semaphore(FILES_AHEAD)

    async def one(task: Task, before: asyncio.Task[None] | None) -> None:
        outcome = await run.document(task)
        free.release()
        if before is not None:
            await asyncio.wait([before])
        if outcome is not None:
            finish(task, outcome)
        room.release()

    last: asyncio.Task[None] | None = None
    async with aclosing(run.generator), asyncio.TaskGroup() as group:
        for task in todo:
            await room.acquire()
            await free.acquire()
            last = group.create_task(one(task, last))


@dataclass(frozen=True, slots=True)
class _Run:
    """What the files of a run share."""

    generator: Generator
    indexes: Mapping[str, Index]
    line: terminal.Growing
    spent: Spent
    plan: Plan
    kept: Kept
    trust: Trust

    async def document(self, task: Task) -> FileOutcome | None:
        """Ask for all of a file's symbols at once; what becomes of it, None where it was left undone."""
        asked = self.kept.take(task)
        if asked is None:
            asked = await self._apart(partial(requested, self.generator.view, self.indexes), task) or ()
        answers = dict(zip((one.path for one in asked), await asyncio.gather(*map(self._fill, asked)), strict=True))
        return await self._apart(partial(_documented, self.indexes, answers), task)

    async def _apart(self, function: Callable[[Task], Result], task: Task) -> Result | None:
        """What a function makes of a file, in a thread; None, with a line in the plan, where it fails."""
        result = await asyncio.to_thread(next, run_apart(function, [task], Pool(1)))
        if isinstance(result, Lost):
            self.plan.undone[task.path] = result.reason
            return None
        return result

    async def _fill(self, request: Request) -> Answer:
        answer = await self.generator.fill(request, partial(self._show, request), self.trust)
        self.spent.add(answer)
        self.line.step()
        return answer

    def _show(self, request: Request, texts: Mapping[FieldKey, str]) -> None:
        self.line.say(request.path, texts.get(FieldKey(FieldKind.SUMMARY), ""))


def _agree(total: Estimate, without: int, generator: Generator, arguments: argparse.Namespace) -> None:
    """Say what the run will take, and have the user agree where it costs money. Raises ConfigError if nobody does."""
    price = generator.price
    cost = price.of(total.tokens_in, total.tokens_out) if price is not None else None
    terminal.warn(_sentence(total, without, generator.name, cost))
    terminal.warn(compression(total))
    limit = arguments.max_cost
    if cost == 0 or (arguments.yes and limit is None):
        return
    if limit is not None and (cost is None or cost > limit):
        raise ConfigError(f"that is more than --max-cost {limit:g}, or not known: nothing was asked for")
    if limit is not None or arguments.yes:
        return
    if not sys.stdin.isatty():
        raise ConfigError("this may cost money: say --yes, or how much it may cost with --max-cost")
    sys.stderr.write("Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise ConfigError("nothing was asked for, and nothing was written")


def _sentence(total: Estimate, without: int, name: str, cost: float | None) -> str:
    tokens = f"about {total.tokens_in + total.tokens_out:,} tokens"
    who = f"{without} without a model, {total.symbols} by {name}"
    count = total.symbols + without
    return f"{count} symbol{'' if count == 1 else 's'}: {who}, {tokens}, {money(cost)}"


def compression(total: Estimate) -> str:
    """What making prompts shorter saves in a run, and how much of them a server may have read before."""
    whole = (
        f", {total.spared:.0%} less than {total.tokens_whole:,} with all code whole" if total.spared >= 0.005 else ""
    )
    return f"prompts: {total.tokens_in:,} tokens{whole}; {total.shared:.0%} is a prefix that symbols share"
