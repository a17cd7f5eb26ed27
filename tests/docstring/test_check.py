"""What has no documentation is found, and only that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glossator.docstring.check import is_wanted, missing, missing_attributes
from glossator.model import Attribute, ClassFacts, DocPlace, Docstring, Severity, Span, Symbol, SymbolKind

FUNCTION = Symbol(SymbolKind.FUNCTION, "f", "f", "", Span(0, 20), Span(4, 5), 0, place=DocPlace(10, "    ", "block"))
WRITTEN = Docstring(Span(10, 18), "", '"""', "Do.")
FEED = replace(FUNCTION, kind=SymbolKind.CLASS, name="Feed", path="Feed", docstring=WRITTEN)


def says(text: str) -> Symbol:
    return replace(FEED, docstring=replace(WRITTEN, text=text))


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (SymbolKind.MODULE, "GLS101"),
        (SymbolKind.CLASS, "GLS102"),
        (SymbolKind.FUNCTION, "GLS103"),
        (SymbolKind.METHOD, "GLS104"),
    ],
)
def test_each_kind_has_a_code(kind: SymbolKind, code: str) -> None:
    (finding,) = missing([replace(FUNCTION, kind=kind)])
    assert (finding.code, finding.span, finding.severity, finding.fixable) == (code, Span(4, 5), Severity.HINT, True)


@pytest.mark.parametrize(
    "symbol",
    [
        replace(FUNCTION, docstring=WRITTEN),
        replace(FUNCTION, is_nested=True),
        replace(FUNCTION, name="_f", path="_f"),
        replace(FUNCTION, path="_Hidden.f"),
        replace(FUNCTION, decorators=("overload",)),
        replace(FUNCTION, decorators=("setter",)),
        replace(FUNCTION, name="__eq__", path="A.__eq__", kind=SymbolKind.METHOD),
        replace(FUNCTION, kind=SymbolKind.MODULE, path="<module>", place=None),
    ],
    ids=[
        "documented",
        "nested",
        "private",
        "in a private class",
        "overload",
        "setter",
        "special",
        "empty module",
    ],
)
def test_nothing_is_missing_where_nobody_looks(symbol: Symbol) -> None:
    assert missing([symbol]) == []


def test_a_symbol_whose_header_is_broken_is_found_but_not_fixable() -> None:
    (finding,) = missing([replace(FUNCTION, place=None)])
    assert not finding.fixable


def test_codes_are_selected_and_ignored_by_their_beginnings() -> None:
    both = [FUNCTION, replace(FUNCTION, kind=SymbolKind.CLASS)]
    assert [one.code for one in missing(both, select=("GLS1",))] == ["GLS103", "GLS102"]
    assert [one.code for one in missing(both, select=("GLS103",))] == ["GLS103"]
    assert [one.code for one in missing(both, ignore=("GLS103",))] == ["GLS102"]
    assert missing(both, select=("GLS2",)) == []


def test_attributes_are_silent_unless_their_code_is_selected() -> None:
    assert not is_wanted("GLS105", (), ())
    assert not is_wanted("GLS105", ("GLS1",), ())
    assert is_wanted("GLS105", ("GLS1", "GLS105"), ())
    assert not is_wanted("GLS105", ("GLS105",), ("GLS1",))


ONE = Attribute("one")
IN_A_SECTION = "Do.\n\nAttributes:\n    two: Another.\n"


@pytest.mark.parametrize(
    ("symbol", "facts", "names"),
    [
        (FEED, ClassFacts("Feed", fields=(ONE,), attributes=(ONE, Attribute("two"))), ["one", "two"]),
        (FEED, ClassFacts("Feed", fields=(Attribute("_one"),)), []),
        (replace(FEED, docstring=None), ClassFacts("Feed", fields=(ONE,)), []),
        (replace(FEED, name="_Feed", path="_Feed"), ClassFacts("_Feed", fields=(ONE,)), []),
        (says(IN_A_SECTION), ClassFacts("Feed", attributes=(ONE, Attribute("two"))), ["one"]),
        (says("Do.\n\nArgs:\n    one: A part.\n"), ClassFacts("Feed", attributes=(ONE,)), []),
        (says(IN_A_SECTION), ClassFacts("Feed", form="dataclass", fields=(Attribute("one", "int"),)), []),
    ],
    ids=["all", "private", "no docstring", "private class", "section", "parameter", "GLS231 says it"],
)
def test_public_attributes_are_described_in_their_class(symbol, facts, names) -> None:
    found = missing_attributes(symbol, facts)
    assert [one.message for one in found] == [f"Attribute `Feed.{name}` has no documentation" for name in names]
    assert not any(one.fixable for one in found)
