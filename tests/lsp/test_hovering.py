"""What a hover has a model asked for: where it may be, one after the other, for the next hover."""

from __future__ import annotations

import pytest
from editing import ABLE, Editor
from fake_provider import failure
from served import code_in, config_of, filling, served, stalling

URI = "file:///somewhere/hovered.py"
SOURCE = """\
def area(width, height):
    return width * height


def half(width, height):
    return width * height / 2


def walls(width, height):
    return width * height * 4.25
"""
AREA, HALF, WALLS = 0, 4, 8
SUMMARY = "Return the area of a rectangle with this width and height."
WORDS = {
    "summary": SUMMARY,
    "arg_width": "How many units the width of the rectangle takes.",
    "arg_height": "How many units it is high, the height of a side.",
    "returns": "The area that the rectangle covers.",
}
WORKSPACE = ABLE["workspace"] | {"configuration": False}
ASKED, NOT_ASKED = "fake is being asked", "fake was not asked"


@pytest.fixture
def fake():
    with served(filling(WORDS)) as server:
        yield server


@pytest.fixture
def start(launch, tmp_path):
    """Starts editors; all of them share the cache of one user."""

    def started(config, **initialize):
        path = tmp_path / "config.toml"
        path.write_text(config)
        client = launch(GLOSSATOR_CONFIG=str(path), XDG_CACHE_HOME=str(tmp_path / "cache"))
        client.initialize(ABLE | {"window": {}, "workspace": WORKSPACE}, **initialize)
        client.open(SOURCE, URI)
        return Editor(client, URI)

    return started


def hover(editor, line=AREA):
    at = {"textDocument": {"uri": URI}, "position": {"line": line, "character": 5}}
    return editor.client.request("textDocument/hover", at)["result"]["contents"]["value"]


def shown(editor, line=AREA):
    """Hover until the model's words are there."""
    for _ in range(2000):
        if SUMMARY in (text := hover(editor, line)):
            return text
    pytest.fail("the words never came")


def functions(fake):
    return [code_in(one).partition("def ")[2].partition("(")[0] for one in fake.requests]


def test_the_next_hover_shows_what_a_model_on_this_machine_says(start, fake):
    editor = start(fake.config)
    assert SUMMARY not in hover(editor)
    assert "by fake, said before" in shown(editor)
    assert functions(fake) == ["area"]
    assert not [one for one in editor.client.messages if one.get("method") == "workspace/applyEdit"]
    assert SUMMARY in hover(start(fake.config)) or SUMMARY in shown(editor)
    assert functions(fake) == ["area"]


@pytest.mark.parametrize(("line", "is_asked"), [("", False), ("hover_generates = true", True)])
def test_a_model_elsewhere_is_asked_only_if_the_user_wants_it(start, fake, line, is_asked):
    editor = start(config_of(fake.url, "trust_env = true", top=line))  # over a proxy, perhaps
    assert (ASKED in hover(editor)) == is_asked
    if is_asked:
        shown(editor)
        return
    editor.start("glossator.documentSymbol", by_model(editor))  # it knows by then who would be asked
    editor.take_edit()
    assert NOT_ASKED in hover(editor, HALF)
    assert functions(fake) == ["area"]


def by_model(editor):
    return editor.offered()["Document `area` with fake"]["command"]["arguments"][0]


@pytest.mark.parametrize(
    ("top", "initialize"),
    [
        ("hover_generates = false", {}),
        ("hover_generates = true", {"initializationOptions": {"trusted": False}}),
        ("", {"initializationOptions": {"hover_generates": False}}),
        ('hover_generates = true\nprivacy.exclude = ["hovered.py"]', {}),
    ],
)
def test_nobody_is_asked_where_that_is_not_wanted(start, fake, top, initialize):
    editor = start(config_of(fake.url, top=top), **initialize)
    for _ in range(3):
        assert ASKED not in hover(editor)
    assert not fake.requests


def test_nobody_is_asked_once_the_budget_is_spent(start, fake):
    editor = start(config_of(fake.url, top="hover_generates = true\nbudget.tokens_per_day = 0"))
    assert ASKED in hover(editor)
    ended(editor)
    assert not fake.requests


def ended(editor):
    """Hover until nobody is asked any more."""
    for _ in range(2000):
        if NOT_ASKED in hover(editor):
            return
    pytest.fail("it never ended")


def test_one_symbol_of_a_document_is_asked_for_at_a_time_and_the_last_one_next(start, fake):
    editor = start(config_of(fake.url, top="hover_generates = true"))
    fake.hold()
    hover(editor)
    fake.asked()
    for line in (HALF, WALLS, AREA, WALLS):
        assert ASKED in hover(editor, line)
    assert functions(fake) == ["area"]
    fake.release()
    shown(editor, WALLS)
    assert functions(fake) == ["area", "walls"]
    assert SUMMARY in hover(editor)


def test_who_asks_by_name_meanwhile_shares_the_answer(start, fake):
    editor = start(config_of(fake.url, top="hover_generates = true"))
    fake.hold()
    hover(editor)
    fake.asked()
    number = editor.start("glossator.documentSymbol", by_model(editor))
    fake.release()
    assert SUMMARY in editor.take_edit()["edits"][0]["newText"]
    editor.client.answer(number)
    assert functions(fake) == ["area"]


@pytest.mark.parametrize("how", ["closed", "untrusted", "not wanted"])
def test_the_connection_ends_with_the_reason_to_ask(start, how):
    with served(stalling(WORDS)) as slow:
        editor = start(config_of(slow.url, top="hover_generates = true"))
        hover(editor)
        slow.asked()
        if how == "closed":
            editor.client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        else:
            editor.configure(**{"trusted": False} if how == "untrusted" else {"hover_generates": False})
        slow.gone()


def test_the_connection_ends_with_the_server(start):
    with served(stalling(WORDS)) as slow:
        editor = start(config_of(slow.url, top="hover_generates = true"))
        hover(editor)
        slow.asked()
        editor.client.request("shutdown")
        editor.client.notify("exit")
        assert editor.client.ended() == 0
        slow.gone()


def test_the_user_sees_it_and_can_cancel_it(launch, tmp_path):
    with served(stalling(WORDS)) as slow:
        path = tmp_path / "config.toml"
        path.write_text(config_of(slow.url, top="hover_generates = true"))
        client = launch(GLOSSATOR_CONFIG=str(path))
        client.initialize({"window": {"workDoneProgress": True}, "textDocument": ABLE["textDocument"]})
        client.open(SOURCE, URI)
        editor = Editor(client, URI)
        hover(editor)
        created = client.take(lambda message: message.get("method") == "window/workDoneProgress/create")
        client.send({"id": created["id"], "result": None})
        begun = client.notification("$/progress")["value"]
        assert (begun["title"], begun["cancellable"]) == ("fake looks at `area`", True)
        slow.asked()
        client.notify("window/workDoneProgress/cancel", {"token": created["params"]["token"]})
        slow.gone()
        assert editor.end_of_progress() == "stopped"
        assert NOT_ASKED in hover(editor)  # nor again for a while


def test_a_provider_that_fails_is_not_asked_at_each_hover(start):
    with served(failure(400, "no")) as broken:
        editor = start(config_of(broken.url, top="hover_generates = true"))
        hover(editor)
        broken.asked()
        ended(editor)
        calls = len(broken.requests)
        for _ in range(5):
            assert NOT_ASKED in hover(editor)
        assert len(broken.requests) == calls
        assert not [one for one in editor.client.messages if one.get("method") == "window/showMessage"]


def test_programs_get_what_a_hover_is_about(start, fake):
    editor = start(config_of(fake.url, top="hover_generates = false"))
    at = {"textDocument": {"uri": URI}, "position": {"line": AREA, "character": 5}}
    found = editor.client.request("glossator/hover", at)["result"]
    assert found["contents"] == editor.client.request("textDocument/hover", at)["result"]["contents"]
    assert (found["path"], found["kind"], found["version"], found["uri"]) == ("area", "function", 1, URI)
    assert (found["can_insert"], found["model"], found["is_asked"]) == (True, "fake", False)
    assert set(found["fields"].values()) == {"embedded"}
    assert found["data"]["fingerprint"] == found["fingerprint"] != ""
    number = editor.start("glossator.documentSymbol", found["data"])
    (edit,) = editor.take_edit()["edits"]
    editor.client.answer(number)
    assert found["text"].splitlines()[0] in edit["newText"]
    editor.start("glossator.documentSymbol", found["data"] | {"model": "yes"})
    assert SUMMARY in editor.take_edit()["edits"][0]["newText"]


def test_programs_get_nothing_where_a_hover_shows_nothing(start, fake):
    editor = start(fake.config)
    at = {"textDocument": {"uri": URI}, "position": {"line": 2, "character": 0}}
    assert editor.client.request("glossator/hover", at)["result"] is None
    assert editor.client.request("glossator/hover", {"textDocument": {"uri": 1}})["error"]["code"] == -32602


def test_a_hover_says_whose_words_a_model_wrote(start, fake):
    editor = start(config_of(fake.url, top="hover_generates = false"))
    number = editor.start("glossator.documentSymbol", by_model(editor))
    (edit,) = editor.take_edit()["edits"]
    editor.client.answer(number)
    editor.client.change({"range": edit["range"], "text": edit["newText"]}, version=2, uri=URI)
    assert "summary: fake\n" in hover(editor)
    at = {"textDocument": {"uri": URI}, "position": {"line": AREA, "character": 5}}
    found = editor.client.request("glossator/hover", at)["result"]
    assert (found["fields"]["summary"], found["can_insert"], found["data"]) == ("fake", False, None)
    editor.client.change({"range": edit["range"], "text": '    """Mine."""\n'}, version=3, uri=URI)
    assert editor.client.request("textDocument/hover", at)["result"] is None
