"""What a slice has, and what it has not: the statements that one field's text depends on."""

from glossator.syntax.document import Document
from glossator.syntax.slices import Slices
from glossator.syntax.symbols import Outline


def slices(source, path="f"):
    return Slices(Outline(Document("a.py", source.encode())).entries[path])


REFINED = "def f(a):\n    b = start(a)\n    if a:\n        return b\n    b = refine(b)\n    return b\n"
REFINED_FIRST = "def f(a):\n    b = start(a)\n    b = refine(b)\n    if a:\n        return b\n    return b\n"
CHOSEN = "def f(a):\n    if {}:\n        b = 1\n    else:\n        b = 2\n    return b\n"


def test_what_is_returned_depends_on_what_its_locals_are_by_then():
    assert slices(REFINED).returned() != slices(REFINED_FIRST).returned()


def test_what_is_returned_depends_on_what_decides_about_its_locals():
    assert slices(CHOSEN.format("a")).returned() != slices(CHOSEN.format("not a")).returned()


def test_statements_that_a_result_has_nothing_of_do_not_count_for_it():
    assert slices(REFINED).returned() == slices(REFINED.replace("    if", "    show(1)\n    if")).returned()


WRAPPED = "def f(g):\n    @wraps(g)\n    def inner(*given):\n        return g(*given) + 1\n    return inner\n"
SEEING = "def f(a):\n    b = eval(a)\n    c = b + 1\n    return c\n"


def test_of_a_function_that_is_returned_all_counts():
    for old, new in (("+ 1", "+ 2"), ("*given", "given"), ("wraps(g)", "cached")):
        assert slices(WRAPPED).returned() != slices(WRAPPED.replace(old, new)).returned(), old


def test_locals_count_for_a_result_where_code_can_see_them_too():
    assert slices(SEEING).returned() != slices(SEEING.replace("+ 1", "+ 2")).returned()


ELIF = """\
def f(a, b, c):
    if a:
        g(b)
    elif b:
        return c
    elif c:
        raise E(b)
    else:
        yield c
    return b
"""
ELSE_IF = """\
def f(a, b, c):
    if a:
        g(b)
    else:
        if b:
            return c
        else:
            if c:
                raise E(b)
            else:
                yield c
    return b
"""


def test_elif_and_an_if_behind_else_are_the_same():
    one, other = slices(ELIF), slices(ELSE_IF)
    for name in "abc":
        assert one.parameter(name) == other.parameter(name), name
    assert (one.returned(), one.yielded(), one.raised("E")) == (other.returned(), other.yielded(), other.raised("E"))


def test_the_condition_of_an_elif_is_a_statement_of_its_own():
    assert slices(ELIF).parameter("c") == slices(ELIF.replace("if a:", "if not a:")).parameter("c")
    assert slices(ELIF).raised("E") != slices(ELIF.replace("elif b:", "elif not b:")).raised("E")
