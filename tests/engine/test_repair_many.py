"""Docstrings with many faults: mended at once what one by one would be mended alike, and in little more time."""

import pytest

from glossator.config import Settings
from glossator.documenter.files import FileOptions, check_bytes, document_bytes
from glossator.engine import repair

STALE = FileOptions(Settings(), only="stale")


def names(count):
    return [f"part_{letters}" for letters in (f"{number:04}".translate(str.maketrans("0123456789", "abcdefghij"))
                                              for number in range(count))]  # fmt: skip


def google(entries, kind="Args"):
    return ["", f"{kind}:", *(f"    {entry}" for entry in entries)]


def sphinx(entries):
    return ["", *(f":param {entry}" for entry in entries)]


def function(parameters, doc):
    lines = "\n".join(f"    {line}" if line else "" for line in doc)
    return f'def f({", ".join(parameters)}):\n    """Do it.\n{lines}\n    """\n    pass\n'.encode()


def case(kind, count):
    """A function of so many parameters, each second one of which is wrong in its docstring in one way."""
    every = names(count)
    entries = [f"{name}: What it is." for name in every]
    typed = [f"{name} ({('str', 'int')[number % 2]}): What it is." for number, name in enumerate(every)]
    made = {
        "missing": (every, google(entries[::2])),
        "missing fields": (every, sphinx(entries[::2])),
        "missing at the beginning": (every, google(entries[-1:])),
        "gone": (every[::2], google(entries)),
        "gone fields": (every[::2], sphinx(entries)),
        "gone with their section": ([], google(entries)),
        "gone, with blank lines between": (every[::2], google(f"{entry}\n" for entry in entries)),
        "renamed": ([f"{name}s" if number % 2 else name for number, name in enumerate(every)], google(entries)),
        "of another type": ([f"{name}: int" for name in every], google(typed)),
    }
    return function(*made[kind])


KINDS = ["missing", "missing fields", "missing at the beginning", "gone", "gone fields", "gone with their section",
         "gone, with blank lines between", "renamed", "of another type"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_many_faults_are_mended_as_one_by_one(kind, monkeypatch):
    source = case(kind, 12)
    together = document_bytes(source, "a.py", STALE).raw
    with monkeypatch.context() as patched:
        patched.setattr(repair, "together", lambda _subject, _fixes: 1)
        alone = document_bytes(source, "a.py", STALE).raw
    assert together == alone
    assert not any(
        found.fixable and found.code.startswith("GLS2") for found in check_bytes(together, "a.py", STALE).findings
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_reading_of_a_docstring_does_not_grow_with_its_faults(kind, monkeypatch):
    """Ten times the faults are read as often, or a few times more, and not ten times."""
    read = []
    whole = repair.with_docstring
    monkeypatch.setattr(repair, "with_docstring", lambda *given: read.append(1) or whole(*given))
    for count in (20, 200):
        read.append(0)
        document_bytes(case(kind, count), "a.py", STALE)
    few = read.index(0, 1) - 1
    assert 0 < len(read) - few - 2 <= few + 8
