"""What well-known models cost, for those who set no price of their own.

US dollars per million tokens, read and written, at the providers' own addresses. Source: the data of
https://www.llm-prices.com (github.com/simonw/llm-prices, data/openai.json and data/anthropic.json), which is kept from
https://developers.openai.com/api/docs/pricing and https://platform.claude.com/docs/en/about-claude/pricing; read on
2026-11-24. Prices change: `price_in` and `price_out` override the table, and a model that is not in it has no known
price, which is another thing than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from glossator.providers.base import Price

FREE: Final = Price()

_OPENAI: Final[Mapping[str, Price]] = MappingProxyType(
    {
        "gpt-4o": Price(2.5, 10),
        "gpt-4o-mini": Price(0.15, 0.6),
        "gpt-4.1": Price(2, 8),
        "gpt-4.1-mini": Price(0.4, 1.6),
        "gpt-4.1-nano": Price(0.1, 0.4),
        "gpt-5": Price(1.25, 10),
        "gpt-5-mini": Price(0.25, 2),
        "gpt-5-nano": Price(0.05, 0.4),
        "gpt-5.1": Price(1.25, 10),
        "gpt-5.2": Price(1.75, 14),
        "gpt-5.4": Price(2.5, 15),
        "gpt-5.4-mini": Price(0.75, 4.5),
        "gpt-5.4-nano": Price(0.2, 1.25),
        "gpt-5.5": Price(5, 30),
    }
)
_ANTHROPIC: Final[Mapping[str, Price]] = MappingProxyType(
    {
        "claude-3-5-haiku": Price(0.8, 4),
        "claude-haiku-4-5": Price(1, 5),
        "claude-sonnet-4": Price(3, 15),
        "claude-sonnet-4-5": Price(3, 15),
        "claude-sonnet-5": Price(2, 10),
        "claude-sonnet-5-5": Price(2, 10),
        "claude-opus-4-5": Price(5, 25),
        "claude-opus-4-6": Price(5, 25),
        "claude-opus-4-7": Price(5, 25),
        "claude-opus-4-8": Price(5, 25),
        "claude-opus-5": Price(5, 25),
        "claude-opus-5-5": Price(4, 20),
    }
)
_TABLES: Final[Mapping[str, Mapping[str, Price]]] = MappingProxyType(
    {"api.openai.com": _OPENAI, "api.anthropic.com": _ANTHROPIC}
)


def known_price(endpoint: str, model: str) -> Price | None:
    """What a model costs at its maker's own address; None where the table does not say.

    Dated names (`gpt-4o-mini-2024-07-18`, `claude-haiku-4-5-20251001`) cost what their undated ones do.
    """
    table = _TABLES.get(urlsplit(endpoint).hostname or "", {})
    return table.get(model) or table.get(_undated(model))


def _undated(model: str) -> str:
    words = model.split("-")
    for count in (1, 3):  # 20251001, 2024-07-18
        if "".join(words[-count:]).isdecimal() and len("".join(words[-count:])) == 8:
            return "-".join(words[:-count])
    return model
