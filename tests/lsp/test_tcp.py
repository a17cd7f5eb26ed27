"""The server on a TCP port."""

from __future__ import annotations

import json
import re
import socket

import pytest

from glossator.errors import ConfigError
from glossator.lsp.start import serve_tcp

SERVE_TCP = "from glossator.lsp.start import serve_tcp; raise SystemExit(serve_tcp('127.0.0.1:0'))"


@pytest.mark.parametrize("address", ["0.0.0.0:0", "example.org:80", "127.0.0.1", "127.0.0.1:port", "127.0.0.1:65536"])
def test_an_address_that_others_could_reach_or_that_is_none_is_refused(address):
    with pytest.raises(ConfigError, match="--tcp"):
        serve_tcp(address)


def test_one_client_is_served_until_it_leaves_and_a_second_one_is_not(launch):
    process = launch(SERVE_TCP)
    port = int(re.search(rb":(\d+)$", process.process.stderr.readline().strip())[1])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as first:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}).encode()
        first.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert b'"id":1' in first.recv(65536)
        assert _is_turned_away(port)
    assert process.ended() == 1


def _is_turned_away(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as second:
            return second.recv(1) == b""
    except ConnectionError:
        return True
