"""What a load test works on: files of the standard library without docstrings, and the requests that they make.

A document is one symbol's docstring. What counts are those that a model is asked for; a file has others besides, which
the embedded provider writes.
"""

from __future__ import annotations

import ast
import random
import shutil
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from samples import LIBRARY, library_files, stripped, tree_of

from glossator.config import Settings
from glossator.config.settings import CacheSettings, ProviderSettings
from glossator.documenter.caching import asked_of
from glossator.documenter.files import FileOptions, FileWork, work_in
from glossator.engine.prompts import Framing
from glossator.engine.requests import Request, Want, Wanting, request_of

PROVIDER = "fake"
MOST_IN_A_FILE = 40  # documents, so that a workspace has several files
MOST_BYTES = 100_000  # tables of a megabyte have no more documents than others
NOBODY = "http://127.0.0.1:9"  # nobody answers at the port "discard"


@dataclass(frozen=True, slots=True)
class Source:
    """A file without docstrings: its name in a workspace, and how many documents a model is asked for."""

    name: str
    raw: bytes
    documents: int


class Supply:
    """Files of the standard library in an order that a seed decides; they are read when they are needed."""

    def __init__(self, seed: int) -> None:
        """Read nothing yet."""
        files = library_files()
        random.Random(seed).shuffle(files)
        self._unread = iter(files)
        self._read: list[Source] = []

    def sources(self, documents: int) -> list[Source]:
        """Files with exactly so many documents."""
        chosen: list[Source] = []
        left, number = documents, 0
        while left:
            one = self._at(number)
            number += 1
            if one.documents <= left:
                chosen.append(one)
                left -= one.documents
        return chosen

    def _at(self, number: int) -> Source:
        while len(self._read) <= number:
            path = next(self._unread)
            if path.stat().st_size > MOST_BYTES:
                continue
            raw = path.read_bytes()
            tree = tree_of(raw)
            if tree is None or b"\r" in raw or b"\x0c" in raw:
                continue
            source = Source(str(path.relative_to(LIBRARY)), stripped(raw, tree), 0)
            count = len(wants_of(source)[1])
            if 0 < count <= MOST_IN_A_FILE:
                self._read.append(Source(source.name, source.raw, count))
        return self._read[number]


def split(sources: Sequence[Source], share: float) -> tuple[list[Source], list[Source]]:
    """Two parts of some files, the first with about this share of the documents."""
    room = round(share * sum(one.documents for one in sources))
    first, second = [], []
    for one in sources:
        part = first if one.documents <= room else second
        part.append(one)
        room -= one.documents if part is first else 0
    return first, second


def write_sources(sources: Iterable[Source], folder: Path) -> Path:
    """A workspace with these files and no others."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[tool.glossator]\nstyle = "google"\n')
    for one in sources:
        target = folder / one.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(one.raw)
    return folder


def reformatted(sources: Iterable[Source]) -> list[Source]:
    """The same code as Python itself would lay it out: other quotes, brackets and line breaks, and no comments."""
    with warnings.catch_warnings(action="ignore"):
        return [Source(one.name, ast.unparse(ast.parse(one.raw)).encode() + b"\n", one.documents) for one in sources]


def settings_of(url: str, cache: Path, concurrency: int, most: int | None = None, timeout_s: float = 60.0) -> Settings:
    """Settings with a model behind an address that gets so many requests at once to begin with, and `most` at most."""
    provider = ProviderSettings(
        PROVIDER,
        "openai",
        endpoint=f"{url}/v1",
        model="m",
        concurrency=concurrency,
        max_concurrency=most,
        timeout_s=timeout_s,
        exam=False,
    )
    return Settings(
        provider=(PROVIDER,),
        style="google",
        mode="performance",
        providers=(provider,),
        cache=CacheSettings(str(cache)),
    )


def wants_of(source: Source) -> tuple[FileWork | None, tuple[Want, ...]]:
    """What a model is asked for in a file."""
    settings = settings_of(NOBODY, Path("nowhere"), 1)
    work = work_in(source.raw, source.name, FileOptions(settings, style="google"))
    return work, () if work is None else tuple(work.wants(Wanting(work.job, asked_of(settings))))


def requests_of(sources: Iterable[Source]) -> list[Request]:
    """The requests for some files, each code once: of equal ones in flight only one is sent."""
    found: dict[bytes, Request] = {}
    for source in sources:
        work, wants = wants_of(source)
        for want in wants if work is not None else ():
            found.setdefault(want.keys.whole.key, request_of(work.job, want, Framing(str)))
    return list(found.values())
