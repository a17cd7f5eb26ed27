"""What this process is resident with, and how it gives back what it does not use."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from typing import Final, Protocol

STATM: Final = "/proc/self/statm"


class Process(Protocol):
    """A process that is watched."""

    def resident_bytes(self) -> int:
        """The memory that it is resident with; 0 where nobody says."""

    def give_back(self) -> None:
        """Give the system what was freed."""


class ThisProcess:
    """The process that we run in."""

    def __init__(self) -> None:
        """Ask nothing yet."""
        self._page_bytes = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
        self._trim = _trim()

    def resident_bytes(self) -> int:
        """The memory that it is resident with. Cost: 20 us.

        Where there is no /proc, the most that it ever was: then what has once been shrunk stays small.
        """
        try:
            with open(STATM, "rb", buffering=0) as file:
                return int(file.read(128).split()[1]) * self._page_bytes
        except (OSError, IndexError, ValueError):
            return _peak_bytes()

    def give_back(self) -> None:
        """Have glibc give the system its free pages; elsewhere nothing is to be done, or nothing can be."""
        self._trim(0)


def _peak_bytes() -> int:
    """The most memory that this process was resident with; 0 where nobody says."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10


def _trim() -> Callable[[int], object]:
    """Glibc's malloc_trim; on another C library a function that does nothing."""
    if sys.platform != "linux":
        return lambda _pad: None
    try:
        found: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return lambda _pad: None
    return found
