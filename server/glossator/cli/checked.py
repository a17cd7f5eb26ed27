"""What `check` finds on pages: those that are named, and those beneath folders that say how they are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from glossator.cli import terminal
from glossator.cli.run import Plan, Target
from glossator.config import Settings, Sources, load, mode_of
from glossator.engine.executor import Pool, processes_for
from glossator.errors import ConfigError, SourceError
from glossator.workspace.files import SUFFIXES, Patterns
from glossator.workspace.ignores import settings_for
from glossator.workspace.pages import HEAD, MARKDOWN, MAX_BYTES, pages_in
from glossator.workspace.write import read_file

if TYPE_CHECKING:
    import argparse

    from glossator.documenter import CheckOutcome
    from glossator.documenter.pages import PageChecks
    from glossator.workspace.history import Commit


def is_page(path: str) -> bool:
    """Whether a path that is named is that of a page."""
    return path.lower().endswith(MARKDOWN) and not Path(path).is_dir()


def find_pages(paths: Sequence[str], flags: Mapping[str, object], plan: Plan) -> tuple[Target, ...]:
    """The pages that `paths` mean, each with its settings; what could not be taken is added to the plan."""
    found: dict[Path, Target] = {}
    for path in map(Path, paths):
        folder = path if path.is_dir() else path.parent
        resolved = load(Sources(folder, flags=flags))
        for problem in resolved.problems if is_page(str(path)) else ():  # said already of others
            terminal.warn(str(problem))
        root = resolved.root or folder
        # `include` says which code is meant, not which pages.
        selection = pages_in([path], Patterns(root, (), resolved.settings.exclude))
        if is_page(str(path)):
            plan.undone.update((str(refused), reason) for refused, reason in selection.refused)
        for file in selection.files:
            if is_page(str(file)):
                found.setdefault(file.resolve(), Target(file, settings_for(file, resolved.settings, root)))
    return tuple(found.values())


def page_outcomes(pages: Sequence[Target], arguments: argparse.Namespace) -> Iterator[CheckOutcome]:
    """The findings of each page; those made from one package are compared with what is read of it once."""
    if not pages:
        return
    from glossator.documenter.pages import PageChecks

    @cache
    def settings_of(folder: Path) -> Settings:
        return load(Sources(folder, flags={"mode": arguments.mode})).settings

    cores = processes_for(1 << 10, arguments.jobs, mode_of(pages[0].settings.mode).workers)
    checks = PageChecks(settings_of, Pool(cores, preload=("glossator.documenter.pages.apart",)))
    with ExitStack() as stack:
        changes = _Changes(arguments.diff_base, checks, stack) if arguments.diff_base is not None else None
        for page in pages:
            outcome = _outcome(page, checks, changes)
            if outcome is not None:
                yield outcome


def _outcome(page: Target, checks: PageChecks, changes: _Changes | None) -> CheckOutcome | None:
    """What is found on a page; None for one without a change."""
    from glossator.documenter import CheckOutcome
    from glossator.documenter.pages import read_page

    try:
        text = read_page(page.path)
        if changes is not None and not changes.concern(page.path, text):
            return None
    except SourceError as error:
        return CheckOutcome(str(page.path), error=str(error))
    return CheckOutcome(str(page.path), findings=checks.check(page.path, text, page.settings))


@dataclass(slots=True)
class _Changes:
    """Which pages changes since a commit may concern: their own, and those of what they are made from."""

    ref: str
    checks: PageChecks
    stack: ExitStack
    _known: dict[tuple[Path, ...], bool] = field(default_factory=dict)

    def concern(self, path: Path, text: str) -> bool:
        """Whether a page, or a file of what it is made from, is not what it was.

        A page that shows more of a project than a package's code always counts. Raises SourceError if git cannot tell.
        """
        if self._are_changed((path,)):
            return True
        sources = self.checks.sources(path, text)
        if not sources:
            return HEAD.decode() in text
        if sources not in self._known:
            self._known[sources] = self._are_changed(sources) or self._are_fewer(sources)
        return self._known[sources]

    def _are_changed(self, files: Sequence[Path]) -> bool:
        history = self._history(files)
        if history is None:
            return True
        for file in files:
            raw = read_file(file, MAX_BYTES)
            if history.previous(file, raw).replace(b"\r\n", b"\n") != raw.replace(b"\r\n", b"\n"):
                return True
        return False

    def _are_fewer(self, files: Sequence[Path]) -> bool:
        history, top = self._history(files), min((file.parent for file in files), key=lambda one: len(one.parts))
        return history is None or history.lacks(top, SUFFIXES)

    def _history(self, files: Sequence[Path]) -> Commit | None:
        """The commit of the files' repository; None where they are in none."""
        from glossator.workspace.history import Commit

        try:
            return self.stack.enter_context(Commit(self.ref, files))
        except ConfigError:
            if any((one / ".git").exists() for one in files[0].resolve().parents):
                raise
            return None
