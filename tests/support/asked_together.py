"""Requests for a scheduler, and somebody who answers them as a test says, in virtual time."""

import asyncio
from dataclasses import replace

from requested import requests
from virtual_time import now

from glossator.config.settings import BudgetSettings
from glossator.engine.answers import Answer
from glossator.engine.filling import Trust
from glossator.engine.scheduler import Budget, Pace, Paced, Rules, Scheduler, Spent, Urgency
from glossator.providers.base import Usage

SMALL = "".join(f"def area_{number}(width, height):\n    return width * height\n\n\n" for number in range(12))
_MADE = {name: one for name, one in requests(SMALL).items() if name.startswith("area")}
USAGE = Usage(100, 20, calls=1)


def request(number=0, file="m.py", shared="", max_tokens=200):
    """A small request; those of a file that share the same text begin alike. `max_tokens` bounds its answer."""
    one = _MADE[f"area_{number % 12}"]
    prompt = one.question.prompt
    *before, own = prompt.parts
    prompt = replace(prompt, parts=(*before, f"# {file}\n{shared}", own), max_tokens=max_tokens)
    form = replace(one.question.form, identity=f"{file}-{number}")
    return replace(one, want=replace(one.want, file=file), question=replace(one.question, prompt=prompt, form=form))


def name_of(one):
    """What a test calls a request: its file and number."""
    return one.question.form.identity


def answer_of(one, origin="fake", usage=USAGE):
    return Answer(dict(one.ours), dict.fromkeys(one.ours, origin), usage=usage)


class Asking:
    """Who is asked: plays for each request what `steps` has for its name, else waits for `seconds`.

    A step is a tuple of seconds to wait, exceptions to raise, and "word" for the first word of an answer. `batches` are
    the names that were asked together, with the time.
    """

    def __init__(self, seconds=1.0, **steps):
        self.seconds = seconds
        self.steps = {name.replace("_py_", ".py-"): step for name, step in steps.items()}
        self.batches = []
        self.in_flight = self.most_in_flight = self.called_off = 0
        self.check = lambda: None

    @property
    def names(self):
        return [name for _, together in self.batches for name in together]

    def __call__(self, jobs, turns):
        self.check()
        return self._asked(jobs, turns)

    async def _asked(self, jobs, turns):
        names = tuple(name_of(one) for one, _ in jobs)
        self.batches.append((now(), names))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await Paced(_Playing(self.steps.get(names[0], (self.seconds,)), jobs), turns).complete(
                jobs[0][0].question.prompt, None
            )
        except asyncio.CancelledError:
            self.called_off += 1
            raise
        finally:
            self.in_flight -= 1


class _Answers(list):
    """The answers to a batch, as the reply of a provider."""

    usage = USAGE


class _Playing:
    name = "fake"

    def __init__(self, step, jobs):
        self.step = step
        self.jobs = jobs

    async def complete(self, _prompt, _heard):
        for act in self.step:
            if isinstance(act, BaseException):
                raise act
            if act == "word":
                for one, heard in self.jobs:
                    heard(dict(one.ours))
            elif isinstance(act, str):
                return _Answers(replace(answer_of(one, "embedded"), error=act) for one, _ in self.jobs)
            else:
                await asyncio.sleep(act)
        return _Answers(answer_of(one) for one, _ in self.jobs)

    async def aclose(self):
        pass


class Noted:
    """A ledger in memory."""

    def __init__(self):
        self.spent = {}

    def today(self, workspace):
        every = self.spent.values()
        return Spent(sum(one.cost for one in every), sum(one.tokens for one in every)), self.spent.get(
            workspace, Spent()
        )

    def add(self, spent, workspace):
        self.spent[workspace] = self.spent.get(workspace, Spent()).plus(spent)


class Setting:
    """A scheduler with those who want something of it."""

    def __init__(self, asking=None, width=4, rules=None, pace=None, **budget):
        self.asking = asking or Asking()
        self.room = width
        self.ledger = Noted()
        limits = pace or Pace(), Budget(BudgetSettings(**budget), self.ledger)
        self.scheduler = Scheduler(self.asking, lambda: self.room, rules or Rules(), limits)
        self.trust = Trust(workspace="w")
        self.heard = []

    def want(self, one, urgency=Urgency.WORKSPACE, trust=None):
        """A task that waits for the answer to a request."""
        caller = self.heard.append, trust or self.trust
        return asyncio.create_task(self.scheduler.run(name_of(one), one, caller, urgency), name=name_of(one))

    def want_many(self, count, **given):
        return [self.want(request(number, **given)) for number in range(count)]


async def settled():
    """Let all tasks come as far as they can without time passing."""
    for _ in range(12):
        await asyncio.sleep(0)
