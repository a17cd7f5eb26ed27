"""One HTTP client for each endpoint: deadlines, caps, and every failure as an error of `errors.ProviderError`.

Nothing of what a server says stands in an error but its status and short code words: an answer may repeat the key or the
source that it was sent.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import math
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

import httpx2

from glossator.errors import InvalidReply, ProviderError, RateLimited, Refused, TimedOut, Unavailable

logger = logging.getLogger(__name__)

CONNECT_S: Final = 5.0
IDLE_S: Final = 20.0
MAX_BYTES: Final = 4 << 20  # of one answer; the longest useful one has a few kilobytes
MAX_ERROR_BYTES: Final = 64 << 10
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds for a whole answer, and for the time between two pieces of it."""

    total_s: float = 60.0
    idle_s: float = IDLE_S


class Http:
    """The connections to one endpoint.

    Redirects are not followed (a key would go along), nothing is asked for compressed (a small answer could become a
    large one), and proxies come from the environment only where the user says so.
    """

    def __init__(self, endpoint: str, deadlines: Deadlines, *, trust_env: bool = False) -> None:
        """Connect on first use."""
        self._endpoint = endpoint.rstrip("/")
        self._deadlines = deadlines
        self._trust_env = trust_env
        self._client: httpx2.AsyncClient | None = None

    @asynccontextmanager
    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[AsyncIterator[bytes]]:
        """The lines of the answer to a request, without their ends, as they arrive.

        Raises ProviderError for whatever fails, and for an answer that takes too long or is too large.
        """
        try:
            async with asyncio.timeout(self._deadlines.total_s):
                async with self._opened().stream(
                    "POST", self._endpoint + path, content=body, headers={**_HEADERS, **headers}
                ) as response:
                    await _require_success(response, self._deadlines.idle_s)
                    yield _lines(response, self._deadlines.idle_s)
        except TimeoutError as error:
            raise TimedOut(f"no whole answer within {self._deadlines.total_s:g} s") from error
        except httpx2.TimeoutException as error:
            raise TimedOut("no answer; is the address right, and the server running?") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as error:
            raise Unavailable(_reason(error)) from error

    def _opened(self) -> httpx2.AsyncClient:
        if self._client is None:
            timeout = httpx2.Timeout(self._deadlines.idle_s, connect=CONNECT_S)
            self._client = httpx2.AsyncClient(
                timeout=timeout, trust_env=self._trust_env, follow_redirects=False, limits=_LIMITS
            )
        return self._client

    async def aclose(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


_HEADERS: Final = {"Accept-Encoding": "identity", "Content-Type": "application/json", "User-Agent": "glossator"}
_LIMITS: Final = httpx2.Limits(max_connections=None, max_keepalive_connections=8, keepalive_expiry=60)


async def _require_success(response: httpx2.Response, idle_s: float) -> None:
    if response.status_code == 200:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise InvalidReply("the answer is compressed, which was not asked for")
        return
    body = b""
    async for line in _lines(response, idle_s, MAX_ERROR_BYTES):
        body += line + b"\n"
    raise error_of(response.status_code, response.headers, body)


async def _lines(response: httpx2.Response, idle_s: float, max_bytes: int = MAX_BYTES) -> AsyncIterator[bytes]:
    """The lines of an answer as they come; the last one also without an end."""
    rest, size = b"", 0
    chunks = response.aiter_raw()
    while True:
        try:
            async with asyncio.timeout(idle_s):
                chunk = await anext(chunks, None)
        except TimeoutError as error:
            raise TimedOut(f"nothing came for {idle_s:g} s") from error
        if chunk is None:
            break
        size += len(chunk)
        if size > max_bytes:
            raise InvalidReply(f"the answer is larger than {max_bytes >> 10} KiB")
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r")
    if rest:
        yield rest


def error_of(status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """The error for an answer that is none."""
    said = f"HTTP {status}{_code_of(body)}"
    if status in (401, 403):
        return Refused(f"{said}: the key is missing, wrong, or may not do this")
    if status == 402 or b"insufficient_quota" in body or b"billing" in body:
        return Refused(f"{said}: the account has no money or quota left")
    if status == 404:
        return Refused(f"{said}: no such model or address")
    if status == 429:
        return RateLimited(f"{said}: too many requests", retry_after(headers))
    if status in (408, 504):
        return TimedOut(f"{said}: the server gave up")
    if status >= 500:
        return Unavailable(f"{said}: the server failed")
    if status in (400, 413, 422):
        return Refused(f"{said}: the request was not understood")
    if 300 <= status < 400:
        return Refused(f"{said}: it points elsewhere, and redirects are not followed; set the final address")
    return Refused(said)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a Retry-After header asks for (a number or a date); None where it does not say.

    Source: RFC 9110, section 10.2.3.
    """
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _code_of(body: bytes) -> str:
    """The error's code word in an answer, in brackets; never its text."""
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    error = found.get("error", found) if isinstance(found, dict) else None
    if isinstance(error, dict):
        for name in ("code", "type"):
            if isinstance(word := error.get(name), str) and _CODE.fullmatch(word):
                return f" ({word})"
    return ""


def _reason(error: Exception) -> str:
    """What went wrong with a connection, in words of our own."""
    text = f"{error} {error.__cause__ or ''}".lower()
    if "certificate" in text or "ssl" in text:
        return "the server's certificate or its TLS cannot be trusted"
    if "name or service" in text or "getaddrinfo" in text or "nodename" in text or "name resolution" in text:
        return "no such host"
    if isinstance(error, httpx2.ConnectError):
        return "nothing answers at its address; is the server running?"
    return "the connection broke"


def is_loopback(endpoint: str) -> bool:
    """Whether an address leads to this machine."""
    host = (urlsplit(endpoint).hostname or "").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
