"""What a file offers: the items that it defines, what it says that it exports, and where its other names come from.

Static: nothing is imported or run. Strings and numbers only, so that worker processes can send it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from glossator.errors import SourceError
from glossator.syntax.context import ContextReader
from glossator.syntax.docstrings import text_of
from glossator.syntax.document import Document, decode
from glossator.syntax.exports import ALL, exports_in
from glossator.syntax.imports import EVERYTHING, PlacedImport, dotted, placed_imports
from glossator.syntax.items import Item, ItemReader
from glossator.syntax.statements import UNLIKELY, statements
from glossator.syntax.symbols import MODULE_PATH, Outline


class Source(NamedTuple):
    """A module that is imported, the name that is taken from it ("" for none or all), and for whom."""

    module: str
    name: str
    is_typing: bool


@dataclass(frozen=True, slots=True)
class Surface:
    """What one file offers.

    `exports` are the names that `__all__` has for certain (None: there is none), `exports_from` the modules whose
    `__all__` is in it, too; `is_whole` is False where more is in it that cannot be read. `bound` has the absolute
    origin of each imported name, `renewed` those that are imported `as` themselves, `stars` the modules that all names
    are imported from, `sources` all that is imported. `places` are the offsets of the imports of `bound`, `doubts`
    say how sure it is that one of them runs (`statements`).
    """

    name: str
    file: str
    text: str = ""
    is_package: bool = False
    exports: tuple[str, ...] | None = None
    exports_from: tuple[str, ...] = ()
    is_whole: bool = True
    items: tuple[Item, ...] = ()
    bound: Mapping[str, str] = field(default_factory=dict)
    renewed: frozenset[str] = frozenset()
    stars: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)
    doubts: Mapping[str, int] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def is_stub(self) -> bool:
        """Whether it is a stub file."""
        return self.file.endswith(".pyi")

    @property
    def imports(self) -> tuple[str, ...]:
        """The modules that it imports when it runs, but for what functions import."""
        return _unique(one.module for one in self.sources if not one.is_typing)

    def item(self, name: str) -> Item | None:
        """The item of a name."""
        return next((one for one in self.items if one.name == name), None)


def surface_of(raw: bytes, name: str, file: str, is_package: bool) -> Surface:
    """What the file of a module offers; `name` is the module's dotted one, `file` what it is found by.

    Broken code gives what can still be recognised. Raises SourceError for a file that is not worked on: it cannot be
    decoded, is too large, or holds a NUL byte.
    """
    text, _ = decode(raw)
    document = Document(file, text)
    if document.declined:
        raise SourceError(f"not worked on, since it {document.declined}")
    return surface_in(ContextReader(Outline(document)), name, is_package)


def surface_in(reader: ContextReader, name: str, is_package: bool) -> Surface:
    """What a file offers that was parsed."""
    outline = reader.outline
    document, items = outline.document, ItemReader(reader)
    # All entries at once: to look for each of many classes level by level takes quadratic time.
    module = outline.entries[MODULE_PATH]
    found = list(statements(document, document.root))
    exports = exports_in(document, found)
    package = name if is_package else name.rpartition(".")[0]
    imported = _Imported(
        package, sorted(placed_imports(document, found), key=lambda one: one.statement.doubt == UNLIKELY)
    )
    return Surface(
        name=name,
        file=document.uri,
        text=text_of(module.symbol.docstring),
        is_package=is_package,
        exports=exports.names if exports is not None else None,
        exports_from=tuple(imported.module_of(one) for one in exports.others) if exports is not None else (),
        is_whole=exports is None or exports.is_whole,
        items=items.module_items(found),
        bound=imported.bound(),
        renewed=imported.renewed(),
        stars=imported.stars(),
        sources=imported.sources(),
        places=imported.places(),
        doubts=imported.doubts(),
        fingerprint=items.fingerprint(module),
    )


_LISTED: Final = f".{ALL}"


@dataclass(frozen=True, slots=True)
class _Imported:
    """The imports of a module, with absolute names; `package` is the one that relative ones start at."""

    package: str
    found: list[PlacedImport]

    def bound(self) -> dict[str, str]:
        """The origin of each name, the first import of it; one that is unlikely comes last."""
        names: dict[str, str] = {}
        for one in self.found:
            if one.what.local != EVERYTHING and (origin := self._origin(one)):
                names.setdefault(one.what.local, origin)
        return names

    def places(self) -> dict[str, int]:
        """Where each name is imported first."""
        names: dict[str, int] = {}
        for one in self.found:
            names.setdefault(one.what.local, one.statement.node.start_byte)
        return names

    def doubts(self) -> dict[str, int]:
        """How sure it is that a name is imported."""
        names: dict[str, int] = {}
        for one in self.found:
            names[one.what.local] = min(one.statement.doubt, names.get(one.what.local, UNLIKELY))
        return names

    def renewed(self) -> frozenset[str]:
        """The names that are imported as themselves, which says that they are meant for users (PEP 484)."""
        return frozenset(one.what.local for one in self.found if one.is_renewed)

    def stars(self) -> tuple[str, ...]:
        """The modules that all names are imported from, the unlikely ones first: the last one counts."""
        found = [one for one in self.found if one.what.local == EVERYTHING]
        return _unique(map(self._module, sorted(found, key=lambda one: one.statement.doubt != UNLIKELY)))

    def sources(self) -> tuple[Source, ...]:
        """All that is imported."""
        found = (
            Source(one.module or self._module(one), one.what.name.strip(EVERYTHING), one.statement.is_typing)
            for one in self.found
        )
        return tuple(dict.fromkeys(one for one in found if one.module))

    def module_of(self, written: str) -> str:
        """The module whose list of exports an expression is."""
        owner = written.removesuffix(_LISTED)
        root, _, rest = owner.partition(".")
        origin = self.bound().get(root, f"{self.package}.{root}" if self.package else root)
        return (f"{origin}.{rest}" if rest else origin).removesuffix(_LISTED)

    def _module(self, one: PlacedImport) -> str:
        return dotted(self.package, one.what.module, one.what.level)

    def _origin(self, one: PlacedImport) -> str:
        module = self._module(one)
        return f"{module}.{one.what.name}" if module and one.what.name else module


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
