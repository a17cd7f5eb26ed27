"""Awkward source files, documented in every style: rows D7, D8 and D11, and what other tools broke."""

from pathlib import Path

import pytest
from oracle import Source, check_harmless, documented

from glossator.config import Settings
from glossator.documenter import DocRequest, Documenter, FileOptions, check_bytes, document_bytes
from glossator.model import Action
from glossator.syntax.document import Document, decode
from glossator.syntax.symbols import Outline

FILES = sorted((Path(__file__).parents[1] / "fixtures" / "awkward").iterdir())
STYLES = ("google", "numpy", "sphinx", "epytext")
UNREADABLE = {
    "half_typed.py": "cannot be parsed",
    "open_quotes.py": "cannot be parsed",
    "merge_conflict.py": "cannot be parsed",
    "python_2.py": "cannot be parsed",
    "nul_byte.py": "NUL byte",
    "utf_16.py": "cannot decode",
    "wrong_utf_8.py": "cannot decode",
    "lone_surrogate.py": "cannot decode",
    "unknown_cookie.py": "cannot decode",
}


def parses(raw):
    try:
        Source.of(raw)
    except (SyntaxError, ValueError):
        return False
    return True


READABLE = [path for path in FILES if path.name not in UNREADABLE and parses(path.read_bytes())]


def options(style):
    return FileOptions(Settings(style=style))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.name)
def test_d7_d8_only_docstrings_change_and_a_second_run_changes_nothing(path, style):
    before = path.read_bytes()
    outcome = document_bytes(before, path.name, options(style))
    assert outcome.error == ""
    failed = [draft for draft in outcome.drafts if draft.action == Action.FAILED.value]
    assert not failed
    after = before if outcome.raw is None else outcome.raw
    check_harmless(before, after)
    assert documented(after) - documented(before) == sum(draft.action == "added" for draft in outcome.drafts)
    again = document_bytes(after, path.name, options(style))
    assert again.raw is None
    assert check_bytes(after, path.name, options(style)).findings == tuple(
        finding for finding in check_bytes(after, path.name, options(style)).findings if not finding.fixable
    )


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.name)
def test_d7_each_edit_of_the_editor_alone_is_harmless(path):
    raw = path.read_bytes()
    text, encoding = decode(raw)
    document = Document(path.name, text)
    documenter = Documenter(Settings())
    for draft in documenter.drafts(DocRequest(document)):
        assert draft.action is Action.ADDED, draft.error
        start, end = draft.edit.span
        after = text[:start] + draft.edit.new_text.encode() + text[end:]
        check_harmless(raw, encoding.encode(after))


@pytest.mark.parametrize("name", UNREADABLE)
def test_d8_d11_what_python_cannot_read_is_left_alone_with_a_reason(name):
    raw = next(path for path in FILES if path.name == name).read_bytes()
    outcome = document_bytes(raw, name, options("google"))
    assert outcome.raw is None
    assert UNREADABLE[name] in outcome.error


def test_d8_a_cp1252_file_keeps_its_encoding():
    raw = next(path for path in FILES if path.name == "cp1252_second_line.py").read_bytes()
    assert "sign='€'".encode("cp1252") in document_bytes(raw, "x.py", options("google")).raw


def test_every_style_gives_the_same_places():
    for path in READABLE:
        added = {style: document_bytes(path.read_bytes(), path.name, options(style)).drafts for style in STYLES}
        names = {style: [(draft.name, draft.action) for draft in drafts] for style, drafts in added.items()}
        assert names["numpy"] == names["sphinx"] == names["epytext"] == names["google"], path.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_d11_no_edit_touches_what_cannot_be_parsed(path):
    try:
        text, _ = decode(path.read_bytes())
    except Exception:  # noqa: BLE001 - what cannot be decoded is tested above
        return
    document = Document(path.name, text)
    if document.declined:
        return
    broken = [(node.start_byte, node.end_byte) for node in broken_nodes(document.root)]
    for draft in Documenter(Settings()).drafts(DocRequest(document)):
        if draft.edit is not None:
            start, end = draft.edit.span
            assert not any(first < end and start < last for first, last in broken)
            assert not any(first < start < last for first, last in broken)


def broken_nodes(root):
    """What the parser could not place: of an ERROR, all but the whole definitions in it."""
    stack = [(root, False)]
    while stack:
        node, is_in_error = stack.pop()
        is_whole = node.type in ("function_definition", "decorated_definition", "class_definition")
        if node.is_missing or (is_in_error and not is_whole and not node.is_error):
            yield node
        stack.extend((child, node.is_error) for child in node.children)


def test_d11_a_broken_function_does_not_take_the_others_away():
    document = Document(
        "x.py", b"def whole(a):\n    return a\n\n\ndef broken(a,\n    return a\n\n\nclass After:\n    x = 1\n"
    )
    outline = Outline(document)
    assert outline.find("whole").place is not None
    drafts = {draft.symbol.path: draft.action for draft in Documenter(Settings()).drafts(DocRequest(document))}
    assert drafts["whole"] is Action.ADDED
    assert "broken" not in drafts


def test_d11_a_method_of_a_class_that_is_being_typed_is_not_taken_for_a_function():
    document = Document("x.py", b"def f(): pass\n\nclass C(\n    def m(self):\n        return 1\n")
    found = Outline(document).find("m")
    assert found is None or found.place is None
