"""What a model of few parameters is believed: little more than the names."""

from dataclasses import replace

import pytest

from glossator.docstring.validate import About, Reason, names_in, validated, verdicts
from glossator.documenter.small import is_small
from glossator.engine.answers import Answer
from glossator.engine.filling import Trust
from glossator.model import FieldKey, FieldKind
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

SOURCE = "def parse_int_header(line, is_strict=False):\n    part = line.split()[0]\n    return int(part)\n"
OUTLINE = Outline(Document.open("one.py", SOURCE))
ABOUT = About(ContextReader(OUTLINE).facts(OUTLINE.entry("parse_int_header")), names_in(SOURCE))
SMALL = replace(ABOUT, is_small=True)


@pytest.mark.parametrize(
    ("kind", "name", "text", "want"),
    [
        ("summary", "", "Parse the integer of a header.", None),
        ("summary", "", "Parse the integer of a header of a line.", None),
        ("summary", "", "Parse the first part.", Reason.SAYS_MUCH),
        ("summary", "", "Parse the integer of a header with sharp eyes under green trees.", Reason.SAYS_MUCH),
        ("parameter", "line", "Line with the header.", None),
        ("parameter", "line", "Text of the header to look at.", None),
        ("parameter", "line", "Line of the group.", Reason.ECHO),
        ("parameter", "line", "Text whose colour shines through every window.", Reason.SAYS_MUCH),
        ("parameter", "line", "Where the header is, as it is and was and will be.", Reason.SAYS_MUCH),
        ("parameter", "is_strict", "Whether to be strict with blanks.", None),
        ("parameter", "is_strict", "Whether parsing stops at several odd blanks.", Reason.SAYS_MUCH),
    ],
)
def test_a_small_model_may_add_a_little_to_the_names(kind, name, text, want):
    key = FieldKey(FieldKind(kind), name)
    assert validated(key, text, SMALL).reason is want
    assert validated(key, text, ABOUT).reason is None


def test_what_a_small_model_says_of_the_result_is_cut_off():
    key = FieldKey(FieldKind.SUMMARY)
    assert validated(key, "Parse an integer header, returning a list.", SMALL).text == "Parse an integer header."
    assert validated(key, "Parse an integer header and return it.", SMALL).text == "Parse an integer header."


def test_a_name_that_says_nothing_gives_nothing_to_hold_on_to():
    source = "class Headers:\n    def get(self, name):\n        return self.look_up(name)\n"
    outline = Outline(Document.open("one.py", source))
    about = About(ContextReader(outline).facts(outline.entry("Headers.get")), names_in(source), is_small=True)
    assert validated(FieldKey(FieldKind.SUMMARY), "Look up a header.", about).reason is Reason.SAYS_MUCH


def test_texts_that_say_too_much_cost_no_trust():
    key = FieldKey(FieldKind.SUMMARY)
    (verdict,) = verdicts({key: "Parse the first part."}, SMALL).values()
    trust = Trust()
    for _ in range(10):
        trust.note(Answer({key: "ours"}, {key: "embedded"}, {key: verdict.reason.value}))
    assert not trust.objection
    for _ in range(10):
        trust.note(Answer({key: "ours"}, {key: "embedded"}, {key: Reason.ECHO.value}))
    trust.note(Answer({key: "ours"}, {key: "embedded"}, {key: Reason.ECHO.value}))
    assert trust.objection


@pytest.mark.parametrize(
    ("model", "want"),
    [
        ("qwen2.5-coder-0.5b", True),
        ("qwen2.5-coder:0.5b", True),
        ("Qwen2.5-Coder-1.5B-Instruct", True),
        ("smollm2-360M-q8_0", True),
        ("qwen2.5-coder-7b-instruct-q4_k_m", False),
        ("mixtral-8x7b", False),
        ("gpt-4.1-mini", False),
        ("claude-haiku-4-5", False),
        ("default", False),
        ("", False),
    ],
)
def test_a_small_model_is_known_by_its_name(model, want):
    assert is_small(model) is want
