"""What names mean in a package: which module, class, function or attribute a name stands for, through all imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, NamedTuple

from glossator.syntax.items import Item, is_public_name
from glossator.syntax.statements import CERTAIN
from glossator.syntax.surface import Surface

MAX_HOPS: Final = 40  # imports that lead on to other imports, bases that have bases
MAX_NESTED: Final = 4  # bases that are found through the bases of others: `class A(B.C)`
MAX_BASES: Final = 200  # of one class, those of bases among them


class Home(NamedTuple):
    """Where something is defined: the dotted name of the module, and the path there ("" for the module itself)."""

    module: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.module}.{self.path}" if self.path else self.module


class _Trail:
    """What one search has met: names of modules with what they mean, as far as that is known, and how far it is."""

    __slots__ = ("depth", "met")

    def __init__(self) -> None:
        """Begin a search."""
        self.met: dict[tuple[str, str], Home | None] = {}
        self.depth = 0


class Meanings:
    """Finds what names mean in the modules of a package.

    Imports, stars and bases in circles come to an end: each name of a module is looked at once in a search.
    """

    def __init__(self, modules: Mapping[str, Surface]) -> None:
        """Look at these modules."""
        self._modules = modules
        self._known: dict[tuple[str, str], Home | None] = {}
        self._exports: dict[str, tuple[str, ...] | None] = {}
        self._bases: dict[Home, tuple[Home, ...]] = {}
        self._lines: dict[Home, tuple[Home, ...]] = {}
        self._depth = 0  # of searches for bases within searches for bases

    @cached_property
    def _items(self) -> dict[str, dict[str, Item]]:
        return {name: {item.name: item for item in surface.items} for name, surface in self._modules.items()}

    @cached_property
    def _members(self) -> dict[Home, dict[str, Item]]:
        """The public members of each class."""
        found: dict[Home, dict[str, Item]] = {}
        for module, items in self._items.items():
            stack = list(items.values())
            while stack:
                item = stack.pop()
                if item.kind == "class":
                    found[Home(module, item.dotted)] = {one.name: one for one in item.members}
                    stack.extend(item.members)
        return found

    def classes(self) -> Iterator[Home]:
        """All classes, those within classes among them."""
        yield from self._members

    def item(self, home: Home) -> Item | None:
        """The item at a place; None for a module, and for what is hidden in a class."""
        if "." not in home.path:
            return self._items.get(home.module, {}).get(home.path)
        owner, _, name = home.path.rpartition(".")
        return self._members.get(Home(home.module, owner), {}).get(name)

    def named(self, module: str, name: str, trail: _Trail | None = None) -> Home | None:
        """What one name means in a module."""
        key = module, name
        if key in self._known:
            return self._known[key]
        surface = self._modules.get(module)
        if trail is None:
            trail = _Trail()
        if surface is None or key in trail.met or trail.depth > MAX_HOPS:
            return trail.met.get(key)
        # Asked for while it is being found, `from . import name` means the module.
        trail.met[key] = self._submodule(module, name)
        trail.depth += 1
        found = trail.met[key] = self._named(surface, name, trail)
        trail.depth -= 1
        if not trail.depth:
            # What is found on the way may be cut short, and be something else from another start.
            self._known[key] = found
        return found

    def _named(self, surface: Surface, name: str, trail: _Trail) -> Home | None:
        item = self._items[surface.name].get(name)
        origin = surface.bound.get(name)
        is_imported = origin is not None and (item is None or _is_stronger(surface, item))
        found = self.origin(origin, trail) if origin is not None and is_imported else None
        if found is not None:
            return found
        if item is not None:
            return Home(surface.name, item.dotted)
        return self._submodule(surface.name, name) or (None if origin else self._starred(surface, name, trail))

    def _submodule(self, module: str, name: str) -> Home | None:
        inner = f"{module}.{name}"
        return Home(inner) if inner in self._modules else None

    def _starred(self, surface: Surface, name: str, trail: _Trail) -> Home | None:
        """What a name means that one of the stars of a module may bring; the last of them counts."""
        for star in reversed(surface.stars):
            source = self._modules.get(star)
            if source is not None and self.is_starred(source, name):
                found = self.named(star, name, trail)
                if found is not None:
                    return found
        return None

    def is_starred(self, surface: Surface, name: str) -> bool:
        """Whether `from module import *` brings a name, if the module has it."""
        exports = self.exports(surface.name)
        return name in exports if exports is not None else not name.startswith("_")

    def exports(self, module: str, hops: int = MAX_HOPS) -> tuple[str, ...] | None:
        """The names in `__all__` of a module, those of the lists in it among them; None where it has none."""
        if module in self._exports or module not in self._modules:
            return self._exports.get(module)
        surface = self._modules[module]
        if surface.exports is None or not hops:
            return surface.exports
        self._exports[module] = surface.exports  # while it is being found: lists in a circle
        others = (self.exports(one, hops - 1) or () for one in surface.exports_from)
        names = (*surface.exports, *(name for names in others for name in names))
        found = self._exports[module] = tuple(dict.fromkeys(names))
        return found

    def origin(self, dotted: str, trail: _Trail | None = None) -> Home | None:
        """What an import of an absolute name gives: a name of a module, or a module."""
        owner, _, name = dotted.rpartition(".")
        if owner in self._modules:
            return self.named(owner, name, trail)
        return Home(dotted) if dotted in self._modules else None

    def absolute(self, dotted: str) -> Home | None:
        """What an absolute dotted name means."""
        parts = dotted.split(".")
        for size in range(len(parts), 0, -1):
            module = ".".join(parts[:size])
            if module in self._modules:
                return self.within(Home(module), parts[size:])
        return None

    def within(self, home: Home | None, parts: Iterable[str]) -> Home | None:
        """What the names that follow one another mean, each in what the one before it means."""
        for part in parts:
            if home is None:
                return None
            home = self.named(home.module, part) if not home.path else self.attribute(home, part)
        return home

    def attribute(self, owner: Home, name: str) -> Home | None:
        """The member of a class, its own or an inherited one."""
        if self._depth > MAX_NESTED:
            return None
        self._depth += 1
        try:
            line = self.line(self.followed(owner))
        finally:
            self._depth -= 1
        return next((Home(one.module, f"{one.path}.{name}") for one in line if self._has(one, name)), None)

    def _has(self, owner: Home, name: str) -> bool:
        item = self.item(owner)
        return item is not None and (name in self._members.get(owner, ()) or name in item.hidden)

    def line(self, home: Home) -> tuple[Home, ...]:
        """A class and its bases in the package, in the order in which Python looks for members."""
        found = self._lines.get(home)
        if found is None:
            found = self._lines[home] = self._line(home, {}, MAX_HOPS)
        return found

    def _line(self, home: Home, met: dict[Home, tuple[Home, ...]], depth: int) -> tuple[Home, ...]:
        """The line of a class; `met` are those that are known or being found, `depth` how far up it may go."""
        if home in met or not depth:
            return met.get(home, ())
        met[home] = ()
        bases = self.bases(home)
        lines = [list(line) for base in bases if (line := self._line(base, met, depth - 1))]
        met[home] = (home, *_merged([*lines, list(bases)]))[: MAX_BASES + 1]
        return met[home]

    def bases(self, home: Home) -> tuple[Home, ...]:
        """The bases of a class that the package defines."""
        item = self.item(home)
        if item is None or item.kind != "class":
            return ()
        if home not in self._bases:
            self._bases[home] = ()  # while they are being found: `class A(A.B)`
            names = (base.partition("[")[0].strip() for base in item.bases)
            found = [self.local(home, name) for name in names if name.replace(".", "").isidentifier()]
            found = [self.followed(one) for one in found if one is not None]
            self._bases[home] = tuple(dict.fromkeys(one for one in found if one in self._members and one != home))
        return self._bases[home]

    def followed(self, home: Home) -> Home:
        """What an attribute is another name for, as far as the package has it; anything else is itself."""
        for _ in range(MAX_HOPS):
            item = self.item(home)
            found = self.local(home, item.alias_of) if item is not None and item.alias_of else None
            if found is None or found == home:
                break
            home = found
        return home

    def local(self, scope: Home, name: str) -> Home | None:
        """What a dotted name means in the code of a class: a name of the classes around it, or of its module."""
        first, *rest = name.split(".")
        owner = scope.path.rpartition(".")[0]
        while owner:
            item = self.item(Home(scope.module, owner))
            if item is not None and item.member(first) is not None:
                return self.within(Home(scope.module, f"{owner}.{first}"), rest)
            owner = owner.rpartition(".")[0]
        return self.within(self.named(scope.module, first), rest)


def _is_stronger(surface: Surface, item: Item) -> bool:
    """Whether a name means what is imported by it, not what is defined.

    The surer one counts; of two that are certain the later, as in Python, else the earlier.
    """
    doubt = surface.doubts[item.name]
    is_earlier = surface.places[item.name] < item.offset
    return is_earlier != (doubt == CERTAIN) if doubt == item.doubt else doubt < item.doubt


def _merged(lines: list[list[Home]]) -> list[Home]:
    """Lines of bases as one line (C3, as Python has it); where that cannot be, each in the order of its first place."""
    whole = list(dict.fromkeys(one for line in lines for one in line))
    merged: list[Home] = []
    lines = [line for line in lines if line]
    while lines:
        behind = {one for line in lines for one in line[1:]}
        first = next((line[0] for line in lines if line[0] not in behind), None)
        if first is None:
            return whole
        merged.append(first)
        lines = [rest for line in lines if (rest := [one for one in line if one != first])]
    return merged


def is_public_module(name: str) -> bool:
    """Whether a module is meant to be imported by users: no part behind the first has a leading underscore."""
    return all(not part.startswith("_") for part in name.split(".")[1:]) and is_public_name(name)
