"""The language server: its handlers, and the loop that serves one client."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, NoReturn

from pygls.lsp.server import LanguageServer

from glossator import __version__
from glossator.lsp import settings, sync
from glossator.lsp.actions import code_action, resolve_action
from glossator.lsp.commands import execute_command
from glossator.lsp.completion import completion
from glossator.lsp.connection import Input, Output
from glossator.lsp.explaining import explain
from glossator.lsp.framing import Framer
from glossator.lsp.hover import hover, hover_data
from glossator.lsp.inline import inline_completion
from glossator.lsp.lenses import code_lens, resolve_lens
from glossator.lsp.lifetime import Lifetime
from glossator.lsp.pages import page_text
from glossator.lsp.protocol import GlossatorProtocol, Handler
from glossator.lsp.session import Session
from glossator.lsp.start import Greeting
from glossator.lsp.stats import stats
from glossator.lsp.streams import connect_input, connect_output
from glossator.lsp.wire import Json

logger = logging.getLogger(__name__)

CANCEL_S = 0.7
FLUSH_S = 0.5


class GlossatorServer(LanguageServer):
    """pygls' server with our protocol; `session` is what the features share."""

    protocol: GlossatorProtocol

    def __init__(self) -> None:
        """Build the protocol and route its messages; nothing is read yet."""
        super().__init__("glossator", __version__, protocol_cls=GlossatorProtocol)
        self.session = Session(self.protocol)
        self.protocol.route(_requests(self.session), _notifications(self.session))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log the kind of error; pygls would show its text to the user."""
        logger.error("pygls failed error=%s source=%s", type(error).__name__, getattr(source, "__name__", ""))


def create_server() -> GlossatorServer:
    """A server that is ready for a client; each serves one conversation."""
    return GlossatorServer()


def run_stdio(reading: int, writing: int, greeting: Greeting) -> NoReturn:
    """Go on with the conversation that `greet` began, on two descriptors, and end the process with it."""
    log_to_stderr()
    server = create_server()
    _leave(asyncio.run(_serve_stdio(server, (reading, writing), greeting)))


def run_tcp(host: str, port: int) -> NoReturn:
    """Wait for one client on a TCP port and serve it, and end the process with it."""
    log_to_stderr()
    server = create_server()
    _leave(asyncio.run(_serve_tcp(server, host, port)))


def _leave(code: int) -> NoReturn:
    """End the process while its caller still has the server.

    To free all that a server holds, object by object, may take many seconds, and no watchdog gets a turn meanwhile.
    """
    logging.shutdown()
    os._exit(code)


def log_to_stderr() -> None:
    """Send our log to standard error, at the level of GLOSSATOR_LOG (default: warning)."""
    level = logging.getLevelNamesMapping().get(os.environ.get("GLOSSATOR_LOG", "").upper(), logging.WARNING)
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s %(message)s")
    # pygls logs whole messages, source text included.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    logging.getLogger("stamina").setLevel(logging.ERROR)  # each retry would be a warning that says nothing


async def _serve_stdio(server: GlossatorServer, pipes: tuple[int, int], greeting: Greeting) -> int:
    (reading, writing), lifetime = pipes, Lifetime()
    server.protocol.on_exit = lifetime.exit
    lost = partial(lifetime.end, 1)
    output = Output(await connect_output(writing, lost), lost)
    server.protocol.set_writer(output)
    if greeting.client is not None:
        server.protocol.adopt(greeting.client)
    for body in greeting.bodies:
        server.protocol.receive(body)
    relieve = server.protocol.on_exhausted
    await connect_input(reading, Input(server.protocol.receive, lost, greeting.framer, relieve))
    return await _converse(server, lifetime, output)


async def _serve_tcp(server: GlossatorServer, host: str, port: int) -> int:
    lifetime = Lifetime()
    server.protocol.on_exit = lifetime.exit
    connected: asyncio.Future[Output] = asyncio.get_running_loop().create_future()
    door = await asyncio.get_running_loop().create_server(lambda: _Guest(server, lifetime, connected), host, port)
    # People and tests that asked for port 0 read the number here.
    sys.stderr.write(f"glossator: listening on {host}:{door.sockets[0].getsockname()[1]}\n")
    lifetime.watch_signals()
    ended = asyncio.create_task(lifetime.over())
    ended.add_done_callback(lambda _: connected.cancel())
    await asyncio.wait([connected])
    door.close()
    return await ended if connected.cancelled() else await _converse(server, lifetime, connected.result())


class _Guest(Input):
    """A TCP client: its messages come and go through one transport. Only the first one is let in."""

    def __init__(self, server: GlossatorServer, lifetime: Lifetime, connected: asyncio.Future[Output]) -> None:
        relieve = server.protocol.on_exhausted
        super().__init__(server.protocol.receive, partial(lifetime.end, 1), Framer(), relieve)
        self._server = server
        self._connected = connected

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if self._connected.done():
            self.refuse()
            transport.abort()
            return
        output = Output(transport, self._lost)
        self._server.protocol.set_writer(output)
        self._connected.set_result(output)


async def _converse(server: GlossatorServer, lifetime: Lifetime, output: Output) -> int:
    """Serve until there is a reason to end; then abort what is in flight and send what has been said."""
    server.session.memory.start()
    lifetime.watch_signals()
    lifetime.watch_client(lambda: server.protocol.client.process_id)
    server.session.monitoring.start()
    code = await lifetime.over()
    server.protocol.cancel_all()
    await server.protocol.settle(CANCEL_S)
    await server.session.hovering.aclose()
    await server.session.page_checks.aclose()
    await server.session.generators.aclose()
    await server.session.caches.aclose()
    await server.session.monitoring.aclose()
    await output.drain(FLUSH_S)
    output.close()
    return code


def _requests(session: Session) -> dict[str, Handler]:
    handlers: dict[str, Callable[[Session, Json], Json | Coroutine[Any, Any, Json]]] = {
        "textDocument/codeAction": code_action,
        "codeAction/resolve": resolve_action,
        "textDocument/hover": hover,
        "textDocument/codeLens": code_lens,
        "codeLens/resolve": resolve_lens,
        "textDocument/completion": completion,
        "textDocument/inlineCompletion": inline_completion,
        "textDocument/diagnostic": lambda session, params: session.diagnostics.pull(params),
        "workspace/executeCommand": execute_command,
        "glossator/explain": explain,
        "glossator/hover": hover_data,
        "glossator/stats": stats,
        "glossator/page": page_text,
    }
    return {method: partial(handler, session) for method, handler in handlers.items()}


def _notifications(session: Session) -> dict[str, Handler]:
    return {
        "glossator/key": session.hand_key,
        "initialized": partial(settings.initialized, session),
        "workspace/didChangeConfiguration": partial(settings.did_change_configuration, session),
        "workspace/didChangeWatchedFiles": partial(settings.did_change_watched_files, session),
        "textDocument/didOpen": partial(sync.did_open, session),
        "textDocument/didChange": partial(sync.did_change, session),
        "textDocument/didSave": partial(sync.did_save, session),
        "textDocument/didClose": partial(sync.did_close, session),
    }
