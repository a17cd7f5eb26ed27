"""The command `write`: docstrings into files, or a diff, or the answer whether anything would change."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from glossator.cli import terminal
from glossator.cli.exits import FINDINGS, FINE, UNDONE
from glossator.cli.offer import offer_model
from glossator.cli.run import Plan, keep_stats, make_plan, results
from glossator.documenter.chosen import asks_models
from glossator.documenter.tasks import Task, options_of
from glossator.errors import ConfigError, SourceError
from glossator.workspace.write import replace_file

if TYPE_CHECKING:
    import argparse
    from contextlib import AbstractContextManager

    from glossator.cli.cluster import Away
    from glossator.documenter import DraftSummary, FileOutcome
    from glossator.engine.answers import Answer
    from glossator.workspace.index import Index


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; `is_changed` also where a change was only shown."""

    path: str
    is_changed: bool = False
    error: str = ""
    drafts: tuple[DraftSummary, ...] = ()


@dataclass(slots=True)
class Spent:
    """What a run has cost, and how many symbols have embedded text in a model's place, and why."""

    calls: int = 0
    tokens: int = 0
    cost: float = 0.0
    unpriced: int = 0
    degraded: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    def add(self, answer: Answer) -> None:
        """Count an answer."""
        self.calls += answer.usage.calls
        self.tokens += answer.usage.tokens
        self.cost += answer.usage.cost
        self.unpriced += answer.usage.unpriced
        self.degraded += answer.is_degraded
        if answer.error:
            self.errors[answer.error] += 1


@dataclass(slots=True)
class Report:
    """What became of a run."""

    started: float = field(default_factory=time.monotonic)
    files: dict[str, FileReport] = field(default_factory=dict)
    is_interrupted: bool = False
    spent: Spent = field(default_factory=Spent)

    @property
    def is_changed(self) -> bool:
        """Whether any file changed, or would."""
        return any(file.is_changed for file in self.files.values())


def document(indexes: Mapping[str, Index], task: Task) -> FileOutcome:
    """One file's new text and what was done in it; runs in worker processes."""
    from glossator.documenter import document_bytes

    return document_bytes(task.raw, task.path, options_of(indexes, task))


def write(arguments: argparse.Namespace) -> int:
    """Document the files that the arguments name; the exit code."""
    if arguments.diff and arguments.output_format == "json":
        raise ConfigError("--diff prints a diff: leave out --output-format json")
    if arguments.symbol and arguments.diff_base is not None:
        raise ConfigError("--symbol names symbols and --diff-base finds them: leave out one of the two")
    flags = {"style": arguments.style, "provider": arguments.provider, "mode": arguments.mode}
    plan = make_plan(arguments.paths, flags)
    report = Report()
    try:
        _document_all(plan, arguments, report)
    except KeyboardInterrupt:
        report.is_interrupted = True
    if errors := report.spent.errors:
        # One notice, with the first reason: most of the others say that nobody was asked again, because of it.
        terminal.warn(f"{errors.total()} symbols have embedded text in a model's place: {next(iter(errors))}")
    _add_the_rest(report, plan)
    _print(report, arguments)
    keep_stats(plan)
    if report.is_interrupted:
        terminal.warn(f"interrupted: {len(report.files)} of {len(plan.targets)} files were looked at, all are whole")
    if plan.undone or report.is_interrupted:
        return UNDONE
    if report.is_changed and arguments.output_format == "text":
        offer_model(plan.targets[0].settings)
    if unknown := _unknown_symbols(report, arguments.symbol):
        raise ConfigError("\n".join(f"no symbol is called {name!r} in these files" for name in unknown))
    return FINDINGS if arguments.check and report.is_changed else FINE


def _document_all(plan: Plan, arguments: argparse.Namespace, report: Report) -> None:
    """Document each file, with a model where one is chosen."""

    def finish(task: Task, outcome: FileOutcome) -> None:
        plan.monitor.absorb(outcome.measured)
        report.files[task.path] = _finish(task, outcome, arguments, plan)

    # What would change does not depend on whose words they are, but for those that a model may improve.
    is_asked = not arguments.check or arguments.only == "embedded"
    if is_asked and plan.targets and asks_models(plan.targets[0].settings):
        from glossator.cli.generating import generate

        with _away(plan, arguments) as away:
            generate(plan, arguments, finish, report.spent, away)
        places = {str(target.path): place for place, target in enumerate(plan.targets)}
        report.files = dict(sorted(report.files.items(), key=lambda item: places[item[0]]))
        return
    for task, outcome in _documented(plan, arguments):
        finish(task, outcome)


def _documented(plan: Plan, arguments: argparse.Namespace) -> Iterator[tuple[Task, FileOutcome]]:
    """Each file without a model, from processes here or from a cluster."""
    if arguments.cluster is None or not plan.targets:
        return results(document, plan, arguments)
    from glossator.cli.cluster import results_away

    return results_away(document, plan, arguments)


def _away(plan: Plan, arguments: argparse.Namespace) -> AbstractContextManager[Away | None]:
    """The cluster that asks models, if one is named."""
    if arguments.cluster is None:
        return nullcontext()
    from glossator.cli.cluster import Away

    return Away(plan.targets[0].settings, arguments.cluster)


def _unknown_symbols(report: Report, wanted: Sequence[str]) -> list[str]:
    """The names of --symbol that no file has; a slip of the pen must not look like success."""
    known = {draft.name for file in report.files.values() for draft in file.drafts}
    return [name for name in wanted if name not in known]


def _finish(task: Task, outcome: FileOutcome, arguments: argparse.Namespace, plan: Plan) -> FileReport:
    """Write or show the new text."""
    changed = outcome.raw is not None and outcome.raw != task.raw
    if changed and outcome.raw is not None:
        if arguments.diff:
            _print_diff(task.path, task.raw, outcome.raw)
        elif not arguments.check:
            try:
                replace_file(Path(task.path), task.raw, outcome.raw)
            except SourceError as error:
                plan.undone[task.path] = str(error)
                return FileReport(task.path, error=str(error))
    return FileReport(task.path, changed, outcome.error, outcome.drafts)


def _add_the_rest(report: Report, plan: Plan) -> None:
    """Put the files without a result into the report, and say on standard error what was left alone and why."""
    for path, reason in (*plan.skipped.items(), *plan.undone.items()):
        report.files.setdefault(path, FileReport(path, error=reason))
    for file in report.files.values():
        if file.error:
            terminal.warn(f"{file.path}: {file.error}")
        for draft in file.drafts:
            if draft.error:
                terminal.warn(f"{file.path}:{draft.line}: {draft.name}: {draft.error}")


def _print(report: Report, arguments: argparse.Namespace) -> None:
    if arguments.output_format == "json":
        import json

        sys.stdout.write(json.dumps(as_json(report), indent=2) + "\n")
    else:
        # A diff has standard output for itself, so that it can be applied.
        stream = sys.stderr if arguments.diff else sys.stdout
        stream.write("".join(f"{line}\n" for line in _text(report, arguments)))
    sys.stdout.flush()


def as_json(report: Report) -> dict[str, object]:
    """The report as documented in docs/commands.md."""
    drafts = [draft for file in report.files.values() for draft in file.drafts]
    return {
        "files": [
            {
                "path": file.path,
                "changed": file.is_changed,
                "error": file.error,
                "symbols": [_draft_as_json(draft) for draft in file.drafts],
            }
            for file in report.files.values()
        ],
        "totals": {
            "files": len(report.files),
            "symbols": len(drafts),
            **_actions(report),
            "degraded": report.spent.degraded,
            "seconds": round(time.monotonic() - report.started, 3),
            "origins": dict(Counter(origin for draft in drafts for _, origin in draft.origins)),
            "provider_calls": report.spent.calls,
            "tokens": report.spent.tokens,
            "cost": round(report.spent.cost, 6),
        },
    }


def _draft_as_json(draft: DraftSummary) -> dict[str, object]:
    return {
        "name": draft.name,
        "kind": draft.kind,
        "line": draft.line,
        "action": draft.action,
        "origin": draft.origin,
        "origins": dict(Counter(origin for _, origin in draft.origins)),
        "fields": dict(draft.origins),
        "quality": draft.quality,
        "error": draft.error,
    }


def _actions(report: Report) -> dict[str, int]:
    counts = Counter(draft.action for file in report.files.values() for draft in file.drafts)
    return {action: counts[action] for action in ("added", "repaired", "kept", "failed")}


def _text(report: Report, arguments: argparse.Namespace) -> Iterator[str]:
    would = "would be " if arguments.diff or arguments.check else ""
    for file in report.files.values():
        if file.is_changed:
            counts = Counter(draft.action for draft in file.drafts)
            done = ", ".join(f"{counts[action]} {action}" for action in ("added", "repaired") if counts[action])
            yield f"{terminal.printable(file.path)}: {would}{done}"
    changed = sum(file.is_changed for file in report.files.values())
    totals = ", ".join(f"{count} {action}" for action, count in _actions(report).items())
    seconds = time.monotonic() - report.started
    if spent := _spent(report.spent):
        yield spent
    yield f"files: {len(report.files)}, {would}changed: {changed}; docstrings: {totals} ({seconds:.1f} s)"


def _spent(spent: Spent) -> str:
    """What a model took, in a line; "" where none was asked."""
    if not spent.calls and not spent.degraded:
        return ""
    cost = f", ${spent.cost:.4f}" if spent.cost else ""
    unpriced = ", at a price that is not known" if spent.unpriced else ""
    kept = (
        f"; {spent.degraded} symbol{'s' * (spent.degraded != 1)} with embedded text in a model's place"
        if spent.degraded
        else ""
    )
    return f"calls: {spent.calls}, tokens: {spent.tokens:,}{cost}{unpriced}{kept}"


def _print_diff(path: str, before: bytes, after: bytes) -> None:
    """A unified diff of the bytes themselves, so that it applies whatever the encoding."""
    lines: Iterator[bytes] = diff(path, before, after)
    if terminal.has_colours(sys.stdout):
        lines = terminal.coloured(lines)
    sys.stdout.flush()
    sys.stdout.buffer.writelines(lines)
    sys.stdout.buffer.flush()


def diff(path: str, before: bytes, after: bytes) -> Iterator[bytes]:
    """The lines of a unified diff, ends included."""
    import difflib

    name = path.encode(errors="surrogateescape")
    old, new = _lines(before), _lines(after)
    for line in difflib.diff_bytes(difflib.unified_diff, old, new, name, name, lineterm=b"\n"):
        yield line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _lines(raw: bytes) -> list[bytes]:
    """The lines with their ends; only a line feed ends one, as `patch` has it, and not a lone carriage return."""
    lines = [line + b"\n" for line in raw.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
