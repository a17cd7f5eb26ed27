"""The command `explain`: facts, plan, texts and prompt of one symbol, and where its docstring came from."""

from __future__ import annotations

import json
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from glossator.cli.exits import FINE
from glossator.cli.run import indexes, make_plan, tasks
from glossator.documenter.chosen import asks_models
from glossator.documenter.explained import as_json, as_text
from glossator.documenter.explanation import Explanation, explanation
from glossator.documenter.tasks import Task, options_of
from glossator.errors import ConfigError, SourceError

if TYPE_CHECKING:
    import argparse

    from glossator.documenter.cached import Looking


def explain(arguments: argparse.Namespace) -> int:
    """Show what is known of a symbol; the exit code."""
    file, mark, path = arguments.symbol.rpartition("::")
    if not (mark and file and path):
        raise ConfigError("name a symbol as FILE::SYMBOL; FILE::<module> is the module itself")
    if not Path(file).is_file():
        raise ConfigError(f"no such file: {file}{_did_you_mean(Path(file))}")
    task, found = _explained(arguments, file, path)
    if arguments.output_format == "json":
        sys.stdout.write(json.dumps(as_json(task.path, found)) + "\n")
    else:
        sys.stdout.write(as_text(task.path, found))
    return FINE


def _explained(arguments: argparse.Namespace, file: str, path: str) -> tuple[Task, Explanation]:
    plan = make_plan([file], {"provider": arguments.provider})
    for task in tasks(plan, arguments):
        known = indexes(plan, arguments, has_links=asks_models(task.settings))
        options = options_of(known, task)
        return task, explanation(task.raw, task.path, path, options, _find(task))
    raise SourceError("\n".join(f"{name}: {why}" for name, why in (plan.undone | plan.skipped).items()))


def _find(task: Task) -> Looking | None:
    """How the cache on disk is looked into, if a model is chosen; the shared server is not asked."""
    if not asks_models(task.settings):
        return None
    from glossator.documenter.caching import DiskLookup

    return DiskLookup(task.settings)


def _did_you_mean(file: Path) -> str:
    folder = file.parent
    names = [one.name for one in folder.glob("*.py")] if folder.is_dir() else []
    close = get_close_matches(file.name, names)
    return f"; did you mean {' or '.join(str(folder / name) for name in close)}?" if close else ""
