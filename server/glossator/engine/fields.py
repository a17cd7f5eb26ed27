"""Fields as a provider sees them: the schema of its answer, made from the facts, and the answer read while it grows.

Each field is one property of a flat JSON object, with a name that every structured-output way takes (letters, digits,
`_`, `.`, `-`), and a bound on its length. The property `id` comes first and has to be repeated as it was asked: an
answer to another question does not have it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from glossator.docstring.validate import limit
from glossator.errors import InvalidReply
from glossator.model import FieldKey, FieldKind

ID: Final = "id"
PREFIXES: Final[Mapping[FieldKind, str]] = MappingProxyType(
    {
        FieldKind.SUMMARY: "summary",
        FieldKind.DESCRIPTION: "description",
        FieldKind.PARAMETER: "arg_",
        FieldKind.RETURNS: "returns",
        FieldKind.YIELDS: "yields",
        FieldKind.RAISE: "raises_",
        FieldKind.ATTRIBUTE: "attr_",
    }
)
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.-]{1,48}")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one question: the names that they have there, and the identity that the answer repeats."""

    identity: str
    names: Mapping[str, FieldKey]
    limits: Mapping[str, int]

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the answer."""
        texts = {name: {"type": "string", "maxLength": limit} for name, limit in self.limits.items()}
        return {
            "type": "object",
            "properties": {ID: {"type": "string", "enum": [self.identity]}, **texts},
            "required": [ID, *texts],
            "additionalProperties": False,
        }

    @property
    def max_tokens(self) -> int:
        """A bound on the tokens of the answer: three characters each, and what stands around the texts."""
        return 64 + sum(limit // 3 + len(name) + 8 for name, limit in self.limits.items())

    @property
    def max_characters(self) -> int:
        """A bound on the characters of an answer that keeps to the limits, however it is laid out and escaped."""
        return 256 + sum(2 * limit + len(name) + 16 for name, limit in self.limits.items())

    def only(self, keys: Sequence[FieldKey]) -> Form:
        """The form with these fields alone."""
        names = {name: key for name, key in self.names.items() if key in keys}
        return Form(self.identity, names, {name: self.limits[name] for name in names})


def form_of(keys: Sequence[FieldKey], identity: str, room: int) -> Form:
    """The form for these fields; `room` is the number of columns that a summary may take."""
    names: dict[str, FieldKey] = {}
    for number, key in enumerate(keys):
        names[_name_of(key, number)] = key
    limits = {name: limit(key, room) for name, key in names.items()}
    return Form(identity, names, limits)


def _name_of(key: FieldKey, number: int) -> str:
    bare = key.name.lstrip("*")
    return PREFIXES[key.kind] + (bare if not bare or _PLAIN.fullmatch(bare) else str(number))


def growing(text: str, form: Form) -> Mapping[FieldKey, str]:
    """The fields of an answer that is not whole yet, the last one as far as it has come; unchecked.

    In an answer to several questions they are those of the object that is called by this one's identity.
    """
    import jiter  # with the first answer: a server starts without it

    start = text.find("{")
    if start < 0:
        return {}
    try:
        found = jiter.from_json(text[start:].encode(), partial_mode="trailing-strings")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    inner = found.get(form.identity)
    own = inner if isinstance(inner, dict) else found
    said = own.get(ID, "")  # it comes first, so only the last piece of an answer can have a part of it
    is_another = not isinstance(said, str) or not form.identity.startswith(said)
    return {} if is_another else _fields_of(own, form)


def answered(text: str, form: Form) -> Mapping[FieldKey, str]:
    """The fields of a whole answer. Raises InvalidReply where it is no such object, or answers another question."""
    import jiter

    try:
        found = jiter.from_json(text.strip().encode("utf-8"))
    except ValueError as error:
        raise InvalidReply("the answer is not JSON") from error
    if not isinstance(found, dict):
        raise InvalidReply("the answer is no JSON object")
    if found.get(ID) != form.identity:
        raise InvalidReply("the answer belongs to another question")
    return _fields_of(found, form)


def answers_in(text: str, forms: Sequence[Form]) -> dict[str, Mapping[FieldKey, str]]:
    """The fields of an answer to several questions, by their identities.

    Those that it has no object for, or one that belongs to another question, are not among them.
    """
    import jiter

    try:
        found = jiter.from_json(text.strip().encode("utf-8"))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    own = {form.identity: (form, found.get(form.identity)) for form in forms}
    return {
        identity: _fields_of(one, form)
        for identity, (form, one) in own.items()
        if isinstance(one, dict) and one.get(ID) == identity
    }


def _fields_of(found: Mapping[str, object], form: Form) -> dict[FieldKey, str]:
    return {key: text for name, key in form.names.items() if isinstance(text := found.get(name), str)}
