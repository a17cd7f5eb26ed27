"""What is written about results: each kind of expression, and names that stand for more than one thing."""

import pytest
from described import function, returned, yielded

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
    ("names = sorted(p)\nnames.append(1)\nreturn names", "The names."),
    ("names = []\nfor x in p: names.append(x)\nreturn names", "The names that are gathered from ``p``."),
    ("names = []\nfor x in p: print(x)\nreturn names", "The names."),
    (
        "names = []\nfor x in p: print(x)\nfor y in q: names.append(y)\nreturn names",
        "The names that are gathered from ``q``.",
    ),
    (
        "names = []\nfor x in p:\n    for y in x: names.append(y)\nreturn names",
        "The names that are gathered from ``p``.",
    ),
    ("names = []\nfor x in p: names.append(x)\nfor x in q: names.append(x)\nreturn names", "The names."),
    ('text = ""\nfor x in p: text += x\nreturn text', "The text that is gathered from ``p``."),
    ("found = {}\nfor x in p: found[x] = 1\nreturn found", "The found that is gathered from ``p``."),
    ("for name in p:\n    if name: return name", "The name."),
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
