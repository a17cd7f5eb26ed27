"""From settings to providers: addresses, models, prices, and what is imported when."""

import subprocess
import sys

import pytest
from asked import outside

from glossator.config.keys import PROVIDER_KEYS
from glossator.config.settings import ProviderSettings
from glossator.errors import ConfigError
from glossator.providers.base import Price
from glossator.providers.build import KINDS, bounds_of, build, endpoint_of, price_of
from glossator.providers.http import is_loopback
from glossator.providers.prices import FREE, known_price


def settings(kind="openai", **members):
    return ProviderSettings("mine", kind, **members)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_works_without_an_address_and_a_model(kind):
    provider = build(settings(kind), outside())
    assert provider.name == "mine"
    assert provider.model
    assert provider.is_loopback == (kind in ("ollama", "llamacpp"))


@pytest.mark.parametrize(
    ("kind", "members", "idle_s"),
    [
        ("ollama", {"timeout_s": 120.0}, 120.0),
        ("ollama", {"timeout_s": 5.0}, 20.0),
        ("ollama", {"timeout_s": 120.0, "trust_env": True}, 20.0),
        ("openai", {"timeout_s": 120.0}, 20.0),
    ],
)
def test_a_server_of_this_machine_may_be_silent_while_it_loads_its_model(kind, members, idle_s):
    assert bounds_of(settings(kind, **members)).idle_s == idle_s


def test_every_kind_that_can_be_set_can_be_built():
    for kind in KINDS:
        PROVIDER_KEYS["kind"].check(kind)
    with pytest.raises(ValueError, match=", ".join(KINDS)):
        PROVIDER_KEYS["kind"].check("other")


@pytest.mark.parametrize(
    ("kind", "endpoint", "wanted"),
    [
        ("openai", "http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1"),
        ("anthropic", "https://gateway.example/v1", "https://gateway.example"),
        ("ollama", "http://127.0.0.1:11434/api/", "http://127.0.0.1:11434"),
    ],
)
def test_addresses_are_taken_as_people_write_them(kind, endpoint, wanted):
    assert endpoint_of(settings(kind, endpoint=endpoint)) == wanted


@pytest.mark.parametrize(
    "endpoint",
    ["https://me:pass@x.example/v1", "http://:99999/v1", "http://x.example:99999", "https://x.example/v1?key=1",
     "https:///v1", "https://[::1/v1", "ftp://x.example"],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_named_and_not_repeated(endpoint):
    with pytest.raises(ConfigError, match=r"providers\.mine\.endpoint") as caught:
        build(settings(endpoint=endpoint), outside())
    assert "pass@" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("endpoint", "loopback"),
    [
        ("http://127.0.0.1:1/v1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:1", True),
        ("http://LOCALHOST:1", True),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://0.0.0.0:1", False),
        ("http://192.168.0.1", False),
        ("http://models.localhost", False),
        ("http://127.0.0.1@other.example", False),
        ("http://other.example/127.0.0.1", False),
    ],
)
def test_only_this_machine_is_loopback(endpoint, loopback):
    assert is_loopback(endpoint) is loopback


@pytest.mark.parametrize(
    ("members", "price"),
    [
        ({"model": "gpt-4o-mini"}, Price(0.15, 0.6)),
        ({"model": "gpt-4o-mini-2024-07-18"}, Price(0.15, 0.6)),
        ({"kind": "anthropic", "model": "claude-haiku-4-5-20251001"}, Price(1, 5)),
        ({"model": "gpt-99"}, None),
        ({"model": "gpt-4o-mini", "endpoint": "https://gateway.example/v1"}, None),
        ({"kind": "ollama"}, FREE),
        ({"endpoint": "http://127.0.0.1:1/v1", "price_out": 2.0}, Price(0, 2)),
        ({"model": "gpt-4o-mini", "price_in": 9.0}, Price(9, 0.6)),
        ({"model": "gpt-99", "price_in": 0.0, "price_out": 0.0}, FREE),
    ],
)
def test_a_price_is_the_users_else_the_tables_else_unknown(members, price):
    assert price_of(settings(**members)) == price


def test_the_models_that_are_taken_by_default_have_known_prices():
    for kind in ("openai", "anthropic"):
        assert known_price(KINDS[kind].endpoint, KINDS[kind].model)


def test_a_server_that_starts_imports_no_http_client_and_no_keyring():
    heavy = ("httpx2", "keyring", "stamina", "detect_secrets", "xllamacpp")
    code = (
        "import sys, glossator.lsp.server, glossator.documenter, glossator.providers.base\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_building_a_provider_imports_no_keyring():
    code = "import sys, glossator.providers.build\nprint('keyring' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
