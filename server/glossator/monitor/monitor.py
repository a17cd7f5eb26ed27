"""The monitor of a process: what its stages take, what is counted, and what somebody who looks is told besides."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from time import perf_counter
from typing import TYPE_CHECKING, Final

from glossator.monitor import names
from glossator.monitor.histogram import Histogram
from glossator.monitor.measured import Key, Measured
from glossator.monitor.process import cpu_s, rss_bytes
from glossator.monitor.snapshot import Snapshot

if TYPE_CHECKING:
    from typing import Protocol

    from glossator.monitor.spans import Recorder

    class Spent(Protocol):
        """What a provider's calls have cost; `providers.base.Usage` is one."""

        @property
        def calls(self) -> int:
            """How many calls."""

        @property
        def tokens_in(self) -> int:
            """Tokens read."""

        @property
        def tokens_out(self) -> int:
            """Tokens written."""

        @property
        def cached(self) -> int:
            """Of those read, what the provider's own cache had."""

        @property
        def cost(self) -> float:
            """Money, in dollars."""


logger = logging.getLogger(__name__)

SLOW_MS: Final = 1000
MAX_STEPS: Final = 200  # children of one span: a request about thousands of symbols has thousands of stages


class Request:
    """One request of an editor while it is worked on: what its stages took so far, and each one where spans are."""

    __slots__ = ("method", "stages_us", "started", "steps")

    def __init__(self, method: str, *, has_steps: bool) -> None:
        """Start now; steps are kept for those who record spans."""
        self.method = method
        self.started = perf_counter()
        self.stages_us: dict[str, float] = {}
        # Stage, end by the clock of `started`, microseconds.
        self.steps: list[tuple[str, float, float]] | None = [] if has_steps else None

    def note(self, stage: str, duration_us: float) -> None:
        """A stage ended now."""
        self.stages_us[stage] = self.stages_us.get(stage, 0.0) + duration_us
        if self.steps is not None and len(self.steps) < MAX_STEPS:
            self.steps.append((stage, perf_counter(), duration_us))


class Monitor(Measured):
    """What one process measures. For one thread, that of its loop; what others measure comes to it as values.

    It is made where the process is put together, and handed down. What holds something at a time (tiers, queues) is
    read when a snapshot is made, and costs nothing before.
    """

    __slots__ = ("_current", "_gauges", "_readers", "recorder", "requests", "slow_ms", "started")

    def __init__(self) -> None:
        """Start now; nothing is watched."""
        super().__init__()
        self.started = time.time()
        self.requests: defaultdict[str, Histogram] = defaultdict(Histogram)
        self.slow_ms = SLOW_MS
        self.recorder: Recorder | None = None
        self._gauges: dict[Key, Callable[[], float]] = {}
        self._readers: list[Callable[[], tuple[Mapping[Key, float], Mapping[Key, float]]]] = []
        # Tasks take the context of the request that started them along, so that a stage finds its request.
        self._current: ContextVar[Request | None] = ContextVar("request", default=None)

    def observe(self, stage: str, duration_us: float) -> None:
        """A stage took so many microseconds, of the request that is worked on where there is one."""
        self.stages[stage].observe(duration_us)
        request = self._current.get()
        if request is not None:
            request.note(stage, duration_us)

    # Providers ---------------------------------------------------------------------------------------------------

    def asked(self, provider: str, spent: Spent) -> None:
        """A provider answered; this is what it took."""
        for name in names.OF_PROVIDERS:
            self.counts[name, provider] += getattr(spent, name)

    def failed(self, provider: str, kind: str) -> None:
        """A provider failed; `kind` is the name of the error's class."""
        self.counts[names.PROVIDER_FAILURES, provider, kind] += 1

    # What is read when somebody looks ------------------------------------------------------------------------------

    def gauge(self, read: Callable[[], float], name: str, *labels: str) -> None:
        """Read a value when a snapshot is made; a later one of the same name takes its place."""
        self._gauges[name, *labels] = read

    def read(self, reader: Callable[[], tuple[Mapping[Key, float], Mapping[Key, float]]]) -> None:
        """Read counts that somebody else keeps, and gauges, when a snapshot is made."""
        self._readers.append(reader)

    def snapshot(self) -> Snapshot:
        """All of it now. Cost: about 0.1 ms."""
        counts, gauges = dict(self.counts), {key: float(read()) for key, read in self._gauges.items()}
        for reader in self._readers:
            for into, found in zip((counts, gauges), reader(), strict=True):
                for key, value in found.items():
                    into[key] = into.get(key, 0.0) + value
        counts[names.CPU_S,] = cpu_s()
        gauges |= {(names.RSS_BYTES,): float(rss_bytes()), (names.PROCESSES,): 1.0}
        stages, requests = ({name: one.copy() for name, one in kept.items()} for kept in (self.stages, self.requests))
        return Snapshot(stages, requests, counts, gauges, self.started)

    # Requests ----------------------------------------------------------------------------------------------------

    def begin(self, method: str) -> tuple[Request, Token[Request | None]]:
        """A request arrived: what is observed from now on in this context is part of it, until `leave`."""
        request = Request(method, has_steps=self.recorder is not None)
        return request, self._current.set(request)

    def leave(self, token: Token[Request | None]) -> None:
        """What is observed here from now on is part of no request; tasks that it started go on with it."""
        self._current.reset(token)

    def end(self, request: Request, *, waits: bool = False) -> None:
        """A request was answered. A slow one is logged with its stages, on a lower level if it `waits` for others."""
        took_us = (perf_counter() - request.started) * 1e6
        self.requests[request.method].observe(took_us)
        if self.recorder is not None:
            self.recorder.record(request, took_us)
        if took_us < self.slow_ms * 1e3:
            return
        self.count(names.SLOW)
        stages = " ".join(f"{stage}={duration_us / 1e3:.1f}" for stage, duration_us in request.stages_us.items())
        level = logging.INFO if waits else logging.WARNING
        logger.log(level, "slow method=%s ms=%.0f %s", request.method, took_us / 1e3, stages or "stages=none")
