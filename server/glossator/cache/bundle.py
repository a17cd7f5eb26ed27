"""A bundle: entries in one file, for machines that share neither a disk nor a server.

    glossator bundle 1             what it is, and which version of this form, and a line feed
    16 bytes                       the mark of the secret that the values are sealed with, or of none
    4 bytes, key, value            for each entry: the length of both together, and the value in its seal
    ...
    4 bytes 0, 32 bytes            the end, with a digest over all that stands before it

Numbers have their high byte first. Who writes entries in the order of their keys gets the same bytes for the same
entries. Reading executes nothing, and holds one record at a time. A record is taken for what its seal says, so that
those of a file that was cut off are as good as others; whether something is missing, the digest says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import BinaryIO, Final

from glossator.cache.base import KEY_SIZE, MAX_VALUE_BYTES, SEAL_SIZE, opened, sealed
from glossator.errors import ConfigError

VERSION: Final = 1
"""Changes with the form of the file; the form of what is in it has a version of its own."""

HEAD: Final = b"glossator bundle %d\n"
_HEAD: Final = re.compile(rb"glossator bundle (\d{1,9})\n")
_MAX_HEAD_BYTES: Final = 32
_MARK_SIZE: Final = 16
_DIGEST_SIZE: Final = 32
_LENGTH_SIZE: Final = 4
_LENGTHS: Final = range(KEY_SIZE + SEAL_SIZE + 1, KEY_SIZE + MAX_VALUE_BYTES + 1)
_PERSON: Final = b"glossator bundle"  # other programs' digests of the same bytes are no marks

_NONE: Final = "is no bundle: `glossator cache export` writes one"
_NEEDS: Final = "is sealed with a team's secret, or damaged: set cache.shared_key_env, and the variable that it names"
_OTHER: Final = "is sealed with another secret than the one that cache.shared_key_env names, or with none"


class Writer:
    """Writes a bundle, entry by entry."""

    def __init__(self, file: BinaryIO, secret: bytes = b"") -> None:
        """Begin a bundle whose values are sealed with this secret, of 64 bytes at most."""
        self._file, self._secret = file, secret
        self._digest = blake2b(digest_size=_DIGEST_SIZE, key=secret, person=_PERSON)
        self.entries = self.size_bytes = 0
        self._put(HEAD % VERSION + _mark(secret))

    def add(self, key: bytes, payload: bytes) -> None:
        """Write one entry."""
        record = key + sealed(key, payload, self._secret)
        if len(key) != KEY_SIZE or len(record) not in _LENGTHS:
            raise ValueError("no key, or no payload, of a cache")
        self._put(len(record).to_bytes(_LENGTH_SIZE, "big") + record)
        self.entries += 1

    def add_all(self, payloads: Iterable[tuple[bytes, bytes]]) -> None:
        """Write many entries."""
        for key, payload in payloads:
            self.add(key, payload)

    def end(self) -> None:
        """Write the end; without it a bundle counts as cut off."""
        self._put(bytes(_LENGTH_SIZE))
        self._put(self._digest.digest())

    def _put(self, raw: bytes) -> None:
        self._digest.update(raw)
        self._file.write(raw)
        self.size_bytes += len(raw)


class Reader:
    """Reads a bundle that anybody may have made or damaged."""

    def __init__(self, file: BinaryIO, secret: bytes = b"", max_bytes: int = 1 << 40) -> None:
        """Read the head, and no more than `max_bytes` in all.

        Raises ConfigError for what is no bundle, or one that cannot be read with this secret or by this version; the
        message goes on after the name of the file.
        """
        self._file, self._secret, self._left = file, secret, max_bytes
        self._digest = blake2b(digest_size=_DIGEST_SIZE, key=secret, person=_PERSON)
        self.is_whole = False
        self._require_head()

    def records(self) -> Iterator[tuple[bytes, bytes | None]]:
        """Each key with its payload, None where the seal does not open; `is_whole` says at the end what they are worth.

        Ends where the file ends, and where what follows is no record: after that nothing can be told apart.
        """
        while (length := self._number()) in _LENGTHS:
            record = self._take(length)
            if record is None:
                return
            key, value = record[:KEY_SIZE], record[KEY_SIZE:]
            yield key, opened(key, value, self._secret)
        expected = self._digest.digest()
        self.is_whole = length == 0 and self._take(_DIGEST_SIZE) == expected and self._take(1) is None

    def _require_head(self) -> None:
        line = self._file.readline(_MAX_HEAD_BYTES)
        found = _HEAD.fullmatch(line)
        if found is None:
            raise ConfigError(_NONE)
        if int(found[1]) != VERSION:
            raise ConfigError(
                f"is a bundle of version {int(found[1])}, and version {VERSION} is what is read here: "
                "export it anew with this version of Glossator"
            )
        self._digest.update(line)
        mark = self._take(_MARK_SIZE)
        if mark is None:
            raise ConfigError(_NONE)
        if mark != _mark(self._secret):
            raise ConfigError(_OTHER if self._secret else _NEEDS)

    def _number(self) -> int:
        """The next length; -1 at the end of the file."""
        raw = self._take(_LENGTH_SIZE)
        return -1 if raw is None else int.from_bytes(raw, "big")

    def _take(self, size: int) -> bytes | None:
        """The next bytes; None where there are not as many."""
        self._left -= size
        raw = self._file.read(size) if self._left >= 0 else b""
        self._digest.update(raw)
        return raw if len(raw) == size else None


def _mark(secret: bytes) -> bytes:
    """What tells values that are sealed with another secret from damaged ones."""
    return blake2b(digest_size=_MARK_SIZE, key=secret, person=_PERSON).digest()
