"""How a file is read and replaced: the new text is there as a whole, or the old one is."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from glossator.errors import SourceError


def read_file(path: Path, max_bytes: int) -> bytes:
    """The bytes of a regular file.

    Raises SourceError if it cannot be read or is larger than `max_bytes`.
    """
    with regular_file(path) as file:
        raw = file.read(max_bytes + 1)
    if len(raw) > max_bytes:
        raise SourceError(f"is larger than {max_bytes >> 10} kB (max_file_kb)")
    return raw


@contextlib.contextmanager
def regular_file(path: Path) -> Iterator[BinaryIO]:
    """A regular file to read from. Raises SourceError, also for what goes wrong with it while it is read."""
    try:
        # Asked on the open file, and without blocking: a pipe would wait for a writer, a device may never end.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SourceError("is not a regular file")
            yield file
    except OSError as error:
        raise SourceError(f"cannot be read ({error.strerror})") from error


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Put `after` in place of `before`, keeping the file's mode and owner.

    The text is written to a temporary file beside it, flushed to the disk and renamed, so that a crash at any moment
    leaves the old text or the new one. Raises SourceError, and leaves the file as it is, if it is read-only or has
    other hard links (a rename would part them), if it no longer holds `before`, or if the disk refuses.
    """
    target = path.resolve()
    try:
        found = target.stat()
        if not os.access(target, os.W_OK):  # a rename needs the folder's permission alone
            raise SourceError("is read-only")
        if found.st_nlink > 1:
            raise SourceError(f"has {found.st_nlink} hard links, which a write would part")
        with _undisturbed():
            _replace(target, before, after, found)
    except OSError as error:
        raise SourceError(f"cannot be written ({error.strerror})") from error


def put_file(path: Path, raw: bytes) -> None:
    """Put a file at `path`, whether there is one already or not: as a whole, like `replace_file`."""
    target = path.resolve()
    try:
        if target.exists():
            replace_file(target, read_file(target, target.stat().st_size), raw)
            return
        with _undisturbed():
            _create(target, raw)
    except OSError as error:
        raise SourceError(f"cannot be written ({error.strerror})") from error


def _create(target: Path, raw: bytes) -> None:
    # Not mkstemp: a new file is to have the mode that the user's umask gives.
    temporary = _beside(target)
    try:
        with open(temporary, "xb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        _discard(temporary)
        raise


@contextlib.contextmanager
def growing_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to piece by piece, which stands at `path` at the end of the context: as a whole, or not at all.

    It takes the mode and the owner of one that is there already. Raises SourceError where that is read-only or no
    file, or the disk refuses.
    """
    target = path.resolve()
    try:
        found = target.stat() if target.exists() else None
        if found is not None and not stat.S_ISREG(found.st_mode):
            raise SourceError("is not a regular file")
        if found is not None and not os.access(target, os.W_OK):
            raise SourceError("is read-only")
        with _growing(target, found) as file:
            yield file
    except OSError as error:
        raise SourceError(f"cannot be written ({error.strerror})") from error


@contextlib.contextmanager
def _growing(target: Path, found: os.stat_result | None) -> Iterator[BinaryIO]:
    temporary = _beside(target)
    try:
        with open(temporary, "xb") as file:
            if found is not None:
                _take_owner_and_mode(file.fileno(), found)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        _discard(temporary)
        raise


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back Ctrl-C and its like for the moment of a write: between two lines it would leave a temporary file.

    The handlers are exchanged, not the signals masked: a mask holds for one thread, and any other may take the signal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python runs signal handlers in the main thread alone
        return
    held: list[signal.Signals] = []

    def hold(number: int, _: object) -> None:
        held.append(signal.Signals(number))

    before = {number: signal.signal(number, hold) for number in _signals()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        for number in held:
            signal.raise_signal(number)


def _signals() -> list[signal.Signals]:
    return [signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def _replace(target: Path, before: bytes, after: bytes, found: os.stat_result) -> None:
    temporary = _write_beside(target, after, found)
    try:
        if read_file(target, len(before)) != before:
            raise SourceError("changed while it was being documented, run again")
        os.replace(temporary, target)
    except BaseException:
        _discard(temporary)
        raise


def _write_beside(target: Path, raw: bytes, found: os.stat_result) -> str:
    """Path of a flushed temporary file in the target's folder, with the target's mode and owner."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".glossator", dir=target.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            _take_owner_and_mode(descriptor, found)
            os.fsync(descriptor)
    except BaseException:
        _discard(temporary)
        raise
    return temporary


def _take_owner_and_mode(descriptor: int, found: os.stat_result) -> None:
    if not hasattr(os, "fchmod"):
        return
    own = os.fstat(descriptor)
    if (own.st_uid, own.st_gid) != (found.st_uid, found.st_gid):
        # Only root may give files away; for others the file becomes theirs, as with any editor that renames.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, found.st_uid, found.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(found.st_mode))


def _beside(target: Path) -> str:
    return str(target.with_name(f".{target.name}.{os.getpid()}.glossator"))


def _discard(temporary: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(temporary)
