"""What is read from sources: each case of fixtures/cases/python is a source and what is expected of it.

A case starts with `=== what it shows`; sections follow its source: `--- symbols`, `--- facts PATH`, `--- at` (the
symbol at the cursor, `|>`), `--- placed` (the source with a docstring at every place). `UPDATE=1 pytest` writes what is
found.
"""

import dataclasses
import enum
import os
import re
from pathlib import Path

import pytest

from glossator.engine.edit import apply, docstring_edit
from glossator.model import Parameter, Raise
from glossator.syntax.context import ContextReader, FactsMemo
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

CASES = Path(__file__).parents[2] / "fixtures" / "cases" / "python"
CURSOR = "|>"


def shown(value):
    """A fact in a few words; what has its default is left out."""
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, Parameter):
        return f"{value.starred}{details(value, 'name')}"
    if isinstance(value, Raise):
        return f"{value.name}{details(value, 'name')}"
    if isinstance(value, tuple) and hasattr(value, "verb"):
        return " ".join(part if i == 0 else repr(part) for i, part in enumerate(value) if part)
    if dataclasses.is_dataclass(value):
        return f"{value.name}{details(value, 'name')}"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {shown(one)}" for name, one in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(shown(one) for one in value)
    return str(value)


def details(value, *but):
    starred = isinstance(value, Parameter) and "*" in value.kind.value
    but = (*but, "kind") if starred else but
    found = [f"{name}={shown(one)}" for name, one in changed(value) if name not in but]
    return f"({'; '.join(found)})" if found else ""


def changed(value):
    """The fields that differ from their defaults."""
    for field in dataclasses.fields(value):
        makes_default = field.default_factory is not dataclasses.MISSING
        default = field.default_factory() if makes_default else field.default
        one = getattr(value, field.name)
        if one != default:
            yield field.name, one


def symbols(document):
    for symbol in Outline(document).symbols:
        place = symbol.place
        line = document.lines.line_of(place.offset) + 1 if place else 0
        where = f"{place.form} at {line}, {len(place.indent)} blanks" if place else "no place"
        own = f", has {symbol.docstring.prefix}{symbol.docstring.quotes}" if symbol.docstring else ""
        nested = ", nested" if symbol.is_nested else ""
        yield f"{symbol.line + 1} {symbol.kind.value} {symbol.path}: {where}{own}{nested}"


def facts(document, path):
    context = ContextReader(Outline(document), FactsMemo()).context(path)
    for name, value in changed(context.facts):
        if name == "init":
            yield f"init: {', '.join(p.starred for p in value.parameters)}"
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            yield f"{name}:"
            yield from (f"    {shown(one)}" for one in value)
        else:
            yield f"{name}: {shown(value)}"
    if context.callees:
        yield f"callees: {', '.join(context.callees)}"
    if context.raised_by:
        yield f"raised by: {', '.join(path for path, _ in context.raised_by)}"


def placed(document):
    bare = [symbol for symbol in Outline(document).symbols if symbol.place and not symbol.docstring]
    edits = [docstring_edit(document, symbol, '"""Doc."""') for symbol in bare]
    return apply(document, edits).text.decode().rstrip("\n").splitlines() if edits else ["(nothing)"]


def found(section, source):
    """What a section says of a source, as lines."""
    name, _, argument = section.partition(" ")
    cursor = source.find(CURSOR)
    document = Document.open("folder/case.py", source.replace(CURSOR, ""))
    if name == "at":
        return [Outline(document).at(len(source[:cursor].encode())).path]
    if name == "facts":
        return list(facts(document, argument))
    return list({"symbols": symbols, "placed": placed}[name](document))


def read(path):
    """The cases of a file: title, source, and the sections by their heads."""
    for block in re.split(r"^=== ", path.read_text(), flags=re.MULTILINE)[1:]:
        head, *sections = re.split(r"^--- ", block, flags=re.MULTILINE)
        title, _, source = head.partition("\n")
        yield title, source, {name: body.splitlines() for name, _, body in (s.partition("\n") for s in sections)}


def write(path, cases):
    text = ""
    for title, source, sections in cases:
        text += f"=== {title}\n{source}"
        for name in sections:
            text += f"--- {name}\n" + "".join(f"{line}\n" for line in found(name, source))
    path.write_text(text)


ALL = [
    pytest.param(path, *case, id=f"{path.stem}: {case[0]}")
    for path in sorted(CASES.glob("*.txt"))
    for case in read(path)
]


@pytest.mark.parametrize(("path", "title", "source", "sections"), ALL)
def test_case(path, title, source, sections):
    if os.environ.get("UPDATE"):
        write(path, list(read(path)))
        return
    for name, want in sections.items():
        assert found(name, source) == want, name
