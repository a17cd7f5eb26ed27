"""Edits put docstrings in and are proven to change nothing else; what would change code is refused."""

import ast
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracle import bare_dump, check_harmless

from glossator.engine.edit import apply, docstring_edit, line_end_at, prove_definition, prove_file
from glossator.errors import SourceError
from glossator.model import SourceEdit, Span
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

TEXT = '''import os


def f(a):
    return a


class C:
    """Has a docstring."""

    def m(self): return 1
'''


def document(text=TEXT):
    return Document.open("x.py", text)


def edit_of(text, path, literal='"""Doc."""'):
    before = document(text)
    return before, docstring_edit(before, Outline(before).find(path), literal)


@pytest.mark.parametrize("path", ["<module>", "f", "C", "C.m"])
def test_a_new_or_replaced_docstring_is_proven_harmless(path):
    before, edit = edit_of(TEXT, path)
    after = prove_file(before, [edit])
    prove_definition(before, Outline(before).find(path), edit)
    assert Outline(after).find(path).docstring.text == "Doc."
    assert bare_dump(ast.parse(before.text)) == bare_dump(ast.parse(after.text))


HARMFUL = {
    "code behind the docstring": ('    """Doc."""; os.remove("x")\n', 4),
    "code instead of a docstring": ("    os.remove('x')\n", 4),
    "an f-string": ('    f"""{os.remove}"""\n', 4),
    "bytes": ('    b"""Doc."""\n', 4),
    "a literal that does not end": ('    """Doc.\n', 4),
    "a literal that ends too soon": ('    """Doc.""" + """\n', 4),
    "another indentation": ('  """Doc."""\n', 4),
    "two literals": ('    """Doc."""\n    """More."""\n', 4),
    "a line break in the header": ("\n", 3),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_an_edit_that_would_change_code_is_refused(what):
    new_text, line = HARMFUL[what]
    before = document()
    offset = before.lines.start(line) - (2 if line == 3 else 0)
    edit = SourceEdit(Span(offset, offset), new_text)
    with pytest.raises(SourceError):
        prove_file(before, [edit])
    with pytest.raises(SourceError):
        prove_definition(before, Outline(before).find("f"), edit)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("    return a\n", '    """Doc."""\n', "no docstring"),
        ("import os", '"""Doc."""', "no docstring"),
        ("(a)", '"""Doc."""', "break the file"),
    ],
)
def test_an_edit_that_replaces_code_is_refused(old, new, reason):
    before = document()
    start = TEXT.index(old)
    with pytest.raises(SourceError, match=reason):
        prove_file(before, [SourceEdit(Span(start, start + len(old)), new)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""Old."""\n    x = 1', '"""New."""'),  # the statement behind it is lost
        ('"""Old."""\n    ', '"""New."""\n'),  # it leaves the function
        ('"""Old."""', '"""New."""\n    y = 2'),  # one comes in
    ],
)
def test_a_docstring_that_is_replaced_with_code_around_it_is_refused(old, new):
    text = 'def f():\n    """Old."""\n    x = 1\n'
    before = document(text)
    ast.parse(text.replace(old, new))  # Python's parser alone would let it pass
    start = text.index(old)
    edit = SourceEdit(Span(start, start + len(old)), new)
    with pytest.raises(SourceError, match="would change code"):
        prove_file(before, [edit])
    with pytest.raises(SourceError, match="would change code"):
        prove_definition(before, Outline(before).find("f"), edit)


def test_edits_that_overlap_are_refused():
    before = document()
    edits = [SourceEdit(Span(4, 9), ""), SourceEdit(Span(6, 12), "")]
    with pytest.raises(SourceError, match="overlap"):
        apply(before, edits)


def test_a_file_that_python_cannot_parse_is_not_written():
    before, edit = edit_of("def f(a):\n    return a\n\n\nprint 'python 2'\n", "f")
    with pytest.raises(SourceError, match="cannot be parsed"):
        prove_file(before, [edit])


def test_d11_a_definition_is_documented_while_another_is_broken():
    before, edit = edit_of("def f(a):\n    return a\n\n\ndef g(\n", "f")
    prove_definition(before, Outline(before).find("f"), edit)
    assert apply(before, [edit]).text.startswith(b'def f(a):\n    """Doc."""\n    return a\n')


@pytest.mark.parametrize("blanks", ["\f\n", "\f", "\n\f\n"])
def test_d7_form_feeds_before_a_definition_are_no_indentation(blanks):
    before, edit = edit_of(f"{blanks}def f(a):\n    return a\n", "f")
    prove_definition(before, Outline(before).find("f"), edit)
    before, edit = edit_of(f"{blanks}def f(a):\n    return a\n", "<module>")
    prove_definition(before, Outline(before).find("<module>"), edit)


def test_a_symbol_without_a_place_has_no_edit():
    before = document()
    with pytest.raises(SourceError, match="syntax"):
        docstring_edit(before, replace(Outline(before).find("f"), place=None), '"""Doc."""')


def test_behind_a_continued_header_the_docstring_stands_on_the_line_of_the_body():
    before, edit = edit_of("def f(a): \\\n    return a\n", "f")
    assert prove_file(before, [edit]).text == b'def f(a): \\\n    """Doc."""; return a\n'


@pytest.mark.parametrize(
    ("text", "line_end"),
    [("a\nb", "\n"), ("a\r\nb", "\r\n"), ("a\rb", "\r"), ("ab", "\n"), ("a\r\nb\nc", "\r\n"), ("", "\n")],
)
def test_d7_the_line_end_is_that_of_the_neighbourhood(text, line_end):
    assert line_end_at(document(text), text.find("b") if "b" in text else 0) == line_end


NAMES = st.sampled_from(["f", "g", "größe"])
BODIES = st.sampled_from(["return a", "pass", "x = 1; y = 2", "# why\n{0}return a", "\n{0}return a", "return (\n{0}a)"])
GAPS = st.sampled_from(["", "\n", "\n\n", "# comment\n", "\f\n", "  \n"])


@st.composite
def modules(draw):
    """Modules whose definitions differ in layout: indentation, one-line bodies, comments, line ends."""
    indent = draw(st.sampled_from(["    ", "  ", "\t", "        "]))
    parts = [draw(st.sampled_from(["", "# header\n", "#!/bin/x\n# coding: utf-8\n", "import os\n", '"""Doc."""\n']))]
    for _ in range(draw(st.integers(1, 4))):
        is_class = draw(st.booleans())
        header = (
            f"class {draw(NAMES)}:" if is_class else f"def {draw(NAMES)}(a{draw(st.sampled_from(['', ',', ', *b']))}):"
        )
        inner = indent
        parts.append(draw(GAPS))
        if is_class and draw(st.booleans()):
            parts.append(f"{header}{draw(st.sampled_from(['', '  # why']))}\n{draw(GAPS)}{indent}def m(self, a):")
            inner = indent * 2
        else:
            parts.append(header)
        if draw(st.booleans()):
            parts.append(f" {draw(st.sampled_from(['pass', 'x = 1; y = 2', '...']))}\n")
        else:
            parts.append(f"\n{draw(GAPS)}{inner}{draw(BODIES).replace('{0}', inner)}\n")
    text = "".join(parts)
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"])))


def check_edits(text, literal):
    try:
        ast.parse(text)
    except SyntaxError:
        assume(False)
    before = document(text)
    edits = [
        docstring_edit(before, symbol, literal)
        for symbol in Outline(before).symbols
        if symbol.place is not None and symbol.docstring is None
    ]
    after = prove_file(before, edits)
    check_harmless(before.text, after.text)
    for symbol, edit in zip([s for s in Outline(before).symbols if s.place and not s.docstring], edits, strict=True):
        prove_definition(before, symbol, edit)
        check_harmless(before.text, apply(before, [edit]).text)


LITERALS = st.sampled_from(['"""Doc."""', "'''Doc.'''", '"Doc."', 'r"""A \\d."""'])


@given(modules(), LITERALS)
@settings(max_examples=200, deadline=None)
def test_strip_docstrings_of_after_is_strip_docstrings_of_before(text, literal):
    check_edits(text, literal)


@pytest.mark.soak
@given(modules(), LITERALS)
@settings(max_examples=20_000, deadline=None)
def test_strip_docstrings_of_after_is_strip_docstrings_of_before_for_many_layouts(text, literal):
    check_edits(text, literal)
