"""The project index: bases are found through imports, words through repetition, and nothing else is claimed."""

import pickle

import pytest

from glossator.workspace.bases import module_names
from glossator.workspace.index import BaseDoc, Index, index_of
from glossator.workspace.summary import classes_of, words_of

BASE = '''
class Base:
    def read(self):
        """Read it."""

    def write(self):
        pass

    class Inner:
        def deep(self):
            """Dive."""
'''


def inherited(files, path="p/child.py", owner="Child"):
    index = index_of([(f"/r/{name}", text.encode()) for name, text in files.items()])
    return {name: doc.text for name, doc in index.about(f"/r/{path}").inherited.get(owner, {}).items()}


PACKAGE = {"p/__init__.py": "", "p/base.py": BASE}
WAYS = {
    "an absolute import": "from p.base import Base\nclass Child(Base): pass\n",
    "an alias": "from p.base import Base as B\nclass Child(B): pass\n",
    "a relative import": "from .base import Base\nclass Child(Base): pass\n",
    "a module": "import p.base\nclass Child(p.base.Base): pass\n",
    "a module's alias": "import p.base as b\nclass Child(b.Base): pass\n",
    "a relative module": "from . import base\nclass Child(base.Base): pass\n",
    "a star": "from p.base import *\nclass Child(Base): pass\n",
    "a type argument": "from p.base import Base\nclass Child(Base[int]): pass\n",
    "a condition": "if TYPE:\n    from p.base import Base\nclass Child(Base): pass\n",
    "a class between": "from p.base import Base\nclass Between(Base): pass\nclass Child(Between): pass\n",
    "a second base": "from p.base import Base\nclass Child(Unknown, Base): pass\n",
    "several names in brackets": "from p.base import (\n    Other,\n    Base,\n)\nclass Child(Base): pass\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_base_is_found_through(way):
    assert inherited({**PACKAGE, "p/child.py": WAYS[way]}) == {"read": "Read it."}


def test_a_base_of_the_same_file_is_found():
    assert inherited({"child.py": BASE + "class Child(Base): pass\n"}, "child.py") == {"read": "Read it."}


def test_a_nested_class_is_found():
    text = "from p.base import Base\nclass Child(Base.Inner): pass\n"
    assert inherited({**PACKAGE, "p/child.py": text}) == {"deep": "Dive."}


def test_a_name_that_a_package_passes_on_is_found():
    files = {
        "p/__init__.py": "from .base import Base\n",
        "p/base.py": BASE,
        "q.py": "import p\nclass Child(p.Base): pass\n",
    }
    assert inherited(files, "q.py") == {"read": "Read it."}


def test_a_relative_import_of_the_parent_package_is_found():
    files = {
        **PACKAGE,
        "p/s/__init__.py": "",
        "p/s/child.py": "from ..base import Base\nclass Child(Base): pass\n",
    }
    assert inherited(files, "p/s/child.py") == {"read": "Read it."}


def test_the_nearest_documentation_counts():
    text = 'from .base import Base\nclass Between(Base):\n    def read(self):\n        """Read more."""\n'
    assert inherited({**PACKAGE, "p/child.py": f"{text}class Child(Between): pass\n"}) == {"read": "Read more."}


@pytest.mark.parametrize(
    "text",
    [
        "from elsewhere import Base\nclass Child(Base): pass\n",
        "from p.base import Other\nclass Child(Other): pass\n",
        "class Child(Base): pass\n",
        "class Child(Child): pass\n",
        "from .child import Child\nclass Child(Child): pass\n",
        "from ....... import Base\nclass Child(Base): pass\n",
        "from p.base import Base\nclass Child(Base()): pass\n",
        "from p.base import Base\nclass Child(metaclass=Base): pass\n",
        "class Child(",
    ],
)
def test_what_is_not_found_is_not_guessed(text):
    assert inherited({**PACKAGE, "p/child.py": text}) == {}


def test_imports_in_a_circle_end():
    files = {
        "p/__init__.py": "",
        "p/a.py": "from .b import *\nclass A(B): pass\n",
        "p/b.py": "from .a import *\nclass B(A): pass\n",
    }
    assert inherited(files, "p/a.py", "A") == {}


def test_an_index_knows_the_base_of_a_method():
    index = index_of([("/r/a.py", (BASE + "class Child(Base): pass\n").encode())])
    about = index.about("/r/a.py")
    assert about.base_of("Child", "read") == BaseDoc("Base", "Read it.")
    assert about.base_of("Child", "write") is None
    assert about.base_of("Base", "read") is None
    assert Index().about("/r/a.py").base_of("Child", "read") is None


def test_an_index_can_be_pickled():
    index = index_of([("/r/a.py", (BASE + "class Child(Base): pass\n").encode())])
    assert pickle.loads(pickle.dumps(index)) == index


GOOGLE = 'def f{0}(size):\n    """Do it.\n\n    Args:\n        size: {1}\n    """\n\n\n'


def test_a_description_in_three_places_is_the_projects():
    text = "".join(GOOGLE.format(number, "How many rows.") for number in range(3))
    assert index_of([("/r/a.py", text.encode())]).described == {"size": "How many rows."}


def test_a_description_in_two_places_is_not():
    text = "".join(GOOGLE.format(number, "How many rows.") for number in range(2)) + GOOGLE.format(3, "How many.")
    assert index_of([("/r/a.py", text.encode())]).described == {}


def test_places_in_several_files_count_together_whatever_their_order():
    files = [(f"/r/{number}.py", GOOGLE.format(number, "How many rows.").encode()) for number in range(3)]
    assert index_of(files) == index_of(files[::-1])
    assert index_of(files).described == {"size": "How many rows."}


def test_the_most_frequent_style_is_the_projects():
    numpy = 'def f(a):\n    """Do it.\n\n    Parameters\n    ----------\n    a : int\n        It.\n    """\n'
    files = [("/r/a.py", numpy.encode()), ("/r/b.py", numpy.encode()), ("/r/c.py", GOOGLE.encode())]
    assert index_of(files).style == "numpy"
    assert index_of([("/r/a.py", b"def f(): pass\n")]).style == ""


def test_words_of_a_raw_docstring_are_read_as_they_are():
    text = 'def f(a):\n    r"""Do it.\n\n    Args:\n        a: As in ``\\d``.\n    """\n'
    assert words_of(text.encode()).described == (("a", "As in ``\\d``."),)


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"def f(", b"\0", b"", b"# coding: klingon\n"])
def test_what_cannot_be_read_says_nothing(raw):
    assert not classes_of(raw).has_docs
    assert words_of(raw).described == ()


@pytest.mark.parametrize(
    "text",
    [
        '"""Doc."""',
        '# comment\n\n"""Doc."""',
        "def f():\n    'Doc.'",
        'class C:  # why\n\n    # first\n    r"""Doc."""',
        "def f():\r\n\t'''Doc.'''",
    ],
)
def test_whatever_has_a_docstring_may_have_one(text):
    assert words_of(text.encode()).may_have_docs


@pytest.mark.parametrize(
    "text", ["x = 1", "def f():\n    return 'a'", "x = {'a': 'b'}", "#" * 100_000, "\n# a" * 50_000]
)
def test_what_has_no_docstring_is_seen_without_a_parse(text):
    assert not words_of(text.encode()).may_have_docs


def test_modules_are_named_by_their_packages():
    names = module_names(
        ["/r/p/__init__.py", "/r/p/a.py", "/r/p/s/__init__.py", "/r/p/s/b.pyi", "/r/c.py", "/r/n/d.py"]
    )
    assert list(names.values()) == ["p", "p.a", "p.s", "p.s.b", "c", "d"]
