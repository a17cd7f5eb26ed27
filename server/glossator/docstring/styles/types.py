"""Whether a piece of text reads as a type rather than as prose."""

from __future__ import annotations

import re

_MARKS = re.compile(r":[\w:]+:(?=`)|[`~]")
_INNER = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|\{[^{}]*\}|<[^<>]*>|\"[^\"]*\"|'[^']*'")
_NAME = r"(?:[\w.]*[\w\x00](?:-like(?: \w+)?)?)"
_TYPE = re.compile(rf"\*{{0,2}}{_NAME}(?:(?: ?\| ?|, ?| or | of | and ){_NAME})*(?:, (?:optional|default\b.*))?")


def reads_as_type(text: str) -> bool:
    """Whether a text is a type ("int", "list of str", "dict[str, int] | None", "{'a', 'b'}") and not prose."""
    if text.isidentifier():
        return True
    if not text or (text[-1] in ".:!?" and text != "..."):
        return False
    text = _MARKS.sub("", text)
    for _ in range(8):  # deeper brackets than that are no type that a person would write
        text, count = _INNER.subn("\0", text)
        if not count:
            break
    return _TYPE.fullmatch(text.replace("\0\0", "\0")) is not None


def split_at_colon(text: str) -> int:
    """Where the first colon stands that is outside brackets, quotes and code spans and before a blank; -1: nowhere."""
    at = text.find(":")
    if at < 0 or not any(c in "[({'\"`" for c in text[:at]):
        while at >= 0 and not (at + 1 == len(text) or text[at + 1].isspace()):
            at = text.find(":", at + 1)
        return at
    return _split_outside(text)


def _split_outside(text: str) -> int:
    depth = 0
    quote = ""
    for i, c in enumerate(text):
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"`":
            quote = c
        elif c in "[({":
            depth += 1
        elif c in "])}":
            depth -= 1
        elif c == ":" and depth <= 0 and (i + 1 == len(text) or text[i + 1].isspace()):
            return i
    return -1
