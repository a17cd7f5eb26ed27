"""Headings have the same anchor to all readers."""

from __future__ import annotations

import re
import unicodedata

import markdown_readers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown.extensions.toc import slugify
from myst_parser.slugs import github_slugify

from glossator.docstring.pages.markdown import code, escaped
from glossator.docstring.pages.slugs import Slugs, slug_of

PIECE = st.sampled_from(
    [" ", "  ", *"a B x1 _ __ - -- --- . , & = → – ( ) [int] ` é İ ß ½ 日本 \u0301 \u00a0 \u2011 * # ? !".split()]
)
TEXT = st.one_of(st.lists(PIECE, max_size=8).map("".join), st.text(max_size=20))


def github_slug(text: str) -> str:
    """GitHub's own way: lower case, no character but words, hyphens and blanks, a hyphen for each blank."""

    def is_kept(character: str) -> bool:
        category = unicodedata.category(character)
        return category[0] in "LM" or category in {"Nd", "Nl", "Pc"} or character in "- "

    return "".join(filter(is_kept, text.strip().lower())).replace(" ", "-")


@given(TEXT)
def test_all_readers_have_the_slug_that_we_say(text):
    shown, slug = Slugs().heading(text)
    assert slug
    assert slug == slug_of(shown) == github_slug(shown) == slugify(shown, "-") == github_slugify(shown)


@given(st.lists(TEXT, max_size=6))
def test_the_headings_of_a_page_have_slugs_of_their_own(texts):
    slugs = Slugs()
    headings = [slugs.heading(text) for text in texts]
    page = "\n\n".join(f"## {escaped(shown)}" for shown, _ in headings)
    ids = [slug for _, slug in headings]
    assert re.findall(r'<h2 id="(.*?)">', markdown_readers.mkdocs(page)) == ids
    for seen in markdown_readers.seen(page):
        shown = [line for line in seen.text.split("\n") if line]
        slug = {"mkdocs": lambda text: slugify(text, "-"), "myst": github_slugify, "github": github_slug}[seen.reader]
        assert list(map(slug, shown)) == ids
    assert len(set(ids)) == len(texts)


@pytest.mark.parametrize(
    ("text", "shown", "slug"),
    [
        ("Feed.merge", "Feed.merge", "feedmerge"),
        ("merge(a, b)", "merge(a, b)", "mergea-b"),
        ("__init__", "__init__", "__init__"),
        ("Größe", "Gr\\xf6\\xdfe", "grxf6xdfe"),
        ("a - b", "a - b", "a-b"),
        ("--mode", "-\u2011mode", "-mode"),
        ("x (a, b) & c", "x (a, b) & c", "x-a-b-c"),
        ("", "Section", "section"),
        ("?!", "?! Section", "section"),
    ],
)
def test_headings_are_shown_as_plainly_as_they_can(text, shown, slug):
    assert (Slugs().heading(text)[0].replace("\u00a0", " "), Slugs().heading(text)[1]) == (
        shown.replace("\u00a0", " "),
        slug,
    )


def test_equal_slugs_are_told_apart_by_a_hint_or_a_number():
    slugs = Slugs()
    assert slugs.heading("Feed") == ("Feed", "feed")
    assert slugs.heading("feed", "function") == ("feed (function)", "feed-function")
    assert slugs.heading("feed", "function") == ("feed (function) (2)", "feed-function-2")
    assert slugs.heading("Feed") == ("Feed (2)", "feed-2")
    assert slugs.heading("Feed") == ("Feed (3)", "feed-3")


def test_a_heading_in_code_has_the_same_slug():
    shown, slug = Slugs().heading("Feed.merge_all")
    assert f'id="{slug}"' in markdown_readers.mkdocs(f"## {code(shown)}")


def test_five_hundred_equal_headings_are_told_apart():
    slugs = Slugs()
    assert len({slugs.heading("Feed" * 99, "x" * 99)[1] for _ in range(500)}) == 500
