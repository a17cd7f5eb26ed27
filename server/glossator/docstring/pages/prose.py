"""What stands in docstrings (reST, Markdown, epytext, plain text) as safe Markdown.

    blocks(text, resolve)    inline(text, resolve)        resolve: a name such as `Feed.merge` -> its link, or None

Nothing that a docstring holds can leave its place: headings become bold paragraphs, HTML is text, and what is not
understood is a block of code or escaped text. Lists are written with four columns and code in them as indented code,
the one form that all readers take. Raises nothing. Cost: linear in the text.

Source: docutils' reStructuredText specification, CommonMark 0.31, https://epydoc.sourceforge.net/manual-epytext.html.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from glossator.docstring.pages import shapes
from glossator.docstring.pages.inline import Resolve, bold, inline
from glossator.docstring.pages.markdown import Markdown, code, fenced, lines_of

__all__ = ["Resolve", "blocks", "inline"]

_MAX_DEPTH: Final = 6
_MAX_NUMBER: Final = 99  # "99. " is as wide as all list markers are
_APART: Final = "<!-- -->"  # two lists in a row are one to some readers, and code behind one belongs to its last item
_ADMONITIONS: Final = {
    "attention": "Attention",
    "caution": "Caution",
    "danger": "Danger",
    "error": "Error",
    "hint": "Hint",
    "important": "Important",
    "note": "Note",
    "seealso": "See also",
    "tip": "Tip",
    "todo": "To do",
    "warning": "Warning",
}
_VERSIONS: Final = {
    "deprecated": "Deprecated since",
    "deprecated-removed": "Deprecated since",
    "versionadded": "Added in",
    "versionchanged": "Changed in",
    "versionremoved": "Removed in",
}
_CODE: Final = frozenset("code code-block sourcecode ipython ipython3 prompt parsed-literal doctest testcode".split())
_SILENT: Final = frozenset("index currentmodule module highlight contents default-role testsetup testcleanup".split())


@dataclass(frozen=True, slots=True)
class _Text:
    """A paragraph."""

    text: Markdown


@dataclass(frozen=True, slots=True)
class _Code:
    """A block of code, without its indentation."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class _List:
    """A list; `numbers` are None in one with bullets."""

    items: list[list[_Block]]
    numbers: list[int] | None


_Block = _Text | _Code | _List


def blocks(text: str, resolve: Resolve) -> Markdown:
    """A docstring's content (as `inspect.cleandoc` gives it) as Markdown blocks, with a blank line between each two."""
    return Markdown(
        "\n".join(_lines(_Reader(resolve).blocks(shapes.dedented(lines_of(text).split("\n")), 0), _written))
    )


def _lines(found: Sequence[_Block], written: Callable[[_Block], list[str]]) -> list[str]:
    """The lines of blocks, a blank one between each two."""
    lines: list[str] = []
    last: _Block | None = None
    for block in found:
        if isinstance(last, _List) and not isinstance(block, _Text):
            lines += ["", _APART]
        lines += ["", *written(block)] if lines else written(block)
        last = block
    return lines


def _written(block: _Block) -> list[str]:
    """The lines of a block that stands in no list."""
    match block:
        case _Text():
            return [block.text]
        case _Code():
            return fenced(block.text, block.language).split("\n")
        case _List():
            return _list_lines(block)


def _list_lines(block: _List) -> list[str]:
    """The lines of a list; items of more than one block stand apart."""
    lines: list[str] = []
    items = [_item_lines(item) for item in block.items]
    is_loose = any(len(inner) > 1 for inner in items)
    for index, inner in enumerate(items):
        number = block.numbers[index] if block.numbers else None
        marker = f"{min(number, _MAX_NUMBER)}.".ljust(4) if number is not None else "-   "
        lines += [marker + inner[0], *(f"    {line}" if line else "" for line in inner[1:])]
        if is_loose and index + 1 < len(block.items):
            lines.append("")
    return lines


def _item_lines(item: Sequence[_Block]) -> list[str]:
    """The lines of what stands in an item, not yet indented; a paragraph always comes first."""
    found: list[_Block] = []
    for block in item:
        # A marker and code on one line is read as anything, a colon below a paragraph as a definition: both become
        # code spans.
        while isinstance(block, _Code) and block.text.strip() and (not found or block.text.lstrip()[:1] in (":", "~")):
            first, _, rest = block.text.strip("\n").partition("\n")
            found.append(_Text(code(first)))
            block = _Code(rest)  # noqa: PLW2901 - what is left of it
        if not isinstance(block, _Code) or block.text.strip():
            found.append(block)
    return _lines(found, _written_within)


def _written_within(block: _Block) -> list[str]:
    """The lines of a block that stands in a list's item."""
    if isinstance(block, _Code):
        # A reader that takes no fences in lists takes indented code, as all others do.
        return [f"    {line}" if line else "" for line in shapes.dedented(block.text.strip("\n").split("\n"))]
    return _written(block)


class _Reader:
    """Turns lines without common indentation into blocks."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    def blocks(self, lines: list[str], depth: int) -> list[_Block]:
        """What the lines hold; too deep in lists of lists, that is code."""
        if depth > _MAX_DEPTH:
            return [_Code("\n".join(lines).strip("\n"))] if any(lines) else []
        found: list[_Block] = []
        at = 0
        while at < len(lines):
            if lines[at]:
                block, at = self._block(lines, at, depth)
                found += block
            else:
                at += 1
        return _joined(found)

    def _block(self, lines: list[str], at: int, depth: int) -> tuple[list[_Block], int]:
        """The blocks that begin at a line that is not blank, and where they end."""
        line = lines[at]
        if line[0] == " ":
            end = shapes.end_of_indented(lines, at)
            return self._indented(shapes.dedented(lines[at:end]), depth), end
        if fence := shapes.FENCE.match(line):
            end = shapes.end_of_fence(lines, at, fence["fence"])
            inner = lines[at + 1 : end]
            if inner and shapes.is_fence_end(inner[-1], fence["fence"]):
                inner.pop()
            return [_Code("\n".join(inner), fence["language"])], end
        if line.startswith(">>>"):
            end = shapes.end_of_doctest(lines, at)
            return [_Code("\n".join(lines[at:end]), "pycon")], end
        if line.startswith("..") and shapes.EXPLICIT.match(line):
            end = shapes.end_of_indented(lines, at + 1)
            return self._explicit(lines[at:end], depth), end
        if shapes.is_table(lines, at):
            end = shapes.end_of_paragraph(lines, at)
            return [_Code("\n".join(lines[at:end]), "text")], end
        if heading := shapes.heading(lines, at):
            return self._title(heading[0]), heading[1]
        if item := shapes.item(line):
            return self._list(lines, at, item, depth)
        return self._paragraph(lines, at, depth)

    def _indented(self, lines: list[str], depth: int) -> list[_Block]:
        """An indented block: what begins like a block is one, sentences are paragraphs, all else is code."""
        first = lines[0]
        is_block = (
            shapes.item(first) is not None
            or first.startswith((">>>", ".. "))
            or shapes.FENCE.match(first) is not None
            or shapes.is_table(lines, 0)
        )
        if is_block or shapes.is_prose(lines):
            return self.blocks(lines, depth + 1)
        return [_Code("\n".join(lines).rstrip("\n"))]

    def _list(self, lines: list[str], at: int, item: shapes.Item, depth: int) -> tuple[list[_Block], int]:
        """The items that begin here with markers of one kind."""
        items: list[list[_Block]] = []
        numbers: list[int] = []
        following: shapes.Item | None = item
        while following is not None and following.kind == item.kind:
            end = shapes.end_of_indented(lines, at + 1)
            content = [following.text, *shapes.dedented(lines[at + 1 : end])]
            # An empty item would underline the one above it.
            if inner := self.blocks(content, depth + 1):
                items.append(inner)
                numbers.append(following.number if following.number is not None else len(numbers) + 1)
            at = shapes.behind_blanks(lines, end)
            following = shapes.item(lines[at]) if at < len(lines) else None
        return [_List(items, numbers if item.kind == "number" else None)] if items else [], at

    def _paragraph(self, lines: list[str], at: int, depth: int) -> tuple[list[_Block], int]:
        """A paragraph, with what belongs to its last line."""
        end = at + 1
        while end < len(lines) and lines[end] and not shapes.interrupts(lines, end):
            if lines[end][0] == " " and (end == at + 1 or lines[end - 1].endswith(":")):
                break
            end += 1
        text = lines[at:end]
        if shapes.is_aligned(text):
            return [_Code("\n".join(text), "text")], end
        if text[-1].endswith("::"):
            return self._literal(lines, text, end)
        is_hanging = end < len(lines) and lines[end][:1] == " " and not text[-1].endswith(":")
        if not is_hanging:
            return self._text(" ".join(text)), end
        behind = shapes.end_of_indented(lines, end)
        inner = shapes.dedented(lines[end:behind])
        if shapes.continues(text[0], inner):
            stop = next(
                (index for index, line in enumerate(inner) if not line or shapes.interrupts(inner, index)), None
            )
            same, rest = (inner, []) if stop is None else (inner[:stop], inner[stop:])
            return [*self._text(" ".join([*text, *map(str.strip, same)])), *self.blocks(rest, depth + 1)], behind
        return [_List([[*self._text(text[0]), *self.blocks(inner, depth + 1)]], None)], behind

    def _literal(self, lines: list[str], text: list[str], end: int) -> tuple[list[_Block], int]:
        """A paragraph that ends with two colons, and the block of code that they announce."""
        start = shapes.behind_blanks(lines, end)
        is_there = start < len(lines) and lines[start][0] == " "
        shown = " ".join(text)[:-2].rstrip()
        found = self._text(f"{shown}:" if shown else "")
        if not is_there:
            return found, end
        behind = shapes.end_of_indented(lines, start)
        content = "\n".join(shapes.dedented(lines[start:behind])).rstrip("\n")
        return [*found, _Code(content, "pycon" if content.startswith(">>>") else "")], behind

    def _explicit(self, lines: list[str], depth: int) -> list[_Block]:
        """A directive; comments, targets and substitutions are nothing to show."""
        directive = shapes.DIRECTIVE.match(lines[0])
        if directive is None:
            footnote = shapes.FOOTNOTE.match(lines[0])
            return self._text(" ".join([footnote[1], *map(str.strip, lines[1:])])) if footnote else []
        name, argument = directive["name"].lower().removeprefix("py:"), directive["argument"].strip()
        body = shapes.dedented(lines[1:])
        while body and shapes.OPTION.match(body[0]):
            body.pop(0)
        if name in _CODE:
            content = "\n".join(body).strip("\n") or argument
            return [_Code(content, argument if body else "")] if content else []
        if name in _ADMONITIONS or name in _VERSIONS or name == "admonition":
            return self._admonition(name, argument, body, depth)
        if name in ("rubric", "centered", "topic", "sidebar"):
            return [*self._title(argument), *self.blocks(body, depth + 1)]
        if name in _SILENT:
            return []
        return [_Code("\n".join(lines).rstrip("\n"), "text")]

    def _admonition(self, name: str, argument: str, body: list[str], depth: int) -> list[_Block]:
        """A paragraph that begins with what kind of remark it is."""
        if name == "admonition":
            title, first = argument, ""
        elif name in _VERSIONS:
            version, _, first = argument.partition(" ")
            title = f"{_VERSIONS[name]} {version or 'some version'}"
        else:
            title, first = _ADMONITIONS[name], argument
        rest = self.blocks([*([first] if first else []), *body], depth + 1)
        if rest and isinstance(rest[0], _Text):
            return [_Text(Markdown(f"{bold(title or 'Note', ':')} {rest[0].text}")), *rest[1:]]
        return [_Text(bold(title or "Note", ":" if rest else ".")), *rest]

    def _title(self, text: str) -> list[_Block]:
        """A heading or a title of something, in bold: a heading would break the page's outline."""
        found = bold(text)
        return [_Text(found)] if found else []

    def _text(self, text: str) -> list[_Block]:
        found = inline(text, self._resolve)
        return [_Text(found)] if found else []


def _joined(found: list[_Block]) -> list[_Block]:
    """Blocks with neighbours of one kind as one: two lists in a row are one list to all readers anyway."""
    joined: list[_Block] = []
    for block in found:
        if isinstance(block, _Code) and not block.text.strip():
            continue
        last = joined[-1] if joined else None
        if isinstance(block, _List) and isinstance(last, _List) and (block.numbers is None) == (last.numbers is None):
            numbers = (
                [*last.numbers, *block.numbers] if last.numbers is not None and block.numbers is not None else None
            )
            joined[-1] = _List([*last.items, *block.items], numbers)
        else:
            joined.append(block)
    return joined
