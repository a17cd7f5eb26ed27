"""The symbols of a document: what can carry documentation, where it stands, and where its docstring is or would go.

Works on broken code: what tree-sitter still recognises is listed; a symbol whose header or docstring place is broken
has no `place`, and no edit is offered there. Definitions are found level by level (`_definitions`), so that looking at
one place of a large file touches only the levels above it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from glossator.model import Span, Symbol, SymbolKind
from glossator.syntax.docstrings import docstring_in, first_statement
from glossator.syntax.document import Document
from glossator.syntax.places import definition_place, module_place

MODULE_PATH = "<module>"

# Statements that may hold definitions of the same owner; everything else is not entered.
CONTAINERS = frozenset(
    (
        *("block", "if_statement", "elif_clause", "else_clause", "try_statement", "except_clause", "finally_clause"),
        *("except_group_clause", "with_statement", "for_statement", "while_statement", "match_statement"),
        *("case_clause", "ERROR"),
    )
)
DEFINITIONS = frozenset(("function_definition", "class_definition"))
OPENED = CONTAINERS | DEFINITIONS | {"decorated_definition"}
BLANK = b" \t\f\\\r\n"


class Entry:
    """A place in the outline: a definition's node, the node with its decorators, and the entry that owns it.

    The symbol is made when it is asked for: finding what stands under the cursor needs few of them.
    """

    __slots__ = ("_symbol", "document", "is_class", "is_nested", "name", "node", "outer", "owner", "path")

    def __init__(self, document: Document, path: str, nodes: tuple[Node, Node], owner: Entry | None) -> None:
        """Remember where the definition stands."""
        self.document = document
        self.path = path
        self.name = path.rsplit(".", 1)[-1].split("#", 1)[0]
        self.node, self.outer = nodes
        self.owner = owner
        # Whether a class is defined here.
        self.is_class = document.grammar.kinds[nodes[0].kind_id] == "class_definition"
        # Whether a function stands around it.
        self.is_nested: bool = owner is not None and owner.owner is not None and (owner.is_nested or not owner.is_class)
        self._symbol: Symbol | None = None

    @property
    def is_private(self) -> bool:
        """Whether the name starts with an underscore."""
        return self.name.startswith("_")

    def may_mention(self, text: bytes) -> bool:
        """Whether a text stands somewhere in the definition."""
        return self.document.text.find(text, self.node.start_byte, self.node.end_byte) >= 0

    @property
    def symbol(self) -> Symbol:
        """The symbol that stands here."""
        if self._symbol is None:
            self._symbol = _module_symbol(self.document) if self.owner is None else _symbol(self)
        return self._symbol


class Outline:
    """The symbols of one snapshot, in source order, the module first."""

    def __init__(self, document: Document) -> None:
        """Read nothing yet; levels are walked when they are asked for."""
        self.document = document
        self._module = Entry(document, MODULE_PATH, (document.root, document.root), None)
        self._levels: dict[str, tuple[Entry, ...]] = {}
        self._entries: dict[str, Entry] | None = None
        self._met: dict[str, Entry] = {}  # by `at`, which reads no levels

    @property
    def entries(self) -> dict[str, Entry]:
        """All entries by path."""
        if self._entries is None:
            found = {MODULE_PATH: self._module}
            stack = [self._module]
            while stack:
                entry = stack.pop()
                found[entry.path] = entry
                stack.extend(reversed(self._level(entry)))
            self._entries = found
        return self._entries

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """All symbols in source order, the module first."""
        return tuple(entry.symbol for entry in self.entries.values())

    def find(self, path: str) -> Symbol | None:
        """The symbol at a path."""
        entry = self.entry(path)
        return entry.symbol if entry else None

    def entry(self, path: str) -> Entry | None:
        """The entry at a path; walks only the levels that the path names."""
        if self._entries is not None or path == MODULE_PATH:
            return self.entries.get(path) if self._entries is not None else self._module
        if path in self._met:
            return self._met[path]
        found: Entry = self._module
        while found.path != path:
            inner = (entry for entry in self._level(found) if path == entry.path or path.startswith(entry.path + "."))
            step = next(inner, None)
            if step is None:
                return None
            found = step
        return found

    def at(self, offset: int) -> Symbol:
        """The innermost symbol whose definition (with decorators) holds a byte offset or ends there; else the module.

        Cost: the definitions around the offset, not their neighbours: 30 us in a class of 200 methods.
        """
        # At the end of a definition the tree finds what comes after it, so the place before the offset is asked first.
        chains = [_definitions_around(self.document, place) for place in (offset - 1, offset) if place >= 0]
        found = self._module
        for depth in range(max(len(chain) for chain in chains)):
            nodes = next(chain[depth] for chain in chains if depth < len(chain))
            chains = [chain for chain in chains if depth < len(chain) and chain[depth][0] == nodes[0]]
            found = self._entry_of(found, *nodes)
            if all(len(chain) == depth + 1 for chain in chains):
                break
        return found.symbol

    def _entry_of(self, owner: Entry, node: Node, outer: Node) -> Entry:
        """The entry of a definition below `owner`; the level is read only where the name may be defined before it."""
        name_node = node.child_by_field_name("name")
        if name_node is not None and owner.path not in self._levels:
            name = self.document.text[name_node.start_byte : name_node.end_byte]
            if not _may_define(self.document.text, name, Span(owner.node.start_byte, outer.start_byte)):
                prefix = "" if owner.owner is None else owner.path + "."
                path = prefix + name.decode("utf-8", "replace")
                self._met[path] = met = Entry(self.document, path, (node, outer), owner)
                return met
        return next(entry for entry in self._level(owner) if entry.node == node)

    def members(self, path: str) -> tuple[Entry, ...]:
        """The entries that a symbol owns directly."""
        entry = self.entry(path)
        return self._level(entry) if entry else ()

    def _level(self, entry: Entry) -> tuple[Entry, ...]:
        level = self._levels.get(entry.path)
        if level is None:
            level = self._levels[entry.path] = tuple(self._read_level(entry))
        return level

    def _read_level(self, owner: Entry) -> Iterator[Entry]:
        prefix = "" if owner.owner is None else owner.path + "."
        body = owner.node if owner.owner is None else owner.node.child_by_field_name("body")
        if body is None or not _may_hold(self.document.text, body):
            return
        seen: dict[str, int] = {}
        text = self.document.text
        for node, outer in _definitions(body, self.document.grammar.kinds):
            name_node = node.child_by_field_name("name")
            if name_node is None or name_node.start_byte == name_node.end_byte:
                continue
            name = text[name_node.start_byte : name_node.end_byte].decode("utf-8", "replace")
            count = seen[name] = seen.get(name, 0) + 1
            path = f"{prefix}{name}" if count == 1 else f"{prefix}{name}#{count}"
            yield Entry(self.document, path, (node, outer), owner)


def _may_hold(text: bytes, body: Node) -> bool:
    """Whether a definition can stand in a body: most functions hold none, and need not be walked."""
    span = body.start_byte, body.end_byte
    return text.find(b"def", *span) >= 0 or text.find(b"class", *span) >= 0


def _may_define(text: bytes, name: bytes, span: Span) -> bool:
    """Whether a name stands somewhere in a span as it does where it is defined. Errs on the side of yes."""
    at = text.find(name, *span)
    while at >= 0:
        if text[at - 1] in BLANK:
            before = text[max(span.start, at - 40) : at].rstrip(BLANK)
            after = text[at + len(name) : at + len(name) + 40].lstrip(BLANK)
            is_introduced = not before or before.endswith((b"def", b"class"))
            if is_introduced and (not after or after.startswith((b"(", b":", b"["))):
                return True
        at = text.find(name, at + len(name), span.end)
    return False


def _definitions_around(document: Document, offset: int) -> list[tuple[Node, Node]]:
    """The definitions that hold a byte, the outermost first, each with the node that holds its decorators.

    The same as walking down through `_definitions`, but straight to the byte.
    """
    kinds = document.grammar.kinds
    found: list[tuple[Node, Node]] = []
    cursor = document.root.walk()
    while cursor.goto_first_child_for_byte(offset) is not None:
        outer = cursor.node
        if outer is None or outer.start_byte > offset or kinds[outer.kind_id] not in OPENED:
            break
        kind = kinds[outer.kind_id]
        node = outer.child_by_field_name("definition") if kind == "decorated_definition" else outer
        if node is None or kinds[node.kind_id] not in DEFINITIONS:
            continue
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or name.start_byte == name.end_byte:
            break
        found.append((node, outer))
        if body is None:
            break
        cursor.reset(body)
    return found


def _definitions(body: Node, kinds: dict[int, str]) -> Iterator[tuple[Node, Node]]:
    """Definitions that a body holds directly, each with the node that holds its decorators, in source order."""
    stack = [body]
    while stack:
        node = stack.pop()
        kind = kinds[node.kind_id]
        if kind in DEFINITIONS:
            yield node, node
        elif kind == "decorated_definition":
            inner = node.child_by_field_name("definition")
            if inner is not None:
                yield inner, node
        elif kind in CONTAINERS or node is body:
            stack.extend(child for child in reversed(node.named_children) if kinds[child.kind_id] in OPENED)


def _symbol(entry: Entry) -> Symbol:
    document, node, outer, owner = entry.document, entry.node, entry.outer, entry.owner
    name_node = node.child_by_field_name("name")
    assert name_node is not None
    assert owner is not None
    kind = SymbolKind.CLASS if entry.is_class else SymbolKind.METHOD if owner.is_class else SymbolKind.FUNCTION
    body = node.child_by_field_name("body")
    docstring = place = None
    if body is not None and body.named_child_count:
        docstring = docstring_in(document, body)
        place = definition_place(document, node, body) if not _is_adrift(entry) else None
    return Symbol(
        kind=kind,
        name=document.slice(name_node.start_byte, name_node.end_byte),
        path=entry.path,
        owner=owner.path,
        span=Span(outer.start_byte, node.end_byte),
        name_span=Span(name_node.start_byte, name_node.end_byte),
        line=document.lines.line_of(node.start_byte),
        decorators=_decorators(document, outer) if outer is not node else (),
        docstring=docstring,
        place=place,
        is_nested=entry.is_nested,
    )


def _module_symbol(document: Document) -> Symbol:
    root = document.root
    name = document.uri.rsplit("/", 1)[-1].removesuffix(".pyi").removesuffix(".py")
    docstring, place = docstring_in(document, root), module_place(document)
    span = Span(0, len(document.text))
    return Symbol(SymbolKind.MODULE, name, MODULE_PATH, "", span, Span(0, 0), 0, (), docstring, place)


def _decorators(document: Document, outer: Node) -> tuple[str, ...]:
    """The last names of the decorators: `functools.wraps(f)` gives "wraps"."""
    names = []
    kinds = document.grammar.kinds
    for child in outer.named_children:
        if kinds[child.kind_id] == "decorator":
            text = document.slice(child.start_byte, child.end_byte).lstrip("@ \t").split("(", 1)[0].split("#", 1)[0]
            names.append(text.strip().rsplit(".", 1)[-1])
    return tuple(names)


def body_start(outline: Outline, path: str) -> int | None:
    """Where the first statement of the module, class or function at a path starts; None where there is none."""
    entry = outline.entry(path)
    body = None if entry is None else entry.node if entry.owner is None else entry.node.child_by_field_name("body")
    first = None if body is None else first_statement(outline.document, body)
    return None if first is None else first.start_byte


def _is_adrift(entry: Entry) -> bool:
    """Whether a definition stands in broken code in a column that its owner's definitions do not stand in.

    Its true owner is then unknown: what looks like a function may be a method of a class that is being typed.
    """
    document, owner = entry.document, entry.owner
    around = entry.outer.parent if document.root.has_error else None
    if around is None or owner is None:
        return False
    body = owner.node.child_by_field_name("body") if owner.owner is not None else document.root
    if body is None or not (around.is_error or around == body):
        return False
    column = document.lines.point(body.start_byte)[1] if owner.owner is not None else 0
    return document.lines.point(entry.outer.start_byte)[1] != column


def own_level(outline: Outline, path: str, span: Span) -> bytes:
    """The text of the module or class at a path, which `span` holds, with each member's kind and name in its place.

    A module's facts depend on nothing else.
    """
    text, position = outline.document.text, span.start
    pieces: list[bytes] = []
    for entry in outline.members(path):
        kind = b"class " if entry.is_class else b"def "
        pieces += (text[position : entry.outer.start_byte], kind + entry.name.encode())
        position = entry.node.end_byte
    return b"\0".join((*pieces, text[position : span.end]))
