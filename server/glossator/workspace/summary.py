"""What the project index keeps of one file: its classes with their documented methods, and the words of its docstrings.

Both are pure functions of a file's bytes, so that worker processes can run them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from glossator.docstring.literal import content, content_of
from glossator.docstring.styles import detect, parse
from glossator.errors import SourceError
from glossator.syntax.docstrings import docstring_in
from glossator.syntax.document import Document, decode
from glossator.syntax.facts import bases
from glossator.syntax.imports import Import, imports
from glossator.syntax.symbols import MODULE_PATH, Entry, Outline

MAX_DOC: Final = 1000  # characters of a method's documentation that are kept
# A string on the line after a colon, or at the start of a file. Errs on the side of yes, and costs 1% of a parse.
_MAY_BE_DOCSTRING: Final = re.compile(
    rb":[ \t]*+(?:#[^\r\n]*+)?[\r\n]\s*+(?:#[^\r\n]*+\s*+)*+[rRuU]?[\"']"
    rb"|\A(?:\xef\xbb\xbf)?\s*+(?:#[^\r\n]*+\s*+)*+[rRuU]?[\"']"
)
# What stands between triple quotes at the start of a line: docstrings, and now and then another text.
_TRIPLE_QUOTED: Final = re.compile(rb"^[ \t]*+([rRuU]?)(\"\"\"|''')(.*?)\2", re.DOTALL | re.MULTILINE)
_STRUCTURED: Final = re.compile(rb":[ \t]*[\r\n]|---|^[ \t]*[:@]\w", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """A class: its bases as they are written, and the documentation of its documented methods by name."""

    bases: tuple[str, ...]
    docs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileClasses:
    """The classes of a file by their paths, and the imports that the names of their bases may come from."""

    imports: tuple[Import, ...] = ()
    classes: Mapping[str, ClassSummary] = field(default_factory=dict)

    def defines(self, name: str) -> bool:
        """Whether a class has this path."""
        return name in self.classes

    @property
    def has_docs(self) -> bool:
        """Whether a method is documented that other classes could override."""
        return any(one.docs for one in self.classes.values())


@dataclass(frozen=True, slots=True)
class FileWords:
    """The descriptions that parameters have in a file, how many of its docstrings have which style, and what is there.

    `may_have_docs`: whether anything in the file looks like a docstring.
    """

    described: tuple[tuple[str, str], ...] = ()
    styles: Mapping[str, int] = field(default_factory=dict)
    may_have_docs: bool = False


def words_of(raw: bytes) -> FileWords:
    """The words of a file's docstrings. Cost: an eighth of a parse, since texts without fields are not looked at."""
    described: list[tuple[str, str]] = []
    styles: Counter[str] = Counter()
    for match in _TRIPLE_QUOTED.finditer(raw):
        if _STRUCTURED.search(match[3]) is None:
            continue
        text = content(match[1].decode(), match[3].decode("utf-8", "replace")).text
        style = detect(text) if text else None
        if style is not None:
            styles[style.value] += 1
            fields = parse(text, style).doc.parameters
            described.extend((one.name.lstrip("*"), one.description) for one in fields if one.description)
    return FileWords(tuple(described), dict(styles), _MAY_BE_DOCSTRING.search(raw) is not None)


def classes_of(raw: bytes) -> FileClasses:
    """The classes of a file; none for what cannot be read. Cost: a parse."""
    outline = outline_of(raw)
    return classes_in(outline) if outline is not None else FileClasses()


def outline_of(raw: bytes) -> Outline | None:
    """The symbols of a file; None for what cannot be read."""
    try:
        text, _ = decode(raw)
    except SourceError:
        return None
    document = Document("", text)
    return None if document.declined else Outline(document)


def classes_in(outline: Outline) -> FileClasses:
    """The classes of a file that was parsed."""
    document, classes = outline.document, {}
    for entry in _classes(outline):
        docs: dict[str, str] = {}
        for member in outline.members(entry.path):
            body = None if member.is_class else member.node.child_by_field_name("body")
            docstring = docstring_in(document, body) if body is not None else None
            if docstring is not None and (found := content_of(docstring).text):
                docs.setdefault(member.name, found[:MAX_DOC])
        classes[entry.path] = ClassSummary(tuple(bases(document, entry.node)), docs)
    return FileClasses(imports(document), classes)


def _classes(outline: Outline) -> Iterator[Entry]:
    """The classes of a module and those within them; bodies of functions are not looked at."""
    waiting = [MODULE_PATH]
    while waiting:
        inner = [entry for entry in outline.members(waiting.pop()) if entry.is_class]
        yield from inner
        waiting.extend(entry.path for entry in inner)
