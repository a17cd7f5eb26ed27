"""A watched provider: what its calls take is counted, and it answers as if nobody watched."""

import asyncio

import pytest
from scripted import PROMPT, Scripted

from glossator.documenter.watched import Watched
from glossator.errors import TimedOut
from glossator.monitor import Monitor
from glossator.monitor.report import as_json
from glossator.providers.base import Usage, silent


async def test_calls_words_and_answers_are_counted():
    monitor, heard = Monitor(), []
    provider = Watched(Scripted("fast", ("a", "an answer")), monitor)
    reply = await provider.complete(PROMPT, heard.append)
    assert (provider.name, reply.text, heard) == ("fast", "fast's answer", ["a", "an answer"])
    report = as_json(monitor.snapshot())
    assert {name: stage["count"] for name, stage in report["stages"].items()} == {"first_token": 1, "provider": 1}
    assert report["providers"]["fast"] == {
        "calls": 1,
        "tokens_in": 10,
        "tokens_out": 5,
        "cached": 0,
        "cost": 0.5,
        "failures": {},
    }


async def test_a_failure_is_counted_by_its_kind_with_what_it_cost():
    error = TimedOut("too slow")
    error.usage = Usage(tokens_in=7, calls=1)
    monitor = Monitor()
    with pytest.raises(TimedOut):
        await Watched(Scripted("fast", (error,)), monitor).complete(PROMPT, silent)
    found = as_json(monitor.snapshot())["providers"]["fast"]
    assert (found["calls"], found["tokens_in"], found["failures"]) == (1, 7, {"TimedOut": 1})


async def test_a_call_that_is_called_off_is_called_off_and_no_failure():
    monitor, scripted = Monitor(), Scripted("fast", (3600,))
    call = asyncio.create_task(Watched(scripted, monitor).complete(PROMPT, silent))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert scripted.called_off == 1
    assert as_json(monitor.snapshot())["providers"] == {}


async def test_it_closes_what_it_watches():
    scripted = Scripted("fast")
    await Watched(scripted, Monitor()).aclose()
    assert scripted.is_closed
