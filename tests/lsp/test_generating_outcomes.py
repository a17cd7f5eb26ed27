"""What the user hears of a run with a model in the editor: what it will cost, whose the texts are, why it ended."""

from __future__ import annotations

import pytest
from editing import ABLE, Editor
from served import config_of, filling, served, stalling

from glossator.lsp.convert import FILE_TITLE

URI = "file:///somewhere/told.py"
SOURCE = '''\
def area(width, height):
    return width * height


def half(size):
    return size / 2


def scale(value, factor, base=0):
    """Scale a value.

    Args:
        value: What is scaled.
        gone: Of no use.
    """
    print(base + value * factor)
'''
WORDS = {
    "summary": "Return the area of a rectangle with this width and height.",
    "arg_width": "How many units the width of the rectangle takes.",
    "arg_height": "How many units it is high, the height of a side.",
    "returns": "The area that the rectangle covers.",
    "arg_factor": "How many times as large the value gets.",
    "arg_base": "Where the scale of the values begins.",
}
LINK = "See https://example.org for how wide it is."
PRICED = ("price_in = 3", "price_out = 15")
REPAIR = "Repair the docstring of `scale` with fake"


@pytest.fixture
def start(launch, tmp_path):
    def started(config, **initialize):
        path = tmp_path / "config.toml"
        path.write_text(config)
        client = launch(GLOSSATOR_CONFIG=str(path))
        client.initialize(ABLE, **initialize)
        asked = client.take(lambda message: message.get("method") == "workspace/configuration")
        client.send({"id": asked["id"], "result": [None]})
        client.open(SOURCE, URI)
        return Editor(client, URI)

    return started


@pytest.fixture
def fake():
    with served(filling(WORDS)) as server:
        yield server


# Whose the texts are.


def test_the_result_and_the_end_of_the_progress_say_whose_each_text_is(start, fake):
    editor = start(fake.config)
    number = editor.choose("Document `area` with fake")
    editor.take_edit()
    result = editor.client.answer(number)["result"]
    assert (result["applied"], result["files"], result["model"]) == (True, 1, "fake")
    (symbol,) = result["symbols"]
    assert symbol["path"] == "area"
    assert symbol["fields"] == dict.fromkeys(["summary", "parameter width", "parameter height", "returns"], "fake")
    assert (symbol["refused"], symbol["error"]) == ({}, "")
    assert editor.end_of_progress() == "texts: 4 by fake"
    assert not [one for one in editor.client.messages if one.get("method") == "window/showMessage"]


def test_a_refused_text_is_said_with_its_field_and_reason_and_not_its_words(start):
    with served(filling(WORDS | {"arg_width": LINK})) as fake:
        editor = start(fake.config)
        number = editor.choose("Document `area` with fake")
        change = editor.take_edit()
        symbol = editor.client.answer(number)["result"]["symbols"][0]
    assert "example.org" not in change["edits"][0]["newText"]
    assert symbol["fields"]["parameter width"] == "embedded"
    assert symbol["refused"] == {"parameter width": "link"}
    assert editor.end_of_progress() == "texts: 3 by fake, 1 by the embedded provider"
    said = editor.said()
    assert said["type"] == 3
    assert "parameter width (link)" in said["message"]
    assert "example.org" not in said["message"]


def test_a_provider_that_fails_is_said_in_the_result_too(start):
    with served(filling(WORDS)) as fake:
        config = fake.config
    editor = start(config)
    number = editor.choose("Document `area` with fake")
    editor.take_edit()
    symbol = editor.client.answer(number)["result"]["symbols"][0]
    assert symbol["error"]
    assert set(symbol["fields"].values()) == {"embedded"}
    assert editor.end_of_progress() == "texts: 4 by the embedded provider"
    assert editor.said()["type"] == 2


def test_hover_says_that_the_model_was_not_asked(start, fake):
    editor = start(fake.config)
    params = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 5}}
    shown = editor.client.request("textDocument/hover", params)["result"]["contents"]["value"]
    assert shown.startswith("*Glossator preview, not in the file; by the embedded provider, fake was not asked*")
    assert not fake.requests


def origins(editor, line):
    params = {"textDocument": {"uri": URI}, "position": {"line": line, "character": 5}}
    return editor.client.request("glossator/explain", params)["result"]["origins"]


def apply(editor, version):
    (edit,) = editor.take_edit()["edits"]
    editor.client.change({"range": edit["range"], "text": edit["newText"]}, version=version, uri=URI)


def test_an_explanation_knows_whose_the_texts_are_that_were_written_here(start):
    with served(filling(WORDS | {"arg_width": LINK})) as fake:
        editor = start(fake.config)
        editor.choose("Document `area` with fake")
        apply(editor, 2)
        assert origins(editor, 0) == {
            "summary": "fake",
            "parameter width": "embedded",
            "parameter height": "fake",
            "returns": "fake",
        }
        editor.client.change(editor.client.edit((1, 7), (1, 13), "Give"), version=3, uri=URI)
        assert origins(editor, 0)["summary"] == "unknown"


def test_an_explanation_tells_the_new_fields_of_a_repair_from_the_users(start, fake):
    editor = start(fake.config)
    editor.choose(REPAIR, line=9)
    apply(editor, 2)
    found = origins(editor, 9)
    assert (found["summary"], found["parameter value"], found["parameter factor"]) == ("unknown", "unknown", "fake")


# What it costs.


def test_a_batch_that_costs_money_is_agreed_to_first(start, fake):
    editor = start(config_of(fake.url, *PRICED))
    number = editor.choose(f"{FILE_TITLE} with fake")
    question = editor.question()
    assert "3 symbols by fake: about" in question["params"]["message"]
    assert "about $0.01" in question["params"]["message"]
    assert not fake.requests
    editor.client.send({"id": question["id"], "result": question["params"]["actions"][0]})
    assert len(editor.take_edit()["edits"]) == 3
    assert editor.client.answer(number)["result"]["applied"]


@pytest.mark.parametrize("answer", [{"result": None}, {"error": {"code": -32601, "message": "no questions here"}}])
def test_nothing_is_asked_of_a_provider_where_the_user_does_not_agree(start, fake, answer):
    editor = start(config_of(fake.url, *PRICED))
    number = editor.choose(f"{FILE_TITLE} with fake")
    editor.client.send({"id": editor.question()["id"]} | answer)
    assert "Nothing was asked for" in editor.client.answer(number)["error"]["message"]
    assert not fake.requests
    assert not editor.edits_asked()


def test_one_symbol_and_what_is_free_are_asked_for_at_once(start, fake):
    editor = start(config_of(fake.url, *PRICED))
    number = editor.choose("Document `half` with fake", line=4)
    editor.take_edit()
    assert editor.client.answer(number)["result"]["applied"]
    assert not [one for one in editor.client.messages if one.get("method") == "window/showMessageRequest"]


# Settings that change meanwhile.


@pytest.mark.parametrize("section", [{"style": "numpy"}, {"mode": "baseline"}])
def test_a_run_goes_on_where_settings_change_that_are_not_about_who_is_asked(start, fake, section):
    editor = start(fake.config)
    fake.hold()
    number = editor.choose("Document `area` with fake")
    fake.asked()
    editor.configure(**section)
    editor.offered()  # by now it has the new settings
    fake.release()
    assert WORDS["summary"] in editor.take_edit()["edits"][0]["newText"]
    assert set(editor.client.answer(number)["result"]["symbols"][0]["fields"].values()) == {"fake"}
    if "mode" in section:  # which is about processes of ours: others are opened for the next run
        fake.deserted()


@pytest.mark.parametrize("section", [{"trusted": False}, {"provider": "embedded"}])
def test_a_run_ends_with_a_message_where_its_provider_is_not_chosen_any_more(start, section):
    with served(stalling(WORDS)) as fake:
        editor = start(fake.config)
        number = editor.choose("Document `area` with fake")
        fake.asked()
        editor.configure(**section)
        fake.gone()
        error = editor.client.answer(number)["error"]
        assert (error["code"], "providers changed" in error["message"]) == (-32801, True)
        assert "providers changed; ask again" in editor.said()["message"]
        fake.deserted()
    assert not editor.edits_asked()


def test_settings_that_are_not_about_providers_keep_the_connection(start, fake):
    editor = start(fake.config)
    for style in ("numpy", "sphinx"):
        editor.configure(style=style)
        number = editor.choose("Document `half` with fake", line=4)
        editor.take_edit()
        assert editor.client.answer(number)["result"]["applied"]
    assert len(fake.requests) >= 2
    assert fake.fake.accepted == 1


# Repairs.


def test_the_new_fields_of_a_repair_are_the_models_and_the_rest_stays(start, fake):
    editor = start(fake.config)
    number = editor.choose(REPAIR, line=9)
    change = editor.take_edit()
    assert change["textDocument"] == {"uri": URI, "version": 1}
    new = "".join(edit["newText"] for edit in change["edits"])
    assert WORDS["arg_factor"] in new
    assert "Scale a value" not in new
    symbol = editor.client.answer(number)["result"]["symbols"][0]
    assert symbol["path"] == "scale"
    assert symbol["fields"]["parameter factor"] == "fake"
    assert "summary" not in symbol["fields"]
    assert len(fake.requests) == 1
    assert "summary" not in fake.requests[0].json["response_format"]["json_schema"]["schema"]["properties"]


def test_a_repair_is_shown_before_it_is_applied(start, fake):
    editor = start(fake.config)
    editor.choose(REPAIR, line=9)
    shown = editor.client.take(lambda m: m.get("method") == "glossator/preview" and m["params"]["done"])["params"]
    assert WORDS["arg_factor"] in shown["text"]
    assert "Scale a value." in shown["text"]
    editor.take_edit()


def test_one_fault_is_mended_in_the_models_words_and_no_other(start, fake):
    editor = start(fake.config)
    (finding,) = (one for one in editor.findings() if one["message"] == "parameter `factor` is not documented")
    data = editor.offered(9)[REPAIR]["command"]["arguments"][0]
    fault = {"scope": "fault", "code": finding["code"], "message": finding["message"]}
    number = editor.start("glossator.repair", data | fault)
    new = "".join(edit["newText"] for edit in editor.take_edit()["edits"])
    assert WORDS["arg_factor"] in new
    assert WORDS["arg_base"] not in new
    assert list(editor.client.answer(number)["result"]["symbols"][0]["fields"]) == ["parameter factor"]


def test_all_of_a_file_is_repaired_by_a_model_where_a_command_says_so(start, fake):
    editor = start(fake.config)
    number = editor.start("glossator.repair", {"uri": URI, "scope": "stale", "model": "yes"})
    new = "".join(edit["newText"] for edit in editor.take_edit()["edits"])
    assert WORDS["arg_factor"] in new
    assert editor.client.answer(number)["result"]["model"] == "fake"


def test_a_repair_that_needs_no_new_words_is_offered_without_a_model_alone(start, fake):
    editor = start(fake.config)
    fits = SOURCE.replace("def scale(value, factor, base=0)", "def scale(value)").replace(
        "base + value * factor", "value"
    )
    editor.client.change({"text": fits}, version=2, uri=URI)
    titles = editor.offered(9)
    assert "Repair this docstring" in titles
    assert not [title for title in titles if title.startswith("Repair the docstring")]


def test_the_action_that_editors_run_on_saving_asks_no_model(start, fake):
    editor = start(fake.config)
    (action,) = editor.offered(9, only=["source.fixAll"]).values()
    assert "with" not in action["title"]
    command = action["command"]
    number = editor.start(command["command"], *command["arguments"])
    editor.take_edit()
    assert editor.client.answer(number)["result"] == {"applied": True, "files": 1}
    assert not fake.requests


def test_d1_a_docstring_that_changed_meanwhile_is_not_repaired(start, fake):
    editor = start(fake.config)
    fake.hold()
    number = editor.choose(REPAIR, line=9)
    fake.asked()
    editor.client.change(editor.client.edit((9, 7), (9, 12), "Grow "), version=2, uri=URI)
    editor.offered(9)
    fake.release()
    assert editor.client.answer(number)["error"]["code"] == -32801
    assert not editor.edits_asked()


def test_s3_in_an_untrusted_workspace_no_repair_asks_a_model(start, fake):
    editor = start(fake.config, initializationOptions={"trusted": False})
    assert not [title for title in editor.offered(9) if "with" in title]
    number = editor.start("glossator.repair", {"uri": URI, "scope": "stale", "model": "yes"})
    assert "No provider" in editor.client.answer(number)["error"]["message"]
    assert not fake.requests
