"""How near a cold run comes to what is possible: the schedule of the latencies themselves, and a bare HTTP loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
from load_rows import Options
from load_runs import DEFAULT, Command, Service, greedy, run_write, timeout_s
from load_server import Load, Told, loaded
from supply import NOBODY, Source, requests_of, settings_of
from table import Row, median

from glossator.config import Settings
from glossator.documenter.caching import open_tiers
from glossator.documenter.generation import Generator
from glossator.documenter.opening import opened
from glossator.engine.filling import Trust
from glossator.engine.requests import Request
from glossator.engine.scheduler import Urgency

AT_ONCE = {10: 60, 50: 300, 200: 800, 1000: 2000}  # requests at once, and how many there are of them
SHARE = 0.8
MOST_REFUSED = 0.1  # a refused answer is asked for once more, which counts as a request
SCHEDULE = 1.3
WIDE = 50  # requests at once
COMMANDS = 3  # the middle one counts: a command's start is no constant on a busy machine


def schedule_rows(options: Options) -> list[Row]:
    """A cold batch in parallel beside the greedy schedule of the latencies that the provider recorded."""
    sources = options.supply.sources(options.documents)
    name, found = f"{options.documents} documents, cold", []
    if not options.is_quick:
        run = run_write(sources, options.fresh("schedule-fixed"), Command(options.load, DEFAULT, DEFAULT))
        by = run.greedy_s(DEFAULT)
        found.append(Row(f"{name}: whole command, {DEFAULT} at once", run.seconds, "s", by, SCHEDULE))
    run = run_write(sources, options.fresh("schedule-grown"), Command(options.load))
    most = run.told.most_at_once
    grown = f"{name}: whole command, {DEFAULT} at once and more where that goes well"
    return [
        *found,
        Row(f"{grown}, by the schedule at {DEFAULT}", run.seconds, "s", run.greedy_s(DEFAULT), SCHEDULE),
        Row(f"the same by the schedule at {most}, the most it came to", run.seconds, "s", run.greedy_s(most)),
        *_wide_rows(options, sources, name),
    ]


def _wide_rows(options: Options, sources: Sequence[Source], name: str) -> list[Row]:
    """With as many requests at once as the standard mode has, by the most that the provider saw at once."""
    commands = [
        run_write(sources, options.fresh(f"schedule-wide-{number}"), Command(options.load, WIDE, WIDE))
        for number in range(1 if options.is_quick else COMMANDS)
    ]
    run = sorted(commands, key=lambda one: one.seconds)[len(commands) // 2]
    spread = min(one.seconds for one in commands), max(one.seconds for one in commands)
    seconds, told = asyncio.run(_served(options, sources))
    by = greedy(told.latencies_s, told.most_at_once)
    whole = Row(f"{name}: whole command, {WIDE} at once", run.seconds, "s", run.greedy_s(WIDE), SCHEDULE, spread=spread)
    return [whole, Row(f"{name}: in a running process, {WIDE} at once", seconds, "s", by, SCHEDULE)]


async def _served(options: Options, sources: Sequence[Source]) -> tuple[float, Told]:
    """Seconds of a process that lives on for all of these files at once."""
    with loaded(options.load) as server:
        settings = settings_of(server.url, options.fresh("schedule-served"), WIDE, WIDE, timeout_s(options.load))
        service = Service(settings)
        started = time.perf_counter()
        await asyncio.gather(*map(service.document, sources))
        seconds = time.perf_counter() - started
        await service.aclose()
        return seconds, server.told()


@dataclass(frozen=True, slots=True)
class Figures:
    """Requests a second: ours, of the greedy schedule of the latencies that we had, of a bare loop; and CPU a request.

    Processor time is in milliseconds; the provider's is not in it.
    """

    ours: float
    ideal: float
    bare: float
    our_cpu_ms: float
    bare_cpu_ms: float

    @property
    def share(self) -> float:
        """Ours by the lesser of what is possible."""
        return self.ours / min(self.ideal, self.bare)


def throughput_rows(options: Options) -> list[Row]:
    """Requests a second through Generator.fill beside the schedule's and those of a bare loop."""
    counts = {at: count // 5 for at, count in AT_ONCE.items() if at <= 50} if options.is_quick else AT_ONCE
    most = max(counts.values())
    requests = requests_of(options.supply.sources(round(most * 1.3)))[:most]
    bodies = bodies_of(requests)
    found = []
    for at_once, count in counts.items():
        work = requests[:count], bodies[:count]
        found += _throughput_rows(
            at_once, count, [_figures(options, number, at_once, work) for number in range(options.rounds)]
        )
    return found


def _throughput_rows(at_once: int, count: int, figures: Sequence[Figures]) -> list[Row]:
    ours, ideal, bare = (median([getattr(one, name) for one in figures]) for name in ("ours", "ideal", "bare"))
    cpu, bare_cpu = median([one.our_cpu_ms for one in figures]), median([one.bare_cpu_ms for one in figures])
    shares = [one.share for one in figures]
    name = f"{count:,} requests, {at_once} at once"
    return [
        Row(f"{name}: Generator.fill, by the schedule", ours, "1/s", ideal, more_is_better=True),
        Row(f"{name}: by a bare httpx2 loop", ours, "1/s", bare, more_is_better=True),
        Row(
            f"{name}: by the lesser of both",
            median(shares),
            "of it",
            None,
            SHARE,
            more_is_better=True,
            spread=(min(shares), max(shares)),
        ),
        Row(f"{name}: processor time of one, by the loop's", cpu, "ms", bare_cpu),
    ]


def _figures(options: Options, number: int, at_once: int, work: tuple[Sequence[Request], Sequence[bytes]]) -> Figures:
    """One round: the bare loop, then we, with the same latencies."""
    load = replace(options.load, seed=options.load.seed + number)
    requests, bodies = work
    with loaded(load) as server:
        loop_s, loop_cpu_s = asyncio.run(_bare(server.url, load, bodies, at_once))
        bare = len(server.told().requests)
    with loaded(load) as server:
        settings = settings_of(
            server.url, options.fresh(f"throughput-{at_once}-{number}"), at_once, at_once, timeout_s(load)
        )
        seconds, cpu_s = asyncio.run(_filled(settings, requests))
        told = server.told()
    count = len(told.requests)
    ideal = count / greedy(told.latencies_s, at_once)
    return Figures(count / seconds, ideal, bare / loop_s, cpu_s / count * 1e3, loop_cpu_s / bare * 1e3)


async def _filled(settings: Settings, requests: Sequence[Request]) -> tuple[float, float]:
    """Seconds until all requests are answered, and of CPU; with the cache that keeps each answer before it is seen."""
    tiers = open_tiers(settings, lambda _text: None)
    generator, trust = Generator(settings, tiers=tiers), Trust()
    started, before = time.perf_counter(), time.process_time()
    filling = (generator.fill(one, lambda _texts: None, trust, Urgency.WORKSPACE) for one in requests)
    answers = await asyncio.gather(*filling)
    seconds, cpu_s = time.perf_counter() - started, time.process_time() - before
    await generator.aclose()
    await tiers.aclose()
    refused = sum(bool(answer.refused) for answer in answers)
    if refused > MOST_REFUSED * len(answers):
        raise RuntimeError(f"{refused} of {len(answers)} answers were refused: the provider should say what passes")
    return seconds, cpu_s


def bodies_of(requests: Sequence[Request]) -> list[bytes]:
    """What is sent for these requests."""
    provider = opened(settings_of(NOBODY, Path("nowhere"), 1))[0].provider
    return [provider.request(one.question.prompt) for one in requests]  # type: ignore[attr-defined]


async def _bare(url: str, load: Load, bodies: Sequence[bytes], at_once: int) -> tuple[float, float]:
    """Seconds of a loop that sends, and reads to the end, and does nothing else; and of CPU."""
    left = iter(bodies)
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=at_once)
    async with httpx2.AsyncClient(timeout=timeout_s(load), limits=limits, trust_env=False) as client:

        async def one() -> None:
            for body in left:
                await _sent(client, f"{url}/v1/chat/completions", body)

        started, before = time.perf_counter(), time.process_time()
        await asyncio.gather(*(one() for _ in range(at_once)))
        return time.perf_counter() - started, time.process_time() - before


async def _sent(client: httpx2.AsyncClient, url: str, body: bytes) -> None:
    """Send a request and read what comes; a fault is none of a bare loop's business."""
    try:
        async with client.stream("POST", url, content=body, headers={"content-type": "application/json"}) as answer:
            async for _ in answer.aiter_raw():
                pass
    except httpx2.HTTPError:
        return
