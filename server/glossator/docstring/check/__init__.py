"""Findings about documentation: what has none (GLS1xx), what is not true any more (2xx), what is written wrongly (3xx).

missing(symbols) -> findings           faults(subject) -> what is wrong with one docstring, and what would mend it
"""

from __future__ import annotations

from collections.abc import Iterator

from glossator.docstring.check.attributes import attribute_faults
from glossator.docstring.check.missing import is_wanted, missing, missing_attributes, wants_documentation
from glossator.docstring.check.names import name_faults
from glossator.docstring.check.parameters import parameter_faults
from glossator.docstring.check.raises import raise_faults
from glossator.docstring.check.remedies import remedy
from glossator.docstring.check.results import result_faults
from glossator.docstring.check.subject import Add, Fault, Subject, Turn
from glossator.docstring.codes import CODES
from glossator.model import Finding, Span

__all__ = [
    "Fault",
    "Subject",
    "as_finding",
    "faults",
    "is_wanted",
    "missing",
    "missing_attributes",
    "wants_documentation",
]


def faults(subject: Subject) -> tuple[Fault, ...]:
    """Everything that is wrong with a docstring, in the order of the text."""
    found = [*parameter_faults(subject), *result_faults(subject), *raise_faults(subject), *attribute_faults(subject)]
    found += name_faults(subject, found)
    found += _form_faults(subject)
    return tuple(sorted(found, key=lambda fault: (fault.span, fault.code)))


def _form_faults(subject: Subject) -> Iterator[Fault]:
    for problem in subject.reading.problems:
        yield Fault(problem.code, problem.message, problem.span)


def as_finding(fault: Fault, subject: Subject) -> Finding:
    """A fault with its place in the source, in bytes."""
    return Finding(
        fault.code,
        fault.message,
        subject.symbol.path,
        source_span(fault.span, subject),
        CODES[fault.code].severity,
        fixable=is_fixable(fault, subject),
        remedy=remedy(fault.fix) if fault.fix is not None else "",
        needs_words=isinstance(fault.fix, Add | Turn),
    )


def is_fixable(fault: Fault, subject: Subject) -> bool:
    """Whether a fault can be mended: a docstring that was not understood is left alone.

    One in single quotes has no room for more lines.
    """
    docstring = subject.symbol.docstring
    has_room = docstring is None or len(docstring.quotes) == 3 or not isinstance(fault.fix, Add)
    return fault.fix is not None and has_room and subject.is_read and subject.content.is_exact


def source_span(span: Span, subject: Subject) -> Span:
    """Where a piece of the content stands in the source; all of the docstring where that is not known."""
    docstring = subject.symbol.docstring
    assert docstring is not None
    if not subject.content.is_exact:
        return docstring.span
    start, end = subject.content.raw_offset(span.start), subject.content.raw_offset(span.end)
    first = docstring.span.start + len(docstring.prefix) + len(docstring.quotes)
    before = len(docstring.text[:start].encode("utf-8", "surrogatepass"))
    inside = len(docstring.text[start:end].encode("utf-8", "surrogatepass"))
    return Span(first + before, first + before + inside)
