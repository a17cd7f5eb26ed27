import asyncio
import json
import re

import pytest
from fake_provider import CLOSE, FakeProvider, failure, head, ok, openai_stream

from glossator.cli.main import main

USER = """\
provider = ["far", "bare"]

[pool]
policy = "cost"

[providers.far]
kind = "openai"
key_env = "SOME_KEY"

[providers.bare]
kind = "openai"
endpoint = "http://example.invalid/v1"
key_keyring = "entry"
"""


@pytest.fixture
def user_file(tmp_path, monkeypatch):
    path = tmp_path / "user.toml"
    path.write_text(USER)
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(path))
    monkeypatch.setenv("GLOSSATOR_CACHE_FOLDER", str(tmp_path / "cache"))
    monkeypatch.setenv("SOME_KEY", "sk-canary")
    monkeypatch.chdir(tmp_path)
    return path


def listed(capsys, *words):
    assert main(["providers", "--no-try", "--output-format", "json", *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_list_has_the_built_in_ones_and_the_user_s(user_file, capsys):
    found = listed(capsys)
    assert found["pool"] == {"provider": ["far", "bare"], "policy": "cost", "hedge": False}
    rows = {row["name"]: row for row in found["providers"]}
    assert list(rows) == ["embedded", "local", "far", "bare"]
    assert [row["is_chosen"] for row in rows.values()] == [False, False, True, True]
    assert [row["is_loopback"] for row in rows.values()] == [True, True, False, False]
    assert rows["far"]["endpoint"] == "https://api.openai.com"
    assert rows["far"]["price"] == {"per_million_in": 0.4, "per_million_out": 1.6}
    assert rows["far"]["warnings"] == []
    assert "its weights are not here" in rows["local"]["problem"]
    assert [row["trial"] for row in rows.values()] == [None] * 4


def test_the_list_says_where_keys_come_from_and_never_shows_one(user_file, capsys):
    assert main(["providers", "--no-try"]) == 0
    shown = capsys.readouterr().out
    assert "key: environment variable SOME_KEY\n" in shown
    assert "key: keyring entry 'entry'\n" in shown
    assert "canary" not in shown
    assert shown.startswith("chosen: far, bare (policy: cost)\n")


def test_with_names_the_list_has_these_alone(user_file, capsys):
    assert [row["name"] for row in listed(capsys, "far", "embedded")["providers"]] == ["far", "embedded"]


def test_plain_http_an_unknown_price_and_a_missing_key_are_said(user_file, monkeypatch, capsys):
    monkeypatch.delenv("SOME_KEY")
    rows = {row["name"]: " ".join(row["warnings"]) for row in listed(capsys)["providers"]}
    assert "SOME_KEY is not set" in rows["far"]
    for words in ("goes over plain http", "its key would, too", "its price is not known"):
        assert words in rows["bare"]


def test_an_address_that_cannot_be_used_is_said_and_the_others_are_listed(user_file, capsys):
    user_file.write_text(
        '[providers.odd]\nkind = "openai"\nendpoint = "http://h/?a=1"\n[providers.it]\nkind = "ollama"\n'
    )
    rows = {row["name"]: row["problem"] for row in listed(capsys)["providers"]}
    assert "without a query" in rows["odd"]
    assert not rows["it"]


def test_the_embedded_provider_always_works(user_file, capsys):
    assert main(["providers", "embedded"]) == 0
    assert "  |     ValueError: If ``count`` is negative." in capsys.readouterr().out


def test_an_unknown_name_is_a_wrong_use(user_file, capsys):
    assert main(["providers", "nobody"]) == 2
    assert "unknown provider 'nobody'" in capsys.readouterr().err


def test_a_local_model_that_was_not_fetched_is_tried_only_if_it_is_meant(user_file, capsys):
    user_file.write_text("")
    assert main(["providers"]) == 0
    assert main(["providers", "local"]) == 3
    assert "does not work:" in capsys.readouterr().out


def answer(request, summary="Select the newest articles, up to a count."):
    identity = re.search(r"id: ([0-9a-f]{4})\\nsummary[^\\]*\\narg_articles", request.body.decode())[1]
    texts = {"arg_articles": "Articles to select from.", "arg_count": "How many articles to keep at most."}
    texts |= {"arg_since": "Time that kept articles are newer than.", "returns": "The newest articles, sorted."}
    return json.dumps({"id": identity, "summary": summary, **texts, "raises_ValueError": "If `count` is negative."})


def tried(user_file, *scripts):
    """The exit code of trying a server that answers so, and what it was asked."""

    async def run():
        async with FakeProvider(*scripts) as server:
            user_file.write_text(f'[providers.it]\nkind = "openai"\nendpoint = "{server.url}/v1"\nexam = false\n')
            words = ["providers", "it", "--output-format", "json"]
            code = await asyncio.to_thread(main, words)
            await server.deserted()
            return code, server.requests

    return asyncio.run(run())


def trial_of(capsys):
    return next(row["trial"] for row in json.loads(capsys.readouterr().out)["providers"] if row["name"] == "it")


def test_a_provider_that_answers_is_shown_with_its_docstring_and_times(user_file, capsys):
    code, requests = tried(user_file, lambda asked: ok(openai_stream(answer(asked))))
    trial = trial_of(capsys)
    assert code == 0
    assert len(requests) == 1
    assert trial["docstring"].startswith("Select the newest articles, up to a count.")
    assert 0 < trial["first_s"] <= trial["whole_s"]
    assert trial["way"] == "schema_with_lengths"
    assert trial["tokens"] > 0
    assert trial["cost"] == 0


def test_the_way_to_an_object_is_the_one_that_was_found_out(user_file, capsys):
    said = {"error": {"message": "response_format is not supported", "type": "invalid_request_error"}}

    def server(asked):
        return failure(400, said) if "response_format" in asked.json else ok(openai_stream(answer(asked)))

    code, _ = tried(user_file, server)
    assert (code, trial_of(capsys)["way"]) == (0, "tool")


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (failure(401), "401"),
        (failure(404), "404"),
        (failure(503), "503"),
        ((head(200), b"data: {", CLOSE), ""),
        (ok(b"<html>no</html>", "text/html"), "web page"),
        (ok(openai_stream('{"id": "0000"}')), ""),
    ],
)
def test_each_failure_is_one_line_and_ends_with_3(user_file, capsys, script, problem):
    code, _ = tried(user_file, script)
    trial = trial_of(capsys)
    assert code == 3
    assert trial["problem"]
    assert problem in trial["problem"]
    assert "\n" not in trial["problem"]
    assert trial["docstring"] == ""


def test_what_a_model_says_is_not_shown_unchecked(user_file, capsys):
    bad = "Select \x1b[2J the newest `nobody_knows_it` articles."
    code, _ = tried(user_file, lambda asked: ok(openai_stream(answer(asked, bad))))
    trial = trial_of(capsys)
    assert code == 0
    assert list(trial["refused"]) == ["summary"]
    assert "nobody_knows_it" not in trial["docstring"]


def test_a_free_model_s_exam_is_shown(user_file, capsys):
    async def run():
        async with FakeProvider(
            lambda asked: ok(openai_stream(answer(asked) if b"articles" in asked.body else "{}"))
        ) as server:
            user_file.write_text(f'[providers.it]\nkind = "openai"\nendpoint = "{server.url}/v1"\n')
            assert await asyncio.to_thread(main, ["providers", "it"]) == 3

    asyncio.run(run())
    said = capsys.readouterr().out
    assert "  exam: 0 of 12 known answers right, not passed\n" in said
    assert "  does not work: the model does not understand what it is asked (0 of 12" in said
    assert "  | Select the newest articles, up to a count." in said
