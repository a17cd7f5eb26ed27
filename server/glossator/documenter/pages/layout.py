"""Which sections stand on which page, in which order, and where everything that has a heading is found."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from glossator.docstring.pages.markdown import Markdown, code, escaped
from glossator.docstring.pages.slugs import Slugs
from glossator.documenter.pages.items import has_heading
from glossator.documenter.pages.material import MODULE, SymbolKey
from glossator.syntax.meanings import Home

if TYPE_CHECKING:
    from glossator.syntax.items import Item
    from glossator.syntax.package import Offer, Package

ITEM_BLOCKS: Final = ("module", "class", "function", "attributes")
"""The blocks that a page has once for each of them; any other stands once."""
DEEPEST: Final = 6


class Entry(NamedTuple):
    """One section: its id, the block that it is rendered with, and what that is about (None: the page)."""

    id: str
    block: str
    key: SymbolKey | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a heading stands: the page's file, its fragment there, and the heading itself."""

    file: str
    slug: str
    heading: Markdown


class Place(NamedTuple):
    """A heading, and the target of a link to it from one page."""

    heading: Markdown
    target: str


class Named(NamedTuple):
    """An item, the module that it is described with, and the name that it has on the pages."""

    module: str
    name: str
    item: Item


@dataclass(slots=True)
class PageFile:
    """One file: its name, and its sections in order."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    slugs: Slugs = field(default_factory=Slugs)


@dataclass(slots=True)
class Layout:
    """All pages that are made together.

    `offers` are the items of each module that are described with it, `slugs` the anchors of symbols on each page.
    """

    package: Package
    files: list[PageFile] = field(default_factory=list)
    anchors: dict[SymbolKey, Anchor] = field(default_factory=dict)
    offers: dict[str, tuple[Offer, ...]] = field(default_factory=dict)
    named: dict[SymbolKey, Named] = field(default_factory=dict)
    slugs: dict[str, set[str]] = field(default_factory=dict)

    def place(self, key: SymbolKey, file: str) -> Place | None:
        """A symbol's heading, and how one page links to it; None where no page describes it."""
        anchor = self._anchor(key)
        if anchor is None:
            return None
        path = "" if anchor.file == file else posixpath.relpath(anchor.file, posixpath.dirname(file) or ".")
        return Place(
            anchor.heading if anchor.heading and key in self.anchors else Markdown(""), f"{path}#{anchor.slug}"
        )

    def link(self, name: str, scope: tuple[str, str], file: str) -> str | None:
        """The target for a name as it is written in a module, or a class of it (path)."""
        home = self.package.resolve(name, Home(*scope))
        place = self.place(SymbolKey(home.module, home.path or MODULE), file) if home is not None else None
        return place.target if place is not None else None

    def _anchor(self, key: SymbolKey) -> Anchor | None:
        """The heading of a symbol; where it has none, that of the class around it."""
        found, path = self.anchors.get(key), key.path
        while found is None and path:
            path = path.rpartition(".")[0]
            found = self.anchors.get(SymbolKey(key.module, path)) if path else None
        return found

    def name(self, key: SymbolKey, otherwise: str) -> str:
        """The name that an item has on the pages."""
        named = self.named.get(key)
        return named.name if named is not None else otherwise

    def described(self, modules: Iterable[str]) -> None:
        """Decide for each symbol in which of these modules it is described: where users would import it from."""
        self.offers = {module: self.package.placed(module) for module in modules}

    def add(self, file: PageFile, blocks: Sequence[str], modules: Sequence[str], level: int) -> None:
        """Add a page with these of a template's blocks; those of items for the items of some modules."""
        self.files.append(file)
        is_qualified = len(modules) > 1
        is_done = False
        for block in blocks:
            if block not in ITEM_BLOCKS:
                file.entries.append(Entry(block, block))
            elif not is_done:
                is_done = True
                for module in modules:
                    self._add_module(file, module, (level, is_qualified), [one for one in blocks if one in ITEM_BLOCKS])

    def _add_module(self, file: PageFile, module: str, how: tuple[int, bool], blocks: Sequence[str]) -> None:
        level, is_qualified = how
        if "module" in blocks:
            key = SymbolKey(module, MODULE)
            file.entries.append(Entry(module, "module", key))
            self._anchored(file, key, (module, "", "module"), level)
        for offer in self.offers.get(module, ()):
            name = f"{module}.{offer.name}" if is_qualified else offer.name
            key = SymbolKey(*offer.home)
            self.named[key] = Named(module, name, offer.item)
            if offer.item.kind in blocks:
                file.entries.append(Entry(f"{module}.{offer.name}", offer.item.kind, key))
                self._add_item(file, (key, name), offer.item, level + 1)
        attributes = [one for one in self.offers.get(module, ()) if one.item.kind == "attribute"]
        if "attributes" in blocks and attributes:
            key = SymbolKey(module, "")
            title = f"{module}: names" if is_qualified else "Names"
            file.entries.append(Entry(f"{module}:attributes", "attributes", key))
            anchor = self._anchored(file, key, ("", title, "names"), level + 1)
            for offer in attributes:
                self.anchors.setdefault(SymbolKey(*offer.home), Anchor(anchor.file, anchor.slug, Markdown("")))

    def _add_item(self, file: PageFile, named: tuple[SymbolKey, str], item: Item, level: int) -> None:
        key, name = named
        self._anchored(file, key, (*_title(item.kind, name), item.kind), level)
        for member in item.members if item.kind == "class" else ():
            if has_heading(member):
                inner = SymbolKey(key.module, member.dotted)
                self._add_item(file, (inner, f"{name}.{member.name}"), member, level + 1)

    def _anchored(self, file: PageFile, key: SymbolKey, title: tuple[str, str, str], level: int) -> Anchor:
        """Give a symbol a heading: a word, a name as code and, where another heading has the anchor, its kind."""
        name, word, kind = title
        plain = " ".join(filter(None, (word, name)))
        text, slug = file.slugs.heading(plain, kind)
        parts = [escaped(word) if word else "", code(name) if name else "", escaped(text[len(plain) :].strip())]
        heading = Markdown(f"{'#' * min(level, DEEPEST)} {' '.join(filter(None, parts))}")
        anchor = Anchor(file.name, slug, heading)
        self.anchors[key] = anchor
        self.slugs.setdefault(file.name, set()).add(slug)
        return anchor


def _title(kind: str, name: str) -> tuple[str, str]:
    """The name of an item as a heading has it, and the word before it."""
    if kind == "class":
        return name, "class"
    return (f"{name}()", "") if kind in ("function", "method") else (name, "")


def single(package: Package, blocks: Sequence[str], name: str, modules: Sequence[str]) -> Layout:
    """All on one page."""
    layout = Layout(package)
    layout.described(modules)
    layout.add(PageFile(name), blocks, modules, 2)
    return layout


def folder(package: Package, blocks: Sequence[str], modules: Sequence[str]) -> Layout:
    """A page for each module, and one called index.md with what stands once."""
    layout = Layout(package)
    layout.described(modules)
    layout.add(PageFile("index.md"), [one for one in blocks if one not in ITEM_BLOCKS], (), 1)
    inner = [one for one in blocks if one in ITEM_BLOCKS]
    for module in modules:
        layout.add(PageFile(f"{module}.md"), inner, (module,), 1)
    return layout


def entries(layout: Layout) -> Iterator[tuple[PageFile, Entry]]:
    """All sections of all pages."""
    return ((file, entry) for file in layout.files for entry in file.entries)
