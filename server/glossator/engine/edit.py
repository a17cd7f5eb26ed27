"""Put docstrings into source and prove that nothing else changed (the first promise).

The proof. An edit replaces a docstring or goes in where one belongs, so every byte outside its span stays. What is
left to show is that these bytes still mean the same. The statements of both texts are listed (kind, start, end),
docstrings left out, offsets moved by what was inserted before them: if the lists are equal, each statement consists of
the same bytes in the same place of the same block, and a statement's tree follows from its bytes. This is done with
tree-sitter's trees. Python's own `ast` has the last word: it parses the new text, and must see each inserted literal
as the docstring of a block that goes on behind it. Taking a whole first statement out of a block takes its subtree out
of the tree and nothing else, so that the old text's tree is the new one without docstrings; parsing the old text, too,
would cost a fifth of a run and find nothing more (`tests/engine/test_edit.py` compares full dumps of both).
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise

from glossator.errors import SourceError
from glossator.model import SourceEdit, Span, Symbol, SymbolKind
from glossator.syntax.document import Document
from glossator.syntax.skeleton import Statement, statements
from glossator.syntax.text import LINE_END

DEFINITION = re.compile(rb"(?:@|class\b|def\b|async\b)")
BLANKS = b" \t\f"
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
UNPARSABLE = (SyntaxError, ValueError, MemoryError, RecursionError)


def line_end_at(document: Document, offset: int) -> str:
    """The line end in use at an offset: that of the line before, else that of the line itself, else LF."""
    line = document.lines.line_of(offset)
    for index in (line, line + 1):
        if 0 < index < len(document.lines):
            end = document.lines.start(index)
            match = LINE_END.search(document.text, max(0, end - 2), end)
            if match:
                return match.group().decode()
    return "\n"


def docstring_edit(document: Document, symbol: Symbol, literal: str) -> SourceEdit:
    """The edit that gives a symbol this docstring literal.

    Its later lines are indented already and have the file's line ends. A new docstring of a class or module that no
    blank line follows gets one, as formatters ask for. Raises SourceError where the symbol has no place for one.
    """
    if symbol.docstring is not None:
        return SourceEdit(symbol.docstring.span, literal)
    place = symbol.place
    if place is None:
        raise SourceError(f"{symbol.path}: its header cannot be parsed; correct the syntax first")
    end = line_end_at(document, place.offset)
    if place.form == "inline":
        start = len(document.text[: place.offset].rstrip(BLANKS))
        return SourceEdit(Span(start, place.offset), f"{end}{place.indent}{literal}{end}{place.indent}")
    gap = ""
    if symbol.kind in (SymbolKind.CLASS, SymbolKind.MODULE) and not _is_blank_line(document.text, place.offset):
        # Formatters want two lines before a definition at the top of a module, one before anything else.
        gap = end * 2 if place.form == "module" and DEFINITION.match(document.text, place.offset) else end
    return SourceEdit(Span(place.offset, place.offset), f"{place.indent}{literal}{end}{gap}")


def _is_blank_line(text: bytes, offset: int) -> bool:
    end = LINE_END.search(text, offset)
    return not text[offset : end.start() if end else len(text)].strip(BLANKS)


def apply(document: Document, edits: Sequence[SourceEdit]) -> Document:
    """The document after the edits, which may come in any order but must not overlap."""
    if len(edits) == 1:
        (start, end), new_text = edits[0].span, edits[0].new_text.encode()
        return document.edit(start, end, new_text)  # parsed incrementally: an editor waits for this one
    ordered = sorted(edits, key=lambda edit: edit.span)
    for before, after in pairwise(ordered):
        if after.span.start < before.span.end:
            raise SourceError("two edits overlap; document one symbol at a time")
    return document.edit_all([(edit.span.start, edit.span.end, edit.new_text.encode()) for edit in ordered])


class Moved:
    """Where offsets of a text lie after edits to it."""

    def __init__(self, edits: Sequence[SourceEdit]) -> None:
        """Prepare the look-up: one step per edit."""
        ordered = sorted(edits, key=lambda edit: edit.span)
        self._ends = [edit.span.end for edit in ordered]
        growths = (len(edit.new_text.encode()) - (edit.span.end - edit.span.start) for edit in ordered)
        self._shifts = [0, *accumulate(growths)]

    def __call__(self, offset: int) -> int:
        """The new place of an offset; one at the end of an edit comes to stand behind what was inserted."""
        return offset + self._shifts[bisect_right(self._ends, offset)]


def prove_file(before: Document, edits: Sequence[SourceEdit]) -> Document:
    """The document after the edits, proven to differ in docstrings only: with both parsers, over the whole file.

    Raises SourceError if `ast` cannot parse the text as it is, or if anything but docstrings would change.
    """
    after = apply(before, edits)
    moved = Moved(edits)
    _check_spans(before, edits)
    _compare(statements(before.root, before), statements(after.root, after), moved)
    tree = parse(after.text)
    if tree is None:
        broke = parse(before.text) is not None
        raise SourceError(
            f"{'the edit would break the file' if broke else 'the file cannot be parsed'}; correct its syntax first"
        )
    found = set(_docstring_spans(tree, after))
    for edit in edits:
        start = moved(edit.span.end) - len(edit.new_text.encode())
        if _literal_span(after.text, start, moved(edit.span.end)) not in found:
            raise SourceError("an edit would not be a docstring where it stands; nothing was written")
    return after


def _literal_span(text: bytes, start: int, end: int) -> Span:
    """What an edit inserted, without the blanks and line ends around it."""
    inserted = text[start:end]
    return Span(start + len(inserted) - len(inserted.lstrip()), start + len(inserted.rstrip()))


def prove_definition(before: Document, symbol: Symbol, edit: SourceEdit) -> Document:
    """The document after one edit, proven within the symbol's definition: what an editor can wait for.

    tree-sitter's statements of the definition are compared, and `ast`'s of its head (all of it for a function).
    Raises SourceError if anything but the docstring would change.
    """
    after = apply(before, [edit])
    moved = Moved([edit])
    _check_spans(before, [edit])
    start, end = symbol.span
    is_module = symbol.kind is SymbolKind.MODULE
    old = before.root if is_module else before.root.descendant_for_byte_range(start, end)
    new = after.root if is_module else after.root.descendant_for_byte_range(start, moved(end))
    if old is None or new is None:
        raise SourceError(f"{symbol.path}: not found again after the edit")
    _compare(statements(old, before), statements(new, after), moved)
    first, last = before.lines.start(before.lines.line_of(start)), _head_end(before, symbol)
    # A class that is cut before its first method needs a body, and the one with the docstring the same one.
    body = f"\n{symbol.place.indent}pass\n".encode() if symbol.place and last < end else b""
    old_tree = parse(_as_module(before.text[first:last] + body))
    if old_tree is not None and symbol.kind is not SymbolKind.MODULE:
        new_tree = parse(_as_module(after.text[first : moved(last)] + body))
        if new_tree is None or bare_dump(old_tree) != bare_dump(new_tree):
            raise SourceError(f"{symbol.path}: the edit would change code; nothing was written")
    return after


def _head_end(document: Document, symbol: Symbol) -> int:
    """Where the part of a definition ends that is shown to `ast`: of a class, before the line of its first method."""
    if symbol.kind is not SymbolKind.CLASS or symbol.place is None:
        return symbol.span.end
    nested = re.compile(rb"^[ \t\f]*(?:@|def\b|async\b|class\b|if\b|for\b|while\b|with\b|try\b|match\b)", re.MULTILINE)
    start = symbol.docstring.span.end if symbol.docstring else symbol.place.offset
    found = nested.search(document.text, start, symbol.span.end)
    return found.start() if found else symbol.span.end


def _as_module(definition: bytes) -> bytes:
    """A definition at any indentation as a module of its own."""
    indented = definition[:1] in (b" ", b"\t", b"\f")
    return b"if 1:\n" + definition if indented else definition


def _check_spans(before: Document, edits: Sequence[SourceEdit]) -> None:
    """An edit replaces a string literal, or nothing but blanks."""
    for edit in edits:
        replaced = before.text[edit.span.start : edit.span.end].strip(BLANKS)
        if replaced and not re.match(rb"\(*\s*[rRuU]?[\"']", replaced):
            raise SourceError("an edit would replace something that is no docstring; nothing was written")


def _compare(old: Iterator[Statement], new: Iterator[Statement], moved: Callable[[int], int]) -> None:
    expected = [(kind, moved(start), moved(end - 1) + 1) for kind, start, end in old]
    if expected != list(new):
        raise SourceError("the edit would change code; nothing was written")


def parse(text: bytes) -> ast.Module | None:
    """Python's own tree of a UTF-8 text; None where it cannot parse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.decode("utf-8"))
        except UNPARSABLE:
            return None


def bare_dump(tree: ast.AST) -> str:
    """A tree as text without positions and docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and _has_docstring(node):
            node.body = node.body[1:]
    return ast.dump(tree)


def _has_docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    first = node.body[0] if node.body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _docstring_spans(tree: ast.Module, document: Document) -> Iterator[Span]:
    """Where the docstrings stand."""
    start = document.lines.start
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, DOCUMENTED) and _has_docstring(node):
            first = node.body[0]
            end_line, end_column = first.end_lineno or first.lineno, first.end_col_offset or 0
            yield Span(start(first.lineno - 1) + first.col_offset, start(end_line - 1) + end_column)
        for name in BLOCKS:
            block = node.__dict__.get(name)
            if block.__class__ is list:
                stack.extend(block)


DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
