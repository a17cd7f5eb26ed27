"""The last versions with which docstrings agreed: kept while a definition disagrees, as long as it is open."""

import pytest

from glossator.engine.history import LastVersions
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline

FIRST = (
    'class C:\n    @other\n    def m(self, a):\n        """Do."""\n\n\ndef f(a):\n    """Do."""\n\n\ndef g(): pass\n'
)


def outline(text, uri="file:///x.py"):
    return Outline(Document.open(uri, text))


@pytest.fixture
def history():
    history = LastVersions()
    history.note(outline(FIRST), ())
    return history


def sources(history, uri="file:///x.py"):
    return {path: history.previous(uri)(path) for path in ("C", "C.m", "f", "g", "<module>")}


def test_of_a_document_that_is_seen_for_the_first_time_nothing_is_known():
    assert set(sources(LastVersions()).values()) == {None}


def test_documented_definitions_are_kept_with_their_decorators(history):
    found = sources(history)
    assert found.pop("C.m") == b'    @other\n    def m(self, a):\n        """Do."""'
    assert found.pop("f") == b'def f(a):\n    """Do."""'
    assert set(found.values()) == {None}


def test_what_agrees_is_taken_over(history):
    history.note(outline(FIRST.replace("def f(a)", "def f(b)")), ())
    assert sources(history)["f"] == b'def f(b):\n    """Do."""'


def test_what_disagrees_stays_as_it_was(history):
    history.note(outline(FIRST.replace("(a)", "(b)").replace("self, a", "self, b")), {"f"})
    assert sources(history)["f"] == b'def f(a):\n    """Do."""'
    assert b"self, b" in sources(history)["C.m"]


def test_what_disagrees_from_the_beginning_is_taken_as_it_is():
    history = LastVersions()
    history.note(outline(FIRST), {"f"})
    assert sources(history)["f"] == b'def f(a):\n    """Do."""'


def test_what_is_gone_or_lost_its_docstring_is_forgotten(history):
    history.note(outline("def f(a):\n    return a\n"), ())
    assert set(sources(history).values()) == {None}


def test_documents_are_apart(history):
    assert set(sources(history, "file:///y.py").values()) == {None}
    history.note(outline("x = 1\n", "file:///y.py"), ())
    assert sources(history)["f"] is not None


def test_a_closed_document_is_forgotten(history):
    history.forget("file:///x.py")
    history.forget("file:///never.py")
    assert set(sources(history).values()) == {None}


def test_of_a_class_its_initializer_is_kept():
    history = LastVersions()
    history.note(outline('class C:\n    """Hold."""\n\n    def __init__(self, a):\n        self.a = a\n'), ())
    assert history.previous("file:///x.py")("C") == b"    def __init__(self, a):\n        self.a = a"
