"""`cache export` and `import`: answers go to other machines, and nothing else comes from there."""

import os

import pytest
from canaries import CANARIES, WORD
from kept_entries import age, asked_of, bundle_of, entries, put, report, with_members
from served import answering, served

from glossator.cache.entries import VERSION, Text, encoded, unjudged
from glossator.cli.main import main
from glossator.documenter.reuse import today

SECRET = "a team's secret, c0rrect-h0rse"


def test_a_fork_starts_warm(answered, server, machine, tmp_path, monkeypatch, capsys):
    bundle = str(tmp_path / "answers.bundle")
    before = entries()
    found, _ = report(capsys, "export", "-o", bundle)
    assert found == {"file": bundle, "entries": len(before), "size_bytes": os.path.getsize(bundle)}
    written = {name: (answered / name).read_text() for name in ("a.py", "b.py")}

    machine("B")
    fork = tmp_path / "somewhere" / "else"
    (fork / ".git").mkdir(parents=True)
    monkeypatch.chdir(fork)
    found, _ = report(capsys, "import", bundle)
    assert (found["new"], found["is_whole"]) == (len(before), True)
    assert entries() == {key: unjudged(entry) for key, entry in before.items()}
    assert asked_of(server, fork) == []
    assert {name: (fork / name).read_text() for name in ("a.py", "b.py")} == written


def test_of_a_project_goes_what_its_code_stands_for(answered, server, machine, tmp_path, capsys):
    bundle = str(tmp_path / "answers.bundle")
    found, _ = report(capsys, "export", "-o", bundle, "a.py")
    assert 0 < found["entries"] < len(entries())
    machine("B")
    report(capsys, "import", bundle)
    assert asked_of(server, answered) == ["drop"]


def test_a_file_that_is_held_back_goes_nowhere(answered, tmp_path, capsys):
    (answered / ".glossatorignore").write_text("a.py\n")
    assert report(capsys, "export", "-o", str(tmp_path / "x"), "a.py")[0]["entries"] == 0
    assert report(capsys, "clear", "a.py")[0]["removed"] > 0


def test_equal_entries_give_equal_bundles_wherever_and_in_whatever_order_they_came(answered, machine, tmp_path, capsys):
    first, second = tmp_path / "first", tmp_path / "second"
    report(capsys, "export", "-o", str(first))
    before = entries()
    machine("B")
    for key in sorted(before, reverse=True):
        put({key: before[key]})
    report(capsys, "export", "-o", str(second))
    assert first.read_bytes() == second.read_bytes()


def test_an_empty_cache_gives_a_bundle_without_entries(machine, tmp_path, capsys):
    assert report(capsys, "export", "-o", str(tmp_path / "x"))[0]["entries"] == 0
    assert report(capsys, "import", str(tmp_path / "x"))[0]["new"] == 0


def test_a_bundle_that_is_there_keeps_its_mode_and_nothing_stays_beside_it(answered, tmp_path, capsys):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "x").touch(0o600)
    report(capsys, "export", "-o", str(folder / "x"))
    assert (folder / "x").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["x"]


@pytest.mark.parametrize("place", ["no/such/folder/x", "."])
def test_a_place_that_cannot_be_written_is_said(answered, capsys, place):
    assert main(["cache", "export", "-o", place]) == 3
    assert capsys.readouterr().err.startswith(f"glossator: {place}: ")


def test_the_team_s_secret_seals_a_bundle(answered, user, server, machine, tmp_path, monkeypatch, capsys):
    bundle = str(tmp_path / "x")
    user(server.url, "[cache]", 'shared_key_env = "TEAM"')
    _, said = report(capsys, "export", "-o", bundle)
    assert "TEAM is not set" in said
    monkeypatch.setenv("TEAM", SECRET)
    _, said = report(capsys, "export", "-o", bundle)
    assert said == ""
    machine("B")
    assert report(capsys, "import", bundle)[0]["new"] > 0
    for value, complaint in (("another", "another secret"), ("", "set cache.shared_key_env")):
        monkeypatch.setenv("TEAM", value)
        assert main(["cache", "import", bundle]) == 2
        assert complaint in capsys.readouterr().err


def test_an_older_entry_takes_no_newer_one_s_place(answered, tmp_path, capsys):
    old, new = tmp_path / "old", tmp_path / "new"
    report(capsys, "export", "-o", str(new))
    count = len(entries())
    age(5)
    report(capsys, "export", "-o", str(old))
    assert report(capsys, "import", str(old))[0]["known"] == count
    found, _ = report(capsys, "import", str(new))
    assert (found["newer"], found["new"], found["known"]) == (count, 0, 0)
    assert report(capsys, "import", str(old))[0]["known"] == count
    assert {one.made for one in entries().values()} == {today()}


def test_what_is_kept_no_more_is_not_taken(answered, machine, tmp_path, capsys):
    age(90)
    count = report(capsys, "export", "-o", str(tmp_path / "x"))[0]["entries"]
    machine("B")
    found, said = report(capsys, "import", str(tmp_path / "x"))
    assert (found["new"], found["skipped"]["old"]) == (0, count)
    assert "cache.ttl_days" in said


# Damaged, foreign and hostile bundles.


def test_of_a_cut_bundle_the_first_entries_are_taken(answered, machine, tmp_path, capsys):
    bundle = tmp_path / "x"
    report(capsys, "export", "-o", str(bundle))
    count = len(entries())
    bundle.write_bytes(bundle.read_bytes()[: bundle.stat().st_size // 2])
    machine("B")
    found, said = report(capsys, "import", str(bundle), code=3)
    assert 0 < found["new"] == len(entries()) < count
    assert not found["is_whole"]
    assert "cut off or changed" in said


def test_of_a_bundle_with_a_flipped_bit_the_other_entries_are_taken(answered, machine, tmp_path, capsys):
    bundle = tmp_path / "x"
    report(capsys, "export", "-o", str(bundle))
    before = entries()
    raw = bytearray(bundle.read_bytes())
    raw[-60] ^= 1  # in the last record
    bundle.write_bytes(raw)
    machine("B")
    found, said = report(capsys, "import", str(bundle), code=3)
    assert (found["new"], found["skipped"]["damaged"]) == (len(before) - 1, 1)
    assert "damaged or changed by somebody: 1" in said
    assert all(unjudged(before[key]) == entry for key, entry in entries().items())


@pytest.mark.parametrize(
    ("raw", "code", "complaint"),
    [
        (b"", 2, "is no bundle"),
        (b"\x80\x04cos\nsystem\n(S'touch was-run'\ntR.", 2, "is no bundle"),
        (b"glossator bundle 9\n" + bytes(16), 2, "of version 9"),
        (b"glossator bundle 1\n" + bytes(16), 2, "set cache.shared_key_env"),
        (None, 3, "No such file"),
    ],
)
def test_what_is_no_bundle_is_refused_and_nothing_is_made(machine, tmp_path, capsys, raw, code, complaint):
    bundle = tmp_path / "x"
    if raw is not None:
        bundle.write_bytes(raw)
    assert main(["cache", "import", str(bundle)]) == code
    assert f"{bundle}: " in (said := capsys.readouterr().err)
    assert complaint in said
    assert not (tmp_path / "cache of A").exists()


def test_a_pipe_is_no_bundle_and_holds_nothing_up(machine, tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    assert main(["cache", "import", str(tmp_path / "pipe")]) == 3
    assert "not a regular file" in capsys.readouterr().err


def test_a_bundle_that_is_larger_than_the_cache_pushes_nothing_out(machine, user, tmp_path, capsys):
    user("http://127.0.0.1:9", "[cache]", "size_mb = 1")
    bundle = bundle_of(tmp_path / "x", {})
    with bundle.open("ab") as file:
        file.truncate((1 << 20) + 1)
    assert main(["cache", "import", str(bundle)]) == 2
    assert "cache.size_mb" in capsys.readouterr().err


def test_records_that_hold_no_entry_are_left_out(machine, tmp_path, answered, capsys):
    (key, entry), *_ = entries().items()
    numbers = (number.to_bytes(16, "big") for number in range(100))
    foreign = [
        b"\x80\x04cos\nsystem\n(S'touch was-run'\ntR.",  # a pickle
        b'{"version": 1}',
        b"\x99\x01\x01\xa1m\xdd\xff\xff\xff\xff",  # a list that says it has four thousand million texts
        b"\x91" * 60_000,  # nested
        encoded(with_members(entry, version=VERSION + 1)),
        encoded(with_members(entry, texts=(Text("nothing", "", "a"),))),
        encoded(with_members(entry, made=today() + 400)),  # it would never be old
        encoded(with_members(entry, made=2**63)),
    ]
    bundle = bundle_of(tmp_path / "x", dict(zip(numbers, foreign, strict=False)) | {key: encoded(entry)})
    machine("B")
    found, said = report(capsys, "import", str(bundle), code=3)
    assert (found["new"], found["skipped"]["foreign"], found["is_whole"]) == (1, len(foreign), True)
    assert "not by it: 8" in said
    assert entries() == {key: unjudged(entry)}


@pytest.mark.parametrize(
    "template",
    [
        '"""\nimport os\n"""',
        "\x01" + "9" * 5_000 + ":x\x02 is read.",  # a number that Python does not read
        "\x0177:x\x02 is read.",
        "\x1b[2J\u202e gone",
        "Run `rm -rf` as you must.",
        "x" * 40_000,
        "\ud7ff\x00",
        "",
    ],
)
def test_a_hostile_text_for_the_right_code_is_asked_for_anew(answered, server, machine, tmp_path, capsys, template):
    hostile = {
        key: encoded(
            with_members(entry, texts=tuple(Text(one.kind, one.name, template, "", "fake") for one in entry.texts))
        )
        for key, entry in entries().items()
    }
    written = (answered / "a.py").read_text()
    machine("B")
    whole = {key: one for key, one in hostile.items() if len(one) < 60_000}
    report(capsys, "import", str(bundle_of(tmp_path / "x", whole)))
    assert asked_of(server, answered) == ["drop", "load"]
    assert (answered / "a.py").read_text() == written


def test_a_record_that_is_sealed_for_another_key_is_left_out(answered, machine, tmp_path, capsys):
    kept = sorted(entries().items())
    bundle = bundle_of(tmp_path / "x", {key: encoded(entry) for key, entry in kept})
    raw = bundle.read_bytes()
    (one, _), (other, _) = kept[:2]
    bundle.write_bytes(raw.replace(one, b"?" * 16).replace(other, one).replace(b"?" * 16, other))
    machine("B")
    found, _ = report(capsys, "import", str(bundle), code=3)
    assert (found["new"], found["skipped"]["damaged"]) == (len(kept) - 2, 2)


# S1: what a bundle holds.

SAID = {
    "summary": "Load all that a file holds, from its path.",
    "arg_path": "Place of the file that is opened and read.",
    "returns": "Everything that the opened file holds.",
}


def test_s1_no_path_source_or_secret_is_in_a_bundle(project, user, machine, tmp_path, monkeypatch, capsys):
    for number, canary in enumerate(CANARIES):
        folder = project / f"folder_canary_{number}"
        folder.mkdir()
        (folder / canary.path).write_text(canary.source)
        for name, value in canary.environment:
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("TEAM", SECRET)
    with served(answering(SAID)) as server:
        user(server.url, 'key_env = "MODEL_KEY"', "[cache]", 'shared_key_env = "TEAM"')
        monkeypatch.setenv("MODEL_KEY", "k3y-0f-the-model")
        assert main(["write", "."]) == 0
        asked = b"".join(one.body for one in server.requests)
    bundle = tmp_path / "x"
    assert report(capsys, "export", "-o", str(bundle))[0]["entries"] > len(CANARIES)
    raw = bundle.read_bytes()
    assert asked.count(WORD.encode()) > 5  # a provider of this machine sees the source
    traces = [trace for canary in CANARIES for trace in canary.traces]
    private = [*traces, "return open", "canary", str(project), tmp_path.name, server.url, SECRET, "k3y-0f-the-model"]
    assert [one for one in private if one.encode() in raw] == []
