"""Declarations as people read them are Python, and say what the source says."""

import ast
from functools import cache

import pytest
import surfaces

from glossator.docstring.literal import content_of
from glossator.errors import SourceError
from glossator.syntax.declarations import MAX_DEFAULT, WIDTH
from glossator.syntax.document import Document
from glossator.syntax.surface import surface_of
from glossator.syntax.symbols import Outline

CORPORA = (
    *("pathspec", "platformdirs", "stamina", "click"),
    *(pytest.param(name, marks=pytest.mark.soak) for name in ("rich", "asyncio", "jinja2", "pygls", "httpx2")),
)


@cache
def files_of(name):
    """The files of a package, with what each offers."""
    paths = sorted(surfaces.folder_of(name).rglob("*.py"))
    return [(path, surface_of(path.read_bytes(), "m", str(path), False)) for path in paths]


def definitions(text):
    """The definitions of a file by the line of their keyword, without bodies, decorators and long defaults."""
    found = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.lineno] = bare(node, text)
    return found


def bare(node, text=""):
    node.body, node.decorator_list = [], []
    if not isinstance(node, ast.ClassDef):
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        for one in defaults:
            if text and len(ast.get_source_segment(text, one)) > MAX_DEFAULT:
                one.__class__ = ast.Constant
                one.__dict__.update(value=..., kind=None)
    return ast.dump(node)


def defined(items):
    """The items that are definitions, those in classes among them."""
    for item in items:
        if item.kind in ("class", "function", "method"):
            yield item
        yield from defined(item.members)


@pytest.mark.parametrize("name", CORPORA)
def test_declarations_have_the_arguments_and_bases_of_the_source(name):
    count = 0
    for path, found in files_of(name):
        text = path.read_bytes().decode()
        expected = definitions(text)
        for item in defined(found.items):
            assert bare(ast.parse(f"{item.signature}: ...").body[0]) == expected[item.line], (path, item.path)
            count += 1
    assert count > 20


@pytest.mark.parametrize("name", CORPORA)
def test_declarations_of_overloads_properties_and_attributes_are_python(name):
    waiting = [item for _, found in files_of(name) for item in found.items]
    while waiting:
        item = waiting.pop()
        waiting += item.members
        for signature in item.overloads:
            ast.parse(f"{signature}: ...")
        if item.kind in ("property", "attribute"):
            ast.parse(item.signature)
            assert item.signature.startswith(("type ", item.name))


@pytest.mark.parametrize("name", CORPORA)
def test_texts_are_the_contents_of_docstrings(name):
    for path, found in files_of(name):
        raw = path.read_bytes()
        symbols = {one.path: one for one in Outline(Document("", raw)).symbols}
        waiting = list(found.items)
        while waiting:
            item = waiting.pop()
            waiting += item.members
            if item.facts is not None:
                docstring = symbols[item.path].docstring
                assert item.text == (content_of(docstring).text if docstring else "")


@pytest.mark.parametrize(
    "docstring",
    [
        r'"""A \d and a \t tab."""',
        r'r"""A \d."""',
        '"""First.\n\n\tTabbed.\n\t\tTwice.\n   \n    """',
        '"a" "b"',
        '("a"\n  "b")',
        r'"""\N{BULLET} and \N{no such thing}"""',
        '"""a\\\n    b"""',
        'u"""A."""',
        '"""   """',
        r'"""\ud800"""',
    ],
)
@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_the_text_of_an_odd_docstring_is_its_content(docstring, eol):
    text = f"def f():\n    {docstring}\n    return 1\n".replace("\n", eol)
    document = Document("", text.encode())
    symbol = Outline(document).find("f")
    assert surface_of(text.encode(), "m", "m.py", False).items[0].text == content_of(symbol.docstring).text


def declared(text, **where):
    return surfaces.surface(text, **where).items[0].signature


@pytest.mark.parametrize(
    ("text", "declaration"),
    [
        ("def f(): ...", "def f()"),
        ("async  def f( a,b = 1 ) ->int: ...", "async def f(a, b=1) -> int"),
        ("def f(a, /, b:int=1, *, c:'X'='y', **kw): ...", "def f(a, /, b: int = 1, *, c: 'X' = 'y', **kw)"),
        ("def f(*args: int): ...", "def f(*args: int)"),
        ("def f[T: int, *Ts](a: T) -> T: ...", "def f[T: int, *Ts](a: T) -> T"),
        ("def f(a=(1,\n  2,\n), # why\n  b=[\n 1, # one\n],\n): ...", "def f(a=(1, 2), b=[1])"),
        ("def f(a=(1,\n)): ...", "def f(a=(1,))"),
        ("def f(a: Tuple[\n  int,\n]): ...", "def f(a: Tuple[int,])"),
        ("def f(a='#', b=lambda: '''\n'''): ...", "def f(\n    a='#',\n    b=lambda: '''\n''',\n)"),
        ("def f(a=1 + \\\n  2): ...", "def f(a=1 + 2)"),
        ("class A: ...", "class A"),
        ("class A(): ...", "class A"),
        ("class A(B, C[int],\n  metaclass=M, # so\n): ...", "class A(B, C[int], metaclass=M)"),
        ("class A[T](B[T]): ...", "class A[T](B[T])"),
        ("@decorated(1)\nclass A(B): ...", "class A(B)"),
        ("LIMIT: int = 3", "LIMIT: int = 3"),
        ("NAME: str", "NAME: str"),
        ("a = b = 3", "a = 3"),
        ("a, b = 1, 2", "a"),
        (f"NAMES = [{'1, ' * 60}]", "NAMES = [...]"),
        (f"NAMES = frozenset([{'1, ' * 60}])", "NAMES = frozenset(...)"),
        (f"TEXT = '{'x' * 80}'", "TEXT = ..."),
        ("TEXT = '''a\nb'''", "TEXT = ..."),
        ("type Pair[T] = tuple[T, T]", "type Pair[T] = tuple[T, T]"),
    ],
)
def test_a_declaration_is_written_from_the_words_of_the_source(text, declaration):
    assert declared(text) == declaration


def test_a_long_declaration_has_each_parameter_on_its_own_line():
    names = [f"parameter_{number}" for number in range(8)]
    lines = declared(f"def f({', '.join(f'{name}: int' for name in names)}) -> None: ...").split("\n")
    assert lines == ["def f(", *(f"    {name}: int," for name in names), ") -> None"]
    assert all(len(line) <= WIDTH for line in lines)


def test_a_default_beyond_bounds_is_left_out():
    assert declared(f"def f(a='{'x' * 5000}', b=1): ...") == "def f(a=..., b=1)"


@pytest.mark.parametrize("text", ["def f(a, b", "def f(a=, b): ...", "class A(B, : ...", "def f(a b): ...", "x: = 3"])
def test_a_broken_declaration_is_written_as_far_as_it_can_be_read(text):
    surfaces.surface(text)


def test_a_file_that_is_not_worked_on_is_refused():
    for raw in (b"x = '\0'", b"\xff\xfe", b"# coding: none-such\n", b"x = 1 # " + b"x" * 200_000):
        with pytest.raises(SourceError):
            surface_of(raw, "m", "m.py", False)
