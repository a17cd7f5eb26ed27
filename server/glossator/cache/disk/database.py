"""How a database that anybody may have written to is opened, and what an error of SQLite's means for us.

Only a database with exactly the tables, indexes and triggers that diskcache makes is used: a planted trigger would run
with our next write.
"""

from __future__ import annotations

import enum
import sqlite3
from hashlib import blake2b
from pathlib import Path
from typing import Final
from urllib.parse import quote

from glossator.cache.disk.folder import FILE_NAME

VERSION: Final = 1  # PRAGMA user_version: what the values look like; another one's database is set aside
BUSY_S: Final = 0.02  # below the deadline of a look-up
# The digest of what diskcache 5.6.3 makes (tests/cache/test_disk.py recomputes it with diskcache's own database).
SCHEMA: Final = "30eeb44f4ddac31ef7d72c2ce4cfb577"
_CACHE_KIB: Final = 4 << 10  # pages in memory; diskcache's own 32 MiB are a sixth of what a small server may have
_JOURNAL_BYTES: Final = 8 << 20
# No mmap: of a file that another process cuts off, reading it would be the end of this process (SIGBUS).
_PRAGMAS: Final = (
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "mmap_size=0",
    f"cache_size=-{_CACHE_KIB}",
    "synchronous=NORMAL",
    f"journal_size_limit={_JOURNAL_BYTES}",
)


class Damaged(Exception):
    """This is no database of ours: garbage, another version's, or with something planted in it."""


class Locked(Exception):
    """Another process is making or moving the database."""


class Trouble(enum.Enum):
    """What an error means for the tier."""

    LOCKED = "locked"  # another process is writing; later it works
    FULL = "full"  # reading goes on
    DAMAGED = "damaged"  # the database has to go
    BROKEN = "broken"  # the disk, the folder or the system: the connection is given up


_TROUBLES: Final = {
    sqlite3.SQLITE_BUSY: Trouble.LOCKED,
    sqlite3.SQLITE_LOCKED: Trouble.LOCKED,
    sqlite3.SQLITE_PROTOCOL: Trouble.LOCKED,  # a race of two that open
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
    sqlite3.SQLITE_FORMAT: Trouble.DAMAGED,
}


def trouble(error: BaseException) -> Trouble:
    """What an error means, by SQLite's own code: it may lie behind diskcache's Timeout, or behind a failed rollback."""
    if isinstance(error, Damaged | Locked):
        return Trouble.DAMAGED if isinstance(error, Damaged) else Trouble.LOCKED
    one: BaseException | None = error
    while one is not None:
        found = _TROUBLES.get(getattr(one, "sqlite_errorcode", 0) & 0xFF)
        if found is not None:
            return found
        one = one.__context__
    return Trouble.BROKEN


def connect(folder: Path) -> sqlite3.Connection:
    """An open, checked database, to read and to write; no statement waits longer than `BUSY_S` for another process.

    Raises Damaged and sqlite3.Error. Cost: about 0.4 ms.
    """
    return _checked(folder, "mode=rw")


def connect_read_only(folder: Path) -> sqlite3.Connection:
    """The same, to read only: from a folder that nothing can be written to, or a disk that is full.

    Without the files that SQLite shares between processes (it cannot make them there) it takes the database for one
    that nobody changes. Where somebody does, reading may fail, and a wrong value does not pass its seal.
    """
    try:
        return _checked(folder, "mode=ro")
    except sqlite3.OperationalError as error:
        if trouble(error) is Trouble.LOCKED:
            raise
        return _checked(folder, "mode=ro&immutable=1")


def stamp(folder: Path) -> None:
    """Mark a database that was just made as one of ours; raises Damaged if diskcache made another than we know."""
    connection = _plain(folder, "mode=rw")
    try:
        connection.execute(f"PRAGMA user_version={VERSION}")
        _check(connection)
    finally:
        connection.close()


def is_intact(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds nothing wrong. Cost: reads everything."""
    return connection.execute("PRAGMA integrity_check(1)").fetchall() == [(b"ok",)]


def schema_version(connection: sqlite3.Connection) -> int:
    """A number that changes whenever anybody changes tables, indexes or triggers."""
    return int(connection.execute("PRAGMA schema_version").fetchone()[0])


def _plain(folder: Path, mode: str) -> sqlite3.Connection:
    name = quote(str(folder / FILE_NAME))
    connection = sqlite3.connect(f"file:{name}?{mode}", uri=True, timeout=BUSY_S, isolation_level=None)
    connection.text_factory = bytes  # a planted text that is no UTF-8 raises nothing then
    return connection


def _checked(folder: Path, mode: str) -> sqlite3.Connection:
    connection = _plain(folder, mode)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        _check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found != VERSION:
        raise Damaged(f"version {found}")
    # Reading the schema runs nothing of it.
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").fetchmany(100)
    if blake2b(repr(rows).encode(), digest_size=16).hexdigest() != SCHEMA:
        raise Damaged("unknown tables or triggers")
