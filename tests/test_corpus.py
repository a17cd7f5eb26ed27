"""The installed standard library, documented: nothing but docstrings changes, and a second run changes nothing.

`make test` takes a sample, each file in one style; `make soak` takes every file in every style.
"""

import hashlib
import sysconfig
from pathlib import Path

import pytest
from oracle import Source, check_harmless

from glossator.config import Settings
from glossator.documenter import FileOptions, document_bytes
from glossator.syntax.document import Document, decode
from glossator.syntax.fingerprint import all_fingerprints
from glossator.syntax.symbols import Outline

ROOT = Path(sysconfig.get_path("stdlib"))
FILES = [path for path in sorted(ROOT.rglob("*.py")) if "site-packages" not in path.parts]
STYLES = ("google", "numpy", "sphinx", "epytext")
LARGE_BYTES = 150_000
# Every 50th of them, chosen by name: the same on every machine with the same Python. Without the few that take longer
# than all others together.
SAMPLE = [
    path
    for path in FILES
    if hashlib.sha1(path.name.encode()).digest()[0] < 256 // 50 and path.stat().st_size < LARGE_BYTES
]


def style_for(path):
    return STYLES[hashlib.sha1(str(path.relative_to(ROOT)).encode()).digest()[1] % len(STYLES)]


def check_file(path, style):
    raw = path.read_bytes()
    options = FileOptions(Settings(style=style))
    outcome = document_bytes(raw, path.name, options)
    assert not [draft for draft in outcome.drafts if draft.action == "failed" and "syntax" not in draft.error]
    if outcome.raw is None:
        return
    check_harmless(raw, outcome.raw)
    again = document_bytes(outcome.raw, path.name, options)
    assert again.error == ""
    assert again.raw is None


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_of_the_standard_library_is_documented_harmlessly(path):
    check_file(path, style_for(path))


@pytest.mark.soak
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_the_standard_library_is_documented_harmlessly(path, style):
    check_file(path, style)


def check_fingerprints(path):
    """Documenting changes no fingerprint."""
    raw = path.read_bytes()
    outcome = document_bytes(raw, path.name, FileOptions(Settings()))
    if outcome.raw is None:
        return
    documents = [Document(path.name, decode(one)[0]) for one in (raw, outcome.raw)]
    if documents[0].root.has_error:
        return  # what cannot be parsed counts byte for byte
    (old, old_members), (new, new_members) = (all_fingerprints(one.root, one.text) for one in documents)
    assert old == new
    assert list(old_members.values()) == list(new_members.values())


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: str(path.relative_to(ROOT)))
def test_documenting_a_file_of_the_standard_library_changes_no_fingerprint(path):
    check_fingerprints(path)


@pytest.mark.soak
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_documenting_any_file_of_the_standard_library_changes_no_fingerprint(path):
    check_fingerprints(path)


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_outline_lists_what_python_defines(path):
    try:
        source = Source.of(path.read_bytes())
    except (SyntaxError, ValueError):
        return
    outline = Outline(Document(path.name, source.text))
    assert len(outline.symbols) == len(source.definitions())
