"""Documents: incremental parsing gives what a fresh parse gives; encodings survive."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossator.errors import SourceError
from glossator.syntax.document import MAX_BYTES, Document, decode, encoded

PIECES = (
    *(
        "def f(a, b=1):\n",
        "    return a\n",
        "class C:\n",
        "    def m(self):\n",
        "        yield self.x\n",
        "    x = 1\n",
    ),
    *(
        "# comment\n",
        "    # comment\n",
        "@deco\n",
        "async ",
        "if a:\n",
        "    pass\n",
        "\n",
        " ",
        "    ",
        "\t",
        "\r",
        "\r\n",
    ),
    *('"""Doc."""\n', "'", '"""', "(", ")", ":", "\\\n", "raise E('x') from e\n", "lambda: 0", "é", "日", "\x0c", "#"),
)
SOURCE = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@st.composite
def sessions(draw):
    """A text, and edits to it: replace from one place to another, in shares of its length."""
    place = st.floats(0, 1)
    return draw(SOURCE), draw(st.lists(st.tuples(place, place, SOURCE, st.booleans()), max_size=6))


def nodes(document):
    """Kind and place of every node."""
    found, stack = [], [document.root]
    while stack:
        node = stack.pop()
        found.append((node.kind_id, node.start_byte, node.end_byte, node.is_missing, node.start_point, node.end_point))
        stack.extend(reversed(node.children))
    return found


def play(session):
    """The document after each edit; some are parsed in between and some are not."""
    text, edits = session
    document = Document.open("x.py", text)
    yield document
    for first, last, new, is_looked_at in edits:
        text = document.text.decode()
        start, end = sorted(len(text[: int(len(text) * place)].encode()) for place in (first, last))
        if is_looked_at:
            assert document.root.end_byte <= len(document.text)
        document = document.edit(start, end, new.encode())
        yield document


def check_incremental(session):
    *_, document = play(session)
    fresh = Document("x.py", document.text)
    if not fresh.root.has_error:  # what is broken may be read in two ways, and both are right
        assert nodes(document) == nodes(fresh)


@given(sessions())
@settings(max_examples=200, deadline=None)
def test_incremental_parsing_gives_the_tree_of_a_fresh_parse(session):
    check_incremental(session)


@pytest.mark.soak
@given(sessions())
@settings(max_examples=20_000, deadline=None)
def test_incremental_parsing_gives_the_tree_of_a_fresh_parse_for_many_edits(session):
    check_incremental(session)


def test_an_old_snapshot_stays_valid_after_an_edit():
    before = Document.open("x.py", "def f(): pass\n")
    kind = before.root.named_children[0].type
    after = before.edit(0, 3, b"class")
    assert after.root.named_children[0].type != kind
    assert before.root.named_children[0].type == kind
    assert before.text == b"def f(): pass\n"


def test_a_cr_alone_ends_a_line_for_the_parser_too():
    document = Document("x.py", b"def f():\r    return 1\rx = 2\r")
    assert not document.root.has_error
    assert [child.type for child in document.root.named_children] == ["function_definition", "expression_statement"]


AWKWARD = Path(__file__).parents[2] / "fixtures" / "awkward"


@pytest.mark.parametrize("name", ["latin_1.py", "cp1252_second_line.py", "bom.py", "bom_cookie_crlf.py", "crlf.py"])
def test_d8_bytes_survive_decoding_and_encoding(name):
    raw = (AWKWARD / name).read_bytes()
    text, encoding = decode(raw)
    text.decode("utf-8")
    assert encoding.encode(text) == raw


@pytest.mark.parametrize("name", ["utf_16.py", "wrong_utf_8.py", "lone_surrogate.py", "unknown_cookie.py"])
def test_d8_what_cannot_be_decoded_is_refused_with_a_reason(name):
    with pytest.raises(SourceError, match="cannot decode"):
        decode((AWKWARD / name).read_bytes())


def test_d8_an_encoding_that_lacks_a_character_refuses_it():
    _, encoding = decode(b"# coding: latin-1\n")
    with pytest.raises(SourceError, match="iso-8859-1"):
        encoding.encode("日".encode())


def test_d8_an_encoding_that_does_not_give_the_same_bytes_is_refused():
    raw = b"# coding: utf-7\nx = '+AGE-'\n"
    with pytest.raises(SourceError, match="does not survive"):
        decode(raw)


@pytest.mark.parametrize("text", ["x = 'größe'\n", "# coding: latin-1\nx = 'größe'\n", "#!x\r\n# coding: cp1252\r\n"])
def test_d8_a_text_in_an_editor_has_the_bytes_of_a_file(text):
    assert decode(encoded(text.encode()))[0] == text.encode()


@pytest.mark.parametrize(
    "text",
    [b"# coding: latin-1\nx = '\xe6\x97\xa5'\n", b"# coding: nonsense\n", b"\xed\xa0\x80", codecs.BOM_UTF8 + b"x"],
)
def test_d8_a_text_that_no_file_has_is_refused(text):
    with pytest.raises(SourceError):
        encoded(text)


def test_a_bom_is_no_part_of_the_text():
    assert decode(codecs.BOM_UTF8 + b"x = 1")[0] == b"x = 1"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"x = '\0'", "contains a NUL byte"),
        (b"#" * 100_001, "has a line of more than 100 kB"),
        (b"#\n" * (MAX_BYTES // 2 + 1), "larger than 5 MB"),
        (b"#" * 100_000, ""),
        (b"", ""),
    ],
)
def test_texts_that_cost_too_much_are_declined(text, reason):
    assert Document("x.py", text).declined == reason


@given(st.binary(max_size=30).map(lambda b: b.replace(b"\0", b"")), st.data())
def test_whether_a_text_is_declined_is_known_after_an_edit_too(text, data):
    document = Document("x.py", text)
    assert document.declined == ""
    start = data.draw(st.integers(0, len(text)))
    new_text = data.draw(st.sampled_from([b"", b"\0", b"x" * 100_001, b"\n" * 10]))
    edited = document.edit(start, len(text), new_text)
    assert edited.declined == Document("x.py", edited.text).declined
