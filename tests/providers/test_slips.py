"""An answer without an object: a sign that the server enforces no form, unless most of its answers have one."""

import pytest
from asked import ANSWER, OPENAI, PROMPT, provider_at
from fake_provider import FakeProvider, ok, openai_stream

from glossator.errors import InvalidReply
from glossator.providers.asking import MOST_OBJECTS, SLIP
from glossator.providers.base import silent

GOOD, BAD = ok(openai_stream(ANSWER)), ok(openai_stream('{"summary": "Say'))


async def ways_after(*answers):
    """How the provider would ask after each of these answers."""
    async with FakeProvider(*answers) as server:
        provider, found = provider_at(server.url, OPENAI.kind), []
        for answer in answers:
            if answer is GOOD:
                await provider.complete(PROMPT, silent)
            else:
                with pytest.raises(InvalidReply):
                    await provider.complete(PROMPT, silent)
            found.append(provider.way)
        await provider.aclose()
        return found


async def test_a_server_whose_first_answer_has_no_object_is_asked_in_another_way():
    assert await ways_after(BAD, BAD) == ["schema", "object"]


async def test_p7_one_garbled_answer_among_many_changes_nothing():
    answers = [GOOD, BAD, *[GOOD] * SLIP] * 5
    assert set(await ways_after(*answers)) == {"schema_with_lengths"}


async def test_a_server_that_often_gives_no_object_is_asked_in_another_way():
    assert (await ways_after(*[GOOD, BAD, BAD] * 2))[-1] != "schema_with_lengths"


async def test_many_good_answers_do_not_make_up_for_a_server_that_has_changed():
    ways = await ways_after(*[GOOD] * 3 * MOST_OBJECTS, *[BAD] * (MOST_OBJECTS // SLIP + 1))
    assert ways[-2:] == ["schema_with_lengths", "schema"]
