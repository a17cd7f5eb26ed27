"""How the server starts. `initialize` is answered before pygls is imported, which takes longer than all the rest.

An editor waits for that answer before it shows anything; while it reads it and sends the first file, we load the rest.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glossator.errors import ConfigError
from glossator.lsp import wire
from glossator.lsp.framing import Framer, FramingLost
from glossator.lsp.handshake import Client, initialize_result, read_client

if TYPE_CHECKING:
    from types import ModuleType

_READ_BYTES = 1 << 16


@dataclass(slots=True)
class Greeting:
    """What was read before the loop started: the client, if its `initialize` has been answered, and what came after."""

    client: Client | None = None
    bodies: list[bytes] = field(default_factory=list)
    framer: Framer = field(default_factory=Framer)


def serve_stdio() -> int:
    """Serve the client at standard input and output until it leaves; the exit code."""
    reading, writing = claim_standard_streams()
    try:
        greeting = greet(reading, writing)
    except (FramingLost, OSError, KeyboardInterrupt) as error:
        sys.stderr.write(f"glossator: no conversation: {type(error).__name__} {error}\n")
        return 1
    if greeting is None:
        return 1
    return int(_load().run_stdio(reading, writing, greeting))


def serve_tcp(address: str) -> int:
    """Serve one client over TCP at HOST:PORT until it leaves; the exit code. Port 0: a free one, named on stderr.

    Raises ConfigError for an address that is none, or not a loopback one: whoever connects may read and edit files, and
    the protocol knows no password.
    """
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    if not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"--tcp {address}: not of the form HOST:PORT")
    if not _is_loopback(host):
        raise ConfigError(f"--tcp {address}: only loopback addresses are served; use 127.0.0.1 and a tunnel")
    return int(_load().run_tcp(host, int(port)))


def _load() -> ModuleType:
    """The server's module, with all that it imports.

    lsprotocol, the slowest import of all, and our own classes take what was generated for them last time. The garbage
    collector would look through ever more modules and find nothing (a fifth of the time); afterwards they are put where
    it never looks.
    """
    import gc
    from importlib import import_module

    from glossator.lsp.generated import code_file, remembered_code

    gc.disable()
    with remembered_code(code_file(os.environ)):
        server = import_module("glossator.lsp.server")
    gc.freeze()
    gc.enable()
    return server


def claim_standard_streams() -> tuple[int, int]:
    """Descriptors of the protocol's own for standard input and output.

    Afterwards whatever prints, a stray library or a child process, prints to standard error, and cannot read our input.
    """
    reading, writing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return reading, writing


def greet(reading: int, writing: int) -> Greeting | None:
    """Read the first message and answer it if it is `initialize`. None at the end of the input.

    Anything else is kept for the loop, which knows how to refuse it. Raises FramingLost and OSError.
    """
    os.set_blocking(reading, True)
    greeting = Greeting()
    while not greeting.bodies:
        data = os.read(reading, _READ_BYTES)
        if not data:
            return None
        greeting.bodies.extend(greeting.framer.feed(data))
    if answered := _answer(greeting.bodies[0]):
        greeting.client, frame = answered
        del greeting.bodies[0]
        while frame:
            frame = frame[os.write(writing, frame) :]
    return greeting


def _answer(body: bytes) -> tuple[Client, bytes] | None:
    """The client and our answer, where the message is a good `initialize` request."""
    try:
        message = json.loads(body)
        if message["jsonrpc"] != "2.0" or message["method"] != "initialize" or not wire.is_identity(message["id"]):
            return None
        client = read_client(message["params"])
    except (ValueError, RecursionError, KeyError, TypeError, wire.BadParams):
        return None
    return client, wire.encode(wire.result(message["id"], initialize_result(client)))


def _is_loopback(host: str) -> bool:
    import ipaddress

    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
