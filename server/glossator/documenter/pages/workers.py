"""The worker processes that fill pages, and the batch that asks for them."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glossator.documenter.batch import Batch, Hearer
from glossator.documenter.chosen import asks_models
from glossator.documenter.indexing import indexes_of
from glossator.documenter.pages.apart import functions
from glossator.engine.filling import Trust
from glossator.engine.requests import Asked
from glossator.engine.workers import Workers
from glossator.workspace.index import Index

if TYPE_CHECKING:
    from glossator.cache.tiers import Tiers
    from glossator.config import Settings
    from glossator.documenter.generation import Generator
    from glossator.documenter.pages.opening import Opened
    from glossator.documenter.pages.sections import Section
    from glossator.documenter.pages.writing import Writer
    from glossator.documenter.view import View
    from glossator.engine.executor import Pool


def workers_of(opened: Opened, sections: Sequence[Section], pool: Pool) -> Workers:
    """The worker processes for these sections; where there is a choice, before this process has any thread.

    What the project says is read where a doc is missing. Blocks while it reads the disk.
    """
    sources, settings = opened.sources, opened.sources.settings
    missing = {key.module for one in sections for key in opened.book.material.missing(one.skeleton)}
    known = {sources.root: Index()}
    if missing:
        paths = [os.path.abspath(sources.files[module].path) for module in sorted(missing)]
        known = indexes_of({Path(sources.root): paths}, settings.privacy.exclude, pool, has_links=True)
    return Workers(functions(settings, *_asked(settings), known), pool)


def _asked(settings: Settings) -> tuple[Asked, View | None]:
    """Who would be asked, and what they may see if it is sure by then what has to be asked."""
    if not asks_models(settings):
        return Asked(), None
    from glossator.documenter.caching import asked_of
    from glossator.documenter.view import view_for

    return asked_of(settings), view_for(settings) if not settings.cache.shared else None


def batch_of(
    writer: Writer,
    opened: Callable[[], Coroutine[Any, Any, tuple[Generator, Tiers]]],
    hearer: Hearer,
    max_cost: float | None = None,
) -> Batch:
    """What asks the chosen providers for the docs of a writer's sections; they may cost so much together."""
    return Batch(writer.workers, opened, Trust(max_cost, writer.sources.root), hearer)
