"""Documents a minute through the whole pipeline in a long-lived process, at several hit rates, with a slow provider.

What is measured is what a server does again and again: documents are open and parsed, facts and forms remembered, and
each document goes through context, plan, keys, look-up in memory, validation, rendering and the edit's place. What is
not known is asked from a model server in a process of its own over real HTTP, which takes 0.5 to 2 seconds; the mode is
performance. Two processes share the files. Parsing and proof are not in it: the rows of `reuse.py` have them.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from load_server import Load, loaded
from reuse import _said
from samples import library_files, write_stripped
from table import Row, median

from glossator.cache.memory import Memory
from glossator.cache.tiers import Tiers
from glossator.config import MODES, Settings
from glossator.config.settings import CacheSettings, ProviderSettings
from glossator.documenter.caching import asked_of
from glossator.documenter.files import FileOptions, FileWork, work_in
from glossator.documenter.generation import Generator
from glossator.documenter.reuse import Reuse, complete
from glossator.engine.answers import Answer
from glossator.engine.executor import collect_seldom
from glossator.engine.filling import Trust
from glossator.engine.keeping import Stamp, entries_of
from glossator.engine.prompts import Framing
from glossator.engine.requests import Asked, Request, Wanting
from glossator.engine.scheduler import Urgency
from glossator.syntax.context import ContextReader, FactsMemo

PROCESSES = 2
GOAL = 248_000.0  # documents a minute at 99% hits, the seed's design target
RATES = (1.0, 0.99, 0.95, 0.85)
SHARE = 6  # of the library's files one in so many is documented
SECONDS = 8.0  # of a run, so that the answers that it waits for at its end do not count for much


@dataclass(frozen=True, slots=True)
class Share:
    """What one process does: its files, whom it asks, and how much of what it looks up it finds."""

    files: tuple[str, ...]
    url: str
    rate: float
    seconds: float


def pipeline_rows(root: Path, rounds: int, seconds: float = SECONDS) -> list[Row]:
    """Documents a minute at each hit rate."""
    folder = root / "pipeline"
    write_stripped(library_files()[::SHARE], folder)
    files = sorted(map(str, folder.rglob("*.py")))
    rows = []
    for rate in RATES:
        figures = []
        for _ in range(rounds):
            with loaded(Load()) as server:
                figures.append(_minute([Share((), server.url, rate, seconds)] * PROCESSES, files))
        name = f"pipeline, {rate:.0%} hits in memory, contexts known, {PROCESSES} processes"
        rows.append(_row(name, [one for one, _ in figures], GOAL if rate == 0.99 else None))
        if rate == 0.99:
            rows.append(
                _row(f"the same, by the processor time of {PROCESSES} cores", [one for _, one in figures], GOAL)
            )
    return rows


def _row(name: str, figures: list[float], limit: float | None) -> Row:
    spread = min(figures), max(figures)
    return Row(name, median(figures), "documents/min", None, limit, more_is_better=True, spread=spread)


def _minute(shares: Sequence[Share], files: Sequence[str]) -> tuple[float, float]:
    """What the processes do together in a minute: by the clock, and by processor time, which others do not disturb.

    Each has its own clock, which runs once its documents are open.
    """
    shares = [replace(one, files=tuple(files[part::PROCESSES])) for part, one in enumerate(shares)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        found = pool.map(run, shares, chunksize=1)
    return sum(one for one, _ in found), sum(one for _, one in found)


def run(share: Share) -> tuple[float, float]:
    """Documents a minute of one process."""
    random.seed(1)
    collect_seldom()  # as worker processes do
    return asyncio.run(_documented(share))


def settings_of(url: str) -> Settings:
    """Performance mode, with one provider that costs nothing."""
    most = MODES["performance"].documents // PROCESSES
    provider = ProviderSettings("fake", "openai", f"{url}/v1", "m", concurrency=most, max_concurrency=most, exam=False)
    return Settings(
        provider=("fake",), style="google", mode="performance", providers=(provider,), cache=CacheSettings("/nowhere")
    )


@dataclass(slots=True)
class _Process:
    """An open workspace: its documents, its memory, and whom it asks."""

    generator: Generator
    tiers: Tiers
    asked: Asked
    works: list[FileWork]

    def find(self, work: FileWork, rate: float) -> tuple[dict[str, Answer], list[Request]]:
        """What is known of a file's symbols, and what has to be asked."""
        reuse = Reuse(work.job, tuple(work.wants(Wanting(work.job, self.asked))))
        found = [self.tiers.at_hand(lookup) for lookup in reuse.lookups]
        known = {path: one for path, one in reuse.known(found).items() if random.random() < rate}
        return complete(known), list(reuse.requests(known, Framing(str)))


async def _documented(share: Share) -> tuple[float, float]:
    settings = settings_of(share.url)
    tiers, memo = Tiers(Memory(MODES["performance"].l1_entries), None, None), FactsMemo(100_000, 1_000)
    works = [_opened(file, settings, memo) for file in share.files]
    process = _Process(Generator(settings), tiers, asked_of(settings), [one for one in works if one is not None])
    await _warmed(process)
    started, used_s = time.perf_counter(), time.process_time()
    documents, waiting = 0, set[asyncio.Task[int]]()
    while time.perf_counter() - started < share.seconds:
        for work in process.works:
            answers, requests = process.find(work, share.rate)
            if requests:
                await process.generator.scheduler.admit(len(requests))
                waiting.add(asyncio.create_task(_asked(process, work, answers, requests)))
            else:
                documents += _written(work, answers)
            await asyncio.sleep(0)
    documents += sum(await asyncio.gather(*waiting))
    took_s, used_s = time.perf_counter() - started, time.process_time() - used_s
    await process.generator.aclose()
    return documents / took_s * 60, documents / used_s * 60


def _opened(file: str, settings: Settings, memo: FactsMemo) -> FileWork | None:
    """An open document, with what is to be done in it."""
    work = work_in(Path(file).read_bytes(), file, FileOptions(settings, style="google"))
    if work is None:
        return None
    return replace(work, job=replace(work.job, reader=ContextReader(work.job.reader.outline, memo)))


async def _warmed(process: _Process) -> None:
    """Have an answer for each symbol in memory: the embedded provider's texts, as if the model had said them."""
    stamp = Stamp("m", int(time.time()) // 86_400)
    for work in process.works:
        for want in work.wants(Wanting(work.job, process.asked)):
            await process.tiers.keep(entries_of(want, _said(want), stamp))


async def _asked(process: _Process, work: FileWork, answers: dict[str, Answer], requests: list[Request]) -> int:
    trust, scheduler = Trust(), process.generator.scheduler

    async def one(request: Request) -> Answer:
        try:
            return await process.generator.fill(request, _unseen, trust, Urgency.WORKSPACE)
        finally:
            scheduler.dismiss()

    filled = await asyncio.gather(*map(one, requests))
    return _written(work, answers | dict(zip((one.path for one in requests), filled, strict=True)))


def _unseen(_texts: Any) -> None:
    """Nobody watches."""


def _written(work: FileWork, answers: dict[str, Answer]) -> int:
    """Render a file's docstrings, each as an edit; how many there are."""
    drafts = replace(work, job=replace(work.job, answers=answers)).drafts()
    return sum(draft.edit is not None for draft in drafts)
