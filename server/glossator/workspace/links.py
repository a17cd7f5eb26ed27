"""Who calls whom between the files of a project: what prompts show of other files.

A file's links are what it calls of what it imports, and its functions as their callers see them. `Linker` finds what
the names mean, and puts together what the project says about one file (`Links`). Bounded for each symbol and file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from typing import Final

from glossator.docstring.literal import content_of
from glossator.syntax.calls import Call, Callee, Links, calls_in
from glossator.syntax.docstrings import docstring_in
from glossator.syntax.excerpts import header
from glossator.syntax.imports import EVERYTHING, Import, imports
from glossator.syntax.symbols import MODULE_PATH, Entry, Outline
from glossator.workspace.bases import Certain, DefinitionKey

MAX_HEADER: Final = 300  # bytes; a longer one is not shown
MAX_SAID: Final = 120
MAX_EXAMPLES: Final = 3  # callers of a symbol, and as many tests
MAX_USERS: Final = 60  # files that are looked through for callers of a file's symbols, and as many with tests
_IMPORT: Final = re.compile(rb"^[ \t]*(?:from|import)[ \t]+[^\r\n(#]*(?:\([^)]*\))?", re.MULTILINE)
_WORD: Final = re.compile(rb"[^\W\d]\w*")
_METHODS: Final = ("@classmethod", "@staticmethod")


@dataclass(frozen=True, slots=True)
class FileLinks:
    """What a file calls of the project, and what others may call: its functions, classes and methods of classes."""

    imports: tuple[Import, ...] = ()
    calls: tuple[Call, ...] = ()
    callees: Mapping[str, Callee] = field(default_factory=dict)

    def defines(self, name: str) -> bool:
        """Whether others may call this path."""
        return name in self.callees


def is_test(path: str) -> bool:
    """Whether a file holds tests, by its name or by that of a folder."""
    parts = PurePath(path).parts
    name = parts[-1] if parts else ""
    return name.startswith("test_") or name.endswith("_test.py") or not {"tests", "test"}.isdisjoint(parts[:-1])


def mentions_of(raw: bytes) -> frozenset[str]:
    """The words of a file's imports, and maybe some more. Cost: a search of the text, a tenth of a parse."""
    found = {word.decode("utf-8", "replace") for match in _IMPORT.finditer(raw) for word in _WORD.findall(match[0])}
    return frozenset(found - {"from", "import", "as"})


def links_in(outline: Outline, path: str, roots: Collection[str]) -> FileLinks:
    """The links of a file that was parsed; `roots` are the first parts of the names of the project's modules."""
    found = imports(outline.document)
    ours = [one for one in found if one.level or one.module.partition(".")[0] in roots]
    # What a name means that is also bound to something of somebody else is in doubt.
    doubtful = {one.local for one in set(found) - set(ours)} - {EVERYTHING}
    certain = tuple(one for one in ours if one.local not in doubtful)
    calls = calls_in(outline, certain, is_test=is_test(path))
    return FileLinks(certain, calls, dict(_callees(outline)))


def _callees(outline: Outline) -> Iterator[tuple[str, Callee]]:
    top = outline.members(MODULE_PATH)
    for entry in top:
        if "#" in entry.path or outline.find(f"{entry.path}#2") is not None:
            continue  # which of them is called nobody knows
        yield entry.path, _callee(entry)
        if entry.is_class:
            for member in outline.members(entry.path):
                if _is_called_on_class(member) and "#" not in member.path:
                    yield member.path, _callee(member)


def _is_called_on_class(entry: Entry) -> bool:
    is_decorated = entry.outer.start_byte < entry.node.start_byte
    return is_decorated and not entry.is_class and header(entry).startswith(_METHODS)


def _callee(entry: Entry) -> Callee:
    shown = header(entry)
    if len(shown.encode("utf-8", "replace")) > MAX_HEADER:
        return Callee("")
    body = entry.node.child_by_field_name("body")
    docstring = docstring_in(entry.document, body) if body is not None else None
    said = content_of(docstring).text.strip().partition("\n")[0] if docstring is not None else ""
    return Callee(shown, said if len(said) <= MAX_SAID and '"""' not in said else "")


class Linker:
    """Puts together what the files of a project have to do with each other; `read` gives a file's links."""

    def __init__(self, paths: Collection[str], read: Callable[[str], FileLinks]) -> None:
        """Look at the project of these files (absolute paths)."""
        self._paths = paths
        self._read = read
        self._meanings: Certain[FileLinks] = Certain(paths, read)

    def users(self, targets: Iterable[str], mentions: Callable[[str], frozenset[str]]) -> list[str]:
        """The files that may call something of the targets: their imports have the name of the module, or of its parts.

        Of each target at most MAX_USERS with tests and as many without, in the order of the files.
        """
        by_word: defaultdict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            for word in mentions(path):
                by_word[word].append(path)
        found: dict[str, None] = {}
        for target in targets:
            names = self._names_of(target, by_word)
            users = dict.fromkeys(path for name in names for path in by_word.get(name, ()))
            for wanted in (True, False):
                found.update(dict.fromkeys(islice((one for one in users if is_test(one) is wanted), MAX_USERS)))
        return sorted(found)

    def _names_of(self, target: str, by_word: Mapping[str, list[str]]) -> list[str]:
        """The words by which imports may name a module: its own name; the package's, where that imports from it."""
        module = self._meanings.module_of(target)
        package, _, name = module.rpartition(".")
        importers = {self._meanings.module_of(path) for path in by_word.get(name, ())}
        return [name, package.rpartition(".")[2]] if package and package in importers else [name]

    def links(self, targets: Collection[str], users: Iterable[str]) -> dict[str, Links]:
        """What other files say about each of the targets; nothing for those of which none says anything."""
        wanted = set(targets)
        used: defaultdict[str, defaultdict[str, list[Call]]] = defaultdict(lambda: defaultdict(list))
        for path in users:
            for call in self._read(path).calls:
                key = self._meanings.meant(path, call.name)
                if key is not None and key.file in wanted and key.file != path:
                    used[key.file][key.path].append(call)
        found: dict[str, Links] = {}
        for target in targets:
            calls: Mapping[str, list[Call]] = used.get(target, {})
            links = Links(
                dict(self._called(target)),
                {path: chosen for path, some in calls.items() if (chosen := _chosen(some, wants_tests=False))},
                {path: chosen for path, some in calls.items() if (chosen := _chosen(some, wants_tests=True))},
            )
            if links != Links():
                found[target] = links
        return found

    def _called(self, target: str) -> Iterator[tuple[str, Callee]]:
        for name in dict.fromkeys(call.name for call in self._read(target).calls):
            key: DefinitionKey | None = self._meanings.meant(target, name)
            if key is not None and key.file != target and (callee := self._read(key.file).callees[key.path]).header:
                yield name, callee


def _chosen(calls: Iterable[Call], *, wants_tests: bool) -> tuple[str, ...]:
    """A few of the calls, the telling ones first, one file after the other."""
    wanted = sorted((call for call in calls if call.is_test is wants_tests), key=lambda call: not call.is_telling)
    codes = dict.fromkeys(call.code for call in wanted)
    return tuple(islice(codes, MAX_EXAMPLES))
