"""Clauses for parameters as operands: indexed, compared, iterated over, added, cut."""

from __future__ import annotations

import re
from collections.abc import Callable

from glossator.model import FunctionFacts, Use
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.phrasing import Around, Clause, listed, quoted, without_brackets
from glossator.providers.embedded.words import is_plural, name_phrase

Teller = Callable[[Around, list[Use]], Clause | None]

NUMBER = re.compile(r"-?[\d.]+$")
CONSTANT = re.compile(
    r"^(?:[rbuRBU]*[\"'].*[\"']|-?[\d.]+|None|True|False|[A-Z_][A-Z0-9_]*|\w+(?:\.\w+)*\.[A-Z_][A-Z0-9_]+)$", re.DOTALL
)


PATH_WORDS = re.compile(r"path|dir(?:$|_|ect)|folder|file|\broot\b|parent|home")
ADDED = {
    "+": "added to {other}",
    "-": "subtracted from {other}",
    "*": "multiplied by {other}",
    "/": "used to divide {other}",
    "//": "used to divide {other}",
    "%": "the number that {other} is taken modulo",
    "**": "the exponent of {other}",
    "&": "combined with {other} bit by bit",
    "|": "merged with {other}",
    "^": "combined with {other} by exclusive or",
    "<<": "the number of bits that {other} is shifted by",
    ">>": "the number of bits that {other} is shifted by",
    "@": "multiplied as a matrix by {other}",
}
TAKEN = {
    "+": "extended by {other}",
    "-": "reduced by {other}",
    "*": "multiplied by {other}",
    "/": "divided by {other}",
    "//": "divided by {other}",
    "%": "taken modulo {other}",
    "**": "raised to the power {other}",
    "&": "masked with {other}",
    "|": "merged with {other}",
    "^": "combined with {other} by exclusive or",
    "<<": "shifted to the left by {other}",
    ">>": "shifted to the right by {other}",
    "@": "multiplied as a matrix by {other}",
}
COMPARED = {
    "<": "checked for being less than {other}",
    "<=": "checked for being at most {other}",
    ">": "checked for being greater than {other}",
    ">=": "checked for being at least {other}",
    "==": "compared with {other}",
    "!=": "compared with {other}",
    "is": "checked for being {other}",
    "is not": "checked for being other than {other}",
    "in": "looked up in {other}",
    "not in": "checked for being absent from {other}",
}
ZERO = {
    "<": "checked for being negative",
    "<=": "checked for being positive",
    ">": "checked for being positive",
    ">=": "checked for being negative",
    "==": "checked for zero",
    "!=": "checked for zero",
}


def _item(around: Around, group: list[Use]) -> Clause | None:
    deleted = [code(use.other) for use in group if use.role == "delete" and is_quotable(use.other)]
    if len(deleted) == len(group):
        return Clause(f"deprived of the item at {listed(deleted[:3])}", 8)
    numbers = [use.other for use in group if re.fullmatch(r"-?\d+", use.other)]
    if numbers:
        words = {"0": "first", "1": "second", "2": "third", "-1": "last", "3": "fourth", "-2": "last but one"}
        shown = list(dict.fromkeys(words.get(number, "") for number in numbers))
        if all(shown):
            return Clause(
                f"a sequence of which the {listed(shown[:3])} item{'s are' if len(shown) > 1 else ' is'} used", 7
            )
    spans = list(dict.fromkeys(code(use.other) for use in group if is_quotable(use.other)))[:3]
    return Clause(f"indexed with {listed(spans)}", 7) if spans else Clause("indexed", 5)


def _index(around: Around, group: list[Use]) -> Clause | None:
    containers = [span for use in group if (span := quoted(use.other))][:2]
    if containers and group[0].role == "delete":
        return Clause(f"the key or index that is removed from {containers[0]}", 8)
    return Clause(f"the key or index into {listed(list(dict.fromkeys(containers)))}", 7) if containers else None


def _slice(around: Around, group: list[Use]) -> Clause | None:
    container = quoted(group[0].other)
    if group[0].role == "delete":
        return (
            Clause(
                f"where the part of {container} {'starts' if group[0].place == 'start' else 'ends'} that is removed", 8
            )
            if container
            else None
        )
    words = {
        "start": "where the part of {0} starts that is taken",
        "stop": "where the part of {0} ends that is taken",
        "step": "the step in which {0} is taken",
    }
    return Clause(words[group[0].place].format(container), 8) if container else None


def _iterate(around: Around, group: list[Use]) -> Clause | None:
    target = group[0].other
    if not is_quotable(target) or target.startswith("_"):
        return Clause("gone through item by item", 6)
    if "," in target:
        parts = [code(part) for part in without_brackets(target)]
        return (
            Clause(f"gone through as groups of {listed(parts[:4])}", 7)
            if len(parts) > 1
            else Clause("gone through item by item", 6)
        )
    noun = name_phrase(target)
    if len(target) <= 2 or noun in name_phrase(around.name):
        return Clause(f"gone through one {code(target)} at a time", 6)
    return Clause(f"gone through {noun} by {noun}" if not is_plural(noun) else f"gone through as {noun}", 7)


def _unpack(around: Around, group: list[Use]) -> Clause | None:
    parts = [code(part) for part in without_brackets(group[0].other)]
    return (
        Clause(f"unpacked into {listed(parts[:4])}", 8)
        if all(is_quotable(part.strip("`")) for part in parts) and parts
        else None
    )


def _compare(around: Around, group: list[Use]) -> Clause | None:
    operator = group[0].place
    others = list(dict.fromkeys(use.other.removeprefix("self.") for use in group if is_quotable(use.other)))
    if not others:
        return None
    if others == ["None"]:
        return None
    if others == ["0"] and operator in ZERO:
        return Clause(ZERO[operator], 6)
    others = [other for other in others if other != "None"][:4]
    weight = 7 if all(CONSTANT.match(other) for other in others) else 6
    pattern = COMPARED.get(operator)
    return (
        Clause(
            pattern.format(other=listed([code(other) for other in others], "or" if "being" in pattern else "and")),
            weight,
        )
        if pattern
        else None
    )


def _range(around: Around, group: list[Use]) -> Clause | None:
    use = group[0]
    if use.place == "inside":
        if is_quotable(use.other):
            return Clause(f"checked to be in range: {code(use.other)}", 8)
        return Clause("checked to be in range", 5)
    told = "a bound in" if use.place else "compared in"
    return Clause(f"{told} {code(use.other)}", 7) if is_quotable(use.other) else None


def _contains(around: Around, group: list[Use]) -> Clause | None:
    spans = [span for use in group if (span := quoted(use.other))][:3]
    return Clause(f"searched for {listed(list(dict.fromkeys(spans)), 'or')}", 6) if spans else None


def _binary(around: Around, group: list[Use]) -> Clause | None:
    use = group[0]
    other = quoted(use.other)
    is_number = NUMBER.match(use.other) is not None or _is_number(around)
    is_path = use.place == "/" and not is_number and bool(PATH_WORDS.search(f"{around.name} {use.other}".lower()))
    if use.place in ("%", "/") and not is_number and not is_path:
        is_text = use.place == "%" and use.role == "right" and use.other.lstrip("rbfu")[:1] in ("'", '"')
        if is_text:
            return Clause("filled into a text", 3)
        sides = (use.other, around.name) if use.role == "right" else (around.name, use.other)
        shown = f" {use.place} ".join(sides)
        return Clause(f"the {use.role} side of {code(shown)}", 5) if is_quotable(shown) else None
    if is_path:
        is_end = use.role == "right"
        told = f"the end of a path, behind {other}" if is_end else f"the start of a path, before {other}"
        return Clause(told, 8) if other else None
    pattern = (ADDED if use.role == "right" else TAKEN).get(use.place)
    return Clause(pattern.format(other=other), 6) if other and pattern else None


def _is_number(around: Around) -> bool:
    """Whether the parameter is annotated as a number."""
    facts = around.context.facts
    parameters = facts.parameters if isinstance(facts, FunctionFacts) else ()
    return any(one.name == around.name and one.annotation in ("int", "float", "complex") for one in parameters)


def _augment(around: Around, group: list[Use]) -> Clause | None:
    other, operator = quoted(group[0].other), group[0].place.rstrip("=")
    if operator == "%":
        return Clause(f"used to take {other} modulo or to fill it in", 5) if other else None
    return Clause(ADDED[operator].format(other=other), 7) if other and operator in ADDED else None


OPERATIONS: dict[str, Teller] = {
    "item": _item,
    "index": _index,
    "slice": _slice,
    "iterate": _iterate,
    "unpack": _unpack,
    "compare": _compare,
    "contains": _contains,
    "binary": _binary,
    "augment": _augment,
    "range": _range,
}
