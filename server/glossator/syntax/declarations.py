"""Declarations as people read them: `def merge(self, other: Feed) -> Feed`, `class Feed(Base)`, `LIMIT: int = 8`.

They are written from the source's own words, without bodies, decorators and comments: on one line where that fits,
else wrapped as black does. Each of them is Python: with `: ...` behind a `def` or `class` it can be parsed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from glossator.syntax.document import Document
from glossator.syntax.symbols import Entry

WIDTH: Final = 88
MAX_DEFAULT: Final = 200  # characters of a default; a longer one is shown as `...`
MAX_ANNOTATION: Final = 1000
MAX_VALUE: Final = 60  # characters of an attribute's value; of a longer one the kind is shown
_INDENT: Final = "    "
_OPENING: Final = ("(", "[", "{")
_CLOSING: Final = (")", "]", "}")
_LISTS: Final = frozenset(("parameters", "argument_list", "list", "set", "dictionary"))
_SHORTENED: Final = {"list": "[...]", "tuple": "(...)", "dictionary": "{...}", "set": "{...}"}


def declaration(entry: Entry) -> str:
    """The header of a definition without its colon. Defaults and annotations beyond bounds are `...`."""
    document, node = entry.document, entry.node
    name = document.one_line(node.child_by_field_name("name"))
    kinds = compact(document, node.child_by_field_name("type_parameters"))
    if entry.is_class:
        bases = node.child_by_field_name("superclasses")
        written = [compact(document, child) for child in _parts(document, bases)]
        return _laid_out(f"class {name}{kinds}", written, "", has_brackets=bool(written))
    parameters = [_parameter(document, child) for child in _parts(document, node.child_by_field_name("parameters"))]
    returns = _annotation(document, node.child_by_field_name("return_type"))
    start = "async def" if document.text.startswith(b"async", node.start_byte) else "def"
    tail = f" -> {returns}" if returns else ""
    return _laid_out(f"{start} {name}{kinds}", parameters, tail, has_brackets=True)


def assignment(document: Document, name: str, annotation: Node | None, value: Node | None) -> str:
    """An attribute with its type and its value, as far as they are known."""
    return attribute_text(name, _annotation(document, annotation), value_text(document, value))


def attribute_text(name: str, annotation: str, value: str) -> str:
    """An attribute with its type and its value; "" where there is none."""
    typed = f"{name}: {annotation}" if annotation else name
    return f"{typed} = {value}" if value else typed


def returned_type(entry: Entry) -> str:
    """The annotation of what a function returns; "" where it has none."""
    return _annotation(entry.document, entry.node.child_by_field_name("return_type"))


def value_text(document: Document, node: Node | None) -> str:
    """A value on one line; of a long one what kind of thing it is."""
    if node is None:
        return ""
    text = compact(document, node)
    if len(text) <= MAX_VALUE and "\n" not in text and not node.has_error:
        return text
    kind = document.grammar.kinds[node.kind_id]
    if kind == "call":
        callee = compact(document, node.child_by_field_name("function"))
        is_short = len(callee) <= MAX_VALUE and "\n" not in callee
        return f"{callee}(...)" if is_short and not node.has_error else "..."
    return _SHORTENED.get(kind, "...") if not node.has_error else "..."


def compact(document: Document, node: Node | None) -> str:
    """A node's source on one line, without comments; line breaks stay where they are part of a text."""
    if node is None:
        return ""
    text = document.text[node.start_byte : node.end_byte]
    if not any(sign in text for sign in (b"\n", b"\r", b"#")):
        return text.decode("utf-8", "replace")
    return _joined(document, node)


def _joined(document: Document, node: Node) -> str:
    pieces: list[str] = []
    end = node.start_byte
    for leaf in _leaves(document, node):
        piece = document.slice(leaf.start_byte, leaf.end_byte)
        gap = document.text[end : leaf.start_byte]
        is_broken = b"\n" in gap or b"\r" in gap
        before = pieces[-1] if pieces else "("
        if piece in _CLOSING and before == "," and is_broken and _may_drop_comma(document, leaf):
            pieces.pop()
        elif gap and not (is_broken and (before in _OPENING or piece in (*_CLOSING, ",", "."))):
            pieces.append(" ")
        pieces.append(piece)
        end = leaf.end_byte
    return "".join(pieces).strip()


def _leaves(document: Document, node: Node) -> Iterator[Node]:
    """The tokens of a node, texts whole, comments and line continuations left out."""
    kinds = document.grammar.kinds
    stack = [node]
    while stack:
        one = stack.pop()
        kind = kinds[one.kind_id]
        if kind in ("comment", "line_continuation"):
            continue
        if kind == "string" or not one.child_count:
            if one.start_byte < one.end_byte:
                yield one
        else:
            stack.extend(reversed(one.children))


def _may_drop_comma(document: Document, closing: Node) -> bool:
    """Whether the comma before a bracket means nothing: it makes a tuple of one thing."""
    parent = closing.parent
    if parent is None or document.grammar.kinds[parent.kind_id] in _LISTS:
        return parent is not None
    return sum(1 for child in parent.children if document.grammar.kinds[child.kind_id] == ",") > 1


def _parts(document: Document, node: Node | None) -> Iterator[Node]:
    """What stands between the commas of a node."""
    for child in node.named_children if node is not None else ():
        if document.grammar.kinds[child.kind_id] not in ("comment", "line_continuation", "ERROR"):
            yield child


def _parameter(document: Document, node: Node) -> str:
    kinds = document.grammar.kinds
    annotation, value = node.child_by_field_name("type"), node.child_by_field_name("value")
    if annotation is None and value is None:
        return compact(document, node)
    target = node.child_by_field_name("name")
    if target is None:
        target = next(child for child in node.named_children if kinds[child.kind_id] != "comment")
    name = compact(document, target)
    default = compact(document, value)
    if len(default) > MAX_DEFAULT:
        default = "..."
    if annotation is None:
        return f"{name}={default}"
    return attribute_text(name, _annotation(document, annotation), default)


def _annotation(document: Document, node: Node | None) -> str:
    text = compact(document, node)
    return text if len(text) <= MAX_ANNOTATION else "..."


def _laid_out(start: str, parts: list[str], tail: str, *, has_brackets: bool) -> str:
    """The parts between brackets, on one line where they fit, else each on its own."""
    if not has_brackets:
        return start + tail
    line = f"{start}({', '.join(parts)}){tail}"
    if not parts or (len(line) <= WIDTH and "\n" not in line):
        return line
    return f"{start}(\n" + "".join(f"{_INDENT}{part},\n" for part in parts) + f"){tail}"
