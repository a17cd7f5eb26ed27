"""Nothing that a language model says reaches a person unverified.

    validated(key, text, about) -> Verdict                   of one text
    verdicts({key: text}, about) -> {key: Verdict}           of a whole reply
    better(key, theirs, ours, facts, path) -> bool           which of two is shown
    is_telling(key, text, facts, path) -> bool               whether it says more than the names

A text is brought into the form in which it is shown (`normal`), and then held against rules: what harms (`harm`), what
is no prose (`prose`), what is the prompt's (`echo`), names that do not exist (`names`), what the facts contradict
(`claims` of one value, `shapes` of what it is, `flow` of the whole function), guesses (`evidence`), what a small model
cannot know (`small`). What is left must say something that the names do not. The first rule that is broken refuses the
text; a refused one is not mended, since what is wrong in one place is not to be trusted in another. docs/quality.md has
the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from glossator.docstring.quality import field_quality, says_more
from glossator.docstring.validate.claims import parameter_faults, result_faults
from glossator.docstring.validate.echo import echo
from glossator.docstring.validate.evidence import guess
from glossator.docstring.validate.flow import flow_faults, kind_faults, raise_faults
from glossator.docstring.validate.harm import harm
from glossator.docstring.validate.names import unknown_name
from glossator.docstring.validate.normal import normalised
from glossator.docstring.validate.prose import prose_faults
from glossator.docstring.validate.reply import is_senseless, refused, same_texts
from glossator.docstring.validate.shapes import shape_faults
from glossator.docstring.validate.small import too_much
from glossator.docstring.validate.verdict import About, Reason, Refusal, Verdict, limit, names_in
from glossator.model import Facts, FieldKey, FieldKind, FunctionFacts

__all__ = [
    "RULES",
    "About",
    "Reason",
    "Verdict",
    "better",
    "is_telling",
    "limit",
    "names_in",
    "still",
    "validated",
    "verdicts",
]

RULES: Final = 1
"""Changes with every rule: what was judged by others is judged anew."""

_LONGEST = 2_000  # characters that are looked at; no field is a third as long


def validated(key: FieldKey, text: str, about: About) -> Verdict:
    """A text for a field, fit to be shown, or why it is refused. Raises nothing.

    `validated` of its own text gives that text again. Cost: 90 us (median of 269 fields, one core).
    """
    if len(text) > _LONGEST:
        return refused(Refusal(Reason.TOO_LONG, f"Use at most {limit(key, about.room)} characters."))
    if not text.strip():
        return refused(Refusal(Reason.EMPTY, "Answer with a sentence."))
    harmful = harm(text)
    if harmful is not None:
        return refused(harmful)
    shown = normalised(key, text, about)
    if shown is None:
        return refused(Refusal(Reason.UNREADABLE, "Answer with one plain sentence."))
    refusal = next(_faults(key, shown, about), None)
    return Verdict(shown) if refusal is None else refused(refusal)


def still(key: FieldKey, text: str, about: About) -> Verdict:
    """The verdict on a text that was judged before for the same code: what stands around it may have changed.

    Its names must still be there, it must fit, and be harmless. Cost: 10 us.
    """
    if not 0 < len(text) <= limit(key, about.room) + 1:  # with its full stop, as `prose` has it
        return refused(Refusal(Reason.TOO_LONG, f"Use at most {limit(key, about.room)} characters."))
    refusal = harm(text) or unknown_name(text, about)
    return Verdict(text) if refusal is None else refused(refusal)


def verdicts(texts: Mapping[FieldKey, str], about: About) -> dict[FieldKey, Verdict]:
    """The verdict on each text of one reply; they are held against each other, too, and the reply against the code."""
    found = {key: validated(key, text, about) for key, text in texts.items()}
    found.update({key: refused(refusal) for key, refusal in same_texts(found, about).items()})
    if not is_senseless(texts, found, about):
        return found
    return {key: verdict if verdict.reason else refused() for key, verdict in found.items()}


def better(key: FieldKey, theirs: str, ours: str, facts: Facts, path: str = "") -> bool:
    """Whether a model's text, which was validated, is shown in place of ours: it scores as high at least.

    `path` is the symbol's: a summary that says no more than it is worth nothing.
    """
    is_summary, names = key.kind is FieldKind.SUMMARY, _beside(key, facts, path)
    score = field_quality(theirs, names, is_summary=is_summary)
    return bool(theirs) and score >= field_quality(ours, names, is_summary=is_summary)


def is_telling(key: FieldKey, text: str, facts: Facts, path: str = "") -> bool:
    """Whether a text says a word that a reader does not see beside it anyway."""
    return says_more(text, _beside(key, facts, path))


def _beside(key: FieldKey, facts: Facts, path: str) -> str:
    return f"{path} {facts.name}" if key.kind is FieldKind.SUMMARY else _names_of(key, facts)


def _faults(key: FieldKey, text: str, about: About) -> Iterator[Refusal]:
    harmful = harm(text)
    if harmful is not None:
        yield harmful
    yield from prose_faults(key, text, about)
    yield from filter(None, (echo(text, about), unknown_name(text, about)))
    yield from _untruths(key, text, about)
    yield from filter(None, (guess(text, about), too_much(key, text, about)))
    if not says_more(text, _names_of(key, about.facts)):
        yield Refusal(Reason.SAYS_NOTHING, "Say something that the names do not say.")


def _untruths(key: FieldKey, text: str, about: About) -> Iterator[Refusal]:
    """The claims of a normalised text that the facts contradict."""
    is_value = key.kind in (FieldKind.PARAMETER, FieldKind.ATTRIBUTE)
    parameter = about.parameter(key.name) if is_value else None
    if parameter is not None:
        yield from parameter_faults(parameter, text, about)
    function = about.function
    if function is not None:
        yield from result_faults(key, text, function)
        yield from raise_faults(key, text, about, function)
    yield from flow_faults(key, text, about)
    yield from kind_faults(key, text, about)
    yield from shape_faults(key, text, about)


def _names_of(key: FieldKey, facts: Facts) -> str:
    """What a reader sees beside the field anyway."""
    if key.kind in (FieldKind.SUMMARY, FieldKind.DESCRIPTION):
        return facts.name
    about = About(facts)
    parameter = about.parameter(key.name) if key.name else None
    if parameter is not None:
        return f"{parameter.name} {parameter.annotation} {parameter.default or ''}"
    is_result = key.kind in (FieldKind.RETURNS, FieldKind.YIELDS)
    return facts.returns if is_result and isinstance(facts, FunctionFacts) else key.name
