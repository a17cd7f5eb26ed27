"""What `glossator explain` shows, in the editor: of the open text, at a position, and nobody is asked."""

from __future__ import annotations

import json

import pytest
from served import filling, served

from glossator.cli.main import main

SOURCE = '''\
"""Feeds."""


def fetch(url, retries=3):
    # a comment: ```
    if retries < 1:
        raise ValueError("canary of a literal")
    return download(url)


def old(url):
    """Old one.

    Args:
        url: Where it is.
        gone: What is not there.
    """
    return fetch(url)
'''
ABLE = {"textDocument": {"hover": {"contentFormat": ["markdown"]}}}


@pytest.fixture
def fake():
    with served(filling({})) as server:
        yield server


@pytest.fixture
def start(launch, tmp_path, monkeypatch):
    """A server with a file that is on the disk in another state than in the editor."""
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "feed.py").write_text("x = 1\n")
    uri = (tmp_path / "feed.py").as_uri()

    def started(config="", capabilities=ABLE, **initialize):
        (tmp_path / "config.toml").write_text(config)
        client = launch(GLOSSATOR_CONFIG=str(tmp_path / "config.toml"), K="sk-canary-of-a-key")
        client.initialize(capabilities, **initialize)
        client.open(SOURCE, uri)
        return client, uri

    return started


def asked(uri, line=4, **more):
    return {"textDocument": {"uri": uri}, "position": {"line": line, "character": 6}} | more


def explained(client, params):
    return client.request("glossator/explain", params)["result"]


def test_the_open_text_counts_and_not_the_file(start):
    client, uri = start()
    found = explained(client, asked(uri))
    assert (found["path"], found["line"], found["deed"], found["version"]) == ("fetch", 4, "add", 1)
    client.change(client.edit((3, 4), (3, 9), "catch"), version=2, uri=uri)
    found = explained(client, asked(uri))
    assert (found["path"], found["version"]) == ("catch", 2)


def test_the_editor_shows_what_the_command_line_shows(start, fake, tmp_path, capsys, monkeypatch):
    client, uri = start(fake.config)
    found = explained(client, asked(uri, line=11))
    (tmp_path / "feed.py").write_text(SOURCE)
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(tmp_path)
    assert main(["explain", "feed.py::old", "--output-format", "json"]) == 0
    theirs = json.loads(capsys.readouterr().out)
    assert theirs["sending"]["ways"][0]["body"]
    assert {name: found[name] for name in theirs} == theirs
    assert main(["explain", "feed.py::old"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] in found["contents"]["value"]
    assert lines[lines.index("Facts:") + 1] in found["contents"]["value"].splitlines()
    assert not fake.requests


def test_the_command_says_the_same_as_the_request(start):
    client, uri = start()
    params = {"command": "glossator.explain", "arguments": [asked(uri)]}
    assert client.request("workspace/executeCommand", params)["result"] == explained(client, asked(uri))


def test_a_symbol_can_be_named(start):
    client, uri = start()
    found = explained(client, {"textDocument": {"uri": uri}, "path": "old"})
    assert (found["path"], found["deed"]) == ("old", "repair")
    assert found["origins"]["parameter url"] == "unknown"


def test_without_a_provider_it_says_that_nothing_is_sent(start):
    client, uri = start()
    found = explained(client, asked(uri))
    assert (found["sending"], found["note"]) == (None, "")
    assert "nothing is sent anywhere" in found["contents"]["value"]


def test_s3_in_an_untrusted_workspace_it_says_so_and_shows_no_prompt(start, fake):
    client, uri = start(fake.config, initializationOptions={"trusted": False})
    found = explained(client, asked(uri))
    assert found["sending"] is None
    assert "not trusted" in found["note"]
    assert found["note"] in found["contents"]["value"]
    assert "nothing is sent anywhere" in found["contents"]["value"]
    assert not fake.requests


def test_a_key_is_never_shown_and_a_remote_provider_is_shown_no_literals(start):
    client, uri = start('provider = "far"\n[providers.far]\nkind = "openai"\nkey_env = "K"\n')
    client.notify("glossator/key", {"provider": "far", "key": "sk-another-canary-key"})
    found = explained(client, asked(uri))
    assert found["sending"]["is_asked"]
    assert "canary" not in json.dumps(found["sending"])
    assert "-key" not in json.dumps(found)


def test_a_file_that_is_held_back_has_no_prompt(start, fake, tmp_path):
    (tmp_path / ".glossatorignore").write_text("feed.py\n")
    client, uri = start(fake.config)
    found = explained(client, asked(uri))
    assert found["sending"]["prompt"] is None
    assert "held back" in found["contents"]["value"]


def test_nothing_of_the_source_leaves_the_code_block(start, fake):
    client, uri = start(fake.config)
    value = explained(client, asked(uri))["contents"]["value"]
    head, _, rest = value.partition("\n\n")
    fence = rest[: rest.index("t")]
    assert head.startswith("*Glossator")
    assert set(fence) == {"`"}
    assert "```" in rest[len(fence) :].removesuffix(fence)
    assert rest.endswith(f"\n{fence}")
    assert rest.count(fence) == 2


def test_what_could_hide_text_is_made_visible(start):
    client, uri = start()
    client.change({"text": 'def f(a="\u202e\u200b"):\n    return a\n'}, version=2, uri=uri)
    assert not set("\u202e\u200b") & set(explained(client, asked(uri, line=0))["contents"]["value"])


@pytest.mark.parametrize("name", ["%E2%80%AEevil.py", "a%0A%60%60%60evil.py", "%1B%5B31mevil.py", "%3C%2Fcode%3E.py"])
def test_no_name_of_a_file_leaves_the_code_block_or_hides_something(start, fake, name):
    client, uri = start(fake.config)
    uri = uri.replace("feed.py", name)
    client.open(SOURCE, uri)
    found = explained(client, asked(uri))
    _, _, rest = found["contents"]["value"].partition("\n\n")
    fence = rest[: rest.index("t")]
    assert not set("\u202e\x1b") & set(found["contents"]["value"])
    assert rest.count(f"\n{fence}") == 1
    assert "evil" not in "".join(part for message in found["sending"]["prompt"].values() for part in str(message))


def test_a_client_without_markdown_gets_plain_text(start):
    client, uri = start(capabilities={})
    assert explained(client, asked(uri))["contents"]["kind"] == "plaintext"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"textDocument": {"uri": "file:///closed.py"}, "position": {"line": 0, "character": 0}}, -32803),
        ({"position": {"line": 0, "character": 0}}, -32602),
        ({"path": "gone"}, -32801),
        ({"path": 3}, -32602),
        ({}, -32602),
    ],
)
def test_what_cannot_be_explained_is_answered_with_a_reason(start, params, code):
    client, uri = start()
    where = {} if "position" in params else {"textDocument": {"uri": uri}}
    assert client.request("glossator/explain", where | params)["error"]["code"] == code
