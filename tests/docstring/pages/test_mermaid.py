"""Diagrams hold any names, and are no larger than they may be."""

from __future__ import annotations

import re

import markdown_readers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.docstring.pages.mermaid import class_diagram, import_graph

NAME = st.one_of(
    st.text(max_size=12), st.sampled_from(["end", "a.b", 'x"]; click m0 "javascript:x"', "```", "a}\nb", "%%{init}%%"])
)
LINES = [
    r"flowchart LR",
    r"classDiagram",
    r'    [mc]\d+\["[^"\[\]{}<>`;|]*(?:#\d+;[^"\[\]{}<>`;|]*)*"\]',
    r'    class c\d+\["(?:[^"\[\]{}<>`;|]|#\d+;)*"\](?: \{)?',
    r'    m\d+\["(?:[^"\[\]{}<>`;|]|#\d+;)*"\]',
    r"        \w*(?:\(\))?",
    r"    \}",
    r"    m\d+ --> m\d+",
    r"    c\d+ <\|-- c\d+",
]


def lines_of(diagram: str) -> list[str]:
    assert diagram.startswith("```mermaid\n")
    body, fence, note = diagram.removeprefix("```mermaid\n").partition("\n```")
    assert fence
    assert re.fullmatch(r"(\n\nNot shown: [\w ,]+\.)?", note)
    return body.split("\n")


@given(st.lists(st.tuples(NAME, NAME), max_size=8), st.integers(0, 5))
def test_no_name_gets_out_of_a_graph(edges, limit):
    diagram = import_graph(edges, limit)
    for line in lines_of(diagram) if diagram else ():
        assert any(re.fullmatch(pattern, line) for pattern in LINES), line
    assert all(set(seen.elements) <= {"pre", "code", "p"} for seen in markdown_readers.seen(diagram))


@given(st.lists(st.tuples(NAME, st.lists(NAME, max_size=3), st.lists(NAME, max_size=3)), max_size=5), st.integers(0, 4))
def test_no_name_gets_out_of_a_diagram(classes, limit):
    diagram = class_diagram([(name, tuple(bases), tuple(members)) for name, bases, members in classes], limit)
    for line in lines_of(diagram) if diagram else ():
        assert any(re.fullmatch(pattern, line) for pattern in LINES), line
    assert diagram.count("\n    class ") <= 2 * max(limit, 1)


def test_modules_that_import_each_other_are_drawn_so():
    assert lines_of(import_graph([("b", "a"), ("a", "b"), ("a", "a"), ("a", "b")], 9)) == [
        "flowchart LR",
        '    m0["a"]',
        '    m1["b"]',
        "    m0 --> m1",
        "    m1 --> m0",
    ]


def test_what_is_left_out_is_said():
    diagram = import_graph([("hub", f"m{number}") for number in range(50)], 10)
    assert diagram.count("-->") == 9
    assert diagram.endswith("Not shown: 41 more modules.")
    assert class_diagram([(f"C{n}", ("Base",), ("a",) * 14) for n in range(5)], 2).endswith(
        "3 more classes, 4 more members."
    )


@pytest.mark.parametrize(
    "diagram", [import_graph([], 5), import_graph([("a", "a")], 5), class_diagram([], 5), import_graph([("a", "b")], 0)]
)
def test_nothing_to_draw_is_no_diagram(diagram):
    assert diagram == ""


def test_classes_stand_with_their_bases_and_members():
    assert lines_of(class_diagram([("Feed", ("Base", "abc.ABC"), ("limit", "merge()")), ("Base", (), ())], 9)) == [
        "classDiagram",
        '    class c0["Feed"] {',
        "        limit",
        "        merge()",
        "    }",
        '    class c1["Base"]',
        '    class c2["abc.ABC"]',
        "    c1 <|-- c0",
        "    c2 <|-- c0",
    ]
