"""The sections of pages: rendered as they are known so far, with what they depend on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from glossator.documenter.pages.items import PageItem, Surroundings
from glossator.documenter.pages.material import MODULE, SymbolKey
from glossator.documenter.pages.modules import PageModule
from glossator.documenter.pages.package import PagePackage

if TYPE_CHECKING:
    from glossator.docstring.pages.templates import PageTemplate
    from glossator.documenter.pages.layout import Entry, Layout, PageFile
    from glossator.documenter.pages.material import Material
    from glossator.syntax.items import Item

_FENCE: Final = re.compile(r" *(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Section:
    """One section before anybody is asked: its text with tokens, and the digest of what it depends on."""

    file: PageFile
    entry: Entry
    skeleton: str

    @property
    def id(self) -> str:
        """What its markers call it."""
        return self.entry.id

    @property
    def facts(self) -> str:
        """The digest of all that the section shows; what nobody wrote counts by the code that it is about."""
        return hashlib.blake2b(self.skeleton.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(slots=True)
class Book:
    """All pages of a run: what they are made from, where everything stands, and how sections are rendered.

    `main` is the module that a page of one module is about; `extra` is what templates see beside the package. It
    `is_partial` where some code could not be read.
    """

    material: Material
    layout: Layout
    template: PageTemplate
    main: str
    extra: Mapping[str, object] = field(default_factory=dict)
    is_partial: bool = False

    def sections(self, file: PageFile) -> Iterator[Section]:
        """The sections of a page; those that have nothing to say are none."""
        for entry in file.entries:
            text = self.render(file, entry)
            if text:
                yield Section(file, entry, text)

    def render(self, file: PageFile, entry: Entry) -> str:
        """The text of a section, as far as its docs are known; "" where it has nothing to say."""
        modules = partial(self.module, file)
        package = PagePackage(self.material.package, modules, tuple(self.layout.offers))
        data: dict[str, object] = {"package": package, "module": self.module(file, self.main), **self.extra}
        if entry.key is not None:
            data |= self._about(file, entry.key)
        return tidy(self.template.render(entry.block, data))

    def _about(self, file: PageFile, key: SymbolKey) -> dict[str, object]:
        """What the section of one item sees."""
        if key.path in (MODULE, ""):
            module, place = self.module(file, key.module), self.layout.place(key, file.name)
            return {"module": module, "item": module, "heading": place.heading if place is not None else ""}
        named = self.layout.named[key]
        return {"item": self._item(file, key, named.item), "module": self.module(file, named.module)}

    def module(self, file: PageFile, name: str) -> PageModule:
        """A module as one page shows it."""

        def items() -> tuple[PageItem, ...]:
            offers = self.layout.offers.get(name, ())
            return tuple(self._item(file, SymbolKey(*one.home), one.item) for one in offers)

        return PageModule(self._around(file, name), self.material.package.modules[name], items)

    def _item(self, file: PageFile, key: SymbolKey, item: Item) -> PageItem:
        return PageItem(self._around(file, key.module), item, self.layout.name(key, item.name))

    def _around(self, file: PageFile, module: str) -> Surroundings:
        layout = self.layout
        return Surroundings(
            self.material,
            module,
            lambda key: layout.place(key, file.name),
            lambda name, scope: layout.link(name, (module, scope), file.name),
        )


def tidy(text: str) -> str:
    """A text without blank lines at its ends, and with one where several stand in a row; blocks of code stay."""
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark is not None and (not fence or (mark[1].startswith(fence) and not line.strip(" `~"))):
            fence = "" if fence else mark[1]
        if fence or line.strip() or (lines and lines[-1]):
            lines.append(line if fence else line.rstrip())
    return "\n".join(lines).strip("\n")
