"""Modules as templates see them: their docs, what they offer, and how their parts fit together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from glossator.docstring.pages.markdown import Markdown, code, link
from glossator.documenter.pages.items import Documented, PageItem, Surroundings
from glossator.documenter.pages.material import MODULE, SymbolKey
from glossator.documenter.pages.relations import class_tree, enumerated, relations

if TYPE_CHECKING:
    from glossator.syntax.surface import Surface


class PageModule(Documented):
    """A module: its doc, and what users may import from it."""

    def __init__(self, around: Surroundings, surface: Surface, items: Callable[[], tuple[PageItem, ...]]) -> None:
        """Show a module; `items` gives what is described with it."""
        super().__init__(around, MODULE, MODULE, surface.text)
        self._surface = surface
        self._items = items
        self.name: str = surface.name

    @cached_property
    def items(self) -> tuple[PageItem, ...]:
        """What is described with it, in the order of the source."""
        return self._items()

    @property
    def link(self) -> Markdown:
        """Its name as a link to where it is described."""
        shown, place = code(self.name), self._place
        return link(shown, place.target) if place is not None else shown

    def _of(self, kind: str) -> Iterator[PageItem]:
        return (one for one in self.items if one.kind == kind)

    @property
    def classes(self) -> tuple[PageItem, ...]:
        """Its classes."""
        return tuple(self._of("class"))

    @property
    def functions(self) -> tuple[PageItem, ...]:
        """Its functions."""
        return tuple(self._of("function"))

    @property
    def attributes(self) -> tuple[PageItem, ...]:
        """Its constants and other names."""
        return tuple(self._of("attribute"))

    @property
    def title(self) -> Markdown:
        """Its name as code."""
        return code(self.name)

    @property
    def diagram(self) -> Markdown:
        """A diagram of its classes and what they are derived from; "" where none is derived from another."""
        return class_tree([one for one in self.items if one.kind == "class"])

    @property
    def others(self) -> tuple[Markdown, ...]:
        """What it offers and another module describes, as links."""
        package, own = self._around.material.package, {one.key for one in self.items}
        offers = (one for one in package.offers(self.name) if not one.is_foreign)
        return tuple(
            self._around.shown(SymbolKey(one.home.module, one.home.path or MODULE), one.name)
            for one in offers
            if SymbolKey(*one.home) not in own
        )

    @property
    def submodules(self) -> tuple[Markdown, ...]:
        """The public modules right below it, as links."""
        names = self._around.material.package.public_modules
        below = (one for one in names if one.rpartition(".")[0] == self.name)
        return tuple(self._around.shown(SymbolKey(one, MODULE)) for one in below)

    @property
    def relations(self) -> tuple[Markdown, ...]:
        """How its public parts fit together, in sentences that follow from the code."""
        return tuple(relations(self.items))

    @property
    def uses(self) -> Markdown:
        """The modules of its package that it imports, enumerated; "" where there is none."""
        return self._modules(to for at, to in self._around.material.package.import_edges() if at == self.name)

    @property
    def users(self) -> Markdown:
        """The modules of its package that import it, enumerated; "" where there is none."""
        return self._modules(at for at, to in self._around.material.package.import_edges() if to == self.name)

    def _modules(self, names: Iterable[str]) -> Markdown:
        return enumerated([self._around.shown(SymbolKey(one, MODULE)) for one in names])
