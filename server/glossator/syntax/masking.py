"""Source as a provider may see it: literals as typed placeholders, comments gone, the rest as it stands.

    password = connect("db.example", "hunter2")  # staging      ->      password = connect("<str:10>", "<str:7>")

It works on any fragment: a file, a function cut out with its indentation, an expression. Docstrings stay, since people
wrote them to be read; so do names. What is left is for `providers.redaction` to look through.

**Code that cannot be parsed is shown only as far as its strings are certain.** A quote that is missing makes text look
like code, and the parser may find its way back anywhere behind it. So each line with an error goes, and where there is
an error and a triple quote, everything from the first triple quote on: which of these open and which close is not known
any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.model import Disclosure, Span
from glossator.syntax.docstrings import docstring_statement
from glossator.syntax.document import Document
from glossator.syntax.text import LINE_END

MAX_DIGITS: Final = 6  # longer numbers may be keys, cards or telephones; shorter ones are sizes and limits
MAX_SIGNS: Final = 4  # longer texts without a letter or digit may be passwords, unless they repeat one sign
MANY_NUMBERS: Final = 8  # so many in a row may be the bytes of a text
_DEFINITIONS: Final = frozenset(("function_definition", "class_definition"))
_NUMBERS: Final = frozenset(("integer", "float"))
_ROWS: Final = frozenset(("list", "tuple", "set", "argument_list", "expression_list"))
_FIELDS: Final = frozenset(("interpolation", "format_expression"))
_TRIPLE: Final = re.compile(rb"\"\"\"|'''")
_LAYOUT_ESCAPE: Final = re.compile(r"\\(?:[nrtfvab\\'\"]|\r?\n)")
_BASE: Final = re.compile(rb"0[xXoObB]")
_DIGIT: Final = re.compile(rb"[0-9]")
_HEX_DIGIT: Final = re.compile(rb"[0-9a-fA-F]")
_FORMAT: Final = re.compile(r"(?:.?[<>=^])?[-+ ]?z?#?0?[0-9]{0,3}[,_]?(?:\.[0-9]{0,3})?[A-Za-z%]?")
_BLANKS: Final = b" \t\f"


class _Edit(NamedTuple):
    """Replace [start, end) by `text`."""

    start: int
    end: int
    text: bytes = b""


def masked(source: str, disclosure: Disclosure) -> str:
    """The source without what `disclosure` keeps back; its tree has the same kinds of nodes, comments aside.

    A text with a letter or digit becomes `<str:40>` (`<bytes:16>`) within its prefix and quotes, the number being its
    length as it is spelt; f-strings keep their fields. Numbers of more than MAX_DIGITS digits, and those of a row of
    MANY_NUMBERS, become zeros. Raises nothing; what cannot be parsed is left out, "" if that is all.
    Cost: see `make bench`, "masking".
    """
    if disclosure.literals and disclosure.comments:
        return source
    document = Document("", source.encode("utf-8", "replace"))
    if document.declined:
        return ""
    masker = _Masker(document, disclosure)
    edits = masker.edits()
    if document.root.has_error:
        edits = _merged(edits, _uncertain(document))
    return _applied(document.text, edits).decode("utf-8", "replace")


class _Masker:
    """One walk over a fragment's tree."""

    def __init__(self, document: Document, disclosure: Disclosure) -> None:
        """Walk this document for that."""
        self._document = document
        self._text = document.text
        self._kinds = document.grammar.kinds
        self._disclosure = disclosure
        self._found: list[_Edit] = []
        self._docstrings: set[int] = set()  # where statements start that are one

    def edits(self) -> list[_Edit]:
        """What to replace, in order."""
        kinds, comments = self._kinds, self._disclosure.comments
        # A stack, not recursion: user trees may be nested 20,000 deep.
        stack = [(self._document.root, self._disclosure.literals)]
        while stack:
            node, is_shown = stack.pop()
            kind = kinds[node.kind_id]
            if kind == "comment":
                if not comments:
                    self._found.append(_comment(self._text, node))
                continue
            if not is_shown:
                if kind in _NUMBERS:
                    self._number(node, MAX_DIGITS)
                    continue
                if kind == "expression_statement" and node.start_byte in self._docstrings:
                    is_shown = True
            stack.extend([(child, is_shown) for child in self._children(node, kind, is_shown)])
        self._found.sort()
        return self._found

    def _children(self, node: Node, kind: str, is_shown: bool) -> list[Node]:
        """What of a node is to be looked at; a text or a row of numbers is masked on the way."""
        if is_shown:
            return node.named_children
        if kind == "string":
            return self._string(node)
        if kind == "format_specifier":
            return self._format(node)
        children = node.named_children
        if kind in _DEFINITIONS:
            self._find_docstring(node.child_by_field_name("body"))
        elif kind == "module" and sum(self._kinds[child.kind_id] != "comment" for child in children) > 1:
            # A fragment that is one text and nothing else is an expression, and no documented module.
            self._find_docstring(node)
        elif kind in _ROWS and len(children) >= MANY_NUMBERS:
            numbers = [child for child in children if self._kinds[child.kind_id] in _NUMBERS]
            if len(numbers) >= MANY_NUMBERS:
                for number in numbers:
                    self._number(number, 0)
                return [child for child in children if self._kinds[child.kind_id] not in _NUMBERS]
        return children

    def _find_docstring(self, block: Node | None) -> None:
        statement = docstring_statement(self._document, block) if block is not None else None
        if statement is not None:
            self._docstrings.add(statement.start_byte)

    def _number(self, node: Node, allowed: int) -> None:
        """Make a number zeros if it has more digits than are allowed."""
        text = self._text[node.start_byte : node.end_byte]
        base = _BASE.match(text)
        start, digit = (base.end(), _HEX_DIGIT) if base else (0, _DIGIT)
        zeros, count = digit.subn(b"0", text[start:])
        if count > allowed:
            self._found.append(_Edit(node.start_byte, node.end_byte, text[:start] + zeros))

    def _string(self, node: Node) -> list[Node]:
        """Mask a text between its quotes; gives its fields, to be looked into."""
        children = node.children
        if len(children) < 2:
            return children
        prefix = self._text[children[0].start_byte : children[0].end_byte].lower()
        word = "bytes" if b"b" in prefix else "str"
        fields, gaps = self._gaps(children[1:-1], Span(children[0].end_byte, children[-1].start_byte))
        for gap in gaps:
            content = self._document.slice(*gap)
            if not _is_sign(content if b"r" in prefix else _LAYOUT_ESCAPE.sub(" ", content)):
                self._found.append(_Edit(*gap, f"<{word}:{len(content)}>".encode()))
        return fields

    def _format(self, node: Node) -> list[Node]:
        """Mask what of a format is not of Python's own small language; gives its fields."""
        fields, gaps = self._gaps(node.children[1:], Span(node.start_byte + 1, node.end_byte))
        for gap in gaps:
            content = self._document.slice(*gap)
            if not _FORMAT.fullmatch(content):
                self._found.append(_Edit(*gap, f"<str:{len(content)}>".encode()))
        return fields

    def _gaps(self, children: list[Node], within: Span) -> tuple[list[Node], list[Span]]:
        """The fields of a text, and what lies between them."""
        fields = [child for child in children if self._kinds[child.kind_id] in _FIELDS]
        starts = [within.start, *(child.end_byte for child in fields)]
        ends = [*(child.start_byte for child in fields), within.end]
        return fields, [Span(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _is_sign(content: str) -> bool:
    """Whether a text says nothing: a separator, a ruler, blanks."""
    return not any(map(str.isalnum, content)) and (len(content) <= MAX_SIGNS or len(set(content)) <= 2)


def _comment(text: bytes, node: Node) -> _Edit:
    """Take a comment out, with the blanks before it, and with its line where that holds nothing else."""
    start, end = node.start_byte, node.start_byte + len(text[node.start_byte : node.end_byte].rstrip(b"\r"))
    while start and text[start - 1] in _BLANKS:
        start -= 1
    if start and text[start - 1] not in b"\r\n":
        return _Edit(start, end)
    if start and _is_continued(text, start):
        return _Edit(node.start_byte, end)  # the line before goes on here
    if line_end := LINE_END.match(text, end):
        end = line_end.end()
    return _Edit(start, end)


def _uncertain(document: Document) -> list[_Edit]:
    """The lines with errors, and everything from the first triple quote on."""
    kinds = document.grammar.kinds
    found: list[_Edit] = []
    stack = [document.root]
    while stack:
        node = stack.pop()
        if found and node.end_byte <= found[-1].end:
            continue
        if kinds[node.kind_id] == "ERROR" or node.is_missing:
            found.append(_lines(document, Span(node.start_byte, node.end_byte), found[-1].end if found else 0))
        elif node.has_error:
            stack.extend(reversed(node.children))
    if quote := _TRIPLE.search(document.text):
        first = document.lines.start(document.lines.line_of(quote.start()))
        found.append(_Edit(first, len(document.text)))
    return found


def _lines(document: Document, span: Span, done: int) -> _Edit:
    """The whole lines of a span, with those that a backslash joins to them; not before `done`."""
    lines, text = document.lines, document.text
    starts = [*map(lines.start, range(lines.line_of(done), lines.line_of(span.start) + 1))]
    while len(starts) > 1 and _is_continued(text, starts[-1]):
        starts.pop()
    last = lines.line_of(span.end) + 1
    while last < len(lines) and _is_continued(text, lines.start(last)):
        last += 1
    return _Edit(starts[-1], lines.start(last) if last < len(lines) else len(text))


def _is_continued(text: bytes, start: int) -> bool:
    """Whether the line before the one that starts here goes on in it."""
    return text[max(start - 3, 0) : start].endswith((b"\\\n", b"\\\r\n", b"\\\r"))


def _merged(edits: Iterable[_Edit], cuts: Iterable[_Edit]) -> list[_Edit]:
    """Both, in order; what touches a cut goes with it as a whole."""
    found: list[_Edit] = []
    for edit in sorted((*edits, *cuts)):
        if found and edit.start < found[-1].end:
            found[-1] = _Edit(found[-1].start, max(found[-1].end, edit.end))
        else:
            found.append(edit)
    return found


def _applied(text: bytes, edits: Iterable[_Edit]) -> bytes:
    """The text after edits that are in order and do not overlap."""
    pieces: list[bytes] = []
    position = 0
    for edit in edits:
        pieces += (text[position : edit.start], edit.text)
        position = edit.end
    return b"".join((*pieces, text[position:]))
