"""The rows of our list of faults that a provider meets on the wire (P1 to P10), and what cancelling leaves behind."""

import asyncio
import gc
import logging
import socket
import ssl
import threading
import time
import tracemalloc
import warnings
from email.utils import formatdate

import pytest
from asked import ANSWER, ANTHROPIC, OLLAMA, OPENAI, PROMPT, WIRES, outside, provider_at
from fake_provider import (
    HANG,
    RESET,
    Drip,
    FakeProvider,
    chunked,
    event,
    failure,
    head,
    ok,
    openai_chunk,
    openai_stream,
)

from glossator.errors import InvalidReply, ProviderError, RateLimited, Refused, TimedOut, Unavailable
from glossator.providers.base import silent
from glossator.providers.http import Bounds
from glossator.providers.keys import Keys
from glossator.providers.rejections import retry_after

KEY = "sk-canary-0123456789abcdef"


def with_key():
    return outside(keys=Keys({"KEY": KEY}))


async def failure_of(provider):
    with pytest.raises(ProviderError) as caught:
        await provider.complete(PROMPT, silent)
    await provider.aclose()
    return caught.value


async def failure_at(*script, **members):
    async with FakeProvider(*script) as server:
        return await failure_of(provider_at(server.url, **members)), server


# P1: refused, no such host, bad TLS, wrong CA


async def test_p1_a_port_where_nobody_listens_is_unavailable():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error = await failure_of(provider_at(f"http://127.0.0.1:{unused.getsockname()[1]}"))
    assert isinstance(error, Unavailable)
    assert "is the server running?" in str(error)


async def test_p1_a_host_that_does_not_exist_is_unavailable(monkeypatch):
    def nothing(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    error = await failure_of(provider_at("http://models.invalid"))
    assert isinstance(error, Unavailable)
    assert "no such host" in str(error)


async def test_p1_a_server_without_tls_is_not_asked_without_it():
    heard = []

    async def plain(reader, writer):
        heard.append(await reader.read(1000))
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await failure_of(provider_at(f"https://127.0.0.1:{port}", key_env="KEY", outside=with_key()))
    assert isinstance(error, Unavailable)
    assert "TLS" in str(error)
    assert [first[:1] for first in heard] == [b"\x16"]  # a TLS greeting, and no request in the clear after it


async def test_p1_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path):
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=own_certificate(tmp_path))
    async with server:
        port = server.sockets[0].getsockname()[1]
        error = await failure_of(provider_at(f"https://127.0.0.1:{port}", key_env="KEY", outside=with_key()))
    assert isinstance(error, Unavailable)
    assert "certificate" in str(error)


def own_certificate(folder):
    """A context with a certificate for 127.0.0.1 that signed itself."""
    x509 = pytest.importorskip("cryptography.x509")
    import datetime
    import ipaddress

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(1))
        .not_valid_after(today + datetime.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


# P2: accept, then silence


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("pieces", [0, 1, 2], ids=["nothing", "a head", "half of an answer"])
async def test_p2_silence_trips_the_idle_deadline_and_the_connection_is_closed(wire, pieces):
    stream = wire.stream(ANSWER)
    said = (head(200, wire.content_type), stream[: len(stream) // 2])[:pieces]
    async with FakeProvider((*said, HANG)) as server:
        error = await failure_of(provider_at(server.url, wire.kind, bounds=Bounds(idle_s=0.05)))
        assert isinstance(error, TimedOut)
        assert "nothing came for 0.05 s" in str(error)
        await server.gone()


# P3: drip, endless stream


@pytest.mark.parametrize("wire", WIRES, ids=str)
async def test_p3_a_drip_never_trips_the_idle_deadline_but_the_one_for_the_whole(wire):
    drip = Drip(wire.stream("x" * 10_000), 0.001, endless=True)
    async with FakeProvider((head(200, wire.content_type), drip)) as server:
        error = await failure_of(provider_at(server.url, wire.kind, bounds=Bounds(idle_s=5), timeout_s=0.1))
        assert isinstance(error, TimedOut)
        assert "no whole answer within 0.1 s" in str(error)
        await server.gone()


async def test_p3_the_deadline_is_for_all_attempts_together():
    refusal = failure(400, {"error": "no"})
    slow = (Drip(refusal[0] + refusal[1], 0.001),)  # about 0.2 s each
    error, server = await failure_at(slow, timeout_s=0.3)
    assert isinstance(error, TimedOut)
    assert len(server.requests) < 4


async def test_p3_an_answer_of_endless_words_is_cut_at_the_cap():
    words = event(openai_chunk({"content": "word " * 200})) * 20
    async with FakeProvider((head(), *[words] * 1000)) as server:
        error = await failure_of(provider_at(server.url))
        assert isinstance(error, InvalidReply)
        await server.gone()


# P4: the server fails


@pytest.mark.parametrize("status", [500, 502, 503, 529])
@pytest.mark.parametrize(
    "body", [{"error": "text"}, {"error": {"message": "x"}}, b"<html>Bad gateway</html>", b"\xff", b""]
)
async def test_p4_a_failing_server_is_unavailable_and_asked_once(status, body):
    error, server = await failure_at(failure(status, body))
    assert isinstance(error, Unavailable)
    assert str(error).startswith(f"HTTP {status}")
    assert len(server.requests) == 1  # trying again is the pool's business


async def test_p4_an_error_whose_body_does_not_end_is_still_that_error():
    error, _ = await failure_at(
        (head(503, "text/plain", "Content-Length: 100"), b"half", HANG), bounds=Bounds(idle_s=0.05)
    )
    assert isinstance(error, Unavailable)


@pytest.mark.parametrize(
    "script", [(RESET,), (head(), RESET), (head(200, "x/y", "Content-Length: 99"), b"data", RESET)]
)
async def test_p4_a_connection_that_breaks_is_unavailable(script):
    error, _ = await failure_at(script)
    assert isinstance(error, Unavailable)


@pytest.mark.parametrize(
    "raw", [b"SSH-2.0\r\n\r\n", b"HTTP/1.1 99 x\r\n\r\n", b"\x00" * 100, b"HTTP/1.1 200 OK\r\nA" * 9999]
)
async def test_p4_what_is_no_http_is_unavailable(raw):
    error, _ = await failure_at((raw, HANG), bounds=Bounds(idle_s=0.5))
    assert isinstance(error, Unavailable | TimedOut)


# P5: too many requests


@pytest.mark.parametrize(("value", "seconds"), [("2", 2), ("86400", 86_400), ("0.5", 0.5), ("-3", 0)])
async def test_p5_too_many_requests_say_how_long_to_wait(value, seconds):
    error, server = await failure_at(failure(429, {"error": "slow down"}, f"Retry-After: {value}"))
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == seconds
    assert len(server.requests) == 1


@pytest.mark.parametrize("lines", [(), ("Retry-After: soon",), ("Retry-After: inf",), ("Retry-After: nan",)])
async def test_p5_where_no_pause_is_named_there_is_none(lines):
    error, _ = await failure_at(failure(429, b"", *lines))
    assert error.retry_after_s is None


def test_p5_a_pause_may_be_a_date_or_in_milliseconds():
    assert 3500 < retry_after({"retry-after": formatdate(time.time() + 3600, usegmt=True)}) <= 3600
    assert retry_after({"retry-after": formatdate(time.time() - 3600, usegmt=True)}) == 0
    assert retry_after({"retry-after-ms": "250", "retry-after": "1"}) == 0.25


# P6: the key


@pytest.mark.parametrize("status", [200, 400, 401, 402, 403, 404, 429, 500])
async def test_p6_a_key_that_the_server_repeats_is_in_no_error_and_no_log(status, caplog):
    caplog.set_level(logging.DEBUG)
    echo = {"error": {"message": f"Bad key {KEY}", "code": KEY, "type": KEY, "param": KEY}}
    error, server = await failure_at(failure(status, echo), key_env="KEY", outside=with_key())
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    chain = [error]
    while chain[-1].__cause__ or chain[-1].__context__:
        chain.append(chain[-1].__cause__ or chain[-1].__context__)
    assert KEY not in "".join(f"{link} {link!r} {vars(link)}" for link in chain) + caplog.text


@pytest.mark.parametrize("status", [401, 402, 403])
async def test_p6_a_key_that_is_not_accepted_is_refused_after_one_request(status):
    error, server = await failure_at(failure(status, {"error": {"message": "no"}}), key_env="KEY", outside=with_key())
    assert isinstance(error, Refused)
    assert len(server.requests) == 1


async def test_p6_a_spend_limit_is_no_reason_to_wait():
    body = {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}
    error, _ = await failure_at(failure(429, body, "Retry-After: 1"))
    assert isinstance(error, Refused)
    assert "insufficient_quota" in str(error)


async def test_p6_no_key_goes_over_plain_http_to_another_machine():
    error = await failure_of(provider_at("http://192.0.2.7/v1", key_env="KEY", outside=with_key()))
    assert isinstance(error, Refused)
    assert "https" in str(error)
    assert KEY not in str(error)


async def test_p6_no_key_stands_in_what_an_object_says_of_itself():
    shared = with_key()
    provider = provider_at("http://127.0.0.1:9", key_env="KEY", outside=shared)
    shared.keys.hand("fake", KEY)
    assert KEY not in f"{provider!r} {shared!r} {shared.keys!r}"


# P8: truncated streams; the cut at every byte is in test_dialects.py


async def test_p8_a_stream_without_done_is_whole_where_its_choice_ended():
    reply = await replied(ok(openai_stream(ANSWER).replace(event("[DONE]"), b"")))
    assert reply.text == ANSWER


async def test_p8_done_alone_is_no_end_of_a_text_that_did_not_end():
    error, _ = await failure_at(ok(openai_stream(ANSWER, finish=None)))
    assert isinstance(error, InvalidReply)


async def test_p8_a_chunked_answer_without_its_last_chunk_is_no_reply():
    first, body = chunked(openai_stream(ANSWER)[:200])
    error, _ = await failure_at((first, body[:-5], RESET))
    assert isinstance(error, Unavailable | InvalidReply)


async def replied(script):
    async with FakeProvider(script) as server:
        provider = provider_at(server.url)
        reply = await provider.complete(PROMPT, silent)
        await provider.aclose()
        return reply


# P9: too much


@pytest.mark.parametrize(
    ("wire", "status", "piece"),
    [
        *((OPENAI, status, piece) for status in (200, 500) for piece in (b"x" * 65_536, b": ping\n\n" * 8000)),
        (OPENAI, 200, b"data: " + b"x" * 1000 + b"\n\n"),
        (ANTHROPIC, 200, b'event: ping\ndata: {"type": "ping"}\n\n' * 2000),
        (ANTHROPIC, 200, b"x" * 65_536),
        (OLLAMA, 200, b'{"message": {"content": "aaaa"}, "done": false}\n' * 1400),
        (OLLAMA, 200, b"x" * 65_536),
    ],
    ids=lambda one: None if isinstance(one, bytes) else str(one),
)
async def test_p9_200_mb_are_cut_at_the_cap_and_take_little_memory(wire, status, piece):
    pieces = [piece] * (200_000_000 // len(piece) if len(piece) > 60_000 else 10_000)
    tracemalloc.start()
    try:
        async with FakeProvider((head(status, wire.content_type), *pieces)) as server:
            error = await failure_of(provider_at(server.url, wire.kind))
            await server.gone()
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()
    assert isinstance(error, InvalidReply | Unavailable)


async def test_p9_a_compressed_answer_is_not_unpacked():
    async with FakeProvider(
        (head(200, "text/event-stream", "Content-Encoding: gzip"), b"\x1f\x8b" * 99, HANG)
    ) as server:
        error = await failure_of(provider_at(server.url))
        assert isinstance(error, InvalidReply)
        assert "compressed" in str(error)
        assert server.requests[0].headers["accept-encoding"] == "identity"
        await server.gone()


# P10: an answer that points elsewhere


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_p10_a_redirect_is_not_followed_and_the_key_does_not_go_along(status):
    async with FakeProvider(ok(openai_stream(ANSWER))) as other:
        location = f"Location: {other.url}/chat/completions"
        error, _ = await failure_at(failure(status, b"", location), key_env="KEY", outside=with_key())
        assert isinstance(error, Refused)
        assert "redirects are not followed" in str(error)
        assert other.accepted == 0


async def test_proxies_of_the_environment_count_only_where_the_user_says_so(monkeypatch):
    async with FakeProvider(ok(openai_stream(ANSWER))) as proxy, FakeProvider(ok(openai_stream(ANSWER))) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        for trusting, used in ((False, 0), (True, 1)):
            provider = provider_at(server.url, trust_env=trusting)
            await provider.complete(PROMPT, silent)
            await provider.aclose()
            assert proxy.accepted == used
            assert provider.is_loopback is not trusting


@pytest.mark.parametrize("proxy", ["odd://127.0.0.1:1", "socks5://127.0.0.1:1"])
async def test_a_proxy_that_cannot_be_used_is_refused(monkeypatch, proxy):
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.setenv("http_proxy", proxy)
    error = await failure_of(provider_at("http://127.0.0.1:1", trust_env=True))
    assert isinstance(error, Refused)
    assert "trust_env" in str(error)


# Cancelling: what it leaves behind


async def left_over():
    """Tasks and threads beside the test's own, once the loop has tidied up."""
    for _ in range(5):
        await asyncio.sleep(0)
    return asyncio.all_tasks() - {asyncio.current_task()}, threading.active_count()


async def test_cancelling_closes_the_connection():
    async with FakeProvider((head(), event(openai_chunk({"content": "{"})), HANG)) as server:
        provider = provider_at(server.url)
        call = asyncio.create_task(provider.complete(PROMPT, silent))
        await server.asked()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await server.gone()
        await provider.aclose()


async def test_a_client_is_usable_after_200_cancels_before_it_connects_and_in_the_midst_of_a_stream():
    hung = (head(), event(openai_chunk({"content": '{"summary": "x'})), HANG)
    whole = ok(openai_stream(ANSWER))
    async with FakeProvider(lambda asked: whole if b"# last" in asked.body else hung) as server:
        threads = threading.active_count()
        provider = provider_at(server.url)
        for turns in range(200):
            call = asyncio.create_task(provider.complete(PROMPT, silent))
            for _ in range(turns % 25):  # from before the connection to after the first piece
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
        for _ in range(100):
            heard = asyncio.Event()
            call = asyncio.create_task(provider.complete(PROMPT, lambda _text, heard=heard: heard.set()))
            await heard.wait()
            call.cancel()
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
        last = provider_at(server.url)  # and the old client still works
        asked = type(PROMPT)("# last", (), PROMPT.parts, PROMPT.schema, 9)
        replies = await asyncio.gather(*(provider.complete(asked, silent) for _ in range(20)))
        assert all(reply.text == ANSWER for reply in replies)
        await provider.aclose()
        await last.aclose()
        await server.deserted()
    tasks, now = await left_over()
    assert not tasks
    assert now == threads
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        gc.collect()


async def test_closing_makes_what_is_in_flight_fail_and_the_next_question_connects_anew():
    async with FakeProvider((head(), HANG), ok(openai_stream(ANSWER))) as server:
        provider = provider_at(server.url)
        call = asyncio.create_task(provider.complete(PROMPT, silent))
        await server.asked()
        await provider.aclose()
        with pytest.raises(ProviderError):
            await call
        assert (await provider.complete(PROMPT, silent)).text == ANSWER
        await provider.aclose()


async def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew():
    async with FakeProvider((*ok(openai_stream(ANSWER)),)) as server:
        provider = provider_at(server.url)
        await provider.complete(PROMPT, silent)
        await server.hang_up()
        assert (await provider.complete(PROMPT, silent)).text == ANSWER
        await provider.aclose()
