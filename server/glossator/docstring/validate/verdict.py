"""What is asked about a text and what is answered: reasons, what is known of the symbol, the verdict."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from glossator.model import (
    Attribute,
    ClassFacts,
    Facts,
    FieldKey,
    FieldKind,
    FunctionFacts,
    ModuleFacts,
    Parameter,
)

# Characters that a field may have; a summary has the columns of its line instead.
_LIMITS: Final = {
    FieldKind.SUMMARY: 88,
    FieldKind.DESCRIPTION: 600,
    FieldKind.PARAMETER: 200,
    FieldKind.RETURNS: 200,
    FieldKind.YIELDS: 200,
    FieldKind.RAISE: 160,
    FieldKind.ATTRIBUTE: 200,
}


class Reason(enum.Enum):
    """Why a text is refused, one for each rule; the values stand in statistics and in docs/quality.md."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    CHARACTER = "forbidden-character"
    LITERAL = "breaks-literal"
    MARKUP = "markup"
    LINK = "link"
    SNIPPET = "snippet-variable"
    SECRET = "secret"  # noqa: S105
    SECTION = "section-header"
    FIRST_PERSON = "first-person"
    PLACEHOLDER = "placeholder"
    QUESTION = "question"
    ORDER = "order-to-reader"
    LANGUAGE = "other-language"
    REPETITION = "repetition"
    ECHO = "prompt-echo"
    TOO_LONG = "too-long"
    CUT = "cut-off"
    UNKNOWN_NAME = "unknown-name"
    SIBLING = "describes-another"
    TYPE = "contradicts-type"
    DEFAULT = "contradicts-default"
    NONE = "contradicts-none"
    RAISES = "contradicts-raises"
    RETURNS = "contradicts-returns"
    YIELDS = "contradicts-yields"
    KIND = "contradicts-kind"
    NO_EVIDENCE = "no-evidence"
    SAYS_NOTHING = "says-nothing"
    SAYS_MUCH = "says-too-much"
    SAME = "same-as-other-field"
    REPLY = "senseless-reply"


_ANY_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True)
class About:
    """What is known about the symbol whose field a text is to fill.

    `names` are all words that stand in the code that was shown (`names_in`), `shown` the instructions and examples of
    the prompt, whose repetition is no answer, `examples` these alone; `language` is a code like "en"; `room` the
    columns of a summary; `is_small` says that the text is from a model of few parameters.
    """

    facts: Facts
    names: Collection[str] = frozenset()
    shown: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    language: str = "en"
    room: int = 88
    is_small: bool = False

    @property
    def function(self) -> FunctionFacts | None:
        """The function that the fields are about: of a class, its initializer."""
        return self.facts.init if isinstance(self.facts, ClassFacts) else _as_function(self.facts)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter, or the field of the class, that a field is about; None where nothing is known of it."""
        plain, function = name.lstrip("*"), self.function
        for one in function.parameters if function is not None else ():
            if one.name == plain:
                return one
        for field in self._attributes():
            if field.name == plain:
                return Parameter(field.name, annotation=field.annotation, default=field.value or None)
        return None

    @property
    def vocabulary(self) -> str:
        """All names of the code in one text, in lower case. Cost: 20 us for a thousand names."""
        return "\n".join((*self.names, *self.own_names())).lower()

    @cached_property
    def own_words(self) -> frozenset[str]:
        """All words of these names."""
        return names_in(*self.own_names())

    def own_names(self) -> Iterator[str]:
        """The names that the facts have, each as it stands in them."""
        yield self.facts.name
        function = self.function
        if function is not None:
            yield from (one.name for one in function.parameters)
            yield from (one.name for one in function.raises)
            yield from (one.name for one in function.attributes)
            yield from function.calls
        yield from (one.name for one in self._attributes())
        if isinstance(self.facts, ClassFacts):
            yield from self.facts.methods
        if isinstance(self.facts, ModuleFacts):
            yield from (*self.facts.classes, *self.facts.functions, *self.facts.imports)

    def _attributes(self) -> tuple[Attribute, ...]:
        match self.facts:
            case ClassFacts():
                return (*self.facts.fields, *self.facts.attributes)
            case ModuleFacts():
                return self.facts.constants
        return ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A text that is fit to be shown, or ("") why it is not, with one sentence for whoever wrote it."""

    text: str
    reason: Reason | None = None
    hint: str = ""


class Refusal(NamedTuple):
    """A rule that a text breaks, and the sentence that says how."""

    reason: Reason
    hint: str


def names_in(*texts: str) -> frozenset[str]:
    """All words and numbers of code and context: what `About.names` wants. Cost: 40 us for each KB."""
    return frozenset(word for text in texts for word in _ANY_WORD.findall(text))


def limit(key: FieldKey, room: int) -> int:
    """How many characters a text for a field may have: the `maxLength` that a model is to be given."""
    return room - 1 if key.kind is FieldKind.SUMMARY else _LIMITS[key.kind]


def _as_function(facts: Facts) -> FunctionFacts | None:
    return facts if isinstance(facts, FunctionFacts) else None
