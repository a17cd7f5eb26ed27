"""Whether a reply as a whole has anything to do with the code that it was asked about.

One field alone may be of other words than the code; a reply that hardly ever says one of them, that gives one text for
several things, or that swaps the names in one sentence, is none. What is left of it would be chance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from glossator.docstring.quality import content_stems
from glossator.docstring.validate.verdict import About, Reason, Refusal, Verdict
from glossator.model import FieldKey

# What a model says that has not understood what it was asked.
_SENSELESS: Final = frozenset(
    (
        Reason.EMPTY,
        Reason.UNREADABLE,
        Reason.PLACEHOLDER,
        Reason.LANGUAGE,
        Reason.REPETITION,
        Reason.ECHO,
        Reason.SAME,
    )
)
# Of 70 replies of a model of half a billion parameters none has less; of one that understands nothing, every third.
_GROUNDED: Final = 0.2
_FEW_WORDS: Final = 8
_SAME: Final = Refusal(Reason.SAME, "Describe each thing in words of its own.")
_REPLY: Final = Refusal(Reason.REPLY, "Describe this code, each thing in one plain sentence.")


def same_texts(found: Mapping[FieldKey, Verdict], about: About) -> dict[FieldKey, Refusal]:
    """The fields whose text others have, too: one of another kind, or two others, where only names may differ.

    What is returned may be a parameter.
    """
    function = about.function
    passed = function.returned if function is not None else ()
    texts: dict[str, list[FieldKey]] = {}
    frames: dict[str, list[FieldKey]] = {}
    for key, verdict in found.items():
        if verdict.text and key.name not in passed:
            texts.setdefault(verdict.text.casefold(), []).append(key)
            frame = _frame(key, verdict.text)
            if frame:
                frames.setdefault(frame, []).append(key)
    same = [keys for keys in texts.values() if len(keys) > 2 or len({key.kind for key in keys}) > 1]
    same += [keys for keys in frames.values() if len(keys) > 2]
    return {key: _SAME for keys in same for key in keys}


def is_senseless(texts: Mapping[FieldKey, str], found: Mapping[FieldKey, Verdict], about: About) -> bool:
    """Whether more than a third of a reply is no answer, or hardly a word of it is one of the code."""
    senseless = sum(verdict.reason in _SENSELESS for verdict in found.values())
    if senseless * 3 > len(found):
        return True
    stems = [stem for text in texts.values() for stem in content_stems(text)]
    if len(stems) < _FEW_WORDS or not about.names:
        return False
    vocabulary = about.vocabulary
    return sum(stem in vocabulary for stem in stems) < _GROUNDED * len(stems)


def refused(refusal: Refusal = _REPLY) -> Verdict:
    """The verdict of a refusal; by default that on a senseless reply."""
    return Verdict("", refusal.reason, refusal.hint)


def _frame(key: FieldKey, text: str) -> str:
    """A text with a mark in place of the field's own name; "" if that is not in it."""
    name = key.name.lstrip("*")
    if not name:
        return ""
    framed, count = re.subn(rf"(?<!\w){re.escape(name)}(?!\w)", "\0", text, flags=re.IGNORECASE)
    return framed.casefold() if count else ""
