"""What `write` and `check` share: settings for each path, its files, and a result for each file."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from glossator.cli import terminal
from glossator.config import Settings, Sources, load, mode_of
from glossator.engine.executor import Lost, Pool, processes_for, run
from glossator.errors import SourceError
from glossator.monitor import Monitor
from glossator.workspace.files import Patterns, select_files
from glossator.workspace.ignores import settings_for
from glossator.workspace.write import read_file

if TYPE_CHECKING:
    import argparse
    from contextlib import AbstractContextManager

    from glossator.documenter.tasks import Task
    from glossator.workspace.history import Commit
    from glossator.workspace.index import Index

Result = TypeVar("Result")
# Starting processes takes as long as documenting this much source.
IN_PROCESS_BYTES: Final = 150_000

# So many files of one project are read in several processes; PATH may hold a hundred projects of one file each.
MANY: Final = 50


@dataclass(frozen=True, slots=True)
class Target:
    """A file with the settings that hold for it."""

    path: Path
    settings: Settings


Spread = Callable[[Iterator["Task"]], Iterator[Result | Lost["Task"]]]
"""Has work done on tasks, somewhere: a result for each, in their order."""


@dataclass(slots=True)
class Plan:
    """The files to work on, and what could not be: path and reason. `undone` are those that count as failures.

    `monitor` hears what the run takes.
    """

    targets: list[Target] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    undone: dict[str, str] = field(default_factory=dict)
    monitor: Monitor = field(default_factory=Monitor)


def start_log(settings: Settings) -> None:
    """Send our log to standard error, from the level that is set on; the first path's settings decide."""
    logging.basicConfig(level=settings.log.upper(), format="%(levelname)s %(name)s %(message)s")
    if settings.log == "warning":
        logging.getLogger("glossator.providers.pool").setLevel(logging.ERROR)  # the report says it, and once
    logging.getLogger("stamina").setLevel(logging.ERROR)  # each retry would be a warning that says nothing


def make_plan(paths: Sequence[str], flags: Mapping[str, object]) -> Plan:
    """The files that `paths` mean, each with its nearest settings; problems with settings go to standard error.

    Raises ConfigError for settings that the user has to mend first.
    """
    plan = Plan()
    seen: set[str] = set()
    said: set[str] = set()
    for path in map(Path, paths):
        folder = path if path.is_dir() else path.parent
        resolved = load(Sources(folder, flags=flags))
        start_log(resolved.settings)
        for problem in map(str, resolved.problems):
            if problem not in said:
                terminal.warn(problem)
                said.add(problem)
        root = resolved.root or folder
        patterns = Patterns(root, resolved.settings.include, resolved.settings.exclude)
        selection = select_files([path], patterns)
        plan.undone.update((str(refused), reason) for refused, reason in selection.refused)
        plan.skipped.update((str(skipped), reason) for skipped, reason in selection.skipped)
        fresh = {identity: file for file in selection.files if (identity := _identity(file, path)) not in seen}
        seen.update(fresh)
        targets = [Target(file, settings_for(file, resolved.settings, root)) for file in fresh.values()]
        _add(plan, targets, resolved.settings.max_files)
    return plan


def keep_stats(plan: Plan) -> None:
    """Add what a run has measured to what `glossator stats` shows."""
    if plan.targets and plan.monitor.stages:
        from glossator.documenter.statistics import own_file

        own_file(plan.targets[0].settings).write(plan.monitor.snapshot(), is_ended=True)


def _identity(file: Path, named: Path) -> str:
    """What two spellings of one file share; beneath a named folder there are no links to follow."""
    return os.path.normpath(os.path.join(os.path.realpath(named), file.relative_to(named)))


def _add(plan: Plan, targets: Sequence[Target], max_files: int | None) -> None:
    room = len(targets) if max_files is None else max(0, max_files - len(plan.targets))
    plan.targets.extend(targets[:room])
    plan.undone.update(
        (str(target.path), f"left out: more than {max_files} files (max_files)") for target in targets[room:]
    )


def indexes(plan: Plan, arguments: argparse.Namespace, *, has_links: bool = False) -> dict[str, Index]:
    """What each project says about the files of the plan, by its folder; read before any file is changed.

    `has_links`: with what prompts show of other files.
    """
    from glossator.workspace.project import IndexReader

    targets: dict[Path, list[str]] = {}
    exclude = plan.targets[0].settings.privacy.exclude if plan.targets else ()  # the user's, so the same for all
    for target in plan.targets:
        targets.setdefault(root_of(target.path), []).append(os.path.abspath(target.path))
    pool = pool_of(plan, arguments)

    def in_processes(function: Callable[[str], Result], paths: Iterable[str]) -> Iterator[Result]:
        paths = list(paths)
        for found in run(function, paths, pool if len(paths) >= MANY else Pool(1)):
            yield function("") if isinstance(found, Lost) else found  # nothing is known of a file that cannot be read

    readers = ((root, IndexReader(root, exclude=exclude, has_links=has_links)) for root in targets)
    return {str(root): reader.read(targets[root], in_processes) for root, reader in readers}


def root_of(path: Path) -> Path:
    """The folder of a file's project."""
    return _root_of_folder(path.absolute().parent)


@cache
def _root_of_folder(folder: Path) -> Path:
    """The project of a folder's files; looked up once for each folder of a run."""
    from glossator.workspace.project import project_root

    return project_root(folder / "__init__.py")


def results(
    function: Callable[[Mapping[str, Index], Task], Result], plan: Plan, arguments: argparse.Namespace
) -> Iterator[tuple[Task, Result]]:
    """Each file's task and its result, in order; files without one are added to the plan's `skipped` and `undone`.

    `function` gets the indexes of all projects and one task.
    """
    return results_of(partial(function, indexes(plan, arguments)), plan, arguments)


def results_of(
    work: Callable[[Task], Result], plan: Plan, arguments: argparse.Namespace
) -> Iterator[tuple[Task, Result]]:
    """As `results`, for work that has the indexes or needs none."""
    return results_by(lambda todo: run(work, todo, pool_of(plan, arguments)), plan, arguments)


def results_by(spread: Spread[Result], plan: Plan, arguments: argparse.Namespace) -> Iterator[tuple[Task, Result]]:
    """As `results`, where `spread` has the work done."""
    with _history(plan, arguments) as history:
        yield from _results(spread, _Reading(plan, arguments, history))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a file's task is made from, beside the file."""

    plan: Plan
    arguments: argparse.Namespace
    history: Commit | None


def _history(plan: Plan, arguments: argparse.Namespace) -> AbstractContextManager[Commit | None]:
    """The commit that changes are counted from, if one is named."""
    if arguments.diff_base is None:
        return nullcontext()
    from glossator.workspace.history import Commit

    return Commit(arguments.diff_base, [target.path for target in plan.targets])


def tasks(plan: Plan, arguments: argparse.Namespace) -> Iterator[Task]:
    """Each file's task, one after the other; files that are not read are added to the plan's `skipped` and `undone`."""
    with _history(plan, arguments) as history:
        reading = _Reading(plan, arguments, history)
        for target in plan.targets:
            task = _task(target, reading)
            if task is not None:
                yield task


def _results(spread: Spread[Result], reading: _Reading) -> Iterator[tuple[Task, Result]]:
    plan, arguments = reading.plan, reading.arguments
    taken: deque[Task] = deque()

    def tasks() -> Iterator[Task]:
        for target in plan.targets:
            task = _task(target, reading)
            if task is not None:
                taken.append(task)
                yield task

    found = spread(tasks())  # before the bar, which has a thread of its own
    with terminal.progress(len(plan.targets), is_diff=getattr(arguments, "diff", False)) as advance:
        for result in found:
            advance()
            task = taken.popleft()
            if isinstance(result, Lost):
                plan.undone[task.path] = result.reason
            else:
                yield task, result


def _task(target: Target, reading: _Reading) -> Task | None:
    """The file's content; None for a file without changes, and, with a line in the plan, for one that is not read."""
    path, plan = str(target.path), reading.plan
    limit = target.settings.max_file_kb << 10
    try:
        if target.path.stat().st_size > limit:
            plan.skipped[path] = f"is larger than {target.settings.max_file_kb} kB (max_file_kb)"
            return None
        raw = read_file(target.path, limit)
        previous = None if reading.history is None else reading.history.previous(target.path, raw)
    except OSError as error:
        plan.undone[path] = f"cannot be read ({error.strerror})"
    except SourceError as error:
        plan.undone[path] = str(error)
    else:
        if previous is None or _is_changed(raw, previous):
            return _task_of(target, raw, previous, reading.arguments)
    return None


def _is_changed(raw: bytes, previous: bytes) -> bool:
    """Whether a file holds another text; git may keep it with other line ends."""
    return raw.replace(b"\r\n", b"\n") != previous.replace(b"\r\n", b"\n")


def _task_of(target: Target, raw: bytes, previous: bytes | None, arguments: argparse.Namespace) -> Task:
    from glossator.documenter.tasks import Task

    only, symbols = getattr(arguments, "only", "missing"), tuple(getattr(arguments, "symbol", ()))
    return Task(str(target.path), raw, target.settings, only, symbols, str(root_of(target.path)), previous)


def pool_of(plan: Plan, arguments: argparse.Namespace) -> Pool:
    """One process for little work, more for much."""
    if not plan.targets:
        return Pool(1)
    workers = mode_of(plan.targets[0].settings.mode).workers
    processes = processes_for(len(plan.targets), arguments.jobs, workers)
    if processes > 1 and not exceeds(plan.targets, IN_PROCESS_BYTES):
        processes = 1
    return Pool(processes, preload=("glossator.documenter", "glossator.cli.run"))


def exceeds(targets: Sequence[Target], size_bytes: int) -> bool:
    """Whether files have more bytes than these together."""
    total = 0
    for target in targets:
        try:
            total += target.path.stat().st_size
        except OSError:
            continue  # said when it is read
        if total > size_bytes:
            return True
    return False
