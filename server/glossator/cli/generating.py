"""`write` with a language model: says what it will take, asks where that is money, writes files as answers come.

prepare    each file, in worker processes: what the disk knows; a file for which that is all is done
look up    the others on the shared server, one question for each file
estimate   what is left, in worker processes: prompts for what nobody knows, and what they will take
generate   ask, file by file, and finish each when its answers are there
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from glossator.cli import terminal
from glossator.cli.run import Plan, Task, exceeds, indexes, options_of, results_of, tasks
from glossator.documenter import FileOutcome, document_bytes
from glossator.documenter.caching import DiskLookup, asked_of, open_tiers
from glossator.documenter.generation import Estimate, Generator, estimate_of, money
from glossator.documenter.recalling import Asking, Prepared, asking, prepared
from glossator.documenter.seen import may_be_seen
from glossator.engine.executor import Lost, Pool
from glossator.engine.executor import run as run_apart
from glossator.engine.filling import Trust
from glossator.errors import ConfigError
from glossator.model import FieldKey, FieldKind

if TYPE_CHECKING:
    import argparse

    from glossator.cache.tiers import Found, Lookup, Tiers
    from glossator.cli.cluster import Away
    from glossator.cli.write import Spent
    from glossator.config import Settings
    from glossator.documenter.generation import View
    from glossator.engine.answers import Answer
    from glossator.engine.requests import Asked, Request
    from glossator.workspace.index import Index

FILES_AT_ONCE: Final = 4  # enough to keep a provider busy while one file ends
FILES_AHEAD: Final = 32  # so many may be done, and wait for a slower one whose turn it is
MAX_KEPT: Final = 2000  # requests between estimate and run, of about 10 kB each
KEPT_BYTES: Final = 2_000_000  # of source that so few come from, as a rule
CHANGED: Final = "was changed while this run looked at it: run it again"
Result = TypeVar("Result")
Finish = Callable[[Task, FileOutcome], None]


@dataclass(frozen=True, slots=True)
class _Preparing:
    """Looks up a file's symbols on disk; runs in worker processes."""

    settings: Settings
    asked: Asked
    known: Mapping[str, Index]

    def __call__(self, task: Task) -> Prepared:
        """What becomes of a file without asking anybody, or what has to be looked up and asked."""
        options = options_of(self.known, task)
        if not may_be_seen(task.path, self.settings):
            outcome = document_bytes(task.raw, task.path, options)
            return Prepared(outcome, unasked=sum(one.action in ("added", "repaired") for one in outcome.drafts))
        return prepared(task.raw, task.path, options, self.asked, DiskLookup(self.settings))


@dataclass(frozen=True, slots=True)
class _Asking:
    """Makes the requests for what is left of a file; runs in worker processes."""

    view: View
    asked: Asked
    known: Mapping[str, Index]
    found: Mapping[str, Mapping[bytes, Found]]

    def __call__(self, task: Task) -> Asking:
        """What is known of a file's symbols, and what a provider is asked for the others."""
        options = options_of(self.known, task)
        framing = self.view.framing(options.settings, options.index.about(task.path))
        return asking(task.raw, task.path, options, (self.asked, framing), self.found.get(task.path, {}))


class Kept:
    """What was found before anybody is asked: files that are done, and, as long as they are few, requests.

    In a run over 100,000 symbols requests would take a gigabyte; there each file's are made again when its turn has
    come.
    """

    def __init__(self, plan: Plan) -> None:
        """Nothing is kept yet, and no requests will be for files with more than KEPT_BYTES together."""
        self._is_open = not exceeds(plan.targets, KEPT_BYTES)
        self._asking: dict[str, tuple[bytes, Asking]] = {}
        self._done: dict[str, tuple[bytes, FileOutcome]] = {}
        self._room = MAX_KEPT

    def add(self, task: Task, found: Asking) -> None:
        """Keep what is asked for a file, while there is room."""
        self._room -= len(found.requests)
        if self._is_open and self._room >= 0:
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


def generate(plan: Plan, arguments: argparse.Namespace, finish: Finish, spent: Spent, away: Away | None = None) -> None:
    """Document the files of a plan with the chosen providers; `finish` gets each file's outcome.

    With `away` workers elsewhere ask them.

    Raises ConfigError where it would cost money that nobody has agreed to.
    """
    settings = plan.targets[0].settings
    run = _Run(settings, indexes(plan, arguments, has_links=True), spent, plan, Kept(plan), Trust(arguments.max_cost))
    run.away = away
    _prepare(run, arguments)
    # One loop for all of it: connections belong to the loop that they were made in.
    with asyncio.Runner() as runner:
        total = Estimate()
        if run.lookups:
            runner.run(run.open())
            total = _estimate(run, runner, arguments)
        if total.symbols:
            _agree(total, run, arguments)
        with terminal.growing(total.symbols, is_diff=arguments.diff) as run.line:
            # A file is written as soon as it can be; a diff is read, so its files come in the order of the plan.
            work = _shown_in_order if arguments.diff else _generate
            try:
                runner.run(work(run, tasks(plan, arguments), finish))
            except ExceptionGroup as group:  # what one file's task fails of ends the run as it does without tasks
                raise group.exceptions[0] from group


def _prepare(run: _Run, arguments: argparse.Namespace) -> None:
    """Find for each file what nobody has to be asked for; a file for which that is all is done, and kept."""
    work = _Preparing(run.settings, asked_of(run.settings), run.indexes)
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
    found = {path: runner.run(run.find(path)) for path in run.lookups}
    plan = Plan([target for target in run.plan.targets if str(target.path) in run.lookups])
    total = Estimate()
    for task, one in results_of(run.asking(found), plan, arguments):
        total += estimate_of(one.requests)
        run.kept.add(task, one)
    run.plan.undone.update(plan.undone)
    return total


async def _generate(run: _Run, todo: Iterable[Task], finish: Finish) -> None:
    free = asyncio.Semaphore(run.files_at_once)

    async def one(task: Task) -> None:
        outcome = await run.document(task)
        free.release()
        if outcome is not None:
            finish(task, outcome)

    async with aclosing(run), asyncio.TaskGroup() as group:
        for task in todo:
            await free.acquire()
            group.create_task(one(task))


async def _shown_in_order(run: _Run, todo: Iterable[Task], finish: Finish) -> None:
    free, room = asyncio.Semaphore(run.files_at_once), asyncio.Semaphore(max(FILES_AHEAD, run.files_at_once))

    async def one(task: Task, before: asyncio.Task[None] | None) -> None:
        outcome = await run.document(task)
        free.release()
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
    provider, `known` those that the cache knew.
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
    line: terminal.Growing | None = None
    away: Away | None = None
    _tiers: Tiers | None = None
    _generator: Generator | None = None

    async def open(self) -> None:
        """Open the cache and the providers. Raises ConfigError for what cannot be used."""
        self._tiers = open_tiers(self.settings, terminal.warn)
        self._generator = Generator(self.settings, tell=terminal.warn, tiers=self._tiers)
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
    def files_at_once(self) -> int:
        """How many files are asked for together."""
        return FILES_AT_ONCE if self.away is None else self.away.files_at_once

    async def aclose(self) -> None:
        """Close what was opened; what is known by then is on disk."""
        if self.away is not None:
            await self.away.aclose()
        if self._generator is not None:
            await self.generator.aclose()
        if self._tiers is not None:
            await self.tiers.aclose()

    async def find(self, path: str) -> dict[bytes, Found]:
        """What the cache has for a file, by the keys of whole docs."""
        lookups = self.lookups[path]
        found = await self.tiers.find(lookups)
        return {lookup.whole: one for lookup, one in zip(lookups, found, strict=True)}

    def asking(self, found: Mapping[str, Mapping[bytes, Found]]) -> _Asking:
        """What makes the requests of files for which this was found."""
        return _Asking(self.generator.view, asked_of(self.settings), self.indexes, found)

    async def document(self, task: Task) -> FileOutcome | None:
        """Ask for all of a file's symbols at once; what becomes of it, None where it was left undone."""
        done = self.kept.take_done(task)
        if done is not None:
            return done
        if task.path not in self.lookups:
            self.plan.undone[task.path] = CHANGED
            return None
        asked = self.kept.take(task)
        if self.away is not None:
            return await self.away.document(self, task, await self.find(task.path))
        if asked is None:
            asked = await self._apart(self.asking({task.path: await self.find(task.path)}), task) or Asking()
        requests = asked.requests
        filled = dict(
            zip((one.path for one in requests), await asyncio.gather(*map(self._fill, requests)), strict=True)
        )
        await self.generator.keep(asked.new)
        return await self._apart(partial(_documented, self.indexes, {**asked.answers, **filled}), task)

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
        if self.line is not None:
            self.line.step()
        return answer

    def _show(self, request: Request, texts: Mapping[FieldKey, str]) -> None:
        if self.line is not None:
            self.line.say(request.path, texts.get(FieldKey(FieldKind.SUMMARY), ""))


def _documented(known: Mapping[str, Index], answers: Mapping[str, Answer], task: Task) -> FileOutcome:
    return document_bytes(task.raw, task.path, replace(options_of(known, task), answers=answers))


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
