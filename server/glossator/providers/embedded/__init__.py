"""The embedded provider: prose from facts alone, without a key, a network or a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glossator.model import Context, FieldKey


def describe(context: Context, fields: Sequence[FieldKey], room: int) -> Mapping[FieldKey, str]:
    """A text for each field. `room` is the number of columns that a summary may take."""
    return {key: f"{key.name} of {context.path}." if key.kind.value != "description" else "" for key in fields}
