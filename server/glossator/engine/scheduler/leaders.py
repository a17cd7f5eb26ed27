"""Requests that begin alike: one goes ahead until the server has read what they share, then the others go together.

Worth it where a server takes less, or is quicker, for a beginning that it has read before.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from glossator.providers.base import count_tokens

if TYPE_CHECKING:
    from glossator.engine.requests import Request

# Both count in tokens what they find again, and not less than this. Source: the vendors' pages on prompt caching.
MIN_LEADING_TOKENS: Final = 1024
WARM_S: Final = 270.0  # a server forgets a prefix after five minutes
MAX_WARM: Final = 1000

Group = tuple[str, ...]


def group_of(request: Request) -> Group:
    """What a request's prompt has in common with those of its class and file."""
    prompt = request.question.prompt
    return (prompt.instructions, *prompt.parts[:-1])


class Leaders:
    """The groups whose leader is being read, and those that were read lately."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self.held: set[Group] = set()
        self._warm: OrderedDict[Group, float] = OrderedDict()

    def sent(self, request: Request, group: Group, now: float) -> bool:
        """A request of a group is asked; whether the others of it have to wait for it."""
        if group in self.held:
            return False
        if self._warm.get(group, 0.0) > now:
            self._keep_warm(group, now)  # it was read again
            return False
        examples = request.question.prompt.examples
        leading = (*group, *(text for pair in examples for text in pair))
        if sum(map(count_tokens, leading)) < MIN_LEADING_TOKENS:
            return False
        self.held.add(group)
        return True

    def read(self, group: Group, now: float) -> bool:
        """An answer begins, so that the leader was read; whether that lets others go."""
        if group not in self.held:
            return False
        self.held.discard(group)
        self._keep_warm(group, now)
        return True

    def lost(self, group: Group) -> None:
        """The leader was not read: it failed, or nobody wants it any more. The next one leads."""
        self.held.discard(group)

    def _keep_warm(self, group: Group, now: float) -> None:
        self._warm[group] = now + WARM_S
        self._warm.move_to_end(group)
        if len(self._warm) > MAX_WARM:
            self._warm.popitem(last=False)
