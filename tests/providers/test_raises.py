"""What is written about exceptions: which leave, under which guard, and which are caught inside."""

import pytest
from described import function, raised

# (the body of `f(p, q=None)`, what is said of each exception that leaves it)
RAISED = [
    ("raise ValueError", {"ValueError": "On every call."}),
    ("raise ValueError()", {"ValueError": "On every call."}),
    ("if p: raise ValueError", {"ValueError": "If ``p`` is set."}),
    ("if not p: raise ValueError", {"ValueError": "If ``p`` is not set."}),
    ("if p < 0: raise ValueError", {"ValueError": "If ``p`` is negative."}),
    ("if p: pass\nelse: raise ValueError", {"ValueError": "If ``p`` is not set."}),
    ("if p: pass\nelif q: raise ValueError", {"ValueError": "If ``q`` is set."}),
    ("if p: pass\nelif q: pass\nelse: raise ValueError", {"ValueError": "If none of the conditions before holds."}),
    ("if p: return 1\nraise ValueError", {"ValueError": "If ``p`` is not set."}),
    ("if p:\n    return 1  # why\nraise ValueError", {"ValueError": "If ``p`` is not set."}),
    ("if p: return 1\nelse: q()\nraise ValueError", {"ValueError": "At the end, when ``q`` has not led elsewhere."}),
    ("if p: q()\nraise ValueError", {"ValueError": "On every call."}),
    ("if p: return\nx = 1\nraise ValueError", {"ValueError": "When nothing was returned before."}),
    ("while p: raise ValueError", {"ValueError": "If the call gets as far as its ``raise``."}),
    ("for x in p: raise ValueError", {"ValueError": "If the call gets as far as its ``raise``."}),
    ("for x in p:\n    if x: return x\nraise ValueError", {"ValueError": "If no ``x`` in ``p`` fits."}),
    ("for x in p:\n    if x: break\nraise ValueError", {"ValueError": "On every call."}),
    ("for x in p: print(x)\nraise ValueError", {"ValueError": "On every call."}),
    (
        "for x in p:\n    if x: return x\nelse: q()\nraise ValueError",
        {"ValueError": "At the end, when ``q`` has not led elsewhere."},
    ),
    (
        "for x in p:\n    if x: break\nelse: raise ValueError",
        {"ValueError": "If the call gets as far as its ``raise``."},
    ),
    (
        "match p:\n    case 1: raise ValueError\n    case _: raise KeyError",
        {"ValueError": "If ``p`` matches ``1``.", "KeyError": "If ``p`` matches no case."},
    ),
    ("match p:\n    case _ if q: raise ValueError", {"ValueError": "If ``q`` is set."}),
    ("try: return p[0]\nexcept KeyError: raise ValueError", {"ValueError": "If ``p[0]`` fails with ``KeyError``."}),
    ("try: g(p)\nexcept KeyError: raise", {"KeyError": "If ``g(p)`` raises it."}),
    ("try: g(p)\nexcept KeyError as e: raise e", {"KeyError": "If ``g(p)`` raises it."}),
    ("try: g(p)\nexcept KeyError as e:\n    e = q\n    raise e", {}),
    ("try: g(p)\nexcept: raise ValueError", {"ValueError": "If ``g(p)`` fails."}),
    (
        "try: g(p)\nexcept (KeyError, OSError): raise",
        {"KeyError": "If ``g(p)`` raises it.", "OSError": "If ``g(p)`` raises it."},
    ),
    ("try: g(p)\nexcept KeyError:\n    if q: raise", {"KeyError": "If ``g(p)`` raises it and ``q`` is set."}),
    ("try: raise ValueError\nexcept ValueError: pass", {}),
    ("try: raise ValueError\nexcept Exception: pass", {}),
    ("try: raise SystemExit\nexcept Exception: pass", {"SystemExit": "If the call gets as far as its ``raise``."}),
    ("try: raise ValueError\nexcept KeyError: pass", {"ValueError": "If the call gets as far as its ``raise``."}),
    ("try: raise KeyError\nexcept LookupError: pass", {}),
    ("try: raise ValueError\nexcept ValueError: raise", {"ValueError": "If it occurs during the f."}),
    (
        "try: g(p)\nexcept KeyError: pass\nelse: raise ValueError",
        {"ValueError": "If the call gets as far as its ``raise``."},
    ),
    ("try: g(p)\nfinally: raise ValueError", {"ValueError": "If the call gets as far as its ``raise``."}),
    ("with suppress(ValueError): raise ValueError", {}),
    ("with suppress(KeyError), q: raise ValueError", {"ValueError": "If the call gets as far as its ``raise``."}),
    ("def g(): raise ValueError", {}),
    ("g = lambda: fail(ValueError)", {}),
    ('error = ValueError("a")\nraise error', {}),
    (
        "try:\n    g(p)\n    h(p)\nexcept KeyError: pass\nelse: raise ValueError",
        {"ValueError": "If the call gets as far as its ``raise``."},
    ),
    ('raise ValueError("the name is bad. Try `b`")', {"ValueError": 'With the message "the name is bad…".'}),
    ('raise ValueError("use no name, e.g. `A` or `B`")', {"ValueError": "On every call."}),
    ('raise ValueError("pass neither: `a` or `b`")', {"ValueError": "On every call."}),
    ('raise ValueError("' + "xa ya " * 30 + '")', {"ValueError": "On every call."}),
    ("raise p", {}),
    ("raise make_error(p)", {}),
    ("raise socket.timeout", {}),
    ('raise socket.timeout("late")', {"socket.timeout": "On every call."}),
    ("raise errors[p]", {}),
    ("raise NotImplementedError", {"NotImplementedError": "On every call."}),
    ("raise StopIteration", {"StopIteration": "When there are no more items."}),
    ('raise ValueError("the name is bad")', {"ValueError": 'With the message "the name is bad".'}),
    ('raise ValueError(f"the name {p} is bad")', {"ValueError": 'With the message "the name … is bad".'}),
    ('raise ValueError("the name %s is bad" % p)', {"ValueError": 'With the message "the name … is bad".'}),
    ('if p:\n    raise ValueError("the name is bad")', {"ValueError": "If ``p`` is set."}),
    ("yield 1\nraise ValueError", {"ValueError": "When nothing was returned before."}),
    (
        "if p < 0: raise ValueError\nif p > 9: raise ValueError",
        {"ValueError": "If ``p`` is negative or if ``p`` is greater than ``9``."},
    ),
    ("raise a.b.CustomError(p)", {"a.b.CustomError": "On every call."}),
    ("print(p)\nreturn\nraise ValueError", {"ValueError": "At the end, when ``print`` has not led elsewhere."}),
    ("if p: raise\\n", {}),
    ("try: g(p)\nexcept KeyError:\n    g()\n    raise", {"KeyError": "If ``g(p)`` raises it."}),
    ("try:\n    x = g(p)\n    h(x)\nexcept KeyError:\n    raise", {"KeyError": "If it occurs during the f."}),
    ("try:\n    x = g(p)\n    h(x)\nexcept KeyError:\n    if q: raise", {"KeyError": "If it occurs and ``q`` is set."}),
    ("try:\n    x = g(p)\n    h(x)\nexcept KeyError: raise ValueError", {"ValueError": "If ``KeyError`` occurs."}),
    ("try:\n    x = g(p)\n    h(x)\nexcept: raise ValueError", {"ValueError": "If an exception occurs."}),
    (
        "try:\n    g(p)\n    h(p)\nexcept KeyError: raise KeyError('the name is bad')",
        {"KeyError": 'With the message "the name is bad".'},
    ),
    (
        "for x in " + "p" * 60 + ":\n    if x: return x\nraise ValueError",
        {"ValueError": "If the call gets as far as its ``raise``."},
    ),
    (
        "if p < 1: raise ValueError\nif p > "
        + "q" * 50
        + ": raise ValueError\nif p == "
        + "q" * 50
        + ": raise ValueError",
        {"ValueError": "If ``p`` is less than ``1``."},
    ),
    ("raise StopAsyncIteration", {"StopAsyncIteration": "When there are no more items."}),
    ("raise CustomError('x')", {"CustomError": "On every call."}),
    ("raise ValueError('a `b` and c')", {"ValueError": "On every call."}),
    ("try: g(p)\nexcept* KeyError: raise ValueError", {"ValueError": "If ``g(p)`` fails with ``KeyError``."}),
    ("with pytest.raises(ValueError): raise ValueError", {}),
    ("try: raise errors.Bad(p)\nexcept errors.Bad: pass", {}),
    ("async with g() as h: raise ValueError", {"ValueError": "If the call gets as far as its ``raise``."}),
    (
        "match p:\n    case " + "q" * 60 + ".x: raise ValueError",
        {"ValueError": "If the call gets as far as its ``raise``."},
    ),
    ("match p:\n    case [a, b]: raise ValueError", {"ValueError": "If ``p`` matches ``[a, b]``."}),
]


@pytest.mark.parametrize(("body", "texts"), RAISED, ids=[body for body, _ in RAISED])
def test_an_exception_is_told_with_its_guard(body, texts):
    assert raised(function(body, "p, q=None")) == texts


NAMED = [
    (
        "class C:\n    def load_page(self): raise NotImplementedError",
        "C.load_page",
        {"NotImplementedError": "Always, until a subclass defines how to load the page."},
    ),
    (
        "class C:\n    def f(self): raise NotImplementedError",
        "C.f",
        {"NotImplementedError": "Always, until a subclass defines f."},
    ),
    (
        "def load_page(p):\n    try:\n        x = 1\n        g(x)\n    except KeyError:\n        raise",
        "load_page",
        {"KeyError": "If it occurs while loading the page."},
    ),
]


@pytest.mark.parametrize(("source", "path", "texts"), NAMED, ids=[source for source, _, _ in NAMED])
def test_the_name_of_a_function_tells_where_its_guards_do_not(source, path, texts):
    assert raised(source, path) == texts
