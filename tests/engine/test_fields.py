import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.engine.fields import answered, form_of, growing
from glossator.errors import InvalidReply
from glossator.model import FieldKey, FieldKind

KEYS = (
    FieldKey(FieldKind.SUMMARY),
    FieldKey(FieldKind.PARAMETER, "größe"),
    FieldKey(FieldKind.PARAMETER, "*args"),
    FieldKey(FieldKind.PARAMETER, "**kwargs"),
    FieldKey(FieldKind.PARAMETER, "id"),
    FieldKey(FieldKind.PARAMETER, "a" * 300),
    FieldKey(FieldKind.RAISE, "errors.Gone"),
    FieldKey(FieldKind.RETURNS),
    FieldKey(FieldKind.ATTRIBUTE, "id"),
)
FORM = form_of(KEYS, "ab12", 80)
SAID = {name: f"text {number}" for number, name in enumerate(FORM.names)}
WHOLE = json.dumps({"id": "ab12", **SAID})


def test_every_field_has_a_name_of_its_own_that_any_server_takes():
    assert len(FORM.names) == len(KEYS)
    assert tuple(FORM.names.values()) == KEYS
    assert all(name.isascii() and len(name) <= 64 for name in FORM.names)
    assert {"summary", "arg_args", "arg_kwargs", "arg_id", "attr_id", "raises_errors.Gone"} <= FORM.names.keys()


def test_the_schema_has_the_identity_and_exactly_the_asked_fields():
    schema = FORM.schema
    assert list(schema["properties"]) == schema["required"] == ["id", *FORM.names]
    assert schema["properties"]["id"]["enum"] == ["ab12"]
    assert not schema["additionalProperties"]
    assert all(one["maxLength"] > 20 for name, one in schema["properties"].items() if name != "id")
    json.dumps(schema)


def test_the_form_of_some_fields_asks_for_these_alone():
    part = FORM.only(KEYS[:2])
    assert tuple(part.names.values()) == KEYS[:2]
    assert list(part.schema["properties"]) == ["id", *part.names]
    assert part.max_tokens < FORM.max_tokens


def test_a_whole_answer_gives_each_field_its_text():
    assert answered(f"  {WHOLE}\n", FORM) == dict(zip(KEYS, SAID.values(), strict=True))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "1", WHOLE[:-1], WHOLE + "x", json.dumps(SAID), WHOLE.replace("ab12", "ab13"), "\ud800"],
)
def test_what_is_not_the_asked_object_is_refused(text):
    with pytest.raises(InvalidReply):
        answered(text, FORM)


def test_p11_an_answer_with_another_identity_is_refused():
    with pytest.raises(InvalidReply, match="another question"):
        answered(json.dumps({"id": "ab13", **SAID}), FORM)


def test_what_was_not_asked_for_and_what_is_no_text_is_left_out():
    text = json.dumps({"id": "ab12", "summary": 5, "arg_args": None, "arg_evil": "evil", "returns": "fine"})
    assert answered(text, FORM) == {FieldKey(FieldKind.RETURNS): "fine"}


@given(st.integers(0, len(WHOLE)))
def test_a_growing_answer_shows_beginnings_of_its_fields(length):
    whole = answered(WHOLE, FORM)
    for key, text in growing(WHOLE[:length], FORM).items():
        assert whole[key].startswith(text)


@given(st.text(max_size=60))
def test_growing_never_fails(text):
    assert isinstance(growing("{" + text, FORM), dict)


def test_an_answer_that_keeps_to_its_limits_keeps_to_the_bounds():
    text = json.dumps({"id": "ab12", **{name: "a" * size for name, size in FORM.limits.items()}}, indent=2)
    assert len(text) <= FORM.max_characters
