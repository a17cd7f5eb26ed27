"""What a package offers to those who import from it, and what names mean there.

Made of the surfaces of its files alone; what other packages define is named, not looked up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from glossator.model import FunctionFacts
from glossator.syntax.items import MACHINERY, Item, is_public_name
from glossator.syntax.meanings import MAX_HOPS, Home, Meanings, is_public_module
from glossator.syntax.surface import Surface

# Functions by which a module is put together.
_HOOKS: Final = MACHINERY | {"__getattr__", "__dir__"}
_NAME: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class Offer:
    """A name that users may import from a module: what it stands for, and where that is defined.

    Of what another package defines, or what cannot be seen in the source, the item is an attribute with the label
    "imported" or "dynamic".
    """

    name: str
    item: Item
    home: Home

    @property
    def is_foreign(self) -> bool:
        """Whether the package does not define it itself, as far as can be seen."""
        return "imported" in self.item.labels or "dynamic" in self.item.labels


class Package:
    """A package, or a single module: its modules by their dotted names."""

    def __init__(self, name: str, modules: Mapping[str, Surface]) -> None:
        """Look at these modules; nothing is worked out before it is asked for."""
        self.name = name
        self.modules = dict(sorted(modules.items()))
        self._offers: dict[str, tuple[Offer, ...]] = {}
        self._places: dict[str, Mapping[str, int]] = {}

    def __reduce__(self) -> tuple[type[Package], tuple[str, dict[str, Surface]]]:
        """What is sent to another process: the modules, without what follows from them."""
        return Package, (self.name, self.modules)

    @cached_property
    def _meanings(self) -> Meanings:
        return Meanings(self.modules)

    @cached_property
    def public_modules(self) -> tuple[str, ...]:
        """The modules that users may import."""
        return tuple(name for name in self.modules if name == self.name or is_public_module(name))

    def offers(self, module: str) -> tuple[Offer, ...]:
        """What users may import from a module, in the order of its `__all__`, else of its source.

        Without `__all__` that is what it defines under a public name, what it imports `as` itself, and in a package
        what it imports from the package under a public name. Submodules are not among it. Raises KeyError for an
        unknown module.
        """
        found = self._offers.get(module)
        if found is None:
            surface = self.modules[module]
            said = self._meanings.exports(module)
            names = said if said is not None and surface.is_whole else (*(said or ()), *self._names(surface))
            offers = (
                self._offer(surface, name, is_said=name in (said or surface.renewed)) for name in dict.fromkeys(names)
            )
            found = self._offers[module] = tuple(one for one in offers if one is not None)
        return found

    def _names(self, surface: Surface) -> Iterable[str]:
        """The names that a module without `__all__` offers, in source order."""
        found = self._brought(surface) if self._is_gate(surface) else _own(surface)
        return (name for name in found if is_public_name(name) or name in surface.renewed)

    def _brought(self, surface: Surface, hops: int = MAX_HOPS) -> Mapping[str, int]:
        """The names that a module defines or has from the package, with the places where it gets them, in order."""
        found = self._places.get(surface.name)
        if found is not None or not hops:
            return found or _own(surface)
        self._places[surface.name] = _own(surface)  # while it is being found: stars in a circle
        root = self.name.partition(".")[0]
        ours = {name for name, origin in surface.bound.items() if origin.partition(".")[0] == root}
        places = {name: surface.places[name] for name in ours} | dict(_own(surface))
        for star in surface.stars:
            for name in self._starred(star, hops - 1):
                places.setdefault(name, surface.places["*"])
        ordered = self._places[surface.name] = dict(sorted(places.items(), key=lambda one: (one[1], one[0])))
        return ordered

    def _starred(self, module: str, hops: int) -> Iterable[str]:
        """The names that `from module import *` brings."""
        source = self.modules.get(module)
        if source is None:
            return ()
        names = self._meanings.exports(module)
        return (
            names if names is not None else (name for name in self._brought(source, hops) if not name.startswith("_"))
        )

    @staticmethod
    def _is_gate(surface: Surface) -> bool:
        """Whether users import from a file what others define: an `__init__.py`."""
        return surface.is_package and not surface.is_stub

    def _offer(self, surface: Surface, name: str, *, is_said: bool) -> Offer | None:
        home = self._meanings.named(surface.name, name)
        item = self._meanings.item(home) if home is not None and home.path else None
        if home is not None and item is not None:
            return Offer(name, item, home)
        if not is_said or home is not None:
            return None
        return _foreign(name, surface.bound.get(name), surface.name)

    def item(self, home: Home) -> Item | None:
        """What is defined at a place; None for a module, and for a private member of a class."""
        return self._meanings.item(home)

    @cached_property
    def _pages(self) -> dict[Home, Home]:
        """Of each module and top-level thing that is offered, where users import it from."""
        found: dict[Home, Home] = {}
        # The shortest path, of equally short ones the first by name: a module comes before those in it.
        for module in sorted(self.public_modules, key=lambda name: (name.count("."), name)):
            found.setdefault(Home(module), Home(module))
            for offer in self.offers(module):
                found.setdefault(offer.home, Home(module, offer.name))
        return found

    def page_home(self, home: Home) -> Home | None:
        """The public module from which users import something, and its path there; None where they are not to."""
        first, dot, rest = home.path.partition(".")
        page = self._pages.get(Home(home.module, first))
        if page is None or not dot:
            return page
        return Home(page.module, f"{page.path}.{rest}") if self.item(home) is not None else None

    def placed(self, module: str) -> tuple[Offer, ...]:
        """What a module offers and is the page home of: each thing of the package stands in one module's."""
        return tuple(one for one in self.offers(module) if self._pages.get(one.home) == Home(module, one.name))

    def resolve(self, name: str, scope: Home) -> Home | None:
        """What a name means as one writes it in a docstring of `scope`: a module, or a class or function in one.

        `Feed`, `Feed.merge`, `merge` and `self.merge` in a docstring of `Feed`, `package.Feed`, with `()` behind and
        `~` before it. A parameter of the function means nothing here.
        """
        written = name.strip().lstrip("~!.").removesuffix("()")
        if not _NAME.fullmatch(written):
            return None
        item = self.item(scope)
        if item is not None and isinstance(item.facts, FunctionFacts):
            first, _, rest = written.partition(".")
            if first == item.facts.receiver:
                owner = Home(scope.module, scope.path.rpartition(".")[0])
                return self._meanings.within(owner, rest.split(".")) if rest else None
            if first in (one.name for one in item.facts.parameters):
                return None
        return self._near(written, scope) or self._meanings.absolute(written) or self._offered(written)

    def _near(self, name: str, scope: Home) -> Home | None:
        """What a name means in the classes around a place, or in its module."""
        first, *rest = name.split(".")
        path = scope.path
        while path:
            around = Home(scope.module, path)
            found = self._meanings.within(around, (first, *rest)) if self._is_class(around) else None
            if found is not None:
                return found
            path = path.rpartition(".")[0]
        return self._meanings.within(self._meanings.named(scope.module, first), rest)

    def _is_class(self, home: Home) -> bool:
        item = self.item(home)
        return item is not None and item.kind == "class"

    def _offered(self, name: str) -> Home | None:
        """What a name means that the package itself offers, or that one thing alone has: a class, or a dotted name."""
        first, *rest = name.split(".")
        own = self.offers(self.name) if self.name in self.modules else ()
        found = {offer.home for offer in own if offer.name == first}
        if not found and (rest or first[:1].isupper()):
            found = set(self._by_name.get(first, ()))
        return self._meanings.within(found.pop(), rest) if len(found) == 1 else None

    @cached_property
    def _by_name(self) -> dict[str, set[Home]]:
        """What is offered anywhere, by name."""
        found: defaultdict[str, set[Home]] = defaultdict(set)
        for home, page in self._pages.items():
            if page.path:
                found[page.path].add(home)
        return found

    def import_edges(self) -> tuple[tuple[str, str], ...]:
        """Which module of the package imports which other one when it runs: (importer, imported), sorted."""
        edges: set[tuple[str, str]] = set()
        for name, surface in self.modules.items():
            for one in surface.sources:
                inner = f"{one.module}.{one.name}"
                target = inner if one.name and inner in self.modules else one.module
                if not one.is_typing and target in self.modules and target != name:
                    edges.add((name, target))
        return tuple(sorted(edges))

    def bases(self, home: Home) -> tuple[Home, ...]:
        """The bases of a class that the package defines."""
        return self._meanings.bases(home)

    def ancestors(self, home: Home) -> tuple[Home, ...]:
        """The bases of a class and theirs, in the order in which Python looks for members."""
        return self._meanings.line(home)[1:]

    @cached_property
    def _subclasses(self) -> dict[Home, tuple[Home, ...]]:
        found: defaultdict[Home, list[Home]] = defaultdict(list)
        for home in sorted(self._meanings.classes()):
            for base in self.bases(home):
                found[base].append(home)
        return {base: tuple(classes) for base, classes in found.items()}

    def subclasses(self, home: Home) -> tuple[Home, ...]:
        """The classes of the package that name a class as a base, sorted."""
        return self._subclasses.get(home, ())

    def inherited(self, home: Home) -> tuple[tuple[str, Home], ...]:
        """The public members that a class has from its bases in the package: each name, and the class it is from."""
        own = self.item(home)
        if own is None:
            return ()
        seen = {one.name for one in own.members} | set(own.hidden)
        found: list[tuple[str, Home]] = []
        for base in self.ancestors(home):
            item = self.item(base)
            members = item.members if item is not None else ()
            found += [(one.name, base) for one in members if one.name not in seen]
            seen.update(one.name for one in members)
        return tuple(found)


def _own(surface: Surface) -> Mapping[str, int]:
    """The names that a module defines, or imports for its users, with their places, in order."""
    places = {name: surface.places[name] for name in surface.renewed}
    for item in surface.items:
        if item.name not in _HOOKS:
            places.setdefault(item.name, item.offset)
    return dict(sorted(places.items(), key=lambda one: (one[1], one[0])))


def _foreign(name: str, origin: str | None, module: str) -> Offer:
    """What a module offers though the package does not define it, as far as can be seen."""
    labels, signature, home = ("dynamic",), name, Home(module, name)
    if origin is not None:
        source, _, original = origin.rpartition(".")
        alias = "" if original == name else f" as {name}"
        labels = ("imported",)
        signature = f"from {source} import {original}{alias}" if source else f"import {original}{alias}"
        home = Home(source, original) if source else Home(origin)
    item = Item(name, name, "attribute", signature, "", 1, None, "", labels)
    return Offer(name, item, home)
