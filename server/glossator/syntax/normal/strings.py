"""How strings enter the normal form: decoded, joined where Python joins them, f-strings in their parts.

While a string is being read its parts are pieces; when it is left, neighbouring pieces become one text. Adjacent pieces
are always parts of the same string, since strings inside of replacement fields are finished before.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from glossator.syntax.normal.literals import decoded, string_literal
from glossator.syntax.normal.walk import END, Frame, Normaliser, opening, text, token

if TYPE_CHECKING:
    from tree_sitter import Node

    from glossator.syntax.normal.scopes import Entry

_TEXT = b"\x05"
_PIECE = 7
_JOINED = opening("joined string")
_FIELD = opening("interpolation")
_FORMAT = opening("format")
_AS_REPR = token("!r")


def is_text(entry: Entry) -> bool:
    """Whether an entry is a string that can be a docstring: neither bytes nor an f-string."""
    return isinstance(entry, bytes) and entry.startswith(_TEXT) and not entry.startswith(_TEXT + b"b")


def _piece(flag: bytes, value: bytes) -> bytes:
    """A part of an unfinished string; the flag is b for bytes, u for the prefix that `ast` keeps, else s."""
    return b"\x07" + flag + value


def _flag(prefix: bytes) -> bytes:
    """The flag of a string's prefix."""
    return b"b" if b"b" in prefix else b"u" if prefix == b"u" else b"s"


def enter_string(walk: Normaliser, node: Node) -> bool:
    """Write a string token; only f-strings are walked into."""
    literal = string_literal(walk.source[node.start_byte : node.end_byte])
    if b"f" in literal.prefix:
        frame = walk.push("f-string", leave_f_string)
        frame.note = literal.prefix
        return True
    flag = _flag(literal.prefix)
    if walk.parent == "concatenated_string":
        walk.out.append(_piece(flag, literal.value))
    else:
        walk.out.append(text(_TEXT + flag, literal.value))
    return False


def leave_f_string(walk: Normaliser, frame: Frame) -> None:
    """Finish an f-string, unless it is part of a concatenation that will do it."""
    if walk.parent == "concatenated_string":
        walk.frames[-1].note = True
    else:
        _finish(walk, frame.start, is_joined=True)


def enter_concatenated(walk: Normaliser, _node: Node) -> bool:
    """Begin an implicit concatenation."""
    walk.push("concatenated_string", leave_concatenated)
    return True


def leave_concatenated(walk: Normaliser, frame: Frame) -> None:
    """Join the pieces of an implicit concatenation."""
    _finish(walk, frame.start, is_joined=bool(frame.note))


def enter_content(walk: Normaliser, node: Node) -> bool:
    """Write literal text of an f-string."""
    content = walk.source[node.start_byte : node.end_byte].replace(b"{{", b"{").replace(b"}}", b"}")
    prefix = walk.frames[-1].note if walk.frames else b""
    walk.out.append(_piece(b"s", decoded(content, prefix if isinstance(prefix, bytes) else b"")))
    return False


def enter_field(walk: Normaliser, node: Node) -> bool:
    """Begin a replacement field; `{x=}` is the text `x=` and then `{x!r}`."""
    if walk.parent == "format":
        _format_text(walk, walk.frames[-1], node)
    leave = END
    children = node.children
    for child, following in itertools.pairwise(children):
        if child.type == "=":
            walk.out.append(_piece(b"s", decoded(walk.source[children[0].end_byte : following.start_byte], b"r")))
            leave = _AS_REPR + END if following.type == "}" else END
    walk.push("interpolation", leave)
    walk.out.append(_FIELD)
    return True


def enter_conversion(walk: Normaliser, node: Node) -> bool:
    """Write `!r`, `!s` or `!a`."""
    walk.out.append(b"\x02%s\x00" % walk.source[node.start_byte : node.end_byte].strip())
    return False


def enter_format(walk: Normaliser, node: Node) -> bool:
    """Begin a format specifier; its literal text has no nodes, it stands between the nested fields."""
    walk.push("format", leave_format).note = (node.start_byte + 1, node.end_byte)
    walk.out.append(_FORMAT)
    return True


def leave_format(walk: Normaliser, frame: Frame) -> None:
    """End a format specifier."""
    _format_text(walk, frame, None)
    _finish(walk, frame.start + 1, is_joined=True, is_open=True)


def _format_text(walk: Normaliser, frame: Frame, field: Node | None) -> None:
    """Write a format specifier's literal text up to the next nested field, or up to its end."""
    if isinstance(frame.note, tuple):
        start, end = frame.note
        stop = end if field is None else field.start_byte
        frame.note = (end if field is None else field.end_byte, end)
        if start < stop:
            walk.out.append(_piece(b"s", decoded(walk.source[start:stop], b"")))


def _finish(walk: Normaliser, start: int, is_joined: bool, is_open: bool = False) -> None:
    """Replace the pieces from `start` on by the strings that they make up."""
    entries = walk.out[start:]
    del walk.out[start:]
    if is_joined and not is_open:
        walk.out.append(_JOINED)
    run: list[bytes] = []
    flag = b""
    for entry in [*entries, END] if is_joined else entries:
        if isinstance(entry, bytes) and entry[0] == _PIECE:
            flag = flag or entry[1:2]
            run.append(entry[2:])
            continue
        value = b"".join(run)
        if value:
            walk.out.append(text(_TEXT + flag, value))
        run, flag = [], b""
        walk.out.append(entry)
    if not is_joined:
        walk.out.append(text(_TEXT + flag, b"".join(run)))
