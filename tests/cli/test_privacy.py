"""What providers get of source with secrets (S1), which files they never see (S4), who may change that (S3)."""

import asyncio
import json
import os
from contextlib import nullcontext

import pytest
from canaries import AROUND, CANARIES, GITHUB, IN_SOURCE, WORD
from fake_provider import ok, openai_stream
from served import answering, prompt_of, served

from glossator.cli.main import main
from glossator.config import Settings
from glossator.config.settings import ProviderSettings
from glossator.documenter.opening import opened
from glossator.errors import Refused
from glossator.providers.base import Prompt, silent
from glossator.syntax.document import Document

REMOTE = "trust_env = true"  # a proxy may stand in between, so that what is sent counts as leaving this machine
SOURCE = '''\
"""Keep entries."""


def load(store, mode):
    # the staging machine
    link = connect("db.example/main", mode)
    return link.fetch(store, 1234567890)
'''
HOSTILE_SETTINGS = {
    "provider": 'provider = "fake"',
    "endpoint": '[{table}providers.fake]\nkind = "openai"\nendpoint = "{url}/v1"',
    "literals": "[{table}privacy]\nliterals = true",
    "comments": "[{table}privacy]\ncomments = true",
    "exclude": "[{table}privacy]\nexclude = []",
    "folder": '[{table}cache]\nfolder = "here"',
    "budget": "[{table}budget]\ncost_per_day = 1000.0",
}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def sent(project, user):
    """All bytes that a provider gets for a source, and the symbol's part of the last question."""

    def send(source, *lines, path="a.py", top=""):
        (project / path).write_text(source)
        with served(answering({})) as server:
            user(server.url, *lines, top=top)
            assert main(["write", "--diff", path]) in (0, 1)
            return server.received, [prompt_of(one) for one in server.requests]

    return send


def code_in(prompt):
    """What stands between the first marks."""
    return prompt.partition("<code>\n")[2].partition("\n</code>")[0]


def kinds_in(source):
    """The kinds of nodes in a tree, in order, comments and what stands in texts aside."""
    document = Document("", source.encode())
    found, stack = [], [document.root]
    while stack:
        node = stack.pop()
        if node.type != "comment":
            found.append(node.type)
            stack.extend(reversed(node.named_children if node.type != "string" else []))
    return found


@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary.kind)
def test_s1_a_remote_provider_gets_no_trace_of_a_secret(sent, monkeypatch, canary):
    for name, value in canary.environment:
        monkeypatch.setenv(name, value)
    received, prompts = sent(canary.source, REMOTE, path=canary.path)
    # What cannot be parsed is not sent at all.
    assert prompts or "typed" in canary.kind
    assert [trace for trace in canary.traces if trace.encode() in received] == []


def test_s1_the_canaries_are_of_many_kinds():
    assert len(CANARIES) >= 26
    assert {bool(one.environment) for one in AROUND} == {True, False}


@pytest.mark.parametrize("canary", [one for one in IN_SOURCE if "typed" not in one.kind], ids=lambda one: one.kind)
def test_s1_a_provider_of_this_machine_sees_source_as_it_is(sent, canary):
    _, prompts = sent(canary.source)
    function = canary.source[canary.source.rindex("def load") :].strip()
    assert any(function.splitlines()[-1].strip() in prompt for prompt in prompts)


def test_s1_the_shape_of_the_code_stays(sent, forget_answers):
    _, (far, *_) = sent(SOURCE, REMOTE)
    forget_answers()
    _, (near, *_) = sent(SOURCE)
    assert kinds_in(code_in(far)) == kinds_in(code_in(near))
    assert "db.example" in near
    assert "staging" in near
    assert "1234567890" in near
    assert not [text for text in ("db.example", "staging", "1234567890") if text in far]


@pytest.mark.parametrize(("key", "text"), [("literals", "db.example"), ("comments", "staging")])
def test_the_user_may_show_more_to_a_remote_provider(sent, key, text):
    _, (shown, *_) = sent(SOURCE, REMOTE, "[privacy]", f"{key} = true")
    assert text in shown
    assert sum(one in shown for one in ("db.example", "staging")) == 1


def test_s1_what_looks_like_a_secret_is_not_sent_even_where_literals_are(sent):
    secret = "ghp_q7Wv3ZkP0xT1uYb8JmR4sLd6NcHf2EgAx9Zt"
    received, _ = sent(SOURCE.replace("db.example/main", secret), REMOTE, "[privacy]", "literals = true")
    assert secret.encode() not in received


@pytest.mark.parametrize(("members", "passes"), [({"trust_env": True}, False), ({}, True)], ids=["remote", "near"])
def test_s1_what_no_mask_caught_is_kept_by_the_last_gate(members, passes):
    prompt = Prompt("Do it.", (), (f"x = '{GITHUB}'",), {"type": "object", "properties": {}}, 100)
    with served(lambda _: ok(openai_stream('{"id": "1"}'))) as server:
        one = ProviderSettings("fake", "openai", endpoint=f"{server.url}/v1", model="m", exam=False, **members)
        (found,) = opened(Settings(provider=("fake",), providers=(one,)))

        async def ask():
            try:
                await found.provider.complete(prompt, silent)
            finally:
                await found.provider.aclose()

        with nullcontext() if passes else pytest.raises(Refused) as caught:
            asyncio.run(ask())
        assert (GITHUB.encode() in server.received) is passes
    assert passes or GITHUB not in str(caught.value)


# Files that no provider sees.


@pytest.mark.parametrize("where", ["a name", ".glossatorignore", "privacy.exclude"])
@pytest.mark.parametrize("lines", [(), (REMOTE,)], ids=["near", "remote"])
def test_s4_a_file_that_is_held_back_is_not_sent_and_has_embedded_text(project, user, capsys, where, lines):
    path = project / ("credentials.py" if where == "a name" else "held.py")
    path.write_text(SOURCE)
    (project / "shown.py").write_text(SOURCE.replace("load", "save"))
    if where == ".glossatorignore":
        (project / where).write_text("held.py\n")
    exclude = ["[privacy]", 'exclude = ["held.py"]'] if where == "privacy.exclude" else []
    with served(answering({})) as server:
        user(server.url, *lines, *exclude)
        assert main(["write", "--output-format", "json", "."]) == 0
    files = {file["path"]: file for file in json.loads(capsys.readouterr().out)["files"]}
    assert b"def save" in server.received
    assert b"def load" not in server.received
    if where == ".glossatorignore":  # not documented either
        assert path.name not in files
        assert path.read_text() == SOURCE
    else:
        assert files[path.name]["symbols"][0]["origin"] == "embedded"
        assert path.read_text() != SOURCE


def test_s4_a_file_that_is_held_back_is_not_sent_where_it_is_named_either(project, user):
    (project / "held.py").write_text(SOURCE)
    (project / ".glossatorignore").write_text("held.py\n")
    with served(answering({})) as server:
        user(server.url)
        main(["write", "held.py"])
        assert not server.requests


USER = """from lib import area


def show(shape):
    {canary}_entry = area(shape)
    return draw({canary}_entry)
"""
LIB = "from {callee} import scale\n\n\ndef area(shape):\n    return scale(shape.width)\n"
CALLEE = 'def scale({canary}_width):\n    """Scale it like a {canary}."""\n    return 2 * {canary}_width\n'


@pytest.mark.parametrize("where", ["nowhere", "a name", ".glossatorignore", ".gitignore", "privacy.exclude"])
@pytest.mark.parametrize("lines", [(), (REMOTE,)], ids=["near", "remote"])
def test_s4_a_file_that_is_held_back_is_in_no_other_file_s_prompt(project, user, where, lines):
    """It is neither shown as a caller nor as a test, nor is what of it is called; where it is not held back, it is."""
    held, stem = ("passwords", "local_settings") if where == "a name" else ("held", "held_more")
    for name in (f"{held}.py", f"tests/{held}.py"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(USER.format(canary="canary").replace("def show", "def test_show"))
    (project / f"{stem}.py").write_text(CALLEE.format(canary="canary"))
    (project / "lib.py").write_text(LIB.format(callee=stem))
    (project / "user.py").write_text(USER.format(canary="plain"))
    if where.startswith("."):
        (project / where).write_text("held*.py\n")
    exclude = ["[privacy]", 'exclude = ["held*.py"]'] if where == "privacy.exclude" else []
    with served(answering({})) as server:
        user(server.url, *lines, *exclude)
        main(["write", "lib.py"])
    assert b"plain_entry = area(shape)" in server.received
    assert (b"canary" in server.received) is (where == "nowhere")
    if where == "nowhere":
        shown = "".join(map(prompt_of, server.requests))
        assert "Scale it like a canary." in shown
        assert "Tests call it like this:" in shown


def test_s4_what_is_said_beforehand_counts_a_file_that_is_held_back_as_without_a_model(project, user, capsys):
    (project / "credentials.py").write_text(SOURCE)
    (project / "shown.py").write_text(SOURCE)
    with served(answering({})) as server:
        user(server.url)
        main(["write", "--diff", "."])
    assert "2 symbols: 1 without a model, 1 by fake" in capsys.readouterr().err


# Who may choose a provider.


@pytest.mark.parametrize("name", HOSTILE_SETTINGS)
@pytest.mark.parametrize("file", ["glossator.toml", "pyproject.toml"])
def test_s3_a_project_sets_neither_providers_nor_privacy(project, user, capsys, monkeypatch, name, file):
    """Its settings are warned of once each; nobody else is asked, and nothing more is shown."""
    (project / "a.py").write_text(SOURCE)
    with served(answering({})) as thief, served(answering({})) as server:
        table = "tool.glossator." if file == "pyproject.toml" else ""
        text = HOSTILE_SETTINGS[name].format(table=table, url=thief.url)
        head = "[tool.glossator]\n" if table and name == "provider" else ""
        (project / file).write_text(f"{head}{text}\n")
        user(server.url, REMOTE, *(["[privacy]", 'exclude = ["held.py"]'] if name == "exclude" else []))
        (project / "held.py").write_text(SOURCE.replace("load", "hidden"))
        assert main(["write", "--diff", "a.py", *(["held.py"] if name == "exclude" else [])]) in (0, 1)
        assert not thief.requests
    errors = capsys.readouterr().err
    assert len([line for line in errors.splitlines() if file in line]) == 1
    assert server.requests
    assert not [one for one in (b"db.example", b"staging", b"hidden") if one in server.received]
    assert not (project / "here").exists()


@pytest.mark.parametrize("file", ["glossator.toml", "pyproject.toml"])
def test_s3_a_project_alone_gets_nobody_asked(project, monkeypatch, capsys, file):
    (project / "a.py").write_text(SOURCE)
    with served(answering({})) as thief:
        table = "tool.glossator." if file == "pyproject.toml" else ""
        lines = [f"[{table[:-1]}]"] if table else []
        lines += ['provider = "fake"', HOSTILE_SETTINGS["endpoint"].format(table=table, url=thief.url)]
        (project / file).write_text("\n".join(lines))
        assert main(["write", "a.py"]) == 0
        assert main(["write", "--provider", "fake", "a.py"]) == 2
        assert not thief.requests
    assert "fake" in capsys.readouterr().err


def test_s1_the_environment_is_in_no_question(sent, monkeypatch):
    monkeypatch.setenv("SOME_PASSWORD", WORD)
    received, _ = sent("import os\n\n\ndef load():\n    return os.environ['SOME_PASSWORD']\n")
    assert WORD.encode() not in received
    assert os.environ["SOME_PASSWORD"] == WORD
