"""What the findings are worth: recall, precision and the right family, for each tool and kind of change.

A finding belongs to a function if its line is among the function's (decorators to end), or if it names the symbol.
It is new if the unchanged function has fewer of the same code and message; line numbers in messages do not count.

recall        harmful cases with a new finding of the right family / harmful cases
right family  harmful cases with a new finding of the right family / harmful cases with any new finding
precision     true / (true + false), where true = harmful cases with a new finding of the right family, and
              false = harmless cases with any new finding + harmful cases with new findings of other families only
elsewhere     cases with a new finding in the file, outside of the changed function
loud          cases whose unchanged function has findings of any family: how much there is to read beside the new ones
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases import Case, Side
from checkers import Finding, Findings

# Codes, or beginnings of codes, that speak of what was changed.
FAMILIES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ours": {
        "parameters": ("GLS201", "GLS202", "GLS203"),
        "order": ("GLS203",),
        "result": ("GLS211", "GLS212", "GLS213", "GLS214"),
        "raises": ("GLS221", "GLS222"),
        "default": ("GLS205",),
        "type": ("GLS204",),
    },
    "pydoclint": {
        "parameters": ("DOC1",),
        "order": ("DOC104",),
        "result": ("DOC2", "DOC3", "DOC4"),
        "raises": ("DOC5",),
        "default": ("DOC105",),
        "type": ("DOC105",),
    },
    "ruff": {
        "parameters": ("D417", "DOC102"),
        "order": (),
        "result": ("DOC201", "DOC202", "DOC402", "DOC403"),
        "raises": ("DOC501", "DOC502"),
        "default": (),
        "type": (),
    },
    "docsig": {
        "parameters": ("SIG2", "SIG3", "SIG4"),
        "order": ("SIG402", "SIG404"),
        "result": ("SIG5",),
        "raises": (),
        "default": (),
        "type": (),
    },
}
_TYPED_FAMILIES = ("type", "default")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one tool newly says about one case: the codes, whether one is of the right family, what it says elsewhere.

    `is_loud` if it had something to say about the unchanged function.
    """

    case: Case
    codes: tuple[str, ...]
    is_right: bool
    elsewhere: tuple[str, ...]
    is_loud: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one tool over some cases; shares are None where there is nothing to divide by."""

    harmful: int
    right: int
    noticed: int
    harmless: int
    false: int
    elsewhere: int
    loud: int

    @property
    def recall(self) -> float | None:
        """Share of harmful cases that are found."""
        return self.right / self.harmful if self.harmful else None

    @property
    def right_family(self) -> float | None:
        """Share of noticed harmful cases about which the right thing is said."""
        return self.right / self.noticed if self.noticed else None

    @property
    def precision(self) -> float | None:
        """Share of true among true and false cases."""
        false = self.false + self.noticed - self.right
        return self.right / (self.right + false) if self.right + false else None


def outcomes(tool: str, found: Mapping[tuple[str, bool], Findings], cases: Sequence[Case]) -> list[Outcome]:
    """What a tool says about each case."""
    outcome = []
    for case in cases:
        is_typed = case.family in _TYPED_FAMILIES and (tool, True) in found
        findings = found[tool, is_typed]
        inside, outside = [], []
        for side in (case.before, case.after):
            every = findings.get(side.path, ())
            inside.append(Counter(_key(f) for f in every if belongs(f, case, side)))
            outside.append(Counter(_key(f) for f in every if not belongs(f, case, side)))
        codes = tuple(sorted(code for code, _ in (inside[1] - inside[0]).elements()))
        elsewhere = tuple(sorted(code for code, _ in (outside[1] - outside[0]).elements()))
        prefixes = FAMILIES[tool].get(case.family, ())
        is_right = bool(prefixes) and any(code.startswith(prefixes) for code in codes)
        every_family = tuple(prefix for family in FAMILIES[tool].values() for prefix in family)
        is_loud = any(code.startswith(every_family) for code, _ in inside[0])
        outcome.append(Outcome(case, codes, is_right, elsewhere, is_loud))
    return outcome


def belongs(finding: Finding, case: Case, side: Side) -> bool:
    """Whether a finding is about the changed function."""
    return finding.symbol == case.symbol or side.first <= finding.line <= side.last


def score(found: Sequence[Outcome]) -> Score:
    """The counts over some outcomes."""
    harmful = [o for o in found if o.case.is_harmful]
    harmless = [o for o in found if not o.case.is_harmful]
    return Score(
        harmful=len(harmful),
        right=sum(o.is_right for o in harmful),
        noticed=sum(bool(o.codes) for o in harmful),
        harmless=len(harmless),
        false=sum(bool(o.codes) for o in harmless),
        elsewhere=sum(bool(o.elsewhere) for o in found),
        loud=sum(o.is_loud for o in found),
    )


def _key(finding: Finding) -> tuple[str, str]:
    return finding.code, re.sub(r"\bline \d+", "line", finding.message)
