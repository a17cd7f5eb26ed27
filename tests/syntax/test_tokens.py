import pytest

from glossator.syntax.document import Document
from glossator.syntax.fingerprint import fingerprints
from glossator.syntax.symbols import Outline
from glossator.syntax.tokens import Tokens, fingerprints_and_tokens, tokens

FIRST = '''\
class Client:
    def get_value(self, key: str, *, default=None):
        """Return one."""
        found = self.store.lookup(key)  # a note
        return default if found is None else json.loads(found)
'''


def tokens_of(source, path):
    return tokens(Outline(Document("file:///a.py", source.encode())).entry(path))


def first():
    return tokens_of(FIRST, "Client.get_value")


def words(*text):
    return tuple(word.encode() for word in text)


def test_words_are_those_in_names_that_are_kept_and_in_parameters():
    assert first().words == words(
        *["client", "get", "value", "str", "store", "lookup", "json", "loads", "key", "default"]
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('        """Return one."""\n', ""),
        ("  # a note", ""),
        ("(self, key: str, *, default=None)", "(\n        self,\n  key : str, *, default\n = None,)"),
        ("found", "it"),
        (" default if found is None else json.loads(found)", " (default if (found is None) else json . loads(found))"),
    ],
)
def test_layout_comments_docstrings_and_names_of_locals_do_not_count(old, new):
    changed = FIRST.replace(old, new)
    assert changed != FIRST
    assert tokens_of(changed, "Client.get_value") == first()


def test_siblings_have_one_shape():
    sibling = FIRST.replace("get_value", "put_value").replace("lookup", "keep").replace("loads", "dumps")
    found = tokens_of(sibling.replace("Client", "Session"), "Session.put_value")
    assert found.shape == first().shape
    assert found.words != first().words


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("json.loads", "json.json"),  # two names become one
        ("is None", "is not None"),
        ("default=None", "default=0"),
        ("*, ", ""),
        ("def ", "async def "),
        ("found = self.store.lookup(key)", "found = self.store.lookup(self)"),
    ],
)
def test_other_code_has_another_shape(old, new):
    assert tokens_of(FIRST.replace(old, new), "Client.get_value").shape != first().shape


def test_a_renamed_parameter_changes_the_words_and_not_the_shape():
    found = tokens_of(FIRST.replace("key", "name"), "Client.get_value")
    assert found.shape == first().shape
    assert set(found.words) ^ set(first().words) == {b"key", b"name"}


def test_parameters_of_lambdas_are_locals():
    one = tokens_of("def f(key=lambda item: item.rank): pass", "f")
    assert one == tokens_of("def f(key=lambda value: value.rank): pass", "f")
    assert b"key" in one.words


def test_words_of_all_ways_to_write_names_are_split():
    found = tokens_of("def parseHTTPResponse(x, max_size_2, größe): return UTF8_Decoder(x)", "parseHTTPResponse")
    assert {b"parse", b"http", b"response", b"max", b"size", b"utf", b"decoder"} <= set(found.words)
    assert b"x" not in found.words


def test_names_that_the_code_can_see_are_kept():
    assert b"hidden" in tokens_of("def f():\n    hidden = 1\n    return locals()", "f").words
    assert b"hidden" not in tokens_of("def f():\n    hidden = 1\n    return 2", "f").words


@pytest.mark.parametrize(
    "source", ["def f(", "def f(a, b:\n    return", "class A:\n    def m(self)\n        x = (", ""]
)
def test_broken_code_has_tokens(source):
    for entry in Outline(Document("file:///a.py", source.encode())).entries.values():
        assert isinstance(tokens(entry), Tokens)


def test_one_walk_gives_the_fingerprints_and_the_tokens():
    for entry in Outline(Document("file:///a.py", FIRST.encode())).entries.values():
        assert fingerprints_and_tokens(entry) == (fingerprints(entry.node, FIRST.encode()), tokens(entry))
