"""pygls' protocol with its faults mended: each request is answered once and in its turn, and nothing internal leaks.

Requests and the notifications of text synchronisation are dispatched from the decoded JSON to handlers of our own, in
the order of their arrival: a plain function answers at once, a coroutine function becomes a task that the client can
cancel. What we ask the client (edits, progress, configuration, messages), its answers, and the notifications that no
handler takes go through pygls.
"""

from __future__ import annotations

import asyncio
import enum
import inspect
import json
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol
from pygls.workspace import Workspace as PyglsWorkspace

from glossator.errors import GlossatorError, Superseded
from glossator.lsp import wire
from glossator.lsp.handshake import Client, initialize_result, read_client
from glossator.lsp.wire import BadParams, Json
from glossator.monitor import Monitor, names

if TYPE_CHECKING:
    from cattrs import Converter
    from pygls.lsp.server import LanguageServer

    from glossator.monitor.monitor import Request

logger = logging.getLogger(__name__)

Handler = Callable[[Json], Json | Coroutine[Any, Any, Json]]
"""Takes a message's parameters; gives the result, or a coroutine that gives it."""


COMMAND: Final = "workspace/executeCommand"
TOO_LITTLE = "declined, since there was too little memory. Caches were made smaller; ask again."

T = TypeVar("T")


class Phase(enum.Enum):
    """Where the conversation stands."""

    NEW = "new"
    RUNNING = "running"
    SHUT_DOWN = "shut down"


class GlossatorProtocol(LanguageServerProtocol):
    """One conversation with one client."""

    def __init__(self, server: LanguageServer, converter: Converter) -> None:
        """Start before `initialize`, without handlers."""
        super().__init__(server, converter)
        self.phase = Phase.NEW
        self.client = Client()
        self.monitor = Monitor()
        self.on_exit: Callable[[int], None] = lambda _code: None
        self.on_exhausted: Callable[[], None] = lambda: None
        self.on_lost: Callable[[], None] = lambda: None
        self._requests: Mapping[str, Handler] = {}
        self._notifications: Mapping[str, Handler] = {}
        self._running: dict[int | str, asyncio.Task[Json]] = {}
        self.monitor.gauge(lambda: len(self._running), names.DEPTH, "requests")

    def route(self, requests: Mapping[str, Handler], notifications: Mapping[str, Handler]) -> None:
        """Install the handlers, by method. Methods that are not among them are unknown to us."""
        own: dict[str, Handler] = {"initialize": self._initialize, "shutdown": self._shut_down}
        self._requests = own | dict(requests)
        self._notifications = {"$/cancelRequest": self._cancel, "exit": self._exit} | dict(notifications)

    # Receiving ---------------------------------------------------------------------------------------------------

    def receive(self, body: bytes) -> None:
        """Handle one message. Raises nothing, whatever it holds."""
        try:
            message = self._read(body)
        except MemoryError:
            self._lose(body)
            return
        except (ValueError, RecursionError):
            logger.warning("message unreadable bytes=%d", len(body))
            self._refuse(None, wire.PARSE_ERROR, "The message is no JSON text.")
            return
        identity = message.get("id") if isinstance(message, dict) else None
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or not _is_readable(message):
            logger.warning("message refused: no JSON-RPC 2.0")
            identity = identity if wire.is_identity(identity) else None
            self._refuse(identity, wire.INVALID_REQUEST, "The message is no JSON-RPC 2.0 request.")
        elif "method" not in message:
            self._receive_answer(message)
        elif "id" in message:
            self._receive_request(message["id"], message["method"], message.get("params"))
        else:
            self._receive_notification(message)

    def _read(self, body: bytes) -> Json:
        """The message in a body; if there is no memory for it, tried again with what others could do without."""
        try:
            return cast("Json", json.loads(body))
        except MemoryError:
            self.on_exhausted()
        return cast("Json", json.loads(body))

    def _lose(self, body: bytes) -> None:
        """Whoever sent this message knows nothing of its fate: if it was a change of a text, that is unknown now."""
        logger.error("message lost: too little memory bytes=%d", len(body))
        if b"textDocument/did" in body:
            self.on_lost()
        self._refuse(None, wire.REQUEST_FAILED, "There was too little memory to read a message.")

    def adopt(self, client: Client) -> None:
        """Take up a conversation in which `initialize` has been answered for this client."""
        self.phase = Phase.RUNNING
        self.client = client
        folders = [types.WorkspaceFolder(uri=uri, name=uri.rsplit("/", 1)[-1]) for uri in client.folders]
        self._workspace = PyglsWorkspace(None, workspace_folders=folders)

    def _receive_request(self, identity: int | str, method: str, params: Json) -> None:
        if refusal := self._out_of_turn(method):
            self._refuse(identity, *refusal)
            return
        handler = self._requests.get(method)
        if handler is None:
            self._refuse(identity, wire.METHOD_NOT_FOUND, f"Glossator does not answer {method[:80]}.")
            return
        request, token = self.monitor.begin(method)
        try:
            self._handle(identity, request, lambda: handler(params))
        finally:
            self.monitor.leave(token)

    def _handle(self, identity: int | str, request: Request, work: Callable[[], Json]) -> None:
        """Do a request's work; what takes long has only been started when this returns."""
        try:
            outcome = work()
        except Exception as error:  # noqa: BLE001 - the boundary: whatever a handler raises becomes one answer
            self._fail(identity, request.method, error)
        else:
            if inspect.iscoroutine(outcome):
                self._start(identity, request, outcome)
                return
            self._answer(identity, request.method, outcome)
        self.monitor.end(request)

    def _out_of_turn(self, method: str) -> tuple[int, str] | None:
        """Why a request cannot be answered at this point of the conversation."""
        if self.phase is Phase.NEW and method != "initialize":
            return wire.SERVER_NOT_INITIALIZED, "The first request must be initialize."
        if self.phase is Phase.RUNNING and method == "initialize":
            return wire.INVALID_REQUEST, "The server has been initialized before."
        if self.phase is Phase.SHUT_DOWN:
            return wire.INVALID_REQUEST, "The server is shutting down."
        return None

    def _receive_notification(self, message: dict[str, Json]) -> None:
        method, params = message["method"], message.get("params")
        if self.phase is not Phase.RUNNING and method != "exit":
            return
        handler = self._notifications.get(method)
        try:
            if handler is not None:
                self._notified(method, handler, params)
            elif method in self.fm.builtin_features:
                self.handle_message(self.structure_message(message))
        except Exception as error:  # noqa: BLE001 - the boundary: nobody waits for an answer, so a log line it is
            _report(method, error)
            self._relieve(error)

    def _notified(self, method: str, handler: Handler, params: Json) -> None:
        request, token = self.monitor.begin(method)
        try:
            handler(params)
        finally:
            self.monitor.leave(token)
            self.monitor.end(request)

    def _receive_answer(self, message: dict[str, Json]) -> None:
        """Give the client's answer to whoever asked; one that nobody waits for any more is dropped."""
        identity = message.get("id")
        future = self._request_futures.get(identity) if wire.is_identity(identity) else None
        if future is None or future.done():
            logger.debug("answer dropped: nobody waits for it")
            return
        try:
            self.handle_message(self.structure_message(message))
        except Exception as error:  # noqa: BLE001 - the boundary: the one who asked learns that the answer is useless
            _report("answer", error)
            if not future.done():
                future.set_exception(JsonRpcException("the client's answer cannot be read"))

    # Lifecycle ---------------------------------------------------------------------------------------------------

    def _initialize(self, params: Json) -> Json:
        client = read_client(params)
        self.adopt(client)
        return initialize_result(client)

    def _shut_down(self, _params: Json) -> None:
        self.phase = Phase.SHUT_DOWN
        self.cancel_all()

    def _exit(self, _params: Json) -> None:
        self.on_exit(0 if self.phase is Phase.SHUT_DOWN else 1)

    def _cancel(self, params: Json) -> None:
        identity = wire.optional(params, "id")
        task = self._running.get(identity) if wire.is_identity(identity) else None
        if task is not None:
            task.cancel()

    def cancel_all(self) -> None:
        """Cancel what is in flight: each of those requests is answered as cancelled."""
        for task in list(self._running.values()):
            task.cancel()

    async def settle(self, timeout_s: float) -> None:
        """Wait until cancelled work has ended, not longer than `timeout_s`."""
        tasks = set(self._running.values())
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)

    # Work in flight ----------------------------------------------------------------------------------------------

    def _start(self, identity: int | str, request: Request, work: Coroutine[Any, Any, Json]) -> None:
        """Run a request's coroutine and answer when it ends, however it ends."""
        method = request.method
        task = asyncio.get_running_loop().create_task(work)
        self._running[identity] = task

        def done(ended: asyncio.Task[Json]) -> None:
            if self._running.get(identity) is ended:
                del self._running[identity]
            if ended.cancelled():
                self.monitor.count(names.FAILURES, "Cancelled")
                self._refuse(identity, wire.REQUEST_CANCELLED, "The request was cancelled.")
            elif error := ended.exception():
                self._fail(identity, method, error)
            else:
                self._answer(identity, method, ended.result())
            self.monitor.end(request, waits=method == COMMAND)  # for models, and for the editor

        task.add_done_callback(done)

    # Answering ---------------------------------------------------------------------------------------------------

    def _answer(self, identity: int | str, method: str, value: Json) -> None:
        try:
            frame = wire.encode(wire.result(identity, value))
        except (TypeError, ValueError, RecursionError, MemoryError) as error:
            self._fail(identity, method, error)
            return
        self._write(frame)

    def _fail(self, identity: int | str, method: str, error: BaseException) -> None:
        """Answer with what the client may know: our own errors are written for people, all others are internal."""
        is_ours = isinstance(error, BadParams | GlossatorError)
        self.monitor.count(names.FAILURES, type(error).__name__ if is_ours else "Internal")
        if isinstance(error, BadParams):
            self._refuse(identity, wire.INVALID_PARAMS, f"{method}: {error}.")
        elif isinstance(error, Superseded):
            self._refuse(identity, wire.CONTENT_MODIFIED, str(error))
        elif isinstance(error, GlossatorError):
            self._refuse(identity, wire.REQUEST_FAILED, str(error))
        elif isinstance(error, MemoryError):
            _report(method, error)
            self._relieve(error)
            self._refuse(identity, wire.REQUEST_FAILED, f"{method}: {TOO_LITTLE}")
        else:
            _report(method, error)
            self._refuse(identity, wire.INTERNAL_ERROR, "Internal error; Glossator's log says more.")

    def _relieve(self, error: BaseException) -> None:
        """Where there was no memory, let go of what the failed work held, and have others do with less."""
        if isinstance(error, MemoryError):
            error.with_traceback(None)
            self.on_exhausted()

    def _refuse(self, identity: int | str | None, code: int, message: str) -> None:
        self._write(wire.encode(wire.failure(identity, code, message)))

    def tell(self, method: str, params: Json) -> None:
        """Send a notification whose parameters are JSON values already."""
        self._write(wire.encode({"jsonrpc": "2.0", "method": method, "params": params}))

    def structured(self, value: Json, kind: type[T]) -> T:
        """JSON as one of lsprotocol's objects, for what pygls sends."""
        return self._converter.structure(value, kind)

    def _write(self, frame: bytes) -> None:
        if self.writer is not None:
            self.writer.write(frame)

    def _send_data(self, data: Any) -> None:
        """Send what pygls built (in place of its own way, which logs the content and swallows errors)."""
        self._write(wire.encode(cast("Json", self._converter.unstructure(data))))


def _is_readable(message: dict[str, Json]) -> bool:
    """Whether the id and the method have types that we can answer to."""
    identity, method = message.get("id"), message.get("method", "")
    is_error_without_id = "error" in message and identity is None
    return isinstance(method, str) and ("id" not in message or wire.is_identity(identity) or is_error_without_id)


def _report(name: str, error: BaseException) -> None:
    """One log line with the kind of error and its place; its message may hold source text, so it stays out."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "unknown"
    logger.error("handler failed method=%s error=%s at=%s", name[:80], type(error).__name__, place)
