"""Background work that leaves the processor to others: after a start at full speed, a small share of one core."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

SHARE: Final = 0.1  # of one core
START_S: Final = 0.5  # of processor time at full speed: most projects are read by then
REST_S: Final = 0.05  # the least that is worth a pause


class Pace:
    """One thread's pace. Work is cut into steps, and each may be followed by a pause."""

    def __init__(self, stopped: threading.Event, start_s: float = START_S) -> None:
        """Begin now, in the thread that works; `stopped` ends a pause."""
        self._stopped = stopped
        self._free_s = start_s
        self._worked_from, self._began = time.thread_time(), time.monotonic()

    def step(self) -> None:
        """A step is done: rest for as long as this thread has worked more than its share."""
        worked_s = time.thread_time() - self._worked_from - self._free_s
        if worked_s <= 0:
            self._began = time.monotonic()  # what was worked for free is not rested from
            return
        rest_s = worked_s / SHARE - (time.monotonic() - self._began)
        if rest_s > REST_S:
            self._stopped.wait(rest_s)

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """As the built-in one, a step for each item."""
        for item in items:
            yield function(item)
            self.step()
