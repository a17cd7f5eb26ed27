"""What a parameter decides about: told by what is done where it is true."""

from __future__ import annotations

from glossator.model import Use
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.phrasing import Around, Clause, quoted
from glossator.providers.embedded.words import definite, phrase, split, verb_of


def decision(around: Around, group: list[Use]) -> Clause | None:
    """The clause for conditions that are nothing but the parameter; None where what they guard says nothing alone.

    `syntax.uses.truth` notes what is guarded: "call f", "either a or b", or a statement as it stands.
    """
    use = next((use for use in group if use.other), None)
    if use is None:
        return None
    kind, _, rest = use.other.partition(" ")
    is_negated = use.place == "not"
    match kind:
        case "either":
            return _choice(rest)
        case "call":
            return _called(rest, is_negated)
        case "raise":
            return _raised(rest.split("(")[0], is_negated)
        case "return":
            return Clause(f"what decides whether {code(rest)} is returned", 6) if is_quotable(rest) else None
    return _assigned(around.name, use.other)


def _choice(values: str) -> Clause | None:
    first, _, second = values.partition(" or ")
    if not (is_quotable(first) and is_quotable(second)):
        return None
    return Clause(f"what decides between {quoted(first)} and {quoted(second)}", 6)


def _called(callee: str, is_negated: bool) -> Clause | None:
    if not is_quotable(callee):
        return None
    if is_negated:
        return Clause(f"what keeps {quoted(callee)} from being called", 6)
    words = split(callee.rsplit(".", 1)[-1])
    verb = verb_of(words)
    if not verb:
        return Clause(f"whether {quoted(callee)} is called", 6)
    if len(words) == 1:
        return Clause(f"whether to {verb} ({quoted(callee)})", 7)
    return Clause(f"whether to {verb} {definite(phrase(words[1:]))}", 7)


def _raised(name: str, is_negated: bool) -> Clause | None:
    if not is_quotable(name):
        return None
    return Clause(f"{'what prevents that' if is_negated else 'whether'} {code(name)} is raised", 7)


def _assigned(name: str, statement: str) -> Clause | None:
    target, sign, value = statement.partition(" = ")
    if not sign or name in (target, value) or not (is_quotable(target) and is_quotable(value)):
        return None  # where it is kept is told as that
    return Clause(f"what decides whether {quoted(target)} becomes {quoted(value)}", 6)
