"""`initialize`: what the client can do, and what we answer.

It imports neither pygls nor lsprotocol, so that the answer leaves before they are loaded (lsp/start.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from glossator import __version__
from glossator.lsp.wire import BadParams, Json, optional

ENCODINGS = ("utf-8", "utf-16", "utf-32")
QUICKFIX = "quickfix"
REWRITE = "refactor.rewrite.glossator"
DOCUMENT_FILE = "source.document.glossator"
FIX_ALL = "source.fixAll.glossator"
PAGES = "source.page.glossator"
COMMANDS = (
    "glossator.documentSymbol",
    "glossator.documentFile",
    "glossator.documentWorkspace",
    "glossator.repair",
    "glossator.explain",
    "glossator.clearCache",
    "glossator.stats",
    "glossator.pause",
    "glossator.resume",
    "glossator.page",
)


@dataclass(frozen=True, slots=True)
class Client:
    """What the client said about itself; features ask this, never the raw capabilities.

    `encoding` is the unit of positions. `folders` are the uris of the workspace's folders. `options` are the
    initialization options.
    """

    encoding: str = "utf-16"
    process_id: int | None = None
    folders: tuple[str, ...] = ()
    options: dict[str, Json] = field(default_factory=dict)
    resolves_actions: bool = False
    takes_action_literals: bool = False
    takes_versioned_edits: bool = False
    applies_edits: bool = False
    creates_files: bool = False
    takes_snippets: bool = False
    leaves_indentation: bool = False
    hover_markdown: bool = False
    completion_markdown: bool = False
    asks_inline: bool = False
    pulls_diagnostics: bool = False
    refreshes_diagnostics: bool = False
    refreshes_lenses: bool = False
    shows_progress: bool = False
    gives_configuration: bool = False
    registers_configuration: bool = False
    registers_watchers: bool = False

    @property
    def is_trusted(self) -> bool:
        """Whether the user trusts the workspace; only the editor can say that it is not so."""
        return self.options.get("trusted", True) is not False


def read_client(params: Json) -> Client:
    """The client behind the parameters of `initialize`. Raises BadParams where they are no object.

    A capability of a wrong type counts as absent: a client that we do not understand gets the least.
    """
    if not isinstance(params, dict) or not isinstance(params.get("capabilities"), dict):
        raise BadParams("initialize needs an object with capabilities")
    able = params["capabilities"]
    action, completion = optional(able, "textDocument", "codeAction"), optional(able, "textDocument", "completion")
    resolvable = optional(action, "resolveSupport", "properties")
    options = params.get("initializationOptions")
    process_id = params.get("processId")
    return Client(
        encoding=choose_encoding(optional(able, "general", "positionEncodings")),
        process_id=process_id if isinstance(process_id, int) and process_id > 0 else None,
        folders=_folders(params),
        options=options if isinstance(options, dict) else {},
        resolves_actions=_has(resolvable, "edit") and optional(action, "dataSupport") is True,
        takes_action_literals=isinstance(optional(action, "codeActionLiteralSupport"), dict),
        takes_versioned_edits=optional(able, "workspace", "workspaceEdit", "documentChanges") is True,
        applies_edits=optional(able, "workspace", "applyEdit") is True,
        creates_files=_creates_files(optional(able, "workspace", "workspaceEdit")),
        takes_snippets=optional(completion, "completionItem", "snippetSupport") is True,
        leaves_indentation=_has(optional(completion, "completionItem", "insertTextModeSupport", "valueSet"), 1),
        hover_markdown=_first(optional(able, "textDocument", "hover", "contentFormat")) == "markdown",
        completion_markdown=_first(optional(completion, "completionItem", "documentationFormat")) == "markdown",
        asks_inline=isinstance(optional(able, "textDocument", "inlineCompletion"), dict),
        pulls_diagnostics=isinstance(optional(able, "textDocument", "diagnostic"), dict),
        refreshes_diagnostics=optional(able, "workspace", "diagnostics", "refreshSupport") is True,
        refreshes_lenses=optional(able, "workspace", "codeLens", "refreshSupport") is True,
        shows_progress=optional(able, "window", "workDoneProgress") is True,
        gives_configuration=optional(able, "workspace", "configuration") is True,
        registers_configuration=_registers(able, "didChangeConfiguration"),
        registers_watchers=_registers(able, "didChangeWatchedFiles"),
    )


def initialize_result(client: Client) -> Json:
    """Our answer: the capabilities that this client can use."""
    capabilities: dict[str, Json] = {
        "positionEncoding": client.encoding,
        "textDocumentSync": {"openClose": True, "change": 2, "save": True},
        "codeActionProvider": {
            "codeActionKinds": [QUICKFIX, REWRITE, DOCUMENT_FILE, FIX_ALL, PAGES],
            "resolveProvider": client.resolves_actions,
        },
        "hoverProvider": True,
        "codeLensProvider": {"resolveProvider": True},
        "completionProvider": {"triggerCharacters": ['"', "'"], "resolveProvider": False},
        "executeCommandProvider": {"commands": list(COMMANDS), "workDoneProgress": True},
        "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
    }
    if client.asks_inline:
        capabilities["inlineCompletionProvider"] = True
    if client.pulls_diagnostics:
        capabilities["diagnosticProvider"] = {
            "identifier": "glossator",
            "interFileDependencies": False,
            "workspaceDiagnostics": False,
        }
    return {"capabilities": capabilities, "serverInfo": {"name": "glossator", "version": __version__}}


def choose_encoding(offered: Json) -> str:
    """The first encoding of the client's list that exists: the order is the client's. UTF-16 where it offers none."""
    known = [name for name in offered if name in ENCODINGS] if isinstance(offered, list) else []
    return known[0] if known else "utf-16"


def _folders(params: dict[str, Json]) -> tuple[str, ...]:
    folders = params.get("workspaceFolders")
    uris = [optional(folder, "uri") for folder in folders] if isinstance(folders, list) else []
    if not uris:
        uris = [params.get("rootUri")]
    return tuple(uri for uri in uris if isinstance(uri, str))


def _registers(able: Json, name: str) -> bool:
    return optional(able, "workspace", name, "dynamicRegistration") is True


def _creates_files(edit: Json) -> bool:
    """Whether a client that takes workspace edits like this makes files as part of them."""
    return _has(optional(edit, "resourceOperations"), "create") and optional(edit, "documentChanges") is True


def _has(values: Json, wanted: Json) -> bool:
    return isinstance(values, list) and wanted in values


def _first(values: Json) -> Json:
    return values[0] if isinstance(values, list) and values else None
