"""Sections get into pages, and nothing that people wrote gets lost."""

from __future__ import annotations

import markdown_readers
import pytest

from glossator.docstring.pages.regions import Merged, SectionText, merged, page_line, parse, text_digest

FACTS = "0123456789abcdef"
A, B, C = (SectionText(name, FACTS, f"## {name}\n\nText of {name}.") for name in "abc")


def page(*sections: SectionText, before: str = "# Title\n") -> str:
    return merged(before, sections).text


def ids(text: str) -> list[str]:
    return [region.id for region in parse(text).regions]


def test_a_new_page_gets_its_sections_in_order():
    text = page(A, B, C)
    assert ids(text) == ["a", "b", "c"]
    assert text.startswith("# Title\n<!-- glossator:begin a facts=0123456789abcdef text=")
    assert all(region.is_intact for region in parse(text).regions)


def test_merging_again_changes_nothing():
    text = page(A, B, C)
    again = merged(text, (A, B, C))
    assert again == Merged(text, (), ("a", "b", "c"), (), (), ())


def test_a_changed_section_is_replaced_where_it_was_moved_to():
    text = "above\n\n" + page(C, before="") + "between\n" + page(A, before="") + "below"
    done = merged(text, (SectionText("a", "f" * 16, "new"), C))
    assert done.written == ("a",)
    assert done.text.startswith(text[: text.index("between")] + "between\n")
    assert "new\n\n<!-- glossator:end a -->\nbelow" in done.text


def test_a_section_that_is_as_it_is_costs_no_byte():
    text = page(A, B)
    done = merged(text, (SectionText("a", "f" * 16, None), B))
    assert (done.text, done.kept) == (text, ("a", "b"))


@pytest.mark.parametrize(
    ("there", "wanted"), [((A, C), (A, B, C)), ((C,), (A, B, C)), ((A,), (A, B, C)), ((B,), (A, B, C)), ((), (A, B, C))]
)
def test_a_new_section_goes_beside_its_neighbours(there, wanted):
    assert ids(merged(page(*there), wanted).text) == ["a", "b", "c"]


def test_a_section_of_a_person_is_kept_and_reported():
    text = page(A, B).replace("Text of a", "My text")
    done = merged(text, (SectionText("a", "f" * 16, "new"), B))
    assert (done.text, done.conflicts, done.kept) == (text, ("a",), ("a", "b"))


def test_a_section_of_a_person_is_overwritten_by_force():
    text = page(A, B).replace("Text of a", "My text")
    done = merged(text, (A, B), is_forced=True)
    assert (done.text, done.written, done.conflicts) == (page(A, B), ("a",), ("a",))


def test_a_section_that_is_wanted_no_more_goes_unless_a_person_changed_it():
    text = page(A, B, C).replace("Text of c", "My text")
    done = merged(text, (A,))
    assert (done.removed, done.conflicts, ids(done.text)) == (("b",), ("c",), ["a", "c"])


def test_what_was_removed_leaves_the_page_as_it_was():
    assert merged(page(A, B, before="x\r\n\r\ny\r\n"), ()).text == "x\r\n\r\ny\r\n"


@pytest.mark.parametrize("before", ["", "\ufeff", "\ufeff# T\r\n", "no end", "a\r\nb", "a\x00b\n", "\u2028x\n"])
def test_what_is_outside_stays_as_it_is(before):
    text = page(A, B, before=before)
    assert text.startswith(before)
    assert ("\r\n" in before) == ("\r\n" in text)
    assert merged(text, (A, B)).text == text


def test_line_ends_and_blanks_of_editors_are_no_change():
    text = page(A, B).replace("\n", "\r\n").replace("Text of a.", "Text of a.  ")
    assert all(region.is_intact for region in parse(text).regions)
    assert merged(text, (A, B)).text == text


def test_a_page_says_how_it_is_made():
    line = page_line({"kind": "api", "path": "../a b/--x-->"})
    assert line == "<!-- glossator:page kind=api path=../a%20b/-%2Dx-%2D%3E -->"
    assert parse(f"\ufeff{line}\r\n# T").page == {"kind": "api", "path": "../a b/--x-->"}
    assert parse("# T\n").page is None


@pytest.mark.parametrize("name", ["", "%00", "a b", "--> <b>", "é", "pkg.mod.Class.method#2", "a--b", "\ud800", "%"])
def test_any_identifier_comes_back(name):
    (region,) = parse(page(SectionText(name, FACTS, "x"))).regions
    assert region.id == name


@pytest.mark.parametrize(
    ("damage", "want"),
    [
        (lambda text: text.replace("<!-- glossator:end a -->\n", ""), {"a"}),
        (lambda text: text.replace("<!-- glossator:begin a ", "<!-- glossator:begin "), {"", "a"}),
        (lambda text: text.replace("<!-- glossator:begin a ", "!-- glossator:begin a "), {"a"}),
        (lambda text: text.replace("<!-- glossator:begin a ", "glossator:begin a "), {"a"}),
        (lambda text: text.replace("begin a facts=0", "begin a facts=g"), {"a"}),
        (lambda text: text.replace("end a -->", "end a"), {"a"}),
        (lambda text: text + page(A, before=""), {"a"}),
        (lambda text: text.replace("Text of a.", page(C, before="")), {"a", "c"}),
        (lambda text: "```\n" + text, {"a", "b", "c"}),
    ],
)
def test_regions_with_broken_markers_are_never_written_into(damage, want):
    text = damage(page(A, B))
    done = merged(text, tuple(SectionText(name, "f" * 16, "new") for name in "abc" if name in want | {"c"}))
    assert {problem.id for problem in done.problems} == want
    assert not set(done.written) & want
    assert all(line in done.text.splitlines() for line in text.splitlines() if "Text of a" in line)


def test_a_second_page_marker_is_a_problem():
    line = page_line({"kind": "api"})
    (problem,) = parse(f"{line}\n{page(A)}\n{line}\n").problems
    assert "second page marker" in problem.message


def test_an_unclosed_section_does_not_block_the_one_behind_it():
    text = page(A, B).replace("<!-- glossator:end a -->\n", "")
    assert merged(text, (A, SectionText("b", "f" * 16, "new"))).written == ("b",)


def test_markers_in_a_block_of_code_are_examples():
    example = "```text\n" + page(A) + "```\n"
    assert parse(example).regions == parse(example).problems == ()
    assert ids(page(A, before=example)) == ["a"]


def test_inline_code_that_begins_a_line_opens_no_block():
    assert ids("``` a`b ```\n" + page(A)) == ["a"]


@pytest.mark.parametrize(
    "text", ["<!-- glossator:end a -->", page(B), "```\nopen", "~~~~\n```", "\r\nx\r\n", "", " \n", "a\ufeff"]
)
def test_no_text_breaks_out_of_its_section(text):
    done = page(SectionText("a", FACTS, text), B)
    assert ids(done) == ["a", "b"]
    assert parse(done).problems == ()
    assert merged(done, (SectionText("a", FACTS, text), B)).text == done


def test_digests_are_those_of_the_words_in_their_lines():
    assert text_digest("a\r\nb  \n\n") == text_digest("\na\nb") != text_digest("a b")


@pytest.mark.parametrize("before", ["# Title\n", "# Title\n\nwords", "words\n\n- item\n", "```\ncode\n```\n"])
def test_markers_change_nothing_of_what_readers_see(before):
    table = SectionText("t", FACTS, "## t\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    code = SectionText("c", FACTS, "```python\nx = 1\n```")
    whole = page(A, table, code, B, before=before) + "\nafter\n"
    bare = f"{before}\n\n{A.text}\n\n{table.text}\n\n{code.text}\n\n{B.text}\n\nafter"
    for with_markers, without in zip(markdown_readers.seen(whole), markdown_readers.seen(bare), strict=True):
        assert with_markers.elements == without.elements, with_markers.html
        assert with_markers.text.split() == without.text.split()
        assert len(with_markers.comments) == 8


def test_a_page_of_two_thousand_sections_is_merged_in_one_pass():
    sections = [SectionText(f"pkg.m{number}", FACTS, f"## {number}\n\nText.") for number in range(2000)]
    text = page(*sections)
    done = merged(text, [*sections[:999], SectionText("pkg.m999", "f" * 16, "new"), *sections[1000:]])
    assert done.written == ("pkg.m999",)
    assert len(done.kept) == 1999
