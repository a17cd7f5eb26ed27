"""Questions on their whole way, from a generator through the scheduler and the pool to a real socket and back."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fake_provider import HANG, FakeProvider, failure, head, ok, openai_stream
from served import USAGE, answer_to

from glossator.config import CacheSettings, ProviderSettings, Settings
from glossator.config.settings import BudgetSettings
from glossator.documenter import FileOptions, requests_of
from glossator.documenter.batch import Batch
from glossator.documenter.generation import Generator
from glossator.documenter.recalling import Asking
from glossator.engine.filling import Trust
from glossator.engine.scheduler import Urgency
from glossator.workspace.index import Neighbourhood

SPENDING = Path(__file__).parent / "support" / "spending.py"
SOURCE = "".join(
    f"def load{n}(store, key):\n    entry = store.find(key)\n    store.touch(entry)\n    return entry\n\n\n"
    for n in range(60)
)
LOOKED_UP = {
    "summary": "Look up an entry of a store and mark it as used.",
    "arg_store": "Where the entry is kept, and where it is touched.",
    "arg_key": "Name of the entry that is looked up.",
    "returns": "The entry that was looked up.",
}


def says(asked):
    """A model that fills all fields."""
    return ok(openai_stream(answer_to(asked, LOOKED_UP.get), usage=USAGE))


class Counting:
    """A model that notes how many it has at once; an answer comes once as many are there as could be."""

    def __init__(self):
        self.at_once = 0
        self.most = []

    def __call__(self, asked):
        self.at_once += 1
        self.most.append(self.at_once)
        return (self, *says(asked))

    async def wait(self):
        await asyncio.sleep(0.02)
        self.at_once -= 1


class Run:
    """A generator for a server, and the requests of a file as often as they are wanted."""

    def __init__(self, url, folder, budget=None, **members):
        one = ProviderSettings("fake", "openai", endpoint=f"{url}/v1", model="m", exam=False, **members)
        self.settings = Settings(
            provider=("fake",),
            providers=(one,),
            mode="enhanced",
            budget=BudgetSettings(**budget or {}),
            cache=CacheSettings(folder=str(folder)),
        )
        self.generator = Generator(self.settings)
        framing = self.generator.view.framing(self.settings, Neighbourhood())
        made = requests_of(SOURCE.encode(), "a.py", FileOptions(self.settings), framing)
        self.requests = [one for one in made if one.path != "<module>"]
        self.trust = Trust(workspace=str(folder))

    def request(self, number):
        """One of any number of different requests."""
        one = self.requests[number % len(self.requests)]
        exact = number.to_bytes(16)
        return replace(one, want=replace(one.want, keys=replace(one.want.keys, exact=exact)))

    def start(self, numbers, urgency=Urgency.WORKSPACE, heard=lambda _texts: None):
        return [
            asyncio.create_task(self.generator.fill(self.request(number), heard, self.trust, urgency))
            for number in numbers
        ]

    async def answers(self, count):
        return await asyncio.gather(*self.start(range(count)))

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.generator.aclose()


@pytest.fixture(autouse=True)
async def _nothing_is_left():
    yield
    assert len(asyncio.all_tasks()) == 1


async def test_concurrency_grows_from_4_and_never_exceeds_its_bound(tmp_path):
    model = Counting()
    async with FakeProvider(model) as server, Run(server.url, tmp_path, max_concurrency=12) as run:
        answers = await run.answers(150)
        assert not [one.error for one in answers if one.error]
        assert max(model.most[:4]) == 4
        assert 4 < max(model.most) <= 12


async def test_what_is_configured_comes_first_and_the_mode_bounds_it(tmp_path):
    model = Counting()
    async with FakeProvider(model) as server, Run(server.url, tmp_path, concurrency=2, max_concurrency=2) as run:
        await run.answers(20)
        assert max(model.most) == 2
    async with FakeProvider(Counting()) as server, Run(server.url, tmp_path, concurrency=1000) as run:
        assert run.generator.scheduler.width == 200


@pytest.mark.parametrize("status", [429, 503, 529])
async def test_p5_a_pause_that_a_server_asks_for_is_kept_by_all(tmp_path, status):
    times, left = [], [True]

    def script(asked):
        times.append(asyncio.get_running_loop().time())
        if left:
            left.pop()
            return failure(status, {"error": {"message": "slow down"}}, "Retry-After: 1")
        return says(asked)

    async with FakeProvider(script) as server, Run(server.url, tmp_path, concurrency=1, max_concurrency=1) as run:
        answers = await run.answers(3)
    assert not [one.error for one in answers if one.error]
    assert times[1] - times[0] >= 1.0
    assert len(times) == 4


async def _cancelled(tmp_path, count):
    async with FakeProvider((head(), openai_stream("{")[:60], HANG)) as server, Run(server.url, tmp_path) as run:
        tasks = run.start(range(count))
        await server.asked()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert all(task.cancelled() for task in tasks)
        await server.deserted()
        found = run.generator.scheduler.statistics()
        assert (found.waiting, found.in_flight) == ((0, 0, 0), 0)
        assert len(run.generator._flights) == 0
        assert len(asyncio.all_tasks()) == 1
        assert len(server.requests) <= count


async def test_l3_of_2000_that_are_cancelled_no_connection_and_no_task_is_left(tmp_path):
    await _cancelled(tmp_path, 2000)


@pytest.mark.parametrize("steps", [0, 1, 2, 7])
async def test_l3_a_file_that_is_cancelled_while_its_questions_begin_leaves_room_for_the_next(tmp_path, steps):
    async with (
        FakeProvider((head(), openai_stream("{")[:60], HANG)) as server,
        Run(server.url, tmp_path, concurrency=2, max_concurrency=2) as run,
    ):

        async def opened():
            return run.generator, None

        batch = Batch(None, opened, run.trust, None)
        asking = Asking(requests=tuple(run.request(number) for number in range(60)))
        task = asyncio.create_task(batch.ask(None, asking, lambda: None))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        async with asyncio.timeout(5):
            await run.generator.scheduler.admit(1)


async def test_r5_after_a_storm_of_cancelling_each_answer_is_its_own(tmp_path):
    async with FakeProvider(says) as server:
        async with Run(server.url, tmp_path, concurrency=16) as run:
            tasks = run.start(range(300))
            for number, task in enumerate(tasks):
                if number % 3:
                    task.cancel()
                if number % 50 == 0:
                    await asyncio.sleep(0.005)
            await asyncio.wait(tasks)
        assert not any(task.cancelled() for task in tasks[::3])
        for number, task in enumerate(tasks):
            if not task.cancelled():
                assert task.result().texts.keys() == run.request(number).ours.keys()
                assert set(task.result().origins.values()) == {"fake"}
        await server.deserted()


async def test_c12_of_100_who_wait_for_the_same_99_leave_and_the_last_one_gets_it(tmp_path):
    gate = asyncio.Event()

    def script(asked):
        return (gate, *says(asked))

    async with FakeProvider(script) as server, Run(server.url, tmp_path) as run:
        tasks = run.start([7] * 100)
        await server.asked()
        for task in tasks[:41] + tasks[42:]:
            task.cancel()
        await asyncio.wait(tasks[:41] + tasks[42:])
        gate.set()
        assert set((await tasks[41]).origins.values()) == {"fake"}
        assert len(server.requests) == 1


async def test_c12_the_last_of_100_who_leaves_takes_the_connection_along(tmp_path):
    async with FakeProvider((head(), HANG)) as server, Run(server.url, tmp_path) as run:
        tasks = run.start([7] * 100)
        await server.asked()
        for task in tasks:
            task.cancel()
        await server.gone()
        await asyncio.wait(tasks)
        await server.deserted()


@pytest.mark.parametrize("joins", ["while it waits", "before it is in the line"])
async def test_c12_who_wants_at_the_cursor_what_waits_for_a_workspace_gets_it_next(tmp_path, joins):
    gate, order = asyncio.Event(), []

    def script(asked):
        order.append(json.dumps(asked.json).rpartition("def load")[2].partition("(")[0])
        return (gate, *says(asked)) if len(order) == 1 else says(asked)

    async with FakeProvider(script) as server, Run(server.url, tmp_path, concurrency=1, max_concurrency=1) as run:
        tasks = run.start(range(20))
        if joins == "while it waits":
            await server.asked()
        tasks += run.start([17], Urgency.CURSOR)
        await server.asked()
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*tasks)
        assert len(order) == 20
        assert "17" in order[:2]


async def test_a_day_s_budget_is_reached_and_the_embedded_provider_goes_on_in_all_processes(tmp_path):
    budget = {"tokens_per_day": 600}
    async with FakeProvider(says) as server:
        async with Run(server.url, tmp_path, budget) as run:
            answers = await run.answers(30)
        said = [one for one in answers if not one.error]
        assert len(said) == 5  # of 120 tokens each
        told = {one.error for one in answers if one.error}
        assert told == {"today's budget is spent (budget.tokens_per_day = 600): the embedded provider goes on"}
        assert all(set(one.origins.values()) == {"embedded"} for one in answers if one.error)
        async with Run(server.url, tmp_path, budget) as again:
            assert {one.error for one in await again.answers(3)} == told
        assert len(server.requests) == 5


async def test_what_another_process_spends_counts_here_at_once(tmp_path):
    async with FakeProvider(says) as server, Run(server.url, tmp_path, {"cost_per_day": 1.0}) as run:
        assert not (await run.answers(1))[0].error
        command = [sys.executable, str(SPENDING), str(tmp_path), "/another", "4"]
        assert await asyncio.to_thread(subprocess.run, command, check=True, stdout=subprocess.DEVNULL)
        (answer,) = await asyncio.gather(*run.start([99]))
        assert "budget.cost_per_day = 1)" in answer.error


async def test_small_symbols_of_a_priced_provider_are_packed_and_each_gets_its_own(tmp_path):
    def script(asked):
        schema = asked.json["response_format"]["json_schema"]["schema"]
        parts = schema["properties"]
        if "id" in parts:
            return says(asked)
        texts = {
            name: {
                "id": name,
                **{one: LOOKED_UP[one] for one in part["properties"] if one != "id"},
            }
            for name, part in parts.items()
        }
        return ok(openai_stream(json.dumps(texts), usage=USAGE))

    async with FakeProvider(script) as server:
        prices = {"price_in": 1.0, "price_out": 1.0, "concurrency": 2, "max_concurrency": 2}
        async with Run(server.url, tmp_path, **prices) as run:
            answers = await run.answers(60)
            found = run.generator.scheduler.statistics()
        assert all(set(one.origins.values()) == {"fake"} for one in answers)
        assert found.packed > 40
        assert found.split == 0
        assert len(server.requests) < 30
        assert sum(one.usage.calls for one in answers) == len(server.requests)
        assert sum(one.usage.tokens for one in answers) == 120 * len(server.requests)
