r"""The values of Python literals, computed from their source bytes without evaluating code.

Two spellings of one value give equal bytes: `0x10` and `16`, `"\x41"` and `'A'`, `1_000.0` and `1e3`. Broken literals
have a value, too (their own text), and nothing here raises.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

OPENING = re.compile(rb"([A-Za-z]{0,3})('''|\"\"\"|'|\")")
_ESCAPE = re.compile(
    r"\\(\r?\n|[\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]+\})", re.DOTALL
)
_SHORT = {"\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class StringLiteral(NamedTuple):
    """One string token: its lower-case prefix and its content as it stands."""

    prefix: bytes
    content: bytes

    @property
    def value(self) -> bytes:
        """The value as UTF-8 (lone surrogates kept), or the bytes of a bytes literal."""
        return decoded(self.content, self.prefix)


def string_literal(text: bytes) -> StringLiteral:
    """The parts of a string token; an unterminated one has all that follows its opening quotes as content."""
    opening = OPENING.match(text)
    if opening is None:
        return StringLiteral(b"", text)
    quotes = opening[2]
    end = len(text) - len(quotes) if text.endswith(quotes) and len(text) >= opening.end() + len(quotes) else len(text)
    return StringLiteral(opening[1].lower(), text[opening.end() : end])


def decoded(content: bytes, prefix: bytes) -> bytes:
    """The content of a string token with its escapes resolved, as Python does it for `prefix`."""
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\\" not in content or b"r" in prefix:
        return content
    text = content.decode("utf-8", "surrogateescape")
    if b"b" in prefix:
        return _ESCAPE.sub(_byte, text).encode("latin-1", "backslashreplace")
    return _ESCAPE.sub(_character, text).encode("utf-8", "surrogatepass")


def _character(match: re.Match[str]) -> str:
    """The character of one escape sequence in a text string."""
    escape = match[1]
    if escape in _SHORT:
        return _SHORT[escape]
    if escape.endswith("\n"):
        return ""
    if escape[0] == "N":
        return _named(escape)
    code = int(escape, 8) if escape[0].isdigit() else int(escape[1:], 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def _byte(match: re.Match[str]) -> str:
    """The byte of one escape sequence in a bytes string, which knows no Unicode escapes."""
    if match[1][0] in "uUN":
        return match[0]
    return chr(ord(_character(match)) & 0xFF) if _character(match) else ""


def _named(escape: str) -> str:
    """The character that a name in braces stands for, or the escape itself where Python knows none."""
    try:
        return unicodedata.lookup(escape[2:-1])
    except KeyError:
        return "\\" + escape


def number_value(text: bytes) -> bytes:
    """One spelling for equal numbers of equal type: hexadecimal integers, `repr` of floats, `j` for imaginary ones."""
    try:
        if text[-1:] in b"jJ":
            return repr(float(text[:-1])).encode() + b"j"
        if (
            text.isdigit()
            or text[:2].lower() in (b"0x", b"0o", b"0b")
            or (b"." not in text and b"e" not in text.lower())
        ):
            return b"%x" % int(text, 0)
        return repr(float(text)).encode() + b"f"
    except ValueError:
        # Not Python 3 (`0777`, `10L`), or more digits than int() takes: its text stands for itself.
        return b"?" + text
