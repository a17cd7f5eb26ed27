"""What is written about results: each kind of expression, and names that stand for more than one thing."""

import pytest
from described import context, function, returned, yielded

# (the body of `f(p, q=None)`, what is said of its result)
RETURNED = [
    ("return p", "``p`` itself."),
    ("return None", "Always ``None``."),
    ("return True", "Always ``True``."),
    ("if p: return True", "``True`` where anything is returned."),
    ("if p: return True\nreturn", "``True`` where anything is returned."),
    ("if p: return True\nelse: return True", "Always ``True``."),
    ("if p: return True\nraise ValueError", "Always ``True``."),
    ("if p: return True\nreturn False", "Whether f holds."),
    ("if p: return 1\nreturn None", "``1``, or ``None``."),
    (
        "if p == 1: return 1\nif p == 2: return 2\nif p == 3: return 3\nreturn 4",
        "``1``, ``2``, ``3`` or another value.",
    ),
    ("return p, q", "A tuple of ``p`` and ``q``."),
    ("return ()", "An empty tuple."),
    ("return (*p, 1)", "A tuple of ``*p`` and ``1``."),
    ("return []", "An empty list."),
    ("return [1, 2]", "``[1, 2]``."),
    ("return {}", "An empty dictionary."),
    ('return {"a": 1}', "A dictionary with ``'a'``."),
    ('return {**p, "a": 1}', "A dictionary."),
    ("return len(p)", "The number of items in ``p``."),
    ("return max(p, q)", "The largest of ``p`` and ``q``."),
    ("return max(p)", "The largest of ``p``."),
    ("return iter(p, q)", "The outcome of iterating over with ``iter(p, q)``."),
    ("return p.strip()", "``p`` without surrounding white space."),
    ('return p.strip("x")', "The outcome of stripping with ``p.strip('x')``."),
    ("return p.get(q)", "The entry of ``p`` for ``q``."),
    ("return re.split(p, q)", "The outcome of splitting with ``re.split(p, q)``."),
    ("return Tag(p)", "A new ``Tag`` for ``p``."),
    ("return parse_header(p)", "The header, parsed by ``parse_header(p)``."),
    ("return is_valid(p)", "Whether it is valid, by ``is_valid(p)``."),
    ("return p[0]", "The first item of ``p``."),
    ("return p[1:]", "A part of ``p``."),
    ('return p["a"]', "The entry of ``p`` at ``'a'``."),
    ("return p.name", "The name of ``p``."),
    ("return p < 3", "Whether ``p`` is less than ``3``."),
    ("return not p", "Whether ``p`` is not set."),
    ("return p or q", "``p``, or where that is empty ``q``."),
    ("return p and q", "``p and q``."),
    ("return p if q else 3", "``p`` if ``q`` is set, else ``3``."),
    ("return [x for x in p]", "A list of the items of ``p``."),
    ("return [x for x in p if x]", "A list of the items of ``p`` that pass a test."),
    ("return [x + 1 for x in p]", "A list with ``x + 1`` for each ``x`` in ``p``."),
    ("return [y for x in p for y in x]", "A list made from what is in ``p``."),
    ("return {k: v for k, v in p}", "The f, as a dictionary."),
    ("return p + q", "The f, ``p + q``."),
    ("return p - q", "The difference ``p - q``."),
    ("return p / q", "``p / q``."),
    ("return p / 2", "The quotient ``p / 2``."),
    ('return p / "a"', "The path ``p / 'a'``."),
    ("return p % q", "``p % q``."),
    ("return p % 2", "The remainder ``p % 2``."),
    ('return "%s" % p', "The text ``'%s' % p``."),
    ("return p | q", "``p | q``."),
    ("return p | 1", "The combined bits ``p | 1``."),
    ('return "a" + p', "The text ``'a' + p``."),
    ('return f"{p}"', "The text ``f'{p}'``."),
    ('return "abc"', "``'abc'``."),
    ("return NotImplemented", "``NotImplemented``."),
    ("return await g(p)", "What ``g(p)`` returns."),
    ("return lambda: p", "A function."),
    ("n = len(p)\nreturn n", "The number of items in ``p``."),
    ("n = len(p)\nn += 1\nreturn n", "The f."),
    ("names = sorted(p)\nnames.append(1)\nreturn names", "The names for ``p``."),
    ("names = []\nfor x in p: names.append(x)\nreturn names", "The names that are gathered from ``p``."),
    ("names = []\nfor x in p: print(x)\nreturn names", "The names for ``p``."),
    (
        "names = []\nfor x in p: print(x)\nfor y in q: names.append(y)\nreturn names",
        "The names that are gathered from ``q``.",
    ),
    (
        "names = []\nfor x in p:\n    for y in x: names.append(y)\nreturn names",
        "The names that are gathered from ``p``.",
    ),
    ("names = []\nfor x in p: names.append(x)\nfor x in q: names.append(x)\nreturn names", "The names for ``p``."),
    ('text = ""\nfor x in p: text += x\nreturn text', "The text that is gathered from ``p``."),
    ("found = {}\nfor x in p: found[x] = 1\nreturn found", "The found that is gathered from ``p``."),
    ("for name in p:\n    if name: return name", "The name for ``p``."),
    ("a, b = p\nreturn a", "The f."),
    ("p = p.strip()\nreturn p", "``p`` as ``p.strip`` leaves it."),
    ("p = make(q)\nreturn p", "``p``, as it is in the end."),
    ("p = q\nreturn p", "``p``, as it is in the end."),
    ("if q: p = int(p)\nreturn p", "``p``, as it is in the end."),
    ("p += 1\nreturn p", "``p``, as it is in the end."),
    ("while q: p, q = q, p\nreturn p", "``p``, as it is in the end."),
    ("p.append(1)\nreturn p", "``p``, changed in place."),
    ("with p as q: return q", "``q``, as it is in the end."),
    ("def g(): return 3\nreturn 4", "``4``."),
    ("return p ** 2 @ q", "The matrix product ``p ** 2 @ q``."),
]
YIELDED = [
    ("yield p", "``p`` itself."),
    ("yield", "Control, without a value."),
    ("yield from p", "Each item of ``p``."),
    ("yield from g(p)", "Each item of ``g(p)``."),
    ("x = yield p", "``p`` itself."),
    ("for name in p: yield name", "Each name."),
    ("yield 1\nyield 2\nyield 3\nyield 4", "``1``, ``2``, ``3`` or another value."),
]


@pytest.mark.parametrize(("body", "text"), RETURNED, ids=[body for body, _ in RETURNED])
def test_a_result_is_told(body, text):
    assert returned(function(body, "p, q=None")) == text


@pytest.mark.parametrize(("body", "text"), YIELDED, ids=[body for body, _ in YIELDED])
def test_what_is_yielded_is_told(body, text):
    assert yielded(function(body, "p, q=None")) == text


# The source, the path of the function, what is said of its result.
NAMED = [
    ("def is_open(p):\n    if p: return True\n    return False", "is_open", "Whether it is open."),
    (
        "def check_names(p):\n    if p: return True\n    return False",
        "check_names",
        "``True`` if the names were checked, else ``False``.",
    ),
    ("def check(p):\n    if p: return True\n    return False", "check", "``True`` if it was checked, else ``False``."),
    ("def f(p):\n    if p: return True\n    return None", "f", "``True``, or ``None`` otherwise."),
    ("class C:\n    def is_open(self) -> bool: ...", "C.is_open", "Whether it is open, as an implementation decides."),
    (
        "class C:\n    def get_name(self) -> str: ...",
        "C.get_name",
        "The name that an implementation gives, of type ``str``.",
    ),
    ("class C:\n    def get_name(self): ...", "C.get_name", "The name that an implementation gives."),
    ("class C:\n    def open(self) -> bool: ...", "C.open", "Whether open holds, as an implementation decides."),
    ("def get_names(p): return build(" + "p, " * 60 + ")", "get_names", "The names."),
    ("def get_names(p): return {**" + "p" * 170 + "}", "get_names", "The names."),
    ("def get_names(p): return [" + "p, " * 70 + "]", "get_names", "The names."),
    ("def get_names(p): return (lambda: 3)(" + "p, " * 70 + ")", "get_names", "The names."),
    ("def get_names(p): return p(" + "1, " * 70 + ")", "get_names", "The names."),
    ("def get_names(p): return " + "p + " * 19 + "p", "get_names", "The names, computed."),
    ("def f(p): return " + "p + " * 19 + "p", "f", "The f, computed."),
    ("class Node:\n    def add(self): return self", "Node.add", "The node itself, so that calls can be chained."),
    ("class Node:\n    @classmethod\n    def make(cls): return cls()", "Node.make", "A new instance of the class."),
    ("class Node:\n    @classmethod\n    def make(cls): return cls", "Node.make", "The class itself."),
    ("class Node:\n    def f(self): return self.name", "Node.f", "The ``name`` of the node."),
    (
        "class Node:\n    def f(self): return self.file_names",
        "Node.f",
        "The file names that are kept in ``file_names``.",
    ),
    (
        "class Node:\n    def f(self): return self.g()\n    def g(self): return self.file_names",
        "Node.f",
        "The file names that are kept in ``file_names``, through ``g()``.",
    ),
    (
        "class Node:\n    def f(self): return self.g(3)\n    def g(self, a): return a",
        "Node.f",
        "What ``g(3)`` returns.",
    ),
    ("class Node:\n    def f(self): return Node()", "Node.f", "A new ``Node``."),
    ("def sort(p, q):\n    out = g(p, q)\n    return out", "sort", "What ``g(p, q)`` returns."),
    ("def sort(p):\n    result = []\n    result = g(p)\n    return result", "sort", "The outcome of sorting ``p``."),
    ("def sort():\n    result = []\n    result = g(p)\n    return result", "sort", "The outcome of sorting."),
    ("def sort_names(p):\n    result = []\n    result = g(p)\n    return result", "sort_names", "The names, sorted."),
    ("def get_names(p):\n    result = []\n    result = g(p)\n    return result", "get_names", "The names."),
    (
        "def f(p):\n    result = []\n    for x in p: result.append(x)\n    return result",
        "f",
        "What is gathered from ``p``.",
    ),
    ("def f(p):\n    size = len(p)\n    return size", "f", "The size, the number of items in ``p``."),
    ("def f(p):\n    names = sorted(p)\n    return names", "f", "The names, the items of ``p`` in sorted order."),
    ("def f(p): return load_names(p)", "f", "The names from ``load_names(p)``."),
    ("def f(p): return getsize(p)", "f", "The outcome of getsizing with ``getsize(p)``."),
    ("def f(p): return find_by_name(p)", "f", "What ``find_by_name(p)`` returns."),
    ("def f(p): return open_file(p)", "f", "The file, opened by ``open_file(p)``."),
    ("def f(p): return x[p]", "f", "The entry of ``x`` at ``p``."),
    ("def f(p): return " + "x" * 60 + "[p]", "f", "The f."),
    ("def f(p): return [" + "p" * 60 + " for x in y]", "f", "A list made from the items of ``y``."),
    ("def f(p): return [g(x) for x in " + "p" * 60 + "]", "f", "A list with ``g(x)`` for each item."),
    ("def f(p): return {1, 2}", "f", "``{1, 2}``."),
    ("def f(p): return {x for x in p}", "f", "A set of the items of ``p``."),
    ("def f(p): return (x for x in p)", "f", "A generator of the items of ``p``."),
    ("def f(p): return p.name, p.kind", "f", "The name and kind as a tuple."),
    ("def f(name, kind): return name, kind", "f", "The name and kind as a tuple."),
    ("def f(p): return 1, 2, 3, 4, 5, 6", "f", "A tuple of 6 items."),
    ("def f(p): return {1: 2, 3: 4, 5: 6, 7: 8, 9: 10, 11: 12}", "f", "A dictionary of 6 entries."),
    ("def f(p): return p < 1 and p > 0", "f", "Whether ``p`` is less than ``1`` and ``p`` is positive."),
    ("def f(p): return -p", "f", "``-p``."),
    ("def f(p): return '" + "x y " * 30 + "'", "f", "A fixed text."),
    ("def f(p): return '" + "x y " * 12 + "%s' % p", "f", "The text ``'" + "x y " * 12 + "%s' % p``."),
    ("def f(p): return '" + "x y " * 12 + "' + p", "f", "The text ``'" + "x y " * 12 + "' + p``."),
    ("def f(p): return p / '" + "x y " * 14 + "'", "f", "A path put together from parts."),
    ("def max(p): return 3\ndef f(p): return max(p)", "f", "``3``, through ``max(p)``."),
    (
        "from contextlib import contextmanager\n@contextmanager\ndef f(p):\n    yield p",
        "f",
        "``p`` itself, for the time of the block.",
    ),
    (
        "from contextlib import contextmanager\n@contextmanager\ndef f(p):\n    yield",
        "f",
        "Nothing; the block runs between setting up and cleaning up.",
    ),
    ("DEFAULT = 1\ndef f(p): return DEFAULT", "f", "``DEFAULT``."),
    ("QR = 1\ndef f(p):\n    QR = p * 2\n    return QR", "f", "The product ``p * 2``."),
    ("def f(p, typing): return typing.cast(str, p)", "f", "The outcome of casting with ``typing.cast(str, p)``."),
    ("def read_as_text(p):\n    ret = {}\n    ret[p] = 1\n    return ret", "read_as_text", "The text, read."),
    ("def f(p):\n    QR = p * 2\n    return QR", "f", "The product ``p * 2``."),
    ("import typing\ndef f(p): return typing.cast(str, p)", "f", "``p`` itself."),
    ("import typing\ndef f(p): return typing.cast(str, *p)", "f", "``typing.cast(str, *p)``."),
    (
        "from ctypes import cast\ndef f(p): return cast(p, Pointer)",
        "f",
        "The outcome of casting with ``cast(p, Pointer)``.",
    ),
    (
        "def find_by_name(rows, name):\n    for row in rows:\n        pass\n    result = row\n    return result",
        "find_by_name",
        "The row for ``rows``.",
    ),
    (
        "def load_from_file(path):\n    ret = {}\n    ret[path] = 1\n    return ret",
        "load_from_file",
        "The outcome of loading ``path``.",
    ),
    ("def to_dict(p):\n    ret = {}\n    ret[p] = 1\n    return ret", "to_dict", "The dictionary."),
    ("def by_name(rows):\n    ret = {}\n    ret[rows] = 1\n    return ret", "by_name", "The outcome for ``rows``."),
    ("def f(p): return stat.S_ISLNK(p)", "f", "What ``stat.S_ISLNK(p)`` returns."),
    ("def f(p): return handle_error(p)", "f", "What ``handle_error(p)`` returns."),
    ("def f(p): return f'{p} " + "x y " * 14 + "{p.a}'", "f", "A text with ``p`` and ``p.a`` filled in."),
    ("def f(p): return f'" + "{" + "p" * 60 + "}'", "f", "A text with values filled in."),
    ("def f(p):\n    yield from " + "p" * 60 + "", "f", "The items of another iterator."),
    ("def f(p):\n    yield " + "-p" * 100 + "", "f", "The next item."),
]


@pytest.mark.parametrize(("source", "path", "text"), NAMED, ids=[source[:60] for source, _, _ in NAMED])
def test_the_name_of_a_function_tells_where_its_expressions_do_not(source, path, text):
    is_generator = context(source, path).facts.is_generator
    assert (yielded if is_generator else returned)(source, path) == text


# What stands for a long name, `{}`, is too long to be shown.
LONG = [
    ("return {}.size < 3", "Whether ``size`` is less than ``3``."),
    ("return {} < 3", "Whether a comparison holds."),
    ("return not {}.size", "Whether ``xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.size`` is not set."),
    ("return {}.a or 3", "The f."),
    (
        "return 3 if {} else 4",
        "``3`` if ``xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`` is set, else ``4``.",
    ),
    (
        "if p == 1: return {}\nreturn 3",
        "The xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx for ``p`` or ``3``.",
    ),
    ("return {}(p)", "The f."),
    ("return {}.a", "The f."),
    ("return {}, 1", "A tuple of 2 items."),
    ("return p[{}]", "The f."),
    ("return await {}", "The xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx."),
    ("return lambda x: {}", "A function."),
    ("return max(p, key={})", "The largest of ``p``."),
]


@pytest.mark.parametrize(("body", "text"), LONG, ids=[body for body, _ in LONG])
def test_what_is_too_long_to_be_quoted_is_left_out(body, text):
    assert returned(function(body.replace("{}", "x" * 60))) == text
