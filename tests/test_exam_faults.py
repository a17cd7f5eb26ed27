"""An exam over real sockets that is cancelled, closed or cannot be held, while several requests wait for it."""

import asyncio
import threading

import pytest
from examined import LUCKY, asked_name, model
from fake_provider import HANG, RESET, FakeProvider, Script, event, failure, head, ok, openai_chunk, openai_stream
from served import answer_to

from glossator.config import Settings
from glossator.config.settings import ProviderSettings
from glossator.documenter import FileOptions
from glossator.documenter.exam import RIGHT
from glossator.documenter.files import requests_of
from glossator.documenter.generation import Generator
from glossator.documenter.opening import opened
from glossator.engine.filling import Trust
from glossator.workspace.index import Neighbourhood

SOURCE = "".join(
    f"def look_up{n}(store, key):\n    entry = store.find(key)\n    store.touch(entry)\n    return entry\n\n\n"
    for n in range(3)
)
BEGUN = (head(), event(openai_chunk({"content": '{"summary": "Mul'})))


class Gate:
    """A step of a script that waits until it is opened."""

    def __init__(self):
        self.is_open = asyncio.Event()

    async def wait(self):
        await self.is_open.wait()


def gated(gate):
    """A model that knows everything, and answers nothing before the gate is open."""
    return lambda asked: (gate, *model(knows=True)(asked))


def exams(server):
    """Which of the exam's questions were asked, in order."""
    return [name for name in map(asked_name, server.requests) if name]


class Asking:
    """A generator for a server, with a request for each function of a file."""

    def __init__(self, url, **members):
        one = ProviderSettings("fake", "openai", endpoint=f"{url}/v1", model="m", **members)
        settings = Settings(provider=("fake",), providers=(one,))
        self.generator = Generator(settings)
        framing = self.generator.view.framing(settings, Neighbourhood())
        self.requests = requests_of(SOURCE.encode(), "a.py", FileOptions(settings), framing)

    def start(self, count):
        return [asyncio.create_task(self._one(request)) for request in self.requests[:count]]

    async def _one(self, request):
        return await self.generator.fill(request, lambda _texts: None, Trust())


@pytest.fixture(autouse=True)
async def _nothing_left():
    """No task and no thread is left of a test."""
    threads = threading.active_count()
    yield
    for _ in range(5):
        await asyncio.sleep(0)
    assert {task.get_coro().__qualname__ for task in asyncio.all_tasks() - {asyncio.current_task()}} == set()
    assert threading.active_count() == threads


def by_fake(answer):
    return not answer.error and "fake" in answer.origins.values()


async def test_two_who_wait_share_one_exam_and_both_are_answered():
    gate = Gate()
    async with FakeProvider(gated(gate)) as server:
        asking = Asking(server.url)
        running = asking.start(2)
        await server.asked()
        gate.is_open.set()
        answers = await asyncio.gather(*running)
        await asking.generator.aclose()
        await server.deserted()
    assert all(map(by_fake, answers))
    assert len(exams(server)) == len(RIGHT)
    assert sorted(answer.usage.calls for answer in answers) == [1, 1 + len(RIGHT)]


async def test_an_exam_goes_on_where_the_first_who_waits_is_cancelled():
    gate = Gate()
    async with FakeProvider(gated(gate)) as server:
        asking = Asking(server.url)
        first, second = asking.start(2)
        await server.asked()
        first.cancel()
        await asyncio.wait([first])
        gate.is_open.set()
        assert by_fake(await second)
        await asking.generator.aclose()
        await server.deserted()
    assert len(exams(server)) == len(RIGHT)


async def test_an_exam_that_nobody_waits_for_ends_with_its_connection_and_is_held_anew():
    gate = Gate()
    gate.is_open.set()
    async with FakeProvider((*BEGUN, HANG), gated(gate)) as server:
        asking = Asking(server.url)
        running = asking.start(2)
        await server.asked()
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=10)  # less than the silence that ends an answer
        assert all(task.cancelled() for task in running)
        await server.gone()
        await server.deserted()
        (answer,) = await asyncio.gather(*asking.start(1))
        assert by_fake(answer)
        await asking.generator.aclose()


async def test_closing_while_an_exam_runs_closes_its_connection_and_asks_nobody_anew():
    async with FakeProvider((*BEGUN, HANG)) as server:
        asking = Asking(server.url)
        running = asking.start(3)
        await server.asked()
        async with asyncio.timeout(10):  # less than the silence that ends an answer
            await asking.generator.aclose()
        answers = await asyncio.gather(*running)
        await server.deserted()
        assert len(server.requests) == 1
    assert all("closed" in answer.error for answer in answers)


async def test_p2_silence_in_an_exam_is_waited_for_once_by_all():
    async with FakeProvider((*BEGUN, HANG)) as server:
        asking = Asking(server.url, timeout_s=0.3)
        answers = await asyncio.gather(*asking.start(3))
        assert len(server.requests) == 1
        await asking.generator.aclose()
        await server.deserted()
    assert all("within 0.3 s" in answer.error for answer in answers)


@pytest.mark.parametrize("script", [(RESET,), failure(503), failure(529, b"<html>")], ids=["reset", "503", "529"])
async def test_p4_a_server_that_fails_in_an_exam_is_asked_by_no_storm(script: Script):
    async with FakeProvider(script) as server:
        asking = Asking(server.url)
        answers = await asyncio.gather(*asking.start(3))
        assert len(server.requests) <= 3 + 2  # and the budget of retries
        await asking.generator.aclose()
        await server.deserted()
    assert all(answer.error for answer in answers)


async def test_p6_a_key_that_is_refused_in_an_exam_is_asked_with_once(monkeypatch):
    monkeypatch.setenv("FAKE_KEY", "sk-canary-0123456789abcdef")
    async with FakeProvider(failure(401, {"error": {"message": "sk-canary-0123456789abcdef"}})) as server:
        asking = Asking(server.url, key_env="FAKE_KEY")
        answers = await asyncio.gather(*asking.start(3))
        await asking.generator.aclose()
    assert len(server.requests) == 1
    assert all("401" in answer.error for answer in answers)
    assert "canary" not in "".join(answer.error for answer in answers)


@pytest.mark.parametrize("end", ["length", None], ids=["bound", "cut"])
async def test_p8_answers_that_were_cut_off_in_an_exam_are_wrong_ones(end):
    def cut(asked):
        return ok(openai_stream(answer_to(asked, LUCKY.get), end))

    async with FakeProvider(cut) as server:
        asking = Asking(server.url)
        (answer,) = await asyncio.gather(*asking.start(1))
        await asking.generator.aclose()
        await server.deserted()
    assert "0 of 12" in answer.error
    assert set(answer.origins.values()) == {"embedded"}


async def test_p13_a_server_that_is_back_in_the_midst_of_an_exam_is_examined_again():
    gate = Gate()
    gate.is_open.set()
    good = gated(gate)
    async with FakeProvider(good, failure(503), good) as server:
        asking = Asking(server.url)
        answers = await asyncio.gather(*asking.start(2))
        await asking.generator.aclose()
    assert all(map(by_fake, answers))
    assert exams(server) == ["read_lines", "area", "read_lines", "area", "notify"]


@pytest.mark.parametrize(("exam", "times"), [(True, 1 + len(RIGHT)), (False, 1)])
def test_the_time_of_an_exam_is_not_taken_from_the_request_that_waits_for_it(exam, times):
    one = ProviderSettings("fake", "openai", endpoint="http://127.0.0.1:9", model="m", timeout_s=100.0, exam=exam)
    (found,) = opened(Settings(provider=("fake",), providers=(one,)))
    assert found.longest_s == times * 100.0
