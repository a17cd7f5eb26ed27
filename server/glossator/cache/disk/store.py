"""The disk tier as such: it opens when needed, mends what can be mended, and never raises."""

from __future__ import annotations

import contextlib
import enum
import errno
import logging
import math
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from glossator.cache.base import KEY_SIZE, MAX_VALUE_BYTES, SEAL_SIZE, Statistics, opened, sealed
from glossator.cache.disk.database import BUSY_S, Damaged, Locked, Trouble, is_intact, trouble
from glossator.cache.disk.folder import (
    FILE_NAME,
    Identity,
    clear_aside,
    held,
    identity,
    is_database,
    is_writable,
    make_folder,
    set_aside,
)

if TYPE_CHECKING:  # diskcache is imported with the first use, in the tier's thread
    from glossator.cache.disk.answers import Answers

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

GET_S: Final = 0.2  # how long a look-up waits for another process that opens or closes the database: it takes all then
PUT_S: Final = 2.0  # how long a write waits for other processes that write
REST_S: Final = 1.0  # after a failed opening, before the next one: look-ups come by the thousand
_ALL_ROWS: Final = (1 << 63) - 1
_DAY_S: Final = 86_400


class Outcome(enum.Enum):
    """What became of a write."""

    KEPT = "kept"  # on disk: no end of this process takes it away
    LOCKED = "locked"  # other processes are writing; it may be tried again
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk over the database found: values that open, rows that did not and were removed, SQLite's verdict."""

    sound: int
    removed: int
    is_intact: bool


class Disk:
    """The answers in one folder, for one thread of one process; other processes may use the same folder at any time.

    Nothing is opened before the first use, and made before the first write. No method raises: what cannot be read is
    missing, what cannot be written is dropped and counted, and the log says it once, at `level`.
    """

    level: int = logging.WARNING

    def __init__(
        self, folder: Path, size_mb: int = 512, ttl_days: int = 90, now: Callable[[], float] = time.time
    ) -> None:
        """Use `folder`, for this alone; an answer is kept for `ttl_days`, the latest ones within `size_mb`."""
        self._folder, self._path = folder, str(folder / FILE_NAME)
        self._size_bytes, self._ttl_s, self._now = size_mb << 20, ttl_days * _DAY_S, now
        self._answers: Answers | None = None
        self._inherited: Answers | None = None
        self._examined: Identity | None = None  # the file that was opened last, or that could not be opened
        self._opener = (os.getpid(), threading.get_ident())
        self._rests_until = {"read": 0.0, "write": 0.0}
        self._told: set[str] = set()
        self._has_set_aside = self._is_off = False
        self._hits = self._misses = self._failures = self._dropped = 0
        _close_before_forks(self)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The payloads of those keys that have one. Waits `GET_S` where another process has locked all of them."""
        values: dict[bytes, bytes] = self._read(lambda answers: answers.found(keys, self._now()), {})
        payloads = {key: payload for key, value in values.items() if (payload := opened(key, value)) is not None}
        self._failures += len(values) - len(payloads)
        self._hits += len(payloads)
        self._misses += len(keys) - len(payloads)
        return payloads

    def put(self, payloads: Mapping[bytes, bytes]) -> bool:
        """Keep payloads, in one transaction; whether all are on disk. Waits `PUT_S` for other processes that write."""
        until = time.monotonic() + PUT_S
        while (outcome := self.try_put(payloads)) is Outcome.LOCKED:
            if time.monotonic() > until:
                self.give_up(len(payloads))
                break
        return outcome is Outcome.KEPT

    def try_put(self, payloads: Mapping[bytes, bytes]) -> Outcome:
        """Keep payloads if that needs no longer wait than 20 ms; what is LOCKED does not count as dropped."""
        values = {key: sealed(key, payload) for key, payload in payloads.items() if _fits(key, payload)}
        now = self._now()
        found = self._kept(values, now)
        if found is Trouble.DAMAGED:  # it is set aside, and the answers go to a new one
            found = self._kept(values, now)
        if found is Trouble.LOCKED:
            return Outcome.LOCKED
        dropped = len(payloads) - (len(values) if found is None else 0)
        self.drop(dropped)
        return Outcome.DROPPED if dropped else Outcome.KEPT

    def drop(self, count: int) -> None:
        """Count writes that are given up."""
        self._dropped += count

    def give_up(self, count: int) -> None:
        """Count writes that other processes kept us from for too long."""
        self.drop(count)
        self._tell("locked", "other processes were writing")

    def remove(self, keys: Sequence[bytes]) -> int:
        """Remove what is kept under these keys; how many there were."""
        return self._write(lambda answers: answers.delete("key", keys), 0)

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """All keys and payloads, the latest first, a few at a time: neither memory nor other processes feel it."""
        for rows in self._slices(self._now()):
            yield from ((key, payload) for _, key, payload in rows if payload is not None)

    def clear(self) -> int:
        """Remove everything, also what was set aside; how many answers there were."""
        removed = 0
        for rows in self._slices(-math.inf):
            removed += self._delete(number for number, *_ in rows)
        if removed:
            self._write(lambda answers: answers.shrink(), None)
        with contextlib.suppress(OSError):
            clear_aside(self._folder)
        return removed

    def verify(self) -> Verification:
        """Open every value, and remove what does not open. Reads everything: seconds for a full cache."""
        failures = self._failures
        if self._read(lambda answers: is_intact(answers.connection), True) is False:
            self._failed(Damaged("integrity_check"), "read")
        sound = removed = 0
        for rows in self._slices(-math.inf):
            rotten = [number for number, _, payload in rows if payload is None]
            removed += self._delete(rotten)
            sound += len(rows) - len(rotten)
        return Verification(sound, removed, self._failures == failures and not self._is_off)

    def statistics(self) -> Statistics:
        """What this process has done here, and what lies in the database."""
        entries, size_bytes = self._read(lambda answers: (answers.entries(), answers.volume()), (0, 0))
        return replace(self.counts(), entries=entries, size_bytes=size_bytes)

    def counts(self) -> Statistics:
        """What this process has done here; asks the database nothing."""
        return Statistics(self._hits, self._misses, failures=self._failures, dropped=self._dropped)

    def close(self) -> None:
        """Let go of the database; the next use opens it again."""
        if self._answers is not None:
            self._answers.close()
            self._answers = None

    def close_before_fork(self) -> None:
        """Let go of the database if this thread has it: a child must not have it open, not even to close it."""
        if self._opener == (os.getpid(), threading.get_ident()):
            self.close()

    def _read(self, work: Callable[[Answers], Result], otherwise: Result) -> Result:
        until = time.monotonic() + GET_S
        while True:
            try:
                return work(self._opened("read"))
            except Exception as error:  # noqa: BLE001  the boundary of the tier
                if trouble(error) is Trouble.LOCKED and time.monotonic() < until:
                    continue  # SQLite has waited already
                self._failed(error, "read")
                return otherwise

    def _write(self, work: Callable[[Answers], Result], otherwise: Result) -> Result:
        until = time.monotonic() + PUT_S
        while identity(self._path) is not None:  # a removal makes no database
            try:
                return work(self._opened("write"))
            except Exception as error:  # noqa: BLE001  the boundary of the tier
                if self._failed(error, "write") is not Trouble.LOCKED or time.monotonic() > until:
                    break
        return otherwise

    def _kept(self, values: Mapping[bytes, bytes], now: float) -> Trouble | None:
        if not values:
            return None
        try:
            self._opened("write").keep(values, now, now + self._ttl_s)
        except Exception as error:  # noqa: BLE001  the boundary of the tier
            return self._failed(error, "write")
        return None

    def _slices(self, now: float) -> Iterator[list[tuple[int, bytes, bytes | None]]]:
        below = _ALL_ROWS
        while rows := self._slice(below, now):
            yield rows
            below = rows[-1][0]

    def _slice(self, below: int, now: float) -> list[tuple[int, bytes, bytes | None]]:
        return self._read(lambda answers: answers.slice(below, now), [])

    def _delete(self, numbers: Iterable[int]) -> int:
        rows = list(numbers)
        return self._write(lambda answers: answers.delete("rowid", rows), 0) if rows else 0

    def _opened(self, purpose: str) -> Answers:
        """The database, opened if it was not, or if another file is in its place by now."""
        answers = self._answers
        if self._opener[0] != os.getpid():
            self._leave_to_parent()
        elif answers is not None and identity(self._path) == answers.identity and answers.serves(purpose):
            return answers
        if self._is_off or time.monotonic() < self._rests_until[purpose]:
            raise _NoDatabase
        self.close()
        self._opener = (os.getpid(), threading.get_ident())
        self._answers = self._reopened(purpose)
        return self._answers

    def _reopened(self, purpose: str) -> Answers:
        from glossator.cache.disk.answers import Answers

        writable = self._is_writable(purpose)
        is_file = self._is_database(purpose)
        self._examined = identity(self._path)
        if not is_file:
            raise Damaged("something else is in the database's place")
        if writable:
            try:
                return Answers(self._folder, self._size_bytes, is_read_only=False)
            except Exception as error:
                if purpose == "write" or trouble(error) in {Trouble.LOCKED, Trouble.DAMAGED}:
                    raise
        return Answers(self._folder, self._size_bytes, is_read_only=True)

    def _is_writable(self, purpose: str) -> bool:
        try:
            writable = is_writable(self._folder)
        except FileNotFoundError:
            if purpose == "read":
                raise _NoDatabase from None
            make_folder(self._folder)
            writable = is_writable(self._folder)
        if purpose == "write" and not writable:
            raise OSError(errno.EROFS, "the folder is read-only")
        return writable

    def _is_database(self, purpose: str) -> bool:
        try:
            return is_database(self._folder)
        except FileNotFoundError:
            if purpose == "read":
                raise _NoDatabase from None
        from glossator.cache.disk.answers import make_database

        with held(self._folder, BUSY_S) as is_held:
            if not is_held:
                raise Locked
            if identity(self._path) is None:
                make_database(self._folder)
        return is_database(self._folder)

    def _failed(self, error: Exception, purpose: str) -> Trouble:
        """Count a failure, say it once, and leave things so that the next use can go on."""
        if isinstance(error, _NoDatabase):
            return Trouble.BROKEN
        found, answers = trouble(error), self._answers
        is_waiting = found is Trouble.LOCKED and purpose == "write"  # it has a deadline, and tries again
        if not is_waiting:
            self._failures += 1
            self._tell(found.value, _reason(error))
        if answers is not None and found in {Trouble.LOCKED, Trouble.FULL}:
            # The connection stays: on a full disk a new one may find no room for the files that it needs.
            answers.abandon()
            return found
        is_certain = answers is None or not answers.is_read_only
        self.close()
        if found is Trouble.DAMAGED and is_certain:
            self._set_aside()
            return found
        if not is_waiting:
            self._rests_until[purpose] = time.monotonic() + REST_S
        return Trouble.BROKEN if found is Trouble.DAMAGED else found

    def _set_aside(self) -> None:
        """Move a damaged database away, if nobody else did; the second one is the end of the tier."""
        if self._has_set_aside:
            self._switch_off("damaged twice")
            return
        try:
            with held(self._folder, BUSY_S) as is_held:
                if is_held and identity(self._path) == self._examined:
                    set_aside(self._folder)
                    self._has_set_aside = True
        except OSError as refused:
            self._switch_off(_reason(refused))

    def _leave_to_parent(self) -> None:
        """Use nothing of what the process had open that this one was forked from.

        Closed is what its own thread had open. What another thread had, SQLite counts as this process's, without its
        locks: nothing can be opened beside it that is safe.
        """
        self._opener = (os.getpid(), threading.get_ident())
        if self._answers is not None:
            self._inherited, self._answers = self._answers, None
            self._switch_off("forked beside the thread that has it open")

    def _switch_off(self, reason: str) -> None:
        self._is_off = True
        logger.log(self.level, "cache=disk state=off reason=%s", reason)

    def _tell(self, state: str, reason: str) -> None:
        """One line for each state of affairs; what comes with a full disk is one of them."""
        about = "degraded" if state in {Trouble.FULL.value, Trouble.BROKEN.value} else state
        level = logging.DEBUG if about in self._told else self.level
        self._told.add(about)
        logger.log(level, "cache=disk state=%s reason=%s", state, reason)


class _NoDatabase(Exception):
    """There is none, or none for now: no failure."""


def _fits(key: bytes, payload: bytes) -> bool:
    return len(key) == KEY_SIZE and 0 < len(payload) <= MAX_VALUE_BYTES - SEAL_SIZE


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return text or (str(error.__context__) if error.__context__ else type(error).__name__)


def _close_before_forks(disk: Disk) -> None:
    if not hasattr(os, "register_at_fork"):
        return
    reference = weakref.ref(disk)

    def close() -> None:
        if (one := reference()) is not None:
            one.close_before_fork()

    os.register_at_fork(before=close)
