import pytest

from glossator.model import FieldKey, FieldKind
from glossator.providers.embedded import describe
from glossator.syntax.context import ContextReader, FactsMemo
from glossator.syntax.document import Document
from glossator.syntax.symbols import Outline


def _field(source, path, key, room=80, uri="file:///project/example.py"):
    reader = ContextReader(Outline(Document(uri, source.encode())), FactsMemo())
    return describe(reader.context(path), [key], room)[key]


@pytest.fixture(scope="session")
def summary():
    """The summary of the symbol at a path of a source text."""

    def read(source, path, room=80, uri="file:///project/example.py"):
        return _field(source, path, FieldKey(FieldKind.SUMMARY), room, uri)

    return read


@pytest.fixture(scope="session")
def attribute():
    """The description of a class's field."""

    def read(source, path, name):
        return _field(source, path, FieldKey(FieldKind.ATTRIBUTE, name))

    return read
