"""Source as a provider may see it: literals as typed placeholders, comments gone, the rest as it stands.

    password = connect("db.example", "hunter2")  # staging      ->      password = connect("<str:10>", "<str:7>")

It works on any fragment: a file, a function cut out with its indentation, an expression. Docstrings stay, since people
wrote them to be read; so do names. What is left is for `providers.redaction` to look through.

**Code that cannot be parsed is shown only as far as its texts are certain.** Where a quote is missing the parser takes
text for code, and finds its way back anywhere behind. So texts are told from code by their quotes alone then, from the
left, as Python does it; what is shown ends at the first text that may go over lines or hold code (triple quotes,
f-strings), and each line with an error goes as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.model import Disclosure, Span
from glossator.syntax.docstrings import docstring_statement
from glossator.syntax.document import Document
from glossator.syntax.text import LINE_END

MAX_DIGITS: Final = 6  # longer numbers may be keys, cards or telephones; shorter ones are sizes and limits
_WORD: Final = re.compile(r"[\w+/=@:.-]*\w")
_LONG_WORD: Final = 6
MAX_SIGNS: Final = 4  # longer texts without a letter or digit may be passwords, unless they repeat one sign
MANY_NUMBERS: Final = 8  # so many in a row may be the bytes of a text
_DEFINITIONS: Final = frozenset(("function_definition", "class_definition"))
_ESCAPE: Final = re.compile(rb"\\(?:\r\n|[\s\S])")
_NUMBERS: Final = frozenset(("integer", "float"))
_EXTRAS: Final = frozenset(("comment", "line_continuation"))
_ROWS: Final = frozenset(("list", "tuple", "set", "argument_list", "expression_list"))
_FIELDS: Final = frozenset(("interpolation", "format_expression"))
_UNCLEAR: Final = re.compile(rb"\"\"\"|'''|[fFtT][rR]?[\"']|[rR][fFtT][\"']")
# What Python tells apart by itself: comments, texts with their end or without, long numbers.
_TOKEN: Final = re.compile(
    rb"(?P<comment>#[^\r\n]*)"
    rb"|(?P<quote>[\"'])(?:(?!(?P=quote))[^\\\r\n]|\\(?:\r\n|[\s\S]|$))*(?P<close>(?P=quote))?"
    rb"|(?P<number>(?<![\w.])[0-9][\w.]{6,})"
)
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


@lru_cache(maxsize=64)  # what surrounds a symbol surrounds others, too
def hidden_words(source: str) -> frozenset[str]:
    """The words that stand in texts, long numbers and comments alone, and that no prose has: with digits or mixed case.

    Whoever repeats one of them tells what masking would have kept back. Cost: that of masking.
    """
    found = frozenset(filter(_is_odd, _WORD.findall(source)))
    return found.difference(_WORD.findall(masked(source, Disclosure()))) if found else found


def _is_odd(word: str) -> bool:
    is_mixed = word[1:] != word[1:].lower() and word != word.upper()
    return len(word) >= _LONG_WORD and (is_mixed or any(c.isdigit() for c in word))


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
    edits = [] if document.root.has_error else masker.edits()
    if document.root.has_error or masker.is_in_doubt:
        edits = _broken(document)
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
        self.is_in_doubt = False  # the parser took something for a text that is none

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
                    self._found.append(_comment(self._text, Span(node.start_byte, node.end_byte)))
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
        elif kind == "module" and sum(self._kinds[child.kind_id] not in _EXTRAS for child in children) > 1:
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
        # The parser may see fields in other texts, too, where it recovers.
        inner = children[1:-1] if b"f" in prefix or b"t" in prefix else []
        fields, gaps = self._gaps(inner, Span(children[0].end_byte, children[-1].start_byte))
        if not prefix.endswith((b'"""', b"'''")):
            texts = (_ESCAPE.sub(b"", self._text[gap.start : gap.end]) for gap in gaps)
            self.is_in_doubt |= any(b"\n" in text or b"\r" in text for text in texts)
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


def _comment(text: bytes, span: Span) -> _Edit:
    """Take a comment out, with the blanks before it, and with its line where that holds nothing else."""
    start, end = span.start, span.start + len(text[span.start : span.end].rstrip(b"\r"))
    while start and text[start - 1] in _BLANKS:
        start -= 1
    if start and text[start - 1] not in b"\r\n":
        return _Edit(start, end)
    if start and _is_continued(text, start):
        return _Edit(span.start, end)  # the line before goes on here
    if line_end := LINE_END.match(text, end):
        end = line_end.end()
    return _Edit(start, end)


def _broken(document: Document) -> list[_Edit]:
    """What to take out of code that cannot be parsed: all that is not certainly code."""
    text = document.text
    unclear = _UNCLEAR.search(text)
    end = _lines(document, Span(*unclear.span())).start if unclear else len(text)
    edits, cuts = [_Edit(end, len(text))], _errors(document)
    for match in _TOKEN.finditer(text, 0, end):
        if match["comment"]:
            edits.append(_comment(text, Span(match.start(), match.end())))
        elif match["number"]:
            edits.append(_Edit(match.start(), match.end(), b"0"))
        elif not match["close"]:
            cuts.append(_lines(document, Span(*match.span())))
        elif match.end() - match.start() > 2:
            edits.append(_Edit(match.start() + 1, match.end() - 1, b"<str:%d>" % (match.end() - match.start() - 2)))
    return _merged((*edits, *_with_continued(document, cuts)))


def _errors(document: Document) -> list[_Edit]:
    """The lines with errors."""
    kinds = document.grammar.kinds
    found: list[_Edit] = []
    stack = [document.root]
    while stack:
        node = stack.pop()
        if kinds[node.kind_id] == "ERROR":
            found.append(_lines(document, Span(node.start_byte, node.end_byte)))
        elif node.has_error:
            stack.extend(node.children)
    return found


def _lines(document: Document, span: Span) -> _Edit:
    """The whole lines that a span is on."""
    lines = document.lines
    after = lines.line_of(span.end) + 1
    end = lines.start(after) if after < len(lines) else len(document.text)
    return _Edit(lines.start(lines.line_of(span.start)), end)


def _with_continued(document: Document, cuts: Iterable[_Edit]) -> list[_Edit]:
    """Whole lines, each with those that a backslash joins to its end."""
    lines, text = document.lines, document.text
    found: list[_Edit] = []
    for cut in _merged(cuts):
        end = cut.end
        if found and end <= found[-1].end:
            continue
        while end < len(text) and _is_continued(text, end):
            after = lines.line_of(end) + 1
            end = lines.start(after) if after < len(lines) else len(text)
        found.append(_Edit(cut.start, end))
    return found


def _is_continued(text: bytes, start: int) -> bool:
    """Whether the line before the one that starts here goes on in it."""
    return text[max(start - 3, 0) : start].endswith((b"\\\n", b"\\\r\n", b"\\\r"))


def _merged(edits: Iterable[_Edit]) -> list[_Edit]:
    """Edits in order; of those that overlap, all goes that one of them has."""
    found: list[_Edit] = []
    for edit in sorted(edits):
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
