"""The score of a doc tells what is wrong with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glossator.docstring.quality import quality, says_more
from glossator.model import (
    Attribute,
    ClassFacts,
    Doc,
    DocField,
    Facts,
    FunctionFacts,
    ModuleFacts,
    Parameter,
    ParameterKind,
    Raise,
)

FACTS = FunctionFacts(
    "average",
    (Parameter("series"), Parameter("rest", ParameterKind.VAR_POSITIONAL)),
    returns_value=True,
    raises=(Raise("ValueError"), Raise("NotImplementedError")),
)
GOOD = Doc(
    "Compute the mean of consecutive entries.",
    "",
    (DocField("series", "Numbers, oldest first."), DocField("*rest", "Further numbers.")),
    DocField("", "One mean per entry."),
    raises=(DocField("ValueError", "If it is empty."),),
)


def test_a_complete_and_telling_doc_gets_all_points() -> None:
    assert quality(GOOD, FACTS, "average").score == 100


@pytest.mark.parametrize(
    ("doc", "part", "want"),
    [
        (replace(GOOD, parameters=GOOD.parameters[:1]), "completeness", 25),
        (replace(GOOD, returns=None), "completeness", 25),
        (replace(GOOD, raises=()), "completeness", 25),
        (replace(GOOD, summary=""), "completeness", 20),
        (replace(GOOD, parameters=(*GOOD.parameters, DocField("ghost", "Unseen thing."))), "accuracy", 24),
        (replace(GOOD, parameters=GOOD.parameters[::-1]), "accuracy", 15),
        (replace(GOOD, raises=(*GOOD.raises, DocField("KeyError", "If lost."))), "accuracy", 24),
        (replace(GOOD, raises=(*GOOD.raises, DocField("NotImplementedError", "Always here."))), "accuracy", 30),
        (replace(GOOD, yields=DocField("", "Numbers.")), "accuracy", 24),
        (replace(GOOD, summary="Averages the average."), "worth", 10),
        (replace(GOOD, parameters=(DocField("series", "The series."), GOOD.parameters[1])), "worth", 17.5),
        (replace(GOOD, summary="compute the mean"), "form", 10),
        (replace(GOOD, summary="Compute " + "x" * 80 + "."), "form", 15),
        (replace(GOOD, returns=DocField("", "")), "form", 15),
        (replace(GOOD, returns=DocField("", "_description_")), "form", 0),
        (replace(GOOD, description="TODO: more."), "form", 0),
    ],
)
def test_each_fault_costs_its_part(doc: Doc, part: str, want: float) -> None:
    assert getattr(quality(doc, FACTS, "average"), part) == want


@pytest.mark.parametrize(
    "facts",
    [
        replace(FACTS, raises_unknown=True),
        replace(FACTS, raises=(*FACTS.raises, Raise("pkg.KeyError"))),
    ],
)
def test_exceptions_that_may_be_raised_are_no_fault(facts: FunctionFacts) -> None:
    doc = replace(GOOD, raises=(*GOOD.raises, DocField("KeyError", "If lost.")))
    assert quality(doc, facts).accuracy == 30


def test_a_property_may_say_what_it_returns_or_not() -> None:
    facts = FunctionFacts("mean", returns_value=True, decorators=("cached_property",))
    doc = Doc("Middle of all entries.")
    assert quality(doc, facts).score == quality(replace(doc, returns=DocField("", "Number.")), facts).score == 100


CLASS = ClassFacts(
    "Series", fields=(Attribute("values"),), init=FunctionFacts("__init__", (Parameter("values"), Parameter("size")))
)


@pytest.mark.parametrize(
    ("doc", "facts", "completeness", "accuracy"),
    [
        (Doc("Numbers in time."), CLASS, 30, 30),
        (Doc("Numbers in time.", parameters=(DocField("values", "Numbers."),)), CLASS, 20, 30),
        (Doc("Numbers in time.", attributes=(DocField("values", "Numbers."),)), CLASS, 30, 30),
        (Doc("Numbers in time.", attributes=(DocField("ghost", "Numbers."),)), CLASS, 30, 0),
        (
            Doc("Numbers in time.", attributes=(DocField("LIMIT", "Most."),)),
            ModuleFacts("m", constants=(Attribute("LIMIT"),)),
            30,
            30,
        ),
        (Doc("Numbers in time.", returns=DocField("", "One.")), ModuleFacts("m"), 30, 0),
        (Doc("Numbers.", yields=DocField("", "One.")), FunctionFacts("f", is_generator=True), 30, 30),
        (Doc("Numbers."), FunctionFacts("f", is_stub=True, returns="int"), 10, 30),
        (Doc("Numbers.", returns=DocField("", "One.")), FunctionFacts("f", is_stub=True), 30, 30),
    ],
)
def test_classes_modules_generators_and_stubs_have_rules_of_their_own(
    doc: Doc, facts: Facts, completeness: float, accuracy: float
) -> None:
    found = quality(doc, facts)
    assert (found.completeness, found.accuracy) == (completeness, accuracy)


@pytest.mark.parametrize(
    ("text", "names", "more"),
    [
        ("Return the user names.", "user_name", False),
        ("Gets userName of users.", "UserNames", False),
        ("Parse the header of a mail.", "parse_header", True),
        ("The value.", "x", False),
        ("", "x", False),
        ("HTTP port.", "port http", False),
    ],
)
def test_inflections_and_common_words_say_nothing_new(text: str, names: str, more: bool) -> None:
    assert says_more(text, names) is more
