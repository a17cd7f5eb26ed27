"""How good a doc is, from 0 to 100, by a formula that anyone can follow.

    completeness  30   10 for a summary, 20 x the share of what the facts show that is documented
    accuracy      30   30 x the share of what is documented that the facts show; 15 less if parameters are out of order
    worth         20   10 if the summary says a word that the names do not; 10 x the share of fields that do (none: 10)
    form          20   5 less for each kind of fault: a summary that does not begin with a capital, does not end with a
                       full stop, or takes more than 80 columns or a line; a field without description or full stop.
                       Nothing at all if there is a placeholder anywhere

What the facts show: of a function, its parameters, what it returns or yields, and what it raises (exceptions that say
"not here" or "the end", like NotImplementedError and StopIteration, may be left out); of a class, the parameters of
`__init__` if any of them is documented, and its attributes, which may be left out; of a module, nothing but its names.
The score is rounded down.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from glossator.model import ClassFacts, Doc, DocField, Facts, FunctionFacts, ModuleFacts

COLUMNS = 80
_OPTIONAL_RAISES = frozenset(
    ["NotImplementedError", "AssertionError", "StopIteration", "StopAsyncIteration", "SystemExit", "KeyboardInterrupt"]
)
NO_VALUE = frozenset(("", "None", "NoReturn", "Never", "typing.NoReturn", "typing.Never"))
_PLACEHOLDER = re.compile(
    r"\b(?:TODO|FIXME|TBD|XXX)\b|(?<!\w)_{1,2}(?:summary|description|type)_{1,2}(?!\w)"
    r"|[\[<{](?:summary|description|type)[\]>}]|\bdescri(?:be|ption) (?:here|goes here|missing)\b"
)
_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])")
_PLACEHOLDER_MARKS = ("TODO", "FIXME", "TBD", "XXX", "summary", "description", "describe", "type")
# Words that tell nothing by themselves.
_EMPTY_WORDS = """
a all also an and any are argument arguments as at attribute be by call called can class classes custom data default
defaults do does for from function functions get gets given handle handles has if in input instance instances into
is it its main method methods module modules new no none not object objects of on one optional or other parameter
parameters perform performs property provided represent represents return returns returned self set sets should some
specified that the their then these this those to type types use used using value values various via when where
which will with
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


@dataclass(frozen=True, slots=True)
class Quality:
    """The score (0 to 100) and its parts, each out of what the module's docstring gives it."""

    completeness: float
    accuracy: float
    worth: float
    form: float

    @property
    def score(self) -> int:
        """The parts together."""
        return int(self.completeness + self.accuracy + self.worth + self.form + 1e-9)


def quality(doc: Doc, facts: Facts, path: str = "") -> Quality:
    """How good a doc is for code with these facts; `path` is the symbol's, whose names a reader sees anyway."""
    shown, optional = _shown(doc, facts)
    said = _said(doc)
    recall = len(shown & said) / len(shown) if shown else 1.0
    wrong = said - shown - optional
    if isinstance(facts, FunctionFacts) and facts.raises_unknown:
        wrong = {one for one in wrong if one[0] != "raise"}
    precision = 1 - len(wrong) / len(said) if said else 1.0
    return Quality(
        10.0 * bool(doc.summary) + 20 * recall,
        max(0.0, 30 * precision - 15 * (not _in_order(doc, facts))),
        _worth(doc, f"{path} {facts.name}"),
        _form(doc),
    )


def _shown(doc: Doc, facts: Facts) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What the facts show, and what they show that may be left out."""
    if isinstance(facts, FunctionFacts):
        shown = {("parameter", p.name) for p in facts.parameters if p.name.strip("_")}
        shown |= {("raise", one.name.rpartition(".")[2]) for one in facts.raises}
        optional = {one for one in shown if one[0] == "raise" and one[1] in _OPTIONAL_RAISES}
        result = ("yields", "") if facts.is_generator else ("returns", "")
        if facts.is_property or facts.is_context_manager:
            optional |= {result, ("returns", "")}
        elif (
            facts.is_generator or facts.returns_value or (facts.is_stub and facts.returns.strip("\"'") not in NO_VALUE)
        ):
            shown.add(result)
        elif facts.is_stub:
            optional.add(result)
        return shown - optional, optional
    if isinstance(facts, ClassFacts):
        own = {("attribute", one.name) for one in (*facts.fields, *facts.attributes)}
        if facts.init is None:
            return set(), own | {("parameter", one.name) for one in facts.fields}
        needed, optional = _shown(doc, facts.init)
        return (needed, own | optional) if doc.parameters else (set(), own | optional | needed)
    return set(), {("attribute", one.name) for one in facts.constants}


def _said(doc: Doc) -> set[tuple[str, str]]:
    """What a doc documents."""
    said = {("parameter", one.name.lstrip("*")) for one in doc.parameters}
    said |= {("raise", one.name.rpartition(".")[2]) for one in doc.raises}
    said |= {("attribute", one.name) for one in doc.attributes}
    if doc.returns is not None:
        said.add(("returns", ""))
    if doc.yields is not None:
        said.add(("yields", ""))
    return said


def _in_order(doc: Doc, facts: Facts) -> bool:
    """Whether the documented parameters stand in the signature's order."""
    function = facts.init if isinstance(facts, ClassFacts) else facts
    if function is None or isinstance(function, ModuleFacts) or len(doc.parameters) < 2:
        return True
    places = {parameter.name: number for number, parameter in enumerate(function.parameters)}
    found = [places[name] for one in doc.parameters if (name := one.name.lstrip("*")) in places]
    return found == sorted(found)


def _worth(doc: Doc, names: str) -> float:
    fields = _fields(doc)
    useful = sum(says_more(one.description, f"{one.name} {one.type} {one.default}") for one in fields)
    return 10.0 * says_more(doc.summary, names) + (10 * useful / len(fields) if fields else 10.0)


def says_more(text: str, names: str) -> bool:
    """Whether a text has a word that neither the names hold, in whatever form, nor every text does."""
    lowered = names.lower()
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if word in _EMPTY:
            continue
        stem = _stem(word)
        # The look at the whole text is for speed: what is not in it is no word's beginning either.
        if stem not in lowered or all(_stem(name.lower()) != stem for name in _WORD.findall(names)):
            return True
    return False


def content_stems(text: str) -> frozenset[str]:
    """The stems of the words of a text that tell something by themselves."""
    words = (match[0].lower() for match in _WORD.finditer(text))
    return frozenset(_stem(word) for word in words if word not in _EMPTY and len(word) > 2)


def _stem(word: str) -> str:
    """What the forms of a word have in common: its first four letters, or less where an ending makes it short."""
    return word[:4] if len(word) > 4 else word.removesuffix("s") if len(word) > 3 else word


def _fields(doc: Doc) -> tuple[DocField, ...]:
    results = tuple(one for one in (doc.returns, doc.yields) if one is not None)
    return (*doc.parameters, *doc.attributes, *results, *doc.raises)


def is_placeholder(text: str) -> bool:
    """Whether a text holds what stands for a text that is still to be written."""
    # The pattern is slow where nothing of it is there, which is nearly always.
    return any(mark in text for mark in _PLACEHOLDER_MARKS) and _PLACEHOLDER.search(text) is not None


def field_quality(text: str, names: str, *, is_summary: bool) -> int:
    """How good one field's text is, from 0 to 100: what it is worth counts 50, its form 50, as for a whole doc.

    `names` are those that a reader sees beside it.
    """
    if not text or is_placeholder(text):
        return 0
    faults = (text[0].islower(), text[-1] not in ".!?:)`", is_summary and len(text) > COLUMNS)
    return 50 * says_more(text, names) + 50 - 15 * sum(faults)


def _form(doc: Doc) -> float:
    summary = doc.summary
    descriptions = [one.description for one in _fields(doc)]
    everything = "\n".join((summary, doc.description, *descriptions))
    if is_placeholder(everything):
        return 0.0
    faults = (
        summary[:1].islower(),
        not summary.endswith((".", "!", "?")),
        len(summary) > COLUMNS or "\n" in summary,
        any(
            not text or (text[0] not in "-*" and "\n" not in text and text[-1] not in ".!?:)`") for text in descriptions
        ),
    )
    return 20.0 - 5 * sum(faults)
