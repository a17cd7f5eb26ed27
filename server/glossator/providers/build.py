"""From the settings of a provider to the provider."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from glossator.config.settings import ProviderSettings
from glossator.errors import ConfigError
from glossator.providers.anthropic import anthropic
from glossator.providers.asking import Dialect, Endpoint, Gate, HttpProvider
from glossator.providers.base import Price
from glossator.providers.http import BOUNDS, Bounds, Http, is_loopback
from glossator.providers.keys import Keys
from glossator.providers.ollama import ollama
from glossator.providers.openai import openai
from glossator.providers.prices import FREE, known_price
from glossator.providers.remembered import Endpoints, identity


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of provider has where the user says nothing.

    `tail` is what people add to an address that this kind's paths begin with themselves.
    """

    dialect: Callable[[], Dialect]
    endpoint: str
    model: str
    tail: str = ""


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        # A cheap model that does not think: thoughts are paid for, and a docstring needs few.
        "openai": Kind(openai, "https://api.openai.com/v1", "gpt-4.1-mini"),
        "anthropic": Kind(anthropic, "https://api.anthropic.com", "claude-haiku-4-5", "/v1"),
        "ollama": Kind(ollama, "http://127.0.0.1:11434", "qwen2.5-coder:0.5b", "/api"),
        # llama.cpp's server has one model, and heeds no name.
        "llamacpp": Kind(openai, "http://127.0.0.1:8080/v1", "default"),
    }
)


@dataclass(frozen=True, slots=True)
class Outside:
    """What providers share: the keys, what was learned of endpoints, and the gate that sees each request."""

    keys: Keys
    endpoints: Endpoints
    gate: Gate


def build(settings: ProviderSettings, outside: Outside, bounds: Bounds | None = None) -> HttpProvider:
    """A provider as the user set it; nothing is connected, read or imported before it is asked.

    Raises ConfigError for an address that cannot be used.
    """
    bounds = bounds or bounds_of(settings)
    kind = KINDS[settings.kind]
    address = endpoint_of(settings)
    model = settings.model or kind.model
    endpoint = Endpoint(
        name=settings.name,
        model=model,
        key=functools.partial(outside.keys.key, settings),
        price=price_of(settings),
        total_s=settings.timeout_s,
        identity=identity(settings.kind, address, model),
    )
    http = Http(address, bounds, trust_env=settings.trust_env)
    return HttpProvider(endpoint, kind.dialect(), http, outside.endpoints, outside.gate)


def bounds_of(settings: ProviderSettings) -> Bounds:
    """How long a provider may be silent: on this machine as long as it may take, since it loads a model and reads."""
    return BOUNDS if may_leave(settings) else replace(BOUNDS, idle_s=max(BOUNDS.idle_s, settings.timeout_s))


def endpoint_of(settings: ProviderSettings) -> str:
    """The address of a provider: the user's, else its kind's own. Raises ConfigError if it cannot be one."""
    kind = KINDS[settings.kind]
    address = (settings.endpoint or kind.endpoint).rstrip("/").removesuffix(kind.tail or "/")
    place = f"providers.{settings.name}.endpoint"
    try:
        parts = urlsplit(address)
        _ = parts.port  # looked at only now
    except ValueError:
        raise ConfigError(f"{place}: not an address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(f"{place}: expected an http or https address without a query")
    if parts.username is not None or parts.password is not None:
        raise ConfigError(f"{place}: an address must not hold a password; name its place as key_env or key_keyring")
    return address


def price_of(settings: ProviderSettings) -> Price | None:
    """What a provider costs: as the user says, else nothing on this machine, else as the table says; None: unknown."""
    address = endpoint_of(settings)
    known = FREE if is_loopback(address) else known_price(address, settings.model or KINDS[settings.kind].model)
    if settings.price_in is None and settings.price_out is None:
        return known
    base = known or FREE
    price_in = base.per_million_in if settings.price_in is None else settings.price_in
    price_out = base.per_million_out if settings.price_out is None else settings.price_out
    return Price(price_in, price_out)


def may_leave(settings: ProviderSettings) -> bool:
    """Whether what is sent to a provider may leave this machine: also where a proxy may stand in between."""
    return settings.trust_env or not is_loopback(endpoint_of(settings))
