"""What a symbol's documentation has to say: the structure from the facts, and the prose fields that are missing.

Structure never comes from a provider: parameters, returns, yields, raises and attributes are those that the tree shows.
A provider gets the keys of the fields and gives one text for each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from glossator.config import Settings
from glossator.docstring.check.attributes import shown_fields
from glossator.docstring.check.types import shown, yielded_type
from glossator.docstring.quality import NO_VALUE
from glossator.docstring.styles import Style
from glossator.model import (
    ClassFacts,
    Context,
    Doc,
    DocField,
    Facts,
    FieldKey,
    FieldKind,
    FunctionFacts,
    Parameter,
    ParameterKind,
)

LITERAL_TYPES = (
    (re.compile(r"^(True|False)$"), "bool"),
    (re.compile(r"^-?\d[\d_]*$|^-?0[xXoObB][\da-fA-F_]+$"), "int"),
    (re.compile(r"^-?(\d[\d_]*\.\d*|\.\d+|\d+(\.\d*)?[eE][-+]?\d+)$"), "float"),
    (re.compile(r"^[rRuU]?[\"']"), "str"),
    (re.compile(r"^[bB][rR]?[\"']"), "bytes"),
    (re.compile(r"^\(.*\)$"), "tuple"),
    (re.compile(r"^\[.*\]$"), "list"),
    (re.compile(r"^\{\}$|^\{.*:.*\}$"), "dict"),
)
PLAIN_CLASSES = frozenset(("int", "str", "bytes", "float", "bool", "list", "tuple", "dict", "set", "frozenset"))


@dataclass(frozen=True, slots=True)
class Plan:
    """A doc with its structure and without prose, and the fields that are to be written."""

    shape: Doc
    fields: tuple[FieldKey, ...]

    def filled(self, texts: Mapping[FieldKey, str]) -> Doc:
        """The doc with a text for each field. Raises KeyError for a field without one."""

        def with_text(kind: FieldKind, one: DocField) -> DocField:
            return DocField(one.name, texts[FieldKey(kind, one.name)], one.type, one.default)

        shape = self.shape
        return Doc(
            summary=texts[FieldKey(FieldKind.SUMMARY)],
            description=texts.get(FieldKey(FieldKind.DESCRIPTION), ""),
            parameters=tuple(with_text(FieldKind.PARAMETER, one) for one in shape.parameters),
            returns=with_text(FieldKind.RETURNS, shape.returns) if shape.returns else None,
            yields=with_text(FieldKind.YIELDS, shape.yields) if shape.yields else None,
            raises=tuple(with_text(FieldKind.RAISE, one) for one in shape.raises),
            attributes=tuple(with_text(FieldKind.ATTRIBUTE, one) for one in shape.attributes),
        )


def plan(context: Context, settings: Settings, style: Style) -> Plan:
    """The structure and the fields of a symbol's documentation."""
    shape = Doc(summary="")
    if isinstance(context.facts, FunctionFacts):
        shape = _function_shape(context.facts, style)
    elif isinstance(context.facts, ClassFacts):
        shape = _class_shape(context.facts, settings, style)
    keys = [FieldKey(FieldKind.SUMMARY), FieldKey(FieldKind.DESCRIPTION)]
    keys += [FieldKey(FieldKind.PARAMETER, one.name) for one in shape.parameters]
    keys += [FieldKey(FieldKind.RETURNS)] if shape.returns else []
    keys += [FieldKey(FieldKind.YIELDS)] if shape.yields else []
    keys += [FieldKey(FieldKind.RAISE, one.name) for one in shape.raises]
    keys += [FieldKey(FieldKind.ATTRIBUTE, one.name) for one in shape.attributes]
    return Plan(shape, tuple(keys))


def _function_shape(facts: FunctionFacts, style: Style) -> Doc:
    is_property = facts.is_property or facts.is_accessor
    returns = yields = None
    if facts.is_generator:
        yields = DocField("", type=yielded_type(facts.returns) or "object" if style is Style.NUMPY else "")
    elif returns_something(facts) and not is_property:
        returns = DocField("", type=facts.returns or result_type(facts) if style is Style.NUMPY else "")
    return Doc(
        summary="",
        parameters=() if facts.is_property else _parameters(facts, style),
        returns=returns,
        yields=yields,
        raises=tuple(DocField(name) for name in raised_names(facts)),
    )


def _class_shape(facts: ClassFacts, settings: Settings, style: Style) -> Doc:
    documents_init = facts.init is not None and settings.init == "class" and not facts.init_documented
    parameters = _parameters(facts.init, style) if facts.init is not None and documents_init else ()
    raises = raised_names(facts.init) if facts.init is not None and documents_init else ()
    return Doc(
        summary="",
        parameters=parameters,
        attributes=_attributes(facts, style),
        raises=tuple(DocField(name) for name in raises),
    )


def _attributes(facts: ClassFacts, style: Style) -> tuple[DocField, ...]:
    """The public fields."""
    return tuple(
        DocField(field.name, type=field.annotation if style is Style.NUMPY else "") for field in shown_fields(facts)
    )


def type_of(key: FieldKey, facts: Facts) -> str:
    """The type that a docstring with types shows: the annotation without quotes, else what the code proves."""
    return shown(_type_of(key, facts))


def _type_of(key: FieldKey, facts: Facts) -> str:
    function = facts.init if isinstance(facts, ClassFacts) else facts
    if key.kind is FieldKind.ATTRIBUTE and isinstance(facts, ClassFacts):
        return next((one.annotation for one in facts.fields if one.name == key.name), "")
    if not isinstance(function, FunctionFacts):
        return ""
    if key.kind is FieldKind.PARAMETER:
        return next((numpy_type(one) for one in function.parameters if one.starred == key.name), "")
    if key.kind is FieldKind.RETURNS:
        return function.returns or result_type(function)
    return (yielded_type(function.returns) or "object") if key.kind is FieldKind.YIELDS else ""


def returns_something(facts: FunctionFacts) -> bool:
    """Whether a call gives a value: a `return` with one or, for a body that does nothing, the promise of one."""
    return facts.returns_value or (facts.is_stub and facts.returns.strip("\"'") not in NO_VALUE)


def raised_names(facts: FunctionFacts) -> tuple[str, ...]:
    """The exceptions that leave a function, in the order of their first appearance."""
    return tuple(dict.fromkeys(one.name for one in facts.raises))


def _parameters(facts: FunctionFacts, style: Style) -> tuple[DocField, ...]:
    """The documented parameters: all of the signature but those whose names are nothing but underscores."""
    shown = [parameter for parameter in facts.parameters if parameter.name.strip("_")]
    return tuple(DocField(p.starred, type=numpy_type(p) if style is Style.NUMPY else "") for p in shown)


def numpy_type(parameter: Parameter) -> str:
    """The type that numpy style shows: the annotation, else what the default or the body proves, else "object"."""
    if parameter.kind in (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD):
        return parameter.annotation or ("tuple" if parameter.kind is ParameterKind.VAR_POSITIONAL else "dict")
    shown = parameter.annotation or _default_type(parameter.default) or _used_as(parameter) or "object"
    return f"{shown}, optional" if parameter.default is not None else shown


def result_type(facts: FunctionFacts) -> str:
    """The type of an unannotated result where all returned expressions prove one; else "object"."""
    found = {_proven_type(text, facts) for text in facts.returned}
    is_optional = "None" in found
    found.discard("None")
    if len(found) != 1 or "" in found:
        return "object"
    return found.pop() + (" or None" if is_optional else "")


def _proven_type(expression: str, facts: FunctionFacts) -> str:
    if expression == "None":
        return "None"
    if (literal := _default_type(expression)) and not re.search(r"[\"'].*[%+(]|[\])}].", expression):
        return literal
    if re.match(r"^[fF][\"']", expression):
        return "str"
    if re.match(r"^(?:not |isinstance\(|issubclass\(|hasattr\(|callable\(|bool\(|any\(|all\()", expression):
        return "bool" if " and " not in expression and " or " not in expression else ""
    if re.match(r"^[\w.]+(?:\([^()]*\))? (?:==|!=|<|>|<=|>=|is|is not|in|not in) [\w.\"']+$", expression):
        return "bool"
    called = re.match(r"^(\w+)\([^()]*\)$", expression)
    if called and (called.group(1) in PLAIN_CLASSES or called.group(1)[:1].isupper()):
        return called.group(1)
    return ""


def _default_type(default: str | None) -> str:
    for pattern, name in LITERAL_TYPES if default else ():
        if pattern.match(default or ""):
            return name
    return ""


def _used_as(parameter: Parameter) -> str:
    """A type that the body asks for: called, iterated over, `isinstance`."""
    for use in parameter.uses:
        if use.verb == "isinstance" and use.other in PLAIN_CLASSES and len(parameter.uses) == 1:
            return use.other
        if use.verb == "invoke":
            return "callable"
        if use.verb in ("iterate", "unpack"):
            return "iterable"
    return ""
