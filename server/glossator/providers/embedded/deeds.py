"""What a function does, told from the calls in its body: `self.items.append(x)` gives "append ``x`` to ``items``"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from glossator.model import Context, FunctionFacts
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.tables import flat, vocabulary
from glossator.providers.embedded.words import (
    PREPOSITIONS,
    definite,
    gerund,
    indefinite,
    name_phrase,
    phrase,
    split,
    verb_of,
)

CALL = re.compile(r"^([A-Za-z_][\w.]*)\((.*)\)$", re.DOTALL)
ARGUMENT = re.compile(r"^(?:[\w.]{1,30}|(?P<quote>['\"])[^'\"\\`{}]{1,20}(?P=quote)|[\w.]{1,20}\[[\w.'\"-]{1,12}\])$")
PATTERN = re.compile(
    r"(?:^|\.)(?:[A-Z_\d]*(?:_RE|_REGEX|_PATTERN|_re|_REGEXP)|_?\w+_(?:re|regex|pattern)|RE|regexp?|pattern)$"
)
MATCHING = frozenset(("match", "search", "fullmatch", "findall", "finditer", "sub", "split"))
# Calls that say little about what a function is for.
EVERYDAY = vocabulary("everyday")
EVERYDAY_METHODS = vocabulary("everyday_methods")
# Calls that are conditions, notes or pauses rather than what a function is for; verbs that take no object.
UNTELLING = vocabulary("untelling")
FETCHING = vocabulary("deeds_fetching")
# What a verb's object has to do with what the call is made on: "set the root of ``tree``".
LINKS = flat("links")


class Deed(NamedTuple):
    """A verb in its base form and what follows it."""

    verb: str
    rest: str

    @property
    def gerund(self) -> str:
        """As it follows "by": "appending ``x`` to ``items``"."""
        return f"{gerund(self.verb)} {self.rest}".strip()

    @property
    def imperative(self) -> str:
        """As a sentence starts: "append ``x`` to ``items``"."""
        return f"{self.verb} {self.rest}".strip()


def deeds(facts: FunctionFacts) -> list[Deed]:
    """What a function does in statements that no condition guards, most telling first."""
    if facts.is_context_manager:
        return []  # which of them set up and which clean up is not known
    known = tuple(parameter.name for parameter in facts.parameters)
    found = [one for text in facts.acts if (one := act(text, facts.receiver, known))]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def act(text: str, receiver: str, parameters: tuple[str, ...]) -> Deed | None:
    """A call that is a statement, as a deed; None where it would say nothing."""
    match = CALL.match(text)
    if match is None:
        return None
    callee, inner = match.groups()
    spoken = Spoken(receiver, parameters)
    arguments = _arguments(inner, spoken)
    if callee == "print":
        arguments = [] if "file=" in inner else [one for one in arguments if one[2:3] not in "'\""][:1]
        return None if "file=" in inner else _known(callee, arguments, everywhere=False)
    known = _known(callee, arguments, everywhere=False)
    if known:
        return known
    owner, _, name = callee.rpartition(".")
    if not is_quotable(callee) or name.startswith(("assert", "fail", "skipTest")) or callee in EVERYDAY:
        return None
    if receiver and owner == receiver:
        owner = ""
    shown = spoken.of(owner)
    if not shown and "." not in owner and owner and not owner.startswith("_") and owner.islower():
        return None  # a local name that says nothing
    shown = shown or code(owner)
    pattern = flat("acts").get(name) if owner and not owner.startswith("super") else None
    if pattern:
        return _filled(pattern, arguments, shown)
    return _by_name(callee, owner, shown, name, bool(inner.strip()))


LEVELS = frozenset(("debug", "info", "warning", "warn", "error", "exception", "critical"))


class Spoken(NamedTuple):
    """How the names of a function's body are spoken of: what its reader can see as code, locals as nouns."""

    receiver: str
    parameters: tuple[str, ...]

    def of(self, text: str) -> str:
        """An operand; "" for one that is too long or would tell nothing."""
        if not ARGUMENT.match(text):
            return ""
        if self.receiver and text.startswith(f"{self.receiver}."):
            return code(text[len(self.receiver) + 1 :])
        root = re.split(r"[.\[]", text, maxsplit=1)[0]
        if (
            root in self.parameters
            or not root.isidentifier()
            or root[:1].isupper()
            or text in ("None", "True", "False")
        ):
            return code(text)
        if text == self.receiver:
            return "the instance" if text == "self" else ""
        if text != root:
            return code(text) if len(root) < 4 or root[0] == "_" else ""
        noun = name_phrase(text)
        if noun.split(" ", 1)[0] in PREPOSITIONS:
            return ""
        return (
            definite(noun) if len(text) > 3 and noun not in VAGUE and not text[-1].isdigit() and text[0] != "_" else ""
        )


VAGUE = vocabulary("vague")


def _by_name(callee: str, owner: str, shown: str, name: str, has_arguments: bool) -> Deed | None:
    """The deed of a method that is not well known, by the words of its name."""
    words = split(name)
    verb, rest = verb_of(words), phrase(words[1:])
    spoken = callee.removeprefix("self.").removeprefix("cls.")
    if verb in UNTELLING or name in LEVELS:
        return None
    if name[:1].isupper() or not verb or verb in FETCHING or " " in verb or (rest and len(words) > 4):
        return Deed("call", code(spoken)) if not name[:1].isupper() else None
    if not owner:
        return (
            Deed(verb, definite(rest))
            if rest and words[1].lower() not in STOPS and len(rest) > 3
            else Deed("call", code(spoken))
        )
    if owner == "cls" or "." in owner.removeprefix("self."):
        return Deed("call", code(spoken))
    if not rest:
        return Deed("call", code(spoken)) if has_arguments else Deed(verb, shown)
    if words[1].lower() in STOPS or len(rest) < 4:
        return Deed("call", code(spoken))
    return Deed(verb, f"{definite(rest)} {LINKS.get(verb, 'through')} {shown}")


STOPS = vocabulary("stops")


def _arguments(inner: str, spoken: Spoken) -> list[str]:
    """The first two arguments of a call as they are spoken of; "" for one that cannot be."""
    if not inner.strip():
        return []
    return [spoken.of(part.strip()) for part in inner.split(",", 2)[:2]]


def _filled(pattern: str, arguments: list[str], shown: str) -> Deed | None:
    """The first form of a pattern whose arguments the call has."""
    for form in pattern.removeprefix("* ").split(" | "):
        needed = [int(number) for number in NUMBER.findall(form)]
        if form.startswith(BARE) and arguments:
            continue
        if all(index < len(arguments) and arguments[index] for index in needed) and (shown or "{o}" not in form):
            verb, _, rest = form.removeprefix(BARE).partition(" ")
            return Deed(verb, rest.format(*arguments, o=shown))
    return None


BARE = "() "  # in front of a form: only for a call without arguments
NUMBER = re.compile(r"\{(\d)\}")


def _known(callee: str, arguments: list[str], *, everywhere: bool) -> Deed | None:
    """The deed of a well-known function; `everywhere` for calls that may stand in an expression."""
    pattern = flat("deeds").get(callee)
    if pattern is None or (everywhere and not pattern.startswith("* ")):
        return None
    return _filled(pattern, arguments, "")


def calls_told(context: Context, facts: FunctionFacts, base: str) -> Iterator[str]:
    """What the calls of a function add to its base, as what follows a comma or a space, most telling first."""
    raised = {one.name.rsplit(".", 1)[-1] for one in facts.raises}
    low = base.lower()
    made: list[str] = []
    own: list[str] = []
    for call in facts.calls:
        owner, _, last = call.rpartition(".")
        if last in raised or "(" in call or not is_quotable(call) or call == facts.name:
            continue
        known = _known(call, [], everywhere=True)
        if known and not _is_said(known.rest, low):
            yield f" by {known.gerund}"
        elif known:
            continue
        elif last in MATCHING and PATTERN.search(owner):
            yield f" by matching {code(owner.removeprefix('self.'))}"
        elif _is_everyday(call, last) or (owner and not _is_visible(owner, context, facts)):
            continue
        elif last == facts.name:
            own.insert(0, f", delegating to {code(owner.removeprefix('self.'))}" if owner not in ("", "self") else "")
        elif last.lstrip("_")[:1].isupper() and not last.isupper():
            made.append("" if last in base or _is_failure(last) else f" with {indefinite(_shown(call))}")
        elif not _is_said(phrase(split(last)), low) or call in context.callees:
            own.append(_with(call.removeprefix("self."), low))
    yield from (text for text in (*own[:2], *made[:1]) if text)


def _is_everyday(call: str, last: str) -> bool:
    """Whether a call says little about what a function is for."""
    if last.lstrip("_") in LEVELS or last.lstrip("_") in ("log", "trace"):
        return True
    return last in EVERYDAY_METHODS or call in EVERYDAY or call.startswith(("super", "cls")) or last.startswith("__")


def _is_failure(name: str) -> bool:
    return name.endswith(("Error", "Exception", "Warning"))


def _shown(call: str) -> str:
    return code(call.removeprefix("self."))


def _is_visible(owner: str, context: Context, facts: FunctionFacts) -> bool:
    """Whether the reader of a docstring knows what a call is made on: no local name."""
    root = owner.split(".", 1)[0]
    if root == facts.receiver or root[:1].isupper() or any(root == parameter.name for parameter in facts.parameters):
        return True
    module = context.module
    return module is not None and (
        any(root == name.split(".", 1)[0] for name in module.imports)
        or any(root == one.name for one in module.constants)
    )


def _is_said(rest: str, low: str) -> bool:
    """Whether a base already holds what a detail would add."""
    words = [word for word in re.findall(r"[a-z]{4,}", rest.lower()) if word not in ("with", "from")]
    return bool(words) and all(word[:5] in low for word in words)


def _with(call: str, base: str) -> str:
    """A call that is not well known, linked by what kind of function its name says it is."""
    words = split(call.rsplit(".", 1)[-1])
    verb = verb_of(words)
    first = words[0].lower() if words else ""
    if first in vocabulary("question_words") and len(words) > 1:
        return f", depending on {code(call)}"
    if first in UNTELLING and len(words) > 1:
        return ""
    if verb and base.startswith(verb):
        return f" through {code(call)}"
    if verb in vocabulary("giving") and base.partition(" ")[0].lower() in vocabulary("giving"):
        return f" from {code(call)}"
    if verb in vocabulary("converting"):
        return f" through {code(call)}"
    if verb:
        return f" with the help of {code(call)}" if call.startswith("_") else f" with {code(call)}"
    return f" using {code(call)}"
