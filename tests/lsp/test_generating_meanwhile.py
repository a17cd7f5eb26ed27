"""Typing while a model works: the answer fits what is there then, or is dropped (D1 to D4)."""

from __future__ import annotations

import ast

import pytest
from editing import ABLE, Editor
from oracle import bare_dump
from served import filling, served, stalling

URI = "file:///somewhere/meanwhile.py"
AREA = "def area(width, height):\n    return width * height\n"
HALF = "def half(size):\n    return size / 2\n"
SCALE = '''\
def scale(value, factor):
    """Scale a value.

    Args:
        value: What is scaled.
    """
    print(value * factor)
'''
SOURCE = f"{AREA}\n\n{HALF}\n\n{SCALE}"
WORDS = {
    "summary": "Return the area of a rectangle with this width and height.",
    "arg_width": "How many units the width of the rectangle takes.",
    "arg_height": "How many units it is high, the height of a side.",
    "returns": "The area that the rectangle covers.",
    "arg_factor": "How many times as large the value gets.",
}
ADD, REPAIR = "Document `area` with fake", "Repair the docstring of `scale` with fake"
SUPERSEDED = -32801


class Typing(Editor):
    """An editor whose user types; it takes an edit only where it is for the text that it has."""

    def __init__(self, client):
        super().__init__(client, URI)
        self.text, self.version = SOURCE, 1

    def type(self, text):
        """Replace the whole text."""
        self.text, self.version = text, self.version + 1
        self.client.change({"text": text}, version=self.version, uri=URI)

    def line_of(self, words):
        return self.text[: self.text.index(words)].count("\n")

    def choose_at(self, title, words):
        return self.choose(title, self.line_of(words))

    def seen(self):
        """Wait until the server has read what was typed."""
        self.offered()

    def obey(self, *numbers):
        """The answers to these requests; what is asked to be applied meanwhile is, if it fits."""
        answers = []
        while len(answers) < len(numbers):
            got = self.client.take(lambda m: m.get("id") in numbers or m.get("method") == "workspace/applyEdit")
            if "method" not in got:
                answers.append(got)
                continue
            change = got["params"]["edit"]["documentChanges"][0]
            fits = change["textDocument"] == {"uri": URI, "version": self.version}
            if fits:
                self.type(applied(self.text, change["edits"]))
            self.client.send({"id": got["id"], "result": {"applied": fits}})
        return answers


def applied(text, edits):
    starts = [0, *(place + 1 for place, sign in enumerate(text) if sign == "\n")]

    def offset(place):
        return starts[place["line"]] + place["character"]

    for edit in sorted(edits, key=lambda one: -offset(one["range"]["start"])):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text


def documented(text, words):
    """The paths of the functions whose docstrings have these words."""
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    return [node.name for node in found if words in (ast.get_docstring(node) or "")]


class Moody:
    """A model that fills all fields, or falls silent in the midst of it."""

    def __init__(self):
        self.is_stalled = False

    def __call__(self, asked):
        return (stalling if self.is_stalled else filling)(WORDS)(asked)


@pytest.fixture(scope="module")
def together(module_launch, tmp_path_factory):
    """One server for the whole module, its model and that model's mood."""
    folder, mood = tmp_path_factory.mktemp("meanwhile"), Moody()
    with served(mood) as fake:
        (folder / "config.toml").write_text(fake.config)
        client = module_launch(GLOSSATOR_CONFIG=str(folder / "config.toml"), XDG_CACHE_HOME=str(folder))
        client.initialize(ABLE)
        yield client, fake, mood


@pytest.fixture
def fake(together):
    """The model; nobody has asked it yet, and nobody is left who does."""
    _, fake, mood = together
    mood.is_stalled = False
    fake.forget()
    yield fake
    fake.release()


@pytest.fixture
def editor(together, fake):
    client, *_ = together
    client.forget_answers()
    client.open(SOURCE, URI)
    found = Typing(client)
    yield found
    client.notify("textDocument/didClose", {"textDocument": {"uri": found.uri}})
    client.request("test/none")
    client.messages.clear()


@pytest.fixture
def stalled(together, fake):
    """The model, which falls silent in the midst of its answers."""
    together[2].is_stalled = True
    return fake


FITS = {
    "D2 lines above": lambda text: "import math\n\n\n" + text,
    "D2 lines below": lambda text: f"{text}\n\ndef more(it):\n    return it\n",
    "D2 lines between": lambda text: text.replace(HALF, f"{HALF}\n\nX = 1\n"),
    "D2 a character of four bytes above": lambda text: f"NAME = '\U0001f642'\n\n\n{text}",
    "D2 a comment": lambda text: text.replace("    print(", "    # now\n    print("),
    "D3 moved to the end": lambda text: f"{HALF}\n\n{SCALE}\n\n{AREA}",
    "D3 moved to the start": lambda text: f"{SCALE}\n\n{AREA}\n\n{HALF}",
}
DROPPED = {
    "D1 the body": lambda text: text.replace("width * height", "width + height").replace("value * ", "value + "),
    "D1 a parameter": lambda text: text.replace("(width, ", "(depth, width, ").replace("(value, ", "(more, value, "),
    "D1 half typed": lambda text: text.replace("def area(", "def area((").replace("def scale(", "def scale(("),
    "D3 renamed": lambda text: text.replace("def area", "def surface").replace("def scale", "def grow"),
    "D3 deleted": lambda text: HALF,
    "D3 moved into a class": lambda text: (
        "class C:\n" + "".join(f"    {line}\n" if line else "\n" for line in text.split("\n"))
    ),
    "D3 another one of the name above": lambda text: (
        f"def area(a):\n    return a\n\n\ndef scale(b):\n    return b\n\n\n{text}"
    ),
}


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize(("title", "field"), [(ADD, "summary"), (REPAIR, "arg_factor")])
def test_d2_d3_an_answer_comes_to_where_its_symbol_is_now(editor, fake, name, title, field):
    fake.hold()
    number = editor.choose_at(title, "def area" if title is ADD else "def scale")
    fake.asked()
    editor.type(FITS[name](SOURCE))
    before = editor.text
    editor.seen()
    fake.release()
    (answer,) = editor.obey(number)
    assert answer["result"]["applied"]
    assert documented(editor.text, WORDS[field]) == ["area" if title is ADD else "scale"]
    assert bare_dump(ast.parse(editor.text)) == bare_dump(ast.parse(before))
    assert editor.text.count("print(value * factor)") == 1


@pytest.mark.parametrize("name", DROPPED)
@pytest.mark.parametrize("title", [ADD, REPAIR])
def test_d1_d3_an_answer_for_what_is_not_there_any_more_is_dropped(editor, fake, name, title):
    fake.hold()
    number = editor.choose_at(title, "def area" if title is ADD else "def scale")
    fake.asked()
    editor.type(DROPPED[name](SOURCE))
    before = editor.text
    editor.seen()
    fake.release()
    (answer,) = editor.obey(number)
    assert answer["error"]["code"] == SUPERSEDED
    assert editor.text == before
    assert editor.offered()  # and is offered again


def test_d3_of_two_equal_definitions_one_is_documented_and_nothing_else_changes(editor, fake):
    fake.hold()
    number = editor.choose_at(ADD, "def area")
    fake.asked()
    editor.type(f"{AREA}\n\n{SOURCE}")
    before = editor.text
    editor.seen()
    fake.release()
    editor.obey(number)
    assert documented(editor.text, WORDS["summary"]) in ([], ["area"])
    assert bare_dump(ast.parse(editor.text)) == bare_dump(ast.parse(before))


@pytest.mark.parametrize("title", [ADD, REPAIR])
def test_d3_a_change_that_was_taken_back_is_none(editor, fake, title):
    fake.hold()
    number = editor.choose_at(title, "def area" if title is ADD else "def scale")
    fake.asked()
    editor.type(HALF)
    editor.seen()
    editor.type(SOURCE)
    editor.seen()
    fake.release()
    (answer,) = editor.obey(number)
    assert answer["result"]["applied"]
    assert editor.version == 4


@pytest.mark.parametrize("title", [ADD, REPAIR])
@pytest.mark.parametrize("uri", [URI, "file:///somewhere/renamed.py"])
def test_d3_a_file_that_was_closed_gets_nothing_though_it_is_open_again(editor, stalled, title, uri):
    """Neither where it has version 1 again, nor under the name that it has now."""
    number = editor.choose_at(title, "def area" if title is ADD else "def scale")
    stalled.asked()
    editor.client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    editor.client.open(SOURCE, uri, version=1)
    stalled.gone()
    assert editor.client.answer(number)["error"]["code"] == SUPERSEDED
    editor.uri = uri
    assert editor.offered()
    assert not editor.edits_asked()


@pytest.mark.parametrize("title", [ADD, REPAIR])
def test_d4_of_two_runs_for_a_function_one_is_applied(editor, fake, title):
    fake.hold()
    words = "def area" if title is ADD else "def scale"
    numbers = [editor.choose_at(title, words) for _ in range(2)]
    fake.asked()
    fake.release()
    answers = editor.obey(*numbers)
    assert sorted("error" in answer for answer in answers) == [False, True]
    assert editor.text.count(WORDS["summary"] if title is ADD else WORDS["arg_factor"]) == 1
    assert bare_dump(ast.parse(editor.text)) == bare_dump(ast.parse(SOURCE))


def test_d4_what_was_undone_can_be_asked_for_again(editor, fake):
    for _ in range(2):
        (answer,) = editor.obey(editor.choose_at(ADD, "def area"))
        assert answer["result"]["applied"]
        written = editor.text
        editor.type(SOURCE)
    fake.hold()
    numbers = [editor.choose_at(ADD, "def area") for _ in range(2)]
    fake.release()
    editor.obey(numbers[0])
    editor.type(SOURCE)  # undone while the other one is under way
    editor.obey(numbers[1])
    assert editor.text in (SOURCE, written)


@pytest.mark.parametrize("way", ["cancel", "button", "close"])
@pytest.mark.parametrize("title", [ADD, REPAIR])
def test_a_run_that_is_ended_closes_its_stream(editor, stalled, title, way):
    number = editor.choose_at(title, "def area" if title is ADD else "def scale")
    stalled.asked()
    if way == "cancel":
        editor.client.notify("$/cancelRequest", {"id": number})
    elif way == "button":
        editor.client.take(lambda m: m.get("method") == "$/progress" and m["params"]["value"]["kind"] == "begin")
        editor.client.notify("window/workDoneProgress/cancel", {"token": "shown"})
    else:
        editor.client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    stalled.gone()
    assert "error" in editor.client.answer(number)
    assert not editor.edits_asked()
