"""The public API: which symbols are documented, when an answer is stale, and that a second request changes nothing."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossator.config import Settings
from glossator.documenter import DocRequest, Documenter, FileOptions, check_bytes, document_bytes, path_of
from glossator.errors import SourceError, Superseded
from glossator.model import Action
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

TEXT = '''"""About it."""


def f(a):
    return a


def g(b):
    """Get b."""
    return b


class C:
    def m(self):
        return 1

    def _private(self):
        return 2
'''


@pytest.fixture
def documenter():
    return Documenter(Settings())


def document(text=TEXT):
    return Document.open("x.py", text)


def edited(before, draft):
    (start, end), new_text = draft.edit.span, draft.edit.new_text
    return before.edit(start, end, new_text.encode())


def test_what_is_public_and_undocumented_is_missing(documenter):
    assert documenter.missing(documenter.outline(document())) == ("f", "C", "C.m")


def test_drafts_of_a_file_are_those_of_its_missing_symbols(documenter):
    drafts = list(documenter.drafts(DocRequest(document())))
    assert [(draft.symbol.path, draft.action) for draft in drafts] == [
        ("f", Action.ADDED),
        ("C", Action.ADDED),
        ("C.m", Action.ADDED),
    ]


def test_a_documented_symbol_is_kept_even_when_it_is_asked_for(documenter):
    (draft,) = documenter.drafts(DocRequest(document(), ("g",)))
    assert draft.action is Action.KEPT
    assert draft.edit is None


def test_d3_a_symbol_that_is_gone_is_not_guessed(documenter):
    with pytest.raises(KeyError):
        list(documenter.drafts(DocRequest(document(), ("gone",))))
    gone = documenter.outline(document()).find("f")
    with pytest.raises(Superseded):
        documenter.fingerprint(documenter.outline(document("x = 1\n")), gone)


def test_d1_an_edit_inside_the_symbol_changes_its_fingerprint(documenter):
    before = documenter.outline(document())
    after = documenter.outline(document(TEXT.replace("return a", "return -a")))
    assert documenter.fingerprint(before, before.find("f")) != documenter.fingerprint(after, after.find("f"))


def test_d2_an_edit_above_moves_the_symbol_and_keeps_its_fingerprint(documenter):
    shifted = document("import os\n\n\ndef above(): pass\n" + TEXT)
    before, after = Outline(document()), Outline(shifted)
    assert documenter.fingerprint(before, before.find("f")) == documenter.fingerprint(after, after.find("f"))
    (draft,) = documenter.drafts(DocRequest(shifted, ("f",)))
    assert b'def f(a):\n    """' in edited(shifted, draft).text


def test_d3_a_renamed_symbol_has_another_path_and_fingerprint(documenter):
    before, after = Outline(document()), Outline(document(TEXT.replace("def f(", "def h(")))
    assert after.find("f") is None
    assert documenter.fingerprint(before, before.find("f")) != documenter.fingerprint(after, after.find("h"))


def test_d3_of_two_definitions_of_one_name_the_one_that_is_named_is_documented(documenter):
    twice = document("def f(a):\n    return a\n\n\ndef f(b, c):\n    return b\n")
    (draft,) = documenter.drafts(DocRequest(twice, ("f#2",)))
    after = Outline(edited(twice, draft))
    assert after.find("f").docstring is None
    assert "c" in after.find("f#2").docstring.text


@pytest.mark.parametrize("path", ["f#1", "f#3", "C.f", "C.m.x", "m", "", "f.", "C.", "#2"])
def test_a_path_that_only_resembles_one_finds_nothing(path):
    text = "def f(): pass\ndef f(): pass\nclass C:\n    def m(self): pass\nclass Cm: pass\n"
    outline = Outline(document(text))
    assert outline.find(path) is None
    assert outline.entries
    assert outline.find(path) is None


@pytest.mark.parametrize("is_read_before", [False, True])
def test_every_path_finds_its_own_symbol(is_read_before):
    text = "class C:\n    def m(self):\n        def m(): pass\nclass C:\n    def m(self): pass\n"
    text += "def Cm(): pass\ndef C(): pass\n"
    paths = [symbol.path for symbol in Outline(document(text)).symbols]
    assert paths == ["<module>", "C", "C.m", "C.m.m", "C#2", "C#2.m", "Cm", "C#3"]
    for path in paths:
        outline = Outline(document(text))
        if is_read_before:
            assert outline.entries
        assert outline.find(path).path == path


def test_d4_a_second_request_for_a_symbol_keeps_what_the_first_wrote(documenter):
    before = document()
    (first,) = documenter.drafts(DocRequest(before, ("f",)))
    (second,) = documenter.drafts(DocRequest(edited(before, first), ("f",)))
    assert second.action is Action.KEPT


def test_d4_the_same_request_gives_the_same_edit(documenter):
    drafts = [[draft.edit for draft in documenter.drafts(DocRequest(document()))] for _ in range(2)]
    assert drafts[0] == drafts[1]


def test_the_docstring_digest_changes_with_the_docstring_alone(documenter):
    digests = set()
    for doc in ('"""Get b."""', '"""Get b"""', "'''Get b.'''"):
        outline = Outline(document(TEXT.replace('"""Get b."""', doc)))
        digests.add(documenter.docstring_digest(outline, outline.find("g")))
    assert len(digests) == 3
    outline = Outline(document())
    assert documenter.docstring_digest(outline, outline.find("f")) == ""


def test_documenting_keeps_every_fingerprint(documenter):
    before = Outline(document())
    raw = document_bytes(TEXT.encode(), "x.py", FileOptions(Settings())).raw
    after = Outline(Document("x.py", raw))
    for symbol in before.symbols:
        found = documenter.fingerprint(after, after.find(symbol.path))
        assert found == documenter.fingerprint(before, symbol), symbol.path


DEMO = sorted((Path(__file__).parents[1] / "fixtures" / "demo" / "gazette").rglob("*.py"))


@pytest.mark.parametrize("style", ["google", "numpy", "sphinx", "epytext"])
@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.name)
def test_each_symbol_alone_gets_the_text_that_the_whole_file_gives_it(path, style):
    raw = path.read_bytes()
    chosen = Settings(style=style)
    opened = Document(path.name, raw)
    wanted = Documenter(chosen).missing(Outline(opened))
    alone = [next(Documenter(chosen).drafts(DocRequest(opened, (one,)))) for one in wanted]
    together = list(Documenter(chosen).drafts(DocRequest(opened)))
    assert [draft.edit for draft in alone] == [draft.edit for draft in together]
    edits = sorted((draft.edit.span, draft.edit.new_text.encode()) for draft in alone)
    outcome = document_bytes(raw, path.name, FileOptions(chosen))
    assert outcome.raw == opened.edit_all([(*span, text) for span, text in edits]).text
    again = document_bytes(outcome.raw, path.name, FileOptions(chosen))
    assert again.raw is None
    assert {draft.action for draft in again.drafts} == {"kept"}


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.name)
def test_a_preview_shows_the_text_that_would_be_written(path, documenter):
    opened = Document(path.name, path.read_bytes())
    shown = [draft.text for draft in documenter.previews(DocRequest(opened))]
    assert shown == [draft.text for draft in documenter.drafts(DocRequest(opened))]
    assert all(shown)


async def test_long_work_gives_way_to_other_work(documenter):
    turns = 0

    async def count():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(count())
    await documenter.document(DocRequest(document("".join(f"def f{n}(a): return a\n" for n in range(200)))))
    other.cancel()
    assert turns > 1


def test_a_docstring_that_the_encoding_cannot_hold_leaves_the_file_alone():
    raw = "# coding: latin-1\ndef f(a):\n    raise ValueError('größe')\n".encode("latin-1")
    assert "größe".encode("latin-1") in document_bytes(raw, "x.py", FileOptions(Settings())).raw
    nowhere = check_bytes(b"# coding: nowhere\n", "x.py", FileOptions(Settings()))
    assert "cannot decode" in nowhere.error
    assert "cannot decode" in document_bytes(b"# coding: nowhere\n", "x.py", FileOptions(Settings())).error


async def test_the_answer_for_a_loop_is_the_same(documenter):
    drafts = await documenter.document(DocRequest(document()))
    assert [draft.text for draft in drafts] == [draft.text for draft in documenter.drafts(DocRequest(document()))]


def test_a_declined_document_is_refused_with_its_reason(documenter):
    with pytest.raises(SourceError, match="NUL"):
        list(documenter.drafts(DocRequest(document("x = '\0'\n"))))
    assert documenter.check(document("x = '\0'\n")) == ()
    assert "NUL" in check_bytes(b"x = '\0'\n", "x.py", FileOptions(Settings())).error


def test_named_symbols_alone_are_documented():
    outcome = document_bytes(TEXT.encode(), "x.py", FileOptions(Settings(), symbols=("C._private", "gone")))
    assert [draft.name for draft in outcome.drafts if draft.action == "added"] == ["C._private"]


def test_the_style_of_the_file_is_kept():
    numpy = 'def f(a):\n    """Get a.\n\n    Parameters\n    ----------\n    a : int\n        The a.\n    """\n'
    numpy += "\n\ndef g(b):\n    return b\n"
    assert b"----------" in document_bytes(numpy.encode(), "x.py", FileOptions(Settings())).raw.split(b"def g")[1]


def test_the_quotes_of_the_file_are_kept():
    raw = document_bytes(
        b"def f(a):\n    '''Get a.'''\n\n\ndef g(b):\n    return b\n", "x.py", FileOptions(Settings())
    ).raw
    assert b'"""' not in raw


def test_findings_have_lines_and_columns_from_one():
    outcome = check_bytes("größe = 1\nclass Größe: größe = 2\n".encode(), "x.py", FileOptions(Settings()))
    found = next(finding for finding in outcome.findings if finding.symbol == "Größe")
    assert (found.line, found.column, found.end_line, found.end_column) == (2, 7, 2, 12)
    assert (outcome.public, outcome.documented) == (2, 0)


PIECES = st.sampled_from(
    [
        *(
            "def f(a, b=None):\n    return a\n",
            "class C:\n    x: int = 1\n\n    def m(self, a): return a\n",
            "import os\n",
        ),
        *("async def g(*a, **b):\n    yield a\n", "@property\ndef h(self):\n    raise E(self.x)\n", "X = 1  # one\n"),
        *('def i():\n    """Get i."""\n', "\n", "# comment\n", "if X:\n    def j(a): pass\n", "def k(\n", "'''\n"),
    ]
)


@given(st.lists(PIECES, max_size=6).map("".join), st.sampled_from(["google", "numpy", "sphinx", "epytext"]))
@settings(max_examples=80, deadline=None)
def test_editor_and_command_line_give_the_same_text(text, style):
    chosen = Settings(style=style)
    before = document(text)
    after = before
    drafts = list(Documenter(chosen).drafts(DocRequest(before)))
    for draft in reversed([draft for draft in drafts if draft.edit is not None]):
        after = edited(after, draft)
    outcome = document_bytes(text.encode(), "x.py", FileOptions(chosen))
    if outcome.error == "":
        assert (before.text if outcome.raw is None else outcome.raw) == after.text


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///home/me/a%20b.py", "/home/me/a b.py"),
        ("file:///C:/code/a.py", "C:/code/a.py"),
        ("untitled:Untitled-1", "untitled:Untitled-1"),
        ("src/a%20b.py", "src/a%20b.py"),
    ],
)
def test_the_path_of_a_document_is_that_of_its_file(uri, path):
    assert path_of(uri) == path
