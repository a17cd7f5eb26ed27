"""What the prose of a docstring says of parameters that have no entry."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import NamedTuple

from glossator.docstring.check.subject import Subject
from glossator.model import Parameter, ParameterKind

_TOLD = re.compile(
    r"(?=`(\w+)`)|\b(?:given|provided|specified|passed|supplied)(?=\s+(\w+)(?:\s+(\w+))?)", re.IGNORECASE
)
_BEGINS = re.compile(r"^[ \t]*(?:[-*+•] +)?\\?\*{0,2}(\w+)[ \t]*(?:\(|--|- )", re.MULTILINE)
_STARS = {
    ParameterKind.VAR_POSITIONAL: re.compile(r"\bpositional\s+arg", re.IGNORECASE),
    ParameterKind.VAR_KEYWORD: re.compile(r"\bkeyword\s+arg", re.IGNORECASE),
}


class Told(NamedTuple):
    """What the prose says something about: words in lower case, words that begin a line, kinds of parameters."""

    given: Set[str]
    begins: Set[str]
    kinds: Set[ParameterKind]

    def of(self, one: Parameter) -> bool:
        """Whether a parameter is among it."""
        return one.name.lower() in self.given or one.name in self.begins or one.kind in self.kinds


def told_in(subject: Subject) -> Told:
    """What the prose says of parameters that have no entry.

    A name stands in a code span before the sections, begins a line, is "the given NAME", or is what the words
    "positional" and "keyword arguments" mean.
    """
    prose = subject.prose
    given = {name.lower() for match in _TOLD.finditer(prose) for name in match.groups() if name}
    kinds = {kind for kind, words in _STARS.items() if words.search(prose)}
    return Told(given, set(_BEGINS.findall(subject.text)), kinds)
