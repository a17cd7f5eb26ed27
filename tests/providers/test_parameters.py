"""What is written about parameters: every way that a body uses them, and nothing that it does not do."""

import pytest
from described import context, function, parameter

FOLLOWED = "Passed on to ``g`` by the same name."
SHOWN = "Whether a new bar (``Bar``) is to show the eta."

# (the body of `f(p, q)`, what is said of `p`)
USES = [
    ("open(p)", "Opened as a file."),
    ("x = g(1, p)", "The second argument of ``g``."),
    ("x = count_items(p)", "Needed for counting the items (``count_items``)."),
    ("g(q, key=p)", "The ``key`` of ``g``."),
    ("g(p=p)", "Passed on to ``g`` by the same name."),
    ("if p: q.a = p", "Assigned to ``q.a``."),
    ("g(*p)", "Passed on to ``g``."),
    ("g(**p)", "Passed on by name to ``g``."),
    ("g(*q, p)", "Passed on to ``g``."),
    ("if g(p): pass", "Examined by ``g``."),
    ("raise ValueError(p)", "Told in the ``ValueError`` that is raised."),
    ("raise ValueError(name(p))", "Put through ``name`` on its way to the value error."),
    ("for x in items_of(p): pass", "Where ``items_of`` finds the items of a loop."),
    ('print(f"{g(p)}")', "Shown by way of ``g``."),
    ("return g(p)", "What the result is made from, by ``g``."),
    ("return sorted(q, key=lambda x: dist(p, x))", "The first argument of ``dist``."),
    ("Tag(p)", "The first argument of a new tag (``Tag``)."),
    ("x.writer.emit(p)", "Emitted by ``x.writer``."),
    ("line.split(p)", "What ``line`` is split at."),
    ("newline_re.split(p)", "Split at matches of ``newline_re``."),
    ("isinstance(p, str)", "Treated apart where it is a ``str``."),
    ("isinstance(p, (str, bytes))", "Treated apart where it is a ``str`` or a ``bytes``."),
    ("isinstance(p, type(q))", "P for the f."),
    ('p.get("a")', 'Asked for ``"a"``.'),
    ('p.pop("a"), p.get("b")', 'Asked for ``"a"`` and ``"b"``.'),
    ("p.read()", "Read from."),
    ('p.strip("x")', "Stripped at both ends."),
    ("p.render_page()", "Asked to render the page."),
    ("p.frobnicate()", "Asked for ``frobnicate()``."),
    ("x = p.name", "The source of the name."),
    ("x = p.__name__", "The source of the name."),
    ("p.name = 1", "Given a new name."),
    ('p["a"] = 1', 'Filled in at ``"a"``.'),
    ("x = p[0], p[-1]", "A sequence of which the first and last items are used."),
    ("x = p[k]", "Indexed with ``k``."),
    ("del p[0]", "Deprived of the item at ``0``."),
    ("x = q[p]", "The key or index into ``q``."),
    ("del q[p]", "The key or index that is removed from ``q``."),
    ("x = q[p:]", "Where the part of ``q`` starts that is taken."),
    ("x = q[:p]", "Where the part of ``q`` ends that is taken."),
    ("x = q[::p]", "The step in which ``q`` is taken."),
    ("del q[p:]", "Where the part of ``q`` starts that is removed."),
    ("for item in p: pass", "Gone through item by item."),
    ("for a, b in p: pass", "Gone through as groups of ``a`` and ``b``."),
    ("for a, (b, c) in p: pass", "Gone through item by item."),
    ("for _ in p: pass", "Gone through item by item."),
    ("a, b = p", "Unpacked into ``a`` and ``b``."),
    ("(a, b), c = p", "P for the f."),
    ("x = p < 3", "Checked for being less than ``3``."),
    ("x = 3 < p", "Checked for being greater than ``3``."),
    ("x = p < 0", "Checked for being negative."),
    ('x = p == "a"', 'Compared with ``"a"``.'),
    ("x = p is None", "``None`` is treated apart."),
    ("x = p in q", "Looked up in ``q``."),
    ("x = q in p", "Searched for ``q``."),
    ("x = q not in p", "Searched for ``q``."),
    ("x = a < p < b", "Checked to be in range: ``a < p < b``."),
    ("x = p < a < b", "A bound in ``p < a < b``."),
    ("x = a == p == b", "Compared in ``a == p == b``."),
    ("x = a < p > b", "Compared in ``a < p > b``."),
    ("if p: close()", "Whether to close (``close``)."),
    ("if p: drop_table()", "Whether to drop the table."),
    ("if not p: close()", "What keeps ``close`` from being called."),
    ("if p: raise ValueError", "Whether ``ValueError`` is raised."),
    ("if not p: raise ValueError", "What prevents that ``ValueError`` is raised."),
    ("if p: return 3", "What decides whether ``3`` is returned."),
    ("if p: x = 4", "What decides whether ``x`` becomes ``4``."),
    ("if p: g(1)\nelse: g(2)", "P for the f."),
    ("x = 1 if p else 2", "What decides between ``1`` and ``2``."),
    ("x = p or 3", "P for the f."),
    ("p = p or 3", "``3`` where it is empty."),
    ("p = 3 if p is None else p", "``3`` where it is ``None``."),
    ("if p is None: p = 3", "``3`` where it is ``None``."),
    ("if not p: p = 3", "``3`` where it is empty."),
    ("p()", "Called without arguments."),
    ("p(1, 2)", "Called with ``1, 2``."),
    ("with p: pass", "Entered as a context manager."),
    ("with p as q: pass", "Entered as a context manager."),
    ("y = p", "Assigned to ``y``."),
    ("y.a = p", "Assigned to ``y.a``."),
    ("p = int(p)", "Converted to an integer."),
    ("p = make()", "Set anew to ``make()`` on the way."),
    ('p = join("x", p)', "Put through ``join`` first."),
    ("p = q", "Set anew to ``q`` on the way."),
    ("if q: p = int(p)", "Converted to an integer."),
    ("p = p + 1", "Extended by ``1`` and set anew to ``p + 1`` on the way."),
    ("p += 1", "Set anew to ``p += 1`` on the way."),
    ("p, q = q, p", "P for the f."),
    ("for p in q: g(p)", "The first argument of ``g``."),
    ("with q() as p: g(p)", "The first argument of ``g``."),
    ("g(p := 3)", "Set anew to ``3`` on the way."),
    ("x = p + y", "Extended by ``y``."),
    ("x = y + p", "Added to ``y``."),
    ("x = y - p", "Subtracted from ``y``."),
    ("x = p % 3", "Taken modulo ``3``."),
    ("x = y % p", "The right side of ``y % p``."),
    ("x = p % (1, 2)", "The left side of ``p % (1, 2)``."),
    ('x = "%s" % p', "Filled into a text."),
    ('x = "%s %s" % (p, 1)', "Filled into a text."),
    ("x = [p] + y", "Put into a collection."),
    ('x = p / "a"', 'The left side of ``p / "a"``.'),
    ("x = p / 3", "Divided by ``3``."),
    ("x = p / y", "The left side of ``p / y``."),
    ("x = p << 2", "Shifted to the left by ``2``."),
    ("y += p", "Added to ``y``."),
    ("y %= p", "Used to take ``y`` modulo or to fill it in."),
    ('x = {"a": p}', 'Stored under the key ``"a"``.'),
    ("x = {p: 1}", "The key under which ``1`` is stored."),
    ("x = [p]", "Put into a collection."),
    ("return [p]", "Part of the f that is returned."),
    ("items = [p]", "Put into the items."),
    ("g([p])", "Put into a collection."),
    ('print(f"{p}")', "Shown in a text."),
    ("return p", "Given back as it is."),
    ("p = p.lower()\nreturn p", "Taken in lower case and given back in the end."),
    ("p.append(1)\nreturn p", "Appended to and given back in the end."),
    ("await p", "Awaited."),
    ("raise p", "P for the f."),
    ("yield p", "P for the f."),
    ("pass", "P that an implementation gets for f."),
    ("return locals()", "P for the f."),
    ("return [g(p) for p in q]", "P for the f."),
    ("return [p for p in p]", "Gone through one ``p`` at a time."),
    ("return {p: 1 for p in q}", "P for the f."),
    ("return lambda p: open(p)", "P for the f."),
    ("def g(p): return open(p)", "P for the f."),
    ("def g():\n    p = 1", "P for the f."),
    ("return lambda: p", "P for the f."),
    ("assert p", "P for the f."),
    ("while p: pass", "P for the f."),
    ("import p", "P for the f."),
    ('print("p")', "P for the f."),
    ("if p: frobnicate()", "Whether ``frobnicate`` is called."),
    ("x = p._a", "The source of the ``_a``."),
    ("collect(list_items([p]))", "Part of what ``list_items`` gets."),
    ("x = p is not False", "Checked for being other than ``False``."),
    ("x = p ** 2", "Raised to the power ``2``."),
    ("y -= p", "Subtracted from ``y``."),
    ("y @= p", "Multiplied as a matrix by ``y``."),
    ("self.x = p", "Assigned to ``x``."),
    ("x.y = g(p)", "The first argument of ``g``."),
    ("q.a[0].append(p)", "Appended to ``q.a[0]``."),
]


@pytest.mark.parametrize(("body", "text"), USES, ids=[body for body, _ in USES])
def test_a_use_is_told(body, text):
    assert parameter(function(body, "p, q")) == text


# The source, the path of the function, what is said of `p` (or its first parameter).
PLACES = [
    ("class C(B):\n    def f(self, p): return 1", "C.f", "P as ``B`` passes it to f, ignored here."),
    ("class C(object):\n    def f(self, p): return 1", "C.f", "P that callers of f hand over, without effect."),
    ("class C:\n    def f(self, p=1): return 1", "C.f", "P, accepted by f without effect."),
    ("class C:\n    def f(self, p): ...", "C.f", "P that an implementation of ``C`` gets for f."),
    ("class C:\n    def f(self, p): return vars()", "C.f", "P for the f."),
    (
        "class C:\n    def __exit__(self, kind, p, tb): self.close()",
        "C.__exit__",
        "The exception that ended the block, or ``None``.",
    ),
    ("class C:\n    def __init__(self, p): self.a = p", "C.__init__", "Kept by the c as ``a``."),
    (
        "class C:\n    def __init__(self, p): self.a = int(p)",
        "C.__init__",
        "Converted to an integer and kept as ``a``.",
    ),
    (
        "class C:\n    def __init__(self, p): self.a = wrapped(p)",
        "C.__init__",
        "Put through ``wrapped`` and kept as ``a``.",
    ),
    (
        "class C:\n    def __init__(self, p=None): self.a = p or []",
        "C.__init__",
        "Kept by the c as ``a``; ``[]`` if not given.",
    ),
    ("def f(p=None):\n    p = {} if p is None else p", "f", "``{}`` if not given."),
    ("def f(p=None):\n    if p is None: return 1", "f", "May be left out."),
    ("def f(p): return g(p)\ndef g(a): return open(a)", "f", "Opened as a file, by ``g``."),
    (
        "def f(p): return g(a=p)\ndef g(*, a): return a[0]",
        "f",
        "A sequence of which the first item is used, for ``g``.",
    ),
    ("def f(p): return g(p)\ndef g(count): return 1", "f", "The count for ``g``."),
    ("def f(p): return filter(p)\ndef filter(p): return 1", "f", "What the result is made from, by ``filter``."),
    ("def f(p, q): return g(*q, p)\ndef g(a, count): return open(a)", "f", "Passed on to ``g``."),
    ("def f(p: int, y): return p % y", "f", "Taken modulo ``y``."),
    ("def f(path): return path / 'a'", "f", "The start of a path, before ``'a'``."),
    ("def f(\n    p,  # what it is about\n): return p", "f", "What it is about."),
    ("def f(p=False):\n    while not p: g()", "f", "Whether p is wanted."),
    ("def f(show_page=False):\n    while show_page: g()", "f", "Whether to show page."),
]


@pytest.mark.parametrize(("source", "path", "text"), PLACES, ids=[source for source, _, _ in PLACES])
def test_where_a_parameter_stands_counts(source, path, text):
    names = [one.name for one in context(source, path).facts.parameters]
    name = "p" if "p" in names else names[0]
    assert parameter(source, name, path) == text


@pytest.mark.parametrize(
    ("parameters", "name", "text"),
    [
        ("*args", "*args", "Further arguments of f, ignored."),
        ("**options", "**options", "Further keyword arguments of f, ignored."),
    ],
)
def test_starred_parameters_that_are_not_used_are_called_ignored(parameters, name, text):
    assert parameter(function("return 1", parameters), name) == text


@pytest.mark.parametrize(
    "body",
    [
        "return locals()",
        "return eval('p')",
        "return f'{p!r:>{p}}'",
        "return lambda: p",
        "def g(): return p",
        "class C(p): pass",
        "@p\ndef g(): pass",
        "global q\nq = -p",
        "return p if 1 else 2",
        "match p:\n    case 1: return 2",
        "match 1:\n    case p.a: return 2",
        "return {**p}",
        "return [*p]",
        "del p",
        "async with p.q: pass",
        "return p.a.b.c",
        "raise ValueError from p",
        "return (yield p)",
        "print(*p)",
        "def g(a=p): pass",
        "x: p = 3",
        "return ~p",
        "lambda a=p: a",
    ],
)
def test_a_parameter_that_is_used_in_any_way_is_not_called_unused(body):
    text = parameter(function(body))
    assert "effect" not in text
    assert "ignored" not in text


# What stands for a name of 60 characters is too long to be shown: `{}`.
LONG = [
    ("if p: {}()", "P for the f."),
    ("x = {} if p else 3", "P for the f."),
    ("if p: raise {}()", "P for the f."),
    ("if p: {} = 3", "P for the f."),
    ("if p: return {}", "P for the f."),
    ("p[{}] = 1", "Filled in item by item."),
    ("x = {p: {}}", "Used as a key."),
    ("p({})", "Called."),
    ("p = {}", "P for the f."),
    ("{}.a = p", "P for the f."),
    ("x = p[{}]", "Indexed."),
    ("x = a < p < {}", "Checked to be in range."),
    ("x = p < {}", "P for the f."),
    ("x = p + {}", "P for the f."),
    ("{}(p)", "P for the f."),
]


@pytest.mark.parametrize(("body", "text"), LONG, ids=[body for body, _ in LONG])
def test_what_is_too_long_to_be_quoted_is_left_out(body, text):
    assert parameter(function(body.replace("{}", "x" * 60), "p, q")) == text


@pytest.mark.parametrize(
    ("source", "name", "text"),
    [
        ("def f(headers): g(headers=headers)", "headers", "The headers for ``g``."),
        ("def f(follow_links): g(follow_links=follow_links)", "follow_links", FOLLOWED),
        ("def f(cached): g(cached=cached)", "cached", "Passed on to ``g`` by the same name."),
        ("def f(size=True): g(size=size)", "size", "Passed on to ``g`` by the same name."),
        ("def f(is_root): g(is_root=is_root)", "is_root", "Passed on to ``g`` by the same name."),
        ("def f(in_place): g(in_place=in_place)", "in_place", "Passed on to ``g`` by the same name."),
        ("def f(no_cache): g(no_cache=no_cache)", "no_cache", "Passed on to ``g`` by the same name."),
        ("def f(strict): g(strict=strict)", "strict", "Passed on to ``g`` by the same name."),
        ("def f(format): return Bar(format=format)", "format", "The format of a new bar (``Bar``)."),
        ("def f(encoding): return Bar(encoding=encoding)", "encoding", "The encoding of a new bar (``Bar``)."),
        ("def f(table): g(table=table)", "table", "The table for ``g``."),
        ("def f(is_open=True): return Bar(is_open=is_open)", "is_open", "Whether a new bar (``Bar``) is open."),
        (
            "def f(read_only=True): return Bar(read_only=read_only)",
            "read_only",
            "What a new bar (``Bar``) gets as ``read_only``.",
        ),
        ("def f(strict): return Bar(strict=strict)", "strict", "What a new bar (``Bar``) gets as ``strict``."),
        ("def f(size): return Bar(size=size)", "size", "The size of a new bar (``Bar``)."),
        ("def f(cached=True): return Bar(cached=cached)", "cached", "Whether a new bar (``Bar``) is cached."),
        ("def f(show_eta=True): return Bar(show_eta=show_eta)", "show_eta", SHOWN),
        ("def f(atomic: bool): return Bar(atomic=atomic)", "atomic", "What a new bar (``Bar``) gets as ``atomic``."),
        (
            "def f(size):\n    progress = Bar(size=size)\n    progress.go()",
            "size",
            "The size of the progress (``Bar``).",
        ),
    ],
)
def test_a_keyword_of_the_same_name_is_what_the_callee_gets(source, name, text):
    assert parameter(source, name) == text


@pytest.mark.parametrize(
    ("calls", "callee", "text"),
    [
        (
            "self.g(p)",
            "def g(self, a): self.h(a)\n    def h(self, a): open(a)",
            "The first argument of ``g``, for the c.",
        ),
        ("self.g(1, p)", "def g(self, a): open(a)", "The second argument of ``g``, for the c."),
        ("self.g(p=p)", "def g(self, **p): open(p)", "Passed on to ``g`` by the same name."),
        ("self.{}(p)".format("x" * 60), "def {}(self, a): open(a)".format("x" * 60), "Opened as a file."),
    ],
)
def test_a_call_is_followed_once_to_the_parameter_that_it_fills(calls, callee, text):
    assert parameter(f"class C:\n    def f(self, p): {calls}\n    {callee}\n", "p", "C.f") == text


def test_what_methods_do_with_an_attribute_is_said_of_the_parameter_that_is_kept_in_it():
    source = "class C:\n    def __init__(self, p): self.a = p\n    def g(self): return self.a.read()\n"
    assert parameter(source, "p", "C") == "Read from and kept by the c as ``a``."


def test_the_function_of_a_module_is_no_method_of_an_object():
    assert "ooked up" not in parameter("import requests\ndef f(p): requests.get(p)\n")
