"""What an answer that is none means: from status, headers and body to the errors of `errors.ProviderError`.

Nothing of what a server says stands in an error but its status and short code words: an answer may repeat the key or
the source that it was sent.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from glossator.errors import ProviderError, RateLimited, Refused, TimedOut, Unavailable
from glossator.providers.traits import words_in

# Words joined by underscores: nothing that a key could look like.
_CODE = re.compile(r"(?=.{3,40}$)[a-z]+(?:_[a-z]+)+")
_NO_MONEY: Final = (b"insufficient_quota", b"billing", b"credit balance", b"spend limit")
_TOO_LONG: Final = (
    b"context_length_exceeded",
    b"maximum context length",
    b"exceed_context_size",
    b"prompt is too long",
    b"context window",
)
_BUSY: Final = (503, 529)  # unavailable (RFC 9110), and Anthropic's "overloaded"
_NO_MODEL: Final = (b"model_not_found", b"invalid_model", b"model_not_available")


class NotUnderstood(Refused):
    """The server refused the form of a request; `said` are the words known to us that it blamed."""

    def __init__(self, message: str, said: frozenset[str] = frozenset()) -> None:
        """Keep the words, which are ours, and nothing else of what the server said."""
        super().__init__(message)
        self.said = said


def error_of(
    status: int, body: bytes, headers: Mapping[str, str] | None = None, known: frozenset[str] = frozenset()
) -> ProviderError:
    """The error for an answer with this status; `known` are the words that a refusal may blame."""
    said = f"HTTP {status}{_code_of(body)}"
    if status in (401, 403):
        return Refused(f"{said}: the key is missing, wrong, or may not do this", is_lasting=True)
    if status == 402 or (status < 500 and any(word in body for word in _NO_MONEY)):
        return Refused(f"{said}: the account has no money or quota left", is_lasting=True)
    if status == 404:
        return Refused(f"{said}: no such model or address; check `model` and `endpoint`", is_lasting=True)
    pause_s = retry_after(headers or {})
    if status == 429 or (status in _BUSY and pause_s is not None):
        return RateLimited(f"{said}: too many requests", pause_s)
    if status in (408, 504):
        return TimedOut(f"{said}: the server gave up")
    if status >= 500:
        return Unavailable(f"{said}: the server failed, or is still loading its model", is_busy=status in _BUSY)
    return _refusal(status, said, body, known)


def _refusal(status: int, said: str, body: bytes, known: frozenset[str]) -> Refused:
    if any(word in body for word in _TOO_LONG) or status == 413:
        return Refused(f"{said}: the question is longer than the model can read")
    if any(word in body for word in _NO_MODEL):
        return Refused(f"{said}: no such model; check `model`", is_lasting=True)
    if status in (400, 422):
        return NotUnderstood(f"{said}: the request was not understood", words_in(body, known))
    if 300 <= status < 400:
        return Refused(
            f"{said}: it points elsewhere, and redirects are not followed; set the final address", is_lasting=True
        )
    return Refused(f"{said}: the server refused")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that an answer asks to wait (as a number or a date); None where it does not say.

    Source: RFC 9110, section 10.2.3; `retry-after-ms` is OpenAI's.
    """
    value = headers.get("retry-after", "").strip()
    try:
        if milliseconds := headers.get("retry-after-ms", "").strip():
            seconds = float(milliseconds) / 1000
        else:
            seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _code_of(body: bytes) -> str:
    """The error's code word in an answer, in brackets; never its text."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = found.get("error", found) if isinstance(found, dict) else None
    if isinstance(error, dict):
        for name in ("code", "type"):
            if isinstance(word := error.get(name), str) and _CODE.fullmatch(word):
                return f" ({word})"
    return ""


_STATUS_OF_TYPE: Final[Mapping[str, int]] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "server_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}


def error_within(error: object, known: frozenset[str]) -> ProviderError:
    """The error for one that a server sends inside an answer that began well: a text, or an object.

    Without a status or a type that says otherwise, it counts as a failure of the server, which may pass.
    """
    status = 500
    if isinstance(error, dict):
        for name in ("code", "status", "status_code", "type"):
            value = error.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and 400 <= value < 600:
                status = value
                break
            if isinstance(value, str) and (value in _STATUS_OF_TYPE or value.isdecimal()):
                status = _STATUS_OF_TYPE.get(value) or _plausible(value)
                break
    return error_of(status, json.dumps({"error": error}).encode(), known=known)


def _plausible(digits: str) -> int:
    return int(digits) if len(digits) == 3 and 400 <= int(digits) < 600 else 500
