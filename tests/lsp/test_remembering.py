"""What models have said before, in the editor: found again at once, on another day and for other layout; taken back."""

from __future__ import annotations

import pytest
from editing import ABLE, Editor
from served import filling, served, stalling

from glossator.lsp.convert import FILE_TITLE

URI = "file:///somewhere/remembered.py"
SOURCE = """\
def area(width, height):
    result = width * height
    return result


def half(size):
    return size / 2
"""
OTHERWISE = """\
# Moved, and written in another way.
def half(size):
    return size / 2

def area(width, height):
    surface = (width * height)  # of a rectangle
    return surface
"""
RESOLVES = {
    **ABLE["textDocument"]["codeAction"],
    "dataSupport": True,
    "resolveSupport": {"properties": ["edit"]},
}
WORDS = {
    "summary": "Return the area of a rectangle with this width and height.",
    "arg_width": "How many units the width of the rectangle takes.",
    "arg_height": "How many units it is high, the height of a side.",
    "returns": "The area that the rectangle covers.",
}
ADD, WITH_MODEL = "Document `area`", "Document `area` with fake"


@pytest.fixture
def start(launch, tmp_path):
    """Starts editors; all of them share the cache of one user."""

    def started(config, text=SOURCE, uri=URI):
        path = tmp_path / "config.toml"
        path.write_text(config)
        client = launch(GLOSSATOR_CONFIG=str(path), XDG_CACHE_HOME=str(tmp_path / "cache"))
        client.initialize(ABLE | {"textDocument": {**ABLE["textDocument"], "codeAction": RESOLVES}})
        asked = client.take(lambda message: message.get("method") == "workspace/configuration")
        client.send({"id": asked["id"], "result": [None]})
        client.open(text, uri)
        return Editor(client, uri)

    return started


def by_model(editor, line=0):
    """Document `area` in the words of the model, and type the edit; the new docstring's edit."""
    number = editor.choose(WITH_MODEL, line)
    (edit,) = editor.take_edit()["edits"]
    editor.client.answer(number)
    return edit


def resolved(editor, line=0):
    """The text that the action "Document `area`" writes."""
    action = editor.client.request("codeAction/resolve", editor.offered(line)[ADD])["result"]
    return action["edit"]["documentChanges"][0]["edits"][0]["newText"]


def typed(editor, edit, version):
    editor.client.change({"range": edit["range"], "text": edit["newText"]}, version=version, uri=editor.uri)


def removed(editor, edit, version):
    """The text is as it was before an edit that inserted lines."""
    start = edit["range"]["start"]
    lines = edit["newText"].count("\n")
    end = {"line": start["line"] + lines, "character": start["character"]}
    editor.client.change({"range": {"start": start, "end": end}, "text": ""}, version=version, uri=editor.uri)


@pytest.fixture
def fake():
    with served(filling(WORDS)) as server:
        yield server


def test_what_was_said_before_is_there_at_once_on_another_day_in_another_file(start, fake):
    by_model(start(fake.config))
    calls = len(fake.requests)
    editor = start(fake.config, OTHERWISE, "file:///elsewhere/moved.py")
    text = resolved(editor, line=5)
    assert WORDS["summary"] in text
    assert WORDS["arg_width"].partition(" the ")[0] in text
    assert len(fake.requests) == calls == 1


def test_the_hover_says_whose_words_it_shows(start, fake):
    by_model(start(fake.config))
    editor = start(fake.config, OTHERWISE)
    resolved(editor, line=5)
    at = {"textDocument": {"uri": URI}, "position": {"line": 4, "character": 5}}
    shown = editor.client.request("textDocument/hover", at)["result"]["contents"]["value"]
    assert WORDS["summary"] in shown
    assert "by fake, said before of code that means the same" in shown
    at["position"]["line"] = 1
    assert "fake was not asked" in editor.client.request("textDocument/hover", at)["result"]["contents"]["value"]


def test_a_pause_in_the_typing_brings_what_the_disk_has_into_memory(start, fake):
    by_model(start(fake.config))
    editor = start(fake.config, OTHERWISE)
    at = {"textDocument": {"uri": URI}, "position": {"line": 4, "character": 5}}
    for _ in range(100):
        editor.findings()
        if WORDS["summary"] in editor.client.request("textDocument/hover", at)["result"]["contents"]["value"]:
            return
    pytest.fail("it never came into memory")


def test_the_model_is_not_asked_again_and_the_preview_is_shown(start, fake):
    by_model(start(fake.config))
    editor = start(fake.config, OTHERWISE)
    number = editor.choose(WITH_MODEL, line=5)
    (edit,) = editor.take_edit()["edits"]
    result = editor.client.answer(number)["result"]
    assert WORDS["summary"] in edit["newText"]
    assert set(result["symbols"][0]["fields"].values()) == {"L3"}
    assert editor.client.notification("glossator/preview")["done"] is True
    assert len(fake.requests) == 1


def test_what_was_undone_is_not_offered_again_but_may_be_asked_for(start, fake):
    editor = start(fake.config)
    edit = by_model(editor)
    typed(editor, edit, 2)
    editor.findings()
    removed(editor, edit, 3)
    editor.findings()
    assert WORDS["summary"] not in resolved(editor)
    assert len(fake.requests) == 1
    assert WORDS["summary"] in by_model(editor)["newText"]  # somebody wants the model's words after all
    assert len(fake.requests) == 2


def test_what_was_rewritten_is_not_offered_again_and_the_rest_is(start, fake):
    editor = start(fake.config)
    edit = by_model(editor)
    typed(editor, edit, 2)
    editor.findings()
    removed(editor, edit, 3)
    typed(editor, edit | {"newText": edit["newText"].replace(WORDS["summary"], "Tell how large a garden is.")}, 4)
    editor.findings()
    later = start(fake.config, OTHERWISE)  # where nobody has written anything yet
    text = resolved(later, line=5)
    assert WORDS["summary"] not in text
    assert WORDS["returns"] in text
    assert len(fake.requests) == 1


def test_an_edit_that_never_came_into_the_text_is_not_taken_back(start, fake):
    editor = start(fake.config)
    by_model(editor)  # the editor says that it applied it, and does not
    editor.findings()
    editor.client.change(editor.client.edit((5, 0), (5, 0), "\n"), version=2, uri=URI)
    editor.findings()
    assert WORDS["summary"] in resolved(editor)


def test_a_change_of_the_code_is_no_undoing(start, fake):
    editor = start(fake.config)
    edit = by_model(editor)
    typed(editor, edit, 2)
    editor.findings()
    editor.client.change({"text": SOURCE.replace("width * height", "width + height")}, version=3, uri=URI)
    editor.findings()
    editor.client.change({"text": SOURCE}, version=4, uri=URI)
    assert WORDS["summary"] in resolved(editor)


def test_a_run_that_is_cancelled_leaves_what_was_answered(start, fake):
    """The first symbol is answered; the second one hangs until the run is cancelled."""

    def mood(asked):
        return (filling if "width" in str(asked.body) else stalling)(WORDS)(asked)

    with served(mood) as slow:
        editor = start(slow.config)
        number = editor.start(
            "glossator.documentFile", editor.offered()[f"{FILE_TITLE} with fake"]["command"]["arguments"][0]
        )
        slow.asked()
        for _ in range(200):
            preview = editor.client.take(lambda message: message.get("method") == "glossator/preview")["params"]
            if preview["done"] and preview["path"] == "area":
                break
        editor.client.notify("$/cancelRequest", {"id": number})
        editor.client.answer(number)
    assert WORDS["summary"] in resolved(start(fake.config))
    assert fake.requests == []


def test_the_cache_can_be_cleared(start, fake):
    editor = start(fake.config)
    by_model(editor)
    params = {"command": "glossator.clearCache", "arguments": [URI]}
    answer = editor.client.request("workspace/executeCommand", params)["result"]
    assert answer["cleared"] >= 5
    assert WORDS["summary"] not in resolved(editor)


def test_explain_says_what_the_cache_has(start, fake):
    editor = start(fake.config)
    by_model(editor)
    at = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 5}}
    found = editor.client.request("glossator/explain", at)["result"]["cache"]
    assert set(found["traces"].values()) == {"L1: taken"}
    assert found["is_complete"] is True


SHAPES = """\
class Shape:
    def get_width(self, scale):
        box = self.outer.width_of(self)
        return round(box * scale)

    def {name}(self, scale):
        box = self.outer.{called}(self)
        return round(box * scale)
"""
OF_SHAPES = {
    "summary": "Return the width of the outer box in whole pixels.",
    "arg_scale": "Factor that the width is multiplied with.",
    "returns": "The width, scaled and rounded.",
}


def documented(editor, name, line):
    title = f"Document `{name}` with fake"
    command = editor.offered(line)[title]["command"]
    number = editor.start(command["command"], *command["arguments"])
    (edit,) = editor.take_edit()["edits"]
    editor.client.answer(number)
    return edit["newText"]


def test_what_was_said_of_a_sibling_is_carried_over(start):
    text = SHAPES.format(name="get_height", called="height_of")
    with served(filling(OF_SHAPES)) as fake:
        editor = start(fake.config, text)
        documented(editor, "get_width", 1)
        assert "Return the height of the outer box in whole pixels." in documented(editor, "get_height", 5)
        assert len(fake.requests) == 1


def test_where_nobody_answers_similar_words_are_shown_as_a_draft_and_not_written(start):
    text = SHAPES.format(name="get_depth", called="width_of")
    with served(filling(OF_SHAPES)) as fake:
        config = fake.config
        documented(start(config, text), "get_width", 1)
    editor = start(config, text)  # the server is gone by now
    assert OF_SHAPES["summary"] not in documented(editor, "get_depth", 5)
    shown = [one["params"] for one in editor.client.messages if one.get("method") == "glossator/preview"]
    drafts = [one for one in shown if one.get("draft")]
    assert OF_SHAPES["summary"] in drafts[0]["text"]
    assert drafts[0]["fields"]["summary"] == "L2"
