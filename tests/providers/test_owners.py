import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

CLASSES = [
    ("class TimeoutException(TransportError): pass", "Error signalling a timeout, a kind of ``TransportError``."),
    ("class ConnectError(TransportError): pass", "Error in connecting, a kind of ``TransportError``."),
    ("class InvalidURL(Exception): pass", "Error for an invalid URL."),
    ("class InvalidURLError(ValueError): pass", "Error for an invalid URL, a kind of ``ValueError``."),
    ("class FeedNotFound(AppError): pass", "Error for a feed that was not found, a kind of ``AppError``."),
    ("class RequestsDependencyWarning(Warning): pass", "Warning concerning the requests dependency."),
    ("class Color(Enum):\n    RED = 1\n    BLUE = 2", "The colors: ``RED`` and ``BLUE``."),
    ("@dataclass\nclass Trace:\n    stacks: list[str]\n    width: int", "Trace with its stacks and width."),
    ("class Point(NamedTuple):\n    x: int\n    y: int", "Point as a named tuple of x and y."),
    ("class Feeds:\n    def parse_feed(self, text): return parse(text)", "Feeds with the method ``parse_feed``."),
    ("class Reader:\n    def parse_feed(self, text): return parse(text)", "Reader that parses the feed."),
    (
        "class FileReader(Reader):\n    def parse_file(self, text): return parse(text)",
        "File reader, a ``Reader`` that parses the file.",
    ),
    ("class Stack(list):\n    def __enter__(self): return self", "Stack, a ``list`` that works as a context manager."),
    ("class Source(Protocol):\n    def read(self) -> bytes: ...", "Source: any object with ``read``."),
    (
        "class Names(NodeVisitor):\n    def visit_Name(self, node): ...\n    def visit_Call(self, node): ...",
        "Names, a ``NodeVisitor`` that visits ``Name`` and ``Call`` nodes.",
    ),
    ("class JSONCodec(Codec):\n    name = 'json'", "JSON codec, a ``Codec`` whose ``name`` is ``'json'``."),
    (
        "class TestParse(TestCase):\n    def test_empty(self): ...\n    def test_full(self): ...",
        "Tests of parse: empty and full.",
    ),
    (
        "class Store(ABC):\n    @abstractmethod\n    def _read(self): ...\n    def close(self): self._file.close()",
        "Interface of a store with ``_read``.",
    ),
    (
        "class Scheduling:\n    def tests_finished(self): return self.done\n    def add_node(self, n): self.all.add(n)",
        "Scheduling that adds a node.",
    ),
]


@pytest.mark.parametrize(("source", "wanted"), CLASSES, ids=[wanted for _, wanted in CLASSES])
def test_a_class_is_told_by_what_it_is_and_does(summary, source, wanted):
    path = re.search(r"class (\w+)", source).group(1)
    assert summary(source, path) == wanted


def test_an_exception_says_who_raises_it_and_when(summary):
    source = "class TooLong(Exception): pass\ndef cut(n):\n    if n < 0:\n        raise TooLong(n)"
    assert summary(source, "TooLong") == "Error for too long, raised by ``cut`` if ``n`` is negative."


MODULES = [
    (
        "__all__ = ['_load_config', '_parse_line']\ndef _load_config(p): ...\ndef _parse_line(s): ...\ndef f(a): ...",
        "Functions to load the configuration and parse the line.",
    ),
    (
        "def _load_config(p): ...\ndef _parse_line(s): ...",
        "Functions to load the configuration and parse the line.",
    ),
    (
        "def parse_args(argv): ...\ndef load_config(path): ...\ndef run_server(c): ...",
        "Functions to parse the arguments and load the configuration, and one more.",
    ),
    ("class BadHeader(Exception): ...\nclass BadBody(Exception): ...", "Exceptions: ``BadHeader`` and ``BadBody``."),
    ("class Cache:\n    def get(self, key): ...", "The class ``Cache`` with ``get``."),
    ("RED = 1", "Example: the constant ``RED``."),
    ("# Colors of the terminal.\nRED = 1", "Colors of the terminal."),
    (
        "class FileHandler: ...\nclass NullHandler: ...\nclass RootHandler: ...",
        "Handlers: file, null and root.",
    ),
]


@pytest.mark.parametrize(("source", "wanted"), MODULES, ids=[wanted for _, wanted in MODULES])
def test_a_module_is_told_by_what_it_defines(summary, source, wanted):
    assert summary(source, "<module>") == wanted


def test_a_package_says_what_it_exports(summary):
    text = summary("from .a import f\n__all__ = ['f']", "<module>", uri="file:///project/shapes/__init__.py")
    assert text == "Shapes package, which exports ``f``."


ATTRIBUTES = [
    ("is_open: bool = False", "is_open", "Whether the file is open, ``False`` unless given."),
    ("follow_links: bool", "follow_links", "Whether to follow links."),
    ("names: list = field(default_factory=list)", "names", "Names of the file, empty at first."),
    ("size: int  # in bytes", "size", "In bytes."),
]


@pytest.mark.parametrize(("line", "name", "wanted"), ATTRIBUTES)
def test_a_field_is_described(attribute, line, name, wanted):
    assert attribute(f"@dataclass\nclass File:\n    {line}", "File", name) == wanted


@given(
    name=st.lists(
        st.sampled_from("Http File Error Not Found Base Reader Parser X URL Test IO Set All".split()),
        min_size=1,
        max_size=5,
    ).map("".join),
    base=st.sampled_from(("", "(Exception)", "(Enum)", "(Protocol)", "(ABC)", "(dict)", "(TestCase)", "(NamedTuple)")),
    body=st.sampled_from(("pass", "x = 1", "def run(self): ...", "def __call__(self): ...", "def test_a_b(self): ...")),
)
def test_every_class_summary_is_one_sentence(summary, name, base, body):
    text = summary(f"class {name}{base}:\n    {body}\n", name)
    plain = re.sub(r"``[^`]+``", "x", text)
    assert text.endswith(".")
    assert plain.count(".") == 1
    assert text[0].isupper()
    assert "  " not in text
