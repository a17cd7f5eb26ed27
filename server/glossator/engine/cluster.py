"""The executor beyond one machine: the same pure functions on the workers of a running Dask cluster (Dask's owner).

Scheduling, and doing a lost worker's work again, are Dask's. Ours is what a run needs besides: workers that run the
very same code, few tasks in flight, results in order, and an end when nobody is left.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import warnings
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

import glossator
from glossator.engine.executor import CHUNK, Lost, guarded
from glossator.engine.parcel import Parcel
from glossator.engine.passport import Passport, own_code, own_passport, versions_in
from glossator.errors import ConfigError, GlossatorError

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

REACH_S: Final = 10.0  # for the scheduler to answer, and again for a first worker
PATIENCE_S: Final = 60.0  # that a run waits where all workers are gone: what restarts them takes some seconds
CHECK_S: Final = 1.0
AHEAD: Final = 4  # chunks for each thread of a worker, as for processes of our own
RETRIES: Final = 2  # of what a worker cannot even begin, on any worker
GONE: Final = "the cluster's scheduler is gone"
DESERTED: Final = "the cluster has no workers any more"


class ClusterFailed(GlossatorError):
    """The cluster did not do a piece of work; the message says why."""


class Held:
    """A function with all that is fixed of it, on a worker: it is sent to each of them once."""

    def __init__(self, parcel: Parcel, code: str) -> None:
        """Unpack nothing yet: what fails when a value arrives, Dask tries again and again."""
        self._parcel = parcel
        self._code = code

    def __reduce__(self) -> tuple[type[Held], tuple[Parcel, str]]:
        """What one worker gives another."""
        return Held, (self._parcel, self._code)

    @cached_property
    def function(self) -> Callable[[Any], Any]:
        """The function. Raises ClusterFailed where another Glossator runs here: a worker may join at any time."""
        if self._code != own_code():
            raise ClusterFailed(f"a worker that joined has another Glossator ({glossator.__version__})")
        function: Callable[[Any], Any] = self._parcel.content()
        return function


def work(held: Held, items: Parcel) -> list[Any]:
    """The results for some items; runs on a worker, and raises nothing but ClusterFailed."""
    return [guarded(held.function, item) for item in items.content()]


class Cluster:
    """A connection to a running cluster; close it. Its methods may be called from any thread.

    Dask's client is on a loop of our own: its blocking one has waits without a deadline, and leaves a thread behind
    where it fails.
    """

    def __init__(self, address: str, names: Collection[str] = ()) -> None:
        """Connect, and see that all that runs there is what runs here.

        `names` are variables of the environment: those that are set here have to be set there. Raises ConfigError.
        """
        self.threads = 0
        self._client: Any = None
        self._reason = ""
        self._calls: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_noted)  # what Dask's own tasks end with is said in our words
        self._thread = threading.Thread(target=self._loop.run_forever, name="glossator cluster", daemon=True)
        self._thread.start()
        try:
            result(self._on_loop(self._open(address, names)))
        except BaseException:
            self.close()
            raise

    def hold(self, function: Callable[[Any], Any]) -> Any:
        """What stands for a function on the workers, for `call`.

        A task and no scattered value: what was scattered is gone with the last worker that had it.
        """
        return result(self._on_loop(self._hold(Parcel.of(function))))

    def call(self, held: Any, items: Sequence[Any]) -> Future[list[Any]]:
        """The results for some items, on any worker; cancelling the future calls the work off.

        Raises, in the future, ClusterFailed.
        """
        return self._on_loop(self._call(held, Parcel.of(items)))

    def everywhere(self, function: Callable[..., Any], *arguments: object) -> dict[str, Any]:
        """What a function gives on each worker, or raises, whatever they are busy with. Raises ClusterFailed."""
        if self._reason:
            raise ClusterFailed(self._reason)
        try:
            return result(self._on_loop(_within(_everywhere(self._client, function, *arguments))))
        except OSError as error:
            raise self._gone() from error

    def close(self) -> None:
        """Call off what is left, and disconnect."""
        if self._loop.is_closed():
            return
        result(self._on_loop(self._close()))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _on_loop(self, coroutine: Coroutine[Any, Any, Result]) -> Future[Result]:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    async def _open(self, address: str, names: Collection[str]) -> None:
        self._client = await _connected(address)
        try:
            self.threads = await _within(_threads(self._client, address))
            await _within(_compare_versions(self._client))
            await _within(_compare_passports(self._client, own_passport(names)))
        except OSError as error:
            raise ConfigError(f"the cluster at {address} does not answer any more ({type(error).__name__})") from error
        self._watching = asyncio.ensure_future(self._watch())

    async def _close(self) -> None:
        if self._client is not None:
            await asyncio.wait([asyncio.ensure_future(self._client.close())], timeout=CHECK_S)
            _left(self._client)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=CHECK_S)
        await self._loop.shutdown_default_executor()

    async def _hold(self, parcel: Parcel) -> Any:
        return self._client.submit(Held, parcel, own_code(), pure=False, retries=RETRIES)

    async def _call(self, held: Any, items: Parcel) -> list[Any]:
        if self._reason:
            raise ClusterFailed(self._reason)
        task = asyncio.current_task()
        assert task is not None
        self._calls.add(task)
        future = self._client.submit(work, held, items, pure=False, retries=RETRIES)
        try:
            found: list[Any] = await self._client.gather(future)
        except asyncio.CancelledError:
            if task.cancelling() and not self._reason:
                raise
            raise self._gone() from None  # nobody called it off but the cluster
        except Exception as error:
            raise self._translated(error) from error
        finally:
            self._calls.discard(task)
            future.release()
        return found

    def _translated(self, error: Exception) -> ClusterFailed:
        """What became of a call, in our words."""
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError, FuturesCancelledError

        if isinstance(error, ClusterFailed):
            return error
        # Futures are ours alone, so only a scheduler that went, or was restarted, drops them.
        if isinstance(error, FutureCancelledError | FuturesCancelledError | OSError):
            return self._gone()
        if isinstance(error, KilledWorker):
            return WorkersDied("it took its workers down")
        return ClusterFailed(f"the cluster failed on it ({type(error).__name__})")

    def _gone(self) -> ClusterFailed:
        """Note that there is no way back, unless that is known."""
        self._reason = self._reason or GONE
        return ClusterFailed(self._reason)

    async def _watch(self) -> None:
        """Give up where nobody is left; Dask would wait for ever."""
        alone_s = 0.0
        while True:
            await asyncio.sleep(CHECK_S)
            try:
                threads = await _within(self._client.nthreads())
            except OSError:
                self._give_up(GONE)
                return
            self.threads = sum(threads.values()) or self.threads
            alone_s = 0.0 if threads else alone_s + CHECK_S
            if alone_s >= PATIENCE_S:
                self._give_up(DESERTED)

    def _give_up(self, reason: str) -> None:
        self._reason = self._reason or reason
        for call in list(self._calls):
            call.cancel()


class WorkersDied(ClusterFailed):
    """So many workers died of a piece of work that Dask tries no other."""


@dataclass(slots=True)
class _Chunk(Generic[Item]):
    """Some items, and what is to come for them; without a future they are worked on here."""

    items: list[Item]
    future: Future[list[Any]] | None = None


def run(
    cluster: Cluster, function: Callable[[Item], Result], items: Iterable[Item], stays: Callable[[Item], bool]
) -> Iterator[Result | Lost[Item]]:
    """As `executor.run`: the result for each item, in their order, from the workers of a cluster.

    Items are taken when there is room for them. One that `stays` is worked on here.
    """
    held = cluster.hold(function)
    chunks = _chunks(items, stays)
    waiting: deque[_Chunk[Item]] = deque()
    try:
        while True:
            while len(waiting) < AHEAD * cluster.threads and (chunk := next(chunks, None)) is not None:
                if not stays(chunk.items[0]):
                    chunk.future = cluster.call(held, chunk.items)
                waiting.append(chunk)
            if not waiting:
                return
            chunk = waiting[0]
            if chunk.future is None:
                yield guarded(function, chunk.items[0])
            else:
                yield from _received(cluster, held, waiting)
            waiting.popleft()
    finally:
        for chunk in waiting:
            if chunk.future is not None:
                chunk.future.cancel()
        held.release()


def _chunks(items: Iterable[Item], stays: Callable[[Item], bool]) -> Iterator[_Chunk[Item]]:
    """The items in their order, a few together; those that stay alone."""
    chunk: list[Item] = []
    for item in items:
        if chunk and (stays(item) or len(chunk) == CHUNK):
            yield _Chunk(chunk)
            chunk = []
        if stays(item):
            yield _Chunk([item])
        else:
            chunk.append(item)
    if chunk:
        yield _Chunk(chunk)


def _received(cluster: Cluster, held: Any, waiting: Sequence[_Chunk[Item]]) -> Iterator[Any]:
    """What came for the first chunk.

    Where workers died, Dask suspects all that waited on them, so each item is tried again when no other is on its way.
    """
    chunk = waiting[0]
    assert chunk.future is not None
    try:
        yield from result(chunk.future)
    except WorkersDied:
        wait([one.future for one in waiting if one.future is not None])
        for item in chunk.items:
            yield _alone(cluster, held, item)
    except ClusterFailed as error:
        yield from (Lost(item, str(error)) for item in chunk.items)


def _alone(cluster: Cluster, held: Any, item: Item) -> Any:
    try:
        return result(cluster.call(held, [item]))[0]
    except ClusterFailed as error:
        return Lost(item, str(error))


def result(future: Future[Result]) -> Result:
    """What a future gives; Ctrl-C is heard meanwhile, on all platforms."""
    while not wait([future], CHECK_S).done:
        pass
    return future.result()


async def _within(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What a question to the cluster gives. Raises TimeoutError, which is an OSError, where it takes too long."""
    task = asyncio.ensure_future(coroutine)
    await asyncio.wait([task], timeout=2 * REACH_S)  # not wait_for: that would wait for what does not end
    if not task.done():
        task.cancel()
        raise TimeoutError
    return task.result()


async def _connected(address: str) -> Any:
    """A client of Dask's, of which little is typed."""
    try:
        from distributed import Client
        from distributed.versions import VersionMismatchWarning
    except ImportError as error:
        raise ConfigError("--cluster needs an extra: pip install 'glossator[cluster]'") from error
    for name in ("distributed", "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of it is said here
    options = {"timeout": REACH_S, "set_as_default": False, "name": "glossator", "asynchronous": True}

    async def connect() -> Any:
        client = Client(address, **options)  # type: ignore[no-untyped-call]
        try:
            return await client
        except BaseException:
            _left(client)
            raise

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)  # we say it ourselves, and stop
            return await _within(connect())
    except (OSError, TypeError, ValueError, ImportError) as error:
        raise ConfigError(
            f"the cluster at {address} cannot be reached ({type(error).__name__}): --cluster takes the address that "
            "its scheduler says, such as tcp://HOST:8786"
        ) from error


def _left(client: Any) -> None:
    """Have a client do nothing any more: its finalizer would close it on a loop that is gone by then."""
    client.status = "closed"


async def _threads(client: Any, address: str) -> int:
    """How many threads the workers have together, as soon as there is one."""
    try:
        await client.wait_for_workers(1, timeout=REACH_S)
    except TimeoutError as error:
        raise ConfigError(f"the cluster at {address} has no workers: `dask worker {address}` starts some") from error
    return sum((await client.nthreads()).values())


async def _compare_versions(client: Any) -> None:
    """Raise ConfigError where Python, Dask or Glossator has another version or is not there.

    Nothing of ours is sent. The scheduler needs Glossator, too: it unpickles tasks. Dask says what is installed, which
    a checkout may not be.
    """
    found = await client.get_versions(packages=["glossator"])
    ours = versions_in(found["client"])
    for where, one in (("the scheduler", found["scheduler"]), *found["workers"].items()):
        theirs = versions_in(one)
        for name, version in ours.items():
            if theirs[name] != version:
                raise ConfigError(_another(where, name, theirs[name], version))


def _noted(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    logger.debug("dask client message=%s error=%s", context.get("message"), type(context.get("exception")).__name__)


def _another(where: str, name: str, theirs: str | None, ours: str | None) -> str:
    return f"{where} has another {name} than this machine: {theirs or 'none'} instead of {ours or 'none'}"


async def _compare_passports(client: Any, ours: Passport) -> None:
    """Raise ConfigError where a worker runs other code of the same version, or lacks a variable that is set here."""
    for where, theirs in (await _everywhere(client, own_passport, ours.variables)).items():
        if isinstance(theirs, Exception):
            raise ConfigError(f"{where} cannot run Glossator ({type(theirs).__name__}): install the same one")
        if theirs.version != ours.version:
            raise ConfigError(_another(where, "Glossator", theirs.version, ours.version))
        if theirs.code != ours.code:
            raise ConfigError(f"{where} has other code as Glossator {ours.version}: install the same one")
        if lacking := ours.variables - theirs.variables:
            raise ConfigError(f"{where} lacks {', '.join(sorted(lacking))}, which is set here: keys are not sent")


async def _everywhere(client: Any, function: Callable[..., Any], *arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = await client.run(function, *arguments, on_error="return")
    return found
