"""Rendering then parsing gives the same doc, in every style; with docs in normal form, as wide as it can be said."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from glossator.docstring.styles import Style, detect, parse, render
from glossator.docstring.styles.prose import unwrap, wrap
from glossator.docstring.styles.titles import TITLES
from glossator.docstring.styles.types import reads_as_type, split_at_colon
from glossator.model import Doc, DocField, Section

LETTERS = "abcdefgxyzABCÄéß日本0123"
PUNCTUATION = ".,;:!?()[]'\"/\\*-_+=@#|<>~^%&"
TRICKY_WORDS = r"""
- * + 1. 2) ... .. >>> :param :param: :returns: @param @return: Args: Returns: Raises returns note: Note: Parameters
---- === Keyword See Also: Also Other Defaults to int: int |
``x`` `y` http://x.org/a-b?c=d#e :class:`Foo` C{x} C:\temp \n
"""
TRICKY_NAMES = "args kwargs returns Returns raises note Note parameters type param self ä 日本 *args **kwargs"
WORD = st.one_of(
    st.text(LETTERS, min_size=1, max_size=12),
    st.text(LETTERS + PUNCTUATION, min_size=1, max_size=8),
    st.sampled_from(TRICKY_WORDS.split()),
    st.text(LETTERS + " -*:", min_size=1, max_size=20).map(lambda t: f"``{' '.join(t.split()) or 'x'}``"),
    st.just("``a  b   c``"),
)
LEAD = st.text("abcdefgABCÄé日0", min_size=1, max_size=10)


def is_plain(text: str) -> bool:
    """Whether a paragraph is prose whose code spans are closed, and no section's title."""
    bare = re.sub(r"``.+?``|`[^`]+`|[A-Z]\{[^{}]*\}", "", text)
    return (
        "`" not in bare
        and "{" not in bare
        and text.rstrip(":").title() not in TITLES
        and not re.match(r"\d{1,3}[.)] ", text)
    )


PARAGRAPH = (
    st.tuples(LEAD, st.lists(WORD, max_size=30)).map(lambda parts: " ".join([parts[0], *parts[1]])).filter(is_plain)
)
ITEM = PARAGRAPH.map(lambda text: f"- {text}")
CODE = st.lists(PARAGRAPH.map(lambda text: f"    {text}"), min_size=1, max_size=3).map("\n".join)
DOCTEST = PARAGRAPH.map(lambda text: f">>> {text}\n{text}")
TEXT = st.one_of(
    PARAGRAPH,
    st.tuples(
        PARAGRAPH,
        st.lists(
            st.one_of(PARAGRAPH, CODE, DOCTEST, st.lists(ITEM, min_size=1, max_size=3).map("\n".join)), max_size=3
        ),
    ).map(lambda parts: "\n\n".join([parts[0], *parts[1]])),
    st.tuples(PARAGRAPH, ITEM, ITEM).map("\n".join),
    st.tuples(ITEM, ITEM).map("\n".join),
)
NAME = st.one_of(
    st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,9}", fullmatch=True),
    st.sampled_from(TRICKY_NAMES.split()),
)
EXCEPTION = st.from_regex(r"[A-Z][a-zA-Z]{0,8}(?:\.[A-Z][a-z]{1,8})?", fullmatch=True)
TYPE = st.one_of(
    st.just(""),
    st.sampled_from(
        [
            "int",
            "str | None",
            "dict[str, int]",
            "list of str",
            "int, optional",
            "Callable[[int, str], None]",
            "'Forward'",
            "Literal['a:b', 'c']",
            "np.ndarray",
            "{'a', 'b'}",
            "tuple[int, ...]",
            "array-like",
        ]
    ),
)
DEFAULT = st.sampled_from(["", "", "None", "3.5", "'a b'", '"x, y."', "os.path.join(a, b)", "()", "lambda x: x + 1"])


def with_full_stop(one: DocField) -> DocField:
    """A description in front of a default ends with a full stop and is of prose only."""
    if not one.default:
        return one
    description = one.description.split("\n")[0]
    description = description.removeprefix("- ")
    return DocField(one.name, f"{description} ok." if description else "", one.type, one.default)


def without_told_default(one: DocField) -> bool:
    """Whether no description tells a default by itself."""
    return "Defaults to" not in one.description


def fields(
    name: st.SearchStrategy[str], types: st.SearchStrategy[str] = TYPE
) -> st.SearchStrategy[tuple[DocField, ...]]:
    """Entries of a section."""
    one = (
        st.builds(DocField, name, st.one_of(st.just(""), TEXT), types, DEFAULT)
        .filter(without_told_default)
        .map(with_full_stop)
    )
    return st.lists(one, max_size=3, unique_by=lambda f: f.name.lstrip("*")).map(tuple)


def is_result(one: DocField) -> bool:
    """Whether it says something, and a description alone cannot be taken for a type."""
    if not one.type and not one.description and not one.default:
        return False
    first = one.description.split("\n")[0]
    return bool(one.type) or not reads_as_type(first[: max(split_at_colon(first), 0)])


RESULT = st.one_of(
    st.none(),
    st.builds(DocField, st.just(""), st.one_of(st.just(""), TEXT), TYPE, DEFAULT)
    .filter(without_told_default)
    .map(with_full_stop)
    .filter(is_result),
)
BODY = (
    st.lists(st.one_of(PARAGRAPH, CODE, DOCTEST), min_size=1, max_size=3)
    .map("\n\n".join)
    .filter(lambda body: body[0] != " ")
)
SECTION = st.builds(Section, st.sampled_from(["Examples", "Example", "Notes", "Note", "See Also"]), BODY)


def unambiguous(doc: Doc) -> bool:
    """Whether no line of the prose could be a field."""
    return all(not re.match(r"\s*[:@]", line) for line in doc.description.split("\n"))


DOC = st.builds(
    Doc,
    PARAGRAPH,
    st.one_of(st.just(""), TEXT),
    fields(NAME),
    RESULT,
    RESULT,
    fields(EXCEPTION, st.just("")),
    fields(st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,9}", fullmatch=True)),
    st.lists(SECTION, max_size=2).map(tuple),
)

PIECES = """\
Do a thing.||    |Args:|Arguments:|    x: the x|    y (int, optional): the y|        goes on|Returns:|Raises:
    *args, **kwargs: rest|    int: sum|    the sum|    ValueError: bad|    no colon here|    - y: listed
Parameters|----------|x : int|    The x.|a, b : str, default 'c'|Returns|-------|int|------|Raises|===
:param x: the x|:param int y: the y|:type x: int|:type: int|:returns:|:return int: sum|:rtype: int|:rtype int
:raises ValueError: bad|:raises:|:unknown field: text|:class:`Foo` does|.. note::|.. rubric:: Notes|:raises: `E` bad
    - item|- item|>>> f(1)|1|```|::|    x:|:|@param x: the x|@type x: int|@return: sum
@raise E: bad|@|Note:|Examples:|x|x:|    :param z: inner|\t tab:|Argumnets:|Defaults to 3.|        Defaults to ``None``.
``open|, , :|():|    (int):|    , : x|Whatever|Whatever:|-
""".replace("\n", "|").split("|")


@given(TEXT, st.integers(10, 100))
def test_wrapped_prose_is_joined_again(text: str, width: int) -> None:
    assert unwrap(wrap(text, width)) == text


@given(PARAGRAPH, st.integers(10, 100))
def test_code_spans_and_addresses_stay_on_one_line(text: str, width: int) -> None:
    spans = re.findall(r"``.+?``|http\S+", text)
    lines = "\n".join(wrap(text, width))
    assert all(span in lines for span in spans)


@given(DOC, st.sampled_from(Style), st.integers(30, 120))
def test_a_rendered_doc_is_read_as_itself(doc: Doc, style: Style, width: int) -> None:
    if style is Style.EPYTEXT:
        doc = replace(doc, parameters=tuple(replace(one, name=one.name.lstrip("*")) for one in doc.parameters))
    assert parse(render(doc, style, width), style).doc == doc


@given(DOC, st.sampled_from(Style))
def test_the_style_of_a_rendered_doc_is_found(doc: Doc, style: Style) -> None:
    if doc.parameters and unambiguous(doc):
        assert detect(render(doc, style, 88)) is style


@given(st.text(), st.sampled_from(Style))
def test_any_text_can_be_read(text: str, style: Style) -> None:
    parse(text, style)


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("\n".join), st.sampled_from(Style))
def test_any_mixture_of_docstring_lines_can_be_read_and_its_parts_lie_where_they_are_said_to(
    text: str, style: Style
) -> None:
    reading = parse(text, style)
    for entry in reading.entries:
        assert 0 <= entry.span.start <= entry.span.end <= len(text)
        assert entry.name.lstrip("*") in text[entry.name_span.start : entry.name_span.end]
        assert entry.span.start <= entry.name_span.start
        assert entry.description.start <= entry.description.end <= entry.span.end
    for heading in reading.headings:
        assert heading.title in text[heading.title_span.start : heading.title_span.end]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("\n".join), st.sampled_from(Style), st.sampled_from(Style))
def test_what_was_read_from_any_mixture_can_be_rendered_in_any_style(text: str, style: Style, other: Style) -> None:
    render(parse(text, style).doc, other, 72)
