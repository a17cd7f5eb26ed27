"""The providers that an editor's settings chose, from one run to the next."""

from __future__ import annotations

from fake_provider import FakeProvider, failure
from requested import requests

from glossator.cache.memory import Memory
from glossator.cache.tiers import Tiers
from glossator.config import ProviderSettings, Settings
from glossator.config.settings import CacheSettings
from glossator.engine.filling import Trust
from glossator.lsp.generators import Generators
from glossator.providers.keys import Keys

REQUEST = requests("def area(width, height):\n    return width * height\n")["area"]


async def test_p6_a_key_that_was_stored_anew_in_the_keyring_is_asked_with(tmp_path):
    stored, generators = ["wrong"], Generators(lambda _settings: Tiers(Memory(10)))
    generators._keys = Keys({}, keyring=lambda _entry: stored[-1])

    async def work(generator):
        return await generator.fill(REQUEST, lambda _texts: None, Trust())

    async with FakeProvider(failure(401)) as server:
        mine = ProviderSettings("mine", "openai", endpoint=f"{server.url}/v1", key_keyring="work", exam=False)
        settings = Settings(provider=("mine",), providers=(mine,), cache=CacheSettings(str(tmp_path)))
        for key in ("wrong", "right"):
            stored.append(key)
            answer = await generators.run("file:///a.py", settings, work)
            assert "401" in answer.error
        await generators.aclose()
    assert [one.headers["authorization"] for one in server.requests] == ["Bearer wrong", "Bearer right"]
