"""Documented symbols as checks look at them: the docstring as it is read, the facts beside it, and the code around."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from glossator.docstring.check.subject import Subject
from glossator.docstring.literal import content_of
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
from glossator.syntax.identifiers import holds
from glossator.syntax.symbols import Entry

PLAIN = Reading(Doc(""), Span(0, 0))
_CODE = re.compile(r"``|`[^`\n]+`|[CLM]\{")

_NO_ARGUMENT = re.compile(r"ClassVar|KW_ONLY")
_PLAIN_BASES = ("object", "NamedTuple", "Generic", "Protocol")

Previous = Callable[[str], bytes | None]
"""The last known source of the definition at a path."""


def no_previous(_path: str) -> bytes | None:
    """No version is known but the one at hand."""
    return None


class Around:
    """What the code around one docstring says; read when it is asked for."""

    def __init__(self, entry: Entry, previous: Previous) -> None:
        """Look at the definition of an entry."""
        self._entry = entry
        self._previous = previous
        self._renamed: Mapping[str, str] | None = None

    def holds(self, name: str) -> bool:
        """Whether an identifier stands in the definition, outside its docstrings and comments."""
        return holds(self._entry.document, self._entry.node, name)

    def mentions(self, name: str) -> bool:
        """Whether an identifier stands in the module, outside docstrings and comments."""
        return holds(self._entry.document, self._entry.document.root, name)

    def renamed(self) -> Mapping[str, str]:
        """The names of the last known version that have others now ("": none)."""
        if self._renamed is None:
            before = self._previous(self._entry.path)
            self._renamed = renamed_names(before, self._entry) if before is not None else {}
        return self._renamed


def subjects(reader: ContextReader, previous: Previous = no_previous) -> Iterator[Subject]:
    """The documented symbols of a document of which something can be said, in source order."""
    for entry in reader.outline.entries.values():
        docstring = entry.symbol.docstring
        if docstring is not None and (subject := subject_of(reader, entry, previous)) is not None:
            yield subject


def subject_of(reader: ContextReader, entry: Entry, previous: Previous = no_previous) -> Subject | None:
    """One documented symbol; None where its docstring claims nothing that could be wrong."""
    docstring = entry.symbol.docstring
    if docstring is None or not may_claim(docstring):
        return None
    content = content_of(docstring)
    style = detect(content.text) if content.text else None
    has_code = _CODE.search(content.text) is not None and previous(entry.path) is not None
    if style is None and not has_code:
        return None
    reading = parse(content.text, style) if style is not None else PLAIN
    subject = Subject(entry.symbol, content, style, reading, Around(entry, previous))
    return replace(subject, **_facts(reader, entry))  # type: ignore[arg-type]


def may_claim(docstring: Docstring) -> bool:
    """Whether a docstring can hold anything to check; False spares reading it. Errs on the side of yes."""
    return may_be_styled(docstring.text) or "`" in docstring.text or "{" in docstring.text


def _facts(reader: ContextReader, entry: Entry) -> dict[str, object]:
    """What the tree says about a symbol, as far as checks ask for it."""
    if entry.owner is None:
        return {}
    facts = reader.facts(entry)
    if isinstance(facts, ClassFacts):
        return {"function": _initializer(entry.symbol, facts), "owner": facts, "callees": reader.callees(entry)}
    owner = reader.facts(entry.owner) if entry.owner.is_class else None
    return {"function": facts, "owner": owner, "callees": reader.callees(entry)}


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
