"""The numbers of many processes in one folder: none lost, none counted twice, garbage passed over."""

import contextlib
import json
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.monitor import Monitor, Snapshot
from glossator.monitor.files import FEW, TOTAL, OwnFile, gathered, tidy
from glossator.monitor.records import Record, Unreadable, from_bytes, to_bytes

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache" / "stats"


def measured(times=1):
    monitor = Monitor()
    for _ in range(times):
        monitor.observe("parse", 10)
        monitor.count("hits", "L1")
    return monitor.snapshot()


def parsed(folder):
    snapshot = gathered(folder)
    count = snapshot.stages["parse"].count if "parse" in snapshot.stages else 0
    assert snapshot.count("hits", "L1") == count
    return count


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_nothing_is_there_before_something_was_written(folder):
    assert gathered(folder) == Snapshot()
    assert not folder.exists()


def test_what_is_written_is_read(folder):
    OwnFile(folder).write(measured(3))
    assert parsed(folder) == 3


def test_files_and_folders_are_for_their_owner_alone(folder):
    OwnFile(folder).write(measured())
    for path in (folder.parent, folder, *folder.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_later_snapshot_takes_the_place_of_the_one_before(folder):
    file = OwnFile(folder)
    file.write(measured(1))
    file.write(measured(5))
    assert parsed(folder) == 5
    assert len(files(folder)) == 1


def test_what_a_process_holds_counts_only_while_it_runs(folder):
    running, ended = OwnFile(folder), OwnFile(folder)
    running.write(measured())
    ended.write(measured(), is_ended=True)
    snapshot = gathered(folder)
    assert snapshot.gauge("processes") == 1
    assert snapshot.count("cpu_s") > 0


def test_a_process_that_was_killed_counts_as_ended(folder):
    code = (
        "import sys, pathlib, signal, os\n"
        "from glossator.monitor import Monitor; from glossator.monitor.files import OwnFile\n"
        "monitor = Monitor(); monitor.observe('parse', 10); monitor.count('hits', 'L1')\n"
        "OwnFile(pathlib.Path(sys.argv[1])).write(monitor.snapshot()); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, folder], check=False)
    assert done.returncode == -signal.SIGKILL
    assert parsed(folder) == 1
    assert gathered(folder).gauge("processes") == 0


def test_the_folder_stays_small_and_nothing_is_lost(folder):
    running = OwnFile(folder)
    running.write(measured(1000))
    for number in range(1, 3 * FEW):
        OwnFile(folder).write(measured(), is_ended=True)
        assert parsed(folder) == 1000 + number
        assert len(files(folder)) <= FEW + 2
    assert TOTAL in files(folder)
    running.write(measured(1001))
    assert parsed(folder) == 1001 + 3 * FEW - 1


def test_files_whose_numbers_are_in_the_sum_already_are_not_counted_again(folder):
    for _ in range(FEW):
        OwnFile(folder).write(measured(), is_ended=True)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    OwnFile(folder).write(measured(), is_ended=True)
    for path, raw in before.items():  # as after a kill between the sum and the removal
        path.write_bytes(raw)
    assert parsed(folder) == FEW + 1
    tidy(folder)
    assert parsed(folder) == FEW + 1


def test_a_running_process_whose_file_was_taken_away_counts_on_from_there(folder):
    file = OwnFile(folder)
    file.write(measured(10))
    (folder / file.name).unlink()
    file.write(measured(13))
    file.write(measured(14))
    assert parsed(folder) == 4


def _end_often(folder, times):
    for _ in range(times):
        OwnFile(folder).write(measured(), is_ended=True)


def test_many_processes_lose_nothing(folder):
    processes = [SPAWN.Process(target=_end_often, args=(folder, 40)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert parsed(folder) == 160


GARBAGE = {
    "no JSON": b"\x80\x04garbage",
    "nothing": b"",
    "a list": b"[]",
    "deep": b"[" * 100_000,
    "large": b" " * (2 << 20),
    "another version": b'{"version": 2}',
    "NaN": to_bytes(Record(Snapshot(counts={("hits", "L1"): 1}))).replace(b"1]]", b"NaN]]"),
    "a negative number": to_bytes(Record(Snapshot(counts={("hits", "L1"): 1}))).replace(b"1]]", b"-1]]"),
    "a huge number": to_bytes(Record(Snapshot(counts={("hits", "L1"): 1}))).replace(b"1]]", b"1e300]]"),
    "a name that steers terminals": to_bytes(Record(Snapshot(counts={("hits", "L1"): 1}))).replace(
        b"L1", b"\\u001b[2J"
    ),
    "a bucket that is none": b'{"version":1,"since":null,"ended":false,"folded":[],"requests":{},"counts":[],'
    b'"gauges":[],"stages":{"parse":[1,[[99999999,1]]]}}',
}


@pytest.mark.parametrize("raw", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_passed_over_with_a_warning(folder, caplog, raw):
    OwnFile(folder).write(measured(), is_ended=True)
    for name in (f"00000000-{os.getpid()}-00000000.json", TOTAL):
        (folder / name).write_bytes(raw)
    assert parsed(folder) == 1
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    assert "passed_over" in caplog.text


@pytest.mark.skipif(os.name != "posix", reason="POSIX has pipes and links among files")
def test_what_is_no_file_is_passed_over(folder, tmp_path):
    OwnFile(folder).write(measured())
    os.mkfifo(folder / f"00000000-{os.getpid()}-00000000.json")
    (tmp_path / "elsewhere").write_bytes(to_bytes(Record(measured())))
    (folder / f"00000000-{os.getpid()}-00000001.json").symlink_to(tmp_path / "elsewhere")
    (folder / f"00000000-{os.getpid()}-00000002.json").mkdir()
    (folder / "notes.txt").write_text("somebody's")
    assert parsed(folder) == 1


@pytest.mark.skipif(os.name != "posix", reason="POSIX has modes and links")
def test_nothing_is_written_or_read_where_others_may_write(folder, tmp_path, caplog):
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    assert not OwnFile(folder).write(measured())
    assert gathered(folder) == Snapshot()
    assert "others may write" in caplog.text
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert not OwnFile(link).write(measured())
    assert files(folder) == []


def test_a_folder_that_cannot_be_made_is_no_failure(tmp_path):
    (tmp_path / "file").write_text("")
    assert not OwnFile(tmp_path / "file" / "stats").write(measured())


def test_a_full_disk_leaves_the_file_as_it_was(folder):
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has a disk that is always full")
    file = OwnFile(folder)
    file.write(measured(1))
    new = folder / f".{file.name}.{os.getpid()}.new"
    new.symlink_to("/dev/full")
    assert not file.write(measured(2))
    assert parsed(folder) == 1


def test_a_name_that_nobody_can_print_is_written_as_other(folder):
    monitor = Monitor()
    monitor.failed("\x1b[2J", "Refused")
    OwnFile(folder).write(monitor.snapshot())
    assert gathered(folder).labels("provider_failures") == ["other"]


NAMES = st.text("abcdefghijk_/.$ L1é", min_size=1, max_size=20).filter(str.isprintable)


@given(
    st.dictionaries(NAMES, st.lists(st.floats(0, 1e9), min_size=1)),
    st.dictionaries(st.tuples(NAMES, NAMES), st.floats(0, 1e12)),
)
def test_a_record_comes_back_as_it_was(stages, counts):
    monitor = Monitor()
    for stage, durations_us in stages.items():
        for duration_us in durations_us:
            monitor.observe(stage, duration_us)
    monitor.counts.update(counts)
    record = Record(monitor.snapshot(), True, ("a.json",))
    assert from_bytes(to_bytes(record)) == record


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda some: st.lists(some) | st.dictionaries(st.text(), some),
    )
)
def test_nothing_else_raises_anything_but_unreadable(value):
    table = {"version": 1, "since": value, "ended": value, "folded": value, "stages": value, "requests": value}
    for one in (value, table | {"counts": value, "gauges": value}):
        with contextlib.suppress(Unreadable):
            from_bytes(json.dumps(one).encode())
