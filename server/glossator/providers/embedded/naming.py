"""What the name of a function says, as an imperative: `parse_header` gives "Parse the header"."""

from __future__ import annotations

import re

from glossator.model import Context, FunctionFacts, Parameter
from glossator.providers.embedded.conditions import code
from glossator.providers.embedded.deeds import deeds
from glossator.providers.embedded.phrasing import listed
from glossator.providers.embedded.tables import flat, vocabulary, word_set
from glossator.providers.embedded.words import (
    PREPOSITIONS,
    article,
    capital,
    definite,
    indefinite,
    is_plural,
    name_phrase,
    phrase,
    split,
    verb_of,
)

CREATING = vocabulary("creating")
# First words that say how or when, not what: {verb} and {noun} are the rest.
ADVERBS = flat("adverbs")
TRAILING = flat("trailing")
AFFIXES = flat("affixes")
# Parameters that say how something is done; they are no objects of verbs.
MANNERS = vocabulary("manners")
AMOUNTS = frozenset(("amount", "amt", "count", "delta", "n", "offset", "width"))
# How a verb without an object relates to the instance that its method belongs to.
OWNER_LINKS = flat("owner_links")
EVENT = re.compile(r"(?:ed|made|lost|sent|found|begun|done|shown|read)$")


def base_phrase(words: tuple[str, ...], context: Context, facts: FunctionFacts) -> str:
    """What a name says, as an imperative without a full stop: `parse_header` gives "Parse the header"."""
    if not words:
        return f"Apply {code(facts.name)}"
    first, rest = words[0].lower(), words[1:]
    if first == "do" and rest and context.owner is None:
        return base_phrase(rest, context, facts)
    if rest and (special := _adverbial(words, context, facts) or _special(first, rest, facts) or _conversion(words)):
        return special
    verb = verb_of(words)
    gives = facts.returns_value or facts.is_context_manager or facts.is_generator
    if not verb and not rest and not gives and first in word_set("ambiguous"):
        verb = first  # nothing comes out that it could be the name of
    if not verb or is_noun(words, facts):
        return noun_base(phrase(words), words, context, facts)
    if verb.startswith(("get an", "set an", "delete an")) or (" a " in verb and verb != "read a line"):
        return capital(verb)
    base = capital(f"{verb} {_object(verb, rest, facts) if rest else implied(verb, context, facts)}".strip())
    return f"{base} for a ``with`` block" if facts.is_context_manager else base


def _adverbial(words: tuple[str, ...], context: Context, facts: FunctionFacts) -> str:
    """Names with an adverb at one end: `safe_load`, `put_nowait`, `async_flow`."""
    first, rest = words[0].lower(), words[1:]
    if words[-1].lower() in TRAILING and verb_of(words):
        return f"{base_phrase(words[:-1], context, facts)} {TRAILING[words[-1].lower()]}"
    verb = verb_of(rest)
    if first in ADVERBS and verb and (first != "try" or len(rest) > 1):
        told = _object(verb, rest[1:], facts) if rest[1:] else implied_parameter(facts)
        return capital(" ".join(part for part in (verb, told, ADVERBS[first]) if part))
    if first in ("sync", "async"):
        how = "synchronously" if first == "sync" else "asynchronously"
        return f"{noun_base(phrase(rest), rest, context, facts)} {how}"
    return ""


def _conversion(words: tuple[str, ...]) -> str:
    """Names that say what becomes what: `header_to_bytes`, `str2int`."""
    if verb_of(words):
        return ""
    middle = [index for index, word in enumerate(words[1:-1], 1) if word in ("to", "2")]
    if not middle:
        return ""
    return f"Convert {article(phrase(words[: middle[0]]))} to {article(phrase(words[middle[0] + 1 :]))}"


def _special(first: str, rest: tuple[str, ...], facts: FunctionFacts) -> str:
    """Names whose first word is neither verb nor noun: `on_click`, `do_GET`, `safe_load`."""
    noun = phrase(rest)
    if first == "ensure" and len(rest) > 1 and EVENT.search(rest[-1]):
        return f"Make sure that {_being(rest)}"
    pattern = AFFIXES.get(first, "")
    if not pattern or (first in vocabulary("underscored_affixes") and "_" not in facts.name.strip("_")):
        return ""
    name = facts.name.split("_", 1)[-1] if "_" in facts.name.strip("_") else "".join(rest)
    return pattern.format(noun=noun, the=definite(noun), a=article(noun), name=name.lstrip("_"))


# Words that are verbs as well, but name a thing where something is returned.
THINGS = vocabulary("things")


def is_noun(words: tuple[str, ...], facts: FunctionFacts) -> bool:
    """Whether a name that starts with a verb is a noun after all: `tag_rule`, which returns a `TagRule`."""
    if len(words) < 2 or words[0].lower() not in word_set("ambiguous"):
        return False
    if facts.is_property or (facts.returns_value and words[0].lower() in THINGS):
        return True
    made = {split(text.split("(", 1)[0].rsplit(".", 1)[-1]) for text in (*facts.returned, facts.returns) if text}
    return any(name[-1:] == (capital(words[-1]),) for name in made)


def implied_parameter(facts: FunctionFacts) -> str:
    """The first parameter that is what a verb without an object acts on; "" if none is."""
    for parameter in facts.parameters:
        if parameter.name in AMOUNTS and parameter.uses:
            return ""  # and what stands behind it says of what: `pad(count, character=" ")`
        if is_object(parameter) and (parameter.uses or facts.is_stub):
            return code(parameter.name)
    return ""


def is_object(parameter: Parameter) -> bool:
    """Whether a parameter may be what a function acts on: neither starred, nor a flag, nor the manner of acting."""
    return (
        not parameter.starred.startswith("*")
        and parameter.name.strip("_") not in MANNERS
        and parameter.default not in ("True", "False")
    )


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
    if given and verb in ("wait", "listen", "connect", "subscribe", "iterate", "look"):
        return f"{link} {given}"
    if verb in ("read a line", "read lines", "write lines") and owner:
        return f"{'to' if verb == 'write lines' else 'from'} {owner}"
    if given and verb == "get":
        return f"the entry for {given}"
    if given and owner and verb in ("extend", "update"):
        return f"{owner} {'by' if verb == 'extend' else 'with'} {given}"
    if given:
        return f"{given} {link} {owner}" if owner and link and verb not in vocabulary("alone_with_object") else given
    return f"{link} {owner}" if owner and link else owner


def _object(verb: str, rest: tuple[str, ...], facts: FunctionFacts) -> str:
    """The object of a verb with its article; prepositions in names start no article."""
    if len(rest) == 1 and rest[0].lower() in PREPOSITIONS:
        keyword = code(rest[0].lower())
        return indefinite(keyword) if verb in ("parse", "visit", "compile") else rest[0].lower()
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
    given = implied_parameter(facts)
    if word in ("if", "when", "until", "unless", "without") and after:
        return _spaced(with_article(verb, before) if before else given, word, after)
    second = verb_of(rest[index + 1 :])
    if word in ("and", "or") and second and rest[index + 2 :]:
        return _spaced(with_article(verb, before) if before else "", word, second, definite(phrase(rest[index + 2 :])))
    head = with_article(verb, before) if before else given if word in ("from", "to", "into", "as", "by", "in") else ""
    if not after or word in ("and", "or") or after.split(" ", 1)[0] in PREPOSITIONS:
        return _spaced(head, word, after)
    is_new = word in ("as", "to", "into") and verb in ("convert", "cast", "coerce")
    return _spaced(head, word, article(after) if is_new else definite(after))


def _spaced(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _being(words: tuple[str, ...]) -> str:
    """A name that ends in a participle as a clause: `connection_made` gives "the connection is made"."""
    subject = phrase(words[:-1])
    return f"{definite(subject)} {'are' if is_plural(subject) else 'is'} {words[-1].lower()}"


def with_article(verb: str, noun: str) -> str:
    """A noun behind a verb: what is created is new, all else is known."""
    if verb in CREATING:
        return article(noun)
    return noun if is_plural(noun) and verb in ("list", "iterate over", "count", "yield") else definite(noun)


def noun_base(noun: str, words: tuple[str, ...], context: Context, facts: FunctionFacts) -> str:
    """A base for names without a verb: by what comes out, what happens, what is done."""
    if facts.is_context_manager:
        is_manner = words[0].lower() in PREPOSITIONS
        return f"Provide a ``with`` block {noun}" if is_manner else f"Provide {definite(noun)} for a ``with`` block"
    if facts.is_generator:
        return f"Yield {noun if is_plural(noun) else definite(noun)}"
    last = words[-1].lower()
    is_act = not (facts.is_property or facts.returns_value or verb_of(words))
    if len(words) > 1 and is_act and _is_final_verb(last):
        return capital(f"{verb_of((last, 'it'))} {definite(phrase(words[:-1]))}")
    if noun == "main":
        return "Run the program"
    if facts.returns_value or (facts.is_stub and facts.returns not in ("", "None")):
        return _returning(noun, words, facts)
    if len(words) > 1 and EVENT.search(last) and last not in vocabulary("ed_nouns"):
        return f"React when {_being(words)}"
    if last in ("callback", "hook", "handler", "event", "cb") and len(words) > 1:
        return f"Handle {definite(phrase(words[:-1]))} event{' as a hook' if last == 'hook' else ''}"
    return _acting(noun, facts)


def _is_final_verb(word: str) -> bool:
    """Whether the last word of a name is a verb beyond doubt: `selection_adjust`."""
    return bool(verb_of((word, "it"))) and word not in word_set("ambiguous") and word not in word_set("nouns")


def _acting(noun: str, facts: FunctionFacts) -> str:
    """A base by what is done, for names that say nothing about it."""
    done = deeds(facts)
    if done:
        return capital(done[0].imperative)
    if facts.attributes:
        return f"Set {listed([code(attribute.name) for attribute in facts.attributes[:3]])}"
    if facts.mutated:
        return f"Change {listed([code(name.lstrip('.')) for name in facts.mutated[:2]])}"
    return f"Handle {definite(noun)}" if facts.parameters or facts.is_stub else f"Take care of {definite(noun)}"


def _returning(noun: str, words: tuple[str, ...], facts: FunctionFacts) -> str:
    """A function that is named after what it returns; a participle behind the noun says what became of it."""
    last = words[-1].lower()
    if len(words) > 1 and last.endswith("ed") and not facts.is_property and last not in vocabulary("ed_nouns"):
        return f"Return {definite(phrase(words[:-1]))}, {last}"
    return f"Return {definite(noun)}"
