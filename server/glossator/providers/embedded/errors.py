"""Documentation of exception classes: who raises them and when, what they carry, what they are a kind of."""

from __future__ import annotations

from collections.abc import Iterator

from glossator.model import ClassFacts, Context
from glossator.providers.embedded.conditions import code, condition
from glossator.providers.embedded.phrasing import listed
from glossator.providers.embedded.words import article, definite, gerund, is_plural, name_phrase, phrase, verb_of

KINDS = frozenset(("Error", "Exception", "Warning", "Err", "Failure", "Fault", "error"))
STATES = frozenset("invalid bad illegal wrong unknown missing unexpected unsupported duplicate empty ambiguous undefined malformed broken incomplete improper".split())
GERUNDS = frozenset("parsing decoding encoding reading writing loading saving".split())


def exception_candidates(words: tuple[str, ...], context: Context, bases: list[str], facts: ClassFacts) -> Iterator[str]:
    """Candidates for the summary of an exception class, most telling first."""
    about = tuple(word for word in words if word not in KINDS)
    kind = "Warning" if words[-1:] == ("Warning",) else "Error"
    subject = f"{kind} {about_phrase(about)}" if about else "Warning" if kind == "Warning" else "Error"
    fields = [attribute.name for attribute in facts.attributes if not attribute.name.startswith("_") and attribute.name != "args"]
    base = f", a kind of {code(bases[0])}" if bases and bases[0] not in ("Exception", "Warning") else ""
    shown = [code(path) for path, _ in context.raised_by if not any(part.startswith("_") and part != "__init__" for part in path.split("."))]
    only = context.raised_by[0][1] if len(context.raised_by) == 1 else None
    if shown and only and only.guard and not only.case and (clause := condition(only.guard, negated=only.negated)):
        yield f"{subject}, raised by {shown[0]} if {clause}"
        yield f"{kind} that {shown[0]} raises if {clause}"
    if len(shown) > 2:
        yield f"{subject}, raised by {listed(shown[:2])} and others"
    if shown:
        yield f"{subject}, raised by {listed(shown[:2])}"
        yield f"{subject}, raised by {shown[0]}"
    if fields and about:
        yield f"{subject}, with {'its' if len(fields) > 1 else 'the'} {listed([name_phrase(name) for name in fields[:3]])}"
        yield f"{subject}, with the {name_phrase(fields[0])}"
    if about:
        yield f"{subject}{base}"
        yield subject
    yield f"Base for {'warnings' if kind == 'Warning' else 'errors'} of {module_of(context)}{base}"


def module_of(context: Context) -> str:
    """The module around a class, for the middle of a sentence."""
    return f"the {code(context.module.name)} module" if context.module is not None and context.module.name.isidentifier() else "this module"


def about_phrase(about: tuple[str, ...]) -> str:
    """What an exception is about, behind "Error" or "Warning": "for an invalid header", "in parsing"."""
    noun = phrase(about)
    first, last = about[0].lower(), about[-1].lower()
    if len(about) > 2 and [word.lower() for word in about[-2:]] == ["not", "found"]:
        return f"for {article(phrase(about[:-2]))} that was not found"
    if len(about) > 2 and about[-2].lower() == "not":
        return f"for {article(phrase(about[:-2]))} that is not {last}"
    if first in ("too", "no", "not", "cannot", "could"):
        return f"for {noun}" if first in ("too", "no") else f"signalling \"{noun}\""
    if last.endswith("ing") and len(last) > 5:
        return f"in {noun}"
    if first in STATES or first.startswith(("un", "non", "mis")):
        return f"for {article(noun)}"
    verb = verb_of(about) if len(about) > 1 or about[0].lower() not in ("timeout", "request", "response", "stream", "protocol", "proxy") else ""
    if verb and len(about) == 1:
        return f"in trying to {verb}"
    if last.endswith("ed") and len(about) > 1 and last not in ("feed", "need"):
        subject = phrase(about[:-1])
        return f"because {subject if is_plural(subject) else article(subject)} {'were' if is_plural(subject) else 'was'} {last}"
    if verb and first not in ("use", "type", "value", "key", "name", "index", "file", "lock", "process", "stage", "step", "query"):
        return f"in {_acting(verb, about[1:])}"
    return f"concerning {definite(noun) if len(about) > 1 else article(noun)}"


def _acting(verb: str, rest: tuple[str, ...]) -> str:
    return f"{gerund(verb)} {article(phrase(rest))}"


