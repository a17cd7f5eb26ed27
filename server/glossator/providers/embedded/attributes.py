"""Properties: what reads as an attribute is told as one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glossator.model import Context, FunctionFacts
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.deeds import calls_told
from glossator.providers.embedded.naming import owner_noun
from glossator.providers.embedded.outcomes import FIXED, returned_phrase
from glossator.providers.embedded.phrasing import listed, quoted
from glossator.providers.embedded.words import capital, definite, flag, is_plural, phrase, question_phrase


def property_candidates(context: Context, facts: FunctionFacts, words: tuple[str, ...]) -> Iterator[str]:
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
