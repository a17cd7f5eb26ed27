"""The command `providers`: which are configured, and what each does when it is asked for a docstring."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from glossator.cli import terminal
from glossator.cli.exits import FINE, UNDONE
from glossator.cli.run import start_log
from glossator.config import Settings, Sources, load
from glossator.documenter.configured import Configured, Trial, configured, tried
from glossator.documenter.generation import money
from glossator.errors import ConfigError

if TYPE_CHECKING:
    import argparse

    from glossator.providers.base import Price


def providers(arguments: argparse.Namespace) -> int:
    """List the providers and try those that the arguments name; the exit code."""
    resolved = load(Sources(Path()))
    for problem in map(str, resolved.problems):
        terminal.warn(problem)
    settings = resolved.settings
    start_log(settings)
    found = configured(settings)
    wanted = _wanted(found, arguments.names)
    found = wanted if arguments.names else found
    is_json = arguments.output_format == "json"
    if not is_json:
        _say(_pool(settings))
    trials: dict[str, Trial] = {}
    for one in found:
        if not is_json:
            _show(one)
        if one in wanted and not arguments.no_try:
            trials[one.name] = asyncio.run(tried(settings, one.name, tell=terminal.warn))
            if not is_json:
                _show_trial(trials[one.name])
    if is_json:
        _print_json(settings, found, trials)
    return UNDONE if any(trial.problem for trial in trials.values()) else FINE


def _wanted(found: Sequence[Configured], names: Sequence[str]) -> list[Configured]:
    """Those to be tried: the named ones, else all but a local model that nobody chose or fetched."""
    known = {one.name: one for one in found}
    if unknown := [name for name in names if name not in known]:
        raise ConfigError("\n".join(f"unknown provider {name!r}, known are {', '.join(known)}" for name in unknown))
    if names:
        return [known[name] for name in dict.fromkeys(names)]
    return [one for one in found if one.is_chosen or one.kind != "local" or not one.problem]


def _pool(settings: Settings) -> str:
    chosen = ", ".join(settings.provider)
    if len(settings.provider) == 1:
        return f"chosen: {chosen}"
    hedge = ", a second one is asked where the first is slow" if settings.pool.hedge else ""
    return f"chosen: {chosen} (policy: {settings.pool.policy}{hedge})"


def _show(one: Configured) -> None:
    where = "on this machine" if one.is_loopback else "remote"
    address = f" at {one.endpoint}" if one.endpoint else ""
    model = f", model {one.model}" if one.model else ""
    _say(f"\n{one.name}{' (chosen)' if one.is_chosen else ''}: {one.kind}{address}, {where}{model}")
    _say(f"  price: {_price(one.price)}; key: {one.key}")
    for line in (*one.warnings, *((one.problem,) if one.problem else ())):
        _say(f"  ! {line}")


def _price(price: Price | None) -> str:
    if price is None:
        return "not known"
    if price.per_million_in == price.per_million_out == 0:
        return "free"
    return f"${price.per_million_in:g} read, ${price.per_million_out:g} written, per million tokens"


def _show_trial(trial: Trial) -> None:
    if trial.problem:
        _say(f"  does not work: {trial.problem}")
    else:
        first = "" if trial.first_s is None else f"first text after {trial.first_s:.2f} s, "
        way = f"; structured output: {trial.way}" if trial.way else ""
        _say(f"  works: {first}whole after {trial.whole_s:.2f} s, {trial.tokens} tokens, {money(trial.cost)}{way}")
    if trial.exam:
        _say(f"  exam: {trial.exam}")
    for name, reason in (trial.refused or {}).items():
        _say(f"  not taken: {name} ({reason})")
    for line in trial.docstring.splitlines():
        _say(f"  | {line}")


def _say(text: str) -> None:
    """Print lines; what a model or a file says must not steer the terminal."""
    sys.stdout.write("\n".join(map(terminal.printable, text.split("\n"))) + "\n")
    sys.stdout.flush()


def _print_json(settings: Settings, found: Sequence[Configured], trials: dict[str, Trial]) -> None:
    from glossator.documenter.explanation import plain

    rows = [{**_plain(plain(one)), "trial": plain(trials[one.name]) if one.name in trials else None} for one in found]
    pool = {"provider": settings.provider, "policy": settings.pool.policy, "hedge": settings.pool.hedge}
    sys.stdout.write(json.dumps({"pool": pool, "providers": rows}) + "\n")


def _plain(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value
