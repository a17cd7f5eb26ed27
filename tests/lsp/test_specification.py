"""Whole sessions by pytest-lsp: it reads every answer as the specification has it, and warns of what a client lacks."""

from __future__ import annotations

import asyncio
import sys

import pytest
import pytest_lsp
from lsprotocol import types
from lsprotocol.converters import get_converter
from pytest_lsp import ClientServerConfig, LanguageClient

URI = "file:///somewhere/session.py"
SOURCE = "def area(width, height):\n    return width * height\n"
DOCUMENT = types.TextDocumentIdentifier(URI)
ON_NAME = types.Position(0, 5)

pytestmark = pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning")


@pytest_lsp.fixture(
    params=["neovim_0.11.4", "vscode_1.139_lc10", "emacs28_eglot1.9", "neovim_0.7.2"],
    config=ClientServerConfig(server_command=[sys.executable, "-m", "glossator", "server"]),
)
async def client(lsp_client: LanguageClient, request, editor_capabilities):
    lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda params: None)
    capabilities = get_converter().structure(editor_capabilities(request.param), types.ClientCapabilities)
    await lsp_client.initialize_session(types.InitializeParams(capabilities=capabilities))
    item = types.TextDocumentItem(uri=URI, language_id="python", version=1, text=SOURCE)
    lsp_client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    yield
    await lsp_client.shutdown_session()


async def test_a_session_of_each_editor_keeps_to_the_specification(client: LanguageClient):
    here = types.Range(ON_NAME, ON_NAME)
    context = types.CodeActionContext(diagnostics=[])
    actions = await client.text_document_code_action_async(types.CodeActionParams(DOCUMENT, here, context))
    assert [action.title for action in actions] == ["Document `area`", "Document this file's undocumented symbols"]
    first = actions[0] if actions[0].data is None else await client.code_action_resolve_async(actions[0])
    assert first.edit is not None
    hover = await client.text_document_hover_async(types.HoverParams(DOCUMENT, ON_NAME))
    assert "preview" in hover.contents.value
    change = types.TextDocumentContentChangePartial(text='    """\n', range=types.Range(*[types.Position(1, 0)] * 2))
    identifier = types.VersionedTextDocumentIdentifier(version=2, uri=URI)
    client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
    items = await client.text_document_completion_async(types.CompletionParams(DOCUMENT, types.Position(1, 7)))
    assert len(items) == 1
    assert client.capabilities.text_document is not None
    if client.capabilities.text_document.diagnostic is None:
        await asyncio.wait_for(client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS), 20)
    else:
        report = await client.text_document_diagnostic_async(types.DocumentDiagnosticParams(DOCUMENT))
        assert report.kind == "full"
