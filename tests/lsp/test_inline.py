"""Docstrings as ghost text on the empty line below a header, as editors ask for them."""

from __future__ import annotations

import ast
import itertools

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from glossator.config import Settings
from glossator.documenter import FileOptions, check_bytes

NEOVIM, VS_CODE = "neovim_0.11.4", "vscode_1.139_lc10"
NUMBERS = itertools.count()
AUTOMATIC, INVOKED = 2, 1
BODY = "    if width < 0:\n        raise ValueError(width)\n    return width * height\n"


@pytest.fixture(scope="module")
def servers(module_launch, editor_capabilities):
    """One server for each encoding, whose user wants ghost text."""
    started = {}

    def get(name):
        if name not in started:
            started[name] = module_launch()
            # What the capture does not have stands for the plugin that asks all the same.
            started[name].initialize(editor_capabilities(name), initializationOptions={"inline_completion": True})
        return started[name]

    return get


class Typed:
    """A text with the cursor at `|`, open in an editor."""

    def __init__(self, client, text, encoding="utf-16"):
        self.client = client
        self.uri = f"file:///somewhere/ghost_{next(NUMBERS)}.py"
        before, _, after = text.partition("|")
        self.text = before + after
        line = before.rsplit("\n", 1)[-1]
        width = len(line.encode("utf-16-le")) // 2 if encoding == "utf-16" else len(line.encode())
        self.place = {"line": before.count("\n"), "character": width}
        client.open(self.text, self.uri)

    def ask(self, trigger=AUTOMATIC, **context):
        params = {"textDocument": {"uri": self.uri}, "position": self.place}
        params["context"] = {"triggerKind": trigger} | context
        return self.client.request("textDocument/inlineCompletion", params)["result"]

    def accepted(self, trigger=AUTOMATIC):
        """The text after the ghost text was accepted, by an editor that heeds its range."""
        (item,) = self.ask(trigger)["items"]
        start, end = item["range"]["start"], item["range"]["end"]
        assert start["line"] == end["line"] == self.place["line"]
        lines = self.text.split("\n")
        line = lines[start["line"]]
        lines[start["line"]] = line[: start["character"]] + item["insertText"] + line[end["character"] :]
        return "\n".join(lines)


@pytest.fixture
def typed(servers):
    return lambda text, name=VS_CODE: Typed(servers(name), text)


def findings(text):
    found = check_bytes(text.encode(), "a.py", FileOptions(Settings())).findings
    return [one.code for one in found if one.code != "GLS101"]


def test_only_a_client_that_asks_is_told_of_it(launch, editor_capabilities):
    told = {}
    for name in (NEOVIM, VS_CODE):
        told[name] = launch().initialize(editor_capabilities(name))["capabilities"].get("inlineCompletionProvider")
    assert told == {NEOVIM: None, VS_CODE: True}


def test_nothing_is_shown_to_who_has_not_asked_for_it(launch, editor_capabilities):
    client = launch()
    client.initialize(editor_capabilities(VS_CODE))
    assert Typed(client, "def area(width, height):\n    |\n").ask(INVOKED) is None


@pytest.mark.parametrize("name", [NEOVIM, VS_CODE])
def test_below_a_header_that_nothing_follows_stands_the_whole_docstring(typed, name):
    after = typed("def area(width: int, height: int = 1) -> int:\n    |", name).accepted()
    tree = ast.parse(after)
    assert "height" in ast.get_docstring(tree.body[0])
    assert after.startswith('def area(width: int, height: int = 1) -> int:\n    """')
    assert findings(after) == []


@pytest.mark.parametrize(
    ("header", "has_returns"),
    [
        ("def read(path: str) -> bytes:", True),
        ("def read(path: str) -> None:", False),
        ("def read(path: str) -> Iterator[str]:", False),
        ("def read(path):", False),
    ],
)
def test_of_what_is_not_typed_yet_nothing_is_claimed(typed, header, has_returns):
    text = ast.get_docstring(ast.parse(typed(f"{header}\n    |").accepted()).body[0])
    assert ("Returns:" in text) == has_returns
    assert not any(words in text for words in ("nothing", "without effect", "implementation", "locals"))


def test_with_a_body_it_tells_what_the_body_does(typed):
    after = typed(f"def area(width, height):\n    |\n{BODY}").accepted()
    assert "ValueError" in ast.get_docstring(ast.parse(after).body[0])
    assert after.endswith(BODY)
    assert findings(after) == []


@pytest.mark.parametrize("trigger", [AUTOMATIC, INVOKED])
def test_what_stands_around_it_stays(typed, trigger):
    before = "class Shape:\n    '''Has sides.'''\n\n    def area(self, unit):\n        "
    after = "\n\n    def other(self):\n        '''Stay.'''\n        return 1\n"
    text = typed(f"{before}|{after}").accepted(trigger)
    assert text.startswith(before)
    assert text.endswith(after)
    assert findings(text) == []


def test_the_line_gets_the_indentation_that_it_lacks(typed):
    after = typed(f"class Shape:\n    def area(self, width, height):\n|\n{BODY.replace('    ', '        ')}").accepted()
    assert '\n        """' in after
    assert ast.parse(after)
    assert '\n  """' in typed("def area(width):\n|\n  return width\n").accepted()
    assert '\n\t"""' in typed("def area(width):\n\t|\n\treturn width\n").accepted()
    assert '\n\t\t"""' in typed("if 1:\n\tdef area(width):\n|").accepted()


def test_of_a_class_it_is_the_docstring_of_the_class(typed):
    after = typed("class Shape:\n    |\n    def __init__(self, sides):\n        self.sides = sides\n").accepted()
    tree = ast.parse(after)
    assert "sides" in ast.get_docstring(tree.body[0])
    assert '"""\n\n    def __init__' in after
    assert findings(after) == []


@pytest.mark.parametrize(
    "header",
    [
        "async def area(width):",
        "def area(width):  # a comment: of ours",
        "def area(\n    width,\n    height: dict[str, int] = {},\n) -> int:",
        "def area(width,\n         height):",
        "@cached\ndef area(width):",
        "class Shape(Base, metaclass=Meta):",
        'def area(width="a # b"):',
    ],
)
def test_every_kind_of_header_is_known(typed, header):
    after = typed(f"import os\n\n\n{header}\n    |\n\n\nx = 1\n").accepted()
    assert ast.get_docstring(ast.parse(after).body[1])


def test_other_code_that_is_half_typed_does_not_matter(typed):
    after = typed("x = (1,\n\n\ndef other(:\n    pass\n\n\ndef area(width):\n    |\n    return width\n")
    assert after.ask() is None or '"""' in after.accepted()
    assert '"""' in typed("def area(width):\n    |\n    return width\n\n\ndef later(a").accepted()


@pytest.mark.parametrize(
    "text",
    [
        "|",
        "x = 1\n|\n",
        "def area(width):\n    x = 1\n    |\n",
        "def area(width):|\n",
        "def area(width):\n\n    |\n",
        'def area(width):\n    |\n    """Has one."""\n',
        "def area(width):\n    |\n    r'Has one.'\n",
        "def area(width):\n    |\n    (\n    'Has one.')\n",
        'def area(width):\n    """|\n',
        "def area(width):\n    x|\n",
        "if (x):\n    |\n",
        "for x in f(y):\n    |\n",
        "async with f(y):\n    |\n",
        "def area(width): pass\n    |\n",
        "class Shape:\n    |\n",
        "x = {\n    f(1):\n    |\n    2}\n",
        "def f():\n    x = {\n        f(1):\n        |\n        2}\n",
        "def area(width, x=[1:\n    |\n",
        "'''\ndef area(width):\n    |\n'''\n",
        "def area(width):\n    |\n    '''\n    half-typed\n",
        "def _private(width):\n    |\n",
        "class Shape:\n    def __repr__(self):\n        |\n",
        "def outer():\n    def inner(width):\n        |\n",
    ],
)
def test_nothing_is_shown_elsewhere(typed, text):
    assert typed(text).ask() is None


def test_who_asks_for_it_gets_it_for_what_nobody_has_to_document(typed):
    assert '"""' in typed("def _private(width):\n    |\n").accepted(INVOKED)
    assert typed("def _private(width):\n    x = 1\n    |\n").ask(INVOKED) is None


def test_it_gives_way_to_what_is_chosen_in_a_list(typed):
    here = {"line": 1, "character": 4}
    chosen = {"range": {"start": here, "end": here}, "text": "pass"}
    assert typed("def area(width):\n    |\n").ask(selectedCompletionInfo=chosen) is None


def test_once_quotes_are_typed_only_the_list_has_it(typed):
    opened = typed('def area(width):\n    """|\n')
    assert opened.ask() is None
    params = {"textDocument": {"uri": opened.uri}, "position": opened.place}
    assert len(opened.client.request("textDocument/completion", params)["result"]) == 1
    empty = typed("def area(width):\n    |\n")
    params = {"textDocument": {"uri": empty.uri}, "position": empty.place}
    assert empty.client.request("textDocument/completion", params)["result"] == []


@pytest.mark.parametrize("name", [NEOVIM, VS_CODE])
def test_the_cursor_may_stand_behind_wide_characters_elsewhere(typed, name):
    after = typed('x = "😀"\n\n\ndef area(width, smile="😀"):\n    |\n    return "😀"\n', name).accepted()
    assert "😀" in ast.parse(after).body[1].body[1].value.value
    assert findings(after) == []


def test_it_is_what_the_specification_has(typed):
    found = typed("def area(width, height):\n    |\n").ask()
    read = get_converter().structure(found, types.InlineCompletionList)
    assert get_converter().unstructure(read) == found
    assert isinstance(read.items[0].insert_text, str)


def test_line_ends_are_those_of_the_file(typed):
    opened = typed("def area(width, height):\r\n    |\r\n    return width * height\r\n")
    (item,) = opened.ask()["items"]
    assert item["insertText"].count("\n") == item["insertText"].count("\r\n") > 1


def test_it_is_there_while_the_function_is_typed(servers):
    client = servers(VS_CODE)
    opened = Typed(client, "x = 1\n\n\n|")
    for number, letter in enumerate("def area(width):"):
        client.change(client.edit((3, number), (3, number), letter), version=number + 2, uri=opened.uri)
        opened.place = {"line": 3, "character": number + 1}
        assert opened.ask() is None
    client.change(client.edit((3, 16), (3, 16), "\n    "), version=30, uri=opened.uri)
    opened.place = {"line": 4, "character": 4}
    (item,) = opened.ask()["items"]
    assert item["insertText"].startswith('"""')
    assert "width" in item["insertText"]
    assert item["range"] == {"start": opened.place, "end": opened.place}


@pytest.mark.parametrize("params", [{}, {"textDocument": {"uri": 7}}, {"textDocument": {"uri": "file:///a.py"}}])
def test_l7_bad_parameters_are_answered(servers, params):
    assert servers(VS_CODE).request("textDocument/inlineCompletion", params)["error"]["code"] == -32602
