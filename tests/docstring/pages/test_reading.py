"""What a page refers to: links, names and anchors, and what hides findings."""

import random

import pytest

from glossator.docstring.pages.reading import PageText
from glossator.docstring.pages.regions import parse


def targets(text):
    return [link.text for link in PageText(text).links]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](b.md) and ![c](d/e.png)", ["b.md", "d/e.png"]),
        ("[![badge](b.svg)](c.md 'title')", ["b.svg", "c.md"]),
        ('[a](<b c.md> "d")', ["b c.md"]),
        ("[a](b_(c).md)", ["b_(c).md"]),
        ("[a](b\\_c.md) [d](e&amp;f.md)", ["b_c.md", "e&f.md"]),
        ("[a [b] c](d.md)", ["d.md"]),
        ("[`a]` b](c.md)", ["c.md"]),
        ("[a]: b.md\n[c]: <d e.md> 'f'\n", ["b.md", "d e.md"]),
        ('<img src="a.png"> <a class="b" href=\'c.md\'>d</a>', ["a.png", "c.md"]),
        ("- a\n\n    [b](c.md)\n", ["c.md"]),
        ("!!! note\n    [b](c.md)\n", ["c.md"]),
        ("> [a](b.md)", ["b.md"]),
    ],
)
def test_links_of_every_form_are_seen(text, found):
    assert targets(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "`[a](b.md)`",
        "``[a](b.md) ` ``",
        "`a\n[b](c.md)`",
        "```\n[a](b.md)\n```\n",
        "~~~~\n[a](b.md)\n~~~\n[c](d.md)\n~~~~\n",
        "- a\n  ```\n  [a](b.md)\n  ```\n",
        "> ```\n> [a](b.md)\n> ```\n",
        "Text.\n\n    [a](b.md)\n",
        "<!-- [a](b.md) -->",
        "<!-- a\n\n[b](c.md) -->",
        "\\[a](b.md)",
        "[a] (b.md)",
        "foo](b.md)",
        "[^1]: b.md\n",
        "---\na: [b](c.md)\n---\n",
        "[a]()",
    ],
)
def test_what_only_looks_like_a_link_is_none(text):
    assert targets(text) == []


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("# A heading", "a-heading"),
        ("## `Feed.merge()` of *two*\n", "feedmerge-of-two"),
        ("### `server.listen(path[, backlog][, callback])`", "serverlistenpath-backlog-callback"),
        ("# A & B", "a--b"),
        ("# A & B", "a-b"),
        ("# Größe", "größe"),
        ("# Größe", "groe"),
        ("# a_b _c_", "a_b-c"),
        ("# [Label](x.md) here #", "label-here"),
        ("Title\n=====\n", "title"),
        ("# A\n# A\n# A\n", "a-1"),
        ("# A\n# A\n# A\n", "a_2"),
        ("# A {#own}", "own"),
        ('<a id="Spot"></a>', "spot"),
        ('<a name="spot">x</a>', "spot"),
        ("(spot)=\n# A\n", "spot"),
        ("<h2>By <b>tag</b></h2>", "by-tag"),
        ("> ## Quoted\n", "quoted"),
        ("## 2. \\<a.org> access", "2-aorg-access"),
    ],
)
def test_a_heading_has_the_anchors_of_all_readers(text, anchor):
    assert anchor in PageText(text).anchors


@pytest.mark.parametrize("text", ["```\n# A\n```\n", "`# A`", "<!--\n# A\n-->", "Text # A", "#A"])
def test_what_is_no_heading_has_no_anchor(text):
    assert PageText(text).anchors == frozenset()


@pytest.mark.parametrize(
    "text", ["::: pkg.mod\n", "{% include 'a.md' %}\n", "```{include} a.md\n```\n", "--8<-- 'a.md'\n"]
)
def test_a_page_that_is_built_from_others_may_have_more_anchors(text):
    assert PageText(text).is_built
    assert not PageText("# A\n\n`::: pkg`\n\n```py\n{% a %}\n```\n").is_built


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`pkg.mod.Name` and pkg.other.", ["pkg.mod.Name", "pkg.other"]),
        ("pkg.mod.my\\_name, [`pkg.a`](b.md)", ["pkg.mod.my_name", "pkg.a"]),
        ("**pkg.a.b**", ["pkg.a.b"]),
        ("pkg.mod.f()", ["pkg.mod.f"]),
        ("mypkg.a x.pkg.a pkg/a.b @pkg.a https://pkg.dev/a a-pkg.b", []),
        ("pkg.a.b/c pkg.a.b*", []),
        ("pkg.a/b pkg.a* pkg.{a} pkg.a-b pkg.1", []),
        ("[a](pkg.b.md) <!-- pkg.a -->\n```\npkg.a\n```\n", []),
    ],
)
def test_names_of_a_package_are_seen_in_prose_and_code_spans(text, found):
    assert [name.text for name in PageText(text).names("pkg")] == found


@pytest.mark.parametrize(
    ("comment", "code", "is_hidden"),
    [
        ("<!-- glossator: ignore GLS402 -->", "GLS402", True),
        ("<!-- glossator: ignore[GLS401, GLS402] -->", "GLS401", True),
        ("<!-- glossator: ignore GLS4 since it comes later -->", "GLS401", True),
        ("<!-- glossator: ignore -->", "GLS401", True),
        ("<!-- glossator: ignore GLS402 -->", "GLS401", False),
        ("<!-- glossator: ignored -->", "GLS401", False),
    ],
)
def test_a_comment_hides_codes_on_its_line_and_the_next(comment, code, is_hidden):
    page = PageText(f"a\n{comment} b\nc\nd\n")
    assert [page.hides(line, code) for line in (1, 2, 3, 4)] == [False, is_hidden, is_hidden, False]


def test_a_comment_may_hide_codes_on_the_whole_page():
    page = PageText("a\n<!-- glossator: ignore-file GLS402 -->\n")
    assert page.hides(1, "GLS402")
    assert not page.hides(3, "GLS401")


def test_a_comment_that_hides_is_no_marker():
    text = "<!-- glossator: ignore GLS401 -->\n<!-- glossator:ignore -->\n<!-- glossator: begin x -->\n"
    assert [problem.line for problem in parse(text).problems] == [3]


def test_any_text_is_read_in_little_time():
    pieces = [
        "`",
        "``",
        "[",
        "](",
        ")",
        "<!--",
        "-->",
        "\n",
        "\n\n",
        "```",
        "# ",
        "a",
        "\\",
        "(",
        "pkg.",
        "{",
        "=",
        "> ",
        "    ",
    ]
    for seed in range(60):
        chance = random.Random(seed)
        text = "".join(chance.choices(pieces, k=2000))
        page = PageText(text)
        assert all(text[one.start : one.end] for one in page.links)
        assert sum(1 for _ in page.names("pkg")) >= 0
        assert page.anchors is not None


@pytest.mark.parametrize(
    "piece", ["`", "`` ` ", "[", "[a](", "[a](b", "<!--", "<a ", "# [", "](", "(", "[a](((", "\n> - ```", "<h1>", "{#"]
)
def test_long_rows_of_one_thing_take_linear_time(piece):
    page = PageText(piece * 20_000)
    assert (len(page.links), len(page.anchors)) >= (0, 0)


@pytest.mark.parametrize(
    "text", ["{{{}", "# a{} b", "<a {}", "[a]({}", "[a](b {}", "pkg.{}/", "`{}", "<!-- {}", "[{}]: "]
)
@pytest.mark.parametrize("filling", ["#", " ", "a", "(", '"', "`", "\\", "_", "a.", " href"])
def test_something_long_takes_linear_time(text, filling):
    page = PageText(text.format(filling * 20_000))
    assert sum(1 for _ in page.names("pkg")) + len(page.links) + len(page.anchors) >= 0
