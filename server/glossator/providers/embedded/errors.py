"""Documentation of exception classes: who raises them and when, what they carry, what they are a kind of."""

from __future__ import annotations

from collections.abc import Iterator

from glossator.model import ClassFacts, Context
from glossator.providers.embedded.conditions import code, condition
from glossator.providers.embedded.phrasing import listed
from glossator.providers.embedded.tables import vocabulary, word_set
from glossator.providers.embedded.words import MASS, article, definite, gerund, is_plural, name_phrase, phrase, verb_of

KINDS = frozenset(("Error", "Exception", "Warning", "Err", "Failure", "Fault", "error"))
STATES = vocabulary("errors_states")
SIGNALS = vocabulary("signals")


def exception_candidates(
    words: tuple[str, ...], context: Context, bases: list[str], facts: ClassFacts
) -> Iterator[str]:
    """Candidates for the summary of an exception class, most telling first."""
    about = tuple(word for word in words if word not in KINDS)
    kind = "Warning" if words[-1:] == ("Warning",) else "Error"
    subject = f"{kind} {about_phrase(about)}" if about else kind
    if len(about) == len(words) == 1 and verb_of(about):
        subject = f"Signal to {verb_of(about)}"
    fields = [
        attribute.name
        for attribute in facts.attributes
        if not attribute.name.startswith("_") and attribute.name != "args"
    ]
    base = f", a kind of {code(bases[0])}" if bases and bases[0] not in ("Exception", "Warning") else ""
    shown = [
        code(path)
        for path, _ in context.raised_by
        if not any(part.startswith("_") and part != "__init__" for part in path.split("."))
    ]
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
        nouns = listed([name_phrase(name) for name in fields[:3]])
        yield f"{subject}, with {'its' if len(fields) > 1 else 'the'} {nouns}"
        yield f"{subject}, with the {name_phrase(fields[0])}"
    if about:
        yield f"{subject}{base}"
        yield subject
    yield f"Base for {'warnings' if kind == 'Warning' else 'errors'} of {module_of(context)}{base}"


def module_of(context: Context) -> str:
    """The module around a class, for the middle of a sentence."""
    name = context.module.name if context.module is not None else ""
    return f"the {code(name)} module" if name.isidentifier() else "this module"


def about_phrase(about: tuple[str, ...]) -> str:
    """What an exception is about, behind "Error" or "Warning": "for an invalid header", "in parsing"."""
    noun, first, last = phrase(about), about[0].lower(), about[-1].lower()
    if len(about) > 2 and about[-2].lower() == "not":
        return f"for {article(phrase(about[:-2]))} that {'was' if last == 'found' else 'is'} not {last}"
    if first in ("too", "no"):
        return f"for {noun}"
    if first in ("not", "cannot", "could"):
        return f'signalling "{noun}"'
    if last.endswith("ing") and len(last) > 5:
        return f"in {noun}"
    if first in STATES or first.startswith(("un", "non", "mis")):
        return f"for {article(noun)}"
    return _of_verb(about, last) or (
        f"signalling {article(noun)}" if last in SIGNALS else f"concerning {noun if noun in MASS else definite(noun)}"
    )


def _of_verb(about: tuple[str, ...], last: str) -> str:
    """For names that hold a verb: `ConnectError`, `HeaderDropped`, `ParseConfigError`."""
    first = about[0].lower()
    is_noun = first in vocabulary("error_nouns") or (len(about) > 1 and first in word_set("ambiguous"))
    verb = "" if is_noun else verb_of(about)
    if last.endswith("ed") and last not in ("feed", "need"):
        subject = phrase(about[:-1])
        if not subject:
            return f"for what was {last}"
        return f"because {article(subject)} {'were' if is_plural(subject) else 'was'} {last}"
    if verb and len(about) == 1:
        return f"in {gerund(verb)}"
    return f"in {gerund(verb)} {article(phrase(about[1:]))}" if verb else ""
