"""Fills sections side by side: what people did not write is looked up, asked for and composed, as `write` does it.

A section is ready when the docs of all symbols that it shows are there. Those of one file are looked up together;
what has to be asked goes through the scheduler like all that is asked for a workspace.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from glossator.documenter.batch import FILES_AHEAD, each
from glossator.documenter.pages.apart import DRAFT, SourceFile
from glossator.documenter.pages.material import SymbolKey
from glossator.documenter.recalling import Asking
from glossator.documenter.tasks import Task
from glossator.engine.executor import Lost
from glossator.model import Doc

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from glossator.config import Settings
    from glossator.documenter.batch import Batch
    from glossator.documenter.pages.sections import Book, Section
    from glossator.engine.answers import Answer
    from glossator.engine.workers import Workers

NOBODY: Final = Asking()
Done = Callable[["Section", str], None]


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a package by their modules' names, with the settings and the folder of their project."""

    files: Mapping[str, SourceFile]
    settings: Settings
    root: str

    def task(self, module: str, symbols: Iterable[str]) -> Task:
        """Some symbols of a module's file, for a worker process."""
        file = self.files[module]
        return Task(file.path, file.raw, self.settings, "missing", tuple(symbols), self.root)


@dataclass(slots=True)
class Writer:
    """Fills the sections of a book; with a `batch` asking whom the settings choose, else with embedded text.

    `at_once` is how many sections are under way; `undone` says of which files docs could not be made. With `thread`,
    an executor of one thread, sections are rendered there: others share the event loop.
    """

    book: Book
    sources: Sources
    workers: Workers
    batch: Batch | None = None
    at_once: int = FILES_AHEAD
    thread: Executor | None = None
    undone: dict[str, str] = field(default_factory=dict)
    _wanted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _found: dict[str, asyncio.Task[Asking]] = field(default_factory=dict)

    def want(self, sections: Sequence[Section]) -> None:
        """Say which sections will be filled: what they need of one file is looked up together."""
        wanted: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for section in sections:
            for key in self.book.material.missing(section.skeleton):
                wanted[key.module][key.path] = None
        self._wanted = {module: tuple(paths) for module, paths in wanted.items()}

    @property
    def wants_docs(self) -> bool:
        """Whether any doc is missing."""
        return bool(self._wanted)

    async def look_up(self) -> list[Asking]:
        """What is known of all that is wanted, and what has to be asked: file by file."""
        return [await self._looked_up(module) for module in self._wanted]

    async def fill(self, sections: Sequence[Section], done: Done) -> None:
        """Fill wanted sections; each is handed over as soon as it is ready."""

        async def one(section: Section, go_on: Callable[[], None]) -> None:
            missing: defaultdict[str, list[str]] = defaultdict(list)
            for key in self.book.material.missing(section.skeleton):
                missing[key.module].append(key.path)
            async with asyncio.TaskGroup() as group:
                for module, paths in missing.items():
                    group.create_task(self._document(module, paths, go_on))
            if not any(self.book.material.missing(section.skeleton)):  # else it is said why
                done(section, await self._rendered(section))

        await each(sections, one, self.at_once)

    async def _rendered(self, section: Section) -> str:
        if self.thread is None:
            return self.book.render(section.file, section.entry)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.thread, self.book.render, section.file, section.entry)

    async def _document(self, module: str, paths: Sequence[str], go_on: Callable[[], None]) -> None:
        """Make the docs of some symbols of one file; those for which nobody has to be asked are there after a look."""
        found = await self._looked_up(module)
        requests = tuple(one for one in found.requests if one.path in paths)
        if requests and self.batch is not None:
            answers = await self.batch.answers(Asking(found.answers, requests), go_on)
            await self._draft(module, [one.path for one in requests], answers)

    async def _looked_up(self, module: str) -> Asking:
        """What has to be asked for a file's symbols, looked up once; the docs of all others are made at once."""
        task = self._found.get(module)
        if task is None:
            task = self._found[module] = asyncio.ensure_future(self._look_up(module))
        return await asyncio.shield(task)

    async def _look_up(self, module: str) -> Asking:
        wanted = self._wanted[module]
        found = await self.batch.look_up(self.sources.task(module, wanted)) if self.batch is not None else NOBODY
        if not isinstance(found, Asking):  # it was left undone, and it is said why
            return NOBODY
        if found.new and self.batch is not None:  # what only the shared server knew is kept here, too
            await self.batch.answers(Asking(new=found.new), lambda: None)
        asked = {one.path for one in found.requests}
        await self._draft(module, [path for path in wanted if path not in asked], found.answers)
        return Asking(requests=found.requests)

    async def _draft(self, module: str, paths: Sequence[str], answers: Mapping[str, Answer]) -> None:
        if not paths:
            return
        task = self.sources.task(module, paths)
        docs = await self.workers.call(DRAFT, (task, {path: answers[path] for path in paths if path in answers}))
        if isinstance(docs, Lost):
            self.undone[task.path] = docs.reason
            return
        # What has no place for a docstring gets none, and is shown without.
        self.book.material.written.update({SymbolKey(module, one): docs.get(one, Doc("")) for one in paths})

    async def aclose(self) -> None:
        """End what is still looked up."""
        left = [task for task in self._found.values() if not task.done()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
