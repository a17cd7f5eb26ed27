"""The shared tier, before a real Valkey server that is killed, stopped, full, locked and lied about."""

import asyncio
import contextlib
import logging
import os
import random
import resource
import subprocess
import sys
import time

import pytest
from valkey_server import Certificates, TlsFront, Valkey, free_port

from glossator.cache.base import sealed
from glossator.cache.shared import CONNECTIONS, SharedOptions, SharedTier

PASSWORD = "Tr0ub4dor-Zx81"
SECRET = b"a team's secret"
PATIENT_S = 10.0  # where a busy machine must not turn an answer into a miss
PREFIX = b"glossator:1:"


class Clock:
    """A clock that is turned by hand."""

    def __init__(self):
        self.time = 1000.0

    def __call__(self):
        return self.time


class Users:
    """Who is told."""

    def __init__(self):
        self.notices = []

    def tell(self, text):
        self.notices.append(text)


@contextlib.asynccontextmanager
async def tier_at(address, **options):
    tier = SharedTier(address, SharedOptions(**{"deadline_s": PATIENT_S, **options}))
    try:
        yield tier
    finally:
        await tier.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


def payloads_of(count, size=300):
    return {number.to_bytes(16, "big"): os.urandom(size) for number in range(count)}


def name_of(key):
    return PREFIX + key.hex().encode()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with Valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def server(running):
    running.ask("FLUSHALL")
    running.ask("CONFIG", "RESETSTAT")
    return running


@pytest.fixture
def own(tmp_path):
    """A server that a test may kill."""
    with Valkey(tmp_path) as server:
        yield server


# What it is for


async def test_what_one_has_put_another_one_gets(server):
    payloads = payloads_of(20)
    async with tier_at(server.url, secret=SECRET) as mine, tier_at(server.url, secret=SECRET) as yours:
        await mine.put(payloads)
        assert await yours.get([*payloads, b"another key 1234"]) == payloads
        assert (yours.statistics().hits, yours.statistics().misses) == (20, 1)
        assert mine.statistics().dropped == 0


@pytest.mark.parametrize("mine", [b"", b"a secret", b"a long secret " * 9], ids=len)
async def test_who_has_another_secret_gets_nothing(server, mine):
    async with tier_at(server.url, secret=mine) as tier, tier_at(server.url, secret=b"another secret") as other:
        await tier.put({b"k" * 16: b"payload"})
        assert await other.get([b"k" * 16]) == {}
        assert await tier.get([b"k" * 16]) == {b"k" * 16: b"payload"}


async def test_teams_with_prefixes_of_their_own_share_a_server(server):
    async with tier_at(server.url) as ours, tier_at(server.url, prefix="theirs:") as theirs:
        await ours.put({b"k" * 16: b"ours"})
        await theirs.put({b"k" * 16: b"theirs"})
        assert await ours.get([b"k" * 16]) == {b"k" * 16: b"ours"}
    assert set(server.ask("EXISTS", "theirs:" + (b"k" * 16).hex(), name_of(b"k" * 16))) == set(b":2")


async def test_what_was_put_expires(server):
    async with tier_at(server.url, ttl_days=3) as tier:
        await tier.put({b"k" * 16: b"payload"})
    assert 3 * 86_400 - 60 < int(server.ask("TTL", name_of(b"k" * 16))[1:]) <= 3 * 86_400


async def test_a_whole_file_is_one_round_trip(server):
    payloads = payloads_of(100)
    async with tier_at(server.url) as tier:
        await tier.put(payloads)
        server.ask("CONFIG", "RESETSTAT")
        asking = int(server.figure("stats", "total_reads_processed"))
        before = int(server.figure("stats", "total_reads_processed")) + asking
        assert await tier.get(list(payloads)) == payloads
        after = int(server.figure("stats", "total_reads_processed"))
    assert after - before == 1
    assert server.calls("getrange") == 100


def said_by(code):
    """What a program of its own prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()


async def test_nothing_is_connected_before_the_first_look_up(server):
    async with tier_at(server.url) as tier:
        assert server.connections() == 0
        await tier.get([b"k" * 16])
        assert server.connections() == 1


def test_nothing_is_imported_before_the_first_look_up():
    code = (
        "import sys; from glossator.cache.shared import SharedOptions, SharedTier\n"
        "SharedTier('redis://127.0.0.1:1', SharedOptions()); print('redis' in sys.modules)"
    )
    assert said_by(code) == ["False"]


def test_without_the_library_one_is_told_what_to_install():
    code = (
        "import asyncio, sys; sys.modules['redis'] = None\n"
        "from glossator.cache.shared import SharedOptions, SharedTier\n"
        "tier = SharedTier('redis://127.0.0.1:1', SharedOptions(tell=print, deadline_s=9))\n"
        "print(asyncio.run(tier.get([b'k'])), asyncio.run(tier.get([b'k'])))"
    )
    told, found = said_by(code)
    assert "install glossator[shared]" in told
    assert found == "{} {}"


async def test_a_unix_socket_with_a_database_is_an_address_too(server):
    async with tier_at(f"unix://{server.socket}?db=3") as tier:
        await tier.put({b"k" * 16: b"payload"})
        assert await tier.get([b"k" * 16]) == {b"k" * 16: b"payload"}
    assert b"db3:keys=1" in server.ask("INFO", "keyspace")


async def test_what_is_put_behind_is_there_after_the_end(server):
    payloads = payloads_of(300)
    async with tier_at(server.url) as tier:
        tier.put_behind(payloads)
    async with tier_at(server.url) as tier:
        assert await tier.get(list(payloads)) == payloads


async def test_what_is_put_behind_for_nobody_is_dropped_and_counted():
    tier = SharedTier(f"redis://127.0.0.1:{free_port()}", SharedOptions())
    tier.put_behind(payloads_of(10))
    await tier.aclose()
    assert tier.statistics().dropped == 10


async def test_who_waits_once_does_not_begin_with_misses(own):
    async with tier_at(own.url) as tier:
        assert await tier.reach()
    own.kill()
    async with tier_at(own.url) as tier:
        assert not await tier.reach()


async def test_after_the_end_all_are_misses(server):
    async with tier_at(server.url) as tier:
        await tier.put({b"k" * 16: b"payload"})
    assert await tier.get([b"k" * 16]) == {}
    await tier.put({b"l" * 16: b"payload"})
    await tier.aclose()
    assert server.ask("DBSIZE") == b":1"
    assert server.connections() == 0


# R1: refused, stopped, killed, restarted


async def test_r1_a_server_that_is_not_there_is_left_alone_until_the_pause_is_over(caplog):
    clock = Clock()
    async with listening(lambda _: None) as fake, tier_at(fake.url, now=clock) as tier:
        for _ in range(20):
            assert await tier.get([b"k"]) == {}
        assert fake.accepted == 2  # the second one looks whether it speaks TLS
        clock.time += 0.5
        for _ in range(20):
            assert await tier.get([b"k"]) == {}
        assert not await tier.reach()
        assert fake.accepted == 4
    assert [record.levelname for record in caplog.records if "left" in record.message] == ["WARNING"]


async def test_r1_a_refused_connection_is_one_failure_and_then_nobody_waits():
    clock = Clock()
    async with tier_at(f"redis://127.0.0.1:{free_port()}", now=clock) as tier:
        for _ in range(20):
            assert await tier.get([b"k"]) == {}
        assert tier.statistics().failures == 1


async def test_r1_a_stopped_server_costs_two_deadlines_and_is_found_when_it_goes_on(own):
    clock = Clock()
    async with tier_at(own.url, now=clock, deadline_s=0.05) as tier:
        assert await tier.reach()
        await tier.put({b"k" * 16: b"payload"})
        own.pause()
        for _ in range(20):
            assert await tier.get([b"k" * 16]) == {}
        assert tier.statistics().failures == 2
        clock.time += 0.4
        await tier.get([b"k" * 16])
        own.resume()
        assert not await tier.reach()
        clock.time += 0.1
        assert await tier.reach()
        assert await found_at_last(tier, b"k" * 16) == b"payload"


async def test_r1_a_server_that_is_stopped_from_the_beginning_is_left_too(own, monkeypatch):
    monkeypatch.setattr("glossator.cache.link.REACH_S", 0.2)
    clock = Clock()
    own.pause()
    async with tier_at(own.url, now=clock, deadline_s=0.05) as tier:
        for _ in range(20):
            assert await tier.get([b"k" * 16]) == {}
        assert tier.statistics().failures == 2
        assert not await tier.reach()
        own.resume()
        clock.time += 1
        assert await tier.reach()


async def test_r1_a_server_that_takes_long_to_connect_is_asked_as_soon_as_it_has(own):
    own.pause()
    async with tier_at(own.url, now=Clock(), deadline_s=0.05) as tier:
        for _ in range(5):
            assert await tier.get([b"k" * 16]) == {}
        own.resume()
        assert await tier.reach()  # the search that the first look-up began, without a pause


async def test_r1_a_killed_server_is_found_after_its_restart(own):
    clock = Clock()
    async with tier_at(own.url, now=clock) as tier:
        await tier.put({b"k" * 16: b"payload"})
        own.kill()
        for _ in range(5):
            assert await tier.get([b"k" * 16]) == {}
        assert tier.statistics().failures <= 2
        own.start()
        assert await tier.get([b"k" * 16]) == {}
        clock.time += 0.5
        assert await tier.reach()
        await tier.put({b"k" * 16: b"payload"})
        assert await tier.get([b"k" * 16]) == {b"k" * 16: b"payload"}


async def test_r1_a_restart_between_two_look_ups_is_not_noticed(own):
    async with tier_at(own.url) as tier:
        await tier.put({b"k" * 16: b"old"})
        await asyncio.to_thread(own.kill)
        await asyncio.to_thread(own.start)
        await tier.put({b"k" * 16: b"new"})
        assert await tier.get([b"k" * 16]) == {b"k" * 16: b"new"}
        assert tier.statistics().failures == 0


async def test_r1_many_askers_make_one_search():
    clock = Clock()
    async with listening(lambda _: None) as fake, tier_at(fake.url, now=clock) as tier:
        await asyncio.gather(*(tier.get([b"k"]) for _ in range(50)))
        assert fake.accepted == 2
        clock.time += 0.5
        await asyncio.gather(*(tier.get([b"k"]) for _ in range(50)))
        await tier.reach()
        assert fake.accepted == 4


async def test_r1_failures_with_answers_between_them_do_not_make_an_outage():
    key = b"k" * 16
    value = sealed(key, b"payload")
    said = {b"PING": b"+PONG\r\n"}
    async with listening(said.get) as fake, tier_at(fake.url, now=Clock()) as tier:
        for _ in range(5):
            said[b"GETRANGE"] = None
            assert await tier.get([key]) == {}
            said[b"GETRANGE"] = b"$%d\r\n%b\r\n" % (len(value), value)
            assert await tier.get([key]) == {key: b"payload"}


async def test_r1_who_waits_for_a_connection_when_the_server_is_given_up_leaves_none_open(own, monkeypatch):
    monkeypatch.setattr("glossator.cache.link.REACH_S", 0.2)
    clock = Clock()
    async with tier_at(own.url, now=clock, deadline_s=0.05) as tier:
        assert await tier.reach()
        own.pause()
        await asyncio.gather(*(tier.get([b"k" * 16]) for _ in range(CONNECTIONS + 2)))
        clock.time += 0.5
        assert not await tier.reach()
        own.resume()
        while tier._link._tasks:
            await asyncio.wait(tier._link._tasks)
        assert tier._link._server is None
        assert own.connections() == 0


async def found_at_last(tier, key):
    """The payload, though a deadline of 50 ms may be over on a busy machine."""
    for _ in range(100):
        if found := await tier.get([key]):
            return found[key]
        await tier.reach()
        tier._options.now.time += 30
    return None


# R2: refused for good


LOCKED = (
    "user default off",
    f"user reader on >{PASSWORD} ~glossator:1:* +getrange +ping",
    "user writer on >w ~* +@all",
)


@pytest.mark.parametrize(
    ("lines", "login", "says"),
    [
        ((f"requirepass {PASSWORD}",), f":{PASSWORD}-wrong@", "refuses the name or the password"),
        ((f"requirepass {PASSWORD}",), "", "refuses the name or the password"),
        ((), f"nobody:{PASSWORD}@", "refuses the name or the password"),
        ((), f":{PASSWORD}@", "refuses the name or the password"),
        ((f"user dead on >{PASSWORD} ~other:* +@all",), f"dead:{PASSWORD}@", "GETRANGE and SET on the keys glossator:"),
        ((f"user dead on >{PASSWORD} ~* +set",), f"dead:{PASSWORD}@", "GETRANGE and SET on the keys glossator:"),
    ],
    ids=["wrong password", "no password", "unknown user", "a password too many", "other keys", "other commands"],
)
async def test_r2_who_is_not_let_in_is_told_once_and_asks_no_more(tmp_path, caplog, lines, login, says):
    users = Users()
    with Valkey(tmp_path, *lines) as server:
        address = server.url.replace("//", f"//{login}")
        async with tier_at(address, tell=users.tell) as tier:
            with caplog.at_level(logging.DEBUG):
                for _ in range(5):
                    assert await tier.get([b"k" * 16]) == {}
                    await tier.put({b"k" * 16: b"payload"})
            assert not await tier.reach()
            assert tier.statistics().failures <= 2
        assert len(users.notices) == 1
        assert says in users.notices[0]
        assert_silent(users, caplog, tier)


async def test_r2_a_user_that_may_only_read_reads(tmp_path, caplog):
    users = Users()
    with Valkey(tmp_path, *LOCKED) as server:
        async with tier_at(server.url_of("writer", "w")) as writer:
            await writer.put({b"k" * 16: b"payload"})
        async with tier_at(server.url_of("reader", PASSWORD), tell=users.tell) as tier:
            await tier.put({b"l" * 16: b"payload"})
            await tier.put({b"l" * 16: b"payload"})
            tier.put_behind({b"l" * 16: b"payload"})
            assert await tier.get([b"k" * 16]) == {b"k" * 16: b"payload"}
        assert tier.statistics().dropped == 3
        assert len(users.notices) == 1
        assert "only read" in users.notices[0]
        assert_silent(users, caplog, tier)


async def test_r2_a_database_that_is_not_there_is_told(server):
    users = Users()
    async with tier_at(f"{server.url}/9999", tell=users.tell) as tier:
        assert await tier.get([b"k" * 16]) == {}
    assert "no such database" in users.notices[0]


async def test_r2_a_server_in_protected_mode_is_told():
    users = Users()
    said = {b"PING": b"-DENIED Valkey is running in protected mode because protected mode is enabled\r\n"}
    async with listening(said.get) as fake, tier_at(fake.url, tell=users.tell) as tier:
        for _ in range(3):
            assert await tier.get([b"k" * 16]) == {}
        assert fake.accepted == 1
    assert ["in protected mode" in notice for notice in users.notices] == [True]


@pytest.mark.parametrize(
    "address",
    [
        f"redis://:{PASSWORD}/@127.0.0.1:6379",
        f"redis://user:{PASSWORD}@127.0.0.1:{PASSWORD}",
        f"http://:{PASSWORD}@127.0.0.1",
        f"rediss://:{PASSWORD}@127.0.0.1?ssl_ca_certs=/{PASSWORD}/none.pem",
        f"rediss://:{PASSWORD}@127.0.0.1?ssl_cert_reqs={PASSWORD}",
        f"rediss://:{PASSWORD}@127.0.0.1?ssl_{PASSWORD}=1",
        f"redis://[{PASSWORD}",
        PASSWORD,
        "",
    ],
)
async def test_r2_an_address_that_is_none_is_told_without_it(address, caplog):
    users = Users()
    async with tier_at(address, tell=users.tell) as tier:
        for _ in range(3):
            assert await tier.get([b"k" * 16]) == {}
    assert len(users.notices) == 1
    assert "its address cannot be used" in users.notices[0]
    assert_silent(users, caplog, tier)


def assert_silent(users, caplog, tier):
    """Nothing that anybody may see holds the password."""
    seen = [*users.notices, caplog.text, *map(repr, (tier, tier._link, tier._options, tier._link._server))]
    assert PASSWORD not in "".join(seen)
    assert SECRET.decode() not in "".join(seen)


async def test_r2_the_password_is_in_no_line_of_the_log_when_a_server_dies(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    users = Users()
    with Valkey(tmp_path, f"requirepass {PASSWORD}") as server:
        async with tier_at(server.url_of("default", PASSWORD), tell=users.tell, secret=SECRET) as tier:
            await tier.put({b"k" * 16: b"payload"})
            assert await tier.get([b"k" * 16]) == {b"k" * 16: b"payload"}
            assert PASSWORD not in repr(tier._link._server._pool)
            server.kill()
            for _ in range(3):
                await tier.get([b"k" * 16])
            assert_silent(users, caplog, tier)
    assert users.notices == []


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    pytest.importorskip("cryptography")
    return Certificates(tmp_path_factory.mktemp("mine"))


async def test_r2_tls_with_an_authority_of_ones_own_works(server, certificates):
    async with TlsFront(server, certificates.context()) as front:
        address = f"rediss://127.0.0.1:{front.port}?ssl_ca_certs={certificates.authority}"
        async with tier_at(address) as tier:
            await tier.put({b"k" * 16: b"payload"})
            assert await tier.get([b"k" * 16]) == {b"k" * 16: b"payload"}


async def test_r2_a_certificate_that_nobody_vouches_for_is_told_and_gets_no_password(
    server, certificates, caplog, tmp_path
):
    other = Certificates(tmp_path)
    for place in ("127.0.0.1:{}", f"127.0.0.1:{{}}?ssl_ca_certs={other.authority}"):
        users = Users()
        async with TlsFront(server, certificates.context()) as front:
            address = f"rediss://:{PASSWORD}@{place.format(front.port)}"
            async with tier_at(address, tell=users.tell) as tier:
                for _ in range(3):
                    assert await tier.get([b"k" * 16]) == {}
        assert len(users.notices) == 1
        assert "certificate" in users.notices[0]
        assert_silent(users, caplog, tier)
    assert server.calls("auth") == 0


async def test_r2_a_certificate_of_another_host_is_told(server, certificates):
    users = Users()
    async with TlsFront(server, certificates.context()) as front:
        address = f"rediss://localhost:{front.port}?ssl_ca_certs={certificates.authority}"
        async with tier_at(address, tell=users.tell) as tier:
            assert await tier.get([b"k" * 16]) == {}
    assert "certificate" in users.notices[0]


async def test_r2_a_plain_address_of_a_server_with_tls_is_told(server, certificates):
    users = Users()
    async with (
        TlsFront(server, certificates.context()) as front,
        tier_at(f"redis://127.0.0.1:{front.port}", tell=users.tell) as tier,
    ):
        assert await tier.get([b"k" * 16]) == {}
        assert not await tier.reach()
        assert await tier.get([b"k" * 16]) == {}
    assert ["rediss://" in notice for notice in users.notices] == [True]


async def test_r2_an_address_with_tls_of_a_plain_server_is_told_and_gets_no_password(server, monkeypatch):
    monkeypatch.setattr("glossator.cache.link.REACH_S", 0.5)
    users = Users()
    async with tier_at(f"rediss://:{PASSWORD}@127.0.0.1:{server.port}", tell=users.tell) as tier:
        assert await tier.get([b"k" * 16]) == {}
        assert not await tier.reach()
    assert ["does not speak TLS" in notice for notice in users.notices] == [True]
    assert server.calls("auth") == 0


async def test_r2_a_server_that_is_merely_stopped_is_no_mismatch(own, monkeypatch):
    monkeypatch.setattr("glossator.cache.link.REACH_S", 0.2)
    monkeypatch.setattr("glossator.cache.mismatch._WAIT_S", 0.2)
    users = Users()
    own.pause()
    for scheme in ("redis", "rediss"):
        async with tier_at(f"{scheme}://127.0.0.1:{own.port}", tell=users.tell) as tier:
            assert not await tier.reach()
    assert users.notices == []


# R3: what is not ours at our key


async def test_r3_what_is_no_value_of_ours_is_a_miss_and_costs_no_other_one(server):
    good, keys = b"g" * 16, [bytes([number]) * 16 for number in range(7)]
    server.ask("LPUSH", name_of(keys[0]), "a", "b")
    server.ask("SET", name_of(keys[1]), os.urandom(900))
    server.ask("SET", name_of(keys[2]), "")
    server.ask("SET", name_of(keys[3]), sealed(good, b"of another key", SECRET))
    server.ask("SET", name_of(keys[4]), sealed(keys[4], b"of another team", b"another secret"))
    server.ask("SET", name_of(keys[5]), sealed(keys[5], b"cut off", SECRET)[:-1])
    server.ask("SET", name_of(keys[6]), '{"summary": "not sealed"}')
    async with tier_at(server.url, secret=SECRET) as tier:
        await tier.put({good: b"payload"})
        assert await tier.get([*keys, good]) == {good: b"payload"}
        assert await tier.get([good]) == {good: b"payload"}


@pytest.mark.parametrize(
    "size_mb", [8, pytest.param(300, marks=pytest.mark.soak)], ids=["8 MB", "300 MB, as in the row"]
)
async def test_r3_of_a_huge_value_no_more_than_64_kb_are_read(server, size_mb):
    good, huge = b"g" * 16, b"h" * 16
    server.ask("SETRANGE", name_of(huge), str(size_mb << 20), "end")
    async with tier_at(server.url) as tier:
        await tier.put({good: b"payload"})
        before = int(server.figure("stats", "total_net_output_bytes"))
        assert await tier.get([huge, good]) == {good: b"payload"}
        assert int(server.figure("stats", "total_net_output_bytes")) - before < (64 << 10) + 16_384
    server.ask("DEL", name_of(huge))


async def test_r3_many_values_of_the_largest_size_do_not_fill_the_memory(server):
    keys = list(payloads_of(160))
    for key in keys:
        server.ask("SETRANGE", name_of(key), str((64 << 10) - 1), "x")
    async with tier_at(server.url) as tier:
        await tier.put({b"g" * 16: b"payload"})
        assert await tier.get([b"g" * 16, *keys]) == {b"g" * 16: b"payload"}
        assert await tier.get([*keys, b"g" * 16]) == {}  # beyond what one look-up may bring
        assert await tier.get([b"g" * 16]) == {b"g" * 16: b"payload"}


async def test_r3_what_is_too_large_is_not_sent(server):
    async with tier_at(server.url) as tier:
        await tier.put({b"k" * 16: bytes(64 << 10), b"l" * 16: b"payload"})
        assert tier.statistics().dropped == 1
    assert server.ask("DBSIZE") == b":1"


# R4: full, a replica, a cluster, loading


async def test_r4_a_full_server_drops_writes_and_serves_reads(tmp_path, caplog):
    with Valkey(tmp_path, "maxmemory-policy noeviction") as server:
        async with tier_at(server.url) as tier:
            await tier.put({b"k" * 16: b"payload"})
            server.ask("CONFIG", "SET", "maxmemory", "1")
            for _ in range(3):
                await tier.put(payloads_of(10))
            assert tier.statistics().dropped == 30
            assert await tier.get([b"k" * 16]) == {b"k" * 16: b"payload"}
    assert [record.message for record in caplog.records] == ["shared_cache=refused reason=OutOfMemoryError"]


async def test_r4_a_replica_drops_writes_and_serves_reads(own):
    async with tier_at(own.url) as tier:
        await tier.put({b"k" * 16: b"payload"})
        own.ask("REPLICAOF", "127.0.0.1", str(free_port()))
        await tier.put({b"l" * 16: b"payload"})
        assert tier.statistics().dropped == 1
        assert await tier.get([b"k" * 16, b"l" * 16]) == {b"k" * 16: b"payload"}


async def test_r4_a_node_of_a_cluster_serves_the_keys_that_it_has(tmp_path):
    lines = ("cluster-enabled yes", "cluster-require-full-coverage no", f"cluster-port {free_port()}")
    payloads = payloads_of(40)
    with Valkey(tmp_path, *lines) as server:
        server.ask("CLUSTER", "ADDSLOTSRANGE", "0", "8191")
        await asyncio.to_thread(wait_for_the_cluster, server)
        async with tier_at(server.url) as tier:
            await tier.put(payloads)
            found = await tier.get(list(payloads))
            assert 0 < len(found) < 40
            assert found == {key: payloads[key] for key in found}
            assert tier.statistics().dropped == 40 - len(found)


def wait_for_the_cluster(server):
    for _ in range(1000):  # it says nothing when it is up
        if b"cluster_state:ok" in server.ask("CLUSTER", "INFO"):
            return
        time.sleep(0.01)


REFUSALS = ["MOVED 3999 10.0.0.1:6381", "READONLY a", "TRYAGAIN b", "BUSY c", "ERR d", "MISCONF e"]


@pytest.mark.parametrize(
    "error", ["MOVED 3999 10.0.0.1:6381", "READONLY a", "TRYAGAIN b", "BUSY c", "ERR d", "MISCONF e"]
)
async def test_r4_a_refusal_of_any_kind_is_a_miss_and_a_dropped_write(error):
    said = {b"PING": b"+PONG\r\n", b"GETRANGE": b"-%b\r\n" % error.encode(), b"SET": b"-%b\r\n" % error.encode()}
    async with listening(said.get) as fake, tier_at(fake.url) as tier:
        assert await tier.get([b"k" * 16, b"l" * 16]) == {}
        await tier.put(payloads_of(3))
        assert tier.statistics().dropped == 3
        assert await tier.reach()
        assert fake.accepted == 1


async def test_r4_a_server_that_is_loading_is_asked_again_later():
    clock, said = Clock(), dict.fromkeys((b"PING", b"GETRANGE", b"SET"), b"-LOADING the dataset in memory\r\n")
    async with listening(said.get) as fake, tier_at(fake.url, now=clock) as tier:
        for _ in range(5):
            assert await tier.get([b"k" * 16]) == {}
            await tier.put(payloads_of(1))
        assert tier.statistics().dropped == 5
        said |= {b"PING": b"+PONG\r\n", b"SET": b"+OK\r\n", b"GETRANGE": b"$-1\r\n"}
        clock.time += 0.5
        assert await tier.reach()
        await tier.put(payloads_of(1))
        assert tier.statistics().dropped == 5


# R5: questions that nobody waits for any more


@pytest.mark.parametrize("count", [300, pytest.param(3000, marks=pytest.mark.soak)], ids=str)
async def test_r5_after_many_cancels_answers_are_right_and_no_socket_is_lost(server, count):
    seed = random.randrange(1 << 30)
    sys.stdout.write(f"seed={seed}\n")
    chance, payloads = random.Random(seed), payloads_of(200)
    async with tier_at(server.url) as tier:
        await tier.put(payloads)
        left = []
        for _ in range(count):
            keys = chance.sample(list(payloads), 5)
            asking = asyncio.ensure_future(tier.get(keys))
            for _ in range(chance.randrange(8)):
                await asyncio.sleep(0)
            asking.cancel()
            left.append(asking)
            if chance.random() < 0.2:
                assert await tier.get(keys) == {key: payloads[key] for key in keys}
        results = await asyncio.gather(*left, return_exceptions=True)
        assert any(isinstance(result, asyncio.CancelledError) for result in results)
        keys = [chance.sample(list(payloads), 5) for _ in range(50)]
        assert await asyncio.gather(*map(tier.get, keys)) == [{key: payloads[key] for key in some} for some in keys]
        assert tier.statistics().failures == 0
        assert 0 < server.connections() <= CONNECTIONS
        assert int(server.figure("stats", "total_connections_received")) <= CONNECTIONS + 5  # and our own questions
    assert server.connections() == 0


async def test_r5_a_late_answer_is_nobodys(own):
    payloads = payloads_of(2)
    first, second = payloads
    async with tier_at(own.url, deadline_s=0.05, now=(clock := Clock())) as tier:
        await tier.reach()
        await tier.put(payloads)
        own.pause()
        assert await tier.get([first]) == {}
        own.resume()
        assert await found_at_last(tier, second) == payloads[second]
        assert clock.time >= 1000


async def test_r5_cancelling_while_it_connects_loses_nothing(own):
    async with tier_at(own.url) as tier:
        for _ in range(20):
            asking = asyncio.ensure_future(tier.get([b"k" * 16]))
            await asyncio.sleep(0)
            asking.cancel()
        await tier.put({b"k" * 16: b"payload"})
        assert await tier.get([b"k" * 16]) == {b"k" * 16: b"payload"}
        assert own.connections() <= CONNECTIONS
    assert own.connections() == 0


# A server that lies


@pytest.mark.parametrize(
    "answer",
    [
        b"$1000000000\r\n",
        b"*1000000000\r\n:1\r\n",
        b"*1\r\n" * 5000,
        b"$-7\r\n",
        b"$" + b"9" * 6000 + b"\r\n",
        b"+" + b"a" * 5000,
        b"$3\r\nabcdef\r\n",
        b"%3\r\n",
        b">3\r\n+MOVING\r\n",
        b"\x15\x03\x01",
        b"",
    ],
    ids=["a huge text", "a huge list", "deep", "negative", "digits", "line", "longer", "map", "push", "TLS", "silence"],
)
async def test_a_lying_server_is_a_miss_and_takes_no_memory(answer):
    said = {b"PING": b"+PONG\r\n", b"GETRANGE": (answer, b"0" * (1 << 20))}
    async with listening(said.get) as fake, tier_at(fake.url, deadline_s=0.05, now=Clock()) as tier:
        await tier.reach()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(3):
            assert await tier.get([b"k" * 16]) == {}
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 16 << 10  # kB
        assert tier.statistics().failures >= 1


async def test_a_lie_at_the_greeting_takes_no_memory_either():
    for answer in ((b"$1000000000\r\n", b"0" * (1 << 20)), (b"+" * 6000, b"+" * (1 << 20))):
        said = {b"AUTH": answer, b"PING": answer}
        async with listening(said.get) as fake:
            address = fake.url.replace("//", f"//:{PASSWORD}@")
            async with tier_at(address, now=Clock()) as tier:
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                assert not await tier.reach()
                assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 16 << 10  # kB


async def test_an_answer_that_nobody_asked_for_ends_the_connection():
    key = b"k" * 16
    value = sealed(key, b"payload")
    answer = b"$%d\r\n%b\r\n" % (len(value), value)
    said = {b"PING": b"+PONG\r\n", b"GETRANGE": answer + b"$-1\r\n"}
    async with listening(said.get) as fake, tier_at(fake.url) as tier:
        assert await tier.get([key]) == {key: b"payload"}
        assert await tier.get([key]) == {key: b"payload"}  # and not the answer that came before it was asked
        assert fake.accepted == 2


class Listening:
    """A server that says what a test wants to each command; None hangs up, a second part is said for ever."""

    def __init__(self, said):
        self.said = said
        self.accepted = 0
        self.tasks = set()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def serve(self, reader, writer):
        self.accepted += 1
        self.tasks.add(asyncio.current_task())
        try:
            with contextlib.suppress(ConnectionError):
                while await self.answer(await reader.read(1 << 16), writer):
                    pass
        except asyncio.CancelledError:
            pass
        finally:
            writer.transport.abort()

    async def answer(self, heard, writer):
        commands = [word for word in heard.split(b"\r\n") if word in (b"PING", b"GETRANGE", b"SET", b"AUTH")]
        for command in commands:
            said = self.said(command)
            if said is None:
                return False
            once, for_ever = said if isinstance(said, tuple) else (said, b"")
            writer.write(once)
            while for_ever:
                writer.write(for_ever)
                await writer.drain()
        return bool(commands)


@contextlib.asynccontextmanager
async def listening(said):
    fake = Listening(said)
    fake.server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    try:
        yield fake
    finally:
        fake.server.close()
        for task in fake.tasks:
            task.cancel()
        await asyncio.gather(*fake.tasks, return_exceptions=True)
