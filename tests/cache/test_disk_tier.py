"""The disk tier for an event loop: deadlines, writes behind, and the end."""

import asyncio
import logging
import subprocess
import sys
import threading
from contextlib import asynccontextmanager

import pytest
from kept_answers import key_of, locked, payload_of

from glossator.cache.base import MAX_VALUE_BYTES
from glossator.cache.disk import Disk, DiskTier
from glossator.cache.disk import tier as tier_module

ONE, TWO = key_of(1), key_of(2)


class Held(Disk):
    """A disk that answers when it is let."""

    def __init__(self, folder):
        super().__init__(folder)
        self.reached, self.go_on = threading.Event(), threading.Event()

    def get(self, keys):
        self._wait()
        return super().get(keys)

    def try_put(self, payloads):
        self._wait()
        return super().try_put(payloads)

    def _wait(self):
        self.reached.set()
        self.go_on.wait()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "answers"


@asynccontextmanager
async def tier_over(disk, **options):
    tier = DiskTier(disk, **options)
    try:
        yield tier
    finally:
        await tier.aclose()
        assert "cache" not in {thread.name for thread in threading.enumerate()}


async def test_what_was_put_is_found(folder):
    async with tier_over(Disk(folder), look_up_s=60) as tier:
        assert await tier.get([ONE]) == {}
        await tier.put({ONE: b"one", TWO: b"two"})
        assert await tier.get([ONE, TWO, key_of(3)]) == {ONE: b"one", TWO: b"two"}
        found = tier.statistics()
        assert (found.hits, found.misses, found.failures, found.dropped) == (2, 2, 0, 0)


async def test_without_use_there_is_no_thread_and_no_folder(folder):
    async with tier_over(Disk(folder)) as tier:
        assert await tier.get([]) == {}
        await tier.put({})
        await tier.flush()
    assert not folder.exists()


async def test_when_put_returns_the_answer_is_on_disk(folder):
    async with tier_over(Disk(folder)) as tier:
        await tier.put({ONE: b"one"})
        assert Disk(folder).get([ONE]) == {ONE: b"one"}


async def test_after_a_flush_all_that_was_put_behind_is_on_disk(folder):
    async with tier_over(Disk(folder)) as tier:
        for number in range(2_000):
            tier.put_behind({key_of(number): payload_of(key_of(number))})
        await tier.flush()
        assert sum(1 for _ in Disk(folder).items()) == 2_000


async def test_c4_a_late_answer_is_a_miss_and_the_loop_goes_on_meanwhile(folder):
    disk = Held(folder)
    async with tier_over(disk, look_up_s=0.01) as tier:
        tier.put_behind({ONE: b"one"})
        await asyncio.to_thread(disk.reached.wait)
        look_ups = [tier.get([ONE]) for _ in range(20)]
        assert await asyncio.gather(*look_ups) == [{}] * 20
        assert tier.statistics().failures == 20
        disk.go_on.set()
        await tier.flush()
        assert disk.counts().hits == 0  # what nobody waited for any more was not looked up


async def test_c4_while_another_process_writes_look_ups_are_answered_and_writes_wait(folder):
    Disk(folder).put({ONE: b"one"})
    async with tier_over(Disk(folder), look_up_s=60, write_s=60) as tier:
        with locked(folder):
            writing = asyncio.create_task(tier.put({TWO: b"two"}))
            for _ in range(50):
                assert await tier.get([ONE]) == {ONE: b"one"}
            assert not writing.done()
        await writing
        assert await tier.get([TWO]) == {TWO: b"two"}
        assert tier.statistics().dropped == 0


async def test_c4_a_write_that_other_processes_keep_waiting_is_dropped_and_counted(folder, caplog):
    Disk(folder).put({ONE: b"one"})
    async with tier_over(Disk(folder), look_up_s=60, write_s=0.05) as tier:
        with locked(folder):
            await tier.put({TWO: b"two"})
            tier.put_behind({key_of(3): b"three", key_of(4): b"four"})
            await tier.flush()
        assert tier.statistics().dropped == 3
        assert len([one for one in caplog.records if one.levelno >= logging.WARNING]) == 1
        assert await tier.get([TWO]) == {}


async def test_what_waits_to_be_written_is_bounded(folder):
    disk = Held(folder)
    async with tier_over(disk) as tier:
        size = MAX_VALUE_BYTES // 2
        count = 2 * tier_module.MAX_BEHIND_BYTES // size
        for number in range(count):
            tier.put_behind({key_of(number): bytes(size)})
        dropped = tier.statistics().dropped
        assert dropped == count // 2 - 1
        disk.go_on.set()
        await tier.flush()
        tier.put_behind({ONE: b"there is room again"})
        await tier.flush()
        assert tier.statistics().dropped == dropped
    assert sum(1 for _ in Disk(folder).items()) == count - dropped


async def test_who_stops_waiting_for_a_write_does_not_stop_the_write(folder):
    disk = Held(folder)
    async with tier_over(disk) as tier:
        putting = asyncio.create_task(tier.put({ONE: b"paid for"}))
        await asyncio.to_thread(disk.reached.wait)
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting
        disk.go_on.set()
    assert Disk(folder).get([ONE]) == {ONE: b"paid for"}


async def test_a_disk_that_hangs_lets_a_write_go_after_its_deadline(folder, monkeypatch):
    monkeypatch.setattr(tier_module, "_STUCK_S", 0.0)
    disk = Held(folder)
    async with tier_over(disk, write_s=0.01) as tier:
        await asyncio.gather(tier.put({ONE: b"one"}), tier.put({TWO: b"two"}))
        assert tier.statistics().dropped == 2
        disk.go_on.set()


async def test_closing_writes_what_waits(folder):
    async with tier_over(Disk(folder)) as tier:
        for number in range(500):
            tier.put_behind({key_of(number): b"payload"})
    assert sum(1 for _ in Disk(folder).items()) == 500
    await tier.aclose()
    assert await tier.get([ONE]) == {}
    await tier.put({ONE: b"one"})
    tier.put_behind({ONE: b"one"})
    await tier.flush()
    assert tier.statistics().dropped == 2


async def test_closing_waits_for_a_disk_that_hangs_no_longer_than_it_may(folder, monkeypatch, caplog):
    monkeypatch.setattr(tier_module, "CLOSE_S", 0.05)
    disk = Held(folder)
    tier = DiskTier(disk)
    tier.put_behind({ONE: b"one"})
    await tier.aclose()
    assert "state=not_flushed" in caplog.text
    disk.go_on.set()
    tier._thread.join()


async def test_many_cancelled_look_ups_leave_nothing(folder):
    Disk(folder).put({ONE: b"one"})
    async with tier_over(Disk(folder), look_up_s=60) as tier:
        tasks = [asyncio.create_task(tier.get([ONE])) for _ in range(500)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(one == {ONE: b"one"} for one in found[1::2])
        assert await tier.get([ONE]) == {ONE: b"one"}


def test_a_loop_that_ended_without_closing_the_tier_keeps_nobody(folder):
    code = (
        "import asyncio, pathlib, sys\n"
        "from glossator.cache.disk import Disk, DiskTier\n"
        "async def main():\n"
        "    tier = DiskTier(Disk(pathlib.Path(sys.argv[1])))\n"
        "    await tier.put({b'k' * 16: b'one'})\n"
        "    tier.put_behind({b'l' * 16: b'two'})\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    assert Disk(folder).get([b"k" * 16]) == {b"k" * 16: b"one"}
