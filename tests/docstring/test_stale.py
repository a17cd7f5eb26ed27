"""What is stale in a docstring is found, in its own words, and nothing else: the cases of fixtures/cases/stale.

The sections of a case: `--- findings`; `--- findings with OLD => NEW` (of the source after that change: where nothing
is found, this shows what keeps it silent); `--- previous` (the version before it). `UPDATE=1 pytest` writes what is
found.
"""

import os
from pathlib import Path

import pytest
from case_files import fixable, found, read, replaced, told, write

CASES = Path(__file__).parents[2] / "fixtures" / "cases" / "stale"
ALL = [
    pytest.param(path, case, id=f"{path.stem}: {case.title}")
    for path in sorted(CASES.glob("*.txt"))
    for case in read(path)
]
ALONE = [parameter for parameter in ALL if "previous" not in parameter.values[1].sections]


def answer(case, section):
    if section == "previous":
        return case.sections[section]
    previous = case.sections.get("previous")
    source = replaced(case.source, section.removeprefix("findings with ")) if " with " in section else case.source
    return told(source, "\n".join([*previous, ""]) if previous else None)


@pytest.mark.parametrize(("path", "case"), ALL)
def test_case(path, case):
    if os.environ.get("UPDATE"):
        write(path, list(read(path)), answer)
        return
    for section, want in case.sections.items():
        assert answer(case, section) == want, section


def bare(findings):
    return [(one.code, one.symbol, one.message, one.fixable) for one in findings]


def quoted(source):
    text = source.encode()
    return [text[slice(*one.span)].replace(b"\r\n", b"\n") for one in found(source)]


@pytest.mark.parametrize(("path", "case"), ALONE)
def test_line_ends_do_not_matter(path, case):
    other = case.source.replace("\n", "\r\n")
    assert bare(found(other)) == bare(found(case.source))
    assert quoted(other) == quoted(case.source)


@pytest.mark.parametrize(("path", "case"), ALONE)
def test_what_stands_before_does_not_matter(path, case):
    other = f"# größer als 日本\nx = 'ß'\n{case.source}"
    if "glossator:" not in case.source:
        assert bare(found(other)) == bare(found(case.source))
        assert quoted(other) == quoted(case.source)


@pytest.mark.parametrize(("path", "case"), ALONE)
def test_command_and_editor_find_the_same(path, case):
    outcome = [(one.code, one.symbol, one.message) for one in fixable(case.source.encode())]
    assert outcome == [(one.code, one.symbol, one.message) for one in found(case.source) if one.fixable]
