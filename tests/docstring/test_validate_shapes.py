"""What a text says a value is, where no annotation says it: a form that the code shows, or nothing that contradicts."""

import pytest

from glossator.docstring.validate import About, Reason, names_in, shapes, validated
from glossator.model import FieldKey, FieldKind
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

BODY = {
    "gathered": "names = []\n    for one in things:\n        names.append(one.name)\n    return names",
    "joined": "text = ', '.join(things)\n    text = text[1:] + '.'\n    return text",
    "called": "return look_up(things)",
    "generated": "for one in things:\n        yield one",
    "pair": "return things, quiet",
    "compared": "return len(things) > 3",
    "sent": "reply = things.send(quiet)\n    if reply.bad:\n        raise error_reply(reply)\n    return things.end()",
    "counted": "return sum(len(one) for one in things)",
    "read": "return things.read()",
    "either": "return list(things) if quiet else sorted(things)",
    "filled": "quiet = look_up(things) if quiet is None else quiet\n    return quiet",
    "defined": "def inner(one):\n        return one + things\n    return inner",
    "invoked": "return things(quiet, 3)",
    "masked": "return things & 7",
    "checked": "if isinstance(things, str):\n        things = things.split()\n    return things.copy()",
}


def reason(body, kind, name, text):
    """Why a text is refused for a function with this body; None where it is shown."""
    source = f"def process(things, quiet=None):\n    {BODY[body]}\n"
    outline = Outline(Document.open("one.py", source))
    facts = ContextReader(outline).facts(outline.entry("process"))
    return validated(FieldKey(FieldKind(kind), name), text, About(facts, names_in(source))).reason


@pytest.mark.parametrize(
    ("body", "text", "want"),
    [
        ("gathered", "A list of the names that were found.", None),
        ("gathered", "A tuple of the names that were found.", Reason.TYPE),
        ("joined", "A string with all names in a row.", None),
        ("joined", "A list with all names in a row.", Reason.TYPE),
        ("called", "A list of entries, one for each.", Reason.NO_EVIDENCE),
        ("called", "The entries, one for each.", None),
        ("pair", "A tuple of what was given.", None),
        ("pair", "A dictionary of what was given.", Reason.TYPE),
        ("compared", "Whether there are enough of them.", None),
        ("compared", "List of those that are enough.", Reason.TYPE),
        ("either", "A list of what was given, in order.", None),
        ("either", "A set of what was given, in order.", Reason.TYPE),
        ("counted", "An integer with the size of all.", None),
        ("sent", "Error reply if the sending failed.", Reason.RETURNS),
        ("sent", "The reply to the last order.", None),
        ("defined", "The sum of both.", Reason.RETURNS),
        ("defined", "Function that adds to what it gets.", None),
        ("invoked", "The curses screen.", Reason.RETURNS),
        ("invoked", "The result of the call.", None),
        ("gathered", "A string representation of the names.", Reason.TYPE),
        ("called", "The offset from noon, as a float.", Reason.NO_EVIDENCE),
    ],
)
def test_a_form_that_a_result_is_said_to_have_must_be_shown(body, text, want):
    assert reason(body, "returns", "", text) is want


def test_what_is_yielded_is_one_of_them_and_not_their_list():
    assert reason("generated", "yields", "", "A list of unique elements.") is Reason.NO_EVIDENCE
    assert reason("generated", "yields", "", "Each element, as it came.") is None
    assert reason("generated", "summary", "", "Generate a list of unique elements.") is Reason.NO_EVIDENCE
    assert reason("generated", "summary", "", "Generate the unique elements.") is None


@pytest.mark.parametrize(
    ("body", "text", "want"),
    [
        ("joined", "Convert the names to a list.", Reason.NO_EVIDENCE),
        ("joined", "Convert the names to a sentence.", None),
        ("called", "Return a list of entries.", None),  # nothing is known of what the callee gives
        ("gathered", "Return a list of names.", None),
        ("joined", "Check if there are enough names.", Reason.RETURNS),
        ("compared", "Check if there are enough names.", None),
        ("called", "Check if there are enough names.", None),
    ],
)
def test_a_summary_gives_no_other_form_than_the_code(body, text, want):
    assert reason(body, "summary", "", text) is want


@pytest.mark.parametrize(
    ("body", "name", "text", "want"),
    [
        ("read", "things", "String with the data.", Reason.TYPE),
        ("read", "things", "File with the data.", None),
        ("gathered", "things", "Index of the entry.", Reason.TYPE),
        ("gathered", "things", "Entries whose names are wanted.", None),
        ("called", "things", "Index of the entry.", None),
        ("compared", "things", "Index of the entry.", Reason.TYPE),
        ("checked", "things", "String of words, or the words.", None),
        ("checked", "things", "List of words.", None),
        ("compared", "quiet", "If true, print a line for each.", Reason.NO_EVIDENCE),
        ("compared", "quiet", "If true, print nothing on the way.", None),
        ("filled", "quiet", "Whether no line is printed.", Reason.NO_EVIDENCE),
        ("filled", "quiet", "What is said instead of a line.", None),
        ("masked", "things", "The mode string to look at.", Reason.TYPE),
        ("masked", "things", "The mode bits to look at.", None),
    ],
)
def test_a_parameter_is_nothing_that_its_uses_exclude(body, name, text, want):
    assert reason(body, "parameter", name, text) is want


def test_a_property_that_gives_what_is_kept_checks_nothing():
    source = "class Process:\n    @property\n    def sentinel(self):\n        return self._sentinel\n"
    outline = Outline(Document.open("one.py", source))
    facts = ContextReader(outline).facts(outline.entry("Process.sentinel"))
    about = About(facts, names_in(source))
    key = FieldKey(FieldKind.SUMMARY)
    assert validated(key, "Check if the process still runs.", about).reason is Reason.RETURNS
    assert validated(key, "Handle that tells when the process ends.", about).reason is None


def test_an_exception_has_a_condition():
    assert reason("sent", "raise", "error_reply", "The reply was bad.") is Reason.RAISES
    assert reason("sent", "raise", "error_reply", "If the reply was bad.") is None


def test_a_clause_that_was_only_begun_is_left_out():
    source = f"def process(things, quiet=None):\n    {BODY['called']}\n"
    outline = Outline(Document.open("one.py", source))
    about = About(ContextReader(outline).facts(outline.entry("process")), names_in(source))
    shown = validated(FieldKey(FieldKind.SUMMARY), "Look up the entries of a shelf, handling", about)
    assert shown.text == "Look up the entries of a shelf."


@pytest.mark.parametrize(
    ("name", "text", "want"),
    [
        ("relpath", "Convert a path to an absolute path.", Reason.KIND),
        ("relpath", "Convert a path to one that is relative to a place.", None),
        ("decode_word", "Encode a word for the header.", Reason.KIND),
        ("decode_word", "Decode a word that was encoded for the header.", None),
        ("encode_decode", "Encode a word for the header.", None),
        ("first_line", "Return the last line of the header.", Reason.KIND),
    ],
)
def test_the_opposite_of_a_name_is_not_what_it_stands_for(name, text, want):
    source = f"def {name}(word, absolute, encoded, last):\n    return look_up(word)\n"
    outline = Outline(Document.open("one.py", source))
    about = About(ContextReader(outline).facts(outline.entry(name)), names_in(source))
    assert validated(FieldKey(FieldKind.SUMMARY), text, about).reason is want


def test_code_is_no_prose():
    assert reason("called", "parameter", "quiet", "UnicodeEncodeError: charset!='us-ascii'.") is Reason.UNREADABLE
    assert reason("called", "parameter", "quiet", "Left out where `quiet != 3` holds.") is None


@pytest.mark.parametrize(
    ("body", "text", "want"),
    [
        ("called", "Download the entries of a shelf.", Reason.NO_EVIDENCE),
        ("called", "Look up the entries of a shelf as JSON.", Reason.NO_EVIDENCE),
        ("called", "Decode base64 entries of a shelf.", Reason.NO_EVIDENCE),
        ("called", "Look up the entries of a shelf in the database.", Reason.NO_EVIDENCE),
        ("called", "Look up the entries that were written.", Reason.NO_EVIDENCE),
        ("called", "Search a shelf.", None),
        ("joined", "Search a shelf.", Reason.NO_EVIDENCE),
        ("joined", "Remove the dust of a shelf.", Reason.NO_EVIDENCE),
        ("joined", "Sends a shelf to the cellar.", Reason.NO_EVIDENCE),
        ("joined", "Shelf that was created of wood.", Reason.NO_EVIDENCE),
        ("joined", "Compress a shelf.", Reason.NO_EVIDENCE),
        ("called", "Look up the entries of a shelf.", None),
        ("read", "Read what is left of a file.", None),
        ("sent", "Send an order, and check the reply.", None),
    ],
)
def test_a_deed_or_a_format_has_a_trace_in_the_code(body, text, want):
    assert reason(body, "summary", "", text) is want


def test_names_that_are_given_one_another_do_not_cost_their_every_order():
    names = [f"name_{number}" for number in range(8)]
    body = "".join(f"    {one} = {other}\n" for one in names for other in names if one != other)
    source = f"def process(things):\n{body}    if things:\n        return {names[0]}\n"
    source += "".join(f"    if things:\n        return {name}\n" for name in names[1:])
    outline = Outline(Document.open("one.py", source))
    facts = ContextReader(outline).facts(outline.entry("process"))
    calls = []
    real = shapes.kind_of

    def counted(*arguments):
        calls.append(arguments)
        return real(*arguments)

    shapes.kind_of = counted
    try:
        validated(FieldKey(FieldKind.RETURNS), "A list of names.", About(facts, names_in(source)))
    finally:
        shapes.kind_of = real
    assert len(facts.results) == 8
    assert len(calls) < 2_000


def test_a_huge_expression_is_not_read():
    huge = f"[{'things, ' * 5_000}]"
    source = f"def process(things):\n    return {huge}\n"
    outline = Outline(Document.open("one.py", source))
    facts = ContextReader(outline).facts(outline.entry("process"))
    assert list(shapes.returned_kinds(facts)) == [""]


@pytest.mark.parametrize(
    ("body", "want"),
    [("return show(thing)", Reason.NO_EVIDENCE), ("return [recursive_show(one) for one in thing]", None)],
)
def test_a_name_is_no_proof_that_a_function_calls_itself(body, want):
    source = f"def recursive_show(thing):\n    {body}\n"
    outline = Outline(Document.open("one.py", source))
    about = About(ContextReader(outline).facts(outline.entry("recursive_show")), names_in(source))
    assert validated(FieldKey(FieldKind.SUMMARY), "Recursively show each corner of a house.", about).reason is want
