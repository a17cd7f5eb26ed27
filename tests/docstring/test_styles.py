"""What people write is understood, and what is rendered looks as it should."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.docstring.literal import content_of
from glossator.docstring.styles import Style, detect, may_be_styled, parse, render
from glossator.model import Doc, DocField, Docstring, FieldKind, Section, Span

DOC = Doc(
    "Average a series.",
    "Every average spans the same number of values.",
    (DocField("series", "The values, oldest first."), DocField("size", "How many.", "int"), DocField("*rest", "More.")),
    DocField("", "One average per value.", "list[float]"),
    raises=(DocField("ValueError", "If ``size`` is not positive."),),
    sections=(Section("Examples", ">>> average([1], 1)\n[1.0]"),),
)

GOOGLE = """\
Average a series.

Every average spans the same number of values.

Args:
    series: The values, oldest first.
    size (int): How many.
    *rest: More.

Returns:
    list[float]: One average per value.

Raises:
    ValueError: If ``size`` is not positive.

Examples:
    >>> average([1], 1)
    [1.0]"""

NUMPY = """\
Average a series.

Every average spans the same number of values.

Parameters
----------
series
    The values, oldest first.
size : int
    How many.
*rest
    More.

Returns
-------
list[float]
    One average per value.

Raises
------
ValueError
    If ``size`` is not positive.

Examples
--------
>>> average([1], 1)
[1.0]"""

SPHINX = r"""Average a series.

Every average spans the same number of values.

.. rubric:: Examples

>>> average([1], 1)
[1.0]

:param series: The values, oldest first.
:param size: How many.
:type size: int
:param \*rest: More.
:returns: One average per value.
:rtype: list[float]
:raises ValueError: If ``size`` is not positive."""

EPYTEXT = """\
Average a series.

Every average spans the same number of values.

Examples
========

>>> average([1], 1)
[1.0]

@param series: The values, oldest first.
@param size: How many.
@type size: int
@param rest: More.
@return: One average per value.
@rtype: list[float]
@raise ValueError: If ``size`` is not positive."""

RENDERED = {Style.GOOGLE: GOOGLE, Style.NUMPY: NUMPY, Style.SPHINX: SPHINX, Style.EPYTEXT: EPYTEXT}


@pytest.mark.parametrize("style", Style)
def test_a_doc_is_rendered_as_the_styles_guides_show_it(style: Style) -> None:
    assert render(DOC, style, 80) == RENDERED[style]


@pytest.mark.parametrize("style", Style)
def test_the_style_is_found(style: Style) -> None:
    assert detect(RENDERED[style]) is style


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Plain.",
        "It says: this.\n\nAnd that: too.",
        "Title\n\nSome text with :class:`Foo` and a@b.org: mail.",
        ":class:`Foo` does it.",
        "A field in an example::\n\n    :param x: the x",
        "Usage:\n    x = 1",
    ],
)
def test_plain_text_has_no_style(text: str) -> None:
    assert detect(text) is None


@pytest.mark.parametrize("style", Style)
def test_every_part_is_located(style: Style) -> None:
    text = RENDERED[style]
    reading = parse(text, style)
    size = next(entry for entry in reading.entries if entry.name == "size")
    assert size.type is not None
    assert [text[slice(*span)] for span in (size.name_span, size.type, size.description)] == [
        "size",
        "int",
        "How many.",
    ]
    assert text[slice(*reading.summary)] == "Average a series."


def names(text: str, style: Style, kind: FieldKind = FieldKind.PARAMETER) -> list[tuple[str, str, str]]:
    """The entries of a kind: name, type and description as the text has them."""
    return [
        (e.name, text[slice(*e.type)] if e.type else "", text[slice(*e.description)])
        for e in parse(text, style).entries
        if e.kind is kind
    ]


PARAMETERS = [
    (Style.GOOGLE, "Args:\n    x (int, optional): the x", [("x", "int, optional", "the x")]),
    (Style.GOOGLE, "Args:\n  x: the x\n  y: the y", [("x", "", "the x"), ("y", "", "the y")]),
    (Style.GOOGLE, "S.\nArguments:\n    x:\n        the x", [("x", "", "the x")]),
    (
        Style.GOOGLE,
        "Args:\n    x: the\n       long x\n    y(str): y",
        [("x", "", "the\n       long x"), ("y", "str", "y")],
    ),
    (Style.GOOGLE, "Args:\n    *args, **kwargs: rest", [("*args", "", "rest"), ("**kwargs", "", "rest")]),
    (Style.GOOGLE, "Args:\n    \\*args: rest", [("*args", "", "rest")]),
    (Style.GOOGLE, "Args:\n    x (Callable[[int], str]): f", [("x", "Callable[[int], str]", "f")]),
    (Style.GOOGLE, "Args:\n    `x`: the x", [("x", "", "the x")]),
    (Style.GOOGLE, "Args:\n    - x: the x", [("x", "", "the x")]),
    (Style.GOOGLE, "Args:\n    x - the x", [("x", "", "the x")]),
    (Style.GOOGLE, "Keyword Args:\n    x: the x\n\n    y: the y", [("x", "", "the x"), ("y", "", "the y")]),
    (
        Style.GOOGLE,
        "Args:\n    args: a\n    Returns: b\n    raises:\n        c\n    note: d",
        [("args", "", "a"), ("Returns", "", "b"), ("raises", "", "c"), ("note", "", "d")],
    ),
    (Style.NUMPY, "Parameters\n----------\na, b : int\n    Both.", [("a", "int", "Both."), ("b", "int", "Both.")]),
    (Style.NUMPY, "Parameters\n----------\nx: int\n    The x.", [("x", "int", "The x.")]),
    (Style.NUMPY, "Parameters\n----------\nx : {'a', 'b'}, default 'a'\n    X.", [("x", "{'a', 'b'}", "X.")]),
    (
        Style.NUMPY,
        "Parameters\n---\nreturns\n    X.\nRaises : int\n    Y.",
        [("returns", "", "X."), ("Raises", "int", "Y.")],
    ),
    (Style.NUMPY, "Parameters\n----------\nx\ny : int", [("x", "", ""), ("y", "int", "")]),
    (Style.SPHINX, ":param int x: the x", [("x", "int", "the x")]),
    (Style.SPHINX, ":param dict[str, int] x: the x", [("x", "dict[str, int]", "the x")]),
    (Style.SPHINX, ":param x: the\n    x\n:type x: int", [("x", "int", "the\n    x")]),
    (Style.SPHINX, ":param x: the x goes\non\n:param y: y", [("x", "", "the x goes\non"), ("y", "", "y")]),
    (Style.SPHINX, ":param \\*\\*kw: rest", [("**kw", "", "rest")]),
    (Style.SPHINX, ":keyword x:\n   the x", [("x", "", "the x")]),
    (Style.SPHINX, ":param x : the x", [("x", "", "the x")]),
    (Style.EPYTEXT, "@param x: the x\n@type x: C{int}", [("x", "C{int}", "the x")]),
]


@pytest.mark.parametrize(("style", "text", "want"), PARAMETERS)
def test_parameters_as_people_write_them(style: Style, text: str, want: list[tuple[str, str, str]]) -> None:
    assert names(text, style) == want


RAISES = [
    (Style.GOOGLE, "Raises:\n    ValueError, KeyError: bad", ["ValueError", "KeyError"]),
    (Style.GOOGLE, "Raises:\n    ValueError if it is bad\n    KeyError: no", ["ValueError", "KeyError"]),
    (Style.GOOGLE, "Raises:\n    :class:`~a.ValueError`: bad", ["a.ValueError"]),
    (Style.NUMPY, "Raises\n------\nValueError\n    bad", ["ValueError"]),
    (Style.SPHINX, ":raises ValueError: bad", ["ValueError"]),
    (Style.SPHINX, ":raises :exc:`ValueError`: bad", ["ValueError"]),
    (Style.SPHINX, ":raises: :exc:`~exceptions.LookupError` for bad", ["exceptions.LookupError"]),
    (Style.EPYTEXT, "@raise ValueError: bad", ["ValueError"]),
]


@pytest.mark.parametrize(("style", "text", "want"), RAISES)
def test_exceptions_as_people_write_them(style: Style, text: str, want: list[str]) -> None:
    assert [name for name, _, _ in names(text, style, FieldKind.RAISE)] == want


RETURNS = [
    (Style.GOOGLE, "Returns:\n    int: the sum", ("int", "the sum")),
    (Style.GOOGLE, "Returns:\n    the sum", ("", "the sum")),
    (Style.GOOGLE, "Returns:\n    A dict of lists: keys are names", ("", "A dict of lists: keys are names")),
    (Style.GOOGLE, "Returns:\n    dict[str, int]: the\n        sums", ("dict[str, int]", "the sums")),
    (Style.NUMPY, "Returns\n-------\nint\n    The sum.", ("int", "The sum.")),
    (Style.NUMPY, "Returns\n-------\nint", ("int", "")),
    (Style.NUMPY, "Returns\n-------\nThe sum of all.", ("", "The sum of all.")),
    (Style.NUMPY, "Returns\n-------\na : int\n    A.\nb : str\n    B.", ("", "- a (int): A.\n- b (str): B.")),
    (Style.SPHINX, ":return: the sum\n:rtype: int", ("int", "the sum")),
    (Style.SPHINX, ":rtype: int", ("int", "")),
    (Style.SPHINX, ":returns int: the sum", ("int", "the sum")),
    (Style.EPYTEXT, "@return: the sum", ("", "the sum")),
]


@pytest.mark.parametrize(("style", "text", "want"), RETURNS)
def test_results_as_people_write_them(style: Style, text: str, want: tuple[str, str]) -> None:
    returns = parse(text, style).doc.returns
    assert returns is not None
    assert (returns.type, returns.description) == want


def test_unknown_sections_and_text_behind_sections_are_kept() -> None:
    doc = parse("S.\n\nArgs:\n    x: the x\n\nLegal Matters:\n    None.\n\nThe end.", Style.GOOGLE).doc
    assert doc.sections == (Section("Legal Matters", "None."), Section("", "The end."))


def test_lists_and_doctests_keep_their_lines() -> None:
    text = "S.\n\nIt does:\n- one\n  thing\n- two\n\n>>> f()\n1\n2\n\nArgs:\n    x: One of\n        - a\n        - b"
    doc = parse(text, Style.GOOGLE).doc
    assert doc.description == "It does:\n- one thing\n- two\n\n>>> f()\n1\n2"
    assert doc.parameters[0].description == "One of\n- a\n- b"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("The x. Defaults to 3.", ("The x.", "3")),
        ("The x. Defaults to ``None``.", ("The x.", "None")),
        ("The x. Defaults to 3, which is odd.", ("The x. Defaults to 3, which is odd.", "")),
    ],
)
def test_a_default_that_the_description_tells_is_found(text: str, want: tuple[str, str]) -> None:
    one = parse(f"Args:\n    x: {text}", Style.GOOGLE).doc.parameters[0]
    assert (one.description, one.default) == want


@pytest.mark.parametrize(
    ("style", "text", "code", "words"),
    [
        (Style.GOOGLE, "S.\n\nArgumnets:\n    x: the x", "GLS302", "Argumnets:"),
        (Style.NUMPY, "S.\n\nParamters\n---------\nx\n    the x", "GLS302", "Paramters"),
        (Style.GOOGLE, "Args:\n    Same as before", "GLS301", "Same as before"),
        (Style.SPHINX, ":param x: the x\n\n:rtype int", "GLS301", ":rtype int"),
        (Style.GOOGLE, "Args:\n    x: the x\n\n:returns: y", "GLS303", ":returns:"),
        (Style.SPHINX, ":param x: the x\n\nReturns:\n    y", "GLS303", "Returns:"),
        (Style.GOOGLE, "Args:\n    x: the x\n\nReturns\n-------\nint", "GLS303", "Returns"),
    ],
)
def test_faults_of_form_are_pointed_at(style: Style, text: str, code: str, words: str) -> None:
    (problem,) = parse(text, style).problems
    assert (problem.code, text[slice(*problem.span)]) == (code, words)


def test_a_long_summary_is_wrapped_behind_the_room_for_the_quotes() -> None:
    first, second = render(Doc("word " * 9 + "end."), Style.GOOGLE, 40).split("\n")
    assert len(first) <= 37
    assert second == "word word end."


def test_a_type_that_does_not_fit_stays_on_the_line_of_its_name() -> None:
    doc = Doc("S.", "", (DocField("x", "The x.", "dict[str, list[int]]"),))
    assert render(doc, Style.GOOGLE, 24).split("\n")[3:] == ["    x (dict[str, list[int]]):", "        The x."]


PIECES = (
    "Args:",
    "x: it.",
    ":param x: it.",
    "@param x: it.",
    "Parameters",
    "----",
    ":",
    "\\n",
    "\\x3a",
    "    ",
    "\n",
    "\r\n",
    "\r",
    "\t",
)


@given(st.sampled_from(["", "r"]), st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
@hypothesis.settings(max_examples=500)
def test_what_has_a_style_may_be_styled(prefix, source):
    docstring = Docstring(Span(0, 0), prefix, '"""', source)
    if detect(content_of(docstring).text) is not None:
        assert may_be_styled(source)
