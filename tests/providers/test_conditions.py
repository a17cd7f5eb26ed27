"""Conditions in English: every form, each with its negation, and what is quoted because it has no form."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossator.providers.embedded.conditions import condition, is_quotable

ONE_OF_THREE = "``p`` is not set, ``q`` is not set or ``1`` is at least ``r``"
# (source, the clause after "if", the clause of its negation)
CLAUSES = [
    ("p", "``p`` is set", "``p`` is not set"),
    ("names", "``names`` is not empty", "``names`` is empty"),
    ("has_errors", "``has_errors`` is set", "``has_errors`` is not set"),
    ("self.names", "``names`` is not empty", "``names`` is empty"),
    ("p[0]", "``p[0]`` is set", "``p[0]`` is not set"),
    ("not p", "``p`` is not set", "``p`` is set"),
    ("not not p", "``p`` is set", "``p`` is not set"),
    ("(q := p)", "``p`` is set", "``p`` is not set"),
    ("p < q", "``p`` is less than ``q``", "``p`` is at least ``q``"),
    ("p <= q", "``p`` is at most ``q``", "``p`` is greater than ``q``"),
    ("p > q", "``p`` is greater than ``q``", "``p`` is at most ``q``"),
    ("p >= q", "``p`` is at least ``q``", "``p`` is less than ``q``"),
    ("p == q", "``p`` equals ``q``", "``p`` differs from ``q``"),
    ("p != q", "``p`` differs from ``q``", "``p`` equals ``q``"),
    ("p is q", "``p`` is ``q``", "``p`` is not ``q``"),
    ("p is not q", "``p`` is not ``q``", "``p`` is ``q``"),
    ("p in q", "``p`` is in ``q``", "``p`` is not in ``q``"),
    ("p not in q", "``p`` is not in ``q``", "``p`` is in ``q``"),
    ("p < 0", "``p`` is negative", "``p`` is not negative"),
    ("p <= 0", "``p`` is not positive", "``p`` is positive"),
    ("p > 0", "``p`` is positive", "``p`` is not positive"),
    ("p >= 0", "``p`` is not negative", "``p`` is negative"),
    ("p == 0", "``p`` is zero", "``p`` is not zero"),
    ("p == False", "``p`` equals ``False``", "``p`` differs from ``False``"),
    ("p is None", "``p`` is ``None``", "``p`` is not ``None``"),
    ("p != None", "``p`` is not ``None``", "``p`` is ``None``"),
    ("p == ''", "``p`` is empty", "``p`` is not empty"),
    ("p != b''", "``p`` is not empty", "``p`` is empty"),
    ("0 < p < 9", "``0 < p < 9`` holds", "``0 < p < 9`` does not hold"),
    ("p in (1, 2)", "``p`` is ``1`` or ``2``", "``p`` is neither ``1`` nor ``2``"),
    ("p not in [1, 2, 3]", "``p`` is none of ``1``, ``2`` and ``3``", "``p`` is ``1``, ``2`` or ``3``"),
    ("p in (*q, 1)", "``p`` is in ``(*q, 1)``", "``p`` is not in ``(*q, 1)``"),
    ("p in (1,)", "``p`` is in ``(1,)``", "``p`` is not in ``(1,)``"),
    ("'a' in p", "``p`` contains ``'a'``", "``p`` does not contain ``'a'``"),
    ("len(p) == 0", "``p`` is empty", "``p`` is not empty"),
    ("len(p) < 1", "``p`` is empty", "``p`` is not empty"),
    ("len(p) > 0", "``p`` is not empty", "``p`` is empty"),
    ("len(p) != 1", "``p`` does not have ``1`` item", "``p`` has ``1`` item"),
    ("len(p) > 2", "``p`` has more than ``2`` items", "``p`` has at most ``2`` items"),
    ("len(p) >= q", "``p`` has at least ``q`` items", "``p`` has fewer than ``q`` items"),
    ("len(p) in q", "the length of ``p`` is in ``q``", "the length of ``p`` is not in ``q``"),
    ("isinstance(p, str)", "``p`` is an instance of ``str``", "``p`` is not an instance of ``str``"),
    ("isinstance(p, (A, B))", "``p`` is ``A`` or ``B``", "``p`` is neither ``A`` nor ``B``"),
    ("isinstance(p, ())", "``isinstance(p, ())`` holds", "``isinstance(p, ())`` does not hold"),
    ("issubclass(p, A)", "``p`` is a subclass of ``A``", "``p`` is no subclass of ``A``"),
    ("hasattr(p, 'a')", "``p`` has an attribute ``a``", "``p`` has no attribute ``a``"),
    ("callable(p)", "``p`` is callable", "``p`` is not callable"),
    ("math.isinf(p)", "``p`` is infinite", "``p`` is not infinite"),
    ("os.path.exists(p)", "``p`` exists", "``p`` does not exist"),
    ("p.exists()", "``p`` exists", "``p`` does not exist"),
    ("p.exists(q)", "``p.exists(q)`` holds", "``p.exists(q)`` does not hold"),
    ("p.isalnum()", "``p`` has letters and digits only", "``p`` does not have letters and digits only"),
    ("p.startswith('a')", "``p`` starts with ``'a'``", "``p`` does not start with ``'a'``"),
    ("is_open(p)", "``p`` is open", "``p`` is not open"),
    ("self.is_open(p)", "``p`` is open", "``p`` is not open"),
    ("has_errors(p)", "``p`` has errors", "``p`` has no errors"),
    ("self.has_key(p)", "``self.has_key(p)`` holds", "``self.has_key(p)`` does not hold"),
    ("q.is_open(p)", "``q.is_open(p)`` holds", "``q.is_open(p)`` does not hold"),
    ("is_child_of(p)", "``is_child_of(p)`` holds", "``is_child_of(p)`` does not hold"),
    ("any(x for x in p)", "``x`` holds for some ``x`` in ``p``", "``x`` holds for no ``x`` in ``p``"),
    ("all(x for x in p)", "``x`` holds for all ``x`` in ``p``", "``x`` does not hold for some ``x`` in ``p``"),
    ("any(p)", "``p`` has a true item", "``p`` has no true item"),
    ("p and q", "``p`` is set and ``q`` is set", "``p`` is not set or ``q`` is not set"),
    ("p or q", "``p`` is set or ``q`` is set", "``p`` is not set and ``q`` is not set"),
    ("not (p or q)", "``p`` is not set and ``q`` is not set", "``p`` is set or ``q`` is set"),
    ("not (p and q) and r", "``not (p and q) and r`` holds", "``not (p and q) and r`` does not hold"),
    ("p and q and 1 < r", "``p`` is set, ``q`` is set and ``1`` is less than ``r``", ONE_OF_THREE),
    ("p and q and r and s", "``p and q and r and s`` holds", "``p and q and r and s`` does not hold"),
    ("p and (q or r)", "``p and (q or r)`` holds", "``p and (q or r)`` does not hold"),
    ("await p", "``await p`` holds", "``await p`` does not hold"),
    ("p if q else r", "``p if q else r`` holds", "``p if q else r`` does not hold"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "clause", "negation"), CLAUSES, ids=[source for source, _, _ in CLAUSES])
def test_a_condition_and_its_negation_are_told(source, clause, negation):
    assert condition(source) == clause
    assert condition(source, negated=True) == negation


@pytest.mark.parametrize("source", ["", "p +", "if", "p" * 200, "any(x for x in p for y in x if " + "y" * 40 + ")"])
def test_what_is_no_condition_or_too_long_is_not_told(source):
    assert condition(source) == ""


NAMES = st.sampled_from(["p", "q", "names", "is_open"])
ATOMS = NAMES | st.builds("{} {} {}".format, NAMES, st.sampled_from(["<", "<=", "==", "!=", "is", "in"]), NAMES)
TREES = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds("not ({})".format, inner)
        | st.builds("({}) and ({})".format, inner, inner)
        | st.builds("({}) or ({})".format, inner, inner)
    ),
    max_leaves=5,
)


@given(TREES)
def test_a_negation_negated_is_the_condition_again(source):
    assert condition(f"not ({source})", negated=True) == condition(source)


@given(TREES)
def test_quoted_source_in_a_condition_is_source(source):
    for part in condition(source).split("``")[1::2]:
        assert is_quotable(part)
        ast.parse(part)
