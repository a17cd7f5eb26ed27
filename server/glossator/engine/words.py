"""House words: what people wrote about a parameter of the same name, first in the class, then in the module.

A description is taken over only if it can be true elsewhere: it is one sentence or two, says nothing about a default,
and names no other parameter. Annotations that contradict each other show that only the name is the same.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from glossator.docstring.literal import content_of
from glossator.docstring.styles import detect, may_be_styled, parse
from glossator.model import ClassFacts, Context, FunctionFacts, Parameter
from glossator.syntax.document import Document
from glossator.syntax.signatures import signature
from glossator.syntax.symbols import MODULE_PATH, Entry, Outline

MAX_LENGTH: Final = 160
_CODE: Final = re.compile(r"`+([^`]+)`+")
_NAME: Final = re.compile(r"[^\W\d]\w*")
_DEFAULT: Final = re.compile(r"\bdefaults?\b", re.IGNORECASE)
_KNOWN: Final = frozenset(dir(builtins))


class Said(NamedTuple):
    """A description that stands in a docstring: the class or function that it belongs to, and the annotation there."""

    owner: str
    annotation: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """The descriptions of a document, by the names of parameters."""

    said: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)

    def about(self, parameter: Parameter, owner: str) -> Iterator[str]:
        """Descriptions of a parameter of this name: those of the class, then those of the whole module."""
        said = [
            one
            for one in self.said.get(parameter.name, ())
            if not one.annotation or not parameter.annotation or one.annotation == parameter.annotation
        ]
        yield from (one.text for one in said if one.owner == owner)
        yield from (one.text for one in said if one.owner != owner)


def words(outline: Outline) -> Words:
    """The descriptions that stand in a document. Cost: 100 us for each docstring with parameters."""
    document = outline.document
    found: dict[str, list[Said]] = {}
    for entry in _entries(outline):
        docstring = entry.symbol.docstring
        if docstring is None or not may_be_styled(docstring.text):
            continue
        text = content_of(docstring).text
        style = detect(text) if text else None
        fields = parse(text, style).doc.parameters if style is not None else ()
        if fields:
            owner = entry.path if entry.is_class or entry.owner is None else entry.owner.path
            annotations = _annotations(document, outline, entry)
            for one in fields:
                name = one.name.lstrip("*")
                found.setdefault(name, []).append(Said(owner, annotations.get(name, ""), one.description))
    return Words({name: tuple(said) for name, said in found.items()})


def _entries(outline: Outline) -> Iterator[Entry]:
    """What a module and its classes define; bodies of functions are not looked at."""
    waiting = [MODULE_PATH]
    while waiting:
        members = outline.members(waiting.pop(0))
        yield from members
        waiting.extend(entry.path for entry in members if entry.is_class)


def _annotations(document: Document, outline: Outline, entry: Entry) -> dict[str, str]:
    """The annotations of a function's parameters; for a class, of its initializer's."""
    function = entry
    if entry.is_class:
        found = outline.entry(f"{entry.path}.__init__")
        if found is None:
            return {}
        function = found
    return {one.name: one.annotation for one in signature(document, function.node).parameters}


def described(context: Context, document_words: Words, others: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Descriptions for the parameters of a symbol: the document's own, then those of `others`, the nearest first."""
    facts = context.facts.init if isinstance(context.facts, ClassFacts) else context.facts
    if not isinstance(facts, FunctionFacts):
        return {}
    names = {parameter.name for parameter in facts.parameters}
    owner = context.path if isinstance(context.facts, ClassFacts) else context.path.rpartition(".")[0] or MODULE_PATH
    others = list(others)
    found = {}
    for parameter in facts.parameters:
        candidates = [*document_words.about(parameter, owner), *(words.get(parameter.name, "") for words in others)]
        text = next((text for text in candidates if _is_portable(text, names)), None)
        if text is not None:
            found[parameter.name] = _sentence(text)
    return found


def _is_portable(text: str, names: set[str]) -> bool:
    """Whether a description can be true of another function with parameters of these names."""
    if not text or len(text) > MAX_LENGTH or _DEFAULT.search(text):
        return False
    if not text.replace("\xa0", " ").isprintable():  # nor is a line's end, or what hides or turns other text
        return False
    mentioned = {name for code in _CODE.findall(text) for name in _NAME.findall(code)}
    return mentioned <= (names | _KNOWN)


def _sentence(text: str) -> str:
    first = text if text[:2].isupper() or "`" in text[:1] else text[:1].upper() + text[1:]
    return first if first.endswith((".", "!", "?", ":")) else f"{first}."
