"""What one client's features share: the conversation and the open documents."""

from __future__ import annotations

from glossator.lsp.handshake import Client
from glossator.lsp.protocol import GlossatorProtocol
from glossator.lsp.wire import Json
from glossator.workspace.workspace import Workspace

WARNING = 2
"""LSP's MessageType.Warning."""


class Session:
    """The conversation with one client, and what is open in its editor."""

    def __init__(self, protocol: GlossatorProtocol) -> None:
        """Nothing is open."""
        self.protocol = protocol
        self.workspace = Workspace()

    @property
    def client(self) -> Client:
        """What the client can do; the least before `initialize`."""
        return self.protocol.client

    def warn(self, text: str) -> None:
        """Show a warning to the user."""
        self.protocol.tell("window/showMessage", {"type": WARNING, "message": f"Glossator: {text}"})

    def warn_unsynced(self, uri: str) -> None:
        """Say that a document's text is not known any more, and what to do."""
        name: Json = uri.rsplit("/", 1)[-1]
        self.warn(f"the text of {name} does not fit the changes that arrived. Close and open it to go on.")

    def changed(self, uri: str) -> None:
        """A document's text changed."""

    def closed(self, uri: str) -> None:
        """A document was closed."""

    async def aclose(self) -> None:
        """Stop what runs by itself."""
