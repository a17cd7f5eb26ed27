"""The words that every layer shares: frozen values, strings and numbers only, so that they can be pickled and compared.

Source -> `Symbol` (where it stands) and facts (what the tree says) -> `Context` (facts and surroundings) -> `Doc`
(structured) -> `Draft` (a doc with origin and edit). Offsets are bytes of the document's UTF-8 text; lines 0-based.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open range of byte offsets."""

    start: int
    end: int


class SymbolKind(enum.Enum):
    """What can carry documentation."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    METHOD = "method"


class ParameterKind(enum.Enum):
    """How an argument reaches a parameter; the values are the stars that precede its name."""

    POSITIONAL_ONLY = "/"
    NORMAL = ""
    VAR_POSITIONAL = "*"
    KEYWORD_ONLY = "kw"
    VAR_KEYWORD = "**"


class Use(NamedTuple):
    """One thing that a body does with a parameter: the verb, the other party, and the place there.

    `verb` is a short word of `syntax.uses` ("call", "compare", "store", ...), `other` source text (a callee, an
    operand, an attribute), `place` the argument's position or keyword, or an operator, `role` what becomes of a
    call's value.
    """

    verb: str
    other: str = ""
    place: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a signature, without the bound first one of a method."""

    name: str
    kind: ParameterKind = ParameterKind.NORMAL
    annotation: str = ""
    default: str | None = None
    comment: str = ""
    uses: tuple[Use, ...] = ()

    @property
    def starred(self) -> str:
        """The name as it stands in the signature, with its stars."""
        return f"{self.kind.value}{self.name}" if self.kind.value.startswith("*") else self.name


@dataclass(frozen=True, slots=True)
class Raise:
    """An exception that leaves a function: its name, the condition that guards it, and its message.

    `guard` is the source text of the condition ("" where there is none), `negated` whether the exception is raised
    where the condition is false; `handled` names the exceptions of the `except` clause around it; `cause` is "reraise",
    "from" or "".
    """

    name: str
    guard: str = ""
    negated: bool = False
    message: str = ""
    handled: tuple[str, ...] = ()
    tried: str = ""
    cause: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field of a class, an attribute that methods set on `self`, or a name that a module assigns."""

    name: str
    annotation: str = ""
    value: str = ""
    comment: str = ""
    origin: str = "class"  # class, self, module


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """What the tree says about a function or method."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    receiver: str = ""
    returns: str = ""
    returned: tuple[str, ...] = ()
    returns_value: bool = False
    yielded: tuple[str, ...] = ()
    is_generator: bool = False
    is_async: bool = False
    is_stub: bool = False
    is_nested: bool = False
    decorators: tuple[str, ...] = ()
    raises: tuple[Raise, ...] = ()
    raises_unknown: bool = False
    attributes: tuple[Attribute, ...] = ()
    calls: tuple[str, ...] = ()
    mutated: tuple[str, ...] = ()
    attribute_uses: Mapping[str, tuple[Use, ...]] = field(default_factory=dict)
    globals_written: tuple[str, ...] = ()
    assigned: Mapping[str, str] = field(default_factory=dict)  # returned or yielded names that are assigned once
    results: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # such names, and all that each is given
    defined: tuple[str, ...] = ()  # returned functions and classes that it defines itself
    gathered: Mapping[str, str] = field(default_factory=dict)  # names that one loop fills, and what it goes through
    always_returns: bool = False  # it never ends without a `return` that has a value, for certain
    loops: tuple[str, ...] = ()  # what loops go through
    acts: tuple[str, ...] = ()  # calls that are statements of their own and no condition guards, with their arguments
    touches: tuple[str, ...] = ()
    awaits: bool = False
    idle: tuple[str, ...] = ()  # where nothing is done: "if", "except" (blocks), "pass" (among other statements)
    comment: str = ""

    def has_decorator(self, *names: str) -> bool:
        """Whether a decorator's last name is one of `names`."""
        return any(d in names for d in self.decorators)

    @property
    def is_property(self) -> bool:
        """Whether it reads as an attribute (any `*property` decorator)."""
        return any(d.endswith("property") for d in self.decorators)

    @property
    def is_accessor(self) -> bool:
        """Whether it is a property's setter, deleter or second getter."""
        return self.has_decorator("setter", "deleter", "getter")

    @property
    def is_overload(self) -> bool:
        """Whether it is only one signature of an overloaded function."""
        return self.has_decorator("overload")

    @property
    def is_abstract(self) -> bool:
        """Whether subclasses have to define it."""
        return any(d.startswith("abstract") for d in self.decorators)

    @property
    def is_context_manager(self) -> bool:
        """Whether calling it gives a context manager."""
        return self.has_decorator("contextmanager", "asynccontextmanager")


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """What the tree says about a class.

    `form` is dataclass, attrs, namedtuple, typeddict, enum, protocol, exception or "".
    """

    name: str
    bases: tuple[str, ...] = ()
    form: str = ""
    decorators: tuple[str, ...] = ()
    fields: tuple[Attribute, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    methods: tuple[str, ...] = ()
    init: FunctionFacts | None = None
    init_documented: bool = False
    is_nested: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """What the tree says about a module."""

    name: str
    classes: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    constants: tuple[Attribute, ...] = ()
    exports: tuple[str, ...] | None = None
    imports: tuple[str, ...] = ()
    is_script: bool = False
    is_package: bool = False
    comment: str = ""


Facts = FunctionFacts | ClassFacts | ModuleFacts


@dataclass(frozen=True, slots=True)
class Docstring:
    """A docstring as it stands in the source: the literal's span, its prefix and quotes, and its value's raw text."""

    span: Span
    prefix: str
    quotes: str
    text: str
    is_simple: bool = True  # False: implicitly concatenated or in parentheses


@dataclass(frozen=True, slots=True)
class DocPlace:
    """Where a docstring goes: the offset of insertion, the indentation, and what surrounds it.

    `form` is "block" (a line of its own before the first statement), "inline" (the body stands on the header's line),
    "shared" (as that, but after a line continuation: what follows stays on the docstring's line) or "module".
    """

    offset: int
    indent: str
    form: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A module, class, function or method, with its places in the source.

    `path` is unique in the document: `Class.method`, `<module>`, `name#2` for a second definition. `place` is None
    where the header or the docstring's place is broken: no edit is offered there.
    """

    kind: SymbolKind
    name: str
    path: str
    owner: str
    span: Span  # the definition with its decorators
    name_span: Span
    line: int  # of the `def` or `class` keyword
    decorators: tuple[str, ...] = ()
    docstring: Docstring | None = None
    place: DocPlace | None = None
    is_nested: bool = False  # inside a function

    @property
    def is_public(self) -> bool:
        """Whether no part of the path is private (dunder names are public)."""
        return not any(
            part.startswith("_") and not (part.startswith("__") and part.endswith("__"))
            for part in self.path.split(".")
        )


@dataclass(frozen=True, slots=True)
class Context:
    """A symbol's facts and what surrounds it; strings only.

    `described` maps parameter names to descriptions that people wrote in the class or in sibling functions.
    """

    path: str
    kind: SymbolKind
    facts: Facts
    owner: ClassFacts | None = None
    module: ModuleFacts | None = None
    siblings: tuple[str, ...] = ()
    described: Mapping[str, str] = field(default_factory=dict)
    attribute_uses: Mapping[str, tuple[Use, ...]] = field(default_factory=dict)  # what a class's methods do with them
    callees: Mapping[str, FunctionFacts] = field(default_factory=dict)  # by the text of the call, of this document
    raised_by: tuple[tuple[str, Raise], ...] = ()  # for an exception: the functions of this document that raise it
    members: tuple[Facts, ...] = ()  # of a class its methods and classes, of a module its first functions and classes
    base: str = ""  # the base class whose documented method this one overrides
    base_doc: str = ""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What of source a provider sees beside its shape: texts and long numbers, and comments."""

    literals: bool = False
    comments: bool = False


class FieldKind(enum.Enum):
    """The kinds of prose fields."""

    SUMMARY = "summary"
    DESCRIPTION = "description"
    PARAMETER = "parameter"
    RETURNS = "returns"
    YIELDS = "yields"
    RAISE = "raise"
    ATTRIBUTE = "attribute"
    __hash__ = object.__hash__  # members are single objects; Enum's own hashes the name, in Python, at each look-up


class FieldKey(NamedTuple):
    """One prose field of a doc; `name` is the parameter, exception or attribute, "" for the others."""

    kind: FieldKind
    name: str = ""

    @property
    def label(self) -> str:
        """What reports call it, such as "summary" or "parameter size"."""
        return f"{self.kind.value} {self.name}".rstrip()


@dataclass(frozen=True, slots=True)
class DocField:
    """One entry of a section: a parameter, an exception, an attribute, or what is returned or yielded (name "")."""

    name: str
    description: str = ""
    type: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section that is kept as text: its title ("Examples", "Notes", any custom one) and its dedented body."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Doc:
    """Structured documentation: style, indentation and line ends are applied when it is rendered."""

    summary: str
    description: str = ""
    parameters: tuple[DocField, ...] = ()
    returns: DocField | None = None
    yields: DocField | None = None
    raises: tuple[DocField, ...] = ()
    attributes: tuple[DocField, ...] = ()
    sections: tuple[Section, ...] = ()


class Severity(enum.Enum):
    """How much a finding matters."""

    HINT = "hint"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that `check` found: a code of DESIGN's table, the exact range, what is true now."""

    code: str
    message: str
    symbol: str
    span: Span
    severity: Severity
    fixable: bool
    remedy: str = ""  # what the fix does, as a title
    needs_words: bool = False  # the fix writes a field that has no text yet


class Action(enum.Enum):
    """What became of a symbol."""

    ADDED = "added"
    REPAIRED = "repaired"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SourceEdit:
    """Replace `span` of the document's text by `new_text`."""

    span: Span
    new_text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One symbol's doc with its rendered text, origin, quality (0 to 100) and proven edit.

    `text` is the docstring's content without quotes and indentation. `edit` is None for kept and failed symbols;
    `error` says why one failed. `origins` says where new fields are from. `timings_us` maps step names to microseconds.
    """

    symbol: Symbol
    action: Action
    doc: Doc | None = None
    text: str = ""
    edit: SourceEdit | None = None
    origin: str = ""
    quality: int = 0
    error: str = ""
    origins: Mapping[FieldKey, str] = field(default_factory=dict)
    timings_us: Mapping[str, float] = field(default_factory=dict)
