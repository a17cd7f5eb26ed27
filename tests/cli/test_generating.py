"""`write` with a model: what is asked, what lands in files, what it costs."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from fake_provider import HANG, chunked, event, head, ok, openai_chunk, openai_stream
from served import USAGE, answer_to, answering, fields_of, prompt_of, served

from glossator.cli import generating
from glossator.cli.main import main
from glossator.documenter.reuse import Reuse
from glossator.workspace.project import IndexReader

DEMO = Path(__file__).parents[2] / "fixtures" / "demo"
SOURCE = '''\
"""Keep entries."""


def load(store, key, limit=10):
    if limit < 1:
        raise ValueError("limit")
    entry = store.find(key)
    for part in entry.parts[:limit]:
        store.touch(part)
    return entry
'''
GOOD = {
    "summary": "Look up an entry of a store and mark its first parts as used.",
    "arg_store": "Where the entry is kept, and whose parts are touched.",
    "arg_key": "Name of the entry that is looked up.",
    "arg_limit": "How many parts of the entry are touched at most.",
    "returns": "The entry that was looked up.",
}


def report(capsys, *arguments):
    """The report of a run that has to go well, as JSON."""
    capsys.readouterr()
    assert main(["write", "--output-format", "json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


# What lands in files, and what is said about it.


def test_each_good_field_of_an_answer_is_in_the_file(project, user, capsys):
    (project / "a.py").write_text(SOURCE)
    with served(answering(GOOD)) as server:
        user(server.url)
        totals = report(capsys, "a.py")["totals"]
    text = (project / "a.py").read_text().replace("`", "")
    assert [said for said in GOOD.values() if said.replace("`", "") not in text] == []
    assert totals["origins"] == {"fake": 5, "embedded": 1}  # when it raises follows from the code
    assert (totals["provider_calls"], totals["tokens"], totals["cost"], totals["degraded"]) == (1, 120, 0, 0)


def test_a_field_without_a_good_text_is_embedded_and_the_draft_mixed(project, user, capsys):
    (project / "a.py").write_text(SOURCE)
    with served(answering(GOOD | {"arg_key": "You must run the key."})) as server:
        user(server.url)
        found = report(capsys, "a.py")
    assert found["files"][0]["symbols"][0]["origin"] == "mixed"
    assert found["totals"]["origins"] == {"fake": 4, "embedded": 2}
    assert found["totals"]["degraded"] == 1
    assert len(server.requests) == 2
    assert list(fields_of(server.requests[1])) == ["id", "arg_key"]


def test_a_second_run_changes_nothing_and_asks_nobody(project, user, capsys):
    (project / "a.py").write_text(SOURCE)
    with served(answering(GOOD)) as server:
        user(server.url)
        main(["write", "a.py"])
        first = (project / "a.py").read_bytes()
        calls = len(server.requests)
        assert report(capsys, "a.py")["totals"]["provider_calls"] == 0
        assert len(server.requests) == calls
    assert (project / "a.py").read_bytes() == first


def test_new_fields_of_a_stale_docstring_are_the_models(project, user, capsys):
    old = SOURCE.replace(
        "    if limit", '    """Find it.\n\n    Args:\n        store: A place.\n    """\n    if limit', 1
    )
    (project / "a.py").write_text(old)
    with served(answering(GOOD)) as server:
        user(server.url)
        totals = report(capsys, "--only", "stale", "a.py")["totals"]
    text = (project / "a.py").read_text()
    assert "store: A place." in text
    assert GOOD["arg_limit"] in text
    assert GOOD["summary"] not in text
    assert totals["repaired"] == 1
    assert totals["origins"]["fake"] >= 2


def test_check_and_diff_with_a_model_write_nothing(project, user, capsys):
    (project / "a.py").write_text(SOURCE)
    with served(answering(GOOD)) as server:
        user(server.url)
        assert main(["write", "--check", "a.py"]) == 1
        assert main(["write", "--diff", "a.py"]) == 0
    assert GOOD["summary"] in capsys.readouterr().out
    assert (project / "a.py").read_text() == SOURCE


# Better later.


def test_only_embedded_replaces_what_the_embedded_provider_wrote_and_nothing_else(project, user, capsys):
    human = SOURCE.replace("def load", "def seek").replace("    if limit", '    """Seek, as I say."""\n    if limit', 1)
    (project / "a.py").write_text(SOURCE + "\n\n" + human.partition("\n\n\n")[2])
    main(["write", "--provider", "embedded", "a.py"])
    before = (project / "a.py").read_text()
    with served(answering(GOOD)) as server:
        user(server.url)
        assert report(capsys, "--only", "embedded", "a.py")["totals"]["repaired"] == 1
        assert len(server.requests) == 1
        assert report(capsys, "--only", "embedded", "a.py")["totals"]["provider_calls"] == 0
    after = (project / "a.py").read_text()
    assert GOOD["summary"] in after
    assert after.partition("def seek")[2] == before.partition("def seek")[2]


def test_only_embedded_without_an_answer_changes_nothing(project, user, capsys):
    (project / "a.py").write_text(SOURCE)
    main(["write", "--provider", "embedded", "a.py"])
    before = (project / "a.py").read_text()
    with served(answering({})) as server:
        user(server.url)
        assert report(capsys, "--only", "embedded", "a.py")["totals"]["repaired"] == 0
    assert (project / "a.py").read_text() == before


def test_only_embedded_knows_each_docstring_of_a_package_again(project, user, capsys):
    shutil.copytree(DEMO, project, dirs_exist_ok=True)
    added = report(capsys, "--provider", "embedded", ".")["files"]
    written = {(file["path"], one["name"]) for file in added for one in file["symbols"] if one["action"] == "added"}
    with served(answering({})) as server:
        user(server.url)
        assert main(["write", "--only", "embedded", "--check", "."]) == 0
    assert len(written) > 50
    # Not how often it was asked: nonsense costs it our trust.
    said = re.search(r"(\d+) symbols: (\d+) without a model, (\d+) by fake", capsys.readouterr().err)
    assert int(said[1]) == int(said[2]) + int(said[3]) == len(written)
    assert int(said[3]) > int(said[2])


# What it costs.


@pytest.fixture
def priced(project, user):
    """A project, and a server that takes money."""
    (project / "a.py").write_text(SOURCE)
    with served(answering(GOOD)) as server:
        user(server.url, "price_in = 3", "price_out = 15")
        yield server


def test_a_check_of_what_is_missing_asks_nobody(project, priced, capsys):
    assert main(["write", "--check", "a.py"]) == 1
    assert not priced.requests


def test_what_costs_money_is_not_asked_for_without_consent(project, priced, capsys):
    assert main(["write", "a.py"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert not priced.requests
    assert (project / "a.py").read_text() == SOURCE


def test_more_than_the_limit_is_not_asked_for(project, priced, capsys):
    assert main(["write", "--max-cost", "0.0001", "a.py"]) == 2
    assert main(["write", "--yes", "--max-cost", "0.0001", "a.py"]) == 2
    assert "--max-cost 0.0001" in capsys.readouterr().err
    assert not priced.requests


@pytest.mark.parametrize("amount", ["much", "-1", "inf", "nan"])
def test_an_amount_that_is_none_is_said_in_words(capsys, amount):
    with pytest.raises(SystemExit):
        main(["write", f"--max-cost={amount}", "a.py"])
    assert "--max-cost: expected an amount of 0 or more" in capsys.readouterr().err


@pytest.mark.parametrize("consent", [["--yes"], ["--max-cost", "1"]])
def test_what_was_agreed_to_is_asked_for_and_counted(priced, capsys, consent):
    totals = report(capsys, *consent, "a.py")["totals"]
    assert len(priced.requests) == 1
    assert totals["cost"] == pytest.approx((USAGE["prompt_tokens"] * 3 + USAGE["completion_tokens"] * 15) / 1e6)


def test_a_run_that_costs_more_than_was_expected_ends_at_the_limit(project, user, capsys):
    (project / "a.py").write_text("".join(SOURCE.replace("load", f"load_{name}") + "\n\n" for name in "abcdef"))
    usage = {"prompt_tokens": 100_000, "completion_tokens": 0, "total_tokens": 100_000}
    with served(lambda asked: ok(openai_stream(answer_to(asked, GOOD.get), usage=usage))) as server:
        user(server.url, "price_in = 3", "price_out = 15", "concurrency = 1")
        totals = report(capsys, "--max-cost", "0.5", "a.py")["totals"]
    assert len(server.requests) == 2
    assert totals["cost"] == pytest.approx(0.6)
    assert (totals["added"], totals["degraded"]) == (6, 4)


def test_what_a_run_will_take_is_said_before(priced, capsys):
    main(["write", "a.py"])
    line = capsys.readouterr().err.splitlines()[0]
    assert line.startswith("glossator: 1 symbol: 0 without a model, 1 by fake, about ")
    assert line.endswith(" tokens, less than $0.01")


def test_what_shorter_prompts_save_is_said_before(priced, project, capsys):
    body = "".join(f"    step_{number} = [{number}]\n" for number in range(5000))
    (project / "a.py").write_text(f"{SOURCE}\n\ndef long(store):\n{body}    return store\n")
    main(["write", "a.py"])
    line = capsys.readouterr().err.splitlines()[1]
    found = re.fullmatch(
        r"glossator: prompts: ([\d,]+) tokens, (\d+)% less than ([\d,]+) with all code whole; "
        r"(\d+)% is a prefix that symbols share",
        line,
    )
    sent, whole = (int(found[number].replace(",", "")) for number in (1, 3))
    assert 2000 < sent < 6000
    assert whole - sent > len(body) / 4
    assert int(found[2]) == round(100 * (whole - sent) / whole)
    assert 30 < int(found[4]) < 90


@pytest.fixture
def made(monkeypatch):
    """The files whose questions were made, and the projects whose index was read."""
    found = []

    def counting(function, name_of):
        def counted(*arguments):
            found.append(name_of(*arguments))
            return function(*arguments)

        return counted

    monkeypatch.setattr(
        Reuse, "requests", counting(Reuse.requests, lambda one, *_: one.job.reader.outline.document.uri)
    )
    monkeypatch.setattr(IndexReader, "read", counting(IndexReader.read, lambda reader, *_: reader.root.name))
    return found


def test_the_index_is_read_and_each_question_made_once(project, user, made):
    for name in ("a.py", "b.py"):
        (project / name).write_text(SOURCE)
    with served(answering(GOOD)) as server:
        user(server.url)
        assert main(["write", "a.py", "b.py"]) == 0
    assert made == ["project", "a.py", "b.py"]
    assert len(server.requests) == 1  # it is the same function


def test_of_many_questions_only_the_first_are_kept_until_they_are_asked(project, user, made, monkeypatch):
    monkeypatch.setattr(generating, "MAX_KEPT", 1)
    for name in ("a.py", "b.py"):
        (project / name).write_text(SOURCE)
    with served(answering(GOOD)) as server:
        user(server.url)
        assert main(["write", "a.py", "b.py"]) == 0
    assert sorted(made[:3]) == ["a.py", "b.py", "project"]
    assert made[3:] in (["a.py"], ["b.py"])
    assert len(server.requests) == 1


def test_nothing_is_kept_of_many_files(project, user, made, monkeypatch):
    monkeypatch.setattr(generating, "KEPT_BYTES", 100)
    (project / "a.py").write_text(SOURCE)
    with served(answering(GOOD)) as server:
        user(server.url, "price_in = 3", "price_out = 15")
        assert main(["write", "--max-cost", "1", "a.py"]) == 0
    assert made == ["project", "a.py", "a.py"]


def test_many_files_that_cost_nothing_are_asked_about_from_the_first_one_on(project, user, made, monkeypatch, capsys):
    monkeypatch.setattr(generating, "KEPT_BYTES", 100)
    for name in ("a.py", "b.py"):
        (project / name).write_text(SOURCE)
    with served(answering(GOOD)) as server:
        user(server.url)
        assert main(["write", "."]) == 0
        assert capsys.readouterr().err == "glossator: 2 files: fake is asked from the first one on\n"
        assert main(["write", "."]) == 0
    assert sorted(made) == ["a.py", "b.py", "project", "project"]
    assert len(server.requests) == 1
    assert GOOD["summary"] in (project / "b.py").read_text()


def test_a_file_that_changed_after_the_estimate_is_asked_about_as_it_is(project, user, monkeypatch):
    (project / "a.py").write_text(SOURCE)

    def agree(*_):
        (project / "a.py").write_text(SOURCE.replace("def load(", "def fetch("))

    monkeypatch.setattr(generating, "_agree", agree)
    with served(answering(GOOD)) as server:
        user(server.url)
        assert main(["write", "a.py"]) == 0
    assert "def fetch(" in prompt_of(server.requests[0])
    assert GOOD["summary"].split()[0] in (project / "a.py").read_text()


def test_an_unknown_price_counts_as_one(project, user, capsys):
    (project / "a.py").write_text(SOURCE)
    # Nobody answers there; nobody is asked.
    user("https://models.invalid")
    assert main(["write", "a.py"]) == 2
    assert main(["write", "--max-cost", "1000", "a.py"]) == 2
    assert "at a price that is not known" in capsys.readouterr().err


def test_what_is_free_never_asks(project, user, capsys):
    (project / "a.py").write_text(SOURCE)
    with served(answering(GOOD)) as server:
        user(server.url)
        assert main(["write", "a.py"]) == 0
    assert ", free\n" in capsys.readouterr().err


def test_a_run_with_nothing_to_do_says_nothing_and_costs_nothing(project, priced, capsys):
    (project / "a.py").write_text('"""A module."""\n')
    assert main(["write", "a.py"]) == 0
    assert capsys.readouterr().err == ""
    assert not priced.requests


# Ctrl-C.


def test_ctrl_c_in_the_middle_of_an_answer_closes_the_connection(project, user):
    for name in ("a.py", "b.py"):
        (project / name).write_text(SOURCE)
    begun = head(200, "text/event-stream", "Connection: close")
    with served((begun, event(openai_chunk({"role": "assistant", "content": '{"id": "'})), HANG)) as server:
        user(server.url)
        command = [sys.executable, "-m", "glossator", "write", "."]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            server.asked()
            process.send_signal(signal.SIGINT)
            started = time.monotonic()
            server.gone()
            took_ms = 1000 * (time.monotonic() - started)
            _, errors = process.communicate(timeout=20)
        server.deserted()
    assert took_ms < 2000, f"the connection was closed {took_ms:.0f} ms after the signal"
    assert process.returncode == 3
    assert b"interrupted" in errors
    assert b"Traceback" not in errors
    assert {path.name for path in project.iterdir()} == {".git", "a.py", "b.py"}
    assert all((project / name).read_text() == SOURCE for name in ("a.py", "b.py"))


def test_nothing_is_left_of_a_run(project, user):
    (project / "a.py").write_text(SOURCE)
    with served(lambda asked: chunked(openai_stream(answer_to(asked, GOOD.get)))) as server:
        user(server.url)
        before, files = set(threading.enumerate()), set(os.listdir("/proc/self/fd"))
        main(["write", "a.py"])
        server.deserted()
        assert set(threading.enumerate()) == before
        left = {
            os.readlink(f"/proc/self/fd/{one}")
            for one in set(os.listdir("/proc/self/fd")) - files
            if os.path.exists(f"/proc/self/fd/{one}")
        }
        assert not [one for one in left if one.startswith("socket")]


# Who is asked.


def test_s3_a_provider_that_is_not_configured_is_an_error(project, user, capsys):
    (project / "a.py").write_text(SOURCE)
    with served(answering(GOOD)) as server:
        user(server.url)
        assert main(["write", "--provider", "other", "a.py"]) == 2
        assert not server.requests
    assert "other" in capsys.readouterr().err


@pytest.mark.parametrize("flag", [True, False])
def test_s3_the_flag_and_the_environment_choose_a_provider(project, user, tmp_path, monkeypatch, flag):
    (project / "a.py").write_text(SOURCE)
    with served(answering(GOOD)) as server:
        user(server.url)
        path = tmp_path / "user.toml"
        path.write_text(path.read_text().replace('provider = "fake"\n', ""))
        assert main(["write", "--diff", "a.py"]) == 0
        assert not server.requests
        if not flag:
            monkeypatch.setenv("GLOSSATOR_PROVIDER", "fake")
        assert main(["write", *(["--provider", "fake"] if flag else []), "a.py"]) == 0
        assert len(server.requests) == 1
