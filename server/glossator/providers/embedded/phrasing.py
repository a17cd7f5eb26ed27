"""Pieces of sentences that several fields are put together from: clauses, quoted source, lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from glossator.model import ClassFacts, Context
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.words import name_phrase

NOUN_START = re.compile(r"^(?:the|a|an|what|whether|where|which|flags|how|part of) ")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause and how telling it is, 0 to 10."""

    text: str
    weight: int

    @property
    def is_noun(self) -> bool:
        """Whether it is a noun phrase rather than a participle."""
        return bool(NOUN_START.match(self.text))


@dataclass(frozen=True, slots=True)
class Around:
    """The parameter whose uses are told, and where it stands; `depth` counts the calls that were followed."""

    name: str
    context: Context
    depth: int = 0

    @property
    def owner(self) -> str:
        """The words of the class around, "" for a function."""
        facts = self.context.facts if isinstance(self.context.facts, ClassFacts) else self.context.owner
        return name_phrase(facts.name) if facts is not None else ""


def quoted(text: str) -> str:
    """Source as a code span without `self.`; "" where it is too long."""
    shown = text.removeprefix("self.")
    return code(shown) if is_quotable(shown) else ""


def listed(spans: list[str], word: str = "and") -> str:
    """Items joined as in prose."""
    return spans[0] if len(spans) == 1 else f"{', '.join(spans[:-1])} {word} {spans[-1]}"
