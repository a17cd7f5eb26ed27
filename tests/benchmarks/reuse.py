"""The cache: look-ups beside their floors, and documents a minute through the whole pipeline at several hit rates.

The pipeline is context, plan, keys, look-up on disk, validation, rendering and proof, of files of the standard library
without docstrings, in two processes. What the cache does not have is asked from a model that takes 0.5 to 2 seconds; it
stands in each process, so HTTP is not in it (the section `requests` and `make bench-seed` have that).
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from samples import library_files, write_stripped
from table import Row, median

from glossator.cache.disk import Disk
from glossator.cache.entries import Entry, Text, encoded
from glossator.cache.memory import Memory
from glossator.config import Settings
from glossator.config.settings import CacheSettings, ProviderSettings
from glossator.docstring.validate import About, names_in
from glossator.documenter.caching import DiskLookup, asked_of, new_disk
from glossator.documenter.files import FileOptions, FileWork, work_in
from glossator.documenter.reuse import Reuse, complete
from glossator.engine.answers import Answer, Said
from glossator.engine.filling import fill
from glossator.engine.judgement import judged
from glossator.engine.keeping import Stamp, entries_of
from glossator.engine.prompts import Framing
from glossator.engine.requests import Want, Wanting
from glossator.model import FieldKey
from glossator.providers.base import Heard, Prompt, Reply, Usage

PROCESSES = 2
GOAL = 248_000.0  # documents a minute, at 99% hits
RATES = (1.0, 0.99, 0.95, 0.85)
AT_ONCE = 1000
SHARE = 3  # of the library's files one in so many is documented
PASSES = 3  # of a run over these files, so that its last answers do not count for much
PLAIN = "What the caller hands over to be worked on."
LATENCY_S = (0.5, 2.0)
KEYS = 1000
CALLS = 200


def reuse_rows(root: Path, rounds: int) -> list[Row]:
    """The rows of the tiers in this process and on disk, and of the pipeline."""
    return [*tier_rows(root, rounds), *pipeline_rows(root, rounds)]


def tier_rows(root: Path, rounds: int) -> list[Row]:
    """A look-up of one key in memory and on disk; the floors are a dict's and diskcache's own."""
    import diskcache

    keys = [os.urandom(16) for _ in range(KEYS)]
    text = Text("summary", "", "Return the number of entries that are kept for a day.", "", "fake", True)
    entry = Entry(1, 20_000, "m", (text,) * 4, b"x" * 16, 1, "Store.load")
    memory, plain = Memory(KEYS), dict.fromkeys(keys, entry)
    for key in keys:
        memory.put(key, entry)
    disk, other = Disk(root / "ours"), diskcache.Cache(str(root / "theirs"), statistics=0, eviction_policy="none")
    payload = encoded(entry)
    disk.put(dict.fromkeys(keys, payload))
    for key in keys:
        other.set(key, payload)
    asked = random.Random(1).choices(keys, k=CALLS)
    figures: dict[str, list[float]] = {name: [] for name in ("L1", "dict", "L3", "diskcache")}
    for _ in range(rounds * 10):
        figures["L1"].append(_each_us(memory.get, asked))
        figures["dict"].append(_each_us(plain.get, asked))
        figures["L3"].append(_each_us(lambda key: disk.get((key,)), asked))
        figures["diskcache"].append(_each_us(other.get, asked))
    other.close()
    disk.close()
    middle = {name: median(values) for name, values in figures.items()}
    return [
        Row("L1, look-up of one key, beside a dict", middle["L1"], "us", middle["dict"], 3.0),
        Row("L3, look-up of one key, beside diskcache's own", middle["L3"], "us", middle["diskcache"], 2.0),
    ]


def _each_us(get: Callable[[bytes], object], keys: Sequence[bytes]) -> float:
    started = time.perf_counter()
    for key in keys:
        get(key)
    return (time.perf_counter() - started) / len(keys) * 1e6


class Slow:
    """A model that says something for each field after half a second to two."""

    name = "fake"

    async def complete(self, prompt: Prompt, heard: Heard) -> Reply:
        """The answer, after a pause."""
        await asyncio.sleep(random.uniform(*LATENCY_S))
        fields = prompt.schema["properties"]
        said = {name: one.get("enum", [PLAIN])[0] for name, one in fields.items()}
        return Reply(json.dumps(said), "fake", Usage())

    async def aclose(self) -> None:
        """There is nothing to close."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one process does: files, and how many of their symbols the cache has."""

    files: tuple[str, ...]
    settings: Settings
    rate: float


def pipeline_rows(root: Path, rounds: int) -> list[Row]:
    """Documents a minute at each hit rate; the rate that counts is the one of the design."""
    folder = root / "reuse"
    write_stripped(library_files()[::SHARE], folder)
    provider = ProviderSettings("fake", "openai", endpoint="http://127.0.0.1:9/v1", model="m")
    settings = Settings(
        provider=("fake",), style="google", providers=(provider,), cache=CacheSettings(str(root / "reuse-cache"))
    )
    files = sorted(map(str, folder.rglob("*.py")))
    _warm(files, settings)
    rows = []
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        for rate in RATES:
            figures = [_minute(pool, files, settings, rate) for _ in range(rounds)]
            rows.append(_row(rate, figures))
    return rows


def _row(rate: float, figures: list[float]) -> Row:
    name = f"pipeline, {rate:.0%} hits on disk, {PROCESSES} processes"
    limit = GOAL if rate == 0.99 else None
    spread = min(figures), max(figures)
    return Row(name, median(figures), "documents/min", None, limit, more_is_better=True, spread=spread)


def _minute(pool: multiprocessing.pool.Pool, files: list[str], settings: Settings, rate: float) -> float:
    shares = [Share(tuple(files[part::PROCESSES]) * PASSES, settings, rate) for part in range(PROCESSES)]
    started = time.perf_counter()
    documents = sum(pool.map(_run, shares, chunksize=1))
    return documents / (time.perf_counter() - started) * 60


def _work(file: str, settings: Settings) -> tuple[FileWork, tuple[Want, ...]] | None:
    work = work_in(Path(file).read_bytes(), file, FileOptions(settings, style="google"))
    if work is None:
        return None
    return work, tuple(work.wants(Wanting(work.job, asked_of(settings))))


def _warm(files: list[str], settings: Settings) -> None:
    """Put an answer for each symbol on disk: the embedded provider's texts, as if the model had said them."""
    disk, stamp = new_disk(settings), Stamp("m", int(time.time()) // 86_400)
    for file in files:
        if (found := _work(file, settings)) is not None:
            entries: dict[bytes, Entry] = {}
            for want in found[1]:
                entries |= entries_of(want, _said(want), stamp)
            disk.put({key: encoded(one) for key, one in entries.items()})
    disk.close()


def _said(want: Want) -> dict[FieldKey, Said]:
    """What a model said of a symbol: the embedded provider's texts; what of these is refused, was refused."""
    about = About(want.facts, names_in(*want.ours.values()), room=want.room)
    verdicts = judged(dict(want.ours), about, want)
    return {key: Said(one.text, one.reason.value if one.reason else "", "fake") for key, one in verdicts.items()}


def _run(share: Share) -> int:
    """Document the files of a share; how many documents that were."""
    random.seed(len(share.files))
    return asyncio.run(_documented(share))


async def _documented(share: Share) -> int:
    free = asyncio.Semaphore(AT_ONCE // PROCESSES)
    tasks = []
    for file in share.files:
        tasks.append(asyncio.create_task(_file(file, share, free)))
        await asyncio.sleep(0)
    return sum(await asyncio.gather(*tasks))


async def _file(file: str, share: Share, free: asyncio.Semaphore) -> int:
    found = _work(file, share.settings)
    if found is None:
        return 0
    work, wants = found
    reuse = Reuse(work.job, wants)
    known = reuse.known(DiskLookup(share.settings)(reuse.lookups))
    known = {path: one for path, one in known.items() if random.random() < share.rate}
    answers = complete(known)
    requests = list(reuse.requests({path: known[path] for path in answers}, Framing(str)))

    async def one(request: object) -> Answer:
        async with free:
            return await fill(request, Slow(), lambda _texts: None)  # type: ignore[arg-type]

    filled = await asyncio.gather(*map(one, requests))
    answers |= dict(zip((request.path for request in requests), filled, strict=True))
    outcome = replace(work, job=replace(work.job, answers=answers)).outcome()
    return sum(draft.action == "added" for draft in outcome.drafts)
