"""Texts that are too large, or no source, are not worked on."""

from __future__ import annotations

import pytest

from glossator.syntax.document import MAX_LINE_BYTES, Document


@pytest.mark.parametrize("before", ["", "a\n", "a\r", "a\r\n"])
@pytest.mark.parametrize("after", ["", "\n", "\rx"])
def test_a_line_may_be_long_but_not_too_long(before, after):
    def why(size):
        return Document.open("file:///a.py", before + "x" * size + after, 1).declined

    assert why(MAX_LINE_BYTES) == ""
    assert "line" in why(MAX_LINE_BYTES + 1)


@pytest.mark.parametrize(("text", "reason"), [("\0", "NUL"), ("x\n" * 2_500_001, "larger")])
def test_what_is_no_source_is_declined(text, reason):
    assert reason in Document.open("file:///a.py", text, 1).declined
