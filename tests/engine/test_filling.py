import asyncio
import json
from dataclasses import replace

import pytest
from requested import requests

from glossator.engine.filling import fill
from glossator.errors import InvalidReply, RateLimited, Refused, TimedOut, Unavailable
from glossator.model import FieldKey, FieldKind
from glossator.providers.base import Reply, Usage

SOURCE = '''\
"""Keep entries."""


def load(store, key):
    entry = store.find(key)
    store.touch(entry)
    return entry
'''
REQUEST = requests(SOURCE)["load"]
SUMMARY, KEY = FieldKey(FieldKind.SUMMARY), FieldKey(FieldKind.PARAMETER, "key")
GOOD = {
    "summary": "Look up an entry of a store and mark it as used.",
    "arg_store": "Where the entry is kept, and where it is touched.",
    "arg_key": "Name of the entry that is looked up.",
    "returns": "The entry that was looked up.",
}
COST = Usage(10, 5, calls=1)


class Saying:
    """A provider that says one text, or raises one error, after the other."""

    name = "fake"

    def __init__(self, *steps):
        self.steps = list(steps)
        self.prompts = []

    async def complete(self, prompt, heard):
        self.prompts.append(prompt)
        step = self.steps[min(len(self.prompts), len(self.steps)) - 1]
        if isinstance(step, BaseException):
            raise step
        text = json.dumps({"id": REQUEST.question.form.identity, **step}) if isinstance(step, dict) else step
        for end in range(0, len(text) + 1, 5):
            heard(text[:end])
        return Reply(text, self.name, COST)

    async def aclose(self):
        pass


async def filled(*steps):
    """The answer, the provider, and all that was shown."""
    provider, seen = Saying(*steps), []
    return await fill(REQUEST, provider, seen.append), provider, seen


async def test_good_fields_are_taken_with_one_question():
    answer, provider, _ = await filled(GOOD)
    assert answer.texts[SUMMARY] == GOOD["summary"]
    assert set(answer.origins.values()) == {"fake"}
    assert (answer.usage, answer.is_degraded, len(provider.prompts)) == (COST, False, 1)


async def test_a_refused_field_is_asked_for_once_more_with_the_reason():
    answer, provider, _ = await filled(GOOD | {"arg_key": "You must run the key."}, GOOD)
    assert answer.texts[KEY] == GOOD["arg_key"]
    assert answer.usage == COST + COST
    again = provider.prompts[1]
    assert list(again.schema["properties"]) == ["id", "arg_key"]
    assert "arg_key: " in again.parts[-1].partition("An answer was refused")[2]
    assert again.parts[:-1] == REQUEST.question.prompt.parts
    assert not answer.is_degraded


async def test_a_field_that_is_refused_twice_is_ours():
    bad = GOOD | {"arg_key": "You must run the key."}
    answer, provider, _ = await filled(bad, bad)
    assert len(provider.prompts) == 2
    assert answer.texts[KEY] == REQUEST.ours[KEY]
    assert answer.origins[KEY] == "embedded"
    assert list(answer.refused) == [KEY]
    assert answer.is_degraded


@pytest.mark.parametrize("text", ["", "no", "[]", "{}", json.dumps({"id": "0000", **GOOD})])
async def test_what_is_no_answer_leaves_all_fields_ours_after_two_questions(text):
    answer, provider, _ = await filled(text)
    assert answer.texts == REQUEST.ours
    assert len(provider.prompts) == 2
    assert answer.is_degraded


async def test_a_good_answer_after_none_counts():
    answer, _, _ = await filled("no", GOOD)
    assert set(answer.origins.values()) == {"fake"}


@pytest.mark.parametrize(
    "error", [Unavailable("gone"), TimedOut("late"), Refused("no key"), RateLimited("slow", 5.0)], ids=repr
)
async def test_a_provider_that_fails_leaves_all_fields_ours(error):
    answer, provider, _ = await filled(error)
    assert answer.texts == REQUEST.ours
    assert answer.error == str(error)
    assert len(provider.prompts) == 1


async def test_a_provider_that_fails_at_the_second_question_keeps_what_was_good():
    answer, _, _ = await filled(GOOD | {"arg_key": "You must run the key."}, Unavailable("gone"))
    assert answer.texts[SUMMARY] == GOOD["summary"]
    assert answer.texts[KEY] == REQUEST.ours[KEY]
    assert answer.error == "gone"


async def test_an_invalid_reply_is_asked_for_once_more_and_no_more():
    answer, provider, _ = await filled(InvalidReply("cut off"))
    assert len(provider.prompts) == 2
    assert answer.texts == REQUEST.ours


async def test_what_failed_tries_took_is_counted():
    first, second = InvalidReply("cut off"), Unavailable("gone")
    first.usage, second.usage = COST, Usage(calls=1)
    answer, _, _ = await filled(first, second)
    assert answer.usage == COST + Usage(calls=1)


async def test_being_cancelled_passes_through():
    with pytest.raises(asyncio.CancelledError):
        await filled(asyncio.CancelledError())


async def test_what_is_shown_while_it_grows_has_nothing_that_would_be_refused():
    _, _, seen = await filled(GOOD | {"arg_key": "You must run the key.", "returns": "See https://evil.example."})
    assert any(shown[SUMMARY] == GOOD["summary"] for shown in seen)
    assert not [text for shown in seen for text in shown.values() if "evil" in text or "must" in text]


async def test_an_endless_answer_is_not_read_again_with_each_piece():
    _, _, seen = await filled(GOOD | {"summary": "Look up entries " * 3_000})
    assert len(seen) < 2 * REQUEST.question.form.max_characters / 5 + 20


@pytest.mark.parametrize(("ours", "want"), [("Load.", "fake"), ("Load the entry from a store.", "embedded")])
async def test_a_small_model_s_long_text_is_better_than_one_that_says_nothing(ours, want):
    said = "Look up one of many entries, and mark it."
    request = replace(REQUEST, want=replace(REQUEST.want, is_small=True, ours={**REQUEST.ours, SUMMARY: ours}))
    answer = await fill(request, Saying(GOOD | {"summary": said}), lambda _texts: None, is_asked_again=False)
    assert answer.origins[SUMMARY] == want
    assert answer.texts[SUMMARY] == (said if want == "fake" else ours)
