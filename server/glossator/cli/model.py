"""The command `model`: which models run on this machine, fetching one, deleting one, serving one to other programs."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from glossator.cli import terminal
from glossator.cli.exits import FINE, UNDONE
from glossator.config import Settings, Sources, load, mode_of
from glossator.config.folders import models_folder
from glossator.errors import ConfigError
from glossator.providers.llama import HOST
from glossator.providers.models import DEFAULT, Library, Model

if TYPE_CHECKING:
    import argparse

    from glossator.providers.child import Ordering


def model(arguments: argparse.Namespace) -> int:
    """Do what the arguments name; the exit code."""
    _require_fitting(arguments)
    settings = load(Sources()).settings
    library = Library(models_folder(settings))
    name = arguments.name or settings.local.model
    if arguments.action == "list":
        return _list(library, arguments.output_format)
    if arguments.action == "remove":
        return _remove(library, name)
    if arguments.action == "serve":
        return _serve(library, name, settings, arguments.port)
    return _pull(library, name, arguments)


def _require_fitting(arguments: argparse.Namespace) -> None:
    """Raise ConfigError for flags that belong to another action."""
    if arguments.source and (arguments.action != "pull" or not arguments.name):
        raise ConfigError("--from FILE belongs to: glossator model pull NAME --from FILE")
    if arguments.port and arguments.action != "serve":
        raise ConfigError("--port belongs to: glossator model serve")
    if arguments.action in ("remove", "list") and bool(arguments.name) == (arguments.action == "list"):
        raise ConfigError("remove needs the NAME of a model" if arguments.action == "remove" else "list takes no NAME")


def _list(library: Library, form: str) -> int:
    rows = [_row(library, one) for one in library.known()]
    if form == "json":
        sys.stdout.write(json.dumps({"folder": str(library.folder), "models": rows}) + "\n")
        return FINE
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        state = "not here" if row["digest_ok"] is None else "here" if row["digest_ok"] else "here, with a wrong digest"
        size = f"{int(str(row['size_bytes'])) / 1e6:,.0f} MB"
        line = f"{row['name']:<{width}}  {size:>8}  {state}{', default' if row['default'] else ''}; {row['licence']}"
        sys.stdout.write(terminal.printable(line) + "\n")
    return FINE


def _row(library: Library, one: Model) -> dict[str, object]:
    """One model as JSON has it; `digest_ok` is None where there are no weights."""
    is_here = library.has(one.name)
    return {
        "name": one.name,
        "size_bytes": one.size_bytes,
        "licence": one.licence,
        "sha256": one.sha256,
        "url": one.url,
        "default": one.name == DEFAULT,
        "installed": is_here,
        "digest_ok": library.is_right(one) if is_here else None,
    }


def _pull(library: Library, name: str, arguments: argparse.Namespace) -> int:
    if arguments.source:
        path = library.adopt(name, arguments.source)
        terminal.warn(f"{name} is here: {path}")
        return FINE
    wanted = library.find(name)
    if library.has(name) and library.is_right(wanted):
        terminal.warn(f"{name} is here already: {library.path(name)}")
        return FINE
    if not wanted.url:
        raise ConfigError(f"{name} came from a file of yours: glossator model pull {name} --from FILE")
    from glossator.providers.download import fetch

    terminal.warn(f"fetching {name}, licence {wanted.licence}, from {wanted.url}")
    try:
        with terminal.download(name, wanted.size_bytes) as arrived:
            path = fetch(wanted, library, arrived)
    except KeyboardInterrupt:
        terminal.warn(f"interrupted: what came is kept, glossator model pull {name} goes on from there")
        return UNDONE
    terminal.warn(f'{name} is here: {path}; use it with --provider local, or provider = "local" in your settings')
    return FINE


def _remove(library: Library, name: str) -> int:
    freed = library.remove(name)
    terminal.warn(f"{name} was not here" if freed is None else f"{name} is gone, {freed / 1e6:,.0f} MB are free again")
    return FINE


def _serve(library: Library, name: str, settings: Settings, port: int) -> int:
    from glossator.providers.child import order_of, require_llama, share_of

    _require_free(port)
    require_llama()
    share = share_of(replace(settings.local, model=name), mode_of(settings.mode), library.find(name).size_bytes)
    order = order_of(library.weights(name), name, share, port)
    try:
        asyncio.run(_serve_until_interrupted(order, is_heard=settings.log == "debug"))
    except KeyboardInterrupt:
        return FINE
    terminal.warn("the model's process ended by itself")
    return UNDONE


def _require_free(port: int) -> None:
    """Raise ConfigError for a port that cannot be had: of the model's process nobody would learn why."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was served at a moment ago is free
        try:
            tried.bind((HOST, port))
        except OSError as error:
            raise ConfigError(f"port {port} cannot be had ({error.strerror}): name another one, or none") from error


async def _serve_until_interrupted(order: Ordering, *, is_heard: bool) -> None:
    from glossator.providers.child import start

    terminal.warn("loading the model")
    child = await start(order, is_heard=is_heard)
    # The one place where a key is shown: whom it is for, reads it here.
    terminal.warn(f"serving at {child.address}/v1 (OpenAI's form), key {child.key}; Ctrl-C ends it")
    try:
        await child.process.wait()
    finally:
        await child.stop()
