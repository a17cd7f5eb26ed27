"""Packages whose pages a load test makes, and how: by the whole command, or in a process that lives on."""

from __future__ import annotations

import ast
import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from load_runs import Command, Deaf, Run, configuration
from load_server import loaded
from samples import is_private, library_files, stripped, tree_of
from servers import environment

from glossator.config import Settings
from glossator.documenter.caching import open_tiers
from glossator.documenter.generation import Generator
from glossator.documenter.pages import PageWork, Wish, Writer, open_pages, works
from glossator.documenter.pages.sections import Section
from glossator.documenter.pages.workers import batch_of, workers_of
from glossator.engine.executor import Pool

SECTIONS = 5  # of a page that a model is asked for
MAX_LINES = 25


def functions() -> Iterator[tuple[str, str]]:
    """Functions of the standard library without docstrings, and their names: each name once, none of more lines."""
    seen: set[str] = set()
    for path in library_files():
        tree = tree_of(raw := path.read_bytes())
        if tree is None or b"\r" in raw or b"\x0c" in raw:
            continue
        bare = stripped(raw, tree).decode("utf-8", "replace")
        for node in (tree_of(bare) or ast.Module([], [])).body:
            if not isinstance(node, ast.FunctionDef) or node.decorator_list or is_private(node.name):
                continue
            text = ast.get_source_segment(bare, node) or ""
            if node.args.args and 3 < text.count("\n") < MAX_LINES and node.name not in seen and node.name.islower():
                seen.add(node.name)
                yield node.name, text


def write_package(folder: Path, pages: int, sections: int = SECTIONS) -> Path:
    """A package of so many modules, each with so many functions that a model has to be asked for."""
    shutil.rmtree(folder, ignore_errors=True)
    package = folder / "bench"
    package.mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "bench"\n')
    (package / "__init__.py").write_text('"""What is measured."""\n')
    found = functions()
    for number in range(pages):
        texts = "\n\n\n".join(next(found)[1] for _ in range(sections))
        (package / f"m{number:03}.py").write_text(f'"""Module {number} of those that are measured."""\n\n\n{texts}\n')
    return package


@dataclass(frozen=True, slots=True)
class How:
    """How pages are made: one after the other or all together, and so their sections."""

    is_together: bool = True
    is_side_by_side: bool = True


class Service:
    """A process that lives on, with the providers and the cache open."""

    def __init__(self, settings: Settings) -> None:
        """Open them; in an event loop."""
        self._settings = settings
        self._hearer = Deaf()
        self._tiers = open_tiers(settings, self._hearer.failed.append)
        self._generator = Generator(settings, tiers=self._tiers)

    async def _opened(self) -> tuple[Generator, object]:
        return self._generator, self._tiers

    async def make(self, package: Path, how: How) -> dict[str, str]:
        """All pages of a package that nobody has made before: their texts by the names of their files."""
        opened = open_pages(Wish("api", package, "", is_folder=True), self._settings, Pool(1))
        pages = list(works(opened.book, {}))
        texts: dict[str, dict[str, str]] = {}

        def done(section: Section, text: str) -> None:
            texts.setdefault(section.file.name, {})[section.id] = text

        groups = [pages] if how.is_together else [[one] for one in pages]
        sections = [section for page in pages for section in page.stale]
        with closing(workers_of(opened, sections, Pool(1))) as workers:
            writer = Writer(opened.book, opened.sources, workers)
            writer.batch = batch_of(writer, self._opened, self._hearer)
            if not how.is_side_by_side:
                writer.at_once = 1
            writer.want(sections)
            for group in groups:
                await writer.fill([section for page in group for section in page.stale], done)
            await writer.aclose()
        if self._hearer.failed or writer.undone:
            raise RuntimeError(f"{self._hearer.failed} {writer.undone}")
        return {page.file.name: _text(page, texts.get(page.file.name, {})) for page in pages}

    async def aclose(self) -> None:
        """Close what was opened."""
        await self._generator.aclose()
        await self._tiers.aclose()


def _text(page: PageWork, texts: dict[str, str]) -> str:
    after = page.after(texts, {"kind": "api"}).text
    if any(section.id not in texts for section in page.sections):
        raise RuntimeError(f"{page.file.name}: a section was not filled")
    return after


def run_pages(package: Path, root: Path, command: Command) -> Run:
    """`glossator page api` into a new folder, in a process of its own; its cache is in `root`."""
    shutil.rmtree(root / "out", ignore_errors=True)
    with loaded(command.load) as server:
        (root / "user.toml").write_text(configuration(server.url, command, root / "cache"))
        env = {**environment(root), "GLOSSATOR_CONFIG": str(root / "user.toml")}
        arguments = [sys.executable, "-m", "glossator", "page", "api", str(package), "-o", f"{root / 'out'}/"]
        started = time.perf_counter()
        done = subprocess.run(arguments, env=env, cwd=root, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - started
        if done.returncode:
            raise RuntimeError(f"glossator page ended with {done.returncode}: {done.stderr[-500:]}")
        return Run(seconds, len(list((root / "out").iterdir())), server.told())


def made_s(settings: Settings, package: Path, how: How, rounds: int = 1) -> list[float]:
    """Seconds that a process that lives on takes for all pages of a package, again and again."""

    async def measured() -> list[float]:
        service, found = Service(settings), []
        for _ in range(rounds):
            started = time.perf_counter()
            await service.make(package, how)
            found.append(time.perf_counter() - started)
        await service.aclose()
        return found

    return asyncio.run(measured())
