"""What may be spent in a day, by all processes of a user together, and in one workspace: money and tokens.

When it is spent, nobody is asked any more until the next day, and the embedded provider writes on. While requests in
flight are expected to take what is left the next one waits for them, so that a thousand at once do not go over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from glossator.config import BudgetSettings


class Spent(NamedTuple):
    """Money and tokens."""

    cost: float = 0.0
    tokens: int = 0

    def plus(self, other: Spent) -> Spent:
        """Both together."""
        return Spent(self.cost + other.cost, self.tokens + other.tokens)


class Ledger(Protocol):
    """Where it is written down what was spent; it never raises."""

    def today(self, workspace: str) -> tuple[Spent, Spent]:
        """What was spent today: by all of the user's workspaces, and by this one."""

    def add(self, spent: Spent, workspace: str) -> None:
        """Write down what was spent just now in a workspace."""


NOTHING: Final = Spent()


@dataclass(slots=True)
class Budget:
    """What may be spent, what was, and what is expected of requests in flight."""

    settings: BudgetSettings
    ledger: Ledger
    pledged: Spent = NOTHING

    @property
    def is_bounded(self) -> bool:
        """Whether there is any bound."""
        settings = self.settings
        bounds = (
            settings.cost_per_day,
            settings.tokens_per_day,
            settings.workspace_cost_per_day,
            settings.workspace_tokens_per_day,
        )
        return any(bound is not None for bound in bounds)

    def objection(self, workspace: str) -> str:
        """Why nobody is asked any more today for a workspace; "" as long as somebody is."""
        found = self._reached(workspace, NOTHING)
        if found is None:
            return ""
        name, bound = found
        return f"today's budget is spent (budget.{name} = {bound:.15g}): the embedded provider goes on"

    def is_pledged(self, workspace: str) -> bool:
        """Whether what is in flight is expected to take the rest; once it has ended there may be some left."""
        return self._reached(workspace, self.pledged) is not None

    def _reached(self, workspace: str, pledged: Spent) -> tuple[str, float] | None:
        """The first bound that is reached, with its name."""
        if not self.is_bounded:
            return None
        settings = self.settings
        everywhere, here = (one.plus(pledged) for one in self.ledger.today(workspace))
        bounds = (
            ("cost_per_day", everywhere.cost, settings.cost_per_day),
            ("tokens_per_day", everywhere.tokens, settings.tokens_per_day),
            ("workspace_cost_per_day", here.cost, settings.workspace_cost_per_day),
            ("workspace_tokens_per_day", here.tokens, settings.workspace_tokens_per_day),
        )
        return next(((name, bound) for name, spent, bound in bounds if bound is not None and spent >= bound), None)

    def pledge(self, expected: Spent) -> None:
        """Count what a request is expected to take."""
        self.pledged = self.pledged.plus(expected)

    def settle(self, expected: Spent, spent: Spent, workspace: str) -> None:
        """Count what it took in the place of that."""
        self.pledged = self.pledged.plus(Spent(-expected.cost, -expected.tokens))
        if spent != NOTHING:
            self.ledger.add(spent, workspace)
