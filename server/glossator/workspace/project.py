"""Reads the project index from disk: which folder is a file's project, and its files, within bounds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from glossator.config.files import read_toml
from glossator.syntax.calls import Links
from glossator.workspace.bases import Bases, module_names
from glossator.workspace.files import files_beneath
from glossator.workspace.ignores import KeptBack
from glossator.workspace.index import BaseDoc, Index, inherited_in, vocabulary
from glossator.workspace.links import FileLinks, Linker, links_in, mentions_of
from glossator.workspace.summary import FileClasses, FileWords, classes_in, outline_of, words_of
from glossator.workspace.withheld import is_withheld

logger = logging.getLogger(__name__)

MARKERS: Final = ("pyproject.toml", "glossator.toml", "setup.py", "setup.cfg", ".git")
MAX_FILES: Final = 5000
MAX_BYTES: Final = 64_000_000
MAX_PURPOSE: Final = 200
MAX_FILE_BYTES: Final = 1_000_000
# A file's bases are in few other files: for less than this share of the project they are read as they are met.
EAGER_SHARE: Final = 0.1

Summary = TypeVar("Summary")
Stamp = tuple[int, int]  # by what a change of a file shows: its time (ns) and its size (bytes)


class Mapper(Protocol):
    """What works like `map`, maybe in many processes."""

    def __call__(self, function: Callable[[str], Summary], paths: Iterable[str], /) -> Iterable[Summary]:
        """The results, in order."""


def project_root(path: Path) -> Path:
    """The folder of the project that a file belongs to.

    The nearest folder above it with a project's file in it; without one, the folder that its topmost package is in.
    """
    folder = path.absolute().parent
    for ancestor in (folder, *folder.parents):
        if _is_marked(ancestor):
            return ancestor
    while (folder / "__init__.py").exists() and folder.parent != folder:
        folder = folder.parent
    return folder


def _is_marked(folder: Path) -> bool:
    """Whether a project's file stands in a folder."""
    return any((folder / marker).exists() for marker in MARKERS)


def _sources(root: Path) -> list[Path]:
    """What of a project's folder is read: all, or where nothing marks it, what Python would import from there.

    A script may lie in a home folder, which is no project.
    """
    if _is_marked(root) or not root.is_dir():
        return [root]
    inside = (path for path in root.iterdir() if not path.is_symlink())
    return [path for path in inside if path.suffix in (".py", ".pyi") or (path / "__init__.py").exists()]


def _no_step() -> None:
    """Go on at once."""


def project_files(
    root: Path, exclude: tuple[str, ...] = (), step: Callable[[], None] = _no_step
) -> list[tuple[str, Stamp]]:
    """The files of a project that an index reads, in the order of their paths, within bounds.

    Of a project beyond the bounds those are taken that a walk meets first, in an order that does not depend on the
    machine; the others are not even listed. What is withheld from providers (`exclude` are the user's patterns) is not
    among them: a neighbour's words may reach one by way of another file. `step` is called for each file.
    """
    found: list[tuple[str, Stamp]] = []
    size = 0
    base, kept_back = root.absolute(), KeptBack()
    for path in files_beneath(_sources(base)):
        step()
        if is_withheld(path, exclude, base) or kept_back.has(path):
            continue
        try:
            status = path.stat()
        except OSError:
            continue  # gone since it was listed
        if status.st_size > MAX_FILE_BYTES:
            continue
        size += status.st_size
        if len(found) == MAX_FILES or size > MAX_BYTES:
            logger.info("index stops early root=%s files=%d", root, len(found))
            break
        found.append((str(path), (status.st_mtime_ns, status.st_size)))
    return sorted(found, key=lambda one: Path(one[0]))


class Parts(NamedTuple):
    """What a parse of a file gives."""

    classes: FileClasses
    links: FileLinks | None = None


@dataclass(frozen=True, slots=True)
class Parser:
    """Reads the file at a path; its links only where the first parts of the project's module names are given."""

    roots: frozenset[str] | None

    def __call__(self, path: str) -> Parts:
        """What can be read of a file; nothing where that is none of it."""
        outline = outline_of(_bytes_of(path)) if path else None
        if outline is None:
            return Parts(FileClasses())
        links = links_in(outline, path, self.roots) if self.roots is not None else None
        return Parts(classes_in(outline), links)


class _Memo(Generic[Summary]):
    """Summaries of files, kept as long as these do not change."""

    def __init__(self, summarise: Callable[[str], Summary]) -> None:
        self._summarise = summarise
        self._kept: dict[str, tuple[Stamp, Summary]] = {}

    def fill(self, paths: Iterable[str], stamps: Mapping[str, Stamp], mapper: Mapper) -> Iterator[None]:
        """Read those that are new, one at each step."""
        missing = [path for path in paths if not self._is_known(path, stamps[path])]
        for path, found in zip(missing, mapper(self._summarise, missing), strict=True):
            self._kept[path] = stamps[path], found
            yield

    def of(self, path: str, stamp: Stamp) -> Summary:
        """The summary of a file, read if it is new."""
        if not self._is_known(path, stamp):
            self._kept[path] = stamp, self._summarise(path)
        return self._kept[path][1]

    def _is_known(self, path: str, stamp: Stamp) -> bool:
        kept = self._kept.get(path)
        return kept is not None and kept[0] == stamp


@dataclass(slots=True)
class IndexReader:
    """Reads a project's index, again and again: files that have not changed since are not read anew."""

    root: Path
    is_wanted: Callable[[], bool] = lambda: True
    exclude: tuple[str, ...] = ()  # the user's `privacy.exclude`
    has_links: bool = False  # whether prompts will be made
    step: Callable[[], None] = _no_step  # after each file that is looked at
    _words: _Memo[FileWords] = field(default_factory=lambda: _Memo(words_at))
    _parts: _Memo[Parts] = field(default_factory=lambda: _Memo(Parser(None)))
    _mentions: _Memo[frozenset[str]] = field(default_factory=lambda: _Memo(mentions_at))
    _roots: frozenset[str] | None = None

    def read(self, targets: Sequence[str], mapper: Mapper = map) -> Index:
        """The index now, with what is inherited in the files at `targets` (absolute paths), and maybe their links.

        Where it is not wanted any more (`is_wanted`), it is empty. Cost: the words of all files, about 15 ms a
        megabyte, and a parse of the targets and the files of their bases; for links also of the files that import
        from them, and that they import from.
        """
        stamps = dict(project_files(self.root, self.exclude, self.step))
        for _ in self._words.fill(stamps, stamps, mapper):
            if not self.is_wanted():
                return Index()
        described, style = vocabulary(self._words.of(path, stamp) for path, stamp in stamps.items())
        wanted = [path for path in targets if path in stamps]
        if self.has_links:
            self._expect(frozenset(name.partition(".")[0] for name in module_names(stamps).values()))
        links = self._links(wanted, stamps, mapper) if self.has_links else {}
        inherited = self._inherited(wanted, stamps, mapper) if self.is_wanted() else {}
        return Index(inherited, described, style, purpose_of(self.root), links)

    def _expect(self, roots: frozenset[str]) -> None:
        """Have files parsed for links to the modules of a project; what was parsed for others is parsed again."""
        if roots != self._roots:
            self._roots, self._parts = roots, _Memo(Parser(roots))

    def _links(self, targets: Sequence[str], stamps: Mapping[str, Stamp], mapper: Mapper) -> dict[str, Links]:
        def read(path: str) -> FileLinks:
            return self._parts.of(path, stamps[path]).links or FileLinks()

        for _ in self._mentions.fill(stamps, stamps, mapper):
            pass
        linker = Linker(stamps, read)
        users = linker.users(targets, lambda path: self._mentions.of(path, stamps[path]))
        for _ in self._parts.fill(dict.fromkeys((*targets, *users)), stamps, mapper):
            if not self.is_wanted():
                return {}
        return linker.links(targets, users)

    def _inherited(
        self, targets: Sequence[str], stamps: Mapping[str, Stamp], mapper: Mapper
    ) -> dict[str, dict[str, dict[str, BaseDoc]]]:
        classes = _Classes(self._parts, stamps)
        if len(targets) > EAGER_SHARE * len(stamps):
            # Files without docstrings matter only as links between classes, and not at all where no method has any:
            # a project that is to be documented from nothing costs a look at its bytes.
            documented = [path for path, stamp in stamps.items() if self._words.of(path, stamp).may_have_docs]
            classes.fill(documented, mapper)
            if not any(classes[path].has_docs for path in documented):
                return {}
            classes.fill(stamps, mapper)
        bases = Bases(stamps, classes.__getitem__)
        return {path: found for path in targets if (found := inherited_in(path, classes, bases))}


def purpose_of(root: Path) -> str:
    """What a project says it is for: the description in its pyproject.toml, on one line of at most 200 characters."""
    project = read_toml(root / "pyproject.toml").table.get("project", {})
    description = project.get("description", "") if isinstance(project, dict) else ""
    return " ".join(description.split())[:MAX_PURPOSE] if isinstance(description, str) else ""


class _Classes(Mapping[str, FileClasses]):
    """The classes of a project's files, read when they are asked for."""

    def __init__(self, memo: _Memo[Parts], stamps: Mapping[str, Stamp]) -> None:
        self._memo = memo
        self._stamps = stamps

    def __getitem__(self, path: str) -> FileClasses:
        return self._memo.of(path, self._stamps[path]).classes

    def __iter__(self) -> Iterator[str]:
        return iter(self._stamps)

    def __len__(self) -> int:
        return len(self._stamps)

    def fill(self, paths: Iterable[str], mapper: Mapper) -> None:
        """Read many at once."""
        for _ in self._memo.fill(paths, self._stamps, mapper):
            pass


def words_at(path: str) -> FileWords:
    """The words of the file at a path; none where it cannot be read."""
    return words_of(_bytes_of(path))


def mentions_at(path: str) -> frozenset[str]:
    """The words of the imports of the file at a path; none where it cannot be read."""
    return mentions_of(_bytes_of(path))


def _bytes_of(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        logger.debug("not in the index path=%s", path)
        return b""
