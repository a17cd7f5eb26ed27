"""The anchors of a Markdown file that anybody wrote: what a link to a place in it may name.

A heading has one on GitHub, in mkdocs and in MyST each; all of them count, since a file does not say who reads it.

Source: github_slugify of myst_parser.slugs, slugify and unique of markdown.extensions.toc.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Final

from glossator.docstring.pages.masking import Masked

MAX_HEADING: Final = 1000  # characters; nobody links to a longer one
_ATX: Final = re.compile(r"^[ \t>]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?#{1,6}(?:[ \t]+([^\r\n]*)|[ \t]*$)", re.MULTILINE)
_SETEXT: Final = re.compile(r"^[ ]{0,3}([^\s][^\r\n]*)\r?\n[ ]{0,3}(?:=+|-+)[ \t]*\r?$", re.MULTILINE)
_HTML: Final = re.compile(r"<h([1-6])\b[^<>]*>(.{0,500}?)</h\1>", re.IGNORECASE | re.DOTALL)
_NAMED: Final = re.compile(r"<[a-z][^<>]*?\s(?:id|name)\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)
_TOLD: Final = re.compile(r"\{:?[^{}\r\n#]*+#([^\s{}]++)[^{}\r\n]*+\}|^\(([^()\r\n]+)\)=[ \t]*\r?$", re.MULTILINE)
_ATTRIBUTES: Final = re.compile(r"\s*\{:?[^{}]*\}\s*$")
_LINK: Final = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\](?:\([^()]*\)|\[[^\[\]]*\])?")
_TAG: Final = re.compile(r"(?<!\\)</?[a-zA-Z][^<>]*>|<!--.*?-->")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_CODE_SPAN: Final = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_EMPHASIS: Final = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
# What is put into a page when it is built: what anchors that brings cannot be seen.
_BROUGHT: Final = re.compile(r"^[ \t]*(?::::|-{1,2}8<|\.\. |\{[%{])|\{[%{]", re.MULTILINE)
_DIRECTIVE: Final = re.compile(r"^[ \t>]*[`~:]{3,}[ \t]*\{", re.MULTILINE)


def anchors_in(text: str, masked: Masked) -> frozenset[str]:
    """The anchors of a file, in lower case."""
    found: set[str] = set()
    counts: Counter[str] = Counter()
    for heading in _headings(masked.shown):
        for slug in {slug for shown in _shown(heading) for slug in (_github(shown), _mkdocs(shown))}:
            number = counts[slug]
            counts[slug] += 1
            found.update((f"{slug}-{number}", f"{slug}_{number}") if number else (slug,))
    found.update(match[1] for match in _NAMED.finditer(masked.shown))
    found.update(match[1] or match[2] for match in _TOLD.finditer(masked.prose))
    return frozenset(one.lower() for one in found)


def is_built(text: str, masked: Masked) -> bool:
    """Whether something is put into a file when it is built, so that it has more anchors than can be seen."""
    return _BROUGHT.search(masked.prose) is not None or _DIRECTIVE.search(text) is not None


def _headings(shown: str) -> Iterator[str]:
    found = [(match.start(), match[1] or "") for match in _ATX.finditer(shown)]
    found += [(match.start(), match[1]) for match in _SETEXT.finditer(shown)]
    found += [(match.start(), match[2]) for match in _HTML.finditer(shown)]
    return (heading for _, heading in sorted(found))


def _shown(heading: str) -> set[str]:
    """What readers may see of a heading: with underscores as they stand, or taken for emphasis."""
    text = re.sub(r"[ \t]+#+[ \t]*$", "", heading[:MAX_HEADING])
    pieces = _CODE_SPAN.split(_ATTRIBUTES.sub("", text))  # text, backticks and code in turn
    plain, stressed = zip(
        *(_seen(one, is_code=at % 3 == 2) for at, one in enumerate(pieces) if at % 3 != 1), strict=True
    )
    return {"".join(plain).strip(), "".join(stressed).strip()}


def _seen(piece: str, *, is_code: bool) -> tuple[str, str]:
    """What is seen of a piece of a heading, and that with underscores taken for emphasis."""
    if is_code:
        return piece, piece
    text = _LINK.sub(r"\1", _LINK.sub(r"\1", piece))
    text = unescape(_TAG.sub("", text)).replace("`", "").replace("*", "")
    return _ESCAPED.sub(r"\1", text), _EMPHASIS.sub("", text).replace("\\", "")


def _github(text: str) -> str:
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def _mkdocs(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_text).strip().lower())
