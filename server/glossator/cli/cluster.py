"""`write --cluster`: files go to the workers of a Dask cluster and come back; this machine alone reads and writes them.

What `privacy.exclude` or a `.glossatorignore` holds back from providers stays here, too.
"""

from __future__ import annotations

import asyncio
import logging
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from glossator.cli.run import Plan, indexes, results_by
from glossator.documenter.batch import Batch
from glossator.documenter.caching import disk_tier
from glossator.documenter.seen import may_be_seen
from glossator.documenter.tasks import Task, options_of
from glossator.engine.cluster import Cluster, ClusterFailed, WorkersDied, run
from glossator.engine.executor import Lost
from glossator.errors import ConfigError
from glossator.workspace.index import Index, Neighbourhood

if TYPE_CHECKING:
    import argparse

    from glossator.cache.tiers import Lookup
    from glossator.config import Settings
    from glossator.documenter import FileOutcome
    from glossator.documenter.elsewhere import Granted
    from glossator.documenter.recalling import Asking

logger = logging.getLogger(__name__)

FILES_AHEAD: Final = 2  # for each thread of a worker: one that is worked on, and the next
Result = TypeVar("Result")
Work = Callable[[Mapping[str, Index], Task], Result]


@dataclass(frozen=True, slots=True)
class Sent:
    """A file's task, with what its project says of that file alone: workers get no index of all the others."""

    task: Task
    about: Neighbourhood


def results_away(work: Work[Result], plan: Plan, arguments: argparse.Namespace) -> Iterator[tuple[Task, Result]]:
    """As `run.results`, from the workers of a cluster. Raises ConfigError for one that cannot be used."""
    cluster = Cluster(arguments.cluster)
    try:
        known = indexes(plan, arguments)

        def spread(tasks: Iterator[Task]) -> Iterator[Result | Lost[Task]]:
            sent = (sent_of(known, task) for task in tasks)
            for found in run(cluster, _Away(work, shared_of(known)), sent, _stays):
                yield Lost(found.item.task, found.reason) if isinstance(found, Lost) else found

        yield from results_by(spread, plan, arguments)
    finally:
        cluster.close()


def sent_of(known: Mapping[str, Index], task: Task) -> Sent:
    """What is sent of a file."""
    about = known[task.root].about(task.path)
    return Sent(task, Neighbourhood(about.inherited, links=about.links))


def shared_of(known: Mapping[str, Index]) -> dict[str, Index]:
    """What projects say of all their files, which is sent once."""
    return {root: Index({}, one.described, one.style, one.purpose) for root, one in known.items()}


def index_of(shared: Mapping[str, Index], sent: Sent) -> Index:
    """A project's index with what it says of one file; a path is absolute as the worker's platform has it."""
    one, path = shared[sent.task.root], os.path.abspath(sent.task.path)
    return Index({path: sent.about.inherited}, one.described, one.style, one.purpose, {path: sent.about.links})


@dataclass(frozen=True, slots=True)
class _Away:
    """Does work on what was sent; runs on workers."""

    work: Work[Any]
    shared: Mapping[str, Index]

    def __call__(self, sent: Sent) -> Any:
        """The result for one file."""
        return self.work({sent.task.root: index_of(self.shared, sent)}, sent.task)


def _stays(sent: Sent) -> bool:
    return not may_be_seen(sent.task.path, sent.task.settings)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Documents a file with the providers of some settings; runs on workers."""

    settings: Settings
    shared: Mapping[str, Index]

    def __call__(self, one: tuple[Sent, Any]) -> Granted:
        """What becomes of one file; the rest of a wish was made where the file is."""
        from glossator.documenter.elsewhere import granted

        sent, wish = one
        options = options_of({sent.task.root: index_of(self.shared, sent)}, sent.task)
        return granted(self.settings, wish(sent.task.raw, sent.task.path, options))


class Away:
    """The workers of a cluster as those who ask models, for one run: a context that is connected."""

    def __init__(self, settings: Settings, address: str) -> None:
        """Connect to nothing yet."""
        self._settings, self._address = settings, address
        self._run = uuid.uuid4().hex
        self._held: Any = None
        self._suspects = asyncio.Lock()

    def __enter__(self) -> Away:
        """Connect, and have the workers open the providers. Raises ConfigError for what cannot be used."""
        from glossator.documenter.elsewhere import opened, settings_elsewhere, variables_of

        self._theirs = settings_elsewhere(self._settings)
        self._cluster = Cluster(self._address, variables_of(self._settings))
        self._disk = disk_tier(self._settings)
        try:
            for worker, problem in self._cluster.everywhere(opened, self._theirs).items():
                if problem:
                    raise ConfigError(f"{worker}: {problem}")
        except BaseException:
            self._cluster.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnect."""
        self._cluster.close()

    @property
    def files_at_once(self) -> int:
        """How many files are on their way together."""
        return FILES_AHEAD * self._cluster.threads

    def batch(self, here: Batch, known: Mapping[str, Index]) -> Batch:
        """As a batch here, with questions asked by the workers; `known` is what projects say."""
        return AwayBatch(here, self, known)

    async def document(self, sent: Sent, shared: Mapping[str, Index], wish: Any) -> Granted | Lost[Any]:
        """What becomes of a file, and what was said of it, which is on this machine's disk before this returns."""
        if self._held is None:
            self._held = self._cluster.hold(_Asking(self._theirs, shared))
        done = await self._done((sent, partial(wish, self._run)), sent.task)
        if not isinstance(done, Lost):
            await self._disk.put(done.payloads)
        return done

    async def _done(self, sent: tuple[Sent, Any], task: Task) -> Granted | Lost[Any]:
        """What a worker makes of a file; where workers died that it waited on, once more, one such file at a time."""
        try:
            try:
                return await self._call(sent)
            except WorkersDied:
                async with self._suspects:
                    return await self._call(sent)
        except ClusterFailed as error:
            return Lost(task, str(error))

    async def _call(self, sent: tuple[Sent, Any]) -> Granted | Lost[Any]:
        (done,) = await asyncio.wrap_future(self._cluster.call(self._held, [sent]))
        found: Granted | Lost[Any] = done
        return found

    async def aclose(self) -> None:
        """Stop what is still asked, and keep what was said of it: it has been paid for."""
        from glossator.documenter.elsewhere import stopped

        try:
            left = await asyncio.to_thread(self._cluster.everywhere, stopped, self._theirs, self._run)
        except ClusterFailed:
            left = {}  # said of each file that is lost by it
        for worker, said in left.items():
            if isinstance(said, Exception):
                logger.info("worker could not be stopped worker=%s error=%s", worker, type(said).__name__)
            elif said:
                await self._disk.put(said)
        await self._disk.aclose()


class AwayBatch(Batch):
    """A batch whose questions are asked, and whose files are written, by the workers of a cluster."""

    def __init__(self, here: Batch, away: Away, known: Mapping[str, Index]) -> None:
        """As the batch `here`, whose worker processes look up and estimate; `known` is what projects say."""
        super().__init__(here.workers, here.opened, here.trust, here.hearer)
        self._away = away
        self._known = known
        self._lookups: dict[str, tuple[Lookup, ...]] = {}
        self._free = asyncio.Semaphore(away.files_at_once)

    async def ask(self, task: Task, asking: Asking, go_on: Callable[[], None]) -> FileOutcome | None:
        """Have a worker ask for all of a file's symbols; what becomes of it, None where it was left undone."""
        from glossator.documenter.elsewhere import Wish

        lookups = self._lookups.pop(task.path)
        found = await self._found(lookups)
        async with self._free:
            go_on()
            # As it stands now; a worker's own answers count for the others when they are here.
            wish = partial(Wish, lookups=lookups, found=found, trust=replace(self.trust))
            done = await self._away.document(sent_of(self._known, task), shared_of(self._known), wish)
        if isinstance(done, Lost):
            self.hearer.left(task.path, done.reason)
            return None
        for answer in done.answers:
            self.trust.note(answer)
            self.hearer.answered(answer)
        return done.outcome

    async def _questions(self, task: Task, lookups: tuple[Lookup, ...]) -> Asking | None:
        self._lookups[task.path] = lookups
        return await super()._questions(task, lookups)
