"""An independent judge of edits: what a documented file may differ in, told from Python's own parser alone."""

import ast
import codecs
import copy
import io
import re
import tokenize
import warnings
from dataclasses import dataclass, field

LINE_END = re.compile(rb"\r\n|\r|\n")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Source:
    """A file as Python sees it: UTF-8 text, its lines and its tree."""

    text: bytes
    tree: ast.Module
    starts: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, raw):
        encoding, _ = tokenize.detect_encoding(io.BytesIO(re.sub(rb"\r\n?", b"\n", raw)).readline)
        text = raw.removeprefix(codecs.BOM_UTF8).decode(encoding.removesuffix("-sig")).encode()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.decode())
        return cls(text, tree, [0, *(match.end() for match in LINE_END.finditer(text))])

    def start(self, node):
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node):
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def line_start(self, offset):
        return max(start for start in self.starts if start <= offset)

    def definitions(self):
        return [node for node in ast.walk(self.tree) if isinstance(node, DOCUMENTED)]


def docstring(node):
    """The statement that is a definition's docstring."""
    first = node.body[0] if node.body else None
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return first if is_text else None


def bare_dump(tree):
    """A tree as text, docstrings taken out."""
    tree = copy.deepcopy(tree)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def documented(raw):
    """How many definitions of a file have a docstring."""
    return sum(docstring(node) is not None for node in Source.of(raw).definitions())


def check_harmless(before_raw, after_raw):
    """Fail unless `after` is `before` with docstrings put in, each on lines of its own, and nothing else touched."""
    before, after = Source.of(before_raw), Source.of(after_raw)
    assert bare_dump(before.tree) == bare_dump(after.tree), "the tree has changed"
    pairs = zip(before.definitions(), after.definitions(), strict=True)
    new = [(old, node) for old, node in pairs if docstring(old) is None and docstring(node) is not None]
    position = read = 0
    gap = 0
    for old, node in sorted(new, key=lambda pair: after.start(docstring(pair[1]))):
        own = docstring(node)
        first = old.body[0] if old.body else None
        if is_shared(before, old):
            position = _same(before.text, position, after.text[read : after.start(own)], gap)
            read, gap = after.start(node.body[1]), 0
            assert after.text[after.end(own) : read] == b"; ", "more than a semicolon has come"
            continue
        is_inline = first is not None and not isinstance(old, ast.Module) and not _stands_alone(before, first)
        start = after.line_start(after.start(own))
        if is_inline:
            start = len(after.text[:start].rstrip(b"\r\n"))
        position = _same(before.text, position, after.text[read:start], gap)
        assert not after.text[after.line_start(after.start(own)) : after.start(own)].strip(), "it shares its line"
        if is_inline:
            blanks = re.compile(rb"[ \t\f]*").match(before.text, position)
            assert blanks.end() == before.start(first), "more than blanks went away"
            position, read = blanks.end(), after.start(node.body[1])
        else:
            line_end = LINE_END.match(after.text, after.end(own))
            read = line_end.end() if line_end else after.end(own)
            assert line_end or read == len(after.text), "something follows it on its line"
        gap = 0 if is_inline else {ast.Module: 2, ast.ClassDef: 1}.get(type(node), 0)
    position = _same(before.text, position, after.text[read:], gap)
    assert position == len(before.text), "the end went away"


def is_shared(source, definition):
    """Whether a line continuation makes the first statement part of the header's line."""
    if isinstance(definition, ast.Module) or not definition.body:
        return False
    start = source.start(definition.body[0])
    return re.search(rb":[ \t\f]*\\(?:\r\n|\r|\n)[ \t\f]*$", source.text[source.start(definition) : start]) is not None


def _stands_alone(source, statement):
    start = source.start(statement)
    return not source.text[source.line_start(start) : start].strip()


def _same(before, position, piece, gap):
    """Fail unless `piece` follows in `before`; blank lines that came with a docstring (at most `gap`) are its own."""
    while gap and not before.startswith(piece, position) and (line_end := LINE_END.match(piece)):
        piece, gap = piece[line_end.end() :], gap - 1
    assert before.startswith(piece, position), f"bytes outside docstrings have changed: {piece[:60]!r}"
    return position + len(piece)
