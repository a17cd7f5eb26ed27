"""When an exception is raised: its guard, the `except` clause around it, the loop before it, its own message."""

from __future__ import annotations

import re

from glossator.model import FunctionFacts, Raise
from glossator.providers.embedded.conditions import code, condition, is_quotable
from glossator.providers.embedded.words import definite, gerund, name_phrase, phrase, split, verb_of

BARE_FIELD = re.compile(r"\{[^{}]*\}|%(?:\(\w+\))?[-#0-9.]*[sdrfx]")
SENTENCE = re.compile(r"(?<=[a-z]{3})[.!] (?=[A-Z])")
MESSAGE_WORDS = re.compile(r"[A-Za-z]{2,}")
AT_THE_END = frozenset(("StopIteration", "StopAsyncIteration"))


def raise_text(places: tuple[Raise, ...], function: FunctionFacts) -> str:
    """The description of one exception: the reasons of all places that raise it, or what can be told at least."""
    reasons = _reasons(places)
    if not reasons:
        return _least(places[0], function)
    shown = reasons[:3]
    text = " or ".join([shown[0], *(_again(reason) for reason in shown[1:])])
    if len(text) > 150:
        text = shown[0]
    return text + ("." if not text.endswith(".") else "")


def is_decided(places: tuple[Raise, ...]) -> bool:
    """Whether the code shows when each of the places raises its exception, or gives nothing that could tell."""
    return all(_reason(place) or not message_text(place.message) for place in places)


def _reasons(places: tuple[Raise, ...]) -> list[str]:
    return list(dict.fromkeys(reason for place in places if (reason := _reason(place))))


def _again(reason: str) -> str:
    return reason[0].lower() + reason[1:]


def _reason(place: Raise) -> str:
    """One place's reason, without a full stop; "" where none is known."""
    if place.case == "loop":
        return _after_loop(place)
    if place.case.startswith("case "):
        pattern = place.case.removeprefix("case ")
        if pattern == "_":
            return f"If {code(place.guard)} matches no case" if is_quotable(place.guard) else ""
        return (
            f"If {code(place.guard)} matches {code(pattern)}"
            if is_quotable(place.guard) and is_quotable(pattern)
            else ""
        )
    clause = condition(place.guard, negated=place.negated) if place.guard else ""
    if place.handled:
        return _handled(place, clause)
    if clause:
        return f"If {clause}"
    return ""


def _after_loop(place: Raise) -> str:
    left, _, right = place.guard.partition(" in ")
    if is_quotable(left) and is_quotable(right):
        return f"If no {code(left)} in {code(right)} fits"
    return ""


def _handled(place: Raise, clause: str) -> str:
    """In an `except` clause: what failed before."""
    if place.name in place.handled and place.cause != "reraise" and not is_quotable(place.tried):
        return f"If {clause}" if clause else ""  # the same kind with other words: its message says more
    names = " or ".join(code(name) for name in place.handled[:3] if name)
    if names:
        tried = f"{code(place.tried)} fails with {names}" if is_quotable(place.tried) else f"{names} occurs"
    else:
        tried = f"{code(place.tried)} fails" if is_quotable(place.tried) else "an exception occurs"
    if place.cause == "reraise" and place.name in place.handled:
        tried = f"{code(place.tried)} raises it" if is_quotable(place.tried) else ""
        if not tried:
            return f"If it occurs and {clause}" if clause else ""
    return f"If {tried} and {clause}" if clause else f"If {tried}"


def _least(place: Raise, function: FunctionFacts) -> str:
    """What can be said without a guard: the message, else how it comes about."""
    if place.name == "NotImplementedError" and function.is_stub and function.receiver:
        verb, rest = _said_by_name(function)
        return f"Always, until a subclass defines {f'how to {verb} {rest}'.rstrip() if verb else rest}."
    if place.name in AT_THE_END:
        return "When there are no more items."
    if message := message_text(place.message):
        return f"With the message {message}."
    return _meanwhile(function) if place.cause == "reraise" else _in_the_end(place, function)


def _said_by_name(function: FunctionFacts) -> tuple[str, str]:
    """The verb of a function's name and its object with an article; "" and the whole name where there is no verb."""
    words = split(function.name)
    verb = verb_of(words)
    if not verb:
        return "", name_phrase(function.name)
    return verb, definite(phrase(words[1:])) if words[1:] else ""


def _meanwhile(function: FunctionFacts) -> str:
    """For an exception that is passed on: what is going on when it occurs."""
    if function.is_context_manager:
        return "If the block raises it."
    verb, rest = _said_by_name(function)
    return f"If it occurs while {gerund(verb)} {rest}".rstrip() + "." if verb else f"If it occurs during the {rest}."


def _in_the_end(place: Raise, function: FunctionFacts) -> str:
    """For a `raise` that no condition of its own guards: where it stands."""
    if place.case == "else":
        return "If none of the conditions before holds."
    if place.case == "always" and not function.is_generator:
        return "On every call."
    if place.case != "end":
        return "If the call gets as far as its ``raise``."
    calls = [call for call in function.calls if is_quotable(call) and call.rsplit(".", 1)[-1] != place.name]
    return (
        f"At the end, when {code(calls[-1])} has not led elsewhere." if calls else "When nothing was returned before."
    )


def message_text(message: str) -> str:
    """An exception's message in quotes, with an ellipsis for what is filled in; "" for one that says nothing.

    Of a message that is too long, or that quotes would break, the first sentence.
    """
    text = " ".join(BARE_FIELD.sub("…", message).split())
    first = SENTENCE.split(text)[0]
    for part, rest in ((text, ""), (first, "…" if first != text else "")):
        shown = part.strip(" .!:")
        if len(MESSAGE_WORDS.findall(shown)) > 1 and len(shown) <= 90 and not any(sign in shown for sign in '\\`"'):
            return f'"{shown}{rest}"'
    return ""
