"""Conformance: what every dialect does with the answers of its server, over a real socket."""

import asyncio
import json
from itertools import pairwise

import pytest
from asked import ANSWER, ANTHROPIC, OLLAMA, OPENAI, PROMPT, SCHEMA, WIRES, outside, provider_at
from fake_provider import (
    CLOSE,
    FakeProvider,
    anthropic_stream,
    chunked,
    event,
    failure,
    head,
    ok,
    ollama_stream,
    openai_chunk,
    openai_stream,
)

from glossator.errors import InvalidReply, ProviderError, RateLimited, Refused, TimedOut, Unavailable
from glossator.providers.base import Prompt, silent
from glossator.providers.keys import Keys


@pytest.fixture(params=WIRES, ids=str)
def wire(request):
    return request.param


async def reply_to(script, wire, heard=silent, **settings):
    async with FakeProvider(script) as server:
        provider = provider_at(server.url, wire.kind, **settings)
        try:
            return await provider.complete(PROMPT, heard)
        finally:
            await provider.aclose()


async def error_of(script, wire, **settings):
    with pytest.raises(ProviderError) as caught:
        await reply_to(script, wire, **settings)
    return caught.value


async def test_a_stream_becomes_a_reply(wire):
    reply = await reply_to(ok(wire.stream(ANSWER), wire.content_type), wire)
    assert (reply.text, reply.provider, reply.usage.calls) == (ANSWER, "fake", 1)


async def test_an_answer_is_heard_as_it_grows(wire):
    heard = []
    await reply_to(ok(wire.stream(ANSWER), wire.content_type), wire, heard.append)
    assert heard[-1] == ANSWER
    assert len(heard) > 3
    assert all(later.startswith(earlier) for earlier, later in pairwise(heard))


async def test_pieces_may_be_cut_anywhere_also_in_a_character(wire):
    stream = wire.stream(ANSWER)
    pieces = [stream[start : start + 3] for start in range(0, len(stream), 3)]
    reply = await reply_to(chunked(*pieces, content_type=wire.content_type), wire)
    assert reply.text == ANSWER


async def test_lines_may_end_with_crlf(wire):
    reply = await reply_to(ok(wire.stream(ANSWER).replace(b"\n", b"\r\n"), wire.content_type), wire)
    assert reply.text == ANSWER


async def test_p8_a_stream_that_is_cut_at_any_byte_is_no_reply_before_its_end_mark(wire):
    stream = wire.stream('{"summary": "Söy."}')
    whole_from = stream.index(wire.end) + len(wire.end)
    cuts = iter(range(len(stream)))
    # The end of the connection is the end of the answer, so that nothing else tells that it was cut.
    async with FakeProvider(lambda _: (head(200, wire.content_type), stream[: next(cuts)], CLOSE)) as server:
        provider = provider_at(server.url, wire.kind)
        for cut in range(len(stream)):
            heard = []
            if cut < whole_from:
                with pytest.raises(InvalidReply):
                    await provider.complete(PROMPT, heard.append)
                assert all('{"summary": "Söy."}'.startswith(text) for text in heard), cut
            else:
                assert (await provider.complete(PROMPT, silent)).text == '{"summary": "Söy."}'
        await provider.aclose()


async def test_p8_an_answer_that_reached_its_bound_is_no_reply(wire):
    assert isinstance(await error_of(ok(wire.too_long, wire.content_type), wire), InvalidReply)


async def test_p7_an_answer_that_the_server_held_back_is_no_reply(wire):
    assert isinstance(await error_of(ok(wire.filtered, wire.content_type), wire), InvalidReply)


async def test_an_error_within_a_stream_is_that_error(wire):
    assert isinstance(await error_of(ok(wire.broken, wire.content_type), wire), Unavailable)


@pytest.mark.parametrize("text", ["", "I cannot.", '{"summary": "cut', '["a"]', '{"summary": "\\ud800"}'])
async def test_p7_an_answer_without_a_json_object_is_no_reply(wire, text):
    assert isinstance(await error_of(ok(wire.stream(text), wire.content_type), wire), InvalidReply)


async def test_p7_bytes_that_are_no_utf8_are_no_reply(wire):
    broken = wire.stream(ANSWER).replace("ü".encode(), b"\xfc")
    assert isinstance(await error_of(ok(broken, wire.content_type), wire), InvalidReply)


async def test_p7_garbled_events_are_no_reply(wire):
    garbled = wire.stream(ANSWER).replace(b'{"', b'{"" ', 3)
    assert isinstance(await error_of(ok(garbled, wire.content_type), wire), InvalidReply)


async def test_p7_a_web_page_is_no_reply(wire):
    error = await error_of(ok(b"<html>Log in</html>", "text/html; charset=utf-8"), wire)
    assert isinstance(error, InvalidReply)
    assert "endpoint" in str(error)


async def test_p12_hostile_words_come_through_as_words_of_a_json_text(wire):
    hostile = json.dumps(
        {"summary": '""" import os # ${1:x} \u202e [l](command:x) \x1b[2J <script>'}, ensure_ascii=False
    )
    reply = await reply_to(ok(wire.stream(hostile), wire.content_type), wire)
    assert reply.text == hostile  # what may stay of it is decided where fields are validated


async def test_thoughts_are_not_the_answer(wire):
    reply = await reply_to(ok(wire.stream(f"<think>Or {{}}?</think>\n{ANSWER}"), wire.content_type), wire)
    assert reply.text == ANSWER


async def test_a_server_that_knows_only_words_is_asked_in_words_and_remembered(wire):
    def script(request):
        body = request.json
        if {"response_format", "format", "output_config", "tools"} & body.keys():
            return failure(400, {"error": "unsupported"})
        return ok(wire.stream(f"Here it is:\n```json\n{ANSWER}\n```"), wire.content_type)

    async with FakeProvider(script) as server:
        provider = provider_at(server.url, wire.kind)
        assert (await provider.complete(PROMPT, silent)).text == ANSWER
        tries = len(server.requests)
        assert "Answer with one JSON object" in json.dumps(server.requests[-1].json["messages"][-1])
        await provider.complete(PROMPT, silent)
        assert len(server.requests) == tries + 1
        assert "words" in provider.traits
        assert "temperature" in provider.traits
        await provider.aclose()


async def test_what_a_server_refused_is_remembered_also_where_its_answer_was_no_good(wire):
    async with FakeProvider(failure(400, {"error": "temperature"}), ok(wire.too_long, wire.content_type)) as server:
        provider = provider_at(server.url, wire.kind)
        with pytest.raises(InvalidReply):
            await provider.complete(PROMPT, silent)
        assert "temperature" not in provider.traits
        await provider.aclose()


async def test_a_server_that_refuses_everything_is_asked_a_bounded_number_of_times_and_nothing_is_learned(wire):
    async with FakeProvider(failure(400, {"error": {"message": "no"}})) as server:
        provider = provider_at(server.url, wire.kind)
        before = provider.traits
        with pytest.raises(Refused):
            await provider.complete(PROMPT, silent)
        assert 1 < len(server.requests) <= 10
        assert provider.traits == before
        await provider.aclose()


async def test_a_question_that_is_too_long_is_not_asked_again_in_other_ways(wire):
    async with FakeProvider(failure(400, {"error": {"message": "x", "code": "context_length_exceeded"}})) as server:
        provider = provider_at(server.url, wire.kind)
        with pytest.raises(Refused, match="longer than the model can read"):
            await provider.complete(PROMPT, silent)
        assert len(server.requests) == 1
        await provider.aclose()


async def test_a_server_that_does_not_heed_a_schema_is_asked_otherwise_the_next_time(wire):
    async with FakeProvider(ok(wire.stream("Docs!"), wire.content_type)) as server:
        provider = provider_at(server.url, wire.kind)
        before = provider.traits
        with pytest.raises(InvalidReply):
            await provider.complete(PROMPT, silent)
        assert len(server.requests) == 1
        assert provider.traits != before
        await provider.aclose()


async def test_the_gate_sees_exactly_the_bytes_that_are_sent(wire):
    seen = []
    async with FakeProvider(failure(400, {"error": "format"}), ok(wire.stream(ANSWER), wire.content_type)) as server:
        provider = provider_at(server.url, wire.kind, outside=outside(gate=seen.append))
        await provider.complete(PROMPT, silent)
        await provider.aclose()
        assert seen == [request.body for request in server.requests]
        assert len(seen) == 2


async def test_what_the_gate_refuses_is_not_sent(wire):
    def gate(_body):
        raise Refused("a secret")

    async with FakeProvider(ok(wire.stream(ANSWER), wire.content_type)) as server:
        provider = provider_at(server.url, wire.kind, outside=outside(gate=gate))
        with pytest.raises(Refused, match="a secret"):
            await provider.complete(PROMPT, silent)
        assert server.accepted == 0


async def test_a_connection_is_used_again(wire):
    async with FakeProvider(chunked(wire.stream(ANSWER), content_type=wire.content_type)) as server:
        provider = provider_at(server.url, wire.kind)
        for _ in range(3):
            await provider.complete(PROMPT, silent)
        assert server.accepted == 1
        await provider.aclose()


@pytest.mark.parametrize(
    ("status", "body", "wanted"),
    [
        (401, {"error": {"message": "bad key"}}, Refused),
        (403, b"", Refused),
        (404, {"error": "model 'm' not found"}, Refused),
        (429, {"error": {"code": "insufficient_quota"}}, Refused),
        (503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, Unavailable),
        (529, {"type": "error", "error": {"type": "overloaded_error"}}, Unavailable),
        (504, b"<html>gateway</html>", TimedOut),
        (418, b"tea", Refused),
    ],
)
async def test_each_status_is_the_error_that_tells_what_to_do(wire, status, body, wanted):
    assert type(await error_of(failure(status, body), wire)) is wanted


# What each dialect has of its own.


async def test_openai_usage_is_taken_from_the_chunk_after_the_last_choice():
    usage = {"prompt_tokens": 90, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": 64}, "cost": 0.25}
    found = (await reply_to(ok(openai_stream(ANSWER, usage=usage)), OPENAI)).usage
    assert (found.tokens_in, found.tokens_out, found.cached, found.cost) == (90, 9, 64, 0.25)


async def test_openai_comments_and_unknown_events_are_passed_over():
    stream = b": OPENROUTER PROCESSING\n\n" + event({"object": "other"}) + openai_stream(ANSWER)
    assert (await reply_to(ok(stream), OPENAI)).text == ANSWER


async def test_openai_the_last_chunk_may_carry_content():
    stream = event(openai_chunk({"content": ANSWER[:9]})) + event(openai_chunk({"content": ANSWER[9:]}, "stop"))
    assert (await reply_to(ok(stream), OPENAI)).text == ANSWER


async def test_openai_reasoning_members_are_not_the_answer():
    stream = event(openai_chunk({"reasoning_content": '{"summary": "?"}', "reasoning": "{}"})) + openai_stream(ANSWER)
    heard = []
    assert (await reply_to(ok(stream), OPENAI, heard.append)).text == ANSWER
    assert not any("?" in text for text in heard)


async def test_openai_a_forced_tool_call_is_the_answer():
    def call(arguments, **more):
        return openai_chunk({"tool_calls": [{"index": 0, "function": {"arguments": arguments}, **more}]})

    stream = event(call("", id="call_1")) + event(call(ANSWER[:5])) + event(call(ANSWER[5:]))
    stream += event(openai_chunk({}, "tool_calls")) + event("[DONE]")
    assert (await reply_to(ok(stream), OPENAI)).text == ANSWER


async def test_openai_a_refusal_is_no_reply():
    stream = event(openai_chunk({"refusal": "I can't."})) + openai_stream(ANSWER)
    assert "refused" in str(await error_of(ok(stream), OPENAI))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ({"error": "out of memory"}, Unavailable),
        ({"object": "error", "message": "bad", "type": "BadRequestError", "code": 400}, Refused),
        ({"error": {"code": 429, "message": "slow"}, "choices": [{"index": 0, "finish_reason": "error"}]}, RateLimited),
        ({"error": {"code": "401", "message": "who"}}, Refused),
        ({"choices": [{"index": 0, "error": {"code": 502}, "delta": {}}]}, Unavailable),
    ],
    ids=["text", "vllm", "openrouter", "digits", "choice"],
)
async def test_openai_errors_in_a_stream_come_in_many_shapes(found, wanted):
    assert isinstance(await error_of(ok(event(openai_chunk({"content": "{"})) + event(found)), OPENAI), wanted)


@pytest.mark.parametrize("indent", [None, 2])
async def test_openai_a_server_that_does_not_stream_is_read_too(indent):
    whole = {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 6},
    }
    heard = []
    reply = await reply_to(ok(json.dumps(whole, indent=indent).encode(), "application/json"), OPENAI, heard.append)
    assert (reply.text, reply.usage.tokens_in, heard) == (ANSWER, 5, [ANSWER])


async def test_openai_chunks_of_odd_shapes_do_no_harm():
    odd = [{"choices": None}, {"choices": [None, 7]}, {"choices": [{"index": 0, "delta": None}]}, {"usage": 7},
           {"choices": [{"index": 1, "delta": {"content": "other"}}]}, openai_chunk({"content": 7}),
           openai_chunk({"content": [{"type": "text", "text": ""}], "tool_calls": [7, {"function": 7}]})]  # fmt: skip
    assert (await reply_to(ok(b"".join(map(event, odd)) + openai_stream(ANSWER)), OPENAI)).text == ANSWER


async def test_openai_a_model_that_thinks_gets_room_for_its_thoughts():
    refused = failure(400, {"error": {"message": "Use 'max_completion_tokens'.", "param": "max_tokens"}})
    async with FakeProvider(refused, ok(openai_stream(ANSWER))) as server:
        provider = provider_at(server.url)
        await provider.complete(PROMPT, silent)
        await provider.aclose()
        last = server.requests[-1].json
    assert "max_tokens" not in last
    assert last["max_completion_tokens"] == PROMPT.max_tokens + 4096
    assert last["response_format"]["json_schema"]["schema"]["properties"] == SCHEMA["properties"]


async def asked_of(wire, prompt=PROMPT):
    async with FakeProvider(ok(wire.stream(ANSWER), wire.content_type)) as server:
        provider = provider_at(server.url, wire.kind)
        await provider.complete(prompt, silent)
        await provider.aclose()
        return server.requests[-1]


async def test_openai_the_request_has_examples_as_turns_and_a_closed_schema():
    request = await asked_of(OPENAI)
    body = request.json
    assert request.path == "/chat/completions"
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "user"]
    assert body["messages"][-1]["content"] == "".join(PROMPT.parts)
    assert body["response_format"]["json_schema"]["schema"] == {**SCHEMA, "additionalProperties": False}
    assert "authorization" not in request.headers


async def test_anthropic_marks_the_stable_prefix_and_each_part_but_the_last():
    body = (await asked_of(ANTHROPIC)).json
    assert marked(body) == ['{"summary": "Do g."}', "# a file\n", "class A:\n"]
    assert "maxLength" not in json.dumps(body["output_config"])


async def test_anthropic_marks_the_instructions_where_there_are_no_examples_and_never_more_than_four_blocks():
    prompt = Prompt("Instructions.", (), tuple("abcdefg"), SCHEMA, 10)
    assert marked((await asked_of(ANTHROPIC, prompt)).json) == ["Instructions.", "a", "b", "c"]


def marked(body):
    blocks = [*body.get("system", ()), *(block for message in body["messages"] for block in message["content"])]
    return [block["text"] for block in blocks if "cache_control" in block]


async def test_anthropic_sends_its_version_and_the_key_in_its_own_header():
    keys = Keys({})
    keys.hand("fake", "sk-1")
    async with FakeProvider(ok(anthropic_stream(ANSWER))) as server:
        provider = provider_at(server.url, "anthropic", outside=outside(keys=keys))
        await provider.complete(PROMPT, silent)
        keys.hand("fake", "")
        await provider.complete(PROMPT, silent)
        await provider.aclose()
    with_key, without = server.requests
    assert with_key.path == "/v1/messages"
    assert with_key.headers["anthropic-version"] == "2023-06-01"
    assert with_key.headers["x-api-key"] == "sk-1"
    assert "x-api-key" not in without.headers


async def test_anthropic_usage_counts_what_was_read_from_and_written_to_the_cache():
    usage = {
        "input_tokens": 10,
        "cache_creation_input_tokens": 200,
        "cache_read_input_tokens": 1000,
        "output_tokens": 7,
    }
    script = ok(anthropic_stream(ANSWER, usage=usage))
    found = (await reply_to(script, ANTHROPIC, price_in=1e6, price_out=1e6)).usage
    assert (found.tokens_in, found.tokens_out, found.cached) == (1210, 7, 1000)
    assert found.cost == 10 + 250 + 100 + 7


async def test_anthropic_thoughts_and_unknown_events_are_passed_over():
    more = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "thinking_delta", "thinking": '{"summary": "?"}'},
        },
        {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "x"}},
        {"type": "yet_to_come", "delta": 7},
    ]
    stream = b"".join(event(found, found["type"]) for found in more) + anthropic_stream(ANSWER)
    assert (await reply_to(ok(stream), ANTHROPIC)).text == ANSWER


async def test_anthropic_the_input_of_the_forced_tool_is_the_answer():
    stream = anthropic_stream(ANSWER, "tool_use").replace(
        b'"text_delta", "text"', b'"input_json_delta", "partial_json"'
    )
    assert (await reply_to(ok(stream), ANTHROPIC)).text == ANSWER


async def test_anthropic_too_many_requests_without_a_pause_is_a_limit_that_waiting_does_not_lift():
    body = {"type": "error", "error": {"type": "rate_limit_error", "message": "monthly"}}
    assert isinstance(await error_of(failure(429, body), ANTHROPIC), Refused)
    assert isinstance(await error_of(failure(429, body, "Retry-After: 2"), ANTHROPIC), RateLimited)


@pytest.mark.parametrize(
    ("type_", "wanted"),
    [("overloaded_error", Unavailable), ("api_error", Unavailable), ("authentication_error", Refused),
     ("invalid_request_error", Refused), ("timeout_error", TimedOut), ("unheard_of", Unavailable)],
)  # fmt: skip
async def test_anthropic_each_error_in_a_stream_is_the_one_of_its_status(type_, wanted):
    stream = event({"type": "error", "error": {"type": type_, "message": "x"}}, "error")
    assert isinstance(await error_of(ok(stream), ANTHROPIC), wanted)


async def test_ollama_usage_is_taken_from_the_last_line():
    found = (await reply_to(ok(ollama_stream(ANSWER, prompt_eval_count=33, eval_count=4)), OLLAMA)).usage
    assert (found.tokens_in, found.tokens_out) == (33, 4)


async def test_ollama_gets_a_context_that_holds_the_question_and_never_shrinks():
    long = Prompt("", (), ("x" * 20_000,), SCHEMA, 500)
    async with FakeProvider(ok(ollama_stream(ANSWER))) as server:
        provider = provider_at(server.url, "ollama")
        for prompt in (PROMPT, long, PROMPT):
            await provider.complete(prompt, silent)
        await provider.aclose()
        assert [request.json["options"]["num_ctx"] for request in server.requests] == [4096, 8192, 8192]
        assert server.requests[0].json["format"] == {**SCHEMA, "additionalProperties": False}
        assert server.requests[0].path == "/api/chat"


async def test_ollama_a_question_that_filled_the_context_is_no_reply():
    error = await error_of(ok(ollama_stream(ANSWER, prompt_eval_count=4096)), OLLAMA)
    assert "longer than the model's context" in str(error)


async def test_ollama_thoughts_have_a_member_of_their_own():
    thought = b'{"message": {"role": "assistant", "content": "", "thinking": "{\\"summary\\": 1}"}, "done": false}\n'
    assert (await reply_to(ok(thought + ollama_stream(ANSWER)), OLLAMA)).text == ANSWER


async def test_ollama_an_error_is_a_text():
    assert isinstance(await error_of(failure(400, {"error": '"m" does not support thinking'}), OLLAMA), Refused)


async def test_questions_at_once_get_their_own_answers(wire):
    def script(request):
        name = request.json["messages"][-1]
        letter = json.dumps(name).split("letter ")[1][0]
        return ok(wire.stream(json.dumps({"summary": letter * 40})), wire.content_type)

    async with FakeProvider(script) as server:
        provider = provider_at(server.url, wire.kind)
        prompts = [Prompt("i", (), (f"letter {letter}",), SCHEMA, 50) for letter in "abcdefgh"]
        replies = await asyncio.gather(*(provider.complete(prompt, silent) for prompt in prompts))
        assert [json.loads(reply.text)["summary"][0] for reply in replies] == list("abcdefgh")
        await provider.aclose()
