"""The ways to get an object with certain keys out of a model, best first, and what each puts into a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from glossator.providers.base import Prompt
from glossator.providers.traits import Rung, rung

LENGTHS: Final = "schema_with_lengths"
SCHEMA: Final = "schema"
OBJECT: Final = "object"
TOOL: Final = "tool"
WORDS: Final = "words"

TOOL_NAME: Final = "document"
SCHEMA_NAME: Final = "documentation"
_LENGTHS: Final = ("maxLength", "minLength", "pattern")

_FORMAT: Final = ("response_format", "json_schema", "schema", "format", "output_config", "output_format", "grammar")
BY_LENGTHS: Final = rung(LENGTHS, "maxlength", "minlength", *_FORMAT)
BY_SCHEMA: Final = rung(SCHEMA, "additionalproperties", "strict", *_FORMAT)
BY_OBJECT: Final = rung(OBJECT, "json_object", *_FORMAT)
BY_TOOL: Final = rung(TOOL, "tools", "tool_choice", "function", "thinking")
# Asking in words is nothing that a server could refuse: it has no words, so it is never blamed.
BY_WORDS: Final = Rung(WORDS)


def closed(schema: Mapping[str, object]) -> dict[str, Any]:
    """A schema that allows no other keys and requires all of its own, as strict servers want it."""
    properties = schema.get("properties")
    names = list(properties) if isinstance(properties, Mapping) else []
    return {"type": "object", **schema, "additionalProperties": False, "required": names}


def without_lengths(schema: Mapping[str, object]) -> dict[str, Any]:
    """A closed schema without bounds on its texts, which some servers refuse; objects within it are treated alike."""
    plain = closed(schema)
    properties = plain.get("properties")
    if isinstance(properties, Mapping):
        plain["properties"] = {name: _unbounded(value) for name, value in properties.items()}
    return plain


def _unbounded(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    if "properties" in value:
        return without_lengths(value)
    return {name: item for name, item in value.items() if name not in _LENGTHS}


def parts(prompt: Prompt, chosen: frozenset[str]) -> list[str]:
    """The parts of the question, none empty; where the server enforces no schema, the last one asks for it in words."""
    given = [part for part in prompt.parts if part.strip()]
    if chosen & {WORDS, OBJECT}:
        given.append(_in_words(prompt.schema))
    return given


def _in_words(schema: Mapping[str, object]) -> str:
    # The form and not the schema: a small model that is shown a schema answers with that schema.
    form = _form(schema)
    return (
        "\n\nAnswer with one JSON object and nothing else, no fence and no comment. "
        f"It has these keys, and your text in place of each …: {json.dumps(form, ensure_ascii=False)}"
    )


def _form(schema: object) -> object:
    """An object with the keys of a schema, and a mark where texts are to stand."""
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    return {name: _form(value) for name, value in properties.items()} if isinstance(properties, Mapping) else "…"
