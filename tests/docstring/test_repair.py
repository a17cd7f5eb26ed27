"""What is stale is mended in place, and all else stays byte for byte: the cases of fixtures/cases/repair.

`--- changes` shows the lines that a repair changes; `--- left`, what a check says afterwards; `--- previous`,
the version before it. `UPDATE=1 pytest` writes what is found.
"""

import ast
import os
import re
from pathlib import Path

import pytest
from case_files import differences, fixable, read, repaired, told, write
from oracle import bare_dump

CASES = Path(__file__).parents[2] / "fixtures" / "cases" / "repair"
ALL = [
    pytest.param(path, case, id=f"{path.stem}: {case.title}")
    for path in sorted(CASES.glob("*.txt"))
    for case in read(path)
]
ALONE = [parameter for parameter in ALL if "previous" not in parameter.values[1].sections]


def mend(case):
    return repaired(case.source.encode(), previous_of(case)).decode()


def previous_of(case):
    lines = case.sections.get("previous")
    return "\n".join([*lines, ""]).encode() if lines else None


def answer(case, section):
    match section:
        case "changes":
            return differences(case.source, mend(case))
        case "left":
            return told(mend(case))
    return case.sections[section]


@pytest.mark.parametrize(("path", "case"), ALL)
def test_case(path, case):
    if os.environ.get("UPDATE"):
        write(path, list(read(path)), answer)
        return
    for section, want in case.sections.items():
        assert answer(case, section) == want, section


@pytest.mark.parametrize(("path", "case"), ALL)
def test_a_second_repair_changes_nothing(path, case):
    once = mend(case)
    assert repaired(once.encode(), previous_of(case)).decode() == once


@pytest.mark.parametrize(("path", "case"), ALL)
def test_nothing_that_could_be_mended_is_left(path, case):
    if "left" not in case.sections:
        assert fixable(mend(case).encode()) == []


@pytest.mark.parametrize(("path", "case"), ALL)
def test_the_code_stays_what_it_is(path, case):
    assert bare_dump(ast.parse(mend(case))) == bare_dump(ast.parse(case.source))


@pytest.mark.parametrize(("path", "case"), ALONE)
def test_line_ends_stay_as_they_are(path, case):
    raw = case.source.replace("\n", "\r\n").encode()
    assert repaired(raw).decode() == mend(case).replace("\n", "\r\n")


@pytest.mark.parametrize(("path", "case"), ALONE)
def test_other_quotes_stay(path, case):
    other = case.source.replace('"""', "'''")
    assert repaired(other.encode()).decode() == mend(case).replace('"""', "'''")


@pytest.mark.parametrize(("path", "case"), ALONE)
def test_a_raw_docstring_stays_raw(path, case):
    if "\\" in case.source:
        return
    pattern = r'(?<!\w)"""(?=[^\n])'
    other = re.sub(pattern, 'r"""', case.source)
    assert repaired(other.encode()).decode() == re.sub(pattern, 'r"""', mend(case))


@pytest.mark.parametrize(("path", "case"), ALONE)
def test_signs_of_several_bytes_change_nothing(path, case):
    other = case.source.replace("Do.", "Tüe 日本.")
    assert repaired(other.encode()).decode() == mend(case).replace("Do.", "Tüe 日本.")


@pytest.mark.parametrize(("path", "case"), ALONE)
def test_the_encoding_of_the_file_stays(path, case):
    other = "# coding: latin-1\n" + case.source.replace("Do.", "Tüe.")
    after = "# coding: latin-1\n" + mend(case).replace("Do.", "Tüe.")
    assert repaired(other.encode("latin-1")).decode("latin-1") == after


@pytest.mark.parametrize(("path", "case"), ALONE)
def test_without_a_line_end_at_the_end_there_comes_none(path, case):
    assert repaired(case.source.rstrip("\n").encode()).decode() == mend(case).rstrip("\n")
