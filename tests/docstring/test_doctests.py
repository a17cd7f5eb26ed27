"""Sessions with Python in docstrings: where each begins and ends, and what is typed in it."""

from hypothesis import given
from hypothesis import strategies as st

from glossator.docstring.doctests import sessions_in


def test_a_session_is_taken_as_it_stands_but_for_its_indentation():
    (session,) = sessions_in("Add.\n\nExample:\n    >>> add(1,\n    ...     2)\n    3\n\nMore.")
    assert session.text == ">>> add(1,\n...     2)\n3"
    assert (session.line, session.shows, session.code) == (3, True, "add(1,\n    2)")


def test_blank_lines_between_prompts_part_no_session_and_text_does():
    found = sessions_in(">>> a = 1\n\n>>> a\n1\n\nThen:\n\n>>> b\n2\n")
    assert [session.text for session in found] == [">>> a = 1\n\n>>> a\n1", ">>> b\n2"]


def test_a_session_that_prints_nothing_shows_nothing():
    assert [one.shows for one in sessions_in(">>> import a\n>>> a.b()\n")] == [False]


def test_what_is_printed_over_several_lines_stays():
    (session,) = sessions_in(">>> f()\nTraceback (most recent call last):\n  ...\nValueError: no\n")
    assert session.text.endswith("ValueError: no")


def test_a_text_without_prompts_has_no_session():
    assert sessions_in("a >>> b\n>>>c\n... d\n") == ()


@given(st.lists(st.sampled_from([">>> a", "... b", "1", "", "    >>> c", "    2", "Text."]), max_size=12))
def test_sessions_are_pieces_of_the_text_in_its_order(lines):
    found = sessions_in("\n".join(lines))
    for session in found:
        size = len(session.text.split("\n"))
        stripped = [line.strip() for line in lines[session.line : session.line + size]]
        assert [line.strip() for line in session.text.split("\n")] == stripped
        assert session.text.lstrip().startswith(">>>")
    assert [one.line for one in found] == sorted({one.line for one in found})
