"""Slices of a definition: the statements that one part of its documentation depends on, in normal form.

    whole                 all of it
    parameter(name)       its declaration, and each statement that mentions its name
    returned(), yielded() what is returned (which ends what is yielded), the statements that mention the locals in it
                          (of a function that is returned, all of them), and those around, which decide whether they
                          are reached
    raised(name)          the places that raise an exception, each with the statements around it
    attribute(name)       the statement of a class body that assigns it

A statement stands for itself without the blocks in it: `if size > limit:` is a statement here, what is under it are
others. Locals and parameters are numbered anew in each slice, so that equal slices have equal digests wherever they
stand and whatever else is there; the names that stand at the numbers are kept beside.

Cost: one walk as for a fingerprint, and about as much again for the slices of a function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.syntax.fingerprint import digest, fingerprints
from glossator.syntax.languages import grammar
from glossator.syntax.normal.rules import python_rules
from glossator.syntax.normal.scopes import Entry as Code
from glossator.syntax.normal.scopes import Local, Region, exact, identities, numbered, renamed
from glossator.syntax.normal.statements import enter_elif
from glossator.syntax.normal.walk import BLOCK, END, Do, Enter, Normaliser, Rule, opening
from glossator.syntax.symbols import Entry

_DEFINITIONS: Final = ("function_definition", "class_definition", "decorated_definition")
_PARAMETERS: Final = opening("parameters")
_OPEN: Final = b"\x01"
_NAME: Final = b"\x03"
_NEXT: Final = b"\x0e"  # between the statements of a slice


@dataclass(frozen=True, slots=True)
class Slice:
    """Some statements of a definition.

    `digest` is equal for equal statements under other names of locals; `names` are these names by number, `codes` the
    form that the digest is of.
    """

    digest: bytes
    names: tuple[str, ...]
    codes: list[bytes]

    @property
    def mentioned(self) -> frozenset[str]:
        """All other names that stand there."""
        return frozenset(_word(code) for code in set(self.codes) if code[:1] == _NAME)


class _Mark(NamedTuple):
    """A statement: where its entries begin, its kind, and whether no other function is between it and the root."""

    start: int
    kind: str


class _Statement:
    """A statement with its own entries, the statement around it, and how much of that stood before it."""

    __slots__ = ("depth", "entries", "is_inner", "is_root", "kind", "parent", "place", "yields")

    def __init__(self, kind: str, depth: int, parent: _Statement | None) -> None:
        """Open a statement inside `parent`."""
        self.kind = kind
        self.depth = depth
        self.parent = parent
        self.place = len(parent.entries) if parent is not None else 0
        self.entries: list[Code] = []
        self.yields = False
        # The definition itself, with or without its decorators.
        self.is_root: bool = parent is None or (parent.is_root and parent.kind == "decorated_definition")
        # Whether another definition stands around it.
        self.is_inner: bool = parent is not None and (
            parent.is_inner or (parent.kind in _DEFINITIONS and not parent.is_root)
        )


class Slices:
    """The slices of one definition, each made when it is asked for."""

    def __init__(self, entry: Entry, known: dict[int, bytes] | None = None) -> None:
        """Walk a definition; `known` are digests that stand for members of a class, by the start of their nodes."""
        walk = _Marking(entry.document.text)
        if known is not None:
            walk.known = lambda node: (known[node.start_byte],) * 2 if node.start_byte in known else None
        region = walk.scope.region
        walk.walk(entry.outer, _rules())
        self._entries = walk.out
        self._found = identities(walk.out, region)
        self._marks = walk.marks, walk.yields
        self._start = walk.out.index(_PARAMETERS) if _PARAMETERS in walk.out else None
        self.exact = digest(exact(walk.out))

    @cached_property
    def whole(self) -> Slice:
        """The definition itself; its digest is the alpha fingerprint."""
        return self._sliced([self._entries], {})

    @cached_property
    def _body(self) -> list[_Statement]:
        """All statements but the definition itself."""
        return [one for one in _statements(self._entries, *self._marks) if not one.is_root]

    @cached_property
    def _declarations(self) -> list[list[Code]]:
        """The entries of each parameter."""
        return [] if self._start is None else list(_children(self._entries, self._start))

    def parameter(self, name: str) -> Slice:
        """What a parameter's description depends on; `name` is without stars."""
        code = _code(name)
        parts = [part for part in self._declarations if _first_name(part) == code]
        parts += [one.entries for one in self._body if _mentions(one.entries, code)]
        return self._slice(parts)

    def attribute(self, name: str) -> Slice:
        """The statements of a class body that assign an attribute first of all."""
        code = _code(name)
        return self._slice([one.entries for one in self._body if _first_name(one.entries) == code])

    def returned(self) -> Slice:
        """What a result's description depends on."""
        return self._result([one for one in self._own() if one.kind == "return_statement"])

    def yielded(self) -> Slice:
        """What the description of yielded values depends on."""
        return self._result([one for one in self._own() if one.yields or one.kind == "return_statement"])

    def raised(self, name: str) -> Slice:
        """What the description of an exception depends on; all raised ones, where it shows nowhere which is this."""
        code = _code(name.rpartition(".")[2])
        places = [one for one in self._own() if one.kind in ("raise_statement", "assert_statement")]
        meant = [one for one in places if _mentions(one.entries, code)] or places
        return self._slice(_with_guards(meant))

    def _result(self, places: list[_Statement]) -> Slice:
        names = {name for one in places for name in map(self._local, one.entries) if name}
        names.difference_update(map(_first_name, self._declarations))
        if names:
            places = list(self._about(names, places))
        behind = self._entries[_end(self._entries, self._start) if self._start is not None else 0 :]
        annotation = behind[: next((place for place, one in enumerate(behind) if one == BLOCK), 0)]
        return self._slice([annotation, *_with_guards(places)])

    def _about(self, names: set[bytes], places: list[_Statement]) -> Iterator[_Statement]:
        """Some places, and the statements that mention these names; of a definition that does, all statements in it.

        They are in the order in which they stand: what a local is before a `return`, it may not be behind it.
        """
        chosen, defined = set(map(id, places)), set[int]()
        for one in self._body:
            is_part = id(one.parent) in defined
            if is_part or id(one) in chosen or not names.isdisjoint(map(_name_of, one.entries)):
                yield one
                if is_part or one.kind in _DEFINITIONS:
                    defined.add(id(one))

    @staticmethod
    def _local(entry: Code) -> bytes:
        """The name of a local, also of one that keeps its name; empty for any other entry."""
        if isinstance(entry, bytes) or isinstance(entry[1], bytes):
            return b""
        name, scope = entry
        owner = scope.owner(name)
        return name if owner is not None and owner.is_private else b""

    def _own(self) -> Iterator[_Statement]:
        """The statements that are not within another definition."""
        return (one for one in self._body if not one.is_inner)

    def _slice(self, parts: Iterable[list[Code]]) -> Slice:
        parts = list(parts)
        return self._sliced(parts, self._numbers(parts))

    def _sliced(self, parts: list[list[Code]], slots: dict[Local, bytes]) -> Slice:
        pieces: list[bytes] = []
        for part in parts:
            pieces += numbered(part, self._found, slots)
            pieces.append(_NEXT)
        names = tuple(_word(name) for name, _ in slots)
        return Slice(digest(b"".join(pieces[:-1])), names, pieces)

    def _numbers(self, parts: list[list[Code]]) -> dict[Local, bytes]:
        """The numbers of the locals in a slice, in the order in which they appear in the whole definition.

        By their first appearance in the slice alone `f(first, second)` and `f(second, first)` would be equal.
        """
        found = self._found
        met = {found[one] for one in set[Code]().union(*parts) if not isinstance(one, bytes)}
        order = (one for one in self._locals if one in met)
        return {one: b"\x0b%d\x00" % number for number, one in enumerate(order)}

    @cached_property
    def _locals(self) -> dict[Local, None]:
        """The locals of the definition, in the order of their first appearance."""
        found = (self._found[one] for one in dict.fromkeys(self._entries) if not isinstance(one, bytes))
        return dict.fromkeys(one for one in found if not isinstance(one, bytes))


def header_digest(entry: Entry) -> bytes:
    """Digest of a definition without its body: decorators, name, parameters or bases, the result's annotation."""
    walk = Normaliser(entry.document.text, lambda _entries, _region: (b"", b""))
    walk.walk(entry.outer, _header_rules())
    return digest(exact(walk.out))


def outline_digests(members: Iterable[Entry]) -> dict[int, bytes]:
    """What stands for each member where a class or module is seen in outline: its header; of `__init__` all of it."""
    return {
        one.outer.start_byte: fingerprints(one.node, one.document.text).alpha
        if one.name == "__init__" and not one.is_class
        else header_digest(one)
        for one in members
    }


class _Marking(Normaliser):
    """A walk that notes where statements begin."""

    def __init__(self, source: bytes) -> None:
        """Prepare a walk over nodes of `source`; members of classes and modules are digests in it."""
        super().__init__(source, _digests)
        self.marks: list[_Mark] = []
        self.yields: list[int] = []


def _digests(entries: list[Code], region: Region) -> tuple[bytes, bytes]:
    return digest(exact(entries)), digest(renamed(entries, region))


@cache
def _rules() -> dict[int, Rule]:
    """The table of the normal form, with a mark at each statement and each `yield`."""
    python, rules = grammar("python"), python_rules()
    named = {number: kind for number, kind in python.kinds.items() if python.language.node_kind_is_named(number)}
    for number, kind in named.items():
        if kind.endswith("_statement") or kind in _DEFINITIONS:
            rules[number] = Rule(Do.CALL, enter=_marking(rules[number], kind))
        elif kind == "yield":
            rules[number] = Rule(Do.CALL, enter=_marking(rules[number], ""))
        elif kind == "elif_clause":
            rules[number] = Rule(Do.CALL, enter=_marking_elif)
    return rules


@cache
def _header_rules() -> dict[int, Rule]:
    """The table of the normal form, without the blocks."""
    python, rules = grammar("python"), python_rules()
    for number, kind in python.kinds.items():
        if kind == "block" and python.language.node_kind_is_named(number):
            rules[number] = Rule(Do.SKIP)
    return rules


def _marking(rule: Rule, kind: str) -> Enter:
    """What is done at a node by a rule, after a mark; "" is the kind of a `yield`."""

    def enter(walk: Normaliser, node: Node) -> bool:
        assert isinstance(walk, _Marking)
        if kind:
            walk.marks.append(_Mark(len(walk.out), kind))
        else:
            walk.yields.append(len(walk.out))
        if rule.do == Do.CALL and rule.enter is not None:
            return rule.enter(walk, node)
        if rule.do == Do.DESCEND:
            walk.open(rule.code, rule.kind, END, rule.role)
            return True
        walk.out.append(rule.code)
        return False

    return enter


def _marking_elif(walk: Normaliser, node: Node) -> bool:
    """What is done at an `elif`: the `if` that it stands for is a statement of its own, as it is behind `else:`."""
    assert isinstance(walk, _Marking)
    is_entered = enter_elif(walk, node)
    walk.marks.append(_Mark(len(walk.out) - 1, "if_statement"))
    return is_entered


def _statements(entries: list[Code], marks: list[_Mark], yields: list[int]) -> list[_Statement]:
    """The statements in their order, each with the entries that are its own."""
    starts, yielding = {mark.start: mark.kind for mark in marks}, set(yields)
    found: list[_Statement] = []
    stack: list[_Statement] = []
    depth = 0
    for place, entry in enumerate(entries):
        if entry[:1] == END:
            for _ in entry:  # of several at once, each is the end of another statement
                depth -= 1
                _leave(stack, depth + 1)
                if stack:
                    stack[-1].entries.append(END)
            continue
        if (kind := starts.get(place)) is not None:
            _leave(stack, depth)
            parent = stack[-1] if stack else None
            stack.append(_Statement(kind, depth, parent))
            found.append(stack[-1])
        if stack:
            stack[-1].entries.append(entry)
            if place in yielding:
                stack[-1].yields = True
        depth += isinstance(entry, bytes) and entry[:1] == _OPEN
    return found


def _leave(stack: list[_Statement], depth: int) -> None:
    """Leave the statements that are as deep as this, or deeper."""
    while stack and stack[-1].depth >= depth:
        stack.pop()


def _with_guards(places: Iterable[_Statement]) -> Iterator[list[Code]]:
    """The statements with those around them, and where in these they stand: in which branch."""
    for one in places:
        path: list[list[Code]] = []
        inner = one
        while inner.parent is not None and not inner.parent.is_root:
            path += ([b"%d\x00" % inner.place], inner.parent.entries)
            inner = inner.parent
        yield from reversed(path)
        yield one.entries


def _end(entries: list[Code], start: int) -> int:
    """The place behind the node that opens at `start`."""
    depth = 0
    for place in range(start, len(entries)):
        entry = entries[place]
        if isinstance(entry, bytes):
            depth += (entry[:1] == _OPEN) - (len(entry) if entry[:1] == END else 0)
        if depth <= 0:
            return place + 1
    return len(entries)


def _children(entries: list[Code], start: int) -> Iterator[list[Code]]:
    """The entries of each part of the node that opens at `start`."""
    place, end = start + 1, _end(entries, start) - 1
    while place < end:
        behind = _end(entries, place)
        yield entries[place:behind]
        place = behind


def _code(name: str) -> bytes:
    return b"\x03%s\x00" % name.encode()


def _word(code: bytes) -> str:
    return code[1:-1].decode("utf-8", "replace")


def _name_of(entry: Code) -> bytes:
    """The code of a variable's name; that of other entries is empty."""
    return b"" if isinstance(entry, bytes) or isinstance(entry[1], bytes) else entry[0]


def _mentions(entries: list[Code], code: bytes) -> bool:
    """Whether a name stands among entries, as a variable or an attribute."""
    return any(entry == code or (not isinstance(entry, bytes) and entry[0] == code) for entry in entries)


def _first_name(entries: list[Code]) -> bytes:
    """The first variable among entries; empty where there is none."""
    return next(filter(None, map(_name_of, entries)), b"")
