"""What no text may hold, wherever it stands: in a file, in a hover's Markdown, in a terminal, in a snippet.

These rules look at the text alone. They are applied to what came, and again to what was made of it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from glossator.docstring.validate.verdict import Reason, Refusal

_ASCII: Final = re.compile(r"[\n\t\r\x20-\x7e]*")
# Categories: controls, formats (bidirectional marks, zero width), private use, surrogates, unassigned, separators of
# lines, and symbols, which emoji are.
_BAD_CATEGORIES: Final = frozenset(("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp", "So", "Sk"))
_GOOD_SYMBOLS: Final = frozenset("°©®™\n\t\r")
_SELECTORS: Final = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")
_TRIPLE: Final = re.compile(r"\"\"\"|'''")
_SPAN: Final = re.compile(r"``[^`\n]+``|`[^`\n]+`")
_BACKSLASH: Final = re.compile(r"\\")
_BAD_ESCAPE: Final = re.compile(r"\\(?:[NuUx\n]|$)|(?<!\\)\\`")
_MARKUP: Final = re.compile(
    r"```|~~~"  # fences
    r"|<(?:/|!--|!\[|\?)|<[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>"  # HTML
    r"|!\[|\]\(|\]\[|^\[[^\]\n]+\]:"  # Markdown: images, links, definitions
    r"|^\s{0,3}#{1,6}\s|^\s*\|.*\|\s*$|^[ \t]*(?:---+|===+|\*\*\*+|~~~+|\^\^\^+)[ \t]*$"
    r"|^\s*\.\.\s|`_\b|(?<!\w)\|[\w ]+\|_?"  # reStructuredText; roles are taken off
    r"|\b[BCGILMSUX]\{[^{}\n]*\}|\{@\w+|&(?:#\d+|#x[0-9a-f]+|lt|gt|amp|quot|nbsp);"
    r"|>>> |^\s*(?:>>>|\.\.\. )|<\|",
    re.MULTILINE | re.IGNORECASE,
)
_LINK: Final = re.compile(
    r"[a-z]://|\bwww\.\w|(?<![\w`])(?:mailto|javascript|vbscript|command|vscode|file|data|tel):(?=[^\s:])"
    r"|\w@[\w-]{1,63}\.\w{2}|[\w-]\.(?:com|org|net|xyz|ru|cn|example)\b(?!\()",
    re.IGNORECASE,
)
_SNIPPET: Final = re.compile(r"\$(?:\{|\(|\w)|\{\{|\}\}|\{%|%\}|<%|%>")
_KEY: Final = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bgh[pousr]_\w{16,}|\bgithub_pat_\w{16,}|\b(?:sk|pk|rk)[-_](?:\w|-){16,}|\bxox[abprs]-\S{10,}"
    r"|\bAIza[\w-]{20,}|\beyJ[\w-]{10,}\.|-----BEGIN|\bglpat-[\w-]{10,}|\b[0-9a-fA-F]{32,}\b"
)
_TOKEN: Final = re.compile(r"(?<![\w+=.-])[A-Za-z0-9+_=-]{20,}(?![\w+=-])")
_ENTROPY: Final = 3.6  # bits a character; names of the standard library stay below 3.5 where they have digits


@lru_cache(maxsize=4096)  # what was said once is looked at each time that it is shown
def harm(text: str) -> Refusal | None:
    """The first rule that a text breaks by what stands in it; None: it is harmless."""
    return next(_harms(text), None)


def _harms(text: str) -> Iterator[Refusal]:
    if not _ASCII.fullmatch(text) and _has_bad_character(text):
        yield Refusal(Reason.CHARACTER, "Use plain letters and punctuation only, no control characters and no symbols.")
    if _TRIPLE.search(text):
        yield Refusal(Reason.LITERAL, "Do not use triple quotes.")
    if "\\" in text and (_BACKSLASH.search(_SPAN.sub("", text)) or _BAD_ESCAPE.search(text)):
        yield Refusal(Reason.LITERAL, "Do not use backslashes.")
    if _MARKUP.search(text):
        yield Refusal(Reason.MARKUP, "Write plain prose, without Markdown, HTML, directives or examples.")
    if _LINK.search(text):
        yield Refusal(Reason.LINK, "Do not write addresses or links.")
    if ("$" in text or "{" in text or "%" in text or "}" in text) and _SNIPPET.search(text):
        yield Refusal(Reason.SNIPPET, "Do not write variables of templates.")
    if _has_secret(text):
        yield Refusal(Reason.SECRET, "Do not repeat values that look like keys or tokens.")


def _has_bad_character(text: str) -> bool:
    if _SELECTORS.search(text):
        return True
    return any(unicodedata.category(one) in _BAD_CATEGORIES and one not in _GOOD_SYMBOLS for one in text)


def _has_secret(text: str) -> bool:
    if _KEY.search(text):
        return True
    return any(_is_random(match[0]) for match in _TOKEN.finditer(text))


def _is_random(token: str) -> bool:
    """Whether a long word looks drawn: letters of both cases and digits, in no order."""
    if not (re.search(r"\d", token) and re.search(r"[a-z]", token) and re.search(r"[A-Z]", token)):
        return False
    size = len(token)
    return -sum(n / size * math.log2(n / size) for n in Counter(token).values()) > _ENTROPY
