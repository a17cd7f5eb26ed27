"""The exception tree of Glossator.

    GlossatorError
    ├─ ConfigError            a setting is wrong; names the key and the place; the user can fix it
    ├─ SourceError            a file cannot be read, decoded or written, or an edit could not be proven harmless
    ├─ Superseded             the document moved on; ask again for the current text
    └─ ProviderError          a provider gave no usable answer
       ├─ Unavailable         connection refused, 5xx, breaker open; may work later; `is_reached` says if it answered
       ├─ TimedOut            no answer within the deadline; may work later
       ├─ RateLimited         too many requests; `retry_after_s` says when
       ├─ Refused             the key or the request is wrong; `is_lasting` says if all requests will be refused
       └─ InvalidReply        the reply is not what was asked for

Messages say what happened and what to try. They hold names, never secrets or source text.
"""

from __future__ import annotations


class GlossatorError(Exception):
    """An error that a user can read: what happened and what to do."""


class ConfigError(GlossatorError):
    """A setting is wrong; the message names the key and its place."""


class SourceError(GlossatorError):
    """A file cannot be read, decoded or written, or an edit to it was not proven harmless."""


class Superseded(GlossatorError):
    """The document changed since the question was asked."""


class ProviderError(GlossatorError):
    """A provider gave no usable answer; `usage` is what that took all the same (`providers.base.usage_in` reads it)."""

    usage: object = None


class Unavailable(ProviderError):
    """The provider cannot be reached now.

    `is_reached` is False where nobody was there (connection refused, no such host, bad certificate): what asks again
    within seconds finds nobody again. A server that said that it failed, or broke off, was reached; one that is busy
    said that it has too much to do.
    """

    def __init__(self, message: str, *, is_reached: bool = True, is_busy: bool = False) -> None:
        """Keep whether anybody answered, and whether that was for too much to do."""
        super().__init__(message)
        self.is_reached = is_reached
        self.is_busy = is_busy


class TimedOut(ProviderError):
    """The provider did not answer within the deadline."""


class RateLimited(ProviderError):
    """The provider asks for a pause of `retry_after_s` seconds (None: not said)."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        """Keep the pause that the provider asked for."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Refused(ProviderError):
    """The provider refused the key or the request; trying again does not help.

    `is_lasting` is True where it will refuse every request until a setting or the account changes (the key, what it may
    do, the money, the model, the address), and False where it refused this one alone.
    """

    def __init__(self, message: str, *, is_lasting: bool = False) -> None:
        """Keep whether other requests will be refused as well."""
        super().__init__(message)
        self.is_lasting = is_lasting


class InvalidReply(ProviderError):
    """The reply is not what was asked for."""
