"""Documenting a whole workspace with a model in the editor: a real server process, and a provider at a real socket."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fake_provider import HANG, failure
from served import code_in, config_of, filling, served, stalling

ABLE = {
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "window": {"workDoneProgress": True},
}
COMMAND = "glossator.documentWorkspace"
NAMES = ("apple", "birch", "cedar")
SUMMARY = "Return the area of a rectangle with this width and height."
WORDS = {
    "summary": SUMMARY,
    "arg_width": "How many units the width of the rectangle takes.",
    "arg_height": "How many units it is high, the height of a side.",
    "returns": "The area that the rectangle covers.",
}


def source(name, factor=2):
    """A file with a function like no other."""
    own = f"{factor + len(name)}.{ord(name[0])}"
    return f'"""Measure rectangles."""\n\n\ndef {name}(width, height):\n    return width * height * {own}\n'


@pytest.fixture(scope="module")
def model():
    with served(filling(WORDS)) as server:
        yield server


@pytest.fixture
def fake(model):
    """The model of the module's server, which has not been asked yet."""
    model.release()
    model.forget()
    return model


@pytest.fixture(scope="module")
def editor(module_launch, model, tmp_path_factory):
    """A server for the whole module, whose provider answers one question after the other."""
    path = tmp_path_factory.mktemp("user") / "config.toml"
    path.write_text(f'{model.config}concurrency = 2\nmax_concurrency = 2\n[privacy]\nexclude = ["birch_hidden.py"]\n')
    client = module_launch(GLOSSATOR_CONFIG=str(path))
    client.initialize(ABLE)
    return client


@pytest.fixture
def client(editor):
    """The module's server, without what it remembers, and with nothing open."""
    editor.forget_answers()
    editor.messages.clear()
    return editor


@pytest.fixture
def workspace(tmp_path):
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    for name in NAMES:
        (folder / f"{name}.py").write_text(source(name))
    return folder


@pytest.fixture
def start(launch, tmp_path, workspace):
    """Starts a server of the test's own."""

    def started(config, **initialize):
        path = tmp_path / "config.toml"
        path.write_text(config)
        client = launch(GLOSSATOR_CONFIG=str(path))
        folders = [{"uri": workspace.as_uri(), "name": "project"}]
        client.initialize(ABLE, workspaceFolders=folders, **initialize)
        return client

    return started


def execute(client, *arguments, command=COMMAND):
    params = {"command": command, "arguments": [{"model": True}, *arguments]}
    number = client.start_request("workspace/executeCommand", params)
    created = client.take(lambda message: message.get("method") == "window/workDoneProgress/create")
    client.send({"id": created["id"], "result": None})
    return number, created["params"]["token"]


def take_edits(client, is_applied=True):
    """The edits of one applyEdit by the file's name, and the version that each is for."""
    asked = client.take(lambda message: message.get("method") == "workspace/applyEdit")
    client.send({"id": asked["id"], "result": {"applied": is_applied}})
    changes = asked["params"]["edit"]["documentChanges"]
    return {Path(one["textDocument"]["uri"]).name: (one["textDocument"]["version"], one["edits"]) for one in changes}


def take_all(client, count=3):
    found = {}
    while len(found) < count:
        found |= take_edits(client)
    return found


def applied(text, edits):
    """A text after the edits of a client that counts ASCII."""
    lines = text.splitlines(keepends=True)
    for edit in sorted(edits, key=lambda one: -one["range"]["start"]["line"]):
        place = edit["range"]["start"]
        assert edit["range"]["end"] == place
        line = lines[place["line"]] if place["line"] < len(lines) else ""
        lines[place["line"] : place["line"] + 1] = [
            line[: place["character"]] + edit["newText"] + line[place["character"] :]
        ]
    return "".join(lines)


def command(client, name):
    return client.request("workspace/executeCommand", {"command": name, "arguments": []})["result"]


def asked_about(server):
    return sorted(name for one in server.requests for name in NAMES if f"def {name}(" in code_in(one))


def workers_of(client):
    """The processes that a server's fork server has started."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # it has ended meanwhile
    children = {one for one, parent in parents.items() if parent == client.process.pid}
    return [one for one, parent in parents.items() if parent in children]


def test_all_files_of_a_workspace_are_documented_by_a_model(client, workspace, fake):
    number, _ = execute(client, workspace.as_uri())
    found = take_all(client)
    assert {version for version, _ in found.values()} == {None}
    for name in NAMES:
        text = applied(source(name), found[f"{name}.py"][1])
        assert text.count(SUMMARY) == 1
        compile(text, name, "exec")
    assert client.answer(number)["result"] == {
        "applied": True,
        "files": 3,
        "model": "fake",
        "texts": {"fake": 12},
        "left": 0,
    }
    assert asked_about(fake) == list(NAMES)


def test_it_is_known_whose_words_a_run_wrote(client, workspace, fake):
    number, _ = execute(client, workspace.as_uri())
    (_, edits) = take_all(client)["cedar.py"]
    client.answer(number)
    uri = (workspace / "cedar.py").as_uri()
    client.open(applied(source("cedar"), edits), uri)
    at = {"textDocument": {"uri": uri}, "position": {"line": 3, "character": 5}}
    assert client.request("glossator/explain", at)["result"]["origins"]["summary"] == "fake"
    assert "summary: fake\n" in client.request("textDocument/hover", at)["result"]["contents"]["value"]
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def test_the_files_of_one_folder_are_documented_where_that_is_named(client, workspace, fake):
    (workspace / "part").mkdir()
    (workspace / "part" / "apple.py").write_text(source("apple"))
    number, _ = execute(client, (workspace / "part").as_uri())
    assert list(take_edits(client)) == ["apple.py"]
    assert client.answer(number)["result"]["files"] == 1


def test_progress_counts_files_and_ends_with_whose_the_texts_are(client, workspace, fake):
    number, token = execute(client, workspace.as_uri())
    take_all(client)
    client.answer(number)
    values = [one["params"]["value"] for one in client.messages if one.get("method") == "$/progress"]
    assert values[0]["title"] == "Document the workspace with fake"
    assert any("/3 files" in one.get("message", "") for one in values)
    assert values[-1] == {"kind": "end", "message": "texts: 12 by fake"}
    assert token


def test_the_text_of_an_open_document_is_what_is_documented(client, workspace, fake):
    typed = "# typed\n" + source("apple", 3)
    client.open(typed, (workspace / "apple.py").as_uri(), version=7)
    number, _ = execute(client, workspace.as_uri())
    found = take_all(client)
    version, edits = found["apple.py"]
    assert version == 7
    assert SUMMARY in applied(typed, edits)
    assert applied(typed, edits).startswith("# typed\n")
    (asked,) = [code for one in fake.requests if "apple" in (code := code_in(one))]
    assert "height * 8.97" in asked
    assert client.answer(number)["result"]["files"] == 3


@pytest.mark.parametrize("cookie", ["# -*- coding: latin-1 -*-\n", "# coding: utf-8\n", ""])
def test_d8_positions_in_an_open_document_are_those_of_its_text(client, workspace, fake, cookie):
    typed = f"{cookie}NAME = 'größe'\n\n\ndef apple(width, height):\n    return width * height * 7\n"
    client.open(typed, (workspace / "apple.py").as_uri())
    execute(client, workspace.as_uri())
    text = applied(typed, take_all(client)["apple.py"][1])
    assert f'def apple(width, height):\n    """{SUMMARY}' in text


def test_d2_an_edit_in_flight_moves_the_docstrings_along(client, workspace, fake):
    uri = (workspace / "apple.py").as_uri()
    client.open(source("apple"), uri)
    fake.hold()
    execute(client, workspace.as_uri())
    fake.asked()
    client.change(client.edit((2, 0), (2, 0), "import math\n"), version=2, uri=uri)
    hover(client, uri)  # by now it has the new text
    fake.release()
    version, edits = take_all(client)["apple.py"]
    text = applied(source("apple").replace("\n\n\n", "\n\nimport math\n\n"), edits)
    assert version == 2
    assert f'height):\n    """{SUMMARY}' in text
    assert asked_about(fake) == list(NAMES)  # what was answered fits as well


def test_d1_a_function_that_is_changed_in_flight_gets_an_answer_of_its_own(client, workspace, fake):
    uri = (workspace / "apple.py").as_uri()
    client.open(source("apple"), uri)
    fake.hold()
    execute(client, workspace.as_uri())
    fake.asked()
    client.change(client.edit((4, 29), (4, 29), "5"), version=2, uri=uri)
    hover(client, uri)
    fake.release()
    version, edits = take_all(client)["apple.py"]
    assert version == 2
    changed = source("apple").replace("7.97", "75.97")
    assert f'height):\n    """{SUMMARY}' in applied(changed, edits)
    assert "75.97" in "".join(map(code_in, fake.requests))


def test_d1_an_edit_while_the_editor_takes_the_edits_is_fitted_anew(client, workspace, fake):
    uri = (workspace / "apple.py").as_uri()
    client.open(source("apple"), uri)
    number, _ = execute(client, workspace.as_uri())
    found = {}
    while "apple.py" not in found:
        early = client.take(lambda message: message.get("method") == "workspace/applyEdit")
        is_apple = early["params"]["edit"]["documentChanges"][0]["textDocument"]["uri"] == uri
        if is_apple and not found.get("refused"):
            found["refused"] = True
            client.change(client.edit((0, 0), (0, 0), "# now\n"), version=2, uri=uri)
            client.send({"id": early["id"], "result": {"applied": False}})
            continue
        client.send({"id": early["id"], "result": {"applied": True}})
        for one in early["params"]["edit"]["documentChanges"]:
            found[Path(one["textDocument"]["uri"]).name] = one["textDocument"]["version"], one["edits"]
    version, edits = found["apple.py"]
    assert version == 2
    assert f'height):\n    """{SUMMARY}' in applied("# now\n" + source("apple"), edits)
    assert client.answer(number)["result"]["files"] == 3


def test_d9_a_file_that_changes_on_disk_in_flight_is_fitted_anew(client, workspace, fake):
    fake.hold()
    execute(client, workspace.as_uri())
    fake.asked()
    changed = "import math\n" + source("apple")
    (workspace / "apple.py").write_text(changed)
    fake.release()
    version, edits = take_all(client)["apple.py"]
    assert version is None
    assert f'height):\n    """{SUMMARY}' in applied(changed, edits)


def test_d3_a_file_that_is_opened_in_flight_is_documented_as_it_is_in_the_editor(client, workspace, fake):
    uri = (workspace / "apple.py").as_uri()
    fake.hold()
    execute(client, workspace.as_uri())
    fake.asked()
    typed = "# typed\n" + source("apple")
    client.open(typed, uri, version=3)
    hover(client, uri)
    fake.release()
    version, edits = take_all(client)["apple.py"]
    assert version == 3
    assert f'height):\n    """{SUMMARY}' in applied(typed, edits)


def test_d6_a_document_whose_text_is_not_known_is_left_alone(client, workspace, fake):
    uri = (workspace / "apple.py").as_uri()
    client.open(source("apple"), uri, version=3)
    client.change(client.edit((0, 0), (0, 0), "#"), version=2, uri=uri)  # a version that does not grow
    number, _ = execute(client, workspace.as_uri())
    assert "apple.py" not in take_all(client, 2)
    assert client.answer(number)["result"]["left"] == 1


def test_a_run_that_is_begun_again_asks_nobody(client, workspace, fake):
    for origin in ("fake", "L3"):
        number, _ = execute(client, workspace.as_uri())
        take_all(client)
        assert client.answer(number)["result"]["texts"] == {origin: 12}
    assert len(fake.requests) == 3


@pytest.mark.parametrize("how", ["request", "button"])
def test_l2_cancelling_keeps_what_is_done_and_closes_everything(start, how):
    said = filling(WORDS)
    with served(said, lambda _: (HANG,)) as fake:
        client = start(fake.config)
        number, token = execute(client)
        assert len(take_edits(client)) == 1  # what is done is not held back
        if how == "request":
            client.notify("$/cancelRequest", {"id": number})
        else:
            client.notify("window/workDoneProgress/cancel", {"token": token})
        assert "error" in client.answer(number)
        fake.deserted()
        assert workers_of(client) == []
        asked = len(fake.requests)
        fake.fake.scripts = [said]
        number, _ = execute(client)
        take_all(client)
        assert client.answer(number)["result"]["texts"] == {"L3": 4, "fake": 8}
        assert len(fake.requests) == asked + 2  # what was answered is not asked for again


def test_l2_the_end_of_the_server_ends_the_run(start):
    with served(stalling(WORDS)) as fake:
        client = start(fake.config)
        execute(client)
        fake.asked()
        workers = workers_of(client)
        assert workers
        client.process.stdin.close()
        fake.deserted()
        client.ended()
        assert not [one for one in workers if Path(f"/proc/{one}").exists() and "Z" not in _state(one)]


def _state(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_others_are_answered_while_a_run_waits_for_a_model(client, workspace, fake):
    uri = (workspace / "apple.py").as_uri()
    client.open(source("apple"), uri)
    fake.hold()
    number, _ = execute(client, workspace.as_uri())
    fake.asked()
    assert "result" in hover(client, uri)
    fake.release()
    take_all(client)
    assert client.answer(number)["result"]["files"] == 3


def test_a_run_that_is_paused_asks_nothing_until_it_is_resumed(client, workspace, fake):
    fake.hold()
    number, _ = execute(client, workspace.as_uri())
    fake.asked()
    assert command(client, "glossator.pause") == {"paused": 1}
    fake.release()
    found = {}
    while len(found) < len(fake.requests):  # what was in flight is not lost
        found |= take_edits(client)
    assert len(fake.requests) < 3
    assert command(client, "glossator.resume") == {"resumed": 1}
    take_all(client, 3 - len(found))
    assert client.answer(number)["result"]["files"] == 3


def test_who_begins_a_run_wants_it_to_go_on_though_another_was_paused(client, workspace, fake):
    number, _ = execute(client, workspace.as_uri())
    take_all(client)
    client.answer(number)
    assert command(client, "glossator.pause") == {"paused": 1}
    client.forget_answers()
    number, _ = execute(client, workspace.as_uri())
    take_all(client)
    assert client.answer(number)["result"]["files"] == 3


PRICED = "price_in = 10.0", "price_out = 100.0"


def agree(client, answer):
    asked = client.take(lambda message: message.get("method") == "window/showMessageRequest")
    client.send({"id": asked["id"], "result": answer})
    return asked["params"]["message"]


def test_what_costs_money_is_agreed_to_once(start, fake):
    client = start(config_of(fake.url, *PRICED))
    number, _ = execute(client)
    message = agree(client, {"title": "Go on"})
    assert message.startswith("3 symbols by fake: about ")
    assert "$" in message
    take_all(client)
    assert client.answer(number)["result"]["texts"] == {"fake": 12}


@pytest.mark.parametrize("answer", [None, {"title": "No"}])
def test_nothing_is_asked_where_nobody_agrees(start, fake, answer):
    client = start(config_of(fake.url, *PRICED))
    number, _ = execute(client)
    agree(client, answer)
    assert "Nothing was asked for" in client.answer(number)["error"]["message"]
    assert not fake.requests
    assert workers_of(client) == []


def test_s4_files_that_are_held_back_have_embedded_text_and_are_not_shown(client, workspace, fake):
    (workspace / "birch.py").rename(workspace / "birch_hidden.py")
    number, _ = execute(client, workspace.as_uri())
    take_all(client)
    assert set(client.answer(number)["result"]["texts"]) == {"fake", "embedded"}
    assert b"birch" not in fake.received


def test_s3_in_an_untrusted_workspace_no_model_is_asked(start, fake):
    client = start(fake.config, initializationOptions={"trusted": False})
    params = {"command": COMMAND, "arguments": [{"model": True}]}
    assert "No provider" in client.request("workspace/executeCommand", params)["error"]["message"]
    assert not fake.requests


def test_p4_a_provider_that_fails_leaves_embedded_text_and_one_warning(start):
    with served(failure(500)) as fake:
        client = start(fake.config)
        number, _ = execute(client)
        take_all(client)
        assert client.answer(number)["result"]["texts"] == {"embedded": 12}
        assert "3 symbols have embedded text" in client.notification("window/showMessage")["message"]


def test_an_editor_that_takes_no_edits_is_not_pressed(client, workspace, fake):
    number, _ = execute(client, workspace.as_uri())
    take_edits(client, is_applied=False)
    assert client.answer(number)["error"]["code"] == -32801


def test_a_workspace_without_files_is_nothing_to_do(client, workspace, fake):
    for name in NAMES:
        os.remove(workspace / f"{name}.py")
    number, _ = execute(client, workspace.as_uri())
    assert client.answer(number)["result"]["files"] == 0


def hover(client, uri):
    place = {"textDocument": {"uri": uri}, "position": {"line": 3, "character": 5}}
    return client.request("textDocument/hover", place)
