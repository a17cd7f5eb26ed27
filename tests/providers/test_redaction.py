"""The look for secrets: what it finds, what it leaves alone, and that nothing in a text switches it off."""

import json
import random
import string
import subprocess
import sys

import pytest
from canaries import CANARIES, IN_SOURCE

from glossator.errors import Refused
from glossator.model import Disclosure
from glossator.providers.patterns import is_card, known_tokens, oddity
from glossator.providers.redaction import Secret, gate, redacted, secrets_in
from glossator.syntax.masking import masked

TOKEN = "AKIAQ7XN4TZ2LK5WJ3HD"
ALPHABETS = {
    "hex": ("0123456789abcdef", 32),
    "base32": (string.ascii_uppercase + "234567", 32),
    "base36": (string.ascii_lowercase + string.digits, 32),
    "base64": (string.ascii_letters + string.digits + "+/", 40),
    "for addresses": (string.ascii_letters + string.digits + "-_", 43),
}


def passes(body):
    try:
        gate(body)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("canary", IN_SOURCE, ids=lambda canary: canary.kind)
def test_no_canary_in_source_is_left_by_mask_and_redaction(canary):
    assert all(trace in canary.source for trace in canary.traces) or "0x" in canary.source or "escapes" in canary.kind
    found = redacted(masked(canary.source, Disclosure()))
    assert not [trace for trace in canary.traces if trace in found]
    assert passes(json.dumps({"prompt": found}).encode())


def test_there_are_canaries_of_26_kinds_and_more():
    assert len({canary.kind for canary in CANARIES}) == len(CANARIES) >= 26


@pytest.mark.parametrize("canary", [one for one in CANARIES if one.path != "module.py"], ids=lambda canary: canary.kind)
def test_a_file_name_that_holds_a_secret_is_redacted(canary):
    assert not [trace for trace in canary.traces if trace in redacted(f"File: src/{canary.path}")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"x {TOKEN} y", "a token"),
        ("postgres://u:pw1@h/d", "a password in an address"),
        ("redis://:s@h", "a password in an address"),
        ("Authorization: Basic dXNlcjpwYXNz", "an authorization header"),
        ("authorization=q7Wv3ZkP0xT1", "an authorization header"),
        ("Bearer q7Wv3ZkP0x", "an authorization header"),
        ("password: hunter2!", "a password"),
        ("the api key is 'abc123'", "a password"),
        ("SECRET_KEY=4f8a_d9", "a password"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nabc", "a private key"),
        ("BEGIN PRIVATE KEY", "a private key"),
        ("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "a signed token"),
        ("4539 5787 6362 1486", "a card's number"),
        ("4539-5787-6362-1486", "a card's number"),
        (r"\x68\x75\x6e\x74\x65\x72", "a text in escapes"),
        (f"key{'xY9' * 6}", "a long random text"),
        ("https://hooks.slack.com/services/T0A/B0B/xyz", "a secret (Slack Token)"),
    ],
)
def test_what_is_secret_is_found(text, kind):
    found = secrets_in(text)
    assert kind in {secret.kind for secret in found}
    assert "<secret>" in redacted(text)
    assert not passes(json.dumps({"prompt": text}).encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "def password(self, token=None): return self.token or get_token(secret)",
        "secret = <str:12>; password='<str:7>', api_key=f'<str:3>{x}'",
        "token = self.next_token(); password = settings.DATABASE_PASSWORD_2",
        "Basic authentication with a bearer certificate, whose token is required.",
        "test_utf8_and_latin1_and_sha256_and_md5_digests assertIsInstance HTTPResponseParserError",
        "anthropic/claude-sonnet-4-20250514 Qwen3-235B-A22B-Thinking-2507-FP8 gpt-4o-mini-2024-07-18",
        "https://example.com:8080/path?x=1 and user@example.com",
        "-----BEGIN CERTIFICATE-----",
        "0000000000000000 1234567890123456 0x00000000",
        "2026-11-24T00:15:47.123456Z, /usr/lib/python3.11/site-packages/numpy/core2/tests",
        '{"type": "json_schema", "maxLength": 400, "additionalProperties": false}',
    ],
)
def test_what_is_no_secret_stays(text):
    assert secrets_in(text) == ()
    assert redacted(text) == text
    assert passes(json.dumps({"prompt": text}).encode())


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_random_texts_are_nearly_always_found(alphabet):
    signs, size = ALPHABETS[alphabet]
    source = random.Random(20)
    texts = ["".join(source.choices(signs, k=size)) for _ in range(500)]
    assert sum(redacted(f"the key {text} of it") == "the key <secret> of it" for text in texts) > 480


def test_secrets_that_meet_are_one():
    text = f"password: {TOKEN}@host"
    (found,) = secrets_in(text)
    assert text[found.start : found.end] == f"{TOKEN}@host"
    assert found == Secret(10, len(text), found.kind)
    assert redacted(f"{TOKEN}, {TOKEN}.") == "<secret>, <secret>."


def test_no_remark_in_a_text_switches_the_detector_off():
    for remark in ("pragma: allowlist secret", "pragma: allowlist nextline secret", "nosec", "gitleaks:allow", "noqa"):
        assert TOKEN not in redacted(f"# {remark}\nkey = {TOKEN}  # {remark}\n# {remark}")


def test_a_private_key_goes_up_to_its_end_and_an_open_one_as_a_whole():
    begin, end = "-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----"
    assert redacted(f"a {begin}\nxyz\n{end} b {begin} c") == "a <secret> b <secret>"


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"a": [{"b": f"x {TOKEN}"}]}).encode(),
        json.dumps({TOKEN: 1}).encode(),
        json.dumps({"a": "".join(f"\\u{ord(sign):04x}" for sign in TOKEN)}).encode(),
        ('{"a": "' + "".join(f"\\u{ord(sign):04x}" for sign in TOKEN) + '"}').encode(),
        b'{"a": "AK\\u0049AQ7XN4TZ2LK5WJ3HD", "a": "b"}',
        json.dumps({"a": "AK\\u0049AQ7XN4TZ2LK5WJ3HD"}).encode(),
        rb'{"a": "redis:\/\/:s@h"}',
        rb'{"a": "redis:\/\/:s@h", "a": "b"}',
        rb'{"redis:\/\/:s@h": [1, null]}',
        rb'{"a": "redis:\\x2f\\u002f:s@h"}',
        json.dumps({"a": "-----BEGIN PRIVATE KEY-----\nabc\n"}).encode(),
        f"no JSON {TOKEN}".encode(),
        f"\xff{TOKEN}".encode("latin-1"),
        b'{"a": ' + b"[" * 100_000 + f'"{TOKEN}"'.encode(),
        json.dumps({"a": 4539578763621486}).encode(),
    ],
)
def test_the_gate_reads_a_request_as_its_bytes_and_as_the_server_will(body):
    with pytest.raises(Refused) as caught:
        gate(body)
    assert "nothing was sent" in str(caught.value)
    assert TOKEN[4:] not in str(caught.value)


def test_the_gate_takes_an_ordinary_request():
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "def f(a):\n    return '<str:7>'\n"}]}
    gate(json.dumps(body).encode())


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "BEGIN PRIVATE KEY ",
            "BEGIN ",
            "eyJaaaaaaaa.",
            "sk-",
            "token" + " " * 50,
            "://a:",
            "1 ",
            "password=",
            "aws key ",
        ),
        *(
            "aB3",
            "xoxb-1-",
            "\\x41",
            "bearer ",
            "1234567890:",
            "glpat-",
            "AC0",
            " AKCaaaaaaaaaaa",
            "'",
            "\n",
            "[",
            '{"a":',
        ),
    ],
)
def test_hostile_texts_take_no_longer_than_others(piece):
    # 200 kB take a fifth of a second. One rule that took the square of a text's length would take minutes.
    secrets_in(piece * (200_000 // len(piece)))


def test_the_rules_of_detect_secrets_are_those_of_fourteen_services():
    rules = known_tokens()
    assert len({rule.kind for rule in rules}) == 14
    assert any([*rule.matches("AC" + "0a" * 16)] for rule in rules)


def test_the_oddity_of_words_is_small():
    assert oddity("readUtf8HTTPHeaders") == 2
    assert oddity("assertInstance") == oddity("snake_case_name") == oddity("MAX_VALUE") == 0
    assert oddity("kJ8fQ2xZr7TpW4") > 7


def test_cards_have_a_check_digit():
    assert is_card("4539578763621486")
    assert not is_card("4539578763621487")
    assert not is_card("0000000000000000")


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import sys, glossator.providers.redaction as r\n"
        "assert not {'detect_secrets', 'requests', 'httpx2'} & set(sys.modules)\n"
        "r.secrets_in('')\nassert 'detect_secrets' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
