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
    """A request: when it was sent, the tokens that it took, or is to take; 0 `requests` if it was none after all."""

    at: float
    tokens: int
    requests: int = 1
    is_counted: bool = False


class Pace:
    """What was sent in the last minute, against what may be; None means any number."""

    def __init__(self, requests: int | None = None, tokens: int | None = None) -> None:
        """Begin with nothing sent."""
        self._requests = requests
        self._most_tokens = tokens
        self._sent: deque[Sent] = deque()
        self._count = self._tokens = 0

    @property
    def is_bounded(self) -> bool:
        """Whether there is any bound."""
        return self._requests is not None or self._most_tokens is not None

    def wait_s(self, now: float, tokens: int) -> float:
        """Seconds until a request of so many tokens may be sent; 0 for now.

        One that alone takes more than a minute may have is sent when nothing else was.
        """
        self._forget(now)
        count, total, until = self._count, self._tokens, now
        for sent in self._sent:
            if self._fits(count, total, tokens):
                break
            count, total, until = count - sent.requests, total - sent.tokens, sent.at + WINDOW_S
        return until - now

    def holds(self, tokens: int) -> bool:
        """Whether a minute may have a request of so many tokens, with those that were sent in the last one."""
        return self._most_tokens is None or self._tokens + tokens <= self._most_tokens

    def send(self, now: float, tokens: int) -> Sent:
        """Count a request."""
        sent = Sent(now, tokens)
        if self.is_bounded:
            sent.is_counted = True
            self._sent.append(sent)
            self._count += 1
            self._tokens += tokens
        return sent

    def took(self, now: float, sent: Sent, tokens: int, requests: int = 1) -> None:
        """Count what a request has taken in the place of what it was to take.

        `requests` are those that were made of it: more than one where some were tried again, none where nobody was
        asked.
        """
        made = min(requests, 1)
        if sent.is_counted:
            self._count += made - sent.requests
            self._tokens += tokens - sent.tokens
        sent.tokens, sent.requests = tokens, made
        for _ in range(requests - 1):
            self.send(now, 0)

    def _fits(self, count: int, total: int, tokens: int) -> bool:
        is_free = self._requests is None or count < self._requests
        return is_free and (self._most_tokens is None or not count or total + tokens <= self._most_tokens)

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0].at + WINDOW_S <= now:
            sent = self._sent.popleft()
            sent.is_counted = False
            self._count -= sent.requests
            self._tokens -= sent.tokens
