"""What a body does with a parameter, as clauses: "opened as a file", "the index into ``table``".

A clause is a participle ("compared with ``0``") or a noun phrase ("the mode of the file"); `weight` says how telling it
is. The verbs of uses are those of `syntax.uses`.
"""

from __future__ import annotations

import ast

from glossator.model import ParameterKind, Use
from glossator.providers.embedded.arguments import handed
from glossator.providers.embedded.callees import known_role, known_treatment
from glossator.providers.embedded.conditions import code, is_quotable, parsed, spelt
from glossator.providers.embedded.decisions import decision
from glossator.providers.embedded.operations import OPERATIONS, Teller
from glossator.providers.embedded.phrasing import NOUN_START, Around, Clause, is_module, listed, passed_through, quoted
from glossator.providers.embedded.words import (
    definite,
    indefinite,
    name_phrase,
    phrase,
    split,
    verb_of,
)


def clauses(around: Around, uses: tuple[Use, ...]) -> list[Clause]:
    """The clauses for all uses of a parameter, most telling first, uses of one kind together."""
    rebound = (passed_through(use.other, around.name) for use in uses if use.verb == "rebind" and not use.role)
    replaced = {through[0] for through in rebound if through}
    groups: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        if use.verb == "call" and use.other in replaced and not known_role(use.other, use.place):
            continue  # told as what the parameter is put through
        key = use.place if use.verb in ("compare", "contains", "binary") else ""
        groups.setdefault((use.verb, key), []).append(use)
    is_changed = any(use.verb in ("rebind", "fallback", "set_item", "set_attribute") for use in uses)
    is_changed = is_changed or any(use.verb == "method" and use.other in MUTATORS for use in uses)
    if is_changed and ("return", "") in groups:
        groups[("end", "")] = groups.pop(("return", ""))
    found = [clause for (verb, _), group in groups.items() if (clause := GROUPS[verb](around, group)) is not None]
    return sorted(found, key=lambda clause: -clause.weight)


MUTATORS = frozenset(
    (
        *("append", "extend", "insert", "add", "update", "remove", "discard", "pop", "popitem", "clear", "setdefault"),
        *("sort", "reverse", "appendleft", "extendleft"),
    )
)
SPECIAL_ATTRIBUTES = {
    "__name__": "name",
    "__qualname__": "qualified name",
    "__doc__": "documentation",
    "__dict__": "attributes",
    "__class__": "class",
    "__module__": "module",
    "__mro__": "base classes",
    "__bases__": "base classes",
    "__code__": "code object",
    "__file__": "file name",
    "__traceback__": "traceback",
    "__cause__": "cause",
}


def _single(verb: str, weight: int) -> Teller:
    return lambda around, group: Clause(verb, weight)


def _call(around: Around, group: list[Use]) -> Clause | None:
    """What a well-known function does with an argument, or one of this document, or how it gets to another."""
    for use in group:
        if use.other in around.context.callees:
            continue
        if clause := known_role(use.other, use.place, is_method=not is_module(use.other, around.context)):
            return Clause(clause, 9)
    for use in group:
        if followed := _followed(around, use):
            return Clause(followed, 7)
    use = group[0]
    callee = quoted(use.other)
    return Clause(handed(around, use, callee), 5) if callee else None


def _followed(around: Around, use: Use) -> str:
    """What the called function of this document does with the argument; one call deep."""
    callee = around.context.callees.get(use.other)
    if callee is None or around.depth > 1 or use.place in ("*", "**"):
        return ""
    if use.place.isdigit():
        positional = [p for p in callee.parameters if p.kind in (ParameterKind.NORMAL, ParameterKind.POSITIONAL_ONLY)]
        parameter = positional[int(use.place)] if int(use.place) < len(positional) else None
    else:
        starred = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
        parameter = next((p for p in callee.parameters if p.name == use.place and p.kind not in starred), None)
    if parameter is None:
        return ""
    inner = clauses(Around(parameter.name, around.context, around.depth + 1), parameter.uses)
    told = next((one for one in inner if one.weight >= 6 and "``" + parameter.name + "``" not in one.text), None)
    if told is None or len(told.text) > 90:
        return (
            f"the {name_phrase(parameter.name)} for {quoted(use.other)}"
            if parameter.name not in (around.name, "args") and len(parameter.name) > 2
            else ""
        )
    shown = quoted(use.other)
    if around.depth or not shown:
        return told.text
    return f"{told.text}, by {shown}" if not told.is_noun else f"{told.text}, for {shown}"


def _isinstance(around: Around, group: list[Use]) -> Clause | None:
    trees = [tree for use in group if (tree := parsed(use.other)) is not None]
    types = [one for tree in trees for one in (tree.elts if isinstance(tree, ast.Tuple) else [tree])]
    plain = (spelt(one) for one in types if isinstance(one, (ast.Name, ast.Attribute)))
    spans = list(dict.fromkeys(code(kind) for kind in plain if is_quotable(kind)))[:4]
    return Clause(f"treated apart where it is {listed([indefinite(one) for one in spans], 'or')}", 7) if spans else None


def _method(around: Around, group: list[Use]) -> Clause | None:
    keys = list(
        dict.fromkeys(
            code(use.place)
            for use in group
            if use.place and use.other in ("get", "pop", "setdefault") and is_quotable(use.place)
        )
    )
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
    nouns = list(dict.fromkeys(_member(use.other) for use in group))[:3]
    if not nouns:
        return Clause(f"looked at through {code(group[0].other)}", 4)
    return Clause(f"the source of the {listed(nouns)}", 6)


def _member(name: str) -> str:
    """An attribute in words, or as it stands where its name is no English."""
    if name in SPECIAL_ATTRIBUTES:
        return SPECIAL_ATTRIBUTES[name]
    words = split(name)
    if not is_quotable(name):
        return name_phrase(name)
    return code(name) if not words or min(map(len, words)) < 2 or name.startswith("_") else phrase(words)


def _changed(around: Around, group: list[Use]) -> Clause | None:
    nouns = list(dict.fromkeys(_member(use.other) for use in group))[:3]
    return Clause(f"given a new {listed(nouns)}", 8)


def _set_item(around: Around, group: list[Use]) -> Clause | None:
    spans = [code(use.other) for use in group if is_quotable(use.other)][:3]
    return Clause(f"filled in at {listed(spans)}" if spans else "filled in item by item", 8)


def _nothing(around: Around, group: list[Use]) -> None:
    """Uses that say nothing by themselves."""


def _invoke(around: Around, group: list[Use]) -> Clause | None:
    arguments = group[0].other.strip()[1:-1].strip()
    if not arguments:
        return Clause("called without arguments", 8)
    if is_quotable(arguments):
        return Clause(f"called with {code(arguments)}", 8)
    return Clause("called", 6)


def _store(around: Around, group: list[Use]) -> Clause | None:
    use = group[0]
    target = code(use.other) if is_quotable(use.other) else f"its {name_phrase(use.other)}"
    if use.place:
        known = known_role(use.place, "0")
        return Clause(
            f"{known} and kept as {target}"
            if known and not NOUN_START.match(known)
            else f"put through {quoted(use.place) or 'a function'} and kept as {target}",
            7,
        )
    return Clause(f"kept by the {around.owner} as {target}" if around.owner else f"kept as {target}", 3)


def _rebind(around: Around, group: list[Use]) -> Clause | None:
    if any(use.role for use in group):
        return None
    if through := passed_through(group[0].other, around.name):
        callee, place = through
        if callee.startswith(f"{around.name}.") or (place and known_role(callee, place)):
            return None  # told as a method that is called on it, or as what the function does with it
        return Clause(f"put through {quoted(callee)} first", 5)
    return Clause(f"set anew to {code(group[0].other)} on the way", 4) if is_quotable(group[0].other) else None


def _value(around: Around, group: list[Use]) -> Clause | None:
    key = group[0].other
    return Clause(f"stored under the key {code(key)}", 6) if is_quotable(key) else None


def _element(around: Around, group: list[Use]) -> Clause | None:
    role, _, target = group[0].role.partition(" ")
    noun = name_phrase(target.rsplit(".", 1)[-1]) if is_quotable(target) and "[" not in target else ""
    if role == "return":
        return Clause(
            f"part of the {around.context.facts.name and name_phrase(around.context.facts.name)} that is returned", 3
        )
    if role == "assign" and len(noun) > 2:
        return Clause(f"put into the {noun}", 4)
    if role == "argument" and len(noun) > 2:
        return Clause(f"part of what {quoted(target)} gets", 3)
    if role == "text":
        return Clause("filled into a text", 3)
    return Clause("put into a collection", 1)


def _key(around: Around, group: list[Use]) -> Clause | None:
    return (
        Clause(f"the key under which {code(group[0].other)} is stored", 6)
        if is_quotable(group[0].other)
        else Clause("used as a key", 4)
    )


def _assign(around: Around, group: list[Use]) -> Clause | None:
    target = group[0].other
    noun = name_phrase(target.rsplit(".", 1)[-1].rsplit("[", 1)[0].rstrip("]"))
    if not is_quotable(target) or not noun:
        return None
    return (
        Clause(f"assigned to {quoted(target)}", 3)
        if "." in target or "[" in target
        else Clause(f"assigned to {code(target)}", 2)
    )


GROUPS: dict[str, Teller] = {
    **OPERATIONS,
    "call": _call,
    "isinstance": _isinstance,
    "method": _method,
    "attribute": _attribute,
    "set_attribute": _changed,
    "set_item": _set_item,
    "truth": decision,
    "invoke": _invoke,
    "enter": _single("entered as a context manager", 8),
    "store": _store,
    "assign": _assign,
    "fallback": _nothing,
    "mention": _nothing,
    "rebind": _rebind,
    "value": _value,
    "key": _key,
    "element": _element,
    "format": _single("shown in a text", 3),
    "return": _single("given back as it is", 4),
    "end": _single("given back in the end", 4),
    "await": _single("awaited", 8),
}
