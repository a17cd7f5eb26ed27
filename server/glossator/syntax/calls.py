"""Where a file calls what it imports, as examples of how that is used; and what other files say about a file's symbols.

In doubt a call is left out: where a function or the module gives the name another meaning, where two imports bind it.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.syntax.document import Document
from glossator.syntax.imports import EVERYTHING, Import
from glossator.syntax.names import BINDERS, binds, has_target, is_bound_around
from glossator.syntax.symbols import DEFINITIONS, Entry, Outline

MAX_CODE: Final = 200  # bytes of one example
MAX_LINES: Final = 4
MAX_KEPT: Final = 3  # of one name in one file
MAX_EXAMPLES: Final = 3  # of a documentation
MAX_MET: Final = 8  # of one name in one file: what those are chosen from
_DEFINED: Final = DEFINITIONS | {"decorated_definition"}
_BLOCKS: Final = ("block", "module")
_PROMPT: Final = re.compile(
    r"^[ \t]*>>> (?P<call>[^\r\n]+)(?:\r?\n[ \t]*(?P<result>(?!>>>|\.\.\.)\S[^\r\n]*))?", re.MULTILINE
)
_IMPORTS: Final = ("import_statement", "import_from_statement")


class Call(NamedTuple):
    """A statement of a file that calls something that it imports, by the dotted name that is written there.

    In a file with tests, it stands in the test's own function, whose name says what is shown.
    """

    name: str
    code: str
    is_test: bool = False
    is_telling: bool = True  # what comes of the call is used, in a test asserted


class Callee(NamedTuple):
    """A function or class as its callers see it: the header, and the first line of its documentation."""

    header: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """What other files of a project have to do with the symbols of one.

    `called` are functions of other files by the names that this file calls them by; `callers` and `tests` are
    statements of other files that call a symbol of this one, by its path.
    """

    called: Mapping[str, Callee] = field(default_factory=dict)
    callers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def calls_in(outline: Outline, imported: Collection[Import], *, is_test: bool = False) -> tuple[Call, ...]:
    """The calls of imported names in a file, the most telling first and a few of each name; `is_test`: in tests.

    Cost: a search of the text, and about 20 us for each call that is looked at.
    """
    counts = Counter(one.local for one in set(imported))
    names = sorted(name for name, count in counts.items() if count == 1 and name != EVERYTHING)
    if not names:
        return ()
    met: defaultdict[str, list[Call]] = defaultdict(list)
    meanings = _Meanings(outline)
    for node, name in _calls(outline.document, names):
        found = met[name]
        if len(found) < MAX_MET and meanings.is_imported(node, name.partition(".")[0]):
            found.extend(_example(outline.document, node, name, is_test))
    kept: list[Call] = []
    for found in met.values():
        ordered = sorted(found, key=lambda call: (not call.is_telling, len(call.code)))
        kept += list(dict.fromkeys(ordered))[:MAX_KEPT]
    return tuple(kept)


def is_bound_in(entry: Entry, name: str) -> bool:
    """Whether a definition gives a name a meaning of its own. Errs on the side of yes."""
    return binds(entry.document, entry.node, name)


def examples_of(outline: Outline, entry: Entry) -> tuple[str, ...]:
    """What the docstrings of a document show of calls of a function or class of the module, but for its own docstring.

    `>>> add(1, 2)` with `3` below is given as `add(1, 2) == 3`, which is code; where the two do not make an
    expression, the call alone. Of methods nothing is: whose it is does not show.
    """
    text = outline.document.text
    if entry.owner is None or entry.owner.owner is not None or b">>>" not in text:
        return ()
    called = re.compile(rf"(?<![\w.]){re.escape(entry.name)}\(")
    found: dict[str, None] = {}
    for part in (text[: entry.outer.start_byte], text[entry.outer.end_byte :]):
        for match in _PROMPT.finditer(part.decode("utf-8", "replace")):
            call, result = match["call"].strip(), (match["result"] or "").strip()
            if called.search(call):
                ways = (f"{call} == {result}", call) if result else (call,)
                found.update(dict.fromkeys([one for one in ways if _is_code(one)][:1]))
    return tuple(found)[:MAX_EXAMPLES]


def _is_code(line: str) -> bool:
    document = Document("", line.encode("utf-8", "replace"))
    return len(document.text) <= MAX_CODE and not document.root.has_error


class _Meanings:
    """Whether names of a document mean what the module imports."""

    def __init__(self, outline: Outline) -> None:
        """Look at nothing yet."""
        self._outline = outline
        self._is_rebound: dict[str, bool] = {}
        text = outline.document.text
        lines = re.findall(rb"\bglobal\b([^\r\n]*)", text) if b"global" in text else []
        self._globals = frozenset(re.findall(rb"\w+", b" ".join(lines)))

    def is_imported(self, node: Node, name: str) -> bool:
        """Whether nothing but an import gives a name its meaning at a node. Errs on the side of no."""
        if name not in self._is_rebound:
            is_global = name.encode() in self._globals or self._outline.find(name) is not None
            self._is_rebound[name] = is_global or _is_bound_in_module(self._outline, name)
        return not self._is_rebound[name] and not is_bound_around(self._outline, node, name)


def _is_bound_in_module(outline: Outline, name: str) -> bool:
    """Whether a statement of the module, outside of definitions and no import, binds a name."""
    document, wanted = outline.document, name.encode()
    stack = list(document.root.named_children)
    while stack:
        node = stack.pop()
        kind = document.grammar.kinds[node.kind_id]
        if kind in _DEFINED or kind in _IMPORTS:
            continue
        if document.text.find(wanted, node.start_byte, node.end_byte) < 0:
            continue
        if kind in BINDERS and has_target(node, wanted):
            return True
        stack.extend(node.named_children)
    return False


def _calls(document: Document, names: Collection[str]) -> Iterator[tuple[Node, str]]:
    """The calls of names and of what they lead to (`name`, `name.inner`), with the dotted name, in source order."""
    kinds, text = document.grammar.kinds, document.text
    one_of = b"|".join(re.escape(name.encode()) for name in names)
    for match in re.finditer(rb"(?<![\w.])(?:" + one_of + rb")(?:\.\w+)*+\(", text):
        node = document.root.descendant_for_byte_range(match.start(), match.start() + 1)
        if node is None or kinds[node.kind_id] != "identifier":
            continue  # in a text or a comment
        end = match.end() - 1
        while node is not None and node.end_byte < end:
            node = node.parent
        call = node.parent if node is not None and node.end_byte == end else None
        if call is not None and kinds[call.kind_id] == "call" and call.start_byte == match.start():
            yield call, text[match.start() : end].decode("utf-8", "replace")


def _example(document: Document, call: Node, name: str, is_test: bool) -> Iterator[Call]:
    """A call in the statement that it stands in; nothing if it is too long."""
    kinds = document.grammar.kinds
    statement = _statement(document, call)
    kind = kinds[statement.kind_id]
    code = _code(document, statement)
    if kind == "call":
        code = _code(document, call)
    if not code:
        return
    if is_test:
        test = _test_around(document, call)
        if not test:
            return  # what tests share shows nothing of what is expected
        code = f"def {test}():\n{textwrap.indent(code, '    ')}"
    is_bare = kind == "expression_statement" and call.parent == statement
    is_telling = kind in ("assert_statement", "with_statement") if is_test else not is_bare
    yield Call(name, code, is_test, is_telling)


def _statement(document: Document, call: Node) -> Node:
    """What of the code around a call is short enough to be shown: a `with` around its statement, this, or the call."""
    kinds = document.grammar.kinds
    node = call
    while node.parent is not None and kinds[node.parent.kind_id] not in _BLOCKS:
        node = node.parent
    block = node.parent
    around = block.parent if block is not None else None
    if around is not None and kinds[around.kind_id] == "with_statement" and _code(document, around):
        return around
    return node if _code(document, node) and kinds[node.kind_id] not in _DEFINED else call


def _code(document: Document, node: Node) -> str:
    """The text of a node, dedented; "" where it is too long."""
    if node.end_byte - node.start_byte > MAX_CODE:
        return ""
    start = document.text.rfind(b"\n", 0, node.start_byte) + 1
    if document.text[start : node.start_byte].strip(b" \t\f"):
        start = node.start_byte
    code = textwrap.dedent(document.slice(start, node.end_byte)).strip("\r\n")
    return code if code.count("\n") < MAX_LINES else ""


def _test_around(document: Document, node: Node) -> str:
    """The name of the test that a node stands in; "" for none."""
    kinds = document.grammar.kinds
    around = node.parent
    while around is not None:
        name = around.child_by_field_name("name") if kinds[around.kind_id] == "function_definition" else None
        if name is not None and document.slice(name.start_byte, name.end_byte).startswith("test"):
            return document.slice(name.start_byte, name.end_byte)
        around = around.parent
    return ""
