"""The embedded provider: prose from facts alone, without a key, a network or a model.

Each field has a module: `summaries`, `parameters` (with `clauses`, `operations`, `decisions`, `arguments`), `results`
(with `expressions`), `raises` (with `conditions`), `owners` and `modules`. `words` and the folder `tables` know English
and the standard library. Nothing is said that the tree does not show; where nothing useful can be said, the least that
is true is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glossator.model import ClassFacts, Context, Facts, FieldKey, FieldKind, FunctionFacts, Use
from glossator.providers.embedded.modules import module_summary
from glossator.providers.embedded.owners import attribute_text, class_summary
from glossator.providers.embedded.parameters import attribute_uses, parameter_text
from glossator.providers.embedded.raises import is_decided, raise_text
from glossator.providers.embedded.results import returns_text, yields_text
from glossator.providers.embedded.summaries import description, function_summary
from glossator.providers.embedded.templates import template_fields


def describe(context: Context, fields: Sequence[FieldKey], room: int, summary: str = "") -> Mapping[FieldKey, str]:
    """A text for each field. `room` is the number of columns that a summary may take.

    `summary` is what somebody else says, where the summary is not among the fields.
    """
    facts = context.facts
    if isinstance(facts, FunctionFacts):
        return _describe_function(context, facts, fields, (room, summary))
    if isinstance(facts, ClassFacts):
        return _describe_class(context, facts, fields, room)
    return {key: module_summary(context, facts, room) if key.kind is FieldKind.SUMMARY else "" for key in fields}


def is_proven(key: FieldKey, facts: Facts) -> bool:
    """Whether the text for a field says all that there is to say: the condition of an exception that the code shows."""
    function = facts.init if isinstance(facts, ClassFacts) else facts
    if key.kind is not FieldKind.RAISE or not isinstance(function, FunctionFacts):
        return False
    return is_decided(tuple(one for one in function.raises if one.name == key.name))


def _describe_function(
    context: Context, facts: FunctionFacts, fields: Sequence[FieldKey], first: tuple[int, str]
) -> dict[FieldKey, str]:
    room, summary = first
    texts: dict[FieldKey, str] = {}
    parameters = {parameter.starred: parameter for parameter in facts.parameters}
    for key in fields:
        match key.kind:
            case FieldKind.SUMMARY:
                texts[key] = function_summary(context, facts, room)
            case FieldKind.DESCRIPTION:
                texts[key] = description(facts, texts.get(FieldKey(FieldKind.SUMMARY), summary))
            case FieldKind.PARAMETER:
                texts[key] = parameter_text(parameters[key.name], context)
            case FieldKind.RETURNS:
                texts[key] = returns_text(context, facts)
            case FieldKind.YIELDS:
                texts[key] = yields_text(context, facts)
            case FieldKind.RAISE:
                texts[key] = raise_text(tuple(one for one in facts.raises if one.name == key.name), facts)
            case FieldKind.ATTRIBUTE:
                raise ValueError(f"a function has no attributes to describe: {key.name}")
    return texts


def _describe_class(context: Context, facts: ClassFacts, fields: Sequence[FieldKey], room: int) -> dict[FieldKey, str]:
    texts: dict[FieldKey, str] = {}
    init = facts.init
    parameters = {parameter.starred: parameter for parameter in init.parameters} if init is not None else {}
    attributes = {field.name: field for field in facts.fields}
    uses: Mapping[str, tuple[Use, ...]] = context.attribute_uses
    for key in fields:
        if key.kind is FieldKind.SUMMARY:
            texts[key] = class_summary(context, facts, room)
        elif key.kind is FieldKind.PARAMETER:
            parameter = parameters[key.name]
            texts[key] = parameter_text(parameter, context, attribute_uses(parameter, facts, uses))
        elif key.kind is FieldKind.RAISE and init is not None:
            texts[key] = raise_text(tuple(one for one in init.raises if one.name == key.name), init)
        elif key.kind is FieldKind.ATTRIBUTE:
            texts[key] = attribute_text(attributes[key.name], facts)
        else:
            texts[key] = ""
    return texts


__all__ = ["describe", "is_proven", "template_fields"]
