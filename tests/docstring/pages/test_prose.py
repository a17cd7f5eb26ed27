"""Docstrings are shown as what they say, and never as more than text, code, lists and links."""

from __future__ import annotations

import ast
import random
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

import markdown_readers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.docstring.pages.markdown import Markdown
from glossator.docstring.pages.markers import open_fence, parse
from glossator.docstring.pages.prose import blocks, inline

TARGETS = {"Feed.merge": "api.md#feedmerge", "a.b.Feed": "feed.md", "Feed": "feed.md"}
ELEMENTS = set("p code pre ul ol li a em strong".split())
STDLIB = Path(sysconfig.get_paths()["stdlib"])
SITE = Path(sysconfig.get_paths()["purelib"])


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Merge :class:`~a.b.Feed` s", "Merge [`Feed`](feed.md) s"),
        (":py:meth:`Feed.merge`", "[`Feed.merge`](api.md#feedmerge)"),
        (":meth:`merge it <Feed.merge>`", "[`merge it`](api.md#feedmerge)"),
        (":func:`!Feed.merge`", "`Feed.merge`"),
        (":meth:`~Feed.merge()`", "[`merge()`](api.md#feedmerge)"),
        (":ref:`the title <target>` and :term:`x`", "the title and x"),
        (":pep:`8`", "[PEP 8](https://peps.python.org/pep-0008/)"),
        ("``a*b`` and `Feed` and ```x```", "`a*b` and [`Feed`](feed.md) and `x`"),
        ("`Feed.merge()`", "[`Feed.merge()`](api.md#feedmerge)"),
        ("`docs <https://x.y/a_b>`_ and `evil <javascript:x>`_", "[docs](https://x.y/a_b) and evil"),
        (
            "[docs](https://x.y) [`Feed`][a.b.Feed] [`x`][] [a][b]",
            "[docs](https://x.y) [`Feed`](feed.md) `x` \\[a\\]\\[b\\]",
        ),
        ("![img](a.png)", "\\!img"),
        ("C{x} L{Feed} U{https://x.y} I{i} a{b}", "`x` [`Feed`](feed.md) [https&#58;//x.y](https://x.y) i a\\{b\\}"),
        ("see https://x.y/z_(w). Or <https://a.b>", "see <https://x.y/z_(w)>. Or <https://a.b>"),
        ("https://x.y/Two's_*z*_a", "<https://x.y/Two's_*z*_a>"),
        ("*em* and **strong** but *args, **kwargs", "*em* and **strong** but \\*args, \\*\\*kwargs"),
        ("\\*args \\`x\\`", "\\*args \\`x\\`"),
        ("`like this' and `` and `", "\\`like this' and \\`\\` and \\`"),
        ("``a````b``", "`ab`"),
        ("Done! [1]_", "Done! \\[1\\]"),
        ("<b>x</b> &amp; {{ x }}", "&lt;b>x&lt;/b> &amp;amp; \\{\\{ x \\}\\}"),
        ("- a # b", "\\- a # b"),
        ("Hello!", "Hello!"),
        ("", ""),
    ],
)
def test_inline_markup(text, want):
    assert inline(text, TARGETS.get) == want
    assert isinstance(inline(text, TARGETS.get), Markdown)


CASES = {
    "paragraphs": ("One\ntwo.\n\nThree.", "One two.\n\nThree."),
    "literal": ("So::\n\n    x = 1\n\n      y\n\nEnd", "So:\n\n```\nx = 1\n\n  y\n```\n\nEnd"),
    "two colons": ("So\n\n::\n\n    x", "So\n\n```\nx\n```"),
    "doctest": ("Ex:\n>>> f(1)\n2\n\n>>> g()\n\nEnd", "Ex:\n\n```pycon\n>>> f(1)\n2\n\n>>> g()\n```\n\nEnd"),
    "indented doctest": ("Ex:\n\n    >>> f(1)\n    2", "Ex:\n\n```pycon\n>>> f(1)\n2\n```"),
    "fence": ("```python\nif x:\n    y\n```\nz", "```python\nif x:\n    y\n```\n\nz"),
    "open fence": ("~~~\nx", "```\nx\n```"),
    "directive in a fence": ("```{note}\nx\n```", "```note\nx\n```"),
    "list": ("Options:\n- one\n  more\n- two", "Options:\n\n-   one more\n-   two"),
    "numbers": ("1. one\n2. two", "1.  one\n2.  two"),
    "large numbers": ("998. one\n1000. two", "99. one\n99. two"),
    "nested": ("* one\n\n  * two\n\n    para\n* three", "-   one\n\n    -   two\n\n        para\n\n-   three"),
    "code in a list": ("- one::\n\n    x = 1\n\n  more", "-   one:\n\n        x = 1\n\n    more"),
    "code first in a list": ("- >>> x\n  1", "-   `>>> x`\n\n        1"),
    "fields": (":param x: the x\n:returns: it\n", "-   param x: the x\n-   returns: it"),
    "tags": ("@param x: the x", "-   param x: the x"),
    "term": ("term\n    What it is.", "-   term\n\n    What it is."),
    "wrapped": ("Gives what it is\n    given, always.", "Gives what it is given, always."),
    "indented code": ("Like:\n\n    x = f(1)", "Like:\n\n```\nx = f(1)\n```"),
    "indented words": ("Like:\n\n    This is a sentence of words.", "Like:\n\nThis is a sentence of words."),
    "note": (".. note:: Be careful.\n\n   And so on.", "**Note:** Be careful.\n\nAnd so on."),
    "warning": (".. warning::\n    Hot.", "**Warning:** Hot."),
    "version": (
        ".. versionadded:: 3.5\n.. deprecated:: 3.6 Use x.",
        "**Added in 3.5.**\n\n**Deprecated since 3.6:** Use x.",
    ),
    "code block": (".. code-block:: python\n   :linenos:\n\n   x = 1", "```python\nx = 1\n```"),
    "unknown": (".. foo:: bar\n\n   baz", "```text\n.. foo:: bar\n\n   baz\n```"),
    "comment": ("a\n\n.. comment\n   more\n\nb\n\n.. _target:\n", "a\n\nb"),
    "footnote": (".. [1] A note\n   on it.", "\\[1\\] A note on it."),
    "heading": ("Title\n=====\n\n# Other #\n\n===\nTop\n===\nx\n\n-----\n", "**Title**\n\n**Other**\n\n**Top**\n\nx"),
    "table": ("=== ===\na   b\n=== ===", "```text\n=== ===\na   b\n=== ===\n```"),
    "grid": ("+--+\n|a |\n+--+", "```text\n+--+\n|a |\n+--+\n```"),
    "markdown table": ("| a | b |\n|---|---|\n| 1 | 2 |", "```text\n| a | b |\n|---|---|\n| 1 | 2 |\n```"),
    "columns": ("-h    help\n-v    version", "```text\n-h    help\n-v    version\n```"),
    "html": ("<div>\n\n<script>x</script>", "&lt;div>\n\n&lt;script>x&lt;/script>"),
    "front matter": ("---\na: b\n---", "**a: b**"),
    "marker": ("<!-- glossator:end x -->", "&lt;!-- glossator:end x -->"),
    "blank": (" \n\n ", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_blocks(name):
    text, want = CASES[name]
    assert blocks(text, TARGETS.get) == want


def check(text: str) -> None:
    """What is always so: no block stays open, no heading or HTML or marker gets in, all readers see the same."""
    shown = blocks(text, TARGETS.get)
    assert not open_fence(shown), text
    assert parse(shown) == parse(""), text
    seen = list(markdown_readers.seen(f"<!-- -->\n\n{shown}"))
    for each in seen:
        assert not set(each.elements) - ELEMENTS, (each.reader, text, shown, each.html)
        assert {comment.strip() for comment in each.comments} == {""}
        assert all(
            link.startswith(("http://", "https://", "mailto:")) or link in TARGETS.values() for link in each.links
        )
    kinds = [[name for name in each.elements if name != "p"] for each in seen]
    assert kinds[0] == kinds[1] == kinds[2], (text, shown, [each.html for each in seen])
    assert len({"".join(each.text.split()) for each in seen}) == 1, (text, shown, [each.html for each in seen])


LINE = st.builds(
    str.__add__,
    st.sampled_from(["", "  ", "    ", "        "]),
    st.lists(
        st.sampled_from(
            (
                "word Word a. ` `` ``` ~~~ * ** - + 1. 2) #. # == --- === : :: >>> .. ..\u00a0x:: note:: :class:`Feed` "
                "[x](y) <b> <!-- --> | |--|--| {{x}} C{x} L{Feed} _a_ https://x.y *a* **b** `x`_ `x <https://y>`_ "
                "@param :param x: \\ &amp; $x$ (x)= % ! a@b.c <!--\u00a0glossator:end \x00 +--+ ```python "
                ":: !!! [^1]: [TOC] </p> ]]> ... \x02"
            ).split()
        ),
        max_size=5,
    ).map(" ".join),
)


@given(st.lists(LINE, max_size=8).map("\n".join))
def test_no_docstring_gets_out_of_its_place(text):
    check(text)


@given(st.text(max_size=60))
def test_any_text_is_shown(text):
    check(text)


def docstrings(files: list[Path]) -> Iterator[str]:
    for file in files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield ast.get_docstring(node) or ""


def installed(*names: str) -> list[Path]:
    folders = [SITE / name for name in names]
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def library() -> list[Path]:
    return sorted(
        path for path in STDLIB.rglob("*.py") if "site-packages" not in path.parts and "test" not in path.parts
    )


def test_docstrings_of_the_standard_library_stay_in_their_place():
    found = sorted({*docstrings(random.Random(1).sample(library(), 40))}, key=len)
    assert len(found) > 100
    for text in random.Random(1).sample(found, 100):
        check(text)


@pytest.mark.soak
def test_docstrings_of_many_packages_stay_in_their_place():
    files = [
        *library(),
        *installed("numpy", "docutils", "sphinx", "hypothesis", "pygls", "distributed", "jinja2", "rich"),
    ]
    found = {*docstrings(files)}
    assert len(found) > 10_000
    for text in found:
        check(text)


@pytest.mark.parametrize(
    "text", ["- " * 5000, "\n".join(" " * n + "- x" for n in range(300)), "> " * 999, ".. note:: " * 300, "[" * 9999]
)
def test_deep_docstrings_are_shown(text):
    check(text)
