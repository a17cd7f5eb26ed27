"""`write` with a language model: says what it will take, asks where that is money, writes files as answers come.

Files go their ways as `documenter.batch` has it. All are looked up before anybody is asked, so that it can be said what
the run takes; in a large one for which nobody has to agree to a price, the first question is asked at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from glossator.cli import terminal
from glossator.cli.opened import Chosen, agree, cost_of
from glossator.cli.run import Plan, exceeds, indexes, pool_of, root_of, tasks
from glossator.documenter import FileOutcome
from glossator.documenter.batch import Batch, each, first_of, workers_for
from glossator.documenter.chosen import model_name
from glossator.documenter.generation import Estimate, Generator, estimate_of, money
from glossator.documenter.opening import is_free
from glossator.documenter.recalling import Asking, Prepared
from glossator.documenter.tasks import Task
from glossator.engine.filling import Trust
from glossator.model import FieldKey, FieldKind

if TYPE_CHECKING:
    import argparse

    from glossator.cli.cluster import Away
    from glossator.cli.write import Spent
    from glossator.config import Settings
    from glossator.engine.answers import Answer
    from glossator.engine.requests import Request

SHOWN_AHEAD: Final = 32  # files that may be done, and wait for a slower one whose turn it is
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

    def add(self, task: Task, found: FileOutcome | Asking) -> None:
        """Keep what becomes of a file, or what is asked for it, while there is room."""
        if isinstance(found, FileOutcome):
            self._done[task.path] = _digest(task.raw), found
            return
        self._room -= len(found.requests)
        if self.is_open and self._room >= 0:
            self._asking[task.path] = _digest(task.raw), found

    def is_done(self, task: Task) -> bool:
        """Whether nobody had to be asked for a file, as it was then."""
        return task.path in self._done

    def take(self, task: Task) -> FileOutcome | Asking | None:
        """What was kept of a file, once; None where nothing was, or the file is another one by now."""
        return _of_same(task, self._done.get(task.path)) or _of_same(task, self._asking.pop(task.path, None))


def _of_same(task: Task, kept: tuple[bytes, Result] | None) -> Result | None:
    return kept[1] if kept is not None and kept[0] == _digest(task.raw) else None


def _digest(raw: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=16).digest()


def generate(plan: Plan, arguments: argparse.Namespace, finish: Finish, spent: Spent, away: Away | None = None) -> None:
    """Document the files of a plan with the chosen providers; `finish` gets each file's outcome.

    With `away` workers elsewhere ask them.

    Raises ConfigError where it would cost money that nobody has agreed to.
    """
    settings = plan.targets[0].settings
    known, pool = indexes(plan, arguments, has_links=True), pool_of(plan, arguments)
    workers = workers_for(settings, known, pool, looks_further=away is not None)
    run = _Run(settings, plan, spent, Kept(plan), away)
    batch = Batch(workers, run.chosen.opened, _trust(plan, arguments), run)
    if away is not None:
        batch = away.batch(batch, known)
    # One loop for all of it: connections belong to the loop that they were made in.
    with closing(workers), asyncio.Runner() as runner:
        try:
            runner.run(_generated(run, batch, arguments, finish))
        except ExceptionGroup as group:
            raise first_of(group) from group


def _trust(plan: Plan, arguments: argparse.Namespace) -> Trust:
    return Trust(arguments.max_cost, str(root_of(plan.targets[0].path)))


async def _generated(run: _Run, batch: Batch, arguments: argparse.Namespace, finish: Finish) -> None:
    # A file is written as soon as it can be; a diff is read, so its files come in the order of the plan.
    work = _shown_in_order if arguments.diff else _generate
    async with aclosing(run):
        if run.kept.is_open or not _is_settled(run.settings, arguments):
            total = await _estimate(run, batch, arguments)
            if total.symbols:
                generator, _ = await run.chosen.opened()
                _agree(total, run, generator, arguments)
            count = total.symbols
        else:
            run.is_straight, count = True, len(run.plan.targets)
            terminal.warn(f"{count} files: {model_name(run.settings)} is asked from the first one on")
        with terminal.growing(count, is_diff=arguments.diff) as run.line:
            await work(run, batch, tasks(run.plan, arguments), finish)


def _is_settled(settings: Settings, arguments: argparse.Namespace) -> bool:
    """Whether nobody has to agree to what the run costs."""
    return arguments.max_cost is None and (arguments.yes or is_free(settings))


async def _estimate(run: _Run, batch: Batch, arguments: argparse.Namespace) -> Estimate:
    """About what asking takes; a file that nobody has to be asked for is done, and kept."""
    total = Estimate()

    async def one(task: Task, _go_on: Callable[[], None]) -> None:
        nonlocal total
        found = await batch.look_up(task)
        if isinstance(found, Asking):
            total += estimate_of(found.requests)
        if found is not None:
            run.kept.add(task, found)
        advance()

    # The bar's thread comes after the worker processes.
    with terminal.progress(len(run.plan.targets), is_diff=arguments.diff) as advance:
        await each(tasks(run.plan, arguments), one)
    return total


async def _generate(run: _Run, batch: Batch, todo: Iterable[Task], finish: Finish) -> None:
    async def one(task: Task, go_on: Callable[[], None]) -> None:
        outcome = await run.document(batch, task, go_on)
        if outcome is not None:
            finish(task, outcome)

    await each(todo, one)


async def _shown_in_order(run: _Run, batch: Batch, todo: Iterable[Task], finish: Finish) -> None:
    async def one(chained: tuple[Task, asyncio.Event, asyncio.Event], go_on: Callable[[], None]) -> None:
        task, before, done = chained
        outcome = await run.document(batch, task, go_on)
        go_on()
        await before.wait()
        if outcome is not None:
            finish(task, outcome)
        done.set()

    await each(_chained(todo), one, SHOWN_AHEAD)


def _chained(todo: Iterable[Task]) -> Iterable[tuple[Task, asyncio.Event, asyncio.Event]]:
    """Each task with what says that the one before it is shown, and what is to say so of itself."""
    before = asyncio.Event()
    before.set()
    for task in todo:
        done = asyncio.Event()
        yield task, before, done
        before = done


@dataclass(slots=True)
class _Run:
    """What the files of a run share, and what a batch tells of them.

    `without` counts the symbols that never need a provider, `known` those that the cache knew. With `is_straight`
    nothing was looked at before.
    """

    settings: Settings
    plan: Plan
    spent: Spent
    kept: Kept
    away: Away | None = None
    without: int = 0
    known: int = 0
    is_straight: bool = False
    line: terminal.Growing = terminal.UNSEEN
    next_shown: float = 0.0
    chosen: Chosen = field(init=False)

    def __post_init__(self) -> None:
        """Open nothing yet."""
        self.chosen = Chosen(self.settings, self.plan.monitor)

    async def aclose(self) -> None:
        """Close what was opened; what is known by then is on disk."""
        if self.away is not None:
            await self.away.aclose()
        await self.chosen.aclose()

    async def document(self, batch: Batch, task: Task, go_on: Callable[[], None]) -> FileOutcome | None:
        """What becomes of a file, None where it was left undone; `go_on` is called once the next one may be begun."""
        found = self.kept.take(task) or await self._looked_up(batch, task)
        outcome = await batch.ask(task, found, go_on) if isinstance(found, Asking) else found
        if self.is_straight:
            self.line.step()
        return outcome

    async def _looked_up(self, batch: Batch, task: Task) -> FileOutcome | Asking | None:
        """What is not kept; but nobody is asked for a file that needed nobody when the user agreed."""
        if not self.is_straight and self.kept.is_done(task):
            self.plan.undone[task.path] = CHANGED
            return None
        return await batch.look_up(task)

    def left(self, path: str, reason: str) -> None:
        """A file was left undone."""
        self.plan.undone[path] = reason

    def looked(self, found: Prepared) -> None:
        """A file was looked up."""
        self.without += found.unasked
        self.known += found.known
        self.spent.degraded += found.degraded
        self.plan.monitor.absorb(found.measured)

    def grown(self, request: Request, texts: Mapping[FieldKey, str]) -> None:
        """Show the words that come, as often as anybody can read."""
        now = time.monotonic()
        if self.line is not terminal.UNSEEN and now >= self.next_shown:
            self.next_shown = now + SHOWN_EVERY_S
            self.line.say(request.path, texts.get(FieldKey(FieldKind.SUMMARY), ""))

    def answered(self, answer: Answer) -> None:
        """Count an answer."""
        self.spent.add(answer)
        if not self.is_straight:
            self.line.step()


def _agree(total: Estimate, run: _Run, generator: Generator, arguments: argparse.Namespace) -> None:
    """Say what the run will take, and have the user agree where it costs money. Raises ConfigError if nobody does."""
    terminal.warn(_sentence(total, run, cost_of(total, generator)))
    terminal.warn(compression(total))
    agree(total, generator, arguments)


def _sentence(total: Estimate, run: _Run, cost: float | None) -> str:
    tokens = f"about {total.tokens_in + total.tokens_out:,} tokens"
    known = f"{run.known} known, " if run.known else ""
    who = f"{run.without} without a model, {known}{total.symbols} by {model_name(run.settings)}"
    count = total.symbols + run.without + run.known
    return f"{count} symbol{'' if count == 1 else 's'}: {who}, {tokens}, {money(cost)}"


def compression(total: Estimate) -> str:
    """What making prompts shorter saves in a run, and how much of them a server may have read before."""
    whole = (
        f", {total.spared:.0%} less than {total.tokens_whole:,} with all code whole" if total.spared >= 0.005 else ""
    )
    return f"prompts: {total.tokens_in:,} tokens{whole}; {total.shared:.0%} is a prefix that symbols share"
