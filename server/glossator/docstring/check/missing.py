"""Findings about documentation: what has none (GLS1xx).

A module with code and every public class, function and method wants documentation, except what nobody looks up: what
is nested in a function, one signature of an overloaded function, a property's setter or deleter, special methods.
Attributes are documented in a section of their class; GLS105 is silent unless it is selected by its full code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from glossator.docstring.check.attributes import shown_fields
from glossator.docstring.literal import content_of
from glossator.docstring.styles import detect, parse
from glossator.model import ClassFacts, FieldKind, Finding, Severity, Symbol, SymbolKind

ATTRIBUTE_CODE = "GLS105"
_CODES: Mapping[SymbolKind, str] = MappingProxyType(
    {
        SymbolKind.MODULE: "GLS101",
        SymbolKind.CLASS: "GLS102",
        SymbolKind.FUNCTION: "GLS103",
        SymbolKind.METHOD: "GLS104",
    }
)
# Decorators of definitions whose documentation stands at another definition of the same name.
_DOCUMENTED_ELSEWHERE = frozenset(("overload", "setter", "deleter", "getter"))


def missing(symbols: Iterable[Symbol], select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> list[Finding]:
    """Public symbols without documentation, in the order given; `select` and `ignore` hold (beginnings of) codes."""
    wanted = {kind: code for kind, code in _CODES.items() if is_wanted(code, select, ignore)}
    return [
        Finding(
            wanted[symbol.kind],
            f"{_title(symbol)} has no documentation",
            symbol.path,
            symbol.name_span,
            Severity.HINT,
            fixable=symbol.place is not None,
        )
        for symbol in symbols
        if symbol.docstring is None and symbol.kind in wanted and wants_documentation(symbol)
    ]


def missing_attributes(symbol: Symbol, facts: ClassFacts) -> list[Finding]:
    """The public attributes of a public class that its docstring says nothing of, neither as such nor as a parameter.

    Those that it promises to name, and does not, are GLS231's. A class without a docstring is GLS102's.
    """
    if symbol.docstring is None or not wants_documentation(symbol):
        return []
    text = content_of(symbol.docstring).text
    style = detect(text) if text else None
    entries = parse(text, style).entries if style is not None else ()
    told = {one.name.lstrip("*") for one in entries if one.kind in (FieldKind.ATTRIBUTE, FieldKind.PARAMETER)}
    if any(one.kind is FieldKind.ATTRIBUTE for one in entries):
        told.update(field.name for field in shown_fields(facts))
    names = dict.fromkeys(one.name for one in (*facts.fields, *facts.attributes))
    return [
        Finding(
            ATTRIBUTE_CODE,
            f"Attribute `{symbol.path}.{name}` has no documentation",
            symbol.path,
            symbol.name_span,
            Severity.HINT,
            fixable=False,
        )
        for name in names
        if not name.startswith("_") and name not in told
    ]


def wants_documentation(symbol: Symbol) -> bool:
    """Whether people expect documentation at this symbol; what it has does not count."""
    if symbol.kind is SymbolKind.MODULE:
        # An empty module has no place for a docstring, and nothing to say.
        return symbol.place is not None or symbol.docstring is not None
    if symbol.is_nested or not symbol.is_public or _is_special(symbol.name):
        return False
    return _DOCUMENTED_ELSEWHERE.isdisjoint(symbol.decorators)


def is_wanted(code: str, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    """Whether findings of a code are shown; nothing selected means all that are on by default."""
    if code == ATTRIBUTE_CODE and code not in select:
        return False
    return (not select or code.startswith(select)) and not (ignore and code.startswith(ignore))


def _is_special(name: str) -> bool:
    return len(name) > 4 and name.startswith("__") and name.endswith("__")


def _title(symbol: Symbol) -> str:
    return (
        f"Module `{symbol.name}`"
        if symbol.kind is SymbolKind.MODULE
        else f"{symbol.kind.value.title()} `{symbol.path}`"
    )
