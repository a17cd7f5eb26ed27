"""What this process takes of the machine, by what every platform tells without a library."""

from __future__ import annotations

import os
import sys


def rss_bytes() -> int:
    """Memory that is held in RAM now; the most so far where only that is told (macOS); 0 where nothing is (Windows)."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read(200).split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return _most_bytes()


def _most_bytes() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10


def cpu_s() -> float:
    """Processor seconds so far, with those of worker processes that have ended."""
    return sum(os.times()[:4])
