"""Answers on disk, and processes that use them beside the test.

python kept_answers.py write FOLDER SEED             for ever; prints a key once it was kept
python kept_answers.py use FOLDER SEED STEPS         prints what it saw, as JSON
python kept_answers.py lock FOLDER reading|writing   until its input ends; prints a line when it has the lock
"""

import json
import random
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from glossator.cache.disk import Disk
from glossator.cache.disk.folder import FILE_NAME

SPACE = 2_000


def key_of(number):
    return blake2b(str(number).encode(), digest_size=16).digest()


def payload_of(key):
    """The one right payload of a key, of 32 bytes to 4 kB."""
    return blake2b(key).digest()[:32] * (1 + key[0] // 2)


def filled(folder, count=300):
    """A disk with answers to the first keys, all of them right."""
    disk = Disk(folder)
    assert disk.put({key: payload_of(key) for key in map(key_of, range(count))})
    return disk


@contextmanager
def changed(folder):
    """The database as anybody may open it."""
    connection = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
    yield connection
    connection.close()


@contextmanager
def locked(folder, against="writing"):
    """Have another process lock the database; it still does at the end of the context."""
    command = [sys.executable, __file__, "lock", folder, against]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"locked\n"
        yield
        assert process.poll() is None
        process.stdin.close()


def write(folder, seed):
    disk, number = Disk(folder), int(seed) * 1_000_000
    say("ready")
    while True:
        keys = [key_of(number + offset) for offset in range(1 + number % 7)]
        number += len(keys)
        if disk.put({key: payload_of(key) for key in keys}):
            say("\n".join(key.hex() for key in keys))


def use(folder, seed, steps):
    disk, chance = Disk(folder), random.Random(int(seed))
    seen = {"wrong": 0, "refused": 0}
    for step in range(int(steps)):
        keys = [key_of(chance.randrange(SPACE)) for _ in range(chance.randrange(1, 12))]
        found = disk.get(keys)
        seen["wrong"] += sum(payload != payload_of(key) for key, payload in found.items())
        missing = {key: payload_of(key) for key in keys if key not in found}
        if missing:
            seen["refused"] += not disk.put(missing)
        if step % 20 == 0:
            disk.remove(keys)
    counts = disk.counts()
    say(json.dumps({**seen, "failures": counts.failures, "dropped": counts.dropped, "hits": counts.hits}))


def lock(folder, against):
    connection = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
    if against == "reading":
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("UPDATE Settings SET value = value WHERE key = 'hits'")
    say("locked")
    sys.stdin.read()


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    {"write": write, "use": use, "lock": lock}[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
