"""What a file offers: its items, and where its other names come from."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from surfaces import folder_of, surface

from glossator.config import Settings
from glossator.engine.keys import Keying
from glossator.engine.pipeline import Job, Surroundings
from glossator.syntax.context import ContextReader
from glossator.syntax.document import Document
from glossator.syntax.surface import Source, surface_of
from glossator.syntax.symbols import Outline


def item(text, name=None):
    items = surface(text).items
    return items[0] if name is None else next(one for one in items if one.name == name)


def test_items_are_in_source_order_with_the_private_ones():
    found = surface("X = 1\ndef b(): ...\n_y = 2\nclass A: ...\nasync def _c(): ...\n")
    assert [(one.name, one.kind, one.line) for one in found.items] == [
        ("X", "attribute", 1),
        ("b", "function", 2),
        ("_y", "attribute", 3),
        ("A", "class", 4),
        ("_c", "function", 5),
    ]


def test_a_class_has_its_public_members_in_source_order():
    found = item(
        '''
        class A:
            """Doc."""
            x: int = 1
            "What x is."
            __slots__ = ("a",)
            _hidden = 2
            def __init__(self, size: int, *, more=None):
                self.size = size
                self.total: float = 0.0
                "All of it."
                if more:
                    self.more = more  #: As given.
                self._own, self.other = more, 1
                self.x = 3
            @property
            def limit(self) -> int: "The limit."
            @limit.setter
            def limit(self, value): ...
            @limit.deleter
            def limit(self): ...
            class B:
                def c(self): ...
            def _m(self): ...
        '''
    )
    members = [(one.path, one.kind, one.signature, one.text) for one in found.members]
    assert members == [
        ("A.x", "attribute", "x: int = 1", "What x is."),
        ("A.__init__", "method", "def __init__(self, size: int, *, more=None)", ""),
        ("A.size", "attribute", "size: int", ""),
        ("A.total", "attribute", "total: float = 0.0", "All of it."),
        ("A.more", "attribute", "more", "As given."),
        ("A.other", "attribute", "other", ""),
        ("A.limit", "property", "limit: int", "The limit."),
        ("A.B", "class", "class B", ""),
    ]
    assert found.hidden == ("__slots__", "_hidden", "_own", "_m")
    assert found.member("limit").labels == ("property", "settable", "deletable")
    assert found.member("size").labels == ("instance attribute",)
    assert found.member("B").members[0].path == "A.B.c"


def test_overloads_are_folded_into_the_function_that_runs():
    found = item(
        """
        @overload
        def f(a: int) -> int: ...
        @typing.overload
        def f(a: str) -> str: ...
        def f(a):
            "Doc."
        """
    )
    assert (found.path, found.dotted, found.signature, found.text) == ("f#3", "f", "def f(a)", "Doc.")
    assert found.overloads == ("def f(a: int) -> int", "def f(a: str) -> str")
    assert "overloaded" in found.labels


def test_of_overloads_alone_the_first_stands_for_all():
    found = item("@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\n")
    assert (found.path, found.signature) == ("f", "def f(a: int)")
    assert len(found.overloads) == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f(): ...\ndef f(): ...\n", 2),
        ("if x:\n    def f(): ...\nelse:\n    def f(): ...\n", 2),
        ("try:\n    def f(): ...\nexcept E:\n    def f(): ...\n", 2),
        ("def f(): ...\nif x:\n    def f(): ...\n", 1),
        ("if x:\n    def f(): ...\ndef f(): ...\n", 3),
        ("if sys.platform == 'win32':\n    def f(): ...\nelse:\n    def f(): ...\n", 4),
        ("if sys.platform != 'win32':\n    def f(): ...\nelse:\n    def f(): ...\n", 2),
        ("if sys.version_info < (3, 9):\n    def f(): ...\nelif x:\n    def f(): ...\n", 4),
        ("if TYPE_CHECKING:\n    def f(): ...\nelse:\n    def f(): ...\n", 2),
        ("if not typing.TYPE_CHECKING:\n    f = 1\nelse:\n    f = 2\n", 4),
        ("with x:\n    def f(): ...\n", 2),
        ("f = 1\ndef f(): ...\n", 2),
        ("f = 1\nf = 2\n", 1),
    ],
)
def test_of_several_definitions_one_counts(text, line):
    (found,) = surface(text).items
    assert found.line == line


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("async def f(): ...", {"async"}),
        ("def f(): yield 1", {"generator"}),
        ("@contextmanager\ndef f(): yield 1", {"context manager"}),
        ("@warnings.deprecated('x')\ndef f(): ...", {"deprecated"}),
        ('def f():\n    """A.\n\n    .. deprecated:: 1.0\n    """', {"deprecated"}),
        ("@functools.cache\ndef f(): ...", {"cached"}),
        ("@dataclass(frozen=True)\nclass A: ...", {"dataclass"}),
        ("class A(enum.Enum):\n    X = 1", {"enum"}),
        ("class A(ValueError): ...", {"exception"}),
        ("class A(Protocol[T]): ...", {"protocol"}),
        ("class A(TypedDict): ...", {"typed dict"}),
        ("class A(NamedTuple): ...", {"named tuple"}),
        ("class A(ABC): ...", {"abstract"}),
        ("class A:\n    @abstractmethod\n    def f(self): ...", {"abstract"}),
        ("@final\nclass A: ...", {"final"}),
        ("X: Final = 1", {"final"}),
        ("X: TypeAlias = int", {"type alias"}),
        ("type X = int", {"type alias"}),
        ("X = 1", set()),
    ],
)
def test_labels_say_what_kind_of_thing_it_is(text, labels):
    assert set(item(text).labels) == labels


@pytest.mark.parametrize(
    ("decorators", "labels"),
    [
        ("@classmethod", {"class method"}),
        ("@staticmethod", {"static method"}),
        ("@abc.abstractmethod", {"abstract"}),
        ("@property\n    @abstractmethod", {"property", "abstract"}),
        ("@functools.cached_property", {"property", "cached"}),
    ],
)
def test_labels_of_methods_come_from_their_decorators(decorators, labels):
    (method,) = item(f"class A:\n    {decorators}\n    def f(self): ...\n").members
    assert set(method.labels) == labels


def test_the_members_of_an_enumeration_are_values():
    found = item("class A(Enum):\n    X = 1\n    _y: int = 2\n    def f(self): ...\n    Z = auto()\n")
    assert {one.name: one.labels for one in found.members} == {"X": ("value",), "f": (), "Z": ("value",)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("X = 1\n'What it is.'\n", "What it is."),
        ("X = 1  #: What it is.\n", "What it is."),
        ("#: What\n#: it is.\nX = 1\n", "What it is."),
        ("# Why it is so.\nX = 1  # noqa\n", ""),
        ("#: Of another.\n\nX = 1\n", ""),
        ("X = 1\nf'no {text}'\n", ""),
        ("X = 1\ny()\n'no text'\n", ""),
    ],
)
def test_the_text_of_an_attribute_stands_behind_it_or_in_its_comment(text, said):
    assert item(text, "X").text == said


def test_imports_have_absolute_names():
    found = surface(
        """
        import os, a.b, c.d as e
        from ..up import x as y
        from . import z, w as w
        from .m import *
        from ....beyond import nothing
        if TYPE_CHECKING:
            from .types import T
        def f():
            import unseen
        """,
        "pkg.sub.m",
    )
    assert found.bound == {
        "os": "os",
        "a": "a",
        "e": "c.d",
        "y": "pkg.up.x",
        "z": "pkg.sub.z",
        "w": "pkg.sub.w",
        "T": "pkg.sub.types.T",
    }
    assert found.stars == ("pkg.sub.m",)
    assert found.renewed == {"w"}
    assert found.imports == ("os", "a.b", "c.d", "pkg.up", "pkg.sub", "pkg.sub.m")
    assert Source("pkg.sub.types", "T", True) in found.sources
    assert Source("pkg.sub", "z", False) in found.sources


def test_imports_of_a_package_start_in_itself():
    assert surface("from . import a\nfrom .b import c\n", is_package=True).bound == {"a": "pkg.a", "c": "pkg.b.c"}


def test_fingerprints_are_those_that_the_keys_of_the_cache_are_made_of():
    path = folder_of("platformdirs") / "api.py"
    found = surface_of(path.read_bytes(), "m", str(path), False)
    outline = Outline(Document(str(path), path.read_bytes()))
    reader = ContextReader(outline)
    keying = Keying(Job(reader, Settings(), Surroundings()), b"")
    waiting = [one for one in found.items if one.facts is not None]
    assert waiting
    while waiting:
        one = waiting.pop()
        waiting += [member for member in one.members if member.facts is not None]
        assert keying.keys(one.path, reader.context(one.path), ()).exact.hex() == one.fingerprint
    assert keying.keys("<module>", reader.context("<module>"), ()).exact.hex() == found.fingerprint


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(a): return a\n", "# Why.\n\ndef f( a ):\n    'Doc.'\n    return a\n"),
        ("class A:\n    x = 1\n", "class A:\n    'Doc.'\n\n    x = 1  # so\n"),
    ],
)
def test_a_fingerprint_is_deaf_to_layout_comments_and_docstrings(before, after):
    assert item(before).fingerprint == item(after).fingerprint
    assert item(before).fingerprint != item(before.replace("a", "b").replace("1", "2")).fingerprint


def test_a_surface_can_be_sent_to_another_process():
    path = folder_of("platformdirs") / "api.py"
    found = surface_of(path.read_bytes(), "m", str(path), False)
    assert pickle.loads(pickle.dumps(found)) == found


BROKEN = (
    "def f(:\n",
    "class\n",
    "class A:\n",
    "class A:\ndef f(self): ...\n",
    "import\nfrom . import\nfrom x import (\n",
    "__all__ = [\n",
    "__all__ = ['a' 'b', 3, *x, **y]\n",
    "__all__ += 3\n__all__.extend()\n__all__.append('a', 'b')\n__all__.remove('gone')\n",
    "@overload\n",
    "def f(a=):\n  '''never closed\n",
    "x = = 1\n",
    "if TYPE_CHECKING\n    import a\n",
    "if :\n  x = 1\n",
    "type = 1\ntype X[ = 3\n",
    "self.x = 1\nclass A:\n    def __init__(): self.x = 1\n",
    "class A:\n    def __init__(self, **): self.x: = 1\n",
    "\ufeffx = 1\n",
    "x = '\\N{no such}'\n'\\x'\n",
    "def f():\n    '''\\N{no such}'''\n",
    "class A(*B, **C): ...\nclass D(E[\n",
    "print 'two'\nexec 'x'\ndef f((a, b), c): ...\n",
)


@pytest.mark.parametrize("text", BROKEN)
def test_broken_code_gives_what_can_be_recognised(text):
    surface(text)


@given(st.data())
def test_code_that_is_cut_or_mixed_up_anywhere_raises_nothing(data):
    lines = "".join(BROKEN).splitlines(keepends=True)
    chosen = "".join(data.draw(st.lists(st.sampled_from(lines), max_size=12)))
    cut = data.draw(st.integers(0, len(chosen)))
    surface(chosen[:cut])


def test_classes_within_classes_are_read_to_a_bounded_depth():
    text = "".join(f"{'  ' * depth}class A{depth}:\n" for depth in range(300)) + "  " * 300 + "x = 1\n"
    one, depth = item(text), 0
    while one.members:
        one, depth = one.members[0], depth + 1
    assert depth == 20


@pytest.mark.parametrize(
    "one",
    [
        "def f{}(a: int, b=1):\n    'Doc.'\n    return a + b\n",
        "class C{}:\n    'Doc.'\n    def m(self): ...\n",
        "A{} = 1\n",
        "from .m import x{}\n",
    ],
)
def test_many_symbols_are_all_there(one):
    found = surface("".join(one.format(number) for number in range(2000)), is_package=True)
    assert len(found.items) + len(found.bound) == 2000
