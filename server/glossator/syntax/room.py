"""Whether there is room for a tree. The parser ends the process where it gets no memory, so that is asked before."""

from __future__ import annotations

import mmap
import sys
from typing import Final

if sys.platform != "win32":
    import resource

SPARE: Final = 8 << 20  # bytes that the work on a tree may take besides
BY_TEXT: Final = 24  # bytes of a tree, at most, for a byte of text


def require_room(text_bytes: int) -> None:
    """Raise MemoryError where a text of this size may not be parsed.

    Cost: 1 us where the process's address space has no bound, else 20 us; no page is touched. Windows has none.
    """
    if sys.platform == "win32" or resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return
    try:
        mmap.mmap(-1, SPARE + BY_TEXT * text_bytes).close()
    except OSError as error:
        raise MemoryError(f"no room to parse {text_bytes} bytes") from error
