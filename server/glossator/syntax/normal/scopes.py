"""Which names of a definition are its own: Python's scoping rules, as far as a consistent renaming needs them.

The walk of `normal_form` binds names in scopes and leaves a `Name` wherever one is used; `renamed` then replaces the
locals and parameters by the order of their first appearance. When in doubt a name is kept: two definitions
that differ in more than a consistent renaming must never look equal.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator

# Whoever calls one of these can see the names of locals.
_INTROSPECTION = frozenset(b"\x03%s\x00" % name for name in (b"locals", b"eval", b"exec"))
INTROSPECTION_WITHOUT_ARGUMENTS = frozenset((b"\x03vars\x00", b"\x03dir\x00"))
_DEEPEST = 100


class ScopeKind(enum.Enum):
    """How a scope treats the names that are bound in it."""

    OUTER = "outside of any function: names are visible to others and kept"
    CLASS = "a class body: names are attributes, kept, and invisible to the functions in it"
    FUNCTION = "a function or lambda: names are its own"
    COMPREHENSION = "a comprehension: as a function, but `:=` binds outside"


class Region:
    """What is known of one outermost definition while it is walked: the names that must be kept, and why."""

    __slots__ = ("calls", "functions", "is_opaque", "own_name", "pinned")

    def __init__(self) -> None:
        """Start with nothing pinned."""
        self.pinned: set[bytes] = set()
        self.calls: list[tuple[Name | bytes, bytes]] = []
        self.functions: list[Scope] = []  # those of nested functions and lambdas
        self.own_name = b""
        self.is_opaque = False


class Scope:
    """One scope: the names bound in it, and the scope around it."""

    __slots__ = ("bound", "depth", "has_clause", "kind", "parent", "region")

    def __init__(self, kind: ScopeKind, parent: Scope | None) -> None:
        """Open a scope inside `parent`; without one it is the outermost of a new region."""
        self.kind = kind
        self.parent = parent
        self.region: Region = parent.region if parent else Region()
        self.bound: set[bytes] = set()
        self.has_clause = False
        self.depth: int = parent.depth + 1 if parent else 0
        if self.depth > _DEEPEST:
            # Look-ups climb the chain: without a bound, hostile nesting would cost the square of its depth.
            self.region.is_opaque = True

    @property
    def is_private(self) -> bool:
        """Whether the names bound here are nobody else's business."""
        return self.kind in (ScopeKind.FUNCTION, ScopeKind.COMPREHENSION)

    @property
    def is_inside_function(self) -> bool:
        """Whether names here can be locals of a function."""
        scope: Scope | None = self
        while scope is not None and scope.kind is ScopeKind.CLASS:
            scope = scope.parent
        return scope is not None and scope.kind is not ScopeKind.OUTER

    def owner(self, name: bytes) -> Scope | None:
        """The scope that a use of `name` in this one refers to, None if it is outside."""
        if name in self.bound:
            return self
        scope = self.parent
        while scope is not None:
            if scope.kind is not ScopeKind.CLASS and name in scope.bound:
                return scope
            scope = scope.parent
        return None


Name = tuple[bytes, Scope]
Member = tuple[bytes, bytes]  # the exact and the alpha digest of a nested definition
Entry = bytes | Name | Member


def exact(entries: Iterable[Entry]) -> bytes:
    """The normal form with every name as it is."""
    return b"".join([entry if isinstance(entry, bytes) else entry[0] for entry in entries])


def renamed(entries: list[Entry], region: Region) -> bytes:
    """The normal form with the region's own names replaced by the order of their first appearance."""
    return b"".join(written(entries, region))


def written(entries: list[Entry], region: Region) -> list[bytes]:
    """The parts of `renamed`, one for each entry."""
    return list(numbered(entries, identities(entries, region), {}))


Local = tuple[bytes, Scope]  # a name, and the scope that it is bound in
Identities = dict[Name | Member, bytes | Local]


def identities(entries: list[Entry], region: Region) -> Identities:
    """What each name and member is: a code that stands for it anywhere, or a local.

    Where the code can see the names of its locals, none is one.
    """
    named = dict.fromkeys(entry for entry in entries if not isinstance(entry, bytes))
    found = None if region.is_opaque else _locals(named, region)
    if found is not None:
        return found
    return {entry: entry[1] if isinstance(entry[1], bytes) else entry[0] for entry in named}


def _locals(named: Iterable[Name | Member], region: Region) -> Identities | None:
    """What each is; None where one of them shows the names of locals."""
    kept = region.pinned.union(_keywords_of_own_calls(region))
    found: Identities = {}
    for entry in named:
        name, scope = entry
        if isinstance(scope, bytes):
            found[entry] = scope
            continue
        owner = scope.owner(name)
        if owner is None and name in _INTROSPECTION:
            return None
        is_kept = owner is None or not owner.is_private or name in kept or _is_dunder(name)
        found[entry] = name if is_kept or owner is None else (name, owner)
    return found


def numbered(entries: Iterable[Entry], found: Identities, slots: dict[Local, bytes]) -> Iterator[bytes]:
    """The entries as bytes, each local by its number; `slots` has those that were numbered before, and gets the rest.

    They are numbered in the order of their first appearance.
    """
    for entry in entries:
        code = entry if isinstance(entry, bytes) else found[entry]
        if isinstance(code, bytes):
            yield code
        else:
            slot = slots.get(code)
            if slot is None:
                slot = slots[code] = b"\x0b%d\x00" % len(slots)
            yield slot


def _keywords_of_own_calls(region: Region) -> Iterator[bytes]:
    """Keyword names at calls of the region's own functions: renaming such a parameter would not be consistent."""
    for callee, keyword in region.calls:
        name, scope = (callee, None) if isinstance(callee, bytes) else callee
        if name == region.own_name:
            yield keyword
        elif scope is not None and scope.owner(name) is not None:
            # It may be a function of ours under this or another name.
            yield from {keyword for function in region.functions if keyword in function.bound}


def _is_dunder(name: bytes) -> bool:
    """Whether an encoded name has a meaning by its spelling (`__tracebackhide__`)."""
    return name.startswith(b"\x03__") and name.endswith(b"__\x00")
