"""The server within its memory: where there is too little it declines, and lives; what is closed leaves nothing."""

from __future__ import annotations

import asyncio
import sys

import pytest

from glossator.config import MODES
from glossator.lsp.connection import Input
from glossator.lsp.framing import Framer
from glossator.lsp.handshake import Client
from glossator.lsp.server import GlossatorServer
from glossator.workspace.workspace import Change

SERVE_WITHIN = """
import resource
from glossator.engine.resident import STATM

from glossator.lsp import server  # all modules first: the limit is for the work
size = int(open(STATM).read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + {room}, resource.RLIM_INFINITY))

from glossator.lsp.start import serve_stdio
raise SystemExit(serve_stdio())
"""
SERVE_FAILING = """
from glossator.documenter import snapshots
from glossator.lsp.start import serve_stdio

real, calls = snapshots.check, []
def check(*arguments):
    calls.append(1)
    if len(calls) == 1:
        raise MemoryError
    return real(*arguments)
snapshots.check = check
raise SystemExit(serve_stdio())
"""
PULLS = {"textDocument": {"diagnostic": {}}}
SMALL = "def area(width, height):\n    return width * height\n"
DECLINED = "too little memory"
# What a mode has of the machine, scaled down: a hundredth of 2, 4, 8 and 16 GB.
ROOMS = {"baseline": 20, "standard": 40, "enhanced": 80, "performance": 160}
linux = pytest.mark.skipif(sys.platform != "linux", reason="address space is bounded by RLIMIT_AS on Linux")


def source(functions, number=0):
    return "".join(
        f"def area_{number}_{one}(width, height):\n    if width < {one}:\n        raise ValueError(width)\n"
        f"    return [width * height + {one}, width - height]\n\n\n"
        for one in range(functions)
    )


def uri_of(number):
    return f"file:///project/sample_{number}.py"


def pulled(client, uri):
    return client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})


def hovered(client, uri, line=0):
    at = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 5}}
    return client.request("textDocument/hover", at)


def test_l10_a_request_without_memory_is_declined_and_the_next_one_answered(launch):
    client = launch(SERVE_FAILING)
    client.initialize(PULLS)
    client.open(SMALL, uri_of(0))
    error = pulled(client, uri_of(0))["error"]
    assert DECLINED in error["message"]
    assert len(pulled(client, uri_of(0))["result"]["items"]) == 2
    client.request("shutdown")
    client.notify("exit")
    assert client.ended() == 0
    assert "caches shrink" in client.log()


SERVE_FORGETFUL = """
import json
from glossator.lsp import protocol
from glossator.lsp.start import serve_stdio
from glossator.workspace import workspace

real, failures = workspace.Document.open, []
def opened(uri, text, version=None):
    if "too much" in text:
        raise MemoryError
    return real(uri, text, version)
workspace.Document.open = opened

loads = json.loads
class Reading:
    @staticmethod
    def loads(body):
        if b"once" in body and not failures or b"always" in body:
            failures.append(1)
            raise MemoryError
        return loads(body)
protocol.json = Reading
raise SystemExit(serve_stdio())
"""


def warned(client):
    return client.notification("window/showMessage")["message"]


def test_l10_a_text_without_memory_is_not_known_until_it_is_sent_again(launch):
    client = launch(SERVE_FORGETFUL)
    client.initialize(PULLS)
    client.open(SMALL, uri_of(0))
    assert hovered(client, uri_of(0))["result"]
    client.change({"text": "too much"}, version=2, uri=uri_of(0))
    assert "sample_0.py does not fit" in warned(client)
    assert hovered(client, uri_of(0))["result"] is None
    client.change({"text": SMALL}, version=3, uri=uri_of(0))
    assert hovered(client, uri_of(0))["result"]


def test_l10_a_message_that_cannot_be_read_at_first_is_read_once_there_is_room(launch):
    client = launch(SERVE_FORGETFUL)
    client.initialize(PULLS)
    client.open(SMALL.replace("area", "once"), uri_of(0))
    assert "once" in str(pulled(client, uri_of(0))["result"]["items"])


def test_l10_when_a_change_is_lost_no_text_is_known_any_more(launch):
    client = launch(SERVE_FORGETFUL)
    client.initialize(PULLS)
    client.open(SMALL, uri_of(0))
    client.change({"text": "always"}, version=2, uri=uri_of(0))
    assert "sample_0.py does not fit" in warned(client)
    assert hovered(client, uri_of(0))["result"] is None


def test_l10_bytes_that_there_was_no_memory_for_are_taken_again():
    bodies, relieved = [], []
    framer = Framer()

    def receive(body):
        if len(relieved) < body.count(b"!"):
            raise MemoryError
        bodies.append(body)

    connected = Input(receive, bodies.append, framer, lambda: relieved.append(1))
    connected.data_received(b"Content-Length: 1\r\n\r\naContent-Length: 1\r\n\r\n!Content-Length: 1\r\n\r\nb")
    assert bodies == [b"a", b"b"]
    assert relieved == [1]


@linux
@pytest.mark.parametrize("mode", ROOMS)
def test_l10_with_too_little_address_space_the_server_declines_and_lives(launch, mode):
    room = ROOMS[mode] * 1_000_000
    client = launch(SERVE_WITHIN.format(room=room), GLOSSATOR_MODE=mode, MALLOC_ARENA_MAX="1")
    client.initialize(PULLS)
    client.open(SMALL, uri_of(0))
    assert "result" in hovered(client, uri_of(0))
    functions, number, answers = 200, 1, []
    while not any("error" in one for one in answers):
        client.open(source(functions, number), uri_of(number))
        answers.append(pulled(client, uri_of(number)))
        functions, number = min(functions * 2, 12_000), number + 1
        assert number < 100
    refused = [one["error"]["message"] for one in answers if "error" in one]
    assert all(DECLINED in one for one in refused)
    for one in range(1, number):
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri_of(one)}})
    assert "result" in hovered(client, uri_of(0))
    assert len(pulled(client, uri_of(0))["result"]["items"]) == 2
    assert client.process.poll() is None


@pytest.fixture
async def session():
    found = GlossatorServer().session
    found.neighbours.refresh = lambda: None  # nobody else's files
    found.protocol.adopt(Client())
    return found


def opened(session, count):
    """So many documents with findings, and the texts of the findings of each."""
    for number in range(count):
        session.workspace.open(uri_of(number), source(3, number), 1)
    return [findings(session, number) for number in range(count)]


def findings(session, number):
    return session.diagnostics.pull({"textDocument": {"uri": uri_of(number)}})["items"]


async def test_what_was_shrunk_is_made_anew_and_says_the_same(session):
    session.configure(None)
    before = opened(session, 8)
    session.memory.governor.exhausted()
    held = {one.name: (one.size_bytes, one.share) for one in session.memory.governor.statistics().holders}
    assert {share for _, share in held.values()} == {1 / 16}
    assert held["findings"][0] == held["outlines"][0] == 0
    assert [findings(session, number) for number in range(8)] == before


async def test_the_last_used_findings_are_kept_longest(session):
    session.configure(None)
    opened(session, 4)
    session.workspace.change(uri_of(0), 2, [Change(None, None, SMALL)], "utf-16")
    findings(session, 0)
    session.diagnostics.fit(0.5)
    assert [session.diagnostics.missing(uri_of(number)) is not None for number in range(4)] == [1, 0, 0, 1]


async def test_the_modes_table_bounds_what_a_session_keeps(session, monkeypatch):
    monkeypatch.setenv("GLOSSATOR_MODE", "baseline")
    session.configure({"code_lens": True})
    assert session.memory.governor.statistics().bound_bytes == MODES["baseline"].memory_bytes
    documents = [session.workspace.open(uri_of(number), "x = 1\n" * 100_000, 1) for number in range(4)]
    for document in documents:
        assert session.workspace.document(document.uri).root
    assert [document.has_tree for document in documents] == [False, False, False, True]


async def test_a_callback_without_memory_is_told_to_the_governor(session):
    session.memory.start()

    def fail():
        raise MemoryError

    loop = asyncio.get_running_loop()
    loop.call_soon(fail)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert session.memory.governor.statistics().declined == 1
