"""What the name of a function says, as an imperative: `parse_header` gives "Parse the header"."""

from __future__ import annotations

import re

from glossator.model import Context, FunctionFacts, Parameter
from glossator.providers.embedded.conditions import code
from glossator.providers.embedded.deeds import deeds
from glossator.providers.embedded.phrasing import listed
from glossator.providers.embedded.tables import word_set
from glossator.providers.embedded.words import (
    PREPOSITIONS,
    article,
    capital,
    definite,
    is_plural,
    name_phrase,
    phrase,
    split,
    verb_of,
)

CREATING = frozenset(
    "create make build generate construct new add insert append open start spawn register emit raise define write draw "
    "send push issue launch produce allocate declare".split()
)
# First words that say how or when, not what: {verb} and {noun} are the rest.
ADVERBS = {
    "safe": "safely", "safely": "safely", "quick": "quickly", "fast": "quickly", "lazy": "lazily", "async": "asynchronously",
    "deep": "deeply", "generic": "in the general way", "default": "by default", "force": "by force", "maybe": "if needed",
    "really": "for good", "real": "for good", "inplace": "in place", "simple": "in a simple way", "auto": "automatically",
    "raw": "without further processing", "direct": "directly", "batch": "in batches", "bulk": "in bulk", "try": "if possible",
    "just": "without further ado", "manual": "by hand", "recursive": "recursively", "once": "once", "optionally": "on request",
}  # fmt: skip
AFFIXES = {
    "on": "Handle the {noun} event", "do": "Carry out the {noun} command", "visit": "Visit a ``{name}`` node",
    "from": "Create an instance from {a}", "to": "Convert to {a}", "as": "Give the content as {a}",
    "depart": "Leave a ``{name}`` node", "handle": "Handle {the}", "before": "Prepare for {the}", "after": "Follow up on {the}",
    "pre": "Prepare {the}", "post": "Follow up on {the}", "by": "Choose by {noun}", "with": "Use {the}",
    "generic": "Treat {the} in the general way", "setup": "Set up {the}", "teardown": "Tear down {the}", "p": "Parse {the} rule",
    "t": "Recognize {the} token", "action": "Carry out the {noun} action", "cmd": "Carry out the {noun} command",
    "command": "Carry out the {noun} command", "ensure": "Make sure of {the}", "complete": "Complete {the}", "help": "Explain the {noun} command",
}  # fmt: skip
# Parameters that say how something is done; they are no objects of verbs.
MANNERS = frozenset(
    "size n amt count limit length maxlen nbytes max_length bufsize timeout blocking block flags flag encoding errors options "
    "verbose force recursive indent level default mode sep end quiet strict debug wait now delay interval kwargs args kw "
    "maxsize deep start stop step ignore_errors dry_run copy inplace signum frame func fn callback ctx context".split()
)
# How a verb without an object relates to the instance that its method belongs to.
OWNER_LINKS = {
    "read": "from", "write": "to", "append": "to", "add": "to", "push": "to", "put": "into", "insert": "into",
    "remove": "from", "delete": "from", "pop": "from", "discard": "from", "extend": "", "send": "through", "feed": "to",
    "emit": "from", "wait": "for", "iterate": "over", "listen": "on", "connect": "to", "search": "in", "find": "in", "seek": "in",
    "receive": "from", "print": "to", "log": "to", "look": "at", "register": "with", "unregister": "from", "index": "in",
    "subscribe": "to", "append all": "to", "peek": "into", "login": "to", "recv": "from",
}  # fmt: skip
EVENT = re.compile(r"(?:ed|made|lost|sent|found|begun|done|shown|read)$")


def base_phrase(words: tuple[str, ...], context: Context, facts: FunctionFacts) -> str:
    """What a name says, as an imperative without a full stop: `parse_header` gives "Parse the header"."""
    if not words:
        return f"Apply {code(facts.name)}"
    first, rest = words[0].lower(), words[1:]
    if rest and (special := _special(first, rest, facts)):
        return special
    if "to" in words[1:-1] and not verb_of(words):
        cut = words.index("to", 1)
        return f"Convert {article(phrase(words[:cut]))} to {article(phrase(words[cut + 1 :]))}"
    if len(words) == 3 and words[1] == "2":
        return f"Convert {article(phrase(words[:1]))} to {article(phrase(words[2:]))}"
    verb = verb_of(words)
    if not verb or is_noun(words, facts):
        return noun_base(phrase(words), words, context, facts)
    if verb.startswith(("get an", "set an", "delete an")) or " a " in verb:
        return capital(verb)
    return capital(f"{verb} {_object(verb, rest, facts) if rest else implied(verb, context, facts)}".strip())


def _special(first: str, rest: tuple[str, ...], facts: FunctionFacts) -> str:
    """Names whose first word is neither verb nor noun: `on_click`, `do_GET`, `safe_load`."""
    noun = phrase(rest)
    verb = verb_of(rest)
    if first in ADVERBS and verb and not (first == "try" and not rest[1:]):
        told = _object(verb, rest[1:], facts) if rest[1:] else implied_parameter(facts)
        return capital(" ".join(part for part in (verb, told, ADVERBS[first]) if part))
    if first == "ensure" and len(rest) > 1 and EVENT.search(rest[-1]):
        return f"Make sure that {definite(phrase(rest[:-1]))} {'are' if is_plural(phrase(rest[:-1])) else 'is'} {rest[-1].lower()}"
    pattern = AFFIXES.get(first, "")
    if not pattern or (first in ("help", "complete", "command", "p", "t", "cmd", "action", "setup", "post") and len(facts.name.split("_")) < 2):
        return ""
    name = facts.name.split("_", 1)[-1] if "_" in facts.name.strip("_") else "".join(rest)
    return pattern.format(noun=noun, the=definite(noun), a=article(noun), name=name.lstrip("_"))


def is_noun(words: tuple[str, ...], facts: FunctionFacts) -> bool:
    """Whether a name that starts with a verb is a noun after all: `tag_rule`, which returns a `TagRule`."""
    if len(words) < 2 or words[0].lower() not in word_set("ambiguous"):
        return False
    if facts.is_property:
        return True
    made = {split(text.split("(", 1)[0].rsplit(".", 1)[-1]) for text in (*facts.returned, facts.returns) if text}
    return any(name[-1:] == (capital(words[-1]),) for name in made)


def implied_parameter(facts: FunctionFacts) -> str:
    """The first parameter that is what a verb without an object acts on; "" if none is."""
    for parameter in facts.parameters:
        if _is_object(parameter) and (parameter.uses or facts.is_stub):
            return code(parameter.name)
    return ""


def _is_object(parameter: Parameter) -> bool:
    return not parameter.starred.startswith("*") and parameter.name.strip("_") not in MANNERS and parameter.default not in ("True", "False")


def owner_noun(context: Context) -> str:
    """The class that a method belongs to, as a noun with "the"; "" for functions."""
    if context.owner is None:
        return ""
    noun = name_phrase(context.owner.name)
    return definite(re.sub(r"^(?:base|abstract) |(?<=.) (?:mixin|base)$", "", noun))


def implied(verb: str, context: Context, facts: FunctionFacts) -> str:
    """What a verb without an object acts on: a parameter that the body uses, the instance, or both."""
    given = implied_parameter(facts)
    owner = owner_noun(context) if "staticmethod" not in facts.decorators else ""
    link = OWNER_LINKS.get(verb)
    if given and verb in ("wait", "listen", "connect", "subscribe", "iterate", "search", "look"):
        return f"{link} {given}" if verb not in ("search",) else given
    if given and verb == "get":
        return f"the entry for {given}"
    if given and owner and verb in ("extend", "update"):
        return f"{owner} {'by' if verb == 'extend' else 'with'} {given}"
    if given and owner and link and verb not in ("find", "index", "seek", "print", "log", "look"):
        return f"{given} {link} {owner}"
    if given:
        return given
    if owner and link is not None:
        return f"{link} {owner}".strip()
    return owner


def _object(verb: str, rest: tuple[str, ...], facts: FunctionFacts) -> str:
    """The object of a verb with its article; prepositions in names start no article."""
    if len(rest) == 1 and rest[0].lower() in ("and", "or", "not", "with", "if", "for", "in", "import", "from", "as", "while", "try"):
        return f"{'an' if rest[0][0] in 'aio' else 'a'} ``{rest[0].lower()}``" if verb in ("parse", "visit", "compile") else rest[0].lower()
    for index, word in enumerate(rest):
        if word.lower() in PREPOSITIONS:
            return _with_preposition(verb, rest, index, facts)
    noun = phrase(rest)
    if len(rest) > 1 and rest[0].lower() in ("and", "or"):
        return noun
    return with_article(verb, noun)


def _with_preposition(verb: str, rest: tuple[str, ...], index: int, facts: FunctionFacts) -> str:
    """`from_file`, `header_to_bytes`, `all_tests`."""
    word, before, after = rest[index].lower(), phrase(rest[:index]), phrase(rest[index + 1 :])
    if word == "all" and not before:
        return f"all {after}".strip()
    if word in ("if", "when", "until", "unless", "without") and after:
        return " ".join(part for part in (with_article(verb, before) if before else implied_parameter(facts), word, after) if part)
    if word in ("and", "or") and after and verb_of(rest[index + 1 :]) and rest[index + 2 :]:
        return f"{with_article(verb, before) if before else ''} {word} {verb_of(rest[index + 1 :])} {definite(phrase(rest[index + 2 :]))}".strip()
    head = with_article(verb, before) if before else implied_parameter(facts) if word in ("from", "to", "into", "as", "by", "in") else ""
    first = after.split(" ", 1)[0] if after else ""
    plain = word in ("and", "or") or first in PREPOSITIONS
    tail = after if plain else article(after) if word in ("as", "to", "into") and verb in ("convert", "cast", "coerce") else definite(after) if after else ""
    return " ".join(part for part in (head, word, tail) if part)


def with_article(verb: str, noun: str) -> str:
    """A noun behind a verb: what is created is new, all else is known."""
    if verb in CREATING:
        return article(noun)
    return noun if is_plural(noun) and verb in ("list", "iterate over", "count", "yield") else definite(noun)


def noun_base(noun: str, words: tuple[str, ...], context: Context, facts: FunctionFacts) -> str:
    """A base for names without a verb: by what comes out, what happens, what is done."""
    if facts.is_context_manager:
        return f"Provide {definite(noun)} for a ``with`` block"
    if facts.is_generator:
        return f"Yield {noun if is_plural(noun) else definite(noun)}"
    if facts.returns_value or (facts.is_stub and facts.returns not in ("", "None")):
        return _returning(noun, words, facts)
    if noun == "main":
        return "Run the program"
    if len(words) > 1 and EVENT.search(words[-1]) and words[-1].lower() not in ("need", "speed", "feed", "seed", "thread"):
        subject = phrase(words[:-1])
        return f"React when {definite(subject)} {'are' if is_plural(subject) else 'is'} {words[-1].lower()}"
    if words[-1].lower() in ("callback", "hook", "handler", "event", "cb") and len(words) > 1:
        return f"Handle {definite(phrase(words[:-1]))} event{'' if words[-1].lower() != 'hook' else ' as a hook'}"
    done = deeds(facts)
    if done:
        return capital(done[0].imperative)
    if facts.attributes:
        return f"Set {listed([code(attribute.name) for attribute in facts.attributes[:3]])}"
    if facts.mutated:
        return f"Change {listed([code(name.lstrip('.')) for name in facts.mutated[:2]])}"
    verbs = [index for index, word in enumerate(words) if index and verb_of((word, "it"))]
    if verbs and verbs[-1] == len(words) - 1 and not facts.is_stub:
        return capital(f"{verb_of((words[-1], 'it'))} {definite(phrase(words[:-1]))}")
    return f"Handle {definite(noun)}" if facts.parameters or facts.is_stub else f"Take care of {definite(noun)}"


def _returning(noun: str, words: tuple[str, ...], facts: FunctionFacts) -> str:
    """A function that is named after what it returns; a participle behind the noun says what became of it."""
    if len(words) > 1 and words[-1].lower().endswith("ed") and not facts.is_property and words[-1].lower() not in ("speed", "seed", "feed", "need", "embed"):
        return f"Return {definite(phrase(words[:-1]))}, {words[-1].lower()}"
    return f"Return {definite(noun)}"
