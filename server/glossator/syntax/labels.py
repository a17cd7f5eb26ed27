"""Labels: short words on what kind of thing an item is, beside its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from glossator.model import ClassFacts, FunctionFacts

_DEPRECATED: Final = re.compile(r"^\s*(?:\.\. deprecated::|deprecated\b)", re.IGNORECASE | re.MULTILINE)
_FORMS: Final = {"typeddict": "typed dict", "namedtuple": "named tuple"}
# What a decorator says about a function or a class, by its last name.
_DECORATED: Final = {
    "classmethod": "class method",
    "staticmethod": "static method",
    "abstractmethod": "abstract",
    "abstractproperty": "abstract",
    "final": "final",
    "override": "override",
    "deprecated": "deprecated",
    "contextmanager": "context manager",
    "asynccontextmanager": "context manager",
    "cached_property": "cached",
    "cache": "cached",
    "lru_cache": "cached",
    "singledispatch": "single dispatch",
    "runtime_checkable": "runtime checkable",
    "total_ordering": "ordered",
}


def function_labels(facts: FunctionFacts, overloads: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The labels of a function or method."""
    found = ["async"] if facts.is_async else []
    found += _said(facts.decorators, text)
    if facts.is_generator and "context manager" not in found:
        found.append("generator")
    return _unique([*found, "overloaded"] if overloads else found)


def property_labels(facts: FunctionFacts, setters: frozenset[str], text: str) -> tuple[str, ...]:
    """The labels of a property."""
    found = ["property", *_said(facts.decorators, text)]
    found += ["settable"] if "setter" in setters else []
    return _unique([*found, "deletable"] if "deleter" in setters else found)


def class_labels(facts: ClassFacts, members: Iterable[tuple[str, ...]], text: str) -> tuple[str, ...]:
    """The labels of a class; `members` are those of its members."""
    found = [_FORMS.get(facts.form, facts.form)] if facts.form else []
    found += _said(facts.decorators, text)
    if facts.form != "protocol" and any("abstract" in one for one in members):
        found.append("abstract")
    return _unique(found)


def attribute_labels(signature: str) -> tuple[str, ...]:
    """The labels of an attribute, which its annotation tells."""
    annotation = signature.partition(": ")[2].partition(" = ")[0].rpartition("typing.")[2]
    if annotation.startswith("ClassVar"):
        return ("class variable",)
    if annotation.startswith("Final"):
        return ("final",)
    return ("type alias",) if annotation.startswith("TypeAlias") else ()


def _said(decorators: Iterable[str], text: str) -> list[str]:
    found = [_DECORATED[name] for name in decorators if name in _DECORATED]
    return [*found, "deprecated"] if _DEPRECATED.search(text) else found


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))
