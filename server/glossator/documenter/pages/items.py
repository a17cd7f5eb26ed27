"""What templates see: modules, classes, functions and attributes, with all that is Markdown made ready.

Whatever is plain text in here (a name, a kind) is escaped when a template puts it out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from glossator.docstring.pages.markdown import Markdown, code, fenced, link
from glossator.docstring.pages.prose import blocks, inline
from glossator.documenter.pages.material import MODULE, SymbolKey
from glossator.model import ClassFacts, Doc, DocField, Facts, FunctionFacts
from glossator.syntax.meanings import Home

if TYPE_CHECKING:
    from glossator.documenter.pages.layout import Place
    from glossator.documenter.pages.material import Material
    from glossator.syntax.items import Item

INIT: Final = "__init__"
_CALLED: Final = re.compile(r"(?:\w+\.)?(?:field|attrib|ib|Field)\(")
EMPTY: Final = ("", "None", '""', "''", "()", "[]", "{}")
_UNDERLINE: Final = re.compile(r"\A([=\-~^\"'#*+.:_])\1{2,}[ \t]*(?:\n|\Z)")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*\[\"'(])")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where an item is shown: what it is made from, its module, and where things stand.

    `place` is where a symbol's heading is, by its key; `link` gives a link's target for a name as it is written in a
    docstring of a class (path, "" for the module's own).
    """

    material: Material
    module: str
    place: Callable[[SymbolKey], Place | None]
    link: Callable[[str, str], str | None]

    def shown(self, key: SymbolKey, name: str = "") -> Markdown:
        """A symbol or module of the package by a name, else its own; a link, where these pages describe it."""
        name = name or (key.module if key.path == MODULE else key.path)
        place = self.place(key)
        return link(code(name), place.target) if place is not None else code(name)


@dataclass(frozen=True, slots=True)
class PageField:
    """One parameter, result, exception or attribute: what it is called, its type and default as code, its text.

    `label` and `kind` are name and type as plain text. A default that `is_telling` is neither None nor empty.
    """

    name: Markdown
    type: Markdown
    default: Markdown
    text: Markdown
    label: str = ""
    kind: str = ""
    is_telling: bool = False


@dataclass(frozen=True, slots=True)
class PageText:
    """A part of a docstring with a title of its own, such as "Examples"."""

    title: str
    text: Markdown


class Documented:
    """What modules and other symbols have in common: a name, a heading, and a doc."""

    def __init__(self, around: Surroundings, path: str, symbol: str, text: str) -> None:
        """Show what stands at a path of a module; people wrote the symbol's docstring like this ("" where nobody did).

        A symbol's path has a number where its name is defined more than once, which readers need not know.
        """
        self._around = around
        self._key = SymbolKey(around.module, path)
        self._symbol = SymbolKey(around.module, symbol)
        self._text = text
        self.path = path

    @cached_property
    def _doc(self) -> Doc:
        return self._around.material.doc(self._symbol, self._text)

    @cached_property
    def _place(self) -> Place | None:
        return self._around.place(self._key)

    @property
    def _scope(self) -> str:
        """The class in which names of the docstring are looked up first; "" for none."""
        return ""

    def _resolve(self, name: str) -> str | None:
        return self._around.link(name, self._scope)

    @property
    def is_documented(self) -> bool:
        """Whether people wrote its docstring."""
        return bool(self._text)

    @property
    def heading(self) -> Markdown:
        """Its heading, with the marks of its level; "" where it has none on this page."""
        return self._place.heading if self._place is not None else Markdown("")

    @property
    def summary(self) -> Markdown:
        """What its docstring says first."""
        return inline(self._doc.summary, self._resolve)

    @property
    def first_sentence(self) -> Markdown:
        """The first sentence of the summary, for lists; what people wrote alone: nothing where nobody did."""
        return inline(_SENTENCE.split(self._doc.summary, maxsplit=1)[0], self._resolve) if self._text else Markdown("")

    @property
    def description(self) -> Markdown:
        """What its docstring says after the summary; a line below that which makes it a title is no part of it."""
        return blocks(_UNDERLINE.sub("", self._doc.description, count=1), self._resolve)

    @property
    def texts(self) -> tuple[PageText, ...]:
        """The other sections of its docstring: examples, notes, any of its own."""
        found = ((one.title, blocks(one.body, self._resolve)) for one in self._doc.sections)
        return tuple(PageText(title, text) for title, text in found if text.strip())

    def _fields(self, fields: Sequence[DocField], types: dict[str, tuple[str, str]]) -> tuple[PageField, ...]:
        """Fields of the doc with the types and defaults of the code; what the doc says counts where that has none."""
        return tuple(self._field(one, *types.get(one.name.lstrip("*"), ("", ""))) for one in fields)

    def _field(self, one: DocField, annotation: str = "", default: str = "") -> PageField:
        kind, default = annotation or one.type, default or one.default
        return PageField(
            code(one.name) if one.name else Markdown(""),
            self._type(kind) if kind else Markdown(""),
            code(default) if default else Markdown(""),
            blocks_in_list(one.description, self._resolve),
            one.name,
            kind,
            default not in EMPTY,
        )

    def _type(self, annotation: str) -> Markdown:
        target = self._resolve(annotation)
        return link(code(annotation), target) if target else code(annotation)


def blocks_in_list(text: str, resolve: Callable[[str], str | None]) -> Markdown:
    """A text for a list's item: what comes after its first line is indented."""
    first, *rest = blocks(text, resolve).split("\n")
    return Markdown("\n".join((first, *(f"  {line}" if line else "" for line in rest))))


class PageItem(Documented):
    """A class, function, method, property or attribute."""

    def __init__(self, around: Surroundings, item: Item, name: str, owner: str = "") -> None:
        """Show an item under the name by which users reach it; `owner` is the path of the class that it belongs to."""
        super().__init__(around, item.dotted, item.path, item.text)
        self._item = item
        self._owner = owner
        self.name = name
        self.kind: str = item.kind
        self.labels: tuple[str, ...] = item.labels
        self.line: int = item.line

    @property
    def _scope(self) -> str:
        return self.path if self.kind == "class" else self._owner

    @property
    def link(self) -> Markdown:
        """Its name as a link to where it is described; the name alone where that is not on these pages."""
        shown = code(self.name)
        place = self._place
        return link(shown, place.target) if place is not None else shown

    @property
    def signature(self) -> Markdown:
        """Its declaration as a block of code, with all overloads; that of a class with those of its constructor."""
        init = self._item.member(INIT)
        lines = [*self._item.overloads, self._item.signature]
        if init is not None:
            lines = [f"{self._item.signature}:", *map(indented, (*init.overloads, init.signature))]
        return fenced("\n".join(lines), "python")

    @property
    def declaration(self) -> Markdown:
        """Its declaration as code within a line; where it was given another name, with that in front."""
        declared, name = code(" ".join(self._item.signature.split())), self.name.rpartition(".")[2]
        return declared if name == self._item.name else Markdown(f"{code(name)}, defined as {declared}")

    @property
    def bases(self) -> tuple[Markdown, ...]:
        """The base classes, as they are written; linked where they are described on these pages."""
        return tuple(self._type(one) for one in self._item.bases)

    @property
    def _function(self) -> FunctionFacts | None:
        facts = self._item.facts
        function = facts.init if isinstance(facts, ClassFacts) else facts
        return function if isinstance(function, FunctionFacts) else None

    @property
    def parameters(self) -> tuple[PageField, ...]:
        """The parameters that its docstring describes."""
        function = self._function
        given = function.parameters if function is not None else ()
        types = {one.name: (one.annotation, one.default or "") for one in given}
        return self._fields(self._doc.parameters, types)

    @property
    def returns(self) -> PageField | None:
        """What it returns, as its docstring has it."""
        return self._result(self._doc.returns)

    @property
    def yields(self) -> PageField | None:
        """What it yields, as its docstring has it."""
        return self._field(self._doc.yields) if self._doc.yields is not None else None

    def _result(self, field: DocField | None) -> PageField | None:
        function = self._function
        return self._field(field, function.returns if function is not None else "") if field is not None else None

    @property
    def raises(self) -> tuple[PageField, ...]:
        """The exceptions that its docstring names."""
        return tuple(self._raise(one) for one in self._doc.raises)

    def _raise(self, one: DocField) -> PageField:
        text = blocks_in_list(one.description, self._resolve)
        return PageField(self._type(one.name), Markdown(""), Markdown(""), text)

    @property
    def attributes(self) -> tuple[PageField, ...]:
        """The attributes that its docstring describes, with the others that its code declares."""
        declared = {one.name: one for one in self._item.members if one.kind == "attribute"}
        facts = self._item.facts
        known = facts.fields if isinstance(facts, ClassFacts) else ()
        types = {one.name: (one.annotation, default_of(one.value)) for one in known}
        told = self._fields(self._doc.attributes, types)
        names = {one.name for one in (*self._doc.attributes, *self._doc.parameters)}
        rest = (DocField(name, item.text) for name, item in declared.items() if name not in names)
        return (*told, *self._fields(tuple(rest), types))

    @cached_property
    def members(self) -> tuple[PageItem, ...]:
        """The public methods, properties and classes of a class; of special methods those that people documented."""
        inner = (one for one in self._item.members if has_heading(one))
        return tuple(PageItem(self._around, one, f"{self.name}.{one.name}", self.path) for one in inner)

    @property
    def specials(self) -> tuple[Markdown, ...]:
        """The names of the other special methods, such as `__eq__`; the constructor is in the signature."""
        rest = (one for one in self._item.members if one.kind != "attribute" and not has_heading(one))
        return tuple(code(one.name) for one in rest if one.name != INIT)

    @property
    def inherited(self) -> tuple[tuple[Markdown, tuple[Markdown, ...]], ...]:
        """Public members that it has from classes of the package: each class, and the members' names."""
        found: dict[SymbolKey, list[Markdown]] = {}
        for name, base in self._around.material.package.inherited(Home(*self._key)):
            found.setdefault(SymbolKey(*base), []).append(code(name))
        return tuple((self._around.shown(base), tuple(names)) for base, names in found.items())

    @property
    def facts(self) -> Facts | None:
        """What its code says; None for an attribute."""
        return self._item.facts

    @property
    def base_names(self) -> tuple[str, ...]:
        """The base classes, as they are written."""
        return self._item.bases

    @property
    def base_keys(self) -> tuple[SymbolKey, ...]:
        """The classes of the package that it is derived from."""
        return tuple(SymbolKey(*one) for one in self._around.material.package.bases(Home(*self._key)))

    @property
    def key(self) -> SymbolKey:
        """Where it is defined."""
        return self._key


def default_of(value: str) -> str:
    """What a field of a class begins with: its value, or what `field(...)` and the like are told to give it."""
    call = _CALLED.match(value)
    if call is None:
        return value
    try:
        made = ast.parse(value, mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return value
    told = {one.arg: ast.unparse(one.value) for one in made.keywords} if isinstance(made, ast.Call) else {}
    factory = told.get("default_factory") or told.get("factory")
    return told.get("default") or (f"{factory}()" if factory else "")


def has_heading(item: Item) -> bool:
    """Whether a member of a class is described under a heading of its own."""
    is_special = item.name.startswith("__") and item.name.endswith("__")
    return item.kind != "attribute" and (not is_special or bool(item.text))


def indented(text: str) -> str:
    """Code one level further in."""
    return "\n".join(f"    {line}" for line in text.split("\n"))
