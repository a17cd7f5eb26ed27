"""Stale docstrings in the editor: findings on the wrong words, quick fixes, repairs of a docstring and of a file."""

from __future__ import annotations

import itertools

import pytest

SOURCE = '''def send(address, text, retries=3):
    """Send a text.

    Args:
        address: Where it goes; ``address`` must be known.
        text: What is said.
        retries: How often to try. Defaults to 3.

    Notes:
        Odd   spacing stays.
    """
    if text is None:
        raise ValueError("nothing to send")
    return retries


def other(size):
    """Do it.

    Args:
        size: How many.
        gone: Of no use.
    """
'''
RESOLVES = {"codeActionLiteralSupport": {}, "dataSupport": True, "resolveSupport": {"properties": ["edit"]}}
NUMBERS = itertools.count()


class Editor:
    """A text in an editor that talks to the server and applies what comes."""

    def __init__(self, client, text):
        self.client, self.text, self.version = client, text, 1
        self.uri = f"file:///somewhere/stale_{next(NUMBERS)}.py"
        client.open(text, self.uri)

    def place(self, offset):
        return {"line": self.text.count("\n", 0, offset), "character": offset - self.text.rfind("\n", 0, offset) - 1}

    def offset(self, place):
        lines = self.text.split("\n")
        return sum(len(line) + 1 for line in lines[: place["line"]]) + place["character"]

    def slice(self, span):
        return self.text[self.offset(span["start"]) : self.offset(span["end"])]

    def replace(self, old, new):
        """Type over the first place of a text."""
        start = self.text.index(old)
        span = {"start": self.place(start), "end": self.place(start + len(old))}
        self.text = self.text.replace(old, new, 1)
        self.version += 1
        self.client.change({"range": span, "text": new}, version=self.version, uri=self.uri)

    def findings(self):
        params = {"textDocument": {"uri": self.uri}}
        return self.client.request("textDocument/diagnostic", params)["result"]["items"]

    def stale(self):
        """Codes, words and messages of what is not true."""
        return [
            (one["code"], self.slice(one["range"]), one["message"])
            for one in self.findings()
            if one["code"].startswith("GLS2")
        ]

    def actions(self, needle, **context):
        at = self.place(self.text.index(needle))
        params = {
            "textDocument": {"uri": self.uri},
            "range": {"start": at, "end": at},
            "context": {"diagnostics": []} | context,
        }
        return self.client.request("textDocument/codeAction", params)["result"]

    def do(self, action):
        """Resolve an action and apply its edits."""
        answer = self.client.request("codeAction/resolve", action)
        edit = answer["result"]["edit"]
        edits = edit["changes"][self.uri] if "changes" in edit else edit["documentChanges"][0]["edits"]
        for one in sorted(edits, key=lambda one: one["range"]["start"]["line"], reverse=True):
            start, end = self.offset(one["range"]["start"]), self.offset(one["range"]["end"])
            self.replace_span(start, end, one["newText"])
        return edits

    def replace_span(self, start, end, new):
        span = {"start": self.place(start), "end": self.place(end)}
        self.text = self.text[:start] + new + self.text[end:]
        self.version += 1
        self.client.change({"range": span, "text": new}, version=self.version, uri=self.uri)


@pytest.fixture(scope="module")
def server(module_launch):
    client = module_launch()
    client.initialize({"textDocument": {"diagnostic": {}, "codeAction": RESOLVES}})
    return client


@pytest.fixture
def editor(server):
    return lambda text=SOURCE: Editor(server, text)


def titled(actions, title):
    (found,) = [action for action in actions if action["title"] == title]
    return found


def test_findings_stand_on_the_wrong_words(editor):
    found = editor().stale()
    assert ("GLS202", "gone", "parameter `gone` does not exist") in found
    assert [code for code, *_ in found] == ["GLS211", "GLS221", "GLS202"]


def test_a_renamed_parameter_is_known_without_saving(editor):
    one = editor(SOURCE.replace("    return retries", "    return None"))
    one.stale()
    one.replace("def send(address, text", "def send(recipient, text")
    assert ("GLS202", "address", "parameter `address` does not exist; it is `recipient` now") in one.stale()


def test_the_quick_fix_of_a_rename_keeps_the_words_and_follows_in_code_spans(editor):
    one = editor()
    one.stale()
    one.replace("def send(address, text", "def send(recipient, text")
    finding = next(item for item in one.findings() if "it is `recipient` now" in item["message"])
    action = titled(
        one.actions("address: Where", diagnostics=[finding]), "Rename `address` to `recipient` in the docstring"
    )
    assert (action["kind"], action["isPreferred"], action["diagnostics"]) == ("quickfix", True, [finding])
    edits = one.do(action)
    assert "        recipient: Where it goes; ``recipient`` must be known.\n" in one.text
    assert len(edits[0]["newText"].splitlines()) == 1
    assert not any("recipient" in message for *_, message in one.stale())


def test_both_of_two_renamed_parameters_are_told_apart_by_what_was_there_before(editor):
    one = editor()
    one.stale()
    one.replace("def send(address, text, retries=3)", "def send(words, target, retries=3)")
    messages = [message for *_, message in one.stale()]
    assert "parameter `address` does not exist; it is `words` now" in messages
    assert "parameter `text` does not exist; it is `target` now" in messages


def test_repairing_a_docstring_mends_all_of_it_and_nothing_else(editor):
    one = editor()
    one.replace("retries=3", "retries=5")
    one.do(titled(one.actions("Send a text"), "Repair this docstring"))
    assert "Defaults to 5." in one.text
    assert "    Raises:\n        ValueError: If ``text`` is ``None``.\n" in one.text
    assert "        Odd   spacing stays.\n" in one.text
    assert "gone: Of no use." in one.text
    assert [code for code, *_ in one.stale()] == ["GLS202"]


def test_all_of_a_file_is_repaired_by_the_action_that_editors_run_on_saving(editor):
    one = editor()
    (action,) = one.actions("def send", only=["source.fixAll"])
    assert action["kind"] == "source.fixAll.glossator"
    one.do(action)
    assert one.stale() == []
    assert "gone" not in one.text


def test_a_file_without_findings_offers_no_repair(editor):
    one = editor(
        '"""A module."""\n\n\ndef area(width):\n    """Area.\n\n    Args:\n        width: In metres.\n    """\n'
    )
    assert one.stale() == []
    assert one.actions("Area", only=["source.fixAll"]) == []
    assert one.actions("Area") == []


def test_half_typed_code_keeps_the_last_findings(editor):
    one = editor()
    before = one.stale()
    one.replace("def send(address, text, retries=3):", "def send(address, text, retries=3, lim")
    assert [item["code"] for item in one.findings() if item["code"].startswith("GLS2")] == [code for code, *_ in before]


def test_a_docstring_that_changed_since_is_not_repaired(editor):
    one = editor()
    action = titled(one.actions("Send a text"), "Repair this docstring")
    one.replace("What is said.", "What is told.")
    answer = one.client.request("codeAction/resolve", action)
    assert "ask again" in answer["error"]["message"]


def test_a_comment_silences_a_finding(editor):
    assert editor(SOURCE.replace("def other(size):", "def other(size):  # glossator: ignore[GLS202]")).stale()[-1][
        0
    ] == ("GLS221")


def test_a_client_that_does_not_resolve_gets_the_edit_at_once(launch):
    client = launch()
    client.initialize({"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}})
    one = Editor(client, SOURCE)
    action = titled(one.actions("gone: Of"), "Take the parameter `gone` out of the docstring")
    (edit,) = action["edit"]["changes"][one.uri]
    assert (one.slice(edit["range"]).strip(), edit["newText"].strip()) == ("gone: Of no use.", "")


def test_the_command_repairs_a_file_and_waits_for_the_editor(launch):
    client = launch()
    client.initialize({"workspace": {"applyEdit": True}})
    one = Editor(client, SOURCE)
    asked = client.start_request("workspace/executeCommand", {"command": "glossator.repair", "arguments": [one.uri]})
    request = client.take(lambda message: message.get("method") == "workspace/applyEdit")
    assert request["params"]["label"] == "Repair all docstrings of this file"
    client.send({"id": request["id"], "result": {"applied": True}})
    assert client.answer(asked)["result"] == {"applied": True, "files": 1}


def test_lenses_say_what_state_a_docstring_is_in_where_they_are_wanted(launch):
    client = launch()
    client.initialize({}, initializationOptions={"code_lens": True})
    text = SOURCE + '\n\ndef bare(x):\n    return x\n\n\ndef fine(x):\n    """Print it."""\n    print(x)\n'
    one = Editor(client, '"""A module."""\n\n\n' + text)
    lenses = client.request("textDocument/codeLens", {"textDocument": {"uri": one.uri}})["result"]
    commands = [client.request("codeLens/resolve", lens)["result"]["command"] for lens in lenses]
    assert [(one["title"], one["command"]) for one in commands] == [
        ("documented", ""),
        ("2 findings: repair", "glossator.repair"),
        ("1 finding: repair", "glossator.repair"),
        ("undocumented: document it", "glossator.documentSymbol"),
        ("documented", ""),
    ]


def test_lenses_are_off_by_default(editor):
    one = editor()
    assert one.client.request("textDocument/codeLens", {"textDocument": {"uri": one.uri}})["result"] == []
