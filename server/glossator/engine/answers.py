"""What was said about symbols by somebody who had to be asked: texts for fields, with their origins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from glossator.model import FieldKey
from glossator.providers.base import NO_USAGE, Usage

TEMPLATE: Final = "template"  # what follows from a pattern or the facts, so that no model is asked
MIXED: Final = "mixed"


class Said(NamedTuple):
    """What somebody said about a field: a text that may be shown, or why there is none; `by` is the provider.

    One that is private repeats what only the code's texts and comments say: it is kept in memory alone.
    """

    text: str
    reason: str = ""
    by: str = ""
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A text for each field, and where it is from.

    `refused` are the fields whose text the provider gave and nobody took, with the reason in a word. `error` says why
    the provider gave nothing at all. `said` is what is worth remembering of it: what was said of each field, taken or
    not. `similar` are texts for similar code, where nobody could be asked: to be shown as drafts, never to be written.
    `timings_us` maps names of steps to microseconds. `may_pass`: nothing was said, and who asks later may hear more.
    """

    texts: Mapping[FieldKey, str]
    origins: Mapping[FieldKey, str]
    refused: Mapping[FieldKey, str] = field(default_factory=dict)
    usage: Usage = NO_USAGE
    error: str = ""
    said: Mapping[FieldKey, Said] = field(default_factory=dict)
    similar: Mapping[FieldKey, str] = field(default_factory=dict)
    timings_us: Mapping[str, float] = field(default_factory=dict, compare=False)
    may_pass: bool = False

    @property
    def is_degraded(self) -> bool:
        """Whether the embedded provider stands in for somebody who failed or was refused."""
        return bool(self.error or self.refused)


def origin_of(origins: Iterable[str]) -> str:
    """The one origin of a draft, or "mixed"; of one without new fields "template"."""
    found = set(origins)
    return MIXED if len(found) > 1 else found.pop() if found else TEMPLATE
