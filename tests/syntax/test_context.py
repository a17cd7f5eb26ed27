"""Contexts: whatever was edited before, and whatever is remembered, they equal those of a fresh reading."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossator.syntax.context import ContextReader, FactsMemo
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

LINES = (
    *(
        "def f(a, b=None):",
        "def g(self, a):",
        "async def f(a):",
        "class C:",
        "class E(Exception):",
        "@property",
        "if a:",
    ),
    *("else:", "try:", "except KeyError as e:", "for x in a:", "with a as b:", "match a:", "case 1:", "elif b:"),
    *(
        "return a",
        "return",
        "raise ValueError('x') from e",
        "raise",
        "raise E",
        "yield a",
        "self.x = a  # the x",
        "pass",
    ),
    *(
        "import a.b",
        "__all__ = ['f']",
        "# what it is",
        "# and more",
        "# TODO: not this",
        "a.append(b)",
        "global COUNT",
        "COUNT = a",
        "b = b or 1",
        "return f(a)",
    ),
    *(
        '"""Doc."""',
        "lambda a: a",
        "x = [a for a in b]",
        "print(f'{a}')",
        "return (",
        "x[",
        "'",
        "",
        "b if a else c",
        "a or",
    ),
)
LINE = st.tuples(st.integers(0, 3), st.sampled_from(LINES)).map(lambda pair: "    " * pair[0] + pair[1] + "\n")
SOURCE = st.lists(LINE, max_size=12).map("".join)
EDIT = st.tuples(st.floats(0, 1), st.floats(0, 1), st.one_of(SOURCE, st.sampled_from(["", " ", "a", "#", "    "])))


def contexts(document, memo):
    outline = Outline(document)
    reader = ContextReader(outline, memo)
    return {symbol.path: (symbol, reader.context(symbol.path)) for symbol in outline.symbols}


def check_reuse(text, edits):
    """Contexts with a memo that lives through all edits equal those without one."""
    memo = FactsMemo()
    document = Document.open("x.py", text)
    assert contexts(document, memo) == contexts(document, FactsMemo(0))
    for first, last, new in edits:
        start, end = sorted(int(len(document.text) * place) for place in (first, last))
        document = document.edit(start, end, new.encode())
        # The same tree for both: what is broken may be read in two ways, and the memo must not add a third.
        assert contexts(document, memo) == contexts(document, FactsMemo(0))


@given(SOURCE, st.lists(EDIT, max_size=5))
@settings(max_examples=150, deadline=None)
def test_contexts_are_the_same_with_and_without_memory(text, edits):
    check_reuse(text, edits)


@pytest.mark.soak
@given(SOURCE, st.lists(EDIT, max_size=8))
@settings(max_examples=20_000, deadline=None)
def test_contexts_are_the_same_with_and_without_memory_for_many_edits(text, edits):
    check_reuse(text, edits)


def facts(text, path="f"):
    return contexts(Document.open("x.py", text), FactsMemo())[path][1].facts


def test_every_comment_line_above_a_definition_counts():
    memo = FactsMemo()
    for first in ("Say one.", "Say two."):
        text = f"# {first}\n# The rest.\ndef f(): pass\n"
        reader = ContextReader(Outline(Document.open("x.py", text)), memo)
        assert reader.context("f").facts.comment == f"{first} The rest."


def test_a_comment_behind_the_last_statement_counts():
    memo = FactsMemo()
    for comment in ("one", "two"):
        text = f"class C:\n    def f(self):\n        self.x = 1  # {comment}\n"
        reader = ContextReader(Outline(Document.open("x.py", text)), memo)
        assert reader.context("C.f").facts.attributes[0].comment == comment


def test_what_a_docstring_says_is_no_use_of_a_parameter():
    assert facts('def f(a):\n    """Say a."""\n    pass\n') == facts("def f(a):\n    pass\n")
    assert facts('def f(a):\n    """Say a."""\n    del a\n').parameters[0].uses


@pytest.mark.parametrize(
    "line",
    [
        'HELP = """\ncall load(secret)\n"""',
        "# load(secret)",
        'X = f"""\nsecret({load(1)})\n"""',
        'X = """\nsecret""" + load(1)',
        "'load(secret)'",
    ],
)
def test_a_call_within_a_text_or_comment_is_no_call(line):
    reader = ContextReader(Outline(Document.open("x.py", f"def load(a):\n    pass\n\n\n{line}\nx = load(2)\n")))
    assert reader.calls_of(reader.outline.entry("load")) == ("x = load(2)",)


def test_a_method_and_a_function_of_the_same_text_have_facts_of_their_own():
    text = "class C:\n    def f(self, a): pass\n\nif True:\n    def f(self, a): pass\n"
    found = contexts(Document.open("x.py", text), FactsMemo())
    assert [p.name for p in found["C.f"][1].facts.parameters] == ["a"]
    assert [p.name for p in found["f"][1].facts.parameters] == ["self", "a"]


def test_an_edit_leaves_the_facts_of_other_functions_in_memory():
    memo = FactsMemo()
    before = Document.open("x.py", "def f(a):\n    return a\n\n\ndef g(b):\n    return b\n")
    kept = contexts(before, memo)["g"][1].facts
    after = before.edit(0, 0, b"import os\n\n")
    assert contexts(after, memo)["g"][1].facts is kept


def test_the_memory_has_a_bound():
    memo = FactsMemo(2)
    text = "".join(f"def f{number}(a): return a\n" for number in range(5))
    contexts(Document.open("x.py", text), memo)
    assert len(memo) == 2


def test_20_000_nested_brackets_are_read():
    text = "def f(a):\n    return " + "(" * 20_000 + "a" + ")" * 20_000 + "\n"
    assert facts(text).returns_value


def test_20_000_nested_lambdas_are_read():
    text = "def f(a):\n    return " + "".join(f"lambda a{number}: " for number in range(20_000)) + "a\n"
    assert facts(text).returns_value


def test_20_000_nested_calls_are_read():
    text = "def f(a):\n    return " + "g(a, " * 20_000 + "a" + ")" * 20_000 + "\n"
    assert facts(text).returns_value


def test_a_smaller_bound_holds_at_once_and_its_size_is_known():
    memo = FactsMemo()
    contexts(Document.open("x.py", "def f(): pass\ndef g(): pass\ndef h(): pass\n"), memo)
    whole = memo.size_bytes
    memo.fit(1, 0)
    assert len(memo) == 1
    assert 0 < memo.size_bytes < whole
    memo.fit(0, 0)
    assert memo.size_bytes == 0
