"""Every key that can be set: what its value must be, and who may set it."""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, cast

Check = Callable[[object], object]

STYLES: Final = ("auto", "google", "numpy", "sphinx", "epytext")
MODEL_NAME: Final = r"[a-z0-9][a-z0-9._-]{0,63}"  # also the name of a file
EMBEDDED: Final = "embedded"
LOCAL: Final = "local"
BUILT_IN_PROVIDERS: Final = (EMBEDDED, LOCAL)


class Reach(enum.IntEnum):
    """The least trusted place that may set a key; more trusted places may, too."""

    USER = 0  # the user file, the environment and flags
    EDITOR = 1  # the editor's settings, which a folder's own editor settings may have shaped
    WORKSPACE = 2  # files that come with somebody's code


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `check` converts a value or raises ValueError saying what was expected."""

    check: Check
    reach: Reach = Reach.USER


def choice(*words: str) -> Check:
    """A check for one of `words`."""

    def check(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise ValueError(f"expected one of {', '.join(words)}")

    return check


def integer(low: int, high: int) -> Check:
    """A check for an integer from `low` to `high`, both included."""

    def check(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        raise ValueError(f"expected an integer from {low} to {high}")

    return check


def number(low: float, high: float = math.inf) -> Check:
    """A check for a number from `low` to `high`, both included."""

    def check(value: object) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        top = "" if high == math.inf else f" and at most {high:g}"
        raise ValueError(f"expected a number of at least {low:g}{top}")

    return check


def text(pattern: str, expected: str) -> Check:
    """A check for a string that matches `pattern` as a whole; `expected` says so in words."""

    def check(value: object) -> str:
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        raise ValueError(f"expected {expected}")

    return check


def texts(pattern: str, expected: str) -> Check:
    """A check for a list of strings that each match `pattern`."""

    def check(value: object) -> tuple[str, ...]:
        if isinstance(value, list | tuple) and all(isinstance(v, str) and re.fullmatch(pattern, v) for v in value):
            return tuple(value)
        raise ValueError(f"expected a list of {expected}")

    return check


def boolean(value: object) -> bool:
    """Check for true or false."""
    if isinstance(value, bool):
        return value
    raise ValueError("expected true or false")


def names(value: object) -> tuple[str, ...]:
    """Check for one name or a list of names."""
    values = (value,) if isinstance(value, str) else value
    if isinstance(values, list | tuple) and values and all(isinstance(v, str) and v.strip() for v in values):
        return tuple(v.strip() for v in values)
    raise ValueError("expected a name or a list of names")


def loopback(value: object) -> str:
    """Check for HOST:PORT, the host being this machine; "" for none."""
    expected = 'expected an address of this machine, such as "127.0.0.1:9464"'
    if not isinstance(value, str):
        raise ValueError(expected)
    host, _, port = value.rpartition(":")
    is_port = port.isascii() and port.isdecimal() and len(port) <= 5 and int(port) < 1 << 16
    if value and not (is_port and _is_loopback(host.removeprefix("[").removesuffix("]"))):
        raise ValueError(expected)
    return value


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address  # nobody but who sets an address pays for it

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def codes_by_pattern(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Check for a table of file patterns with codes; as pairs, since settings are compared and kept by value."""
    if not isinstance(value, dict):
        raise ValueError("expected a table of file patterns with codes")
    return tuple((pattern, _codes_of(pattern, codes)) for pattern, codes in value.items())


def _codes_of(pattern: object, codes: object) -> tuple[str, ...]:
    try:
        PATTERNS((pattern,))
        return cast("tuple[str, ...]", CODES(codes))
    except ValueError as error:
        raise ValueError(f"{error} at {pattern!r}") from None


PATTERNS: Final = texts(r"[^\0\n]+", "file patterns as in .gitignore")
CODES: Final = texts(r"GLS\d{0,3}", "codes or beginnings of codes, such as GLS2")
WORD: Final = text(r"\S+", "a word without spaces")
LINE: Final = text(r"[^\0\n]+", "a text on one line")

KEYS: Final[Mapping[str, Key]] = MappingProxyType(
    {
        "provider": Key(names, Reach.EDITOR),
        "style": Key(choice(*STYLES), Reach.WORKSPACE),
        "line_length": Key(integer(20, 1000), Reach.WORKSPACE),
        "language": Key(text(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", 'a language tag, such as "en"'), Reach.WORKSPACE),
        "init": Key(choice("class", "method"), Reach.WORKSPACE),
        "inherit": Key(boolean, Reach.WORKSPACE),
        "hover_generates": Key(boolean, Reach.EDITOR),
        "code_lens": Key(boolean, Reach.EDITOR),
        "inline_completion": Key(boolean, Reach.EDITOR),
        "templates": Key(boolean, Reach.EDITOR),
        "mode": Key(choice("auto", "baseline", "standard", "enhanced", "performance"), Reach.EDITOR),
        "include": Key(PATTERNS, Reach.WORKSPACE),
        "exclude": Key(PATTERNS, Reach.WORKSPACE),
        "select": Key(CODES, Reach.WORKSPACE),
        "ignore": Key(CODES, Reach.WORKSPACE),
        "per_file_ignores": Key(codes_by_pattern, Reach.WORKSPACE),
        "min_coverage": Key(number(0, 100), Reach.WORKSPACE),
        "max_files": Key(integer(1, 10**9), Reach.EDITOR),
        "max_file_kb": Key(integer(1, 10**6), Reach.EDITOR),
        "log": Key(choice("debug", "info", "warning", "error"), Reach.EDITOR),
        "cache.folder": Key(LINE),
        "cache.size_mb": Key(integer(1, 10**6)),
        "cache.shared": Key(text(r"(rediss?|unix)://\S+", "an address such as redis://host:6379/0")),
        "cache.shared_key_env": Key(WORD),
        "cache.ttl_days": Key(integer(1, 36_500)),
        "cache.similarity_threshold": Key(number(0, 1)),
        "cache.examples": Key(boolean),
        "cache.index": Key(choice("words", "semantic", "gpu")),
        "budget.cost_per_day": Key(number(0)),
        "budget.tokens_per_day": Key(integer(0, 10**15)),
        "budget.workspace_cost_per_day": Key(number(0)),
        "budget.workspace_tokens_per_day": Key(integer(0, 10**15)),
        "budget.requests_per_minute": Key(integer(1, 10**6)),
        "budget.tokens_per_minute": Key(integer(1, 10**12)),
        "pool.policy": Key(choice("order", "latency", "least", "weight", "cost")),
        "pool.hedge": Key(boolean),
        "pool.pack": Key(integer(1, 32)),
        "privacy.literals": Key(boolean),
        "privacy.comments": Key(boolean),
        "privacy.exclude": Key(PATTERNS),
        "local.model": Key(text(MODEL_NAME, "a name of `glossator model list`")),
        "local.idle_s": Key(number(1, 86_400)),
        "local.threads": Key(integer(1, 1024)),
        "local.context_tokens": Key(integer(1024, 131_072)),
        "pages.templates": Key(LINE, Reach.WORKSPACE),
        "monitor.prometheus": Key(loopback),
        "monitor.slow_ms": Key(integer(1, 10**9)),
    }
)

PROVIDER_KEYS: Final[Mapping[str, Key]] = MappingProxyType(
    {
        "kind": Key(choice("openai", "anthropic", "ollama", "llamacpp")),
        "endpoint": Key(text(r"https?://\S+", "an http or https address")),
        "model": Key(LINE),
        "key_env": Key(text(r"[A-Za-z_][A-Za-z0-9_]*", "the name of an environment variable, never the key itself")),
        "key_keyring": Key(LINE),
        "concurrency": Key(integer(1, 1000)),
        "max_concurrency": Key(integer(1, 1000)),
        "timeout_s": Key(number(0.001, 86_400)),
        "price_in": Key(number(0)),
        "price_out": Key(number(0)),
        "weight": Key(number(0)),
        "trust_env": Key(boolean),
        "exam": Key(boolean),
    }
)
