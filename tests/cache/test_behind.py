"""What is written when there is time."""

import asyncio

from glossator.cache.behind import BATCH_BYTES, Behind


class Slow:
    """Takes payloads when it is let."""

    def __init__(self):
        self.taken = []
        self.may_go = asyncio.Event()

    async def put(self, payloads):
        await self.may_go.wait()
        self.taken.append(dict(payloads))


async def test_payloads_are_put_without_waiting_and_in_few_messages():
    slow = Slow()
    behind = Behind(slow.put)
    for number in range(100):
        behind.add({b"%d" % number: b"payload"})
    assert slow.taken == []
    slow.may_go.set()
    await behind.aclose()
    assert [len(payloads) for payloads in slow.taken] == [100]
    assert behind.dropped == 0


async def test_a_large_heap_goes_in_pieces():
    slow = Slow()
    slow.may_go.set()
    behind = Behind(slow.put)
    behind.add({b"%d" % number: bytes(BATCH_BYTES // 4) for number in range(8)})
    await behind.aclose()
    assert [len(payloads) for payloads in slow.taken] == [3, 3, 2]


async def test_what_does_not_fit_is_dropped_and_counted_and_the_same_key_twice_is_one():
    slow = Slow()
    behind = Behind(slow.put, max_bytes=100)
    behind.add({b"a": bytes(60), b"b": bytes(60), b"c": bytes(30)})
    behind.add({b"a": bytes(60)})
    assert behind.dropped == 1
    slow.may_go.set()
    await behind.aclose()
    assert slow.taken == [{b"a": bytes(60), b"c": bytes(30)}]


async def test_room_is_given_back_when_payloads_are_gone():
    slow = Slow()
    slow.may_go.set()
    behind = Behind(slow.put, max_bytes=100)
    for _ in range(5):
        behind.add({b"a": bytes(90)})
        await asyncio.wait_for(behind._task, 10)
    assert behind.dropped == 0
    await behind.aclose()


async def test_the_end_does_not_wait_for_a_server_that_takes_nothing(monkeypatch):
    monkeypatch.setattr("glossator.cache.behind.DRAIN_S", 0.01)
    slow = Slow()
    behind = Behind(slow.put)
    behind.add({b"a": b"1"})
    await asyncio.sleep(0)
    behind.add({b"b": b"2"})
    await behind.aclose()
    assert slow.taken == []
    assert behind.dropped == 1  # and `a` counts where it was put
    assert asyncio.all_tasks() == {asyncio.current_task()}
