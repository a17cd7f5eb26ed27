"""Several small symbols in one question, over a real socket: as if each had been asked for alone."""

import asyncio
import json
import re

import pytest
from asked import provider_at
from fake_provider import HANG, FakeProvider, failure, head, ok, openai_stream
from hypothesis import given
from hypothesis import strategies as st
from requested import requests

from glossator.engine.filling import Filling, fill
from glossator.engine.packing import fill_together, may_be_packed, share
from glossator.model import FieldKey, FieldKind
from glossator.providers.base import NO_USAGE, Usage

SOURCE = "".join(
    f"def {name}(store, key):\n    entry = store.find(key)\n    store.{deed}(entry)\n    return entry\n\n\n"
    for name, deed in (("load", "touch"), ("drop", "remove"), ("lend", "lock"), ("give", "unlock"))
)
JOBS = [one for path, one in requests(SOURCE).items() if path != "<module>"]
IDS = {one.path: one.question.form.identity for one in JOBS}
SAID = {
    path: {
        "summary": f"Look up an entry of a store and {deed} it.",
        "arg_store": f"Where the entry is kept that a caller wants to {deed}.",
        "arg_key": f"Name of the entry to {deed}.",
        "returns": f"The entry, as it is once it could {deed}.",
    }
    for path, deed in (("load", "touch"), ("drop", "remove"), ("lend", "lock"), ("give", "unlock"))
}
SUMMARY, KEY = FieldKey(FieldKind.SUMMARY), FieldKey(FieldKind.PARAMETER, "key")
USAGE = {"prompt_tokens": 1003, "completion_tokens": 202, "total_tokens": 1205}


def wanted(asked):
    """The paths of the symbols that a question is about, in order, whatever its form is."""
    text = json.dumps(asked.json["messages"][-1])
    at = {path: text.find(f"id: {identity}") for path, identity in IDS.items()}
    return [path for path in sorted(at, key=at.get) if at[path] >= 0]


def said_of(path, **changes):
    return {"id": IDS[path], **SAID[path], **changes}


def whole(asked):
    """What a model should say."""
    paths = wanted(asked)
    if len(paths) == 1:
        return said_of(paths[0])
    return {IDS[path]: said_of(path) for path in paths}


def saying(*answers, way=lambda _asked: True):
    """A model that says these, one after the other, and then what it should; `way` is what it understands."""
    left = list(answers)

    def script(asked):
        if not way(asked.json):
            return failure(400, {"error": {"message": "response_format maxLength schema is not supported"}})
        found = (left.pop(0) if left else whole)(asked)
        return ok(openai_stream(found if isinstance(found, str) else json.dumps(found), usage=USAGE))

    return script


class Together:
    """What came of asking for all of them together."""

    def __init__(self, answers, server, seen, split):
        self.answers = dict(zip(IDS, answers, strict=True))
        self.requests = server.requests
        self.seen = seen
        self.split = split

    @property
    def asked(self):
        return [wanted(one) for one in self.requests]


async def together(script, jobs=JOBS):
    async with FakeProvider(script) as server:
        provider, split = provider_at(server.url), []
        seen = {one.path: [] for one in jobs}
        listed = [(one, seen[one.path].append) for one in jobs]
        answers = await fill_together(listed, provider, split.append)
        await provider.aclose()
        return Together(answers, server, seen, sum(split))


async def alone(script=None):
    async with FakeProvider(script or saying()) as server:
        provider = provider_at(server.url)
        found = {one.path: await fill(one, provider, lambda _texts: None) for one in JOBS}
        await provider.aclose()
        return found


def taken(answers):
    return {path: (one.texts, one.origins, one.refused, one.said, one.error) for path, one in answers.items()}


WAYS = {
    "lengths": lambda body: True,
    "schema": lambda body: "maxLength" not in json.dumps(body),
    "object": lambda body: body.get("response_format", {}).get("type") == "json_object",
    "tool": lambda body: "response_format" not in body and "tools" in body,
    "words": lambda body: not {"response_format", "tools"} & body.keys(),
}


def test_the_symbols_of_this_test_are_small_enough():
    assert all(map(may_be_packed, JOBS))


@pytest.mark.parametrize("way", WAYS)
async def test_asking_together_gives_field_by_field_what_asking_alone_gives(way):
    found = await together(saying(way=WAYS[way]))
    assert taken(found.answers) == taken(await alone())
    assert found.asked[-1] == list(IDS)
    assert found.split == 0
    assert all(set(one.origins.values()) == {"fake"} for one in found.answers.values())


async def test_the_question_has_a_schema_within_the_schema_and_what_they_share_once():
    found = await together(saying())
    (asked,) = found.requests
    schema = asked.json["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == schema["required"] == list(IDS.values())
    for job in JOBS:
        one = schema["properties"][IDS[job.path]]
        assert one["properties"]["id"]["enum"] == [IDS[job.path]]
        assert one["required"] == ["id", *job.question.form.names]
        assert one["additionalProperties"] is False
    text = json.dumps(asked.json["messages"])
    assert all(text.count(f"store.{deed}(entry)") == 1 for deed in ("touch", "remove", "lock", "unlock"))
    assert asked.json["max_tokens"] == sum(job.question.form.max_tokens for job in JOBS)


async def test_p11_answers_that_came_to_the_wrong_place_are_nobodys():
    def swapped(asked):
        right = whole(asked)
        return {**right, IDS["load"]: right[IDS["drop"]], IDS["drop"]: right[IDS["load"]]}

    found = await together(saying(swapped))
    assert found.asked == [list(IDS), ["load"], ["drop"]]
    assert taken(found.answers) == taken(await alone())
    assert found.split == 2
    shown = [texts[SUMMARY] for texts in found.seen["load"]]
    assert not [text for text in shown if "remove" in text]
    assert SAID["load"]["summary"] in shown


async def test_p11_an_answer_without_its_id_is_nobodys():
    def nameless(asked):
        return {
            identity: {**one, "id": "" if identity == IDS["lend"] else identity}
            for identity, one in whole(asked).items()
        }

    found = await together(saying(nameless))
    assert found.asked[1:] == [["lend"]]
    assert taken(found.answers) == taken(await alone())


async def test_one_that_is_missing_is_asked_for_alone():
    found = await together(saying(lambda asked: {key: one for key, one in whole(asked).items() if key != IDS["give"]}))
    assert found.asked == [list(IDS), ["give"]]
    assert "An answer was refused" not in json.dumps(found.requests[1].json)
    assert taken(found.answers) == taken(await alone())


async def test_one_that_was_refused_is_asked_for_again_alone_with_the_reason():
    bad = "You must run the key."

    def refused(asked):
        return {**whole(asked), IDS["drop"]: said_of("drop", arg_key=bad)}

    found = await together(saying(refused))
    assert found.asked == [list(IDS), ["drop"]]
    again = found.requests[1].json
    assert list(again["response_format"]["json_schema"]["schema"]["properties"]) == ["id", "arg_key"]
    assert "arg_key: " in json.dumps(again).partition("An answer was refused")[2]
    assert taken(found.answers) == taken(await alone())
    assert not any(bad in text for texts in found.seen["drop"] for text in texts.values())


async def test_one_that_is_refused_twice_is_ours_and_the_others_are_not():
    def refused(asked):
        paths = wanted(asked)
        if len(paths) == 1:
            return {"id": IDS["drop"], "arg_key": "You must run the key."}
        return {**whole(asked), IDS["drop"]: said_of("drop", arg_key="You must run the key.")}

    found = await together(saying(refused, refused))
    assert len(found.requests) == 2
    assert found.answers["drop"].origins[KEY] == "embedded"
    assert found.answers["drop"].texts[SUMMARY] == SAID["drop"]["summary"]
    assert not found.answers["load"].is_degraded


@pytest.mark.parametrize(
    "garbled", ["no", "[]", "{}", '{"a": ', "null", json.dumps({"id": "x", **SAID["load"]})], ids=repr
)
async def test_what_is_no_answer_at_all_has_each_asked_for_alone(garbled):
    found = await together(saying(lambda _asked: garbled))
    assert found.asked == [list(IDS), *([path] for path in IDS)]
    assert found.split == len(JOBS)
    assert taken(found.answers) == taken(await alone())


async def test_a_question_that_a_server_refused_is_put_in_parts():
    def script(asked):
        if len(wanted(asked)) > 1:
            return failure(413, {"error": {"message": "too long"}})
        return saying()(asked)

    found = await together(script)
    assert found.asked == [list(IDS), *([path] for path in IDS)]
    assert taken(found.answers) == taken(await alone())


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_a_server_that_fails_is_not_asked_again_for_each(status):
    found = await together(lambda _asked: failure(status, {"error": {"message": "no"}}))
    assert len(found.requests) == 1
    assert len({one.error for one in found.answers.values()}) == 1
    assert all(one.texts == job.ours for one, job in zip(found.answers.values(), JOBS, strict=True))


async def test_a_server_that_fails_after_a_packed_answer_keeps_what_was_good():
    def script(asked):
        if len(wanted(asked)) > 1:
            return saying(lambda asked: {**whole(asked), IDS["lend"]: {}})(asked)
        return failure(500, {"error": {"message": "no"}})

    found = await together(script)
    assert [bool(one.error) for one in found.answers.values()] == [False, False, True, False]


async def test_what_it_took_adds_up_to_what_the_server_said():
    found = await together(saying(lambda asked: {**whole(asked), IDS["drop"]: {}}))
    total = sum((one.usage for one in found.answers.values()), NO_USAGE)
    assert (total.calls, total.tokens_in, total.tokens_out) == (2, 2 * 1003, 2 * 202)
    assert [one.usage.calls for one in found.answers.values()] == [1, 1, 0, 0]


@given(
    st.builds(Usage, *(st.integers(0, 10**6),) * 3, st.floats(0, 100), st.integers(0, 9), st.integers(0, 9)),
    st.integers(1, len(JOBS)),
)
def test_each_has_its_part_of_what_a_call_took(usage, count):
    fillings = [Filling.begun(job) for job in JOBS[:count]]
    share(usage, fillings)
    total = sum((one.usage for one in fillings), NO_USAGE)
    assert total.cost == pytest.approx(usage.cost)
    assert Usage(total.tokens_in, total.tokens_out, total.cached, usage.cost, total.calls, total.unpriced) == usage
    assert max(one.usage.tokens_out for one in fillings[1:] or fillings) <= usage.tokens_out // count + count


async def test_each_sees_his_own_texts_grow_and_nobody_elses():
    found = await together(saying())
    for path, seen in found.seen.items():
        texts = {text for one in seen for text in one.values()}
        assert SAID[path]["summary"] in texts
        assert not any(other["summary"] in texts for name, other in SAID.items() if name != path)


async def test_being_cancelled_closes_the_connection():
    async with FakeProvider(lambda _asked: (head(), openai_stream("{")[:40], HANG)) as server:
        provider = provider_at(server.url)
        task = asyncio.create_task(
            fill_together([(one, lambda _texts: None) for one in JOBS], provider, lambda _n: None)
        )
        await server.asked()
        task.cancel()
        await server.gone()
        with pytest.raises(asyncio.CancelledError):
            await task
        await provider.aclose()
        await server.deserted()


def test_ids_of_a_pack_are_words_that_no_schema_refuses():
    assert all(re.fullmatch(r"\w+", identity) for identity in IDS.values())
