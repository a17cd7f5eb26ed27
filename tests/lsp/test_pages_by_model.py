"""Pages in the editor with a model: who is asked for what, and what becomes of it where somebody stops or pays."""

from __future__ import annotations

import pytest
from fake_provider import HANG, failure
from served import code_in, config_of, filling, served

COMMAND = "glossator.page"
ABLE = {
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "window": {"workDoneProgress": True},
}
HEAD = "<!-- glossator:page kind=api path=../shapes.py -->\n"
SUMMARY = "Return the area of a rectangle with this width and height."
WORDS = {
    "summary": SUMMARY,
    "arg_width": "How many units the width of the rectangle takes.",
    "arg_height": "How many units it is high, the height of a side.",
    "returns": "The area that the rectangle covers.",
}
SOURCE = '"""Measure rectangles."""\n\n\ndef area(width, height):\n    return width * height\n'
TWO = f"{SOURCE}\n\ndef half(width, height):\n    return width * height / 2\n"
PRICED = "price_in = 10.0", "price_out = 100.0"


@pytest.fixture(scope="module")
def model():
    with served(filling(WORDS)) as server:
        yield server


@pytest.fixture
def fake(model):
    """The model of the module's servers, which has not been asked yet."""
    model.release()
    model.forget()
    return model


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "shapes.py").write_text(SOURCE)
    return root


@pytest.fixture
def start(launch, tmp_path, project):
    """Starts a server that has the page open."""

    def started(config, **initialize):
        (tmp_path / "config.toml").write_text(config)
        folders = {"GLOSSATOR_CONFIG": str(tmp_path / "config.toml"), "GLOSSATOR_CACHE_FOLDER": str(tmp_path / "cache")}
        client = launch(**folders)
        client.initialize(ABLE, workspaceFolders=[{"uri": project.as_uri(), "name": "project"}], **initialize)
        opened = {"uri": uri_of(project), "languageId": "markdown", "version": 1, "text": HEAD}
        client.notify("textDocument/didOpen", {"textDocument": opened})
        return client

    return started


def uri_of(project):
    return (project / "docs" / "api.md").as_uri()


def execute(client, project):
    params = {"command": COMMAND, "arguments": [{"uri": uri_of(project)}], "workDoneToken": "page"}
    return client.start_request("workspace/executeCommand", params)


def take_text(client, number):
    """The text that the editor gets, and the result."""
    asked = client.take(lambda one: one.get("method") == "workspace/applyEdit" or "error" in one)
    assert "error" not in asked, asked
    client.send({"id": asked["id"], "result": {"applied": True}})
    edits = asked["params"]["edit"]["documentChanges"][0]["edits"]
    return "".join(one["newText"] for one in edits), client.answer(number)["result"]


def test_what_nobody_documented_is_in_the_models_words(start, project, fake):
    client = start(fake.config)
    text, result = take_text(client, execute(client, project))
    assert SUMMARY in text
    assert result["model"] == "fake"
    assert [code_in(one).count("def area") for one in fake.requests] == [1]


def test_a_second_page_asks_nobody(start, project, fake):
    client = start(fake.config)
    first, _ = take_text(client, execute(client, project))
    fake.forget()
    second, _ = take_text(client, execute(client, project))
    assert (first, len(fake.requests)) == (second, 0)


@pytest.mark.parametrize("how", ["request", "button", "close"])
def test_l2_a_run_that_is_stopped_leaves_nothing_half_done(start, project, how):
    (project / "shapes.py").write_text(TWO)
    with served(filling(WORDS), lambda _: (HANG,)) as fake:
        client = start(fake.config)
        number = execute(client, project)
        fake.asked()
        if how == "request":
            client.notify("$/cancelRequest", {"id": number})
        elif how == "button":
            client.notify("window/workDoneProgress/cancel", {"token": "page"})
        else:
            client.notify("textDocument/didClose", {"textDocument": {"uri": uri_of(project)}})
        assert "error" in client.answer(number)
        fake.gone()
        assert not [one for one in client.messages if one.get("method") == "workspace/applyEdit"]
        assert not list((project / "docs").iterdir())


def test_l2_the_end_of_the_server_ends_the_run(start, project):
    with served(lambda _: (HANG,)) as fake:
        client = start(fake.config)
        execute(client, project)
        fake.asked()
        client.process.stdin.close()
        fake.deserted()
        client.ended()


def test_others_are_answered_while_a_page_waits_for_a_model(start, project, fake):
    fake.hold()
    client = start(fake.config)
    client.open(SOURCE, (project / "shapes.py").as_uri())
    number = execute(client, project)
    fake.asked()
    where = {"textDocument": {"uri": (project / "shapes.py").as_uri()}, "position": {"line": 3, "character": 5}}
    assert "contents" in client.request("textDocument/hover", where)["result"]
    fake.release()
    assert SUMMARY in take_text(client, number)[0]


def agree(client, answer):
    asked = client.take(lambda message: message.get("method") == "window/showMessageRequest")
    client.send({"id": asked["id"], "result": answer})
    return asked["params"]["message"]


def test_what_costs_money_is_agreed_to_once(start, project, fake):
    (project / "shapes.py").write_text(TWO)
    client = start(config_of(fake.url, *PRICED))
    number = execute(client, project)
    assert agree(client, {"title": "Go on"}).startswith("2 symbols by fake: about ")
    assert SUMMARY in take_text(client, number)[0]


def test_nothing_is_asked_and_written_where_nobody_agrees(start, project, fake):
    (project / "shapes.py").write_text(TWO)
    client = start(config_of(fake.url, *PRICED))
    number = execute(client, project)
    agree(client, None)
    assert "Nothing was asked for" in client.answer(number)["error"]["message"]
    assert not fake.requests


def test_s3_in_an_untrusted_workspace_no_model_is_asked(start, project, fake):
    client = start(fake.config, initializationOptions={"trusted": False})
    text, result = take_text(client, execute(client, project))
    assert "area(" in text
    assert result["model"] == ""
    assert not fake.requests


def test_p4_a_provider_that_fails_leaves_embedded_text_and_one_warning(start, project):
    with served(failure(500)) as fake:
        client = start(fake.config)
        text, _ = take_text(client, execute(client, project))
        assert "area(" in text
        assert "1 symbols have embedded text" in client.notification("window/showMessage")["message"]
