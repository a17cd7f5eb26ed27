"""How a question is asked over HTTP, whatever the dialect: key, gate, request, answer, and what refusals teach.

complete --body--> gate --bytes--> Http --lines--> Reader --text, Counts--> Reply
   ^                                 |
   '-- the next rungs -- traits <-- NotUnderstood
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from glossator.errors import InvalidReply, RateLimited, Refused, TimedOut
from glossator.providers.answers import FULL_PRICE, Counts, NoObject, Tariff, Visible, usage_of, whole_object
from glossator.providers.base import Heard, Price, Prompt, Reply
from glossator.providers.http import Http, Request
from glossator.providers.rejections import NotUnderstood
from glossator.providers.remembered import Endpoints
from glossator.providers.traits import Ladder, after, chosen, vocabulary, without

MAX_ATTEMPTS: Final = 10  # more than any dialect has rungs that can be refused one after another
MAX_CHARACTERS: Final = 200_000  # of an answer with its thoughts
SLIP: Final = 4  # objects that make up for an answer without one
MOST_OBJECTS: Final = 12

Gate = Callable[[bytes], None]
"""Sees the exact bytes of a request before they are sent; raises Refused to keep them."""


def open_gate(_body: bytes) -> None:
    """Let everything pass."""


class Reader(Protocol):
    """Reads one answer, line by line."""

    def line(self, line: bytes) -> bool:
        """Take a line; whether the answer is whole now. Raises ProviderError for an error that the line tells of."""

    def text(self) -> str:
        """The answer's text so far, without thoughts that come in members of their own."""

    def end(self) -> Counts:
        """What the answer took. Raises InvalidReply if it is not whole, or did not end well."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What tells one wire format from another.

    `form` is the ladder of ways to get an object, `members` are the ladders of what else a request would like to have;
    `body` makes a request of a prompt, a model and the chosen rungs. `silence_is_final`: a 429 that names no pause is
    a limit that waiting does not lift.
    """

    path: str
    form: Ladder
    members: tuple[Ladder, ...]
    headers: Callable[[str], Mapping[str, str]]
    body: Callable[[Prompt, str, frozenset[str]], dict[str, Any]]
    reader: Callable[[frozenset[str]], Reader]
    tariff: Tariff = FULL_PRICE
    silence_is_final: bool = False

    @property
    def ladders(self) -> tuple[Ladder, ...]:
        """All ladders, in the order of suspicion."""
        return (self.form, *self.members)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is known of an endpoint beside its dialect.

    `name` is the user's for it, `key` gets its key ("" for none), `price` is None where nobody knows it, `identity`
    what its traits are remembered under.
    """

    name: str
    model: str
    key: Callable[[], Awaitable[str]] = field(repr=False)
    price: Price | None
    total_s: float
    identity: str


class HttpProvider:
    """A model behind an HTTP endpoint; it satisfies `base.Provider`."""

    def __init__(self, endpoint: Endpoint, dialect: Dialect, http: Http, endpoints: Endpoints, gate: Gate) -> None:
        """Connect on first use."""
        self._endpoint = endpoint
        self._dialect = dialect
        self._http = http
        self._endpoints = endpoints
        self._gate = gate
        self._known = vocabulary(dialect.ladders)
        self._objects = 0

    def __repr__(self) -> str:
        return f"HttpProvider({self.name!r})"

    @property
    def name(self) -> str:
        """The name that the user gave it."""
        return self._endpoint.name

    @property
    def model(self) -> str:
        """The model that is asked."""
        return self._endpoint.model

    @property
    def is_loopback(self) -> bool:
        """Whether what is sent to it stays on this machine."""
        return self._http.is_loopback

    @property
    def price(self) -> Price | None:
        """What it costs; None where nobody knows."""
        return self._endpoint.price

    @property
    def traits(self) -> frozenset[str]:
        """The names of what the next request will have, such as "schema"; docs/providers.md explains them."""
        return chosen(self._dialect.ladders, self._endpoints.refused(self._endpoint.identity))

    @property
    def way(self) -> str:
        """The one of them that makes an object of the answer, such as "schema"."""
        return next((one.name for one in self._dialect.form if one.name in self.traits), "")

    def request(self, prompt: Prompt) -> bytes:
        """The body that would ask this now; nothing is sent. Raises Refused where the gate would keep it."""
        body = self._body(prompt, self._endpoints.refused(self._endpoint.identity))
        self._gate(body)
        return body

    async def complete(self, prompt: Prompt, heard: Heard) -> Reply:
        """The answer to a prompt. Raises ProviderError, and nothing else.

        A request that the server does not understand is put differently and sent again, within the same deadline; what
        was learned is remembered once the server has taken a request.
        """
        try:
            async with asyncio.timeout(self._endpoint.total_s):
                return await self._complete(prompt, heard)
        except TimeoutError as error:
            raise TimedOut(f"no whole answer within {self._endpoint.total_s:g} s") from error

    async def _complete(self, prompt: Prompt, heard: Heard) -> Reply:
        headers = self._dialect.headers(await self._sendable_key())
        refused = self._endpoints.refused(self._endpoint.identity)
        for _ in range(MAX_ATTEMPTS):
            try:
                reply = await self._ask(prompt, heard, refused, headers)
            except NotUnderstood as error:
                further = after(self._dialect.ladders, refused, error.said)
                if further is None:
                    raise
                refused = further
            except NoObject:
                # Where a form is enforced, this cannot be: so it is not, and the next question asks in another way.
                self._remember(refused if self._is_slip() else without(self._dialect.form, refused))
                raise
            except InvalidReply:
                self._remember(refused)
                raise
            else:
                self._objects = min(self._objects + 1, MOST_OBJECTS)
                self._remember(refused)
                return reply
        raise Refused("the server understands no form of the request that we know", is_lasting=True)

    async def _ask(self, prompt: Prompt, heard: Heard, refused: frozenset[str], headers: Mapping[str, str]) -> Reply:
        body = self._body(prompt, refused)
        self._gate(body)
        reader = self._dialect.reader(self._known)
        try:
            async with self._http.post(Request(self._dialect.path, body, headers, self._known)) as answer:
                shown = await _read(answer, reader, heard)
        except RateLimited as error:
            if self._dialect.silence_is_final and error.retry_after_s is None:
                raise Refused(
                    f"{error}; no pause is named, so it may be the account's limit", is_lasting=True
                ) from error
            raise
        counts = Counts()
        try:
            counts = reader.end()
            text = whole_object(reader.text())
        except InvalidReply as error:
            error.usage = usage_of(prompt, reader.text(), counts, self.price, self._dialect.tariff)
            raise
        if not shown.startswith(text):
            heard(text)
        usage = usage_of(prompt, reader.text(), counts, self.price, self._dialect.tariff)
        return Reply(text, self.name, usage)

    def _body(self, prompt: Prompt, refused: frozenset[str]) -> bytes:
        return json.dumps(self._dialect.body(prompt, self.model, chosen(self._dialect.ladders, refused))).encode()

    async def _sendable_key(self) -> str:
        key = await self._endpoint.key()
        if key and not self._http.keeps_secrets:
            raise Refused(
                "its key would go over plain http, where anybody on the way can read it; "
                "set an https address as `endpoint`, or take `key_env` and `key_keyring` away",
                is_lasting=True,
            )
        return key

    def _is_slip(self) -> bool:
        """Whether an answer without an object is no sign of the way of asking, as most answers had one."""
        is_slip = self._objects > 0
        self._objects = max(0, self._objects - SLIP)
        return is_slip

    def _remember(self, refused: frozenset[str]) -> None:
        self._endpoints.remember(self._endpoint.identity, refused)

    async def aclose(self) -> None:
        """Close its connections; what is in flight fails."""
        await self._http.aclose()


class Lines(Protocol):
    """The lines of an answer."""

    async def line(self) -> bytes | None:
        """The next line; None after the last one."""

    async def drain(self) -> None:
        """Read what little may follow the answer, so that its connection can be used again."""


async def _read(answer: Lines, reader: Reader, heard: Heard) -> str:
    """Read a whole answer, and give what was heard of it."""
    shown, length, growing = "", 0, Visible()
    while (line := await answer.line()) is not None:
        whole = reader.line(line)
        text = reader.text()
        if len(text) > MAX_CHARACTERS:
            raise InvalidReply(f"the answer is longer than {MAX_CHARACTERS:,} characters")
        if len(text) != length and (grown := growing.of(text)) != shown:
            heard(shown := grown)
        length = len(text)
        if whole:
            await answer.drain()
            break
    return shown
