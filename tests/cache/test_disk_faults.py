"""Rows C1 to C4: full disks, damaged databases, folders that are not ours to use, locks."""

import logging
import os
import subprocess

import pytest
from kept_answers import changed, filled, key_of, locked, payload_of

from glossator.cache.disk import Disk, store
from glossator.cache.disk import folder as places
from glossator.cache.disk.folder import FILE_NAME, QUARANTINE_NAME, network_file_system

ONE, TWO = key_of(1), key_of(2)
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch):
    monkeypatch.setattr(store, "REST_S", 0.0)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "answers"


@pytest.fixture
def small(tmp_path):
    """A disk of 2 MiB of its own."""
    point = tmp_path / "small"
    point.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", point], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("only root mounts")
    yield point
    subprocess.run(["umount", "-l", point], check=True)


def warnings(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


# C1


def test_c1_a_disk_that_is_full_at_the_opening_is_done_without(small, caplog):
    (small / "ballast").write_bytes(bytes((2 << 20) - 8_192))
    disk = Disk(small / "answers")
    for _ in range(3):
        assert not disk.put({ONE: b"one"})
        assert disk.get([ONE]) == {}
    assert disk.counts().dropped == 3
    assert len(warnings(caplog)) == 1
    (small / "ballast").unlink()
    assert disk.put({ONE: b"one"})
    assert disk.get([ONE]) == {ONE: b"one"}


def test_c1_on_a_disk_that_gets_full_reading_goes_on(small, caplog):
    disk, kept, dropped = Disk(small / "answers"), [], 0
    for number in range(400):
        key = key_of(number)
        if disk.put({key: os.urandom(20_000)}):
            kept.append(key)
        else:
            dropped += 1
        if dropped > 5:
            break
    assert kept
    assert dropped == disk.counts().dropped
    assert len(warnings(caplog)) == 1
    assert len(disk.get(kept)) == len(kept)
    assert disk.remove(kept[:1]) in (0, 1)
    assert len(Disk(small / "answers").get(kept)) >= len(kept) - 1


def test_c1_a_full_disk_is_read_by_a_process_that_starts_then(small):
    with_answers = Disk(small / "answers")
    with_answers.put({ONE: b"one"})
    with_answers.close()
    free = os.statvfs(small)
    (small / "ballast").write_bytes(bytes(free.f_bavail * free.f_frsize))
    disk = Disk(small / "answers")
    assert disk.get([ONE]) == {ONE: b"one"}
    assert not disk.put({TWO: b"two"})
    assert disk.get([ONE]) == {ONE: b"one"}
    (small / "ballast").unlink()
    assert disk.put({TWO: b"two"})


def test_c1_a_database_that_may_not_grow_is_read_and_written_again_later(folder, caplog):
    disk = filled(folder)
    pages = disk._answers.connection.execute("PRAGMA page_count").fetchone()[0]
    disk._answers.connection.execute(f"PRAGMA max_page_count = {pages}")
    big = {key_of(number): os.urandom(30_000) for number in range(1_000, 1_020)}
    assert not disk.put(big)
    assert disk.counts().dropped == 20
    assert disk.get([ONE]) == {ONE: payload_of(ONE)}
    assert disk.get(list(big)) == {}
    disk._answers.connection.execute("PRAGMA max_page_count = 1000000")
    assert disk.put(big)
    assert len(warnings(caplog)) == 1


# C2


def overwritten(path):
    raw = bytearray(path.read_bytes())
    raw[4_096:-4_096] = b"\xa5" * len(raw[4_096:-4_096])
    path.write_bytes(raw)


def from_the_future(path):
    with changed(path.parent) as connection:
        connection.execute("PRAGMA user_version = 2")


def a_folder(path):
    path.unlink()
    (path / "with" / "files").mkdir(parents=True)


DAMAGES = {
    "garbage": lambda path: path.write_bytes(b"garbage " * 4_000),
    "a header and garbage": lambda path: path.write_bytes(path.read_bytes()[:100] + b"garbage " * 4_000),
    "truncated": lambda path: os.truncate(path, path.stat().st_size // 2 + 100),
    "a few bytes": lambda path: os.truncate(path, 50),
    "empty": lambda path: os.truncate(path, 0),
    "overwritten in the middle": overwritten,
    "a folder": a_folder,
    "a future version": from_the_future,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_c2_a_damaged_database_is_set_aside_once_and_made_anew(folder, damage, caplog):
    keys = [key_of(number) for number in range(300)]
    filled(folder).close()
    damage(folder / FILE_NAME)
    disk = Disk(folder)
    assert disk.get(keys) == {}
    assert disk.put({ONE: b"again"})
    assert disk.get(keys) == {ONE: b"again"}
    assert (folder / QUARANTINE_NAME).exists()
    assert len(warnings(caplog)) == 1

    disk.close()
    damage(folder / FILE_NAME)
    assert disk.get(keys) == {}
    assert not disk.put({ONE: b"once more"})
    assert disk.get(keys) == {}
    assert "state=off" in warnings(caplog)[-1]
    assert Disk(folder).put({ONE: b"in another process"})
    assert [path.name for path in folder.iterdir() if "damaged" in path.name] == [QUARANTINE_NAME]


@pytest.mark.parametrize("name", ["truncated", "empty", "garbage", "overwritten in the middle"])
def test_c2_damage_under_an_open_database_gives_no_wrong_value(folder, name):
    disk = filled(folder, 2_000)
    with changed(folder) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    DAMAGES[name](folder / FILE_NAME)
    for number in range(2_000):
        found = disk.get([key_of(number)])
        assert found in ({}, {key_of(number): payload_of(key_of(number))})
    for _ in range(3):
        disk.put({ONE: payload_of(ONE)})
    assert disk.get([ONE]) in ({}, {ONE: payload_of(ONE)})


def test_c2_who_has_the_damaged_one_open_goes_on_with_the_new_one(folder):
    open_before = filled(folder)
    from_the_future(folder / FILE_NAME)
    other = Disk(folder)
    other.put({ONE: b"new"})
    assert (folder / QUARANTINE_NAME).exists()
    assert open_before.get([ONE, TWO]) == {ONE: b"new"}
    assert open_before.put({TWO: b"new"})
    open_before.close()
    assert other.get([TWO]) == {TWO: b"new"}
    assert other.verify().is_intact


# C3


def test_c3_a_read_only_mount_is_read(small, caplog):
    filled(small / "answers").close()
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    disk = Disk(small / "answers")
    assert disk.get([ONE]) == {ONE: payload_of(ONE)}
    assert not disk.put({ONE: b"new"})
    assert disk.get([ONE]) == {ONE: payload_of(ONE)}
    assert disk.remove([ONE]) == 0
    assert disk.counts().dropped == 1
    assert warnings(caplog) == ["cache=disk state=broken reason=the folder is read-only"]


@pytest.mark.skipif(IS_ROOT, reason="root may write anywhere")
def test_c3_a_read_only_folder_is_read(folder):
    filled(folder).close()
    folder.chmod(0o500)
    assert Disk(folder).get([ONE]) == {ONE: payload_of(ONE)}
    assert not Disk(folder).put({ONE: b"new"})
    folder.chmod(0o700)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_c3_a_folder_that_others_may_write_to_is_refused(folder, mode, caplog):
    filled(folder).close()
    folder.chmod(mode)
    disk = Disk(folder)
    assert disk.get([ONE]) == {}
    assert not disk.put({ONE: b"new"})
    assert warnings(caplog) == ["cache=disk state=broken reason=others may write to the folder"]
    assert folder.stat().st_mode & 0o777 == mode


@pytest.mark.skipif(not IS_ROOT, reason="only root gives files away")
@pytest.mark.parametrize("name", ["", FILE_NAME])
def test_c3_what_belongs_to_another_user_is_refused(folder, name, caplog):
    filled(folder).close()
    os.chown(folder / name, 1234, 1234)
    disk = Disk(folder)
    assert disk.get([ONE]) == {}
    assert not disk.put({ONE: b"new"})
    assert "belongs to another user" in warnings(caplog)[0]


def test_c3_folder_and_files_are_for_their_owner_alone(folder):
    before = os.umask(0)
    try:
        disk = filled(folder)
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        FILE_NAME: 0o600,
        f"{FILE_NAME}-wal": 0o600,
        f"{FILE_NAME}-shm": 0o600,
    }
    disk.close()
    folder.chmod(0o755)
    (folder / FILE_NAME).chmod(0o644)
    assert Disk(folder).get([ONE])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o600


MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
tmpfs /home/one/local tmpfs rw 0 0
//server/share /mnt/a\\040share cifs rw 0 0
systemd-1 /later autofs rw 0 0
server:/later /later nfs rw 0 0
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/cache", None),
        ("/home/one/.cache", "nfs4"),
        ("/home", "nfs4"),
        ("/homes", None),
        ("/home/one/local/cache", None),
        ("/mnt/a share/cache", "cifs"),
        ("/later/cache", "nfs"),
    ],
)
def test_c3_a_network_file_system_is_known_by_the_mount_nearest_above(tmp_path, path, kind):
    table = tmp_path / "mounts"
    table.write_text(MOUNTS)
    assert network_file_system(path, table) == kind
    assert network_file_system(path, tmp_path / "absent") is None


def test_c3_a_folder_on_a_network_file_system_is_refused(folder, tmp_path, monkeypatch, caplog):
    filled(folder).close()
    (tmp_path / "mounts").write_text(f"server:/x {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(places, "MOUNTS", tmp_path / "mounts")
    disk = Disk(folder)
    assert disk.get([ONE]) == {}
    assert not disk.put({ONE: b"new"})
    assert len(warnings(caplog)) == 1
    assert "network file system (nfs4)" in warnings(caplog)[0]


# C4


def test_c4_while_another_process_writes_look_ups_are_answered_and_writes_are_dropped(folder, monkeypatch, caplog):
    monkeypatch.setattr(store, "PUT_S", 0.1)
    disk, late = filled(folder), Disk(folder)
    with locked(folder, "writing"):
        for one in (disk, late):
            assert one.get([ONE]) == {ONE: payload_of(ONE)}
            assert not one.put({TWO: b"new"})
            assert one.remove([ONE]) == 0
            assert (one.counts().dropped, one.counts().failures) == (1, 0)
    assert disk.put({TWO: b"new"})
    assert late.get([TWO]) == {TWO: b"new"}
    assert len(warnings(caplog)) == 2


def test_c4_opening_a_database_that_another_process_keeps_to_itself_is_a_miss(folder, monkeypatch):
    monkeypatch.setattr(store, "PUT_S", 0.1)
    filled(folder).close()
    with locked(folder, "reading"):  # the context sees that the lock is still held when these have returned
        disk = Disk(folder)
        assert disk.get([ONE]) == {}
        assert not disk.put({ONE: b"new"})
        assert disk.counts().dropped == 1
    assert disk.get([ONE]) == {ONE: payload_of(ONE)}
    assert not (folder / QUARANTINE_NAME).exists()
