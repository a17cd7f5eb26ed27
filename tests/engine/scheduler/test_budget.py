import pytest

from glossator.config.settings import BudgetSettings
from glossator.engine.filling import ALL_SPENT, Trust
from glossator.engine.scheduler.budget import Budget, Spent


class Noted:
    """A ledger in memory."""

    def __init__(self):
        self.spent = {}
        self.looked = 0

    def today(self, workspace):
        self.looked += 1
        both = Spent(sum(one.cost for one in self.spent.values()), sum(one.tokens for one in self.spent.values()))
        return both, self.spent.get(workspace, Spent())

    def add(self, spent, workspace):
        self.spent[workspace] = self.spent.get(workspace, Spent()).plus(spent)


def budget_of(**settings):
    return Budget(BudgetSettings(**settings), Noted())


def test_without_bounds_nobody_looks():
    budget = budget_of(requests_per_minute=1)
    budget.settle(Spent(), Spent(1e9, 10**15), "w")
    assert budget.objection("w") == ""
    assert not budget.is_pledged("w")
    assert budget.ledger.looked == 0


@pytest.mark.parametrize(
    ("name", "bound", "said"),
    [
        ("cost_per_day", 0.25, "budget.cost_per_day = 0.25"),
        ("tokens_per_day", 1_500_000, "budget.tokens_per_day = 1500000"),
        ("workspace_cost_per_day", 0.25, "budget.workspace_cost_per_day = 0.25"),
        ("workspace_tokens_per_day", 1_500_000, "budget.workspace_tokens_per_day = 1500000"),
    ],
)
def test_what_is_reached_is_said_with_its_bound(name, bound, said):
    budget = budget_of(**{name: bound})
    budget.settle(Spent(), Spent(0.24, 1_499_999), "w")
    assert budget.objection("w") == ""
    budget.settle(Spent(), Spent(0.01, 1), "w")
    assert said in budget.objection("w")
    assert "the embedded provider goes on" in budget.objection("w")


def test_a_workspace_has_its_own_bound_and_days_count_all_of_them():
    budget = budget_of(workspace_tokens_per_day=10, tokens_per_day=15)
    budget.settle(Spent(), Spent(0, 10), "a")
    assert "workspace_tokens" in budget.objection("a")
    assert budget.objection("b") == ""
    budget.settle(Spent(), Spent(0, 5), "b")
    assert "budget.tokens_per_day" in budget.objection("c")


def test_a_bound_of_nothing_asks_nobody():
    assert "cost_per_day = 0)" in budget_of(cost_per_day=0.0).objection("w")


def test_what_is_pledged_is_waited_for_and_not_called_spent():
    budget, expected = budget_of(tokens_per_day=100), Spent(0, 100)
    budget.pledge(expected)
    assert budget.is_pledged("w")
    assert budget.objection("w") == ""
    budget.settle(expected, Spent(0, 30), "w")
    assert not budget.is_pledged("w")
    assert budget.pledged == Spent()


def test_a_run_waits_for_what_is_pledged_and_ends_with_what_is_spent():
    trust = Trust(max_cost=1.0, pledged=1.0)
    assert trust.is_pledged
    assert trust.objection == ""
    trust.pledged, trust.cost = 0.0, 1.0
    assert trust.objection == ALL_SPENT


def test_a_run_that_may_cost_nothing_asks_on_what_is_free():
    assert Trust(max_cost=0.0).objection == ""
    assert not Trust(max_cost=0.0).is_pledged
