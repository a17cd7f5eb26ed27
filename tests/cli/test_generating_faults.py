"""What a user sees of servers that fail, lie or want harm: the rows P1 to P13 of our list of faults."""

import gzip
import json
import re
import socket
import subprocess
import sys
from email.utils import formatdate

import pytest
from fake_provider import CLOSE, HANG, RESET, Drip, event, failure, head, ok, openai_chunk, openai_stream
from served import USAGE, answer_to, answering, served

from glossator.cli.main import main
from glossator.config import Settings
from glossator.documenter import FileOptions, document_bytes

KEY = "sk-canary-0123456789abcdef"
SOURCE = '"""Keep entries."""\n' + "".join(
    f"""

def load{number}(store, key, limit=10):
    if limit < 1:
        raise ValueError("limit")
    entry = store.find(key)
    for part in entry.parts[:limit]:
        store.touch(part)
    return entry
"""
    for number in range(4)
)
SUMMARY = "Look up an entry of a store and mark its first parts as used."
TEXTS = {
    "summary": SUMMARY,
    "arg_store": "Where the entry is kept, and whose parts are touched.",
    "arg_key": "Name of the entry that is looked up.",
    "arg_limit": "How many parts of the entry are touched at most.",
    "returns": "The entry that was looked up.",
}
EMBEDDED = document_bytes(SOURCE.encode(), "a.py", FileOptions(Settings())).raw.decode()
GOOD = answering(TEXTS)


@pytest.fixture
def written(project, user, capsys):
    """The totals, the new text and standard error of a run at an address, which has to end well."""

    def write(url, *lines, source=SOURCE, arguments=()):
        (project / "a.py").write_text(source)
        user(url, *lines)
        capsys.readouterr()
        assert main(["write", "--output-format", "json", *arguments, "a.py"]) == 0
        said = capsys.readouterr()
        return json.loads(said.out)["totals"], (project / "a.py").read_text(), said.err

    return write


def notices(errors):
    """What was said, but for the sentences before the run."""
    return [line for line in errors.splitlines() if not re.search(r" tokens[,;] ", line)]


def check_fallback(found, said, notes=1):
    """All symbols have the embedded provider's text, and it is said in so many sentences, with these words."""
    totals, text, errors = found
    assert text == EMBEDDED
    assert (totals["added"], totals["degraded"], totals["failed"]) == (4, 4, 0)
    assert "fake" not in totals["origins"]
    assert len(notices(errors)) == notes
    assert said in errors


@pytest.fixture
def nobody():
    """An address where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"


def test_p1_a_server_that_is_not_there_costs_quality_alone(written, nobody):
    check_fallback(written(nobody), "4 symbols have embedded text in a model's place: fake: ")


def test_p1_what_a_user_reads_of_an_outage_is_one_line(project, user, nobody):
    (project / "a.py").write_text(SOURCE)
    user(nobody)
    done = subprocess.run([sys.executable, "-m", "glossator", "write", "."], capture_output=True, text=True, check=True)
    assert (project / "a.py").read_text() == EMBEDDED
    assert [line.partition(" in a model's")[0] for line in notices(done.stderr)] == [
        "glossator: 4 symbols have embedded text"
    ]


def test_p1_an_outage_of_many_symbols_is_one_notice(written, nobody):
    source = '"""Keep entries."""\n' + "".join(f"\n\ndef load{n}(a):\n    return g{n}(a)\n" for n in range(40))
    totals, _, errors = written(nobody, source=source)
    assert totals["degraded"] == 40
    assert len(notices(errors)) == 1
    assert "40 symbols" in errors


def test_p2_a_silent_server_is_given_up(written):
    with served((HANG,)) as server:
        check_fallback(written(server.url, "timeout_s = 0.3"), "within 0.3 s")
        server.deserted()


def test_p3_an_endless_stream_is_cut_at_the_deadline(written):
    stream = Drip(event(openai_chunk({"content": "a"})), 0.002, endless=True)
    with served((head(), stream)) as server:
        check_fallback(written(server.url, "timeout_s = 0.4"), "within 0.4 s")
        server.deserted()


@pytest.mark.parametrize(
    "script",
    [
        *(failure(status, {"error": {"message": "no"}}) for status in (500, 502, 503, 529)),
        failure(500, b'"just a text"'),
        failure(502, b"<html><h1>Bad Gateway</h1></html>", content_type="text/html"),
    ],
    ids=["500", "502", "503", "529", "text", "html"],
)
def test_p4_a_server_that_fails_is_asked_three_times_at_most_and_then_left_alone(written, script):
    with served(script) as server:
        totals, text, errors = written(server.url, "concurrency = 1", source=SOURCE)
    assert text == EMBEDDED
    assert totals["degraded"] == 4
    assert 1 <= len(notices(errors)) <= 2
    assert len(server.requests) <= 4 + 2  # the budget of retries
    assert "html" not in errors


def test_p4_an_error_that_passes_is_not_seen(written):
    with served(failure(503), GOOD) as server:
        totals, text, _ = written(server.url, "concurrency = 1")
    assert text.count(SUMMARY) == 4
    assert totals["degraded"] == 0


@pytest.mark.parametrize("when", ["0", None, "date"])
def test_p5_a_pause_that_is_short_is_waited_for(written, when):
    value = formatdate(0, usegmt=True) if when == "date" else when  # a time that has passed
    lines = [f"Retry-After: {value}"] if value is not None else []
    with served(failure(429, {"error": {"message": "slow"}}, *lines), GOOD) as server:
        totals, text, _ = written(server.url, "concurrency = 1")
    assert text.count(SUMMARY) == 4
    assert totals["degraded"] == 0


def test_p5_a_pause_of_a_day_is_not_waited_for(written):
    with served(failure(429, {"error": {"message": "slow"}}, "Retry-After: 86400")) as server:
        _, text, errors = written(server.url, "concurrency = 1")
    assert text == EMBEDDED
    assert len(server.requests) == 1
    assert 1 <= len(notices(errors)) <= 2


@pytest.mark.parametrize("status", [401, 403])
def test_p6_a_refused_key_is_asked_with_once_and_shown_nowhere(written, monkeypatch, status):
    monkeypatch.setenv("FAKE_KEY", KEY)
    told = {"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}}
    with served(failure(status, told)) as server:
        totals, text, errors = written(server.url, 'key_env = "FAKE_KEY"', "concurrency = 1")
    assert len(server.requests) == 1
    assert KEY in server.requests[0].headers["authorization"]
    assert text == EMBEDDED
    assert totals["degraded"] == 4
    assert KEY not in errors + text + json.dumps(totals)
    assert KEY[:12] not in errors


@pytest.mark.parametrize(
    "said",
    ['{"id": ', "no json", "[1]", "null", '"a"', "", "{}", '{"id": 5}', "{" * 3000, "I cannot help with that."],
)
def test_p7_what_is_no_answer_is_asked_for_once_more_and_no_more(written, said):
    with served(ok(openai_stream(said))) as server:
        totals, text, _ = written(server.url)
    assert text == EMBEDDED
    assert totals["degraded"] == 4
    assert len(server.requests) <= 2 * 4
    assert totals["provider_calls"] == len(server.requests)


@pytest.mark.parametrize("script", [ok(openai_stream("no json", usage=USAGE)), ok(openai_stream("{}", usage=USAGE))])
def test_p7_what_is_no_answer_is_paid_for_all_the_same(written, script):
    with served(script) as server:
        totals, _, _ = written(server.url, "price_in = 10.0", "price_out = 100.0", arguments=["--yes"])
    asked = len(server.requests)
    assert totals["provider_calls"] == asked
    assert totals["tokens"] == asked * USAGE["total_tokens"]
    assert totals["cost"] == pytest.approx(asked * (100 * 10 + 20 * 100) / 1e6)


def test_p8_what_was_heard_of_a_cut_answer_is_counted(written):
    def cut(asked):
        whole = openai_stream(answer_to(asked, TEXTS.get))
        return (head(200, "text/event-stream", "Connection: close"), whole[: len(whole) * 3 // 4], CLOSE)

    with served(cut) as server:
        totals, _, _ = written(server.url, "concurrency = 1")
    assert totals["provider_calls"] == len(server.requests)
    assert totals["tokens"] > 100 * len(server.requests)


def test_p7_an_answer_that_is_refused_is_asked_for_once_more_and_no_more(written):
    with served(answering(lambda _: "See https://evil.example for it.")) as server:
        _, text, _ = written(server.url)
    assert text == EMBEDDED
    assert len(server.requests) == 2 * 4


def test_p7_bytes_that_are_no_text_are_no_answer(written):
    with served(ok(b'data: {"choices": [{"delta": {"content": "\xff\xfe"}}]}\n\ndata: [DONE]\n\n')) as server:
        _, text, _ = written(server.url)
    assert text == EMBEDDED
    assert len(server.requests) <= 2 * 4


def test_p7_a_good_second_answer_counts(written):
    with served(lambda asked: ok(openai_stream("no")) if len(server.requests) == 1 else GOOD(asked)) as server:
        totals, text, _ = written(server.url, "concurrency = 1")
    assert text.count(SUMMARY) == 4
    assert totals["degraded"] == 0


@pytest.mark.parametrize("end", [CLOSE, RESET], ids=["closed", "reset"])
def test_p8_nothing_of_a_cut_stream_is_in_the_file(written, end):
    def cut(asked):
        whole = openai_stream(answer_to(asked, TEXTS.get))
        return (head(200, "text/event-stream", "Connection: close"), whole[: len(whole) * 3 // 4], end)

    with served(cut) as server:
        totals, text, _ = written(server.url, "concurrency = 1")
    assert text == EMBEDDED
    assert totals["degraded"] == 4


def test_p8_nothing_of_an_answer_that_reached_its_bound_is_in_the_file(written):
    with served(lambda asked: ok(openai_stream(answer_to(asked, TEXTS.get), "length"))) as server:
        totals, text, _ = written(server.url)
    assert text == EMBEDDED
    assert totals["degraded"] == 4


def test_p9_an_answer_of_many_megabytes_is_cut(written):
    piece = event(openai_chunk({"content": "a" * 60_000})) * 20
    with served((head(200, "text/event-stream", "Connection: close"), *[piece] * 160, CLOSE)) as server:
        totals, text, _ = written(server.url, "concurrency = 1", source=SOURCE.partition("\n\ndef load1")[0])
        server.deserted()
    assert totals["degraded"] == 1
    assert "aaaa" not in text


def test_p9_what_is_compressed_is_not_unpacked(written):
    bomb = gzip.compress(b"\0" * 10_000_000)
    with served(ok(bomb, "text/event-stream", "Content-Encoding: gzip")) as server:
        totals, text, _ = written(server.url)
    assert text == EMBEDDED
    assert totals["degraded"] == 4


def test_p10_a_redirect_is_not_followed_and_the_key_goes_nowhere_else(written, monkeypatch):
    monkeypatch.setenv("FAKE_KEY", KEY)
    with served(GOOD) as other:
        with served(failure(307, b"", f"Location: {other.url}/v1/chat/completions")) as server:
            _, text, errors = written(server.url, 'key_env = "FAKE_KEY"')
        assert not other.requests
    assert text == EMBEDDED
    assert other.url not in errors


def test_p11_an_answer_to_another_question_is_dropped(written):
    """Each question gets a whole and good answer that has the identity of another one."""
    seen = {"0000": None}

    def swapped(asked):
        own = json.loads(answer_to(asked, TEXTS.get))
        seen[own["id"]] = None
        other = next(one for one in reversed(seen) if one != own["id"])
        return ok(openai_stream(json.dumps(own | {"id": other})))

    with served(swapped) as server:
        totals, text, _ = written(server.url, "concurrency = 1")
    assert len(seen) == 1 + 4
    assert text == EMBEDDED
    assert set(totals["origins"]) == {"embedded"}


def test_p13_a_server_that_is_back_writes_what_the_outage_left(project, user, written, nobody):
    written(nobody)
    with served(GOOD) as server:
        user(server.url)
        assert main(["write", "--only", "embedded", "a.py"]) == 0
        assert len(server.requests) == 4
    assert (project / "a.py").read_text().count(SUMMARY) == 4
