"""Commands: edits that the client is asked to apply, with progress and a cancel button; and settings."""

from __future__ import annotations

import pytest

SOURCE = "def area(width, height):\n    return width * height\n"
URI = "file:///somewhere/commanded.py"
ABLE = {
    "workspace": {"applyEdit": True, "configuration": True, "workspaceEdit": {"documentChanges": True}},
    "window": {"workDoneProgress": True},
}


@pytest.fixture
def client(launch):
    started = launch()
    started.initialize(ABLE)
    answer_configuration(started, None)
    started.open(SOURCE, URI)
    return started


def answer_configuration(client, *settings):
    asked = client.take(lambda message: message.get("method") == "workspace/configuration")
    client.send({"id": asked["id"], "result": list(settings)})


def execute(client, command, *arguments, **more):
    return client.start_request("workspace/executeCommand", {"command": command, "arguments": list(arguments)} | more)


def accept_progress(client):
    created = client.take(lambda message: message.get("method") == "window/workDoneProgress/create")
    client.send({"id": created["id"], "result": None})
    return created["params"]["token"]


def take_edit(client, *, applied=True):
    asked = client.take(lambda message: message.get("method") == "workspace/applyEdit")
    client.send({"id": asked["id"], "result": {"applied": applied}})
    return asked["params"]["edit"]


def at_area(uri):
    return {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}}


def progress(client):
    return client.take(lambda message: message.get("method") == "$/progress")["params"]["value"]["kind"]


def test_a_file_is_documented_with_progress_and_a_versioned_edit(client):
    number = execute(client, "glossator.documentFile", URI)
    accept_progress(client)
    edit = take_edit(client)
    assert edit["documentChanges"][0]["textDocument"] == {"uri": URI, "version": 1}
    assert len(edit["documentChanges"][0]["edits"]) == 2
    assert client.answer(number)["result"] == {"applied": True, "files": 1}
    assert progress(client) == "begin"


def test_progress_uses_the_token_of_the_client(client):
    number = execute(client, "glossator.documentFile", URI, workDoneToken="mine")
    take_edit(client)
    client.answer(number)
    sent = client.take(lambda message: message.get("method") == "$/progress")
    assert sent["params"]["token"] == "mine"


def test_a_client_that_refuses_progress_gets_the_edit_all_the_same(client):
    number = execute(client, "glossator.documentFile", URI)
    created = client.take(lambda message: message.get("method") == "window/workDoneProgress/create")
    client.send({"id": created["id"], "error": {"code": -32601, "message": "no"}})
    take_edit(client)
    assert client.answer(number)["result"]["applied"]


def test_an_edit_that_the_client_does_not_apply_is_said_to_be_superseded(client):
    number = execute(client, "glossator.documentFile", URI, workDoneToken=1)
    take_edit(client, applied=False)
    assert client.answer(number)["error"]["code"] == -32801


def test_a_command_can_be_cancelled_by_its_request(client):
    number = execute(client, "glossator.documentFile", URI)
    client.take(lambda message: message.get("method") == "window/workDoneProgress/create")
    client.notify("$/cancelRequest", {"id": number})
    assert client.answer(number)["error"]["code"] == -32800


def test_a_command_can_be_cancelled_by_its_button(client):
    client.open("".join(f"def name_{n}(value):\n    return value + {n}\n\n\n" for n in range(600)), "file:///big.py")
    number = execute(client, "glossator.documentFile", "file:///big.py")
    token = accept_progress(client)
    client.take(lambda message: message.get("method") == "$/progress")
    client.notify("window/workDoneProgress/cancel", {"token": token})
    assert client.answer(number)["error"]["code"] == -32800
    client.take(lambda m: m.get("method") == "$/progress" and m["params"]["value"]["kind"] == "end")


def test_d1_a_file_that_changes_while_it_is_documented_is_left_alone_and_others_are_answered_meanwhile(client):
    big = "file:///big.py"
    client.open("".join(f"def name_{n}(value):\n    return value + {n}\n\n\n" for n in range(600)), big)
    number = execute(client, "glossator.documentFile", big, workDoneToken=1)
    assert client.request("textDocument/hover", at_area(URI))["result"]
    assert not any(message.get("id") == number for message in client.messages)
    client.change(client.edit((0, 4), (0, 4), "x"), version=2, uri=big)
    assert client.answer(number)["error"]["code"] == -32801


def test_unknown_commands_and_documents_are_answered(client):
    assert client.answer(execute(client, "glossator.nothing"))["error"]["code"] == -32602
    assert client.answer(execute(client, "glossator.documentFile", "file:///closed.py"))["error"]["code"] == -32803
    assert client.answer(execute(client, "glossator.documentSymbol"))["error"]["code"] == -32602


def test_a_symbol_is_documented_by_the_data_of_its_action(client):
    start = {"line": 0, "character": 4}
    params = {"textDocument": {"uri": URI}, "range": {"start": start, "end": start}, "context": {"diagnostics": []}}
    first = client.request("textDocument/codeAction", params)["result"][0]
    number = client.start_request("workspace/executeCommand", {k: first[k] for k in ("command", "arguments")})
    assert "Args" in take_edit(client)["documentChanges"][0]["edits"][0]["newText"]
    assert client.answer(number)["result"]["applied"]


def test_a_workspace_is_documented_on_the_disk_and_as_it_is_in_the_editor(launch, tmp_path):
    (tmp_path / "one.py").write_text(SOURCE)
    (tmp_path / "two.py").write_text("x = 1\n")
    (tmp_path / "broken.py").write_bytes(b"\xff\xfe\x00")
    client = launch()
    client.initialize(ABLE, workspaceFolders=[{"uri": tmp_path.as_uri(), "name": "x"}])
    answer_configuration(client, None)
    client.open('"""Has one."""\n\n\ndef typed(value):\n    return value\n', (tmp_path / "two.py").as_uri(), 5)
    number = execute(client, "glossator.documentWorkspace", workDoneToken=1)
    edit = take_edit(client)
    versions = {one["textDocument"]["uri"][-6:]: one["textDocument"]["version"] for one in edit["documentChanges"]}
    assert versions == {"one.py": None, "two.py": 5}
    assert client.answer(number)["result"] == {"applied": True, "files": 2}


def test_a_workspace_is_documented_without_what_its_settings_exclude(launch, tmp_path):
    (tmp_path / "glossator.toml").write_text('include = ["kept/**"]\nexclude = ["kept/generated.py"]\n')
    for name in ("kept/one.py", "kept/generated.py", "other.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SOURCE)
    client = launch()
    client.initialize(ABLE, workspaceFolders=[{"uri": tmp_path.as_uri(), "name": "x"}])
    answer_configuration(client, None)
    number = execute(client, "glossator.documentWorkspace", workDoneToken=1)
    edit = take_edit(client)
    assert [one["textDocument"]["uri"] for one in edit["documentChanges"]] == [(tmp_path / "kept/one.py").as_uri()]
    assert client.answer(number)["result"] == {"applied": True, "files": 1}


def test_a_workspace_is_documented_within_the_limits_that_its_settings_have(launch, tmp_path):
    (tmp_path / "a_large.py").write_text(SOURCE + "#" * 2_000)
    for name in ("b.py", "c.py"):
        (tmp_path / name).write_text(SOURCE)
    client = launch()
    client.initialize(ABLE, workspaceFolders=[{"uri": tmp_path.as_uri(), "name": "x"}])
    answer_configuration(client, {"max_files": 2, "max_file_kb": 1})
    number = execute(client, "glossator.documentWorkspace", workDoneToken=1)
    edit = take_edit(client)
    assert [one["textDocument"]["uri"] for one in edit["documentChanges"]] == [(tmp_path / "b.py").as_uri()]
    assert client.answer(number)["result"] == {"applied": True, "files": 1}


def test_resolving_what_takes_long_shows_progress(launch):
    client = launch()
    action = {"resolveSupport": {"properties": ["edit"]}, "dataSupport": True, "codeActionLiteralSupport": {}}
    client.initialize(ABLE | {"textDocument": {"codeAction": action}})
    answer_configuration(client, None)
    big = "file:///big.py"
    client.open("".join(f"def name_{n}(value):\n    return value + {n}\n\n\n" for n in range(1500)), big)
    number = client.start_request("codeAction/resolve", {"title": "All", "data": {"uri": big, "scope": "file"}})
    accept_progress(client)
    assert [progress(client), progress(client)] == ["begin", "end"]
    assert len(client.answer(number)["result"]["edit"]["documentChanges"][0]["edits"]) == 1501


def test_l6_a_bad_setting_is_shown_once_with_its_place_and_the_default_is_used(launch):
    client = launch()
    client.initialize(ABLE, initializationOptions={"style": "loud"})
    answer_configuration(client, None)
    client.open(SOURCE, URI)
    client.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 5}})
    shown = client.notification("window/showMessage")["message"]
    assert "editor settings" in shown
    assert "style" in shown
    client.open(SOURCE, "file:///elsewhere/other.py")
    assert client.request("textDocument/hover", at_area("file:///elsewhere/other.py"))["result"]
    assert not [message for message in client.messages if message.get("method") == "window/showMessage"]


def test_settings_that_change_are_used_at_once(client):
    position = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 5}}
    assert "Args:" in client.request("textDocument/hover", position)["result"]["contents"]["value"]
    client.notify("workspace/didChangeConfiguration", {"settings": {"glossator": {"style": "sphinx"}}})
    assert ":param width:" in client.request("textDocument/hover", position)["result"]["contents"]["value"]
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    answer_configuration(client, {"style": "numpy"})
    assert "Parameters" in client.request("textDocument/hover", position)["result"]["contents"]["value"]


def test_a_projects_settings_are_read_anew_when_their_file_is_saved(launch, tmp_path):
    client = launch()
    client.initialize()
    uri = (tmp_path / "a.py").as_uri()
    client.open(SOURCE, uri)
    position = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}}
    assert "Args:" in client.request("textDocument/hover", position)["result"]["contents"]["value"]
    (tmp_path / "glossator.toml").write_text('style = "numpy"\n')
    client.notify("workspace/didChangeWatchedFiles", {"changes": []})
    assert "Parameters" in client.request("textDocument/hover", position)["result"]["contents"]["value"]
