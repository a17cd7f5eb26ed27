"""Put docstrings into source and prove that nothing else changed (the first promise).

The proof. An edit replaces a docstring or goes in where one belongs, so every byte outside its span stays. What is
left to show is that these bytes still mean the same. The statements of both texts are listed (kind, start, end),
docstrings left out, offsets moved by what was inserted before them: if the lists are equal, each statement consists of
the same bytes in the same place of the same block, and a statement's tree follows from its bytes (those that an edit
touches are looked into). This is done with tree-sitter's trees. Python's own `ast` has the last word: it parses the new
text, and must see each inserted literal as the docstring of a block that goes on behind it. Taking a whole first
statement out of a block takes its subtree out of the tree and nothing else, so that the old text's tree is the new one
without docstrings; parsing the old text, too, would cost a fifth of a run and find nothing more
(`tests/engine/test_edit.py` compares full dumps of both).
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from glossator.errors import SourceError
from glossator.model import SourceEdit, Span, Symbol, SymbolKind
from glossator.syntax.document import Document
from glossator.syntax.skeleton import statements
from glossator.syntax.text import LINE_END

DEFINITION = re.compile(rb"(?:@|class\b|def\b|async\b)")
LINE = re.compile(rb"[^\n]*\n|[^\n]+$")
BLANKS = b" \t\f"
UNPARSABLE = (SyntaxError, ValueError, MemoryError, RecursionError)


def line_end_at(document: Document, offset: int) -> str:
    """The line end in use at an offset: that of the line before, else that of the line itself, else LF."""
    lines = document.lines
    line = lines.line_of(offset) or 1
    if line == len(lines):
        return "\n"
    end = lines.start(line)
    before = document.text[max(0, end - 2) : end]
    return "\r\n" if before == b"\r\n" else before[-1:].decode()


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
    if place.form == "shared":
        return SourceEdit(Span(place.offset, place.offset), f"{literal}; ")
    gap = ""
    if symbol.kind in (SymbolKind.CLASS, SymbolKind.MODULE) and not _is_blank_line(document.text, place.offset):
        # Formatters want two lines before a definition at the top of a module, one before anything else.
        gap = end * 2 if place.form == "module" and DEFINITION.match(document.text, place.offset) else end
    return SourceEdit(Span(place.offset, place.offset), f"{place.indent}{literal}{end}{gap}")


def _is_blank_line(text: bytes, offset: int) -> bool:
    end = LINE_END.search(text, offset)
    return not text[offset : end.start() if end else len(text)].strip(BLANKS)


def trimmed(document: Document, edit: SourceEdit) -> SourceEdit:
    """The lines of an edit that change something, so that cursors and folds beside them stay."""
    (start, end), new = edit.span, edit.new_text.encode("utf-8", "surrogatepass")
    old_lines, new_lines = LINE.findall(document.text[start:end]), LINE.findall(new)
    shorter = min(len(old_lines), len(new_lines))
    first = next((n for n in range(shorter) if old_lines[n] != new_lines[n]), shorter)
    last = next((n for n in range(shorter - first) if old_lines[-1 - n] != new_lines[-1 - n]), shorter - first)
    before, behind = old_lines[:first], old_lines[len(old_lines) - last :]
    text = b"".join(new_lines[first : len(new_lines) - last]).decode("utf-8", "surrogatepass")
    return SourceEdit(Span(start + sum(map(len, before)), end - sum(map(len, behind))), text)


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
    """Where offsets lie after edits to a text; `replaced` are the spans of the old text, `inserted` of the new."""

    def __init__(self, edits: Sequence[SourceEdit]) -> None:
        """Prepare the look-up: one step per edit."""
        ordered = sorted(edits, key=lambda edit: edit.span)
        self.replaced = [edit.span for edit in ordered]
        self.inserted: list[Span] = []
        self._ends = [edit.span.end for edit in ordered]
        self._shifts = [0]
        for (start, end), length in ((edit.span, len(edit.new_text.encode())) for edit in ordered):
            first = start + self._shifts[-1]
            self.inserted.append(Span(first, first + length))
            self._shifts.append(first + length - end)

    def __call__(self, offset: int) -> int:
        """The new place of an offset; one at the end of an edit comes to stand behind what was inserted."""
        return offset + self._shifts[bisect_right(self._ends, offset)]

    def end(self, offset: int) -> int:
        """The new place of the end of something; what ends with a replaced text ends with the new one."""
        number = bisect_left(self._ends, offset)
        if number < len(self._ends) and self._ends[number] == offset > self.replaced[number].start:
            return self.inserted[number].end
        return self(offset - 1) + 1


def prove_file(before: Document, edits: Sequence[SourceEdit]) -> Document:
    """The document after the edits, proven to differ in docstrings only: with both parsers, over the whole file.

    Raises SourceError if `ast` cannot parse the text as it is, or if anything but docstrings would change.
    """
    after = apply(before, edits)
    tree = parse(after.text)
    if tree is None:
        broke = parse(before.text) is not None
        reason = "the edit would break the file" if broke else "the file cannot be parsed"
        raise SourceError(f"{reason}; correct its syntax first")
    moved = Moved(edits)
    _check_statements(before, after, moved)
    _check_docstrings(tree, after, moved)
    return after


def prove_definition(before: Document, symbol: Symbol, edit: SourceEdit) -> None:
    """Prove one edit within the symbol's definition, which is all that an editor can wait for.

    Of a class or module only what stands before and in the docstring's place is looked at: the rest is not touched.
    Raises SourceError if anything but the docstring would change. Cost: two parses of a definition.
    """
    excerpt, shift = _excerpt(before, symbol)
    inner = SourceEdit(Span(edit.span.start - shift, edit.span.end - shift), edit.new_text)
    after, moved = apply(excerpt, [inner]), Moved([inner])
    _check_statements(excerpt, after, moved)
    tree = parse(after.text)
    if tree is not None:
        _check_docstrings(tree, after, moved)
    elif parse(excerpt.text) is not None:  # if it could not be parsed before, tree-sitter alone decides
        raise SourceError(f"{symbol.path}: the edit would break the code; nothing was written")


def _excerpt(document: Document, symbol: Symbol) -> tuple[Document, int]:
    """A definition as a document of its own, and what its offsets lack to those of the whole."""
    start, end = symbol.span
    first = document.lines.start(document.lines.line_of(start))
    tail = b""
    place = symbol.place
    if place is not None and place.form in ("block", "module") and symbol.kind in (SymbolKind.CLASS, SymbolKind.MODULE):
        end = symbol.docstring.span.end if symbol.docstring else place.offset
        line_end = line_end_at(document, place.offset)
        tail = f"{line_end if symbol.docstring else ''}{place.indent}pass{line_end}".encode()
    text = document.text[first:end] + tail
    blanks = text[: len(text) - len(text.lstrip(BLANKS))].rpartition(b"\f")[2]  # a form feed starts the line anew
    lead = b"if 1:\n" if blanks and symbol.kind is not SymbolKind.MODULE else b""
    return Document(document.uri, lead + text), first - len(lead)


def _check_statements(before: Document, after: Document, moved: Moved) -> None:
    """tree-sitter finds the same statements in both."""
    _check_spans(before, moved.replaced)
    old = statements(before, moved.replaced)
    expected = [(kind, moved(start), moved.end(end)) for kind, start, end in old]
    if expected != list(statements(after, moved.inserted)):
        raise SourceError("the edit would change code; nothing was written")


def _check_docstrings(tree: ast.Module, after: Document, moved: Moved) -> None:
    """Every edit has put a docstring where `ast` sees one."""
    found = set(_docstring_spans(tree, after))
    for start, end in moved.inserted:
        if _literal_span(after.text, start, end) not in found:
            raise SourceError("an edit would not be a docstring where it stands; nothing was written")


def _literal_span(text: bytes, start: int, end: int) -> Span:
    """What an edit inserted, without the blanks, line ends and semicolon around it."""
    inserted = text[start:end].rstrip().removesuffix(b";")
    return Span(start + len(inserted) - len(inserted.lstrip()), start + len(inserted.rstrip()))


def _check_spans(before: Document, spans: Sequence[Span]) -> None:
    """An edit replaces a string literal, or nothing but blanks."""
    for start, end in spans:
        replaced = before.text[start:end].strip(BLANKS)
        if replaced and not re.match(rb"\(*\s*[rRuU]?[\"']", replaced):
            raise SourceError("an edit would replace something that is no docstring; nothing was written")


def parse(text: bytes) -> ast.Module | None:
    """Python's own tree of a UTF-8 text; None where it cannot parse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.decode("utf-8"))
        except UNPARSABLE:
            return None


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
        for name in BLOCKS[node.__class__]:
            stack += [child for child in getattr(node, name) if child.__class__ in BLOCKS]


DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
# What has blocks of statements, by the names of its fields that hold them or parts of it that do.
BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {
    kind: names
    for kind in vars(ast).values()
    if isinstance(kind, type)
    and issubclass(kind, ast.AST)
    and (names := tuple(name for name in ("body", "orelse", "finalbody", "handlers", "cases") if name in kind._fields))
    and not issubclass(kind, ast.expr)
}
