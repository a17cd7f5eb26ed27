"""How an argument reaches a function that is not well known.

What for, where the function's name says it, else by the place of the call and what becomes of its value.
"""

from __future__ import annotations

from glossator.model import ClassFacts, FunctionFacts, Use
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.phrasing import Around, quoted
from glossator.providers.embedded.tables import vocabulary
from glossator.providers.embedded.words import (
    PREPOSITIONS,
    QUESTION_WORDS,
    definite,
    gerund,
    is_quality,
    name_phrase,
    phrase,
    question_phrase,
    split,
    verb_of,
)

ADJECTIVES = vocabulary("adjectives")
NO_THINGS = PREPOSITIONS | QUESTION_WORDS | {"no", "not", "non"}
ALL_THE_SAME = vocabulary("ed_nouns") | {"table", "variable", "callable", "iterable", "archive", "directive"}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
BY_ROLE = {
    "raise": "told in the {callee} that is raised",
    "iterate": "where {callee} finds the items of a loop",
    "test": "examined by {callee}",
    "text": "shown by way of {callee}",
}


def handed(around: Around, use: Use, callee: str) -> str:
    """The clause for an argument; `callee` is the function as a code span."""
    doing = gerund_phrase(use.other)
    if use.place in ("*", "**"):
        how = " by name" if use.place == "**" else ""
        return f"passed on{how} {f'for {doing} ({callee})' if doing else f'to {_shown(use.other)}'}"
    is_renamed = not use.place.isdigit() and use.place != around.name
    if is_renamed:
        return f"the {name_phrase(use.place)} for {doing} ({callee})" if doing else f"the {code(use.place)} of {callee}"
    if doing:
        return f"needed for {doing} ({callee})"
    return _by_role(around, use, callee) or _by_place(around, use, callee)


def _by_role(around: Around, use: Use, callee: str) -> str:
    """By what becomes of the call's value; "" where that says nothing."""
    role, _, target = use.role.partition(" ")
    if role in BY_ROLE:
        return BY_ROLE[role].format(callee=callee)
    noun = name_phrase(last_name(target)) if is_quotable(target) and "[" not in target else ""
    if role == "assign" and len(noun) > 2 and target != around.name:
        if is_class(use.other) and not use.place.isdigit():
            return _part_of(around, use.place, f"{definite(noun)} ({callee})")
        return f"what {callee} makes the {noun} from"
    if is_class(use.other):
        return ""
    if role == "return" and use.place == "0":
        return f"what the result is made from, by {_shown(use.other)}"
    if role == "argument" and noun:
        is_verb = bool(verb_of(split(last_name(target))))
        return f"put through {callee} {f'for {quoted(target)}' if is_verb else f'on its way to the {noun}'}"
    return ""


def _by_place(around: Around, use: Use, callee: str) -> str:
    """By the argument's number or keyword."""
    if is_class(use.other):
        made = f"a new {name_phrase(last_name(use.other))} ({callee})"
        if use.place.isdigit():
            return f"the {_ordinal(use.place)} argument of {made}"
        return _part_of(around, use.place, made)
    if not use.place.isdigit():
        if _is_flag(around) or not _is_thing(split(use.place)):
            return f"passed on to {_shown(use.other)} by the same name"
        return f"the {name_phrase(use.place)} for {_shown(use.other)}"
    return f"the {_ordinal(use.place)} argument of {_shown(use.other)}{_purpose(around)}"


def _part_of(around: Around, name: str, made: str) -> str:
    """What a keyword of a class says about the object that is made: whether it is so, or what it has."""
    noun, words = name_phrase(name), split(name)
    verb, rest = verb_of(words), words[1:]
    if not _is_flag(around):
        return f"the {noun} of {made}" if _is_thing(words) else f"what {made} gets as {code(name)}"
    if question := question_phrase(words):
        return f"whether {made} {question}"
    if verb and (not rest or _is_thing(rest)):
        return f"whether {made} is to {verb} {definite(phrase(rest)) if rest else ''}".rstrip()
    return f"whether {made} is {noun}" if is_quality(noun) and not verb else f"what {made} gets as {code(name)}"


def _is_thing(words: tuple[str, ...]) -> bool:
    """Whether a name is that of a thing: neither of what is done, nor of how something is."""
    if not words or len(words[-1]) < 3 or (len(words) > 1 and verb_of(words)):
        return False
    first, last = words[0].lower(), words[-1].lower()
    if is_quality(last) and not last.endswith("ing") and last not in ALL_THE_SAME:
        return False
    return last not in ADJECTIVES and first not in NO_THINGS


def _is_flag(around: Around) -> bool:
    """Whether the parameter is a truth value, by its default or its annotation."""
    facts = around.context.facts
    function = facts.init if isinstance(facts, ClassFacts) else facts
    parameters = function.parameters if isinstance(function, FunctionFacts) else ()
    return any(
        one.name == around.name and (one.default in ("True", "False") or one.annotation == "bool") for one in parameters
    )


def _purpose(around: Around) -> str:
    """What the call is part of, by the name of the function around: ", to add a tag"."""
    words = split(around.context.facts.name)
    verb = verb_of(words)
    if not verb or len(words) < 2:
        return f", for {definite(around.owner)}" if around.owner and around.context.facts.name != "__init__" else ""
    rest = phrase(words[1:])
    return f", to {verb} {rest if words[1].lower() in PREPOSITIONS else definite(rest)}"


def _ordinal(place: str) -> str:
    return ORDINALS[int(place)] if place.isdigit() and int(place) < len(ORDINALS) else "further"


def last_name(callee: str) -> str:
    """`a.b.c` gives "c"."""
    return callee.rsplit(".", 1)[-1]


def is_class(callee: str) -> bool:
    """Whether a callee is named like a class."""
    return last_name(callee).lstrip("_")[:1].isupper()


def gerund_phrase(callee: str) -> str:
    """What a function's name says that it does: `self._send_request` gives "sending the request".

    "" for nouns, for bare verbs, and for classes.
    """
    words = split(last_name(callee))
    verb = verb_of(words)
    is_short = len(words) < 2 or words[1].lower() in ("and", "or")
    if not verb or is_short or is_class(callee):
        return ""
    rest = phrase(words[1:])
    return f"{gerund(verb)} {rest if words[1].lower() in PREPOSITIONS else definite(rest)}"


def _shown(callee: str) -> str:
    """A function with its owner in words: `self.sock.sendto` gives "``sendto`` of the socket"."""
    owner = last_name(callee.rpartition(".")[0].removeprefix("self."))
    noun = name_phrase(owner) if owner.isidentifier() and owner not in ("self", "cls") else ""
    return f"{code(last_name(callee))} of the {noun}" if len(noun) > 2 else quoted(callee)
