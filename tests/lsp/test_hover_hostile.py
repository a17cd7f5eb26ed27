"""Hover and completion where the words come from other docstrings that somebody wrote with bad intentions."""

from __future__ import annotations

import json

import pytest

URI = "file:///somewhere/remembered.py"
ABLE = {
    "workspace": {"workspaceEdit": {"documentChanges": True}},
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}},
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
        "hover": {"contentFormat": ["markdown"]},
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
    },
}
HOSTILE = (
    "Where it is ``` and [evil](command:evil.run).",
    "Where it is ```` and ![evil](http://evil.example/a.png).",
    "Where it is \u202eti si\u202c and more.",
    "Where it is \u2066it\u2069 and more.",
    "Where it is \u200bhidden.",
    "Where it is \x1b[31mred\x1b[0m.",
    "Where it is ${1:evil} and $TM_SELECTED_TEXT.",
    "Where it is <img src=x onerror=evil()>.",
    "Where it is \U000e0041hidden.",
    "Where it is \x9b31m.",
)
INVISIBLE = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff\x1b\x9b\x00\U000e0041"


def source(words):
    return f'''\
def old(path):
    """Read it.

    Args:
        path: {words}
    """


def new(path):
    return open(path)
'''


@pytest.fixture(scope="module")
def able(module_launch):
    client = module_launch()
    client.initialize(ABLE)
    return client


@pytest.fixture
def shown(able):
    def show(text, character=5):
        able.open(text, URI)
        at = {"textDocument": {"uri": URI}, "position": {"line": 8, "character": character}}
        hover = able.request("textDocument/hover", at)["result"]["contents"]["value"]
        able.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        return hover

    return show


@pytest.mark.parametrize("words", HOSTILE, ids=ascii)
def test_p12_remembered_words_stay_in_the_block_and_hide_nothing(shown, words):
    value = shown(source(words))
    head, _, rest = value.partition("\n\n")
    fence = rest[: rest.index("t")]
    inside = rest.removeprefix(f"{fence}text\n").removesuffix(f"\n{fence}")
    assert head == "*Glossator preview, not in the file*"
    assert set(fence) == {"`"}
    assert fence not in inside
    assert not set(INVISIBLE) & set(value)


@pytest.mark.parametrize("words", HOSTILE, ids=ascii)
def test_p12_what_a_comment_or_a_literal_says_is_shown_with_nothing_hidden(shown, words):
    said = words.replace('"', "'")
    lines = f'\n\n\n\n\n\n\n# {words}\ndef new(path="{said}"):\n    if path == "{said}":\n        return 1\n'
    value = shown(lines)
    assert "Where it is" in value or "`" in words  # which comments do not lend
    assert not set(INVISIBLE) & set(value)


@pytest.mark.parametrize("words", HOSTILE, ids=ascii)
def test_p12_remembered_words_are_not_written_where_they_could_hide_something(able, words):
    able.open(source(words), URI)
    asked = able.request("textDocument/codeAction", params_at(8))["result"]
    (action,) = (one for one in asked if one["title"] == "Document `new`")
    edit = json.dumps(able.request("codeAction/resolve", action)["result"]["edit"], ensure_ascii=False)
    able.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert "Args:" in edit
    assert not set(INVISIBLE) & set(edit)


def params_at(line):
    place = {"line": line, "character": 5}
    return {"textDocument": {"uri": URI}, "range": {"start": place, "end": place}, "context": {"diagnostics": []}}
