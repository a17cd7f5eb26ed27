"""Comments as prose: those that say something about a definition, a parameter or an assignment, without their signs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tree_sitter import Node

from glossator.syntax.document import Document
from glossator.syntax.text import LINE_END

# Directives to tools, rulers, and notes of developers to themselves: nothing that documentation should repeat.
_NOISE: Final = re.compile(
    r"^(?:type:|noqa|pragma|pylint|mypy|fmt|isort|flake8|nosec|pyright|ruff|glossator:|[-=*#~_+]{2,}|!|@)"
    r"|(?:TODO|FIXME|XXX|HACK|BUG)\b",
    re.IGNORECASE,
)
_BLANK_LINE: Final = re.compile(rb"[ \t]*(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)")
_LEGAL: Final = re.compile(r"copyright|licen[cs]e|spdx|author|reserved", re.IGNORECASE)


def comment_start(document: Document, offset: int) -> int:
    """Where the comment lines directly above a definition start; the definition's own offset if there are none.

    They stand in the definition's column, without blank lines between.
    """
    lines, text = document.lines, document.text
    line = lines.line_of(offset)
    column = offset - lines.start(line)
    start = offset
    while line:
        line -= 1
        above = lines.start(line)
        if text[above + column : above + column + 1] != b"#" or text[above : above + column].strip():
            break
        start = above
    return start


def leading_comment(document: Document, node: Node) -> str:
    """The comment lines directly above a definition, as one text; "" if one of them is a directive or reminder."""
    start = comment_start(document, node.start_byte)
    if start == node.start_byte:
        return ""
    lines = LINE_END.split(document.text[start : node.start_byte])
    return join_comment(line.strip().decode("utf-8", "replace") for line in lines)


def trailing_comment(document: Document, node: Node) -> str:
    """The comment behind a statement on its line; "" for a directive or reminder."""
    rest = document.rest_of_line(node.end_byte)
    return comment_text(rest.decode("utf-8", "replace")) if rest.startswith(b"#") else ""


def parameter_comment(document: Document, node: Node) -> str:
    """The comment behind a parameter on its line, where the line holds no other parameter."""
    if document.text[node.end_byte : node.end_byte + 1] in (b")", b""):
        return ""
    rest = document.rest_of_line(node.end_byte).lstrip(b", \t\f")
    if not rest.startswith(b"#"):
        return ""
    start = document.lines.start(document.lines.line_of(node.start_byte))
    if document.text[start : node.start_byte].strip():
        return ""
    return comment_text(rest.decode("utf-8", "replace"))


def header_comment(document: Document, node: Node) -> str:
    """The comment between a definition's header and its body, where a blank line follows: it is about the whole."""
    kinds = document.grammar.kinds
    comments = [child for child in node.named_children if kinds[child.kind_id] == "comment"]
    if not comments or not _BLANK_LINE.match(document.text, comments[-1].end_byte):
        return ""
    return join_comment(document.one_line(child) for child in comments)


def module_comment(document: Document) -> str:
    """The first comment block of a module, unless it is a licence; a shebang and a coding cookie are no part of it."""
    kinds = document.grammar.kinds
    lines: list[str] = []
    for child in document.root.named_children:
        if kinds[child.kind_id] != "comment":
            break
        text = document.one_line(child)
        if not text.startswith("#!") and "coding" not in text[:30]:
            lines.append(text)
    joined = join_comment(lines)
    return "" if _LEGAL.search(joined) else joined


def comment_text(comment: str) -> str:
    """A comment without its signs; "" for directives, rulers and reminders."""
    text = comment.lstrip("#:").strip()
    return "" if _NOISE.search(text) else text


def join_comment(lines: Iterable[str]) -> str:
    """Comment lines as one text; "" if one of them is a directive or reminder."""
    texts = [text for line in lines if (text := line.lstrip("#:").strip())]
    return "" if any(_NOISE.search(text) for text in texts) else " ".join(texts)
