"""The text for Prometheus, read by the parser of prometheus-client, and the port that serves it."""

import asyncio
import contextlib

import pytest
from prometheus_client.parser import text_string_to_metric_families

from glossator.monitor import Monitor, names
from glossator.monitor.endpoint import MAX_AT_ONCE, MAX_HEAD_BYTES, Endpoint
from glossator.monitor.prometheus import exposition


def read(text):
    """Each sample by its name and labels."""
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    return {(one.name, *sorted(one.labels.items())): one.value for family in families for one in family.samples}


def test_prometheus_reads_what_was_measured():
    monitor = Monitor()
    for _ in range(100):
        monitor.observe("parse", 2_000)
    monitor.count(names.HITS, "L3", by=5)
    monitor.failed("fast", "TimedOut")
    monitor.gauge(lambda: 4, names.DEPTH, "pool")
    request, token = monitor.begin("textDocument/hover")
    monitor.leave(token)
    monitor.end(request)
    found = read(exposition(monitor.snapshot()))
    assert found["glossator_stage_seconds_count", ("stage", "parse")] == 100
    assert found["glossator_stage_seconds_sum", ("stage", "parse")] == pytest.approx(0.2)
    quantile = found["glossator_stage_seconds", ("quantile", "0.99"), ("stage", "parse")]
    assert quantile == pytest.approx(0.002, rel=0.01)
    assert found["glossator_cache_hits_total", ("tier", "L3")] == 5
    assert found["glossator_provider_failures_total", ("kind", "TimedOut"), ("provider", "fast")] == 1
    assert found["glossator_queue_depth", ("queue", "pool")] == 4
    assert found["glossator_request_seconds_count", ("method", "textDocument/hover")] == 1
    assert found["glossator_resident_memory_bytes",] > 0


@pytest.mark.parametrize("name", ['a "quoted" name', "a\\b", "two\nlines", "naïve"])
def test_any_name_of_a_provider_is_written_so_that_it_is_read(name):
    monitor = Monitor()
    monitor.failed(name, "Refused")
    found = read(exposition(monitor.snapshot()))
    assert found["glossator_provider_failures_total", ("kind", "Refused"), ("provider", name)] == 1


# The port.


@pytest.fixture
async def endpoint():
    async def metrics():
        return exposition(Monitor().snapshot())

    opened = Endpoint(metrics)
    await opened.open("127.0.0.1", 0)
    yield opened
    await opened.aclose()


async def ask(endpoint, request):
    reader, writer = await asyncio.open_connection("127.0.0.1", endpoint.port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.decode()


async def test_metrics_are_served(endpoint):
    answer = await ask(endpoint, b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:9464\r\n\r\n")
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4")
    assert f"Content-Length: {len(body)}" in head
    assert read(body)["glossator_processes",] == 1


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:9464"])
async def test_an_address_of_this_machine_is_answered(endpoint, host):
    assert " 200 " in await ask(endpoint, f"GET /metrics HTTP/1.1\r\nhost: {host}\r\n\r\n".encode())


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9464", "127.0.0.1.evil.example", "", "localhost@evil"])
async def test_a_name_that_a_web_page_made_up_is_refused(endpoint, host):
    assert " 403 " in await ask(endpoint, f"GET /metrics HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())


@pytest.mark.parametrize(
    "line", ["GET / HTTP/1.1", "POST /metrics HTTP/1.1", "GET /metrics/../etc HTTP/1.1", "rubbish"]
)
async def test_nothing_else_is_there(endpoint, line):
    assert " 404 " in await ask(endpoint, f"{line}\r\nHost: localhost\r\n\r\n".encode())


async def test_a_request_without_end_is_cut_off(endpoint):
    reader, writer = await asyncio.open_connection("127.0.0.1", endpoint.port)
    writer.write(b"GET /metrics HTTP/1.1\r\n" + b"X: y\r\n" * MAX_HEAD_BYTES)
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def test_those_who_ask_nothing_keep_nobody_away_for_ever(endpoint):
    idle = [await asyncio.open_connection("127.0.0.1", endpoint.port) for _ in range(MAX_AT_ONCE)]
    with contextlib.suppress(ConnectionError):
        assert await ask(endpoint, b"GET /metrics HTTP/1.1\r\n\r\n") == ""
    for reader, writer in idle:
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
    assert " 200 " in await ask(endpoint, b"GET /metrics HTTP/1.1\r\n\r\n")


async def test_closing_cuts_off_who_asks_nothing():
    endpoint = Endpoint(lambda: None)
    await endpoint.open("127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", endpoint.port)
    writer.write(b"GET /met")
    await asyncio.sleep(0)
    await endpoint.aclose()
    with contextlib.suppress(ConnectionError):
        assert await reader.read() == b""
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def test_a_port_that_another_has_is_an_error(endpoint):
    with pytest.raises(OSError, match="address"):
        await Endpoint(lambda: None).open("127.0.0.1", endpoint.port)


async def test_a_closed_port_answers_nobody():
    endpoint = Endpoint(lambda: None)
    await endpoint.open("127.0.0.1", 0)
    port = endpoint.port
    await endpoint.aclose()
    await endpoint.aclose()
    assert endpoint.port is None
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)
