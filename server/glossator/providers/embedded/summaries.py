"""The first line of a function's documentation: what its name says, made precise by what its body shows.

Several candidates are made, from telling to plain; the first that fits on one line is taken. A summary never claims
more than the tree shows: a call that happens, an attribute that is set, an expression that is returned.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from glossator.model import Attribute, Context, FunctionFacts
from glossator.providers.embedded.attributes import property_candidates
from glossator.providers.embedded.comments import comment_summary, imperative
from glossator.providers.embedded.conditions import code, condition, is_quotable, parsed
from glossator.providers.embedded.deeds import Deed, calls_told, deeds
from glossator.providers.embedded.expressions import expression_phrase
from glossator.providers.embedded.naming import base_phrase, is_object, owner_noun
from glossator.providers.embedded.outcomes import FIXED, returned_phrase, tells_locals
from glossator.providers.embedded.phrasing import listed, quoted
from glossator.providers.embedded.tables import flat, vocabulary, word_set
from glossator.providers.embedded.testcases import test_candidates
from glossator.providers.embedded.words import (
    capital,
    definite,
    phrase,
    question_phrase,
    shortened,
    split,
    verb_of,
)

FETCHING = vocabulary("fetching")
CHECKING = vocabulary("checking")
COMPARED = re.compile(r"\bself\.(\w+) == \w+\.\1\b")


def function_summary(context: Context, facts: FunctionFacts, room: int) -> str:
    """The summary of a function or method in at most `room` columns where that can be; one sentence."""
    shortest = ""
    for candidate in _candidates(context, facts):
        text = candidate if candidate.endswith(".") else candidate + "."
        if len(text) <= room and "``.``" not in text:
            return text
        if not shortest or len(text) < len(shortest):
            shortest = text
    return shortened(shortest, room)


def _candidates(context: Context, facts: FunctionFacts) -> Iterator[str]:
    if comment := imperative(comment_summary(facts.comment)):
        yield comment
    words = split(facts.name)
    if facts.name in flat("dunders"):
        yield from _protocol(context, facts)
    elif facts.is_property:
        yield from property_candidates(context, facts, words)
    elif words and words[0].lower() == "test" and not facts.returns_value and not facts.is_stub:
        yield from test_candidates(facts, words)
    elif "fixture" in facts.decorators:
        yield from _fixture(context, facts, words)
    elif question := question_phrase(words):
        yield from _question(question, context, facts)
    else:
        yield from _detailed(base_phrase(words, context, facts), context, facts)


def _refused(base: str, facts: FunctionFacts) -> str:
    """A function that does nothing but raise."""
    only = (
        facts.raises[0] if len(facts.raises) == 1 and not (facts.returned or facts.is_stub or facts.yielded) else None
    )
    if (
        only is None
        or only.guard
        or only.case != "always"
        or only.cause
        or only.handled
        or set(facts.calls) - {only.name}
    ):
        return ""
    if base.split(" ", 1)[0].lower() in word_set("verbs"):
        return f"Refuse to {base[0].lower()}{base[1:]} by raising {code(only.name)}"
    return f"Raise {code(only.name)}, whatever is asked for"


def _detailed(base: str, context: Context, facts: FunctionFacts) -> Iterator[str]:
    """The base with the body's most telling detail, then with lesser ones, then alone."""
    verb = base.split(" ", 1)[0].lower()
    if refused := _refused(base, facts):
        yield refused
    if base.startswith("Return the ") or facts.name.lower() in HTTP_METHODS:
        yield from _delegated(facts)
    said = returned_phrase(context, facts)
    if said.startswith("whether") and verb in CHECKING:
        yield f"Tell {said}"
    if said and verb in FETCHING:
        yield f"{'Tell' if said.startswith('whether') else 'Return'} {said}"
    if said and verb not in FETCHING and not facts.is_generator and len(facts.calls) < 2:
        yield f"{base} and return {said}"
    for deed in deeds(facts):
        if deed.verb == verb and "``" in deed.rest and BETWEEN.search(deed.rest):
            yield capital(deed.imperative)
    yield from (f"{base}{detail}" for detail in _details(context, facts, base) if detail and not _repeats(base, detail))
    if said and not facts.is_generator and verb not in FETCHING:
        yield f"{base} and return {said}"
    yield base


def _delegated(facts: FunctionFacts) -> Iterator[str]:
    """A function that hands all it gets to another one, and says only who asks: `return self.request("GET", url)`."""
    match = ASKING.match(facts.returned[0]) if len(facts.returned) == len(facts.calls) == 1 else None
    if match is None or match.group(2).lower() != facts.name.lower() or not is_quotable(facts.calls[0]):
        return
    handed = [use for one in facts.parameters for use in one.uses]
    is_once = all(len(one.uses) == 1 for one in facts.parameters)
    if is_once and all(use.verb == "call" and use.other == facts.calls[0] for use in handed) and _is_call(facts):
        tail = (
            " and pass everything on" if len(handed) > 1 else f" and {code(facts.parameters[0].name)}" if handed else ""
        )
        yield f"Call {quoted(facts.calls[0])} with {code(match.group(1))}{tail}"


def _is_call(facts: FunctionFacts) -> bool:
    """Whether what is returned is a call with one argument more than there are parameters; yes for a long one."""
    tree = parsed(facts.returned[0])
    tree = tree.value if isinstance(tree, ast.Await) else tree
    if tree is None:
        return True
    return isinstance(tree, ast.Call) and len(tree.args) + len(tree.keywords) == len(facts.parameters) + 1


# As names of functions they are misread: what is put and posted is not the address.
HTTP_METHODS = frozenset(("get", "head", "post", "put", "patch", "delete", "options", "trace", "connect"))
ASKING = re.compile(r"^(?:await )?[\w.]+\( ?((?:\"|')(\w+)(?:\"|'))[,)]")
BETWEEN = re.compile(r" (?:to|from|into|with|by|onto) ")
LINK = re.compile(r"^ (?:with|by|from|through|for|to|using)\b")


def _repeats(base: str, detail: str) -> bool:
    """Whether a detail starts with a preposition that the base has already, or shows the same code."""
    link = LINK.match(detail)
    shown = re.findall(r"``[^`]+``", detail)
    return (link is not None and f"{link.group()} " in base) or (bool(shown) and all(one in base for one in shown))


def _details(context: Context, facts: FunctionFacts, base: str = "") -> Iterator[str]:
    """What may follow the base, most telling first."""
    if facts.is_stub:
        yield _nothing(facts)
        return
    attributes = [attribute for attribute in facts.attributes if code(attribute.name) not in base]
    yield from _stored(facts, attributes, base)
    done = [deed for deed in deeds(facts) if deed.imperative not in base.lower() and deed.imperative not in base]
    yield from _by_deeds([deed for deed in done if deed.verb != "call"], base)
    told = calls_told(context, facts, base)
    first = next(told, "")
    if first:
        yield first
    yield from _by_deeds([deed for deed in done if deed.verb == "call"], base)
    yield from _effects(facts, [attribute.name for attribute in attributes])
    yield from told
    loops = [loop for loop in facts.loops if is_quotable(loop)]
    if loops:
        yield f", going through {quoted(loops[0])}"
    first_raise = facts.raises[0] if facts.raises and not facts.raises[0].case else None
    if first_raise and tells_locals(f"``{first_raise.guard}``", first_raise.guard, context, facts):
        first_raise = None
    if first_raise and (guard := condition(first_raise.guard, negated=not first_raise.negated)):
        yield f" if {guard}"
    if facts.raises:
        yield f", or raise {code(facts.raises[0].name)}"
    if any(call.startswith("super()") for call in facts.calls):
        yield " in addition to what the base class does"
    given = [code(one.name) for one in facts.parameters if one.uses and code(one.name) not in base and is_object(one)]
    if given and base.startswith(("Set the ", "Update the ", "Change the ")):
        yield f" to {given[0]}"
    if given:
        yield f", given {listed(given[:2])}"


def _nothing(facts: FunctionFacts) -> str:
    """What a body that does nothing leaves to others."""
    if facts.is_abstract:
        return ", as each subclass defines it"
    if any(one.name.endswith("NotImplementedError") for one in facts.raises):
        return "; subclasses have to provide this"
    return "" if facts.is_overload else "; does nothing by default"


def _stored(facts: FunctionFacts, attributes: list[Attribute], base: str) -> Iterator[str]:
    """For methods that only set attributes: where the given values are kept, what is set."""
    if not attributes or len(attributes) > 3 or facts.acts or facts.returns_value:
        return
    kept = [one.name for one in attributes]
    if base.startswith(("Set ", "Store ", "Save ", "Remember ", "Keep ")):
        yield f", kept in {listed([code(name) for name in kept])}"
    constants = [one for one in attributes if re.match(r"^(?:None|True|False|-?\d+|\[\]|\{\}|''|\"\")$", one.value)]
    if len(constants) == len(attributes):
        yield f" by setting {listed([f'{code(one.name)} to {code(one.value)}' for one in constants[:2]])}"
    if len([call for call in facts.calls if "." in call]) < 2:
        yield "" if base.startswith("Initialize") else f" by setting {listed([code(name) for name in kept])}"


def _by_deeds(done: list[Deed], base: str) -> Iterator[str]:
    """What is done, as means to what the name says."""
    said = _stems(base)
    fresh = [deed for deed in done if "``" in deed.rest or not _stems(deed.rest) <= said]
    fresh = [deed for deed in fresh if not _stems(deed.imperative) <= said]
    if len(fresh) > 1 and fresh[0].verb == fresh[1].verb:
        yield f" by {fresh[0].gerund} and {fresh[1].rest}"
    elif len(fresh) > 1 and fresh[0].verb != "call":
        yield f" by {fresh[0].gerund} and {fresh[1].gerund}"
    if fresh:
        yield f" by {fresh[0].gerund}"


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower())}


def _effects(facts: FunctionFacts, attributes: list[str]) -> Iterator[str]:
    """What is changed: attributes, parameters."""
    if attributes:
        yield f", setting {listed([code(name) for name in attributes[:2]])}"
        yield f", setting {code(attributes[0])}"
    mutated = [code(name.lstrip(".")) for name in facts.mutated]
    if mutated:
        yield f", changing {listed(mutated[:2])} in place"


def _protocol(context: Context, facts: FunctionFacts) -> Iterator[str]:
    """A method of one of Python's protocols: what the protocol asks of it, and what this class makes of it."""
    base = flat("dunders")[facts.name]
    owner = owner_noun(context)
    if facts.name == "__init__" and owner:
        base = f"Initialize {owner}"
        kept = [one.name for one in facts.attributes if not one.name.startswith("_")]
        if kept and len(kept) <= 4:
            yield f"{base} with its {listed([phrase(split(name)) for name in kept])}"
    if facts.name == "__eq__":
        compared = list(dict.fromkeys(name for text in facts.returned for name in COMPARED.findall(text)))
        if compared:
            yield f"{base}, by {listed([code(name) for name in compared[:3]])}"
    if facts.name in ("__enter__", "__aenter__") and facts.returned == ("self",):
        yield f"{base} with {owner or 'the instance'} itself"
    yield from _detailed(base, context, facts)


def _question(question: str, context: Context, facts: FunctionFacts) -> Iterator[str]:
    """A function that answers a question."""
    said = returned_phrase(context, facts)
    given = next((code(one.name) for one in facts.parameters if one.uses and "*" not in one.starred), "")
    subject = given or owner_noun(context) or "it"
    if said.startswith("whether"):
        yield f"Tell {said}"
    if said.startswith("``"):
        yield f"Tell whether {subject} {question}, given by {said}"
    for detail in _details(context, facts, question):
        yield f"Tell whether {subject} {question}{_of_question(detail)}"
    yield f"Tell whether {subject} {question}"


def _of_question(detail: str) -> str:
    return f", judging{detail}" if detail.startswith((" by ", " from ")) else detail


def _fixture(context: Context, facts: FunctionFacts, words: tuple[str, ...]) -> Iterator[str]:
    """A fixture of pytest: what tests get."""
    noun = phrase(words[1:] if verb_of(words) and len(words) > 1 else words)
    texts = [text for text in (*facts.returned, *facts.yielded) if text not in FIXED]
    shown = facts if facts.returned else replace(facts, returned=facts.yielded, is_generator=False)
    said = expression_phrase(texts[0], replace(context, facts=shown)) if len(texts) == 1 else ""
    if said and ":" not in said:
        yield f"Provide {said} as {definite(noun)} for tests" if noun not in said else f"Provide {said} for tests"
    for detail in _details(context, facts, noun):
        yield f"Provide {definite(noun)} for tests{detail}"
    yield f"Provide {definite(noun)} for tests"


def description(facts: FunctionFacts, summary: str) -> str:
    """What a reader has to know besides: what is changed outside, what is left to others. "" for most functions."""
    said = []
    hidden = [name for name in facts.mutated if not name.startswith(".") and f"``{name}``" not in summary]
    if hidden:
        said.append(f"Changes {listed([code(name) for name in hidden[:3]])} in place.")
    if facts.globals_written:
        noun = "names" if len(facts.globals_written) > 1 else "name"
        said.append(f"Sets the global {noun} {listed([code(name) for name in facts.globals_written[:4]])}.")
    return " ".join(said)
