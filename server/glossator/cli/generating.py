"""`write` with a language model: says what it will take, asks where that is money, writes files as answers come.

prepare    each file, in worker processes: what the disk knows; a file for which that is all is done
look up    the others on the shared server, one question for each file
estimate   what is left, in worker processes: prompts for what nobody knows, and what they will take
generate   ask, file by file, and finish each when its answers are there

In a large run for which nobody has to agree to a price, each file goes this way by itself, and the first question is
asked at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from glossator.cli import terminal
from glossator.cli.apart import ASK, DOCUMENT, PREPARE, Documenting, MakingMany, MakingRequests, Preparing
from glossator.cli.run import Plan, Task, exceeds, indexes, pool_of, results_of, root_of, tasks
from glossator.documenter import FileOutcome
from glossator.documenter.caching import asked_of, open_tiers
from glossator.documenter.chosen import model_name
from glossator.documenter.generation import Estimate, Generator, estimate_of, is_free, money
from glossator.documenter.recalling import Asking, Prepared
from glossator.engine.executor import Lost
from glossator.engine.filling import Trust
from glossator.engine.scheduler import Urgency
from glossator.engine.workers import Workers
from glossator.errors import ConfigError
from glossator.model import FieldKey, FieldKind

if TYPE_CHECKING:
    import argparse

    from glossator.cache.tiers import Found, Lookup, Tiers
    from glossator.cli.write import Spent
    from glossator.config import Settings
    from glossator.engine.answers import Answer
    from glossator.engine.requests import Request
    from glossator.workspace.index import Index

FILES_AT_ONCE: Final = 4  # are looked at before there is room for their questions
FILES_AHEAD: Final = 32  # so many may be done, and wait for a slower one whose turn it is
SHOWN_EVERY_S: Final = 0.1
MAX_KEPT: Final = 2000  # requests between estimate and run, of about 10 kB each
KEPT_BYTES: Final = 2_000_000  # of source that so few come from, as a rule
CHANGED: Final = "was changed while this run looked at it: run it again"
Result = TypeVar("Result")
Finish = Callable[[Task, FileOutcome], None]


class Kept:
    """What was found before anybody is asked: files that are done, and, as long as they are few, requests.

    In a run over 100,000 symbols requests would take a gigabyte; there each file's are made again when its turn has
    come.
    """

    def __init__(self, plan: Plan) -> None:
        """Nothing is kept yet; `is_open` is False for files with more than KEPT_BYTES together: too many requests."""
        self.is_open = not exceeds(plan.targets, KEPT_BYTES)
        self._asking: dict[str, tuple[bytes, Asking]] = {}
        self._done: dict[str, tuple[bytes, FileOutcome]] = {}
        self._room = MAX_KEPT

    def add(self, task: Task, found: Asking) -> None:
        """Keep what is asked for a file, while there is room."""
        self._room -= len(found.requests)
        if self.is_open and self._room >= 0:
            self._asking[task.path] = _digest(task.raw), found

    def add_done(self, task: Task, outcome: FileOutcome) -> None:
        """Keep what becomes of a file that nobody has to be asked for."""
        self._done[task.path] = _digest(task.raw), outcome

    def take(self, task: Task) -> Asking | None:
        """What is asked for a file, once; None where that was not kept, or the file is another one by now."""
        return _of_same(task, self._asking.pop(task.path, None))

    def take_done(self, task: Task) -> FileOutcome | None:
        """What becomes of a file, once; None where somebody has to be asked, or the file is another one by now."""
        return _of_same(task, self._done.pop(task.path, None))


def _of_same(task: Task, kept: tuple[bytes, Result] | None) -> Result | None:
    return kept[1] if kept is not None and kept[0] == _digest(task.raw) else None


def _digest(raw: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=16).digest()


def generate(plan: Plan, arguments: argparse.Namespace, finish: Finish, spent: Spent) -> None:
    """Document the files of a plan with the chosen providers; `finish` gets each file's outcome.

    Raises ConfigError where it would cost money that nobody has agreed to.
    """
    settings = plan.targets[0].settings
    run = _Run(settings, indexes(plan, arguments, has_links=True), spent, plan, Kept(plan), _trust(plan, arguments))
    # A file is written as soon as it can be; a diff is read, so its files come in the order of the plan.
    work = _shown_in_order if arguments.diff else _generate
    # One loop for all of it: connections belong to the loop that they were made in.
    with closing(run.start(arguments)), asyncio.Runner() as runner:
        total = 0
        if run.kept.is_open or not _is_settled(settings, arguments):
            total = _agreed(run, runner, arguments)
        else:
            run.is_straight, total = True, len(plan.targets)
            terminal.warn(f"{total} files: {model_name(settings)} is asked from the first one on")
        with terminal.growing(total, is_diff=arguments.diff) as run.line:
            try:
                runner.run(work(run, tasks(plan, arguments), finish))
            except ExceptionGroup as group:  # what one file's task fails of ends the run as it does without tasks
                raise group.exceptions[0] from group


def _trust(plan: Plan, arguments: argparse.Namespace) -> Trust:
    return Trust(arguments.max_cost, str(root_of(plan.targets[0].path)))


def _is_settled(settings: Settings, arguments: argparse.Namespace) -> bool:
    """Whether nobody has to agree to what the run costs."""
    return arguments.max_cost is None and (arguments.yes or is_free(settings))


def _agreed(run: _Run, runner: asyncio.Runner, arguments: argparse.Namespace) -> int:
    """How many symbols somebody is asked for, once the user has agreed to what that takes. Raises ConfigError."""
    _prepare(run, arguments)
    total = Estimate()
    if run.lookups:
        runner.run(run.open())
        total = _estimate(run, runner, arguments)
    if total.symbols:
        _agree(total, run, arguments)
    return total.symbols


def _prepare(run: _Run, arguments: argparse.Namespace) -> None:
    """Find for each file what nobody has to be asked for; a file for which that is all is done, and kept."""
    work = Preparing(run.settings, asked_of(run.settings), run.indexes)
    for task, found in results_of(work, run.plan, arguments):
        run.without += found.unasked
        run.known += found.known
        run.spent.degraded += found.degraded
        if found.outcome is None:
            run.lookups[task.path] = found.lookups
        else:
            run.kept.add_done(task, found.outcome)


def _estimate(run: _Run, runner: asyncio.Runner, arguments: argparse.Namespace) -> Estimate:
    """About what asking takes, after a look at what the shared server knows."""
    found = {path: runner.run(run.find(one)) for path, one in run.lookups.items()}
    plan = Plan([target for target in run.plan.targets if str(target.path) in run.lookups])
    total = Estimate()
    work = MakingMany(run.asking, run.generator.view, found)
    for task, one in results_of(work, plan, arguments):
        total += estimate_of(one.requests)
        run.kept.add(task, one)
    run.plan.undone.update(plan.undone)
    return total


async def _generate(run: _Run, todo: Iterable[Task], finish: Finish) -> None:
    free = asyncio.Semaphore(FILES_AT_ONCE)

    async def one(task: Task) -> None:
        outcome = await run.document(task, free.release)
        if outcome is not None:
            finish(task, outcome)

    async with aclosing(run), asyncio.TaskGroup() as group:
        for task in todo:
            await free.acquire()
            group.create_task(one(task))


async def _shown_in_order(run: _Run, todo: Iterable[Task], finish: Finish) -> None:
    free, room = asyncio.Semaphore(FILES_AT_ONCE), asyncio.Semaphore(FILES_AHEAD)

    async def one(task: Task, before: asyncio.Task[None] | None) -> None:
        outcome = await run.document(task, free.release)
        if before is not None:
            await asyncio.wait([before])
        if outcome is not None:
            finish(task, outcome)
        room.release()

    last: asyncio.Task[None] | None = None
    async with aclosing(run), asyncio.TaskGroup() as group:
        for task in todo:
            await room.acquire()
            await free.acquire()
            last = group.create_task(one(task, last))


@dataclass(slots=True)
class _Run:
    """What the files of a run share.

    `lookups` are those of the files for which somebody has to be asked; `without` counts the symbols that never need a
    provider, `known` those that the cache knew. With `is_straight` nothing was looked at before.
    """

    settings: Settings
    indexes: Mapping[str, Index]
    spent: Spent
    plan: Plan
    kept: Kept
    trust: Trust
    lookups: dict[str, tuple[Lookup, ...]] = field(default_factory=dict)
    without: int = 0
    known: int = 0
    is_straight: bool = False
    line: terminal.Growing = terminal.UNSEEN
    next_shown: float = 0.0
    _workers: Workers | None = None
    _tiers: Tiers | None = None
    _generator: Generator | None = None

    def start(self, arguments: argparse.Namespace) -> Workers:
        """Start the worker processes, before there is any thread in this one."""
        preparing = Preparing(self.settings, asked_of(self.settings), self.indexes)
        functions = preparing, self.asking, Documenting(self.indexes)
        self._workers = Workers(functions, pool_of(self.plan, arguments))
        return self._workers

    async def open(self) -> None:
        """Open the cache and the providers. Raises ConfigError for what cannot be used."""
        if self._generator is None:
            self._tiers = open_tiers(self.settings, terminal.warn, self.plan.monitor)
            monitor = self.plan.monitor
            self._generator = Generator(self.settings, tell=terminal.warn, tiers=self._tiers, monitor=monitor)
            await self._tiers.reach()

    @property
    def generator(self) -> Generator:
        """Who is asked."""
        assert self._generator is not None
        return self._generator

    @property
    def tiers(self) -> Tiers:
        """The cache."""
        assert self._tiers is not None
        return self._tiers

    @property
    def asking(self) -> MakingRequests:
        """What makes the requests of files."""
        return MakingRequests(asked_of(self.settings), self.indexes)

    async def aclose(self) -> None:
        """Close what was opened; what is known by then is on disk."""
        if self._generator is not None:
            await self.generator.aclose()
        if self._tiers is not None:
            await self.tiers.aclose()

    async def find(self, lookups: tuple[Lookup, ...]) -> dict[bytes, Found]:
        """What the cache has, by the keys of whole docs."""
        found = await self.tiers.find(lookups)
        return {lookup.whole: one for lookup, one in zip(lookups, found, strict=True)}

    async def document(self, task: Task, go_on: Callable[[], None]) -> FileOutcome | None:
        """Ask for all of a file's symbols; what becomes of it, None where it was left undone.

        `go_on` is called once there is room for its questions: the next file may be looked at.
        """
        try:
            prepared = await self._prepared(task)
            if not isinstance(prepared, Asking):
                return prepared
            await self.open()
            await self.generator.scheduler.admit(len(prepared.requests))
        finally:
            go_on()
        answers = await asyncio.gather(*map(self._fill, prepared.requests))
        filled = dict(zip((one.path for one in prepared.requests), answers, strict=True))
        await self.generator.keep(prepared.new)
        outcome: FileOutcome | None = await self._apart(DOCUMENT, task, {**prepared.answers, **filled})
        return outcome

    async def _prepared(self, task: Task) -> FileOutcome | Asking | None:
        """What is to be asked for a file, or what becomes of it without; None where it was left undone."""
        if (done := self.kept.take_done(task)) is not None:
            return done
        if (kept := self.kept.take(task)) is not None:
            return kept
        if self.is_straight:
            looked = await self._apart(PREPARE, task)
            if looked is None or looked.outcome is not None:
                return self._done(looked)
            await self.open()
            self.lookups[task.path] = looked.lookups
        if task.path not in self.lookups:
            self.plan.undone[task.path] = CHANGED
            return None
        found = await self.find(self.lookups.pop(task.path))
        asking: Asking | None = await self._apart(ASK, task, self.generator.view, found)
        return asking or Asking()

    def _done(self, looked: Prepared | None) -> FileOutcome | None:
        """What became of a file that nobody is asked for, which is counted."""
        if looked is None:
            return None
        self.spent.degraded += looked.degraded
        return looked.outcome

    async def _apart(self, number: int, task: Task, *given: object) -> Any:
        """What a worker process makes of a file; None, with a line in the plan, where it fails."""
        assert self._workers is not None
        result = await self._workers.call(number, (task, *given) if given else task)
        if isinstance(result, Lost):
            self.plan.undone[task.path] = result.reason
            return None
        return result

    async def _fill(self, request: Request) -> Answer:
        try:
            seen = partial(self._show, request)
            answer = await self.generator.fill(request, seen, self.trust, Urgency.WORKSPACE)
        finally:
            self.generator.scheduler.dismiss()
        self.spent.add(answer)
        if not self.is_straight:
            self.line.step()
        return answer

    def _show(self, request: Request, texts: Mapping[FieldKey, str]) -> None:
        now = time.monotonic()
        if self.line is not terminal.UNSEEN and now >= self.next_shown:
            self.next_shown = now + SHOWN_EVERY_S
            self.line.say(request.path, texts.get(FieldKey(FieldKind.SUMMARY), ""))


def _agree(total: Estimate, run: _Run, arguments: argparse.Namespace) -> None:
    """Say what the run will take, and have the user agree where it costs money. Raises ConfigError if nobody does."""
    price = run.generator.price
    cost = price.of(total.tokens_in, total.tokens_out) if price is not None else None
    terminal.warn(_sentence(total, run, cost))
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


def _sentence(total: Estimate, run: _Run, cost: float | None) -> str:
    tokens = f"about {total.tokens_in + total.tokens_out:,} tokens"
    known = f"{run.known} known, " if run.known else ""
    who = f"{run.without} without a model, {known}{total.symbols} by {run.generator.name}"
    count = total.symbols + run.without + run.known
    return f"{count} symbol{'' if count == 1 else 's'}: {who}, {tokens}, {money(cost)}"


def compression(total: Estimate) -> str:
    """What making prompts shorter saves in a run, and how much of them a server may have read before."""
    whole = (
        f", {total.spared:.0%} less than {total.tokens_whole:,} with all code whole" if total.spared >= 0.005 else ""
    )
    return f"prompts: {total.tokens_in:,} tokens{whole}; {total.shared:.0%} is a prefix that symbols share"
