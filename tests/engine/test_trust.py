"""Who is asked for texts, and for how long: a provider that talks nonsense is left alone."""

import json
from contextlib import aclosing

import pytest

from glossator.config import ProviderSettings, Settings
from glossator.config.keys import EMBEDDED
from glossator.documenter import FileOptions, requests_of
from glossator.documenter.generation import Generator
from glossator.engine.filling import MOSTLY_REFUSED, Trust
from glossator.providers.base import NO_USAGE, Reply
from glossator.workspace.index import Index

SOURCE = b"".join(b"def area_%d(width, height):\n    return width * height\n\n\n" % number for number in range(10))
SETTINGS = Settings(
    provider=("lab",),
    providers=(ProviderSettings(name="lab", kind="openai", endpoint="http://127.0.0.1:9/v1", model="small"),),
)
SOUND = {
    "summary": "Multiply the width by the height.",
    "arg_width": "Horizontal width of the area.",
    "arg_height": "Vertical height of the area.",
    "returns": "Product of width and height.",
}


class Answering:
    """A provider that answers with the fields it was given, whatever it is asked."""

    name = "lab"
    width = 4
    pause_s = None

    def __init__(self, texts):
        self.texts = texts
        self.asked = 0

    async def complete(self, prompt, heard):
        self.asked += 1
        properties = prompt.schema["properties"]
        identity = properties["id"]["enum"][0]
        return Reply(
            json.dumps({"id": identity} | {name: self.texts.get(name, "1") for name in properties if name != "id"}),
            "lab",
            NO_USAGE,
        )

    async def aclose(self):
        pass


async def answers_of(provider, generator=None):
    generator = generator or Generator(SETTINGS)
    generator._pool = provider
    async with aclosing(generator):
        framing = generator.view.framing(SETTINGS, Index().about("shapes.py"))
        asked = [one for one in requests_of(SOURCE, "shapes.py", FileOptions(SETTINGS), framing) if "area" in one.path]
        assert len(asked) == 10
        trust = Trust()
        return [await generator.fill(one, lambda _texts: None, trust) for one in asked]


async def test_a_provider_whose_answers_are_mostly_refused_is_not_asked_any_more():
    provider = Answering({})
    answers = await answers_of(provider)
    assert provider.asked == 12  # six symbols, each twice
    assert [one.error for one in answers] == [""] * 6 + [MOSTLY_REFUSED] * 4
    assert all(set(one.origins.values()) == {EMBEDDED} and all(one.texts.values()) for one in answers)


@pytest.mark.parametrize("spoiled", [(), ("arg_height",)])
async def test_a_provider_is_asked_on_as_long_as_most_of_what_it_says_is_sound(spoiled):
    provider = Answering({name: text for name, text in SOUND.items() if name not in spoiled})
    answers = await answers_of(provider)
    assert provider.asked == (20 if spoiled else 10)
    assert not any(one.error for one in answers)


async def test_another_run_asks_it_again():
    generator, provider = Generator(SETTINGS), Answering({})
    first = await answers_of(provider, generator)
    asked = provider.asked
    assert first[-1].error == MOSTLY_REFUSED
    again = await answers_of(provider, generator)
    assert provider.asked > asked
    assert not again[0].error
