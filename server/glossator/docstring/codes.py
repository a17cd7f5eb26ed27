"""The codes of findings: what each one says, and how much it matters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from glossator.model import Severity


class Code(NamedTuple):
    """A code with a phrase that names it, and what somebody who meets it for the first time wants to know."""

    code: str
    title: str
    explanation: str
    severity: Severity


HINT: Final = Severity.HINT
WARNING: Final = Severity.WARNING
# What every "undocumented" code has to add.
_NO_CLAIM: Final = "A docstring without a section of fields claims no completeness, so nothing is said about it."

CODES: Final[Mapping[str, Code]] = MappingProxyType(
    {
        code.code: code
        for code in (
            Code(
                "GLS101",
                "Module undocumented",
                "The module holds code and has no docstring. Empty modules want none.",
                HINT,
            ),
            Code(
                "GLS102",
                "Class undocumented",
                "The public class has no docstring. Private classes and those inside a function want none.",
                HINT,
            ),
            Code(
                "GLS103",
                "Function undocumented",
                "The public function has no docstring. Private functions, those inside another one and the signatures "
                "of an overloaded one want none.",
                HINT,
            ),
            Code(
                "GLS104",
                "Method undocumented",
                "The public method has no docstring. Private and special methods, setters and deleters want none, nor "
                "does a method that overrides one whose documentation holds for it (unless `inherit = false` is set).",
                HINT,
            ),
            Code(
                "GLS105",
                "Attribute undocumented",
                "The public attribute is not described in the docstring of its class. Off unless its whole code "
                "is selected; GLS231 is about docstrings that describe others.",
                HINT,
            ),
            Code(
                "GLS201",
                "Parameter undocumented",
                f"The signature has a parameter that the docstring does not describe. {_NO_CLAIM}",
                WARNING,
            ),
            Code(
                "GLS202",
                "Parameter does not exist",
                "The docstring describes a parameter that the signature does not have: it was removed, renamed or "
                "misspelt. Functions that take `*args` or `**kwargs` may describe more than they name.",
                WARNING,
            ),
            Code(
                "GLS203",
                "Parameters out of order",
                "The docstring describes the parameters in another order than the signature has them.",
                WARNING,
            ),
            Code(
                "GLS204",
                "Type contradicts the annotation",
                "The docstring gives a type that cannot be the one of the annotation. Without an annotation, or with a "
                "type that is not known, there is nothing to contradict.",
                WARNING,
            ),
            Code(
                "GLS205",
                "Default contradicts the signature",
                "The docstring gives a default that is not the one of the signature, or the parameter has none. Only "
                "literals are compared, and nothing that a sentence says under a condition.",
                WARNING,
            ),
            Code(
                "GLS211",
                "Return value undocumented",
                f"The function returns a value that the docstring does not describe. {_NO_CLAIM}",
                WARNING,
            ),
            Code(
                "GLS212",
                "No value is returned",
                "The docstring describes a return value, and the function returns none. Abstract methods, stubs, "
                "properties, context managers and what always raises are not judged.",
                WARNING,
            ),
            Code(
                "GLS213",
                "Yielded value undocumented",
                "The generator yields values that the docstring does not describe, or describes as returned without "
                f"saying that it is an iterator. {_NO_CLAIM}",
                WARNING,
            ),
            Code(
                "GLS214",
                "No value is yielded",
                "The docstring describes yielded values, and the function is no generator and hands on no iterator. "
                "Abstract methods and stubs are not judged.",
                WARNING,
            ),
            Code(
                "GLS221",
                "Exception undocumented",
                f"The function raises an exception that the docstring does not name. {_NO_CLAIM}",
                WARNING,
            ),
            Code(
                "GLS222",
                "Exception is not raised",
                "The docstring names an exception that is not raised any more. What is called may raise more than the "
                "text shows, so there has to be a trace: the last version named it, a block does nothing any more, or "
                "nothing that is left could raise it.",
                WARNING,
            ),
            Code(
                "GLS231",
                "Attribute undocumented in its section",
                "A dataclass, enumeration or the like has a public field that its docstring does not describe, which "
                "describes others. A docstring without a section of attributes claims no completeness.",
                WARNING,
            ),
            Code(
                "GLS232",
                "Attribute does not exist",
                "The docstring describes an attribute whose name stands nowhere in the class. A class with bases that "
                "are not seen may inherit it, and is not judged.",
                WARNING,
            ),
            Code(
                "GLS241",
                "Name in the prose does not exist",
                "A name in a code span was one of the last version, or of a documented parameter, and nothing in the "
                "module is called that any more: it was renamed or removed.",
                WARNING,
            ),
            Code(
                "GLS301",
                "Docstring cannot be parsed",
                "The docstring begins a section or a field that its style cannot read, so it cannot be compared with "
                "the code.",
                WARNING,
            ),
            Code(
                "GLS302",
                "Section title misspelt",
                "A line looks like the title of a section, and is spelt in a way that tools do not know.",
                WARNING,
            ),
            Code(
                "GLS303",
                "Styles mixed",
                "The docstring mixes two styles, and tools read only one of them.",
                WARNING,
            ),
            Code(
                "GLS401",
                "Section of a page is stale",
                "The section was generated from code that has changed since.",
                WARNING,
            ),
            Code(
                "GLS402",
                "Name or link on a page does not exist",
                "The page names a symbol, or links to a place, that is not there.",
                WARNING,
            ),
        )
    }
)
