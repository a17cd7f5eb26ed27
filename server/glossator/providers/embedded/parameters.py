"""What a parameter is: its comment, what people wrote about it elsewhere, or what the body does with it."""

from __future__ import annotations

from collections.abc import Mapping

from glossator.model import ClassFacts, Context, FunctionFacts, Parameter, ParameterKind, Use
from glossator.providers.embedded.clauses import clauses
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.phrasing import Around, Clause, quoted
from glossator.providers.embedded.words import capital, definite, name_phrase, phrase, split, verb_of

PLAIN_BASES = frozenset(("object", "Generic", "Protocol", "ABC"))
MAX_LENGTH = 150
ENOUGH = 4

LEAVING = (
    "Class of the exception that ended the block, or ``None``.",
    "The exception that ended the block, or ``None``.",
    "Traceback of the exception that ended the block, or ``None``.",
)
PROTOCOL_PARAMETERS = {
    "__exit__": LEAVING,
    "__aexit__": LEAVING,
    "__get__": (
        "Instance through which the attribute is read; ``None`` for the class.",
        "Class through which the attribute is read.",
    ),
    "__set__": ("Instance on which the attribute is set.", "New content of the attribute."),
    "__set_name__": ("Class that the descriptor is assigned in.", "Name under which it is assigned."),
    "__format__": ("Format specification, as written behind the colon.",),
    "__deepcopy__": ("Copies made so far, by the identity of their originals.",),
}


def parameter_text(parameter: Parameter, context: Context, uses: tuple[Use, ...] | None = None) -> str:
    """The description of one parameter; `uses` overrides its own (a class adds what becomes of its attribute)."""
    if parameter.comment and len(parameter.comment) > 3:
        return sentence(parameter.comment)
    if parameter.name in context.described:
        return context.described[parameter.name]
    if text := _by_protocol(parameter, context):
        return text
    found = [
        clause
        for clause in clauses(Around(parameter.name, context), uses if uses is not None else parameter.uses)
        if clause.text
    ]
    text = _joined(found)
    default = _fallback(parameter)
    if text and default and len(text) + len(default) < MAX_LENGTH + 30:
        return f"{text}; {default}."
    if text:
        return f"{text}."
    if default:
        return f"{capital(default)}."
    return _least(parameter, context)


def sentence(comment: str) -> str:
    """A comment as a sentence."""
    text = comment.strip()
    return capital(text) + ("" if text.endswith((".", "!", "?", ":")) else ".")


def _by_protocol(parameter: Parameter, context: Context) -> str:
    facts = context.facts
    texts = PROTOCOL_PARAMETERS.get(facts.name) if isinstance(facts, FunctionFacts) else None
    if texts and isinstance(facts, FunctionFacts):
        position = [p.name for p in facts.parameters].index(parameter.name)
        if position < len(texts) and parameter.kind is not ParameterKind.VAR_POSITIONAL:
            return texts[position]
    return ""


def _joined(found: list[Clause]) -> str:
    """The most telling clause, and a second one where it adds something and fits."""
    if not found:
        return ""
    first = found[0]
    others = [clause for clause in found[1:] if clause.weight >= ENOUGH - 1 and not clause.is_noun]
    for second in others:
        text = f"{first.text}{', ' if first.is_noun else ' and '}{second.text}"
        if first.is_noun:
            text = f"{first.text}, also {second.text}"
        if len(text) <= MAX_LENGTH and second.text.removesuffix(" first") not in first.text:
            return capital(text)
    return capital(first.text)


def _fallback(parameter: Parameter) -> str:
    """What stands in for a parameter that is not given."""
    for use in parameter.uses:
        if use.verb == "fallback" and is_quotable(use.other) and use.other != parameter.name:
            when = "where it is ``None``" if use.place == "None" else "where it is empty"
            return f"{quoted(use.other)} {when}" if parameter.default != "None" else f"{quoted(use.other)} if not given"
    if any(use.verb == "compare" and use.other == "None" and use.place in ("is", "is not") for use in parameter.uses):
        return "``None`` is treated apart" if parameter.default != "None" else "may be left out"
    return ""


def _least(parameter: Parameter, context: Context) -> str:
    """What can be said of a parameter that the body does not use, or uses in no telling way."""
    noun = name_phrase(parameter.name) or "value"
    used = bool(parameter.uses)
    facts = context.facts
    if isinstance(facts, FunctionFacts) and not used:
        return _unused(parameter, facts, context, noun)
    if parameter.default in ("True", "False"):
        words = split(parameter.name)
        verb = verb_of(words)
        return (
            f"Whether to {verb} {phrase(words[1:])}".strip() + "."
            if verb
            else f"Whether {noun} {'are' if noun.endswith('s') else 'is'} wanted."
        )
    return f"{capital(noun)} {_purpose(context)}."


def _purpose(context: Context) -> str:
    """What a parameter is there for, by the name of what takes it."""
    words = split(context.facts.name)
    verb = verb_of(words)
    if not verb:
        return f"for {definite(phrase(words))}"
    return f"to {verb} {definite(phrase(words[1:])) if words[1:] else ''}".rstrip() + " with"


def _unused(parameter: Parameter, facts: FunctionFacts, context: Context, noun: str) -> str:
    """A parameter that the body leaves alone: the interface asks for it."""
    bases = [base.split("[", 1)[0] for base in context.owner.bases if "=" not in base] if context.owner else []
    base = next((base for base in bases if base.rsplit(".", 1)[-1] not in PLAIN_BASES), "")
    shown = capital(noun)
    if facts.is_stub:
        owner = f" of {code(context.owner.name)}" if context.owner else ""
        return f"{shown} that an implementation{owner} gets for {_doing(facts.name)}."
    if parameter.kind is ParameterKind.VAR_KEYWORD:
        return f"Further keyword arguments of {_doing(facts.name)}, ignored."
    if parameter.kind is ParameterKind.VAR_POSITIONAL:
        return f"Further arguments of {_doing(facts.name)}, ignored."
    if is_quotable(base):
        return f"{shown} as {code(base)} passes it to {_doing(facts.name)}, ignored here."
    if parameter.default is not None:
        return f"{shown}, accepted by {_doing(facts.name)} without effect."
    return f"{shown} that callers of {_doing(facts.name)} hand over, without effect."


def _doing(name: str) -> str:
    """A function as what it does, for the middle of a sentence: "handling a start tag"."""
    return phrase(split(name)) or code(name)


def attribute_uses(parameter: Parameter, owner: ClassFacts, others: Mapping[str, tuple[Use, ...]]) -> tuple[Use, ...]:
    """The uses of an initializer's parameter, and what methods do with the attribute that it is kept in."""
    stored = [use.other for use in parameter.uses if use.verb == "store" and not use.place]
    more = [use for name in stored for use in others.get(name, ())]
    return (*parameter.uses, *(use for use in more if use.verb not in ("store", "assign")))
