"""FAULTS D6: changes that do not fit make a document unsynced; a whole text makes it known again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.workspace.workspace import Change, Workspace

URI = "file:///a.py"


@pytest.fixture
def workspace():
    opened = Workspace()
    opened.open(URI, "one\ntwo\n", 1)
    return opened


def text_of(workspace):
    document = workspace.document(URI)
    return None if document is None else document.text.decode()


def insert(line, character, text):
    return Change((line, character), (line, character), text)


def test_edits_apply_one_after_another(workspace):
    workspace.change(URI, 2, [insert(0, 3, "\nnew"), insert(1, 3, "er")], "utf-16")
    assert text_of(workspace) == "one\nnewer\ntwo\n"


def test_an_old_snapshot_stays_as_it_was(workspace):
    before = workspace.document(URI)
    workspace.change(URI, 2, [insert(0, 0, "x")], "utf-16")
    assert (before.text, before.version) == (b"one\ntwo\n", 1)


def test_positions_past_the_end_are_clamped(workspace):
    workspace.change(URI, 2, [insert(0, 999, "!"), insert(999, 0, "end")], "utf-16")
    assert text_of(workspace) == "one!\ntwo\nend"


def test_d6_versions_may_leap_since_editors_count_more_than_they_send(workspace):
    workspace.change(URI, 7, [insert(0, 0, "x")], "utf-16")
    assert workspace.document(URI).version == 7


@pytest.mark.parametrize("version", [1, 0, -3])
def test_d6_a_version_that_does_not_grow_loses_the_document(workspace, version):
    assert workspace.change(URI, version, [insert(0, 0, "x")], "utf-16") is None
    assert text_of(workspace) is None
    assert workspace.is_open(URI)


@pytest.mark.parametrize(
    ("start", "end"), [((1, 0), (0, 0)), ((0, 2), (0, 1)), ((-1, 0), (0, 0)), ((0, -1), (0, 0)), ((0, 0), (2**31, 0))]
)
def test_d6_a_range_that_is_none_loses_the_document(workspace, start, end):
    workspace.change(URI, 2, [Change(start, end, "x")], "utf-16")
    assert text_of(workspace) is None


def test_d6_no_output_until_a_whole_text_arrives(workspace):
    workspace.change(URI, 1, [insert(0, 0, "x")], "utf-16")
    workspace.change(URI, 2, [insert(0, 0, "x")], "utf-16")
    assert text_of(workspace) is None
    workspace.change(URI, 3, [Change(None, None, "whole\n"), insert(0, 0, "the ")], "utf-16")
    assert text_of(workspace) == "the whole\n"


def test_d6_opening_again_is_a_new_start(workspace):
    workspace.lose(URI, "test")
    workspace.open(URI, "again\n", 1)
    assert text_of(workspace) == "again\n"


def test_d6_a_change_of_a_document_that_is_not_open_is_ignored():
    workspace = Workspace()
    assert workspace.change(URI, 2, [insert(0, 0, "x")], "utf-16") is None
    assert len(workspace) == 0


def test_a_closed_document_is_forgotten(workspace):
    workspace.close(URI)
    workspace.close(URI)
    assert not workspace.is_open(URI)
    assert workspace.documents == ()


def test_of_many_documents_only_those_used_last_keep_their_trees():
    workspace = Workspace(tree_bytes=100)
    for number in range(10):
        workspace.open(f"file:///{number}.py", "x = 1\n" * 8, 1)
        assert workspace.document(f"file:///{number}.py").root.type == "module"
    trees = [document.has_tree for document in workspace.documents]
    assert trees == [False] * 8 + [True] * 2
    assert workspace.document("file:///0.py").root.type == "module"


POSITION = st.tuples(st.integers(0, 6), st.integers(0, 9))
TEXT = st.text(alphabet="ab\n\r\tß𝒳\u2028\f", max_size=6)


def units(character, encoding):
    return len(character.encode({"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding])) // {
        "utf-8": 1, "utf-16": 2, "utf-32": 4
    }[encoding]  # fmt: skip


def place(text, position, encoding):
    """The model: the index that a position means, found one character at a time."""
    line, character = position
    at = 0
    while line and at < len(text):
        if text[at] == "\n" or (text[at] == "\r" and text[at + 1 : at + 2] != "\n"):
            line -= 1
        at += 1
    if line:
        return len(text)
    while character > 0 and at < len(text) and text[at] not in "\r\n":
        character -= units(text[at], encoding)
        if character < 0:
            break
        at += 1
    return at


@given(TEXT, st.lists(st.tuples(POSITION, POSITION, TEXT), max_size=6), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_d5_any_sequence_of_edits_gives_the_text_of_the_model(text, edits, encoding):
    workspace = Workspace()
    workspace.open(URI, text, 1)
    for one, other, new in edits:
        start, end = sorted((one, other))
        text = text[: place(text, start, encoding)] + new + text[place(text, end, encoding) :]
    workspace.change(URI, 2, [Change(*sorted((start, end)), new) for start, end, new in edits], encoding)
    assert text_of(workspace) == text
