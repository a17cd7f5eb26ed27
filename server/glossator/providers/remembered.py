"""What was found out about endpoints (what they refuse, that a model passed its exam), in memory and in a small file.

The file holds digests of addresses and models, and names of our own: no address, no key, no source. It is a
convenience: without it, or with garbage in it, an endpoint is found out once more.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)

FILE_NAME: Final = "endpoints.json"
MAX_ENDPOINTS: Final = 64
MAX_FILE_BYTES: Final = 64 << 10
KEPT_DAYS: Final = 30  # servers are updated, and learn what they refused
_VERSION: Final = 1
_DIGEST = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[a-z_]{1,40}")
_MAX_NAMES: Final = 16
_PASSED: Final = "exam_passed"

Entries = dict[str, tuple[frozenset[str], int]]


def identity(kind: str, endpoint: str, model: str) -> str:
    """The digest that an endpoint's traits are kept under."""
    return blake2b(f"{kind}\0{endpoint}\0{model}".encode(), digest_size=16, person=b"glossator").hexdigest()


class Endpoints:
    """What each endpoint refuses, as names of rungs (`traits`), and which models have passed."""

    def __init__(self, folder: Path | None = None, now: Callable[[], float] = time.time) -> None:
        """Keep it in `folder`, or in memory alone; nothing is read or made before it is needed."""
        self._path = folder / FILE_NAME if folder else None
        self._now = now
        self._entries: Entries | None = None

    def refused(self, endpoint: str) -> frozenset[str]:
        """What an endpoint refuses, as far as known."""
        if self._entries is None:
            self._entries = self._read()
        return self._entries.get(endpoint, (frozenset(), 0))[0]

    def remember(self, endpoint: str, refused: frozenset[str]) -> None:
        """Keep what an endpoint refuses; what is known already costs nothing."""
        if refused == self.refused(endpoint):
            return
        # Another process may have written since: its endpoints stay, and of two findings on one the later.
        entries = (self._entries or {}) | self._read()
        entries[endpoint] = (refused, int(self._now() // 86_400))
        newest = sorted(entries.items(), key=lambda item: item[1][1])[-MAX_ENDPOINTS:]
        self._entries = dict(newest)
        logger.info("endpoint=%s found=%s", endpoint[:8], ",".join(sorted(refused)))
        self._write()

    def has_passed(self, exam: str) -> bool:
        """Whether an exam was passed; its digest tells endpoint, model and questions."""
        return _PASSED in self.refused(exam)

    def note_passed(self, exam: str) -> None:
        """Keep that an exam was passed; a failed one is not kept, since another model may stand there tomorrow."""
        self.remember(exam, frozenset((_PASSED,)))

    def _read(self) -> Entries:
        if self._path is None:
            return {}
        try:
            with self._path.open("rb") as file:
                raw = file.read(MAX_FILE_BYTES + 1)
            found = json.loads(raw) if len(raw) <= MAX_FILE_BYTES else {}
        except (OSError, ValueError, RecursionError):
            return {}
        endpoints = found.get("endpoints") if isinstance(found, dict) and found.get("version") == _VERSION else None
        if not isinstance(endpoints, dict):
            return {}
        today = int(self._now() // 86_400)
        entries = {name: entry for name, value in endpoints.items() if (entry := _entry(name, value))}
        return {name: entry for name, entry in entries.items() if 0 <= today - entry[1] <= KEPT_DAYS}

    def _write(self) -> None:
        if self._path is None or self._entries is None:
            return
        entries = {name: {"refused": sorted(refused), "day": day} for name, (refused, day) in self._entries.items()}
        temporary = self._path.with_name(f".{FILE_NAME}.{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(temporary, "w", encoding="ascii") as file:
                json.dump({"version": _VERSION, "endpoints": entries}, file)
            os.replace(temporary, self._path)
        except OSError as error:
            logger.debug("endpoints=not_kept reason=%s", error.strerror)
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _entry(name: object, value: object) -> tuple[frozenset[str], int] | None:
    """An entry of the file, or None where it is not one that we wrote."""
    if not (isinstance(name, str) and _DIGEST.fullmatch(name) and isinstance(value, dict)):
        return None
    refused, day = value.get("refused"), value.get("day")
    if not (isinstance(refused, list) and len(refused) <= _MAX_NAMES and isinstance(day, int)):
        return None
    if not all(isinstance(word, str) and _NAME.fullmatch(word) for word in refused):
        return None
    return frozenset(refused), day
