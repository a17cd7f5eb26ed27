"""Whether a server that does not answer would do so with TLS, or without.

A server that expects TLS closes a plain connection without a word, and one that expects none waits for the rest of what
it takes for a command: neither can be told from an outage. So we say the other thing's first words, which hold no
secret, and look at one byte of the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import Final

_WAIT_S: Final = 1.0
_TLS_RECORDS: Final = (b"\x15", b"\x16")  # alert, handshake (RFC 8446, section 5.1)
_ANSWERS: Final = (b"+", b"-")


async def speaks_tls(host: str, port: int) -> bool:
    """Whether a server answers the first words of TLS; nothing is agreed on and nothing else is said."""
    return await _first_byte(host, port, _client_hello()) in _TLS_RECORDS


async def speaks_plainly(host: str, port: int) -> bool:
    """Whether a server answers a plain PING, be it by asking for a password."""
    return await _first_byte(host, port, b"PING\r\n") in _ANSWERS


async def _first_byte(host: str, port: int, words: bytes) -> bytes:
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(_WAIT_S):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(words)
                return await reader.read(1)
            finally:
                writer.transport.abort()
    return b""


def _client_hello() -> bytes:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()
