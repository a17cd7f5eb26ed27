"""A docstring that is being typed takes nothing behind it away, and never hides what is closed."""

import ast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from glossator.syntax.document import NOT_LINE_END, NOTHING, Document
from glossator.syntax.symbols import Outline
from glossator.syntax.unclosed import typed

TEXT = (
    'class C:\n    def f(self, a):\n        return a\n\n    def g(self):\n        """Doc."""\n\n\ndef h():\n    pass\n'
)
PIECES = ('"', "'", '"""', "'''", '""', "\n", "    ", "x", "#", "Do it.", '"""x"""\n', "def k():\n", "    return 1\n")


def typing(text, *keys, at):
    """The document after each key at a place that moves along; a negative number deletes that many characters."""
    document = Document("x.py", text.encode())
    assert not document.root.has_error
    for key in keys:
        if isinstance(key, int):
            document = typed(document, at + key, at, b"")
            at += key
        else:
            document = typed(document, at, at, key.encode())
            at += len(key)
    return document


def paths(document):
    return [symbol.path for symbol in Outline(document).symbols]


ALL = ["<module>", "C", "C.f", "C.g", "h"]
BODY = TEXT.index("\n        return a")


@pytest.mark.parametrize(
    "keys",
    [
        ("\n        ", '"', '"', '"'),
        ("\n        ", '""', '"'),
        ("\n        ", "'", "'", "'"),
        ("\n        ", 'r"""'),
        ("\n        ", '"""', "Do it (now, and don't ", "\n        stop.", "\n"),
        ("\n        ", '"""', "Do", -2),
    ],
)
def test_symbols_stay_while_a_docstring_is_open(keys):
    document = typing(TEXT, *keys, at=BODY)
    assert document.unread != NOTHING
    assert not document.root.has_error
    assert paths(document) == ALL
    assert [symbol.path for symbol in Outline(document).symbols if symbol.place is None] == ["C.f"]
    assert Document("x.py", document.text).root.has_error


@pytest.mark.parametrize(
    "keys",
    [
        ("\n        ", '"""', "Do it.", '"""'),
        ("\n        ", '"""', "Do it.\n        ", '"', '"', '"'),
        ("\n        ", '"""', '"""'),
        ("\n        ", '"""', -1),
        ("\n        ", '"""', "Do", -5),
        ("\n        ", '"""', "Do", -14),
    ],
)
def test_what_is_closed_or_gone_is_read_again(keys):
    document = typing(TEXT, *keys, at=BODY)
    assert document.unread == NOTHING
    assert paths(document) == paths(Document("x.py", document.text)) == ALL


def test_an_open_docstring_moves_with_edits_elsewhere():
    document = typing(TEXT, "\n        ", '"""', "Do", at=BODY)
    before = document.text[slice(*document.unread)]
    document = typed(document, 0, 0, b"import os\n")
    document = typed(document, len(document.text), len(document.text), b"x = 1\n")
    assert document.text[slice(*document.unread)] == before == b'"""Do'


def test_quotes_elsewhere_may_be_the_closing_ones():
    document = typing(TEXT, "\n        ", '"""', at=BODY)
    end = document.text.index(b"\n\n    def g")
    assert typed(document, end, end, b'\n        """').unread == NOTHING


def test_quotes_that_close_what_was_open_before_are_read():
    document = Document(
        "x.py", TEXT.replace("        return a\n", '        """Do\n        return a\n        \n').encode()
    )
    assert document.root.has_error
    place = document.text.index(b"return a\n") + len(b"return a\n        ")
    assert typed(document, place, place, b'"""').unread == NOTHING


def test_quotes_inside_a_docstring_are_read():
    text = 'def f():\n    """Doc.\n\n    More.\n    """\n'
    assert typing(text, "    ", '"""', at=text.index("\n    More")).unread == NOTHING


def test_a_comment_sign_before_the_quotes_ends_the_docstring():
    document = typing(TEXT, "\n        ", '"""', at=BODY)
    start = document.unread.start
    assert typed(document, start - 1, start - 1, b"#").unread == NOTHING


@st.composite
def sessions(draw):
    """Edits to a text: shares of its length, how much goes, what comes, and whether the tree is asked for."""
    edit = st.tuples(st.floats(0, 1), st.sampled_from((0, 0, 0, 1, 3)), st.sampled_from(PIECES), st.booleans())
    lines = draw(st.lists(st.sampled_from((*TEXT.splitlines(keepends=True), "    \n", '    ""\n')), max_size=12))
    return "".join(lines), draw(st.lists(edit, max_size=8))


def nodes(document):
    found, stack = [], [document.root]
    while stack:
        node = stack.pop()
        found.append((node.kind_id, node.start_byte, node.end_byte, node.is_missing))
        stack.extend(reversed(node.children))
    return found


def definitions(text):
    """The names that a text defines; None for what Python cannot parse."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    return [node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def check_session(session):
    text, edits = session
    document, known = Document("x.py", text.encode()), None
    for place, removed, new, is_looked_at in edits:
        if is_looked_at:
            assert document.root.end_byte <= len(document.text)
        start = int(len(document.text) * place)
        known = definitions(document.text) if document.unread == NOTHING else known
        document = typed(document, start, min(start + removed, len(document.text)), new.encode())
        start, end = document.unread
        seen = document.text[:start] + NOT_LINE_END.sub(b" ", document.text[start:end]) + document.text[end:]
        # Quotes that happen to end at a docstring further down swallow what stands between: they count as open.
        assert document.unread == NOTHING or known is None or definitions(document.text) != known
    seen = document.text if document.unread == NOTHING else seen
    fresh = Document("x.py", seen)
    if not fresh.root.has_error:  # what is broken may be read in two ways, and both are right
        assert nodes(document) == nodes(fresh)


SWALLOWING = (
    '    \nclass C:\n    def f(self, a):\n        """Doc."""\n',
    [(0.0, 0, '"', False), (0.0, 0, '"', False), (0.8125, 0, '"', True), (0.0, 0, '"', False)],
)


@given(sessions())
@example(SWALLOWING)
@settings(max_examples=300, deadline=None)
def test_the_tree_is_that_of_the_text_without_what_is_open(session):
    check_session(session)


@pytest.mark.soak
@given(sessions())
@settings(max_examples=30_000, deadline=None)
def test_the_tree_is_that_of_the_text_without_what_is_open_for_many_edits(session):
    check_session(session)
