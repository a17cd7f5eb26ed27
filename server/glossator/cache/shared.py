"""The shared tier: what colleagues have paid for already, on a Valkey or Redis server, asked in one round trip.

The server may be absent, slow, full, hostile or wrongly set up. Who asks waits for the deadline at most, twice in a row
at most, and gets a miss. Values are sealed with the team's secret, so that one that others changed is a miss, too.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from glossator.cache.base import MAX_VALUE_BYTES, Statistics, opened, sealed
from glossator.cache.behind import Behind
from glossator.cache.link import ANSWER_S, REACH_S, Link, Patience, Unusable
from glossator.cache.mismatch import speaks_plainly, speaks_tls
from glossator.cache.replies import Replies

if TYPE_CHECKING:
    from redis.asyncio import BlockingConnectionPool

logger = logging.getLogger(__name__)

CONNECTIONS: Final = 4
MAX_ANSWER_BYTES: Final = 4 << 20  # of one look-up; values beyond it are misses
_MAX_SECRET_BYTES: Final = 64  # BLAKE2b's
_HONOURED: Final = frozenset(("host", "port", "path", "username", "password", "db"))
# Each key is asked for by itself, all in one piece, so that the server cuts what is too long: MGET would read a value
# of 300 MB, and a script needs rights that not every server gives (docs/decisions/redis.md).
_ASK: Final = b"*4\r\n$8\r\nGETRANGE\r\n$%d\r\n%b\r\n$1\r\n0\r\n$5\r\n%d\r\n"
_OFF: Final = "The shared cache is off: "
_MISSING: Final = f"{_OFF}install glossator[shared], or take cache.shared out of your settings."
_ADDRESS: Final = (
    f"{_OFF}its address cannot be used. It has to look like redis://user:password@host:6379/0, rediss://host:6379/0 "
    "or unix:///folder/socket, and a file that it names has to be there (cache.shared)."
)
_PASSWORD: Final = f"{_OFF}the server refuses the name or the password in its address (cache.shared)."
_DATABASE: Final = f"{_OFF}the server has no such database as its address names, or not for its user (cache.shared)."
_PROTECTED: Final = f"{_OFF}the server is in protected mode: it needs a password, and its address has to hold it."
_CERTIFICATE: Final = (
    f"{_OFF}the server's certificate is not one that this machine trusts. "
    "If it is your own, add ?ssl_ca_certs=FILE with its authority to the address (cache.shared)."
)
_NO_TLS: Final = f"{_OFF}its address begins with rediss://, but the server does not speak TLS there (cache.shared)."
_TLS: Final = f"{_OFF}the server speaks TLS: its address has to begin with rediss:// (cache.shared)."


def silent(_text: str) -> None:
    """Hear nothing."""


@dataclass(frozen=True, slots=True)
class SharedOptions:
    """How the shared tier is used.

    `secret` is the team's; `prefix` begins each name on the server; `tell` hears what the user has to do, at most once.
    `now` is the clock of the pauses between two tries to reach a server that failed.
    """

    secret: bytes = field(default=b"", repr=False)
    ttl_days: int = 90
    deadline_s: float = 0.05
    prefix: str = "glossator:1:"
    tell: Callable[[str], None] = silent
    now: Callable[[], float] = time.monotonic


class SharedTier:
    """A `Store` on a server that a team shares."""

    def __init__(self, address: str, options: SharedOptions) -> None:
        """Use the server at an address, which may hold a password; nothing is imported or connected yet."""
        secret = options.secret
        self._secret = secret if len(secret) <= _MAX_SECRET_BYTES else blake2b(secret).digest()
        self._options = options
        self._prefix = options.prefix.encode()
        self._expires = b"%d" % max(1, options.ttl_days * 86_400)
        self._link = Link(partial(_server_at, address), Patience(options.deadline_s, options.now, options.tell))
        self._behind = Behind(self.put)
        self._is_read_only = False
        self._refusals: set[str] = set()
        self._hits = self._misses = self._dropped = 0

    async def get(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """The payloads of those keys that have one, in one round trip; empty where the deadline is over before."""
        if not keys:
            return {}
        names = [self._name(key) for key in keys]
        words = b"".join([_ASK % (len(name), name, MAX_VALUE_BYTES - 1) for name in names])
        values = await self._link.ask(words, len(keys), self._options.deadline_s) or ()
        found = {}
        for key, value in zip(keys, values, strict=False):
            if isinstance(value, bytes) and (payload := opened(key, value, self._secret)) is not None:
                found[key] = payload
        self._hits += len(found)
        self._misses += len(keys) - len(found)
        if self._is_denied(values):
            self._link.switch_off(f"{_OFF}its user may not read. It needs {self._rights('GETRANGE and SET')}.")
        return found

    async def put(self, payloads: Mapping[bytes, bytes]) -> None:
        """Keep payloads for `ttl_days`, in one round trip; what is too large or not kept in time is dropped."""
        if self._is_read_only:
            self._dropped += len(payloads)
            return
        values = [(self._name(key), sealed(key, payload, self._secret)) for key, payload in payloads.items()]
        fitting = [(name, value) for name, value in values if len(value) <= MAX_VALUE_BYTES]
        words = b"".join([_command(b"SET", name, value, b"EX", self._expires) for name, value in fitting])
        replies = (await self._link.ask(words, len(fitting), ANSWER_S) if fitting else None) or ()
        self._dropped += len(values) - sum(reply == b"OK" for reply in replies)
        if self._is_denied(replies):
            self._is_read_only = True
            self._link.tell(f"The shared cache is only read: to write, its user needs {self._rights('SET')}.")

    def put_behind(self, payloads: Mapping[bytes, bytes]) -> None:
        """Keep payloads soon, without waiting; what there is no room for is dropped."""
        self._behind.add(payloads)

    async def reach(self) -> bool:
        """Whether the server is there, for who would rather wait once (`REACH_S` at most) than begin with misses."""
        return await self._link.reach()

    async def aclose(self) -> None:
        """Write what waits, for two seconds at most, and close the connections."""
        await self._behind.aclose()
        await self._link.aclose()

    def statistics(self) -> Statistics:
        """What it has done; how much the server holds is not asked."""
        dropped = self._dropped + self._behind.dropped
        return Statistics(self._hits, self._misses, failures=self._link.failures, dropped=dropped)

    def _name(self, key: bytes) -> bytes:
        return self._prefix + key.hex().encode()  # readable for who looks after the server

    def _rights(self, commands: str) -> str:
        return f"{commands} on the keys {self._options.prefix}* (cache.shared)"

    def _is_denied(self, replies: Sequence[object]) -> bool:
        """Whether we had no right to what we asked; refusals of any kind are counted, and logged once."""
        refusals = {type(reply).__name__ for reply in replies if isinstance(reply, Exception)}
        self._link.failures += bool(refusals)
        for name in sorted(refusals - self._refusals):
            logger.warning("shared_cache=refused reason=%s", name)
        self._refusals |= refusals
        return "NoPermissionError" in refusals


def _command(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join([b"$%d\r\n%b\r\n" % (len(word), word) for word in words])


class _Server:
    """redis-py's connections to one server."""

    def __init__(self, pool: BlockingConnectionPool) -> None:
        self._pool = pool
        self._is_closed = False

    async def exchange(self, words: bytes, count: int) -> list[object]:
        """The answers to commands that are sent in one piece; what a second try would not mend is `Unusable`."""
        try:
            connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
            try:
                await connection.send_packed_command(words, check_health=False)
                return await _replies(connection, count)
            except BaseException:
                await connection.disconnect(nowait=True)
                raise
            finally:
                if self._is_closed:
                    await connection.disconnect(nowait=True)
                await self._pool.release(connection)
        except Exception as error:
            if (notice := _lasting(error)) is not None:
                raise Unusable(notice) from None
            raise

    async def mismatch(self) -> str | None:
        """What to tell where the server expects TLS and the address does not, or the other way round."""
        place = self._pool.connection_kwargs
        if "path" in place:
            return None
        host, port = str(place.get("host", "localhost")), int(place.get("port", 6379))
        if self._pool.connection_class.__name__ == "SSLConnection":
            return _NO_TLS if await speaks_plainly(host, port) else None
        return _TLS if await speaks_tls(host, port) else None

    async def aclose(self) -> None:
        """Close all connections, those in use as well."""
        self._is_closed = True
        try:
            await self._pool.aclose()
        except Exception as error:  # noqa: BLE001 - a tier's boundary
            logger.debug("shared_cache=not_closed reason=%s", type(error).__name__)


async def _replies(connection: Any, count: int) -> list[object]:
    """The next answers; beyond `MAX_ANSWER_BYTES` of them they are read and thrown away."""
    from redis.exceptions import ResponseError

    replies: list[object] = []
    room = MAX_ANSWER_BYTES
    for _ in range(count):
        try:
            reply = await connection.read_response(disable_decoding=True)
        except ResponseError as refusal:
            reply = refusal
        room -= len(reply) if isinstance(reply, bytes) else 0
        replies.append(reply if room >= 0 else None)
    return replies


def _server_at(address: str) -> _Server:
    """The server at an address, not connected yet; raises `Unusable`, without a cause: that may quote it."""
    try:
        from redis._parsers import BaseParser
        from redis.asyncio import BlockingConnectionPool, SSLConnection
        from redis.asyncio.connection import Connection, parse_url
        from redis.exceptions import ConnectionError as Broken
    except ImportError:
        raise Unusable(_MISSING) from None

    def refusal(text: str) -> Exception:
        # In protected mode the server hangs up after it has said so: no answer to what was asked.
        if text.startswith("DENIED"):
            return Broken(text)
        error: Exception = BaseParser.parse_error(text)  # type: ignore[no-untyped-call]
        return error

    try:
        said: dict[str, Any] = dict(parse_url(address))
        options = {name: value for name, value in said.items() if name in _HONOURED or name.startswith("ssl_")}
        options |= {
            "protocol": 2,  # the third one lets a server push what nobody asked for, such as another address to go to
            "parser_class": partial(Replies, refusal, Broken),
            "driver_info": None,  # two round trips for our name
            "socket_timeout": None,  # the deadlines are ours, and so are the retries
            "socket_connect_timeout": REACH_S,
        }
        kind = said.get("connection_class", Connection)
        sample = kind(**options)
        context = sample.ssl_context.get() if isinstance(sample, SSLConnection) else None
    except Exception:  # noqa: BLE001 - a tier's boundary
        raise Unusable(_ADDRESS) from None

    def connection(**options: Any) -> Any:
        made = kind(**options)
        if context is not None:
            made.ssl_context.context = context  # loading the system's certificates again would block for 35 ms
        return made

    connection.__name__ = kind.__name__
    pool = BlockingConnectionPool(CONNECTIONS, None, connection, **options)  # type: ignore[arg-type]
    return _Server(pool)


def _lasting(error: Exception) -> str | None:
    """What to tell about a failure that no second try would mend; None for an outage."""
    from redis.exceptions import AuthenticationError, AuthenticationWrongNumberOfArgsError, NoPermissionError

    if isinstance(error, AuthenticationError | AuthenticationWrongNumberOfArgsError):
        return _PASSWORD
    if isinstance(error, NoPermissionError) or "DB index" in str(error):
        return _DATABASE
    if "DENIED" in str(error):
        return _PROTECTED
    cause = error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _CERTIFICATE
    if isinstance(cause, ssl.SSLError) and cause.reason == "WRONG_VERSION_NUMBER":
        return _NO_TLS
    return None
