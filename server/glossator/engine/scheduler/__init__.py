"""When a question is asked: one scheduler for all who want something of a provider pool."""

from glossator.engine.scheduler.budget import Budget, Ledger, Spent
from glossator.engine.scheduler.line import Urgency
from glossator.engine.scheduler.pace import Pace
from glossator.engine.scheduler.scheduler import Rules, Scheduler, SchedulerStatistics
from glossator.engine.scheduler.tickets import Ask, Job
from glossator.engine.scheduler.turns import Paced, Turns, answer_tokens

__all__ = [
    "Ask",
    "Budget",
    "Job",
    "Ledger",
    "Pace",
    "Paced",
    "Rules",
    "Scheduler",
    "SchedulerStatistics",
    "Spent",
    "Turns",
    "Urgency",
    "answer_tokens",
]
