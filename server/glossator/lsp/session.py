"""What one client's features share: the conversation, the open documents, and who documents them."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future
from pathlib import Path
from time import perf_counter
from typing import Any

from lsprotocol import types
from pygls.uris import to_fs_path

from glossator.config import MODES
from glossator.documenter import Conventions, Documenter
from glossator.documenter.chosen import asks_models
from glossator.lsp import wire
from glossator.lsp.apart import Sharing
from glossator.lsp.caches import Caches
from glossator.lsp.diagnostics import Diagnostics
from glossator.lsp.generators import Generators
from glossator.lsp.handshake import Client
from glossator.lsp.hovering import Hovering
from glossator.lsp.memory import MemoryWatch
from glossator.lsp.monitoring import Monitoring
from glossator.lsp.neighbours import Neighbours, Wishes
from glossator.lsp.offers import Offers
from glossator.lsp.page_checks import PageChecks
from glossator.lsp.projects import EditorSettings, Projects
from glossator.lsp.protocol import GlossatorProtocol
from glossator.lsp.wire import Json
from glossator.lsp.written import Remembered
from glossator.monitor import names
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline
from glossator.workspace.workspace import Workspace

logger = logging.getLogger(__name__)

IDLE_S = 0.002
"""How long after a change nothing must have come before its text is parsed: requests mostly come with the change."""

READ_AHEAD_BYTES = 1 << 20

WARNING, INFO = 2, 3
"""LSP's MessageType."""


class Session:
    """The conversation with one client, and what is open in its editor."""

    def __init__(self, protocol: GlossatorProtocol) -> None:
        """Nothing is open."""
        self.protocol = protocol
        self.monitor = protocol.monitor
        self.workspace = Workspace(MODES["standard"].tree_bytes)  # until the settings are known
        self.pages = Workspace()  # Markdown: nobody asks for its trees, so there are none
        self.neighbours = Neighbours(self._uris, Wishes(self._withheld, self._asks), self.settings_changed)
        self.projects = Projects(self.warn, self.neighbours.indexes, self.monitor)
        self.monitoring = Monitoring(self.monitor, lambda: self.projects.settings)
        self.diagnostics = Diagnostics(self)
        self.page_checks = PageChecks(self)
        self.caches = Caches(self)
        self.offers = Offers()
        self.generators = Generators(self.caches.tiers, self.monitor)
        self.hovering = Hovering(self)
        self.remembered = Remembered()
        self.sharing = Sharing()
        self.is_trusted = True
        self._conventions: dict[str, Conventions] = {}
        self._reading: asyncio.TimerHandle | None = None
        self.memory = MemoryWatch(self)
        self.memory.governor.throttle(self.generators.limit_to)
        protocol.on_exhausted = self.memory.governor.exhausted
        protocol.on_lost = self.lose_all

    @property
    def client(self) -> Client:
        """What the client can do; the least before `initialize`."""
        return self.protocol.client

    def document(self, uri: str) -> Document | None:
        """The snapshot that requests work on; None where there is none, or it is too large to be worked on."""
        document = self.workspace.document(uri)
        return None if document is None or document.declined else document

    def documenter(self, uri: str) -> Documenter:
        """Who documents a document: its project's settings decide."""
        return self.projects.documenter(uri)

    def outline(self, document: Document) -> Outline:
        """The symbols of a snapshot."""
        return self.documenter(document.uri).outline(document)

    def conventions(self, document: Document) -> Conventions:
        """How a document writes its docstrings, as it was when it was last looked through (`look_through`)."""
        return self._conventions.get(document.uri) or self.look_through(document)

    def look_through(self, document: Document) -> Conventions:
        """Find the conventions of a document again. Cost: all of its symbols, so not on the path of typing."""
        found = self.documenter(document.uri).conventions(self.outline(document))
        self._conventions[document.uri] = found
        return found

    def warn(self, text: str) -> None:
        """Show a warning to the user."""
        self.protocol.tell("window/showMessage", {"type": WARNING, "message": f"Glossator: {text}"})

    def inform(self, text: str) -> None:
        """Show a message to the user that asks for nothing."""
        self.protocol.tell("window/showMessage", {"type": INFO, "message": f"Glossator: {text}"})

    def warn_unsynced(self, uri: str) -> None:
        """Say that a document's text is not known any more, and what to do."""
        name = uri.rsplit("/", 1)[-1]
        self.warn(f"the text of {name} does not fit the changes that arrived. Close and open it to go on.")

    def lose_all(self) -> None:
        """A message was lost that may have changed any document: none of their texts is known any more."""
        for uri in self._uris():
            self.workspace.lose(uri, "a message was lost")
            self.warn_unsynced(uri)
        for uri in self.pages.uris:
            self.pages.lose(uri, "a message was lost")
            self.warn_unsynced(uri)

    def changed(self, uri: str) -> None:
        """A document's text changed."""
        self.diagnostics.changed(uri)
        if self._reading is not None:
            self._reading.cancel()
        self._reading = asyncio.get_running_loop().call_later(IDLE_S, self._read_ahead, uri)

    def _read_ahead(self, uri: str) -> None:
        """Parse a text that nobody has asked about yet: its next version is then parsed from this one."""
        document = self.document(uri)
        if document is not None and len(document.text) <= READ_AHEAD_BYTES and not document.is_parsed:
            started = perf_counter()
            document.root  # noqa: B018 - parsed when it is asked for
            self.monitor.since(names.PARSE, started)

    def closed(self, uri: str) -> None:
        """A document was closed."""
        self._conventions.pop(uri, None)
        self.generators.closed(uri)
        self.hovering.closed(uri)
        self.caches.closed(uri)
        self.offers.closed(uri)
        self.documenter(uri).forget(uri)
        self.projects.closed(uri)
        self.neighbours.refresh()
        self.diagnostics.closed(uri)

    def _uris(self) -> list[str]:
        """The uris of the open documents."""
        return [document.uri for document in self.workspace.documents]

    def _withheld(self) -> tuple[str, ...]:
        """The patterns of files that are not read for what they say about others."""
        return self.projects.exclude

    def _asks(self, uri: str) -> bool:
        """Whether a model is chosen for a document."""
        return asks_models(self.documenter(uri).settings)

    def settings_changed(self) -> None:
        """Settings, or what other files say, changed: what was derived from them is found again."""
        self._conventions.clear()
        self.diagnostics.refresh()
        self.page_checks.refresh()

    def hand_key(self, params: Json) -> None:
        """Take a provider's key that the editor keeps; an empty one takes it back. Raises BadParams."""
        self.generators.hand_key(wire.text(params, "provider"), wire.text(params, "key"))

    @property
    def folders(self) -> tuple[str, ...]:
        """The uris of the workspace's folders, as they are now."""
        return tuple(self.protocol.workspace.folders)

    def configure(self, section: Json) -> None:
        """Take the editor's `glossator` settings, together with what `initialize` said."""
        client = self.client
        own = section if isinstance(section, dict) else {}
        folder = to_fs_path(self.folders[0]) if self.folders else None
        trusted = client.is_trusted and own.get("trusted", True) is not False
        self.is_trusted = trusted
        editor = EditorSettings(client.options | own, Path(folder) if folder else None, trusted)
        is_new = self.projects.configure(editor)
        self.memory.configure()
        if is_new:
            self.providers_changed()
            self.settings_changed()
            self.neighbours.refresh()

    def providers_changed(self) -> None:
        """Settings changed, perhaps those of providers: what is in flight for others than are chosen now ends."""
        self.hovering.settings_changed()
        if self.generators.renew(lambda uri: self.documenter(uri).settings, self._uris()):
            self.warn("what a model was writing was ended, since the settings of providers changed; ask again.")

    def ask_configuration(self) -> None:
        """Ask the client for its settings, and take them as soon as they arrive."""
        item = types.ConfigurationItem(section="glossator")
        params = types.ConfigurationParams(items=[item])
        asked = self.protocol.send_request(types.WORKSPACE_CONFIGURATION, params)
        # A callback, not a coroutine: what the client asks right after its answer is answered by the new settings.
        asked.add_done_callback(self._take_configuration)

    def _take_configuration(self, asked: Future[Any]) -> None:
        if asked.cancelled() or asked.exception() is not None:
            logger.warning("settings unknown: the client refused workspace/configuration")
            return
        sections = asked.result()
        self.configure(sections[0] if sections else None)
