"""What a call gives: the returned and yielded expressions in words."""

from __future__ import annotations

import ast
import re

from glossator.model import Context, FunctionFacts
from glossator.providers.embedded.conditions import code, condition, is_quotable, parsed, spelt
from glossator.providers.embedded.expressions import expression_phrase
from glossator.providers.embedded.phrasing import listed, quoted
from glossator.providers.embedded.words import (
    article,
    capital,
    definite,
    gerund,
    is_plural,
    object_words,
    participle,
    phrase,
    question_phrase,
    split,
    verb_of,
)


def returns_text(context: Context, facts: FunctionFacts) -> str:
    """The description of what is returned."""
    texts = [text for text in facts.returned if text != "None"]
    also_none = len(texts) < len(facts.returned)
    if facts.is_stub and not texts:
        return _promised(facts)
    if not texts and also_none:
        return "Always ``None``."
    if texts and set(texts) <= {"True", "False"}:
        return _answer(texts, facts)
    said_of = [said for text in texts if (said := expression_phrase(text, context)) and ":" not in said]
    phrases = list(dict.fromkeys(said_of))
    if not phrases:
        described = _from_name(facts, texts)
    else:
        told = phrases[: 2 if len(said_of) < len(texts) > 3 else 3]
        described = _alternatives(told, len(told) == len(phrases) and len(said_of) == len(texts))
        if len(described) > 170:
            described = _alternatives(phrases[:1], len(texts) == 1)
    if also_none and "None" not in described:
        described += ", or ``None``"
    return capital(described) + "."


def _alternatives(phrases: list[str], is_all: bool) -> str:
    """What may be returned, one or the other."""
    return listed(phrases if is_all else [*phrases, "another value"], "or")


def _answer(texts: list[str], facts: FunctionFacts) -> str:
    """For functions that return nothing but truth values."""
    words = split(facts.name)
    question = question_phrase(words)
    if len(texts) == 1:
        if len(facts.returned) > 1:
            return f"``{texts[0]}``, or ``None`` otherwise."
        return f"Always ``{texts[0]}``." if facts.always_returns else f"``{texts[0]}`` where anything is returned."
    if question:
        return f"Whether it {question}."
    verb = verb_of(words)
    if verb:
        return f"``True`` if {_subject(words)} {participle(verb)}, else ``False``."
    return f"Whether {phrase(words)} holds."


def _subject(words: tuple[str, ...]) -> str:
    rest = phrase(words[1:])
    return f"{definite(rest)} {'were' if is_plural(rest) else 'was'}" if rest else "it was"


def _promised(facts: FunctionFacts) -> str:
    """For bodies that do nothing: the name and the annotation, as a duty of implementations."""
    words = split(facts.name)
    question = question_phrase(words)
    if question or facts.returns == "bool":
        told = f"it {question}" if question else f"{phrase(words)} holds"
        return f"Whether {told}, as an implementation decides."
    rest = words[1:] if verb_of(words) else words
    noun = phrase(rest) or "result"
    return (
        f"{capital(definite(noun))} that an implementation gives, of type {code(facts.returns)}."
        if is_quotable(facts.returns)
        else f"{capital(definite(noun))} that an implementation gives."
    )


def _from_name(facts: FunctionFacts, texts: list[str]) -> str:
    """Where the expressions are too long to tell: what the name says, and what kind of expression it is."""
    words = split(facts.name)
    verb = verb_of(words)
    rest = object_words(words[1:] if verb else words)
    noun = definite(phrase(rest)) if rest else f"the outcome of {gerund(verb)}" if verb else "the outcome"
    tree = parsed(texts[0]) if texts else None
    if isinstance(tree, ast.Compare):
        return _compared(tree)
    match = re.match(r"^([\w.]+)\(", texts[0]) if texts else None
    if match and isinstance(tree, ast.Call) and is_quotable(match.group(1)):
        return f"{noun}, made by {quoted(match.group(1))}"
    form = FORMS.get(type(tree), "") if tree is not None else ""
    return f"{noun}, as {form}" if form else noun


FORMS: dict[type[ast.expr], str] = {
    ast.Dict: "a dictionary",
    ast.List: "a list",
    ast.Tuple: "a tuple",
    ast.ListComp: "a list",
    ast.DictComp: "a dictionary",
}


def _compared(tree: ast.Compare) -> str:
    """A comparison whose left side is too long to be told: by its last name."""
    left, right = tree.left, spelt(tree.comparators[0])
    name = left.attr if isinstance(left, ast.Attribute) else ""
    if len(tree.ops) == 1 and name and (clause := condition(f"{name} {_operator(tree)} {right}")):
        return f"whether {clause}"
    return "whether a comparison holds"


def _operator(tree: ast.Compare) -> str:
    """The first operator of a comparison, as it is written."""
    return spelt(ast.Compare(ast.Name("a"), tree.ops[:1], [ast.Name("b")]))[2:-2]


def yields_text(context: Context, facts: FunctionFacts) -> str:
    """The description of what is yielded."""
    if facts.is_context_manager:
        shown = next((text for text in facts.yielded if text), "")
        said = expression_phrase(shown, context) if shown else ""
        return (
            f"{capital(said)}, for the time of the block."
            if said
            else "Nothing; the block runs between setting up and cleaning up."
        )
    phrases = []
    for text in facts.yielded:
        if text.startswith("from "):
            inner = text.removeprefix("from ")
            phrases.append(f"each item of {quoted(inner)}" if is_quotable(inner) else "the items of another iterator")
        elif text:
            said = expression_phrase(text, context)
            phrases.append(
                f"each {said.removeprefix('the ').split(' for ``')[0]}"
                if said.startswith("the ") and parsed(text).__class__ is ast.Name
                else said or "the next item"
            )
        else:
            phrases.append("control, without a value")
    phrases = list(dict.fromkeys(phrases))
    return (
        capital(_alternatives(phrases[:3], len(phrases) <= 3)) + "."
        if phrases
        else f"{capital(article(phrase(split(facts.name))))}, one at a time."
    )
