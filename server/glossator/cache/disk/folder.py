"""Which folder may hold a database that is ours alone, and what happens to one that is damaged.

Values are sealed, so nobody can plant an answer; but who can write to the folder could plant a schema, or put a link in
the place of a file and have us write elsewhere. So: ours, a real folder, closed to others, on a disk of this machine.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FILE_NAME: Final = "cache.db"  # diskcache's name
QUARANTINE_NAME: Final = "cache.db.damaged"
MOUNTS: Final = Path(
    "/proc/self/mounts"
)  # Linux has it; elsewhere nobody tells, and the folder is taken for a local one
# SQLite's shared memory and locks do not reach other machines there, and a write by two of them destroys the database.
NETWORK: Final = frozenset(
    "afs beegfs ceph cifs coda davfs fuse.glusterfs fuse.rclone fuse.s3fs fuse.sshfs gfs2 glusterfs gpfs lustre ncpfs"
    " nfs nfs4 ocfs2 smb2 smb3 smbfs".split()
)
COMPANIONS: Final = ("-wal", "-shm")  # the files that SQLite keeps beside a database
_PAUSE_S: Final = 0.005

Identity = tuple[int, int]  # device and inode: which file a name stood for


class Unusable(Exception):
    """The folder, or what stands in the database's place, must not be used; says why. Nothing was touched."""


def is_writable(folder: Path) -> bool:
    """Whether the database in this folder may be written; it is closed to others first where it is not.

    Raises FileNotFoundError where there is no folder, and Unusable.
    """
    found = os.lstat(folder)
    if stat.S_ISLNK(found.st_mode):
        raise Unusable("the folder is a link")
    if not stat.S_ISDIR(found.st_mode):
        raise Unusable("there is a file in the folder's place")
    _check_owner(found, "the folder")
    if os.name == "posix" and found.st_mode & 0o022:
        raise Unusable("others may write to the folder")
    if kind := network_file_system(folder):
        raise Unusable(f"the folder is on a network file system ({kind})")
    if not os.access(folder, os.W_OK):
        return False
    if os.name == "posix" and found.st_mode & 0o077:
        os.chmod(folder, 0o700)
    return True


def make_folder(folder: Path) -> None:
    """Make the folder, for its owner alone; raises OSError."""
    os.makedirs(folder.parent, mode=0o700, exist_ok=True)
    with contextlib.suppress(FileExistsError):  # another process was faster; what it made is looked at like any other
        os.mkdir(folder, 0o700)


def identity(path: str | Path) -> Identity | None:
    """Which file stands under a name; None if there is none. About 1 us."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_database(folder: Path) -> bool:
    """Whether there is a file in the database's place; False also where there is something else, to be moved aside.

    The file is closed to others first where it is not. Raises FileNotFoundError, and Unusable.
    """
    path = folder / FILE_NAME
    found = os.lstat(path)
    if stat.S_ISLNK(found.st_mode):
        raise Unusable("the database is a link")
    _check_owner(found, "the database")
    if not stat.S_ISREG(found.st_mode):
        return False
    if os.name == "posix" and found.st_mode & 0o777 != 0o600:
        with contextlib.suppress(OSError):  # a read-only disk
            os.chmod(path, 0o600)
    return True


def network_file_system(folder: Path, mounts: Path | None = None) -> str | None:
    """The kind of network file system that a folder is on; None if it is on a disk of this machine, or nobody says."""
    place = os.path.realpath(folder)
    try:
        table = (mounts or MOUNTS).read_text("utf-8", "surrogateescape")
    except OSError:
        return None
    longest, kind = "", None
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), fields[1]).rstrip("/")
        # Of two mounts on one point the later one is seen.
        if (place == point or place.startswith(f"{point}/")) and len(point) >= len(longest):
            longest, kind = point, fields[2]
    return kind if kind in NETWORK else None


@contextlib.contextmanager
def held(folder: Path, wait_s: float) -> Iterator[bool]:
    """Keep other processes from making or moving a database in this folder; False if one does for all of `wait_s`."""
    if sys.platform == "win32":
        yield True  # a file that is open cannot be moved there
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    until = time.monotonic() + wait_s
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    yield False
                    return
            time.sleep(_PAUSE_S)
        yield True
    finally:
        os.close(descriptor)


def set_aside(folder: Path) -> None:
    """Rename what is in the database's place; an earlier one that was set aside goes. Raises OSError.

    Who has it open still reads and writes what was renamed, and does no harm: SQLite sees that it was moved, and leaves
    the new one's files alone.
    """
    clear_aside(folder)
    for suffix in ("", *COMPANIONS):
        with contextlib.suppress(FileNotFoundError):
            os.rename(folder / f"{FILE_NAME}{suffix}", folder / f"{QUARANTINE_NAME}{suffix}")


def clear_aside(folder: Path) -> None:
    """Remove what was set aside; raises OSError."""
    for suffix in ("", *COMPANIONS):
        path = folder / f"{QUARANTINE_NAME}{suffix}"
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _check_owner(found: os.stat_result, what: str) -> None:
    if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise Unusable(f"{what} belongs to another user")
