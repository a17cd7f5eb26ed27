"""The rows of pages: the older report's table for whole documents, with sections side by side and one after the other.

A page describes a module with SECTIONS functions that a model is asked for.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import older
from load_floors import SCHEDULE
from load_rows import AT_ONCE, Options
from load_runs import Command, greedy
from load_server import Load, loaded
from older import Compared
from page_runs import SECTIONS, How, made_s, run_pages, write_package
from supply import settings_of
from table import Row, median

LONG_PAGE = 20  # sections
LONG_PAGE_S = 1.0  # that each answer takes
AGAIN = 10
CACHED_S = 0.1


def page_rows(options: Options) -> list[Compared]:
    """One page, and batches of pages: one after the other, in parallel, cached."""
    counts = (4,) if options.is_quick else (options.documents // 10, options.documents // 2, options.documents)
    return [*_single_rows(options), *(row for count in counts for row in _batch_rows(options, count))]


def _single_rows(options: Options) -> list[Compared]:
    package, root = write_package(options.fresh("page-one"), 1), options.fresh("page-one-run")
    cold = run_pages(package, root, Command(options.load))
    with loaded(options.load) as server:
        warm = made_s(settings_of(server.url, root / "cache", 4), package, How(), AGAIN)
        asked = len(server.told().requests)
    if asked:
        raise RuntimeError(f"a cached page asked {asked} times")
    name = f"a page of {SECTIONS} sections"
    return [
        Compared(f"{name}, cold: whole command", cold.seconds, older.SINGLE_COLD),
        Compared(f"{name}, warm: from the cache, in a running process", warm[0], older.SINGLE_WARM),
        Compared(f"{name} again, in a running process", median(warm), older.CACHED),
    ]


def _batch_rows(options: Options, count: int) -> list[Compared]:
    package = write_package(options.fresh(f"pages-{count}"), count)
    name, share, goal = f"{count} pages", count / 100, 1.0 if count >= 100 else None
    alone, parallel, cached = (one.scaled(share) for one in (older.SEQUENTIAL, older.PARALLEL, older.WITH_CACHE))
    found: list[Compared] = []
    if count <= 10:
        plain = _made(options, f"{count}-plain", package, How(is_together=False, is_side_by_side=False))
        found.append(Compared(f"{name}, one after the other, and so their sections", plain, alone, None))
    beside = _made(options, f"{count}-beside", package, How(is_together=False))
    found.append(Compared(f"{name}, one after the other, sections side by side", beside, alone))
    root = options.fresh(f"pages-{count}-wide")
    wide, again = (run_pages(package, root, Command(options.load, AT_ONCE)) for _ in range(2))
    hits = 1 - again.asked / wide.asked
    return [
        *found,
        Compared(f"{name}, in parallel, {AT_ONCE} requests at once: whole command", wide.seconds, parallel, goal),
        Compared(f"{name}, all cached: whole command", again.seconds, cached, goal),
        Compared(f"hit rate, {name} again", hits, older.HIT_RATE),
    ]


def _made(options: Options, name: str, package: Path, how: How) -> float:
    """Seconds of all pages with an empty cache, in a running process with AT_ONCE requests at once."""
    with loaded(options.load) as server:
        return made_s(settings_of(server.url, options.fresh(f"pages-{name}"), AT_ONCE), package, how)[0]


def page_floor_rows(options: Options) -> list[Row]:
    """A page of LONG_PAGE sections beside the greedy schedule of its answers, and from the cache."""
    package = write_package(options.fresh("page-long"), 1, LONG_PAGE)
    load = replace(options.load, median_s=LONG_PAGE_S, sigma=0.0)
    rows = [_long_row(options, load, package, at_once) for at_once in (4, LONG_PAGE)]
    with loaded(load) as server:
        cache = options.root / f"page-long-{LONG_PAGE}"
        warm = made_s(settings_of(server.url, cache, LONG_PAGE), package, How(), AGAIN)
        asked = len(server.told().requests)
    name = f"a page of {LONG_PAGE} sections"
    return [
        *rows,
        Row(f"{name}, cached: requests", asked, "requests", limit=0),
        Row(f"{name}, cached: first time in a process", warm[0] * 1e3, "ms", limit=CACHED_S * 1e3),
        Row(f"{name}, cached: again", median(warm) * 1e3, "ms", limit=CACHED_S * 1e3),
    ]


def _long_row(options: Options, load: Load, package: Path, at_once: int) -> Row:
    with loaded(load) as server:
        settings = settings_of(server.url, options.fresh(f"page-long-{at_once}"), at_once, at_once)
        seconds = made_s(settings, package, How())[0]
        floor = greedy(server.told().latencies_s, at_once)
    name = f"a page of {LONG_PAGE} sections, {LONG_PAGE_S:g} s an answer, {at_once} at once"
    return Row(name, seconds, "s", floor=floor, limit=SCHEDULE)
