"""Markdown that GitHub, python-markdown (mkdocs) and MyST (Sphinx) read alike.

What is a `Markdown` is written as it is; every other text is `escaped` on its way out. No HTML but comments, no
attribute lists, no targets. Backslashes are used where all three know them, entities elsewhere: an entity is text in
all of them and never structure.

Source: CommonMark 0.31, GitHub Flavored Markdown 0.29, markdown.Markdown.ESCAPED_CHARS, the syntax of MyST.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote


class Markdown(str):
    """Text that is Markdown already; what methods of `str` make of it is plain text again."""

    __slots__ = ()


# Controls (python-markdown keeps its own notes between U+0002 and U+0003), lone surrogates, a byte order mark, marks
# that turn the direction of what is displayed (CVE-2021-42574), and the invisible tags that hide words from people.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# No fixed blanks (U+00A0): headings need them.
_BLANKS: Final = re.compile("[\t-\r\x1c-\x20\x85\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_BLANK_LINES: Final = re.compile(r"\A(?: *\n)+")
_LINE_END: Final = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

_ESCAPE: Final = re.compile(
    r"""
    (?P<backslash> [\\`*\[\]{}|]                     # markup wherever it stands
      | (?<![^\W_])_+ | _+(?![^\W_])                 # within a word, underscores are text to all
      | !(?=$) | (?<=[Ww][Ww][Ww])\. )               # an image, if a link follows; an address
  | (?P<entity> < | & (?=[\#A-Za-z0-9]|$) | [~$] | (?<=[A-Za-z]):(?=//) )
  | (?P<parted> (?<=[\w.+-])@(?=[\w]) )              # GitHub links addresses of mail, entities or not
    """,
    re.VERBOSE,
)
_MAY_BE_MARK: Final = re.compile(r"[\\`*\[\]{}|_!<&~$@]|//|[Ww]\.")
# What begins a heading, list, quote, rule, table, target, definition, comment, admonition or block of some reader.
_START: Final = re.compile(r"(?P<backslash>[#+\-(!>])|(?P<number>\d+[.)])(?=\s|$)|(?P<entity>[=:%?/^])")
_TICKS: Final = re.compile("`+")
_PIPE_OR_TICKS: Final = re.compile(r"\\.|`+|\|", re.DOTALL)
_LANGUAGE: Final = re.compile(r"[A-Za-z0-9_+.#-]{1,40}")
_URL_SAFE: Final = "/:?#@!+,;=%~-._&"
_AUTOLINK_SAFE: Final = f"{_URL_SAFE}()'*"
_KEPT_SCHEME: Final = re.compile(r"(?:https?://[^/]|mailto:[^/])", re.IGNORECASE)


def escaped(text: str) -> Markdown:
    """A text on one line in which nothing is markup, wherever the line puts it; `Markdown` stays as it is."""
    if isinstance(text, Markdown):
        return text
    return Markdown(_at_start(plain(text)))


def escaped_start(text: str) -> Markdown:
    """A text at the start of a line that goes on: its last blank is kept."""
    start = _at_start(plain(text))
    return Markdown(f"{start} ") if start and text[-1:].isspace() else Markdown(start)


def escaped_within(text: str) -> Markdown:
    """A text that stands behind other text on its line: blanks at its ends are kept, as one each."""
    return Markdown(_without_marks(_BLANKS.sub(" ", _UNSEEN.sub("", text))))


def plain(text: str) -> str:
    """A text on one line: runs of blanks are one blank, what nobody can see is gone."""
    return _BLANKS.sub(" ", _UNSEEN.sub("", text)).strip(" ")


def _at_start(text: str) -> str:
    """An escaped text that begins a line, and may end a heading."""
    rest = _without_marks(text)
    if rest.endswith("#"):
        rest = rest[:-1] + "\\#"
    start = _START.match(text)
    if start is None or rest[0] in "\\&":
        return rest
    if start["number"]:
        return f"{start['number'][:-1]}\\{start['number'][-1]}{rest[start.end() :]}"
    return f"\\{rest}" if start["backslash"] else f"&#{ord(rest[0])};{rest[1:]}"


def _without_marks(text: str) -> str:
    """A text without markup, wherever it stands but at the start of a line."""
    return _ESCAPE.sub(_safe, text) if _MAY_BE_MARK.search(text) else text


def _safe(match: re.Match[str]) -> str:
    """What stands for markup in a text."""
    found = match[0]
    if match["backslash"]:
        return "".join(f"\\{character}" for character in found)
    if match["parted"]:
        return "<!-- -->@"
    return {"<": "&lt;", "&": "&amp;"}.get(found) or f"&#{ord(found)};"


def code(text: str) -> Markdown:
    """A code span of one line; nothing where the text is blank, since no reader has empty ones."""
    text = plain(text)
    if not text:
        return Markdown()
    ticks = "`" * _longest_run(text, 0)
    edge = " " if text[0] == "`" or text[-1] == "`" else ""
    return Markdown(f"{ticks}{edge}{text}{edge}{ticks}")


def fenced(text: str, language: str = "") -> Markdown:
    """A block of code whose fence is longer than any in it, without blank lines at its edges.

    A language that is no plain word is left out.
    """
    text = _BLANK_LINES.sub("", lines_of(text).rstrip())
    ticks = "`" * max(3, _longest_run(text, 0))
    name = language if _LANGUAGE.fullmatch(language) else ""
    return Markdown(f"{ticks}{name}\n{text}\n{ticks}" if text else f"{ticks}{name}\n{ticks}")


def lines_of(text: str) -> str:
    """A text with line feeds for all line ends, blanks for tabs, and without what nobody can see."""
    return _UNSEEN.sub("", _LINE_END.sub("\n", text.expandtabs(8) if "\t" in text else text)).replace("\x1f", "")


def _longest_run(text: str, least: int) -> int:
    """One more than the longest run of backticks."""
    return 1 + max((len(run) for run in _TICKS.findall(text)), default=least)


def link(label: Markdown, target: str) -> Markdown:
    """A link to a relative path or anchor, to http(s) or a mail address; for other targets, the label alone."""
    target = target.strip()
    if not label or "](" in label or not is_target(target):
        return label
    return Markdown(f"[{label}]({_quoted(target)})")


def autolink(target: str) -> Markdown:
    """A web address as a link to itself, without code for it where it is no address."""
    if not _KEPT_SCHEME.match(target) or not is_target(target):
        return escaped_within(target)
    return Markdown(f"<{quote(target, safe=_AUTOLINK_SAFE)}>")


def is_target(target: str) -> bool:
    """Whether a link may lead there: no scheme but http(s) and mailto, no other host, no root of a site."""
    if not target or target[0] in "/\\" or _UNSEEN.search(target) or _BLANKS.search(target):
        return False
    head = re.split(r"[/?#]", target, maxsplit=1)[0]
    return ":" not in head or _KEPT_SCHEME.match(target) is not None


def _quoted(target: str) -> str:
    """A target without characters that end it or mean something in it."""
    return quote(target, safe=_URL_SAFE).replace("&", "&amp;")


def joined(parts: Iterable[str], separator: str = "") -> Markdown:
    """Parts one after the other, each escaped where it is no Markdown, with a separator that is taken as it is."""
    return Markdown(separator.join(escaped(part) for part in parts))


def paragraphs(parts: Iterable[str]) -> Markdown:
    """Blocks with a blank line between each two; empty ones are left out."""
    return Markdown("\n\n".join(part for part in map(escaped, parts) if part))


def cell(text: Markdown) -> Markdown:
    r"""Markdown for one cell of a table: one line, `|` as `\|`.

    Readers differ in what `\|` is within code: there, it parts the code span in two with the stroke between them.
    """
    text = escaped(text)
    line = " ".join(piece.strip() for piece in text.splitlines() if piece.strip())
    return Markdown(_without_strokes(line)) if "|" in line else Markdown(line)


def _without_strokes(line: str) -> str:
    parts: list[str] = []
    at = 0
    closing = _closing_ticks(line)
    while match := _PIPE_OR_TICKS.search(line, at):
        parts.append(line[at : match.start()])
        at = match.end()
        if match[0] == "|":
            parts.append("\\|")
        elif match.start() in closing:
            end = closing[match.start()]
            parts.append(_parted_code(line[match.start() : end], len(match[0])))
            at = end
        else:
            parts.append(match[0])
    return "".join([*parts, line[at:]])


def _closing_ticks(line: str) -> dict[int, int]:
    """Where the code spans end, by where they may begin: behind the next run of as many backticks."""
    ends: dict[int, int] = {}
    last: dict[int, int] = {}
    for run in reversed(list(_TICKS.finditer(line))):
        size = run.end() - run.start()
        if size in last:
            ends[run.start()] = last[size]
        last[size] = run.end()
    return ends


def _parted_code(span: str, ticks: int) -> str:
    """A code span without strokes in it."""
    text = span[ticks:-ticks]
    if "|" not in text:
        return span
    pieces = []
    for piece in text.split("|"):
        before = " " if piece[:1] == " " else ""
        behind = " " if piece[-1:] == " " and piece.strip() else ""
        pieces.append(f"{before}{code(piece)}{behind}")
    return "\\|".join(pieces).strip()
