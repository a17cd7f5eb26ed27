"""The command `check`: what is missing or wrong, in a format that people or machines read."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from glossator.cli import terminal
from glossator.cli.baseline import Baseline, name_in, read_baseline, require_folder, write_baseline
from glossator.cli.checked import find_pages, is_page, page_outcomes
from glossator.cli.exits import FINDINGS, FINE, UNDONE
from glossator.cli.formats import FORMATS
from glossator.cli.run import Plan, Target, keep_stats, make_plan, results
from glossator.documenter.tasks import Task
from glossator.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from glossator.config import Settings
    from glossator.documenter import CheckOutcome, PlacedFinding
    from glossator.workspace.index import Index

    Findings = list[tuple[str, PlacedFinding]]

PAGE_CODE: Final = "GLS401"
FORGET: Final = "run --write-baseline to forget them"


@dataclass(slots=True)
class Tally:
    """The outcomes of a run, and how many of the public symbols are documented."""

    outcomes: list[CheckOutcome] = field(default_factory=list)
    public: int = 0
    documented: int = 0
    is_interrupted: bool = False
    pages: tuple[Target, ...] = ()

    def add(self, outcome: CheckOutcome) -> None:
        """Count one file."""
        self.outcomes.append(outcome)
        self.public += outcome.public
        self.documented += outcome.documented

    def checked(self, plan: Plan) -> dict[str, Settings]:
        """The settings of each file that was looked into."""
        settings = {str(target.path): target.settings for target in (*plan.targets, *self.pages)}
        return {outcome.path: settings[outcome.path] for outcome in self.outcomes if not outcome.error}

    @property
    def coverage(self) -> float:
        """Documented public symbols, in percent; 100 where there is none."""
        return 100 * self.documented / self.public if self.public else 100.0


def inspect(indexes: Mapping[str, Index], task: Task) -> CheckOutcome:
    """One file's findings; runs in worker processes."""
    from glossator.documenter import FileOptions, check_bytes

    settings, index = task.settings, indexes[task.root]
    options = FileOptions(
        settings,
        style=settings.style,
        only=task.only,
        symbols=task.symbols,
        index=index,
        previous=task.previous,
    )
    return check_bytes(task.raw, task.path, options)


def check(arguments: argparse.Namespace) -> int:
    """Check the files that the arguments name; the exit code."""
    flags = {
        "style": arguments.style,
        "mode": arguments.mode,
        "select": arguments.select,
        "ignore": arguments.ignore,
        "min_coverage": arguments.min_coverage,
    }
    known = _known(arguments)
    plan = make_plan([path for path in arguments.paths if not is_page(path)], flags)
    tally = Tally(pages=find_pages(arguments.paths, flags, plan))
    try:
        for _, outcome in results(inspect, plan, arguments):
            plan.monitor.absorb(outcome.measured)
            tally.add(outcome)
        for outcome in page_outcomes(tally.pages, arguments):
            tally.add(outcome)
    except KeyboardInterrupt:
        tally.is_interrupted = True
    keep_stats(plan)
    findings = [(outcome.path, finding) for outcome in tally.outcomes for finding in outcome.findings]
    if arguments.write_baseline is not None:
        return _begin(arguments.write_baseline, findings, tally, plan)
    if known is not None:
        findings = _unknown(known, findings, {} if arguments.diff_base else tally.checked(plan))
    sys.stdout.write(FORMATS[arguments.output_format](findings))
    sys.stdout.flush()
    is_enough = _say(tally, plan, len(findings))
    _say_what_can_be_mended(findings)
    if plan.undone or tally.is_interrupted:
        return UNDONE
    return FINDINGS if findings or not is_enough else FINE


def _say_what_can_be_mended(findings: Findings) -> None:
    """Say on standard error which command mends how many of the findings."""
    fixable = [(path, finding.code) for path, finding in findings if finding.fixable]
    pages = [path for path, code in fixable if code == PAGE_CODE]
    missing = sum(code.startswith("GLS1") for _, code in fixable)
    stale = len(fixable) - missing - len(pages)
    ways = [(missing, "write --only missing"), (stale, "write --only stale")]
    ways += [(len(pages), f"page update {_around(pages)}")] if pages else []
    for count, way in ways:
        if count:
            terminal.warn(f"{count} of them can be mended: glossator {way}")


def _around(paths: Sequence[str]) -> str:
    """A path that means all of these: theirs, or that of the folder that they are in."""
    return paths[0] if len(set(paths)) == 1 else os.path.commonpath([os.path.dirname(path) for path in paths]) or "."


def _known(arguments: argparse.Namespace) -> Baseline | None:
    """The baseline to compare with; a problem with one that is named shows before the work."""
    if arguments.write_baseline is not None:
        if arguments.diff_base is not None:
            raise ConfigError(
                "--write-baseline lists what all symbols have, not only changed ones: leave out --diff-base"
            )
        require_folder(arguments.write_baseline)
    return read_baseline(arguments.baseline) if arguments.baseline is not None else None


def _begin(path: Path, findings: Findings, tally: Tally, plan: Plan) -> int:
    """Write a baseline of a whole run; the exit code."""
    _say(tally, plan, len(findings))
    if plan.undone or tally.is_interrupted:
        terminal.warn(f"{path}: not written, since not everything was checked")
        return UNDONE
    write_baseline(path, findings)
    terminal.warn(f"{path}: lists {len(findings)} findings, which --baseline hides from now on")
    return FINE


def _unknown(known: Baseline, findings: Findings, checked: Mapping[str, Settings]) -> Findings:
    """The findings that a baseline does not list; the others are counted on standard error.

    `checked` has the settings of each file that was checked as a whole.
    """
    from glossator.docstring.check import is_wanted

    settings = {name_in(known.folder, path): settings for path, settings in checked.items()}

    def is_looked_for(name: str, code: str) -> bool:
        of = settings.get(name)
        return of is not None and is_wanted(code, of.select, of.ignore)

    compared = known.compare(findings, is_looked_for)
    terminal.warn(f"findings hidden by the baseline: {compared.hidden}")
    if compared.gone:
        terminal.warn(f"entries of the baseline that do not occur any more: {len(compared.gone)}; {FORGET}")
    return compared.fresh


def _say(tally: Tally, plan: Plan, findings: int) -> bool:
    """Sum up on standard error; whether enough is documented."""
    for outcome in tally.outcomes:
        if outcome.error:
            terminal.warn(f"{outcome.path}: {outcome.error}")
    for path, reason in (*plan.skipped.items(), *plan.undone.items()):
        terminal.warn(f"{path}: {reason}")
    if tally.is_interrupted:
        terminal.warn(
            f"interrupted: {len(tally.outcomes)} of {len(plan.targets) + len(tally.pages)} files were checked"
        )
    terminal.warn(
        f"files: {len(tally.outcomes)}, findings: {findings}; "
        f"public symbols documented: {tally.documented} of {tally.public} ({tally.coverage:.1f}%)"
    )
    wanted = max((target.settings.min_coverage for target in plan.targets), default=0.0)
    if tally.coverage < wanted:
        terminal.warn(f"coverage {tally.coverage:.1f}% is below {wanted:g}% (min_coverage)")
        return False
    return True
