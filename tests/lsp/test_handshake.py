"""What each editor gets, from what it really sends."""

from __future__ import annotations

import subprocess
import sys

import pytest

from glossator.lsp.handshake import choose_encoding, initialize_result, read_client
from glossator.lsp.wire import BadParams


@pytest.fixture
def client_of(editor_capabilities):
    return lambda name, **params: read_client({"capabilities": editor_capabilities(name)} | params)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(None, "utf-16"), ([], "utf-16"), (["utf-7"], "utf-16"), (["utf-32", "utf-8"], "utf-32"), (7, "utf-16")],
)
def test_the_first_encoding_of_the_client_that_exists_is_taken(offered, chosen):
    assert choose_encoding(offered) == chosen


def test_neovim_counts_bytes_and_takes_snippets_but_no_versioned_edits(client_of):
    client = client_of("neovim_0.11.4")
    assert (client.encoding, client.takes_snippets, client.takes_versioned_edits) == ("utf-8", True, False)
    assert client.resolves_actions
    assert "diagnosticProvider" in initialize_result(client)["capabilities"]


def test_vs_code_counts_utf_16_and_takes_versioned_edits(client_of):
    client = client_of("vscode_1.139_lc10")
    assert (client.encoding, client.takes_versioned_edits, client.refreshes_diagnostics) == ("utf-16", True, True)
    assert client.resolves_actions


def test_eglot_resolves_nothing_and_takes_plain_text(client_of):
    client = client_of("emacs28_eglot1.9")
    able = {client.resolves_actions, client.takes_snippets, client.hover_markdown, client.pulls_diagnostics}
    assert able == {False}
    assert "diagnosticProvider" not in initialize_result(client)["capabilities"]


def test_only_the_editor_can_say_that_a_workspace_is_not_trusted(client_of):
    assert client_of("neovim_0.11.4").is_trusted
    assert client_of("neovim_0.11.4", initializationOptions={"trusted": "no"}).is_trusted
    assert not client_of("neovim_0.11.4", initializationOptions={"trusted": False}).is_trusted


def test_folders_come_from_the_newest_way_that_the_client_knows():
    new = read_client({"capabilities": {}, "rootUri": "file:///a", "workspaceFolders": [{"uri": "file:///b"}, 7]})
    old = read_client({"capabilities": {}, "rootUri": "file:///a", "workspaceFolders": None})
    assert (new.folders, old.folders) == (("file:///b",), ("file:///a",))


@pytest.mark.parametrize("params", [None, [], {}, {"capabilities": None}, {"capabilities": 7}])
def test_parameters_without_capabilities_are_refused(params):
    with pytest.raises(BadParams):
        read_client(params)


@pytest.mark.parametrize("nonsense", [{"general": 7, "textDocument": []}, {"textDocument": {"codeAction": 1}}])
def test_capabilities_that_make_no_sense_give_the_least(nonsense):
    client = read_client({"capabilities": nonsense, "processId": "x", "initializationOptions": 3})
    assert (client.resolves_actions, client.process_id, client.options) == (False, None, {})


def test_answering_initialize_loads_neither_pygls_nor_asyncio():
    code = "import sys, glossator.lsp.start; print([n for n in ('pygls', 'lsprotocol', 'asyncio') if n in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
