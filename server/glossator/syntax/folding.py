"""Makes source shorter by rule, so that a prompt keeps what describes a function and leaves the rest.

In this order, and only until it fits: long literals are elided, blocks that lie deep are folded, statements that touch
neither parameters nor results nor exceptions are dropped, all inner blocks are folded, and last the end is cut off.
Each piece that is gone leaves `...` in its place. Headers are never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from tree_sitter import Node

from glossator.model import Span
from glossator.syntax.document import Document

GONE: Final = b"..."
LONG_BYTES: Final = 48  # a literal that is longer is elided
KEPT_ITEMS: Final = 3  # of a long list, dictionary, set or tuple
DEEP: Final = 3  # blocks within blocks within the function's body
COLLECTIONS: Final = ("list", "dictionary", "set", "tuple")
BODIES: Final = ("function_definition", "class_definition", "module")


class _Cut(NamedTuple):
    span: Span
    instead: bytes


_Rule = Callable[[Document, frozenset[bytes]], Iterator[_Cut]]


@lru_cache(maxsize=64)  # a class is the same for all of its methods
def folded(source: str, max_bytes: int, kept: frozenset[str] = frozenset()) -> str:
    """A source within so many bytes (UTF-8); `kept` are names whose statements matter, such as the parameters'.

    One that fits is not touched. Cost: a parse for each rule that is needed, about 0.2 ms for a hundred lines.
    """
    text = source.encode("utf-8", "replace")
    names = frozenset(name.encode("utf-8", "replace") for name in kept)
    for rule in _RULES:
        if len(text) <= max_bytes:
            break
        text = _without(text, list(rule(Document("", text), names)))
    return _cut_off(text, max_bytes).decode("utf-8", "ignore")  # a character that was cut in two goes as a whole


def _without(text: bytes, cuts: list[_Cut]) -> bytes:
    """The text with all cuts made; of two that overlap the outer one counts."""
    pieces: list[bytes] = []
    position = 0
    for span, instead in sorted(cuts, key=lambda cut: (cut.span.start, -cut.span.end)):
        if span.start >= position:
            pieces += (text[position : span.start], instead)
            position = span.end
    return b"".join((*pieces, text[position:]))


def _cut_off(text: bytes, max_bytes: int) -> bytes:
    if len(text) <= max_bytes:
        return text
    head = text[: max(0, max_bytes - len(GONE) - 1)]
    return head[: head.rfind(b"\n") + 1] + GONE if b"\n" in head else head + GONE


def _long_literals(document: Document, _names: frozenset[bytes]) -> Iterator[_Cut]:
    for node, _ in _walk(document):
        kind = document.grammar.kinds[node.kind_id]
        if kind == "string_content" and node.end_byte - node.start_byte > LONG_BYTES:
            # A whole number of characters: the content is valid UTF-8 before and after.
            head = document.text[node.start_byte : node.start_byte + LONG_BYTES // 2].decode("utf-8", "ignore")
            yield _Cut(Span(node.start_byte, node.end_byte), head.rstrip("\\").encode() + GONE)
        elif kind in COLLECTIONS and len(node.named_children) > 2 * KEPT_ITEMS:
            last = node.named_children[KEPT_ITEMS - 1]
            yield _Cut(Span(last.end_byte, node.end_byte - 1), b", " + GONE)


def _deep_blocks(document: Document, _names: frozenset[bytes]) -> Iterator[_Cut]:
    return _blocks(document, DEEP)


def _inner_blocks(document: Document, _names: frozenset[bytes]) -> Iterator[_Cut]:
    return _blocks(document, 1)


def _blocks(document: Document, depth: int) -> Iterator[_Cut]:
    """The blocks that lie so deep within a function's body, but not those that end in an outcome."""
    kinds = document.grammar.kinds
    for node, at in _walk(document):
        if kinds[node.kind_id] == "block" and at > depth and not _has_outcome(document, node):
            yield _Cut(Span(node.start_byte, node.end_byte), GONE)


def _unrelated(document: Document, names: frozenset[bytes]) -> Iterator[_Cut]:
    """The statements that name none of `names` and give or raise nothing."""
    kinds = document.grammar.kinds
    for node, _ in _walk(document):
        parent = node.parent
        if parent is None or kinds[parent.kind_id] != "block" or kinds[node.kind_id] in BODIES:
            continue
        text = document.text[node.start_byte : node.end_byte]
        if not any(name in text for name in names) and not _has_outcome(document, node):
            yield _Cut(Span(node.start_byte, node.end_byte), GONE)


_RULES: Final[tuple[_Rule, ...]] = (_long_literals, _deep_blocks, _unrelated, _inner_blocks)


def _has_outcome(document: Document, node: Node) -> bool:
    text = document.text[node.start_byte : node.end_byte]
    return b"return" in text or b"raise" in text or b"yield" in text


def _walk(document: Document) -> Iterator[tuple[Node, int]]:
    """Every named node with the number of blocks around it that are no function's own body."""
    kinds = document.grammar.kinds
    stack = [(document.root, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        is_definition = kinds[node.kind_id] in BODIES
        for child in reversed(node.named_children):
            is_inner = kinds[child.kind_id] == "block" and not is_definition
            stack.append((child, depth + is_inner))
