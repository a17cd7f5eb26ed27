"""Lines and server-sent events out of bytes that were cut anywhere. Pure: bytes in, values out.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

import re
from typing import Final

from glossator.errors import InvalidReply

MAX_LINE_BYTES: Final = 1 << 20
_END = re.compile(rb"\r\n|\n|\r")


class Lines:
    """Cuts bytes into lines that end with LF, CRLF or CR.

    Bytes, not text: a character that is cut between two pieces is whole again in its line.
    """

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        """Start with nothing."""
        self._max = max_line_bytes
        self._rest = bytearray()
        self._after_cr = False

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines that end in this piece, without their ends. Raises InvalidReply for a line that is too long."""
        if self._after_cr and piece:
            piece = piece.removeprefix(b"\n")  # the second half of a CRLF that was cut
            self._after_cr = False
        self._after_cr = self._after_cr or piece.endswith(b"\r")
        if len(self._rest) + len(piece) > self._max and not _END.search(piece):
            raise InvalidReply(f"a line of the answer is longer than {self._max >> 10} KiB")
        *lines, rest = _END.split(piece)
        if lines:
            lines[0] = bytes(self._rest) + lines[0]
            self._rest.clear()
        self._rest += rest
        return lines

    def end(self) -> list[bytes]:
        """What came after the last line's end, if anything did."""
        rest, self._rest = bytes(self._rest), bytearray()
        return [rest] if rest else []


class Events:
    """Joins lines to events.

    Not httpx2's: its parser is private, and its public `EventSource` reads the response itself, as text, past our
    deadlines and caps, and takes a broken character for a question mark.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._data: list[bytes] = []
        self._first = True

    def line(self, line: bytes) -> bytes | None:
        """The data of the event that this line ends; None if it ends none, or one without data.

        Names, ids and retry times are dropped: every dialect says in its data what an event is.
        """
        if self._first:
            self._first = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line:
            data, self._data = self._data, []
            return b"\n".join(data) if data else None
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
        return None
