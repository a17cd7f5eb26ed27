"""What a body does with a parameter, as clauses: "opened as a file", "the index into ``table``".

A clause is a participle ("compared with ``0``") or a noun phrase ("the mode of the file"); `weight` says how telling it is. The
verbs of uses are those of `syntax.uses`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from glossator.model import Use
from glossator.providers.embedded.callees import known_role, verb_clause
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.words import definite, is_plural, name_phrase, phrase, split, verb_of

NOUN_START = re.compile(r"^(?:the|a|an|what|whether|where|which|flags|how) ")
CONSTANT = re.compile(r"^(?:[rbuRBU]*[\"'].*[\"']|-?[\d.]+|None|True|False|[A-Z_][A-Z0-9_]*|\w+(?:\.\w+)*\.[A-Z_][A-Z0-9_]+)$", re.DOTALL)

ON_METHODS = {
    "read": "read from", "readline": "read line by line", "readlines": "read as lines", "write": "written to", "writelines": "written to", "close": "closed", "flush": "flushed", "seek": "positioned anew", "tell": "asked for its position", "fileno": "asked for its file descriptor", "append": "appended to", "extend": "extended", "insert": "inserted into", "add": "added to", "remove": "freed of an item", "pop": "taken from", "popitem": "taken from", "clear": "emptied", "update": "updated",
    "setdefault": "completed with missing keys", "sort": "sorted in place", "reverse": "reversed in place", "copy": "copied", "items": "gone through by key and value", "keys": "gone through by key", "values": "gone through by value", "get": "asked for single values", "split": "split into parts", "rsplit": "split into parts from the right", "splitlines": "split into lines", "strip": "stripped of surrounding white space", "lstrip": "stripped at its start", "rstrip": "stripped at its end",
    "lower": "taken in lower case", "upper": "taken in upper case", "title": "taken in title case", "casefold": "compared without regard to case", "encode": "encoded to bytes", "decode": "decoded to text", "startswith": "checked for its start", "endswith": "checked for its end", "replace": "rewritten by replacing parts", "find": "searched", "rfind": "searched from the right", "index": "searched for a position", "count": "counted in", "join": "put between joined texts", "format": "filled in as a format", "partition": "split in two", "rpartition": "split in two from the right", "translate": "translated character by character",
    "isdigit": "checked for digits", "isalpha": "checked for letters", "isidentifier": "checked for being an identifier", "isspace": "checked for white space", "isupper": "checked for upper case", "match": "matched", "search": "searched with", "sub": "used for substitution", "group": "asked for its groups", "groups": "asked for its groups", "start": "started", "stop": "stopped", "cancel": "cancelled", "set": "set", "wait": "waited for", "join_thread": "waited for", "acquire": "acquired", "release": "released", "send": "sent to", "recv": "received from", "sendall": "sent to", "connect": "connected",
    "bind": "bound to an address", "listen": "made to listen", "accept": "asked for new connections", "settimeout": "given a time limit", "shutdown": "shut down", "execute": "used to execute statements", "cursor": "asked for a cursor", "commit": "committed", "fetchall": "asked for all rows", "fetchone": "asked for one row", "put": "filled", "result": "asked for its result", "set_result": "given its result", "set_exception": "given its exception", "done": "checked for being done", "exception": "asked for its exception", "add_done_callback": "observed until it is done", "exists": "checked for existence", "is_dir": "checked for being a directory", "is_file": "checked for being a file", "mkdir": "created as a directory",
    "open": "opened", "read_text": "read as text", "write_text": "written as text", "read_bytes": "read as bytes", "unlink": "deleted", "rename": "renamed", "resolve": "resolved", "with_suffix": "given another extension", "relative_to": "made relative", "iterdir": "listed", "glob": "searched by pattern", "isoformat": "written in ISO format", "strftime": "formatted as a date", "timestamp": "taken as a timestamp", "utcoffset": "asked for its UTC offset", "tzname": "asked for its time zone's name", "dst": "asked for daylight saving time", "total_seconds": "taken in seconds", "as_tuple": "taken apart", "bit_length": "measured in bits", "to_bytes": "written as bytes", "hex": "written in hexadecimal", "tolist": "turned into a list",
    "tobytes": "turned into bytes", "cast": "viewed with another item type", "add_argument": "given another argument", "add_parser": "given another command", "parse_args": "used to parse the command line", "union": "united", "intersection": "intersected", "difference": "reduced", "issubset": "compared as a set", "discard": "freed of an item", "appendleft": "extended at its front", "popleft": "taken from its front", "next": "advanced", "throw": "made to raise", "getvalue": "asked for its content", "mro": "asked for its base classes",
}  # fmt: skip

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


def quoted(text: str) -> str:
    """Source as a code span without `self.`; "" where it is too long."""
    shown = text.removeprefix("self.")
    return code(shown) if is_quotable(shown) else ""


def listed(spans: list[str], word: str = "and") -> str:
    """Items joined as in prose."""
    return spans[0] if len(spans) == 1 else f"{', '.join(spans[:-1])} {word} {spans[-1]}"


def clauses(name: str, uses: tuple[Use, ...]) -> list[Clause]:
    """The clauses for all uses of a parameter, most telling first, uses of one kind together."""
    groups: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        key = use.place if use.verb in ("compare", "contains", "binary") else ""
        groups.setdefault((use.verb, key), []).append(use)
    found = [clause for (verb, _), group in groups.items() if (clause := GROUPS[verb](name, group)) is not None]
    return sorted(found, key=lambda clause: -clause.weight)


def _single(verb: str, weight: int) -> Callable[[str, list[Use]], Clause | None]:
    return lambda name, group: Clause(verb, weight)


def _call(name: str, group: list[Use]) -> Clause | None:
    for use in group:
        clause = known_role(use.other, use.place)
        if clause:
            return Clause(clause, 9)
    use = group[0]
    callee = quoted(use.other)
    if not callee:
        return None
    return Clause(_handed(name, use, callee), 5)


def _handed(name: str, use: Use, callee: str) -> str:
    """How an argument reaches a function that is not well known: by what becomes of the call."""
    role, _, target = use.role.partition(" ")
    if use.place in ("*", "**"):
        return f"passed on to {callee}{' by name' if use.place == '**' else ''}"
    if not use.place.isdigit() and use.place != name:
        return f"the {code(use.place)} of {callee}"
    if role == "assign" and is_quotable(target) and target != name:
        return f"what {callee} makes {code(target)} from"
    verb = verb_clause(use.other)
    if role == "argument" and is_quotable(target) and not target.startswith("super"):
        return f"put through {callee} for {quoted(target)}"
    if role == "test":
        return f"checked with {callee}"
    if role == "return":
        return f"what {callee} works on for the result" if not verb else f"handed to {callee}, whose result is returned"
    if role == "raise":
        return f"named in the {callee} that is raised"
    if role == "iterate":
        return f"what {callee} finds the items of the loop in"
    if role == "with":
        return f"handed to {callee} for the time of a block"
    if role in ("text", "operand", "item"):
        return f"shown by way of {callee}" if role == "text" else f"turned by {callee} into part of a larger value"
    if role == "object":
        return f"handed to {callee}, on whose result the work goes on"
    if not use.place.isdigit():
        return f"passed on to {callee} by the same name"
    return f"handed to {callee}"


def _isinstance(name: str, group: list[Use]) -> Clause | None:
    types = [part.strip() for use in group for part in use.other.strip("()").split(",") if part.strip()]
    spans = list(dict.fromkeys(code(kind) for kind in types if is_quotable(kind)))[:4]
    return Clause(f"treated by type, with {listed(spans)} told apart", 7) if spans else None


def _method(name: str, group: list[Use]) -> Clause | None:
    known = list(dict.fromkeys(ON_METHODS[use.other] for use in group if use.other in ON_METHODS))
    if known:
        return Clause(listed(known[:2]), 8)
    words = split(group[0].other)
    verb = verb_of(words)
    if verb:
        rest = phrase(words[1:])
        return Clause(f"asked to {verb} {definite(rest) if rest else ''}".strip(), 6)
    return Clause(f"asked for its {name_phrase(group[0].other)}", 6)


def _attribute(name: str, group: list[Use]) -> Clause | None:
    nouns = list(dict.fromkeys(name_phrase(use.other) for use in group if not use.other.startswith("__")))[:3]
    if not nouns:
        return Clause(f"looked at through {code(group[0].other)}", 4)
    return Clause(f"looked at for its {listed(nouns)}", 6)


def _changed(name: str, group: list[Use]) -> Clause | None:
    nouns = list(dict.fromkeys(name_phrase(use.other) for use in group))[:3]
    return Clause(f"given a new {listed(nouns)}", 8)


def _set_item(name: str, group: list[Use]) -> Clause | None:
    spans = [code(use.other) for use in group if is_quotable(use.other)][:3]
    return Clause(f"filled in at {listed(spans)}" if spans else "filled in item by item", 8)


def _item(name: str, group: list[Use]) -> Clause | None:
    numbers = [use.other for use in group if re.fullmatch(r"-?\d+", use.other)]
    if numbers:
        words = {"0": "first", "1": "second", "2": "third", "-1": "last", "3": "fourth", "-2": "last but one"}
        shown = list(dict.fromkeys(words.get(number, "") for number in numbers))
        if all(shown):
            return Clause(f"a sequence of which the {listed(shown[:3])} item{'s are' if len(shown) > 1 else ' is'} used", 7)
    spans = list(dict.fromkeys(code(use.other) for use in group if is_quotable(use.other)))[:3]
    return Clause(f"looked up at {listed(spans)}", 7) if spans else Clause("looked up by key", 6)


def _index(name: str, group: list[Use]) -> Clause | None:
    containers = [span for use in group if (span := quoted(use.other))][:2]
    return Clause(f"the key or index into {listed(list(dict.fromkeys(containers)))}", 7) if containers else None


def _slice(name: str, group: list[Use]) -> Clause | None:
    container = quoted(group[0].other)
    words = {"start": "where the part of {0} starts that is taken", "stop": "where the part of {0} ends that is taken", "step": "the step in which {0} is taken"}
    return Clause(words[group[0].place].format(container), 8) if container else None


def _iterate(name: str, group: list[Use]) -> Clause | None:
    target = group[0].other
    if not is_quotable(target) or target.startswith("_"):
        return Clause("gone through item by item", 6)
    if "," in target:
        parts = [code(part.strip()) for part in target.strip("()[]").split(",") if part.strip("()[] ")]
        return Clause(f"gone through as groups of {listed(parts[:4])}", 7) if len(parts) > 1 else Clause("gone through item by item", 6)
    noun = name_phrase(target)
    if len(target) <= 2 or noun in name_phrase(name):
        return Clause(f"gone through one {code(target)} at a time", 6)
    return Clause(f"gone through {noun} by {noun}" if not is_plural(noun) else f"gone through as {noun}", 7)


def _unpack(name: str, group: list[Use]) -> Clause | None:
    parts = [code(part.strip()) for part in group[0].other.strip("()[]").split(",") if part.strip()]
    return Clause(f"unpacked into {listed(parts[:4])}", 8) if all(is_quotable(part.strip("`")) for part in parts) and parts else None


def _compare(name: str, group: list[Use]) -> Clause | None:
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


def _contains(name: str, group: list[Use]) -> Clause | None:
    spans = [span for use in group if (span := quoted(use.other))][:3]
    return Clause(f"searched for {listed(list(dict.fromkeys(spans)), 'or')}", 6) if spans else None


def _truth(name: str, group: list[Use]) -> Clause | None:
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
        if target == name:
            return None
        return Clause(f"what decides whether {quoted(target)} becomes {quoted(value)}", 6)
    return None


def _invoke(name: str, group: list[Use]) -> Clause | None:
    arguments = group[0].other.strip()[1:-1].strip()
    if not arguments:
        return Clause("called without arguments", 8)
    if is_quotable(arguments):
        return Clause(f"called with {code(arguments)}", 8)
    return Clause("called", 6)


def _store(name: str, group: list[Use]) -> Clause | None:
    use = group[0]
    target = code(use.other)
    if use.place:
        known = known_role(use.place, "0")
        return Clause(f"{known} and kept as {target}" if known and not NOUN_START.match(known) else f"put through {quoted(use.place) or 'a function'} and kept as {target}", 7)
    return Clause(f"kept as {target}", 3)


def _fallback(name: str, group: list[Use]) -> Clause | None:
    return None  # told by `parameters`, behind the other clauses


def _rebind(name: str, group: list[Use]) -> Clause | None:
    match = re.match(r"^([\w.]+)\(", group[0].other)
    if match and is_quotable(match.group(1)):
        known = known_role(match.group(1), "0")
        if known and not NOUN_START.match(known):
            return Clause(f"{known} first", 6)
        return Clause(f"put through {quoted(match.group(1))} first", 5)
    return Clause(f"set anew to {code(group[0].other)} on the way", 4) if is_quotable(group[0].other) else None


def _binary(name: str, group: list[Use]) -> Clause | None:
    use = group[0]
    other = quoted(use.other)
    pattern = (ADDED if use.role == "right" else TAKEN).get(use.place)
    return Clause(pattern.format(other=other), 6) if other and pattern else None


def _augment(name: str, group: list[Use]) -> Clause | None:
    other, operator = quoted(group[0].other), group[0].place.rstrip("=")
    return Clause(ADDED[operator].format(other=other), 7) if other and operator in ADDED else None


def _value(name: str, group: list[Use]) -> Clause | None:
    key = group[0].other
    return Clause(f"stored under the key {code(key)}", 6) if is_quotable(key) else None


def _key(name: str, group: list[Use]) -> Clause | None:
    return Clause(f"the key under which {code(group[0].other)} is stored", 6) if is_quotable(group[0].other) else Clause("used as a key", 4)


def _assign(name: str, group: list[Use]) -> Clause | None:
    target = group[0].other
    noun = name_phrase(target.rsplit(".", 1)[-1].rsplit("[", 1)[0].rstrip("]"))
    if not is_quotable(target) or not noun:
        return None
    return Clause(f"assigned to {quoted(target)}", 3) if "." in target or "[" in target else Clause(f"taken as the first {code(target)}", 2)



GROUPS: dict[str, Callable[[str, list[Use]], Clause | None]] = {
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
    "fallback": _fallback,
    "rebind": _rebind,
    "binary": _binary,
    "augment": _augment,
    "value": _value,
    "key": _key,
    "element": _single("made part of a collection", 2),
    "format": _single("shown in a text", 3),
    "return": _single("returned", 4),
    "raise": _single("raised", 7),
    "yield": _single("yielded", 6),
    "await": _single("awaited", 8),
}
