"""The command `page`: documents of several sections, made from code, and kept true.

A page that is there is changed between its markers alone, and only in the sections that are not true any more.
"""

from __future__ import annotations

import asyncio
import difflib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from glossator.cli import terminal
from glossator.cli.exits import FINDINGS, FINE, UNDONE
from glossator.cli.run import start_log
from glossator.config import Sources, load, mode_of
from glossator.documenter.chosen import asks_models
from glossator.documenter.pages import (
    Opened,
    PageWork,
    Wish,
    Writer,
    made_by,
    open_pages,
    read_page,
    to_fill,
    works,
)
from glossator.documenter.pages.workers import batch_of, workers_of
from glossator.engine.executor import Pool, processes_for
from glossator.errors import ConfigError, SourceError
from glossator.monitor import Monitor
from glossator.workspace.files import Patterns
from glossator.workspace.pages import pages_in
from glossator.workspace.write import put_file, replace_file

if TYPE_CHECKING:
    import argparse

    from glossator.config import Settings
    from glossator.documenter.pages.sections import Section
    from glossator.documenter.recalling import Prepared
    from glossator.engine.answers import Answer
    from glossator.engine.requests import Request
    from glossator.model import FieldKey

UPDATE: Final = "update"
PRELOADED: Final = ("glossator.documenter.pages.apart",)
MANY_DOCS: Final = 60  # starting processes takes as long as making so many


@dataclass(slots=True)
class _Asked:
    """Hears what a batch does: counts what is asked, and says what failed."""

    errors: dict[str, None] = field(default_factory=dict)
    undone: dict[str, str] = field(default_factory=dict)

    def left(self, path: str, reason: str) -> None:
        """A file was left undone."""
        self.undone[path] = reason

    def looked(self, found: Prepared) -> None:
        """A file was looked up."""

    def grown(self, request: Request, texts: Mapping[FieldKey, str]) -> None:
        """An answer has grown: a section is shown when it is whole."""

    def answered(self, answer: Answer) -> None:
        """An answer is there."""
        if answer.error:
            self.errors[answer.error] = None


@dataclass(slots=True)
class _Pages:
    """The pages of one wish, and where they go; `target` is None for standard output."""

    wish: Wish
    target: Path | None
    settings: Settings
    opened: Opened
    works: list[PageWork]
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    def path(self, name: str) -> Path | None:
        """Where the page of a name goes."""
        return self.target / name if self.target is not None and self.wish.is_folder else self.target

    def take(self, section: Section, text: str) -> None:
        """A section is ready."""
        self.texts.setdefault(section.file.name, {})[section.id] = text


def page(arguments: argparse.Namespace) -> int:
    """Make or renew the pages that the arguments name; the exit code."""
    if arguments.kind == UPDATE:
        return _update(arguments)
    if len(arguments.paths) > 1:
        raise ConfigError(f"a page of kind {arguments.kind!r} is about one PATH")
    source = arguments.paths[0]
    if arguments.output is None:
        return _page(arguments, Wish(arguments.kind, source), None)
    output = Path(arguments.output)
    is_folder = output.is_dir() or arguments.output.endswith(("/", os.sep))
    return _page(arguments, Wish(arguments.kind, source, "" if is_folder else output.name, is_folder), output)


def _update(arguments: argparse.Namespace) -> int:
    """Renew all pages at or beneath the paths; one that cannot be leaves the others to be done. The exit code."""
    codes = []
    for wish, target in dict.fromkeys(one for path in arguments.paths for one in _existing(path)):
        try:
            codes.append(_page(arguments, wish, target))
        except SourceError as error:
            terminal.warn(f"{target}: {error}")
            codes.append(UNDONE)
    if not codes:
        named = ", ".join(map(str, arguments.paths))
        raise ConfigError(f"{named}: no page with a line <!-- glossator:page … --> is found there")
    return max(codes)


def _existing(path: Path) -> Iterator[tuple[Wish, Path]]:
    """The pages at or beneath a path, as their heads say that they are made; ignored ones only if they are named."""
    patterns = Patterns(path, (), load(Sources(path)).settings.exclude) if path.is_dir() else None
    for file in pages_in([path], patterns).files:
        found = made_by(file)
        if found is not None:
            yield found


def _page(arguments: argparse.Namespace, wish: Wish, target: Path | None) -> int:
    flags = {"provider": arguments.provider, "mode": arguments.mode}
    folder = wish.path if wish.path.is_dir() else wish.path.parent
    settings = load(Sources(folder, flags=flags)).settings
    start_log(settings)
    cores = processes_for(1 << 10, arguments.jobs, mode_of(settings.mode).workers)
    opened = open_pages(wish, settings, Pool(cores, PRELOADED))
    pages = _Pages(wish, target, settings, opened, [])
    before = {file.name: read_page(place) for file in opened.book.layout.files if (place := pages.path(file.name))}
    pages.works = list(works(opened.book, before, is_forced=arguments.force))
    _say(opened.skipped)
    if arguments.check:
        return _checked(pages)
    undone = _fill(pages, arguments)
    code = _written(pages, arguments)
    _say(undone)
    return UNDONE if undone else code


def _say(reasons: Mapping[str, str]) -> None:
    for name, reason in reasons.items():
        terminal.warn(f"{name}: {reason}")


def _checked(pages: _Pages) -> int:
    """Say what would change; the exit code."""
    for work in pages.works:
        stale, shown = work.stale, _shown(pages, work)
        if not work.is_done:
            names = ", ".join(one.id for one in stale[:5]) + (f" and {len(stale) - 5} more" if len(stale) > 5 else "")
            terminal.warn(f"{shown}: {names or ', '.join(work.gone)}: would be changed")
    changed = sum(not work.is_done for work in pages.works)
    terminal.warn(f"pages: {len(pages.works)}, would be changed: {changed}")
    return FINDINGS if changed else FINE


def _pool(pages: _Pages, sections: Sequence[Section], arguments: argparse.Namespace) -> Pool:
    """One process for few docs that are missing, more for many."""
    missing = {key for one in sections for key in pages.opened.book.material.missing(one.skeleton)}
    modules = len({key.module for key in missing})
    if len(missing) < MANY_DOCS:
        return Pool(1)
    return Pool(processes_for(modules, arguments.jobs, mode_of(pages.settings.mode).workers), PRELOADED)


def _fill(pages: _Pages, arguments: argparse.Namespace) -> dict[str, str]:
    """Fill all sections that are not true; what could not be, and why."""
    sections = to_fill(pages.works)
    if not sections:
        return {}
    heard = _Asked()
    pool = _pool(pages, sections, arguments)
    with closing(workers_of(pages.opened, sections, pool)) as workers, asyncio.Runner() as runner:
        writer = Writer(pages.opened.book, pages.opened.sources, workers)
        writer.want(sections)
        try:
            runner.run(_filled(pages, writer, (sections, heard), arguments))
        except ExceptionGroup as group:
            from glossator.documenter.batch import first_of

            raise first_of(group) from group
    for error in heard.errors:
        terminal.warn(f"some sections have embedded text in a model's place: {error}")
    return {**writer.undone, **heard.undone}


async def _filled(
    pages: _Pages, writer: Writer, given: tuple[tuple[Section, ...], _Asked], arguments: argparse.Namespace
) -> None:
    sections, heard = given
    async with AsyncExitStack() as opened:
        opened.push_async_callback(writer.aclose)
        if writer.wants_docs and asks_models(pages.settings):
            await _ask(pages, writer, (opened, heard), arguments)
        with terminal.progress(len(sections), is_diff=arguments.diff) as advance:

            def done(section: Section, text: str) -> None:
                pages.take(section, text)
                advance()

            await writer.fill(sections, done)


async def _ask(
    pages: _Pages, writer: Writer, given: tuple[AsyncExitStack, _Asked], arguments: argparse.Namespace
) -> None:
    """Have a writer ask the chosen providers, if the user agrees to what that costs."""
    from glossator.cli.opened import Chosen, agree
    from glossator.documenter.generation import Estimate, estimate_of

    opened, heard = given
    chosen = Chosen(pages.settings, Monitor())
    opened.push_async_callback(chosen.aclose)
    writer.batch = batch_of(writer, chosen.opened, heard, arguments.max_cost)
    asked = [one.requests for one in await writer.look_up() if one.requests]
    if asked:
        generator, _ = await chosen.opened()
        total = sum(map(estimate_of, asked), Estimate())
        terminal.warn(f"{total.symbols} symbols by {generator.name}")
        agree(total, generator, arguments)


def _written(pages: _Pages, arguments: argparse.Namespace) -> int:
    """Write the pages, or show them; the exit code."""
    changed, code = 0, FINE
    for work in pages.works:
        path, shown = pages.path(work.file.name), _shown(pages, work)
        after = work.after(pages.texts.get(work.file.name, {}), _made(pages, path))
        for problem in after.problems:
            terminal.warn(f"{shown}:{problem.line}: {problem.message}")
        for one in () if arguments.force else after.conflicts:
            terminal.warn(f"{shown}: section {one} was changed by hand, and is left alone (--force)")
        if after.text == work.before:
            continue
        changed += 1
        if arguments.diff:
            _print_difference(path, work.before, after.text)
        elif path is None:
            sys.stdout.write(after.text)
        else:
            code = max(code, _put(path, work.before, after.text))
    terminal.warn(f"pages: {len(pages.works)}, changed: {changed}; sections written: {_count(pages)}")
    return code


def _put(path: Path, before: str, after: str) -> int:
    """Put a page in the place of what was read of it; the exit code."""
    raw = after.encode("utf-8", "surrogateescape")
    try:
        if before:
            replace_file(path, before.encode("utf-8", "surrogateescape"), raw)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            put_file(path, raw)
    except (OSError, SourceError) as error:
        terminal.warn(f"{path}: {error}")
        return UNDONE
    return FINE


def _shown(pages: _Pages, work: PageWork) -> str:
    return str(pages.path(work.file.name) or work.file.name)


def _count(pages: _Pages) -> int:
    return sum(map(len, pages.texts.values()))


def _made(pages: _Pages, path: Path | None) -> dict[str, str]:
    """What the head of a page says about how it is made; paths are relative to the page."""
    source = pages.wish.path.resolve()
    shown = os.path.relpath(source, path.resolve().parent) if path is not None else pages.wish.path
    return {"kind": pages.wish.kind, "path": Path(shown).as_posix()} | (
        {"folder": "yes"} if pages.wish.is_folder else {}
    )


def _print_difference(path: Path | None, before: str, after: str) -> None:
    name = str(path or "page.md")
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), name, name)
    sys.stdout.writelines(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
