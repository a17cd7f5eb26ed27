"""The first line of a function's documentation: what its name says, made precise by what its body shows.

Several candidates are made, from telling to plain; the first that fits on one line is taken. A summary never claims
more than the tree shows: a call that happens, an attribute that is set, an expression that is returned.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from dataclasses import replace

from glossator.model import Attribute, Context, FunctionFacts
from glossator.providers.embedded.clauses import listed, quoted
from glossator.providers.embedded.conditions import code, condition, is_quotable
from glossator.providers.embedded.deeds import Deed, calls_told, deeds
from glossator.providers.embedded.naming import base_phrase, is_object, owner_noun
from glossator.providers.embedded.parameters import sentence
from glossator.providers.embedded.results import expression_phrase, question_phrase
from glossator.providers.embedded.tables import flat, vocabulary, word_set
from glossator.providers.embedded.testcases import test_candidates
from glossator.providers.embedded.words import (
    capital,
    definite,
    flag,
    is_plural,
    phrase,
    shortened,
    split,
    third_person,
    verb_of,
)

CODE_COMMENT = re.compile(
    r"[=(){}\[\];|<>]|^\W|\.\.\.|https?:|\b(?:bpo|issue|bug|I'm|wart|sigh|ugly|contributed|domain|python 2)\b",
    re.IGNORECASE,
)
FETCHING = vocabulary("fetching")
CHECKING = vocabulary("checking")
COMPARED = re.compile(r"\bself\.(\w+) == \w+\.\1\b")
FIXED = frozenset(("None", "True", "False", "self", "NotImplemented"))


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
        yield from _property(context, facts, words)
    elif words and words[0].lower() == "test" and not facts.returns_value and not facts.is_stub:
        yield from test_candidates(facts, words)
    elif "fixture" in facts.decorators:
        yield from _fixture(context, facts, words)
    elif question := question_phrase(words):
        yield from _question(question, context, facts)
    else:
        yield from _detailed(base_phrase(words, context, facts), context, facts)


def comment_summary(comment: str) -> str:
    """A comment's first sentence where it reads as prose, as a sentence; else ""."""
    first = re.split(r"(?<=[a-z)])[.:;] |\. ", comment, maxsplit=1)[0].strip()
    words = first.split()
    if not 3 <= len(words) <= 16 or words[0].lower().rstrip(",:") in vocabulary("comment_starts"):
        return ""
    if CODE_COMMENT.search(first) or "`" in first or first.endswith((",", "?", "-")):
        return ""
    return sentence(first.rstrip(".:;,!"))


def imperative(comment: str) -> str:
    """A comment's sentence as an imperative: "Returns a size." gives "Return a size."; "" where no verb starts it."""
    first, _, rest = comment.partition(" ")
    low = first.lower()
    verbs = word_set("verbs")
    if low in verbs and low not in word_set("ambiguous"):
        return comment
    for verb in (low[:-1], low[:-2], f"{low[:-3]}y"):
        if low.endswith("s") and verb in verbs and third_person(verb) == low:
            return f"{capital(verb)} {rest}"
    return ""


def _refused(base: str, facts: FunctionFacts) -> str:
    """A function that does nothing but raise."""
    only = (
        facts.raises[0] if len(facts.raises) == 1 and not (facts.returned or facts.is_stub or facts.yielded) else None
    )
    if only is None or only.guard or only.case or only.cause or only.handled or set(facts.calls) - {only.name}:
        return ""
    if base.split(" ", 1)[0].lower() in word_set("verbs"):
        return f"Refuse to {base[0].lower()}{base[1:]} by raising {code(only.name)}"
    return f"Raise {code(only.name)}, whatever is asked for"


def _detailed(base: str, context: Context, facts: FunctionFacts) -> Iterator[str]:
    """The base with the body's most telling detail, then with lesser ones, then alone."""
    verb = base.split(" ", 1)[0].lower()
    if refused := _refused(base, facts):
        yield refused
    said = returned_phrase(context, facts)
    if said.startswith("whether") and verb in CHECKING:
        yield f"Tell {said}"
    if said and verb in FETCHING:
        yield f"{'Tell' if said.startswith('whether') else 'Return'} {said}"
    if said and verb not in FETCHING and not facts.is_generator and len(facts.calls) < 2:
        yield f"{base} and return {said}"
    yield from (f"{base}{detail}" for detail in _details(context, facts, base) if detail)
    if said and not facts.is_generator and verb not in FETCHING:
        yield f"{base} and return {said}"
    yield base


def returned_phrase(context: Context, facts: FunctionFacts) -> str:
    """What a function returns, where one expression says it; "" where none does."""
    texts = [text for text in facts.returned if text not in FIXED]
    if len(texts) != 1 or facts.is_generator:
        return ""
    said = expression_phrase(texts[0], context) or _constructed(texts[0])
    if (match := KEPT.match(said)) and is_plural(match.group(1)):
        said = said.replace(" that is kept", " that are kept", 1)
    vague = (
        re.fullmatch(r"the [a-z ]+", said) is not None
        or said.endswith(", computed")
        or (" itself" in said and "," not in said)
        or ", as " in said
        or "outcome of" in said
        or ":" in re.sub(r"``.*?``", "", said)
    )
    return "" if vague or said.startswith("what ") or _tells_locals(said, texts[0], context, facts) else said


SPAN = re.compile(r"``(\w+)[^`]*``")
BUILTINS = frozenset(dir(builtins))


def _tells_locals(said: str, text: str, context: Context, facts: FunctionFacts) -> bool:
    """Whether a phrase shows a local name, which the reader of a docstring does not know."""
    for root in SPAN.findall(said):
        if not root.isidentifier() or root in BUILTINS or root[:1].isupper() or root in facts.name:
            continue
        if root == facts.receiver or any(root == one.name for one in facts.parameters):
            continue
        if not re.search(rf"(?<![\w.'\"]){root}(?![\w'\"=(])", text):
            continue
        module = context.module
        names = () if module is None else (*module.functions, *(one.name for one in module.constants), *module.imports)
        if root not in names:
            return True
    return False


KEPT = re.compile(r"^the ([\w /-]+) that is kept in ")


def _constructed(text: str) -> str:
    """An instance that is made with too many arguments to tell."""
    match = re.match(r"^((?:\w+\.)?[A-Z]\w*[a-z]\w*)\(", text)
    return f"a new {code(match.group(1))}" if match else ""


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
    if first_raise and (guard := condition(first_raise.guard, negated=not first_raise.negated)):
        yield f" if {guard}"
    if facts.raises:
        yield f", or raise {code(facts.raises[0].name)}"
    if any(call.startswith("super()") for call in facts.calls):
        yield " in addition to what the base class does"
    given = [code(one.name) for one in facts.parameters if one.uses and code(one.name) not in base and is_object(one)]
    if given and base.startswith(("Set the ", "Update the ", "Change the ")):
        yield f" to {given[0]}"
    if given and " for " not in base:
        yield f" for {listed(given[:2])}"


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
    telling = [deed for deed in done if not base.lower().startswith(deed.imperative.lower())]
    words = {word[:5] for word in re.findall(r"[a-z]{4,}", base.lower())}
    fresh = [
        deed
        for deed in telling
        if not {word[:5] for word in re.findall(r"[a-z]{4,}", deed.imperative.lower())} <= words
    ]
    if len(fresh) > 1 and fresh[0].verb == fresh[1].verb:
        yield f" by {fresh[0].gerund} and {fresh[1].rest}"
    elif len(fresh) > 1 and fresh[0].verb != "call":
        yield f" by {fresh[0].gerund} and {fresh[1].gerund}"
    if fresh:
        yield f" by {fresh[0].gerund}"


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


def _property(context: Context, facts: FunctionFacts, words: tuple[str, ...]) -> Iterator[str]:
    """A property reads as an attribute: a noun phrase, or a question."""
    noun = phrase(words)
    said = returned_phrase(context, facts)
    once = ", computed once and then kept" if any(one.startswith("cached") for one in facts.decorators) else ""
    owner = owner_noun(context) or "it"
    if question := question_phrase(words):
        if said.startswith("whether "):
            yield f"{capital(said)}{once}"
        yield f"Whether {owner} {question}{', given by ' + said if said.startswith('``') else ''}{once}"
        yield f"Whether {owner} {question}{once}"
        return
    if said.startswith("whether"):
        yield f"{capital(said)}{once}"
    if facts.returns == "bool" or (facts.returned and set(facts.returned) <= {"True", "False"}):
        yield f"{flag(noun, owner)}{once}"
    if kept := _kept(context, facts, noun, owner):
        yield kept
    if form := re.match(r"^the text ``f?(['\"])(.*)\1``$", said):
        yield f"{capital(definite(noun))} in the form {code(form.group(2))}"
    if said:
        yield f"{capital(_same(said, noun, owner))}{once}"
    yield from _unsaid(context, facts, noun, f" of {owner}", once)


def _unsaid(context: Context, facts: FunctionFacts, noun: str, of: str, once: str) -> Iterator[str]:
    """A property that no single expression tells: by its calls, its two outcomes, or its name alone."""
    the = capital(definite(noun))
    if facts.is_stub:
        yield f"{the}{of}, which subclasses define" if facts.is_abstract or facts.raises else f"{the}{of}"
    for detail in calls_told(context, facts, noun):
        yield f"{the}{_of_property(detail)}{once}"
    choices = [text for text in facts.returned if is_quotable(text) and text not in FIXED]
    if len(choices) > 1:
        yield f"{the}: {listed([quoted(text) for text in choices[:2]], 'or')}{once}"
    if choices and "None" in facts.returned:
        yield f"{the}, or ``None``{once}"
    yield f"{the}{of}{once}"


def _same(said: str, noun: str, owner: str) -> str:
    """What a property gives, said with its own name where that is another."""
    match = re.fullmatch(rf"the {re.escape(noun)} that (?:is|are) kept in (``\w+``)", said)
    if match:
        return f"the {noun} of {owner}, kept in {match.group(1)}"
    return said if said.startswith(("the ", "a ", "an ")) else f"{definite(noun)}, {said}"


def _of_property(detail: str) -> str:
    """A detail as it follows a noun: "found by …", "taken from …"."""
    if detail.startswith(" by "):
        return f", found{detail}"
    return (
        f", taken{detail}"
        if detail.startswith(" from ")
        else f", computed{detail}"
        if detail.startswith((" with", " through", " using"))
        else detail
    )


def _kept(context: Context, facts: FunctionFacts, noun: str, owner: str) -> str:
    """A property that gives what an attribute keeps: where that comes from."""
    match = re.fullmatch(r"self\.(\w+)", facts.returned[0]) if len(facts.returned) == 1 else None
    if match is None or context.owner is None or context.owner.init is None:
        return ""
    kept = next((one for one in context.owner.attributes if one.name == match.group(1)), None)
    if kept is None:
        return ""
    the = capital(definite(noun))
    be = "were" if is_plural(noun) else "was"
    if any(parameter.name == kept.value for parameter in context.owner.init.parameters):
        return f"{the} that {owner} was created with" if kept.value else ""
    if kept.value == "None":
        return f"{the}, or ``None`` as long as there {be.replace('was', 'is').replace('were', 'are')} none"
    made = re.match(r"^([\w.]*[A-Z]\w*)\(", kept.value)
    if made and is_quotable(made.group(1)):
        return f"{the} of {owner}, created as {code(made.group(1))}"
    return ""


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
