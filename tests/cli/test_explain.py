import asyncio
import json
import re

import pytest
from fake_provider import FakeProvider, failure

from glossator.cli.main import main

SOURCE = '''\
"""Feeds."""


def fetch(url, retries=3):
    # the canary of a comment
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


class Feed:
    def merge(self, other):
        return [*self.items, *other.items]
'''


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "feed.py").write_text(SOURCE)
    (tmp_path / "user.toml").write_text(
        '[providers.far]\nkind = "openai"\nkey_env = "K"\n[providers.near]\nkind = "ollama"\n'
    )
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(tmp_path / "user.toml"))
    monkeypatch.setenv("GLOSSATOR_CACHE_FOLDER", str(tmp_path / "cache"))
    monkeypatch.setenv("K", "sk-canary-of-a-key")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def explained(capsys, *words):
    assert main(["explain", *words, "--output-format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_without_a_model_facts_plan_and_texts_are_shown_and_nothing_is_sent(project, capsys):
    assert main(["explain", "feed.py::fetch"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("feed.py:4: function fetch\nfingerprint: ")
    assert "    retries = 3, uses: compare 1 <" in shown
    assert "  raise ValueError: If ``retries`` is less than ``1``." in shown
    assert "nothing is sent anywhere" in shown
    assert "---" not in shown


def test_a_remote_provider_is_shown_neither_literals_nor_comments_and_the_key_is_never_shown(project, capsys):
    found = explained(capsys, "feed.py::fetch", "--provider", "far")
    sending = found["sending"]
    assert sending["disclosure"] == {"literals": False, "comments": False}
    assert "raise ValueError" in sending["ways"][0]["body"]
    assert "canary" not in json.dumps(sending)
    assert found["cost"] > 0
    assert sending["estimate"]["symbols"] == 1
    assert sending["is_asked"]


def test_a_provider_of_this_machine_is_shown_all_and_costs_nothing(project, capsys):
    found = explained(capsys, "feed.py::fetch", "--provider", "near")
    question = "".join(found["sending"]["prompt"]["parts"])
    assert "canary of a literal" in question
    assert "canary of a comment" in question
    assert found["cost"] == 0


def test_what_a_shorter_prompt_saves_is_shown(project, capsys):
    body = "".join(f"    step_{number} = [{number}]\n" for number in range(5000))
    (project / "long.py").write_text(f"def long(store):\n{body}    return store\n")
    assert main(["explain", "long.py::long", "--provider", "near"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"\n  with all code whole about 3\d,\d{3} tokens: 9\d% are spared\n", shown)
    assert re.search(r"\n  \d\d% of what is read is the same for every symbol\n", shown)


def test_a_pool_is_shown_what_its_strictest_member_may_see(project, capsys):
    sending = explained(capsys, "feed.py::fetch", "--provider", "near,far")["sending"]
    assert [way["provider"]["name"] for way in sending["ways"]] == ["near", "far"]
    assert all(way["body"] and "canary" not in way["body"] for way in sending["ways"])


def test_a_repair_asks_for_the_fields_that_are_new(project, capsys):
    sending = explained(capsys, "feed.py::old", "--provider", "far")["sending"]
    assert sending["is_asked"]
    assert list(sending["form"]) == ["returns"]


def test_the_body_that_is_shown_is_the_one_that_is_sent(project, capsys):
    async def both():
        async with FakeProvider(failure(401)) as server:
            (project / "user.toml").write_text(
                f'[providers.it]\nkind = "openai"\nendpoint = "{server.url}/v1"\nexam = false\n'
            )
            assert main(["explain", "feed.py::fetch", "--provider", "it", "--output-format", "json"]) == 0
            assert not server.accepted
            await asyncio.to_thread(main, ["write", "feed.py", "--symbol", "fetch", "--provider", "it", "--diff"])
            return server.requests[0].body

    sent = asyncio.run(both())
    body = json.loads(capsys.readouterr().out.splitlines()[0])["sending"]["ways"][0]["body"]
    assert body.encode() == sent


def test_the_prompt_s_digest_changes_with_what_is_asked(project, capsys):
    before = explained(capsys, "feed.py::fetch", "--provider", "near")
    same = explained(capsys, "feed.py::fetch", "--provider", "near")
    (project / "feed.py").write_text(SOURCE.replace("< 1", "< 2"))
    after = explained(capsys, "feed.py::fetch", "--provider", "near")
    assert before == same
    assert before["fingerprint"] != after["fingerprint"]
    assert before["sending"]["prompt_digest"] != after["sending"]["prompt_digest"]


def test_a_caller_changes_the_prompt_and_not_what_the_symbol_means(project, capsys):
    before = explained(capsys, "feed.py::fetch", "--provider", "near")
    (project / "feed.py").write_text(SOURCE.replace("return fetch(url)", "return fetch(url, 2)"))
    after = explained(capsys, "feed.py::fetch", "--provider", "near")
    assert before["fingerprint"] == after["fingerprint"]
    assert before["sending"]["prompt_digest"] != after["sending"]["prompt_digest"]


def test_a_file_that_is_held_back_has_no_prompt(project, capsys):
    (project / ".glossatorignore").write_text("feed.py\n")
    assert main(["explain", "feed.py::fetch", "--provider", "near"]) == 0
    shown = capsys.readouterr().out
    assert "nothing: the file is held back" in shown
    assert "---" not in shown


def test_words_that_people_wrote_are_told_from_the_embedded_provider_s(project, capsys):
    assert main(["write", "feed.py"]) == 0
    capsys.readouterr()
    ours, theirs = explained(capsys, "feed.py::fetch"), explained(capsys, "feed.py::old")
    assert (ours["deed"], theirs["deed"]) == ("renew", "repair")
    assert set(ours["origins"].values()) == {"embedded"}
    assert theirs["origins"]["parameter url"] == "unknown"


def test_a_docstring_that_stays_is_asked_for_nothing(project, capsys):
    found = explained(capsys, "feed.py::<module>", "--provider", "near")
    assert found["deed"] == "keep"
    assert not found["sending"]["is_asked"]


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("feed.py::merge", "did you mean Feed.merge?"),
        ("feed.py::fetsh", "did you mean fetch?"),
        ("feeds.py::fetch", "did you mean feed.py?"),
        ("feed.py", "FILE::SYMBOL"),
        ("feed.py::", "FILE::SYMBOL"),
        ("::fetch", "FILE::SYMBOL"),
    ],
)
def test_what_is_not_there_ends_with_2_and_what_was_meant(project, capsys, word, complaint):
    assert main(["explain", word]) == 2
    assert complaint in capsys.readouterr().err


def test_an_unknown_provider_ends_with_2(project, capsys):
    assert main(["explain", "feed.py::fetch", "--provider", "nobody"]) == 2
    assert "unknown provider 'nobody'" in capsys.readouterr().err


def test_a_file_that_does_not_decode_is_left_undone(project, capsys):
    (project / "bad.py").write_bytes(b"x = '\xff'\n")
    assert main(["explain", "bad.py::<module>"]) == 3
    assert capsys.readouterr().err


def test_nothing_in_the_source_steers_the_terminal(project, capsys):
    (project / "feed.py").write_text('def f(a="\x1b[2J\u202e"):\n    # \x1b]0;x\x07\n    return a\n')
    assert main(["explain", "feed.py::f", "--provider", "near"]) == 0
    shown = capsys.readouterr().out
    assert "[2J" in shown
    assert not set("\x1b\x07\u202e") & set(shown)


def test_explaining_changes_no_file(project, capsys):
    before = (project / "feed.py").read_bytes()
    explained(capsys, "feed.py::fetch", "--provider", "near")
    assert (project / "feed.py").read_bytes() == before
    assert not (project / "cache").exists()
