"""Each question of a batch has a turn of its own; those that follow the first go before the line; in virtual time."""

import asyncio

import pytest
from asked_together import Setting, answer_of, name_of
from virtual_time import in_virtual_time, now

from glossator.engine.scheduler import Pace, Paced
from glossator.errors import Unavailable
from glossator.providers.base import Reply, Usage, silent

ONE = Usage(calls=1)


class Timed:
    """A provider that notes when it was asked, and plays steps: seconds, and an error to raise."""

    name = "fake"

    def __init__(self, usage=ONE, error=None):
        self.usage = usage
        self.error = error
        self.at = []

    async def complete(self, prompt, heard):
        self.at.append(now())
        await asyncio.sleep(1.0)
        if self.error is not None:
            self.error.usage = self.usage
            raise self.error
        return Reply("said", self.name, self.usage)

    async def aclose(self):
        raise AssertionError("it is the caller's")


class Twice:
    """Asks two questions for each request, as where fields were refused."""

    def __init__(self, provider):
        self.provider = provider
        self.order = []

    async def __call__(self, jobs, turns):
        ((one, _),) = jobs
        paced = Paced(self.provider, turns)
        assert paced.name == "fake"
        for question in "ab":
            await paced.complete(one.question.prompt, silent)
            self.order.append((name_of(one).partition("-")[2], question))
        await paced.aclose()
        return [answer_of(one)]


def of_last_minute(times):
    return max(len([at for at in times if last - 60 + 1e-6 < at <= last]) for last in times)


@in_virtual_time
async def test_a_second_question_waits_for_its_turn_and_goes_before_the_line():
    asking = Twice(Timed())
    one = Setting(asking, width=9, pace=Pace(requests=3))
    await asyncio.gather(*one.want_many(6))
    assert of_last_minute(asking.provider.at) == 3
    assert len(asking.provider.at) == 12
    # The first three are done before any of the line is begun.
    assert {number for number, _ in asking.order[:6]} == {"0", "1", "2"}
    assert now() == 181.0


@in_virtual_time
async def test_who_is_cancelled_while_a_second_question_waits_lets_the_line_go_on():
    asking = Twice(Timed())
    one = Setting(asking, width=9, pace=Pace(requests=1))
    first, second = one.want_many(2)
    await asyncio.sleep(5)
    first.cancel()
    await asyncio.wait([first])
    await second
    assert asking.provider.at == [0.0, 60.0, 120.0]


@pytest.mark.parametrize("error", [None, Unavailable("HTTP 500")])
@in_virtual_time
async def test_tries_of_the_pool_count_when_they_have_ended(error):
    asking = Twice(Timed(Usage(calls=3), error))
    one = Setting(asking, width=1, pace=Pace(requests=4))
    await asyncio.gather(*one.want_many(2), return_exceptions=True)
    # Three requests by 1.0, and four may be made: the next question goes at once, and what follows it waits.
    assert asking.provider.at[1] == 1.0
    assert asking.provider.at[2:3] in ([], [61.0])


@in_virtual_time
async def test_what_nobody_was_asked_takes_nobodys_turn():
    asking = Twice(Timed(Usage(), Unavailable("nobody can be asked now")))
    one = Setting(asking, width=1, pace=Pace(requests=1))
    await asyncio.gather(*one.want_many(5), return_exceptions=True)
    assert asking.provider.at == [0.0, 1.0, 2.0, 3.0, 4.0]
