"""What a provider sees of source: nothing of its texts, long numbers and comments, and all of its shape."""

import ast
import hashlib
import re
import sysconfig
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from glossator.errors import SourceError
from glossator.model import Disclosure
from glossator.syntax.document import Document, decode
from glossator.syntax.masking import masked

AWKWARD = sorted((Path(__file__).parents[2] / "fixtures" / "awkward").iterdir())
STDLIB = Path(sysconfig.get_path("stdlib"))
SAMPLE = [
    path
    for path in sorted(STDLIB.rglob("*.py"))
    if "site-packages" not in path.parts
    and hashlib.sha1(path.name.encode()).digest()[0] < 256 // 80
    and path.stat().st_size < 150_000
]
NOTHING = Disclosure()
TEXT = re.compile(
    r"#[^\n]*|(?P<long>\"\"\"|''')(?:(?!(?P=long))(?:[^\\]|\\.))*(?:(?P=long)|\Z|\\\Z)"
    r"|(?P<quote>[\"'])(?:(?!(?P=quote))[^\\\n]|\\.)*(?:(?P=quote)|\\\Z)?|\\.",
    re.DOTALL,
)
PLACEHOLDER = re.compile(r"<(str|bytes):\d+>")
WITHIN_TEXTS = {"string_content", "escape_sequence", "escape_interpolation"}


def hidden(source):
    return masked(source, NOTHING)


def shape(source):
    """The kinds of a tree's nodes, each with its depth; comments and what stands in texts left out."""
    document = Document("", source.encode("utf-8", "replace"))
    found, stack = [], [(document.root, 0)]
    while stack:
        node, depth = stack.pop()
        if node.type != "comment" and node.type not in WITHIN_TEXTS:
            found.append((node.type, depth))
            stack.extend((child, depth + 1) for child in reversed(node.children))
    return found


def is_whole(source):
    document = Document("", source.encode("utf-8", "replace"))
    return not document.declined and not document.root.has_error


@pytest.mark.parametrize(
    ("source", "want"),
    [
        ("f('hunter2')", "f('<str:7>')"),
        ("f('', ', ', '\\n\\t', '-----')", "f('', ', ', '\\n\\t', '-----')"),
        ("p = '!$%&/(=?'", "p = '<str:8>'"),
        ("f(b'ab', rb'\\s', u'ü', R'x')", "f(b'<bytes:2>', rb'<bytes:2>', u'<str:1>', R'<str:1>')"),
        ("f(r'\\n', '\\x41')", "f(r'<str:2>', '<str:4>')"),
        ('x = """a\nb"""', 'x = """<str:3>"""'),
        ("x = 'ab' \"cd\" f'ef'", "x = '<str:2>' \"<str:2>\" f'<str:2>'"),
        ("f'key {name!r:>{width}} {when:%Y-%m} {n:08.2f}'", "f'<str:4>{name!r:>{width}} {when:<str:5>} {n:08.2f}'"),
        ('f\'{{k1}}{x["ab"]:{y[f"{z}cd"]}}\'', 'f\'<str:6>{x["<str:2>"]:{y[f"{z}<str:2>"]}}\''),
        ("f'{x=}, {y}'", "f'{x=}, {y}'"),
        (
            "def f(x: Literal['a'] = 'b', y: 'T' = 1): ...",
            "def f(x: Literal['<str:1>'] = '<str:1>', y: '<str:1>' = 1): ...",
        ),
        ("x = {'k': 1, b'l': 'v'}", "x = {'<str:1>': 1, b'<bytes:1>': '<str:1>'}"),
        ("match x:\n    case 'a' | {'b': 1}: ...", "match x:\n    case '<str:1>' | {'<str:1>': 1}: ..."),
        ("@route('/key1')\ndef f(): ...", "@route('<str:5>')\ndef f(): ..."),
        ("x = 123456, 1234567, 1_234_567", "x = 123456, 0000000, 0_000_000"),
        (
            "x = 0xFFFFFF, 0xDeadBeef, 1.5, 3.1415926, 1.5e-9, 12345678e3j",
            "x = 0xFFFFFF, 0x00000000, 1.5, 0.0000000, 1.5e-9, 00000000e0j",
        ),
        ("key = bytes([104, 117, 110, 116, 101, 114, 50, 33])", "key = bytes([000, 000, 000, 000, 000, 000, 00, 00])"),
        ("'hunter2'", "'<str:7>'"),
        ("'hunter2'  # a password", "'<str:7>'"),
    ],
)
def test_texts_and_long_numbers_are_placeholders(source, want):
    assert hidden(source) == want


def test_docstrings_stay_and_other_texts_that_stand_alone_do_not():
    source = (
        '"""Of a module."""\nimport a\n\n\nclass A:\n    """Of a class."""\n\n    b = 1\n    """Of an attribute."""\n\n'
        "    def f(self):\n        'Of a ' 'method.'\n        'Of none.'\n        b'bytes'\n"
    )
    want = (
        source.replace("Of an attribute.", "<str:16>")
        .replace("Of none.", "<str:8>")
        .replace("b'bytes'", "b'<bytes:5>'")
    )
    assert hidden(source) == want


def test_a_formatted_text_or_bytes_are_no_docstring():
    assert hidden("def f():\n    f'a {b}'\n") == "def f():\n    f'<str:2>{b}'\n"
    assert hidden("def f():\n    b'ab'\n") == "def f():\n    b'<bytes:2>'\n"


def test_comments_go_with_the_lines_that_hold_nothing_else():
    source = (
        "#!/bin/sh key\n# -*- coding: utf-8 -*-\n\ndef f(a,  # first\n      # between\n      b):"
        "  # type: (int, str) -> None\n"
        "    # alone\n    return a  # last"
    )
    assert hidden(source) == "\ndef f(a,\n      b):\n    return a"
    assert hidden('def f():\n    ("a"  # one\n     "b")\n') == 'def f():\n    ("a"\n     "b")\n'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_keep_their_ends(end):
    source = end.join(("x = 1  # a", "# b", "y = 'cd'", "z = 2 \\", "  + 3", ""))
    assert hidden(source) == end.join(("x = 1", "y = '<str:2>'", "z = 2 \\", "  + 3", ""))


def test_a_method_cut_out_with_its_indentation_is_masked_like_any_other():
    source = '    async def f(self, a="b1"):\n        """Doc."""\n        return "c1"  # d\n'
    assert hidden(source) == '    async def f(self, a="<str:2>"):\n        """Doc."""\n        return "<str:2>"\n'


def test_what_the_user_discloses_is_shown():
    source = "x = 'ab', 12345678  # why\n"
    assert masked(source, Disclosure(literals=True, comments=True)) == source
    assert masked(source, Disclosure(literals=True)) == "x = 'ab', 12345678\n"
    assert masked(source, Disclosure(comments=True)) == "x = '<str:2>', 00000000  # why\n"


@pytest.mark.parametrize(
    "source",
    [
        "x = 'the hunter2\ny = 1\n",
        "x = 'it's hunter2'\n",
        "y = 1\nx = foo + \\\n    'hunter2\n",
        "y = 1\nx = foo + ' \\\nhunter2\n",
        'y = 1\nx = """abc\nhunter2\n',
        'x = """\ny = """\nhunter2\n"""\n',
        'def f():\n    """Half\n    x = """hunter2"""\n    hunter2\n',
        "y = 1\nx = f'{a hunter2}'\n",
        "y = 1\nx = f'{a\nhunter2\n",
        "x = ('a', 'hunter2\nhunter2 = 1)\n",
        "y = 1\n\0hunter2 = 'a'\n",
        "# a\ry = 'hunter2\r",
        "x = \\ 'hunter2'\n",
        "def f(:\n    return 'hunter2'\n",
        "x = 1 # 'hunter2\n'hunter2\n",
        "$ hunter2\n",
        "x = 'a' \\\nhunter2 'b'\n",
        "hunter2 \\\n'a' x 'b'\n",
        "y = f'{x['hunter2']}' z\n",
        "y = 1\nx = '''a''' 'hunter2\n",
    ],
)
def test_of_broken_code_nothing_is_shown_that_may_have_been_a_text(source):
    assert "hunter2" not in hidden(source)


def test_of_broken_code_the_lines_that_are_certain_stay():
    assert hidden("def f(a):\n    x = 'half\n    return a\n") == "def f(a):\n    return a\n"
    source = "x = 'ab', '', 1, 123456789  # why\n# alone\ndef f(\n"
    assert hidden(source) == "x = '<str:2>', '', 1, 0\n"


@pytest.mark.parametrize("path", [*AWKWARD, *SAMPLE], ids=lambda path: path.name)
def test_the_shape_of_files_stays_and_their_texts_go(path):
    try:
        source = decode(path.read_bytes())[0].decode("utf-8", "replace")
    except SourceError:  # masked all the same
        source = path.read_bytes().decode("latin-1")
    found = hidden(source)
    if is_whole(source):
        assert shape(found) == shape(source)
        assert is_whole(found)
        assert not [text for text in texts_of(found) if any(map(str.isalnum, PLACEHOLDER.sub("", text)))]
    assert masked(source, Disclosure(literals=True, comments=True)) == source


def texts_of(source):
    """The texts of a source as `ast` reads them, but for docstrings and separators; empty if it cannot."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    shown = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, owners) and ast.get_docstring(node) is not None
    }
    specs = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.FormattedValue) and node.format_spec
        for part in node.format_spec.values
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in shown | specs:
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            found += [] if "=" in text else [text]  # `{x=}` shows code
    return found


LITERALS = st.one_of(
    st.text(max_size=30), st.binary(max_size=30), st.integers(), st.floats(allow_nan=False, allow_infinity=False)
)


@given(
    LITERALS,
    st.sampled_from(["x = {}", "f(a, k={})", "def f(a={}):\n    return a\n", "x = [{}]", "x = y if {} else z\n"]),
)
@example("\\", "x = {}")
def test_any_literal_is_masked_anywhere_and_the_shape_stays(value, form):
    source = form.format(repr(value))
    found = hidden(source)
    assert shape(found) == shape(source)
    if (
        isinstance(value, str | bytes)
        and len(value) > 5
        and any(map(str.isalnum, str(value, "latin-1") if isinstance(value, bytes) else value))
    ):
        assert repr(value).strip("b'\"") not in found


PIECES = st.lists(
    st.sampled_from(
        [
            "'",
            '"',
            "'''",
            '"""',
            "\\",
            "\\\n",
            "\n",
            "hunter2",
            "# ",
            "b'",
            "x",
            "=",
            "(",
            ")",
            "{",
            "}",
            ",",
            " ",
            "if y:",
        ]
    ),
    max_size=16,
)


def in_texts(source):
    """Whether the word stands in texts and comments alone; told from the left by quotes, as Python's tokenizer does."""
    outside, position = [], 0
    for match in TEXT.finditer(source):
        outside.append(source[position : match.start()])
        position = match.end()
    return "hunter2" not in "".join((*outside, source[position:])) and "hunter2" in source


@given(PIECES.map("".join).filter(in_texts))
@example("\"b'\n)b'\\\nhunter2x")
@example("\\\nb'\nb'# \\'(if yxhunter2\\\nhunter2")
@example('"hunter2"\\\n\\\n')
@example("'a'\\\n'hunter2")
@example("'{hunter2\n}'")
@example(" \\# x\"# '\\\nhunter2,\n")
@settings(max_examples=400)
def test_what_quotes_tell_to_be_text_is_never_shown_however_broken_the_code(source):
    assert "hunter2" not in hidden(f"y = 1\n{source}")


def test_deep_nesting_and_hostile_sizes_are_no_trouble():
    assert hidden("x = " + "(" * 20_000 + "'ab'" + ")" * 20_000).count("<str:2>") == 1
    assert hidden("x = 'a'\n" * 100 + "y" * 200_000) == ""
    assert hidden("x = $\\\n" * 5_000) == ""
