"""What machines read: SARIF for code scanning, and annotations for GitHub."""

import json
import re
from dataclasses import replace

import pytest

from glossator.cli.formats import as_github, as_sarif
from glossator.docstring.codes import CODES
from glossator.documenter import PlacedFinding

MISSING = PlacedFinding("GLS103", "Function `f` has no documentation", "f", 3, 5, 3, 6, "hint", True)
WRONG = PlacedFinding("GLS202", "`a` is no parameter", "f", 4, 9, 6, 2, "warning", True)


def run(*findings):
    return json.loads(as_sarif(findings))["runs"][0]


def fingerprints(*findings):
    return [result["partialFingerprints"]["glossator/v1"] for result in run(*findings)["results"]]


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.code)
def test_a_rule_says_what_its_code_means(code):
    finding = replace(WRONG, code=code.code, severity=code.severity.value)
    (rule,) = run(("a.py", finding))["tool"]["driver"]["rules"]
    assert (rule["id"], rule["shortDescription"]["text"]) == (code.code, code.title)
    assert rule["help"]["text"] == rule["fullDescription"]["text"] == code.explanation
    assert rule["defaultConfiguration"]["level"] == ("note" if code.code.startswith("GLS1") else "warning")


def test_rules_are_those_that_were_broken_each_once():
    found = run(("a.py", WRONG), ("a.py", MISSING), ("b.py", MISSING))
    assert [rule["id"] for rule in found["tool"]["driver"]["rules"]] == ["GLS103", "GLS202"]
    assert [result["ruleIndex"] for result in found["results"]] == [1, 0, 0]
    assert [result["level"] for result in found["results"]] == ["warning", "note", "note"]


def test_a_finding_is_known_again_where_its_lines_have_moved_to():
    moved = replace(MISSING, line=90, end_line=90, column=1, end_column=2)
    assert fingerprints(("./src/a.py", MISSING)) == fingerprints(("src/a.py", moved))


@pytest.mark.parametrize("change", [{"code": "GLS104"}, {"symbol": "g"}, {"message": "another"}])
def test_other_findings_are_known_by_something_else(change):
    assert fingerprints(("a.py", MISSING)) != fingerprints(("a.py", replace(MISSING, **change)))
    assert fingerprints(("a.py", MISSING)) != fingerprints(("b.py", MISSING))


def test_equal_findings_are_told_apart_by_their_order():
    first, second = fingerprints(("a.py", MISSING), ("a.py", MISSING))
    assert first != second
    assert fingerprints(("a.py", MISSING)) == [first]


def test_a_name_that_is_not_utf_8_is_no_hindrance():
    (place,) = run(("\udcff.py", MISSING))["results"][0]["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "%FF.py"
    assert as_github([("\udcff.py", MISSING)]).encode("utf-8").startswith(b"::notice file=?.py,")


def test_an_annotation_of_one_line_has_columns():
    place = "file=a.py,line=3,endLine=3,col=5,endColumn=6,title=GLS103 Function undocumented"
    assert as_github([("a.py", MISSING)]) == f"::notice {place}::{MISSING.message}\n"


def test_an_annotation_of_several_lines_has_none():
    place = "file=a.py,line=4,endLine=6,title=GLS202 Parameter does not exist"
    assert as_github([("a.py", WRONG)]) == f"::warning {place}::{WRONG.message}\n"


def test_no_text_ends_an_annotation_or_a_property_of_it():
    evil = replace(MISSING, message="a\n::error::b\r%")
    (line,) = as_github([("a,b:c\n.py", evil)]).splitlines()
    assert re.match(r"::notice file=a%2Cb%3Ac%0A\.py,line", line)
    assert line.endswith("::a%0A::error::b%0D%25")
