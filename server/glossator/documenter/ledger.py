"""What a user's processes have spent today, in the cache folder: one file for each day, one line for each request.

A line is appended at once and as a whole, so that processes need no lock and kill -9 loses nothing that was spent. It
begins with a line break, so that one that a full disk cut off before it spoils itself alone. A line holds a digest of
the workspace's folder, money and tokens, and nothing else.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import math
import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from glossator.engine.scheduler.budget import Spent

logger = logging.getLogger(__name__)

FOLDER: Final = "spent"
ENDING: Final = ".jsonl"


def workspace_digest(root: str) -> str:
    """What stands for a workspace in the ledger."""
    return hashlib.blake2b(os.fsencode(root), digest_size=8).hexdigest()


def _spent_in(line: Mapping[str, object]) -> Spent:
    """What a line says. Raises ValueError, TypeError or KeyError for one that says nothing that can be."""
    cost, tokens = line["cost"], line["tokens"]
    if not isinstance(cost, int | float) or not isinstance(tokens, int) or not (0 <= cost < math.inf and tokens >= 0):
        raise ValueError("no amount")
    return Spent(float(cost), tokens)


def _write_whole(descriptor: int, line: bytes) -> None:
    """Write a line. Raises OSError also where only a part of it had room."""
    if os.write(descriptor, line) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class FileLedger:
    """The ledger of a cache folder.

    Where the folder cannot be used it counts what this process spends, and says so once somebody asks.
    """

    def __init__(self, folder: Path, today: Callable[[], date] = date.today) -> None:
        """Read nothing yet; days are those of this machine's clock."""
        self._folder = folder / FOLDER
        self._today = today
        self._day: date | None = None
        self._read = 0
        self._spent: dict[str, Spent] = {}
        self._broken: OSError | None = None
        self._has_warned = False

    def today(self, workspace: str) -> tuple[Spent, Spent]:
        """What was spent today: by all of the user's workspaces, and by this one, named by its folder."""
        self._turn()
        try:
            with self._path().open("rb") as file:
                if file.seek(0, os.SEEK_END) < self._read:
                    self._read = 0  # another file: what was counted stays counted
                file.seek(self._read)
                self._count(file.read())
        except FileNotFoundError:
            self._read = 0  # nobody has spent anything, or it was taken away
        except OSError as error:
            self._broken = error
        self._warn()
        return self._spent.get("", Spent()), self._spent.get(workspace_digest(workspace), Spent())

    def add(self, spent: Spent, workspace: str) -> None:
        """Write down what was spent just now in a workspace."""
        self._turn()
        digest = workspace_digest(workspace)
        line = b"\n%s\n" % json.dumps({"workspace": digest, "cost": spent.cost, "tokens": spent.tokens}).encode()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                _write_whole(descriptor, line)
            finally:
                os.close(descriptor)
        except OSError as error:
            self._broken = error
            self._tally(spent, digest)

    def _turn(self) -> None:
        """Begin anew with a new day; files of days before are of no use any more."""
        day = self._today()
        if day == self._day:
            return
        self._day, self._read, self._spent = day, 0, {}
        try:
            for old in self._folder.glob(f"*{ENDING}"):
                if old.stem < day.isoformat():
                    old.unlink(missing_ok=True)
        except OSError as error:
            self._broken = error

    def _path(self) -> Path:
        assert self._day is not None
        return self._folder / f"{self._day.isoformat()}{ENDING}"

    def _count(self, read: bytes) -> None:
        """Count whole lines; what was read of one that is still being written comes with the next reading."""
        whole = read.rpartition(b"\n")[0]
        for line in filter(None, whole.splitlines()):
            try:
                found = json.loads(line)
                spent = _spent_in(found)
                workspace = str(found["workspace"])
            except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
                logger.warning("a line of what was spent cannot be read and counts for nothing")
                continue
            self._tally(spent, workspace)
        self._read += len(whole) + bool(whole)

    def _tally(self, spent: Spent, workspace: str) -> None:
        """Count for a workspace, and for all of them, which have the name ""."""
        for name in ("", workspace):
            self._spent[name] = self._spent.get(name, Spent()).plus(spent)

    def _warn(self) -> None:
        """Say once that the folder cannot be used; nobody wants to know where no budget depends on it."""
        if self._broken is not None and not self._has_warned:
            self._has_warned = True
            logger.warning(
                "what is spent is counted for this process alone: the cache folder cannot be used error=%s",
                type(self._broken).__name__,
            )
