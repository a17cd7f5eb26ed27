"""The first line of a function's documentation: what its name says, made precise by what its body shows.

Several candidates are made, from telling to plain; the first that fits on one line is taken. A summary never claims more than
the tree shows: a call that happens, an attribute that is set, an expression that is returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from glossator.model import Context, FunctionFacts
from glossator.providers.embedded.conditions import code, condition, is_quotable
from glossator.providers.embedded.expressions import expression_phrase
from glossator.providers.embedded.lexicon import AMBIGUOUS, PROTOCOL_METHODS
from glossator.providers.embedded.parameters import sentence
from glossator.providers.embedded.phrasing import listed, quoted
from glossator.providers.embedded.words import (
    PREPOSITIONS,
    article,
    capital,
    definite,
    is_plural,
    name_phrase,
    phrase,
    question_phrase,
    split,
    third_person,
    verb_of,
)

# Calls that say little about what a function is for.
EVERYDAY = re.compile(
    r"^(?:len|str|int|float|bool|list|tuple|dict|set|frozenset|type|isinstance|issubclass|getattr|hasattr|range|enumerate|zip|min|max|sorted|repr|print|super|super\(\).*|iter|next|id|map|filter|any|all|sum|abs|bytes|bytearray|callable|vars|object|round|ord|chr|"
    r".*\.(?:append|get|items|keys|values|join|format|strip|split|lower|upper|startswith|endswith|add|pop|copy|extend|debug|info|warning|error|log|encode|decode|update|insert|remove|rstrip|lstrip|replace|setdefault|clear|sort|index|count))$"
)
ASSERTION = re.compile(r"(?:^|\.)assert|^self\.(?:fail|skipTest|subTest|addCleanup)|^(?:assert_|pytest\.)")
CODE_COMMENT = re.compile(r"[=(){}\[\];]|^\W|^(?:if|for|def|class|return|import|from|elif|else|while)\b|\.\.\.|https?:")
CREATING = frozenset(("create", "make", "build", "generate", "construct", "new", "add", "insert", "append", "open", "start", "spawn", "register", "emit", "raise", "define", "write", "draw", "send", "push"))
FETCHING = frozenset(("get", "return", "compute", "calculate", "fetch", "find", "obtain", "retrieve", "give", "tell", "determine", "derive", "lookup", "look up"))


def function_summary(context: Context, facts: FunctionFacts, room: int) -> str:
    """The summary of a function or method in at most `room` columns where that can be; one sentence with a full stop."""
    shortest = ""
    for candidate in _candidates(context, facts):
        text = candidate if candidate.endswith(".") else candidate + "."
        if len(text) <= room and "``.``" not in text:
            return text
        if not shortest or len(text) < len(shortest):
            shortest = text
    return shortest


def _candidates(context: Context, facts: FunctionFacts) -> Iterator[str]:
    if comment := comment_summary(facts.comment):
        yield comment
    words = split(facts.name)
    if facts.name in PROTOCOL_METHODS:
        yield from _detailed(PROTOCOL_METHODS[facts.name], context, facts)
    elif facts.is_property:
        yield from _property(context, facts, words)
    elif words and words[0] == "test":
        yield from _test(facts, words)
    elif question := question_phrase(words):
        yield from _question(question, context, facts)
    else:
        yield from _detailed(base_phrase(words, context, facts), context, facts)


def comment_summary(comment: str) -> str:
    """A comment's first sentence where it reads as prose, as a sentence; else ""."""
    first = re.split(r"(?<=[a-z)])[.:;] |\. ", comment, maxsplit=1)[0].strip()
    if len(first.split()) < 3 or CODE_COMMENT.search(first) or "`" in first:
        return ""
    return sentence(first.rstrip(".:;,"))


def base_phrase(words: tuple[str, ...], context: Context, facts: FunctionFacts) -> str:
    """What a name says, as an imperative without a full stop: `parse_header` gives "Parse the header"."""
    if not words:
        return f"Apply {code(facts.name)}"
    first, rest = words[0].lower(), words[1:]
    noun = phrase(rest)
    if rest and first in AFFIXES:
        return AFFIXES[first].format(noun=noun, the=definite(noun), name=facts.name.split("_", 1)[-1] if "_" in facts.name else "".join(rest))
    if "to" in words[1:-1] and not verb_of(words):
        cut = words.index("to", 1)
        return f"Convert {phrase(words[:cut])} to {phrase(words[cut + 1 :])}"
    verb = verb_of(words)
    if not verb or _is_noun(words, facts):
        return _noun_base(phrase(words), facts)
    return capital(f"{verb} {_object(verb, rest) if rest else _implied(context, facts)}".strip())


def _is_noun(words: tuple[str, ...], facts: FunctionFacts) -> bool:
    """Whether a name that starts with a verb is a noun after all: `tag_rule`, which returns a `TagRule`."""
    made = {split(text.split("(", 1)[0].rsplit(".", 1)[-1]) for text in (*facts.returned, facts.returns) if text}
    return len(words) > 1 and words[0].lower() in AMBIGUOUS and any(name[-1:] == (capital(words[-1]),) for name in made)


def _implied(context: Context, facts: FunctionFacts) -> str:
    """What a verb without an object acts on: the first parameter, else the instance."""
    given = [parameter for parameter in facts.parameters if not parameter.starred.startswith("*")]
    if given:
        return code(given[0].name)
    if facts.parameters:
        return f"with {code(facts.parameters[0].starred)}" if "*" not in facts.parameters[0].starred else ""
    return definite(name_phrase(context.owner.name)) if context.owner is not None else ""


AFFIXES = {
    "on": "Handle the {noun} event", "do": "Carry out {name}", "visit": "Visit a ``{name}`` node", "from": "Create an instance from {noun}", "to": "Convert to {noun}", "as": "Give the content as {noun}", "handle": "Handle {the}",
    "with": "Work with {the}", "by": "Choose by {noun}", "before": "Prepare for {the}", "after": "Follow up on {the}", "pre": "Prepare {the}", "post": "Follow up on {the}", "try": "Try to {noun}", "maybe": "If needed, {noun}", "ensure": "Make sure of {the}", "depart": "Leave a ``{name}`` node",
}  # fmt: skip


def _object(verb: str, rest: tuple[str, ...]) -> str:
    """The object of a verb with its article; prepositions in names start no article."""
    if not rest:
        return ""
    for index, word in enumerate(rest):
        if word.lower() in PREPOSITIONS:
            before, after = phrase(rest[:index]), phrase(rest[index + 1 :])
            head = _with_article(verb, before) if before else ""
            tail = definite(after) if after and after.split()[0] not in PREPOSITIONS else after
            return " ".join(part for part in (head, word.lower(), tail) if part)
    return _with_article(verb, phrase(rest))




def _with_article(verb: str, noun: str) -> str:
    if verb in CREATING:
        return article(noun)
    return noun if is_plural(noun) and verb in ("list", "iterate over") else definite(noun)


def _noun_base(noun: str, facts: FunctionFacts) -> str:
    """A base for names without a verb: by what comes out."""
    if facts.is_context_manager:
        return f"Provide {definite(noun)} for a `with` block".replace("`with`", "``with``")
    if facts.is_generator:
        return f"Yield {definite(noun)}"
    if facts.returns_value or (facts.is_stub and facts.returns):
        return f"Return {definite(noun)}"
    if noun == "main":
        return "Run the program"
    if facts.attributes:
        return f"Set {listed([code(attribute.name) for attribute in facts.attributes[:3]])}"
    calls = _telling(facts)
    if calls:
        return f"Call {listed([quoted(call) for call in calls[:2]])}"
    if facts.mutated:
        return f"Change {listed([code(name) for name in facts.mutated[:2]])}"
    return f"Carry out {definite(noun)}"


def _detailed(base: str, context: Context, facts: FunctionFacts) -> Iterator[str]:
    """The base with the body's most telling detail, then with lesser ones, then alone."""
    verb = base.split(" ", 1)[0].lower()
    said = _returned(context, facts)
    if said and verb in FETCHING:
        yield f"{'Tell' if said.startswith('whether') else 'Return'} {said}"
    for detail in _details(facts, base):
        yield f"{base}{detail}"
    if said and not facts.is_generator and verb not in FETCHING:
        yield f"{base} and return {said}"
    yield base


def _returned(context: Context, facts: FunctionFacts) -> str:
    """What a function returns, where one expression says it."""
    texts = [text for text in facts.returned if text not in ("None", "True", "False")]
    if len(texts) != 1:
        return ""
    said = expression_phrase(texts[0], context)
    return "" if " itself" in said or ", as " in said or "outcome of" in said else said


def _telling(facts: FunctionFacts) -> list[str]:
    """The calls that say what a function is for: not everyday ones, not the exceptions that are raised, not the function itself."""
    raised = {one.name.rsplit(".", 1)[-1] for one in facts.raises}
    return [
        call
        for call in facts.calls
        if is_quotable(call)
        and "(" not in call
        and not EVERYDAY.match(call)
        and not call.startswith(("super", "cls"))
        and call.rsplit(".", 1)[-1] not in raised
        and call.rsplit(".", 1)[-1] != facts.name
    ]


def _details(facts: FunctionFacts, base: str = "") -> Iterator[str]:
    """What may follow the base, most telling first."""
    calls = [call for call in _telling(facts) if quoted(call) not in base]
    attributes = [attribute.name for attribute in facts.attributes if code(attribute.name) not in base]
    if facts.is_stub:
        yield "; subclasses have to provide this" if facts.raises or facts.is_abstract else "; does nothing here"
        return
    if attributes and len(attributes) <= 3 and not calls:
        yield f", setting {listed([code(name) for name in attributes])}"
    if len(calls) >= 2:
        yield f" using {listed([quoted(calls[0]), quoted(calls[1])])}"
    if calls:
        yield f" using {quoted(calls[0])}"
    yield from _effects(facts, attributes)
    loops = [loop for loop in facts.loops if is_quotable(loop)]
    if loops:
        yield f", going through {quoted(loops[0])}"
    if facts.raises and (guard := condition(facts.raises[0].guard, negated=not facts.raises[0].negated) if facts.raises[0].guard and not facts.raises[0].case else ""):
        yield f" if {guard}"
    if facts.raises:
        yield f", or raise {code(facts.raises[0].name)}"
    if any(call.startswith("super()") for call in facts.calls):
        yield " and what the base class does"
    given = [code(parameter.name) for parameter in facts.parameters if code(parameter.name) not in base and not parameter.starred.startswith("*")]
    if given and facts.returns_value:
        yield f" for {listed(given[:2])}"


def _effects(facts: FunctionFacts, attributes: list[str]) -> Iterator[str]:
    """What is changed: attributes, parameters."""
    if attributes:
        yield f", setting {listed([code(name) for name in attributes[:2]])}"
        yield f", setting {code(attributes[0])}"
    mutated = [code(name.lstrip(".")) for name in facts.mutated]
    if mutated:
        yield f", changing {listed(mutated[:2])} in place"


def _property(context: Context, facts: FunctionFacts, words: tuple[str, ...]) -> Iterator[str]:
    """A property reads as an attribute: a noun phrase, or a question."""
    noun = phrase(words)
    said = _returned(context, facts)
    siblings = sum(name == facts.name for name in context.siblings)
    access = "read-only" if siblings < 2 else "readable and settable"
    if question := question_phrase(words):
        yield f"Whether {said.removeprefix('whether ')}" if said.startswith("whether") else f"Whether this {question}, by {said}" if said.startswith("``") else f"Whether this {question} ({access})"
    if said.startswith("whether"):
        yield capital(said)
    if said:
        text = said if said.startswith(("the ", "a ", "an ", "what ")) else f"{definite(noun)}: {said}"
        yield capital(f"{text} ({access})")
    yield f"{capital(definite(noun))} ({access})"


def _question(question: str, context: Context, facts: FunctionFacts) -> Iterator[str]:
    said = _returned(context, facts)
    if said.startswith("whether"):
        yield f"Tell {said}"
    if said:
        yield f"Tell whether this {question}, by {said}" if not facts.parameters else f"Tell whether it {question}, by {said}"
    for detail in _details(facts):
        yield f"Tell whether it {question}{detail}"
    yield f"Tell whether it {question}"


def _test(facts: FunctionFacts, words: tuple[str, ...]) -> Iterator[str]:
    """A test: what it is about, and what it calls."""
    noun = phrase(words[1:]) or "the behaviour"
    calls = [call for call in facts.calls if is_quotable(call) and not ASSERTION.search(call) and not EVERYDAY.match(call) and "(" not in call]
    asserted = list(dict.fromkeys(re.sub(r"^self\.", "", call) for call in facts.calls if ASSERTION.search(call)))
    if len(calls) >= 2:
        yield f"Check {noun} through {listed([quoted(calls[0]), quoted(calls[1])])}"
    if calls:
        yield f"Check {noun} through {quoted(calls[0])}"
    if asserted:
        yield f"Check {noun} with {code(asserted[0])}"
    yield f"Check {noun}"


def description(facts: FunctionFacts, summary: str) -> str:
    """What a reader has to know besides: what is changed outside, what is left to others. "" for most functions."""
    said = []
    hidden = [name for name in facts.mutated if not name.startswith(".") and f"``{name}``" not in summary]
    if hidden:
        said.append(f"Changes {listed([code(name) for name in hidden[:3]])} in place.")
    if facts.globals_written:
        said.append(f"Sets the global {'names' if len(facts.globals_written) > 1 else 'name'} {listed([code(name) for name in facts.globals_written[:4]])}.")
    return " ".join(said)


def verb_list(methods: tuple[str, ...]) -> list[str]:
    """What methods do, in the third person: `connect`, `send_request` give "connects", "sends requests"."""
    found = []
    for method in methods:
        words = split(method)
        verb = verb_of(words)
        if verb and not method.startswith("_"):
            rest = phrase(words[1:])
            found.append(f"{third_person(verb)} {rest if is_plural(rest) else article(rest)}".strip())
    return list(dict.fromkeys(found))


