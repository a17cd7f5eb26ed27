"""What a test checks: its name as a statement, what it calls and what it expects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glossator.model import FunctionFacts
from glossator.providers.embedded.conditions import code, is_quotable
from glossator.providers.embedded.deeds import EVERYDAY, EVERYDAY_METHODS
from glossator.providers.embedded.phrasing import listed, quoted
from glossator.providers.embedded.tables import flat, vocabulary
from glossator.providers.embedded.words import definite, phrase, split, third_person, verb_of

ASSERTION = re.compile(r"(?:^|\.)assert|^self\.(?:fail|skipTest|subTest|addCleanup|id)|^(?:assert_|pytest\.)")
STATES = vocabulary("states")
EXPECTED = flat("expected")


def test_candidates(facts: FunctionFacts, words: tuple[str, ...]) -> Iterator[str]:
    """Candidates for the summary of a test."""
    calls = [call for call in facts.calls if is_quotable(call) and "(" not in call and _is_telling(call)]
    expected = [EXPECTED[name] for call in facts.calls if (name := re.sub(r"^self\.", "", call)) in EXPECTED]
    claim = _claim(words[1:])
    base = (
        f"Check that {claim}"
        if claim
        else f"Check {definite(phrase(words[1:]))}"
        if words[1:]
        else "Check the behaviour"
    )
    if len(calls) >= 2:
        yield f"{base} by calling {listed([quoted(calls[0]), quoted(calls[1])])}"
    if calls:
        yield f"{base} by calling {quoted(calls[0])}"
    if expected:
        yield f"{base}, expecting {expected[0]}"
    asserted = [re.sub(r"^self\.", "", call) for call in facts.calls if ASSERTION.search(call)]
    if asserted:
        yield f"{base} with {code(asserted[0])}"
    yield base


def _is_telling(call: str) -> bool:
    last = call.rsplit(".", 1)[-1]
    return not ASSERTION.search(call) and call not in EVERYDAY and last not in EVERYDAY_METHODS


def _claim(words: tuple[str, ...]) -> str:
    """A name that states something, as a clause: `empty_list_raises_error` gives "the empty list raises error"."""
    for index, word in enumerate(words):
        low = word.lower()
        if index and (
            low in STATES
            or (
                low.endswith("s") and verb_of((low[:-1], "it")) and third_person(low[:-1]) == low and words[index + 1 :]
            )
        ):
            return f"{definite(phrase(words[:index]))} {low} {phrase(words[index + 1 :])}".strip()
    return ""


def cases(methods: tuple[str, ...]) -> list[str]:
    """What the tests of a class are about."""
    return [phrase(split(name)[1:]) for name in methods if name.startswith("test") and split(name)[1:]]
