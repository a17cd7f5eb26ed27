"""The tables of well-known names: every line parses, every clause can stand in a sentence."""

import re

import pytest

from glossator.providers.embedded.clauses import GROUPS
from glossator.providers.embedded.operations import OPERATIONS
from glossator.providers.embedded.tables import flat, nested

CLAUSES = ("functions", "methods")
TEXTS = ("results", "method_results", "receivers")
PLACE = re.compile(r"\d|\*{1,2}|[a-z_]\w*")


@pytest.mark.parametrize("name", CLAUSES)
def test_each_place_of_a_function_has_a_clause(name):
    for function, clauses in nested(name).items():
        assert re.fullmatch(r"(?:super\(\)\.)?\w+(?:\.\w+)*", function), function
        assert clauses, function
        for place, clause in clauses.items():
            assert PLACE.fullmatch(place), (function, place)
            assert_clause(clause, {"object"} if name == "methods" else set())


@pytest.mark.parametrize("name", TEXTS)
def test_each_line_of_a_table_is_a_clause(name):
    for key, text in flat(name).items():
        assert re.fullmatch(r"\w+(?:\.\w+)*", key), key
        assert_clause(text, {"0", "1", "2", "3", "args"} if name != "receivers" else set())


def assert_clause(clause, allowed):
    """A clause has words, its placeholders are known, and it ends without a stop."""
    assert clause.strip() == clause
    assert re.search(r"[a-z]{2}", clause), clause
    assert not clause.endswith((".", ",", ";", ":")), clause
    assert "  " not in clause
    assert ": " not in clause, clause
    assert clause.count("``") % 2 == 0
    placeholders = set(re.findall(r"\{(.*?)\}", clause))
    assert placeholders <= allowed, clause
    assert "{" not in re.sub(r"\{\w+\}", "", clause)


def test_no_name_is_in_a_table_twice():
    from importlib.resources import files

    for name in (*CLAUSES, *TEXTS):
        lines = files("glossator.providers.embedded").joinpath("tables", f"{name}.txt").read_text().splitlines()
        keys = [line.partition(": ")[0] for line in lines if line.strip() and not line.startswith(("#", " "))]
        assert sorted(keys) == sorted(set(keys)), name


def test_every_verb_of_a_use_can_be_told():
    assert set(OPERATIONS) < set(GROUPS)
