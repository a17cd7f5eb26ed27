"""The database, as diskcache makes it and holds it.

diskcache makes the tables and the counters, holds the transactions and evicts. Opening and looking up are ours: its
own opening writes two dozen rows, and tries each for a minute where another process holds the lock; its own look-up
unpickles what it finds (CVE-2025-69872).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import diskcache  # type: ignore[import-untyped]  # no types come with it
from diskcache.core import MODE_RAW, UNKNOWN  # type: ignore[import-untyped]

from glossator.cache.base import MAX_VALUE_BYTES, opened
from glossator.cache.disk.database import (
    Damaged,
    connect,
    connect_read_only,
    schema_version,
    stamp,
)
from glossator.cache.disk.folder import COMPANIONS, FILE_NAME, identity

SLICE: Final = 256  # rows that are in memory at a time
_FRESH: Final = ".new"
# Expired rows go a few with each write, as is diskcache's custom: a clock that jumps ahead empties nothing at once.
_EXPIRED: Final = 10
_EVICTED: Final = 100  # rows at a time while there is too much
_EVICTIONS: Final = 20  # times at most, and once more for each new row; what is left goes with the next write
_POLICY: Final = "least-recently-stored"  # the others write at each look-up: 46 us instead of 6
_SETTINGS: Final = {
    "statistics": 0,  # a look-up writes nothing
    "tag_index": 0,
    "eviction_policy": _POLICY,
    "sqlite_mmap_size": 0,
    "disk_min_file_size": 1 << 30,  # no value goes to a file of its own
}
_FOUND: Final = (
    "SELECT key, mode, filename, value FROM Cache WHERE key IN (%s) AND raw = 1"
    " AND (expire_time IS NULL OR expire_time > ?) AND length(value) <= ?"
)
_SLICE: Final = (
    "SELECT rowid, key, raw, mode, filename, CASE WHEN length(value) <= ? THEN value END FROM Cache"
    " WHERE rowid < ? AND (expire_time IS NULL OR expire_time > ?) ORDER BY rowid DESC LIMIT ?"
)
_KEEP: Final = (
    "INSERT INTO Cache(key, raw, store_time, expire_time, access_time, size, mode, filename, value)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key, raw) DO UPDATE SET store_time = excluded.store_time,"
    " expire_time = excluded.expire_time, size = excluded.size, mode = excluded.mode, filename = excluded.filename,"
    " value = excluded.value"
)


class RawOnly(diskcache.Disk):  # type: ignore[misc]
    """Bytes in, bytes out: what diskcache would pickle, unpickle or keep in a file of its own is refused."""

    def put(self, key: object) -> tuple[bytes, bool]:
        """The key as it lies in the database."""
        if type(key) is not bytes:
            raise TypeError("a key is bytes")
        return key, True

    def get(self, key: object, raw: object) -> bytes:
        """The key of a row."""
        if not raw or type(key) is not bytes:
            raise ValueError("a row that we did not write")
        return key

    def store(self, value: object, read: object, key: object = UNKNOWN) -> tuple[int, int, None, bytes]:
        """Size of the value's file, mode, file and value of a row."""
        if type(value) is not bytes or read:
            raise TypeError("a value is bytes")
        return 0, MODE_RAW, None, value

    def fetch(self, mode: object, filename: object, value: object, read: object) -> bytes:
        """The value of a row."""
        if mode != MODE_RAW or filename is not None or type(value) is not bytes or read:
            raise ValueError("a row that we did not write")
        return value

    def filename(self, key: object = UNKNOWN, value: object = UNKNOWN) -> tuple[str, str]:
        """Raise: there are no files."""
        raise TypeError("a value has no file of its own")

    def remove(self, file_path: object) -> None:
        """Do nothing: diskcache would remove the file that a row names, wherever it lies."""


class Answers(diskcache.Cache):  # type: ignore[misc]
    """An open, checked database. Its methods raise what SQLite raises."""

    def __init__(self, folder: Path, size_bytes: int, *, is_read_only: bool) -> None:
        """Open it without diskcache's own opening, see above; the names set here are those that its methods use."""
        self.is_read_only = is_read_only
        self.identity = identity(folder / FILE_NAME)
        self.connection = connect_read_only(folder) if is_read_only else connect(folder)
        self.size_limit, self.cull_limit, self.eviction_policy = size_bytes, _EXPIRED, _POLICY
        self._disk, self._txn_id = RawOnly(str(folder)), None
        self._schema_version = schema_version(self.connection)
        ((self._page_size,),) = self.connection.execute("PRAGMA page_size")

    @property
    def _con(self) -> sqlite3.Connection:
        return self.connection

    def serves(self, purpose: str) -> bool:
        """Whether it can be used to "read", or to "write"."""
        return purpose == "read" or not self.is_read_only

    def close(self) -> None:
        """Let go of the database; nothing that was kept is lost."""
        with contextlib.suppress(sqlite3.Error):
            self.connection.close()

    def abandon(self) -> None:
        """Take back a write that failed while it was committed; diskcache would leave it open."""
        with contextlib.suppress(sqlite3.Error):
            if self.connection.in_transaction:
                self.connection.rollback()

    def volume(self) -> int:
        """Bytes that rows and indexes take; diskcache's own counts pages that are free already."""
        ((pages,),) = self.connection.execute("PRAGMA page_count")
        ((free,),) = self.connection.execute("PRAGMA freelist_count")
        return int((pages - free) * self._page_size)

    def entries(self) -> int:
        """How many rows there are, by diskcache's counter."""
        ((count,),) = self.connection.execute("SELECT value FROM Settings WHERE key = 'count'")
        return int(count)

    def found(self, keys: Sequence[bytes], now: float) -> dict[bytes, bytes]:
        """The values of those keys that have one, sealed as they are; one statement for each 256 keys."""
        values = {}
        for start in range(0, len(keys), SLICE):
            some = keys[start : start + SLICE]
            statement = _FOUND % ",".join("?" * len(some))
            for key, mode, filename, value in self.connection.execute(statement, (*some, now, MAX_VALUE_BYTES)):
                try:
                    values[key] = self._disk.fetch(mode, filename, value, False)
                except ValueError:
                    continue  # planted, or another program's: as good as missing
        return values

    def keep(self, values: Mapping[bytes, bytes], now: float, expires: float) -> None:
        """Keep sealed values under their keys, all or none."""
        rows = [
            (*self._disk.put(key), now, expires, now, *self._disk.store(value, False)) for key, value in values.items()
        ]
        with self.transact():
            # A trigger that was planted after we opened would run with our write.
            if schema_version(self.connection) != self._schema_version:
                raise Damaged("tables or triggers changed")
            self.connection.executemany(_KEEP, rows)
            self._evict(now, len(rows))

    def slice(self, below: int, now: float) -> list[tuple[int, bytes, bytes | None]]:
        """The rows below a row's number, the newest first: number, key, and payload; None for what does not open."""
        rows = self.connection.execute(_SLICE, (MAX_VALUE_BYTES, below, now, SLICE)).fetchall()
        return [(number, key, self._opened(key, *row)) for number, key, *row in rows]

    def delete(self, column: str, values: Sequence[bytes | int]) -> int:
        """Delete the rows that have one of these in `key` or `rowid`; how many there were."""
        deleted = 0
        for start in range(0, len(values), SLICE):
            some = values[start : start + SLICE]
            statement = f"DELETE FROM Cache WHERE {column} IN ({','.join('?' * len(some))})"  # noqa: S608  two names
            deleted += self.connection.execute(statement, tuple(some)).rowcount
        return deleted

    def shrink(self) -> None:
        """Leave nothing of what was deleted in the file that SQLite writes ahead to."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _opened(self, key: bytes, raw: object, mode: object, filename: object, value: object) -> bytes | None:
        try:
            return opened(self._disk.get(key, raw), self._disk.fetch(mode, filename, value, False))
        except ValueError:
            return None

    def _evict(self, now: float, added: int) -> None:
        self._cull(now, self.connection.execute, self._disk.remove)
        for _ in range(_EVICTIONS + added):
            if self.volume() < self.size_limit:
                return
            self._cull(now, self.connection.execute, self._disk.remove, limit=_EVICTED)


def make_database(folder: Path) -> None:
    """Make an empty database in a folder that has none, while `held`; it appears whole, or not at all.

    Raises Damaged, OSError and sqlite3.Error.
    """
    fresh = folder / _FRESH
    shutil.rmtree(fresh, ignore_errors=True)  # of one that was killed here
    os.mkdir(fresh, 0o700)
    try:
        diskcache.Cache(str(fresh), disk=RawOnly, **_SETTINGS).close()
        stamp(fresh)
        if os.listdir(fresh) != [FILE_NAME]:
            raise Damaged("the new database is not whole")
        os.chmod(fresh / FILE_NAME, 0o600)  # SQLite gives the same mode to the files that it puts beside it
        for suffix in COMPANIONS:  # of a database that is gone: SQLite would take them for the new one's
            (folder / f"{FILE_NAME}{suffix}").unlink(missing_ok=True)
        os.rename(fresh / FILE_NAME, folder / FILE_NAME)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
