import ast
import random
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossator.syntax.document import Document
from glossator.syntax.fingerprint import Fingerprints, all_fingerprints, alpha_fingerprint, fingerprint, fingerprints

EQUAL = [
    ("x = 'a'", 'x = "a"'),
    ("x = ('a')", "x = 'a'"),
    ("x = 'a' 'b'", "x = 'ab'"),
    ("x = ('a'\n  'b')", "x = '''ab'''"),
    (r"x = '\x41\u0042\103\N{LATIN SMALL LETTER D}'", "x = 'ABCd'"),
    (r"x = '\d'", r"x = '\\d'"),
    (r"x = r'\d'", r"x = '\\d'"),
    (r"x = b'\x00\q'", r"x = b'\0\\q'"),
    ("x = 'a\\\nb'", "x = 'ab'"),
    ("x = '''a\r\nb'''", r"x = 'a\nb'"),
    ("x = f'a{y}b' 'c'", "x = f'a{y}bc'"),
    ("x = f'{y=}'", "x = f'y={y!r}'"),
    ("x = f'{y = :>3}'", "x = f'y = {y:>3}'"),
    ("x = f'{{}}{y!s:{w}.{p}}'", 'x = f"{{}}{  y !s:{w}.{p}}"'),
    ("x = 0x10 + 1_000 + 1.50 + 1E3 + 2J", "x = 16 + 1000 + 1.5 + 1000.0 + 2j"),
    ("x = 00", "x = 0"),
    ("f(a, b,)", "f(a,\n  b)"),
    ("f(x for x in y)", "f((x for x in y))"),
    ("f(a=1, *b)", "f(*b, a=1)"),
    ("x = (a, b)", "x = a, b"),
    ("x[(a, b)]", "x[a, b]"),
    ("x[a:b:]", "x[a:b]"),
    ("x[*a]", "x[*a,]"),
    ("for (a, b) in c: pass", "for a, b in c:\n  pass"),
    ("for (a) in c: pass", "for a in c: pass"),
    ("(a.b) = c", "a.b = c"),
    ("(a.b): int", "a.b: int"),
    ("x: (list[int])", "x: list[int]"),
    ("if a: b\nelif c: d\nelif e: f\nelse: g", "if a: b\nelse:\n  if c: d\n  else:\n    if e: f\n    else: g"),
    ("a; b", "a\nb"),
    ("class A(): pass", "class A: pass"),
    ("def f(): 'doc'", "def f(): pass"),
    ("def f():\n  'doc'\n  return 1", "def f():\n  return 1"),
    ("def f():\n  ('do' 'c')\n  return 1", "def f(): return 1"),
    ("class A:\n  'doc'\n  def f(self):\n    'doc'\n    x", "class A:\n  def f(self): x"),
    ("'doc'\nx", "x"),
    ("async def f(): (await x) ** 2", "async def f(): await x ** 2"),
    ("with (a, b): pass", "with a, b: pass"),
    ("with (a as b, c,): pass", "with a as b, c: pass"),
    ("with (a if b else c) as d: pass", "with a if b else c as d: pass"),
    ("with (a or not b) as d: pass", "with a or not b as d: pass"),
    ("def f(): return *a(b), c", "def f(): return (*a(b), c)"),
    ("from a import (b, c)", "from a import b, c"),
    ("del (a), b", "del a, b"),
    ("match a:\n  case (b, c): pass", "match a:\n  case b, c: pass"),
    ("match a:\n  case [b]: pass", "match a:\n  case b,: pass"),
    ("match a:\n  case (b): pass", "match a:\n  case b: pass"),
    ("match (a, b):\n  case _: pass", "match a, b:\n  case _: pass"),
    ("ﬁ = 1", "fi = 1"),
    ("x = a + (b * c)", "x = a + b * c"),
    ("x = (not (a in b))", "x = not a in b"),
    ("lambda: (a, b)", "lambda : (a,b)"),
    ("# note\nx\n\n# note", "x"),
    ("x = [a,\\\n b]", "x = [a, b]"),
]
DIFFERENT = [
    ("x = 'a'", "x = 'b'"),
    ("x = 'a'", "x = b'a'"),
    ("x = 'a'", "x = u'a'"),
    ("x = 'a'", "x = f'a'"),
    ("x = 'a', 'b'", "x = 'a' 'b'"),
    ("x = f'{y}'", "x = f'{y!r}'"),
    ("x = f'{y}'", "x = f'{y:}'"),
    ("x = f'{{y}}'", "x = f'{y}'"),
    ("f('a', f'{x}')", "f('a' f'{x}')"),
    ("x = 1", "x = 1.0"),
    ("x = 1", "x = True"),
    ("x = 1j", "x = 1"),
    ("del (a, b)", "del a, b"),
    ("(a < b) < c", "a < b < c"),
    ("a and b and c", "a and (b and c)"),
    ("(a and b) and c", "a and b and c"),
    ("a + b + c", "a + (b + c)"),
    ("a - b", "b - a"),
    ("(x): int", "x: int"),
    ("x: int = 3", "x = int = 3"),
    ("[a, b] = c", "a, b = c"),
    ("(a,) = c", "a = c"),
    ("a,", "a"),
    ("x[a:]", "x[:a]"),
    ("x[a]", "x[a,]"),
    ("x[a::b]", "x[a:b]"),
    ("not a in b", "a not in b"),
    ("f(a, b)", "f((a, b))"),
    ("f(a)", "f(*a)"),
    ("f(*a)", "f(**a)"),
    ("f(a=1, b=2)", "f(b=2, a=1)"),
    ("def f(*, a): pass", "def f(a): pass"),
    ("def f(a, /): pass", "def f(a): pass"),
    ("def f(a=b): pass", "def f(a: b): pass"),
    ("def f() -> a: pass", "def f(): pass"),
    ("def f(): pass", "def g(): pass"),
    ("async def f(): pass", "def f(): pass"),
    ("async def f(): await (x ** 2)", "async def f(): await x ** 2"),
    ("@a\ndef f(): pass", "def f(): pass"),
    ("def f():\n  'doc'\n  'text'", "def f():\n  'doc'"),
    ("def f():\n  x\n  'text'", "def f():\n  x"),
    ("def f():\n  b'doc'", "def f(): pass"),
    ("def f():\n  f'doc'", "def f(): pass"),
    ("if a:\n  'text'", "if a:\n  pass"),
    ("if a: b\nelif c: d\nelse: e", "if a: b\nelse:\n  if c: d\n  e"),
    ("if a:\n  if b: c\n  else: d", "if a:\n  if b: c\nelse: d"),
    ("with (a, b) as c: pass", "with a, b as c: pass"),
    ("with ((a, b)): pass", "with (a, b): pass"),
    ("with (a, b), c: pass", "with a, b, c: pass"),
    ("from . import a", "from .. import a"),
    ("from .a import b", "from a import b"),
    ("import a.b", "import a, b"),
    ("yield a", "yield from a"),
    ("raise a from b", "raise a"),
    ("match a:\n  case b: pass", "match a:\n  case _: pass"),
    ("match a:\n  case (b | c) | d: pass", "match a:\n  case b | c | d: pass"),
    ("match a:\n  case b,: pass", "match a:\n  case b: pass"),
    ("[a for a in b]", "{a for a in b}"),
    ("[a for a in b]", "[a async for a in b]"),
    ("try: a\nexcept b: c", "try: a\nexcept* b: c"),
    ("for a in b: c\nelse: d", "for a in b: c\nd"),
    ("x: Dict[a][0]", "x: Dict[a]; [0]"),
]
RENAMED = [
    ("def f(a, *b, c=d, **e): return a + b + c + e", "def f(x, *y, z=d, **w): return x + y + z + w"),
    ("def f(a):\n  b = a\n  return b", "def f(b):\n  a = b\n  return a"),
    ("def f(a): return g(a=a)", "def f(b): return g(a=b)"),
    ("def f(a): super().f(a=a)", "def f(b): super().f(a=b)"),
    ("def f(a): return dir(a)", "def f(b): return dir(b)"),
    ("def f(a):\n  from g import h\n  h(a=a)", "def f(b):\n  from g import h\n  h(a=b)"),
    ("def f(a): return a.a", "def f(b): return b.a"),
    ("def f(): return [a for a in b if a]", "def f(): return [c for c in b if c]"),
    ("def f(): return lambda a: a + b", "def f(): return lambda c: c + b"),
    ("def f():\n  with a as b: b()", "def f():\n  with a as c: c()"),
    ("def f():\n  try: a\n  except E as b: b()", "def f():\n  try: a\n  except E as c: c()"),
    ("def f():\n  import a as b\n  b.c", "def f():\n  import a as d\n  d.c"),
    ("def f(a):\n  match a:\n    case [b, *c]: b", "def f(a):\n  match a:\n    case [d, *e]: d"),
    ("def f(a):\n  def g(b): return a + b\n  return g", "def f(c):\n  def g(d): return c + d\n  return g"),
    ("def f():\n  (a := 1)\n  return a", "def f():\n  (b := 1)\n  return b"),
    ("def f():\n  for a, (b, *c) in d: a += b", "def f():\n  for x, (y, *z) in d: x += y"),
    ("class A:\n  def f(self, a): self.a = a", "class A:\n  def f(this, b): this.a = b"),
    ("class A:\n  x = [a for a in b]", "class A:\n  x = [c for c in b]"),
    ("def f(a): return f'{a}'", "def f(b): return f'{b}'"),
    ("def f(a): del a", "def f(b): del b"),
]
NOT_RENAMED = [
    ("def f(a): return b", "def f(b): return b"),
    ("def f(a, b): return a - b", "def f(a, b): return b - a"),
    ("def f(a): return a", "def f(a): return b"),
    ("def f():\n  a = 1; b = 2; return a", "def f():\n  a = 1; b = 2; return b"),
    ("def f(a=a): return a", "def f(b=b): return b"),
    ("def f(a: a): pass", "def f(b: b): pass"),
    ("def f(a): return f(a=1)", "def f(b): return f(a=1)"),
    ("def f(self, a): self.f(a=1)", "def f(self, b): self.f(a=1)"),
    ("def f():\n  def g(a): pass\n  g(a=1)", "def f():\n  def g(b): pass\n  g(a=1)"),
    ("def f():\n  global a\n  a = 1", "def f():\n  global b\n  b = 1"),
    (
        "def f():\n  a = 1; b = 2\n  def g():\n    nonlocal a\n    a = 3",
        "def f():\n  b = 1; a = 2\n  def g():\n    nonlocal a\n    a = 3",
    ),
    ("def f():\n  import a\n  a.b", "def f():\n  import c\n  c.b"),
    ("def f():\n  from a import b\n  b", "def f():\n  from a import c\n  c"),
    ("def f():\n  g = lambda a: a\n  g(a=1)", "def f():\n  g = lambda b: b\n  g(a=1)"),
    ("def f(a): return dir()", "def f(b): return dir()"),
    ("def f(a): return locals()", "def f(b): return locals()"),
    ("def f(a): return eval('a')", "def f(b): return eval('a')"),
    ("def f():\n  __tracebackhide__ = True", "def f():\n  x = True"),
    ("def f():\n  def a(): pass", "def f():\n  def b(): pass"),
    ("class A:\n  a = 1", "class A:\n  b = 1"),
    (
        "def f():\n  class A:\n    a = 1\n    def g(self): return a",
        "def f():\n  class A:\n    b = 1\n    def g(self): return a",
    ),
    ("def f(a):\n  class A:\n    a = a", "def f(b):\n  class A:\n    a = b"),
    ("def f(x): return [x for y in x]", "def f(x): return [y for y in x]"),
    ("def f(x): return [x for x in x]", "def f(y): return [x for x in x]"),
    ("def f(): return [x for x in x]", "def f(): return [y for y in y]"),
    ("def f(a): return lambda b: a", "def f(a): return lambda b: b"),
    ("def f(a): return f'{a=}'", "def f(b): return f'{b=}'"),
    ("x = 1", "y = 1"),
    ("def f(a): a.b", "def f(a): a.c"),
    ("def f(a): return (", "def f(b): return ("),
]
LIBRARY = Path(ast.__file__).parent
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Python 2's print with a chevron is a statement of its own in the grammar, so brackets around it count; and a file that
# the grammar cannot parse as a whole.
BEYOND_THE_GRAMMAR = {"test_print.py", "test_compile.py"}


def digests(source: str | bytes) -> Fingerprints:
    document = Document("file:///x.py", source.encode() if isinstance(source, str) else source)
    return fingerprints(document.root, document.text)


def tree_of(text: str | bytes) -> ast.Module:
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(text)


def without_docstrings(tree: ast.AST) -> ast.AST:
    """The same tree, changed; a body that was nothing else is `pass`."""
    for node in ast.walk(tree):
        if isinstance(node, (*DEFINITIONS, ast.Module)) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def dump(text: str | bytes) -> str:
    return ast.dump(without_docstrings(tree_of(text)))


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_meaning_has_equal_fingerprints(one, other):
    assert dump(one) == dump(other)
    assert digests(one) == digests(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_meaning_has_different_fingerprints(one, other):
    assert digests(one).exact != digests(other).exact
    assert digests(one).alpha != digests(other).alpha


@pytest.mark.parametrize(("one", "other"), RENAMED)
def test_names_of_locals_do_not_count_in_the_alpha_fingerprint(one, other):
    assert digests(one).exact != digests(other).exact
    assert digests(one).alpha == digests(other).alpha


@pytest.mark.parametrize(("one", "other"), NOT_RENAMED)
def test_no_inconsistent_renaming_is_overlooked(one, other):
    assert digests(one).alpha != digests(other).alpha


def test_a_decorated_definition_has_one_fingerprint():
    document = Document("file:///x.py", b"@a\n@b(c)\ndef f(x): pass\n")
    outer = document.root.named_child(0)
    inner = outer.child_by_field_name("definition")
    assert fingerprint(outer, document.text) == fingerprint(inner, document.text)
    assert alpha_fingerprint(outer, document.text) == alpha_fingerprint(inner, document.text)


def test_a_known_member_is_not_walked_again():
    document = Document("file:///x.py", b"class A:\n    def f(self): return 1\n    @p\n    def g(self): return 2\n")
    whole, members = all_fingerprints(document.root, document.text)
    asked = []

    def known(node):
        asked.append((node.type, node.start_point.row))
        return members.get((node.start_byte, node.end_byte)) if node.type != "class_definition" else None

    assert fingerprints(document.root, document.text, known) == whole
    assert asked == [("class_definition", 0), ("function_definition", 1), ("decorated_definition", 2)]


def test_members_in_one_walk_have_the_fingerprints_that_they_have_alone():
    text = Path(ast.__file__).read_bytes()
    document = Document("file:///ast.py", text)
    _, members = all_fingerprints(document.root, text)
    queue = [document.root]
    found = 0
    while queue:
        node = queue.pop()
        span = (node.start_byte, node.end_byte)
        if node.type in ("function_definition", "class_definition", "decorated_definition") and span in members:
            found += 1
            assert fingerprints(node, text) == members[span]
        queue += node.named_children
    assert found >= len(members) > 100


DEEP = ["(" * 20_000 + "x" + ")" * 20_000, "[" * 5_000 + "]" * 5_000, "not " * 20_000 + "x"]


@pytest.mark.parametrize("nested", DEEP, ids=["brackets", "lists", "operators"])
def test_deep_nesting_is_no_recursion(nested):
    assert len(digests(f"def f(): return {nested}").alpha) == 16


def test_deep_scopes_cost_no_more_than_flat_ones():
    assert digests("def f(): return " + "lambda a: " * 5_000 + "a").exact


def test_a_long_elif_chain_is_its_nested_form():
    chain = "if a: b\n" + "".join(f"elif a{i}: b\n" for i in range(30))
    nested = "if a: b\n"
    for i in range(30):
        nested += "  " * i + "else:\n" + "  " * (i + 1) + f"if a{i}: b\n"
    assert digests(chain) == digests(nested)


FRAGMENTS = ["def f(", "a", ")", ":", "'", "f'{", "}", "[", ",", "*", "=", " in ", " as ", "é", "\\", "if ", "else"]
FRAGMENTS += ["class ", "0x", "lambda ", "await ", "case ", "match ", "with "]
FRAGMENTS += ["\n  ", "\n", '"""', "\0", "\udc80"]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40))
@settings(max_examples=300, deadline=None)
def test_broken_code_has_fingerprints_too(parts):
    text = "".join(parts).encode("utf-8", "surrogatepass")
    assert digests(text) == digests(text)


def corpus(count: int | None = None) -> list[Path]:
    files = sorted(
        p for p in LIBRARY.rglob("*.py") if "site-packages" not in p.parts and p.name not in BEYOND_THE_GRAMMAR
    )
    return files if count is None else random.Random(7).sample(files, count)


def parsed(path: Path) -> tuple[bytes, ast.Module] | None:
    try:
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        text.decode()
        return text, tree_of(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def members_of(node: ast.AST) -> list[ast.AST]:
    """The definitions in class bodies and modules, in the order of their text."""
    found = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, DEFINITIONS):
            found.append(child)
        if isinstance(child, (ast.ClassDef, ast.ExceptHandler, ast.match_case)) or (
            isinstance(child, ast.stmt) and not isinstance(child, DEFINITIONS)
        ):
            found += members_of(child)
    return found


def digests_in_order(text: bytes) -> list[Fingerprints]:
    document = Document("file:///x.py", text)
    own, members = all_fingerprints(document.root, text)
    return [own, *(members[span] for span in sorted(members, key=lambda span: (span[0], -span[1])))]


def check_files(paths: list[Path]) -> None:
    dumps: dict[bytes, str] = {}
    for path in paths:
        source = parsed(path)
        if source is None:
            continue
        text, tree = source
        canonical = ast.unparse(tree)
        if dump(canonical) != dump(text):
            continue  # ast.unparse itself is wrong here (docstrings with lone surrogates)
        nodes = sorted(members_of(tree), key=lambda node: (first_line(node), -node.end_lineno))
        found = digests_in_order(text)
        assert found == digests_in_order(canonical.encode("utf-8", "surrogatepass")), path
        assert len(found) == 1 + len(nodes), path
        without_docstrings(tree)
        for node, both in zip(nodes, found[1:], strict=True):
            known = dumps.setdefault(both.exact, ast.dump(node))
            assert known == ast.dump(node), (path, node.name)


def first_line(node: ast.AST) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def test_source_and_its_unparsed_tree_have_equal_fingerprints():
    check_files(corpus(40))


@pytest.mark.soak
def test_the_whole_library_and_its_unparsed_trees_have_equal_fingerprints():
    check_files(corpus())
