"""What a file defines, as readers of its documentation want it: one item for each name, with its declaration.

Overloads, setters and second definitions of a name are folded into one item. Of several definitions the last one counts
that no condition guards, as in Python; where all are guarded (`if TYPE_CHECKING`, `try`/`except`), the first that is
not unlikely (`statements`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import chain
from typing import Final

from tree_sitter import Node

from glossator.model import ClassFacts, FunctionFacts
from glossator.syntax.assigned import Assigned, assigned_names, attributes_set, commented, described
from glossator.syntax.context import ContextReader
from glossator.syntax.declarations import (
    assignment,
    attribute_text,
    compact,
    declaration,
    returned_type,
    value_text,
)
from glossator.syntax.docstrings import text_of
from glossator.syntax.document import Document
from glossator.syntax.forms import digests_of
from glossator.syntax.labels import attribute_labels, class_labels, function_labels, property_labels
from glossator.syntax.slices import Slices
from glossator.syntax.statements import CERTAIN, UNLIKELY, Statement, statements
from glossator.syntax.symbols import MODULE_PATH, Entry

MAX_DEPTH: Final = 20  # of classes within classes
OVERLOAD: Final = "overload"
SETTERS: Final = frozenset(("setter", "deleter", "getter"))
INITIALIZERS: Final = ("__init__", "__post_init__", "__attrs_post_init__")
# Attributes by which a class or module is put together; nobody uses them by these names.
MACHINERY: Final = frozenset(("__all__", "__slots__", "__match_args__", "__path__", "__test__"))
_CONSTANTS: Final = ("None", "True", "False")
_LITERALS: Final = frozenset(("integer", "float", "string", "true", "false", "none"))


@dataclass(frozen=True, slots=True)
class Item:
    """What a name stands for: a class, function, method, property or attribute.

    `path` is that of the symbol ("Feed.limit", "merge#2"); `dotted` is without numbers. `signature` is the declaration
    without body and decorators, `text` the docstring's content ("" where there is none), `line` counts from 1.
    `fingerprint` (hex) is that of its meaning. `members` are a class's public ones in source order, `hidden` the names
    of the others.
    """

    path: str
    name: str
    kind: str
    signature: str
    text: str
    line: int
    facts: FunctionFacts | ClassFacts | None
    fingerprint: str
    labels: tuple[str, ...] = ()
    overloads: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    members: tuple[Item, ...] = ()
    hidden: tuple[str, ...] = ()
    offset: int = 0  # where it stands in the file
    doubt: int = CERTAIN  # how sure it is that it is defined (`statements`)

    @property
    def dotted(self) -> str:
        """The path as a user writes it."""
        return ".".join(part.partition("#")[0] for part in self.path.split("."))

    @property
    def is_public(self) -> bool:
        """Whether its own name says that it is meant for users; names such as `__call__` are."""
        return is_public_name(self.name)

    @property
    def alias_of(self) -> str:
        """The dotted name that an attribute is another name for; "" where it is none."""
        value = self.signature.partition(" = ")[2] if self.kind == "attribute" else ""
        return value if value.replace(".", "").isidentifier() and value not in _CONSTANTS else ""

    def member(self, name: str) -> Item | None:
        """The public member of a name."""
        return next((one for one in self.members if one.name == name), None)


def is_public_name(name: str) -> bool:
    """Whether a name has no leading underscore, or is one of Python's own."""
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__") and len(name) > 4)


class ItemReader:
    """The items of one snapshot."""

    def __init__(self, reader: ContextReader) -> None:
        """Read from this snapshot."""
        self._reader = reader
        self._outline = reader.outline
        self._document = reader.outline.document

    def module_items(self, found: list[Statement]) -> tuple[Item, ...]:
        """All that a module defines, in source order; `found` are its statements."""
        return tuple(self._level(MODULE_PATH, found, 0))

    def fingerprint(self, entry: Entry) -> str:
        """The exact digest of a definition, as the keys of the cache have it; of a class or module in outline."""
        is_outlined = entry.is_class or entry.owner is None

        def slices() -> Slices:
            members = self._outline.members(entry.path)
            return Slices(entry, digests_of(members, self._reader.forms) if is_outlined else None)

        return self._reader.forms.form(self._outline, entry, slices).exact.hex()

    def _level(self, path: str, found: list[Statement], depth: int) -> list[Item]:
        """The items of a module or of a class, in source order."""
        doubts = {one.node.start_byte: one.doubt for one in found}
        by_name: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self._outline.members(path):
            by_name[entry.name].append(entry)
        items = {name: item for name, same in by_name.items() if (item := self._defined(same, doubts, depth))}
        prefix = "" if path == MODULE_PATH else f"{path}."
        for item in chain(self._attributes(prefix, found), self._aliases(prefix, found)):
            items.setdefault(item.name, item)
        return sorted(items.values(), key=lambda item: item.offset)

    def _defined(self, same: list[Entry], doubts: Mapping[int, int], depth: int) -> Item | None:
        """The item that definitions of one name make."""
        whole = [one for one in same if SETTERS.isdisjoint(one.symbol.decorators)]
        bodies = [one for one in whole if OVERLOAD not in one.symbol.decorators]
        chosen = _chosen(bodies, doubts) or next(iter(whole), None)
        if chosen is None:
            return None
        doubt = doubts.get(chosen.outer.start_byte, CERTAIN)
        if chosen.is_class:
            return replace(self._class(chosen, depth), doubt=doubt)
        overloads = tuple(declaration(one) for one in whole if OVERLOAD in one.symbol.decorators and not one.is_class)
        setters = frozenset(name for one in same for name in one.symbol.decorators if name in SETTERS)
        return replace(self._function(chosen, overloads, setters), doubt=doubt)

    def _function(self, entry: Entry, overloads: tuple[str, ...], setters: frozenset[str]) -> Item:
        facts = self._reader.facts(entry)
        assert isinstance(facts, FunctionFacts)
        symbol, text = entry.symbol, text_of(entry.symbol.docstring)
        is_member = entry.owner is not None and entry.owner.is_class
        is_property = is_member and facts.is_property
        return Item(
            path=entry.path,
            name=entry.name,
            kind="property" if is_property else symbol.kind.value,
            signature=attribute_text(entry.name, returned_type(entry), "") if is_property else declaration(entry),
            text=text,
            line=symbol.line + 1,
            facts=facts,
            fingerprint=self.fingerprint(entry),
            labels=property_labels(facts, setters, text) if is_property else function_labels(facts, overloads, text),
            overloads=overloads,
            offset=entry.outer.start_byte,
        )

    def _class(self, entry: Entry, depth: int) -> Item:
        facts = self._reader.facts(entry)
        assert isinstance(facts, ClassFacts)
        text = text_of(entry.symbol.docstring)
        members = self._members(entry, facts, depth)
        return Item(
            path=entry.path,
            name=entry.name,
            kind="class",
            signature=declaration(entry),
            text=text,
            line=entry.symbol.line + 1,
            facts=facts,
            fingerprint=self.fingerprint(entry),
            labels=class_labels(facts, (one.labels for one in members), text),
            bases=facts.bases,
            members=tuple(one for one in members if one.is_public and one.name not in MACHINERY),
            hidden=tuple(one.name for one in members if not one.is_public or one.name in MACHINERY),
            offset=entry.outer.start_byte,
        )

    def _members(self, entry: Entry, facts: ClassFacts, depth: int) -> list[Item]:
        body = entry.node.child_by_field_name("body")
        if body is None or depth == MAX_DEPTH:
            return []
        members = self._level(entry.path, list(statements(self._document, body)), depth + 1)
        if facts.form == "enum":
            members = [_as_value(one) for one in members]
        known = {one.name for one in members}
        set_here = self._instance_attributes(entry)
        members += [one for one in set_here if one.name not in known]
        return sorted(members, key=lambda item: item.offset)

    def _instance_attributes(self, entry: Entry) -> list[Item]:
        """What the initializers of a class set on the object."""
        found: dict[str, Item] = {}
        for member in self._outline.members(entry.path):
            body = member.node.child_by_field_name("body") if member.name in INITIALIZERS else None
            if body is None or member.is_class:
                continue
            facts = self._reader.facts(member)
            assert isinstance(facts, FunctionFacts)
            given = {one.name: one.annotation for one in facts.parameters}
            for one in attributes_set(self._document, body, facts.receiver):
                found.setdefault(one.name, self._instance_attribute(f"{entry.path}.", one, given))
        return list(found.values())

    def _instance_attribute(self, prefix: str, one: Assigned, given: dict[str, str]) -> Item:
        """An attribute with its type, that of the parameter it keeps where it has none, and a value that is plain."""
        value = compact(self._document, one.value)
        annotation = compact(self._document, one.annotation) or given.get(value, "")
        shown = value_text(self._document, one.value) if _is_plain(self._document, one.value) else ""
        return self._attribute(prefix, one, attribute_text(one.name, annotation, shown), ("instance attribute",))

    def _attributes(self, prefix: str, found: Iterable[Statement]) -> Iterator[Item]:
        """The names that a level assigns; the first assignment counts, unless it is unlikely."""
        seen: set[str] = set()
        for one in sorted(assigned_names(self._document, found), key=lambda one: one.statement.doubt == UNLIKELY):
            if one.name not in seen:
                seen.add(one.name)
                signature = assignment(self._document, one.name, one.annotation, one.value)
                yield self._attribute(prefix, one, signature, attribute_labels(signature))

    def _aliases(self, prefix: str, found: Iterable[Statement]) -> Iterator[Item]:
        """What `type` statements name."""
        for one in found:
            left = one.node.child_by_field_name("left")
            if self._document.grammar.kinds[one.node.kind_id] != "type_alias_statement" or left is None:
                continue
            name = self._document.one_line(left).partition("[")[0].strip()
            if name.isidentifier():
                assigned = Assigned(name, one, None, one.node.child_by_field_name("right"))
                yield self._attribute(prefix, assigned, compact(self._document, one.node), ("type alias",))

    def _attribute(self, prefix: str, one: Assigned, signature: str, labels: tuple[str, ...]) -> Item:
        node = one.statement.node
        text = text_of(described(self._document, one)) or commented(self._document, node)
        value = self._document.slice(node.start_byte, node.end_byte)
        return Item(
            path=prefix + one.name,
            name=one.name,
            kind="attribute",
            signature=signature,
            text=text,
            line=self._document.lines.line_of(node.start_byte) + 1,
            facts=None,
            fingerprint=blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest(),
            labels=labels,
            offset=node.start_byte,
            doubt=one.statement.doubt,
        )


def _chosen(same: list[Entry], doubts: Mapping[int, int]) -> Entry | None:
    """Which of the definitions of a name counts."""
    known = [(doubts.get(one.outer.start_byte, CERTAIN), one) for one in same]
    certain = [one for doubt, one in known if doubt == CERTAIN]
    if certain:
        return certain[-1]
    return next((one for doubt, one in known if doubt != UNLIKELY), next(iter(same), None))


def _as_value(item: Item) -> Item:
    """An attribute of an enumeration as the value that it is."""
    is_value = item.kind == "attribute" and not item.name.startswith("_") and ": " not in item.signature
    return replace(item, labels=("value",)) if is_value else item


def _is_plain(document: Document, value: Node | None) -> bool:
    """Whether a value says something by itself: a literal, or an empty container."""
    if value is None:
        return False
    kind = document.grammar.kinds[value.kind_id]
    return kind in _LITERALS or (kind in ("list", "dictionary", "tuple") and not value.named_child_count)
