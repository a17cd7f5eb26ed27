"""Documenting with a model in the editor: a real server process, and a provider behind a real socket."""

from __future__ import annotations

import pytest
from fake_provider import failure
from served import code_in, filling, served, stalling

from glossator.lsp.convert import FILE_TITLE

SOURCE = "def area(width, height):\n    return width * height\n\n\ndef half(size):\n    return size / 2\n"
URI = "file:///somewhere/generated.py"
ABLE = {
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}}},
    "window": {"workDoneProgress": True},
}
SUMMARY = "Return the area of a rectangle with this width and height."
WORDS = {
    "summary": SUMMARY,
    "arg_width": "How many units the width of the rectangle takes.",
    "arg_height": "How many units it is high, the height of a side.",
    "returns": "The area that the rectangle covers.",
}


@pytest.fixture
def fake():
    with served(filling(WORDS)) as server:
        yield server


@pytest.fixture
def start(launch, tmp_path):
    def started(config, **initialize):
        path = tmp_path / "config.toml"
        path.write_text(config)
        client = launch(GLOSSATOR_CONFIG=str(path))
        client.initialize(ABLE, **initialize)
        client.open(SOURCE, URI)
        return client

    return started


def at(line, character=5):
    place = {"line": line, "character": character}
    return {"textDocument": {"uri": URI}, "range": {"start": place, "end": place}, "context": {"diagnostics": []}}


def offered(client, line=0):
    answer = client.request("textDocument/codeAction", at(line))
    return {action["title"]: action for action in answer["result"]}


def by_model(client, line=0, title="Document `area` with fake"):
    return offered(client, line)[title]["command"]


def execute(client, command, **more):
    params = {"command": command["command"], "arguments": command["arguments"]} | more
    number = client.start_request("workspace/executeCommand", params)
    created = client.take(lambda message: message.get("method") == "window/workDoneProgress/create")
    client.send({"id": created["id"], "result": None})
    return number, created["params"]["token"]


def take_edit(client):
    asked = client.take(lambda message: message.get("method") == "workspace/applyEdit")
    client.send({"id": asked["id"], "result": {"applied": True}})
    return asked["params"]["edit"]["documentChanges"][0]


def edits_asked(client):
    return [message for message in client.messages if message.get("method") == "workspace/applyEdit"]


def test_the_models_words_are_applied_to_the_version_that_they_fit(start, fake):
    client = start(fake.config)
    number, _ = execute(client, by_model(client))
    change = take_edit(client)
    assert change["textDocument"] == {"uri": URI, "version": 1}
    assert SUMMARY in change["edits"][0]["newText"]
    assert "width: How many units the width" in change["edits"][0]["newText"]
    assert client.answer(number)["result"]["applied"]


def test_the_docstring_is_shown_before_it_is_applied(start, fake):
    client = start(fake.config)
    execute(client, by_model(client))
    shown = client.take(lambda message: message.get("method") == "glossator/preview" and message["params"]["done"])
    assert shown["params"] | {"text": "", "fields": {}} == {
        "uri": URI,
        "version": 1,
        "path": "area",
        "text": "",
        "done": True,
        "fields": {},
    }
    assert shown["params"]["fields"]["summary"] == "fake"
    assert SUMMARY in shown["params"]["text"]
    take_edit(client)


def test_resolving_an_action_never_waits_for_a_model(start, fake):
    client = start(fake.config)
    actions = offered(client)
    assert "command" in actions["Document `area` with fake"]
    assert "data" not in actions["Document `area` with fake"]
    resolved = [action for title, action in actions.items() if "with fake" not in title]
    assert resolved
    assert not fake.requests


def test_all_of_a_file_is_documented_by_a_model(start, fake):
    client = start(fake.config)
    execute(client, by_model(client, title=f"{FILE_TITLE} with fake"))
    change = take_edit(client)
    assert len(change["edits"]) == 3
    assert len(fake.requests) >= 3


def test_d1_an_edit_in_the_function_meanwhile_drops_the_answer(start, fake):
    client = start(fake.config)
    fake.hold()
    number, _ = execute(client, by_model(client))
    fake.asked()
    client.change(client.edit((1, 11), (1, 16), "height"), version=2, uri=URI)
    offered(client, 3)  # by now it has the new text
    fake.release()
    assert client.answer(number)["error"]["code"] == -32801
    assert not edits_asked(client)


def test_d2_an_edit_above_the_function_moves_the_docstring_along(start, fake):
    client = start(fake.config)
    fake.hold()
    execute(client, by_model(client))
    fake.asked()
    client.change(client.edit((0, 0), (0, 0), "import math\n\n\n"), version=2, uri=URI)
    offered(client, 3)  # by now it has the new text
    fake.release()
    change = take_edit(client)
    assert change["textDocument"]["version"] == 2
    assert change["edits"][0]["range"]["start"]["line"] == 4


def test_d2_typing_while_the_editor_takes_the_edit_costs_no_answer(start, fake):
    client = start(fake.config)
    number, _ = execute(client, by_model(client))
    early = client.take(lambda message: message.get("method") == "workspace/applyEdit")
    top = {"line": 0, "character": 0}
    client.change({"range": {"start": top, "end": top}, "text": "import math\n\n\n"}, version=2, uri=URI)
    client.send({"id": early["id"], "result": {"applied": False}})
    asked = len(fake.requests)
    change = take_edit(client)
    assert change["textDocument"]["version"] == 2
    assert change["edits"][0]["range"]["start"]["line"] == 4
    assert SUMMARY in change["edits"][0]["newText"]
    assert client.answer(number)["result"]["applied"]
    assert len(fake.requests) == asked


def test_an_edit_that_the_editor_refuses_for_reasons_of_its_own_is_not_pressed_on_it(start, fake):
    client = start(fake.config)
    number, _ = execute(client, by_model(client))
    refused = client.take(lambda message: message.get("method") == "workspace/applyEdit")
    client.send({"id": refused["id"], "result": {"applied": False}})
    assert client.answer(number)["error"]["code"] == -32801
    assert not edits_asked(client)


def test_d3_a_function_that_is_renamed_meanwhile_gets_nothing(start, fake):
    client = start(fake.config)
    fake.hold()
    number, _ = execute(client, by_model(client))
    fake.asked()
    client.change(client.edit((0, 4), (0, 8), "surface"), version=2, uri=URI)
    offered(client, 3)  # by now it has the new text
    fake.release()
    assert client.answer(number)["error"]["code"] == -32801
    assert not edits_asked(client)


def test_d3_closing_the_file_closes_the_stream(start):
    with served(stalling(WORDS)) as fake:
        client = start(fake.config)
        number, _ = execute(client, by_model(client))
        fake.asked()
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        fake.gone()
        assert client.answer(number)["error"]["code"] == -32801


def test_d4_the_second_of_two_actions_on_a_function_sees_what_the_first_wrote(start, fake):
    client = start(fake.config)
    fake.hold()
    command = by_model(client)
    numbers = [execute(client, command)[0], execute(client, command)[0]]
    fake.asked()
    fake.release()
    change = take_edit(client)
    edit = change["edits"][0]
    client.change({"range": edit["range"], "text": edit["newText"]}, version=2, uri=URI)
    # Whichever comes second saw the new text, or its edit is for a version that the editor does not have any more.
    answers = []
    while len(answers) < 2:
        got = client.take(lambda m: m.get("id") in numbers or m.get("method") == "workspace/applyEdit")
        if "method" in got:
            assert got["params"]["edit"]["documentChanges"][0]["textDocument"]["version"] == 1
            client.send({"id": got["id"], "result": {"applied": False}})
        else:
            answers.append(got)
    assert sorted("error" in answer for answer in answers) == [False, True]
    assert [answer["error"]["code"] for answer in answers if "error" in answer] == [-32801]


def test_cancelling_the_request_closes_the_stream(start):
    with served(stalling(WORDS)) as fake:
        client = start(fake.config)
        number, _ = execute(client, by_model(client))
        fake.asked()
        client.notify("$/cancelRequest", {"id": number})
        fake.gone()
        assert client.answer(number)["error"]["code"] == -32800


def test_the_cancel_button_closes_the_stream(start):
    with served(stalling(WORDS)) as fake:
        client = start(fake.config)
        number, token = execute(client, by_model(client))
        fake.asked()
        client.notify("window/workDoneProgress/cancel", {"token": token})
        fake.gone()
        assert "error" in client.answer(number)


def test_l2_the_end_of_the_server_closes_the_stream(start):
    with served(stalling(WORDS)) as fake:
        client = start(fake.config)
        execute(client, by_model(client))
        fake.asked()
        client.process.stdin.close()
        fake.gone()
        client.ended()


@pytest.mark.parametrize("count", [200, pytest.param(2_000, marks=pytest.mark.soak)])
def test_l3_a_storm_of_cancelled_requests_leaves_no_connection(start, count):
    with served(stalling(WORDS)) as fake:
        client = start(fake.config)
        command = by_model(client)
        params = {"command": command["command"], "arguments": command["arguments"], "workDoneToken": "t"}
        numbers = [client.start_request("workspace/executeCommand", params) for _ in range(count)]
        fake.asked()
        for number in numbers:
            client.notify("$/cancelRequest", {"id": number})
        assert all(client.answer(number)["error"]["code"] == -32800 for number in numbers)
        fake.deserted()
        assert offered(client)


def test_s3_in_an_untrusted_workspace_no_model_is_offered_or_asked(start, fake):
    client = start(fake.config, initializationOptions={"trusted": False})
    actions = offered(client)
    assert actions
    assert not any("with" in title for title in actions)
    data = {"uri": URI, "scope": "file", "model": "yes"}
    params = {"command": "glossator.documentSymbol", "arguments": [data]}
    assert "No provider" in client.request("workspace/executeCommand", params)["error"]["message"]
    assert not fake.requests


def test_s3_an_editor_cannot_define_a_provider(start, fake):
    section = {"provider": "evil", "providers": {"evil": {"kind": "openai", "endpoint": fake.url}}}
    client = start("", initializationOptions=section)
    assert not any("with" in title for title in offered(client))


def test_a_key_that_the_editor_hands_over_goes_to_its_provider(start, fake):
    client = start(fake.config)
    client.notify("glossator/key", {"provider": "fake", "key": "from-the-editor"})
    execute(client, by_model(client))
    take_edit(client)
    assert fake.requests[0].headers["authorization"] == "Bearer from-the-editor"


def test_p1_without_a_provider_there_is_embedded_text_and_one_warning(start):
    with served(filling(WORDS)) as fake:
        config = fake.config
    client = start(config)
    execute(client, by_model(client))
    assert "Return the product" in take_edit(client)["edits"][0]["newText"]
    assert "embedded text" in client.notification("window/showMessage")["message"]


def test_p6_a_refused_key_is_said_without_the_key(start):
    with served(failure(401, {"error": {"message": "bad key sk-secret", "code": "invalid_api_key"}})) as fake:
        client = start(fake.config)
        client.notify("glossator/key", {"provider": "fake", "key": "sk-secret"})
        execute(client, by_model(client))
        take_edit(client)
        said = client.notification("window/showMessage")["message"]
        assert "401" in said
        assert "sk-secret" not in said


REFUSED = failure(401, {"error": {"message": "bad key", "code": "invalid_api_key"}})


def test_p6_a_key_that_is_handed_over_after_a_refused_one_is_asked_with(start):
    with served(REFUSED, filling(WORDS)) as fake, served(failure(503)) as other:
        table = f'[providers.other]\nkind = "openai"\nendpoint = "{other.url}/v1"\nmodel = "m"\nexam = false\n'
        client = start(fake.config.replace('provider = "fake"', 'provider = ["fake", "other"]', 1) + table)
        title = "Document `area` with fake+other"
        client.notify("glossator/key", {"provider": "fake", "key": "wrong"})
        execute(client, by_model(client, title=title))
        assert SUMMARY not in take_edit(client)["edits"][0]["newText"]
        client.notify("glossator/key", {"provider": "fake", "key": "right"})
        execute(client, by_model(client, title=title))
        assert SUMMARY in take_edit(client)["edits"][0]["newText"]
        assert [one.headers["authorization"] for one in fake.requests[:2]] == ["Bearer wrong", "Bearer right"]


@pytest.mark.parametrize("refusal", [REFUSED, failure(404, {"error": {"code": "model_not_found"}})])
def test_a_provider_that_was_mended_outside_is_asked_when_somebody_asks_again(start, refusal):
    with served(refusal, filling(WORDS)) as fake:
        client = start(fake.config)
        execute(client, by_model(client))
        assert SUMMARY not in take_edit(client)["edits"][0]["newText"]
        execute(client, by_model(client))
        assert SUMMARY in take_edit(client)["edits"][0]["newText"]


def test_what_other_files_say_is_in_the_question(start, fake, tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "generated.py").write_text(SOURCE)
    (tmp_path / "user.py").write_text("from generated import area\nsize = area(3, 4)\n")
    uri = (tmp_path / "generated.py").as_uri()
    client = start(fake.config)
    client.open(SOURCE, uri)
    asked = client.request("textDocument/codeAction", at(0) | {"textDocument": {"uri": uri}})["result"]
    command = next(action["command"] for action in asked if action["title"] == "Document `area` with fake")
    for _ in range(100):  # a question does not wait for the reading of other files
        client.forget_answers()
        number, _ = execute(client, command)
        take_edit(client)
        client.answer(number)
        if "size = area(3, 4)" in code_in(fake.requests[-1]):
            return
    pytest.fail("the question never had it")


def test_a_model_on_this_machine_sees_the_code(start, fake):
    client = start(fake.config)
    execute(client, by_model(client))
    take_edit(client)
    assert "return width * height" in code_in(fake.requests[0])
