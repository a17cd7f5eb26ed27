"""How an argument reaches a function that is not well known: what for, by the function's name, else by the call's place."""

from __future__ import annotations

from glossator.model import Use
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.phrasing import Around
from glossator.providers.embedded.words import PREPOSITIONS, definite, gerund, name_phrase, phrase, split, verb_of

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def handed(around: Around, use: Use, callee: str) -> str:
    """How an argument reaches a function that is not well known: what for, by the function's name, else by the call's place."""
    role, _, target = use.role.partition(" ")
    doing = gerund_phrase(use.other)
    if use.place in ("*", "**"):
        how = " by name" if use.place == "**" else ""
        return (
            f"passed on{how} for {doing} ({callee})" if doing else f"passed on{how} to {callee}{_of_owner(use.other)}"
        )
    if not use.place.isdigit() and use.place != around.name:
        return f"the {name_phrase(use.place)} for {doing} ({callee})" if doing else f"the {code(use.place)} of {callee}"
    if doing:
        return f"needed for {doing} ({callee})"
    noun = name_phrase(target.rsplit(".", 1)[-1]) if role in ("assign", "argument") and is_quotable(target) else ""
    if role == "assign" and len(noun) > 2 and target != around.name and "[" not in target:
        return f"what {callee} makes the {noun} from"
    if role == "raise":
        return f"told in the {callee} that is raised"
    if role == "iterate":
        return f"where {callee} finds the items of a loop"
    if role == "test":
        return f"examined by {callee}"
    place = ORDINALS[int(use.place)] if use.place.isdigit() and int(use.place) < len(ORDINALS) else "further"
    if last_name(use.other).lstrip("_")[:1].isupper():
        return f"the {place} argument of a new {name_phrase(last_name(use.other))} ({callee})"
    if role == "return" and use.place == "0":
        return f"what the result is made from, by {callee}{_of_owner(use.other)}"
    if role == "argument" and noun:
        return f"put through {callee} on its way to the {noun}"
    if role == "text":
        return f"shown by way of {callee}"
    if not use.place.isdigit():
        return f"passed on to {callee}{_of_owner(use.other)} by the same name"
    return f"the {place} argument of {callee}{_of_owner(use.other)}"


def last_name(callee: str) -> str:
    """`a.b.c` gives "c"."""
    return callee.rsplit(".", 1)[-1]


def gerund_phrase(callee: str) -> str:
    """What a function's name says that it does: `self._send_request` gives "sending the request"; "" for nouns and bare verbs."""
    words = split(last_name(callee))
    verb = verb_of(words)
    if not verb or len(words) < 2 or last_name(callee).lstrip("_")[:1].isupper():
        return ""
    rest = phrase(words[1:])
    return f"{gerund(verb)} {rest if words[1].lower() in PREPOSITIONS else definite(rest)}"


def _of_owner(callee: str) -> str:
    """Whose method is called, in words: `self.sock.sendto` gives " of the socket"."""
    owner = callee.rpartition(".")[0].removeprefix("self.").rsplit(".", 1)[-1]
    noun = name_phrase(owner) if owner.isidentifier() and owner not in ("self", "cls") else ""
    return f" of the {noun}" if len(noun) > 2 else ""
