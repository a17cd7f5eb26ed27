"""What of a model's texts is shown, in which form, and what is refused."""

from dataclasses import replace

import pytest

from glossator.docstring.validate import About, Reason, better, limit, names_in, validated, verdicts
from glossator.model import (
    Attribute,
    ClassFacts,
    FieldKey,
    FieldKind,
    FunctionFacts,
    ModuleFacts,
    Parameter,
    Raise,
    Use,
)

CODE = """
def load(path: str, size=30, mode: str | None = None, strict: bool = True, *rest, on_done=None):
    if size > LIMIT:
        raise ValueError(size)
    with open(path) as file:
        return file.seek(size) == 0
"""
LOAD = FunctionFacts(
    "load",
    (
        Parameter("path", annotation="str"),
        Parameter("size", default="30"),
        Parameter("mode", annotation="str | None", default="None"),
        Parameter("strict", annotation="bool", default="True"),
    ),
    returns="bool",
    returned=("file.seek(size) == 0",),
    returns_value=True,
    always_returns=True,
    raises=(Raise("ValueError", guard="size > LIMIT"),),
    calls=("open", "file.seek"),
)
ABOUT = About(LOAD, names_in(CODE))
NOTHING = FunctionFacts("close", calls=("shut",))
NUMBERS = FunctionFacts("numbers", is_generator=True, yielded=("one",), returns="Iterator[int]")
ALWAYS = FunctionFacts("allowed", returned=("True",), returns_value=True, always_returns=True)
GET = FunctionFacts("entry", returned=("table.get(key)",), returns_value=True, always_returns=True)
PAIR = FunctionFacts("pair", returned=("first(words), last(words)",), returns_value=True, always_returns=True)
INIT = FunctionFacts("__init__", (Parameter("host"),), receiver="self")
BOX = ClassFacts("Box", init=INIT, fields=(Attribute("width", "int", "3"),))


def field(kind, name=""):
    return FieldKey(FieldKind(kind), name)


def reason(kind, name, text, about=ABOUT):
    found = validated(field(kind, name), text, about)
    assert (found.text == "") == (found.reason is not None) == bool(found.hint)
    return found.reason


@pytest.mark.parametrize(
    ("kind", "name", "text", "want"),
    [
        ("parameter", "path", "path (str): the file to read", "The file to read."),
        ("parameter", "path", "`path` - the file to read", "The file to read."),
        ("parameter", "path", "Args: path: the file to read", "The file to read."),
        ("parameter", "path", "str: the file to read", "The file to read."),
        ("parameter", "path", "param path: the file to read", "The file to read."),
        ("parameter", "path", "- the file to read", "The file to read."),
        ("parameter", "path", "“The file to read”", "The file to read."),
        ("parameter", "path", "**File** to read from :class:`open`.", "File to read from ``open``."),
        ("parameter", "size", "on_done is called after so many bytes", "on_done is called after so many bytes."),
        ("returns", "", "Returns whether  the file\nwas read", "Whether the file was read."),
        ("summary", "", '{"summary": "Read words from a file"}', "Read words from a file."),
        ("summary", "", "Read words from a file. It is read twice.", "Read words from a file."),
        ("summary", "", "Read words, e.g. names, from a file", "Read words, e.g. names, from a file."),
        (
            "summary",
            "",
            "Read words, e.g. (mostly) names, cf. `open`",
            "Read words, e.g. (mostly) names, cf. ``open``.",
        ),
        ("parameter", "path", "Place as `~io.open` wants it", "Place as ``io.open`` wants it."),
        ("raise", "ValueError", "Raised if the file is empty", "If the file is empty."),
        ("raise", "ValueError", "ValueError: If the file is empty", "If the file is empty."),
        ("description", "", "Words are read.\n\n\n  In   order.", "Words are read.\n\nIn order."),
        ("summary", "", "Method to read words from a file", "Read words from a file."),
        ("raise", "ValueError", "If the file is empty, raise ValueError", "If the file is empty."),
        ("parameter", "path", "Place for `open` and ``seek``", "Place for ``open`` and ``seek``."),
    ],
)
def test_what_the_place_says_anyway_is_taken_off(kind, name, text, want):
    found = validated(field(kind, name), text, ABOUT)
    assert (found.text, found.reason) == (want, None)


def test_of_a_text_that_was_cut_the_whole_sentences_stay():
    whole = "Bytes that are read at once, and no more than the file has. "
    text = (whole + "Where the disk is slow, fewer of them are better, since " * 9)[: limit(field("parameter"), 80)]
    assert validated(field("parameter", "size"), text, ABOUT).text == whole.strip()


def test_a_summary_that_was_cut_ends_with_its_last_whole_clause():
    cut = "Read words from the file, and put each of them into the table of the known ones, which"
    assert validated(field("summary"), cut, ABOUT).text == (
        "Read words from the file, and put each of them into the table of the known ones."
    )


@pytest.mark.parametrize(
    "parameter",
    [
        Parameter("visit", uses=(Use("invoke"),)),
        Parameter("size", annotation="Callable[[str], int]"),
        Parameter("key"),
    ],
)
def test_what_may_be_called_may_be_a_function(parameter):
    about = About(FunctionFacts("walk", (parameter,)))
    assert reason("parameter", parameter.name, "Function that gets each of the words", about) is None


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("parameter", "path", "Where the words are; JSON, or iOS files of GitHub in UTF-8, e.g. words.json."),
        ("parameter", "size", "How many bytes are skipped, defaults to 30"),
        ("parameter", "mode", "Optional way of reading, or None to read as text"),
        ("parameter", "mode", "A string like 'r', or None"),
        ("parameter", "strict", "Whether a `ValueError` is raised for sizes above `LIMIT`"),
        ("parameter", "strict", "If True, odd lines are refused, as `str.splitlines` has them"),
        ("parameter", "path", r"The file, whose lines end with `\n` or `?`"),
        ("parameter", "mode", "One of 'read_words' and 'line-wise'"),
        ("parameter", "path", "Cupboard(s) of the files, until 9 p.m. of a day"),
        ("returns", "", "True if the file was read, False otherwise"),
        ("raise", "ValueError", "If `size` is above the limit of a file"),
        ("summary", "", "Return whether a file can be read from a place on."),
        ("summary", "", "Skip to a place in a file, as `io.SEEK_SET` has it."),
        ("parameter", "path", "Name of the file; naïve ones are read, too (°, µ, α)."),
    ],
)
def test_true_texts_are_shown(kind, name, text):
    assert reason(kind, name, text, replace(ABOUT, names=ABOUT.names | {"SEEK_SET", "json", "utf"})) is None


@pytest.mark.parametrize(
    ("kind", "name", "text", "want"),
    [
        ("parameter", "path", "An integer with the file", Reason.TYPE),
        ("parameter", "path", "(int) the file to read", Reason.TYPE),
        ("parameter", "path", "Whether the file is read", Reason.TYPE),
        ("parameter", "strict", "Number of bytes that are read", Reason.TYPE),
        ("parameter", "size", "List of strings that are read", Reason.TYPE),
        ("parameter", "size", "How many bytes are read, defaults to 4", Reason.DEFAULT),
        ("parameter", "path", 'The file to read (default: "words.txt")', Reason.DEFAULT),
        ("parameter", "path", "Optional file to read", Reason.DEFAULT),
        ("parameter", "size", "Bytes to skip (required)", Reason.DEFAULT),
        ("parameter", "path", "The file to read, or None for standard input", Reason.NONE),
        ("parameter", "path", "`size` of the file in bytes", Reason.SIBLING),
        ("parameter", "path", "size: how many bytes are skipped", Reason.SIBLING),
        ("returns", "", "A string with the words", Reason.TYPE),
        ("returns", "", "True, or None if there is no file", Reason.NONE),
        ("summary", "", "Yield the words of a file.", Reason.YIELDS),
        ("summary", "", "Read a file; raises OSError for odd ones.", Reason.RAISES),
        ("raise", "ValueError", "Where an OSError was met on a disk", Reason.RAISES),
        ("raise", "ValueError", "If 'path' is no file that can be read", Reason.RAISES),
        ("summary", "", "Read words in a thread-safe way from disk.", Reason.NO_EVIDENCE),
        ("summary", "", "Read the first 77 words of a file.", Reason.NO_EVIDENCE),
        ("summary", "", "Class that reads words from files.", Reason.KIND),
        ("summary", "", "Read the `foo_bar` of a disk", Reason.UNKNOWN_NAME),
        ("summary", "", "Read words with load_words from a disk", Reason.UNKNOWN_NAME),
        ("summary", "", "Read words by WordReader from a disk", Reason.UNKNOWN_NAME),
        ("summary", "", "Call frobnicate() on every word", Reason.UNKNOWN_NAME),
        ("summary", "", "Load.", Reason.SAYS_NOTHING),
        ("parameter", "path", "The path.", Reason.SAYS_NOTHING),
        ("parameter", "path", "Function that reads words from a file", Reason.TYPE),
        ("parameter", "path", "File to read, a new one if none is given", Reason.DEFAULT),
        ("parameter", "path", "File to read, or default to standard input", Reason.DEFAULT),
        ("raise", "ValueError", "If `size` is less than three", Reason.NO_EVIDENCE),
        ("summary", "", "Read words from a file, handling errors gracefully", Reason.NO_EVIDENCE),
        ("raise", "ValueError", "The file of the words", Reason.RAISES),
    ],
)
def test_what_the_facts_contradict_is_refused(kind, name, text, want):
    assert reason(kind, name, text) is want


@pytest.mark.parametrize(
    ("facts", "kind", "name", "text", "want"),
    [
        (NOTHING, "summary", "", "Return the number of bytes.", Reason.RETURNS),
        (INIT, "parameter", "host", "Returns a machine.", Reason.RETURNS),
        (GET, "returns", "", "Entry, or None if it is not there.", None),
        (replace(GET, returned=("table[key]",)), "returns", "", "Entry, or None if it is not there.", Reason.NONE),
        (replace(GET, returned=("[1]",)), "summary", "", "Yield each prime once.", Reason.YIELDS),
        (GET, "summary", "", "Yield each prime once.", None),
        (replace(GET, name="first_77"), "summary", "", "Give the first 77 primes.", None),
        (GET, "summary", "", "Give the first 77 primes.", Reason.NO_EVIDENCE),
        (NOTHING, "summary", "", "Shut the file and return the bytes.", Reason.RETURNS),
        (NOTHING, "summary", "", "Shut the file, and return to the menu.", None),
        (INIT, "parameter", "host", "Machine to talk to; function that returns a name.", None),
        (INIT, "summary", "", "Connect, returns None if an error occurs.", Reason.RETURNS),
        (INIT, "raise", "OSError", "If it returns None since the machine is down.", Reason.RETURNS),
        (NUMBERS, "summary", "", "Return the even primes.", Reason.YIELDS),
        (NUMBERS, "summary", "", "Return an iterator over the even primes.", None),
        (NUMBERS, "yields", "", "Returns a prime.", Reason.YIELDS),
        (NUMBERS, "yields", "", "String with a prime.", Reason.TYPE),
        (NUMBERS, "yields", "", "Yields each prime once.", None),
        (ALWAYS, "returns", "", "True if the domain is good, False otherwise.", Reason.RETURNS),
        (ALWAYS, "summary", "", "Return a domain that is good.", Reason.RETURNS),
        (ALWAYS, "returns", "", "True, whatever the domain is.", None),
        (BOX, "summary", "", "Returns a thing with sides.", Reason.RETURNS),
        (BOX, "summary", "", "Function that holds things.", Reason.KIND),
        (BOX, "attribute", "width", "A string with the centimetres.", Reason.TYPE),
        (BOX, "attribute", "width", "Centimetres from side to side, defaults to 4.", Reason.DEFAULT),
        (BOX, "attribute", "width", "Centimetres from side to side.", None),
        (ModuleFacts("boxes", ("Box",)), "summary", "", "Things with sides, see `Box`.", None),
        (ModuleFacts("boxes", ("Box",)), "summary", "", "Things with sides, see `Crate`.", Reason.UNKNOWN_NAME),
        (replace(NOTHING, is_async=True), "summary", "", "Shut files asynchronously.", None),
        (NOTHING, "summary", "", "Shut files asynchronously.", Reason.NO_EVIDENCE),
        (replace(NOTHING, raises_unknown=True), "summary", "", "Shut it; raises OSError at times.", None),
        (PAIR, "returns", "", "A list of the words", Reason.TYPE),
        (PAIR, "returns", "", "Tuple of the first and the last word", None),
    ],
)
def test_each_kind_of_symbol_is_judged_by_its_own_facts(facts, kind, name, text, want):
    assert reason(kind, name, text, About(facts)) is want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Read words, " * 6 + "read.", Reason.REPETITION),
        ("Read the words and the words of the words and the words of the words and the words.", Reason.REPETITION),
        ("Read aaaaaaaaaaaaaa from it.", Reason.REPETITION),
        ("Read 1111111111111 bytes.", Reason.REPETITION),
        ("Read read read a file.", Reason.REPETITION),
        ("Read 1 2 3 4 5 6 7 8 9 10 11 12 13 words.", Reason.REPETITION),
        ("Read words that are kept from", Reason.CUT),
        ("Sort letters into a path that begin with size of open file.", None),
        ("Sort letters into a path and begin with size of open file.", Reason.ECHO),
        ("Read words, " * 500, Reason.TOO_LONG),
        ("- # Heading of words", Reason.MARKUP),
        ('{"summary": "Read words.", "size": "2"}', Reason.UNREADABLE),
        ("1", Reason.EMPTY),
        ("  \n ", Reason.EMPTY),
        ("Sure, it reads words from a file.", Reason.FIRST_PERSON),
        ("Here is what it reads from a file.", Reason.FIRST_PERSON),
        ("Words that I read from a file.", Reason.FIRST_PERSON),
        ("Read what we need from a file.", Reason.FIRST_PERSON),
        ("As an AI model it reads words.", Reason.FIRST_PERSON),
        ("TODO: read words from a file.", Reason.PLACEHOLDER),
        ("Description of the `path` parameter.", Reason.PLACEHOLDER),
        ("Does it read words from a file?", Reason.QUESTION),
        ("Read words from a file and the", Reason.CUT),
        ("Read words from a file (as text", Reason.CUT),
        ("Read words from a file...", Reason.CUT),
        ("Lies die Wörter aus der Datei und gib sie zurück.", Reason.LANGUAGE),
        ("Читает слова из файла по одному.", Reason.LANGUAGE),
        ("Read words from а file.", Reason.LANGUAGE),
        ("读取文件中的单词并返回列表。", Reason.LANGUAGE),
        ("Read words from a file and so on, until all that there is to read has been read and shown.", Reason.TOO_LONG),
        ("Read words. Args: path: the file.", None),
        ("Read words; Args: path, the file.", Reason.SECTION),
        ("Answer each field with one plain sentence of prose.", Reason.ORDER),
        ("Sort letters into heaps that begin with the same one.", Reason.ECHO),
        ("Read the heaps of ballots of a file.", Reason.ECHO),
    ],
)
def test_what_is_no_description_is_refused(text, want):
    shown = (
        "Answer each field with one plain sentence.",
        "Sort letters into heaps that begin alike: ballots.",
        "letters into a path and begin",
    )
    assert reason("summary", "", text, replace(ABOUT, shown=shown, examples=shown[1:])) is want


def test_one_word_of_an_example_may_be_chance():
    about = replace(ABOUT, shown=("", "Sort heaps of ballots."), examples=("Sort heaps of ballots.",))
    assert reason("summary", "", "Read the ballots of a file.", about) is None


def test_a_text_in_the_language_that_was_asked_for_is_shown():
    about = replace(ABOUT, language="ru")
    assert reason("summary", "", "Читает слова из файла по одному.", about) is None
    assert reason("summary", "", "读取文件中的单词并返回列表.", about) is Reason.LANGUAGE


def test_a_hint_names_what_was_wrong_and_repeats_no_text():
    hint = validated(field("summary"), "Read the `foo_bar` of a secret disk", ABOUT).hint
    assert "`foo_bar`" in hint
    assert "secret" not in hint


def reply(**texts):
    keys = {"summary": field("summary"), "returns": field("returns")}
    return {keys.get(name) or field("parameter", name): text for name, text in texts.items()}


def reasons(texts, about=ABOUT):
    return [verdict.reason for verdict in verdicts(texts, about).values()]


def test_one_text_for_several_things_describes_none():
    texts = reply(summary="Skip bytes of a file.", path="Skip bytes of a file.", size="Bytes to skip.")
    assert Reason.SAME in reasons(texts)
    assert reasons(reply(summary="Skip to a place.", size="How many bytes to skip.")) == [None, None]


def test_a_frame_in_which_only_the_names_differ_describes_nothing():
    names = ("path", "size", "mode")
    texts = reply(**{name: f"The {name} that the disk is in." for name in names})
    assert set(reasons(texts)) == {Reason.SAME}


def test_what_is_returned_may_be_a_parameter():
    passed = About(replace(LOAD, returns="", returned=("path",)), ABOUT.names)
    texts = reply(path="Place of the words.", returns="Place of the words.")
    assert reasons(texts, passed) == [None, None]
    assert reasons(texts, replace(passed, facts=LOAD)) == [Reason.SAME, Reason.SAME]


def test_where_much_of_a_reply_is_no_answer_the_rest_is_chance():
    texts = reply(summary="Skip bytes of a file.", path="1", size="11111111111")
    assert reasons(texts) == [Reason.REPLY, Reason.EMPTY, Reason.EMPTY]
    assert (
        reasons(reply(summary="Skip bytes of a file.", path="1", size="Bytes to skip.", mode="How it is read."))[0]
        is None
    )


def test_a_reply_that_hardly_says_a_word_of_the_code_is_about_another():
    texts = reply(summary="Water every flower.", path="Green garden gate.", size="Blooming red roses.")
    assert set(reasons(texts)) == {Reason.REPLY}


def test_the_better_text_is_shown_and_the_models_if_both_are_as_good():
    key = field("parameter", "path")
    assert better(key, "Place of the words.", "The path.", LOAD)
    assert better(key, "Place of the words.", "File to read.", LOAD)
    assert not better(key, "The path.", "File to read.", LOAD)
    assert not better(key, "", "The path.", LOAD)
    assert not better(field("summary"), "Load words of the reader.", "Open a file.", LOAD, "Reader.load_words")
    assert not better(field("summary"), "Read words" + " of a file" * 9 + ".", "Read words.", LOAD)
