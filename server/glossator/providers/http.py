"""One HTTP client for each endpoint: deadlines, caps, and every failure as an error of `errors.ProviderError`."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

import httpx2

from glossator.errors import InvalidReply, Refused, TimedOut, Unavailable
from glossator.providers.rejections import error_of
from glossator.providers.streams import MAX_LINE_BYTES, Lines

MAX_ERROR_BYTES: Final = 64 << 10
_HEADERS: Final[Mapping[str, str]] = {
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
    "User-Agent": "glossator",
}
# What httpx2 does for a request takes time in proportion to the connections of its client, so that a thousand in one
# client are served at a tenth of the speed: further ones go to further clients.
REQUESTS_A_CLIENT: Final = 8


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds to connect, and between two pieces of an answer; bytes of an answer, and of one of its lines.

    `linger_s` is for what follows an answer's end mark: with it read, the connection can be used again; `kept_s` is how
    long it is kept for that. The deadline for a whole answer is the caller's: it spans all requests that the answer
    takes.
    """

    connect_s: float = 5.0
    idle_s: float = 20.0
    linger_s: float = 0.25
    kept_s: float = 30.0
    answer_bytes: int = 4 << 20  # the longest useful answer has a few kilobytes
    line_bytes: int = MAX_LINE_BYTES


BOUNDS: Final = Bounds()


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """What is sent where; `known` are the words that a refusal may blame."""

    path: str
    body: bytes
    headers: Mapping[str, str]
    known: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"Request({self.path!r}, {len(self.body)} bytes)"  # neither the key nor the source


class Answer:
    """The lines of one answer, as they arrive.

    No generator: one that nobody finishes leaves a task behind that closes it.
    """

    def __init__(self, pieces: AsyncGenerator[bytes, None], bounds: Bounds) -> None:
        """Read from `pieces`."""
        self._pieces = pieces
        self._bounds = bounds
        self._lines = Lines(bounds.line_bytes)
        self._ready: list[bytes] = []  # in reverse
        self._bytes_left = bounds.answer_bytes
        self._ended = False

    async def line(self) -> bytes | None:
        """The next line without its end, the last one also where it has none; None after it.

        Raises InvalidReply if too much comes, and httpx2's errors, which `Http.post` translates.
        """
        while not self._ready:
            if self._ended:
                return None
            piece = await self._piece()
            self._ready = (self._lines.end() if piece is None else self._lines.feed(piece))[::-1]
        return self._ready.pop()

    async def _piece(self) -> bytes | None:
        piece = await anext(self._pieces, None)
        if piece is None:
            self._ended = True
            return None
        self._bytes_left -= len(piece)
        if self._bytes_left < 0:
            raise InvalidReply(f"the answer is larger than {self._bounds.answer_bytes >> 10} KiB")
        return piece

    async def drain(self) -> None:
        """Read what little may follow the answer, so that its connection can be used again; a failure is none."""
        with contextlib.suppress(TimeoutError, InvalidReply, httpx2.HTTPError):
            async with asyncio.timeout(self._bounds.linger_s):
                while not self._ended:
                    await self._piece()


@dataclass(slots=True)
class _Client:
    """One of the clients of an endpoint, and how many requests it has."""

    client: httpx2.AsyncClient
    in_use: int = 0


class Http:
    """The connections to one endpoint.

    Redirects are not followed (a key would go along), nothing is asked for compressed (a small answer could become a
    large one), and proxies come from the environment only where the user says so.
    """

    def __init__(self, endpoint: str, bounds: Bounds = BOUNDS, *, trust_env: bool = False) -> None:
        """Connect on first use."""
        self._endpoint = endpoint.rstrip("/")
        self._bounds = bounds
        self._trust_env = trust_env
        self._clients: list[_Client] = []
        self._sweeping: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def is_loopback(self) -> bool:
        """Whether the endpoint is on this machine, and reached without a proxy."""
        return is_loopback(self._endpoint) and not self._trust_env

    @property
    def keeps_secrets(self) -> bool:
        """Whether nobody on the way can read what is sent."""
        return urlsplit(self._endpoint).scheme == "https" or self.is_loopback

    @asynccontextmanager
    async def post(self, request: Request) -> AsyncIterator[Answer]:
        """The answer to a request. Raises ProviderError for whatever fails, here and in reading it."""
        address, headers = self._endpoint + request.path, {**_HEADERS, **request.headers}
        try:
            async with (
                self._client() as client,
                client.stream("POST", address, content=request.body, headers=headers) as response,
                aclosing(response.aiter_raw()) as pieces,
            ):
                answer = Answer(pieces, self._bounds)
                await _require_success(response, answer, request.known)
                yield answer
        except httpx2.ConnectTimeout as error:
            raise TimedOut("no connection; is the address right, and the server running?") from error
        except httpx2.TimeoutException as error:
            raise TimedOut(f"nothing came for {self._bounds.idle_s:g} s") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            raise Unavailable(_reason(error), is_reached=not isinstance(error, httpx2.ConnectError)) from error

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx2.AsyncClient]:
        """The first client that has room for one more request, so that few connections are kept when few are needed."""
        found = next((one for one in self._clients if one.in_use < REQUESTS_A_CLIENT), None)
        if found is None:
            found = _Client(self._opened())
            self._clients.append(found)
        found.in_use += 1
        try:
            yield found.client
        finally:
            found.in_use -= 1
            if not found.in_use and len(self._clients) > 1 and self._sweeping is None:
                self._sweeping = asyncio.get_running_loop().call_later(self._bounds.kept_s, self._sweep)

    def _sweep(self) -> None:
        """Close the clients that nobody uses, but for the first: a burst would leave a thousand connections open."""
        self._sweeping = None
        kept, *further = self._clients
        self._clients = [kept, *(one for one in further if one.in_use)]
        for one in further:
            if not one.in_use:
                task = asyncio.get_running_loop().create_task(one.client.aclose())
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)

    def _opened(self) -> httpx2.AsyncClient:
        try:
            return self._open()
        except (OSError, ValueError, ImportError) as error:
            raise Refused("the environment's proxy or certificates cannot be used (trust_env)") from error

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """Whose certificates count; to read them takes 40 ms, which plain http does not need."""
        if urlsplit(self._endpoint).scheme == "http" and not self._trust_env:
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return httpx2.create_ssl_context(trust_env=self._trust_env)

    def _open(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            verify=self._trusted,
            timeout=httpx2.Timeout(self._bounds.idle_s, connect=self._bounds.connect_s),
            trust_env=self._trust_env,
            follow_redirects=False,
            # No cap on connections: who asks how much at once is decided above, and a pool that waits is one more place
            # to hang.
            limits=httpx2.Limits(
                max_connections=None,
                max_keepalive_connections=REQUESTS_A_CLIENT,
                keepalive_expiry=self._bounds.kept_s,
            ),
        )

    async def aclose(self) -> None:
        """Close all connections."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        clients, self._clients = self._clients, []
        for one in clients:
            await one.client.aclose()
        if self._closing:
            await asyncio.wait(self._closing)


async def _require_success(response: httpx2.Response, answer: Answer, known: frozenset[str]) -> None:
    if response.status_code != 200:
        raise error_of(response.status_code, await _error_body(answer), response.headers, known)
    if response.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise InvalidReply("the answer is compressed, which was not asked for")
    if "html" in response.headers.get("content-type", "").lower():
        raise InvalidReply("a web page came instead of an answer; does `endpoint` lead to the API?")


async def _error_body(answer: Answer) -> bytes:
    """The beginning of an answer that tells of an error; its status counts even where reading on fails."""
    body = b""
    with contextlib.suppress(InvalidReply, httpx2.HTTPError):
        while len(body) < MAX_ERROR_BYTES and (line := await answer.line()) is not None:
            body += line + b"\n"
    return body[:MAX_ERROR_BYTES]


def _reason(error: Exception) -> str:
    """What went wrong with a connection, in words of our own."""
    text = f"{error} {error.__cause__ or ''}".lower()
    if "certificate" in text or "ssl" in text or "tls" in text:
        return "the server's certificate or its TLS cannot be trusted"
    if any(words in text for words in ("name or service", "getaddrinfo", "nodename", "name resolution", "hostname")):
        return "no such host; is `endpoint` right?"
    if isinstance(error, httpx2.ConnectError):
        return "nothing answers at its address; is the server running?"
    return "the connection broke"


def is_loopback(endpoint: str) -> bool:
    """Whether an address leads to this machine.

    Of names only `localhost`: where others lead to is for a resolver to say, and it may change its mind.
    """
    host = (urlsplit(endpoint).hostname or "").lower()
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
