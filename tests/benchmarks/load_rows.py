"""The rows that stand beside the older report's: one document, batches, a load that lasts, the modes, contexts."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import older
from client import clock
from load_runs import Command, Run, Service, run_write, timeout_s
from load_server import Load, loaded
from older import Compared
from parts import keystrokes, read_contexts
from samples import LARGE, sites
from supply import Source, Supply, reformatted, settings_of, split
from table import median

from glossator.config.modes import MODES
from glossator.syntax.context import ContextReader, FactsMemo
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

KNOWN = 0.9  # of the documents, where some are: the report has hit rates of 85 to 95%
USERS = 50  # of the load that lasts, each with one file after the other
AT_ONCE = 50  # requests, as in the report's default mode
SINGLES = 5  # cold documents, each with another latency
AGAIN = 20  # cached documents, one after the other
MODE_DOCUMENTS = {"baseline": 60, "standard": 200, "enhanced": 800, "performance": 2000}
QUICK_MODES = ("performance",)


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured: how many documents the largest batch has, of which supply, and how the provider behaves."""

    supply: Supply
    load: Load
    root: Path
    documents: int = 100
    rounds: int = 2
    is_quick: bool = False

    def fresh(self, name: str) -> Path:
        """A folder of its own for a run, so that its cache is empty."""
        folder = self.root / name
        folder.mkdir(parents=True)
        return folder


def single_rows(options: Options) -> list[Compared]:
    """One document: by a command with an empty cache, and from the cache of a process that lives on."""
    sources = options.supply.sources(1)
    count = 1 if options.is_quick else SINGLES
    loads = [replace(options.load, seed=options.load.seed + number) for number in range(count)]
    cold = [run_write(sources, options.fresh(f"single-{number}"), Command(load)) for number, load in enumerate(loads)]
    warm = asyncio.run(_cached_s(options, sources[0]))
    return [
        Compared("one document, cold: whole command", median([run.seconds for run in cold]), older.SINGLE_COLD),
        Compared("one document, warm: from the cache, in a running process", warm[0], older.SINGLE_WARM),
        Compared("a cached answer again, in a running process", median(warm), older.CACHED),
    ]


async def _cached_s(options: Options, source: Source) -> list[float]:
    """Seconds of a document that another process has had from a model, each time from the disk on."""
    cache = options.fresh("single-cached")
    with loaded(options.load) as server:
        settings = settings_of(server.url, cache, 1, timeout_s=timeout_s(options.load))
        before, after = Service(settings), Service(settings)
        await before.document(source)
        await before.aclose()
        found = []
        for _ in range(AGAIN):
            started = clock()
            await after.document(source)
            found.append(clock() - started)
        await after.aclose()
    return found


def batch_rows(options: Options) -> list[Compared]:
    """Batches of a tenth, half, and all of the documents: one after the other, in parallel, with a cache.

    The report has figures for a hundred; where they are taken for fewer by count, there is no goal.
    """
    whole = options.documents
    counts = (whole,) if options.is_quick else (whole // 10, whole // 2, whole)
    return [row for count in counts for row in _batch_rows(options, max(1, count))]


def _batch_rows(options: Options, count: int) -> list[Compared]:
    sources = options.supply.sources(count)
    name, share, goal = f"{count} documents", count / 100, 1.0 if count >= 100 else None
    found: list[Compared] = []
    if not options.is_quick:
        alone = run_write(sources, options.fresh(f"{count}-alone"), Command(options.load, 1, 1))
        found.append(Compared(f"{name}, one after the other", alone.seconds, older.SEQUENTIAL.scaled(share)))
    wide = run_write(sources, options.fresh(f"{count}-wide"), Command(options.load, AT_ONCE))
    root = options.fresh(f"{count}-default")
    default, again = (run_write(sources, root, Command(options.load)) for _ in range(2))
    anew = run_write(reformatted(sources), root, Command(options.load))
    partly = _partly_known(options, sources)
    parallel, cached = older.PARALLEL.scaled(share), older.WITH_CACHE.scaled(share)
    return [
        *found,
        Compared(f"{name}, in parallel, {AT_ONCE} at once", wide.seconds, parallel, goal),
        Compared(f"{name}, in parallel, default (from 4 at once on)", default.seconds, parallel, goal),
        Compared(f"{name}, {_hits(partly, count):.0%} cached", partly.seconds, cached, goal),
        Compared(f"{name}, all cached", again.seconds, cached, goal),
        Compared(f"hit rate, {name} again", _hits(again, count), older.HIT_RATE),
        Compared(f"hit rate, {name} with all code laid out anew", _hits(anew, count), older.HIT_RATE),
    ]


def _partly_known(options: Options, sources: Sequence[Source]) -> Run:
    """A run in which the cache has most of the documents."""
    root = options.fresh(f"{sum(one.documents for one in sources)}-known")
    known, _ = split(sources, KNOWN)
    run_write(known, root, Command(options.load, AT_ONCE))
    return run_write(sources, root, Command(options.load, AT_ONCE))


def _hits(run: Run, documents: int) -> float:
    """The share of the documents that nobody was asked for."""
    return 1 - run.asked / documents


def mode_rows(options: Options) -> list[Compared]:
    """Documents a minute in each mode, whole commands; the provider gets as many requests at once as the mode has."""
    found = []
    for mode, figure in older.MODES.items():
        if options.is_quick and mode not in QUICK_MODES:
            continue
        count = MODE_DOCUMENTS[mode] // (10 if options.is_quick else 1)
        sources = options.supply.sources(round(count / KNOWN))
        first, _ = split(sources, KNOWN)
        known = sum(one.documents for one in first)
        root, at_once = options.fresh(f"mode-{mode}"), MODES[mode].documents
        command = Command(options.load, at_once, at_once, mode)
        cold = run_write(first, root, command)
        warm = run_write(sources, root, command)
        every = sum(one.documents for one in sources)
        found.append(Compared(f"{mode} mode, {known:,} documents, cold", known / cold.seconds * 60, figure))
        name = f"{mode} mode, {every:,} documents, {_hits(warm, every):.0%} cached"
        found.append(Compared(name, every / warm.seconds * 60, figure))
    return [*found, Compared("documents a minute, the best of these", max(one.ours for one in found), older.MINUTE)]


@dataclass(slots=True)
class Lasting:
    """What a load that lasts has done so far: documents, and how many of them a provider was asked for."""

    documents: int = 0
    asked: int = 0

    @property
    def hit_rate(self) -> float:
        """The share of documents that nobody was asked for."""
        return 1 - self.asked / max(1, self.documents)


def sustained_rows(options: Options) -> list[Compared]:
    """A load that lasts ten seconds, in a process that lives on."""
    seconds = 2.0 if options.is_quick else 10.0
    found = asyncio.run(_sustained(options, seconds))
    rate = found.documents / seconds
    users = f"{USERS} users for {seconds:.0f} s, {found.hit_rate:.0%} hits"
    rows = [
        Compared(f"{users}: documents a second", rate, older.SUSTAINED_RATE),
        Compared(f"{users}: documents a minute", rate * 60, older.SUSTAINED_MINUTE),
    ]
    # The report counts what ten seconds have brought.
    return (
        rows if options.is_quick else [Compared(f"{users}: documents", found.documents, older.SUSTAINED_COUNT), *rows]
    )


async def _sustained(options: Options, seconds: float) -> Lasting:
    sources = options.supply.sources(300 if options.is_quick else 3000)
    known, fresh = split(sources, 0.1)
    with loaded(options.load) as server:
        settings = settings_of(server.url, options.fresh("sustained"), USERS, timeout_s=timeout_s(options.load))
        service = Service(settings)
        try:
            await asyncio.gather(*map(service.document, known))
            before = len(server.told().requests)
            drawn = _drawn(known, fresh, random.Random(options.load.seed))
            found = await _for_a_while(service, drawn, seconds)
            found.asked = len(server.told().requests) - before
            return found
        finally:
            await service.aclose()


def _drawn(known: Sequence[Source], fresh: Sequence[Source], chance: random.Random) -> Iterator[Source]:
    """Files without end, as long as there are new ones; of the documents in them, KNOWN are known."""
    new_documents = known_documents = 0
    for one in fresh:
        while new_documents + one.documents > (1 - KNOWN) * (new_documents + one.documents + known_documents):
            old = chance.choice(known)
            known_documents += old.documents
            yield old
        new_documents += one.documents
        yield one


async def _for_a_while(service: Service, drawn: Iterator[Source], seconds: float) -> Lasting:
    """Let users ask for one file after the other; what was done when the time was over."""
    found, deadline = Lasting(), time.perf_counter() + seconds

    async def user() -> None:
        for source in drawn:
            await service.document(source)
            if time.perf_counter() > deadline:
                return
            found.documents += source.documents

    users = [asyncio.create_task(user()) for _ in range(USERS)]
    await asyncio.wait(users, timeout=seconds)
    for task in users:
        task.cancel()
    for result in await asyncio.gather(*users, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
    return found


def context_rows(options: Options) -> list[Compared]:
    """Contexts of the large file for a second time: as it was, and after a keystroke in another function."""
    text, rounds = LARGE.read_bytes(), 3 if options.is_quick else 15
    document, memo = Document("file:///large.py", text), FactsMemo()
    path = Outline(document).symbols[-1].path
    site = sites(text.decode())[0]
    offset = document.offset(site.line, site.character, "utf-32")
    first_one, first_all = (median([_elapsed_ms(wanted, text) for _ in range(rounds)]) for wanted in (path, None))
    outline = Outline(document)
    reader = ContextReader(outline, memo)
    wanted = [symbol.path for symbol in outline.symbols]
    again = [_read_again_ms(reader, wanted) for _ in range(rounds + 1)][1:]
    after = keystrokes(document, offset, 5 * rounds, path)
    return [
        Compared("contexts of all symbols again", first_all / median(again), older.REPEATED, goal=10.0),
        Compared("a symbol's context after a keystroke elsewhere", first_one / after, older.REPEATED),
    ]


def _elapsed_ms(path: str | None, text: bytes) -> float:
    started = clock()
    read_contexts(Document("file:///large.py", text), FactsMemo(), path)
    return (clock() - started) * 1e3


def _read_again_ms(reader: ContextReader, paths: Sequence[str]) -> float:
    started = clock()
    for path in paths:
        reader.context(path)
    return (clock() - started) * 1e3
