"""Rows C5 to C8: several processes, kill -9, planted rows and triggers, folders that go away."""

import json
import os
import pickle
import shutil
import signal
import sqlite3
import subprocess
import sys

import kept_answers
import pytest
from kept_answers import changed, filled, key_of, payload_of

from glossator.cache.base import sealed
from glossator.cache.disk import Disk, store
from glossator.cache.disk.folder import FILE_NAME, QUARANTINE_NAME

ONE, TWO, THREE = key_of(1), key_of(2), key_of(3)
SCRIPT = kept_answers.__file__


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch):
    monkeypatch.setattr(store, "REST_S", 0.0)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "answers"


# C5


def use_together(folder, processes, steps):
    command = [sys.executable, SCRIPT, "use", folder]
    started = [
        subprocess.Popen([*command, str(seed), str(steps)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for seed in range(processes)
    ]
    for process in started:
        out, err = process.communicate()
        assert (process.returncode, err) == (0, b"")
        seen = json.loads(out)
        assert (seen["wrong"], seen["refused"], seen["failures"], seen["dropped"]) == (0, 0, 0, 0)
        assert seen["hits"] > steps
    found = Disk(folder).verify()
    assert (found.removed, found.is_intact) == (0, True)


def test_c5_two_servers_and_a_command_share_one_cache(folder):
    use_together(folder, 3, 1_000)


@pytest.mark.soak
def test_c5_two_servers_and_a_command_share_one_cache_for_ten_minutes(folder):
    use_together(folder, 3, 1_400_000)


# C6


def kill_while_writing(folder, times):
    for turn in range(times):
        command = [sys.executable, SCRIPT, "write", folder, str(turn)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "ready\n"
            # Killed at an arbitrary moment of a later write.
            told = [process.stdout.readline() for _ in range(1 + 37 * turn % 200)]
            process.send_signal(signal.SIGKILL)
            told += process.stdout.readlines()
        kept = [bytes.fromhex(line) for line in told if len(line) == 33]
        disk = Disk(folder)
        assert disk.get(kept) == {key: payload_of(key) for key in kept}
        found = disk.verify()
        assert (found.removed, found.is_intact) == (0, True)
        assert all(payload == payload_of(key) for key, payload in disk.items())
        disk.close()


def test_c6_kill_9_while_writing_loses_nothing_that_was_kept(folder):
    kill_while_writing(folder, 10)


@pytest.mark.soak
def test_c6_kill_9_while_writing_200_times_loses_nothing_that_was_kept(folder):
    kill_while_writing(folder, 200)


# C7


class Bomb:
    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def test_c7_a_planted_pickle_is_not_executed(folder, tmp_path):
    disk, mark = filled(folder), tmp_path / "executed"
    bomb = pickle.dumps(Bomb(mark))
    (folder / "bomb.val").write_bytes(bomb)
    plant = "UPDATE Cache SET mode = ?, filename = ?, value = ? WHERE key = ?"
    with changed(folder) as connection:
        connection.execute(plant, (4, None, bomb, ONE))
        connection.execute(plant, (4, "bomb.val", None, TWO))
        connection.execute(plant, (4, None, sealed(THREE, bomb), THREE))
        connection.execute("INSERT INTO Cache(key, raw, mode, value) VALUES (?, 0, 1, ?)", (bomb, b"value"))
    assert disk.get([ONE, TWO, THREE]) == {}
    assert len(list(disk.items())) == 297
    assert disk.verify().removed == 4
    assert not mark.exists()


def test_c7_a_file_that_a_planted_row_names_is_left_alone_when_the_row_goes(folder, tmp_path):
    disk, victim = filled(folder), tmp_path / "victim"
    victim.write_text("precious")
    with changed(folder) as connection:
        connection.execute("UPDATE Cache SET filename = '../victim', expire_time = 1 WHERE key = ?", (ONE,))
        connection.execute("UPDATE Cache SET filename = CAST(x'ff' AS TEXT), expire_time = 1 WHERE key = ?", (TWO,))
    assert disk.put({THREE: b"new"})
    disk.clear()
    assert victim.read_text() == "precious"


PLANTED = {
    "trigger": "CREATE TRIGGER planted AFTER INSERT ON Cache BEGIN UPDATE Settings SET value = 'planted'; END",
    "changed trigger": "DROP TRIGGER Settings_count_insert;"
    "CREATE TRIGGER Settings_count_insert AFTER INSERT ON Cache BEGIN UPDATE Settings SET value = 'planted'; END",
    "view": "ALTER TABLE Cache RENAME TO Other; CREATE VIEW Cache AS SELECT *, randomblob(1) AS planted FROM Other",
    "table": "CREATE TABLE planted (x)",
    "virtual table": "CREATE VIRTUAL TABLE planted USING fts5(x)",
}


@pytest.mark.parametrize("is_open", [False, True], ids=["before", "while open"])
@pytest.mark.parametrize("statement", PLANTED.values(), ids=PLANTED.keys())
def test_c7_a_database_with_something_planted_is_set_aside(folder, statement, is_open):
    disk = filled(folder)
    if not is_open:
        disk.close()
    with changed(folder) as connection:
        connection.executescript(statement)
    assert disk.put({ONE: b"new"})
    assert disk.get([ONE, TWO]) == {ONE: b"new"}
    with changed(folder) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE sql LIKE '%planted%'").fetchone() == (0,)
    connection = sqlite3.connect(folder / QUARANTINE_NAME)
    assert connection.execute("SELECT count(*) FROM Settings WHERE value = 'planted'").fetchone() == (0,)
    connection.close()


# C8


def test_c8_a_folder_deleted_while_running_is_a_miss_and_made_again_by_the_next_write(folder, caplog):
    disk = filled(folder)
    shutil.rmtree(folder)
    assert disk.get([ONE]) == {}
    assert not folder.exists()
    assert disk.put({ONE: b"new"})
    assert folder.stat().st_mode & 0o777 == 0o700
    assert disk.get([ONE, TWO]) == {ONE: b"new"}
    (folder / FILE_NAME).unlink()  # the files beside it stay, and belong to nothing
    assert disk.get([ONE]) == {}
    assert disk.put({TWO: b"new"})
    assert disk.get([ONE, TWO]) == {TWO: b"new"}
    assert disk.verify().is_intact
    assert not caplog.records


def test_c8_a_link_in_the_place_of_the_folder_is_refused(folder, tmp_path, caplog):
    disk = filled(folder)
    shutil.rmtree(folder)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    assert not disk.put({ONE: b"new"})
    assert disk.get([ONE]) == {}
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert caplog.messages == ["cache=disk state=broken reason=the folder is a link"]
    folder.unlink()
    assert disk.put({ONE: b"new"})


@pytest.mark.parametrize("is_dangling", [True, False])
def test_c8_a_link_in_the_place_of_the_database_is_refused(folder, tmp_path, is_dangling):
    disk, victim = filled(folder), tmp_path / "victim"
    if not is_dangling:
        filled(tmp_path / "other").close()
        shutil.copy(tmp_path / "other" / FILE_NAME, victim)
    (folder / FILE_NAME).unlink()
    (folder / FILE_NAME).symlink_to(victim)
    before = victim.read_bytes() if victim.exists() else None
    for one in (disk, Disk(folder)):
        assert one.get([ONE]) == {}
        assert not one.put({ONE: b"new"})
    assert (victim.read_bytes() if victim.exists() else None) == before
