"""The command `cache`: what was answered before, told, removed, verified, carried to other machines."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from glossator.cli import terminal
from glossator.cli.exits import FINE, UNDONE
from glossator.cli.run import Plan, indexes, make_plan, results_of, start_log
from glossator.config import Settings, Sources, load
from glossator.config.folders import cache_folder
from glossator.documenter.caching import FOLDER, asked_of, new_disk, team_secret
from glossator.documenter.carried import Imported, exported, imported
from glossator.documenter.chosen import asks_models
from glossator.documenter.kept import (
    Choice,
    FileKeys,
    Holdings,
    SharedState,
    by_count,
    cleared,
    holdings,
    keys_in,
    shared_state,
    shown_address,
    verified,
)
from glossator.documenter.seen import may_be_seen
from glossator.documenter.tasks import Task, options_of
from glossator.errors import ConfigError, SourceError

if TYPE_CHECKING:
    import argparse

    from glossator.cache.disk import Disk
    from glossator.engine.requests import Asked
    from glossator.workspace.index import Index

FIRST_DAY: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class _Order:
    """What an action works with."""

    arguments: argparse.Namespace
    settings: Settings
    disk: Disk


def cache(arguments: argparse.Namespace) -> int:
    """Do what the arguments name; the exit code."""
    settings = load(Sources(flags={"provider": arguments.provider})).settings
    start_log(settings)
    disk = new_disk(settings)
    try:
        return ACTIONS[arguments.action](_Order(arguments, settings, disk))
    finally:
        disk.close()


def _info(order: _Order) -> int:
    found = holdings(order.disk)
    shared = asyncio.run(shared_state(order.settings))
    folder, kept = str(cache_folder(order.settings) / FOLDER), order.settings.cache
    report = {
        "folder": folder,
        "entries": found.entries,
        "docs": found.docs,
        "fields": found.fields,
        "refused": found.refused,
        "unreadable": found.unreadable,
        "size_bytes": found.size_bytes,
        "limit_bytes": kept.size_mb << 20,
        "models": by_count(found.models),
        "oldest": _date(found.oldest),
        "newest": _date(found.newest),
        "ttl_days": kept.ttl_days,
        "shared": _shared_as_json(shared, order.settings),
    }
    _print(order, report, _info_as_text(order, found, shared))
    if shared is not None and shared.notice:
        terminal.warn(shared.notice)
    return _done(is_fine=found.is_read, complaint="the cache could not be read to the end")


def _info_as_text(order: _Order, found: Holdings, shared: SharedState | None) -> Iterator[str]:
    kept = order.settings.cache
    yield f"folder: {cache_folder(order.settings) / FOLDER}"
    yield f"entries: {found.entries:,} (docs: {found.docs:,}, fields: {found.fields:,}; refused: {found.refused:,})"
    if found.unreadable:
        yield f"of another version: {found.unreadable:,}"
    yield f"size: {found.size_bytes / (1 << 20):,.1f} of {kept.size_mb:,} MB"
    if found.models:
        models = (f"{name} ({count:,})" for name, count in by_count(found.models).items())
        yield f"models: {', '.join(models)}"
        yield f"made: {_date(found.oldest)} to {_date(found.newest)}"
    yield f"kept for: {kept.ttl_days} days"
    if shared is None:
        yield "shared server: none"
        return
    state = "reachable" if shared.is_reachable else "not reachable"
    sealing = "with a team's secret" if team_secret(kept) else "without a secret"
    yield f"shared server: {shared.address}, {state}, {sealing}"


def _shared_as_json(shared: SharedState | None, settings: Settings) -> dict[str, object] | None:
    if shared is None:
        return None
    return {
        "address": shared.address,
        "is_reachable": shared.is_reachable,
        "has_secret": bool(team_secret(settings.cache)),
        "notice": shared.notice,
    }


def _date(day: int | None) -> str | None:
    """A day as people write it; None for none, and for one that no calendar has."""
    try:
        return None if day is None else (FIRST_DAY + timedelta(days=day)).isoformat()
    except OverflowError:
        return None


def _clear(order: _Order) -> int:
    keys, is_all = _keys(order)
    failures = order.disk.counts().failures
    removed = cleared(order.disk, Choice(order.arguments.model, order.arguments.older_than), keys)
    _print(order, {"removed": removed}, [f"removed: {removed:,}"])
    if order.settings.cache.shared:
        terminal.warn(f"what {shown_address(order.settings.cache.shared)} keeps stays there")
    is_cleared = order.disk.counts().failures == failures
    return _done(is_fine=is_cleared, complaint="not all could be removed") if is_all else UNDONE


def _verify(order: _Order) -> int:
    found = verified(order.disk)
    report = {
        "sound": found.sound,
        "damaged": found.damaged,
        "unreadable": found.unreadable,
        "is_intact": found.is_intact,
    }
    counts = f"sound: {found.sound:,}, removed: {found.damaged + found.unreadable:,}"
    _print(order, report, [f"{counts} (damaged: {found.damaged:,}, unreadable: {found.unreadable:,})"])
    if not found.is_intact:
        terminal.warn("the database was damaged or could not be read; a damaged one is set aside, and begun anew")
    return FINE if found.is_fine else UNDONE


def _export(order: _Order) -> int:
    path, secret = order.arguments.output, team_secret(order.settings.cache)
    if order.settings.cache.shared_key_env and not secret:
        terminal.warn(f"{order.settings.cache.shared_key_env} is not set: the bundle is sealed without a secret")
    keys, is_all = _keys(order)
    try:
        done = exported(order.disk, path, secret, keys)
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from error
    report = {"file": str(path), "entries": done.entries, "size_bytes": done.size_bytes}
    _print(order, report, [f"entries: {done.entries:,}, {done.size_bytes / 1000:,.1f} kB, in {path}"])
    return FINE if is_all else UNDONE


def _import(order: _Order) -> int:
    path = order.arguments.file
    try:
        done = imported(order.disk, path, order.settings)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from error
    skipped = {"old": done.old, "damaged": done.damaged, "foreign": done.foreign}
    taken = {"new": done.new, "newer": done.newer, "known": done.known}
    report = {**taken, "skipped": skipped, "dropped": done.dropped, "is_whole": done.is_whole}
    counts = ", ".join(f"{name}: {count:,}" for name, count in taken.items())
    _print(order, report, [f"{counts}; left out: {sum(skipped.values()):,}"])
    for complaint in _complaints(done, order.settings.cache.ttl_days):
        terminal.warn(f"{path}: {complaint}")
    return FINE if done.is_fine else UNDONE


def _complaints(done: Imported, ttl_days: int) -> Iterator[str]:
    """What was left out and why, and what to do about it."""
    if done.old:
        yield f"left out, said more than {ttl_days} days ago: {done.old} (cache.ttl_days)"
    if done.damaged:
        yield f"left out, damaged or changed by somebody: {done.damaged}"
    if done.foreign:
        yield f"left out, of another version of Glossator or not by it: {done.foreign}"
    if done.dropped:
        yield f"could not be written: {done.dropped}"
    if not done.is_whole:
        yield "it was cut off or changed: what could be read is here, fetch or export it again for the rest"


@dataclass(frozen=True, slots=True)
class _Keying:
    """Finds the keys of a file's symbols; runs in worker processes."""

    asked: Asked
    known: Mapping[str, Index]

    def __call__(self, task: Task) -> FileKeys:
        """The keys of one file."""
        return keys_in(task.raw, task.path, options_of(self.known, task), self.asked)


def _keys(order: _Order) -> tuple[set[bytes] | None, bool]:
    """The keys that the named code stands for, None where none is named; and whether all of it could be read."""
    arguments, settings = order.arguments, order.settings
    if not arguments.paths:
        if arguments.provider:
            raise ConfigError("--provider NAME belongs to a PATH: it says whose answers to the code there are meant")
        return None, True
    if not asks_models(settings):
        raise ConfigError("the embedded provider's texts are not kept: name the one that wrote with --provider NAME")
    plan = make_plan(arguments.paths, {"provider": arguments.provider})
    if arguments.action == "export":  # for clearing, what was seen before it was held back counts, too
        plan.targets = [one for one in plan.targets if may_be_seen(str(one.path), one.settings)]
    work = _Keying(asked_of(settings), indexes(plan, arguments, has_links=True))
    keys: set[bytes] = set()
    for task, found in results_of(work, plan, arguments):
        keys |= found.keys
        if found.error:
            plan.skipped[task.path] = found.error
    _tell_left_out(plan)
    return keys, not plan.undone


def _tell_left_out(plan: Plan) -> None:
    for path, reason in (*plan.skipped.items(), *plan.undone.items()):
        terminal.warn(f"{path}: {reason}")


def _print(order: _Order, report: Mapping[str, object], lines: list[str] | Iterator[str]) -> None:
    if order.arguments.output_format == "json":
        sys.stdout.write(json.dumps(report) + "\n")
    else:
        sys.stdout.write("".join(f"{terminal.printable(line)}\n" for line in lines))
    sys.stdout.flush()


def _done(*, is_fine: bool, complaint: str) -> int:
    if not is_fine:
        terminal.warn(complaint)
    return FINE if is_fine else UNDONE


ACTIONS: Final[Mapping[str, Callable[[_Order], int]]] = {
    "info": _info,
    "clear": _clear,
    "verify": _verify,
    "export": _export,
    "import": _import,
}
