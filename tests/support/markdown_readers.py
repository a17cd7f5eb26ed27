"""Markdown as its real readers see it: mkdocs' (python-markdown), Sphinx' (MyST) and GitHub's (cmark-gfm)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

import cmarkgfm
import markdown
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

EXTENSIONS = ["toc", "tables", "fenced_code", "admonition", "footnotes", "def_list", "attr_list", "abbr", "md_in_html"]
MYST = {
    "amsmath",
    "attrs_block",
    "attrs_inline",
    "colon_fence",
    "deflist",
    "dollarmath",
    "fieldlist",
    "linkify",
    "strikethrough",
    "substitution",
    "tasklist",
}


@dataclass
class Seen:
    """What a reader shows: text, the elements in order, and links."""

    reader: str
    html: str
    text: str = ""
    elements: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The text with single blanks."""
        return " ".join(self.text.split())


class _Page(HTMLParser):
    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self.seen = seen

    def handle_starttag(self, tag, attrs):
        self.seen.elements.append(tag)
        values = dict(attrs)
        self.seen.links += [values[key] for key in ("href", "src") if key in values]
        self.seen.ids += [values["id"]] if "id" in values else []

    def handle_data(self, data):
        self.seen.text += data

    def handle_comment(self, data):
        self.seen.comments.append(data)

    def handle_decl(self, decl):
        self.seen.elements.append(f"!{decl}")

    def handle_pi(self, data):
        self.seen.elements.append(f"?{data}")


class _Strict(RendererHTML):
    """Shows tokens that only Sphinx understands (roles, targets, comments) as elements of their names."""

    def render(self, tokens, options, env):
        known = {
            "text",
            "softbreak",
            "code_inline",
            "fence",
            "code_block",
            "html_inline",
            "html_block",
            "inline",
            "hardbreak",
        }
        html = super().render(tokens, options, env)
        for token in [inner for outer in tokens for inner in (outer, *(outer.children or ()))]:
            if token.type not in known and not token.tag:
                html += f"<{token.type}>"
        return html


@cache
def _myst() -> MarkdownIt:
    return create_md_parser(MdParserConfig(enable_extensions=MYST), _Strict)


@cache
def _mkdocs() -> markdown.Markdown:
    return markdown.Markdown(extensions=EXTENSIONS)


def mkdocs(text: str) -> str:
    return _mkdocs().reset().convert(text)


def myst(text: str) -> str:
    return _myst().render(text)


def github(text: str) -> str:
    return cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_UNSAFE)


def seen(text: str) -> Iterator[Seen]:
    """What each of the readers shows of a text."""
    for reader in (mkdocs, myst, github):
        found = Seen(reader.__name__, reader(text))
        page = _Page(found)
        page.feed(found.html)
        page.close()
        yield found
