import re

import pytest

from glossator.docstring.codes import CODES
from glossator.model import Severity

ALL = (
    *("GLS101 GLS102 GLS103 GLS104 GLS105 GLS201 GLS202 GLS203 GLS204 GLS205 GLS211 GLS212 GLS213 GLS214").split(),
    *("GLS221 GLS222 GLS231 GLS232 GLS241 GLS301 GLS302 GLS303 GLS401 GLS402").split(),
)


def test_every_code_of_the_design_is_explained_in_order():
    assert tuple(CODES) == ALL


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.code)
def test_a_code_has_a_short_title_and_whole_sentences(code):
    assert len(code.title) <= 50
    assert re.fullmatch(r"[A-Z][^.]*", code.title)
    assert re.fullmatch(r"[A-Z].*\.", code.explanation)


def test_only_missing_documentation_is_a_hint():
    assert {code.code[:4] for code in CODES.values() if code.severity is Severity.HINT} == {"GLS1"}


def test_no_two_codes_have_one_title():
    assert len({code.title for code in CODES.values()}) == len(CODES)
