"""What a check looks at, and what it finds: a docstring as it was read, the facts beside it, faults and their fixes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from glossator.docstring.literal import Content
from glossator.docstring.styles import Entry, Reading, Style
from glossator.model import ClassFacts, FieldKey, FieldKind, FunctionFacts, Span, Symbol


class Code(Protocol):
    """What the code around a docstring says, beyond the facts of its symbol."""

    def holds(self, name: str) -> bool:
        """Whether an identifier stands in the symbol's own code."""

    def mentions(self, name: str) -> bool:
        """Whether an identifier stands anywhere in the module's code."""

    def renamed(self) -> Mapping[str, str]:
        """The names of the symbol's last known version that have others now ("": none).

        Empty where no version is known.
        """


@dataclass(frozen=True, slots=True)
class Subject:
    """One documented symbol. `reading` has no entries where the docstring has no style.

    `function` are the facts that parameters and exceptions are compared with: a function's own, of a class its
    initializer's (None: not known). `owner` is the class itself, or the one that a method belongs to. `callees` are
    the functions of this document that it calls.
    """

    symbol: Symbol
    content: Content
    style: Style | None
    reading: Reading
    code: Code
    function: FunctionFacts | None = None
    owner: ClassFacts | None = None
    callees: tuple[FunctionFacts, ...] = ()

    @property
    def text(self) -> str:
        """The docstring's content."""
        return self.content.text

    @property
    def is_read(self) -> bool:
        """Whether the docstring was understood as far as it has sections and fields."""
        return not any(problem.code in UNREAD for problem in self.reading.problems)

    @property
    def is_decided(self) -> bool:
        """Whether all of it was understood: what seems to be missing may else stand in the rest."""
        return self.is_read and not any(problem.code == MISSPELT for problem in self.reading.problems)

    @property
    def prose(self) -> str:
        """The content before the first section or field."""
        starts = [one.span.start for one in self.reading.headings]
        starts += [one.span.start for one in self.reading.entries]
        return self.text[: min(starts, default=len(self.text))]

    def place_of(self, kind: FieldKind) -> Span:
        """Where something of a kind is missing: the title of its section, else the summary, else the first line."""
        heading = next((one for one in self.reading.headings if one.kind is kind), None)
        if heading is not None:
            return heading.title_span
        span = self.reading.summary
        return span if span.end > span.start else Span(0, line_end(self.text, 0))

    def entries(self, kind: FieldKind) -> tuple[Entry, ...]:
        """The entries of a kind, in the order of the text."""
        return tuple(entry for entry in self.reading.entries if entry.kind is kind)


UNREAD = ("GLS301", "GLS303")
MISSPELT = "GLS302"


def line_start(text: str, at: int) -> int:
    """Where the line of an offset starts."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line of an offset ends, its line feed left out."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found


@dataclass(frozen=True, slots=True)
class Add:
    """Write a new entry, or the section of a result."""

    key: FieldKey


@dataclass(frozen=True, slots=True)
class Remove:
    """Take an entry out, and its section with the last one."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Rename:
    """Give an entry another name, and the mentions of the old one in code spans with it."""

    entry: Entry
    name: str


@dataclass(frozen=True, slots=True)
class Replace:
    """Put another text into a span of the content."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Order:
    """Bring the entries into the order in which their names are given."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Make what is returned what is yielded, or the other way round; the words stay where they still hold."""

    entry: Entry
    key: FieldKey


Fix = Add | Remove | Rename | Replace | Order | Turn


class Fault(NamedTuple):
    """Something wrong: its code, what is true now, the wrong words (characters of the content), and what mends it."""

    code: str
    message: str
    span: Span
    fix: Fix | None = None
