"""Holding texts against the code: what of a reply, or of an answer that was kept, may be shown for a symbol now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from glossator.docstring.validate import About, Reason, Verdict, better, is_telling, validated, verdicts
from glossator.model import Facts, FieldKey


class Described(Protocol):
    """What texts are for: a symbol's facts, and the embedded provider's texts for its fields."""

    @property
    def path(self) -> str:
        """The symbol's path."""

    @property
    def facts(self) -> Facts:
        """What its code says."""

    @property
    def ours(self) -> Mapping[FieldKey, str]:
        """The embedded provider's texts."""


def judged(texts: Mapping[FieldKey, str], about: About, described: Described) -> dict[FieldKey, Verdict]:
    """The verdict on each text. Where the embedded provider says nothing, a small model may say more than it knows."""
    found = verdicts(texts, about)
    bare = [key for key, one in found.items() if one.reason is Reason.SAYS_MUCH and not is_ours_telling(key, described)]
    return found | {key: validated(key, texts[key], replace(about, is_small=False)) for key in bare}


def is_ours_telling(key: FieldKey, described: Described) -> bool:
    """Whether the embedded provider's text for a field says more than the names."""
    return is_telling(key, described.ours[key], described.facts, described.path)


def is_taken(key: FieldKey, text: str, described: Described) -> bool:
    """Whether a text that may be shown is shown in the place of the embedded provider's."""
    return better(key, text, described.ours[key], described.facts, described.path)
