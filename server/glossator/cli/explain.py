"""The command `explain`: facts, plan, texts and prompt of one symbol, and where its docstring came from."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from glossator.cli import terminal
from glossator.cli.exits import FINE
from glossator.cli.run import Task, indexes, make_plan, options_of, tasks
from glossator.documenter.explanation import Deed, Explanation, Sending, Way, explanation, plain
from glossator.documenter.generation import money
from glossator.errors import ConfigError, SourceError

if TYPE_CHECKING:
    import argparse

    from glossator.providers.base import Prompt

DEEDS = {
    Deed.ADD: "it has no docstring: `write` adds one",
    Deed.RENEW: "its docstring is the embedded provider's: `write --only embedded` asks a model for a better one",
    Deed.REPAIR: "its docstring is not true any more: `write --only stale` repairs it",
    Deed.KEEP: "its docstring stays as it is",
    Deed.NONE: "nothing can be written: its header or body cannot be parsed",
}


def explain(arguments: argparse.Namespace) -> int:
    """Show what is known of a symbol; the exit code."""
    file, mark, path = arguments.symbol.rpartition("::")
    if not (mark and file and path):
        raise ConfigError("name a symbol as FILE::SYMBOL; FILE::<module> is the module itself")
    if not Path(file).is_file():
        raise ConfigError(f"no such file: {file}{_did_you_mean(Path(file))}")
    task, found = _explained(arguments, file, path)
    if arguments.output_format == "json":
        report = plain(found)
        assert isinstance(report, dict)
        cost = found.sending.cost if found.sending is not None else None
        sys.stdout.write(json.dumps({"file": task.path, **report, "cost": cost}) + "\n")
        return FINE
    for text in _lines(task.path, found):
        sys.stdout.write("".join(f"{terminal.printable(line)}\n" for line in text.split("\n")))
    return FINE


def _explained(arguments: argparse.Namespace, file: str, path: str) -> tuple[Task, Explanation]:
    plan = make_plan([file], {"provider": arguments.provider})
    for task in tasks(plan, arguments):
        options = options_of(indexes(plan, arguments), task)
        return task, explanation(task.raw, task.path, path, options)
    raise SourceError("\n".join(f"{name}: {why}" for name, why in (plan.undone | plan.skipped).items()))


def _did_you_mean(file: Path) -> str:
    folder = file.parent
    names = [one.name for one in folder.glob("*.py")] if folder.is_dir() else []
    close = get_close_matches(file.name, names)
    return f"; did you mean {' or '.join(str(folder / name) for name in close)}?" if close else ""


def _lines(file: str, found: Explanation) -> Iterator[str]:
    yield f"{file}:{found.line}: {found.kind} {found.path}"
    yield f"fingerprint: {found.fingerprint}"
    yield DEEDS[found.deed]
    if found.origins:
        yield "\nWhere its docstring came from:"
        yield from (f"  {plain(key)}: {origin}" for key, origin in found.origins.items())
    yield "\nFacts:"
    yield from _facts(plain(found.facts), "  ")
    yield f"\nPlan ({found.style} style), with the embedded provider's texts:"
    yield from (f"  {plain(key)}: {text}" if text else f"  {plain(key)}" for key, text in found.fields.items())
    if found.sending is None:
        yield "\nOnly the embedded provider is chosen: nothing is sent anywhere."
    else:
        yield from _sending(found, found.sending)


def _facts(facts: object, indent: str) -> Iterator[str]:
    """Facts as an indented list, without what is absent, empty or not so."""
    for name, value in facts.items() if isinstance(facts, Mapping) else ():
        if isinstance(value, Mapping) and value:
            yield f"{indent}{name}:"
            yield from _facts(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{indent}{name}:"
            yield from (f"{indent}  {_flat(item)}" for item in value)
        elif value not in (None, "", False, [], {}):
            yield f"{indent}{name}: {_flat(value)}"


def _flat(value: object) -> str:
    """A fact on one line."""
    if isinstance(value, Mapping):
        said = {name: _flat(item) for name, item in value.items() if item not in (None, "", False, [], {})}
        if "verb" in said:
            return " ".join(said.values())
        annotation, default = said.pop("annotation", ""), said.pop("default", "")
        head = said.pop("name", "") + (f": {annotation}" if annotation else "") + (f" = {default}" if default else "")
        return ", ".join((head, *(f"{name}: {item}" for name, item in said.items())))
    if isinstance(value, list):
        return "; ".join(map(_flat, value))
    return "yes" if value is True else str(value)


def _sending(found: Explanation, sending: Sending) -> Iterator[str]:
    yield "\nWhat would be sent:"
    for way in sending.ways:
        yield from _way(way)
    if sending.refusal or sending.prompt is None:
        return
    shown = sending.disclosure
    yield f"  literals are {_seen(shown.literals)}, comments are {_seen(shown.comments)}"
    estimate = sending.estimate
    yield f"  about {estimate.tokens_in:,} tokens read and {estimate.tokens_out:,} written, {money(sending.cost)}"
    yield f"  folding and leaving out spared about {sending.spared_tokens:,} tokens"
    yield f"  prompt {sending.prompt_digest}, version {found.prompt_version}"
    if not sending.is_asked:
        yield "  Nothing of this is asked as things are; the prompt is that for a new docstring."
    yield from _prompt(sending.prompt)
    yield "\nFields of the answer, with the characters that each may have:"
    yield from (f"  {name}: {bound}" for name, bound in (sending.form or {}).items())


def _way(way: Way) -> Iterator[str]:
    one = way.provider
    where = "on this machine" if one.is_loopback else "remote"
    address = f" at {one.endpoint}" if one.endpoint else ""
    yield f"  to {one.name}: {one.kind}{address}, {where}, model {one.model}"
    if way.refusal:
        yield f"    nothing: {way.refusal}"
    elif way.body:
        yield f"    a request of {len(way.body.encode()):,} bytes (--output-format json shows it)"


def _seen(is_shown: bool) -> str:
    return "shown" if is_shown else "not shown"


def _prompt(prompt: Prompt) -> Iterator[str]:
    yield f"\n--- instructions\n{prompt.instructions}"
    for number, (asked, answered) in enumerate(prompt.examples, start=1):
        yield f"\n--- example {number}\n{asked}\n--- its answer\n{answered}"
    yield f"\n--- question\n{''.join(prompt.parts)}"
