"""The snapshots of all processes of this user, in one folder: each writes its own file, and `glossator stats` adds up.

    NODE-PID-RANDOM.json   one process; it replaces its file as a whole, now and then and when it ends
    ended.json             what processes that have ended have left; their files go when there are more than a few

The folder is the user's own and closed to others, or nothing is written. A file that we cannot have written is passed
over. No method raises: numbers are not worth a failed run.
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import sys
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Final

from glossator.monitor.records import MAX_BYTES, Record, Unreadable, from_bytes, to_bytes
from glossator.monitor.snapshot import Snapshot, merged

logger = logging.getLogger(__name__)

TOTAL: Final = "ended.json"
FEW: Final = 16  # files of ended processes that may lie about
MAX_FILES: Final = 1_000  # that are read at all
LOST_S: Final = 7 * 86_400.0  # after so long without a sign a process of another machine counts as ended
FOLDED: Final = 256  # names that are remembered, for readers that began before the files went


class OwnFile:
    """The file of this process."""

    def __init__(self, folder: Path) -> None:
        """Write into `folder`; nothing is made yet."""
        self._folder = folder
        self._name = _new_name()
        self._written: Snapshot | None = None
        self._before: Snapshot | None = None  # what somebody has added up or thrown away already

    @property
    def name(self) -> str:
        """How it is called."""
        return self._name

    def write(self, snapshot: Snapshot, *, is_ended: bool = False) -> bool:
        """Replace it; whether that was possible. The last one tidies up. About 1 ms, longer on a slow disk."""
        if self._written is not None and not (self._folder / self._name).exists():
            # Taken for a file of an ended process, or thrown away to begin anew: what was in it counts no second time.
            self._name, self._before = _new_name(), self._written
        fresh = snapshot if self._before is None else snapshot.after(self._before)
        try:
            make_folder(self._folder)
            _replace(self._folder / self._name, Record(fresh.ended() if is_ended else fresh, is_ended))
        except OSError as error:
            logger.debug("stats=not_written reason=%s", error.strerror)
            return False
        self._written = snapshot
        if is_ended:
            tidy(self._folder)
        return True

    def others(self) -> Snapshot:
        """What all other processes have written; asked often, so what is passed over is no news."""
        return gathered(self._folder, self._name, level=logging.DEBUG)


def make_folder(folder: Path) -> None:
    """Make the folder for its owner alone. Raises OSError where it is not to be used."""
    for one in (folder.parent, folder):
        with contextlib.suppress(FileExistsError):
            os.makedirs(one, 0o700)
    _require_own(folder)


def _require_own(folder: Path) -> None:
    """Raise OSError for a folder that is a link, another user's, or open to others' writing."""
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError(0, "the folder is a link or a file")
    if os.name == "posix" and (found.st_uid != os.geteuid() or found.st_mode & 0o022):
        raise PermissionError(0, "others may write to the folder")


def gathered(folder: Path, *besides: str, level: int = logging.WARNING) -> Snapshot:
    """All that processes have written, those that run and those that have ended; files named `besides` left out.

    What is passed over is logged at `level`.
    """
    try:
        _require_own(folder)
        found = _records(folder, level)
    except FileNotFoundError:
        return Snapshot()
    except OSError as error:
        logger.log(level, "stats=not_read reason=%s", error.strerror)
        return Snapshot()
    # The sum is read after the rest: what is added to it meanwhile is in it by its name, and counted once.
    total = _read(folder / TOTAL, level) or Record(Snapshot())
    left_out = {*total.folded, *besides}
    kept = (
        one.snapshot if _is_alive(name, one, folder) else one.snapshot.ended()
        for name, one in found.items()
        if name not in left_out
    )
    return merged((total.snapshot, *kept))


def tidy(folder: Path) -> None:
    """Add up the files of ended processes and remove them, where there are more than a few."""
    try:
        if len(_names(folder)) <= FEW:
            return
        with _held(folder) as is_held:
            if is_held:
                _fold(folder)
    except OSError as error:
        logger.debug("stats=not_tidied reason=%s", error.strerror)


def _fold(folder: Path) -> None:
    total = _read(folder / TOTAL, logging.DEBUG) or Record(Snapshot())
    found = _records(folder, logging.DEBUG)
    ended = {name: one for name, one in found.items() if not _is_alive(name, one, folder)}
    new = [one.snapshot.ended() for name, one in ended.items() if name not in total.folded]
    names = (*total.folded, *(name for name in ended if name not in total.folded))[-FOLDED:]
    # Written before the files go: whoever is killed in between leaves files whose names say that they are counted.
    _replace(folder / TOTAL, Record(merged((total.snapshot, *new)), True, names))
    for name in ended:
        (folder / name).unlink(missing_ok=True)
    for left in folder.glob(".*.new"):  # of one that was killed while it wrote
        if time.time() - left.lstat().st_mtime > LOST_S:
            left.unlink(missing_ok=True)


def _names(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if _is_ours(name)][:MAX_FILES]


def _is_ours(name: str) -> bool:
    """Whether a file is called as the files of processes are."""
    parts = name.removesuffix(".json").split("-")
    if len(parts) != 3 or not name.endswith(".json"):
        return False
    node, process_id, last = parts
    is_number = process_id.isascii() and process_id.isdecimal() and len(process_id) <= 10
    return is_number and all(len(one) == 8 and one.isascii() and one.isalnum() for one in (node, last))


def _records(folder: Path, level: int) -> dict[str, Record]:
    read = ((name, _read(folder / name, level)) for name in _names(folder))
    return {name: one for name, one in read if one is not None}


def _read(path: Path, level: int) -> Record | None:
    """The record in a file; None where there is none, or none of ours, which is logged at `level`."""
    # Not blocking: a pipe of that name would have us wait for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(os.open(path, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable("no file")
            return from_bytes(file.read(MAX_BYTES + 1))
    except FileNotFoundError:
        return None
    except (OSError, Unreadable) as error:
        logger.log(level, "stats=passed_over reason=%s", error.strerror if isinstance(error, OSError) else error)
        return None


def _replace(path: Path, record: Record) -> None:
    """Write a file as a whole, readable for its owner alone. Not flushed: numbers may go with the power."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    try:
        with open(os.open(new, flags, 0o600), "wb") as file:
            file.write(to_bytes(record))
        os.replace(new, path)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink()
        raise


def _is_alive(name: str, record: Record, folder: Path) -> bool:
    """Whether the process of a file still runs, as far as can be known from here."""
    node, process_id, _ = name.split("-")
    if record.is_ended:
        return False
    if node == _node() and os.name == "posix":
        try:
            os.kill(int(process_id), 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True
    with contextlib.suppress(OSError):
        return time.time() - (folder / name).stat().st_mtime < LOST_S
    return False


def _new_name() -> str:
    return f"{_node()}-{os.getpid()}-{os.urandom(4).hex()}.json"


def _node() -> str:
    """A digest of this machine's name: process ids of others say nothing here."""
    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return blake2b(name.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Keep other processes from adding up at the same time; False where one does."""
    if sys.platform == "win32":
        import msvcrt

        with open(folder / "lock", "wb") as file:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                yield False
                return
            yield True
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)
