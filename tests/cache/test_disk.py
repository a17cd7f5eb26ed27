"""The disk tier: what it keeps, for whom, how long, and in which files."""

import json
import os
import pickle
import sqlite3
import subprocess
import sys
import threading
from hashlib import blake2b

import diskcache
import kept_answers
import pytest
from kept_answers import key_of, payload_of

from glossator.cache.base import MAX_VALUE_BYTES, SEAL_SIZE, opened
from glossator.cache.disk import Disk, Verification
from glossator.cache.disk.answers import RawOnly
from glossator.cache.disk.database import SCHEMA
from glossator.cache.disk.folder import FILE_NAME

DAY = 86_400
ONE, TWO = key_of(1), key_of(2)


class Clock:
    def __init__(self):
        self.now = 20_000.0 * DAY

    def __call__(self):
        return self.now


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache" / "answers"


def many(count):
    return {key: payload_of(key) for key in map(key_of, range(count))}


def test_what_was_kept_is_found_by_the_next_process(folder):
    assert Disk(folder).put({ONE: b"one", TWO: b"two"})
    assert Disk(folder).get([ONE, key_of(3), TWO]) == {ONE: b"one", TWO: b"two"}


def test_nothing_is_made_before_the_first_write(folder):
    disk = Disk(folder)
    assert disk.get([ONE]) == {}
    assert (disk.remove([ONE]), disk.clear(), list(disk.items())) == (0, 0, [])
    assert disk.verify() == Verification(sound=0, removed=0, is_intact=True)
    assert disk.put({})
    assert disk.statistics().failures == 0
    assert not folder.parent.exists()


def test_diskcache_is_imported_with_the_first_use(folder):
    code = "import sys; from glossator.cache.disk import Disk; assert not {'diskcache', 'pickle'} & set(sys.modules)"
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    subprocess.run([sys.executable, "-c", code], check=True, env=unmeasured)  # coverage imports pickle itself


def test_a_later_answer_takes_the_place_of_an_earlier_one(folder):
    disk = Disk(folder)
    disk.put({ONE: b"earlier"})
    disk.put({ONE: b"later"})
    assert disk.get([ONE]) == {ONE: b"later"}
    assert disk.statistics().entries == 1


def test_many_keys_are_looked_up_at_once(folder):
    disk, payloads = Disk(folder), many(1_000)
    assert disk.put(payloads)
    assert disk.get(list(payloads)) == payloads


@pytest.mark.parametrize("payload", [b"", b"x" * (MAX_VALUE_BYTES - SEAL_SIZE + 1)])
def test_a_payload_that_no_tier_takes_is_dropped_and_the_others_are_kept(folder, payload):
    disk = Disk(folder)
    assert not disk.put({ONE: payload, TWO: b"two"})
    assert disk.get([ONE, TWO]) == {TWO: b"two"}
    assert disk.counts().dropped == 1


def test_the_largest_payload_lies_in_the_database_like_any_other(folder):
    payload = b"x" * (MAX_VALUE_BYTES - SEAL_SIZE)
    assert Disk(folder).put({ONE: payload})
    assert Disk(folder).get([ONE]) == {ONE: payload}
    assert {path.name for path in folder.iterdir()} <= {FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"}


def test_what_is_removed_is_gone_for_everybody(folder):
    disk, other = Disk(folder), Disk(folder)
    disk.put(many(5))
    assert len(other.get([ONE, TWO])) == 2
    assert disk.remove([ONE, key_of(77)]) == 1
    assert other.get([ONE, TWO]) == {TWO: payload_of(TWO)}


def test_all_items_come_the_latest_first(folder):
    disk, payloads = Disk(folder), many(700)
    disk.put(payloads)
    found = list(disk.items())
    assert dict(found) == payloads
    assert len(found) == len(payloads)
    assert found[0][0] == key_of(699)


def test_clearing_leaves_nothing_of_an_answer_in_any_file(folder):
    disk = Disk(folder)
    disk.put(dict.fromkeys(map(key_of, range(600)), b"canary" * 50))
    assert disk.clear() == 600
    assert list(disk.items()) == []
    assert not any(b"canary" in path.read_bytes() for path in folder.iterdir())
    assert disk.put({ONE: b"one"})


def test_an_answer_is_kept_for_its_days(folder):
    clock = Clock()
    disk = Disk(folder, ttl_days=90, now=clock)
    disk.put({ONE: b"one"})
    clock.now += 90 * DAY - 1
    assert disk.get([ONE])
    clock.now += 1
    assert disk.get([ONE]) == {}
    assert list(disk.items()) == []


@pytest.mark.parametrize("days", [1, -1, 20_000, -19_000])
def test_l5_a_clock_that_jumps_empties_nothing_and_raises_nothing(folder, days):
    clock = Clock()
    disk = Disk(folder, now=clock)
    disk.put(many(500))
    clock.now += days * DAY
    for number in range(1_000, 1_010):
        assert disk.put({key_of(number): b"meanwhile"})
        assert disk.get([key_of(number)])
    clock.now -= days * DAY
    assert len(disk.get(list(many(500)))) >= 500 - 10 * 10


def test_the_database_is_bounded_and_the_latest_answers_stay(folder):
    disk = Disk(folder, size_mb=1)
    numbers = range(3_000)
    for start in range(0, 3_000, 50):
        disk.put({key_of(number): bytes([number % 251]) * 1_000 for number in numbers[start : start + 50]})
    assert disk.statistics().size_bytes <= 1 << 20
    disk.close()
    assert sum(path.stat().st_size for path in folder.iterdir()) <= (1 << 20) + (64 << 10)
    kept = {number for number in numbers if disk.get([key_of(number)])}
    assert len(kept) > 500
    assert max(set(numbers) - kept) < min(kept)


def test_a_smaller_bound_than_before_is_reached_by_writing(folder):
    disk = Disk(folder)
    disk.put({key_of(number): b"x" * 1_000 for number in range(5_000)})
    smaller = Disk(folder, size_mb=1)
    for number in range(10):
        smaller.put({key_of(10_000 + number): b"x"})
    assert smaller.statistics().size_bytes <= 1 << 20


def test_verifying_removes_what_does_not_open(folder):
    disk = Disk(folder)
    disk.put(many(600))
    with sqlite3.connect(folder / FILE_NAME) as connection:
        connection.execute("UPDATE Cache SET value = zeroblob(40) WHERE key = ?", (ONE,))
        connection.execute("UPDATE Cache SET mode = 4 WHERE key = ?", (TWO,))
        connection.execute("UPDATE Cache SET value = zeroblob(9000000) WHERE key = ?", (key_of(3),))
        connection.execute("INSERT INTO Cache(key, raw, mode, value) VALUES ('text', 1, 1, CAST(x'ff' AS TEXT))")
    connection.close()
    assert disk.verify() == Verification(sound=597, removed=4, is_intact=True)
    assert disk.verify() == Verification(sound=597, removed=0, is_intact=True)


def test_a_flipped_bit_is_a_miss_and_the_next_write_mends_it(folder):
    disk = Disk(folder)
    disk.put({ONE: b"one", TWO: b"two"})
    with sqlite3.connect(folder / FILE_NAME) as connection:
        ((value,),) = connection.execute("SELECT value FROM Cache WHERE key = ?", (ONE,))
        flipped = value[:-1] + bytes([value[-1] ^ 1])
        connection.execute("UPDATE Cache SET value = ? WHERE key = ?", (flipped, ONE))
    connection.close()
    assert disk.get([ONE, TWO]) == {TWO: b"two"}
    assert disk.counts().failures == 1
    disk.put({ONE: b"one"})
    assert disk.get([ONE]) == {ONE: b"one"}


def test_it_counts_what_it_does(folder):
    disk = Disk(folder)
    disk.get([ONE])
    disk.put({ONE: b"one", TWO: b"two"})
    disk.get([ONE, key_of(3)])
    found = disk.statistics()
    assert (found.hits, found.misses, found.entries, found.failures, found.dropped) == (1, 2, 2, 0, 0)
    assert 0 < found.size_bytes < 1 << 17


def test_a_forked_child_uses_a_connection_of_its_own(folder):
    disk = Disk(folder)
    disk.put({ONE: b"of the parent"})
    child = os.fork()
    if child == 0:
        is_well = disk.get([ONE]) == {ONE: b"of the parent"} and disk.put({TWO: b"of the child"})
        os._exit(0 if is_well else 1)
    assert disk.put({key_of(3): b"of the parent"})
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert disk.get([TWO, key_of(3)]) == {TWO: b"of the child", key_of(3): b"of the parent"}
    assert disk.verify() == Verification(sound=3, removed=0, is_intact=True)


def test_a_child_forked_beside_the_thread_that_has_the_database_does_without(folder):
    disk = Disk(folder)
    thread = threading.Thread(target=disk.put, args=({ONE: b"one"},))
    thread.start()
    thread.join()
    child = os.fork()
    if child == 0:
        os._exit(0 if disk.get([ONE]) == {} and not disk.put({TWO: b"two"}) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert Disk(folder).get([ONE, TWO]) == {ONE: b"one"}


def test_the_tables_are_those_that_diskcache_makes(tmp_path):
    diskcache.Cache(str(tmp_path)).close()
    connection = sqlite3.connect(tmp_path / "cache.db")
    connection.text_factory = bytes
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").fetchall()
    connection.close()
    assert blake2b(repr(rows).encode(), digest_size=16).hexdigest() == SCHEMA


def test_diskcache_reads_what_we_wrote_and_we_what_it_wrote(folder):
    disk = Disk(folder)
    disk.put({ONE: b"one"})
    with diskcache.Cache(str(folder), disk=RawOnly) as cache:
        assert opened(ONE, cache[ONE]) == b"one"
        assert len(cache) == 1
        cache[TWO] = cache[ONE]
        assert not [str(one.message) for one in cache.check()]
    assert disk.get([ONE, TWO]) == {ONE: b"one"}  # sealed for another key


def test_a_row_knows_bytes_alone(folder):
    raw_only = RawOnly("")
    for act in (
        lambda: raw_only.put("text"),
        lambda: raw_only.get(pickle.dumps(1), False),
        lambda: raw_only.store({}, False),
        lambda: raw_only.store(b"", True),
        lambda: raw_only.fetch(4, None, pickle.dumps(1), False),
        lambda: raw_only.fetch(1, "../file", None, False),
        raw_only.filename,
    ):
        with pytest.raises((TypeError, ValueError)):
            act()


@pytest.mark.parametrize("count", [1, 3])
def test_the_first_writers_of_an_empty_folder_do_not_hinder_each_other(folder, count):
    script = [sys.executable, kept_answers.__file__, "use", folder]
    with_seed = [[*script, str(seed), "30"] for seed in range(count)]
    processes = [subprocess.Popen(one, stdout=subprocess.PIPE) for one in with_seed]
    for process in processes:
        out, _ = process.communicate()
        seen = json.loads(out)
        assert (seen["wrong"], seen["refused"], seen["failures"], seen["dropped"]) == (0, 0, 0, 0)
    assert not [path.name for path in folder.iterdir() if not path.name.startswith(FILE_NAME)]
