"""What a body does with a parameter, as clauses: "opened as a file", "the index into ``table``".

A clause is a participle ("compared with ``0``") or a noun phrase ("the mode of the file"); `weight` says how telling it is. The
verbs of uses are those of `syntax.uses`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from glossator.model import ClassFacts, Context, ParameterKind, Use
from glossator.providers.embedded.callees import known_role, known_treatment
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.words import PREPOSITIONS, definite, gerund, indefinite, is_plural, name_phrase, phrase, split, verb_of

NOUN_START = re.compile(r"^(?:the|a|an|what|whether|where|which|flags|how|part of) ")
CONSTANT = re.compile(r"^(?:[rbuRBU]*[\"'].*[\"']|-?[\d.]+|None|True|False|[A-Z_][A-Z0-9_]*|\w+(?:\.\w+)*\.[A-Z_][A-Z0-9_]+)$", re.DOTALL)


PATH_WORDS = re.compile(r"path|dir|folder|root|base|file|parent|home|cache|name|prefix|dest|target|src|source")
ADDED = {"+": "added to {other}", "-": "subtracted from {other}", "*": "multiplied by {other}", "/": "used to divide {other}", "//": "used to divide {other}", "%": "filled into {other}", "**": "the exponent of {other}", "&": "combined with {other} bit by bit", "|": "merged with {other}", "^": "combined with {other} by exclusive or", "<<": "the number of bits that {other} is shifted by", ">>": "the number of bits that {other} is shifted by", "@": "multiplied as a matrix by {other}"}
TAKEN = {"+": "extended by {other}", "-": "reduced by {other}", "*": "multiplied by {other}", "/": "divided by {other}", "//": "divided by {other}", "%": "taken modulo {other}", "**": "raised to the power {other}", "&": "masked with {other}", "|": "merged with {other}", "^": "combined with {other} by exclusive or", "<<": "shifted to the left by {other}", ">>": "shifted to the right by {other}", "@": "multiplied as a matrix by {other}"}
COMPARED = {"<": "checked for being less than {other}", "<=": "checked for being at most {other}", ">": "checked for being greater than {other}", ">=": "checked for being at least {other}", "==": "compared with {other}", "!=": "compared with {other}", "is": "checked for being {other}", "is not": "checked for being other than {other}", "in": "looked up in {other}", "not in": "checked for being absent from {other}"}
ZERO = {"<": "checked for being negative", "<=": "checked for being positive", ">": "checked for being positive", ">=": "checked for being negative", "==": "checked for zero", "!=": "checked for zero"}


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause and how telling it is, 0 to 10."""

    text: str
    weight: int

    @property
    def is_noun(self) -> bool:
        """Whether it is a noun phrase rather than a participle."""
        return bool(NOUN_START.match(self.text))


@dataclass(frozen=True, slots=True)
class Around:
    """The parameter whose uses are told, and where it stands; `depth` counts the calls that were followed."""

    name: str
    context: Context
    depth: int = 0

    @property
    def owner(self) -> str:
        """The words of the class around, "" for a function."""
        facts = self.context.facts if isinstance(self.context.facts, ClassFacts) else self.context.owner
        return name_phrase(facts.name) if facts is not None else ""


def quoted(text: str) -> str:
    """Source as a code span without `self.`; "" where it is too long."""
    shown = text.removeprefix("self.")
    return code(shown) if is_quotable(shown) else ""


def listed(spans: list[str], word: str = "and") -> str:
    """Items joined as in prose."""
    return spans[0] if len(spans) == 1 else f"{', '.join(spans[:-1])} {word} {spans[-1]}"


def clauses(around: Around, uses: tuple[Use, ...]) -> list[Clause]:
    """The clauses for all uses of a parameter, most telling first, uses of one kind together."""
    groups: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        key = use.place if use.verb in ("compare", "contains", "binary") else ""
        groups.setdefault((use.verb, key), []).append(use)
    found = [clause for (verb, _), group in groups.items() if (clause := GROUPS[verb](around, group)) is not None]
    return sorted(found, key=lambda clause: -clause.weight)


def _single(verb: str, weight: int) -> Callable[[Around, list[Use]], Clause | None]:
    return lambda around, group: Clause(verb, weight)


def _call(around: Around, group: list[Use]) -> Clause | None:
    """An argument: what a well-known function does with it, what a function of this document does, or how it gets there."""
    for use in group:
        if clause := known_role(use.other, use.place):
            return Clause(clause, 9)
    for use in group:
        if followed := _followed(around, use):
            return Clause(followed, 7)
    use = group[0]
    callee = quoted(use.other)
    return Clause(_handed(around, use, callee), 5) if callee else None


def _followed(around: Around, use: Use) -> str:
    """What the called function of this document does with the argument; one call deep."""
    callee = around.context.callees.get(use.other)
    if callee is None or around.depth > 1 or use.place in ("*", "**"):
        return ""
    if use.place.isdigit():
        positional = [p for p in callee.parameters if p.kind in (ParameterKind.NORMAL, ParameterKind.POSITIONAL_ONLY)]
        parameter = positional[int(use.place)] if int(use.place) < len(positional) else None
    else:
        parameter = next((p for p in callee.parameters if p.name == use.place), None)
    if parameter is None:
        return ""
    inner = clauses(Around(parameter.name, around.context, around.depth + 1), parameter.uses)
    told = next((one for one in inner if one.weight >= 6 and "``" + parameter.name + "``" not in one.text), None)
    if told is None or len(told.text) > 90:
        return f"the {name_phrase(parameter.name)} for {quoted(use.other)}" if parameter.name not in (around.name, "args") and len(parameter.name) > 2 else ""
    if around.depth:
        return told.text
    shown = quoted(use.other)
    return f"{told.text}, by {shown}" if not told.is_noun else f"{told.text}, for {shown}"


ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def _handed(around: Around, use: Use, callee: str) -> str:
    """How an argument reaches a function that is not well known: what for, by the function's name, else by the call's place."""
    role, _, target = use.role.partition(" ")
    doing = gerund_phrase(use.other)
    if use.place in ("*", "**"):
        how = " by name" if use.place == "**" else ""
        return f"passed on{how} for {doing} ({callee})" if doing else f"passed on{how} to {callee}{_of_owner(use.other)}"
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


def _isinstance(around: Around, group: list[Use]) -> Clause | None:
    types = [part.strip() for use in group for part in use.other.strip("()").split(",") if part.strip()]
    spans = list(dict.fromkeys(code(kind) for kind in types if is_quotable(kind)))[:4]
    return Clause(f"treated apart where it is {listed([indefinite(one) for one in spans], 'or')}", 7) if spans else None


def _method(around: Around, group: list[Use]) -> Clause | None:
    keys = list(dict.fromkeys(code(use.place) for use in group if use.place and use.other in ("get", "pop", "setdefault") and is_quotable(use.place)))
    if keys:
        return Clause(f"asked for {listed(keys[:4])}{' and more' if len(keys) > 4 else ''}", 9)
    known = list(dict.fromkeys(said for use in group if (said := known_treatment(use.other))))
    if known:
        return Clause(listed(known[:2]), 8)
    words = split(group[0].other)
    verb = verb_of(words)
    if verb:
        rest = phrase(words[1:])
        return Clause(f"asked to {verb} {definite(rest) if rest else ''}".strip(), 6)
    return Clause(f"asked for {code(group[0].other + '()')}", 6)


def _attribute(around: Around, group: list[Use]) -> Clause | None:
    nouns = list(dict.fromkeys(_member(use.other) for use in group if not use.other.startswith("__")))[:3]
    if not nouns:
        return Clause(f"looked at through {code(group[0].other)}", 4)
    return Clause(f"the source of the {listed(nouns)}", 6)


def _member(name: str) -> str:
    """An attribute in words, or as it stands where its name is no English."""
    words = split(name)
    return code(name) if not words or min(map(len, words)) < 2 or name.startswith("_") else phrase(words)


def _changed(around: Around, group: list[Use]) -> Clause | None:
    nouns = list(dict.fromkeys(name_phrase(use.other) for use in group))[:3]
    return Clause(f"given a new {listed(nouns)}", 8)


def _set_item(around: Around, group: list[Use]) -> Clause | None:
    spans = [code(use.other) for use in group if is_quotable(use.other)][:3]
    return Clause(f"filled in at {listed(spans)}" if spans else "filled in item by item", 8)


def _item(around: Around, group: list[Use]) -> Clause | None:
    numbers = [use.other for use in group if re.fullmatch(r"-?\d+", use.other)]
    if numbers:
        words = {"0": "first", "1": "second", "2": "third", "-1": "last", "3": "fourth", "-2": "last but one"}
        shown = list(dict.fromkeys(words.get(number, "") for number in numbers))
        if all(shown):
            return Clause(f"a sequence of which the {listed(shown[:3])} item{'s are' if len(shown) > 1 else ' is'} used", 7)
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
        return Clause(f"where the part of {container} {'starts' if group[0].place == 'start' else 'ends'} that is removed", 8) if container else None
    words = {"start": "where the part of {0} starts that is taken", "stop": "where the part of {0} ends that is taken", "step": "the step in which {0} is taken"}
    return Clause(words[group[0].place].format(container), 8) if container else None


def _iterate(around: Around, group: list[Use]) -> Clause | None:
    target = group[0].other
    if not is_quotable(target) or target.startswith("_"):
        return Clause("gone through item by item", 6)
    if "," in target:
        parts = [code(part.strip()) for part in target.strip("()[]").split(",") if part.strip("()[] ")]
        return Clause(f"gone through as groups of {listed(parts[:4])}", 7) if len(parts) > 1 else Clause("gone through item by item", 6)
    noun = name_phrase(target)
    if len(target) <= 2 or noun in name_phrase(around.name):
        return Clause(f"gone through one {code(target)} at a time", 6)
    return Clause(f"gone through {noun} by {noun}" if not is_plural(noun) else f"gone through as {noun}", 7)


def _unpack(around: Around, group: list[Use]) -> Clause | None:
    parts = [code(part.strip()) for part in group[0].other.strip("()[]").split(",") if part.strip()]
    return Clause(f"unpacked into {listed(parts[:4])}", 8) if all(is_quotable(part.strip("`")) for part in parts) and parts else None


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
    return Clause(pattern.format(other=listed([code(other) for other in others], "or" if "being" in pattern else "and")), weight) if pattern else None


def _range(around: Around, group: list[Use]) -> Clause | None:
    return Clause(f"checked to be in range: {code(group[0].other)}", 8) if is_quotable(group[0].other) else Clause("checked to be in range", 5)


def _nothing(around: Around, group: list[Use]) -> None:
    """Uses that say nothing by themselves."""


def _contains(around: Around, group: list[Use]) -> Clause | None:
    spans = [span for use in group if (span := quoted(use.other))][:3]
    return Clause(f"searched for {listed(list(dict.fromkeys(spans)), 'or')}", 6) if spans else None


def _truth(around: Around, group: list[Use]) -> Clause | None:
    """Whether something happens: told by what the condition guards."""
    use = next((use for use in group if use.other), None)
    if use is None:
        return None
    word = "unless" if use.place == "not" else "whether"
    if use.other.startswith("call "):
        callee = use.other.removeprefix("call ")
        words = split(callee.rsplit(".", 1)[-1])
        verb = verb_of(words)
        if not is_quotable(callee):
            return None
        if verb and word == "whether":
            rest = phrase(words[1:])
            return Clause(f"whether to {verb} {definite(rest) if rest else ''}".strip() + ("" if rest else f" ({quoted(callee)})"), 7)
        return Clause(f"{word} {quoted(callee)} is called" if word == "whether" else f"what keeps {quoted(callee)} from being called", 6)
    kind, _, rest = use.other.partition(" ")
    if kind == "raise" and is_quotable(rest.split("(")[0]):
        return Clause(f"{'whether' if word == 'whether' else 'what prevents that'} {code(rest.split('(')[0])} is raised", 7)
    if kind == "return" and is_quotable(rest):
        return Clause(f"what decides whether {code(rest)} is returned", 6)
    target, sign, value = use.other.partition(" = ")
    if sign and is_quotable(target) and is_quotable(value):
        if target == around.name:
            return None
        return Clause(f"what decides whether {quoted(target)} becomes {quoted(value)}", 6)
    return None


def _invoke(around: Around, group: list[Use]) -> Clause | None:
    arguments = group[0].other.strip()[1:-1].strip()
    if not arguments:
        return Clause("called without arguments", 8)
    if is_quotable(arguments):
        return Clause(f"called with {code(arguments)}", 8)
    return Clause("called", 6)


def _store(around: Around, group: list[Use]) -> Clause | None:
    use = group[0]
    target = code(use.other)
    if use.place:
        known = known_role(use.place, "0")
        return Clause(f"{known} and kept as {target}" if known and not NOUN_START.match(known) else f"put through {quoted(use.place) or 'a function'} and kept as {target}", 7)
    return Clause(f"kept by the {around.owner} as {target}" if around.owner else f"kept as {target}", 3)


def _rebind(around: Around, group: list[Use]) -> Clause | None:
    match = re.match(r"^([\w.]+)\(", group[0].other)
    if match and is_quotable(match.group(1)):
        known = known_role(match.group(1), "0")
        if known and not NOUN_START.match(known):
            return Clause(f"{known} first", 6)
        return Clause(f"put through {quoted(match.group(1))} first", 5)
    return Clause(f"set anew to {code(group[0].other)} on the way", 4) if is_quotable(group[0].other) else None


def _binary(around: Around, group: list[Use]) -> Clause | None:
    use = group[0]
    other = quoted(use.other)
    if use.place == "%" and use.role == "right" and use.other.lstrip("rbfu")[:1] in ("'", '"'):
        return Clause("filled into a text", 3)
    if use.place == "/" and PATH_WORDS.search(around.name.lower()):
        return Clause(f"{'the end' if use.role == 'right' else 'the start'} of a path, {'behind' if use.role == 'right' else 'before'} {other}", 8) if other else None
    pattern = (ADDED if use.role == "right" else TAKEN).get(use.place)
    return Clause(pattern.format(other=other), 6) if other and pattern else None


def _augment(around: Around, group: list[Use]) -> Clause | None:
    other, operator = quoted(group[0].other), group[0].place.rstrip("=")
    return Clause(ADDED[operator].format(other=other), 7) if other and operator in ADDED else None


def _value(around: Around, group: list[Use]) -> Clause | None:
    key = group[0].other
    return Clause(f"stored under the key {code(key)}", 6) if is_quotable(key) else None


def _element(around: Around, group: list[Use]) -> Clause | None:
    role, _, target = group[0].role.partition(" ")
    noun = name_phrase(target.rsplit(".", 1)[-1]) if is_quotable(target) and "[" not in target else ""
    if role == "return":
        return Clause(f"part of the {around.context.facts.name and name_phrase(around.context.facts.name)} that is returned", 3)
    if role == "assign" and len(noun) > 2:
        return Clause(f"put into the {noun}", 4)
    if role == "argument" and len(noun) > 2:
        return Clause(f"part of what {quoted(target)} gets", 3)
    if role == "operand":
        return Clause("filled into a text", 3)
    return Clause("put into a collection", 1)


def _key(around: Around, group: list[Use]) -> Clause | None:
    return Clause(f"the key under which {code(group[0].other)} is stored", 6) if is_quotable(group[0].other) else Clause("used as a key", 4)


def _assign(around: Around, group: list[Use]) -> Clause | None:
    target = group[0].other
    noun = name_phrase(target.rsplit(".", 1)[-1].rsplit("[", 1)[0].rstrip("]"))
    if not is_quotable(target) or not noun:
        return None
    return Clause(f"assigned to {quoted(target)}", 3) if "." in target or "[" in target else Clause(f"taken as the first {code(target)}", 2)



GROUPS: dict[str, Callable[[Around, list[Use]], Clause | None]] = {
    "call": _call,
    "isinstance": _isinstance,
    "method": _method,
    "attribute": _attribute,
    "set_attribute": _changed,
    "set_item": _set_item,
    "item": _item,
    "index": _index,
    "slice": _slice,
    "iterate": _iterate,
    "unpack": _unpack,
    "compare": _compare,
    "contains": _contains,
    "truth": _truth,
    "invoke": _invoke,
    "enter": _single("entered as a context manager", 8),
    "store": _store,
    "assign": _assign,
    "fallback": _nothing,
    "mention": _nothing,
    "range": _range,
    "rebind": _rebind,
    "binary": _binary,
    "augment": _augment,
    "value": _value,
    "key": _key,
    "element": _element,
    "format": _single("shown in a text", 3),
    "return": _single("returned", 4),
    "raise": _single("raised", 7),
    "yield": _single("yielded", 6),
    "await": _single("awaited", 8),
}
