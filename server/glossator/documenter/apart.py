"""What worker processes do with a file in a run with a model: look it up, make its requests, write what was answered.

Pure functions of what they are given, but for the look at the disk's cache; they can be pickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glossator.documenter.caching import DiskLookup
from glossator.documenter.files import FileOutcome, document_bytes
from glossator.documenter.recalling import Asking, Prepared, asking, prepared
from glossator.documenter.seen import may_be_seen
from glossator.documenter.tasks import Task, options_of

if TYPE_CHECKING:
    from glossator.cache.tiers import Found
    from glossator.config import Settings
    from glossator.documenter.view import View
    from glossator.engine.answers import Answer
    from glossator.engine.requests import Asked
    from glossator.workspace.index import Index


@dataclass(frozen=True, slots=True)
class Preparing:
    """Looks up a file's symbols on disk; runs in worker processes.

    With a `view`, whatever the disk does not have is asked of a provider that may see this.
    """

    settings: Settings
    asked: Asked
    known: Mapping[str, Index]
    view: View | None = None

    def __call__(self, task: Task) -> Prepared:
        """What becomes of a file without asking anybody, or what has to be looked up and asked."""
        options = options_of(self.known, task)
        if not may_be_seen(task.path, self.settings):
            outcome = document_bytes(task.raw, task.path, options)
            return Prepared(outcome, unasked=sum(one.action in ("added", "repaired") for one in outcome.drafts))
        about = options.index.about(task.path)
        framing = self.view.framing(options.settings, about) if self.view is not None else None
        return prepared(task.raw, task.path, options, (self.asked, framing), DiskLookup(self.settings))


@dataclass(frozen=True, slots=True)
class MakingRequests:
    """Makes the requests for what is left of a file; runs in worker processes."""

    asked: Asked
    known: Mapping[str, Index]

    def __call__(self, given: tuple[Task, View, Mapping[bytes, Found]]) -> Asking:
        """What is known of a file's symbols, and what a provider is asked for the others."""
        task, view, found = given
        options = options_of(self.known, task)
        framing = view.framing(options.settings, options.index.about(task.path))
        return asking(task.raw, task.path, options, (self.asked, framing), found)


@dataclass(frozen=True, slots=True)
class Documenting:
    """Writes what was answered; runs in worker processes."""

    known: Mapping[str, Index]

    def __call__(self, given: tuple[Task, Mapping[str, Answer]]) -> FileOutcome:
        """A file with the answers in it."""
        task, answers = given
        return document_bytes(task.raw, task.path, replace(options_of(self.known, task), answers=answers))


PREPARE, ASK, DOCUMENT = range(3)
"""What worker processes do with a file, in this order."""
