"""The process of a local model, from outside: started, heard, stopped."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import os
import secrets
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from glossator.config.modes import GIB, Mode
from glossator.config.settings import LocalSettings
from glossator.errors import ConfigError, Refused, TimedOut, Unavailable
from glossator.providers.llama import Order

logger = logging.getLogger(__name__)

START_S: Final = 120.0  # 7 GB from a slow disk
STOP_S: Final = 5.0
MAX_SLOTS: Final = 4
# What a token of context takes, as a share of the weights: an upper bound for the models of the table, of which the
# smallest has 12 KiB a token for 491 MB, and the largest 56 KiB for 4.7 GB.
CONTEXT_SHARE: Final = 1 / 38_000
# Buffers for computing; 0.5b with two slots was seen with 825 MB, of which 592 were weights and context.
OVERHEAD_BYTES: Final = 320 << 20


Ordering = Callable[[str], Order]
"""What to serve, for a key that is still to be made."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a local model takes of the machine: prompts at once, tokens for each, threads, memory for old prompts."""

    slots: int
    context_tokens: int
    threads: int
    cache_mb: int

    def memory_bytes(self, weights_bytes: int) -> int:
        """About the most memory that a model with such weights needs."""
        tokens = self.slots * self.context_tokens
        return int(weights_bytes * (1 + tokens * CONTEXT_SHARE)) + OVERHEAD_BYTES + (self.cache_mb << 20)


def share_of(settings: LocalSettings, mode: Mode, weights_bytes: int) -> Share:
    """The share that a mode gives a model.

    One prompt at a time on two cores, up to four at once with more, and no more than fit: each place computes the
    beginning that prompts share for itself. Raises ConfigError where not even one fits.
    """
    threads = settings.threads or default_threads(cores(), load())
    cache_mb = 32 * mode.memory_gb
    for slots in range(max(1, min(cores() // 2, MAX_SLOTS)), 0, -1):
        share = Share(slots, settings.context_tokens, threads, cache_mb)
        if share.memory_bytes(weights_bytes) <= mode.memory_gb * GIB:
            return share
    need = Share(1, settings.context_tokens, threads, cache_mb).memory_bytes(weights_bytes) / GIB
    raise ConfigError(
        f"{settings.model} needs about {need:.1f} GiB, and mode {mode.name} has {mode.memory_gb}: "
        "choose a smaller model, fewer local.context_tokens, or a larger mode"
    )


def default_threads(count: int, load: float) -> int:
    """Threads for a model on a machine with so many cores, of which `load` are busy: the others, at most eight.

    The threads wait for each other after every layer, so that a core that they share with another program holds all of
    them up: with two threads beside five other processes on two cores a model wrote 1 token a second, with one 4 to 12.
    """
    return max(1, min(count - round(load), 8))


def cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def load() -> float:
    """How many processes wanted a core in the last minute; 0 where the system does not say."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):
        return 0.0


def require_llama() -> None:
    """Raise Refused where the extra is not installed; nothing is imported."""
    if importlib.util.find_spec("xllamacpp") is None:
        raise Refused("a local model needs an extra: pip install 'glossator[local]'")


class Child:
    """A running model. It ends with `stop`, and with this process, whatever way that one ends."""

    def __init__(self, process: Process, address: str, key: str) -> None:
        """Take over a process that said where it listens."""
        self.process = process
        self.address = address
        self.key = key

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self.process.returncode is None

    async def stop(self) -> None:
        """End the process; what it was doing is lost."""
        await _end(self.process)


async def start(order: Ordering, *, is_heard: bool = False) -> Child:
    """A process that serves what `order` says for a key.

    Its standard error is heard only where that is asked for. Raises Unavailable if it ends before it can answer, and
    TimedOut if that takes two minutes.
    """
    require_llama()
    key = secrets.token_urlsafe(24)
    # -P: the folder that we were started in may be somebody's project, with a module of any name in it.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "glossator.providers.llama"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=None if is_heard else DEVNULL,
        start_new_session=True,  # a terminal's Ctrl-C is for us; what we end is ended with us
    )
    try:
        address = await _first_words(process, order(key))
    except BaseException:
        await asyncio.shield(_end(process))
        raise
    logger.info("event=local-started pid=%s", process.pid)
    return Child(process, address, key)


async def _first_words(process: Process, order: Order) -> str:
    """The address that the process says, once it has loaded the model."""
    if process.stdin is None or process.stdout is None:
        raise Unavailable("the local model's process has no pipes")
    try:
        async with asyncio.timeout(START_S):
            process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
            await process.stdin.drain()
            said = _words(await process.stdout.readline())
    except TimeoutError as error:
        raise TimedOut(f"the local model was not loaded within {START_S:g} s") from error
    except OSError as error:
        raise Unavailable("the local model's process ended at its start") from error
    if address := said.get("address"):
        return str(address)
    reason = said.get("error", "it ended")
    raise Unavailable(f"the local model could not be loaded ({reason}); GLOSSATOR_LOG=debug shows why")


def _words(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def _end(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def order_of(weights: Path, name: str, share: Share, port: int = 0) -> Ordering:
    """What a process is to serve, less the key."""

    def order(key: str) -> Order:
        return Order(
            weights=str(weights),
            name=name,
            key=key,
            slots=share.slots,
            context_tokens=share.context_tokens,
            threads=share.threads,
            cache_mb=share.cache_mb,
            port=port,
        )

    return order
