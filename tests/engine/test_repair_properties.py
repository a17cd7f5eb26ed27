"""What holds of every repair, whatever changed: it is complete, done once, and it changes docstrings alone."""

import ast
from dataclasses import replace
from itertools import pairwise

from case_files import NOTHING, STALE, fixable, repaired, told
from functions import LAYOUTS, by_hand, changed, entries, functions, histories
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import bare_dump

from glossator.config import Settings
from glossator.documenter import FileOptions, check_bytes, document_bytes
from glossator.documenter.findings import Memory, check
from glossator.engine.verdicts import Verdicts
from glossator.syntax.changes import earlier_sources
from glossator.syntax.context import ContextReader, FactsMemo
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline
from glossator.workspace.index import Neighbourhood

STYLES = st.sampled_from(["google", "numpy", "sphinx", "epytext"])
MANY = settings(max_examples=120)
SOME = settings(max_examples=60)
MOST = settings(max_examples=300)


def own_literal(raw):
    """The source of the first function's docstring, and the bytes around it."""
    text = raw.decode()
    (function,) = ast.parse(text).body
    literal = ast.get_source_segment(text, function.body[0].value)
    before, _, after = text.partition(literal)
    return literal, (before, after)


def documented(function, style):
    """A function with the docstring that we write for it."""
    options = FileOptions(Settings(style=style), symbols=(function.name,))
    written = document_bytes(function.text().encode(), "x.py", options).raw
    return replace(function, docstring=own_literal(written)[0])


def versions(found, style):
    """The source with the docstring that was written for it, and what it is after the changes."""
    first = documented(found[0], style)
    return first.text().encode(), replace(found[-1], docstring=first.docstring).text().encode()


@given(functions(), STYLES)
@MANY
def test_what_is_written_is_true(function, style):
    raw = documented(function, style).text().encode()
    assert check_bytes(raw, "x.py", FileOptions(STALE)).findings == ()


@given(histories(), STYLES)
@MANY
def test_nothing_that_could_be_mended_is_left(found, style):
    _, after = versions(found, style)
    assert fixable(repaired(after)) == []


@given(histories(), STYLES)
@MANY
def test_with_the_version_before_nothing_is_left_either(found, style):
    before, after = versions(found, style)
    assert fixable(repaired(after, before), before) == []


@given(histories(), STYLES)
@MANY
def test_a_second_repair_changes_nothing(found, style):
    before, after = versions(found, style)
    once = repaired(after, before)
    assert repaired(once, before) == once


@given(histories(), STYLES)
@MANY
def test_only_the_docstring_changes(found, style):
    _, after = versions(found, style)
    mended = repaired(after)
    assert bare_dump(ast.parse(mended)) == bare_dump(ast.parse(after))
    assert own_literal(mended)[1] == own_literal(after)[1]


@given(functions(), LAYOUTS)
@MOST
def test_what_is_true_is_true_in_any_layout(function, layout):
    assert told(by_hand(function, layout).text()) == NOTHING


@given(histories(), LAYOUTS)
@MOST
def test_in_any_layout_a_repair_is_complete_and_done_once(found, layout):
    after = replace(found[-1], docstring=by_hand(found[0], layout).docstring).text().encode()
    once = repaired(after)
    assert fixable(once) == []
    assert repaired(once) == once


@given(histories(), LAYOUTS)
@MOST
def test_in_any_layout_what_stays_true_keeps_its_lines(found, layout):
    first = by_hand(found[0], layout)
    mended = repaired(replace(found[-1], docstring=first.docstring).text().encode()).decode()
    kept = {one for one in entries(found[0]) if one in set(entries(found[-1]))}
    for name, _, words in kept:
        assert mended.count(words.rpartition("\n")[2]) >= sum(words == other for _, _, other in kept), name


@given(functions(), STYLES)
@SOME
def test_what_is_true_is_not_repaired(function, style):
    raw = documented(function, style).text().encode()
    assert repaired(raw) == raw


@st.composite
def edits(draw):
    """The versions of a module of three functions while somebody types in it."""
    style = draw(STYLES)
    module = [replace(documented(draw(functions()), style), name=name) for name in ("work", "play", "rest")]
    found = [module]
    for _ in range(draw(st.integers(1, 5))):
        module = list(module)
        at = draw(st.integers(0, len(module) - 1))
        match draw(st.sampled_from(["change", "change", "swap", "mend"])):
            case "change":
                module[at] = draw(changed(module[at]))
            case "swap":
                module[at], module[0] = module[0], module[at]
            case "mend":
                alone = repaired(module[at].text().encode())
                module[at] = replace(module[at], docstring=own_literal(alone)[0])
        found.append(module)
    return ["\n\n".join(one.text() for one in module) for module in found]


def findings(text, memory, facts):
    outline = Outline(Document.open("x.py", text))
    return check(ContextReader(outline, facts), STALE, Neighbourhood({}, {}, ""), memory)


@given(edits())
@SOME
def test_memory_gives_the_findings_of_a_fresh_check(texts):
    verdicts, facts = Verdicts(), FactsMemo()
    for text in texts:
        assert findings(text, Memory(verdicts), facts) == findings(text, Memory(), FactsMemo())


@given(edits())
@SOME
def test_memory_heeds_the_version_before(texts):
    verdicts, facts = Verdicts(size=4), FactsMemo()
    for before, text in pairwise(texts):
        previous = earlier_sources(Outline(Document.open("x.py", text)), before.encode())
        remembered = findings(text, Memory(verdicts, previous), facts)
        assert remembered == findings(text, Memory(previous=previous), FactsMemo())


def test_of_verdicts_a_smaller_bound_holds_at_once_and_their_size_is_known():
    verdicts, facts = Verdicts(), FactsMemo()
    documented = 'def f(a):\n    """Do.\n\n    Args:\n        a: One.\n    """\n    return a\n'
    findings(documented, Memory(verdicts), facts)
    assert (len(verdicts), verdicts.size_bytes > 0) == (1, True)
    verdicts.fit(0)
    assert (len(verdicts), verdicts.size_bytes) == (0, 0)


HELPERS = ("raise KeyError", "return 1", "show(raised)", "total = ValueError", "pass")
CALLER = '''def work():
    """Do with `total` and `size`.

    Raises:
        ValueError: Gone.
    """
    try:
        helper()
    except OSError:
        pass


class C:
    """Hold.

    Args:
        size: One.

    Attributes:
        total: Two.
    """

    def __init__(self, {parameters}):
        self.{attribute} = 1


def helper():
    {body}
'''
CALLERS = st.builds(
    lambda parameters, attribute, body: CALLER.format(parameters=parameters, attribute=attribute, body=body),
    st.sampled_from(["size", "length", "size, b", "total"]),
    st.sampled_from(["total", "size", "other"]),
    st.sampled_from(HELPERS),
)


@given(st.lists(CALLERS, min_size=2, max_size=5))
@SOME
def test_memory_heeds_what_stands_around(texts):
    verdicts, facts = Verdicts(), FactsMemo()
    for text in texts:
        assert findings(text, Memory(verdicts), facts) == findings(text, Memory(), FactsMemo())
