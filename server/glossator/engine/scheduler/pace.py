"""How many requests and tokens a minute may have: a window that slides, so that no sixty seconds have more.

A pure data structure: it is told the time. What a request will take is an estimate, put right once it has ended.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

WINDOW_S: Final = 60.0


@dataclass(eq=False, slots=True)
class Sent:
    """A request that counts: when it was sent, and the tokens that it took, or is to take."""

    at: float
    tokens: int


class Pace:
    """What was sent in the last minute, against what may be; None means any number."""

    def __init__(self, requests: int | None = None, tokens: int | None = None) -> None:
        """Begin with nothing sent."""
        self._requests = requests
        self._most_tokens = tokens
        self._sent: deque[Sent] = deque()
        self._tokens = 0

    @property
    def is_bounded(self) -> bool:
        """Whether there is any bound."""
        return self._requests is not None or self._most_tokens is not None

    def wait_s(self, now: float, tokens: int) -> float:
        """Seconds until a request of so many tokens may be sent; 0 for now.

        One that alone takes more than a minute may have is sent when nothing else was.
        """
        self._forget(now)
        count, total = len(self._sent), self._tokens
        for sent in self._sent:
            if self._fits(count, total, tokens):
                break
            count, total = count - 1, total - sent.tokens
        left = len(self._sent) - count
        return self._sent[left - 1].at + WINDOW_S - now if left else 0.0

    def send(self, now: float, tokens: int) -> Sent:
        """Count a request."""
        sent = Sent(now, tokens)
        if self.is_bounded:
            self._sent.append(sent)
            self._tokens += tokens
        return sent

    def correct(self, sent: Sent, tokens: int) -> None:
        """Count what a request has taken in the place of what it was to take."""
        if sent in self._sent:
            self._tokens += tokens - sent.tokens
        sent.tokens = tokens

    def _fits(self, count: int, total: int, tokens: int) -> bool:
        is_free = self._requests is None or count < self._requests
        return is_free and (self._most_tokens is None or not count or total + tokens <= self._most_tokens)

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0].at + WINDOW_S <= now:
            self._tokens -= self._sent.popleft().tokens
