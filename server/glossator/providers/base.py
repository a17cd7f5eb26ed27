"""What a provider is asked and what it answers: the words that all of them share.

    Prompt -> Provider.complete -> Reply

The embedded provider needs none of this: it knows no prompts, and cannot fail. A provider raises the errors of
`errors.ProviderError` and no others, closes its connection when the task that waits for it is cancelled, and gives only
whole replies: one that was cut off is an `InvalidReply`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from glossator.errors import ProviderError

# Bytes of English and code that make a token, for texts that nobody counted; tokenizers differ by a fifth.
TOKEN_BYTES: Final = 3.6

Heard = Callable[[str], None]
"""Hears a reply as it grows: the whole text so far, each time. A shorter one than before means a new start."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question; what lives longest comes first, so that a server's prefix cache finds it again.

    `instructions` and `examples` are equal for all symbols of a project, `parts` go from the file to the symbol; each
    part's end is a place up to which a later prompt may be equal. `schema` is the JSON schema of the answer (an object
    whose properties are strings). `max_tokens` bounds the answer.
    """

    instructions: str
    examples: tuple[tuple[str, str], ...]
    parts: tuple[str, ...]
    schema: Mapping[str, object]
    max_tokens: int

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is sent as text, in order."""
        return (self.instructions, *(text for pair in self.examples for text in pair), *self.parts)

    @property
    def tokens(self) -> int:
        """About how many tokens the question has."""
        return sum(map(count_tokens, self.texts))


@dataclass(frozen=True, slots=True)
class Usage:
    """What calls have cost: tokens read (`cached` of them found in the server's cache), tokens written, money, calls.

    `unpriced` of the calls had a price that nobody knows; `cost` is then only what the others have cost.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    cached: int = 0
    cost: float = 0.0
    calls: int = 0
    unpriced: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cached + other.cached,
            self.cost + other.cost,
            self.calls + other.calls,
            self.unpriced + other.unpriced,
        )

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.tokens_in + self.tokens_out


NO_USAGE: Final = Usage()


def usage_in(error: ProviderError) -> Usage:
    """What was paid for without getting an answer; nothing where nobody said."""
    return error.usage if isinstance(error.usage, Usage) else NO_USAGE


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: its text, the name of the provider that gave it, and what it cost."""

    text: str
    provider: str
    usage: Usage = NO_USAGE


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, read and written; the currency is the user's."""

    per_million_in: float = 0.0
    per_million_out: float = 0.0

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """What so many tokens cost."""
        return (tokens_in * self.per_million_in + tokens_out * self.per_million_out) / 1e6


class Provider(Protocol):
    """What fills prose fields by being asked."""

    @property
    def name(self) -> str:
        """The name that the user gave it; drafts say it as their origin."""

    async def complete(self, prompt: Prompt, heard: Heard) -> Reply:
        """The answer to a prompt, as a text; `heard` hears it grow. Raises ProviderError."""

    async def aclose(self) -> None:
        """Close its connections; what is in flight fails."""


def silent(_text: str) -> None:
    """Hear nothing."""


def count_tokens(text: str) -> int:
    """About how many tokens a text has, for providers that do not say."""
    return int(len(text.encode("utf-8", "replace")) / TOKEN_BYTES) + 1
