"""Documented symbols as checks look at them: the docstring as it is read, the facts beside it, and the code around."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from glossator.docstring.check import Fault, faults
from glossator.docstring.check.subject import Subject
from glossator.docstring.literal import Content, content_of
from glossator.docstring.styles import Reading, detect, may_be_styled, parse
from glossator.engine.renames import renamed_names
from glossator.model import (
    ClassFacts,
    Doc,
    Docstring,
    FunctionFacts,
    Parameter,
    ParameterKind,
    Span,
    Symbol,
    SymbolKind,
)
from glossator.syntax.context import ContextReader
from glossator.syntax.facts import initializer
from glossator.syntax.identifiers import holds
from glossator.syntax.symbols import Entry

PLAIN = Reading(Doc(""), Span(0, 0))
_CODE = re.compile(r"``|`[^`\n]+`|[CLM]\{")

_NO_ARGUMENT = re.compile(r"ClassVar|KW_ONLY")
_PLAIN_BASES = ("object", "NamedTuple", "Generic", "Protocol")

Previous = Callable[[str], bytes | None]
"""The last known source of the function at a path, of a class that of its initializer."""


Answers = dict[tuple[str, bool], bool]
"""By a name, and whether it was looked for in the module or in the definition: whether it stands there."""


def no_previous(_path: str) -> bytes | None:
    """No version is known but the one at hand."""
    return None


class Around:
    """What the code around one docstring says; read when it is asked for."""

    def __init__(self, entry: Entry, previous: Previous, function: Entry | None = None) -> None:
        """Look at the definition of an entry; `function` is the one whose parameters its docstring may name."""
        self._entry = entry
        self._function = function
        self._previous = previous
        self._renamed: Mapping[str, str] | None = None
        self._asked: Answers = {}

    @property
    def asked(self) -> Answers:
        """The names that were looked for in the module and in the definition, and whether they stand there."""
        return self._asked

    def still_says(self, answers: Answers) -> bool:
        """Whether the same questions would get the same answers."""
        return all(self._look(*question) == answer for question, answer in answers.items())

    def holds(self, name: str) -> bool:
        """Whether an identifier stands in the definition, outside its docstrings and comments."""
        return self._ask(name, is_module=False)

    def mentions(self, name: str) -> bool:
        """Whether an identifier stands in the module, outside docstrings and comments."""
        return self._ask(name, is_module=True)

    def _ask(self, name: str, is_module: bool) -> bool:
        if (name, is_module) not in self._asked:
            self._asked[name, is_module] = self._look(name, is_module)
        return self._asked[name, is_module]

    def _look(self, name: str, is_module: bool) -> bool:
        document = self._entry.document
        return holds(document, document.root if is_module else self._entry.node, name)

    def renamed(self) -> Mapping[str, str]:
        """The names of the last known version that have others now ("": none)."""
        if self._renamed is None:
            before = self._previous(self._entry.path)
            self._renamed = renamed_names(before, self._function) if before and self._function is not None else {}
        return self._renamed


def subject_of(reader: ContextReader, entry: Entry, previous: Previous = no_previous) -> Subject | None:
    """One documented symbol; None where its docstring claims nothing that could be wrong, or its code is broken."""
    docstring = entry.symbol.docstring
    if docstring is None or not may_claim(docstring) or entry.node.has_error:
        return None
    content = content_of(docstring)
    style = detect(content.text) if content.text else None
    has_code = _CODE.search(content.text) is not None and previous(entry.path) is not None
    if style is None and not has_code:
        return None
    reading = parse(content.text, style) if style is not None else PLAIN
    function, owner = _facts(reader, entry)
    callee = initializer(reader.outline, entry) if entry.is_class else entry if entry.owner is not None else None
    callees = tuple(reader.callees(entry).values()) if function is not None and function.idle else ()
    return Subject(entry.symbol, content, style, reading, Around(entry, previous, callee), function, owner, callees)


def inherited_faults(reader: ContextReader, path: str, text: str) -> tuple[Fault, ...]:
    """What would be wrong with the documentation of an overridden method, were it that of the one at a path."""
    entry = reader.outline.entry(path)
    style = detect(text) if text else None
    if entry is None or style is None or entry.node.has_error:
        return ()
    function, owner = _facts(reader, entry)
    around = Around(entry, no_previous)
    return faults(Subject(entry.symbol, Content(text, False), style, parse(text, style), around, function, owner))


def may_claim(docstring: Docstring) -> bool:
    """Whether a docstring can hold anything to check; False spares reading it. Errs on the side of yes."""
    return may_be_styled(docstring.text) or "`" in docstring.text or "{" in docstring.text


def _facts(reader: ContextReader, entry: Entry) -> tuple[FunctionFacts | None, ClassFacts | None]:
    """The function that a docstring is compared with, and the class that it belongs to."""
    facts = reader.facts(entry) if entry.owner is not None else None
    if isinstance(facts, ClassFacts):
        return _initializer(entry.symbol, facts), facts
    owner = reader.facts(entry.owner) if entry.owner is not None and entry.owner.is_class else None
    function = facts if isinstance(facts, FunctionFacts) else None
    return function, owner if isinstance(owner, ClassFacts) else None


def _initializer(symbol: Symbol, facts: ClassFacts) -> FunctionFacts | None:
    """The function whose parameters a class's documentation lists; None where a base class may define it."""
    assert symbol.kind is SymbolKind.CLASS
    if facts.init is not None:
        return None if "__new__" in facts.methods else facts.init
    if facts.form not in ("dataclass", "attrs", "namedtuple") or not _bases_are_plain(facts):
        return None
    fields = [one for one in facts.fields if one.annotation and not _NO_ARGUMENT.search(one.annotation)]
    shown = [one for one in fields if "init=False" not in one.value.replace(" ", "")]
    parameters = tuple(Parameter(one.name, ParameterKind.NORMAL, one.annotation, one.value or None) for one in shown)
    return FunctionFacts("__init__", parameters, is_stub=True)


def _bases_are_plain(facts: ClassFacts) -> bool:
    return all(base.partition("[")[0].rpartition(".")[2] in _PLAIN_BASES for base in facts.bases)
