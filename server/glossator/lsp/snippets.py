"""Snippet text: what stands there is escaped, and every prose field becomes a tab stop."""

from __future__ import annotations

import re

from glossator.model import Doc, DocField

SPECIAL = re.compile(r"[\\$}]")


def snippet(literal: str, doc: Doc | None) -> str:
    """A docstring literal as a snippet; the fields' texts are its placeholders, in their order, and `$0` its end.

    A field whose text is not found as it stands (it may have been wrapped in an unforeseen way) stays plain text.
    """
    parts: list[str] = []
    at = 0
    for number, text in enumerate(prose_of(doc) if doc else (), 1):
        found = _words(text).search(literal, at)
        if found is None:
            continue
        parts += [escape(literal[at : found.start()]), f"${{{number}:{escape(found[0])}}}"]
        at = found.end()
    return "".join([*parts, escape(literal[at:]), "$0"])


def escape(text: str) -> str:
    """Text that a snippet shows as it is."""
    return SPECIAL.sub(r"\\\g<0>", text)


def prose_of(doc: Doc) -> list[str]:
    """The texts of a doc's prose fields, in the order in which they are written; empty ones are left out."""
    fields: list[DocField | None] = [*doc.attributes, *doc.parameters, doc.returns, doc.yields, *doc.raises]
    texts = [doc.summary, doc.description, *(one.description for one in fields if one is not None)]
    return [text for text in texts if text.strip()]


def _words(text: str) -> re.Pattern[str]:
    """A pattern for a text however its words are spread over lines."""
    return re.compile(r"\s+".join(re.escape(word) for word in text.split()))
