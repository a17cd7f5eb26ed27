"""FAULTS L1: what clients may send in any order, and what pygls leaves unanswered."""

from __future__ import annotations

import pytest

FAILING = """
import asyncio
from glossator.lsp import server, start

def raise_error(params):
    raise KeyError("secret words")

async def raise_later(params):
    await asyncio.sleep(0)
    raise KeyError("secret words")

async def wait(params):
    await asyncio.sleep(3600)

real = server._requests
server._requests = lambda session: real(session) | {
    "test/raise": raise_error, "test/raiseLater": raise_later, "test/wait": wait,
    "test/unserialisable": lambda params: object(), "test/nan": lambda params: float("nan"),
    "test/print": lambda params: print("stray"),
}
real_notifications = server._notifications
server._notifications = lambda session: real_notifications(session) | {"test/raise": raise_error}
raise SystemExit(start.serve_stdio())
"""


def error_code(answer):
    return answer["error"]["code"]


def test_l1_a_request_before_initialize_is_refused_and_not_executed(launch):
    client = launch()
    assert error_code(client.request("textDocument/hover", {})) == -32002
    assert "capabilities" in client.initialize()


def test_l1_a_second_initialize_is_refused(client):
    assert error_code(client.request("initialize", {"capabilities": {}})) == -32600


def test_l1_initialize_with_bad_parameters_is_refused_and_can_be_repeated(launch):
    client = launch()
    assert error_code(client.request("initialize", {"capabilities": 7})) == -32602
    assert "capabilities" in client.initialize()


def test_l1_a_request_after_shutdown_is_refused(launch):
    client = launch()
    client.initialize()
    assert client.request("shutdown")["result"] is None
    assert error_code(client.request("textDocument/hover", {})) == -32600
    client.notify("exit")
    assert client.ended() == 0


def test_l1_exit_without_shutdown_ends_with_1(launch):
    client = launch()
    client.initialize()
    client.notify("exit")
    assert client.ended() == 1


def test_l1_an_unknown_request_is_answered(client):
    assert error_code(client.request("textDocument/unheardOf", {})) == -32601


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe{", b"null garbage"])
def test_l1_a_body_that_is_no_json_is_answered(client, body):
    client.send_body(body)
    assert error_code(client.answer(None)) == -32700


@pytest.mark.parametrize(
    "body",
    [
        b"[]", b"7", b"{}", b'{"jsonrpc":"1.0","id":null,"method":"x"}', b'{"jsonrpc":"2.0","id":[],"method":"x"}',
        b'{"jsonrpc":"2.0","id":true,"method":"x"}', b'{"jsonrpc":"2.0","method":{}}',
    ],
)  # fmt: skip
def test_l1_a_message_that_is_no_request_is_answered(client, body):
    client.send_body(body)
    assert error_code(client.answer(None)) == -32600


def test_l1_an_answer_that_nobody_asked_for_is_dropped(client):
    client.send({"id": 7, "result": None}, {"id": "x", "result": {}}, {"id": None, "error": {"code": 1, "message": ""}})
    assert error_code(client.request("textDocument/unheardOf")) == -32601


@pytest.mark.parametrize(
    "stream",
    [
        b"}Content-Length: 2\r\n\r\n{}", b"Content-Length: -1\r\n\r\n", b"Content-Type: x\r\n\r\n{}",
        b"Content-Length: 99999999999\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"x" * 5000,
    ],
)  # fmt: skip
def test_l1_a_stream_whose_framing_is_lost_ends_the_server(launch, stream):
    client = launch()
    client.initialize()
    client.send_raw(stream)
    assert client.ended() == 1
    assert "reason=" in client.log()


def test_l1_a_wrong_content_length_is_noticed(launch):
    client = launch()
    client.initialize()
    client.send_raw(b"Content-Length: 10\r\n\r\n" + b'{"jsonrpc":"2.0","id":5,"method":"x"}\r\n\r\n')
    assert error_code(client.answer(None)) == -32700
    assert client.ended() == 1


def test_l1_headers_in_any_case_and_order_and_in_pieces_are_read(launch):
    client = launch()
    body = b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}'
    stream = b"content-type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-LENGTH:%d\r\n\r\n" % len(body) + body
    for byte in stream:
        client.send_raw(bytes([byte]))
    assert "result" in client.answer(1)


def test_l1_a_stray_print_does_not_corrupt_the_stream(launch):
    client = launch(FAILING)
    client.initialize()
    assert client.request("test/print")["result"] is None


@pytest.mark.parametrize("method", ["test/raise", "test/raiseLater", "test/unserialisable", "test/nan"])
def test_l7_an_error_in_a_handler_gives_one_answer_without_internals(launch, method):
    client = launch(FAILING)
    client.initialize()
    answer = client.request(method, {})
    assert answer["error"] == {"code": -32603, "message": "Internal error; Glossator's log says more."}
    assert error_code(client.request("test/none")) == -32601
    client.notify("exit")
    client.ended()
    log = client.log()
    assert method in log
    assert "secret words" not in log


def test_l7_an_error_in_a_notification_is_logged_and_nothing_else(launch):
    client = launch(FAILING)
    client.initialize()
    client.notify("test/raise", {})
    assert error_code(client.request("test/none")) == -32601
    assert client.messages == []


def test_l3_cancelled_requests_are_all_answered(launch):
    client = launch(FAILING)
    client.initialize()
    numbers = [client.start_request("test/wait") for _ in range(200)]
    for number in numbers:
        client.notify("$/cancelRequest", {"id": number})
    assert {error_code(client.answer(number)) for number in numbers} == {-32800}


def test_l1_cancelling_what_is_not_there_is_no_fault(client):
    client.notify("$/cancelRequest", {"id": 99})
    client.notify("$/cancelRequest", {"id": []})
    client.notify("$/cancelRequest", 5)
    assert error_code(client.request("test/none")) == -32601


def test_l1_work_in_flight_is_answered_as_cancelled_at_shutdown(launch):
    client = launch(FAILING)
    client.initialize()
    waiting = client.start_request("test/wait")
    assert client.request("shutdown")["result"] is None
    assert error_code(client.answer(waiting)) == -32800
    client.notify("exit")
    assert client.ended() == 0


def test_l1_trace_and_folder_notifications_are_taken(client):
    client.notify("$/setTrace", {"value": "verbose"})
    client.notify("$/setTrace", {"value": 7})
    client.notify(
        "workspace/didChangeWorkspaceFolders",
        {"event": {"added": [{"uri": "file:///x", "name": "x"}], "removed": []}},
    )
    client.notify("$/somethingElse", {})
    assert error_code(client.request("test/none")) == -32601
