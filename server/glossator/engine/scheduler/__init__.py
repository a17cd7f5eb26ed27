"""When a question is asked: one scheduler for all who want something of a provider pool."""

from glossator.engine.scheduler.budget import Budget, Ledger, Spent
from glossator.engine.scheduler.line import Urgency
from glossator.engine.scheduler.pace import Pace
from glossator.engine.scheduler.scheduler import ANSWER_SHARE, Job, Rules, Scheduler, SchedulerStatistics

__all__ = [
    "ANSWER_SHARE",
    "Budget",
    "Job",
    "Ledger",
    "Pace",
    "Rules",
    "Scheduler",
    "SchedulerStatistics",
    "Spent",
    "Urgency",
]
