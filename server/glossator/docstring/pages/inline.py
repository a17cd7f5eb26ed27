"""The inline markup of docstrings (reST, Markdown, epytext, plain) as safe Markdown.

A scanner that looks at each mark once: what is no markup after all is text, and is escaped.

Source: docutils' reStructuredText specification, CommonMark 0.31, https://epydoc.sourceforge.net/manual-epytext.html.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from glossator.docstring.pages.markdown import (
    Markdown,
    autolink,
    code,
    escaped_start,
    escaped_within,
    link,
    plain,
)

Resolve = Callable[[str], str | None]

_MARK: Final = re.compile(
    r"(?P<role>:[A-Za-z][\w.+:-]{0,40}:`)|(?P<ticks>`+)|(?P<bracket>\[(?=[^\[\]]{1,300}\][(\[_]))|(?P<url><?https?://)"
    r"|(?P<epytext>(?<![\w\\])[BCEILMSUX]\{)|(?P<strong>(?<![\w*\\])\*\*(?=[^\W_]))"
    r"|(?P<emphasis>(?<![\w*\\])\*(?=[^\W_]))|(?P<escape>\\[*_`|])"
)
_JOINT: Final = re.compile(r"(?<=[`*_|])\\ ")  # ends markup in reST, and is not shown
_MAX_CODE: Final = 2000
_WITH_TARGET: Final = re.compile(r"(?P<title>[^<>]*?)\s*<(?P<target>[^<>]+)>")
_DOTTED: Final = re.compile(r"[~!]?[^\W\d]\w*(?:\.\w+)+(?:\(\))?")
_REFERENCE: Final = re.compile(r"__?(?!\w)")
_QUOTED: Final = re.compile(r"[^'`]{0,60}\w'(?![\w'])")
_LINK: Final = re.compile(
    r"\[(?P<label>[^\[\]]{1,300})\]\(\s*<?(?P<target>[^()\s<>]{1,1000})>?(?:\s+\"[^\"]{0,200}\")?\s*\)"
)
_CROSS: Final = re.compile(r"\[(?P<label>[^\[\]]{1,300})\]\[(?P<target>[\w.]{0,200})\]")
_FOOTNOTE: Final = re.compile(r"(\[[#\w*-]{1,40}\])_(?!\w)")
_URL: Final = re.compile(r"https?://[^\s<>\"`|\\^{}]{1,1000}")
_URL_END: Final = ".,;:!?'*_"
_PAIRS: Final = {")": "(", "]": "["}
_BRACES: Final = re.compile(r"[^{}]{1,500}\}")
_STRONG: Final = re.compile(r"\*\*(?P<text>[^*`\\]{1,300}(?<=[^\W_]))\*\*(?![\w*])")
_EMPHASIS: Final = re.compile(r"\*(?P<text>[^*`\\]{1,300}(?<=[^\W_]))\*(?![\w*])")
_TEXT_ROLES: Final = frozenset(
    "ref doc term numref download emphasis strong sub sup subscript superscript guilabel menuselection abbr dfn "
    "title title-reference".split()
)


def inline(text: str, resolve: Resolve) -> Markdown:
    """One paragraph of a docstring as Markdown on one line; `resolve` gives the link of a name, or None. Linear."""
    text = _JOINT.sub("", plain(text))
    return _read(text, _Scanner(text, resolve, _Line()))


def bold(text: str, mark: str = "") -> Markdown:
    """A title in bold, with a mark behind it; what is emphasised in it is plain. Nothing where it is blank."""
    text = plain(text).removesuffix(mark or "\0")
    shown = _read(text, _Scanner(text, lambda _: None, _Line(), has_emphasis=False))
    return Markdown(f"**{shown}{mark}**" if shown else "")


def _read(text: str, scanner: _Scanner) -> Markdown:
    line = scanner.line
    at = 0
    while match := _MARK.search(text, at):
        line.text(text[at : match.start()])
        end = scanner.read(match)
        if end == match.start():
            end = match.end()
            line.text(match[0])
        at = end
    line.text(text[at:])
    return line.finished()


class _Line:
    """Pieces of a line: texts that are escaped, code spans and what is Markdown already."""

    def __init__(self) -> None:
        self._pieces: list[Markdown] = []
        self._text: list[str] = []
        self._code: str | None = None

    def text(self, text: str) -> None:
        if text:
            self._end_code()
            self._text.append(text)

    def code(self, text: str) -> None:
        """Two code spans without anything between them would be read as something else: they become one."""
        self._end_text()
        self._code = (self._code or "") + text

    def markdown(self, text: Markdown) -> None:
        self._end_text()
        self._end_code()
        # A link behind an exclamation mark or a bracket of ours would be another thing; both are escaped there.
        self._pieces.append(text)

    def finished(self) -> Markdown:
        self._end_text()
        self._end_code()
        whole = "".join(self._pieces).strip()
        # Only a link that follows would make an image of it.
        return Markdown(f"{whole[:-2]}!" if whole.endswith("\\!") and not whole.endswith("\\\\!") else whole)

    def _end_text(self) -> None:
        text = "".join(self._text)
        self._text.clear()
        if text:
            self._pieces.append(escaped_within(text) if self._pieces else escaped_start(text))

    def _end_code(self) -> None:
        if self._code is not None:
            self._pieces.append(code(self._code))
            self._code = None


class _Scanner:
    """Reads what stands behind a mark; answers with the end, or with the mark's start where it is none."""

    def __init__(self, text: str, resolve: Resolve, line: _Line, *, has_emphasis: bool = True) -> None:
        self.line = line
        self._text = text
        self._has_emphasis = has_emphasis
        self._resolve = resolve
        self._unclosed: set[str] = set()

    def read(self, match: re.Match[str]) -> int:
        match match.lastgroup:
            case "role":
                return self._role(match)
            case "ticks":
                return self._ticks(match)
            case "bracket":
                return self._bracket(match.start())
            case "url":
                return self._url(match.start())
            case "epytext":
                return self._epytext(match)
            case "escape":
                self.line.text(match[0][1])
                return match.end()
            case _:
                return self._stars(match)

    def _closing(self, mark: str, start: int) -> int:
        """Where a mark closes, or -1; a mark that did not close before will not do so behind."""
        if mark in self._unclosed:
            return -1
        found = self._text.find(mark, start)
        if found < 0:
            self._unclosed.add(mark)
        return found if found - start <= _MAX_CODE else -1

    def _role(self, match: re.Match[str]) -> int:
        end = self._closing("`", match.end())
        content = self._text[match.end() : end].strip() if end > 0 else ""
        if not content:
            return match.start()
        role = match[0][1:-2].rpartition(":")[2].lower()
        titled = _WITH_TARGET.fullmatch(content)
        title, target = (titled["title"] or titled["target"], titled["target"]) if titled else (content, content)
        if role == "pep" and content.isdecimal():
            self.line.markdown(link(Markdown(f"PEP {content}"), f"https://peps.python.org/pep-{int(content):04}/"))
        elif role == "rfc" and content.isdecimal():
            self.line.markdown(link(Markdown(f"RFC {content}"), f"https://datatracker.ietf.org/doc/html/rfc{content}"))
        elif role in _TEXT_ROLES:
            self.line.text(title.lstrip("~!"))
        else:
            self._name(title, target)
        return end + 1

    def _name(self, title: str, target: str) -> None:
        """A name in code, with its link where it has one."""
        shown = title.lstrip("~!")
        if title[:1] == "~":
            called = _called(shown)
            shown = called.rpartition(".")[2] + shown[len(called) :]
        name = _called(target.lstrip("~"))
        found = self._resolve(name) if name and name[0] != "!" and len(name) <= 300 else None
        if found and plain(shown):
            self.line.markdown(link(code(shown), found))
        else:
            self.line.code(shown)

    def _ticks(self, match: re.Match[str]) -> int:
        ticks, start = match[0], match.end()
        end = self._closing(ticks, start)
        content = self._text[start:end] if end > 0 else ""
        if not content.strip():
            return match.start()
        behind = end + len(ticks)
        if len(ticks) > 1:
            self._name(content.strip(), content.strip())
            return behind
        if content[0] == " " or _QUOTED.match(content):
            return match.start()  # a quotation `like this'
        reference = _REFERENCE.match(self._text, behind)
        titled = _WITH_TARGET.fullmatch(content)
        if reference and titled:
            title = escaped_within(titled["title"]) if titled["title"] else escaped_within(titled["target"])
            self.line.markdown(_web_link(title, titled["target"]))
            return reference.end()
        if reference:
            self.line.text(content)
            return reference.end()
        if titled and titled["title"] and _DOTTED.fullmatch(titled["target"]):  # the default role, with a target
            self._name(titled["title"], titled["target"])
            return behind
        self._name(content, content)
        return behind

    def _bracket(self, start: int) -> int:
        if found := _LINK.match(self._text, start):
            self.line.markdown(_web_link(_label(found["label"]), found["target"]))
            return found.end()
        if found := _CROSS.match(self._text, start):
            name = found["target"] or found["label"].strip("`")
            target = self._resolve(name)
            if target or "`" in found["label"]:
                self.line.markdown(link(_label(found["label"]), target or ""))
                return found.end()
        if found := _FOOTNOTE.match(self._text, start):
            self.line.text(found[1])
            return found.end()
        return start

    def _url(self, start: int) -> int:
        is_bracketed = self._text[start] == "<"
        found = _URL.match(self._text, start + is_bracketed)
        if found is None:
            return start
        address = found[0]
        if is_bracketed and self._text[found.end() : found.end() + 1] == ">":
            self.line.markdown(autolink(address))
            return found.end() + 1
        address = _without_sentence(address)
        if is_bracketed or len(address) < len("http://x"):
            return start
        self.line.markdown(autolink(address))
        return start + len(address)

    def _epytext(self, match: re.Match[str]) -> int:
        found = _BRACES.match(self._text, match.end())
        if found is None:
            return match.start()
        content = found[0][:-1].strip()
        titled = _WITH_TARGET.fullmatch(content)
        title, target = (titled["title"] or titled["target"], titled["target"]) if titled else (content, content)
        match match[0][0]:
            case "C" | "M":
                self.line.code(content)
            case "L":
                self._name(title, target)
            case "U":
                self.line.markdown(_web_link(escaped_within(title), target))
            case _:
                self.line.text(content)
        return found.end()

    def _stars(self, match: re.Match[str]) -> int:
        pattern, mark = (_STRONG, "**") if match[0] == "**" else (_EMPHASIS, "*")
        found = pattern.match(self._text, match.start())
        if found is None:
            return match.start()
        if self._has_emphasis:
            self.line.markdown(Markdown(f"{mark}{escaped_within(found['text'])}{mark}"))
        else:
            self.line.text(found["text"])
        return found.end()


def _called(name: str) -> str:
    """A name without the arguments of its call."""
    return name.partition("(")[0] if name[-1:] == ")" else name


def _without_sentence(address: str) -> str:
    """A web address without what belongs to the sentence around it."""
    address = address.rstrip(_URL_END)
    for _ in range(4):
        if address[-1:] not in _PAIRS or address.count(address[-1]) <= address.count(_PAIRS[address[-1]]):
            break
        address = address[:-1].rstrip(_URL_END)
    return address


def _web_link(label: Markdown, target: str) -> Markdown:
    """A link that a docstring gives; a relative one leads nowhere from a page, and becomes its label."""
    return link(label, target) if target.startswith(("https://", "http://", "mailto:")) else label


def _label(label: str) -> Markdown:
    """The label of a link: code, or a plain text."""
    label = label.strip()
    is_code = len(label) > 2 and label[0] == label[-1] == "`"
    return code(label.strip("`")) if is_code else escaped_within(label.replace("`", ""))
