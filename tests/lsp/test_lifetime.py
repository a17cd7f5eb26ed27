"""FAULTS L2 and L4: the server ends when its client is gone, whatever is in flight. Two seconds, says the watchdog."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

BUSY = """
import asyncio, threading, time
from glossator.lsp import server, start

async def wait(params):
    await asyncio.sleep(3600)

async def refuse_to_stop(params):
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            pass

def block_a_thread(params):
    threading.Thread(target=time.sleep, args=(3600,)).start()

real = server._requests
server._requests = lambda session: real(session) | {
    "test/wait": wait, "test/refuse": refuse_to_stop, "test/thread": block_a_thread,
    "test/large": lambda params: "x" * (1 << 20),
}
raise SystemExit(start.serve_stdio())
"""


@pytest.fixture(params=["test/wait", "test/refuse", "test/thread"])
def busy(launch, request):
    """A server with work in flight that is more or less willing to stop."""
    client = launch(BUSY)
    client.initialize()
    client.start_request(request.param)
    client.request("test/none")
    return client


def test_l2_end_of_input_ends_the_server(busy):
    busy.process.stdin.close()
    assert busy.ended() == 1


def test_l2_a_closed_output_ends_the_server(busy):
    busy.process.stdout.close()
    assert busy.ended() == 1


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_l2_a_signal_ends_the_server(launch, name):
    client = launch(BUSY)
    client.initialize()
    client.start_request("test/refuse")
    client.request("test/none")
    client.process.send_signal(getattr(signal, name))
    assert client.ended() == 1
    assert name in client.log()


def test_l2_the_death_of_the_clients_process_ends_the_server(launch):
    editor = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    client = launch()
    client.initialize(processId=editor.pid)
    client.request("test/none")
    editor.kill()
    editor.wait()
    editor.stdin.close()
    assert client.ended() == 1


def test_l2_a_client_in_another_container_is_not_taken_for_dead(launch):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    client = launch()
    client.initialize(processId=gone.pid)
    client.request("shutdown")
    client.notify("exit")
    assert client.ended() == 0


def test_l2_end_of_input_before_the_first_message_ends_the_server(launch):
    client = launch()
    client.process.stdin.close()
    assert client.ended() == 1


def test_l2_the_end_of_input_inside_a_message_ends_the_server(launch):
    client = launch()
    client.initialize()
    client.send_raw(b"Content-Length: 100\r\n\r\n{")
    client.process.stdin.close()
    assert client.ended() == 1


def test_l4_a_client_that_never_reads_is_left_in_the_end(launch):
    client = launch(BUSY)
    client.initialize()
    for _ in range(20):
        client.start_request("test/large")
    assert client.ended() == 1
    assert "unread" in client.log()


def test_l4_unread_answers_do_not_keep_the_server_from_listening(launch):
    client = launch(BUSY)
    client.initialize()
    for _ in range(10):
        client.start_request("test/large")
    client.notify("exit")
    assert client.ended() == 1


def test_l4_a_client_that_reads_late_gets_every_answer(launch):
    client = launch(BUSY)
    client.initialize()
    numbers = [client.start_request("test/large") for _ in range(10)]
    assert [len(client.answer(number)["result"]) for number in numbers] == [1 << 20] * 10


def test_regular_files_serve_as_streams(tmp_path):
    body = b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}'
    shut = b'{"jsonrpc":"2.0","id":2,"method":"shutdown"}'
    leave = b'{"jsonrpc":"2.0","method":"exit"}'
    (tmp_path / "in").write_bytes(b"".join(b"Content-Length: %d\r\n\r\n" % len(b) + b for b in (body, shut, leave)))
    with (tmp_path / "in").open("rb") as reading, (tmp_path / "out").open("wb") as writing:
        ended = subprocess.run([sys.executable, "-c", BUSY], stdin=reading, stdout=writing, check=False)
    assert ended.returncode == 0
    assert b'"id":2,"result":null' in (tmp_path / "out").read_bytes()


def test_the_server_reads_what_is_sent_while_it_loads(launch):
    client = launch()
    client.initialize()
    client.open("x = 1\n")
    client.change(client.edit((0, 0), (0, 0), "y"), version=2)
    assert client.request("test/none")["error"]["code"] == -32601
