"""The providers and the cache of a command that asks a model: opened when they are needed, and whether one may."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glossator.cli import terminal
from glossator.config import mode_of
from glossator.documenter.caching import open_tiers
from glossator.documenter.generation import Estimate, Generator
from glossator.documenter.holders import RunWatch
from glossator.errors import ConfigError

if TYPE_CHECKING:
    import argparse

    from glossator.cache.tiers import Tiers
    from glossator.config import Settings
    from glossator.monitor import Monitor


@dataclass(slots=True)
class Chosen:
    """The chosen providers of a run, and its cache."""

    settings: Settings
    monitor: Monitor
    _open: tuple[Generator, Tiers] | None = None
    _watch: RunWatch | None = None

    async def opened(self) -> tuple[Generator, Tiers]:
        """The providers and the cache. Raises ConfigError for what cannot be used."""
        if self._open is None:
            tiers = open_tiers(self.settings, terminal.warn, self.monitor)
            self._open = Generator(self.settings, tell=terminal.warn, tiers=tiers, monitor=self.monitor), tiers
            self._watch = RunWatch(mode_of(self.settings.mode), tiers, self._open[0].scheduler)
            await tiers.reach()
        return self._open

    async def aclose(self) -> None:
        """Close what was opened; what is known by then is on disk."""
        if self._watch is not None:
            self._watch.stop()
        if self._open is not None:
            for one in self._open:
                await one.aclose()


def agree(total: Estimate, generator: Generator, arguments: argparse.Namespace) -> None:
    """Have the user agree to what a run will take, where it costs money. Raises ConfigError if nobody does."""
    cost, limit = cost_of(total, generator), arguments.max_cost
    if cost == 0 or (arguments.yes and limit is None):
        return
    if limit is not None and (cost is None or cost > limit):
        raise ConfigError(f"that is more than --max-cost {limit:g}, or not known: nothing was asked for")
    if limit is not None or arguments.yes:
        return
    if not sys.stdin.isatty():
        raise ConfigError("this may cost money: say --yes, or how much it may cost with --max-cost")
    sys.stderr.write("Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise ConfigError("nothing was asked for, and nothing was written")


def cost_of(total: Estimate, generator: Generator) -> float | None:
    """About what it costs; None where nobody knows."""
    price = generator.price
    return price.of(total.tokens_in, total.tokens_out) if price is not None else None
