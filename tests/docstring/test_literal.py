"""Contents become literals and come back."""

from __future__ import annotations

import ast
import inspect
import warnings

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from glossator.docstring.literal import Layout, content, content_of, literal
from glossator.model import Docstring, Span

PIECES = st.sampled_from(
    [
        "a",
        "word",
        ".",
        "\\",
        '"',
        "'",
        '"""',
        "'''",
        "\n",
        "\n\n",
        "    ",
        " ",
        "\\n",
        "\\N",
        "\\u",
        "é",
        "日",
        "\x00",
        "\r",
        "\x0c",
        "\u2028",
        "\ud800",
        "\u202e",
        "{}",
        "#",
    ]
)
CONTENT = st.one_of(
    st.lists(PIECES, max_size=15).map("".join), st.text(st.characters(exclude_characters="\t"), max_size=30)
)
LAYOUT = st.builds(
    Layout,
    st.sampled_from(["", "    ", "\t", "  \t"]),
    st.sampled_from(['"""', "'''"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(20, 100),
    st.sampled_from(["utf-8", "latin-1", "ascii", "cp1252"]),
)


def normal(text: str) -> str:
    """A content: a fixed point of `cleandoc`, with nothing on blank lines."""
    return "\n".join(line if line.strip() else "" for line in inspect.cleandoc(text).split("\n")).strip("\n").rstrip()


@given(CONTENT, LAYOUT)
def test_a_literal_evaluates_to_its_content(text: str, layout: Layout) -> None:
    text = normal(text)
    assume(normal(text) == text)
    written = literal(text, layout)
    source = f"def f():{layout.eol}{layout.indent or ' '}{written}{layout.eol}"
    value = ast.parse(source.encode(layout.encoding).decode(layout.encoding)).body[0].body[0].value.value  # type: ignore[attr-defined]
    assert inspect.cleandoc(value).rstrip() == text
    assert not any(line.isspace() for line in written.split(layout.eol))


@given(CONTENT, LAYOUT)
def test_a_written_literal_is_read_as_its_content(text: str, layout: Layout) -> None:
    text = normal(text)
    assume(normal(text) == text)
    written = literal(text, layout)
    prefix = written[: written.index(written.lstrip("r")[0])]
    assert content(prefix, written[len(prefix) + 3 : -3]).text == text


@given(
    st.lists(
        st.one_of(
            PIECES, st.sampled_from(["\t", "\\t", "\\x41", "\\101", "\\\n", "\\\r\n", "\\N{DIGIT ONE}", "\\d", "\r\n"])
        ),
        max_size=20,
    ).map("".join)
)
def test_offsets_of_the_content_lead_back_to_the_raw_text(raw: str) -> None:
    assume('"""' not in raw and not raw.endswith('"'))
    for prefix in ("", "r"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = ast.literal_eval(f'{prefix}"""{raw}"""')
        except (SyntaxError, ValueError):
            continue
        read = content(prefix, raw)
        assert read.text == normal(value)
        for offset, character in enumerate(read.text):
            at = read.raw_offset(offset)
            assert raw[at] in (character, "\\", "\t") or (character == "\n" and raw[at].isspace())


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Text.", '"""Text."""'),
        ("", '""""""'),
        ("A \\d.", 'r"""A \\d."""'),
        ('Say """.', "'''Say \"\"\".'''"),
        ("Both ''' and \"\"\".", '"""Both \'\'\' and \\"\\"\\"."""'),
        ("Null \x00 byte.", '"""Null \\u0000 byte."""'),
        ('He says "hi"', '"""He says "hi"\n    """'),
        ("Ends with \\", 'r"""Ends with \\\n    """'),
        ("Two.\n\nLines.", '"""Two.\n\n    Lines.\n    """'),
    ],
)
def test_the_form_of_a_literal(text: str, want: str) -> None:
    assert literal(text, Layout("    ")) == want


def test_what_the_encoding_lacks_is_escaped() -> None:
    assert literal("Price in €.", Layout(encoding="latin-1")) == '"""Price in \\u20ac."""'


def test_a_line_that_just_fits_stays_one_line() -> None:
    text = "x" * 78
    assert "\n" not in literal(text, Layout("    "))
    assert "\n" in literal(text + "x", Layout("    "))


def test_a_concatenated_docstring_has_a_content_without_exact_offsets() -> None:
    read = content_of(Docstring(Span(0, 0), "", '"', '"""One.""" "\\n\\n  Two."', is_simple=False))
    assert (read.text, read.is_exact, read.raw_offset(3)) == ("One.\n\nTwo.", False, 0)
