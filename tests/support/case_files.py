"""Files of cases, and what the documenter says of a case's source.

A case starts with `=== what it shows` and its source; sections (`--- what is asked`, then what is expected) follow.
"""

import difflib
import re
from typing import NamedTuple

from glossator.config import Settings
from glossator.documenter import Documenter, FileOptions, check_bytes, document_bytes
from glossator.syntax.document import Document

STALE = Settings(select=("GLS2", "GLS3"))
NOTHING = ["(nothing)"]


class Case(NamedTuple):
    """A source, and what is expected of it, by what is asked."""

    title: str
    source: str
    sections: dict[str, list[str]]


def read(path):
    """The cases of a file."""
    for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, *sections = re.split(r"^--- ", block, flags=re.MULTILINE)
        title, _, source = head.partition("\n")
        bodies = (section.partition("\n") for section in sections)
        yield Case(title, source, {name: body.splitlines() for name, _, body in bodies})


def write(path, cases, answer):
    """Put what `answer(case, section)` says into a file."""
    text = ""
    for case in cases:
        text += f"=== {case.title}\n{case.source}"
        for name in case.sections:
            text += f"--- {name}\n" + "".join(f"{line}\n" for line in answer(case, name))
    path.write_text(text, encoding="utf-8")


def replaced(source, what):
    """The source with "OLD => NEW" done to it (a line feed is written \\n); several are parted by " ;; "."""
    for one in what.split(" ;; "):
        old, new = (part.replace(r"\n", "\n") for part in re.split(" => ?", one))
        assert old in source, f"{old!r} is not in the source"
        source = source.replace(old, new)
    return source


def found(source, previous=None):
    """What is stale in a source, after its `previous` version was seen."""
    documenter = Documenter(STALE)
    if previous is not None:
        documenter.check(Document.open("case.py", previous))
    return documenter.check(Document.open("case.py", source))


def told(source, previous=None):
    """What is stale in a source, in lines: the code, where, the words, what is wrong, and if it can be mended."""
    text = source.encode()
    lines = [
        f"{one.code} {one.symbol} {text[slice(*one.span)].decode()!r}: {one.message}{', fixable' * one.fixable}"
        for one in found(source, previous)
    ]
    return lines or NOTHING


def repaired(raw, previous=None, **options):
    """The bytes of a file after the repair of all that is stale."""
    outcome = document_bytes(raw, "case.py", FileOptions(STALE, only="stale", previous=previous, **options))
    assert not outcome.error, outcome.error
    return raw if outcome.raw is None else outcome.raw


def fixable(raw, previous=None):
    """What a check of a file still finds that could be mended."""
    outcome = check_bytes(raw, "case.py", FileOptions(STALE, previous=previous))
    assert not outcome.error, outcome.error
    return [one for one in outcome.findings if one.fixable]


def differences(before, after):
    """The changed lines with one unchanged line around them; a blank line stands as "."."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm="")
    shown = [line for line in lines if not line.startswith(("---", "+++"))]
    return [
        re.sub(r"^@@.*", "@", line).rstrip(" ") if line[1:].strip() else line[:1] + "." for line in shown
    ] or NOTHING
