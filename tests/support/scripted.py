"""Providers that do what a test says, for what stands above the dialects."""

import asyncio
import random

from virtual_time import now

from glossator.providers.base import Prompt, Reply, Usage
from glossator.providers.pool import Member, Pool, Rules

PROMPT = Prompt("Describe.", (), ("def f(): ...",), {"type": "object"}, 100)
COST = Usage(10, 5, 0, 0.5, 1)


class Scripted:
    """A provider that plays one step for each time that it is asked, the last one for ever.

    A step is a tuple of seconds to wait, texts to say, and errors to raise; without one it answers "NAME's answer".
    """

    def __init__(self, name, *steps):
        self.name = name
        self.steps = list(steps) or [(0.1,)]
        self.started = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.called_off = 0
        self.is_closed = False

    async def complete(self, prompt, heard):
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        self.started.append(now())
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._play(step, heard)
        except asyncio.CancelledError:
            self.called_off += 1
            raise
        finally:
            self.in_flight -= 1

    async def _play(self, step, heard):
        for act in step:
            if isinstance(act, Exception):
                raise act
            if isinstance(act, str):
                heard(act)
            else:
                await asyncio.sleep(act)
        return Reply(f"{self.name}'s answer", self.name, COST)

    async def aclose(self):
        self.is_closed = True


def pool_of(*members, seed=0, **rules):
    """A pool in the loop's time, with chance from a seed; members are providers or Members."""
    listed = [member if isinstance(member, Member) else Member(member) for member in members]
    return Pool("pool", listed, Rules(**rules), clock=now, chance=random.Random(seed))
