"""Nothing that a language model says reaches a person unverified.

    validated(key, text, about) -> Verdict        better(key, theirs, ours, facts) -> bool

A text is brought into the form in which it is shown (`normal`), and then held against rules: what harms (`harm`), what is
no prose (`prose`), names that do not exist (`names`), claims that the facts contradict (`claims`). What is left must say
something that the names do not. The first rule that is broken refuses the text; a refused one gets no mending, since what
is wrong in one place is not to be trusted in another. docs/quality.md has the rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from glossator.docstring.quality import field_quality, says_more
from glossator.docstring.validate.claims import claim_faults
from glossator.docstring.validate.harm import harm
from glossator.docstring.validate.names import names_in, unknown_name
from glossator.docstring.validate.normal import normalised
from glossator.docstring.validate.prose import prose_faults
from glossator.docstring.validate.verdict import About, Reason, Refusal, Verdict, limit
from glossator.model import Facts, FieldKey, FieldKind, FunctionFacts

__all__ = ["About", "Reason", "Verdict", "better", "limit", "names_in", "validated"]

_LONGEST = 4_000  # characters that are looked at; no field is a tenth as long


def validated(key: FieldKey, text: str, about: About) -> Verdict:
    """A text for a field, fit to be shown, or why it is refused. Raises nothing.

    `validated` of its own text gives that text again. Cost: about 60 us.
    """
    if len(text) > _LONGEST:
        return _refused(Refusal(Reason.TOO_LONG, f"Use at most {limit(key, about.room)} characters."))
    if not text.strip():
        return _refused(Refusal(Reason.EMPTY, "Answer with a sentence."))
    harmful = harm(text)
    if harmful is not None:
        return _refused(harmful)
    shown = normalised(key, text, about)
    if shown is None:
        return _refused(Refusal(Reason.UNREADABLE, "Answer with one plain sentence."))
    refusal = next(_faults(key, shown, about), None)
    return Verdict(shown) if refusal is None else _refused(refusal)


def better(key: FieldKey, theirs: str, ours: str, facts: Facts) -> bool:
    """Whether a model's text, which was validated, is shown in place of the embedded one: it scores as high at least."""
    names = _names_of(key, facts)
    return bool(theirs) and field_quality(theirs, names, is_summary=_is_summary(key)) >= field_quality(
        ours, names, is_summary=_is_summary(key)
    )


def _faults(key: FieldKey, text: str, about: About) -> Iterator[Refusal]:
    harmful = harm(text)
    if harmful is not None:
        yield harmful
    yield from prose_faults(key, text, about)
    unknown = unknown_name(text, about)
    if unknown is not None:
        yield unknown
    yield from claim_faults(key, text, about)
    if not says_more(text, _names_of(key, about.facts)):
        yield Refusal(Reason.SAYS_NOTHING, "Say something that the names do not say.")


def _names_of(key: FieldKey, facts: Facts) -> str:
    """What a reader sees beside the field anyway."""
    if key.kind in (FieldKind.SUMMARY, FieldKind.DESCRIPTION):
        return facts.name
    about = About(facts)
    parameter = about.parameter(key.name) if key.name else None
    if parameter is not None:
        return f"{parameter.name} {parameter.annotation} {parameter.default or ''}"
    is_result = key.kind in (FieldKind.RETURNS, FieldKind.YIELDS) and isinstance(facts, FunctionFacts)
    return facts.returns if is_result and isinstance(facts, FunctionFacts) else key.name


def _is_summary(key: FieldKey) -> bool:
    return key.kind is FieldKind.SUMMARY


def _refused(refusal: Refusal) -> Verdict:
    return Verdict("", refusal.reason, refusal.hint)
