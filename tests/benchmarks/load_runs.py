"""How a load test runs Glossator: the whole command in a process of its own, or a batch of files in this one."""

from __future__ import annotations

import heapq
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from load_server import Load, Told, loaded
from servers import environment
from supply import PROVIDER, Source, write_sources

from glossator.config import Settings
from glossator.documenter.batch import Batch, workers_for
from glossator.documenter.caching import open_tiers
from glossator.documenter.files import FileOutcome
from glossator.documenter.generation import Generator
from glossator.documenter.recalling import Asking, Prepared
from glossator.documenter.tasks import Task
from glossator.engine.answers import Answer
from glossator.engine.executor import Pool
from glossator.engine.filling import Trust
from glossator.engine.requests import Request
from glossator.model import FieldKey
from glossator.workspace.index import Index

DEFAULT = 4  # requests at once, to begin with, as the settings have it where nobody sets anything
FAULTY_TIMEOUT_S = 5.0  # a silence takes as long as this, so it may not be a minute


@dataclass(frozen=True, slots=True)
class Command:
    """How `glossator write` is run.

    `concurrency` is how many requests the provider gets at once to begin with, `most` how many that may become (None:
    as many as the mode allows).
    """

    load: Load
    concurrency: int = DEFAULT
    most: int | None = None
    mode: str = "auto"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took: seconds on the wall with start-up, symbols documented, and what the provider was asked."""

    seconds: float
    written: int
    told: Told

    @property
    def asked(self) -> int:
        """How many requests the provider got."""
        return len(self.told.requests)

    def greedy_s(self, concurrency: int) -> float:
        """The least that a greedy schedule of the recorded latencies takes with so many requests at once."""
        return greedy(self.told.latencies_s, concurrency)


def greedy(latencies_s: Sequence[float], concurrency: int) -> float:
    """Seconds of a schedule in which each request, in its order, begins as soon as one of so many places is free."""
    places = [0.0] * max(1, min(concurrency, len(latencies_s)))
    for latency_s in latencies_s:
        heapq.heapreplace(places, places[0] + latency_s)
    return max(places)


def run_write(sources: Sequence[Source], root: Path, command: Command) -> Run:
    """`glossator write` over a workspace of these files, in a process of its own; its cache is in `root`."""
    folder = write_sources(sources, root / "workspace")
    with loaded(command.load) as server:
        (root / "user.toml").write_text(configuration(server.url, command, root / "cache"))
        env = {**environment(root), "GLOSSATOR_CONFIG": str(root / "user.toml")}
        arguments = [sys.executable, "-m", "glossator", "write", "--output-format", "json", str(folder)]
        started = time.perf_counter()
        done = subprocess.run(arguments, env=env, cwd=root, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - started
        if done.returncode:
            raise RuntimeError(f"glossator write ended with {done.returncode}: {done.stderr[-500:]}")
        return Run(seconds, int(json.loads(done.stdout)["totals"]["added"]), server.told())


def configuration(url: str, command: Command, cache: Path) -> str:
    """A user's settings with the provider behind an address."""
    most = "" if command.most is None else f"max_concurrency = {command.most}\n"
    return (
        f'provider = "{PROVIDER}"\nmode = "{command.mode}"\n[cache]\nfolder = {json.dumps(str(cache))}\n'
        f'[providers.{PROVIDER}]\nkind = "openai"\nendpoint = "{url}/v1"\nmodel = "m"\nexam = false\n'
        f"concurrency = {command.concurrency}\n{most}timeout_s = {timeout_s(command.load)}\n"
    )


def timeout_s(load: Load) -> float:
    """The deadline of a request: the default, unless there are silences to wait for."""
    return FAULTY_TIMEOUT_S if load.fault_rate else 60.0


class Deaf:
    """Hears of a batch, and keeps what failed."""

    def __init__(self) -> None:
        """Nothing was heard yet."""
        self.failed: list[str] = []

    def left(self, path: str, reason: str) -> None:
        """A file was left undone."""
        self.failed.append(f"{path}: {reason}")

    def looked(self, _found: Prepared) -> None:
        """A file was looked up."""

    def grown(self, _request: Request, _texts: Mapping[FieldKey, str]) -> None:
        """An answer has grown."""

    def answered(self, _answer: Answer) -> None:
        """An answer is there."""


class Service:
    """A process that lives on: worker processes, the cache and the providers are there before anything is asked."""

    def __init__(self, settings: Settings) -> None:
        """Start the worker processes; in an event loop, before anything else has a thread."""
        self._settings = settings
        self._hearer = Deaf()
        self._workers = workers_for(settings, {"": Index()}, Pool(os.cpu_count() or 1))
        self._tiers = open_tiers(settings, self._hearer.failed.append)
        self._generator = Generator(settings, tiers=self._tiers)
        self._batch = Batch(self._workers, self._opened, Trust(), self._hearer)

    async def _opened(self) -> tuple[Generator, object]:
        return self._generator, self._tiers

    async def document(self, source: Source) -> FileOutcome:
        """A file with all of its docstrings, asked for where the cache does not have them."""
        found = await self._batch.look_up(Task(source.name, source.raw, self._settings))
        if isinstance(found, Asking):
            found = await self._batch.ask(Task(source.name, source.raw, self._settings), found, lambda: None)
        if found is None or found.error:
            raise RuntimeError(f"{source.name}: {found.error if found else self._hearer.failed}")
        return found

    async def aclose(self) -> None:
        """End what was started."""
        with closing(self._workers):
            await self._generator.aclose()
            await self._tiers.aclose()
