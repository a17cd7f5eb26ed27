"""`cache info`, `clear` and `verify`: what was answered before, told, removed, verified."""

import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from kept_answers import changed
from kept_entries import SOURCE, age, asked_of, disk, entries, put, report, reset, with_members
from valkey_server import Valkey, free_port

from glossator.cache.disk.folder import FILE_NAME, QUARANTINE_NAME
from glossator.cache.entries import VERSION, Text
from glossator.cli.main import main
from glossator.documenter.kept import shown_address
from glossator.documenter.reuse import today

PASSWORD = "Tr0ub4dor-Zx81"
SECRET = "a team's secret, c0rrect-h0rse"


# What lies there.


def test_info_counts_what_lies_on_disk(answered, capsys):
    found, _ = report(capsys, "info")
    kept = entries().values()
    assert found["docs"] == 2
    assert found["entries"] == found["docs"] + found["fields"] == len(kept)
    assert found["fields"] >= 6
    assert found["models"] == {"m": len(kept)}
    assert found["oldest"] == found["newest"] == (date(1970, 1, 1) + timedelta(days=today())).isoformat()
    assert 0 < found["size_bytes"] < found["limit_bytes"] == 512 << 20
    assert (found["ttl_days"], found["unreadable"], found["shared"]) == (90, 0, None)
    assert found["folder"].endswith("answers")


def test_info_in_words_says_the_same(answered, capsys):
    age(3, model="x+y")
    capsys.readouterr()
    assert main(["cache", "info"]) == 0
    said = capsys.readouterr().out
    count = len(entries())
    assert f"entries: {count} (docs: 2, fields: {count - 2}; refused: 0)\n" in said
    assert re.search(r"^size: 0\.\d of 512 MB$", said, re.MULTILINE)
    assert f"models: x+y ({count})\n" in said
    assert said.endswith("kept for: 90 days\nshared server: none\n")


def test_info_counts_refused_answers_and_entries_of_another_version(answered, capsys):
    (key, entry), *_ = [(key, one) for key, one in entries().items() if not one.path]
    refused = with_members(entry, texts=(Text("summary", "", "", "echo", "fake"),))
    put({key: refused, b"another version.": with_members(entry, version=VERSION + 1)})
    found, _ = report(capsys, "info")
    assert (found["refused"], found["unreadable"]) == (1, 1)


def test_nothing_is_made_where_there_is_no_cache(machine, tmp_path, capsys):
    for words in (["info"], ["verify"], ["clear"], ["clear", "--older-than", "3"]):
        report(capsys, *words)
    assert not (tmp_path / "cache of A").exists()


def test_a_cache_that_cannot_be_read_is_work_left_undone(answered, capsys, tmp_path):
    os.chmod(Path(report(capsys, "info")[0]["folder"]), 0o777)
    _, said = report(capsys, "info", code=3)
    assert "could not be read" in said
    (tmp_path / "kept").write_bytes(b"as it was")
    assert main(["cache", "export", "-o", str(tmp_path / "kept")]) == 3
    assert (tmp_path / "kept").read_bytes() == b"as it was"
    assert main(["cache", "clear"]) == 3
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("password", "is_there"), [(PASSWORD, True), ("wr0ng-one", False)])
def test_info_says_whether_the_shared_server_is_there_and_nothing_secret(
    machine, user, tmp_path, capsys, monkeypatch, password, is_there
):
    monkeypatch.setenv("TEAM", SECRET)
    with Valkey(tmp_path, f"requirepass {PASSWORD}") as valkey:
        address = valkey.url_of("default", password)
        user("http://127.0.0.1:9", "[cache]", f'shared = "{address}"', 'shared_key_env = "TEAM"')
        found, said = report(capsys, "info")
        main(["cache", "info"])
        words = capsys.readouterr()
    assert found["shared"] | {"notice": ""} == {
        "address": valkey.url,
        "is_reachable": is_there,
        "has_secret": True,
        "notice": "",
    }
    assert ("refuses the name or the password" in said) is not is_there
    state = "reachable" if is_there else "not reachable"
    assert f"shared server: {valkey.url}, {state}, with a team's secret\n" in words.out
    assert not [one for one in (PASSWORD, "wr0ng-one", SECRET) if one in f"{found}{said}{words.out}{words.err}"]


def test_info_with_no_shared_server_where_one_should_be_is_no_failure(machine, user, capsys):
    user("http://127.0.0.1:9", "[cache]", f'shared = "redis://127.0.0.1:{free_port()}/2"')
    found, _ = report(capsys, "info")
    assert not found["shared"]["is_reachable"]
    assert not found["shared"]["has_secret"]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("redis://cache.example:6379/0", "redis://cache.example:6379/0"),
        ("rediss://me:pass@cache.example/1", "rediss://cache.example/1"),
        ("redis://:p@ss/w@cache.example", "redis://cache.example"),
        ("redis://cache.example/0?password=pass&db=1", "redis://cache.example/0"),
        ("redis://me:p?ss@cache.example", "redis://..."),
        ("redis://me:p#ss@cache.example", "redis://..."),
        ("redis://cache.example/0?password=p@ss", "redis://..."),
        ("unix:///run/valkey.sock?password=pass", "unix:///run/valkey.sock"),
        ("unix://me@/run/valkey.sock", "unix:///run/valkey.sock"),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(address, shown):
    assert shown_address(address) == shown


# Removing.


def test_without_arguments_everything_goes(answered, server, capsys):
    count = len(entries())
    found, _ = report(capsys, "clear")
    assert found == {"removed": count}
    assert entries() == {}
    assert asked_of(server, answered) == ["drop", "load"]


def test_what_code_stands_for_goes_by_its_path_and_is_asked_for_alone(answered, server, capsys):
    count = len(entries())
    found, _ = report(capsys, "clear", "a.py")  # documented as it is: a docstring is in no key
    assert 0 < found["removed"] == count - len(entries())
    assert asked_of(server, answered) == ["load"]
    assert asked_of(server, answered) == []


def test_a_folder_stands_for_all_files_in_it(answered, server, capsys):
    (answered / "sub").mkdir()
    (answered / "a.py").rename(answered / "sub" / "a.py")
    report(capsys, "clear", "sub")
    assert asked_of(server, answered) == ["load"]


def test_what_a_repair_was_given_goes_with_the_code(project, user, server, machine, capsys):
    old = SOURCE.replace(
        "    if limit", '    """Find it.\n\n    Args:\n        store: A place.\n    """\n    if limit', 1
    )
    (project / "a.py").write_text(old)
    user(server.url)
    assert main(["write", "--only", "stale", "a.py"]) == 0
    assert entries()
    (project / "a.py").write_text(old)
    report(capsys, "clear", "a.py")
    assert entries() == {}


def test_code_that_changed_stands_for_other_answers(answered, capsys):
    (answered / "a.py").write_text(SOURCE.replace("limit < 1", "limit < 2").replace("store.touch", "store.mark"))
    before = entries()
    report(capsys, "clear", "a.py")
    left = entries().values()
    assert 0 < len(left) < len(before)  # what depends on none of this is gone
    assert "load" in {one.path for one in left}


def test_another_providers_answers_stay_unless_it_is_named(answered, user, server, capsys):
    other = ["[providers.other]", 'kind = "openai"', f'endpoint = "{server.url}/v1"', 'model = "n"', "exam = false"]
    user(server.url, *other)
    reset(answered)
    assert main(["write", "--provider", "other", "."]) == 0
    count = len(entries())
    assert report(capsys, "info")[0]["models"] == {"m": count // 2, "n": count // 2}
    report(capsys, "clear", ".", "--provider", "other")
    assert report(capsys, "info")[0]["models"] == {"m": count // 2}
    report(capsys, "clear", "--provider", "fake", ".")
    assert entries() == {}


def test_by_model_goes_what_it_said_alone_or_in_a_pool(answered, capsys):
    before = entries()
    keys = sorted(before)
    for model, some in (("n", keys[:2]), ("m+n", keys[2:4]), ("nn", keys[4:6])):
        put({key: with_members(before[key], model=model) for key in some})
    assert report(capsys, "clear", "--model", "n")[0] == {"removed": 4}
    assert entries().keys() == set(keys[4:])


def test_by_age_goes_what_was_said_before(answered, capsys):
    before = entries()
    keys = sorted(before)
    for days, some in ((7, keys[:2]), (8, keys[2:5])):
        put({key: with_members(before[key], made=today() - days) for key in some})
    assert report(capsys, "clear", "--older-than", "8")[0] == {"removed": 0}
    assert report(capsys, "clear", "--older-than", "7")[0] == {"removed": 3}
    assert report(capsys, "clear", "--older-than", "0")[0] == {"removed": 2}


def test_of_several_conditions_all_have_to_hold(answered, capsys):
    before = entries()
    age(9)
    count = len(before)
    assert report(capsys, "clear", "a.py", "--model", "n")[0] == {"removed": 0}
    assert report(capsys, "clear", "a.py", "--model", "m", "--older-than", "9")[0] == {"removed": 0}
    removed = report(capsys, "clear", "--model", "m", "--older-than", "8", "b.py")[0]["removed"]
    assert 0 < removed < count
    assert {one.path for one in entries().values() if one.path} == {"load"}


def test_what_the_shared_server_keeps_stays_and_that_is_said(machine, user, capsys):
    user("http://127.0.0.1:9", "[cache]", 'shared = "redis://me:pass@cache.example"')
    _, said = report(capsys, "clear")
    assert said == "glossator: what redis://cache.example keeps stays there\n"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["clear", "--provider", "fake"], "--provider NAME belongs to a PATH"),
        (["clear", "--provider", "nobody", "a.py"], "unknown provider 'nobody'"),
        (["clear", "--provider", "embedded", "a.py"], "name the one that wrote"),
        (["export", "--provider", "fake", "-o", "x"], "--provider NAME belongs to a PATH"),
    ],
)
def test_what_makes_no_sense_is_a_wrong_use(answered, capsys, words, complaint):
    assert main(["cache", *words]) == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["tidy"],
        ["export"],
        ["import"],
        ["info", "a.py"],
        ["clear", "--older-than", "-1"],
        ["verify", "--model", "m"],
    ],
)
def test_flags_that_are_none_end_with_the_usage(capsys, words):
    with pytest.raises(SystemExit) as ended:
        main(["cache", *words])
    assert ended.value.code == 2


def test_a_path_that_cannot_be_read_is_left_undone_and_the_others_are_done(answered, capsys):
    found, said = report(capsys, "clear", "a.py", "nowhere.py", code=3)
    assert found["removed"] > 0
    assert "nowhere.py" in said
    (answered / "broken.py").write_bytes(b"\xff\x00")
    _, said = report(capsys, "clear", "broken.py", "b.py")
    assert "broken.py" in said
    assert entries() == {}


# Verifying.


def test_of_a_sound_cache_everything_is_sound(answered, capsys):
    found, _ = report(capsys, "verify")
    assert found == {"sound": len(entries()), "damaged": 0, "unreadable": 0, "is_intact": True}


def test_what_does_not_open_or_cannot_be_decoded_is_removed(answered, server, capsys):
    before = entries()
    (one, *_) = [key for key, entry in before.items() if entry.path == "load"]
    with changed(disk()._folder) as database:
        database.execute("UPDATE Cache SET value = zeroblob(length(value)) WHERE key = ?", (one,))
    put({b"another version.": with_members(before[one], version=VERSION + 1)})
    assert main(["cache", "verify"]) == 3
    assert capsys.readouterr().out.endswith(f"sound: {len(before) - 1}, removed: 2 (damaged: 1, unreadable: 1)\n")
    assert report(capsys, "verify")[0] == {"sound": len(before) - 1, "damaged": 0, "unreadable": 0, "is_intact": True}
    assert one not in entries()


def test_a_database_that_is_garbage_is_set_aside(answered, server, capsys):
    folder = disk()._folder
    (folder / FILE_NAME).write_bytes(os.urandom(20_000))
    found, said = report(capsys, "verify", code=3)
    assert not found["is_intact"]
    assert "set aside" in said
    assert (folder / QUARANTINE_NAME).exists()
    assert report(capsys, "verify")[0]["is_intact"]
    assert asked_of(server, answered) == ["drop", "load"]
