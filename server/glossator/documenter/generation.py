"""Who writes prose fields when it is not the embedded provider alone: made from the settings, asked for one symbol at a time.

This is where providers, privacy and prompts meet: what a provider may see follows from where it runs (`framing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from glossator.config import Settings
from glossator.engine.answers import Answer
from glossator.engine.prompts import Framing
from glossator.engine.requests import Request
from glossator.model import Disclosure
from glossator.providers.base import Price, Provider, count_tokens
from glossator.syntax.masking import masked
from glossator.workspace.index import Neighbourhood

if TYPE_CHECKING:
    from glossator.engine.filling import Seen

EMBEDDED: Final = "embedded"
LOCAL_TOKENS: Final = 1200  # of code in a prompt for this machine's own models, whose reading takes its time
REMOTE_TOKENS: Final = 3000
ANSWER_SHARE: Final = 0.3  # of the bound on an answer's tokens that answers take, measured on 200 functions


@dataclass(frozen=True, slots=True)
class Estimate:
    """What filling requests will take: symbols, tokens read and written, and money (None: the price is not known)."""

    symbols: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    def __add__(self, other: Estimate) -> Estimate:
        """Both together."""
        return Estimate(
            self.symbols + other.symbols, self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out
        )

    def cost(self, price: Price) -> float:
        """About what it costs."""
        return price.of(self.tokens_in, self.tokens_out)


def estimate_of(requests: Iterable[Request]) -> Estimate:
    """About what it takes to fill these requests."""
    total = Estimate()
    for request in requests:
        prompt = request.question.prompt
        total += Estimate(1, prompt.tokens, int(ANSWER_SHARE * prompt.max_tokens))
    return total
