"""What the project index keeps of one file: imports, classes with documented methods, parameters' descriptions."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from glossator.docstring.literal import content_of
from glossator.docstring.styles import detect, parse
from glossator.errors import SourceError
from glossator.syntax.document import Document, decode
from glossator.syntax.facts import bases
from glossator.syntax.imports import Import, imports
from glossator.syntax.symbols import MODULE_PATH, Entry, Outline, docstring_in

MAX_DOC: Final = 1000  # characters of a method's documentation that are kept
# A string on the line after a colon, or at the start of a file. Errs on the side of yes, and costs 1% of a parse.
_MAY_BE_DOCSTRING: Final = re.compile(
    rb":[ \t]*+(?:#[^\r\n]*+)?[\r\n]\s*+(?:#[^\r\n]*+\s*+)*+[rRuU]?[\"']"
    rb"|\A(?:\xef\xbb\xbf)?\s*+(?:#[^\r\n]*+\s*+)*+[rRuU]?[\"']"
)


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """A class: its bases as they are written, and the documentation of its documented methods by name."""

    bases: tuple[str, ...]
    docs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileSummary:
    """A file: imports, classes by path, descriptions that parameters have in it, and how often it uses which style."""

    imports: tuple[Import, ...] = ()
    classes: Mapping[str, ClassSummary] = field(default_factory=dict)
    described: tuple[tuple[str, str], ...] = ()
    styles: Mapping[str, int] = field(default_factory=dict)

    @property
    def has_methods(self) -> bool:
        """Whether a method is documented that other classes could override."""
        return any(one.docs for one in self.classes.values())


def may_have_docs(raw: bytes) -> bool:
    """Whether anything in a file looks like a docstring."""
    return _MAY_BE_DOCSTRING.search(raw) is not None


def summary(raw: bytes) -> FileSummary:
    """The summary of a file's bytes; empty for what cannot be read. Pure, so that worker processes can run it."""
    try:
        text, _ = decode(raw)
    except SourceError:
        return FileSummary()
    document = Document("", text)
    return FileSummary() if document.declined else _summary(document)


def _summary(document: Document) -> FileSummary:
    outline = Outline(document)
    docs: dict[str, dict[str, str]] = {}
    described: list[tuple[str, str]] = []
    styles: Counter[str] = Counter()
    owners: dict[str, Entry] = {}
    for entry in _entries(outline):
        if entry.is_class:
            docs[entry.path] = {}
            owners[entry.path] = entry
        content = _content(document, entry)
        if not content:
            continue
        if entry.owner is not None and entry.owner.is_class and not entry.is_class:
            docs[entry.owner.path].setdefault(entry.name, content[:MAX_DOC])
        style = detect(content)
        if style is not None:
            styles[style.value] += 1
            fields = parse(content, style).doc.parameters
            described.extend((one.name.lstrip("*"), one.description) for one in fields if one.description)
    classes = {path: ClassSummary(tuple(bases(document, entry.node)), docs[path]) for path, entry in owners.items()}
    return FileSummary(imports(document), classes, tuple(described), dict(styles))


def _entries(outline: Outline) -> Iterator[Entry]:
    """The module, its classes and theirs, and what they define; bodies of functions are not looked at."""
    module = outline.entry(MODULE_PATH)
    waiting = [module] if module is not None else []
    while waiting:
        entry = waiting.pop()
        yield entry
        if entry.is_class or entry.owner is None:
            waiting.extend(reversed(outline.members(entry.path)))


def _content(document: Document, entry: Entry) -> str:
    """What a symbol's docstring says; "" where there is none."""
    body = entry.node if entry.owner is None else entry.node.child_by_field_name("body")
    docstring = docstring_in(document, body) if body is not None else None
    return content_of(docstring).text if docstring is not None else ""


def module_names(paths: list[str]) -> dict[str, str]:
    """The dotted module name of each path, by the `__init__.py` files among the paths."""
    packages = {os.path.dirname(path) for path in paths if os.path.basename(path) in ("__init__.py", "__init__.pyi")}
    found = {}
    for path in paths:
        folder, file = os.path.split(path)
        stem = os.path.splitext(file)[0]
        parts = [] if stem == "__init__" else [stem]
        while folder in packages:
            folder, name = os.path.split(folder)
            parts.insert(0, name)
        found[path] = ".".join(parts) or stem
    return found
