"""The object in an answer, whatever stands around it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.errors import InvalidReply
from glossator.providers import answers
from glossator.providers.answers import (
    _START,
    FULL_PRICE,
    Counts,
    NoObject,
    Tariff,
    Visible,
    _scalar,
    _without_thoughts,
    amount,
    parsed,
    usage_of,
    whole_number,
    whole_object,
)
from glossator.providers.base import Price, Prompt

OBJECT = '{"summary": "Use `{x}` and <b>."}'


@pytest.mark.parametrize(
    "text",
    [
        OBJECT,
        f"\n  {OBJECT}\n",
        f"```json\n{OBJECT}\n```",
        f"Sure! Here is `{{x}}` for you:\n```\n{OBJECT}\n```\nAnything else?",
        f"<think>It may be {{\"summary\": \"no\"}} or not.</think>\n{OBJECT}",
        f"<thinking>\n</thinking><think>{{</think>{OBJECT}",
        f"It may be {{\"summary\": \"no\"}}.</think>{OBJECT}",
    ],
    ids=["bare", "blanks", "fence", "talk", "thought", "two thoughts", "thought without a beginning"],
)  # fmt: skip
def test_the_object_is_taken_out_of_what_stands_around_it(text):
    assert whole_object(text) == OBJECT
    assert Visible().of(text).startswith(OBJECT)


@pytest.mark.parametrize(
    "text",
    ["I cannot do that.", '{"summary": "cut', '{"a": {"b": "c"}', '["a"]', "{" * 10_000,
     '{"a": "\\ud83d"}', '{"a": "\ud83d"}', "```json\n```"],
)  # fmt: skip
def test_an_answer_without_a_whole_object_has_none(text):
    with pytest.raises(NoObject):
        whole_object(text)


@pytest.mark.parametrize("text", ["", " \n", "<think>{}", "<think>Hm.</think>"])
def test_an_empty_answer_is_no_sign_that_a_form_is_not_heeded(text):
    with pytest.raises(InvalidReply) as caught:
        whole_object(text)
    assert not isinstance(caught.value, NoObject)


def test_halves_of_a_character_from_two_pieces_are_one_again():
    assert whole_object('{"a": "\ud83d\ude42"}') == '{"a": "🙂"}'
    Visible().of('{"a": "\ud83d').encode()


def test_what_is_visible_of_an_answer_only_grows():
    text = f"<think>Hm, {{}}.</think>Well: {OBJECT}"
    grown = [Visible().of(text[:end]) for end in range(len(text) + 1)]
    assert all(later.startswith(earlier) for earlier, later in pairwise(grown))
    assert grown[-1] == OBJECT


MARKS = ["<think>", "</think>", "<THINKING>", "</thinking>", "</reasoning>", "<thi", "nk>", "{", '{ "', '"a": ', '"}',
         "\n", " ", "```json\n", "Hm. ", "\ud83d", "\ude42", "\ud83d\ude42"]  # fmt: skip


@given(st.lists(st.sampled_from(MARKS), max_size=14), st.data())
def test_an_answer_that_comes_in_pieces_is_seen_as_it_is_at_once(marks, data):
    text = "".join(marks)
    growing, at = Visible(), 0
    while at < len(text):
        at = data.draw(st.integers(at + 1, len(text)))
        rest = _without_thoughts(text[:at])
        start = _START.search(rest)
        assert growing.of(text[:at]) == (_scalar(rest[start.start() :]) if start else "")


def test_a_long_answer_is_not_looked_at_again_for_each_piece(monkeypatch):
    looked = []
    monkeypatch.setattr(answers, "_without_thoughts", lambda text: looked.append(text) or _without_thoughts(text))
    text = f'<think>{"Hm. " * 500}</think>{{"summary": "{"words " * 500}"}}'
    growing = Visible()
    for end in range(1, len(text) + 1):
        growing.of(text[:end])
    assert growing.of(text) == text[text.index("{") :]
    assert len(looked) < 50


@pytest.mark.parametrize("talk", ["Hm. ", "{ so ", "{", "\n"])
def test_endless_talk_is_not_looked_at_again_for_each_piece(monkeypatch, talk):
    looked = []
    monkeypatch.setattr(answers, "_without_thoughts", lambda text: looked.append(text) or _without_thoughts(text))
    growing, text = Visible(), ""
    for _ in range(2_000):
        text += talk
        assert growing.of(text) == ""
    assert len(looked) < 5
    assert growing.of(f"{text} {OBJECT}") == OBJECT


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"a": "\xff"}', b"\x00{\x00}", b"[" * 100_000, b"1" * 10_000])
def test_a_piece_that_is_no_object_in_utf8_is_an_invalid_reply(data):
    with pytest.raises(InvalidReply):
        parsed(data)


@pytest.mark.parametrize("value", [-1, True, "7", 1.5, None, 10**12])
def test_a_count_that_is_none_is_not_taken(value):
    assert whole_number({"n": value}, "n") is None


@pytest.mark.parametrize("value", [-1, True, "7", None, float("nan"), float("inf")])
def test_an_amount_that_is_none_is_not_taken(value):
    assert amount({"n": value}, "n") is None


PROMPT = Prompt("i" * 36, (), ("p" * 36,), {}, 10)


def test_what_a_server_does_not_say_is_counted():
    usage = usage_of(PROMPT, "x" * 36, Counts(), Price(1, 2), FULL_PRICE)
    assert (usage.tokens_in, usage.tokens_out, usage.calls, usage.unpriced) == (22, 11, 1, 0)
    assert usage.cost == pytest.approx(44e-6)


def test_a_price_that_nobody_knows_is_said_and_not_taken_for_none():
    usage = usage_of(PROMPT, "x", Counts(5, 5), None, FULL_PRICE)
    assert (usage.cost, usage.unpriced) == (0, 1)
    assert (usage + usage).unpriced == 2


def test_what_a_server_says_of_the_cost_counts_before_any_price():
    assert usage_of(PROMPT, "x", Counts(cost=0.5), Price(1, 2), FULL_PRICE).cost == 0.5


def test_a_cache_is_billed_as_the_dialect_says():
    usage = usage_of(PROMPT, "", Counts(1000, 0, cached=500, written=100), Price(1e6, 0), Tariff(0.1, 1.25))
    assert usage.cost == 400 + 50 + 125
