"""The provider `local`: its process with a real model, where the weights can be had, and all that needs none."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
import weights

from glossator.config import CacheSettings, LocalSettings, Settings, mode_of
from glossator.errors import ConfigError, Refused, Unavailable
from glossator.providers import child, local
from glossator.providers.base import Prompt, silent
from glossator.providers.child import default_threads, share_of
from glossator.providers.local import Local, Surroundings
from glossator.providers.models import DEFAULT, MODELS, Library

PROMPT = Prompt(
    instructions="Say in one sentence what the function is for, as JSON.",
    examples=(("def one(): return 1", '{"summary": "Return one."}'),),
    parts=("def area(width, height):\n    return width * height\n",),
    schema={
        "type": "object",
        "properties": {"summary": {"type": "string", "maxLength": 80}},
        "required": ["summary"],
        "additionalProperties": False,
    },
    max_tokens=60,
)
DEADLINE_S = 60.0


class Clock:
    """Stands still until it is moved."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A cache folder with the default model in it."""
    try:
        source = weights.weights()
    except weights.NotHere as missing:
        pytest.skip(f"no model on this machine: {missing}")
    folder = tmp_path_factory.mktemp("cache")
    Library(folder / "models").adopt(DEFAULT, source)
    return folder


@pytest.fixture
def settings(folder):
    # One thread: what runs beside the tests would hold two of them up.
    return Settings(
        cache=CacheSettings(folder=str(folder)), local=LocalSettings(threads=1, context_tokens=1024), mode="baseline"
    )


def is_there(process_id):
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def shown_by_ps(process_id):
    """The words and the environment that a process was started with."""
    return "".join(Path(f"/proc/{process_id}/{one}").read_text() for one in ("cmdline", "environ"))


def end(process_id):
    with suppress(ProcessLookupError):
        os.kill(process_id, signal.SIGKILL)


def wait_until_gone(process_id):
    deadline = time.monotonic() + DEADLINE_S
    while is_there(process_id):
        assert time.monotonic() < deadline, "the process is still there"
        time.sleep(0.02)


async def test_a_model_answers_in_the_form_asked_for_and_its_process_comes_back_after_a_kill(settings):
    said, heard, clock = [], [], Clock()
    provider = Local(settings, Surroundings(said.append, clock))
    try:
        assert provider.process_id is None
        replies = await asyncio.gather(*(provider.complete(PROMPT, heard.append) for _ in range(2)))
        for reply in replies:
            assert list(json.loads(reply.text)) == ["summary"]
            assert reply.provider == "local"
            assert reply.usage.cost == 0
        assert len(said) == 1  # both waited for one start
        assert heard[-1] in {reply.text for reply in replies}
        first = provider.process_id
        again = await provider.complete(PROMPT, silent)
        assert again.usage.cached > 20  # the beginning was not computed again

        long = asyncio.create_task(provider.complete(PROMPT, lambda _text: end(first)))
        with pytest.raises(Unavailable, match="process ended"):
            await long
        assert provider.process_id is None
        assert json.loads((await provider.complete(PROMPT, silent)).text)
        assert provider.process_id not in (None, first)
    finally:
        last = provider.process_id
        await provider.aclose()
    assert not is_there(last)


async def test_a_process_that_was_killed_since_the_last_prompt_is_started_anew(settings):
    provider = Local(settings)
    try:
        await provider.complete(PROMPT, silent)
        first = provider.process_id
        end(first)
        assert json.loads((await provider.complete(PROMPT, silent)).text)  # its connection was kept, and leads nowhere
        assert provider.process_id not in (None, first)
    finally:
        await provider.aclose()


async def test_a_slow_end_of_the_process_is_waited_for():
    gone = asyncio.Event()
    running = local._Running(child.Child(SimpleNamespace(wait=gone.wait), "", ""), None)
    waiting = asyncio.create_task(running.has_ended(local.END_S))
    await asyncio.sleep(0)
    gone.set()
    assert await waiting
    gone.clear()
    assert not await running.has_ended(0)


async def test_the_process_of_an_idle_model_ends(settings):
    idle = Settings(
        cache=settings.cache, mode="baseline", local=LocalSettings(threads=1, context_tokens=1024, idle_s=0.05)
    )
    provider = Local(idle)
    await provider.complete(PROMPT, silent)
    running = provider._running
    assert running is not None
    async with asyncio.timeout(DEADLINE_S):
        await running.child.process.wait()
    assert provider.process_id is None
    await provider.aclose()


async def test_who_leaves_while_a_model_starts_stops_nobody_elses_start_and_closing_leaves_no_process(settings):
    begun = asyncio.Event()
    provider = Local(settings, Surroundings(lambda _message: begun.set()))
    leaving, staying = (asyncio.create_task(provider.complete(PROMPT, silent)) for _ in range(2))
    await begun.wait()
    leaving.cancel()
    assert json.loads((await staying).text)
    first = provider.process_id
    await provider.aclose()
    assert not is_there(first)

    begun.clear()
    waiting = asyncio.create_task(provider.complete(PROMPT, silent))
    await begun.wait()
    await provider.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert provider.process_id is None


SCRIPT = """
import asyncio, os, sys, time
from glossator.providers.child import Share, order_of, start

async def main():
    child = await start(order_of(sys.argv[1], "tiny", Share(1, 1024, 1, 16)))
    holder = os.fork() if "fork" in sys.argv else 0
    if "fork" in sys.argv and not holder:
        time.sleep(600)  # holds its parent's end of the pipe
    print(child.process.pid, holder, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("how", ["alone", "fork"])
def test_kill_9_of_the_parent_leaves_no_model_behind(folder, how):
    path = Library(folder / "models").path(DEFAULT)
    with subprocess.Popen([sys.executable, "-c", SCRIPT, path, how], stdout=subprocess.PIPE, text=True) as parent:
        process_id, holder = map(int, parent.stdout.readline().split())
        assert is_there(process_id)
        parent.kill()
    try:
        wait_until_gone(process_id)
    finally:
        if holder:
            end(holder)


async def test_the_server_listens_on_loopback_only_for_whom_has_the_key_and_shows_no_key_to_ps(folder, settings):
    import httpx2

    path = Library(folder / "models").path(DEFAULT)
    share = share_of(settings.local, mode_of("baseline"), path.stat().st_size)
    running = await child.start(child.order_of(path, "tiny", share))
    try:
        assert running.address.startswith("http://127.0.0.1:")
        assert running.key not in shown_by_ps(running.process.pid)
        async with httpx2.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{running.address}/v1/models")).status_code == 401
            key = {"Authorization": f"Bearer {running.key}", "Origin": "https://page.invalid"}
            answer = await client.get(f"{running.address}/v1/models", headers=key)
            assert answer.status_code == 200
            assert answer.headers.get("access-control-allow-origin", "") in ("", "null")
            assert str(folder) not in answer.text
    finally:
        await running.stop()


async def test_a_file_that_is_no_model_is_unavailable_and_is_not_tried_again_at_once(tmp_path, monkeypatch):
    junk = tmp_path / "junk.gguf"
    junk.write_bytes(b"GGUF" + b"\xff" * 4096)
    library = Library(tmp_path / "models")
    library.adopt("junk", junk)
    clock = Clock()
    settings = Settings(cache=CacheSettings(folder=str(tmp_path)), local=LocalSettings(model="junk", threads=1))
    provider = Local(settings, Surroundings(clock=clock))
    for _ in range(2):  # once may be bad luck
        with pytest.raises(Unavailable, match="could not be loaded"):
            await provider.complete(PROMPT, silent)
    with pytest.raises(Unavailable, match="may start in 1 s"):
        await provider.complete(PROMPT, silent)
    clock.now = 1.0
    with pytest.raises(Unavailable, match="could not be loaded"):
        await provider.complete(PROMPT, silent)
    await provider.aclose()


async def test_missing_weights_say_how_to_get_them_and_nothing_is_started(tmp_path):
    said = []
    provider = Local(Settings(cache=CacheSettings(folder=str(tmp_path))), Surroundings(said.append))
    with pytest.raises(Refused, match="glossator model pull"):
        await provider.complete(PROMPT, silent)
    assert said == []
    await provider.aclose()


async def test_a_missing_extra_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(child.importlib.util, "find_spec", lambda _name: None)
    provider = Local(Settings(cache=CacheSettings(folder=str(tmp_path))))
    with pytest.raises(Refused, match=r"pip install 'glossator\[local\]'"):
        await provider.complete(PROMPT, silent)
    await provider.aclose()


def test_an_unknown_model_is_a_wrong_setting(tmp_path):
    settings = Settings(cache=CacheSettings(folder=str(tmp_path)), local=LocalSettings(model="nobodys"))
    with pytest.raises(ConfigError, match="nobodys"):
        Local(settings)


@pytest.mark.parametrize(
    ("model", "fits"),
    [("qwen2.5-coder-0.5b", "baseline"), ("qwen2.5-coder-1.5b", "baseline"), ("qwen2.5-coder-7b", "enhanced")],
)
def test_the_memory_of_a_model_counts_against_the_mode(model, fits):
    settings, size = LocalSettings(model=model), MODELS[model].size_bytes
    share = share_of(settings, mode_of(fits), size)
    assert size < share.memory_bytes(size) <= mode_of(fits).memory_gb << 30
    if fits == "enhanced":
        with pytest.raises(ConfigError, match="choose a smaller model"):
            share_of(settings, mode_of("standard"), size)


@pytest.mark.parametrize(
    ("cores", "load", "threads"), [(1, 0.0, 1), (2, 0.2, 2), (2, 1.3, 1), (2, 9.0, 1), (8, 3.0, 5), (64, 0.0, 8)]
)
def test_threads_leave_busy_cores_alone(cores, load, threads):
    assert default_threads(cores, load) == threads


def test_the_pause_before_another_start_grows_and_is_bounded(tmp_path):
    clock = Clock()
    provider = Local(Settings(cache=CacheSettings(folder=str(tmp_path))), Surroundings(clock=clock))
    pauses = []
    for _ in range(9):
        provider._fail()
        pauses.append(provider._not_before)
    assert pauses[:4] == [0, 1, 3, 7]
    assert max(pauses) == local.MAX_PAUSE_S
