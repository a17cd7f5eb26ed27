"""What making prompts shorter saves: packages of the standard library, as a provider of another machine is asked.

The floor of each figure is the same with all code whole: of the symbol, the class around it and what it calls.
"""

from __future__ import annotations

import sysconfig
import time
from pathlib import Path

from table import Row

from glossator.config import Settings
from glossator.documenter import FileOptions, requests_of
from glossator.documenter.generation import Estimate, estimate_of
from glossator.documenter.view import View
from glossator.model import Disclosure
from glossator.workspace.index import Index
from glossator.workspace.project import IndexReader

PACKAGES = ("json", "email", "http", "logging", "asyncio", "unittest")
FAR = View(Disclosure(), False)


def prompt_rows(packages: tuple[str, ...] = PACKAGES) -> list[Row]:
    """The rows of all packages, and what a prompt takes to be made."""
    rows: list[Row] = []
    total, seconds = Estimate(), 0.0
    for package in packages:
        folder = Path(sysconfig.get_path("stdlib")) / package
        files = [file for file in sorted(folder.glob("**/*.py")) if "test" not in file.relative_to(folder).parts]
        paths = [str(file) for file in files]
        index = IndexReader(folder, has_links=True).read(paths)
        started = time.process_time()
        found = sum((_estimate(file, index) for file in files), Estimate())
        seconds += time.process_time() - started
        rows += _rows(package, found)
        total += found
    each_us = seconds / max(1, total.symbols) * 1e6
    return [*rows, *_rows("all of these", total), Row("making a prompt, with all that it needs", each_us, "us")]


def _estimate(file: Path, index: Index) -> Estimate:
    settings = Settings()
    framing = FAR.framing(settings, index.about(str(file)))
    return estimate_of(requests_of(file.read_bytes(), str(file), FileOptions(settings, index=index), framing))


def _rows(name: str, found: Estimate) -> list[Row]:
    figure = f"prompts of {name}, {found.symbols:,} symbols"
    return [
        Row(figure, found.tokens_in, "tokens", found.tokens_whole, note=f"{found.spared:.0%} spared"),
        Row(f"prompts of {name}, shared prefix", found.shared * 100, "%"),
    ]
