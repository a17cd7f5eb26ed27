"""The parts of a request in one process: parsing, outline, contexts and fingerprints of the large file."""

from __future__ import annotations

import gc
from collections.abc import Callable

from client import clock
from samples import LARGE, sites
from table import Row, median

from glossator.syntax.context import ContextReader, FactsMemo
from glossator.syntax.document import Document
from glossator.syntax.fingerprint import fingerprints
from glossator.syntax.symbols import Outline

URI = "file:///large.py"


def best(action: Callable[[], object], rounds: int) -> float:
    """The shortest time of several, in milliseconds: what the code costs when nothing else runs."""
    found = []
    gc.collect()
    for _ in range(rounds):
        started = clock()
        action()
        found.append(clock() - started)
    return min(found) * 1e3


def part_rows(rounds: int) -> list[Row]:
    """The rows of the parts."""
    text = LARGE.read_bytes()
    document = Document(URI, text)
    root, grammar = document.root, document.grammar
    nodes = root.descendant_count
    site = sites(text.decode())[0]
    offset = document.offset(site.line, site.character, "utf-32")
    parser = grammar.parser()
    parse_floor = best(lambda: parser.parse(text), rounds)
    walk_ns = best(lambda: walked(document), rounds) * 1e6 / nodes
    digest_ns = best(lambda: fingerprints(root, text), rounds) * 1e6 / nodes
    path = Outline(document).symbols[-1].path
    few = max(2, rounds // 5)
    cold_all = best(lambda: read_contexts(Document(URI, text), FactsMemo(), None), few)
    cold_one = best(lambda: read_contexts(Document(URI, text), FactsMemo(), path), few)
    warm_all, warm_one = (keystrokes(document, offset, rounds, wanted) for wanted in (None, path))
    return [
        Row("parse, 6,425 lines", best(lambda: Document(URI, text).root, rounds), "ms", parse_floor, 1.2),
        Row("re-parse after a keystroke, by a parse", reparse(document, offset, rounds), "ms", parse_floor, 0.1),
        Row("all symbols", best(lambda: Outline(document).symbols, rounds), "ms"),
        Row("both fingerprints, by visiting each node", digest_ns, "ns/node", walk_ns),
        Row("both fingerprints", digest_ns, "ns/node", None, 1000.0),
        Row("context of one symbol, cold", cold_one, "ms"),
        Row("context of one symbol after a keystroke elsewhere", warm_one, "ms"),
        Row("a repeated context is cheaper by", cold_one / warm_one, "times", None, 100.0, more_is_better=True),
        Row("contexts of all symbols, cold", cold_all, "ms"),
        Row("contexts of all symbols after a keystroke", warm_all, "ms"),
    ]


def walked(document: Document) -> int:
    """Visit each node: the least that a digest of a tree can cost."""
    cursor = document.root.walk()
    count = 1
    while True:
        node = cursor.node
        assert node is not None
        count += node.kind_id > 0
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return count


def reparse(document: Document, offset: int, rounds: int) -> float:
    """Milliseconds of an edit and the tree after it, the middle of many."""
    found = []
    for number in range(rounds * 4):
        started = clock()
        document = document.edit(offset, offset + number % 2, b"" if number % 2 else b"x")
        document.root  # noqa: B018, parsed when it is asked for
        found.append(clock() - started)
    return median(found) * 1e3


def read_contexts(document: Document, memo: FactsMemo, path: str | None) -> None:
    """The context of the symbol at a path of a snapshot, or of all symbols."""
    outline = Outline(document)
    reader = ContextReader(outline, memo)
    for wanted in [path] if path else [symbol.path for symbol in outline.symbols]:
        reader.context(wanted)


def keystrokes(document: Document, offset: int, rounds: int, path: str | None) -> float:
    """Milliseconds of an edit and the contexts after it, the middle of many."""
    memo = FactsMemo()
    read_contexts(document, memo, path)
    found = []
    for number in range(rounds):
        started = clock()
        document = document.edit(offset, offset + number % 2, b"" if number % 2 else b"x")
        read_contexts(document, memo, path)
        found.append(clock() - started)
    return median(found) * 1e3
