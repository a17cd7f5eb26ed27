"""What was spent today is known to all processes of a user, whatever happens to them and to the file."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from glossator.documenter.ledger import FileLedger, workspace_digest
from glossator.engine.scheduler import Spent

SPENDING = Path(__file__).parent / "support" / "spending.py"
TODAY = date(2026, 12, 1)
ONE = Spent(0.25, 10)


def ledger_of(folder, day=TODAY):
    return FileLedger(folder, lambda: day)


def file_of(folder, day=TODAY):
    return folder / "spent" / f"{day.isoformat()}.jsonl"


def spending(folder, workspace, times):
    return subprocess.Popen(
        [sys.executable, str(SPENDING), str(folder), workspace, str(times)], stdout=subprocess.PIPE, text=True
    )


def test_what_is_spent_counts_for_the_workspace_and_for_all(tmp_path):
    ledger = ledger_of(tmp_path)
    assert ledger.today("/a") == (Spent(), Spent())
    ledger.add(ONE, "/a")
    ledger.add(ONE, "/b")
    assert ledger.today("/a") == (Spent(0.5, 20), ONE)
    assert ledger.today("/c") == (Spent(0.5, 20), Spent())


def test_another_process_s_spending_is_seen_at_once(tmp_path):
    mine, other = ledger_of(tmp_path), ledger_of(tmp_path)
    for times in range(1, 4):
        other.add(ONE, "/a")
        assert mine.today("/a")[1].tokens == 10 * times
    mine.add(ONE, "/a")
    assert mine.today("/a") == other.today("/a") == ledger_of(tmp_path).today("/a")


def test_two_processes_that_spend_at_once_lose_nothing(tmp_path):
    with spending(tmp_path, "/a", 2000) as one, spending(tmp_path, "/b", 2000) as other:
        assert (one.stdout.read(), other.stdout.read()) == ("done\n", "done\n")
    everywhere, here = FileLedger(tmp_path).today("/a")
    assert (everywhere, here) == (Spent(1000.0, 4000), Spent(500.0, 2000))


def _killed(folder, times):
    for _ in range(times):
        with spending(folder, "/a", 0) as process:
            assert process.stdout.readline() == "begun\n"
            process.kill()


def _check_killed(folder, caplog):
    (path,) = (folder / "spent").iterdir()
    lines = path.read_bytes().split(b"\n")
    everywhere, _ = FileLedger(folder).today("/a")
    assert everywhere.tokens == len([one for one in lines if one])
    assert everywhere.cost == everywhere.tokens * 0.25
    assert "cannot be read" not in caplog.text


def test_a_process_that_is_killed_loses_nothing_that_was_spent(tmp_path, caplog):
    _killed(tmp_path, 5)
    _check_killed(tmp_path, caplog)


@pytest.mark.soak
def test_a_process_that_is_killed_200_times_loses_nothing_that_was_spent(tmp_path, caplog):
    _killed(tmp_path, 200)
    _check_killed(tmp_path, caplog)


@pytest.mark.parametrize("torn", [1, 10, 40, 60])
def test_a_line_that_was_cut_off_spoils_itself_alone(tmp_path, torn):
    ledger = ledger_of(tmp_path)
    ledger.add(ONE, "/a")
    whole = file_of(tmp_path).read_bytes()
    with file_of(tmp_path).open("ab") as file:
        file.write(whole[:torn])
    assert ledger.today("/a")[1] == ONE
    ledger.add(ONE, "/a")
    assert ledger.today("/a")[1] == ledger_of(tmp_path).today("/a")[1] == Spent(0.5, 20)


def test_a_line_that_is_still_being_written_comes_with_the_next_reading(tmp_path):
    ledger = ledger_of(tmp_path)
    ledger.add(ONE, "/a")
    line = file_of(tmp_path).read_bytes()
    for at in range(1, len(line)):
        file_of(tmp_path).write_bytes(line + line[:at])
        one = ledger_of(tmp_path)
        assert one.today("/a")[1].tokens in (10, 20)
        file_of(tmp_path).write_bytes(line + line)
        assert one.today("/a")[1].tokens == 20


GARBAGE = [
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b"null",
    b"[]",
    b"7",
    b'"text"',
    b"{}",
    b'{"workspace": "w", "cost": 1}',
    b'{"workspace": "w", "cost": "1", "tokens": 1}',
    b'{"workspace": "w", "cost": -1, "tokens": 1}',
    b'{"workspace": "w", "cost": 1, "tokens": -1}',
    b'{"workspace": "w", "cost": Infinity, "tokens": 1}',
    b'{"workspace": "w", "cost": NaN, "tokens": 1}',
    b'{"workspace": "w", "cost": 1, "tokens": 1e400}',
    b'{"workspace": "w", "cost": 1' + b"0" * 5000 + b', "tokens": 1}',
    b'{"workspace": "w", "cost": 1' + b"0" * 400 + b', "tokens": 1}',
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda one: repr(one[:40]))
def test_garbage_counts_for_nothing_and_what_is_around_it_does(tmp_path, garbage):
    ledger = ledger_of(tmp_path)
    ledger.add(ONE, "/a")
    with file_of(tmp_path).open("ab") as file:
        file.write(garbage + b"\n")
    ledger.add(ONE, "/a")
    assert ledger_of(tmp_path).today("/a") == (Spent(0.5, 20), Spent(0.5, 20))


def test_the_next_day_begins_with_nothing_and_the_files_of_days_before_go(tmp_path):
    days = [date(2026, 12, 1)]
    ledger = FileLedger(tmp_path, lambda: days[-1])
    ledger.add(ONE, "/a")
    assert ledger.today("/a")[1] == ONE
    days.append(date(2026, 12, 2))
    assert ledger.today("/a") == (Spent(), Spent())
    ledger.add(ONE, "/a")
    assert [path.stem for path in (tmp_path / "spent").iterdir()] == ["2026-12-02"]
    assert ledger.today("/a")[1] == ONE


def test_a_clock_that_was_put_back_takes_nothing_away(tmp_path):
    ledger_of(tmp_path, date(2026, 12, 2)).add(ONE, "/a")
    assert ledger_of(tmp_path, date(2026, 12, 1)).today("/a") == (Spent(), Spent())
    assert ledger_of(tmp_path, date(2026, 12, 2)).today("/a")[1] == ONE


def test_a_file_that_was_taken_away_loses_nothing_that_this_process_knew(tmp_path):
    ledger = ledger_of(tmp_path)
    ledger.add(ONE, "/a")
    assert ledger.today("/a")[1] == ONE
    file_of(tmp_path).unlink()
    assert ledger.today("/a")[1] == ONE
    ledger_of(tmp_path).add(Spent(0.0, 1), "/a")
    assert ledger.today("/a")[1] == Spent(0.25, 11)


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be read-only there")
def test_where_the_folder_cannot_be_used_this_process_counts_and_says_so_once(tmp_path, caplog):
    (tmp_path / "spent").write_text("a file where a folder should be")
    ledger = ledger_of(tmp_path)
    for times in range(1, 4):
        ledger.add(ONE, "/a")
        assert ledger.today("/a") == (Spent(0.25 * times, 10 * times),) * 2
    assert caplog.text.count("for this process alone") == 1
    assert str(tmp_path) not in caplog.text


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_read(tmp_path, caplog):
    ledger_of(tmp_path).add(ONE, "/a")
    file_of(tmp_path).chmod(0o400)
    (tmp_path / "spent").chmod(0o500)
    ledger = ledger_of(tmp_path)
    ledger.add(ONE, "/a")
    assert ledger.today("/a")[1] == Spent(0.5, 20)
    assert caplog.text.count("for this process alone") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux'")
def test_where_the_disk_is_full_this_process_counts(tmp_path, monkeypatch):
    ledger = ledger_of(tmp_path)
    ledger.add(ONE, "/a")
    file_of(tmp_path).unlink()
    file_of(tmp_path).symlink_to("/dev/full")
    ledger.add(ONE, "/a")
    file_of(tmp_path).unlink()
    assert ledger.today("/a")[1] == ONE


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_nobody_else_can_read_it_and_no_path_stands_in_it(tmp_path):
    ledger_of(tmp_path).add(ONE, "/home/somebody/secret project")
    raw = file_of(tmp_path).read_bytes()
    assert json.loads(raw) == {
        "workspace": workspace_digest("/home/somebody/secret project"),
        "cost": 0.25,
        "tokens": 10,
    }
    assert b"secret" not in raw
    assert file_of(tmp_path).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "spent").stat().st_mode & 0o777 == 0o700


def test_workspaces_whose_paths_are_no_text_have_a_digest():
    assert workspace_digest("/a\udcff") != workspace_digest("/a") != workspace_digest("")
