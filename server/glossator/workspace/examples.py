"""One worked example of a symbol or module, taken as it stands: from a docstring, a test, or a file of examples."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from glossator.docstring.doctests import Session, sessions_in
from glossator.errors import SourceError
from glossator.syntax.document import Document, decode
from glossator.syntax.shown import MAX_LINES, Shown, shown_in_script, shown_in_tests
from glossator.workspace.files import files_beneath
from glossator.workspace.links import is_test, mentions_of

MAX_FILES: Final = 5_000  # that are looked at for tests and examples
MAX_BYTES: Final = 1 << 20
_EXAMPLES: Final = ("examples", "example")


class Said(NamedTuple):
    """A docstring's content, its file (as an example is to name it), and the 1-based line where it starts."""

    content: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Subject:
    """What an example is wanted of.

    `names` are all absolute names by which one may call it, or what a module offers; `own` is its docstring, `others`
    are docstrings around (its class's, its module's), whose examples count where they call it by `word`.
    """

    names: frozenset[str]
    word: str = ""
    own: Said | None = None
    others: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """An example as it stands in a file; `kind` is "doctest", "test" or "example", `name` the test's."""

    code: str
    kind: str
    file: str
    line: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Examples:
    """The tests and examples of a project, by the absolute names that they call."""

    by_name: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)


def examples_beneath(root: Path, packages: Iterable[str]) -> Examples:
    """The tests and files of examples beneath a folder that call something of these packages (first parts of names).

    Those that show a result stand first, then those that need least, then the shortest. What cannot be read counts as
    absent. Cost: a search in each test file, 4 ms for each that imports a package.
    """
    roots = frozenset(packages)
    found: defaultdict[str, list[tuple[Shown, Example]]] = defaultdict(list)
    for path, kind in _files(root):
        for shown in _shown_in(path, kind, roots):
            place = path.relative_to(root).as_posix()
            example = Example(shown.code, kind, place, shown.line, shown.name)
            for name in shown.calls:
                if name.partition(".")[0] in roots:
                    found[name].append((shown, example))
    return Examples({name: tuple(one for _, one in sorted(some, key=_rank)) for name, some in found.items()})


def _rank(found: tuple[Shown, Example]) -> tuple[object, ...]:
    shown, example = found
    size = (shown.code.count("\n"), len(shown.code))
    return (example.kind != "test", not shown.asserts, shown.needs, size, example.file, example.line)


def _files(root: Path) -> Iterator[tuple[Path, str]]:
    for count, path in enumerate(files_beneath([root])):
        if count >= MAX_FILES:
            return
        place = path.relative_to(root)
        if path.suffix == ".py" and is_test(place.as_posix()):
            yield path, "test"
        elif path.suffix == ".py" and place.parts[0] in _EXAMPLES:
            yield path, "example"


def _shown_in(path: Path, kind: str, roots: frozenset[str]) -> tuple[Shown, ...]:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES or not roots & mentions_of(raw):
            return ()
        document = Document(path.as_uri(), decode(raw)[0])
    except (OSError, SourceError):
        return ()
    if kind == "test":
        return shown_in_tests(document)
    shown = shown_in_script(document)
    return () if shown is None else (shown,)


def worked_example(subject: Subject, examples: Examples) -> Example | None:
    """One example of a subject, as it stands in a file; None where there is none: it is never made up.

    A doctest of its own is taken first, then one beside it, then a test, then a file of examples.
    """
    doctest = _doctest(subject)
    if doctest is not None:
        return doctest
    found = (one for name in sorted(subject.names) for one in examples.by_name.get(name, ())[:1])
    return min(found, key=lambda one: (one.kind != "test", one.code.count("\n"), len(one.code)), default=None)


def _doctest(subject: Subject) -> Example | None:
    own = [(one, subject.own) for one in _sessions(subject.own)]
    called = re.compile(rf"(?<!\w){re.escape(subject.word)}\s*\(") if subject.word else None
    beside = [(one, said) for said in subject.others for one in _sessions(said) if _calls(one, called)]
    for found in (own, beside):
        ranked = sorted(found, key=lambda pair: (not _calls(pair[0], called), not pair[0].shows, len(pair[0].text)))
        for session, said in ranked[:1]:
            if said is not None:
                return Example(session.text, "doctest", said.file, said.line + session.line)
    return None


def _sessions(said: Said | None) -> Iterator[Session]:
    for one in sessions_in(said.content) if said is not None else ():
        if len(one.text.splitlines()) <= MAX_LINES:
            yield one


def _calls(session: Session, called: re.Pattern[str] | None) -> bool:
    return called is None or called.search(session.code) is not None
