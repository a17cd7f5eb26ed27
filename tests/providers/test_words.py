import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.providers.embedded import words


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("parseHTTPHeader_v2", ("parse", "HTTP", "Header", "v2")),
        ("copytree", ("copy", "tree")),
        ("init_poolmanager", ("init", "pool", "manager")),
        ("ZStandardDecoder", ("ZStandard", "Decoder")),
        ("IMapIterator", ("IMap", "Iterator")),
        ("str2bytes", ("str", "2", "bytes")),
        ("keyword", ("keyword",)),
        ("HTTPError", ("HTTP", "Error")),
    ],
)
def test_names_fall_into_words(name, parts):
    assert words.split(name) == parts


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("num_cols", "number columns"),
        ("MAX_SIZE", "maximum size"),
        ("URLParser", "URL parser"),
        ("cfg", "configuration"),
    ],
)
def test_abbreviations_are_expanded(name, said):
    assert words.name_phrase(name) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ("``Environment``", "an ``Environment``"),
        ("``HTTPError``", "an ``HTTPError``"),
        ("``URL``", "a ``URL``"),
        ("``codecs.IncrementalEncoder``", "a ``codecs.IncrementalEncoder``"),
        ("``_UserDict``", "a ``_UserDict``"),
    ],
)
def test_code_takes_the_article_that_is_heard(span, said):
    assert words.indefinite(span) == said


@pytest.mark.parametrize(
    ("verb", "third", "past", "ing"),
    [
        ("parse", "parses", "parsed", "parsing"),
        ("set up", "sets up", "set up", "setting up"),
        ("copy", "copies", "copied", "copying"),
        ("format", "formats", "formatted", "formatting"),
        ("bind", "binds", "bound", "binding"),
        ("stop", "stops", "stopped", "stopping"),
        ("write", "writes", "written", "writing"),
        ("fix", "fixes", "fixed", "fixing"),
    ],
)
def test_verbs_are_inflected(verb, third, past, ing):
    assert (words.third_person(verb), words.participle(verb), words.gerund(verb)) == (third, past, ing)


def test_a_word_that_is_also_a_noun_is_a_verb_only_before_an_object():
    assert words.verb_of(("label",)) == ""
    assert words.verb_of(("label", "axis")) == "label"
    assert words.verb_of(("remap",)) == "remap"


@pytest.mark.parametrize(
    ("name", "clause"),
    [
        ("closed", "Whether the file is closed"),
        ("is open", "Whether the file is open"),
        ("follow links", "Whether to follow links"),
        ("header", "Whether the file has a header"),
    ],
)
def test_flags_are_clauses(name, clause):
    assert words.flag(name, "the file") == clause


def test_a_long_sentence_loses_its_last_clauses():
    assert words.shortened("Read the file, a thing that is long.", 20) == "Read the file."
    assert words.shortened("Unbreakable" * 3, 20) == "Unbreakable" * 3


@given(st.text(alphabet=st.characters(codec="ascii", categories=("L", "N"), include_characters="_"), max_size=30))
def test_no_letter_of_a_name_is_lost(name):
    assert "".join(words.split(name)).lower() == name.replace("_", "").lower()


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ", min_size=1, max_size=20))
def test_an_article_is_put_before_a_noun_at_most(noun):
    assert words.article(noun) in (noun, f"a {noun}", f"an {noun}")
    assert words.definite(noun) in (noun, f"the {noun}")
