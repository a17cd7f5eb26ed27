"""The normal form of Python source: one walk over a tree-sitter tree that writes what Python's `ast` would keep.

A normal form is a list of entries that can be joined to bytes: self-delimiting codes, so that equal bytes mean equal
trees. Nodes without meaning (brackets that only group, commas, comments) leave nothing; spellings of one thing (`elif`
and a nested `if`, `"a" "b"` and `"ab"`) leave the same. A name is an entry of its own (`scopes.Name`), since the alpha
fingerprint renames it; a definition in a class body or module is one, too (`scopes.Member`), replaced by its digests.

The walk is a loop over one tree cursor with a stack of frames, never a recursion: 20,000 nested brackets are legal
here. What is special about a kind of node stands in `rules` and in the modules that it names.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from tree_sitter import Node

from glossator.syntax.normal.scopes import Entry, Region, Scope, ScopeKind

END = b"\x04"


def has_comma(node: Node) -> bool:
    """Whether a comma is a direct child."""
    return node.child_count > 1 and any(child.type == "," for child in node.children)


def opening(kind: str) -> bytes:
    """The code that opens a node of this kind; `END` closes it."""
    return b"\x01%s\x00" % kind.encode()


def token(kind: str) -> bytes:
    """The code of a node without children that matter."""
    return b"\x02%s\x00" % kind.encode()


def text(tag: bytes, payload: bytes) -> bytes:
    """The code of arbitrary bytes: NULs are escaped so that two of them end it."""
    return tag + (payload.replace(b"\0", b"\0\1") if b"\0" in payload else payload) + b"\0\0"


BLOCK = opening("block")
LIST = opening("list")
TUPLE = opening("tuple")
COLON = token(":")


class Role:
    """What an identifier does where it stands."""

    LOAD = 1  # it is read
    BIND = 2  # it is bound in the current scope
    PIN = 3  # it is bound, and its spelling is visible elsewhere (imports, nested definitions, `global`)
    VERBATIM = 4  # it is no variable (attributes, keywords at calls)
    INHERIT = 0  # as in the node around it


class Do:
    """What the walk does with a kind of node."""

    SKIP = 0
    EMIT = 1
    NAME = 2
    DESCEND = 3
    CALL = 4


class Frame:
    """A node that the walk is inside of."""

    __slots__ = ("kind", "leave", "note", "role", "scope", "span", "start")

    def __init__(self, kind: str, leave: Leave, start: int, role: int, scope: Scope) -> None:
        """Open a frame whose entries begin at `start`; `leave` closes it: bytes to write, or a function."""
        self.kind = kind
        self.leave = leave
        self.start = start
        self.role = role
        self.scope = scope  # as it was before the node
        self.span = (0, 0)  # of a member
        self.note: object = None  # whatever the kind's own functions keep here


class Rule(NamedTuple):
    """How a kind of node is treated: what to do, the code to write, the role of names in it, its frame's kind."""

    do: int
    code: bytes = b""
    role: int = Role.LOAD
    kind: str = ""
    enter: Enter | None = None


class Normaliser:
    """The state of one walk."""

    def __init__(self, source: bytes, digests: Callable[[list[Entry], Region], tuple[bytes, bytes]]) -> None:
        """Prepare a walk over nodes of `source`; `digests` turns a finished definition's entries into its digests."""
        self.source = source
        self.digests = digests
        self.out: list[Entry] = []
        self.frames: list[Frame] = []
        self.scope = Scope(ScopeKind.OUTER, None)
        self.known: Callable[[Node], tuple[bytes, bytes] | None] | None = None
        self.learned: dict[tuple[int, int], tuple[bytes, bytes]] | None = None

    def walk(self, root: Node, rules: dict[int, Rule]) -> None:
        """Write the normal form of `root` into `out`."""
        cursor = root.walk()
        source, out, frames = self.source, self.out, self.frames
        while True:
            node = cursor.node
            assert node is not None
            do, code, role, kind, enter = rules[node.kind_id]
            if do == Do.EMIT:
                out.append(code)
            elif do == Do.NAME:
                self.name(source[node.start_byte : node.end_byte])
            elif do:
                if do == Do.DESCEND:
                    frames.append(Frame(kind, END, len(out), role or self.role, self.scope))
                    out.append(code)
                if do == Do.DESCEND or (enter is not None and enter(self, node)):
                    if cursor.goto_first_child():
                        continue
                    self.leave()
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return
                self.leave()

    def push(self, kind: str, leave: Leave = END, role: int = Role.LOAD) -> Frame:
        """Open a frame here, without writing anything."""
        frame = Frame(kind, leave, len(self.out), role or self.role, self.scope)
        self.frames.append(frame)
        return frame

    def open(self, code: bytes, kind: str, leave: Leave = END, role: int = Role.LOAD) -> Frame:
        """Write a code and push the frame that closes it."""
        frame = self.push(kind, leave, role)
        self.out.append(code)
        return frame

    def leave(self) -> None:
        """Close the innermost frame."""
        frame = self.frames.pop()
        if isinstance(frame.leave, bytes):
            self.out.append(frame.leave)
        elif frame.leave is not None:
            frame.leave(self, frame)
        self.scope = frame.scope

    def name(self, spelling: bytes) -> None:
        """Write an identifier, in the role that the innermost frame gives it."""
        if not spelling.isascii():
            spelling = unicodedata.normalize("NFKC", spelling.decode("utf-8", "replace")).encode()
        code = b"\x03%s\x00" % spelling
        role = self.role
        if role == Role.VERBATIM:
            self.out.append(code)
            return
        scope = self.scope
        if role != Role.LOAD:
            scope.bound.add(code)
            if role == Role.PIN and scope.kind is not ScopeKind.OUTER:
                scope.region.pinned.add(code)
        self.out.append((code, scope))

    @property
    def parent(self) -> str:
        """The kind of the innermost frame, "" at the top."""
        return self.frames[-1].kind if self.frames else ""

    @property
    def role(self) -> int:
        """The role of names in the innermost frame."""
        return self.frames[-1].role if self.frames else Role.LOAD


Enter = Callable[[Normaliser, Node], bool]
Leave = bytes | Callable[[Normaliser, Frame], None] | None
