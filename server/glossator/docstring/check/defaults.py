"""The defaults that a description names, and where: "Defaults to 30.", "(default: ``None``)", "int, default 3".

Only a literal counts, and only where the sentence says nothing about when it holds: "If None, defaults to 30" says what
the body does, and not what the signature has.
"""

from __future__ import annotations

import ast
import re
from itertools import islice
from typing import NamedTuple

from glossator.model import Span

_VALUE = (
    r"(?P<value>``[^`\n]+``|`[^`\n]+`|C\{[^}\n]+\}|\"[^\"\n]*\"|'[^'\n]*'|[-+]?\.?\d[\w.+-]*|\[\]|\{\}|\(\)"
    r"|(?:None|True|False)\b|[A-Za-z_][\w.-]*)"
)
_SAID = re.compile(
    r"(?P<lead>(?:[,;]\s*)?(?:\b[Bb]y\s+default,?|\b[Tt]he\s+default(?:\s+value)?|\b[Dd]efault(?:s|ing)?(?:\s+values?)?))"
    r"(?P<link>\s*(?:\bis\b|\bto\b|:|=|\bof\b)\s*|\s+)(?P<set>set\s+to\s+)?" + _VALUE
)
_UNIT = r"(?:seconds?|secs?|ms|milliseconds|bytes|characters|pixels?)"
_AFTER = re.compile(rf"(?:\s*(?:[.,;)\]]|$|\(optional\))|\s*\n\s*\n|\s+{_UNIT}\b)")
_CONDITION = re.compile(r"\b(?:if|when|whenever|unless|otherwise|else|where|depending)\b", re.IGNORECASE)
_RESTRICTION = re.compile(rf"{_CONDITION.pattern}|\b(?:while|for|in which case)\b", re.IGNORECASE)
# "If not given, defaults to 3" is no condition, but what a default is.
_LEFT_OUT = re.compile(
    r"\b(?:[Ii]f|[Ww]hen)\s+(?:(?:it|this)\s+is\s+)?(?:omitted|unspecified|unset|left\s+out|"
    r"(?:none|not|nothing|no\s+\w+)\s+(?:(?:is|was|are)\s+)?(?:specified|given|provided|set|passed|supplied|defined))"
)
_CODE = re.compile(r"``[^`\n]+``|`[^`\n]+`")
_SENTENCE = re.compile(r"[.!?](?:\s|$)|\n\s*\n")
_MARKS = re.compile(r"^(?:``(.*)``|`(.*)`|C\{(.*)\})$")
_IN_TYPE = re.compile(r"[,(]\s*$")


class SaidDefault(NamedTuple):
    """A default that a text names: the span of the value, of the whole phrase, and the value's source.

    `is_quoted` is False for a bare word, which may be a value or prose. `is_sentence` says whether taking the phrase
    out leaves good text.
    """

    value_span: Span
    phrase: Span
    value: str
    is_quoted: bool
    is_sentence: bool


def said_default(text: str, *parts: Span) -> SaidDefault | None:
    """The default that parts of a text name for certain, each by itself; None where they name none, or several."""
    said = (
        match
        for start, end in parts
        for match in _SAID.finditer(text, start, end)
        if _is_plain(text, match, start, end)
    )
    found = list(islice(said, 2))
    if len(found) != 1:
        return None
    match = found[0]
    written = match["value"].rstrip(".") if match["value"][:1] not in "`\"'[({" else match["value"]
    marked = _MARKS.match(written)
    inner = next(group for group in marked.groups() if group is not None) if marked else written
    lead = len(written) - len(inner) - len(written[written.index(inner) + len(inner) :]) if marked else 0
    value_start = match.start("value") + lead
    is_quoted = marked is not None or written[:1] in "\"'[({" or written in ("None", "True", "False")
    is_quoted = is_quoted or written[:1].isdigit() or written[:1] in "+-."
    phrase, is_sentence = _phrase(text, match, len(written))
    return SaidDefault(Span(value_start, value_start + len(inner)), phrase, inner, is_quoted, is_sentence)


def _is_plain(text: str, match: re.Match[str], start: int, end: int) -> bool:
    """Whether the sentence says it without condition."""
    written = match["value"]
    if any(span.start() < match.start() < span.end() for span in _CODE.finditer(text, start, end)):
        return False  # `f(x, default=3)`
    if match["link"].isspace() and written[:1].isalpha() and written not in ("None", "True", "False"):
        return False
    stop = match.start("value") + len(written.rstrip("."))
    if not _AFTER.match(text, stop, end) and stop != end:
        return False
    ends = [one.end() for one in _SENTENCE.finditer(text, start, match.start())]
    before = _LEFT_OUT.sub("", text[ends[-1] if ends else start : match.start()])
    following = _SENTENCE.search(text, stop, end)
    behind = text[stop : following.start() if following else end]
    return not _CONDITION.search(before.rpartition("(")[2]) and not _RESTRICTION.search(behind.partition(")")[0])


def _phrase(text: str, match: re.Match[str], length: int) -> tuple[Span, bool]:
    """What would go with the value, and whether the rest then still reads well."""
    start, end = match.start("lead"), match.start("value") + length
    lead = match["lead"].lstrip(",; \n")
    if text[start - 1 : start] in ("(", "[") and text[end : end + 1] in (")", "]"):
        start = len(text[: start - 1].rstrip())
        return Span(start, end + 1), True
    if match["lead"][:1] in (",", ";"):
        return Span(start, end), text[end : end + 1] in (".", ")", "\n", "")
    is_sentence = lead[:1].isupper() and text[end : end + 1] == "." and text[end + 1 : end + 2] in ("", "\n", " ")
    return Span(len(text[:start].rstrip(" ")), end + is_sentence), is_sentence


def differs(said: SaidDefault, default: str) -> bool:
    """Whether a documented default is another than the signature's; False where one of them is no literal."""
    true = literal_of(default)
    if true is None:
        return False
    if not said.is_quoted:
        return isinstance(true[0], str) and _is_word(true[0]) and said.value != true[0] and _may_be_value(said.value)
    if said.value.replace("\\", "") == default.replace("\\", ""):
        return False  # how often a backslash has to be written depends on the docstring's prefix
    found = literal_of(said.value)
    if found is None:
        return isinstance(true[0], str) and said.value != true[0] and said.value.isidentifier() and bool(true[0])
    if true[0] is None and found[0] is not None:
        return False  # what stands for None is often said instead
    if isinstance(true[0], str) is not isinstance(found[0], str) and str(true[0]) == str(found[0]):
        return False
    return bool(true[0] != found[0])


def _is_word(value: str) -> bool:
    return re.fullmatch(r"[\w.-]+", value) is not None


def _may_be_value(word: str) -> bool:
    return word.lower() not in _NO_VALUE


_NO_VALUE = frozenset(
    "the a an no not empty none all any what that this same current off on auto unset null use".split()
)


def literal_of(source: str) -> tuple[object] | None:
    """The value of a literal; None for any other expression, and for "...", which stands for one."""
    if source == "...":
        return None
    try:
        return (ast.literal_eval(source),)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def like(written: str, default: str) -> str:
    """A default as a text names it that had another one before: quotes and prefix only where they were."""
    value = literal_of(default)
    if value is not None and isinstance(value[0], str) and literal_of(written) is None and value[0].isprintable():
        return value[0] or default
    return default
