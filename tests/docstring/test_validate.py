"""What of a model's texts is shown, and in which form."""

import pytest
from glossator.docstring.validate import About, Reason, names_in, validated
from glossator.model import FieldKey, FieldKind, FunctionFacts, Parameter, Raise

LOAD = FunctionFacts(
    "load",
    (Parameter("path", annotation="str"), Parameter("size", default="3")),
    returns="bool",
    returned=("True",),
    returns_value=True,
    raises=(Raise("ValueError"),),
)
ABOUT = About(LOAD, names_in("def load(path, size=3): return open(path)"))


def field(kind, name=""):
    return FieldKey(FieldKind(kind), name)


@pytest.mark.parametrize(
    ("key", "text", "want"),
    [
        (field("parameter", "path"), "path (str): the file to read", "The file to read."),
        (field("returns"), "Returns whether  the file\nwas read", "Whether the file was read."),
        (field("summary"), '{"summary": "Read words from a file"}', "Read words from a file."),
        (field("summary"), "Read words from a file. It is read twice.", "Read words from a file."),
        (field("raise", "ValueError"), "Raised if the file is empty", "If the file is empty."),
    ],
)
def test_a_true_text_is_shown_in_its_normal_form(key, text, want):
    found = validated(key, text, ABOUT)
    assert (found.text, found.reason) == (want, None)


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        (field("parameter", "path"), "An integer with the file", Reason.TYPE),
        (field("parameter", "size"), "How many bytes are read, defaults to 4", Reason.DEFAULT),
        (field("returns"), "A string with words", Reason.TYPE),
        (field("summary"), "Read the `foo_bar` of a disk", Reason.UNKNOWN_NAME),
        (field("summary"), "Load.", Reason.SAYS_NOTHING),
    ],
)
def test_what_the_facts_contradict_is_refused(key, text, reason):
    found = validated(key, text, ABOUT)
    assert (found.text, found.reason) == ("", reason)
    assert found.hint.endswith(".")
