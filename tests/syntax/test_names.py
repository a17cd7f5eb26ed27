"""Which definition a name in the text means."""

from __future__ import annotations

import pytest

from glossator.syntax.document import Document
from glossator.syntax.names import definition_at
from glossator.syntax.symbols import Outline

CASES = {
    # the cursor stands at ‸; the path that is expected, "" for none
    "a definition's name": ("def f‸oo(a): return a\n", "foo"),
    "the end of a name": ("def foo‸(a): return a\n", "foo"),
    "the keyword": ("d‸ef foo(a):\n    return a\n", "foo"),
    "a parameter": ("def foo(a‸b):\n    return ab\n", "foo"),
    "a body": ("def foo(a):\n    return ‸12\n", ""),
    "a call": ("def foo(): ...\n\n\nx = f‸oo()\n", "foo"),
    "a class as a value": ("class C:\n    x = 1\n\n\ny = [‸C]\n", "C"),
    "a method by self": ("class C:\n    def a(self): ...\n    def b(self):\n        return self.‸a()\n", "C.a"),
    "a method by its class": ("class C:\n    def a(self): ...\n\n\nC.‸a\n", "C.a"),
    "a method of something": ("class C:\n    def a(self): ...\n\n\nx.‸a\n", ""),
    "self outside of a class": ("def f(self):\n    return self.‸f\n", ""),
    "a keyword argument": ("def a(): ...\n\n\ng(‸a=1)\n", ""),
    "a parameter of that name": ("def a(): ...\n\n\ndef g(a):\n    return ‸a\n", ""),
    "a variable of that name": ("def a(): ...\n\n\ndef g():\n    a = 1\n    return ‸a\n", ""),
    "a loop's variable": ("def a(): ...\n\n\ndef g(x):\n    for a in x:\n        print(‸a)\n", ""),
    "an import of that name": ("def a(): ...\n\n\ndef g():\n    import a\n    return ‸a\n", ""),
    "an inner function": ("def a(): ...\n\n\ndef g():\n    def a(): ...\n    return ‸a\n", ""),
    "a lambda's parameter": ("def a(): ...\n\n\nx = lambda a: ‸a\n", ""),
    "a comprehension's": ("def a(): ...\n\n\ndef g(x):\n    return [‸a for a in x]\n", ""),
    "a name defined twice": ("def a(): ...\ndef a(): ...\n\n\nx = ‸a\n", ""),
    "a use in a function": ("def a(): ...\n\n\ndef g(x):\n    return ‸a(x)\n", "a"),
    "a string": ("def a(): ...\n\n\nx = '‸a'\n", ""),
    "a comment": ("def a(): ...\n\n\n# ‸a\n", ""),
    "an unknown name": ("x = ‸a\n", ""),
    "an empty text": ("‸", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_a_name_means(case):
    marked, path = CASES[case]
    offset = len(marked[: marked.index("‸")].encode())
    found = definition_at(Outline(Document.open("file:///a.py", marked.replace("‸", ""), 1)), offset)
    assert (found.symbol.path if found else "") == path
