"""What comes out of an answer: its text as it grows, the object in it, and what it cost."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from glossator.errors import InvalidReply
from glossator.providers.base import Price, Prompt, Usage, count_tokens

_THOUGHT: Final = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT_END: Final = re.compile(r"</(?:think|thinking|reasoning)>", re.IGNORECASE)
_MARK: Final = re.compile(r"</?(?:think|thinking|reasoning)>", re.IGNORECASE)
_LONGEST_MARK: Final = len("</reasoning>")
_HALF: Final = re.compile("[\ud800-\udbff]")
_START: Final = re.compile(r'\{\s*"')
_MAX_STARTS: Final = 50  # of objects in an answer; after so many braces it is no object in talk, but noise


class NoObject(InvalidReply):
    """A whole answer without the object that was asked for."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a server says that an answer took; None where it does not say.

    `tokens_in` counts all tokens read, `cached` of them found in the server's cache, `written` of them put there.
    """

    tokens_in: int | None = None
    tokens_out: int | None = None
    cached: int = 0
    written: int = 0
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """How a dialect bills: what reading from and writing to the server's cache costs, as parts of the full price."""

    cached: float = 1.0
    written: float = 1.0


FULL_PRICE: Final = Tariff()


def parsed(data: bytes) -> dict[str, Any]:
    """The JSON object in one event or line. Raises InvalidReply if it is none, or not UTF-8."""
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidReply("a piece of the answer is not JSON in UTF-8") from error
    if not isinstance(found, dict):
        raise InvalidReply("a piece of the answer is not a JSON object")
    return found


class Visible:
    """What of a growing answer belongs to its object: no thoughts, no talk and no fence before it.

    The longer the text, the longer the answer: it shrinks only where a thought turns out to have been one. What was
    looked at is not looked at again, unless a mark of a thought came.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._shown = ""
        self._half = ""  # the first half of a character whose second has not come
        self._seen = 0
        self._is_bare = False  # it began with the object, so that nothing in it is a thought
        self._has_begun = False
        self._is_thought = False

    def of(self, text: str) -> str:
        """What is visible of the text, which has grown since it was last given."""
        seen, self._seen = self._seen, len(text)
        has_mark = not self._is_bare and _MARK.search(text, max(0, seen - _LONGEST_MARK)) is not None
        if self._has_begun and not has_mark:
            self._show(text[seen:])
        elif has_mark or (not self._is_thought and _may_start(text, seen)):
            self._begin(text)
        return self._shown

    def _begin(self, text: str) -> None:
        """Look at all of it."""
        rest = _without_thoughts(text)
        self._is_bare = text.lstrip().startswith("{")
        self._is_thought = not self._is_bare and _ends_in_thought(text)
        start = _START.search(rest)  # a brace with no key after it is talk
        self._has_begun = start is not None and not self._is_thought
        self._shown = self._half = ""
        self._show(rest[start.start() :] if start else "")

    def _show(self, more: str) -> None:
        more = self._half + more
        self._half = more[-1] if more and _HALF.match(more[-1]) else ""
        self._shown += _scalar(more)


def _may_start(text: str, seen: int) -> bool:
    """Whether an object may begin in what is new of a text; its brace may have come before."""
    brace = text.rfind("{", 0, seen)
    return _START.search(text, brace if brace >= 0 else seen) is not None


def whole_object(text: str) -> str:
    """The JSON object of a whole answer, out of thoughts, fences and talk.

    Raises NoObject if there is none, and InvalidReply if there is nothing at all, which says nothing of the server.
    """
    rest = _without_thoughts(text)
    if not rest.strip():
        raise InvalidReply("the answer is empty")
    decoder = json.JSONDecoder()
    for found in itertools.islice(re.finditer(r"\{", rest), _MAX_STARTS):
        before = rest[: found.start()]
        if before.count("{") > before.count("}"):
            break  # an inner object of a broken outer one is not the answer
        with contextlib.suppress(ValueError, RecursionError):
            value, end = decoder.raw_decode(rest, found.start())
            _merged(json.dumps(value, ensure_ascii=False))
            return _merged(rest[found.start() : end])
    raise NoObject("the answer holds no JSON object")


def _without_thoughts(text: str) -> str:
    rest = text.lstrip()
    if rest.startswith("{"):
        return rest
    rest = _THOUGHT.sub("", rest)
    # Some templates open the thought themselves, so that only its end is in the answer.
    return _THOUGHT_END.split(rest)[-1]


def _ends_in_thought(text: str) -> bool:
    """Whether a thought is open at the end."""
    found = list(_THOUGHT.finditer(text))
    if not found:
        return False
    last = found[-1]
    return last.end() == len(text) and not last[0].lower().endswith(f"</{last[1].lower()}>")


def _merged(text: str) -> str:
    """A text with characters whole that escapes in two pieces had cut. Raises NoObject if one stays cut."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError as error:
        raise NoObject("the answer holds half a character") from error


def _scalar(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def usage_of(prompt: Prompt, text: str, counts: Counts, price: Price | None, tariff: Tariff) -> Usage:
    """What an answer cost: as the server says, else as we count."""
    tokens_in = prompt.tokens if counts.tokens_in is None else counts.tokens_in
    tokens_out = count_tokens(text) if counts.tokens_out is None else counts.tokens_out
    cost = counts.cost
    if cost is None and price is not None:
        plain = max(0, tokens_in - counts.cached - counts.written)
        billed = plain + counts.cached * tariff.cached + counts.written * tariff.written
        cost = price.of(math.ceil(billed), tokens_out)
    return Usage(tokens_in, tokens_out, counts.cached, cost or 0.0, 1, int(cost is None))


def whole_number(found: Mapping[str, Any], name: str) -> int | None:
    """A count that a server gives; None where it gives none, or nonsense."""
    value = found.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return value
    return None


def amount(found: Mapping[str, Any], name: str) -> float | None:
    """An amount of money that a server gives; None where it gives none, or nonsense."""
    value = found.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6:
        return float(value)
    return None
