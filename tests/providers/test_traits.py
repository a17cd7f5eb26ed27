"""What is learned from refusals: a pure function from words to the next request."""

import json

import pytest

from glossator.providers.anthropic import anthropic
from glossator.providers.ollama import ollama
from glossator.providers.openai import openai
from glossator.providers.traits import after, chosen, vocabulary, words_in

LADDERS = openai().ladders
KNOWN = vocabulary(LADDERS)


def refusal(text, **members):
    return words_in(json.dumps({"error": {"message": text, **members}}).encode(), KNOWN)


def next_request(text, refused=frozenset(), **members):
    return chosen(LADDERS, after(LADDERS, frozenset(refused), refusal(text, **members)))


def test_the_first_request_wants_everything():
    assert chosen(LADDERS, frozenset()) == {"schema_with_lengths", "stream_options", "temperature", "max_tokens"}


# The texts are those of the servers themselves, as users report them.
MAX_TOKENS = (
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
)
TEMPERATURE = "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) is supported."
LENGTH = "Invalid schema for response_format 'documentation': In context=('properties',), 'maxLength' is not permitted."


@pytest.mark.parametrize(
    ("text", "param", "gone", "instead"),
    [
        (MAX_TOKENS, "max_tokens", "max_tokens", "max_completion_tokens"),
        (TEMPERATURE, "temperature", "temperature", None),
        ("Unrecognized request argument supplied: stream_options", None, "stream_options", None),
        (LENGTH, "response_format", "schema_with_lengths", "schema"),
        ("This response_format type is unavailable now", None, "schema_with_lengths", "schema"),
        ("The provided JSON schema contains features not supported.", None, "schema_with_lengths", "schema"),
    ],
)
def test_what_a_server_names_is_left_out_and_nothing_else(text, param, gone, instead):
    first = chosen(LADDERS, frozenset())
    assert next_request(text, param=param) == first - {gone} | ({instead} if instead else set())


def test_a_server_that_has_no_json_object_is_asked_by_a_tool():
    refused = {"schema_with_lengths", "schema"}
    assert "tool" in next_request("'response_format.type' must be 'json_schema' or 'text'", refused)


def test_a_refusal_that_names_nothing_takes_the_form_down_first_then_the_rest():
    refused, order = frozenset(), []
    while (further := after(LADDERS, refused, frozenset())) is not None:
        order += further - refused
        refused = further
    assert order == ["schema_with_lengths", "schema", "object", "tool", "stream_options", "temperature"]
    assert chosen(LADDERS, refused) == {"words", "max_tokens"}


@pytest.mark.parametrize("dialect", [openai(), anthropic(), ollama()], ids=lambda d: d.path)
def test_whatever_a_server_says_stepping_down_ends_with_a_question_in_words(dialect):
    for said in (frozenset(), vocabulary(dialect.ladders), frozenset({"response_format"}), frozenset({"temperature"})):
        refused, steps = frozenset(), 0
        while (further := after(dialect.ladders, refused, said)) is not None:
            assert further > refused
            refused, steps = further, steps + 1
            assert steps < 10
        assert "words" in chosen(dialect.ladders, refused)


def test_what_a_server_repeats_of_the_request_is_not_blamed():
    body = {"detail": [{"loc": ["body", "stream_options"], "msg": "no", "input": ["temperature", "tools"]}]}
    assert words_in(json.dumps(body).encode(), KNOWN) == {"stream_options"}


def test_no_word_but_those_known_is_taken_from_a_refusal():
    assert refusal("sk-secret def secret_function(): temperature") == {"temperature"}


def test_a_refusal_that_is_no_json_is_read_as_text():
    assert words_in(b"<p>unknown field: temperature \xff</p>", KNOWN) == {"temperature"}


def test_a_refusal_nested_without_end_says_nothing():
    assert words_in(b"[" * 100_000, KNOWN) == frozenset()
