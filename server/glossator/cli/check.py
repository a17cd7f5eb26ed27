"""The command `check`: what is missing or wrong, in a format that people or machines read."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glossator.cli import terminal
from glossator.cli.exits import FINDINGS, FINE, UNDONE
from glossator.cli.formats import FORMATS
from glossator.cli.run import Plan, Task, make_plan, results

if TYPE_CHECKING:
    import argparse

    from glossator.documenter import CheckOutcome
    from glossator.workspace.index import Index


@dataclass(slots=True)
class Tally:
    """The outcomes of a run, and how many of the public symbols are documented."""

    outcomes: list[CheckOutcome] = field(default_factory=list)
    public: int = 0
    documented: int = 0
    is_interrupted: bool = False

    def add(self, outcome: CheckOutcome) -> None:
        """Count one file."""
        self.outcomes.append(outcome)
        self.public += outcome.public
        self.documented += outcome.documented

    @property
    def coverage(self) -> float:
        """Documented public symbols, in percent; 100 where there is none."""
        return 100 * self.documented / self.public if self.public else 100.0


def inspect(indexes: Mapping[str, Index], task: Task) -> CheckOutcome:
    """One file's findings; runs in worker processes."""
    from glossator.documenter import FileOptions, check_bytes

    settings, index = task.settings, indexes[task.root]
    options = FileOptions(settings, style=settings.style, only=task.only, symbols=task.symbols, index=index)
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
    plan = make_plan(arguments.paths, flags)
    tally = Tally()
    try:
        for _, outcome in results(inspect, plan, arguments):
            tally.add(outcome)
    except KeyboardInterrupt:
        tally.is_interrupted = True
    findings = [(outcome.path, finding) for outcome in tally.outcomes for finding in outcome.findings]
    sys.stdout.write(FORMATS[arguments.output_format](findings))
    sys.stdout.flush()
    is_enough = _say(tally, plan, len(findings))
    if plan.undone or tally.is_interrupted:
        return UNDONE
    return FINDINGS if findings or not is_enough else FINE


def _say(tally: Tally, plan: Plan, findings: int) -> bool:
    """Sum up on standard error; whether enough is documented."""
    for outcome in tally.outcomes:
        if outcome.error:
            terminal.warn(f"{outcome.path}: {outcome.error}")
    for path, reason in (*plan.skipped.items(), *plan.undone.items()):
        terminal.warn(f"{path}: {reason}")
    if tally.is_interrupted:
        terminal.warn(f"interrupted: {len(tally.outcomes)} of {len(plan.targets)} files were checked")
    terminal.warn(
        f"files: {len(tally.outcomes)}, findings: {findings}; "
        f"public symbols documented: {tally.documented} of {tally.public} ({tally.coverage:.1f}%)"
    )
    wanted = max((target.settings.min_coverage for target in plan.targets), default=0.0)
    if tally.coverage < wanted:
        terminal.warn(f"coverage {tally.coverage:.1f}% is below {wanted:g}% (min_coverage)")
        return False
    return True
