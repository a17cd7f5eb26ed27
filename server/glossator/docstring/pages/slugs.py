"""Headings whose anchors are the same on GitHub, in mkdocs and in MyST.

The three agree on ASCII letters, digits and underscores with single blanks or hyphens between them; a heading that they
would disagree on is shown a little differently, and no two on a page have the same anchor.

Source: markdown.extensions.toc.slugify, myst_parser.slugs.github_slugify, GitHub's TableOfContentsFilter.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from glossator.docstring.pages.markdown import plain

_WORD: Final = re.compile(r"[A-Za-z0-9_]")
_DROPPED: Final = re.compile(r"[^A-Za-z0-9_\- ]")
_FIXED_BLANK: Final = "\u00a0"  # a blank to python-markdown, which takes several for one; nothing to the others
_DROPPED_HYPHEN: Final = "\u2011"
_MAX_HEADING: Final = 200


def slug_of(text: str) -> str:
    """The anchor of a heading that `Slugs.heading` made."""
    return _DROPPED.sub("", text).strip(" ").lower().replace(" ", "-")


class Slugs:
    """The anchors of one page."""

    def __init__(self) -> None:
        """Begin with a page that has none."""
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def heading(self, text: str, hint: str = "") -> tuple[str, str]:
        """The text to show for a heading (plain, not yet escaped) and its anchor.

        Where the anchor is taken, a suffix tells the heading apart: the hint if that is enough, else a number.
        """
        text = plain(text)[:_MAX_HEADING]
        shown = _shown(text)
        if slug_of(shown) in self._taken and hint:
            shown = _shown(f"{text} ({hint})")
        base, slug = shown, slug_of(shown)
        number = self._next.get(slug, 2)
        while slug_of(shown) in self._taken:
            shown = _shown(f"{base} ({number})")
            number += 1
        if shown != base:
            self._next[slug] = number
        slug = slug_of(shown)
        self._taken.add(slug)
        return shown, slug


def _shown(text: str) -> str:
    """A heading on whose anchor all readers agree."""
    words = plain(text.replace(_FIXED_BLANK, " "))
    if not _WORD.search(words) and words.isascii():
        words = f"{words} Section".strip()
    shown: list[str] = []
    last = ""  # what the anchor ends with so far
    blank_at = 0
    is_blank = False
    for character in "".join(each if _is_plain(each) else ascii(each)[1:-1] for each in words):
        is_word = _WORD.match(character) is not None
        if character == " ":
            is_blank = True
            continue
        if is_blank:
            # Only a blank behind a word, with no hyphen to follow, is one hyphen to all; a fixed one is none.
            is_fixed = last in ("", " ", "-") or character == "-"
            blank_at = blank_at if is_fixed else len(shown)
            shown.append(_FIXED_BLANK if is_fixed else " ")
            last = last if is_fixed else " "
            is_blank = False
        if character == "-" and last in (" ", "-"):
            character = _DROPPED_HYPHEN  # noqa: PLW2901 - the same hyphen to people
        shown.append(character)
        last = character if is_word or character == "-" else last
    if last == " ":
        shown[blank_at] = _FIXED_BLANK
    return "".join(shown) if any(map(_WORD.match, shown)) else _shown(f"{text} Section")


def _is_plain(character: str) -> bool:
    """Whether all readers keep a character, or all drop it."""
    if character.isascii():
        return True
    is_word = (
        character.isalnum() or unicodedata.category(character)[0] in "LMN" or unicodedata.category(character) == "Pc"
    )
    return not is_word and not unicodedata.normalize("NFKD", character).encode("ascii", "ignore")
