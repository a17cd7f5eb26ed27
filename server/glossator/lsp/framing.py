"""Cuts the client's byte stream into message bodies.

A stream whose framing is lost cannot be mended: the next header may be anywhere. So it is noticed and reported, and the
server ends (the editor starts it again) rather than to answer for text that it may have misread.
"""

from __future__ import annotations

import re
from collections.abc import Generator

MAX_BODY_BYTES = 64 << 20
MAX_HEADER_BYTES = 4096

_SEPARATOR = b"\r\n\r\n"
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*", re.IGNORECASE)
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:[^\r\n]*")


class FramingLost(Exception):
    """The stream is no sequence of messages any more; the message says what was found instead."""


class Framer:
    """Collects bytes and gives back the bodies that are complete. Takes what arrives in pieces of any size."""

    def __init__(self) -> None:
        """Start with nothing received."""
        self._buffer = bytearray()
        self._length = -1  # of the body that is being received; -1: its header has not arrived

    def feed(self, data: bytes) -> Generator[bytes, None, None]:
        """The bodies that `data` completes, in order. Raises FramingLost after the last good one; feed nothing then.

        After a MemoryError nothing is lost. Where the call raised it, `data` was not taken; where the iterator did,
        close it, feed nothing (`b""`), and go on.
        """
        self._buffer += data
        return self._bodies()

    def _bodies(self) -> Generator[bytes, None, None]:
        """What is complete."""
        buffer, start = self._buffer, 0
        try:
            while True:
                if self._length < 0:
                    end = buffer.find(_SEPARATOR, start, start + MAX_HEADER_BYTES)
                    if end < 0:
                        break
                    self._length = body_length(bytes(buffer[start:end]))
                    start = end + len(_SEPARATOR)
                if len(buffer) - start < self._length:
                    break
                body = bytes(buffer[start : start + self._length])
                start += self._length
                self._length = -1
                yield body
        finally:
            del buffer[:start]
        if self._length < 0 and len(buffer) >= MAX_HEADER_BYTES:
            raise FramingLost(f"no end of a header within {MAX_HEADER_BYTES} bytes")


def body_length(header: bytes) -> int:
    """The body's length that a header gives. Raises FramingLost for what is no header, or for too large a body."""
    length = None
    for line in header.split(b"\r\n"):
        if found := _LENGTH.fullmatch(line):
            length = int(found[1])
        elif not _HEADER.fullmatch(line):
            raise FramingLost("a header line that is none; was an earlier Content-Length wrong?")
    if length is None:
        raise FramingLost("a header without Content-Length; was an earlier Content-Length wrong?")
    if length > MAX_BODY_BYTES:
        raise FramingLost(f"a message of {length} bytes, more than {MAX_BODY_BYTES}")
    return length
