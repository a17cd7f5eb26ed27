"""What is text stays text to all three readers."""

from __future__ import annotations

import re
from urllib.parse import unquote

import markdown_readers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from glossator.docstring.pages.markdown import (
    Markdown,
    cell,
    code,
    escaped,
    escaped_within,
    fenced,
    is_target,
    joined,
    lines_of,
    link,
    paragraphs,
    plain,
)

HOSTILE = """
\\ ` `` ``` * ** _ __ { } {{ }} {% %} {# #} [ ] ( ) # ## + - -- --- . ! !!! ??? | || > < & ~ ~~ ~~~
= === : :: ::: % $ $$ ^ @ / /// ; ,
a b x1 word é 日 \u202e \x00 \x02 \x03 \ud800 \ufeff \u200b \u2028 \u00a0 \x85 1. 12) 99999999999. www. http:// https://a.b/c
ftp://a a@b.c
<b> </b> <script>alert(1)</script> <!-- --> <!-- <?x ?> <![CDATA[ ]]> <a href="javascript:x"> &amp; &lt; &#60; &copy; &x
[x](y) ![x](y) [x]: [^1] [^1]: [TOC]
[ ] {x} {ref}`x` {#id} (x)= *[HTML]: --8<-- :smile: :x: @user +++ \\n \\( \\[ \\`
klzzwxh:0 {{x}} snake_case __init__ _x_ a_b_ *args **kwargs
""".split()
PIECE = st.sampled_from([*HOSTILE, " ", "  ", "\n", "\n\n", "\t", "    ", "\r\n", "\x0c"])
TEXT = st.one_of(st.lists(PIECE, max_size=12).map("".join), st.text(max_size=20))
WORDS = st.sampled_from(["a", "Word", "two words", "1", "", "x."])


def words(text: str) -> str:
    """A text with single blanks, fixed ones too."""
    return " ".join(plain(text).split())


def check(text: str, want: str, elements: set[str]) -> None:
    for seen in markdown_readers.seen(text):
        assert (seen.reader, seen.words) == (seen.reader, words(want)), (text, seen.html)
        assert not set(seen.elements) - elements, (seen.reader, text, seen.html)
        assert {comment.strip() for comment in seen.comments} <= {""}


@given(TEXT)
def test_escaped_text_is_shown_as_it_is(text):
    check(escaped(text), plain(text), {"p"})


@given(WORDS, TEXT, WORDS)
def test_escaped_text_is_shown_as_it_is_behind_other_text(before, text, behind):
    whole = joined([before, escaped_within(f" {text} "), behind])
    assume(plain(before))
    check(whole, plain(f"{before} {text} {behind}"), {"p"})


@given(TEXT, TEXT)
def test_escaped_texts_do_not_become_markup_together(one, other):
    check(joined([escaped(one), escaped(other)]), plain(one) + plain(other), {"p"})


@given(TEXT)
def test_escaped_text_stays_in_its_heading(text):
    assume(plain(text))
    check(f"## {escaped(text)}", plain(text), {"h2"})


@given(TEXT, TEXT)
def test_escaped_text_stays_in_its_item(one, other):
    assume(plain(one) and plain(other))
    for seen in markdown_readers.seen(f"<!-- -->\n\n-   {escaped(one)}\n-   {escaped(other)}"):
        assert [words(part) for part in seen.text.strip().split("\n")] == [words(one), words(other)], seen.html
        assert set(seen.elements) <= {"ul", "li", "p"}, seen.html


@given(st.lists(TEXT, min_size=2, max_size=4))
def test_lines_of_escaped_text_are_one_paragraph(texts):
    lines = [plain(text) for text in texts if plain(text)]
    for seen in markdown_readers.seen("\n".join(map(escaped, lines))):
        assert " ".join(seen.text.split()) == " ".join(" ".join(lines).split()), seen.html
        assert set(seen.elements) <= {"p"}, seen.html


@given(TEXT)
def test_code_is_shown_as_it_is(text):
    want = plain(text)
    for before in ("", "see "):
        check(f"{before}{code(text)}", plain(before + want), {"p", "code"})


@given(TEXT, st.sampled_from(["", "python", "{note}", "a b", "c++", "`"]))
def test_a_fence_holds_any_text(text, language):
    for seen in markdown_readers.seen(f"before\n\n{fenced(text, language)}\n\nbehind"):
        body = re.search(r"<pre[^>]*><code[^>]*>(.*)</code></pre>", seen.html, re.DOTALL)
        assert set(seen.elements) == {"p", "pre", "code"}, seen.html
        assert body is not None
        shown = seen.text.strip("\n").removeprefix("before").removesuffix("behind")
        assert lines(shown) == lines(lines_of(text)), seen.html


def lines(text: str) -> list[str]:
    """Lines without blanks at their ends, and without blank ones at the edges."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n").split("\n")


@given(TEXT, TEXT)
def test_a_cell_holds_text_and_code(text, other):
    row = f"| {cell(escaped(text))} | {cell(code(other))} | end |"
    for seen in markdown_readers.seen(f"| a | b | c |\n|---|---|---|\n{row}\n"):
        cells = re.findall(r"<td>(.*?)</td>", seen.html, re.DOTALL)
        assert len(cells) == 3, (row, seen.html)
        assert set(seen.elements) <= set("table thead tbody tr th td code".split()), seen.html
        shown = " ".join("".join(seen.text.split("\n")).split())
        # Blanks beside a stroke are not told from others: code is parted there.
        assert "".join(shown.split()) == "".join(f"abc{plain(text)}{plain(other)}end".split()), (row, seen.html)


@given(
    TEXT,
    st.one_of(TEXT, st.sampled_from(["a.md#b", "#x", "../a b.md", "https://x.y/(a)_b_*c*?d=1&e=2", "mailto:a@b.c"])),
)
def test_a_link_leads_where_it_says_or_is_no_link(text, target):
    shown = link(escaped(text), target)
    for seen in markdown_readers.seen(f"x {shown}"):
        assert seen.words == words(f"x {text}"), (shown, seen.html)
        assert set(seen.elements) <= {"p", "a"}
        if seen.links:
            assert is_target(target.strip())
            assert [unquote(each) for each in seen.links] == [unquote(target.strip())], (shown, seen.html)


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JavaScript:x",
        "data:x",
        "//evil.org",
        "/etc",
        "\\\\x",
        "C:\\x",
        "http:x",
        "",
        " ",
        "a\nb",
        "vbscript:x",
    ],
)
def test_no_link_leads_anywhere_else(target):
    assert link(Markdown("x"), target) == "x"


def test_markdown_stays_as_it_is():
    assert escaped(code("*")) == code("*") == "`*`"
    assert joined(["*", Markdown("*x*")], " ") == "\\* *x*"
    assert paragraphs(["a", "", Markdown("*b*")]) == "a\n\n*b*"
    assert cell(Markdown("a\nb")) == "a b"
    assert code(" \n") == ""


@pytest.mark.parametrize("text", ["99999999999. x", "1) x", "-->", "Title\n===", "a\n: b", "+", "=", "| a |\n|---|"])
def test_what_only_one_reader_takes_for_markup_is_text(text):
    check(f"<!-- -->\n\n{escaped(text)}", text, {"p"})


def test_names_and_sentences_stay_readable():
    for text in ("snake_case and __init__ do", "a - b, (c) + 3.11!x", "x > 1 -> y", "Half: 1/2 = 50%"):
        assert escaped(text).replace("\\_", "_") == text
