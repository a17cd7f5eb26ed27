"""Comments above definitions as summaries, where they read as prose."""

from __future__ import annotations

import re

from glossator.providers.embedded.parameters import sentence
from glossator.providers.embedded.tables import vocabulary, word_set
from glossator.providers.embedded.words import capital, third_person

CODE_COMMENT = re.compile(
    r"[=(){}\[\];|<>]|^\W|\.\.\.|https?:|\b(?:bpo|issue|bug|I'm|wart|sigh|ugly|contributed|domain|python 2)\b",
    re.IGNORECASE,
)


def comment_summary(comment: str) -> str:
    """A comment's first sentence where it reads as prose, as a sentence; else ""."""
    first = re.split(r"(?<=[a-z)])[.:;] |\. ", comment, maxsplit=1)[0].strip()
    words = first.split()
    if not 3 <= len(words) <= 16 or words[0].lower().rstrip(",:") in vocabulary("comment_starts"):
        return ""
    if CODE_COMMENT.search(first) or "`" in first or first.endswith((",", "?", "-")):
        return ""
    return sentence(first.rstrip(".:;,!"))


def imperative(comment: str) -> str:
    """A comment's sentence as an imperative: "Returns a size." gives "Return a size."; "" where no verb starts it."""
    first, _, rest = comment.partition(" ")
    low = first.lower()
    verbs = word_set("verbs")
    if low in verbs and low not in word_set("ambiguous"):
        return comment
    for verb in (low[:-1], low[:-2], f"{low[:-3]}y"):
        if low.endswith("s") and verb in verbs and third_person(verb) == low:
            return f"{capital(verb)} {rest}"
    return ""
