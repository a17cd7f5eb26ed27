"""All tiers together: in which order they are asked, what comes up, who is waited for, what is counted."""

import asyncio

import pytest
from valkey_server import Valkey

from glossator.cache.disk import Disk, DiskTier
from glossator.cache.entries import VERSION, Entry, Text, encoded
from glossator.cache.memory import Memory
from glossator.cache.shared import SharedOptions, SharedTier
from glossator.cache.tiers import Hit, Lookup, Tier, Tiers

SECRET = b"the team's"


def key(number):
    return number.to_bytes(16, "big")


def entry(text):
    return Entry(VERSION, 1, "m", (Text("summary", "", text),))


WHOLE, FIELDS = key(1), (key(2), key(3))
LOOKUP = Lookup(WHOLE, FIELDS)
DOC, PARTS = entry("whole"), {key(2): entry("two"), key(3): entry("three")}


@pytest.fixture(scope="module")
def valkey(tmp_path_factory):
    with Valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
async def opened(tmp_path, valkey):
    """What opens tiers, each with a memory of its own over the same disk and server; they are closed at the end."""
    valkey.resume()
    valkey.ask("FLUSHALL")
    made = []

    def open_(address=valkey.url, folder="a"):
        shared = SharedTier(address, SharedOptions(secret=SECRET, deadline_s=2.0)) if address else None
        tiers = Tiers(Memory(100), DiskTier(Disk(tmp_path / folder), look_up_s=5.0), shared)
        made.append(tiers)
        return tiers

    yield open_
    valkey.resume()
    for one in made:
        await one.aclose()


async def test_what_was_kept_is_found_in_the_nearest_tier_that_has_it(opened):
    first = opened()
    await first.reach()
    await first.keep({WHOLE: DOC})
    assert (await first.find([LOOKUP]))[0].whole == Hit(DOC, Tier.MEMORY)
    second = opened()
    assert (await second.find([LOOKUP]))[0].whole == Hit(DOC, Tier.DISK)
    assert (await second.find([LOOKUP]))[0].whole == Hit(DOC, Tier.MEMORY)
    await first.aclose()
    third = opened(folder="b")
    await third.reach()
    assert (await third.find([LOOKUP]))[0].whole == Hit(DOC, Tier.SHARED)
    # It was not looked at yet: nobody else is to believe it.
    assert (await third.find([LOOKUP]))[0].whole == Hit(DOC, Tier.SHARED)


async def test_what_one_tier_has_in_part_the_next_one_completes(opened, valkey):
    first = opened()
    await first.reach()
    await first.keep(PARTS)
    await first.aclose()
    second = opened(folder="b")
    await second.reach()
    second.memory.put(key(2), PARTS[key(2)])
    (found,) = await second.find([LOOKUP])
    assert found.fields == {key(2): Hit(PARTS[key(2)], Tier.MEMORY), key(3): Hit(PARTS[key(3)], Tier.SHARED)}
    assert not found.lacks(LOOKUP)


async def test_a_lower_tier_is_asked_once_for_all_and_only_for_what_is_missing(opened, valkey):
    first = opened(folder="b")
    await first.reach()
    first.memory.put(WHOLE, DOC)
    before = valkey.calls("getrange")
    await first.find([LOOKUP, Lookup(key(4), (key(5),)), Lookup(key(6), (key(5), key(7)))])
    assert valkey.calls("getrange") - before == 4  # the fifth is that of two symbols


async def test_nobody_waits_for_the_shared_server_to_keep_something(opened, valkey):
    tiers = opened()
    await tiers.reach()
    valkey.pause()
    await tiers.keep({WHOLE: DOC})  # without an answer of the server
    assert (await opened(address="").find([LOOKUP]))[0].whole == Hit(DOC, Tier.DISK)
    valkey.resume()
    await tiers.aclose()  # what waits is written before the end
    assert int(valkey.ask("DBSIZE")[1:]) == 1


async def test_what_is_kept_and_then_closed_is_on_the_server(opened, valkey):
    tiers = opened()
    await tiers.reach()
    await tiers.keep({key(number): entry(str(number)) for number in range(300)})
    await tiers.aclose()
    assert int(valkey.ask("DBSIZE")[1:]) == 300


async def test_a_server_that_says_nothing_is_not_waited_for_when_a_run_begins(opened, valkey):
    tiers = opened()
    valkey.pause()
    search = asyncio.ensure_future(tiers._shared.reach())
    await tiers.reach()
    assert not search.done()
    valkey.resume()
    await search


async def test_without_a_server_reaching_it_is_over_at_once(opened):
    await opened(address="").reach()
    tiers = opened(address="redis://127.0.0.1:1")
    await tiers.reach()
    assert (await tiers.find([LOOKUP]))[0].is_empty


async def test_a_server_that_was_reached_answers_the_first_look_up(opened):
    first = opened()
    await first.reach()
    await first.keep({WHOLE: DOC})
    await first.aclose()
    second = opened(folder="b")
    await second.reach()
    assert (await second.find([LOOKUP]))[0].whole is not None


async def test_each_tier_counts_the_symbols_that_it_was_asked_for(opened):
    first = opened()
    await first.reach()
    await first.keep({WHOLE: DOC, key(11): entry("another")})
    await first.aclose()
    second, others = opened(folder="b"), [Lookup(key(11), (key(12),)), Lookup(key(21), (key(22), key(23)))]
    await second.reach()
    second.memory.put(WHOLE, DOC)
    await second.find([LOOKUP, *others])
    found = {name: (one.hits, one.misses) for name, one in second.statistics.items()}
    assert found == {"L1": (1, 2), "L2": (0, 0), "L3": (0, 2), "L4": (1, 1)}
    second.note_similar(is_taken=True)
    second.note_similar(is_taken=False)
    second.note_similar(is_taken=False)
    assert (second.statistics["L2"].hits, second.statistics["L2"].misses) == (1, 2)
    assert (second.statistics["L1"].entries, second.statistics["L1"].size_bytes) == (1, DOC.size_bytes)


async def test_a_symbol_of_which_a_part_is_missing_is_no_hit(opened):
    tiers = opened(address="")
    await tiers.keep({key(2): PARTS[key(2)]})
    (found,) = await tiers.find([LOOKUP])
    assert found.lacks(LOOKUP)
    assert {name: (one.hits, one.misses) for name, one in tiers.statistics.items() if name != "L2"} == {
        "L1": (0, 1),
        "L3": (0, 1),
        "L4": (0, 0),
    }


async def test_what_is_no_entry_is_a_miss_in_every_tier(opened, tmp_path):
    disk = DiskTier(Disk(tmp_path / "a"), look_up_s=5.0)
    await disk.put({WHOLE: b"no entry", key(2): encoded(PARTS[key(2)])})
    await disk.aclose()
    (found,) = await opened(address="").find([LOOKUP])
    assert found.whole is None
    assert list(found.fields) == [key(2)]
