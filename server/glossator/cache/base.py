"""What the tiers share: keys, sealed values, and the seam that the disk and the shared server stand behind.

A key is a digest of all that an answer depends on. A value is a payload of `entries` in a seal: a digest over the key
and the payload, keyed with the team's secret where there is one. A value that was cut, changed, or stored under another
key does not open, and is a miss.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Protocol

KEY_SIZE: Final = 16  # bytes
SEAL_SIZE: Final = 16  # bytes
MAX_VALUE_BYTES: Final = 64 << 10
_PERSON: Final = b"glossator value"  # other programs' digests of the same bytes are no seals


class Store(Protocol):
    """A tier below memory. It never raises: what fails is a miss, or a write that is dropped, and counted."""

    async def get(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """The payloads of those keys that have one, each with its seal opened; in one round trip."""

    async def put(self, payloads: Mapping[bytes, bytes]) -> None:
        """Keep payloads under their keys, sealed; returns when they are kept, or dropped."""

    async def aclose(self) -> None:
        """Finish what is being written, and let go of files and connections."""


class Distant(Protocol):
    """What is to be known of a store besides, where it may take long to reach: nobody waits for its writes."""

    async def reach(self) -> bool:
        """Whether it is there; takes as long as finding out takes."""

    def put_behind(self, payloads: Mapping[bytes, bytes]) -> None:
        """Keep payloads soon, without waiting; what there is no room for is dropped. `aclose` finishes it."""


class DistantStore(Store, Distant, Protocol):
    """A store that may take long to reach."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a tier has done: keys found and not found, what it holds, failures, and writes that it dropped.

    `entries` and `size_bytes` are 0 where finding them out would take a walk or a question.
    """

    hits: int = 0
    misses: int = 0
    entries: int = 0
    size_bytes: int = 0
    failures: int = 0
    dropped: int = 0


def sealed(key: bytes, payload: bytes, secret: bytes = b"") -> bytes:
    """A value for `key`: the seal, then the payload. `secret` has at most 64 bytes (BLAKE2b, RFC 7693)."""
    return _seal(key, payload, secret) + payload


def opened(key: bytes, value: bytes, secret: bytes = b"") -> bytes | None:
    """The payload of a value that was sealed for this key with this secret; None for any other value."""
    payload = value[SEAL_SIZE:]
    if len(value) > MAX_VALUE_BYTES or not payload:
        return None
    return payload if hmac.compare_digest(value[:SEAL_SIZE], _seal(key, payload, secret)) else None


def _seal(key: bytes, payload: bytes, secret: bytes) -> bytes:
    digest = blake2b(key, digest_size=SEAL_SIZE, key=secret, person=_PERSON)
    digest.update(payload)  # keys are of one size, so that nothing can move from one to the other
    return digest.digest()
