"""Contexts: a symbol's facts and what surrounds it.

A function's facts follow from its own text, its comments and what owns it, so they are kept by exactly these
(`FactsMemo`): after an edit only the definitions whose text changed are read again, wherever the others have moved to.
"""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from typing import Final

from glossator.model import ClassFacts, Context, Facts, FunctionFacts, ModuleFacts, Raise, Span, Use
from glossator.syntax.comments import comment_start
from glossator.syntax.document import NOTHING, Document
from glossator.syntax.facts import class_facts, function_facts, initializer, module_facts
from glossator.syntax.forms import FormsMemo
from glossator.syntax.suppressions import Suppressions
from glossator.syntax.symbols import MODULE_PATH, Entry, Outline, own_level

FACTS_BYTES: Final = 2_000  # about what the facts of a function take, beside its text
MAX_CALLERS: Final = 3
_WORD_END: Final = re.compile(rb"[\w\x80-\xff]$")
MAX_MEMBERS: Final = 24  # of a module: what its summary is made from
INTERFACES: Final = ("protocol", "abstract")


class FactsMemo:
    """Facts by the text that they follow from, and forms; the least recently used go first."""

    def __init__(self, functions: int | None = None, modules: int | None = None) -> None:
        """Keep at most so many functions and modules; None: all of them, for as long as the memo is needed."""
        self._functions_bound, self._modules_bound = functions, modules
        self._text_bytes = 0
        self._kept: OrderedDict[tuple[bytes, bool, bool], FunctionFacts] = OrderedDict()
        self._modules: OrderedDict[tuple[str, bytes], ModuleFacts] = OrderedDict()
        self.forms = FormsMemo(functions)

    def __len__(self) -> int:
        """How many functions are kept."""
        return len(self._kept)

    def function(self, entry: Entry) -> FunctionFacts:
        """A function's facts."""
        if entry.outer.has_error or entry.document.leaves_out(entry.outer.start_byte, entry.node.end_byte):
            return function_facts(entry)  # how broken text is parsed depends on what stands around it
        key = _key(entry)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        facts = self._kept[key] = function_facts(entry)
        self._text_bytes += len(key[0])
        self._shed()
        return facts

    def module(self, outline: Outline) -> ModuleFacts:
        """A module's facts. Cost: a look at its statements, 0.1 ms for 150 of them."""
        document = outline.document
        if document.root.has_error or document.unread != NOTHING:
            return module_facts(outline)
        key = document.uri, own_level(outline, MODULE_PATH, Span(0, len(document.text)))
        found = self._modules.get(key)
        if found is None:
            found = self._modules[key] = module_facts(outline)
            self._text_bytes += len(key[1])
        self._modules.move_to_end(key)
        self._shed()
        return found

    @property
    def size_bytes(self) -> int:
        """About what it takes."""
        return self._text_bytes + FACTS_BYTES * (len(self._kept) + len(self._modules)) + self.forms.size_bytes

    def fit(self, functions: int, modules: int) -> None:
        """Keep at most so many from now on; the least recently used go at once."""
        self._functions_bound, self._modules_bound = functions, modules
        self.forms.fit(functions)
        self._shed()

    def _shed(self) -> None:
        """Forget what is too much."""
        while self._functions_bound is not None and len(self._kept) > self._functions_bound:
            self._text_bytes -= len(self._kept.popitem(last=False)[0][0])
        while self._modules_bound is not None and len(self._modules) > self._modules_bound:
            self._text_bytes -= len(self._modules.popitem(last=False)[0][1])


def _key(entry: Entry) -> tuple[bytes, bool, bool]:
    """All that a function's facts depend on: its lines, the comments above and behind it, and what owns it."""
    document = entry.document
    text = document.text[comment_start(document, entry.outer.start_byte) : entry.node.end_byte]
    text += document.rest_of_line(entry.node.end_byte)
    return text, entry.owner is not None and entry.owner.is_class, entry.is_nested


class ContextReader:
    """The contexts of one snapshot's symbols."""

    def __init__(self, outline: Outline, memo: FactsMemo | None = None) -> None:
        """Read from this outline, each symbol once; `memo` keeps functions' facts for the next snapshots."""
        self.outline = outline
        self.forms = memo.forms if memo is not None else FormsMemo()
        self._memo = memo
        self._functions: dict[str, FunctionFacts] = {}
        self._classes: dict[str, ClassFacts] = {}
        self._siblings: dict[str, tuple[str, ...]] = {}
        self._contexts: dict[str, Context] = {}
        self._raises: defaultdict[str, dict[str, Raise]] | None = None
        self._module: ModuleFacts | None = None
        self._suppressions: Suppressions | None = None

    @property
    def suppressions(self) -> Suppressions:
        """What the document's comments say to leave alone."""
        if self._suppressions is None:
            self._suppressions = Suppressions(self.outline)
        return self._suppressions

    def module(self) -> ModuleFacts:
        """The module's facts."""
        if self._module is None:
            memo = self._memo
            self._module = memo.module(self.outline) if memo is not None else module_facts(self.outline)
        return self._module

    def facts(self, entry: Entry) -> Facts:
        """The facts of any symbol."""
        if entry.owner is None:
            return self.module()
        return self._class(entry) if entry.is_class else self._function(entry)

    def context(self, path: str) -> Context:
        """The context of the symbol at a path, made once. Raises KeyError if there is none."""
        found = self._contexts.get(path)
        if found is None:
            entry = self.outline.entry(path)
            if entry is None:
                raise KeyError(path)
            found = self._contexts[path] = self._context(path, entry)
        return found

    def _context(self, path: str, entry: Entry) -> Context:
        owner = entry.owner
        facts = self.facts(entry)
        members = self.outline.members(path)
        is_exception = isinstance(facts, ClassFacts) and facts.form == "exception"
        return Context(
            path=path,
            kind=entry.symbol.kind,
            facts=facts,
            owner=self._class(owner) if owner is not None and owner.is_class else None,
            module=self.module(),
            members=self._facts_of_members(facts, members),
            attribute_uses=self._attribute_uses(facts.init, members) if isinstance(facts, ClassFacts) else {},
            callees=self.callees(entry),
            raised_by=self._raised_by(facts.name) if is_exception else (),
            siblings=self._members(owner.path) if owner is not None else (),
        )

    def _function(self, entry: Entry) -> FunctionFacts:
        found = self._functions.get(entry.path)
        if found is None:
            found = self._memo.function(entry) if self._memo is not None else function_facts(entry)
            self._functions[entry.path] = found
        return found

    def _class(self, entry: Entry) -> ClassFacts:
        found = self._classes.get(entry.path)
        if found is None:
            init = initializer(self.outline, entry)
            init_facts = self._function(init) if init is not None else None
            found = self._classes[entry.path] = class_facts(self.outline, entry, init_facts)
        return found

    def _members(self, path: str) -> tuple[str, ...]:
        """The names of the symbols that a symbol owns."""
        if path not in self._siblings:
            self._siblings[path] = tuple(member.name for member in self.outline.members(path))
        return self._siblings[path]

    def _facts_of_members(self, facts: Facts, members: tuple[Entry, ...]) -> tuple[Facts, ...]:
        """The facts of what a class or a module defines, for a module of the first definitions only.

        Private functions are left out where public ones say what it is for: not in an interface, which wants them.
        """
        if isinstance(facts, FunctionFacts):
            return ()
        if isinstance(facts, ModuleFacts):
            members = members[:MAX_MEMBERS]
        is_whole = facts.form in INTERFACES if isinstance(facts, ClassFacts) else facts.exports is not None
        public = tuple(member for member in members if member.is_class or not member.is_private)
        is_whole = is_whole or all(member.is_class for member in public)
        return tuple(map(self.facts, members if is_whole else public))

    def _attribute_uses(self, init: FunctionFacts | None, members: tuple[Entry, ...]) -> dict[str, tuple[Use, ...]]:
        """What the methods of a class do with the attributes in which its initializer keeps its parameters."""
        parameters = init.parameters if init is not None else ()
        kept = {f".{use.other}".encode() for one in parameters for use in one.uses if use.verb == "store"}
        found: dict[str, tuple[Use, ...]] = {}
        for member in members:
            if not member.is_class and any(map(member.may_mention, kept)):
                for name, uses in self._function(member).attribute_uses.items():
                    found[name] = (*found.get(name, ()), *uses)
        return found

    def calls(self, entry: Entry) -> tuple[str, ...]:
        """The names that a function calls (of a class: its initializer), as they are written."""
        function = self._callable(entry)
        return tuple(self._function(function).calls) if function is not None else ()

    def callees(self, entry: Entry) -> dict[str, FunctionFacts]:
        """The facts of the functions of this document that a function calls, by the text of the call."""
        return {call: self._function(callee) for call, callee in self.called(entry).items()}

    def called(self, entry: Entry) -> dict[str, Entry]:
        """The functions of this document that a function calls (a class: its initializer), by the text of the call."""
        function = self._callable(entry)
        owner = entry if entry.is_class else entry.owner
        found: dict[str, Entry] = {}
        if function is None or owner is None:
            return found
        facts = self._function(function)
        for call in facts.calls:
            root, _, name = call.partition(".")
            if root == "super()":
                callee = self._inherited(owner, name)
            elif name and (root != facts.receiver or not root):
                continue
            else:
                callee = self._at(f"{owner.path}.{name}" if name else root)
            if callee is not None and callee.path != function.path:
                found[call] = callee
        return found

    def calls_of(self, entry: Entry) -> tuple[str, ...]:
        """The first lines of this document that call a symbol, outside of itself."""
        if entry.owner is None:
            return ()
        text, found = self.outline.document.text, []
        for place in _calls(text, entry.name.encode("utf-8", "replace")):
            start, end = text.rfind(b"\n", 0, place) + 1, text.find(b"\n", place)
            is_own = entry.outer.start_byte <= place < entry.outer.end_byte
            # A line of a text would be taken for code by those who mask texts.
            if not is_own and not _is_in_text(self.outline.document, start, place):
                found.append(text[start : end if end >= 0 else len(text)].decode("utf-8", "replace").strip())
            if len(found) == MAX_CALLERS:
                break
        return tuple(dict.fromkeys(found))

    def _inherited(self, owner: Entry, name: str) -> Entry | None:
        """The method that `super().name` runs, where a base class of this document defines it."""
        bases = self._class(owner).bases if owner.is_class else ()
        return next((found for base in bases if (found := self._at(f"{base}.{name}")) is not None), None)

    def _at(self, path: str) -> Entry | None:
        """The function that a call of the symbol at a path runs."""
        entry = self.outline.entry(path) if path.replace(".", "").isidentifier() else None
        return self._callable(entry) if entry is not None else None

    def _callable(self, entry: Entry) -> Entry | None:
        """The function that a call of a symbol runs: itself, or a class's initializer."""
        if entry.owner is None:
            return None
        return initializer(self.outline, entry) if entry.is_class else entry

    def _raised_by(self, name: str) -> tuple[tuple[str, Raise], ...]:
        """The functions of this document that raise an exception, with the first place where they do."""
        if self._raises is None:
            self._raises = defaultdict(dict)
            for entry in self.outline.entries.values():
                if entry.owner is not None and not entry.is_class and entry.may_mention(b"raise"):
                    for one in self._function(entry).raises:
                        self._raises[one.name.rsplit(".", 1)[-1]].setdefault(entry.path, one)
        return tuple(self._raises.get(name, {}).items())


def _calls(text: bytes, name: bytes) -> Iterator[int]:
    """The places where a name stands before a bracket, and is not being defined; names may have any letters.

    Not one pattern: to look for it takes twenty times as long, in the whole document for each of its symbols.
    """
    call = name + b"("
    place = text.find(call)
    while place >= 0:
        before = text[max(0, place - 6) : place]
        if not _WORD_END.search(before) and not before.endswith((b"def ", b"class ")):
            yield place
        place = text.find(call, place + len(call))


def _is_in_text(document: Document, *offsets: int) -> bool:
    """Whether any of these places is within a text or a comment, behind its start."""
    kinds = document.grammar.kinds
    for offset in offsets:
        node = document.root.descendant_for_byte_range(offset, offset + 1)
        while node is not None:
            if kinds[node.kind_id] in ("string", "comment") and node.start_byte < offset:
                return True
            node = node.parent
    return False
