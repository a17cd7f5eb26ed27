"""Hover and code actions while a model documents the workspace, beside the same requests when nothing else happens.

One server in performance mode; its model is a process of its own that takes 0.5 to 2 seconds an answer, and is asked as
much at once as the mode allows. Somebody types in a large open file and asks; first alone, then from the moment that
the first answers of the workspace have come until it is done, or as often as before.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from client import Client
from load_server import Load, LoadServer, loaded
from samples import OpenFile, library_files, write_stripped
from servers import DOCUMENT, OPERATIONS, Target, running, targets, workspace
from table import Row

FIGURES = ("codeAction", "hover")
LIMIT = 2.0  # times the idle p99
WARM_UP = 10
SHARE = 3  # of the library's files one in so many is in the workspace
CONCURRENCY = 1000
PAUSE_S = 0.05  # between two keystrokes: three times as fast as anybody types


def alongside_rows(root: Path, count: int) -> list[Row]:
    """The p99 of requests during a workspace's batch, beside the idle one."""
    target = next(one for one in targets() if one.name == "glossator")
    folder = root / "alongside"
    with loaded(Load()) as server:
        path = workspace(folder)
        write_stripped(library_files()[::SHARE], folder / "library")
        _configure(root, folder, server)
        _measure(target, folder, path, (server, count))
    rows = []
    for figure in FIGURES:
        idle, busy = (target.percentile(f"{figure} {when}", 99) for when in ("idle", "busy"))
        note = target.failure or f"{len(target.seconds.get(f'{figure} busy', []))} during the batch"
        rows.append(Row(f"{figure} p99 during a workspace's batch, beside idle", busy, "ms", idle, LIMIT, note=note))
        halves = (target.percentile(f"{figure} {when}", 50) for when in ("busy", "idle"))
        rows.append(Row(f"{figure} p50 during a workspace's batch, beside idle", *_pair(*halves)))
    asked = target.seconds.get("asked", [0.0])[0]
    rows.append(Row("requests that the model had during it", asked, "requests"))
    return rows


def _pair(busy: float | None, idle: float | None) -> tuple[float | None, str, float | None]:
    return busy, "ms", idle


def _configure(root: Path, folder: Path, server: LoadServer) -> None:
    """A user's settings with the model, and nothing of a project's."""
    home = folder / "home" / "glossator"
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(
        f'provider = "load"\nmode = "performance"\n[cache]\nfolder = "{(root / "alongside-cache").as_posix()}"\n'
        f'[providers.load]\nkind = "openai"\nendpoint = "{server.url}/v1"\nmodel = "m"\nexam = false\n'
        f"concurrency = {CONCURRENCY}\n"
    )


def _measure(target: Target, folder: Path, path: Path, given: tuple[LoadServer, int]) -> None:
    server, count = given
    with running(target, folder) as client:
        client.initialize()
        opened = OpenFile(path)
        client.tell(DOCUMENT + "didOpen", opened.opening())
        client.settle()
        _requests(target, client, opened, ("idle", count))
        params = {"command": "glossator.documentWorkspace", "arguments": [{"model": True}]}
        client.start("workspace/executeCommand", params)
        while not server.told().requests:
            client.settle(0.05)
        _requests(target, client, opened, ("busy", count))
        target.add("asked", float(len(server.told().requests)))


def _requests(target: Target, client: Client, opened: OpenFile, given: tuple[str, int]) -> None:
    """A keystroke and a request, over and over, with the pauses of somebody who types fast."""
    when, count = given
    for number in range(-WARM_UP, count):
        for figure in FIGURES:
            client.listen(PAUSE_S)
            seconds, _ = OPERATIONS[figure](client, opened, number)
            if number >= 0:
                target.add(f"{figure} {when}", seconds)
